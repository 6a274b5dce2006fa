// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// The Supervisor's dealings with runs and their keepers: how a run is started, what its directory says, and
// what becomes of it when nobody answers.

#include "core/bootclock.h"
#include "core/doorbell.h"
#include "core/runstatus.h"
#include "core/starttext.h"
#include "core/supervisor.h"
#include "core/supervisorworker.h"

#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace procession {

namespace {

using namespace std::chrono_literals;
using rundir::Phase;
using rundir::StateSlot;
using rundir::Verb;

constexpr auto sweepPeriod = 1s;
constexpr auto sweepPause = 2ms;
constexpr int sweepBatch = 25; // a few at a time, so that the window stays fluid
constexpr auto launchPatience = 5s;
constexpr int looksPerLock = 5; // looks of the sweep, for one that proves that the keeper lives

bool keeperExists(qint64 pid)
{
    return ::kill(pid_t(pid), 0) == 0 || errno != ESRCH;
}

void clearRun(WorkerStatus &status)
{
    WorkerStatus fresh;
    fresh.id = status.id;
    fresh.spec = status.spec;
    fresh.state = status.state;
    status = fresh;
}

} // namespace

Supervisor::Hands::Hands(const QString &keeperProgram)
    : launcher(new Launcher(keeperProgram))
    , input(new InputFeeder)
    , orphans(new OrphanWatch)
{
    thread.setObjectName(QStringLiteral("launch"));
    for (QObject *object : std::initializer_list<QObject *>{launcher, input, orphans}) {
        object->moveToThread(&thread);
        QObject::connect(&thread, &QThread::finished, object, &QObject::deleteLater);
    }
    thread.start();
}

Supervisor::Hands::~Hands()
{
    launcher->finish();
    thread.quit();
    thread.wait();
}

/// Makes the launch thread and listens to what comes from it.
void Supervisor::reachOut()
{
    m_hands = std::make_unique<Hands>(m_paths.keeperProgram);
    connect(m_hands->launcher, &Launcher::launched, this,
            [this](const QStringList &runIds) { rang(runIds, false); });
    connect(m_hands->launcher, &Launcher::launchFailed, this, &Supervisor::launchFailed);
    connect(m_hands->launcher, &Launcher::launchCancelled, this, &Supervisor::launchCancelled);
    connect(m_hands->launcher, &Launcher::launchDelayed, this,
            [this](const QString &runId, const QString &reason) {
                Worker *const worker = findRun(runId);
                if (worker == nullptr || !isAlive(worker->status.state) || worker->abandoned)
                    return;
                // A keeper that had no room gave the run back: what it had recorded is gone.
                worker->sequence = 0;
                worker->keeperPid = 0;
                if (worker->status.state == State::Starting) {
                    worker->startProblem = reason;
                    showProblem(*worker);
                } else {
                    m_hands->launcher->cancel(worker->status.runDirectory);
                }
            });
    connect(m_hands->launcher, &Launcher::unreachable, this, &Supervisor::unreachable);
    connect(m_hands->orphans, &OrphanWatch::found, this, &Supervisor::orphansFound);
    connect(m_hands->input, &InputFeeder::waiting, this, [this](const QString &runId, qint64 bytes) {
        if (const Worker *worker = findRun(runId))
            Q_EMIT inputWaiting(worker->status.id, bytes);
    });
    connect(m_hands->input, &InputFeeder::refused, this, [this](const QString &runId, qint64 lost) {
        if (const Worker *worker = findRun(runId); worker != nullptr && isAlive(worker->status.state)) {
            Q_EMIT notice(tr("%1 closed its input: %n byte(s) sent to it were not read.", nullptr, int(lost))
                              .arg(worker->status.spec->name));
        }
    });
}

void Supervisor::launch(Worker &worker)
{
    WorkerStatus &status = worker.status;
    m_runs.remove(status.runId);
    clearRun(status);
    Worker fresh;
    fresh.status = status;
    worker = std::move(fresh);
    worker.launchedAt = bootNow();
    advance(worker, Event::Start);

    const QString problem = status.spec->problem();
    if (!problem.isEmpty()) {
        status.problem = problem;
        end(worker, Event::StartFailed, EndFacts{.startFailed = true});
        return;
    }
    status.runId = RunDirectory::newId();
    status.runDirectory = m_paths.runsDirectory() + u'/' + status.runId;
    worker.trace.runId = status.runId;
    m_runs.insert(status.runId, status.id);
    m_roster.setLastRun(status.id, status.runId);
    RunOrder order;
    order.runId = status.runId;
    order.rosterId = m_rosterId;
    order.worker = status.id;
    order.spec = status.spec;
    order.bellPath = m_doorbell->path();
    order.projectFile = m_roster.projectFile();
    order.outputLimit = m_outputLimit;
    order.fileLimit = m_fileLimit;
    order.columns = m_columns;
    order.rows = m_rows;
    m_hands->launcher->launch(m_paths.runsDirectory(), order);
}

