// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/run.h"

#include "keeper/clock.h"
#include "keeper/doorbell.h"
#include "keeper/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

using rundir::Phase;
using rundir::Stage;

constexpr int64_t firstOutputRetry = 50 * nsPerMs;
constexpr int64_t lastOutputRetry = nsPerSecond;
constexpr int lastMoves = 1024; // more than even a large pipe holds
constexpr int64_t outputRecordInterval = 250 * nsPerMs;

int waitStatusOf(const siginfo_t &info)
{
    if (info.si_code == CLD_EXITED)
        return (info.si_status & 0xff) << 8;
    return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

uint64_t micros(const timeval &time)
{
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

} // namespace

bool Run::refuse(State &state, Spec &spec, const int error)
{
    m_state = &state;
    m_spec = &spec;
    return fail(Stage::Spec, error);
}

bool Run::start(const int directory, State &state, Spec &spec, const mode_t fileMask)
{
    m_state = &state;
    m_spec = &spec;
    m_output.begin(directory, spec.outputLimit);

    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    m_childSignals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    int failure[2] = {-1, -1};
    if (m_childSignals < 0 || pipe2(output, O_CLOEXEC) != 0 ||
        (!spec.merge && pipe2(errors, O_CLOEXEC) != 0) || pipe2(failure, O_CLOEXEC | O_NONBLOCK) != 0)
        return fail(Stage::Output, errno);
    if (const int error = m_control.listenIn(directory))
        return fail(Stage::Output, error);

    const pid_t worker = fork();
    if (worker < 0)
        return fail(Stage::Fork, errno);
    const int errorPipe = spec.merge ? output[1] : errors[1];
    if (worker == 0)
        becomeWorker(spec, {output[1], errorPipe, failure[1], fileMask});
    close(output[1]);
    if (!spec.merge)
        close(errors[1]);
    close(failure[1]);
    m_streams[0].pipe = output[0];
    m_streams[1].pipe = errors[0];
    m_execPipe = failure[0];
    m_state->slot.mainPid = worker;
    m_ladder.begin(m_state->slot, worker);
    return true;
}

bool Run::waitForExec()
{
    while (!m_execKnown && !m_over)
        step();
    return m_state->slot.phase != Phase::FailedToStart;
}

void Run::keep()
{
    while (!m_over)
        step();
}

void Run::step()
{
    enum { Children, Exec, First, Second, Commands };
    pollfd polled[Commands + Control::descriptors];
    int64_t now = nanoseconds(CLOCK_MONOTONIC);
    const bool moving = now >= m_outputRetryAt;
    polled[Children] = {m_childSignals, POLLIN, 0};
    polled[Exec] = {m_execPipe, POLLIN, 0}; // negative descriptors are passed over
    polled[First] = {moving ? m_streams[0].pipe : -1, POLLIN, 0};
    polled[Second] = {moving ? m_streams[1].pipe : -1, POLLIN, 0};
    const size_t commands = m_control.watch(polled + Commands);
    if (poll(polled, Commands + commands, timeout(now)) < 0)
        return;

    if (polled[Exec].revents != 0)
        readExecPipe();
    for (size_t i = 0; i < commands; ++i) {
        rundir::Command command{};
        while (polled[Commands + i].revents != 0 && m_control.take(command))
            obey(command);
    }
    // A writer that holds a pipe outside the tree must not keep the run from ending: an empty pipe is closed
    // then.
    const bool treeWasEmpty = m_treeEmpty;
    for (int i = 0; i < 2; ++i) {
        Stream &stream = m_streams[i];
        const short ready = polled[First + i].revents;
        if (stream.pipe < 0 || polled[First + i].fd < 0)
            continue;
        if ((ready & POLLIN) != 0 && m_movesAfterTree <= lastMoves)
            moveOutput(stream, static_cast<uint32_t>(i + 1));
        else if (ready != 0 || treeWasEmpty)
            closeStream(stream);
    }
    bool childrenChanged = false;
    if (polled[Children].revents != 0) {
        signalfd_siginfo news;
        childrenChanged = read(m_childSignals, &news, sizeof(news)) > 0;
        reap();
    }

    now = nanoseconds(CLOCK_MONOTONIC);
    if (!m_treeEmpty && m_ladder.step(now, childrenChanged))
        changed();
    if (m_outputRecordAt != 0 && now >= m_outputRecordAt)
        m_changed = true;
    if (m_treeEmpty && m_streams[0].pipe < 0 && m_streams[1].pipe < 0 && !m_over) {
        m_over = true;
        m_state->slot.phase = Phase::Finished;
        m_state->slot.survivors = 0;
        m_state->slot.stopDeadline = 0;
        changed();
    }
    flush();
}

int Run::timeout(const int64_t now) const
{
    int64_t first = m_treeEmpty ? 0 : m_ladder.due();
    const int64_t times[] = {m_outputRetryAt, m_outputRecordAt};
    for (const int64_t time : times) {
        if (time != 0 && (first == 0 || time < first))
            first = time;
    }
    if (m_treeEmpty && now >= m_outputRetryAt)
        return 0;
    if (first == 0)
        return -1;
    // Rounded up: waking just before the time would spin until it has come.
    const int64_t wait = first > now ? (first - now + nsPerMs - 1) / nsPerMs : 0;
    return wait < INT32_MAX ? static_cast<int>(wait) : INT32_MAX;
}

bool Run::fail(const Stage stage, const int error)
{
    rundir::StateSlot &slot = m_state->slot;
    slot.phase = Phase::FailedToStart;
    slot.stage = stage;
    slot.error = error;
    slot.endedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.endedRealtime = nanoseconds(CLOCK_REALTIME);
    changed();
    m_over = true;
    flush();
    return false;
}

void Run::readExecPipe()
{
    ExecFailure failure{};
    const ssize_t count = read(m_execPipe, &failure, sizeof(failure));
    if (count < 0)
        return;
    close(m_execPipe);
    m_execPipe = -1;
    m_execKnown = true;
    rundir::StateSlot &slot = m_state->slot;
    if (count == ssize_t{sizeof(failure)}) {
        waitpid(slot.mainPid, nullptr, 0); // it is about to end: it ends right after having written
        fail(failure.stage, failure.error);
        return;
    }
    slot.startedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.startedRealtime = nanoseconds(CLOCK_REALTIME);
    ProcessStat stat;
    if (readStat(slot.mainPid, stat))
        slot.mainStartTicks = stat.startTicks;
    if (slot.phase == Phase::Starting)
        slot.phase = Phase::Running;
    forgetCommand(*m_spec);
    changed();
}

void Run::obey(const rundir::Command &command)
{
    bool done = false;
    switch (command.verb) {
    case rundir::Verb::Stop:
        done = m_ladder.stop(m_spec->stopSignal, command.argument >= 0 ? command.argument : m_spec->graceMs);
        break;
    case rundir::Verb::Kill:
        // With nothing left to kill it means: do not wait for a disk that stays full.
        m_discard |= m_treeEmpty;
        m_outputRetryAt = m_discard ? 0 : m_outputRetryAt;
        done = !m_treeEmpty && m_ladder.kill();
        break;
    case rundir::Verb::Pause:
        done = m_ladder.pause();
        break;
    case rundir::Verb::Resume:
        done = m_ladder.resume();
        break;
    case rundir::Verb::Signal:
        if (command.argument > 0 && command.argument <= 64)
            m_ladder.signalGroup(command.argument);
        break;
    }
    if (done)
        changed();
}

void Run::moveOutput(Stream &stream, const uint32_t number)
{
    const uint64_t droppedBefore = m_output.dropped();
    Output::Moved moved = m_discard ? m_output.discard(stream.pipe) : m_output.move(stream.pipe, number);
    if (moved == Output::Moved::Gone) {
        m_discard = true;
        moved = m_output.discard(stream.pipe);
    }
    if (moved == Output::Moved::End) {
        closeStream(stream);
        return;
    }
    noteBlocked(moved == Output::Moved::Blocked);
    rundir::StateSlot &slot = m_state->slot;
    if (m_output.dropped() != droppedBefore && (slot.flags & rundir::OutputGap) == 0) {
        slot.flags |= rundir::OutputGap;
        changed();
    }
    if (moved == Output::Moved::Some && m_outputRecordAt == 0)
        m_outputRecordAt = nanoseconds(CLOCK_MONOTONIC) + outputRecordInterval;
}

void Run::closeStream(Stream &stream)
{
    close(stream.pipe);
    stream.pipe = -1;
}

void Run::noteBlocked(const bool blocked)
{
    rundir::StateSlot &slot = m_state->slot;
    const bool before = (slot.flags & rundir::OutputBlocked) != 0;
    if (blocked) {
        m_outputBackOff = before ? m_outputBackOff * 2 : firstOutputRetry;
        if (m_outputBackOff > lastOutputRetry)
            m_outputBackOff = lastOutputRetry;
        m_outputRetryAt = nanoseconds(CLOCK_MONOTONIC) + m_outputBackOff;
        slot.flags |= rundir::OutputBlocked;
    } else {
        m_outputRetryAt = 0;
        slot.flags &= ~uint32_t{rundir::OutputBlocked};
    }
    if (blocked != before)
        changed();
}

void Run::reap()
{
    for (;;) {
        siginfo_t info{};
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
            m_treeEmpty = errno == ECHILD;
            return;
        }
        if (info.si_pid == 0)
            return;
        const bool isMain = info.si_pid == m_state->slot.mainPid;
        if (isMain) {
            if (m_execPipe >= 0)
                readExecPipe(); // the pipe tells whether this was the worker, and is at its end by now
            if (m_over)
                return;
            recordEnd(info);
        }
        rusage usage{};
        wait4(info.si_pid, nullptr, 0, &usage);
        if (isMain) {
            m_state->slot.peakRssKib = static_cast<uint64_t>(usage.ru_maxrss);
            m_state->slot.userMicros = micros(usage.ru_utime);
            m_state->slot.systemMicros = micros(usage.ru_stime);
        }
        m_ladder.reaped(info.si_pid);
    }
}

/// Recorded before it is reaped: a keeper killed in between leaves a zombie that can still be read.
void Run::recordEnd(const siginfo_t &info)
{
    rundir::StateSlot &slot = m_state->slot;
    slot.phase = Phase::Exited;
    slot.flags |= rundir::StatusKnown;
    slot.waitStatus = waitStatusOf(info);
    slot.endedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.endedRealtime = nanoseconds(CLOCK_REALTIME);
    m_ladder.mainEnded();
    slot.outputBytes = m_output.bytes();
    m_state->write();
    changed();
}

void Run::flush()
{
    if (!m_changed)
        return;
    rundir::StateSlot &slot = m_state->slot;
    slot.outputBytes = m_output.bytes();
    slot.droppedBytes = m_output.dropped();
    m_state->write();
    if (m_bellDue && m_spec->bell[0] != '\0')
        ringBell(m_spec->bell, m_spec->run);
    m_changed = m_bellDue = false;
    m_outputRecordAt = 0;
}

} // namespace procession::keeper
