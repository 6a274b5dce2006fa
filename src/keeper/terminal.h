// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession::keeper {

/// Opens a pseudo-terminal of the given size: master non-blocking, both close-on-exec. Returns 0 or an errno.
int openTerminal(int columns, int rows, int &master, int &worker);
void resizeTerminal(int master, int columns, int rows);
/// Types the character that ends the input.
void endTerminalInput(int master);

} // namespace procession::keeper
