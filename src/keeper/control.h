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

    /// Returns 0 or an errno; may be called again after a failure.
    int listenIn(int directory);

    /// For the half that goes on, before it opens anything: forgets what the other half had closed.
    void resume();

    /// Adds what is to be polled; returns how many.
    size_t watch(pollfd *polled) const;
    /// Finds the next command, if there is one. It stays where it is until done(): a keeper killed meanwhile
    /// leaves it to its other half.
    bool next(rundir::Command &command);
    void done();
    /// Answers the command that next() found with a byte and, unless it is negative, a descriptor.
    void reply(int descriptor);

private:
    bool acceptOne();
    void drop(int &client);

    int m_listener = -1;
    bool m_listening = false;
    int m_clients[clients] = {-1, -1, -1, -1, -1, -1, -1, -1};
    int m_current = -1; // whose command next() found
    size_t m_oldest = 0;
};

} // namespace procession::keeper
