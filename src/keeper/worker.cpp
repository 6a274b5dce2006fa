// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/worker.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr int signalCount = 64;
constexpr unsigned closeRangeCloexec = 1u << 2;

[[noreturn]] void giveUp(const int pipe, const rundir::Stage stage, const int error)
{
    const ExecFailure failure{stage, error};
    // If even this fails the keeper sees the exit code 127 instead.
    [[maybe_unused]] const ssize_t written = write(pipe, &failure, sizeof(failure));
    _exit(127);
}

/// Ignored signals and the mask survive exec, and the launcher's parent may have set either.
void resetSignals()
{
    struct sigaction action
    {
    };
    action.sa_handler = SIG_DFL;
    for (int number = 1; number <= signalCount; ++number)
        sigaction(number, &action,
                  nullptr); // KILL, STOP and the C library's own refuse, and are right already
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
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
            execve(candidate, arguments, environment);
            if (errno == EACCES)
                worst = EACCES;
            // A script whose interpreter is missing is found all the same: look no further.
            else if (errno != ENOENT && errno != ENOTDIR)
                return errno;
            else if (errno == ENOENT && access(candidate, F_OK) == 0)
                return ENOENT;
        }
        directory += bytes;
        if (*directory == '\0')
            return worst;
    }
}

} // namespace

void becomeWorker(const Spec &spec, const WorkerSetup &setup)
{
    setsid();
    resetSignals();
    umask(setup.fileMask);
    if (dup2(setup.standardOutput, STDOUT_FILENO) < 0 || dup2(setup.standardError, STDERR_FILENO) < 0)
        giveUp(setup.failurePipe, rundir::Stage::Output, errno);
    // Marks instead of closing, so that the failure pipe lives until exec.
    syscall(SYS_close_range, 3u, ~0u, closeRangeCloexec);
    limitOpenFiles(spec.openFiles);
    if (spec.workingDirectory != nullptr && chdir(spec.workingDirectory) != 0)
        giveUp(setup.failurePipe, rundir::Stage::WorkingDirectory, errno);
    giveUp(setup.failurePipe, rundir::Stage::Exec, execute(spec.arguments, spec.environment));
}

} // namespace procession::keeper
