// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"
#include "keeper/tree.h"

#include <stdint.h>
#include <sys/types.h>

namespace procession::keeper {

/// How a worker's tree is ended: stop signal, CONT, grace, KILL, until nothing is left.
///
/// Only processes that cannot be others by now are signalled: the main process's group until the main process
/// is reaped, and the keeper's own unreaped children. As their parents die, all others become such children.
/// Changes flags, phase and numbers in the slot; every function that returns bool says whether it did.
class Ladder final
{
public:
    /// slot: the run's; main: its main process; keepStrays: what that leaves behind is not ended unasked.
    void begin(rundir::StateSlot &slot, pid_t main, bool keepStrays);
    /// For the half that goes on: what the other half may have done half is done again.
    void resume();

    bool stop(int signal, int64_t graceMs);
    bool kill();
    bool pause();
    bool unpause();
    void signalGroup(int number);

    /// A child was reaped.
    void reaped(pid_t pid);
    /// Something of the tree is left. Once the main process is reaped that is counted, and killed unless a
    /// grace runs for it or it is to be kept; to be called whenever children were reaped.
    void countLeft();

    /// Does what is due. childrenChanged: some were reaped since the last call. True if the slot changed.
    bool step(int64_t now, bool childrenChanged);
    /// CLOCK_MONOTONIC ns at which step() has something to do, 0 = never.
    int64_t due() const;

private:
    static constexpr size_t rememberedCapacity = 256;

    bool isOver() const { return (m_slot->flags & rundir::StatusKnown) != 0 && !m_keptStrays; }
    void killAll();
    void stopNewcomers();
    void signalTree(int number);
    bool countStrays();
    bool countSurvivors();

    rundir::StateSlot *m_slot = nullptr;
    pid_t m_main = 0;
    bool m_keepStrays = false;
    bool m_keptStrays = false; // the main process ended, and what it left goes on
    bool m_mainReaped = false;
    bool m_leftCounted = false;
    bool m_killing = false;
    int m_stopSignal = 0;   // 0 = no stop asked for
    bool m_refused = false; // somebody may not be killed by us
    int64_t m_deadline = 0; // CLOCK_MONOTONIC ns, as all here; 0 = not set
    int64_t m_stepAt = 0;
    int64_t m_backOff = 0;
    int64_t m_survivorsAt = 0;
    pid_t m_remembered[rememberedCapacity] = {}; // own children that got the stop signal
    size_t m_rememberedCount = 0;
    Tree m_tree;
};

} // namespace procession::keeper
