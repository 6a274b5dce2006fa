// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/sampler.h"

#include <unistd.h>

#include <algorithm>

namespace procession {

namespace {

// A chain of parents longer than this is a race with a reused PID, not a tree.
constexpr int maximumDepth = 4096;

// The kernel counts CPU time in ticks of 10 ms: over less than this a share would be noise.
constexpr std::chrono::milliseconds shortestRate{200};

} // namespace

QList<WorkerSample> Sampler::sample(const QList<Target> &targets, std::chrono::nanoseconds now)
{
    QList<WorkerSample> samples;
    if (targets.isEmpty()) {
        m_before.clear();
        m_processes.clear();
        return samples;
    }
    if (!readProcesses(m_processes))
        return samples;

    struct Sum
    {
        quint64 cpuTicks = 0;
        qint64 residentPages = 0;
        int processes = 0;
        bool rootCounts = false;
    };
    std::unordered_map<qint64, Sum> sums; // by keeper
    for (const Target &target : targets) {
        if (m_processes.contains(target.keeperPid))
            sums.emplace(target.keeperPid, Sum{.rootCounts = target.unkept});
    }
    for (const auto &[pid, process] : m_processes) {
        qint64 root = pid;
        for (int depth = 0; depth < maximumDepth && root > 1 && !sums.contains(root); ++depth) {
            const auto found = m_processes.find(root);
            root = found == m_processes.end() ? 0 : found->second.parent;
        }
        const auto sum = sums.find(root);
        if (sum == sums.end())
            continue;
        // The keeper's own times hold those of the processes it has reaped, and next to nothing of its own.
        sum->second.cpuTicks += process.cpuTicks;
        if (pid != root || sum->second.rootCounts) {
            sum->second.residentPages += process.residentPages;
            ++sum->second.processes;
        }
    }

    static const long ticksPerSecond = ::sysconf(_SC_CLK_TCK);
    static const long pageBytes = ::sysconf(_SC_PAGESIZE);
    std::unordered_map<quint64, Before> after;
    samples.reserve(targets.size());
    for (const Target &target : targets) {
        const auto sum = sums.find(target.keeperPid);
        if (sum == sums.end())
            continue;
        const quint64 startTicks = m_processes.at(target.keeperPid).startTicks;
        WorkerSample sample;
        sample.id = target.id;
        sample.processes = sum->second.processes;
        if (sum->second.processes > 0)
            sample.memoryBytes = sum->second.residentPages * pageBytes;
        Before next{target.keeperPid, startTicks, sum->second.cpuTicks, now, std::nullopt};
        const auto before = m_before.find(quint64(target.id));
        if (before != m_before.end() && before->second.keeperPid == target.keeperPid &&
            before->second.startTicks == startTicks) {
            if (now - before->second.time < shortestRate) {
                next = before->second;
            } else {
                const double seconds = std::chrono::duration<double>(now - before->second.time).count();
                const quint64 ticks = next.cpuTicks - std::min(next.cpuTicks, before->second.cpuTicks);
                next.cpuPercent = 100.0 * double(ticks) / double(ticksPerSecond) / seconds;
            }
        }
        sample.cpuPercent = next.cpuPercent;
        after.emplace(quint64(target.id), next);
        samples.append(sample);
    }
    m_before = std::move(after);
    return samples;
}

} // namespace procession
