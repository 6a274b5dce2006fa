// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

class QWidget;

namespace procession {

/// Opens a list of the keyboard shortcuts of `window`'s actions.
void showShortcuts(QWidget *window);
/// Opens what this program is: version, licence, Qt.
void showAbout(QWidget *window);

} // namespace procession
