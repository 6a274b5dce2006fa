// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/processtree.h"
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

    /// From now on treeSampled() tells of this worker's processes: at once, with every tick, and at once
    /// again whenever this is called, also while paused. `mainPid` is where the tree begins if its keeper is
    /// gone; 0: unknown. WorkerId{}: nobody's.
    void watchTree(WorkerId worker, qint64 mainPid);

Q_SIGNALS:
    void sampled(const procession::SampleSet &set);
    /// Of the worker watched; an empty tree if nothing of it was found.
    void treeSampled(const procession::ProcessTree &tree);
    /// After everyone took sampled(): what this tick cost (sampler thread plus GUI thread).
    void ticked(std::chrono::nanoseconds cost);
    void intervalChanged(std::chrono::milliseconds interval);
    void pausedChanged(bool paused);

private:
    struct Watch
    {
        WorkerId worker{};
        qint64 keeperPid = 0;
        qint64 mainPid = 0;
    };
    Watch watch(const QList<Sampler::Target> &targets) const;
    void lookAtTree();
    void tick();
    void deliver(const SampleSet &set);
    void deliver(const ProcessTree &tree);
    void arm();

    std::function<QList<Sampler::Target>()> m_targets;
    std::chrono::milliseconds m_interval{1000};
    bool m_paused = false;
    bool m_started = false;
    bool m_sampling = false;
    bool m_refreshWanted = false;
    WorkerId m_watched{};
    qint64 m_watchedMain = 0;
    bool m_looking = false; ///< a look at the tree is on its way
    bool m_lookAgain = false;
    QTimer m_timer;
    QElapsedTimer m_sinceTick;
    QThread m_thread;
    std::unique_ptr<Sampler> m_sampler; // used in m_thread only
    QObject *m_hand;                    // lives in m_thread
};

} // namespace procession
