// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/rundirectory.h"

#include "core/bootclock.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSet>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace procession {

namespace {

using namespace rundir;

QString tr(const char *text)
{
    return QCoreApplication::translate("RunDirectory", text);
}

class Descriptor final
{
    Q_DISABLE_COPY_MOVE(Descriptor)

public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    operator int() const { return m_fd; }

private:
    int m_fd;
};

QByteArray pathOf(const QString &directory, const char *name)
{
    return QFile::encodeName(directory) + '/' + name;
}

std::optional<StateSlot> newestSlot(int fd)
{
    std::array<StateSlot, 2> slots;
    const ssize_t got = ::pread(fd, slots.data(), sizeof slots, 0);
    std::optional<StateSlot> newest;
    for (size_t i = 0; i < slots.size(); ++i) {
        if (got < ssize_t((i + 1) * slotBytes) || !isValid(slots[i]))
            continue;
        if (!newest || slots[i].sequence > newest->sequence)
            newest = slots[i];
    }
    return newest;
}

bool isOver(Phase phase)
{
    return phase == Phase::Finished || phase == Phase::FailedToStart;
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

QString RunDirectory::create(const QByteArray &spec) const
{
    const auto problem = [this](int error) {
        return tr("The run's folder %1 cannot be written: %2.").arg(m_path, qt_error_string(error));
    };
    if (::mkdir(QFile::encodeName(m_path).constData(), 0700) != 0)
        return problem(errno);
    // Not renamed into place: no keeper looks before it is launched, and a spec cut short has no footer.
    const Descriptor fd(::open(pathOf(m_path, specFile).constData(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd < 0)
        return problem(errno);
    for (qsizetype done = 0; done < spec.size();) {
        const ssize_t written = ::write(fd, spec.constData() + done, size_t(spec.size() - done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return problem(errno);
        done += written;
    }
    return {};
}

QByteArray specBytes(const RunOrder &order)
{
    QByteArray bytes;
    const auto put = [&bytes](const char *key, const QByteArray &value) {
        bytes += key;
        bytes += '=';
        bytes += value;
        bytes += '\0';
    };
    const WorkerSpec &spec = *order.spec;
    bytes += specHeader;
    bytes += '\0';
    put("run", order.runId.toUtf8());
    put("roster", order.rosterId.toUtf8());
    put("worker", QByteArray::number(quint64(order.worker)));
    put("name", spec.name.toUtf8());
    if (!order.bellPath.isEmpty())
        put("bell", QFile::encodeName(order.bellPath));
    for (const QString &argument : spec.command.argv())
        put("arg", QFile::encodeName(argument));
    if (!spec.workingDirectory.isEmpty())
        put("cwd", QFile::encodeName(spec.workingDirectory));
    for (const auto &[key, value] : spec.environment) {
        if (!isSecretName(key))
            put("env", key.toLocal8Bit() + '=' + value.toLocal8Bit());
    }
    put("stop-signal", QByteArray::number(spec.stopSignal));
    put("grace-ms", QByteArray::number(qint64(spec.grace.count())));
    if (order.outputLimit > 0)
        put("out-limit", QByteArray::number(order.outputLimit));
    if (order.fileLimit > 0)
        put("nofile", QByteArray::number(order.fileLimit));
    bytes += specFooter;
    bytes += '\0';
    return bytes;
}

std::optional<StateSlot> RunDirectory::readState() const
{
    const Descriptor fd(
        ::open(pathOf(m_path, stateFile).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return fd < 0 ? std::nullopt : newestSlot(fd);
}

RunFacts RunDirectory::inspect() const
{
    RunFacts facts;
    const auto before = readState();
    if (!before)
        return facts; // a keeper may be about to lock it, and must not find our lock there
    facts.slot = *before;
    facts.sameBoot = QString::fromLatin1(before->bootId) == bootId();
    const Descriptor lock(
        ::open(pathOf(m_path, stateFile).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (lock >= 0 && ::flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        facts.keeper = RunFacts::Keeper::Alive;
        return facts;
    }
    facts.keeper = RunFacts::Keeper::Gone;
    // It may have written its last word between the first read and the lock.
    if (const auto after = readState())
        facts.slot = *after;
    return facts;
}

bool RunDirectory::revoke() const
{
    const Descriptor fd(::open(pathOf(m_path, stateFile).constData(),
                               O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (fd < 0)
        return true; // nor could a keeper
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0 || newestSlot(fd))
        return false;
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
    return ::pwrite(fd, slots.data(), sizeof slots, 0) == ssize_t(sizeof slots);
}

bool RunDirectory::isRevoked(const StateSlot &slot)
{
    return slot.phase == Phase::FailedToStart && slot.stage == Stage::None && slot.error == ECANCELED;
}

bool RunDirectory::send(Verb verb, int argument) const
{
    const Descriptor directory(
        ::open(QFile::encodeName(m_path).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    const Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (directory < 0 || socket < 0)
        return false;
    // By way of the descriptor: a socket address holds 108 bytes, a path may be longer.
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", int(directory),
                  controlSocket);
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return false;
    const rundir::Command command{commandMagic, verb, argument, 0};
    return ::send(socket, &command, sizeof command, MSG_NOSIGNAL) == ssize_t(sizeof command);
}

void RunDirectory::prune(const QString &runsDirectory, const QStringList &inUse, int kept)
{
    const QSet<QString> used(inUse.cbegin(), inUse.cend());
    QDir runs(runsDirectory);
    // Run ids sort by time.
    const QStringList ids = runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name);
    qsizetype tooMany = ids.size() - kept;
    for (const QString &id : ids) {
        if (tooMany <= 0)
            return;
        if (used.contains(id))
            continue;
        const RunDirectory run(runs.filePath(id));
        const auto state = run.readState();
        if (!state || !isOver(state->phase) || run.inspect().keeper == RunFacts::Keeper::Alive)
            continue;
        if (QDir(run.path()).removeRecursively())
            --tooMany;
    }
}

QString startProblem(const StateSlot &slot, const WorkerSpec &spec)
{
    const QString program = spec.command.isEmpty() ? QString() : spec.command.argv().constFirst();
    const QString reason = qt_error_string(slot.error);
    switch (slot.stage) {
    case Stage::WorkingDirectory:
        switch (slot.error) {
        case ENOENT:
            return tr("The working directory %1 does not exist. Create it or set another one.")
                .arg(spec.workingDirectory);
        case ENOTDIR:
            return tr("The working directory %1 is not a folder. Set another one.")
                .arg(spec.workingDirectory);
        case EACCES:
            return tr("The working directory %1 may not be entered. Check its rights.")
                .arg(spec.workingDirectory);
        default:
            return tr("The working directory %1 cannot be entered: %2.").arg(spec.workingDirectory, reason);
        }
    case Stage::Exec:
        switch (slot.error) {
        case ENOENT:
            if (!program.contains(u'/'))
                return tr("“%1” was not found in PATH. Check the spelling or set a full path.").arg(program);
            // exec says ENOENT for a missing interpreter too.
            if (QFileInfo::exists(QDir(spec.workingDirectory).filePath(program)))
                return tr("“%1” exists, but the interpreter in its first line does not. Correct the “#!” "
                          "line.")
                    .arg(program);
            return tr("“%1” does not exist. Check the path.").arg(program);
        case EACCES:
            if (QFileInfo(QDir(spec.workingDirectory).filePath(program)).isDir() && program.contains(u'/'))
                return tr("“%1” is a folder, not a program. Set the program's path.").arg(program);
            return tr("“%1” is not executable. Make it so with “chmod +x”, or name its interpreter.")
                .arg(program);
        case ENOEXEC:
            return tr("“%1” is not a program this machine can run. A script needs a “#!” line.").arg(program);
        case E2BIG:
            return tr(
                "The command or its environment is too long for the system. Put long arguments into a file.");
        default:
            return tr("“%1” could not be executed: %2.").arg(program, reason);
        }
    case Stage::Fork:
        return tr("The system has no room for another process (%1). End some, or raise the limit.")
            .arg(reason);
    case Stage::Output:
        return tr("The output files could not be made: %1. Check the free space and rights.").arg(reason);
    case Stage::Lock:
        return tr("This run is kept by another keeper already.");
    case Stage::Spec:
    case Stage::None:
        break;
    }
    return tr("The run's description could not be read: %1.").arg(reason);
}

} // namespace procession
