// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/sampler.h"
#include "core/workerstatus.h"

#include <QElapsedTimer>
#include <QObject>
#include <QThread>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>

namespace procession {

/// The polling loop: a QTimer at the person's interval; each tick samples in a thread of its own and hands
/// the result out. The timer is armed again only after the sample came back, so ticks never pile up. GUI
/// thread.
class Monitor final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Monitor)

public:
    static constexpr std::chrono::milliseconds minimumInterval{50};
    static constexpr std::chrono::milliseconds maximumInterval{10'000};

    /// `targets` is asked at each tick for what to sample.
    explicit Monitor(std::function<QList<Sampler::Target>()> targets, QObject *parent = nullptr);
    ~Monitor() override;

    std::chrono::milliseconds interval() const { return m_interval; }
    /// Applies at once (the tick under way is re-timed); brought into the range.
    void setInterval(std::chrono::milliseconds interval);

    bool isPaused() const { return m_paused; }
    /// A paused monitor takes no samples; events still arrive.
    void setPaused(bool paused);

    /// Begins ticking; the first tick comes at once.
    void start();
    /// One tick now, also while paused.
    void refresh();

Q_SIGNALS:
    void sampled(const procession::SampleSet &set);
    /// After everyone took sampled(): what this tick cost (sampler thread plus GUI thread).
    void ticked(std::chrono::nanoseconds cost);
    void intervalChanged(std::chrono::milliseconds interval);
    void pausedChanged(bool paused);

private:
    void tick();
    void deliver(const SampleSet &set);
    void arm();

    std::function<QList<Sampler::Target>()> m_targets;
    std::chrono::milliseconds m_interval{1000};
    bool m_paused = false;
    bool m_started = false;
    bool m_sampling = false;
    bool m_refreshWanted = false;
    QTimer m_timer;
    QElapsedTimer m_sinceTick;
    QThread m_thread;
    std::unique_ptr<Sampler> m_sampler; // used in m_thread only
    QObject *m_hand;                    // lives in m_thread
};

} // namespace procession
