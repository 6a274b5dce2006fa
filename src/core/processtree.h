// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QList>
#include <QMetaType>
#include <QString>

#include <array>
#include <unordered_map>

namespace procession {

/// What /proc says of one process.
struct ProcessStat
{
    qint64 parent = 0;
    quint64 startTicks = 0; ///< since boot; tells a reused PID
    quint64 cpuTicks = 0;   ///< its own and its reaped children's
    qint64 residentPages = 0;
    char state = 0;              ///< the kernel's letter: R, S, D, T, Z ...
    std::array<char, 16> name{}; ///< NUL-terminated, as the process calls itself
};

/// All processes of the machine, by PID.
using ProcessTable = std::unordered_map<qint64, ProcessStat>;

/// One pass over /proc into `table`, which is emptied first. False if /proc cannot be read. Blocks: not for
/// the GUI thread.
bool readProcesses(ProcessTable &table);

/// One process of a worker's tree, as it is shown.
struct TreeProcess
{
    qint64 pid = 0;
    int depth = 0; ///< 0: nobody above it is shown
    QString name;
    char state = 0;
    QString owner; ///< its user, where that is not the one of this program; else empty

    friend bool operator==(const TreeProcess &, const TreeProcess &) = default;
};

/// The processes of one worker: parents before their children, siblings from the oldest.
struct ProcessTree
{
    /// Of a larger tree only so many are named.
    static constexpr int mostProcesses = 200;

    WorkerId worker{};
    QList<TreeProcess> processes;
    int total = 0; ///< in the tree, those that are not named too

    friend bool operator==(const ProcessTree &, const ProcessTree &) = default;
};

/// The tree below `root`, which is a keeper and is not part of it itself; or, where no process of that number
/// exists, the one that begins with `main`. `worker` is left to the caller. Asks the owners of those named:
/// not for the GUI thread.
ProcessTree treeOf(const ProcessTable &table, qint64 root, qint64 main);

} // namespace procession

Q_DECLARE_METATYPE(procession::ProcessTree)
