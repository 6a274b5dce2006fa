// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/lifecycle.h"

#include <QColor>
#include <QIcon>
#include <QString>
#include <QStringList>

class QPalette;

namespace procession {

/// Makes the program's own icons known and sets the application's icon. Call once, after QApplication exists.
/// The icons are drawn from SVG files inside the program, so they need no icon theme, only Qt's SVG plugin.
void installIcons();

/// The icon of an action ("add", "start-all", "preferences" ...), in the colours of the application's palette
/// at the time it is painted: it follows a change of palette by itself. "procession" is the application's
/// own.
QIcon actionIcon(const QString &name);
/// All names that actionIcon() knows.
QStringList actionIconNames();

/// The shape of a state, or of an outcome once it has ended; `coloured` or in the palette's text colour.
/// QIcon::Selected is always in the palette's HighlightedText, since no colour is readable on the highlight.
QIcon stateIcon(State state, Outcome outcome, const QPalette &palette, bool coloured);

/// The colour of a state's icon and word on `palette`, light or dark.
QColor stateColor(State state, Outcome outcome, const QPalette &palette);

/// True if `palette` is a dark one.
bool isDark(const QPalette &palette);
/// True if `palette` is one of pure black and white, where colours of our own would only cost contrast.
bool isHighContrast(const QPalette &palette);

} // namespace procession
