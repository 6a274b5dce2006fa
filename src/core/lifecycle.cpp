// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/lifecycle.h"

#include "core/workerspec.h"

#include <QCoreApplication>

#include <sys/wait.h>

namespace procession {
namespace {

using Cell = std::optional<State>;
constexpr Cell none = std::nullopt;
constexpr Cell notStarted = State::NotStarted;
constexpr Cell queued = State::Queued;
constexpr Cell starting = State::Starting;
constexpr Cell running = State::Running;
constexpr Cell paused = State::Paused;
constexpr Cell stopping = State::Stopping;
constexpr Cell ended = State::Ended;
constexpr Cell skipped = State::Skipped;

// Rows are states, columns events, both in the order of their enums. A worker that is Stopping stays so until
// it has ended: late news of an exec, a pause or a continue changes nothing about what the person waits for.
// clang-format off
constexpr std::array<std::array<Cell, allEvents.size()>, allStates.size()> table{{
    // Queue       Start     Skip     Stop        Reset       Started  StartFailed  Paused  Resumed  Stopping  Ended
    {  queued,     starting, skipped, none,       none,       none,    none,        none,   none,    none,     none }, // NotStarted
    {  none,       starting, skipped, notStarted, notStarted, none,    none,        none,   none,    none,     none }, // Queued
    {  none,       none,     none,    stopping,   none,       running, ended,       paused, none,    stopping, ended}, // Starting
    {  none,       none,     none,    stopping,   none,       none,    none,        paused, none,    stopping, ended}, // Running
    {  none,       none,     none,    stopping,   none,       none,    none,        none,   running, stopping, ended}, // Paused
    {  none,       none,     none,    stopping,   none,       none,    ended,       none,   none,    none,     ended}, // Stopping
    {  queued,     starting, skipped, none,       notStarted, none,    none,        none,   none,    none,     none }, // Ended
    {  queued,     starting, none,    none,       notStarted, none,    none,        none,   none,    none,     none }, // Skipped
}};
// clang-format on

} // namespace

std::optional<State> next(const State state, const Event event)
{
    return table[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

bool isAlive(const State state)
{
    return state == State::Starting || state == State::Running || state == State::Paused ||
           state == State::Stopping;
}

bool isActive(const State state)
{
    return state == State::Queued || isAlive(state);
}

Outcome outcomeOf(const EndFacts &facts)
{
    if (facts.startFailed)
        return Outcome::FailedToStart;
    if (facts.lost)
        return Outcome::Lost;
    if (facts.interrupted)
        return Outcome::Interrupted;
    if (facts.killAsked || (facts.stopAsked && facts.graceExpired))
        return Outcome::Killed;
    // Whatever a program answers to being asked to stop (0, 143, death by the signal), it is no failure.
    if (facts.stopAsked)
        return Outcome::Stopped;
    if (!facts.statusKnown)
        return Outcome::Lost;
    const int code = exitCodeOf(facts.waitStatus);
    if (code < 0)
        return Outcome::Crashed;
    return code == 0 ? Outcome::Succeeded : Outcome::Failed;
}

int exitCodeOf(const int waitStatus)
{
    return WIFSIGNALED(waitStatus) ? -WTERMSIG(waitStatus) : WEXITSTATUS(waitStatus);
}

bool coreDumpedOf(const int waitStatus)
{
    return WIFSIGNALED(waitStatus) && WCOREDUMP(waitStatus);
}

QString exitCodeText(const int exitCode, const bool coreDumped)
{
    if (exitCode >= 0)
        return QString::number(exitCode);
    QString text = signalName(-exitCode);
    // A signal without a name already reads "signal 77".
    if (text.startsWith(u"SIG"))
        text += QStringLiteral(" (%1)").arg(-exitCode);
    if (coreDumped)
        text +=
            QCoreApplication::translate("ExitCode", ", core", "after a signal name: a core dump was written");
    return text;
}

bool isFailure(const Outcome outcome)
{
    return outcome == Outcome::Failed || outcome == Outcome::Crashed || outcome == Outcome::FailedToStart ||
           outcome == Outcome::TimedOut;
}

} // namespace procession
