// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <stdint.h>

namespace procession::keeper {

enum class Start : uint32_t {
    Started,
    Failed,       // recorded in the run's state
    NoDirectory,  // the run directory cannot be opened
    Foreign,      // it belongs to another user
    Held,         // another keeper keeps the run
    AlreadyRan,   // its state has a phase already
    NotRecorded,  // its lock or its state cannot be written
    KeeperFailed, // no keeper could be forked, or it died
};

/// What became of one start, as a keeper tells its launcher through their pipe.
struct StartReport
{
    uint32_t index; // of the run directory on the command line
    Start start;
    rundir::Stage stage;
    int32_t error;
};

/// How the launcher's process was called, for what the keeper must know and hide of it.
struct LauncherArguments
{
    int count;
    char **values;
    char **environment;
    char bootId[sizeof(rundir::StateSlot::bootId)];
};

/// Keeps the run in directory until nothing is left of it, in a process forked for it; reports its start to
/// the pipe report under index. Returns the process's exit status.
int keepRun(const char *directory, const LauncherArguments &launcher, int report, uint32_t index);

} // namespace procession::keeper
