// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/ladder.h"

#include "keeper/clock.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr int64_t firstRetry = 10 * nsPerMs;
constexpr int64_t lastRetry = nsPerSecond;
constexpr int64_t newcomerInterval = 100 * nsPerMs;
constexpr int64_t survivorTime = 5 * nsPerSecond;
constexpr int pauseRounds = 8; // a tree that forks while it is being stopped needs more than one

} // namespace

void Ladder::begin(rundir::StateSlot &slot, const pid_t main, const bool keepStrays)
{
    m_slot = &slot;
    m_main = main;
    m_keepStrays = keepStrays;
}

void Ladder::resume()
{
    siginfo_t end{};
    if (!m_mainReaped && waitid(P_PID, static_cast<id_t>(m_main), &end, WEXITED | WNOHANG | WNOWAIT) != 0)
        m_mainReaped = true; // from now on its number may be another's
    if ((m_slot->flags & rundir::Paused) != 0)
        signalTree(SIGSTOP);
    if (m_killing || m_stopSignal != 0)
        m_stepAt = nanoseconds(CLOCK_MONOTONIC);
}

bool Ladder::stop(const int signal, const int64_t graceMs)
{
    const bool known = m_stopSignal != 0;
    // A main process that ended by itself was not stopped, whatever is asked for later.
    if (m_killing || (!known && isOver()))
        return false;
    const int64_t grace = graceMs * nsPerMs;
    const int64_t deadline = nanoseconds(CLOCK_MONOTONIC) + grace;
    if (known && deadline >= m_deadline)
        return false; // asking again may shorten the grace, never prolong it
    m_deadline = deadline;
    m_slot->stopDeadline = nanoseconds(CLOCK_BOOTTIME) + grace;
    if (known)
        return true;

    m_slot->stopSignal = signal;
    if (!m_keptStrays) {
        m_slot->flags |= rundir::StopAsked;
        m_slot->phase = rundir::Phase::Stopping;
    }
    signalGroup(signal);
    // A stopped process does not see the signal before it is continued.
    if ((m_slot->flags & rundir::Paused) != 0)
        unpause();
    else
        signalGroup(SIGCONT);
    m_stopSignal = signal;
    stopNewcomers();
    return true;
}

bool Ladder::kill()
{
    if (m_killing)
        return false;
    if ((m_slot->flags & rundir::StatusKnown) == 0) {
        m_slot->flags |= rundir::KillAsked;
        m_slot->phase = rundir::Phase::Stopping;
    }
    m_slot->stopSignal = SIGKILL;
    killAll();
    return true;
}

bool Ladder::pause()
{
    if ((m_slot->flags & rundir::Paused) != 0 || isOver() || m_stopSignal != 0 || m_killing)
        return false;
    signalGroup(SIGSTOP);
    signalTree(SIGSTOP);
    m_slot->flags |= rundir::Paused;
    return true;
}

bool Ladder::unpause()
{
    if ((m_slot->flags & rundir::Paused) == 0)
        return false;
    signalTree(SIGCONT);
    signalGroup(SIGCONT);
    m_slot->flags &= ~uint32_t{rundir::Paused};
    return true;
}

void Ladder::signalGroup(const int number)
{
    // Right after the fork the group does not exist yet.
    if (!m_mainReaped && ::kill(-m_main, number) != 0)
        ::kill(m_main, number);
}

void Ladder::reaped(const pid_t pid)
{
    if (pid == m_main)
        m_mainReaped = true;
    for (size_t i = 0; i < m_rememberedCount; ++i) {
        if (m_remembered[i] == pid) // the number may come back as another child's
            m_remembered[i] = m_remembered[--m_rememberedCount];
    }
}

void Ladder::countLeft()
{
    if (!m_mainReaped || m_leftCounted)
        return;
    countStrays();
    if (m_keepStrays && m_stopSignal == 0 && !m_killing) {
        m_slot->flags |= rundir::StraysKept;
        m_keptStrays = true;
    } else {
        m_slot->flags &= ~uint32_t{rundir::Paused};
        if (m_stopSignal == 0)
            killAll();
    }
    m_leftCounted = true;
}

