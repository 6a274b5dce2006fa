// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "barespawn.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::bench {

int bareSpawn(const int count, const int together)
{
    char name[] = "true";
    char *arguments[] = {name, nullptr};
    int started = 0;
    int alive = 0;
    int succeeded = 0;
    while (started < count || alive > 0) {
        while (started < count && alive < together) {
            pid_t pid = 0;
            if (posix_spawnp(&pid, name, nullptr, nullptr, arguments, environ) == 0)
                ++alive;
            ++started;
        }
        int status = 0;
        if (alive == 0 || wait(&status) < 0)
            break;
        --alive;
        succeeded += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return succeeded;
}

} // namespace procession::bench
