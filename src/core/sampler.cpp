// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/sampler.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace procession {

namespace {

// A chain of parents longer than this is a race with a reused PID, not a tree.
constexpr int maximumDepth = 4096;

// The kernel counts CPU time in ticks of 10 ms: over less than this a share would be noise.
constexpr std::chrono::milliseconds shortestRate{200};

} // namespace

bool Sampler::readProcess(int procDirectory, const char *pidText, Process &process)
{
    std::array<char, 32> path;
    std::snprintf(path.data(), path.size(), "%.20s/stat", pidText);
    const int fd = ::openat(procDirectory, path.data(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    std::array<char, 1024> text;
    const ssize_t length = ::read(fd, text.data(), text.size() - 1);
    ::close(fd);
    if (length <= 0)
        return false;
    text[size_t(length)] = '\0';
    // The name may hold anything, blanks and parentheses too; the fields start after the last one.
    const char *at = std::strrchr(text.data(), ')');
    if (at == nullptr)
        return false;
    ++at;
    std::array<quint64, 25> fields{}; // by their number in proc(5); 3 (the state) is a letter
    at = std::strchr(at + 1, ' ');
    for (size_t field = 4; field < fields.size() && at != nullptr; ++field) {
        char *end = nullptr;
        fields[field] = std::strtoull(at, &end, 10);
        at = end;
    }
    process.parent = qint64(fields[4]);
    process.cpuTicks = fields[14] + fields[15] + fields[16] + fields[17];
    process.startTicks = fields[22];
    process.residentPages = qint64(fields[24]);
    return true;
}

QList<WorkerSample> Sampler::sample(const QList<Target> &targets, std::chrono::nanoseconds now)
{
    QList<WorkerSample> samples;
    if (targets.isEmpty()) {
        m_before.clear();
        return samples;
    }
    m_processes.clear();
    DIR *proc = ::opendir("/proc");
    if (proc == nullptr)
        return samples;
    const int procDirectory = ::dirfd(proc);
    while (const dirent *entry = ::readdir(proc)) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        Process process;
        if (readProcess(procDirectory, entry->d_name, process))
            m_processes.emplace(std::strtoll(entry->d_name, nullptr, 10), process);
    }
    ::closedir(proc);

    struct Sum
    {
        quint64 cpuTicks = 0;
        qint64 residentPages = 0;
        int processes = 0;
    };
    std::unordered_map<qint64, Sum> sums; // by keeper
    for (const Target &target : targets) {
        if (m_processes.contains(target.keeperPid))
            sums.emplace(target.keeperPid, Sum{});
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
        if (pid != root) {
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
