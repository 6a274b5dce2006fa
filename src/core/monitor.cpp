// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/monitor.h"

#include "core/bootclock.h"

#include <algorithm>

namespace procession {

Monitor::Monitor(std::function<QList<Sampler::Target>()> targets, QObject *parent)
    : QObject(parent)
    , m_targets(std::move(targets))
    , m_sampler(std::make_unique<Sampler>())
    , m_hand(new QObject)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Monitor::tick);
    m_thread.setObjectName(QStringLiteral("sample"));
    m_hand->moveToThread(&m_thread);
    m_thread.start();
}

Monitor::~Monitor()
{
    m_thread.quit();
    m_thread.wait();
    delete m_hand;
}

void Monitor::setInterval(std::chrono::milliseconds interval)
{
    interval = std::clamp(interval, minimumInterval, maximumInterval);
    if (interval == m_interval)
        return;
    m_interval = interval;
    if (m_timer.isActive())
        arm();
    Q_EMIT intervalChanged(m_interval);
}

void Monitor::setPaused(bool paused)
{
    if (paused == m_paused)
        return;
    m_paused = paused;
    if (m_paused)
        m_timer.stop();
    else if (m_started)
        refresh();
    Q_EMIT pausedChanged(m_paused);
}

void Monitor::start()
{
    m_started = true;
    if (!m_paused)
        refresh();
}

void Monitor::refresh()
{
    m_timer.stop();
    if (m_sampling)
        m_refreshWanted = true; // the sample under way may be older than what the person wants to see
    else
        tick();
}

void Monitor::tick()
{
    m_sampling = true;
    m_sinceTick.start();
    QMetaObject::invokeMethod(
        m_hand,
        [this, targets = m_targets()] {
            QElapsedTimer timer;
            timer.start();
            SampleSet set;
            set.now = bootNow();
            set.samples = m_sampler->sample(targets, set.now);
            set.cost = std::chrono::nanoseconds(timer.nsecsElapsed());
            QMetaObject::invokeMethod(
                this, [this, set] { deliver(set); }, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

void Monitor::deliver(const SampleSet &set)
{
    m_sampling = false;
    QElapsedTimer timer;
    timer.start();
    Q_EMIT sampled(set);
    Q_EMIT ticked(set.cost + std::chrono::nanoseconds(timer.nsecsElapsed()));
    if (m_refreshWanted) {
        m_refreshWanted = false;
        tick();
    } else if (m_started && !m_paused) {
        arm();
    }
}

void Monitor::arm()
{
    const std::chrono::milliseconds since(m_sinceTick.isValid() ? m_sinceTick.elapsed() : 0);
    m_timer.start(std::max(m_interval - since, std::chrono::milliseconds(0)));
}

} // namespace procession
