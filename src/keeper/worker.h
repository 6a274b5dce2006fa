// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"
#include "keeper/spec.h"

#include <sys/types.h>

namespace procession::keeper {

/// What a worker that could not be started writes to the close-on-exec pipe.
struct ExecFailure
{
    rundir::Stage stage;
    int32_t error;
};

/// File descriptors and attributes the forked child turns into the worker's.
struct WorkerSetup
{
    int standardOutput;
    int standardError;
    int failurePipe; // close-on-exec: its end of file is the proof of exec
    mode_t fileMask; // the launcher's own
};

/// Never returns: the calling process becomes the worker, or tells why not and ends.
[[noreturn]] void becomeWorker(const Spec &spec, const WorkerSetup &setup);

} // namespace procession::keeper
