// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/lifecycle.h"
#include "core/workerspec.h"

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace procession {

/// A process that could not be ended.
struct Survivor
{
    enum class Reason { Unknown, NotPermitted, Uninterruptible };
    qint64 pid = 0;
    Reason reason = Reason::Unknown;

    friend bool operator==(const Survivor &, const Survivor &) = default;
};

/// A snapshot of one worker: all that anybody above core may know of it. A plain value; copies are cheap.
struct WorkerStatus
{
    WorkerId id{};
    std::shared_ptr<const WorkerSpec> spec; ///< never null in a snapshot that core hands out
    State state = State::NotStarted;
    Outcome outcome = Outcome::None; ///< not None exactly when state is Ended
    std::optional<int> exitCode;     ///< Python's meaning; none before, while running, or if unknown
    bool coreDumped = false;
    qint64 pid = 0;                        ///< only while alive
    qint64 lastPid = 0;                    ///< of the current or last run
    QString runId;                         ///< current or last run; empty if it never ran
    QString runDirectory;                  ///< absolute; empty if it never ran
    std::chrono::nanoseconds startedAt{0}; ///< CLOCK_BOOTTIME; 0: not started
    std::chrono::nanoseconds endedAt{0};   ///< CLOCK_BOOTTIME; 0: not ended
    qint64 startedMs = 0;                  ///< wall clock, ms since epoch, for display only
    qint64 endedMs = 0;
    std::chrono::nanoseconds stopDeadline{0}; ///< CLOCK_BOOTTIME when SIGKILL follows; 0: none
    std::chrono::nanoseconds stopAskedAt{0};  ///< CLOCK_BOOTTIME; 0: not asked
    bool killAsked = false;
    int strays = 0;                       ///< processes left behind by the main process
    bool straysKept = false;              ///< they go on: alive, though `exitCode` is known already
    int survivors = 0;                    ///< processes that could not be ended
    QList<Survivor> survivorList;         ///< the first of them
    bool keeperGone = false;              ///< alive, but both halves of its keeper were killed: it is watched
                                          ///< by its PID; neither exit code nor further output will be known
    bool inputOpen = false;               ///< sendInput() reaches it
    bool terminal = false;                ///< it has a terminal
    bool streamsMerged = false;           ///< its two streams are not told apart
    qint64 peakMemoryKib = 0;             ///< of the main process, known after its end
    std::chrono::microseconds cpuTime{0}; ///< user + system, known after the end
    quint64 outputBytes = 0;              ///< written so far, dropped ones included
    quint64 droppedBytes = 0;             ///< of them, no longer on the disk
    QString problem;                      ///< why the start failed or the outcome is unknown; else empty

    /// Time the run has taken at `now` (CLOCK_BOOTTIME); nullopt if it never started. Stands still at the
    /// end.
    std::optional<std::chrono::nanoseconds> elapsed(std::chrono::nanoseconds now) const;
};

/// What one sample says of a worker's whole process tree. A missing value was not measurable.
struct WorkerSample
{
    WorkerId id{};
    std::optional<double> cpuPercent;  ///< 100 = one core; none in the first sample of a run
    std::optional<qint64> memoryBytes; ///< resident set, summed over the tree
    int processes = 0;
};

/// All that changed since the last one. Apply in this order: removed, inserted, changed.
struct RosterDelta
{
    struct Insertion
    {
        int position = 0; ///< row it has after all insertions before it were applied
        WorkerStatus status;
    };
    QList<WorkerId> removed;
    QList<Insertion> inserted;
    QList<WorkerStatus> changed;

    bool isEmpty() const { return removed.isEmpty() && inserted.isEmpty() && changed.isEmpty(); }
};

/// One tick of the monitor.
struct SampleSet
{
    std::chrono::nanoseconds now{0};  ///< CLOCK_BOOTTIME of the tick; elapsed times are computed against it
    QList<WorkerSample> samples;      ///< of the workers alive at the tick
    std::chrono::nanoseconds cost{0}; ///< time the sampler thread took
};

} // namespace procession

Q_DECLARE_METATYPE(procession::WorkerStatus)
Q_DECLARE_METATYPE(procession::RosterDelta)
Q_DECLARE_METATYPE(procession::SampleSet)
