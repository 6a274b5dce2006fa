// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QMetaType>
#include <QObject>
#include <QString>

#include <array>
#include <optional>

namespace procession {
Q_NAMESPACE

/// Where a worker is in its life. What the user wants and how a run ended are told apart from it.
enum class State { NotStarted, Queued, Starting, Running, Paused, Stopping, Ended, Skipped };
Q_ENUM_NS(State)
inline constexpr std::array allStates{State::NotStarted, State::Queued, State::Starting, State::Running,
                                      State::Paused, State::Stopping, State::Ended, State::Skipped};

/// How an ended run ended. None while it has not.
enum class Outcome {
    None, Succeeded, Failed, Crashed, FailedToStart, TimedOut, Stopped, Killed, Interrupted, Lost
};
Q_ENUM_NS(Outcome)

/// What can happen to a worker: asked for by somebody (Start ... Reset) or observed (Started ... Gone).
enum class Event {
    Queue,         ///< start asked for, but it has to wait
    Start,         ///< its keeper is being launched
    Skip,          ///< a dependency can no longer be met
    Stop,          ///< terminate or kill asked for
    Reset,         ///< forget the run, as if never started
    Started,       ///< exec succeeded
    StartFailed,   ///< exec did not happen
    Paused,        ///< the tree is stopped (SIGSTOP)
    Resumed,       ///< and continued
    Stopping,      ///< the keeper began to end the tree
    Ended,         ///< nothing of the run is left
};
Q_ENUM_NS(Event)
inline constexpr std::array allEvents{Event::Queue, Event::Start, Event::Skip, Event::Stop, Event::Reset,
                                      Event::Started, Event::StartFailed, Event::Paused, Event::Resumed,
                                      Event::Stopping, Event::Ended};

/// The state after `event`, or nullopt where the event is not legal in `state` (the caller then ignores it).
/// Pure; the whole state machine is this table.
std::optional<State> next(State state, Event event);

/// True while a process of the run may exist (Starting, Running, Paused, Stopping): Python's is_alive().
bool isAlive(State state);
/// True while the worker is alive or waits to be (Queued).
bool isActive(State state);

/// What is known about how a run ended. Filled from the run directory.
struct EndFacts
{
    bool startFailed = false;
    bool lost = false;        ///< its keeper vanished; nobody knows
    bool interrupted = false; ///< the machine went down meanwhile
    bool statusKnown = false;
    int waitStatus = 0;       ///< as waitpid gives it; valid if statusKnown
    bool stopAsked = false;
    bool killAsked = false;
    bool graceExpired = false;
};

/// The outcome these facts mean. Pure. Never None.
Outcome outcomeOf(const EndFacts &facts);

/// Python's exitcode of a wait status: 0..255 for an exit, -N for death by signal N.
int exitCodeOf(int waitStatus);
/// True if that death left a core.
bool coreDumpedOf(int waitStatus);
/// "0", "3", "SIGTERM (15)", "SIGSEGV (11), core": an exit code as people read it.
QString exitCodeText(int exitCode, bool coreDumped = false);
/// True for outcomes that call for attention (Failed, Crashed, FailedToStart, TimedOut).
bool isFailure(Outcome outcome);

} // namespace procession
