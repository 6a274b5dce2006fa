// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

namespace procession::keeper {

/// What the run directory's spec asks for. The argument and environment vectors live in `memory`; they are
/// needed until the worker is exec'd, and given back then: a keeper holds no command and no secret.
struct Spec
{
    char **arguments = nullptr;
    char **environment = nullptr;
    const char *workingDirectory = nullptr;
    void *memory = nullptr;
    size_t memoryBytes = 0;

    char run[128] = {};
    char bell[PATH_MAX] = {};
    int stopSignal = 15;
    int64_t graceMs = 10'000;
    uint64_t outputLimit = 0;
    int64_t openFiles = -1; // soft RLIMIT_NOFILE, -1 = inherited
    bool merge = false;
    bool pipeInput = false;
    bool terminal = false;
    bool keepStrays = false;
    int columns = 80; // of the terminal
    int rows = 24;
};

/// Reads the spec of the run directory open at directory; base is the environment the spec's changes apply
/// to, secrets are changes that do not stand in it; both end with null. Returns 0 or the errno that says why
/// not: EBADMSG cut short or no spec at all, EINVAL a value that makes no sense or no arguments, EFBIG too
/// large.
int readSpec(int directory, char *const *base, char *const *secrets, Spec &spec);

/// Gives back the argument and environment vectors.
void forgetCommand(Spec &spec);

} // namespace procession::keeper
