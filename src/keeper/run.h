// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/control.h"
#include "keeper/ladder.h"
#include "keeper/output.h"
#include "keeper/spec.h"
#include "keeper/state.h"

#include <signal.h>

namespace procession::keeper {

/// One run from the fork of its worker to the proof that nothing is left of it.
class Run final
{
public:
    /// Records that the spec cannot be used; returns false.
    bool refuse(State &state, Spec &spec, int error);
    /// Everything up to the fork. directory is open, its lock is held, state has begun.
    /// Returns false after recording a failure to start.
    bool start(int directory, State &state, Spec &spec, mode_t fileMask);
    /// Waits until the worker is exec'd or failed to; returns false if it failed. Commands are obeyed
    /// meanwhile.
    bool waitForExec();
    /// Keeps the run until its tree is empty and its output written.
    void keep();

private:
    struct Stream
    {
        int pipe = -1;
    };

    void step();
    int timeout(int64_t now) const;
    bool fail(rundir::Stage stage, int error);
    void readExecPipe();
    void obey(const rundir::Command &command);
    void moveOutput(Stream &stream, uint32_t number);
    void closeStream(Stream &stream);
    void noteBlocked(bool blocked);
    void reap();
    void recordEnd(const siginfo_t &info);
    void flush();
    /// Marks the state as changed; a change that a window must show at once rings its bell too.
    void changed() { m_changed = m_bellDue = true; }

    State *m_state = nullptr;
    Spec *m_spec = nullptr;
    Output m_output;
    Control m_control;
    Ladder m_ladder;
    Stream m_streams[2];
    int m_childSignals = -1;
    int m_execPipe = -1;
    bool m_execKnown = false;
    bool m_treeEmpty = false;
    bool m_over = false;
    bool m_changed = false;
    bool m_bellDue = false;
    bool m_discard = false;
    int m_movesAfterTree = 0;
    int64_t m_outputBackOff = 0;
    int64_t m_outputRetryAt = 0; // CLOCK_MONOTONIC ns, as the next; 0 = not set
    int64_t m_outputRecordAt = 0;
};

} // namespace procession::keeper