/// Asks the run's keeper for something that its state will confirm.
void Supervisor::ask(Worker &worker, Verb verb, int argument)
{
    worker.pending.ask(verb, argument, bootNow());
    if (worker.sequence > 0) {
        worker.pending.takeDue(bootNow());
        m_hands->launcher->send(worker.status.runDirectory, verb, argument);
    } else if (verb == Verb::Stop || verb == Verb::Kill) {
        m_hands->launcher->cancel(worker.status.runDirectory);
    }
}

/// Shows the last run of a worker of a roster just opened, and takes it over if it is alive.
void Supervisor::take(Worker &worker)
{
    WorkerStatus &status = worker.status;
    const QString runId = m_roster.find(status.id)->lastRun;
    const RunDirectory run(m_paths.runsDirectory() + u'/' + runId);
    if (!RunDirectory::isId(runId) || !QFileInfo::exists(run.path()))
        return; // claimed, but its start never came to be, or it was cleared away since
    const RunFacts facts = run.inspect();
    const bool isUntouched = facts.record == RunFacts::Record::None;
    if (isUntouched ? run.revoke() == RunDirectory::Revocation::Revoked : RunDirectory::isRevoked(facts.slot))
        return; // its window went before the launch: it is offered again
    status.runId = runId;
    status.runDirectory = run.path();
    worker.trace.runId = runId;
    worker.launchedAt = bootNow();
    m_runs.insert(runId, status.id);
    worker.toRevoke = true;
    advance(worker, Event::Start);
    settle(worker, facts);
}

/// Reads the run's state and shows what is new in it.
void Supervisor::refresh(Worker &worker)
{
    if (!isAlive(worker.status.state) || worker.abandoned)
        return;
    if (const auto slot = RunDirectory(worker.status.runDirectory).readState())
        apply(worker, *slot);
    else if (worker.sequence > 0)
        inspect(worker);
}

/// The same where the keeper may be gone, or the record may be none.
void Supervisor::inspect(Worker &worker)
{
    if (isAlive(worker.status.state) && !worker.abandoned)
        settle(worker, RunDirectory(worker.status.runDirectory).inspect());
}

void Supervisor::settle(Worker &worker, const RunFacts &facts)
{
    const bool isKept = facts.keeper == RunFacts::Keeper::Alive;
    worker.unreadable = facts.record == RunFacts::Record::Unreadable;
    switch (facts.record) {
    case RunFacts::Record::Unreadable:
        showProblem(worker);
        return;
    case RunFacts::Record::None:
    case RunFacts::Record::Foreign:
        if (worker.sequence > 0 && worker.status.state == State::Starting)
            return; // its keeper gives it back for want of room, and the launcher says so
        if (worker.sequence > 0 && !keeperExists(worker.keeperPid)) {
            abandon(worker, facts);
        } else if (worker.sequence > 0) {
            worker.filesGone = true;
            showProblem(worker);
        } else if (facts.record == RunFacts::Record::Foreign) {
            endUnknown(worker,
                       tr("Its run's folder is not this user's own, or something else lies in its place. "
                          "It was left alone, and how the run ended is not known."));
        }
        return;
    case RunFacts::Record::Newer:
        worker.startProblem =
            tr("It was started by a newer version of Procession, whose records this one cannot "
               "read. Use that version to see it.");
        if (isKept)
            showProblem(worker);
        else
            endUnknown(worker, worker.startProblem);
        return;
    case RunFacts::Record::Damaged:
        if (!isKept)
            abandon(worker, facts);
        return;
    case RunFacts::Record::Whole:
        break;
    }
    const StateSlot &slot = facts.slot;
    if (facts.sameBoot || slot.phase >= Phase::Exited)
        apply(worker, slot);
    if (!isAlive(worker.status.state) || isKept)
        return;
    if (facts.sameBoot) {
        abandon(worker, facts);
        return;
    }
    worker.status.lastPid = slot.mainPid;
    worker.status.startedMs = slot.startedRealtime / 1'000'000;
    end(worker, Event::Ended, takeAbandoned(worker.status, facts));
}

