// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/pair.h"

#include "keeper/run.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr size_t stackBytes = 64u << 10; // what is not touched takes no memory

int beActive(void *const run)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    _exit(static_cast<Run *>(run)->keep(getppid()));
}

} // namespace

int keepInPair(Run &run)
{
    alignas(64) static char stack[stackBytes];
    const pid_t active =
        clone(beActive, stack + stackBytes, CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, &run);
    if (active < 0)
        return run.giveBack(errno);
    siginfo_t end{};
    while (waitid(P_PID, static_cast<id_t>(active), &end, WEXITED) != 0 && errno == EINTR) {
    }
    if (end.si_code == CLD_EXITED)
        return end.si_status;
    run.takeOver();
    return run.keep(0);
}

} // namespace procession::keeper
