// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/processtree.h"
#include "core/workerstatus.h"

#include <QList>

#include <chrono>
#include <optional>
#include <unordered_map>

namespace procession {

/// Measures process trees: one pass over /proc per call, summed per root. A tree's CPU time includes its
/// ended and reaped processes, so that a share is right for short-lived children too. One thread at a time;
/// no Qt objects.
class Sampler final
{
public:
    struct Target
    {
        WorkerId id{};
        qint64 keeperPid = 0; ///< the root: everything below it is the worker's tree
        bool unkept = false;  ///< there is no keeper: the root is the worker's own and counts too
    };

    /// Samples of all targets whose keeper exists. The first sample of a run has no CPU share.
    QList<WorkerSample> sample(const QList<Target> &targets, std::chrono::nanoseconds now);
    /// The processes the last sample saw; empty if it had no targets.
    const ProcessTable &processes() const { return m_processes; }

private:
    struct Before
    {
        qint64 keeperPid = 0;
        quint64 startTicks = 0;
        quint64 cpuTicks = 0;
        std::chrono::nanoseconds time{0};
        std::optional<double> cpuPercent;
    };

    ProcessTable m_processes;
    std::unordered_map<quint64, Before> m_before; // by worker
};

} // namespace procession
