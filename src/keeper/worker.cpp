// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/worker.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr unsigned closeRangeCloexec = 1u << 2;
constexpr size_t stackBytes = 32u << 10;

struct Order
{
    const Spec *spec;
    const WorkerSetup *setup;
    ExecFailure *failure;
};

[[noreturn]] void giveUp(const Order &order, const rundir::Stage stage, const int error)
{
    *order.failure = {stage, error};
    _exit(127);
}

void limitOpenFiles(const int64_t soft)
{
    rlimit limit{};
    if (soft < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    const auto wanted = static_cast<rlim_t>(soft);
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

const char *searchPath(char *const *environment)
{
    for (; *environment != nullptr; ++environment) {
        if (strncmp(*environment, "PATH=", 5) == 0)
            return *environment + 5;
    }
    return "/usr/local/bin:/usr/bin:/bin";
}

/// Returns only if nothing could be executed, with the errno a shell would report: what was found but may not
/// be run counts more than what was not found.
int execute(char *const *arguments, char *const *environment)
{
    const char *const program = arguments[0];
    if (*program == '\0')
        return ENOENT;
    if (strchr(program, '/') != nullptr) {
        execve(program, arguments, environment);
        return errno;
    }
    const size_t length = strlen(program);
    if (length > NAME_MAX)
        return ENAMETOOLONG;
    char candidate[PATH_MAX + NAME_MAX + 2];
    int worst = ENOENT;
    for (const char *directory = searchPath(environment);; ++directory) {
        const size_t bytes = strcspn(directory, ":");
        if (bytes < PATH_MAX) {
            memcpy(candidate, directory, bytes);
            char *end = candidate + bytes;
            if (bytes > 0) // an empty entry is the working directory
                *end++ = '/';
            memcpy(end, program, length + 1);
            if (access(candidate, F_OK) == 0) { // much cheaper than an exec that fails
                execve(candidate, arguments, environment);
                // A script whose interpreter is missing is found all the same: look no further.
                if (errno != EACCES)
                    return errno;
                worst = EACCES;
            } else if (errno == EACCES) {
                worst = EACCES;
            }
        }
        directory += bytes;
        if (*directory == '\0')
            return worst;
    }
}

/// Never returns: the calling process becomes the worker, or tells why not and ends. Memory is the keeper's.
int becomeWorker(void *const argument)
{
    const Order &order = *static_cast<Order *>(argument);
    const Spec &spec = *order.spec;
    const WorkerSetup &setup = *order.setup;
    setsid();
    if (setup.terminal && ioctl(setup.standardInput, TIOCSCTTY, 0) != 0)
        giveUp(order, rundir::Stage::Output, errno);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr); // dispositions are the default ones since the launcher began
    umask(setup.inherited.fileMask);
    setrlimit(RLIMIT_FSIZE, &setup.inherited.fileSize);
    if (dup2(setup.standardInput, STDIN_FILENO) < 0 || dup2(setup.standardOutput, STDOUT_FILENO) < 0 ||
        dup2(setup.standardError, STDERR_FILENO) < 0)
        giveUp(order, rundir::Stage::Output, errno);
    // Marks instead of closing: one of them tells the keeper of the exec.
    syscall(SYS_close_range, 3u, ~0u, closeRangeCloexec);
    limitOpenFiles(spec.openFiles);
    if (spec.workingDirectory != nullptr && chdir(spec.workingDirectory) != 0)
        giveUp(order, rundir::Stage::WorkingDirectory, errno);
    giveUp(order, rundir::Stage::Exec, execute(spec.arguments, spec.environment));
}

} // namespace

int spawnWorker(const Spec &spec, const WorkerSetup &setup, ExecFailure &failure, pid_t &pid)
{
    alignas(64) static char stack[stackBytes];
    Order order{&spec, &setup, &failure};
    // The kernel stores the PID: a keeper killed right here leaves no worker that its other half does not
    // know of.
    const int flags = CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD;
    return clone(becomeWorker, stack + stackBytes, flags, &order, &pid) < 0 ? errno : 0;
}

} // namespace procession::keeper
