// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/run.h"

#include "keeper/clock.h"
#include "keeper/doorbell.h"
#include "keeper/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

using rundir::Phase;
using rundir::Stage;

constexpr int64_t firstOutputRetry = 50 * nsPerMs;
constexpr int64_t lastOutputRetry = nsPerSecond;
constexpr int64_t recordRetry = nsPerSecond;
constexpr int lastMoves = 1024; // more than even a large pipe holds
constexpr int64_t outputRecordInterval = 250 * nsPerMs;
constexpr int fullPipe = 64 << 10;          // a pipe of a user who has too many is smaller
constexpr int widePipe = 256 << 10;         // of a writer flat out
constexpr uint64_t floodBytes = 1u << 20;   // in one interval of recording
constexpr int64_t nsPerTick = 10 * nsPerMs; // of /proc: 100 a second on every architecture Debian runs on

int waitStatusOf(const siginfo_t &info)
{
    if (info.si_code == CLD_EXITED)
        return (info.si_status & 0xff) << 8;
    return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

/// The next child that has ended, without reaping it; as waitid().
int lookAtEnded(siginfo_t &info, rusage &usage)
{
    // The C library's does not tell the usage, which is gone once the child is reaped.
    long result = -1;
    do {
        result = syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT, &usage);
    } while (result < 0 && errno == EINTR);
    return static_cast<int>(result);
}

/// In this order: the half that goes on finds out that it is closed; one that stays open it would not find.
void closeOnce(int &descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
    descriptor = -1;
}

/// Before anything is opened in its place.
void forgetIfClosed(int &descriptor)
{
    if (descriptor >= 0 && fcntl(descriptor, F_GETFD) < 0)
        descriptor = -1;
}

uint64_t micros(const timeval &time)
{
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

} // namespace

void Run::begin(const int directory, State &state, Spec &spec, const Inherited &inherited,
                const StartPipe &report)
{
    m_directory = directory;
    m_state = &state;
    m_spec = &spec;
    m_inherited = inherited;
    m_report = report;
}

int Run::refuse(const int error)
{
    if (rundir::isShortage(error))
        return giveBack(error);
    fail(Stage::Spec, error);
    return keep(0);
}

int Run::keep(const pid_t guardian)
{
    rundir::StateSlot &slot = m_state->slot;
    slot.keeperPid = getpid();
    slot.guardianPid = guardian;
    if (slot.mainPid == 0 && !m_over && m_shortage == 0) {
        Stage stage = Stage::Output;
        int error = prepare();
        if (error == 0) {
            stage = Stage::Fork;
            error = spawn();
        }
        if (rundir::isShortage(error))
            m_shortage = error;
        else if (error != 0)
            fail(stage, error);
    }
    if (m_shortage != 0)
        return giveBack(m_shortage);
    if (!m_startKnown && !m_over)
        begun();
    tellStart(slot.phase == Phase::FailedToStart ? rundir::Start::Failed : rundir::Start::Started,
              slot.error);
    // The worker has the launcher's working directory; the keeper must not hold a file system by it.
    [[maybe_unused]] const int moved = chdir("/");
    while (!m_over)
        step();
    while (!flush()) {
        const timespec pause{recordRetry / nsPerSecond, 0};
        nanosleep(&pause, nullptr);
    }
    return m_exitStatus;
}

int Run::giveBack(const int error)
{
    m_shortage = error;
    m_state->giveBack();
    tellStart(rundir::Start::KeeperFailed, error);
    return 1;
}

void Run::takeOver()
{
    if (m_state->slot.mainPid != 0 && !m_startKnown)
        waitForExec();
    Pipe *const pipes[] = {&m_streams[0], &m_streams[1], &m_input};
    for (Pipe *const pipe : pipes) {
        forgetIfClosed(pipe->ends[0]);
        forgetIfClosed(pipe->ends[1]);
    }
    forgetIfClosed(m_terminalPeer);
    forgetIfClosed(m_report.pipe);
    m_control.resume();
    m_state->resume();
    ++m_state->slot.takeovers;
    if (m_shortage != 0)
        return; // its files are another's by now
    m_output.resume();
    if (m_state->slot.mainPid != 0 && !m_over) {
        m_ladder.begin(m_state->slot, m_state->slot.mainPid, m_spec->keepStrays);
        m_ladder.resume();
    }
    changed();
    if (m_startKnown && !m_over)
        reap(); // news of these came to the other half
}