void Supervisor::apply(Worker &worker, const StateSlot &slot)
{
    if (slot.sequence <= worker.sequence)
        return;
    WorkerStatus &status = worker.status;
    const bool isFirst = worker.sequence == 0;
    worker.sequence = slot.sequence;
    worker.keeperPid = slot.keeperPid;
    worker.trace.mainPid = slot.mainPid;
    worker.trace.mainStartTicks = slot.mainStartTicks;
    worker.filesGone = worker.toRevoke = false;
    worker.startProblem.clear();
    takeSlot(status, slot);
    worker.slotProblem = status.problem;
    status.killAsked = status.killAsked || (slot.flags & rundir::KillAsked) != 0;
    worker.pending.confirm(slot);
    if (!worker.pending.verb())
        worker.silent = worker.unreachable = false;
    markDirty(worker);

    if (slot.phase >= Phase::Running && slot.phase <= Phase::Finished && status.state == State::Starting) {
        advance(worker, Event::Started);
        tell(ActivityEntry::Kind::Started, status.id,
             tr("%1 started, PID %2").arg(status.spec->name).arg(slot.mainPid), status.startedMs);
    }
    const bool listens = slot.phase >= Phase::Running && slot.phase <= Phase::Exited;
    if (listens && worker.pending.verb() && worker.pending.takeDue(bootNow()))
        m_hands->launcher->send(status.runDirectory, *worker.pending.verb(), worker.pending.argument());
    // It was resized while this one was being started.
    if (isFirst && listens && status.terminal && m_columns > 0)
        m_hands->launcher->send(status.runDirectory, Verb::Resize, m_columns << 16 | m_rows);
    switch (slot.phase) {
    case Phase::None:
    case Phase::Starting:
        break;
    case Phase::Running:
        advance(worker, (slot.flags & rundir::Paused) != 0 ? Event::Paused : Event::Resumed);
        break;
    case Phase::Stopping:
        if (status.stopAskedAt.count() == 0)
            status.stopAskedAt = bootNow();
        advance(worker, Event::Stopping);
        break;
    case Phase::Exited:
        // Those that are kept are alive like any other, until they are asked to end.
        if ((slot.flags & rundir::StraysKept) != 0 && slot.stopSignal == 0)
            advance(worker, (slot.flags & rundir::Paused) != 0 ? Event::Paused : Event::Resumed);
        else if (slot.strays > 0)
            advance(worker, Event::Stopping);
        break;
    case Phase::Finished: {
        EndFacts facts = factsOf(slot);
        // Done past its keeper, which could not be told.
        facts.killAsked = facts.killAsked || (worker.endedHere && status.killAsked);
        end(worker, Event::Ended, facts);
        return;
    }
    case Phase::FailedToStart:
        // Called off: by the keeper of an earlier version, or here before there was one.
        if ((slot.flags & (rundir::StopAsked | rundir::KillAsked)) != 0 ||
            (status.state == State::Stopping && RunDirectory::isRevoked(slot))) {
            end(worker, Event::Ended, EndFacts{.stopAsked = true});
            return;
        }
        status.problem = startProblem(slot, *status.spec);
        end(worker, Event::StartFailed, factsOf(slot));
        return;
    }
    showProblem(worker);
}

bool Supervisor::advance(Worker &worker, Event event)
{
    WorkerStatus &status = worker.status;
    const std::optional<State> to = next(status.state, event);
    if (!to)
        return false;
    const State from = std::exchange(status.state, *to);
    if (isAlive(*to))
        m_alive.insert(status.id);
    else
        m_alive.remove(status.id);
    if (*to == State::Stopping && from != State::Stopping)
        status.stopAskedAt = bootNow();
    if (from != *to && (*to == State::Paused || from == State::Paused) && isAlive(*to) &&
        *to != State::Stopping) {
        tell(ActivityEntry::Kind::Asked, status.id,
             (*to == State::Paused ? tr("%1 paused") : tr("%1 resumed")).arg(status.spec->name));
    }
    markDirty(worker);
    return true;
}

