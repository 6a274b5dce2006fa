// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>

namespace procession {

struct Paths;

/// `procession list`: every run that is kept, oldest first, those that are alive last; needs a
/// QCoreApplication. `arguments` are those after `list`. Returns the exit status: 0, or 2 for bad usage.
int listCommand(const QStringList &arguments, const Paths &paths);

} // namespace procession
