// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QList>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <optional>

namespace procession {

/// What a join waits for.
struct JoinSpec
{
    enum class Condition { All, Any, Count, FirstFailure };
    enum class Then { Nothing, TerminateRest };

    QList<WorkerId> workers;
    Condition condition = Condition::All;
    int count = 1; ///< for Count
    std::optional<std::chrono::milliseconds> timeout;
    Then then = Then::Nothing;
};

/// How far a join is; counts over its workers.
struct JoinProgress
{
    int total = 0;
    int ended = 0; ///< all that will not run any further: Ended and Skipped
    int succeeded = 0;
    int failed = 0; ///< isFailure(outcome)
    QList<WorkerId> awaited;
    QList<WorkerId> neverStarted; ///< not alive and never ran: nothing to wait for
    bool met = false;
    bool hopeless = false; ///< can no longer be met (N of M with too few left alive)
};

/// The progress of `spec` given these statuses. Pure. A FirstFailure join with no failure is met when all
/// ended, as concurrent.futures has it.
JoinProgress evaluate(const JoinSpec &spec, const std::function<const WorkerStatus *(WorkerId)> &status);

/// How a join ended. A timeout is a result, not an error; a join by itself changes no worker.
struct JoinResult
{
    enum class Kind { Met, TimedOut, Cancelled, Hopeless };
    Kind kind = Kind::Met;
    JoinProgress progress;
    std::chrono::nanoseconds waited{0};
};

class Supervisor;

/// One join under way. start() may finish at once. GUI thread.
class Join final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Join)

public:
    Join(JoinSpec spec, Supervisor *supervisor, QObject *parent = nullptr);

    const JoinSpec &spec() const { return m_spec; }
    JoinProgress progress() const;
    std::chrono::nanoseconds waited() const;
    std::optional<std::chrono::nanoseconds> remaining() const; ///< until the timeout
    bool isFinished() const { return m_finished; }

    void start();
    void cancel();

Q_SIGNALS:
    void progressed();
    /// Exactly once per start(). What `then` asks for has been carried out before.
    void finished(const procession::JoinResult &result);

private:
    void check();
    void finish(JoinResult::Kind kind);

    JoinSpec m_spec;
    Supervisor *m_supervisor;
    QTimer m_timer;
    std::chrono::nanoseconds m_startedAt{0};
    bool m_finished = false;
};

} // namespace procession

Q_DECLARE_METATYPE(procession::JoinResult)
