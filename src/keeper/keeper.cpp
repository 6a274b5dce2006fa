// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/keeper.h"

#include "keeper/run.h"
#include "keeper/spec.h"
#include "keeper/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

/// Own session, nothing of the launcher's held, no signal but news of children.
void detach()
{
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file)
        dup2(null, file);
    close(null);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    struct sigaction action
    {
    };
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action,
              nullptr); // ignored, as the launcher may have it, children would reap themselves
}

/// Replaces the command line that ps shows, so that a keeper is not found by the directory it was called
/// with.
void showAs(const LauncherArguments &launcher, const char *const run)
{
    char *const begin = launcher.values[0];
    const char *const last = launcher.values[launcher.count - 1];
    const auto capacity = static_cast<size_t>(last + strlen(last) - begin);
    const char *const name = "procession-keeper";
    const size_t nameBytes = strlen(name) + 1;
    memset(begin, 0, capacity);
    if (nameBytes + strlen(run) > capacity)
        return;
    strcpy(begin, name);
    strcpy(begin + nameBytes, run);
}

/// Opens, claims and begins to record the run.
StartReport claim(const char *const path, const LauncherArguments &launcher, int &directory, State &state)
{
    const auto refusal = [](const Start start, const int error) {
        return StartReport{0, start, rundir::Stage::None, error};
    };
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return refusal(Start::NoDirectory, errno);
    struct stat about
    {
    };
    if (fstat(directory, &about) != 0 || about.st_uid != geteuid())
        return refusal(Start::Foreign, 0);
    switch (const int error = state.open(directory)) {
    case 0:
        break;
    case EWOULDBLOCK:
        return refusal(Start::Held, 0);
    case EEXIST:
        return refusal(Start::AlreadyRan, 0);
    default:
        return refusal(Start::NotRecorded, error);
    }
    state.slot.phase = rundir::Phase::Starting;
    state.slot.keeperPid = getpid();
    memcpy(state.slot.bootId, launcher.bootId, sizeof(state.slot.bootId));
    if (const int error = state.begin())
        return refusal(Start::NotRecorded, error);
    return refusal(Start::Started, 0);
}

void tell(const int pipe, const StartReport &report)
{
    [[maybe_unused]] const ssize_t written = write(pipe, &report, sizeof(report));
    close(pipe);
}

} // namespace

int keepRun(const char *const path, const LauncherArguments &launcher, const int reports,
            const uint32_t index)
{
    detach();
    const mode_t fileMask = umask(0177); // no directory is made here, and a socket needs no x
    State state;
    int directory = -1;
    StartReport report = claim(path, launcher, directory, state);
    report.index = index;
    if (report.start != Start::Started) {
        tell(reports, report);
        return 1;
    }

    Spec spec;
    Run run;
    bool good = true;
    if (const int error = readSpec(directory, launcher.environment, spec))
        good = run.refuse(state, spec, error);
    showAs(launcher, spec.run);
    good = good && run.start(directory, state, spec, fileMask) && run.waitForExec();
    if (!good) {
        report.start = Start::Failed;
        report.stage = state.slot.stage;
        report.error = state.slot.error;
    }
    tell(reports, report);
    if (good) {
        // The worker has the launcher's working directory; the keeper must not hold a file system by it.
        [[maybe_unused]] const int moved = chdir("/");
        run.keep();
    }
    return good ? 0 : 1;
}

} // namespace procession::keeper
