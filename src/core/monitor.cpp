// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/monitor.h"

#include "core/bootclock.h"

#include <algorithm>
#include <utility>

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

void Monitor::watchTree(WorkerId worker, qint64 mainPid)
{
    m_watched = worker;
    m_watchedMain = mainPid;
    if (worker == WorkerId{})
        return;
    if (m_looking)
        m_lookAgain = true; // the look under way may be older than what it is asked for
    else
        lookAtTree();
}

Monitor::Watch Monitor::watch(const QList<Sampler::Target> &targets) const
{
    Watch watch{m_watched, 0, m_watchedMain};
    const auto found = std::find_if(targets.cbegin(), targets.cend(),
                                    [this](const Sampler::Target &target) { return target.id == m_watched; });
    if (found != targets.cend() && found->unkept)
        watch.mainPid = found->keeperPid;
    else if (found != targets.cend())
        watch.keeperPid = found->keeperPid;
    return watch;
}

void Monitor::lookAtTree()
{
    m_looking = true;
    QMetaObject::invokeMethod(
        m_hand,
        [this, watch = watch(m_targets())] {
            ProcessTable table;
            readProcesses(table);
            ProcessTree tree = treeOf(table, watch.keeperPid, watch.mainPid);
            tree.worker = watch.worker;
            QMetaObject::invokeMethod(
                this,
                [this, tree] {
                    m_looking = false;
                    deliver(tree);
                    if (std::exchange(m_lookAgain, false) && m_watched != WorkerId{})
                        lookAtTree();
                },
                Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

void Monitor::deliver(const ProcessTree &tree)
{
    // Somebody else may be watched by now.
    if (tree.worker != WorkerId{} && tree.worker == m_watched)
        Q_EMIT treeSampled(tree);
}

void Monitor::tick()
{
    m_sampling = true;
    m_sinceTick.start();
    const QList<Sampler::Target> targets = m_targets();
    QMetaObject::invokeMethod(
        m_hand,
        [this, targets, watch = watch(targets)] {
            QElapsedTimer timer;
            timer.start();
            SampleSet set;
            set.now = bootNow();
            set.samples = m_sampler->sample(targets, set.now);
            ProcessTree tree;
            if (watch.worker != WorkerId{}) {
                ProcessTable table; // where nobody has a keeper left the sampler did not look
                if (m_sampler->processes().empty())
                    readProcesses(table);
                tree = treeOf(table.empty() ? m_sampler->processes() : table, watch.keeperPid, watch.mainPid);
                tree.worker = watch.worker;
            }
            set.cost = std::chrono::nanoseconds(timer.nsecsElapsed());
            QMetaObject::invokeMethod(
                this,
                [this, set, tree] {
                    deliver(set);
                    deliver(tree);
                },
                Qt::QueuedConnection);
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
