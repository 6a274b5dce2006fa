// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// procession-keeper --launch RUNDIR...: forks one keeper per run directory and waits until each has started
// its worker or failed to. It is a program of its own, so that no window is a parent that a worker depends
// on.

extern char **environ;

namespace procession::keeper {
namespace {

constexpr const char *usage =
    "Usage: procession-keeper --launch RUNDIR...\n"
    "Starts the worker described in each run directory and keeps it: records its output and its exit "
    "status,\n"
    "and ends its whole process tree when asked to. Procession calls this program; there is no need to do it "
    "by hand.\n"
    "\n"
    "  --launch RUNDIR...  start; exits 0 when every worker was started, 1 when one was not\n"
    "  --version           print the version\n"
    "  --help              print this text\n";

void say(const int file, const char *const text)
{
    [[maybe_unused]] const ssize_t written = write(file, text, strlen(text));
}

const char *explain(const StartReport &report)
{
    switch (report.start) {
    case Start::NoDirectory:
        return "the run directory cannot be opened";
    case Start::Foreign:
        return "the run directory belongs to another user";
    case Start::Held:
        return "another keeper keeps this run already";
    case Start::AlreadyRan:
        return "this run has been started before";
    case Start::NotRecorded:
        return "the run directory cannot be written";
    case Start::KeeperFailed:
        return "no keeper process could be started";
    case Start::Started:
    case Start::Failed:
        break;
    }
    switch (report.stage) {
    case rundir::Stage::Spec:
        return "the run's spec is unreadable or incomplete";
    case rundir::Stage::Output:
        return "the worker's output cannot be captured";
    case rundir::Stage::Fork:
        return "no process could be started for the worker";
    case rundir::Stage::WorkingDirectory:
        return "the working directory cannot be entered";
    case rundir::Stage::Exec:
    case rundir::Stage::Lock:
    case rundir::Stage::None:
        break;
    }
    return "the program cannot be run";
}

void sayFailure(const char *const directory, const StartReport &report)
{
    say(STDERR_FILENO, "procession-keeper: ");
    say(STDERR_FILENO, directory);
    say(STDERR_FILENO, ": ");
    say(STDERR_FILENO, explain(report));
    if (report.error != 0) {
        say(STDERR_FILENO, ": ");
        say(STDERR_FILENO, strerror(report.error));
    }
    say(STDERR_FILENO, "\n");
}

void readBootId(LauncherArguments &launcher)
{
    const int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    const ssize_t count = read(file, launcher.bootId, sizeof(launcher.bootId) - 1);
    close(file);
    launcher.bootId[count > 0 ? count : 0] = '\0';
    launcher.bootId[strcspn(launcher.bootId, "\n")] = '\0';
}

/// A missing standard stream would let a pipe take its number, and the worker's output go astray.
bool fillStandardStreams()
{
    int file = 0;
    while (file >= 0 && file <= STDERR_FILENO)
        file = open("/dev/null", O_RDWR);
    if (file < 0)
        return false;
    close(file);
    return true;
}

int launch(const int count, char **const directories, LauncherArguments &launcher)
{
    int reports[2];
    if (!fillStandardStreams())
        return rundir::SomeFailed;
    // Nothing the caller left open may reach a keeper, which would hold it for as long as the run lasts.
    syscall(SYS_close_range, STDERR_FILENO + 1u, ~0u, 0u);
    if (pipe2(reports, O_CLOEXEC) != 0) {
        say(STDERR_FILENO, "procession-keeper: no pipe could be made\n");
        return rundir::SomeFailed;
    }
    readBootId(launcher);

    // A directory is struck off when its outcome is known; what then remains had a keeper that died.
    int started = 0;
    int awaited = 0;
    for (int i = 0; i < count; ++i) {
        const pid_t keeper = fork();
        if (keeper == 0) {
            close(reports[0]);
            _exit(keepRun(directories[i], launcher, reports[1], static_cast<uint32_t>(i)));
        }
        if (keeper > 0) {
            ++awaited;
            continue;
        }
        sayFailure(directories[i], {0, Start::KeeperFailed, rundir::Stage::None, errno});
        directories[i] = nullptr;
    }
    close(reports[1]);
    StartReport report{};
    while (awaited > 0) {
        const ssize_t bytes = read(reports[0], &report, sizeof(report));
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes != ssize_t{sizeof(report)})
            break;
        --awaited;
        if (report.start == Start::Started)
            ++started;
        else
            sayFailure(directories[report.index], report);
        directories[report.index] = nullptr;
    }
    for (int i = 0; i < count; ++i) {
        if (directories[i] != nullptr)
            sayFailure(directories[i], {0, Start::KeeperFailed, rundir::Stage::None, 0});
    }
    return started == count ? rundir::AllStarted : rundir::SomeFailed;
}

int badUsage(const char *const why)
{
    say(STDERR_FILENO, "procession-keeper: ");
    say(STDERR_FILENO, why);
    say(STDERR_FILENO, "\nTry 'procession-keeper --help'.\n");
    return rundir::BadUsage;
}

} // namespace
} // namespace procession::keeper

int main(const int argc, char **const argv)
{
    using namespace procession::keeper;
    if (argc < 2)
        return badUsage("it is not said what to do");
    if (strcmp(argv[1], "--help") == 0) {
        say(STDOUT_FILENO, usage);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        say(STDOUT_FILENO, "procession-keeper " PROCESSION_VERSION "\n");
        return 0;
    }
    if (strcmp(argv[1], "--launch") != 0)
        return badUsage("unknown option");
    if (argc < 3)
        return badUsage("--launch needs a run directory");
    LauncherArguments launcher{argc, argv, environ, {}};
    return launch(argc - 2, argv + 2, launcher);
}
