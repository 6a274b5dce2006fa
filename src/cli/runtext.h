// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <chrono>

namespace procession {

/// "Running", "Failed to start", "Stopped": state and outcome as one word.
QString stateWord(const WorkerStatus &status);
/// "0", "SIGTERM (15)", "unknown", or "-" where there is none.
QString exitWord(const WorkerStatus &status);
/// Local date and time, or "-".
QString startedText(const WorkerStatus &status);
/// Why a process could not be ended, for a person to read.
QString survivorText(const Survivor &survivor);

/// Absolute paths of the files with the run's output, oldest first. Reads the directory.
QStringList outputFiles(const WorkerStatus &status);

/// All that is known of a run, with the keys of `procession run --json`. `now`: CLOCK_BOOTTIME. Reads the
/// directory.
QJsonObject runObject(const RunRecord &record, std::chrono::nanoseconds now);

} // namespace procession