void Supervisor::end(Worker &worker, Event event, const EndFacts &facts)
{
    if (!advance(worker, event))
        return; // it has ended before: one terminal event per start
    WorkerStatus &status = worker.status;
    status.outcome = outcomeOf(facts);
    status.pid = 0;
    status.stopDeadline = 0ns;
    status.inputOpen = false;
    status.keeperGone = false;
    worker.keeperPid = 0;
    worker.pending.clear();
    worker.abandoned.reset();
    m_hands->input->drop(status.runId);
    if (!facts.statusKnown) {
        status.exitCode.reset();
        status.coreDumped = false;
    }
    const QString &name = status.spec->name;
    const auto kind = isFailure(status.outcome) ? ActivityEntry::Kind::Failed : ActivityEntry::Kind::Ended;
    if (event == Event::StartFailed) {
        tell(kind, status.id, tr("%1 could not be started: %2").arg(name, status.problem), status.endedMs);
    } else if (status.outcome == Outcome::Stopped && status.startedMs == 0) {
        tell(kind, status.id, tr("%1 was stopped before it was started.").arg(name));
    } else if (!status.exitCode) {
        tell(kind, status.id, tr("%1 ended, exit code unknown. %2").arg(name, status.problem));
    } else {
        const QString code = exitCodeText(*status.exitCode, status.coreDumped);
        const QString took = tookText(status.endedAt - status.startedAt);
        tell(kind, status.id,
             (*status.exitCode < 0 ? tr("%1 ended by %2, %3") : tr("%1 ended, exit code %2, %3"))
                 .arg(name, code, took),
             status.endedMs);
        // Not where its keeper was killed meanwhile: then nobody has seen them go.
        if (status.strays > 0 && status.survivors == 0 && status.problem.isEmpty())
            tell(ActivityEntry::Kind::Ended, status.id,
                 status.strays == 1
                     ? tr("1 left-behind process of %1 was ended").arg(name)
                     : tr("%1 left-behind processes of %2 were ended").arg(status.strays).arg(name),
                 status.endedMs);
    }
    if (std::exchange(worker.restartWanted, false)) {
        // From the event loop: everybody sees this end before the next start.
        QMetaObject::invokeMethod(
            this,
            [this, id = status.id] {
                flush();
                start({id});
            },
            Qt::QueuedConnection);
    }
}

void Supervisor::rang(const QStringList &runIds, bool overflowed)
{
    for (const QString &runId : runIds) {
        if (Worker *worker = findRun(runId))
            refresh(*worker);
    }
    if (overflowed && m_sweepQueue.isEmpty()) {
        m_sweepQueue = QList<WorkerId>(m_alive.cbegin(), m_alive.cend());
        m_sweepTimer.start(sweepPause);
    }
}

void Supervisor::launchFailed(const QString &runId, const QString &reason, bool isCertain)
{
    Worker *worker = findRun(runId);
    if (worker == nullptr || !isAlive(worker->status.state) || worker->abandoned)
        return;
    // The launcher may have been killed after its keeper had begun: only a run that can never start has
    // failed.
    const RunFacts facts = RunDirectory(worker->status.runDirectory).inspect();
    const bool isRecorded =
        facts.record == RunFacts::Record::Whole || facts.record == RunFacts::Record::Newer;
    if (facts.record == RunFacts::Record::None && worker->status.startedMs == 0)
        worker->sequence = 0; // its keeper gave it back
    if (isRecorded || (!isCertain && facts.record != RunFacts::Record::None))
        settle(*worker, facts);
    if (!isAlive(worker->status.state) || worker->abandoned || worker->sequence > 0 || isRecorded)
        return;
    worker->toRevoke = true;
    worker->failure = reason;
    worker->startProblem = reason;
    revoke(*worker);
    if (isCertain && isAlive(worker->status.state)) {
        worker->status.problem = reason;
        end(*worker, Event::StartFailed, EndFacts{.startFailed = true});
    }
}

/// Ends a start that nobody is about to carry out, once it is certain that nobody can.
void Supervisor::revoke(Worker &worker)
{
    if (RunDirectory(worker.status.runDirectory).revoke() != RunDirectory::Revocation::Revoked) {
        showProblem(worker); // asked again by the sweep, where no record says more
        return;
    }
    WorkerStatus &status = worker.status;
    status.problem = worker.failure;
    if (!worker.failure.isEmpty()) {
        end(worker, Event::StartFailed, EndFacts{.startFailed = true});
    } else if (status.state == State::Stopping) {
        end(worker, Event::Ended, EndFacts{.stopAsked = true});
    } else {
        // It was never alive, though that could not be known: it is offered again.
        m_runs.remove(status.runId);
        m_alive.remove(status.id);
        clearRun(status);
        status.state = State::NotStarted;
        markDirty(worker);
    }
}

void Supervisor::launchCancelled(const QString &runId)
{
    Worker *worker = findRun(runId);
    if (worker == nullptr || !isAlive(worker->status.state) || worker->sequence > 0)
        return;
    worker->status.problem.clear();
    end(*worker, Event::Ended, EndFacts{.stopAsked = true});
}

