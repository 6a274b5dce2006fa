// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

// What only the Supervisor's own files may know of a worker, and of the thread that works for it.

#include "core/inputfeeder.h"
#include "core/launcher.h"
#include "core/orphanwatch.h"
#include "core/pendingcommand.h"
#include "core/rundirectory.h"
#include "core/supervisor.h"

#include <QThread>

#include <memory>

namespace procession {

/// One row: its snapshot, and what only the supervisor needs of its run.
struct Supervisor::Worker
{
    WorkerStatus status;
    quint64 sequence = 0; // of the state slot applied last
    qint64 keeperPid = 0;
    std::chrono::nanoseconds launchedAt{0};
    RunTrace trace;
    PendingCommand pending;
    bool restartWanted = false;

    // Set once nobody keeps the run any more: its processes are searched and, if there are any, watched.
    std::unique_ptr<RunFacts> abandoned;
    bool endedHere = false; // the person had its orphans ended

    // Nobody is about to start it, but that nobody can any more is not proven yet. `failure` says why nobody
    // did; it is empty if a window that is gone was to.
    bool toRevoke = false;
    QString failure;
    int looks = 0; // of the sweep, since its lock was tried

    // What is to be said of it while it is alive, the gravest first.
    bool filesGone = false;   // its record vanished while its keeper lives
    bool unreadable = false;  // it cannot be read now
    bool unreachable = false; // nobody listens on its control socket, though its keeper lives
    bool silent = false;      // its keeper confirms nothing
    QString slotProblem;      // by the state
    QString startProblem;     // before its keeper has said a word
};

/// The objects that work in the launch thread.
struct Supervisor::Hands
{
    Q_DISABLE_COPY_MOVE(Hands)

    explicit Hands(const QString &keeperProgram);
    /// Waits for the starts under way.
    ~Hands();

    QThread thread;
    Launcher *launcher; // all three live in the thread, and end with it
    InputFeeder *input;
    OrphanWatch *orphans;
};

} // namespace procession
