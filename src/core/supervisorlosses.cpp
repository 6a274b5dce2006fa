// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// What the Supervisor does about runs that nobody keeps any more: their processes are searched, watched and
// ended, and nothing is said of them that is not known.

#include "core/bootclock.h"
#include "core/runstatus.h"
#include "core/supervisor.h"
#include "core/supervisorworker.h"

#include <algorithm>
#include <csignal>

namespace procession {

using namespace std::chrono_literals;
using rundir::Phase;
using rundir::StateSlot;
using rundir::Verb;

/// Ends a run's processes past its keeper: there is none, or it cannot be reached.
void Supervisor::endOrphans(Worker &worker, int stopSignal, std::chrono::nanoseconds grace)
{
    worker.endedHere = true;
    const std::chrono::nanoseconds deadline = bootNow() + grace;
    worker.status.stopDeadline = grace > 0ns ? deadline : 0ns;
    m_hands->orphans->watch(worker.trace);
    m_hands->orphans->end(worker.trace.runId, stopSignal, deadline);
}

/// Nobody keeps the run any more: what of it still runs is searched.
void Supervisor::abandon(Worker &worker, const RunFacts &facts)
{
    worker.abandoned = std::make_unique<RunFacts>(facts);
    worker.status.inputOpen = false;
    const StateSlot &slot = facts.slot;
    const bool hasEnded = slot.phase == Phase::Exited && (slot.flags & rundir::StatusKnown) != 0;
    const bool hasKept = (slot.flags & rundir::StraysKept) != 0 && slot.stopSignal == 0;
    const bool isKilled = worker.pending.verb() == Verb::Kill || (slot.flags & rundir::KillAsked) != 0;
    worker.pending.clear();
    if ((hasEnded && !hasKept) || isKilled) {
        endOrphans(worker, SIGKILL, 0ns); // as its keeper was about to
    } else if (worker.status.state == State::Stopping) {
        const auto left = std::chrono::nanoseconds(slot.stopDeadline) - bootNow();
        endOrphans(worker, worker.status.spec->stopSignal,
                   slot.stopDeadline != 0 ? std::max(left, 0ns) : worker.status.spec->grace);
    } else {
        m_hands->orphans->watch(worker.trace);
    }
}

void Supervisor::orphansFound(const QString &runId, const OrphanNews &news)
{
    Worker *worker = findRun(runId);
    if (worker == nullptr || !isAlive(worker->status.state) || !worker->abandoned)
        return;
    if (news.processes == 0)
        return endAbandoned(*worker, news.killed);
    WorkerStatus &status = worker->status;
    status.keeperGone = true;
    status.pid = news.mainAlive ? worker->trace.mainPid : 0;
    status.strays = news.mainAlive ? 0 : news.processes;
    if (status.state == State::Starting)
        advance(*worker, Event::Started);
    markDirty(*worker);
    showProblem(*worker);
}

/// Its keeper is gone, and now nothing else is left of it either.
void Supervisor::endAbandoned(Worker &worker, bool killed)
{
    WorkerStatus &status = worker.status;
    const RunFacts &facts = *worker.abandoned;
    EndFacts known;
    if (facts.record == RunFacts::Record::Whole) {
        known = takeAbandoned(status, facts);
    } else {
        known.lost = true;
        status.problem =
            facts.record == RunFacts::Record::Damaged
                ? tr("The record of its run is damaged; how the worker ended is not known.")
                : tr("Its run's files were removed while it ran; how the worker ended is not known.");
    }
    if (known.lost && worker.endedHere && status.keeperGone) {
        // That it was ended is known, though nobody read what it answered.
        known.lost = false;
        known.stopAsked = true;
        known.killAsked = status.killAsked;
        known.graceExpired = killed;
        status.problem = tr("Its keeper had been killed before, so that its exit code is not known.");
        recordEnding(status.runDirectory, known);
    }
    status.strays = 0;
    end(worker, Event::Ended, known);
}

void Supervisor::endUnknown(Worker &worker, const QString &problem)
{
    worker.status.problem = problem;
    end(worker, Event::Ended, EndFacts{.lost = true});
}

} // namespace procession