/// Everything before the fork. Returns 0 or an errno; what was made is kept for the other half.
int Run::prepare()
{
    if (const int error = m_control.listenIn(m_directory))
        return error;
    m_output.begin(m_directory, m_spec->outputLimit);
    if (m_childSignals < 0) {
        sigset_t children;
        sigemptyset(&children);
        sigaddset(&children, SIGCHLD);
        m_childSignals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
        if (m_childSignals < 0)
            return errno;
    }
    const int error = prepareOutput();
    return error == 0 ? prepareInput() : error;
}

int Run::prepareOutput()
{
    if (m_streams[0].ends[0] < 0 && pipe2(m_streams[0].ends, O_CLOEXEC) != 0)
        return errno;
    uint32_t &flags = m_state->slot.flags;
    if (m_spec->terminal) {
        flags |= rundir::Terminal | rundir::StreamsMerged;
        return m_terminalPeer >= 0 ? 0
                                   : openTerminal(m_spec->columns, m_spec->rows, m_terminal, m_terminalPeer);
    }
    if (m_spec->merge || (flags & rundir::StreamsMerged) != 0) {
        flags |= rundir::StreamsMerged;
        return 0;
    }
    if (m_streams[1].ends[0] < 0 && pipe2(m_streams[1].ends, O_CLOEXEC) != 0)
        return errno;
    if (fcntl(m_streams[1].ends[1], F_GETPIPE_SZ) < fullPipe) {
        // The user has so many pipes that each gets two pages. One is better than two of them.
        flags |= rundir::StreamsMerged;
        closeOnce(m_streams[1].ends[1]); // first: nobody may be given a pipe that nobody reads
        closeOnce(m_streams[1].ends[0]);
    }
    return 0;
}

int Run::prepareInput()
{
    if (m_spec->pipeInput && m_input.ends[0] < 0) {
        if (pipe2(m_input.ends, O_CLOEXEC) != 0)
            return errno;
        fcntl(m_input.ends[1], F_SETFL, O_NONBLOCK); // for whoever is given it
    }
    if (m_spec->pipeInput || m_spec->terminal)
        m_state->slot.flags |= rundir::InputOpen;
    return 0;
}

int Run::spawn()
{
    rundir::StateSlot &slot = m_state->slot;
    const bool terminal = m_terminalPeer >= 0;
    const int output = terminal ? m_terminalPeer : m_streams[0].ends[1];
    const WorkerSetup setup{terminal               ? m_terminalPeer
                            : m_input.ends[0] >= 0 ? m_input.ends[0]
                                                   : STDIN_FILENO,
                            output, m_streams[1].ends[1] >= 0 ? m_streams[1].ends[1] : output, terminal,
                            m_inherited};
    const int64_t before = nanoseconds(CLOCK_BOOTTIME);
    if (const int error = spawnWorker(*m_spec, setup, m_execFailure, slot.mainPid))
        return error;
    // Reading /proc costs more than all else here; two clock readings in one tick tell the same.
    const int64_t after = nanoseconds(CLOCK_BOOTTIME);
    ProcessStat stat;
    if (before / nsPerTick == after / nsPerTick)
        slot.mainStartTicks = static_cast<uint64_t>(before / nsPerTick);
    else if (readStat(slot.mainPid, stat))
        slot.mainStartTicks = stat.startTicks;
    return 0;
}

