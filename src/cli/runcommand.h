// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>

namespace procession {

struct Paths;

/// `procession run`: starts, polls, reports, joins; needs a QCoreApplication. `arguments` are those after
/// `run`. Returns the exit status: 0 all succeeded, 1 some worker failed, 2 bad usage or file, 124 timeout,
/// 130 interrupted.
int runCommand(const QStringList &arguments, const Paths &paths);

} // namespace procession
