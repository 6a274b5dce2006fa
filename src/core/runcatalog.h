// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/paths.h"
#include "core/workerstatus.h"

#include <QList>
#include <QMetaType>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThread>

#include <optional>

namespace procession {

/// One run as its directory tells it, whoever started it.
struct RunRecord
{
    WorkerStatus
        status; ///< `id` is the worker's in its roster, `spec` what it was started with (no secret in it)
    QString rosterId;
    QString projectFile;  ///< empty: none
    qint64 diskBytes = 0; ///< taken by its directory
};

/// How many ended runs stay on the disk. Each bound counts by itself; the oldest go first.
struct RunLimits
{
    int count = 10'000;
    int days = 0; ///< 0: any age
    qint64 bytes = 10ll << 30;
};

/// The runs on the disk, of all rosters. Reads and removes in a thread of its own; what cannot change any
/// more is read once. GUI thread, but for the static functions, which are reentrant and take their time.
class RunCatalog final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RunCatalog)

public:
    explicit RunCatalog(const Paths &paths, QObject *parent = nullptr);
    /// Waits for the read under way.
    ~RunCatalog() override;

    /// Where they are.
    QString runsDirectory() const;

    /// Answered by workerRuns(). A later request of the kind makes an earlier one void.
    void requestWorker(const QString &rosterId, WorkerId worker);
    /// Asks for the runs of rosters that nobody has open; answered by otherRuns().
    void requestOthers();
    /// Removes ended runs, by their ids; of those that run nothing happens. Answered by removed().
    void remove(const QStringList &runIds);
    /// Removes ended runs beyond the limits; those of `inUse` stay, as do those a keeper holds. Answered by
    /// removed() if there were any.
    void prune(const RunLimits &limits, const QStringList &inUse);
    /// Ends (or kills) the whole tree of a run of any roster. Nothing happens if it has ended.
    void stop(const QString &runId, bool kill);

    /// The run in this directory, or nullopt if there is none or it is not this user's. A damaged one is a
    /// record whose status says so in `problem`.
    static std::optional<RunRecord> read(const QString &runDirectory);
    /// All runs, newest first.
    static QList<RunRecord> readAll(const QString &runsDirectory);
    /// As prune(), at once, for programs without a window; returns the ids of the removed runs.
    static QStringList pruneNow(const QString &runsDirectory, const RunLimits &limits,
                                const QStringList &inUse);

Q_SIGNALS:
    /// Newest first, the current one included.
    void workerRuns(const QString &rosterId, procession::WorkerId worker,
                    const QList<procession::RunRecord> &runs);
    /// Newest first, those that run before those that have ended.
    void otherRuns(const QList<procession::RunRecord> &runs);
    /// Those that are gone by remove() or prune().
    void removed(const QStringList &runIds);
    /// What all runs took on the disk together, whenever they were all looked at.
    void counted(qint64 bytes);

private:
    class Reader;

    QThread m_thread;
    Reader *m_reader; // lives in m_thread
};

} // namespace procession

Q_DECLARE_METATYPE(procession::RunRecord)
