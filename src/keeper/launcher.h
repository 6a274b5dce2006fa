// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession::keeper {

/// Starts the worker of each run directory and says on standard error which could not be started. Returns the
/// exit status.
int launchOnce(int argc, char **argv, char **directories, int count);

/// Starts workers as standard input asks for, see rundir.h, until that ends. Returns the exit status.
int serve(int argc, char **argv);

} // namespace procession::keeper
