// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"

#include <QList>
#include <QString>

#include <optional>

namespace procession {

/// Exit statuses that `list`, `stop` and `logs` share.
enum QueryStatus : int {
    QueryDone = 0,
    QueryFailed = 1,
    QueryMisused = 2,
    QueryTimedOut = 124,
    QueryInterrupted = 130
};

/// Says `message` on standard error, after the program's name.
void complain(const QString &message);
/// Writes a help text to standard output.
void writeHelp(const QString &text);

/// The part of a run's id that people type: it differs from run to run, where the time before it hardly does.
QString shortId(const QString &runId);

/// The run that `word` means: an id, the beginning of one or of its last part, or a worker's name, where runs
/// that are alive count before others and later ones of a worker before its earlier ones. `all` is newest
/// first. nullopt and `*problem`, for a person to read, if there is none or more than one.
std::optional<RunRecord> findRun(const QList<RunRecord> &all, const QString &word, QString *problem);

} // namespace procession
