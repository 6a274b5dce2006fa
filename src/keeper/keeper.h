// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

namespace procession::keeper {

// The descriptors a keeper starts with, besides the standard ones.
inline constexpr int nullDevice = 3; // open on /dev/null
inline constexpr int reportPipe = 4; // where starts are reported
inline constexpr int firstOther = 5; // what follows is the launcher's own

/// What a keeper takes over from the launcher it is forked from: what the launcher was given before it
/// changed it for itself, and what is the same for every run.
struct Launch
{
    char *commandLine; // the launcher's, which the keeper hides, and its length
    size_t commandLineBytes;
    char **environment;
    mode_t fileMask;
    rlimit fileSize;
    char bootId[sizeof(rundir::StateSlot::bootId)];
};

/// Keeps the run in directory until nothing is left of it, in a process forked for it; reports its start.
/// secrets: KEY=VALUE texts for the worker's environment, null at the end. Returns the process's exit status.
int keepRun(const char *directory, const Launch &launch, char *const *secrets);

/// Replaces the command line that ps shows by the keeper's name and text, so that a process is not found by
/// what it was called with. Text is left out where there is no room for it.
void showAs(const Launch &launch, const char *text);

/// The report on a run directory's start; the name is the path's last part.
rundir::StartReport reportOn(const char *directory, rundir::Start start, int error);

} // namespace procession::keeper
