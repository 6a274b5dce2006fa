// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/activity.h"
#include "core/paths.h"
#include "core/roster.h"
#include "core/sampler.h"
#include "core/workerstatus.h"
#include "keeper/rundir.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <memory>

namespace procession {

class Doorbell;
class RunDirectory;
struct OrphanNews;
struct RunFacts;

/// Runs a roster's workers: commands come down by id, snapshots go up by changed(). Nothing above core ever
/// holds a worker. All calls return at once. GUI thread.
class Supervisor final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Supervisor)

public:
    explicit Supervisor(const Paths &paths, QObject *parent = nullptr);
    ~Supervisor() override;

    /// Opens the roster `rosterId` with its journal, takes over its running workers and shows how the others
    /// ended. Returns why it could not, for a person to read, or an empty string. Closes the open one first.
    QString open(const QString &rosterId);
    /// True after an open() that failed because another window has the roster; see askToRaise().
    bool isHeldElsewhere() const { return m_roster.isHeldElsewhere(); }
    /// Leaves the running workers to their keepers.
    void close();
    const Roster &roster() const { return m_roster; }
    QString rosterId() const { return m_rosterId; }

    /// Brings the roster in line with a project file: workers are matched by name, local edits win, alive
    /// workers stay. Returns one sentence on what was kept in spite of the file, or an empty string.
    QString applyProject(const QString &file, const QByteArray &hash, const QList<WorkerSpec> &specs);

    const WorkerStatus *status(WorkerId id) const; ///< valid until the next event loop turn; null if unknown
    QList<WorkerStatus> statuses() const;          ///< in roster order
    int aliveCount() const { return int(m_alive.size()); }
    QList<WorkerId> alive() const; ///< in roster order

    /// A worker's name is made unique. `position` -1: at the end.
    WorkerId add(const WorkerSpec &spec, int position = -1);
    /// What runs goes on as it was started; the edit counts from the next start.
    void edit(WorkerId id, const WorkerSpec &spec);
    struct Removed
    {
        int position = 0;
        Roster::Entry entry;
        WorkerStatus status;
    };
    /// Removes those that are not alive; the result puts them back by restore().
    QList<Removed> remove(const QList<WorkerId> &ids);
    void restore(const QList<Removed> &removed);

    // Each passes by, without a word, workers in whose state it is not legal (lifecycle.h).
    void start(const QList<WorkerId> &ids);
    void stop(const QList<WorkerId> &ids); ///< TERM, CONT, grace, KILL
    void kill(const QList<WorkerId> &ids);
    void pause(const QList<WorkerId> &ids);
    void resume(const QList<WorkerId> &ids);
    void restart(const QList<WorkerId> &ids); ///< stops what is alive and starts it when it has ended
    void sendSignal(const QList<WorkerId> &ids, int signalNumber);

    /// Gives `bytes` to a worker whose input is open. What it does not read yet waits here, up to a bound:
    /// then the new bytes are refused by notice(). See inputWaiting().
    void sendInput(WorkerId id, const QByteArray &bytes);
    /// End of input, after what waits.
    void endInput(WorkerId id);
    /// The size of the terminals of workers that have one, from now on and for later starts.
    void resizeTerminals(int columns, int rows);

    /// Asks the window that has `rosterId` open to come to the front. False if none answers to the bell.
    bool askToRaise(const QString &rosterId) const;

    /// Raises this process's soft limit of open files to the hard one; workers get the original. Once, early.
    void raiseFileLimit();
    /// Bytes of output kept per run, from the next start on.
    void setOutputLimit(qint64 bytes) { m_outputLimit = bytes; }

    /// What the Monitor samples.
    QList<Sampler::Target> sampleTargets() const;

Q_SIGNALS:
    /// At most once per frame; never empty.
    void changed(const procession::RosterDelta &delta);
    void activity(const procession::ActivityEntry &entry);
    /// Bytes sent to this worker that it has not taken yet; 0: all taken.
    void inputWaiting(procession::WorkerId id, qint64 bytes);
    /// Another window was asked to open this roster, and asks this one to come to the front.
    void raiseRequested();
    /// Something the person should read once (journal not writable, lines left out ...).
    void notice(const QString &text);

private:
    struct Worker;
    struct Hands;

    Worker *find(WorkerId id) const;
    Worker *findRun(const QString &runId) const;
    Worker &makeWorker(const Roster::Entry &entry);
    void reachOut();
    void launch(Worker &worker);
    void ask(Worker &worker, rundir::Verb verb, int argument = 0);
    void endOrphans(Worker &worker, int stopSignal, std::chrono::nanoseconds grace);
    void take(Worker &worker);
    void refresh(Worker &worker);
    void inspect(Worker &worker);
    void settle(Worker &worker, const RunFacts &facts);
    void apply(Worker &worker, const rundir::StateSlot &slot);
    void abandon(Worker &worker, const RunFacts &facts);
    void orphansFound(const QString &runId, const OrphanNews &news);
    void endAbandoned(Worker &worker, bool killed);
    void endUnknown(Worker &worker, const QString &problem);
    bool advance(Worker &worker, Event event);
    void end(Worker &worker, Event event, const EndFacts &facts);
    void rang(const QStringList &runIds, bool overflowed);
    void launchFailed(const QString &runId, const QString &reason, bool isCertain);
    void revoke(Worker &worker);
    void launchCancelled(const QString &runId);
    void unreachable(const QString &runId);
    void sweep();
    void chase(Worker &worker);
    void showProblem(Worker &worker);
    void markDirty(const Worker &worker);
    void flush();
    void emitNow(const RosterDelta &delta);
    void checkJournal();
    void tell(ActivityEntry::Kind kind, WorkerId worker, const QString &text, qint64 timeMs = 0);

    Paths m_paths;
    QString m_rosterId;
    Roster m_roster;
    std::unique_ptr<Doorbell> m_doorbell;
    std::unique_ptr<Hands> m_hands;
    QHash<WorkerId, std::shared_ptr<Worker>> m_workers;
    QHash<QString, WorkerId> m_runs;
    QSet<WorkerId> m_alive;
    qint64 m_outputLimit = 0;
    qint64 m_fileLimit = 0;
    int m_columns = 0; // of the workers' terminals; 0: not said yet
    int m_rows = 0;
    QSet<WorkerId> m_dirty;
    QTimer m_flushTimer;
    QElapsedTimer m_sinceFlush;
    QTimer m_sweepTimer;
    QList<WorkerId> m_sweepQueue;
    bool m_journalFailed = false;
};

} // namespace procession