/// The worker is started, or has failed to. What is the worker's is let go of.
void Run::begun()
{
    rundir::StateSlot &slot = m_state->slot;
    m_ladder.begin(slot, slot.mainPid, m_spec->keepStrays);
    if (m_terminal < 0)
        closeOnce(m_streams[0].ends[1]); // else the terminal's output goes into it
    closeOnce(m_streams[1].ends[1]);
    closeOnce(m_input.ends[0]);
    if (m_execFailure.stage != Stage::None) {
        waitpid(slot.mainPid, nullptr, 0);
        fail(m_execFailure.stage, m_execFailure.error);
        return;
    }
    slot.startedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.startedRealtime = nanoseconds(CLOCK_REALTIME);
    if (slot.mainStartTicks == 0) { // the half that started it was killed before it could look
        ProcessStat stat;
        if (readStat(slot.mainPid, stat))
            slot.mainStartTicks = stat.startTicks;
    }
    slot.phase = Phase::Running;
    forgetCommand(*m_spec);
    m_startKnown = true;
    m_changed = true;
    m_bellDue = m_report.pipe < 0; // else the report tells the window
    flush();
}

/// For a half that did not start the worker itself, and so was not held up until it was exec'd: before that,
/// what says why it cannot be is not written yet.
void Run::waitForExec() const
{
    ProcessStat stat;
    while (readStat(m_state->slot.mainPid, stat) && !stat.executed && stat.state != 'Z') {
        const timespec pause{0, nsPerMs};
        nanosleep(&pause, nullptr);
    }
}

void Run::fail(const Stage stage, const int error)
{
    rundir::StateSlot &slot = m_state->slot;
    slot.phase = Phase::FailedToStart;
    slot.flags &= ~uint32_t{rundir::InputOpen};
    slot.stage = stage;
    slot.error = error;
    slot.endedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.endedRealtime = nanoseconds(CLOCK_REALTIME);
    m_exitStatus = 1;
    m_over = true;
    changed();
    flush();
}

void Run::tellStart(const rundir::Start start, const int error)
{
    if (m_report.pipe < 0)
        return;
    rundir::StartReport report = m_report.report;
    report.start = start;
    report.stage = m_state->slot.stage;
    report.error = error;
    [[maybe_unused]] const ssize_t written = write(m_report.pipe, &report, sizeof(report));
    closeOnce(m_report.pipe);
}

void Run::step()
{
    enum { Children, First, Second, Terminal, Input, Commands };
    pollfd polled[Commands + Control::descriptors];
    int64_t now = nanoseconds(CLOCK_MONOTONIC);
    const bool moving = now >= m_outputRetryAt;
    polled[Children] = {m_childSignals, POLLIN, 0};
    polled[First] = {moving ? m_streams[0].ends[0] : -1, POLLIN, 0}; // negative descriptors are passed over
    polled[Second] = {moving ? m_streams[1].ends[0] : -1, POLLIN, 0};
    polled[Terminal] = {moving && m_streams[0].ends[1] >= 0 ? m_terminal : -1, POLLIN, 0};
    polled[Input] = {m_input.ends[1], 0, 0}; // tells when nobody reads any more
    const size_t commands = m_control.watch(polled + Commands);
    if (poll(polled, Commands + commands, timeout(now)) < 0)
        return;

    bool asked = false;
    for (size_t i = 0; i < commands; ++i)
        asked |= polled[Commands + i].revents != 0;
    if (asked)
        takeCommands();
    if (polled[Input].revents != 0)
        endInput();
    // A writer that holds a pipe outside the tree must not keep the run from ending: an empty pipe is closed
    // then.
    const bool treeWasEmpty = m_treeEmpty;
    if (polled[Terminal].revents != 0)
        relayTerminal();
    else if (treeWasEmpty && polled[Terminal].fd >= 0 && m_terminalPeer < 0)
        closeOnce(m_streams[0].ends[1]);
    for (int i = 0; i < 2; ++i) {
        Pipe &stream = m_streams[i];
        const short ready = polled[First + i].revents;
        if (polled[First + i].fd < 0)
            continue;
        if ((ready & POLLIN) != 0 && m_movesAfterTree <= lastMoves)
            moveOutput(stream, static_cast<uint32_t>(i + 1));
        else if (ready != 0 || (treeWasEmpty && stream.ends[1] < 0))
            closeOnce(stream.ends[0]);
    }
    m_movesAfterTree += treeWasEmpty ? 1 : 0;
    bool childrenChanged = false;
    if (polled[Children].revents != 0) {
        signalfd_siginfo news;
        childrenChanged = read(m_childSignals, &news, sizeof(news)) > 0;
        reap();
    }

    // Held open until now: a program may close its terminal and open it again.
    if (m_treeEmpty)
        closeOnce(m_terminalPeer);

    now = nanoseconds(CLOCK_MONOTONIC);
    if (!m_treeEmpty && m_ladder.step(now, childrenChanged))
        changed();
    if (m_recordAt != 0 && now >= m_recordAt)
        m_changed = true;
    if (m_treeEmpty && m_streams[0].ends[0] < 0 && m_streams[1].ends[0] < 0 && !m_over)
        finish();
    flush();
    if (m_recordAt == 0)
        narrowCalm();
}

