// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/lifecycle.h"

#include <QString>

#include <array>

namespace procession {

/// What a person can do to workers.
enum class Verb {
    Add,
    Start,
    Restart,
    Pause,
    Terminate,
    Kill,
    Signal,
    Edit,
    Duplicate,
    Remove,
    Copy,
    StartAll,
    RestartFailed,
    Join,
    TerminateAll,
    KillAll,
    ClearFinished,
    SelectAll,
    SelectFailed,
};

/// All that decides whether a verb can do something: numbers of workers.
struct Situation
{
    bool rosterOpen = false;
    std::array<int, allStates.size()> all{};      ///< of the roster, by state
    std::array<int, allStates.size()> selected{}; ///< of the selection, by state
    int unkept = 0; ///< of the selection: running or paused, but without a keeper
    int failed = 0; ///< of the roster: isFailure(outcome)
};

/// Why `verb` can do nothing now, for a person to read; empty where it can. Pure.
QString obstacle(Verb verb, const Situation &situation);

/// True if all selected workers that are alive are ending already: what is left to do is to kill them. Pure.
bool onlyKillIsLeft(const Situation &situation);
/// True if Pause is to mean Resume: something selected is paused and nothing runs. Pure.
bool pauseMeansResume(const Situation &situation);

} // namespace procession
