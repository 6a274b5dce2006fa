// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runcatalog.h"

#include "core/bootclock.h"
#include "core/descriptor.h"
#include "core/orphanwatch.h"
#include "core/pendingcommand.h"
#include "core/runcontrol.h"
#include "core/rundirectory.h"
#include "core/runfiles.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QSet>
#include <QTimer>

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <utility>

namespace procession {

namespace {

using namespace std::chrono_literals;

// A start takes milliseconds; what has not begun after this long was given up by a window that is gone.
constexpr auto startPatience = 1h;
// How often a keeper that has not confirmed a command is told again, and for how long.
constexpr auto repeatPause = 500ms;
constexpr int mostRepeats = 20;

using IsCancelled = std::function<bool()>;

/// Runs of one worker share its spec where it is the same: ten thousand runs need not hold it as often.
class SpecPool final
{
public:
    void share(RunRecord &record)
    {
        auto &known = m_specs[{record.rosterId, record.status.id}];
        if (known && *known == *record.status.spec)
            record.status.spec = known;
        else
            known = record.status.spec;
    }

private:
    QHash<std::pair<QString, WorkerId>, std::shared_ptr<const WorkerSpec>> m_specs;
};

/// Oldest first.
QList<RunRecord> readOldestFirst(const RunFiles &files)
{
    QList<RunRecord> records;
    SpecPool pool;
    for (const QByteArray &name : files.names()) {
        if (std::optional<RunRecord> record = files.read(name)) {
            pool.share(*record);
            records.append(*std::move(record));
        }
    }
    return records;
}

QDateTime endOf(const RunRecord &record, const QDateTime &made)
{
    const qint64 known = std::max(record.status.endedMs, record.status.startedMs);
    return known > 0 ? QDateTime::fromMSecsSinceEpoch(known, Qt::UTC) : made;
}

/// `records` oldest first.
QStringList pruneRecords(const RunFiles &files, const QList<RunRecord> &records, const RunLimits &limits,
                         const QStringList &inUse, const IsCancelled &isCancelled)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QSet<QString> used(inUse.cbegin(), inUse.cend());
    qint64 count = 0;
    qint64 bytes = 0;
    for (const RunRecord &record : records) {
        if (record.status.state == State::Ended) {
            ++count;
            bytes += record.diskBytes;
        }
    }
    QStringList removed;
    for (const RunRecord &record : records) {
        if (isCancelled())
            return removed;
        const QString &id = record.status.runId;
        const QDateTime made = RunFiles::timeOf(id);
        // What has no name of ours was put here by somebody.
        if (used.contains(id) || !made.isValid())
            continue;
        const bool hasEnded = record.status.state == State::Ended;
        const bool isTooOld =
            limits.days > 0 && endOf(record, made).msecsTo(now) > qint64(limits.days) * 86'400'000;
        const bool goes = hasEnded ? count > limits.count || bytes > limits.bytes || isTooOld
                                   : record.status.state == State::NotStarted &&
                                         made.msecsTo(now) > std::chrono::milliseconds(startPatience).count();
        if (!goes || !files.remove(QFile::encodeName(id)))
            continue;
        removed.append(id);
        if (hasEnded) {
            --count;
            bytes -= record.diskBytes;
        }
    }
    return removed;
}

/// Directories of ours without a spec: a window was killed between two steps.
void removeRemains(const RunFiles &files, const QList<QByteArray> &names, const QSet<QString> &known)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const QByteArray &name : names) {
        const QString id = QFile::decodeName(name);
        const QDateTime made = RunFiles::timeOf(id);
        if (made.isValid() && !known.contains(id) &&
            made.msecsTo(now) > std::chrono::milliseconds(startPatience).count())
            files.removeEmpty(name);
    }
}

QSet<QString> idsOf(const QList<RunRecord> &records)
{
    QSet<QString> ids;
    ids.reserve(records.size());
    for (const RunRecord &record : records)
        ids.insert(record.status.runId);
    return ids;
}

} // namespace

/// Does the work, in the catalog's thread. The last serial of each kind of request is set by the GUI thread:
/// a request that is not the last is given up between two runs.
class RunCatalog::Reader final : public QObject
{
public:
    Reader(RunCatalog *catalog, const Paths &paths)
        : m_catalog(catalog)
        , m_paths(paths)
    {
    }

