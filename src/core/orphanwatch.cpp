// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/orphanwatch.h"

#include "core/bootclock.h"

#include <algorithm>
#include <csignal>

namespace procession {

namespace {

using namespace std::chrono_literals;

constexpr auto watchPeriod = 1s;
constexpr auto endPeriod = 100ms;

} // namespace

OrphanWatch::OrphanWatch()
    : m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &OrphanWatch::look);
}

void OrphanWatch::watch(const RunTrace &trace)
{
    QMetaObject::invokeMethod(
        this,
        [this, trace] {
            m_runs[trace.runId].trace = trace;
            m_timer.start(0ms); // one pass for all that are posted in a row
        },
        Qt::QueuedConnection);
}

void OrphanWatch::end(const QString &runId, int stopSignal, std::chrono::nanoseconds deadline)
{
    QMetaObject::invokeMethod(
        this,
        [this, runId, stopSignal, deadline] {
            const auto run = m_runs.find(runId);
            if (run == m_runs.end())
                return;
            run->deadline = run->ending ? std::min(run->deadline, deadline) : deadline;
            run->ending = true;
            run->stopSignal = stopSignal;
            m_timer.start(0ms);
        },
        Qt::QueuedConnection);
}

void OrphanWatch::forget(const QString &runId)
{
    QMetaObject::invokeMethod(
        this, [this, runId] { m_runs.remove(runId); }, Qt::QueuedConnection);
}

void OrphanWatch::look()
{
    QList<RunTrace> traces;
    for (const Orphans &orphans : std::as_const(m_runs))
        traces.append(orphans.trace);
    if (traces.isEmpty())
        return;
    bool ending = false;
    if (const auto processes = findRunProcesses(traces)) {
        for (auto run = m_runs.begin(); run != m_runs.end();) {
            const QList<RunProcess> alive = processes->value(run.key());
            if (run->ending)
                signalAll(*run, alive);
            ending = ending || run->ending;
            const bool mainAlive =
                std::any_of(alive.cbegin(), alive.cend(), [&run](const RunProcess &process) {
                    return process.pid == run->trace.mainPid &&
                           process.startTicks == run->trace.mainStartTicks;
                });
            Q_EMIT found(run.key(), {int(alive.size()), mainAlive, run->killed});
            run = alive.isEmpty() ? m_runs.erase(run) : std::next(run);
        }
    }
    if (!m_runs.isEmpty())
        m_timer.start(ending ? std::chrono::milliseconds(endPeriod) : watchPeriod);
}

void OrphanWatch::signalAll(Orphans &orphans, const QList<RunProcess> &processes)
{
    const bool kill = bootNow() >= orphans.deadline;
    for (const RunProcess &process : processes) {
        if (kill) {
            orphans.killed = signalProcess(process, SIGKILL) || orphans.killed;
        } else if (!orphans.asked.contains(process.pid)) {
            orphans.asked.insert(process.pid);
            signalProcess(process, orphans.stopSignal);
            signalProcess(process, SIGCONT); // a stopped process does not see the signal before
        }
    }
}

} // namespace procession
