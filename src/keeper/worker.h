// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"
#include "keeper/spec.h"

#include <sys/resource.h>
#include <sys/types.h>

namespace procession::keeper {

/// Why a worker could not be started.
struct ExecFailure
{
    rundir::Stage stage;
    int32_t error;
};

/// What the launcher was given, and its workers are to get.
struct Inherited
{
    mode_t fileMask;
    rlimit fileSize;
};

/// Descriptors that the worker gets as its streams.
struct WorkerSetup
{
    int standardInput;
    int standardOutput;
    int standardError;
    bool terminal; // they are a terminal, to be the worker's controlling one
    Inherited inherited;
};

/// Starts a worker in a process of its own that borrows this one's memory until it is exec'd; returns then,
/// or when failure says why it could not. The worker's PID is stored in pid, before anything of it runs.
/// Returns 0 or the errno of the fork.
int spawnWorker(const Spec &spec, const WorkerSetup &setup, ExecFailure &failure, pid_t &pid);

} // namespace procession::keeper