    std::atomic_int workerSerial = 0;
    std::atomic_int othersSerial = 0;
    std::atomic_bool closing = false;

    QString runsDirectory() const { return m_paths.runsDirectory(); } // constant: any thread

    void readWorker(int serial, const QString &rosterId, WorkerId worker)
    {
        const auto isVoid = [this, serial] { return closing || serial != workerSerial; };
        const auto all = scan(isVoid);
        if (!all)
            return;
        QList<RunRecord> runs;
        for (auto record = all->crbegin(); record != all->crend(); ++record) {
            if (record->rosterId == rosterId && record->status.id == worker)
                runs.append(*record);
        }
        answer([this, serial, rosterId, worker, runs] {
            if (serial == workerSerial)
                Q_EMIT m_catalog->workerRuns(rosterId, worker, runs);
        });
    }

    void readOthers(int serial)
    {
        const auto isVoid = [this, serial] { return closing || serial != othersSerial; };
        const auto all = scan(isVoid);
        if (!all)
            return;
        QHash<QString, bool> open;
        QList<RunRecord> alive;
        QList<RunRecord> over;
        for (auto record = all->crbegin(); record != all->crend(); ++record) {
            const QString &roster = record->rosterId;
            auto known = open.constFind(roster);
            if (known == open.constEnd())
                known = open.insert(roster, isOpen(roster));
            if (!*known)
                (isAlive(record->status.state) ? alive : over).append(*record);
        }
        answer([this, serial, runs = alive + over] {
            if (serial == othersSerial)
                Q_EMIT m_catalog->otherRuns(runs);
        });
    }

    void remove(const QStringList &runIds)
    {
        const RunFiles files(m_paths.runsDirectory());
        QStringList gone;
        for (const QString &id : runIds) {
            if (closing)
                return;
            if (files.remove(QFile::encodeName(id)))
                gone.append(id);
        }
        answer([this, gone] { Q_EMIT m_catalog->removed(gone); });
    }

    void prune(const RunLimits &limits, const QStringList &inUse)
    {
        const auto isVoid = [this] { return closing.load(); };
        const auto all = scan(isVoid);
        if (!all)
            return;
        const RunFiles files(m_paths.runsDirectory());
        const QStringList gone = pruneRecords(files, *all, limits, inUse, isVoid);
        removeRemains(files, files.names(), idsOf(*all));
        if (gone.isEmpty())
            return;
        count(*all, gone);
        answer([this, gone] { Q_EMIT m_catalog->removed(gone); });
    }

    void stop(const QString &runId, rundir::Verb verb)
    {
        m_commands.insert(runId, {verb, 0});
        tell();
    }

private:
    struct Told
    {
        rundir::Verb verb;
        int times;
    };

    void answer(std::function<void()> emission)
    {
        QMetaObject::invokeMethod(m_catalog, std::move(emission), Qt::QueuedConnection);
    }

    /// Tells what these take that are not gone.
    void count(const QList<RunRecord> &records, const QStringList &gone)
    {
        const QSet<QString> left(gone.cbegin(), gone.cend());
        qint64 bytes = 0;
        for (const RunRecord &record : records)
            bytes += left.contains(record.status.runId) ? 0 : record.diskBytes;
        answer([this, bytes] { Q_EMIT m_catalog->counted(bytes); });
    }

    /// All runs, oldest first; nullopt if given up. What has ended is read once.
    std::optional<QList<RunRecord>> scan(const IsCancelled &isVoid)
    {
        const RunFiles files(m_paths.runsDirectory());
        const QList<QByteArray> names = files.names();
        QList<RunRecord> records;
        records.reserve(names.size());
        QSet<QByteArray> present;
        present.reserve(names.size());
        SpecPool pool;
        for (const QByteArray &name : names) {
            if (isVoid())
                return std::nullopt;
            present.insert(name);
            if (const auto known = m_over.constFind(name); known != m_over.constEnd()) {
                records.append(*known);
                continue;
            }
            std::optional<RunRecord> record = files.read(name);
            if (!record)
                continue;
            pool.share(*record);
            if (record->status.state == State::Ended)
                m_over.insert(name, *record);
            records.append(*std::move(record));
        }
        m_over.removeIf([&present](const auto &entry) { return !present.contains(entry.key()); });
        count(records, {});
        return records;
    }

