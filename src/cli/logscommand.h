// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>

namespace procession {

struct Paths;

/// `procession logs`: writes a run's output as it was captured to standard output; needs a QCoreApplication.
/// `arguments` are those after `logs`. Returns the exit status: 0, 1 no such run or nowhere to write, 2 bad
/// usage.
int logsCommand(const QStringList &arguments, const Paths &paths);

} // namespace procession