int Run::timeout(const int64_t now) const
{
    int64_t first = m_treeEmpty ? 0 : m_ladder.due();
    const int64_t times[] = {m_outputRetryAt, m_recordAt};
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

void Run::takeCommands()
{
    rundir::Command command{};
    while (m_control.next(command)) {
        if (obey(command))
            changed();
        m_control.done();
    }
}

/// True if it changed something.
bool Run::obey(const rundir::Command &command)
{
    switch (command.verb) {
    case rundir::Verb::Stop:
        return m_ladder.stop(m_spec->stopSignal, command.argument >= 0 ? command.argument : m_spec->graceMs);
    case rundir::Verb::Kill:
        // With nothing left to kill it means: do not wait for a disk that stays full.
        m_discard |= m_treeEmpty && (m_state->slot.flags & rundir::OutputBlocked) != 0;
        m_outputRetryAt = m_discard ? 0 : m_outputRetryAt;
        return !m_treeEmpty && m_ladder.kill();
    case rundir::Verb::Pause:
        return m_ladder.pause();
    case rundir::Verb::Resume:
        return m_ladder.unpause();
    case rundir::Verb::Signal:
        if (command.argument > 0 && command.argument <= 64)
            m_ladder.signalGroup(command.argument);
        return false;
    case rundir::Verb::Input:
        m_control.reply((m_state->slot.flags & rundir::InputOpen) == 0 ? -1
                        : m_terminal >= 0                              ? m_terminal
                                                                       : m_input.ends[1]);
        return false;
    case rundir::Verb::EndInput:
        if ((m_state->slot.flags & rundir::InputOpen) == 0)
            return false;
        if (m_terminal >= 0)
            endTerminalInput(m_terminal);
        else
            endInput();
        return m_terminal < 0;
    case rundir::Verb::Resize:
        if (m_terminal >= 0 && command.argument > 0)
            resizeTerminal(m_terminal, command.argument >> 16, command.argument & 0xffff);
        return false;
    }
    return false;
}

void Run::endInput()
{
    closeOnce(m_input.ends[1]);
    m_state->slot.flags &= ~uint32_t{rundir::InputOpen};
    changed();
}

/// Into the pipe from which it goes to the file: the kernel moves nothing from a terminal to a file at once.
void Run::relayTerminal()
{
    const ssize_t moved =
        splice(m_terminal, nullptr, m_streams[0].ends[1], nullptr, fullPipe, SPLICE_F_NONBLOCK);
    if (moved > 0 || (moved < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    // Nobody has the terminal open any more, nor did this keeper.
    closeOnce(m_streams[0].ends[1]);
    m_state->slot.flags &= ~uint32_t{rundir::InputOpen};
    changed();
}

void Run::moveOutput(Pipe &stream, const uint32_t number)
{
    const uint64_t droppedBefore = m_output.dropped();
    const uint64_t bytesBefore = m_output.bytes();
    Output::Moved moved =
        m_discard ? m_output.discard(stream.ends[0]) : m_output.move(stream.ends[0], number);
    if (moved == Output::Moved::Gone) {
        m_discard = true;
        moved = m_output.discard(stream.ends[0]);
    }
    if (moved == Output::Moved::End) {
        closeOnce(stream.ends[0]);
        return;
    }
    noteBlocked(moved == Output::Moved::Blocked);
    const uint64_t count = m_output.bytes() - bytesBefore;
    stream.moved += count;
    // The writer and this keeper take turns at a pipe: what holds little costs them a wake-up each time. Not
    // from the start, as the pages of all of a user's pipes are counted.
    if (!stream.wide && count >= fullPipe && stream.moved >= floodBytes)
        stream.wide = fcntl(stream.ends[0], F_SETPIPE_SZ, widePipe) >= widePipe;
    rundir::StateSlot &slot = m_state->slot;
    if (m_output.dropped() != droppedBefore && (slot.flags & rundir::OutputGap) == 0) {
        slot.flags |= rundir::OutputGap;
        changed();
    }
    if (moved == Output::Moved::Some && m_recordAt == 0)
        m_recordAt = nanoseconds(CLOCK_MONOTONIC) + outputRecordInterval;
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

/// Gives back the room of pipes that need it no more; looks again as long as there are any that do.
void Run::narrowCalm()
{
    for (Pipe &stream : m_streams) {
        if (stream.wide && stream.moved < floodBytes)
            stream.wide = fcntl(stream.ends[0], F_SETPIPE_SZ, fullPipe) < 0 && errno == EBUSY;
        if (stream.wide)
            m_recordAt = nanoseconds(CLOCK_MONOTONIC) + outputRecordInterval;
        stream.moved = 0;
    }
}

void Run::reap()
{
    for (;;) {
        siginfo_t info{};
        rusage usage{};
        if (lookAtEnded(info, usage) != 0) {
            m_treeEmpty = errno == ECHILD;
            break;
        }
        if (info.si_pid == 0)
            break;
        if (info.si_pid == m_state->slot.mainPid && (m_state->slot.flags & rundir::StatusKnown) == 0)
            recordEnd(info, usage);
        waitpid(info.si_pid, nullptr, 0);
        m_ladder.reaped(info.si_pid);
    }
    if (!m_treeEmpty)
        m_ladder.countLeft();
}

/// Recorded before it is reaped: a keeper killed in between leaves a zombie that its other half still reads.
void Run::recordEnd(const siginfo_t &info, const rusage &usage)
{
    rundir::StateSlot &slot = m_state->slot;
    slot.waitStatus = waitStatusOf(info);
    slot.endedBoottime = nanoseconds(CLOCK_BOOTTIME);
    slot.endedRealtime = nanoseconds(CLOCK_REALTIME);
    slot.peakRssKib = static_cast<uint64_t>(usage.ru_maxrss);
    slot.userMicros = micros(usage.ru_utime);
    slot.systemMicros = micros(usage.ru_stime);
    slot.outputBytes = m_output.bytes();
    slot.phase = Phase::Exited;
    slot.flags |= rundir::StatusKnown;
    m_state->write();
    changed();
}

void Run::finish()
{
    rundir::StateSlot &slot = m_state->slot;
    slot.survivors = 0;
    slot.stopDeadline = 0;
    slot.flags &= ~uint32_t{rundir::InputOpen | rundir::StraysKept};
    slot.phase = Phase::Finished;
    m_over = true;
    changed();
}

/// False if what changed could not be recorded; it is tried again after a while.
bool Run::flush()
{
    if (!m_changed)
        return true;
    rundir::StateSlot &slot = m_state->slot;
    slot.outputBytes = m_output.bytes();
    slot.droppedBytes = m_output.dropped();
    if (const int error = m_state->write(); error == ENOSPC || error == EDQUOT) {
        // Some file systems need room even for what is written in place.
        m_recordAt = nanoseconds(CLOCK_MONOTONIC) + recordRetry;
        return false;
    }
    if (m_bellDue && m_spec->bell[0] != '\0')
        ringBell(m_spec->bell, m_spec->run);
    m_changed = m_bellDue = false;
    m_recordAt = 0;
    return true;
}

} // namespace procession::keeper
