// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

namespace procession::keeper {

/// The run directory's `state`: change slot, then write(). Every write goes to the slot that does not hold
/// the newest record, so a torn one leaves the record before it.
class State final
{
public:
    rundir::StateSlot slot{};

    /// Opens or creates the file and locks it, for as long as this process or a fork of it lives. Returns 0,
    /// EWOULDBLOCK if another keeper holds it, EEXIST if one has recorded a phase before, or another errno.
    int open(int directory);
    /// Writes both slots, so that no later write needs space: a full disk must not hide an exit code.
    /// Returns 0 or an errno.
    int begin();
    /// Records slot. Returns 0 or an errno; then the record before it still stands.
    int write();
    /// Leaves the run as if no keeper had come, for another to begin it.
    void giveBack();
    /// For the half that goes on: the record on the disk counts, whatever the other half was about to write.
    void resume();

private:
    int m_file = -1;
};

} // namespace procession::keeper
