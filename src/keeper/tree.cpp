// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/tree.h"

#include "keeper/pathtext.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr uint64_t forkedButNotExecuted = 0x40; // PF_FORKNOEXEC, of the flags in /proc/PID/stat

using ProcPath = PathText<96>;

ProcPath procPath(const pid_t pid, const char *const name)
{
    ProcPath path;
    path.add("/proc/").add(static_cast<uint64_t>(pid)).add(name);
    return path;
}

/// The number at text, which is moved behind it.
uint64_t takeNumber(const char *&text)
{
    uint64_t number = 0;
    for (; *text >= '0' && *text <= '9'; ++text)
        number = number * 10 + static_cast<uint64_t>(*text - '0');
    return number;
}

const char *skipFields(const char *text, int fields)
{
    for (; fields > 0 && *text != '\0'; --fields) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return text;
}

} // namespace

bool readStat(const pid_t pid, ProcessStat &stat)
{
    const int file = open(procPath(pid, "/stat").text(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    char text[1024];
    const ssize_t count = read(file, text, sizeof(text) - 1);
    close(file);
    if (count <= 0)
        return false;
    text[count] = '\0';
    // The name stands in parentheses and may hold parentheses and spaces itself.
    const char *const name = strrchr(text, ')');
    if (name == nullptr || name[1] != ' ')
        return false;
    const char *field = name + 2;
    stat.state = *field;
    field = skipFields(field, 1);
    stat.parent = static_cast<pid_t>(takeNumber(field));
    field = skipFields(field, 5);
    stat.executed = (takeNumber(field) & forkedButNotExecuted) == 0;
    field = skipFields(field, 13);
    stat.startTicks = takeNumber(field);
    return true;
}

void Tree::readChildren()
{
    m_count = 0;
    const pid_t self = getpid();
    readChildrenOf(self, self);
}

void Tree::readAll()
{
    readChildren();
    for (size_t i = 0; i < m_count; ++i)
        readAllChildrenOf(m_entries[i].pid);
}

uint32_t Tree::alive(const pid_t except) const
{
    uint32_t count = 0;
    for (const Entry &entry : *this) {
        ProcessStat stat;
        if (entry.pid != except && readStat(entry.pid, stat) && stat.state != 'Z' && stat.state != 'X')
            ++count;
    }
    return count;
}

void Tree::readChildrenOf(const pid_t pid, const pid_t thread)
{
    ProcPath path = procPath(pid, "/task/");
    path.add(static_cast<uint64_t>(thread)).add("/children");
    const int file = open(path.text(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    char text[4096];
    pid_t child = 0;
    for (ssize_t count = 0; (count = read(file, text, sizeof(text))) > 0;) {
        for (ssize_t i = 0; i < count; ++i) {
            if (text[i] != ' ') { // a number may go on in the next piece
                child = child * 10 + (text[i] - '0');
                continue;
            }
            if (m_count < capacity)
                m_entries[m_count++] = {child, pid};
            child = 0;
        }
    }
    close(file);
}

void Tree::readAllChildrenOf(const pid_t pid)
{
    const int directory = open(procPath(pid, "/task").text(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return;
    alignas(dirent) char entries[2048];
    for (long count = 0; (count = syscall(SYS_getdents64, directory, entries, sizeof(entries))) > 0;) {
        for (long at = 0; at < count;) {
            const auto *const entry = reinterpret_cast<const dirent *>(entries + at);
            const char *name = entry->d_name;
            if (*name != '.')
                readChildrenOf(pid, static_cast<pid_t>(takeNumber(name)));
            at += entry->d_reclen;
        }
    }
    close(directory);
}

void signalBelow(const Tree::Entry &entry, const int number)
{
    const int process = static_cast<int>(syscall(SYS_pidfd_open, entry.pid, 0u));
    if (process < 0)
        return;
    ProcessStat stat;
    if (readStat(entry.pid, stat) && stat.parent == entry.parent)
        syscall(SYS_pidfd_send_signal, process, number, nullptr, 0u);
    close(process);
}

} // namespace procession::keeper
