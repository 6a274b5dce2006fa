// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/join.h"

#include "core/bootclock.h"
#include "core/supervisor.h"

namespace procession {

JoinProgress evaluate(const JoinSpec &spec, const std::function<const WorkerStatus *(WorkerId)> &status)
{
    JoinProgress progress;
    for (const WorkerId id : spec.workers) {
        const WorkerStatus *worker = status(id);
        if (worker == nullptr)
            continue; // removed meanwhile: nothing to wait for
        ++progress.total;
        if (isActive(worker->state)) {
            progress.awaited.append(id);
        } else if (worker->state == State::NotStarted) {
            progress.neverStarted.append(id);
        } else {
            ++progress.ended;
            if (worker->outcome == Outcome::Succeeded)
                ++progress.succeeded;
            if (isFailure(worker->outcome))
                ++progress.failed;
        }
    }
    const int reachable = progress.ended + int(progress.awaited.size());
    switch (spec.condition) {
    case JoinSpec::Condition::All:
        progress.met = progress.awaited.isEmpty() && progress.ended > 0;
        progress.hopeless = reachable == 0;
        break;
    case JoinSpec::Condition::Any:
        progress.met = progress.ended > 0;
        progress.hopeless = reachable == 0;
        break;
    case JoinSpec::Condition::Count:
        progress.met = progress.ended >= spec.count;
        progress.hopeless = reachable < spec.count;
        break;
    case JoinSpec::Condition::FirstFailure:
        progress.met = progress.failed > 0 || (progress.awaited.isEmpty() && progress.ended > 0);
        progress.hopeless = reachable == 0;
        break;
    }
    return progress;
}

Join::Join(JoinSpec spec, Supervisor *supervisor, QObject *parent)
    : QObject(parent)
    , m_spec(std::move(spec))
    , m_supervisor(supervisor)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { finish(JoinResult::Kind::TimedOut); });
}

JoinProgress Join::progress() const
{
    return evaluate(m_spec, [this](WorkerId id) { return m_supervisor->status(id); });
}

std::chrono::nanoseconds Join::waited() const
{
    return m_startedAt.count() == 0 ? std::chrono::nanoseconds(0) : bootNow() - m_startedAt;
}

std::optional<std::chrono::nanoseconds> Join::remaining() const
{
    if (!m_spec.timeout)
        return std::nullopt;
    return std::max(std::chrono::nanoseconds(*m_spec.timeout) - waited(), std::chrono::nanoseconds(0));
}

void Join::start()
{
    m_startedAt = bootNow();
    m_finished = false;
    connect(m_supervisor, &Supervisor::changed, this, &Join::check, Qt::UniqueConnection);
    if (m_spec.timeout)
        m_timer.start(*m_spec.timeout);
    check();
}

void Join::cancel()
{
    finish(JoinResult::Kind::Cancelled);
}

void Join::check()
{
    if (m_finished)
        return;
    const JoinProgress now = progress();
    if (now.met)
        finish(JoinResult::Kind::Met);
    else if (now.hopeless)
        finish(JoinResult::Kind::Hopeless);
    else
        Q_EMIT progressed();
}

void Join::finish(JoinResult::Kind kind)
{
    if (m_finished)
        return;
    m_finished = true;
    m_timer.stop();
    disconnect(m_supervisor, nullptr, this, nullptr);
    const JoinResult result{kind, progress(), waited()};
    if (m_spec.then == JoinSpec::Then::TerminateRest && kind != JoinResult::Kind::Cancelled)
        m_supervisor->stop(result.progress.awaited);
    Q_EMIT finished(result);
}

} // namespace procession
