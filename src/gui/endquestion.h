// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "gui/confirmdialog.h"

#include <QList>

#include <optional>

namespace procession {

/// How workers are ended.
enum class Ending { Terminate, Restart, Kill };

/// Whom it meets, as they were when it was asked.
struct Victim
{
    WorkerStatus status;
    std::optional<WorkerSample> sample; ///< the last one
};

/// A line for each: name, PID, elapsed time and number of processes, as far as they are known. `now` on
/// CLOCK_BOOTTIME.
QStringList victimLines(const QList<Victim> &victims, std::chrono::nanoseconds now);

/// What is asked before `victims` are ended: who, what is sent to them, and when SIGKILL follows.
ConfirmRequest endQuestion(Ending how, const QList<Victim> &victims, std::chrono::nanoseconds now);

} // namespace procession
