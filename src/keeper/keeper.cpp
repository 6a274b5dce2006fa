// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/keeper.h"

#include "keeper/pair.h"
#include "keeper/run.h"
#include "keeper/spec.h"
#include "keeper/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

using rundir::Start;

/// Nothing of the launcher's held but its session, which is no terminal's.
void detach()
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file)
        dup2(nullDevice, file);
    close(nullDevice);
    syscall(SYS_close_range, static_cast<unsigned>(firstOther), ~0u, 0u);
}

/// Opens, claims and begins to record the run.
Start claim(const char *const path, const Launch &launch, int &directory, State &state, int &error)
{
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        error = errno;
        return Start::NoDirectory;
    }
    struct stat about
    {
    };
    if (fstat(directory, &about) != 0 || about.st_uid != geteuid())
        return Start::Foreign;
    error = state.open(directory);
    if (error == EWOULDBLOCK || error == EEXIST) {
        const Start start = error == EEXIST ? Start::AlreadyRan : Start::Held;
        error = 0;
        return start;
    }
    if (error != 0)
        return Start::NotRecorded;
    state.slot.phase = rundir::Phase::Starting;
    state.slot.keeperPid = getpid();
    memcpy(state.slot.bootId, launch.bootId, sizeof(state.slot.bootId));
    error = state.begin();
    return error == 0 ? Start::Started : Start::NotRecorded;
}

} // namespace

void showAs(const Launch &launch, const char *const text)
{
    const char *const name = "procession-keeper";
    const size_t nameBytes = strlen(name) + 1;
    memset(launch.commandLine, 0, launch.commandLineBytes);
    strncpy(launch.commandLine, name, launch.commandLineBytes);
    if (nameBytes + strlen(text) <= launch.commandLineBytes)
        strcpy(launch.commandLine + nameBytes, text);
}

rundir::StartReport reportOn(const char *const directory, const Start start, const int error)
{
    rundir::StartReport report{};
    report.start = start;
    report.error = error;
    size_t length = strlen(directory);
    while (length > 0 && directory[length - 1] == '/')
        --length;
    size_t begin = length;
    while (begin > 0 && directory[begin - 1] != '/')
        --begin;
    length -= begin;
    if (length < sizeof(report.run))
        memcpy(report.run, directory + begin, length);
    return report;
}

int keepRun(const char *const path, const Launch &launch, char *const *const secrets)
{
    detach();
    State state;
    int directory = -1;
    int error = 0;
    const Start start = claim(path, launch, directory, state, error);
    rundir::StartReport report = reportOn(path, start, error);
    if (start != Start::Started) {
        [[maybe_unused]] const ssize_t written = write(reportPipe, &report, sizeof(report));
        return 1;
    }

    // Not on the stack: both halves work on it, and a run's tables are larger than their stacks need to be.
    static Spec spec;
    static Run run;
    run.begin(directory, state, spec, {launch.fileMask, launch.fileSize}, {reportPipe, report});
    error = readSpec(directory, launch.environment, secrets, spec);
    showAs(launch, spec.run);
    return error == 0 ? keepInPair(run) : run.refuse(error);
}

} // namespace procession::keeper
