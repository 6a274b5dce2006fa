// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QStringList>

namespace procession {

struct Paths;

/// `procession stop`: asks keepers to end whole trees and waits for the proof; needs a QCoreApplication.
/// `arguments` are those after `stop`. Returns the exit status: 0 all have ended, 1 some have not or are not
/// known, 2 bad usage, 124 timeout, 130 the waiting was interrupted.
int stopCommand(const QStringList &arguments, const Paths &paths);

} // namespace procession
