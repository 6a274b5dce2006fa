// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/supervisor.h"

#include "core/bootclock.h"
#include "core/doorbell.h"
#include "core/launcher.h"
#include "core/rundirectory.h"

#include <QDateTime>
#include <QFileInfo>

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

namespace procession {

namespace {

using namespace std::chrono_literals;
using rundir::Phase;
using rundir::StateSlot;
using rundir::Verb;

constexpr auto frame = 16ms;
// A lost ring is noticed by reading the state of every run alive, a few at a time.
constexpr auto sweepPeriod = 1s;
constexpr auto sweepPause = 5ms;
constexpr int sweepBatch = 100;
constexpr int maximumRuns = 10'000; // kept on disk, all rosters together

qint64 milliseconds(int64_t nanoseconds)
{
    return nanoseconds / 1'000'000;
}

EndFacts factsOf(const StateSlot &slot)
{
    EndFacts facts;
    facts.startFailed = slot.phase == Phase::FailedToStart;
    facts.statusKnown = (slot.flags & rundir::StatusKnown) != 0;
    facts.waitStatus = slot.waitStatus;
    facts.stopAsked = (slot.flags & rundir::StopAsked) != 0;
    facts.killAsked = (slot.flags & rundir::KillAsked) != 0;
    // The grace may have run out for strays alone, after the main process had obeyed.
    facts.graceExpired = (slot.flags & rundir::GraceExpired) != 0 && WIFSIGNALED(slot.waitStatus) &&
                         WTERMSIG(slot.waitStatus) == SIGKILL;
    return facts;
}

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

/// One row: its snapshot, and what only the supervisor needs of its run.
struct Supervisor::Worker
{
    WorkerStatus status;
    quint64 sequence = 0; // of the state slot applied last
    qint64 keeperPid = 0;
    std::optional<Verb> pendingVerb; // asked for before the keeper listened
    bool restartWanted = false;
};

Supervisor::Supervisor(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_paths(paths)
{
    m_flushTimer.setSingleShot(true);
    m_flushTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_flushTimer, &QTimer::timeout, this, &Supervisor::flush);
    m_sweepTimer.setSingleShot(true);
    connect(&m_sweepTimer, &QTimer::timeout, this, &Supervisor::sweep);
}

Supervisor::~Supervisor()
{
    m_launcher.reset();
}

void Supervisor::raiseFileLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
        return;
    m_fileLimit = qint64(limit.rlim_cur);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

QString Supervisor::open(const QString &rosterId)
{
    close();
    if (const QString problem = m_paths.create(); !problem.isEmpty())
        return problem;
    const QString directory = m_paths.rosterDirectory(rosterId);
    if (const QString problem = m_roster.open(directory); !problem.isEmpty())
        return problem;
    m_doorbell = std::make_unique<Doorbell>();
    if (const QString problem = m_doorbell->bind(directory + u"/bell"); !problem.isEmpty()) {
        m_doorbell.reset();
        m_roster.close();
        return problem;
    }
    connect(m_doorbell.get(), &Doorbell::rang, this, &Supervisor::rang);
    m_rosterId = rosterId;
    m_launcher = std::make_unique<Launcher>(m_paths.keeperProgram);
    connect(m_launcher.get(), &Launcher::launchFailed, this, &Supervisor::launchFailed);
    connect(m_launcher.get(), &Launcher::launched, this,
            [this](const QStringList &runIds) { rang(runIds, false); });
    connect(m_launcher.get(), &Launcher::unreachable, this, [this](const QString &runDirectory) {
        if (Worker *worker = findRun(QFileInfo(runDirectory).fileName()))
            inspect(*worker);
    });

    RosterDelta delta;
    QStringList lastRuns;
    for (const Roster::Entry &entry : m_roster.entries()) {
        Worker &worker = makeWorker(entry);
        if (!entry.lastRun.isEmpty()) {
            lastRuns.append(entry.lastRun);
            take(worker);
        }
        delta.inserted.append({int(delta.inserted.size()), worker.status});
    }
    m_dirty.clear();
    emitNow(delta);
    if (!m_roster.notice().isEmpty())
        Q_EMIT notice(m_roster.notice());
    m_launcher->prune(m_paths.runsDirectory(), lastRuns, maximumRuns);
    m_sweepTimer.start(sweepPeriod);
    return {};
}

void Supervisor::close()
{
    m_sweepTimer.stop();
    m_flushTimer.stop();
    m_launcher.reset();
    m_doorbell.reset();
    RosterDelta delta;
    for (const Roster::Entry &entry : m_roster.entries())
        delta.removed.append(entry.id);
    m_roster.close();
    m_rosterId.clear();
    m_workers.clear();
    m_runs.clear();
    m_alive.clear();
    m_dirty.clear();
    m_sweepQueue.clear();
    m_journalFailed = false;
    emitNow(delta);
}

QString Supervisor::applyProject(const QString &file, const QByteArray &hash, const QList<WorkerSpec> &specs)
{
    if (m_roster.projectFile() == file && m_roster.projectHash() == hash)
        return {};
    flush();
    QHash<QString, WorkerId> known;
    for (const Roster::Entry &entry : m_roster.entries())
        known.insert(entry.spec->name, entry.id);
    RosterDelta delta;
    QStringList kept;
    for (const WorkerSpec &spec : specs) {
        const WorkerId id = known.take(spec.name);
        const Roster::Entry *entry = m_roster.find(id);
        if (entry == nullptr) {
            const int position = int(m_roster.entries().size());
            const WorkerId added = m_roster.insert(position, std::make_shared<const WorkerSpec>(spec), true);
            delta.inserted.append({position, makeWorker(*m_roster.find(added)).status});
        } else if (*entry->spec != spec) {
            if (!entry->fromFile) {
                kept.append(spec.name);
                continue;
            }
            m_roster.edit(id, std::make_shared<const WorkerSpec>(spec), true);
            Worker *worker = find(id);
            worker->status.spec = m_roster.find(id)->spec;
            delta.changed.append(worker->status);
        }
    }
    QList<WorkerId> gone;
    for (const WorkerId id : std::as_const(known)) {
        const Roster::Entry *entry = m_roster.find(id);
        if (!entry->fromFile)
            continue; // added in the window: not the file's to take away
        if (isAlive(find(id)->status.state))
            kept.append(entry->spec->name);
        else
            gone.append(id);
    }
    // The insertions' positions count the rows that are about to leave.
    emitNow(delta);
    remove(gone);
    m_roster.setProject(file, hash);
    checkJournal();
    if (kept.isEmpty())
        return {};
    kept.sort();
    return tr("Kept as they are here, in spite of the file: %1.").arg(kept.join(u", "));
}

const WorkerStatus *Supervisor::status(WorkerId id) const
{
    const Worker *worker = find(id);
    return worker == nullptr ? nullptr : &worker->status;
}

QList<WorkerStatus> Supervisor::statuses() const
{
    QList<WorkerStatus> all;
    all.reserve(m_roster.entries().size());
    for (const Roster::Entry &entry : m_roster.entries())
        all.append(find(entry.id)->status);
    return all;
}

QList<WorkerId> Supervisor::alive() const
{
    QList<WorkerId> ids(m_alive.cbegin(), m_alive.cend());
    std::sort(ids.begin(), ids.end(),
              [this](WorkerId a, WorkerId b) { return m_roster.position(a) < m_roster.position(b); });
    return ids;
}

WorkerId Supervisor::add(const WorkerSpec &spec, int position)
{
    WorkerSpec unique = spec;
    unique.name = uniqueName(spec.name, [this](const QString &name) { return m_roster.hasName(name); });
    const WorkerId id = m_roster.insert(position, std::make_shared<const WorkerSpec>(unique), false);
    RosterDelta delta;
    delta.inserted.append({m_roster.position(id), makeWorker(*m_roster.find(id)).status});
    flush();
    emitNow(delta);
    checkJournal();
    return id;
}

void Supervisor::edit(WorkerId id, const WorkerSpec &spec)
{
    Worker *worker = find(id);
    if (worker == nullptr || *worker->status.spec == spec)
        return;
    WorkerSpec unique = spec;
    unique.name = uniqueName(spec.name, [this, worker](const QString &name) {
        return name != worker->status.spec->name && m_roster.hasName(name);
    });
    m_roster.edit(id, std::make_shared<const WorkerSpec>(unique), false);
    worker->status.spec = m_roster.find(id)->spec;
    markDirty(*worker);
    checkJournal();
}

QList<Supervisor::Removed> Supervisor::remove(const QList<WorkerId> &ids)
{
    flush();
    QList<WorkerId> idle;
    for (const WorkerId id : ids) {
        if (const Worker *worker = find(id); worker != nullptr && !isAlive(worker->status.state))
            idle.append(id);
    }
    QList<Removed> removed;
    RosterDelta delta;
    for (const auto &[row, entry] : m_roster.remove(idle)) {
        const std::shared_ptr<Worker> worker = m_workers.take(entry.id);
        m_runs.remove(worker->status.runId);
        removed.append({row, entry, worker->status});
        delta.removed.append(entry.id);
    }
    emitNow(delta);
    checkJournal();
    return removed;
}

void Supervisor::restore(const QList<Removed> &removed)
{
    flush();
    QList<Removed> ordered = removed;
    std::sort(ordered.begin(), ordered.end(),
              [](const Removed &a, const Removed &b) { return a.position < b.position; });
    ordered.removeIf([this](const Removed &one) { return find(one.entry.id) != nullptr; });
    QList<Roster::Placed> entries;
    for (const Removed &one : std::as_const(ordered))
        entries.append({one.position, one.entry});
    m_roster.restore(entries);
    RosterDelta delta;
    for (const Removed &one : std::as_const(ordered)) {
        Worker &worker = makeWorker(one.entry);
        worker.status = one.status;
        if (!worker.status.runId.isEmpty())
            m_runs.insert(worker.status.runId, one.entry.id);
        delta.inserted.append({m_roster.position(one.entry.id), worker.status});
    }
    emitNow(delta);
    checkJournal();
}

void Supervisor::start(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker == nullptr || !next(worker->status.state, Event::Start))
            continue;
        launch(*worker);
    }
    checkJournal();
}

