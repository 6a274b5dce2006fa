// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QList>

#include <chrono>
#include <unordered_map>
#include <vector>

namespace procession {

/// Measures process trees: one pass over /proc per call, summed per root. Keeps the CPU times of the pass before
/// to tell a rate. Lives on one thread; no Qt objects.
class Sampler final
{
public:
    struct Target
    {
        WorkerId id{};
        qint64 pid = 0;
        QString runDirectory; ///< whose state file is swept in the same pass
    };

    /// Samples of all targets whose root process exists. The first sample of a process has no CPU share.
    QList<WorkerSample> sample(const QList<Target> &targets, std::chrono::nanoseconds now);

private:
    struct Process
    {
        qint64 parent = 0;
        quint64 startTicks = 0;
        quint64 cpuTicks = 0;
        qint64 residentPages = 0;
    };
    struct Before
    {
        quint64 startTicks = 0;
        quint64 cpuTicks = 0;
    };
    bool readProcess(const char *pidText, Process &process);

    std::unordered_map<qint64, Process> m_processes;
    std::unordered_map<qint64, Before> m_before;
    std::chrono::nanoseconds m_beforeTime{0};
    std::vector<char> m_buffer;
};

} // namespace procession
