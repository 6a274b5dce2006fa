// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/rundirectory.h"

#include "core/bootclock.h"
#include "core/descriptor.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace procession {

namespace {

using namespace rundir;

QString tr(const char *text)
{
    return QCoreApplication::translate("RunDirectory", text);
}

QByteArray pathOf(const QString &directory, const char *name)
{
    return QFile::encodeName(directory) + '/' + name;
}

/// What lies in the state file's place, as far as that can be told without opening it.
RunFacts::Record unopened(const QByteArray &path)
{
    struct stat info;
    if (::lstat(path.constData(), &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? RunFacts::Record::None : RunFacts::Record::Unreadable;
    return S_ISREG(info.st_mode) && info.st_uid == ::geteuid() ? RunFacts::Record::Unreadable
                                                               : RunFacts::Record::Foreign;
}

/// Opened for reading, if it is a file of this user's own; else -1, and `*record` says why.
Descriptor openState(const QString &directory, RunFacts::Record *record)
{
    const QByteArray path = pathOf(directory, stateFile);
    // O_NONBLOCK: a FIFO in its place must not make anybody wait.
    Descriptor fd(::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info;
    if (fd < 0) {
        *record = errno == ENOENT ? RunFacts::Record::None : unopened(path);
    } else if (::fstat(fd, &info) != 0) {
        *record = RunFacts::Record::Unreadable;
        fd.reset();
    } else if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid()) {
        *record = RunFacts::Record::Foreign;
        fd.reset();
    } else {
        *record = RunFacts::Record::None;
    }
    return fd;
}

struct StateRecord
{
    RunFacts::Record kind = RunFacts::Record::None;
    StateSlot slot{};
};

StateRecord newestSlot(int fd)
{
    std::array<StateSlot, 2> slots;
    const ssize_t got = ::pread(fd, slots.data(), sizeof slots, 0);
    StateRecord newest;
    if (got < 0) {
        newest.kind = RunFacts::Record::Unreadable;
        return newest;
    }
    const auto *bytes = reinterpret_cast<const char *>(slots.data());
    // A state file is made of zeros, before the first slot is written into it.
    if (std::any_of(bytes, bytes + got, [](char byte) { return byte != 0; }))
        newest.kind = RunFacts::Record::Damaged;
    for (size_t i = 0; i < slots.size(); ++i) {
        if (got < ssize_t((i + 1) * slotBytes))
            break;
        if (isValid(slots[i])) {
            if (newest.kind != RunFacts::Record::Whole || slots[i].sequence > newest.slot.sequence)
                newest = {RunFacts::Record::Whole, slots[i]};
        } else if (newest.kind == RunFacts::Record::Damaged && slots[i].magic == stateMagic &&
                   slots[i].version > stateVersion && slots[i].checksum == checksum(slots[i])) {
            newest.kind = RunFacts::Record::Newer;
        }
    }
    return newest;
}

/// None of a folder of this user's own, and of none at all; else what keeps it from being looked into.
RunFacts::Record lookAtFolder(const QString &directory, bool *isThere)
{
    struct stat info;
    *isThere = ::lstat(QFile::encodeName(directory).constData(), &info) == 0;
    if (!*isThere)
        return errno == ENOENT || errno == ENOTDIR ? RunFacts::Record::None : RunFacts::Record::Unreadable;
    return S_ISDIR(info.st_mode) && info.st_uid == ::geteuid() ? RunFacts::Record::None
                                                               : RunFacts::Record::Foreign;
}

bool isPassing(int error)
{
    return isShortage(error) || error == EIO || error == EINTR;
}

bool isFull(int error)
{
    return error == ENOSPC || error == EDQUOT;
}

} // namespace

RunDirectory::RunDirectory(const QString &path)
    : m_path(path)
{
}

QString RunDirectory::newId()
{
    return QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz-") +
           QStringLiteral("%1").arg(QRandomGenerator::global()->generate(), 8, 16, QLatin1Char('0'));
}

bool RunDirectory::isId(const QString &name)
{
    return !name.isEmpty() && std::all_of(name.cbegin(), name.cend(), [](QChar c) {
        return c == u'-' || c == u'_' || (c.isLetterOrNumber() && c.unicode() < 128);
    });
}

QString RunDirectory::create(const QByteArray &spec, int *error) const
{
    const QByteArray path = QFile::encodeName(m_path);
    const auto problem = [this, error](int number) {
        if (error != nullptr)
            *error = number;
        return tr("The run's folder %1 cannot be written: %2.").arg(m_path, qt_error_string(number));
    };
    if (::mkdir(path.constData(), 0700) != 0)
        return problem(errno);
    // Not renamed into place: no keeper looks before it is launched, and a spec cut short has no footer.
    const QByteArray specPath = pathOf(m_path, specFile);
    const Descriptor fd(
        ::open(specPath.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    int failure = fd < 0 ? errno : 0;
    for (qsizetype done = 0; failure == 0 && done < spec.size();) {
        const ssize_t written = ::write(fd, spec.constData() + done, size_t(spec.size() - done));
        if (written >= 0)
            done += written;
        else if (errno != EINTR)
            failure = errno;
    }
    if (failure == 0)
        return {};
    ::unlink(specPath.constData());
    ::rmdir(path.constData());
    return problem(failure);
}

std::optional<StateSlot> RunDirectory::readState() const
{
    RunFacts::Record record;
    const Descriptor fd = openState(m_path, &record);
    if (fd < 0)
        return std::nullopt;
    const StateRecord newest = newestSlot(fd);
    return newest.kind == RunFacts::Record::Whole ? std::optional(newest.slot) : std::nullopt;
}

RunFacts RunDirectory::inspect() const
{
    RunFacts facts;
    bool isThere = false;
    facts.record = lookAtFolder(m_path, &isThere);
    if (!isThere || facts.record != RunFacts::Record::None)
        return facts;
    const Descriptor fd = openState(m_path, &facts.record);
    if (fd < 0)
        return facts;
    StateRecord newest = newestSlot(fd);
    facts.record = newest.kind;
    if (newest.kind == RunFacts::Record::None || newest.kind == RunFacts::Record::Unreadable)
        return facts; // a keeper may be about to lock it, and must not find our lock there
    if (::flock(fd, LOCK_SH | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            facts.keeper = RunFacts::Keeper::Alive;
        else
            facts.record = RunFacts::Record::Unreadable;
        if (facts.record == RunFacts::Record::Unreadable)
            return facts;
    } else {
        facts.keeper = RunFacts::Keeper::Gone;
        // It may have written its last word between the read and the lock.
        newest = newestSlot(fd);
        facts.record = newest.kind;
        if (newest.kind == RunFacts::Record::Unreadable)
            facts.keeper = RunFacts::Keeper::Unknown;
    }
    facts.slot = newest.slot;
    facts.sameBoot =
        newest.kind != RunFacts::Record::Whole || isThisBoot(QString::fromLatin1(newest.slot.bootId));
    return facts;
}

RunDirectory::Revocation RunDirectory::revoke() const
{
    const QByteArray path = pathOf(m_path, stateFile);
    const QByteArray spec = pathOf(m_path, specFile);
    const Descriptor fd(
        ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (fd < 0) {
        const int error = errno;
        // A shortage may be ours alone: the keeper is another process.
        if (isPassing(error))
            return Revocation::Unknown;
        // A keeper makes its state before it reads the spec: one that has not yet will find none.
        if (isFull(error) && ::unlink(spec.constData()) != 0 && errno != ENOENT)
            return Revocation::Unknown;
        // Nor can a keeper open it, but one may have done so before the rights were taken away.
        return unopened(path) == RunFacts::Record::Unreadable ? Revocation::Unknown : Revocation::Revoked;
    }
    struct stat info;
    if (::fstat(fd, &info) != 0)
        return Revocation::Unknown;
    if (!S_ISREG(info.st_mode))
        return Revocation::Refused;
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? Revocation::Refused : Revocation::Unknown;
    if (const RunFacts::Record record = newestSlot(fd).kind; record != RunFacts::Record::None)
        return record == RunFacts::Record::Unreadable ? Revocation::Unknown : Revocation::Refused;
    // A keeper that comes late finds a run that is over, and leaves it alone.
    StateSlot slot{};
    slot.magic = stateMagic;
    slot.version = stateVersion;
    slot.sequence = 1;
    slot.phase = Phase::FailedToStart;
    slot.error = ECANCELED;
    qstrncpy(slot.bootId, bootId().toLatin1().constData(), sizeof slot.bootId);
    slot.checksum = checksum(slot);
    const std::array<StateSlot, 2> slots{StateSlot{}, slot};
    if (::pwrite(fd, slots.data(), sizeof slots, 0) == ssize_t(sizeof slots))
        return Revocation::Revoked;
    // Or it finds nothing to start. It cannot have read the spec: it takes the lock, which is ours, before.
    if (::unlink(spec.constData()) != 0 && errno != ENOENT)
        return Revocation::Unknown;
    ::unlink(path.constData());
    ::rmdir(QFile::encodeName(m_path).constData());
    return Revocation::Revoked;
}

bool RunDirectory::isRevoked(const StateSlot &slot)
{
    return slot.phase == Phase::FailedToStart && slot.stage == Stage::None && slot.error == ECANCELED;
}

} // namespace procession