void Supervisor::stop(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker == nullptr)
            continue;
        worker->restartWanted = false;
        if (worker->status.state == State::Stopping || !advance(*worker, Event::Stop))
            continue;
        const WorkerSpec &spec = *worker->status.spec;
        tell(ActivityEntry::Kind::Asked, id,
             tr("%1 asked to end (%2, SIGKILL after %3)")
                 .arg(spec.name, signalName(spec.stopSignal), tookText(spec.grace)));
        send(*worker, Verb::Stop, -1);
    }
}

void Supervisor::kill(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker == nullptr || !isAlive(worker->status.state) || !advance(*worker, Event::Stop))
            continue;
        worker->restartWanted = false;
        worker->status.killAsked = true;
        tell(ActivityEntry::Kind::Asked, id, tr("%1 killed (SIGKILL)").arg(worker->status.spec->name));
        send(*worker, Verb::Kill);
    }
}

void Supervisor::pause(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker != nullptr && worker->status.state == State::Running)
            send(*worker, Verb::Pause);
    }
}

void Supervisor::resume(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker != nullptr && worker->status.state == State::Paused)
            send(*worker, Verb::Resume);
    }
}

void Supervisor::restart(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker == nullptr)
            continue;
        if (isAlive(worker->status.state)) {
            stop({id});
            worker->restartWanted = true;
        } else {
            start({id});
        }
    }
}

