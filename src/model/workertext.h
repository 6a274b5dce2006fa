// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QString>

namespace procession {

/// "Running", "Stopping 4s" (until it is killed), "3 still running" (left behind), "Running – problem", "Failed to start": state
/// and outcome in a word or two for people. `now` on CLOCK_BOOTTIME.
QString stateText(const WorkerStatus &status, std::chrono::nanoseconds now);
/// "Failed", "Not started" ...: without anything that moves.
QString stateWord(State state, Outcome outcome);
/// "0", "SIGTERM (15)", an em dash if it never ran, empty while its main process is alive, "unknown" if
/// nobody knows.
QString exitText(const WorkerStatus &status);
/// What the exit code means and who asked: for the tooltip and the Details tab.
QString exitExplanation(const WorkerStatus &status);
/// What is wrong with a worker that is alive; empty if nothing is, or if it is not alive.
QString problemText(const WorkerStatus &status);
/// Why the worker is in its state, in one or two sentences of facts. What is left of its processes says
/// leftText().
QString stateExplanation(const WorkerStatus &status, std::chrono::nanoseconds now);
/// "88.1 MiB".
QString bytesText(qint64 bytes);

} // namespace procession
