// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <poll.h>
#include <stddef.h>

namespace procession::keeper {

/// The run directory's `ctl` socket. One packet is one command; whatever is not a command is ignored.
class Control final
{
public:
    static constexpr size_t clients = 8;
    static constexpr size_t descriptors = clients + 1;

    /// Returns 0 or an errno.
    int listenIn(int directory);

    /// Adds what is to be polled; returns how many.
    size_t watch(pollfd *polled) const;
    /// Takes one command, if there is one; call until it returns false.
    bool take(rundir::Command &command);

private:
    bool acceptOne();

    int m_listener = -1;
    int m_clients[clients] = {-1, -1, -1, -1, -1, -1, -1, -1};
    size_t m_oldest = 0;
};

} // namespace procession::keeper