void Supervisor::sendSignal(const QList<WorkerId> &ids, int signalNumber)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker == nullptr || worker->status.pid == 0)
            continue;
        tell(ActivityEntry::Kind::Asked, id,
             tr("%1 sent to %2").arg(signalName(signalNumber), worker->status.spec->name));
        send(*worker, Verb::Signal, signalNumber);
    }
}

QList<Sampler::Target> Supervisor::sampleTargets() const
{
    QList<Sampler::Target> targets;
    targets.reserve(m_alive.size());
    for (const WorkerId id : m_alive) {
        if (const Worker *worker = find(id); worker->keeperPid > 0)
            targets.append({id, worker->keeperPid});
    }
    return targets;
}

Supervisor::Worker *Supervisor::find(WorkerId id) const
{
    const auto found = m_workers.constFind(id);
    return found == m_workers.constEnd() ? nullptr : found->get();
}

Supervisor::Worker *Supervisor::findRun(const QString &runId) const
{
    const auto found = m_runs.constFind(runId);
    return found == m_runs.constEnd() ? nullptr : find(*found);
}

Supervisor::Worker &Supervisor::makeWorker(const Roster::Entry &entry)
{
    auto worker = std::make_shared<Worker>();
    worker->status.id = entry.id;
    worker->status.spec = entry.spec;
    m_workers.insert(entry.id, worker);
    return *worker;
}

void Supervisor::launch(Worker &worker)
{
    WorkerStatus &status = worker.status;
    m_runs.remove(status.runId);
    clearRun(status);
    worker.sequence = 0;
    worker.keeperPid = 0;
    worker.pendingVerb.reset();
    worker.restartWanted = false;
    advance(worker, Event::Start);

    const QString problem = status.spec->problem();
    if (!problem.isEmpty()) {
        status.problem = problem;
        end(worker, Event::StartFailed, EndFacts{.startFailed = true});
        return;
    }
    status.runId = RunDirectory::newId();
    status.runDirectory = m_paths.runsDirectory() + u'/' + status.runId;
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
    m_launcher->launch(m_paths.runsDirectory(), order);
}