    /// True if a window or `procession run` has this roster open.
    bool isOpen(const QString &rosterId) const
    {
        if (rosterId.isEmpty() || rosterId.startsWith(u'.') || rosterId.contains(u'/'))
            return false;
        const QString path = m_paths.rosterDirectory(rosterId) + u"/lock";
        const Descriptor lock(
            ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        return lock >= 0 && ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    }

    /// Sends what is not confirmed yet, and comes back for as long as something is not.
    void tell()
    {
        const RunFiles files(m_paths.runsDirectory());
        for (auto command = m_commands.begin(); command != m_commands.end();) {
            const std::optional<RunRecord> record = files.read(QFile::encodeName(command.key()));
            if (!record || !isAlive(record->status.state) || command->times++ >= mostRepeats) {
                command = m_commands.erase(command);
                continue;
            }
            if (record->status.keeperGone)
                endOrphans(record->status, command->verb);
            const auto slot = RunDirectory(record->status.runDirectory).readState();
            if (record->status.keeperGone || (slot && isConfirmed(command->verb, *slot))) {
                command = m_commands.erase(command);
                continue;
            }
            RunControl(record->status.runDirectory).send(command->verb, -1);
            ++command;
        }
        if (!m_commands.isEmpty())
            QTimer::singleShot(repeatPause, this, &Reader::tell);
    }

    /// Does what its keeper would have done, as far as the processes can still be told.
    void endOrphans(const WorkerStatus &status, rundir::Verb verb)
    {
        if (!m_orphans)
            m_orphans = std::make_unique<OrphanWatch>(); // here, as it belongs to this thread
        const auto slot = RunDirectory(status.runDirectory).readState().value_or(rundir::StateSlot{});
        const bool isKill = verb == rundir::Verb::Kill;
        m_orphans->watch({status.runId, slot.mainPid, slot.mainStartTicks});
        m_orphans->end(status.runId, status.spec->stopSignal,
                       isKill ? bootNow() : bootNow() + status.spec->grace);
    }

    RunCatalog *const m_catalog;
    const Paths m_paths;
    QHash<QByteArray, RunRecord> m_over;
    QHash<QString, Told> m_commands;
    std::unique_ptr<OrphanWatch> m_orphans; // of runs whose keeper is gone
};

RunCatalog::RunCatalog(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_reader(new Reader(this, paths))
{
    m_thread.setObjectName(QStringLiteral("runs"));
    m_reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_reader, &QObject::deleteLater);
    m_thread.start();
}

RunCatalog::~RunCatalog()
{
    m_reader->closing = true;
    m_thread.quit();
    m_thread.wait();
}

QString RunCatalog::runsDirectory() const
{
    return m_reader->runsDirectory();
}

void RunCatalog::requestWorker(const QString &rosterId, WorkerId worker)
{
    const int serial = ++m_reader->workerSerial;
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, serial, rosterId, worker] {
        reader->readWorker(serial, rosterId, worker);
    });
}

void RunCatalog::requestOthers()
{
    const int serial = ++m_reader->othersSerial;
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, serial] { reader->readOthers(serial); });
}

void RunCatalog::remove(const QStringList &runIds)
{
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, runIds] { reader->remove(runIds); });
}

void RunCatalog::prune(const RunLimits &limits, const QStringList &inUse)
{
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, limits, inUse] { reader->prune(limits, inUse); });
}

void RunCatalog::stop(const QString &runId, bool kill)
{
    const auto verb = kill ? rundir::Verb::Kill : rundir::Verb::Stop;
    QMetaObject::invokeMethod(m_reader, [reader = m_reader, runId, verb] { reader->stop(runId, verb); });
}

std::optional<RunRecord> RunCatalog::read(const QString &runDirectory)
{
    const QFileInfo info(runDirectory);
    return RunFiles(info.path()).read(QFile::encodeName(info.fileName()));
}

QList<RunRecord> RunCatalog::readAll(const QString &runsDirectory)
{
    QList<RunRecord> records = readOldestFirst(RunFiles(runsDirectory));
    std::reverse(records.begin(), records.end());
    return records;
}

QStringList RunCatalog::pruneNow(const QString &runsDirectory, const RunLimits &limits,
                                 const QStringList &inUse)
{
    const RunFiles files(runsDirectory);
    const QList<RunRecord> records = readOldestFirst(files);
    removeRemains(files, files.names(), idsOf(records));
    return pruneRecords(files, records, limits, inUse, [] { return false; });
}

} // namespace procession
