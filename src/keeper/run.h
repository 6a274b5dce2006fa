// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/control.h"
#include "keeper/ladder.h"
#include "keeper/output.h"
#include "keeper/spec.h"
#include "keeper/state.h"
#include "keeper/worker.h"

#include <signal.h>
#include <sys/resource.h>

namespace procession::keeper {

/// Where the outcome of a start is told: a pipe, and what is known already.
struct StartPipe
{
    int pipe = -1;
    rundir::StartReport report{};
};

/// One run from the fork of its worker to the proof that nothing is left of it.
///
/// Both halves of a keeper work on the same object, one after the other: the first may be killed between any
/// two instructions. So what was done is noted after it was done, and whatever may have been done half can be
/// done again: a command is taken from its socket once it is obeyed, a child reaped once its end is recorded,
/// and what only memory says of the output is found again in its files.
class Run final
{
public:
    void begin(int directory, State &state, Spec &spec, const Inherited &inherited, const StartPipe &report);
    /// Records that the spec cannot be used; returns the exit status.
    int refuse(int error);
    /// Starts the worker unless that has been done, and keeps the run until its tree is empty and its output
    /// written. Returns the exit status.
    /// guardian: the half that stands by, 0 = none.
    int keep(pid_t guardian);
    /// To be called once, before keep(), by the half that goes on for the other.
    void takeOver();
    /// For a shortage of processes or descriptors, before the worker is started: the run is given back, for
    /// its start to be tried again, and no process of it waits meanwhile for what others like it hold.
    /// Returns the exit status.
    int giveBack(int error);

private:
    struct Pipe
    {
        int ends[2] = {-1, -1}; // read, write
        uint64_t moved = 0;     // bytes since they were recorded last
        bool wide = false;      // holds more than it did at first
    };

    int prepare();
    int prepareOutput();
    int prepareInput();
    int spawn();
    void begun();
    void waitForExec() const;
    void fail(rundir::Stage stage, int error);
    void tellStart(rundir::Start start, int error);
    void step();
    int timeout(int64_t now) const;
    void takeCommands();
    bool obey(const rundir::Command &command);
    void endInput();
    void relayTerminal();
    void moveOutput(Pipe &stream, uint32_t number);
    void noteBlocked(bool blocked);
    void narrowCalm();
    void reap();
    void recordEnd(const siginfo_t &info, const rusage &usage);
    void finish();
    bool flush();
    /// Marks the state as changed; a change that a window must show at once rings its bell too.
    void changed() { m_changed = m_bellDue = true; }

    int m_directory = -1;
    State *m_state = nullptr;
    Spec *m_spec = nullptr;
    Inherited m_inherited{};
    StartPipe m_report;
    Output m_output;
    Control m_control;
    Ladder m_ladder;
    Pipe m_streams[2];
    Pipe m_input;
    ExecFailure m_execFailure{};
    int m_terminal = -1; // the master's side; its output goes through the first stream's pipe
    int m_terminalPeer = -1;
    int m_childSignals = -1;
    bool m_startKnown = false;
    bool m_treeEmpty = false;
    bool m_over = false;
    bool m_changed = false;
    bool m_bellDue = false;
    bool m_discard = false;
    int m_movesAfterTree = 0;
    int m_exitStatus = 0;
    int m_shortage = 0; // errno: the run is given back
    int64_t m_outputBackOff = 0;
    int64_t m_outputRetryAt = 0; // CLOCK_MONOTONIC ns, as the next; 0 = not set
    int64_t m_recordAt = 0;
};

} // namespace procession::keeper
