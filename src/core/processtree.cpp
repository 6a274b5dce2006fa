// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/processtree.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace procession {

namespace {

bool readStat(int procDirectory, const char *pidText, ProcessStat &process)
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
    const char *name = std::strchr(text.data(), '(');
    const char *at = std::strrchr(text.data(), ')');
    if (name == nullptr || at == nullptr || at[1] == '\0')
        return false;
    const size_t size = std::min(size_t(at - name - 1), process.name.size() - 1);
    std::memcpy(process.name.data(), name + 1, size);
    process.state = at[2];
    std::array<quint64, 25> fields{}; // by their number in proc(5); 3 (the state) is a letter
    at = std::strchr(at + 2, ' ');
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

/// The user a process runs as, if that is somebody else, or an empty string.
QString foreignOwner(qint64 pid)
{
    struct stat about
    {
    };
    const QByteArray path = QByteArrayLiteral("/proc/") + QByteArray::number(pid);
    if (::stat(path.constData(), &about) != 0 || about.st_uid == ::geteuid())
        return {};
    passwd entry{};
    passwd *found = nullptr;
    std::array<char, 4096> buffer;
    if (::getpwuid_r(about.st_uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return QString::fromLocal8Bit(found->pw_name);
    return QString::number(about.st_uid);
}

} // namespace

bool readProcesses(ProcessTable &table)
{
    table.clear();
    DIR *proc = ::opendir("/proc");
    if (proc == nullptr)
        return false;
    const int procDirectory = ::dirfd(proc);
    while (const dirent *entry = ::readdir(proc)) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        ProcessStat process;
        if (readStat(procDirectory, entry->d_name, process))
            table.emplace(std::strtoll(entry->d_name, nullptr, 10), process);
    }
    ::closedir(proc);
    return true;
}

ProcessTree treeOf(const ProcessTable &table, qint64 root, qint64 main)
{
    std::unordered_map<qint64, std::vector<qint64>> children;
    for (const auto &[pid, process] : table)
        children[process.parent].push_back(pid);

    ProcessTree tree;
    std::vector<std::pair<qint64, int>> waiting; // the next one last
    const auto push = [&](const qint64 parent, const int depth) {
        const auto found = children.find(parent);
        if (found == children.end())
            return;
        std::vector<qint64> pids = std::exchange(found->second, {}); // a loop made by a reused PID ends here
        std::sort(pids.begin(), pids.end(), [&table](const qint64 a, const qint64 b) {
            return std::pair(table.at(a).startTicks, a) > std::pair(table.at(b).startTicks, b);
        });
        for (const qint64 pid : pids)
            waiting.emplace_back(pid, depth);
    };
    if (table.contains(root))
        push(root, 0);
    else if (table.contains(main))
        waiting.emplace_back(main, 0);
    while (!waiting.empty()) {
        const auto [pid, depth] = waiting.back();
        waiting.pop_back();
        ++tree.total;
        if (tree.processes.size() < ProcessTree::mostProcesses) {
            const ProcessStat &process = table.at(pid);
            tree.processes.append(
                {pid, depth, QString::fromLocal8Bit(process.name.data()), process.state, foreignOwner(pid)});
        }
        push(pid, depth + 1);
    }
    return tree;
}

} // namespace procession
