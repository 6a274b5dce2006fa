// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

namespace procession::keeper {

/// What /proc/PID/stat tells of a process.
struct ProcessStat
{
    char state = '?';
    pid_t parent = 0;
    uint64_t startTicks = 0;
    bool executed = false; // it is no longer what it was forked from
};
bool readStat(pid_t pid, ProcessStat &stat);

/// The processes below the keeper, as /proc lists them: its own children first, then theirs. The list may
/// omit some (processes come and go while it is read): it shortens the way; only ECHILD proves that nothing
/// is left.
class Tree final
{
public:
    struct Entry
    {
        pid_t pid;
        pid_t parent;
    };

    /// Lists the keeper's own children only.
    void readChildren();
    /// Lists everything below.
    void readAll();

    const Entry *begin() const { return m_entries; }
    const Entry *end() const { return m_entries + m_count; }

    /// Processes listed that still run, except one.
    uint32_t alive(pid_t except) const;

private:
    static constexpr size_t capacity = 4096;

    void readChildrenOf(pid_t pid, pid_t thread);
    void readAllChildrenOf(pid_t pid);

    Entry m_entries[capacity];
    size_t m_count = 0;
};

/// Signals a process below an own child. It is not ours to reap, so its number may be another's by now: it is
/// held by a descriptor and its parent looked up again before.
void signalBelow(const Tree::Entry &entry, int number);

} // namespace procession::keeper
