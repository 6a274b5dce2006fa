// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runfiles.h"

#include "core/bootclock.h"
#include "core/descriptor.h"
#include "core/runspec.h"
#include "core/runstatus.h"

#include <QCoreApplication>
#include <QFile>
#include <QTimeZone>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace procession {

namespace {

using rundir::Phase;
using rundir::StateSlot;

QString tr(const char *text)
{
    return QCoreApplication::translate("RunFiles", text);
}

/// A plain file of this directory; opening neither follows a link nor waits on a FIFO.
Descriptor openPlain(int directory, const char *name, struct stat &about)
{
    Descriptor file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file >= 0 && (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)))
        return {};
    return file;
}

std::optional<QByteArray> readSpec(int directory)
{
    struct stat about
    {
    };
    const Descriptor file = openPlain(directory, rundir::specFile, about);
    if (file < 0 || about.st_size > off_t(rundir::maximumSpecBytes))
        return std::nullopt;
    QByteArray bytes(about.st_size, Qt::Uninitialized);
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(file, bytes.data() + done, size_t(bytes.size() - done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += got;
    }
    bytes.truncate(done);
    return bytes;
}

/// The `state` file as one look found it.
struct StateFile
{
    bool written = false;    ///< a keeper has begun with it
    bool newer = false;      ///< its format is a later version's
    bool unreadable = false; ///< not now, that is; the rest says nothing then
    std::optional<StateSlot> slot;
    bool held = false; ///< known if the slot does not say that the run is over
};

bool isOver(Phase phase)
{
    return phase == Phase::Finished || phase == Phase::FailedToStart;
}

void readSlots(int file, StateFile &state)
{
    std::array<StateSlot, 2> slots{};
    const ssize_t got = ::pread(file, slots.data(), sizeof slots, 0);
    state.unreadable = got < 0;
    if (state.unreadable)
        return;
    const auto *bytes = reinterpret_cast<const char *>(slots.data());
    // It may be made of zeros before the first slot is written.
    state.written = std::any_of(bytes, bytes + got, [](char c) { return c != 0; });
    for (size_t i = 0; i < slots.size() && got >= ssize_t((i + 1) * rundir::slotBytes); ++i) {
        const StateSlot &slot = slots[i];
        state.newer |= slot.magic == rundir::stateMagic && slot.version > rundir::stateVersion;
        const bool isKnown = slot.phase != Phase::None && slot.phase <= Phase::FailedToStart;
        if (isKnown && rundir::isValid(slot) && (!state.slot || slot.sequence > state.slot->sequence))
            state.slot = slot;
    }
}

StateFile readState(int directory)
{
    StateFile state;
    struct stat about
    {
    };
    const Descriptor file = openPlain(directory, rundir::stateFile, about);
    if (file < 0) {
        // What is there but no file cannot be a keeper's.
        state.written = ::fstatat(directory, rundir::stateFile, &about, AT_SYMLINK_NOFOLLOW) == 0;
        // A shortage of descriptors, say.
        state.unreadable = state.written ? S_ISREG(about.st_mode) : errno != ENOENT;
        return state;
    }
    readSlots(file, state);
    // A keeper that has not written yet may be about to lock it, and must not find our lock there.
    if (!state.written || state.unreadable)
        return state;
    if (state.slot && isOver(state.slot->phase))
        return state;
    state.held = ::flock(file, LOCK_SH | LOCK_NB) != 0;
    state.unreadable = state.held && errno != EWOULDBLOCK;
    // It may have written its last word between the first read and the lock.
    if (!state.held)
        readSlots(file, state);
    return state;
}

qint64 diskBytes(DIR *directory)
{
    qint64 blocks = 0;
    while (const dirent *entry = ::readdir(directory)) {
        struct stat about
        {
        };
        if (entry->d_name[0] != '.' &&
            ::fstatat(::dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0)
            blocks += about.st_blocks;
    }
    constexpr qint64 blockBytes = 512;
    return blocks * blockBytes;
}

/// What is shown of a run whose state has no valid slot.
void takeDamaged(WorkerStatus &status, const StateFile &state)
{
    if (state.held) {
        status.state = State::Running;
        status.problem = state.newer ? tr("It is kept by a newer version of Procession; this one cannot read "
                                          "how it does.")
                                     : tr("Its state file is damaged; its keeper still keeps it.");
        return;
    }
    status.state = State::Ended;
    status.outcome = Outcome::Lost;
    status.problem = state.newer
                         ? tr("It was kept by a newer version of Procession; this one cannot read how it "
                              "ended.")
                         : tr("Its state file is damaged; how the worker ended is not known.");
}

void takeState(WorkerStatus &status, const StateFile &state)
{
    if (state.unreadable) {
        // Nothing is done to what may be alive.
        status.state = State::Running;
        status.problem = tr("Its state cannot be read now, so whether it runs is not known.");
        return;
    }
    if (!state.written) {
        status.state = State::NotStarted;
        status.problem = tr("It was prepared, but its start has not begun.");
        return;
    }
    if (!state.slot) {
        takeDamaged(status, state);
        return;
    }
    RunFacts facts;
    facts.slot = *state.slot;
    facts.keeper = state.held ? RunFacts::Keeper::Alive : RunFacts::Keeper::Gone;
    const QByteArray boot(facts.slot.bootId, qstrnlen(facts.slot.bootId, sizeof facts.slot.bootId));
    facts.sameBoot = isThisBoot(QString::fromLatin1(boot));
    takeRun(status, facts);
}

/// Owns an open directory stream.
class Listing final
{
    Q_DISABLE_COPY_MOVE(Listing)

public:
    /// The directory `name` below `parent`, if it is one of this user's and no link.
    Listing(int parent, const char *name)
    {
        const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        struct stat about
        {
        };
        if (fd >= 0 && ::fstat(fd, &about) == 0 && about.st_uid == ::geteuid())
            m_stream = ::fdopendir(fd);
        if (fd >= 0 && m_stream == nullptr)
            ::close(fd);
    }
    ~Listing()
    {
        if (m_stream != nullptr)
            ::closedir(m_stream);
    }

    DIR *stream() const { return m_stream; }
    int fd() const { return ::dirfd(m_stream); }

private:
    DIR *m_stream = nullptr;
};

bool isSegment(const QByteArray &name)
{
    return name.startsWith(rundir::outputPrefix) || name.startsWith(rundir::indexPrefix);
}

bool exists(int directory, const char *name)
{
    struct stat about
    {
    };
    return ::fstatat(directory, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
}

} // namespace

RunFiles::RunFiles(const QString &runsDirectory)
    : m_path(runsDirectory)
    , m_runs(::open(QFile::encodeName(runsDirectory).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
{
}

RunFiles::~RunFiles()
{
    if (m_runs >= 0)
        ::close(m_runs);
}

QList<QByteArray> RunFiles::names() const
{
    QList<QByteArray> found;
    const Listing listing(m_runs, ".");
    if (listing.stream() == nullptr)
        return found;
    while (const dirent *entry = ::readdir(listing.stream())) {
        const bool mayBe = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
        if (mayBe && entry->d_name[0] != '.')
            found.append(entry->d_name);
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<RunRecord> RunFiles::read(const QByteArray &name) const
{
    if (m_runs < 0 || name.isEmpty() || name.startsWith('.') || name.contains('/'))
        return std::nullopt;
    const Listing run(m_runs, name.constData());
    if (run.stream() == nullptr)
        return std::nullopt;
    const std::optional<QByteArray> bytes = readSpec(run.fd());
    const StateFile state = readState(run.fd());
    if (!bytes && !state.written && !exists(run.fd(), rundir::specFile))
        return std::nullopt;

    RunRecord record;
    WorkerStatus &status = record.status;
    auto parsed = bytes ? parseRunSpec(*bytes) : std::nullopt;
    if (parsed) {
        status.id = parsed->worker;
        record.rosterId = parsed->rosterId;
        record.projectFile = parsed->projectFile;
    } else {
        parsed.emplace();
        parsed->spec.name = QFile::decodeName(name);
    }
    const bool isDamaged = parsed->spec.command.isEmpty();
    status.spec = std::make_shared<const WorkerSpec>(std::move(parsed->spec));
    status.runId = QFile::decodeName(name);
    status.runDirectory = m_path + u'/' + status.runId;
    takeState(status, state);
    if (isDamaged && status.problem.isEmpty())
        status.problem = tr("Its spec file is damaged; what was run is not known.");
    record.diskBytes = diskBytes(run.stream());
    return record;
}

bool RunFiles::remove(const QByteArray &name) const
{
    if (m_runs < 0 || name.isEmpty() || name.startsWith('.') || name.contains('/'))
        return false;
    const Listing run(m_runs, name.constData());
    if (run.stream() == nullptr)
        return false;
    QList<QByteArray> segments;
    while (const dirent *entry = ::readdir(run.stream())) {
        const QByteArray file(entry->d_name);
        if (file == "." || file == "..")
            continue;
        if (isSegment(file))
            segments.append(file);
        else if (file != rundir::specFile && file != rundir::stateFile && file != rundir::controlSocket)
            return false;
    }
    struct stat about
    {
    };
    const Descriptor lock = openPlain(run.fd(), rundir::stateFile, about);
    StateFile state;
    if (lock >= 0)
        readSlots(lock, state);
    else
        state = readState(run.fd());
    if (state.unreadable)
        return false;
    if (lock >= 0 && state.written) {
        if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
            return false;
        readSlots(lock, state);
        WorkerStatus status;
        status.spec = std::make_shared<const WorkerSpec>();
        takeState(status, state);
        if (status.state != State::Ended)
            return false;
    } else if (lock >= 0 || !exists(run.fd(), rundir::stateFile)) {
        const RunDirectory directory(m_path + u'/' + QFile::decodeName(name));
        if (directory.revoke() != RunDirectory::Revocation::Revoked)
            return false; // its start begins just now, for all that is known
    }
    // The state goes last: what is left before is a run that has ended.
    for (const QByteArray &file : std::as_const(segments))
        ::unlinkat(run.fd(), file.constData(), 0);
    for (const char *file : {rundir::controlSocket, rundir::specFile, rundir::stateFile})
        ::unlinkat(run.fd(), file, 0);
    return ::unlinkat(m_runs, name.constData(), AT_REMOVEDIR) == 0 || errno == ENOENT;
}

void RunFiles::removeEmpty(const QByteArray &name) const
{
    ::unlinkat(m_runs, name.constData(), AT_REMOVEDIR);
}

QDateTime RunFiles::timeOf(const QString &runId)
{
    constexpr qsizetype timeLength = 19; // yyyyMMdd-HHmmss-zzz
    constexpr qsizetype idLength = timeLength + 1 + 8;
    if (runId.size() != idLength || runId.at(timeLength) != u'-')
        return {};
    const bool isHex = std::all_of(runId.cbegin() + timeLength + 1, runId.cend(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
    });
    QDateTime time = QDateTime::fromString(runId.first(timeLength), QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    time.setTimeSpec(Qt::UTC);
    return isHex ? time : QDateTime();
}

} // namespace procession
