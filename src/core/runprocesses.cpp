// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runprocesses.h"

#include "core/descriptor.h"
#include "keeper/rundir.h"

#include <QByteArrayView>
#include <QPair>
#include <QSet>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace procession {

namespace {

/// What one process says of itself.
struct Found
{
    RunProcess process;
    qint64 parent = 0;
    QString runId; // empty: of none that is looked for
};

// An environment can be megabytes long; the cookie stands where the keeper put it, which is near its end.
constexpr qsizetype longestEnvironment = 4 << 20;

/// What can be read of the file; `*isRead` becomes false where the lack of it says nothing: no descriptor
/// left, no memory.
QByteArray readAll(int directory, const char *name, qsizetype limit, bool *isRead)
{
    const Descriptor fd(::openat(directory, name, O_RDONLY | O_CLOEXEC));
    QByteArray bytes;
    if (fd < 0) {
        *isRead = *isRead && errno != EMFILE && errno != ENFILE && errno != ENOMEM;
        return bytes;
    }
    constexpr qsizetype step = 4096;
    for (qsizetype done = 0; done < limit;) {
        bytes.resize(done + step);
        const ssize_t got = ::read(fd, bytes.data() + done, size_t(step));
        done += std::max<ssize_t>(got, 0);
        bytes.resize(done);
        if (got <= 0)
            break;
    }
    return bytes;
}

/// The fields of /proc/PID/stat that matter here; nullopt for a process that has ended.
std::optional<Found> parseStat(qint64 pid, const QByteArray &stat)
{
    // The name is in parentheses and may hold anything, parentheses too.
    const qsizetype open = stat.indexOf('(');
    const qsizetype close = stat.lastIndexOf(')');
    if (open < 0 || close < open)
        return std::nullopt;
    const QList<QByteArray> fields = stat.mid(close + 2).split(' '); // the first is field 3
    constexpr int stateField = 3 - 3;
    constexpr int parentField = 4 - 3;
    constexpr int startField = 22 - 3;
    if (fields.size() <= startField || fields.at(stateField) == "Z" || fields.at(stateField) == "X")
        return std::nullopt;
    Found found;
    found.process = {pid, fields.at(startField).toULongLong(),
                     QString::fromLocal8Bit(stat.mid(open + 1, close - open - 1))};
    found.parent = fields.at(parentField).toLongLong();
    return found;
}

QString cookieIn(const QByteArray &environment)
{
    static const QByteArray prefix = QByteArray(rundir::cookieVariable) + '=';
    for (qsizetype at = 0; at < environment.size();) {
        qsizetype end = environment.indexOf('\0', at);
        end = end < 0 ? environment.size() : end;
        const QByteArrayView variable(environment.constData() + at, end - at);
        if (variable.startsWith(prefix))
            return QString::fromLatin1(variable.sliced(prefix.size()));
        at = end + 1;
    }
    return {};
}

/// One pass over /proc.
class Search final
{
public:
    explicit Search(const QList<RunTrace> &traces)
    {
        for (const RunTrace &trace : traces) {
            m_runs.insert(trace.runId);
            if (trace.mainPid > 0) {
                m_mainPids.insert(trace.mainPid);
                m_mains.insert({trace.mainPid, trace.mainStartTicks}, trace.runId);
            }
        }
    }

    /// False if /proc cannot be read.
    bool read()
    {
        const std::unique_ptr<DIR, int (*)(DIR *)> proc(::opendir("/proc"), &::closedir);
        if (!proc)
            return false;
        while (const dirent *entry = ::readdir(proc.get())) {
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
                !readProcess(::dirfd(proc.get()), entry->d_name))
                return false;
        }
        return true;
    }

    QHash<QString, QList<RunProcess>> result()
    {
        addDescendants();
        QHash<QString, QList<RunProcess>> result;
        for (const Found &found : m_found) {
            if (!found.runId.isEmpty())
                result[found.runId].append(found.process);
        }
        return result;
    }

private:
    bool readProcess(int proc, const char *name)
    {
        const qint64 pid = std::atoll(name);
        const Descriptor directory(::openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (directory < 0)
            return errno == ENOENT || errno == ESRCH; // it has ended meanwhile
        struct stat info;
        const bool own = ::fstat(directory, &info) == 0 && info.st_uid == ::geteuid();
        if (pid == ::getpid() || (!own && !m_mainPids.contains(pid)))
            return true;
        bool isRead = true;
        auto found = parseStat(pid, readAll(directory, "stat", 4096, &isRead));
        if (!found)
            return isRead;
        found->runId = m_mains.value({pid, found->process.startTicks});
        if (found->runId.isEmpty() && own) {
            const QString runId = cookieIn(readAll(directory, "environ", longestEnvironment, &isRead));
            if (m_runs.contains(runId))
                found->runId = runId;
        }
        m_found.push_back(*found);
        return isRead;
    }

    // A child is listed before or after its parent, so that a chain takes several rounds.
    void addDescendants()
    {
        QHash<qint64, QString> runs;
        for (const Found &found : m_found) {
            if (!found.runId.isEmpty())
                runs.insert(found.process.pid, found.runId);
        }
        for (bool grown = !runs.isEmpty(); grown;) {
            grown = false;
            for (Found &found : m_found) {
                if (!found.runId.isEmpty())
                    continue;
                found.runId = runs.value(found.parent);
                if (found.runId.isEmpty())
                    continue;
                runs.insert(found.process.pid, found.runId);
                grown = true;
            }
        }
    }

    QSet<QString> m_runs;
    QSet<qint64> m_mainPids;
    QHash<QPair<qint64, quint64>, QString> m_mains;
    std::vector<Found> m_found;
};

} // namespace

std::optional<QHash<QString, QList<RunProcess>>> findRunProcesses(const QList<RunTrace> &traces)
{
    Search search(traces);
    if (!search.read())
        return std::nullopt;
    return search.result();
}

bool signalProcess(const RunProcess &process, int signalNumber)
{
    const Descriptor handle(int(::syscall(SYS_pidfd_open, pid_t(process.pid), 0)));
    if (handle < 0)
        return false;
    // From here on the PID cannot be given to another process unnoticed.
    const Descriptor directory(::open(QByteArray("/proc/" + QByteArray::number(process.pid)).constData(),
                                      O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (directory < 0)
        return false;
    bool isRead = true;
    const auto now = parseStat(process.pid, readAll(directory, "stat", 4096, &isRead));
    if (!now || now->process.startTicks != process.startTicks)
        return false;
    return ::syscall(SYS_pidfd_send_signal, int(handle), signalNumber, nullptr, 0) == 0;
}

} // namespace procession
