// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runstatus.h"

#include "core/descriptor.h"

#include <QCoreApplication>
#include <QFile>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>

namespace procession {

namespace {

using rundir::Phase;
using rundir::StateSlot;

QString tr(const char *text)
{
    return QCoreApplication::translate("RunStatus", text);
}

qint64 milliseconds(int64_t nanoseconds)
{
    return nanoseconds / 1'000'000;
}

Survivor::Reason reasonOf(rundir::Unendable reason)
{
    switch (reason) {
    case rundir::Unendable::NotPermitted:
        return Survivor::Reason::NotPermitted;
    case rundir::Unendable::Uninterruptible:
        return Survivor::Reason::Uninterruptible;
    case rundir::Unendable::Unknown:
        break;
    }
    return Survivor::Reason::Unknown;
}

State aliveState(const StateSlot &slot)
{
    switch (slot.phase) {
    case Phase::Running:
        return (slot.flags & rundir::Paused) != 0 ? State::Paused : State::Running;
    case Phase::Stopping:
        return State::Stopping;
    case Phase::Exited: {
        // Strays that are kept run as their worker did; any others are being ended.
        const bool kept = (slot.flags & rundir::StraysKept) != 0 && slot.strays > 0;
        return kept ? State::Running : State::Stopping;
    }
    default:
        return State::Starting;
    }
}

void takeEnd(WorkerStatus &status, const EndFacts &facts)
{
    status.state = State::Ended;
    status.outcome = outcomeOf(facts);
    status.pid = 0;
    status.stopDeadline = std::chrono::nanoseconds(0);
    status.inputOpen = false;
    if (!facts.statusKnown) {
        status.exitCode.reset();
        status.coreDumped = false;
    }
}

} // namespace

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

void takeSlot(WorkerStatus &status, const StateSlot &slot)
{
    if (slot.mainPid > 0)
        status.lastPid = slot.mainPid;
    const bool mainAlive = slot.phase == Phase::Running || slot.phase == Phase::Stopping;
    status.pid = mainAlive ? slot.mainPid : 0;
    status.startedAt = std::chrono::nanoseconds(slot.startedBoottime);
    status.endedAt = std::chrono::nanoseconds(slot.endedBoottime);
    status.startedMs = milliseconds(slot.startedRealtime);
    status.endedMs = milliseconds(slot.endedRealtime);
    status.stopDeadline = std::chrono::nanoseconds(slot.stopDeadline);
    status.strays = int(slot.strays);
    status.straysKept = (slot.flags & rundir::StraysKept) != 0;
    status.survivors = int(slot.survivors);
    status.survivorList.clear();
    const size_t named = std::min<size_t>(slot.survivors, std::size(slot.survivorList));
    for (size_t i = 0; i < named; ++i) {
        if (slot.survivorList[i].pid > 0)
            status.survivorList.append({slot.survivorList[i].pid, reasonOf(slot.survivorList[i].reason)});
    }
    status.inputOpen = (slot.flags & rundir::InputOpen) != 0;
    status.terminal = (slot.flags & rundir::Terminal) != 0;
    status.streamsMerged = (slot.flags & rundir::StreamsMerged) != 0;
    status.peakMemoryKib = qint64(slot.peakRssKib);
    status.cpuTime = std::chrono::microseconds(slot.userMicros + slot.systemMicros);
    status.outputBytes = slot.outputBytes;
    status.droppedBytes = slot.droppedBytes;
    if ((slot.flags & rundir::StatusKnown) != 0) {
        status.exitCode = exitCodeOf(slot.waitStatus);
        status.coreDumped = coreDumpedOf(slot.waitStatus);
    }
    status.problem.clear();
    if (slot.phase <= Phase::Exited && (slot.flags & rundir::OutputBlocked) != 0) {
        status.problem = tr("The disk is full or a limit is reached: its output waits until there is room.");
    }
}

EndFacts takeAbandoned(WorkerStatus &status, const RunFacts &facts)
{
    EndFacts end = factsOf(facts.slot);
    if (facts.slot.phase == Phase::Exited && end.statusKnown) {
        status.problem = tr("Its keeper was killed while it ended what the worker had left behind.");
    } else if (!facts.sameBoot) {
        end.interrupted = true;
        end.statusKnown = false;
        status.problem = tr("The machine went down while it ran.");
        // Times of another boot say nothing on this one's clock.
        status.startedAt = status.endedAt = std::chrono::nanoseconds(0);
    } else {
        end.lost = true;
        end.statusKnown = false;
        status.problem = tr("Its keeper was killed; how the worker ended is not known.");
    }
    return end;
}

void recordEnding(const QString &runDirectory, const EndFacts &end)
{
    const Descriptor file(
        ::open(QFile::encodeName(runDirectory + u'/' + QLatin1String(rundir::stateFile)).constData(),
               O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0)
        return;
    std::array<StateSlot, 2> slots{};
    if (::pread(file, slots.data(), sizeof slots, 0) != ssize_t(sizeof slots))
        return;
    const size_t place = rundir::isValid(slots[1]) && slots[1].sequence > slots[0].sequence ? 1 : 0;
    StateSlot slot = slots[place];
    if (!rundir::isValid(slot) || slot.phase >= Phase::Finished)
        return;
    ++slot.sequence;
    slot.phase = Phase::Finished;
    if (end.stopAsked)
        slot.flags |= rundir::StopAsked;
    if (end.killAsked || end.graceExpired)
        slot.flags |= rundir::KillAsked;
    slot.checksum = rundir::checksum(slot);
    // What it cannot write is not known to others, as before.
    [[maybe_unused]] const ssize_t written =
        ::pwrite(file, &slot, sizeof slot, off_t(slot.sequence % 2 * rundir::slotBytes));
}

bool mainExists(const StateSlot &slot)
{
    if (slot.mainPid <= 0)
        return false;
    QFile file(QStringLiteral("/proc/%1/stat").arg(slot.mainPid));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray text = file.readAll();
    // The name stands in parentheses and may hold any; the third field follows the last one.
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    constexpr qsizetype stateField = 0;
    constexpr qsizetype startField = 22 - 3;
    return fields.size() > startField && fields[stateField] != "Z" && fields[stateField] != "X" &&
           fields[startField].toULongLong() == slot.mainStartTicks;
}

void takeRun(WorkerStatus &status, const RunFacts &facts)
{
    const StateSlot &slot = facts.slot;
    if (slot.phase == Phase::None) {
        status.state = State::NotStarted;
        return;
    }
    takeSlot(status, slot);
    status.killAsked = (slot.flags & rundir::KillAsked) != 0;
    if (slot.phase == Phase::Finished) {
        takeEnd(status, factsOf(slot));
    } else if (slot.phase == Phase::FailedToStart) {
        status.problem = RunDirectory::isRevoked(slot) ? tr("Its start was called off before it had begun.")
                                                       : startProblem(slot, *status.spec);
        takeEnd(status, factsOf(slot));
    } else if (facts.keeper == RunFacts::Keeper::Gone && facts.sameBoot && slot.phase != Phase::Exited &&
               mainExists(slot)) {
        status.state = aliveState(slot);
        status.keeperGone = true;
        status.inputOpen = false;
        status.stopDeadline = std::chrono::nanoseconds(0); // nobody keeps it
        status.problem = tr("Its keeper was killed; it still runs, but neither its exit code nor further "
                            "output will be known.");
    } else if (facts.keeper == RunFacts::Keeper::Gone) {
        takeEnd(status, takeAbandoned(status, facts));
    } else {
        status.state = aliveState(slot);
    }
}

} // namespace procession