void Supervisor::unreachable(const QString &runId)
{
    Worker *worker = findRun(runId);
    if (worker == nullptr)
        return;
    inspect(*worker);
    WorkerStatus &status = worker->status;
    if (!isAlive(status.state) || worker->abandoned || status.startedMs == 0)
        return;
    // A keeper that ends closes its socket before it lets go of the run.
    if (worker->pending.verb() && worker->pending.verb() == Verb::Kill && !worker->unreachable)
        endOrphans(*worker, SIGKILL, 0ns);
    worker->unreachable = true;
    showProblem(*worker);
}

void Supervisor::sweep()
{
    const bool fresh = m_sweepQueue.isEmpty();
    if (fresh)
        m_sweepQueue = QList<WorkerId>(m_alive.cbegin(), m_alive.cend());
    for (int read = 0; read < sweepBatch && !m_sweepQueue.isEmpty(); ++read) {
        if (Worker *worker = find(m_sweepQueue.takeLast()); worker != nullptr && !worker->abandoned)
            chase(*worker);
    }
    m_sweepTimer.start(m_sweepQueue.isEmpty() ? std::chrono::milliseconds(sweepPeriod) : sweepPause);
}

/// Looks at a run whose ring may have been lost, or whose keeper may be gone, stopped or out of reach.
void Supervisor::chase(Worker &worker)
{
    const std::chrono::nanoseconds now = bootNow();
    if (isAlive(worker.status.state) && worker.sequence == 0) {
        if (now - worker.launchedAt >= launchPatience && worker.startProblem.isEmpty()) {
            worker.startProblem =
                tr("Nothing has been heard of its start for some seconds. The program that starts "
                   "the keepers may be stopped (SIGCONT lets it go on), or the machine is "
                   "overloaded.");
        }
        const RunFacts facts = RunDirectory(worker.status.runDirectory).inspect();
        settle(worker, facts);
        if (!isAlive(worker.status.state) || worker.abandoned || worker.sequence > 0)
            return;
        if (worker.toRevoke && facts.record == RunFacts::Record::None)
            revoke(worker);
        else if (worker.pending.takeDue(now))
            m_hands->launcher->cancel(worker.status.runDirectory);
        showProblem(worker);
        return;
    }
    // A process of the keeper's number is no proof that it lives: it may be another, or not be reaped.
    const bool isLockDue = ++worker.looks >= looksPerLock;
    const bool isOverdue = worker.pending.isOverdue(now);
    if (isLockDue || isOverdue || worker.unreadable || !keeperExists(worker.keeperPid)) {
        worker.looks = 0;
        inspect(worker);
    } else {
        refresh(worker);
    }
    if (!isAlive(worker.status.state) || worker.abandoned)
        return;
    if (worker.pending.takeDue(now))
        m_hands->launcher->send(worker.status.runDirectory, *worker.pending.verb(),
                                worker.pending.argument());
    worker.silent = worker.pending.isOverdue(now);
    showProblem(worker);
}

/// Of all that is wrong with a run that is alive, the gravest is said.
void Supervisor::showProblem(Worker &worker)
{
    if (!isAlive(worker.status.state))
        return;
    QString problem = worker.sequence > 0 ? worker.slotProblem : worker.startProblem;
    if (worker.abandoned && worker.status.keeperGone) {
        problem =
            worker.status.exitCode
                ? tr("Its keeper was killed. What it left behind still runs, and is watched; further output "
                     "is lost. Terminate ends it.")
                : tr("Its keeper was killed. The worker still runs, and is watched, but its exit code and "
                     "further output are lost. Let it finish, or terminate it and start it again.");
    } else if (worker.unreadable) {
        problem = tr("Its run's files cannot be read now, so that how it is may have changed: too many files "
                     "are open, or the rights of its folder were taken away. They are read again.");
    } else if (worker.filesGone) {
        problem =
            tr("Its run's files were removed while it runs: its output and its end cannot be seen any more. "
               "Kill ends it.");
    } else if (worker.unreachable) {
        problem =
            tr("Its keeper cannot be reached, for its control socket was removed. Kill ends the worker's "
               "processes all the same.");
    } else if (worker.silent) {
        problem = tr("Its keeper (PID %1) does not answer. It may be stopped (SIGCONT lets it go on), or the "
                     "machine is overloaded; what was asked of it is asked again.")
                      .arg(worker.keeperPid);
    }
    if (worker.status.problem == problem)
        return;
    worker.status.problem = problem;
    markDirty(worker);
}

} // namespace procession
