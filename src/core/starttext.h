// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"
#include "keeper/rundir.h"

#include <QString>

namespace procession {

/// A failed start as a person reads it: "`pyhton3` was not found in PATH. Check the spelling or set a full
/// path."
QString startProblem(const rundir::StateSlot &slot, const WorkerSpec &spec);

/// Why no worker came of a start that is not recorded in the run's state, for a person to read.
QString startProblem(const rundir::StartReport &report);

/// What a start waits for that met such a shortage, for a person to read.
QString shortageText(int error);

} // namespace procession