void Supervisor::send(Worker &worker, Verb verb, int argument)
{
    // Before its first word the keeper may not listen yet.
    if (worker.sequence == 0)
        worker.pendingVerb = verb;
    else
        m_launcher->send(worker.status.runDirectory, verb, argument);
}

/// Shows the last run of a worker of a roster just opened, and takes it over if it is alive.
void Supervisor::take(Worker &worker)
{
    WorkerStatus &status = worker.status;
    const QString runId = m_roster.find(status.id)->lastRun;
    const RunDirectory run(m_paths.runsDirectory() + u'/' + runId);
    if (!QFileInfo::exists(run.path()))
        return; // claimed, but its start never came to be, or it was cleared away since
    const auto state = run.readState();
    if (state ? RunDirectory::isRevoked(*state) : run.revoke())
        return; // its window went before the launch: it is offered again
    status.runId = runId;
    status.runDirectory = run.path();
    m_runs.insert(runId, status.id);
    advance(worker, Event::Start);
    inspect(worker);
}

/// Reads the run's state and shows what is new in it.
void Supervisor::refresh(Worker &worker)
{
    if (!isAlive(worker.status.state))
        return;
    if (const auto slot = RunDirectory(worker.status.runDirectory).readState())
        apply(worker, *slot);
}

/// The same where the keeper may be gone: then the run is ended with what is known of it.
void Supervisor::inspect(Worker &worker)
{
    if (!isAlive(worker.status.state))
        return;
    const RunFacts facts = RunDirectory(worker.status.runDirectory).inspect();
    if (facts.slot.phase == Phase::None) {
        if (worker.sequence > 0 && !keeperExists(worker.keeperPid)) {
            worker.status.problem =
                tr("Its run's files were removed while it ran; how the worker ended is not known.");
            end(worker, Event::Ended, EndFacts{.lost = true});
        }
        return;
    }
    if (facts.sameBoot || facts.slot.phase >= Phase::Exited)
        apply(worker, facts.slot);
    if (!isAlive(worker.status.state) || facts.keeper == RunFacts::Keeper::Alive)
        return;
    EndFacts end = factsOf(facts.slot);
    if (facts.slot.phase == Phase::Exited && end.statusKnown) {
        worker.status.problem = tr("Its keeper was killed while it ended what the worker had left behind.");
    } else if (!facts.sameBoot) {
        end.interrupted = true;
        worker.status.problem = tr("The machine went down while it ran.");
        // Times of another boot say nothing on this one's clock.
        worker.status.startedAt = worker.status.endedAt = 0ns;
    } else {
        end.lost = true;
        worker.status.problem = tr("Its keeper was killed; how the worker ended is not known.");
    }
    worker.status.lastPid = facts.slot.mainPid;
    worker.status.startedMs = milliseconds(facts.slot.startedRealtime);
    this->end(worker, Event::Ended, end);
}

