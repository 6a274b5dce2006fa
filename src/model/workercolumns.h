// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QString>
#include <QVariant>
#include <Qt>

#include <span>

namespace procession {

/// Order is the table's column order; the numbers are stored in people's saved header state: append only.
enum class Column {
    Name,
    State,
    Elapsed,
    Cpu,
    Memory,
    Pid,
    Exit,
    Command,
    Group,
    Started,
    Finished,
    WorkingDirectory,
    CpuTime,
    PeakMemory,
    Processes,
    OutputSize,
};

/// What a column is computed from.
struct ColumnContext
{
    const WorkerStatus &status;
    const WorkerSample *sample;   ///< null if none
    std::chrono::nanoseconds now; ///< CLOCK_BOOTTIME of the last tick or change
    QString lastError = {};       ///< of the run's output, if it failed; empty: none, or not known
};

/// One column: everything the table knows of it.
struct ColumnInfo
{
    Column column;
    const char *id;    ///< stable, for tests and export
    const char *title; ///< source text for tr() in context "Column"
    Qt::Alignment alignment;
    bool shownByDefault;
    bool live;                                        ///< changes at the monitor's tick
    QVariant (*value)(const ColumnContext &context);  ///< typed, for sorting; invalid: unknown, sorts last
    QString (*text)(const ColumnContext &context);    ///< for display; empty: unknown
    QString (*toolTip)(const ColumnContext &context); ///< may be empty
};

/// All columns, index = int(Column).
std::span<const ColumnInfo> workerColumns();

} // namespace procession