bool Ladder::step(const int64_t now, const bool childrenChanged)
{
    bool changed = false;
    if (m_deadline != 0 && now >= m_deadline) {
        m_slot->flags |= rundir::GraceExpired;
        m_slot->stopSignal = SIGKILL;
        killAll();
        changed = true;
    } else if (childrenChanged || (m_stepAt != 0 && now >= m_stepAt)) {
        if (m_killing)
            killAll();
        else if (m_stopSignal != 0)
            stopNewcomers();
        else if (m_keptStrays)
            changed |= countStrays();
    }
    if (m_survivorsAt != 0 && (now >= m_survivorsAt || m_refused))
        changed |= countSurvivors();
    return changed;
}

int64_t Ladder::due() const
{
    int64_t first = 0;
    const int64_t times[] = {m_deadline, m_stepAt, m_survivorsAt};
    for (const int64_t time : times) {
        if (time != 0 && (first == 0 || time < first))
            first = time;
    }
    return first;
}

void Ladder::killAll()
{
    m_killing = true;
    m_deadline = 0;
    m_slot->stopDeadline = 0;
    if (m_survivorsAt == 0)
        m_survivorsAt = nanoseconds(CLOCK_MONOTONIC) + survivorTime;
    if (!m_mainReaped)
        signalGroup(SIGKILL);
    m_tree.readChildren();
    for (const Tree::Entry &child : m_tree) {
        if (::kill(child.pid, SIGKILL) != 0 && errno == EPERM)
            m_refused = true;
    }
    // The end of a child brings us back; this is for what /proc did not list.
    m_backOff = m_backOff == 0 ? firstRetry : m_backOff * 2;
    if (m_backOff > lastRetry)
        m_backOff = lastRetry;
    m_stepAt = nanoseconds(CLOCK_MONOTONIC) + m_backOff;
}

/// Gives the stop signal to children that are not in the main process's group, daemons for example. They come
/// to us without notice when their parent ends, so this is repeated during the grace.
void Ladder::stopNewcomers()
{
    m_tree.readChildren();
    for (const Tree::Entry &child : m_tree) {
        if (!m_mainReaped && (child.pid == m_main || getpgid(child.pid) == m_main))
            continue; // the group was signalled as one

        bool known = m_rememberedCount == rememberedCapacity;
        for (size_t i = 0; !known && i < m_rememberedCount; ++i)
            known = m_remembered[i] == child.pid;
        if (known)
            continue;
        ::kill(child.pid, m_stopSignal);
        ::kill(child.pid, SIGCONT);
        m_remembered[m_rememberedCount++] = child.pid;
    }
    m_stepAt = nanoseconds(CLOCK_MONOTONIC) + newcomerInterval;
}

void Ladder::signalTree(const int number)
{
    size_t before = 0;
    for (int round = 0; round < pauseRounds; ++round) {
        m_tree.readAll();
        for (const Tree::Entry &entry : m_tree) {
            if (entry.parent == getpid())
                ::kill(entry.pid, number);
            else
                signalBelow(entry, number);
        }
        const auto count = static_cast<size_t>(m_tree.end() - m_tree.begin());
        if (count == before)
            return;
        before = count;
    }
}

bool Ladder::countStrays()
{
    m_tree.readAll();
    const uint32_t count = m_tree.alive(m_main);
    const bool changed = m_slot->strays != count;
    m_slot->strays = count;
    return changed;
}

bool Ladder::countSurvivors()
{
    m_tree.readAll();
    uint32_t count = 0;
    bool changed = false;
    for (const Tree::Entry &entry : m_tree) {
        ProcessStat stat;
        if (!readStat(entry.pid, stat) || stat.state == 'Z' || stat.state == 'X')
            continue;
        if (count < rundir::namedSurvivors) {
            rundir::Survivor &named = m_slot->survivorList[count];
            changed |= named.pid != entry.pid;
            named.pid = entry.pid;
            named.reason = stat.state == 'D'                             ? rundir::Unendable::Uninterruptible
                           : ::kill(entry.pid, 0) != 0 && errno == EPERM ? rundir::Unendable::NotPermitted
                                                                         : rundir::Unendable::Unknown;
        }
        ++count;
    }
    changed |= m_slot->survivors != count;
    m_slot->survivors = count;
    m_refused = false;
    m_survivorsAt = nanoseconds(CLOCK_MONOTONIC) + lastRetry;
    return changed;
}

} // namespace procession::keeper