void Supervisor::apply(Worker &worker, const StateSlot &slot)
{
    if (slot.sequence <= worker.sequence)
        return;
    worker.sequence = slot.sequence;
    worker.keeperPid = slot.keeperPid;
    WorkerStatus &status = worker.status;
    if (slot.mainPid > 0)
        status.lastPid = slot.mainPid;
    status.startedAt = std::chrono::nanoseconds(slot.startedBoottime);
    status.endedAt = std::chrono::nanoseconds(slot.endedBoottime);
    status.startedMs = milliseconds(slot.startedRealtime);
    status.endedMs = milliseconds(slot.endedRealtime);
    status.stopDeadline = std::chrono::nanoseconds(slot.stopDeadline);
    status.strays = int(slot.strays);
    status.survivors = int(slot.survivors);
    status.peakMemoryKib = qint64(slot.peakRssKib);
    status.cpuTime = std::chrono::microseconds(slot.userMicros + slot.systemMicros);
    status.outputBytes = slot.outputBytes;
    if ((slot.flags & rundir::StatusKnown) != 0) {
        status.exitCode = exitCodeOf(slot.waitStatus);
        status.coreDumped = coreDumpedOf(slot.waitStatus);
    }
    markDirty(worker);

    const bool blocked = (slot.flags & rundir::OutputBlocked) != 0;
    status.problem = blocked
                         ? tr("The disk is full or a limit is reached: its output waits until there is room.")
                         : QString();

    const bool mainAlive = slot.phase == Phase::Running || slot.phase == Phase::Stopping;
    status.pid = mainAlive ? slot.mainPid : 0;
    if (slot.phase >= Phase::Running && slot.phase <= Phase::Finished && status.state == State::Starting) {
        advance(worker, Event::Started);
        tell(ActivityEntry::Kind::Started, status.id,
             tr("%1 started, PID %2").arg(status.spec->name).arg(slot.mainPid));
    }
    if (worker.pendingVerb && mainAlive) {
        m_launcher->send(status.runDirectory, *worker.pendingVerb, -1);
        worker.pendingVerb.reset();
    }
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
        if (slot.strays > 0)
            advance(worker, Event::Stopping);
        break;
    case Phase::Finished:
        end(worker, Event::Ended, factsOf(slot));
        break;
    case Phase::FailedToStart:
        status.problem = startProblem(slot, *status.spec);
        end(worker, Event::StartFailed, factsOf(slot));
        break;
    }
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
    worker.keeperPid = 0;
    worker.pendingVerb.reset();
    if (!facts.statusKnown) {
        status.exitCode.reset();
        status.coreDumped = false;
    }
    const QString &name = status.spec->name;
    const auto kind = isFailure(status.outcome) ? ActivityEntry::Kind::Failed : ActivityEntry::Kind::Ended;
    if (event == Event::StartFailed) {
        tell(kind, status.id, tr("%1 could not be started: %2").arg(name, status.problem));
    } else if (!status.exitCode) {
        tell(kind, status.id, tr("%1 ended, exit code unknown. %2").arg(name, status.problem));
    } else {
        const QString code = exitCodeText(*status.exitCode, status.coreDumped);
        const QString took = tookText(status.endedAt - status.startedAt);
        tell(kind, status.id,
             (*status.exitCode < 0 ? tr("%1 ended by %2, %3") : tr("%1 ended, exit code %2, %3"))
                 .arg(name, code, took));
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

void Supervisor::launchFailed(const QString &runId, const QString &reason)
{
    Worker *worker = findRun(runId);
    if (worker == nullptr)
        return;
    // The launcher may have been killed after its keeper had begun: only a run that can never start has
    // failed.
    refresh(*worker);
    if (!isAlive(worker->status.state) || worker->sequence > 0 ||
        !RunDirectory(worker->status.runDirectory).revoke())
        return;
    worker->status.problem = reason;
    end(*worker, Event::StartFailed, EndFacts{.startFailed = true});
}

void Supervisor::sweep()
{
    const bool fresh = m_sweepQueue.isEmpty();
    if (fresh)
        m_sweepQueue = QList<WorkerId>(m_alive.cbegin(), m_alive.cend());
    for (int read = 0; read < sweepBatch && !m_sweepQueue.isEmpty(); ++read) {
        Worker *worker = find(m_sweepQueue.takeLast());
        if (worker == nullptr || !isAlive(worker->status.state))
            continue;
        refresh(*worker);
        if (isAlive(worker->status.state) && worker->sequence > 0 && !keeperExists(worker->keeperPid))
            inspect(*worker);
    }
    m_sweepTimer.start(m_sweepQueue.isEmpty() ? std::chrono::milliseconds(sweepPeriod) : sweepPause);
}

void Supervisor::markDirty(const Worker &worker)
{
    m_dirty.insert(worker.status.id);
    if (m_flushTimer.isActive())
        return;
    const std::chrono::milliseconds since(m_sinceFlush.isValid() ? m_sinceFlush.elapsed() : frame.count());
    m_flushTimer.start(std::max(frame - since, 0ms));
}

void Supervisor::flush()
{
    m_flushTimer.stop();
    if (m_dirty.isEmpty())
        return;
    RosterDelta delta;
    for (const WorkerId id : std::as_const(m_dirty)) {
        if (const Worker *worker = find(id))
            delta.changed.append(worker->status);
    }
    m_dirty.clear();
    emitNow(delta);
}

void Supervisor::emitNow(const RosterDelta &delta)
{
    m_sinceFlush.start();
    if (!delta.isEmpty())
        Q_EMIT changed(delta);
}

void Supervisor::checkJournal()
{
    const bool failed = !m_roster.writeProblem().isEmpty();
    if (failed && !m_journalFailed)
        Q_EMIT notice(m_roster.writeProblem());
    m_journalFailed = failed;
}

void Supervisor::tell(ActivityEntry::Kind kind, WorkerId worker, const QString &text)
{
    Q_EMIT activity({QDateTime::currentMSecsSinceEpoch(), kind, worker, text});
}

} // namespace procession
