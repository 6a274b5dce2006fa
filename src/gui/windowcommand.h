// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession {

struct Paths;

/// `procession [--start] [FILE]`: makes the application and its window, and runs until it is closed. Returns
/// the exit status: 0 for every normal close, 1 without a display, 2 for a usage that is not understood.
int windowCommand(int &argc, char **argv, const Paths &paths);

} // namespace procession
