// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/lifecycle.h"
#include "core/rundirectory.h"
#include "core/workerstatus.h"
#include "keeper/rundir.h"

namespace procession {

/// How the run ended, as far as its newest slot says.
EndFacts factsOf(const rundir::StateSlot &slot);

/// Takes over what the slot says of the run: PIDs, times, counts, the exit code, what its input and output
/// are like; all but `state`, `outcome` and what the window asked for. `problem` is set if output is blocked,
/// and else empty.
void takeSlot(WorkerStatus &status, const rundir::StateSlot &slot);

/// How a run ended whose keeper is gone without having finished it. Sets `problem` and takes back the times
/// that another boot's clock gave.
EndFacts takeAbandoned(WorkerStatus &status, const RunFacts &facts);

/// Records that a run without a keeper was ended here, so that others learn of it too; its exit code stays
/// unknown. Nothing happens to a run that a keeper holds, or that is over. A short file operation.
void recordEnding(const QString &runDirectory, const EndFacts &end);

/// True if the slot's main process is still there. Reads /proc.
bool mainExists(const rundir::StateSlot &slot);

/// All of a run's status that its directory tells, for whoever did not watch it. `status` brings `spec` and
/// is else as it was made. A run no keeper has said a word of is NotStarted. Reads /proc where a keeper is
/// gone.
void takeRun(WorkerStatus &status, const RunFacts &facts);

} // namespace procession
