// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/processtree.h"
#include "core/workerstatus.h"

#include <QString>
#include <QStringList>

namespace procession {

/// "1 process", "5 processes".
QString processCountText(int count);
/// A line for each process, indented by its depth: "sh 4711 (sleeping)"; what is not named is counted.
QString treeText(const ProcessTree &tree);

/// How far a stop has come: what was sent, how many are left, when SIGKILL follows; survivors with the
/// reason. Empty unless the state is Stopping. `processes` are those of the last sample, -1: not known. `now`
/// on CLOCK_BOOTTIME.
QString stoppingText(const WorkerStatus &status, int processes, std::chrono::nanoseconds now);
/// A sentence for each process that could not be ended, with the reason.
QStringList survivorTexts(const WorkerStatus &status);

/// True if it is proven that an ended run left no process behind: its keeper said so after the kernel had.
bool nothingIsLeft(const WorkerStatus &status);
/// How the run ended or where it stands, in a few words: the line under its output.
QString outputFooter(const WorkerStatus &status, std::chrono::nanoseconds now);
/// What an ended run left behind, in a sentence or two; empty while it is alive and for what never ran.
QString leftText(const WorkerStatus &status);

} // namespace procession
