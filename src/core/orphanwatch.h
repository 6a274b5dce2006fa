// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runprocesses.h"

#include <QHash>
#include <QMetaType>
#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>

#include <chrono>

namespace procession {

/// What one look at a run's processes told.
struct OrphanNews
{
    int processes = 0;
    bool mainAlive = false;
    bool killed = false; ///< SIGKILL was sent to some
};

/// Watches, and ends, the processes of runs that no keeper answers for, as far as they can be told. Lives in
/// the launch thread; its calls may be made from any, return at once and are carried out in order.
class OrphanWatch final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OrphanWatch)

public:
    OrphanWatch();

    /// Looks for its processes now and then every second until there are none; each time found() says how
    /// many.
    void watch(const RunTrace &trace);
    /// Ends them: `stopSignal` and CONT at once, KILL from `deadline` (CLOCK_BOOTTIME) on, until there are
    /// none. Of a run that is not watched nothing happens.
    void end(const QString &runId, int stopSignal, std::chrono::nanoseconds deadline);
    void forget(const QString &runId);

Q_SIGNALS:
    /// No processes: none are left, and the run is watched no longer.
    void found(const QString &runId, const procession::OrphanNews &news);

private:
    struct Orphans
    {
        RunTrace trace;
        bool ending = false;
        bool killed = false;
        int stopSignal = 0;
        std::chrono::nanoseconds deadline{0};
        QSet<qint64> asked; // PIDs that got the stop signal
    };

    void look();
    static void signalAll(Orphans &orphans, const QList<RunProcess> &processes);

    QHash<QString, Orphans> m_runs;
    QTimer m_timer;
};

} // namespace procession

Q_DECLARE_METATYPE(procession::OrphanNews)
