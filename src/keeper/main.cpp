// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/launcher.h"
#include "keeper/rundir.h"

#include <string.h>
#include <unistd.h>

namespace {

constexpr const char *usage =
    "Usage: procession-keeper --launch RUNDIR...\n"
    "       procession-keeper --serve\n"
    "Starts the worker described in each run directory and keeps it: records its output and its exit "
    "status,\n"
    "and ends its whole process tree when asked to. Procession calls this program; there is no need to do it "
    "by hand.\n"
    "\n"
    "  --launch RUNDIR...  start; exits 0 when every worker was started, 1 when one was not\n"
    "  --serve             start what standard input asks for, until it ends\n"
    "  --version           print the version\n"
    "  --help              print this text\n";

void say(const int file, const char *const text)
{
    [[maybe_unused]] const ssize_t written = write(file, text, strlen(text));
}

int badUsage(const char *const why)
{
    say(STDERR_FILENO, "procession-keeper: ");
    say(STDERR_FILENO, why);
    say(STDERR_FILENO, "\nTry 'procession-keeper --help'.\n");
    return procession::rundir::BadUsage;
}

} // namespace

int main(const int argc, char **const argv)
{
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
    if (strcmp(argv[1], "--serve") == 0)
        return procession::keeper::serve(argc, argv);
    if (strcmp(argv[1], "--launch") != 0)
        return badUsage("unknown option");
    if (argc < 3)
        return badUsage("--launch needs a run directory");
    return procession::keeper::launchOnce(argc, argv, argv + 2, argc - 2);
}
