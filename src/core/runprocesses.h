// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace procession {

/// What a run's processes are recognised by.
struct RunTrace
{
    QString runId;
    qint64 mainPid = 0;         ///< 0: not known
    quint64 mainStartTicks = 0; ///< field 22 of /proc/PID/stat
};

/// A process that runs, told from any later one of the same PID by its start.
struct RunProcess
{
    qint64 pid = 0;
    quint64 startTicks = 0;
    QString name;
};

/// The processes of runs that no keeper holds any more: the main process, all that carry the run's cookie in
/// their environment, and what descends from those. This user's only, without this process; zombies are none.
/// One pass over /proc for all of `traces`, so not for the GUI thread. Runs without a process are left out;
/// nullopt if /proc could not be read, which says nothing of anybody.
std::optional<QHash<QString, QList<RunProcess>>> findRunProcesses(const QList<RunTrace> &traces);

/// Sends it a signal, by a descriptor that is held before its start is compared again: never to another
/// process. False if it is gone or may not be signalled. Any thread.
bool signalProcess(const RunProcess &process, int signalNumber);

} // namespace procession
