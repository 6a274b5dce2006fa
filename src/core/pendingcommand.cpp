// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/pendingcommand.h"

#include <algorithm>

namespace procession {

namespace {

using namespace std::chrono_literals;

constexpr auto firstPause = 1s;
constexpr auto longestPause = 30s;
constexpr int promptTries = 5; // before the pauses grow
constexpr auto patience = 5s;

} // namespace

void PendingCommand::ask(rundir::Verb verb, int argument, std::chrono::nanoseconds now)
{
    m_verb = verb;
    m_argument = argument;
    m_sent = 0;
    m_askedAt = m_dueAt = now;
}

bool isConfirmed(rundir::Verb verb, const rundir::StateSlot &slot)
{
    const auto has = [&slot](uint32_t flags) { return (slot.flags & flags) != 0; };
    // After its main process ended the keeper ends the rest by itself, unless that is kept: then the signal
    // it sends tells that it was asked.
    const bool isOver =
        slot.phase >= rundir::Phase::Exited && (!has(rundir::StraysKept) || slot.stopSignal != 0);
    switch (verb) {
    case rundir::Verb::Stop:
        return isOver || has(rundir::StopAsked | rundir::KillAsked);
    case rundir::Verb::Kill:
        return isOver || has(rundir::KillAsked);
    case rundir::Verb::Pause:
        // Whoever ends it lets it run again, to be heard.
        return has(rundir::Paused) || slot.phase >= rundir::Phase::Stopping;
    default:
        return !has(rundir::Paused);
    }
}

void PendingCommand::confirm(const rundir::StateSlot &slot)
{
    if (m_verb && isConfirmed(*m_verb, slot))
        clear();
}

bool PendingCommand::takeDue(std::chrono::nanoseconds now)
{
    if (!m_verb || now < m_dueAt)
        return false;
    const int doublings = std::clamp(++m_sent - promptTries, 0, 5);
    m_dueAt = now + std::min<std::chrono::nanoseconds>(firstPause * (1 << doublings), longestPause);
    return true;
}

bool PendingCommand::isOverdue(std::chrono::nanoseconds now) const
{
    return m_verb && now - m_askedAt >= patience;
}

} // namespace procession
