// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/supervisor.h"

#include "core/bootclock.h"
#include "core/doorbell.h"
#include "core/supervisorworker.h"

#include <QDateTime>
#include <QLocale>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>

namespace procession {

namespace {

using namespace std::chrono_literals;
using rundir::Verb;

constexpr auto frame = 16ms;
// A lost ring is noticed by reading the state of every run alive.
constexpr auto sweepPeriod = 1s;

} // namespace

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

Supervisor::~Supervisor() = default;

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
    connect(m_doorbell.get(), &Doorbell::raiseRequested, this, &Supervisor::raiseRequested);
    m_rosterId = rosterId;
    reachOut();

    RosterDelta delta;
    for (const Roster::Entry &entry : m_roster.entries()) {
        Worker &worker = makeWorker(entry);
        if (!entry.lastRun.isEmpty())
            take(worker);
        delta.inserted.append({int(delta.inserted.size()), worker.status});
    }
    m_dirty.clear();
    emitNow(delta);
    if (!m_roster.notice().isEmpty())
        Q_EMIT notice(m_roster.notice());
    m_sweepTimer.start(sweepPeriod);
    return {};
}

void Supervisor::close()
{
    m_sweepTimer.stop();
    m_flushTimer.stop();
    m_hands.reset();
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
        if (worker->abandoned)
            endOrphans(*worker, spec.stopSignal, spec.grace);
        else
            ask(*worker, Verb::Stop, -1);
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
        if (worker->abandoned || worker->unreachable)
            endOrphans(*worker, SIGKILL, 0ms);
        if (!worker->abandoned)
            ask(*worker, Verb::Kill);
    }
}

void Supervisor::pause(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker != nullptr && worker->status.state == State::Running && !worker->abandoned)
            ask(*worker, Verb::Pause);
    }
}

void Supervisor::resume(const QList<WorkerId> &ids)
{
    for (const WorkerId id : ids) {
        Worker *worker = find(id);
        if (worker != nullptr && worker->status.state == State::Paused && !worker->abandoned)
            ask(*worker, Verb::Resume);
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
        if (worker == nullptr || worker->status.pid == 0 || worker->abandoned)
            continue;
        tell(ActivityEntry::Kind::Asked, id,
             tr("%1 sent to %2").arg(signalName(signalNumber), worker->status.spec->name));
        m_hands->launcher->send(worker->status.runDirectory, Verb::Signal, signalNumber);
    }
}

void Supervisor::sendInput(WorkerId id, const QByteArray &bytes)
{
    const Worker *worker = find(id);
    if (worker == nullptr || bytes.isEmpty())
        return;
    const WorkerStatus &status = worker->status;
    if (!status.inputOpen) {
        Q_EMIT notice(tr("%1 reads no input now, so nothing was sent to it.").arg(status.spec->name));
    } else if (!m_hands->input->write(status.runId, status.runDirectory, bytes)) {
        Q_EMIT notice(
            tr("%1 does not read fast enough: %2 were not sent, because as much waits already as may. "
               "Send less at a time, or wait until it has read.")
                .arg(status.spec->name, QLocale().formattedDataSize(bytes.size())));
    }
}

void Supervisor::endInput(WorkerId id)
{
    const Worker *worker = find(id);
    if (worker != nullptr && worker->status.inputOpen)
        m_hands->input->end(worker->status.runId, worker->status.runDirectory);
}

void Supervisor::resizeTerminals(int columns, int rows)
{
    constexpr int largest = 32767;
    m_columns = std::clamp(columns, 1, largest);
    m_rows = std::clamp(rows, 1, largest);
    for (const WorkerId id : std::as_const(m_alive)) {
        if (const Worker *worker = find(id); worker->status.terminal && !worker->abandoned)
            m_hands->launcher->send(worker->status.runDirectory, Verb::Resize, m_columns << 16 | m_rows);
    }
}

bool Supervisor::askToRaise(const QString &rosterId) const
{
    return Doorbell::askToRaise(m_paths.rosterDirectory(rosterId) + u"/bell");
}

QList<Sampler::Target> Supervisor::sampleTargets() const
{
    QList<Sampler::Target> targets;
    targets.reserve(m_alive.size());
    for (const WorkerId id : m_alive) {
        // Below its keeper is all of it; without one, what is below the main process is what can be told.
        const Worker *worker = find(id);
        if (const qint64 root = worker->abandoned ? worker->status.pid : worker->keeperPid; root > 0)
            targets.append({id, root, worker->abandoned != nullptr});
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

/// `timeMs`: when it happened, if that is known: a window that was just opened tells what happened before.
void Supervisor::tell(ActivityEntry::Kind kind, WorkerId worker, const QString &text, qint64 timeMs)
{
    Q_EMIT activity({timeMs > 0 ? timeMs : QDateTime::currentMSecsSinceEpoch(), kind, worker, text});
}

} // namespace procession
