// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "faultharness.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::faults {

using namespace rundir;

namespace {

QByteArray statOf(pid_t pid)
{
    return contents(QStringLiteral("/proc/%1/stat").arg(pid));
}

/// The fields after the name, which may hold spaces and parentheses itself.
QList<QByteArray> fieldsOf(pid_t pid)
{
    const QByteArray text = statOf(pid);
    return text.mid(text.lastIndexOf(')') + 2).split(' ');
}

std::vector<char *> pointersTo(std::vector<QByteArray> &texts)
{
    std::vector<char *> pointers;
    for (QByteArray &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

int openFor(const QString &file)
{
    return file.isEmpty()
               ? ::open("/dev/null", O_RDWR | O_CLOEXEC)
               : ::open(QFile::encodeName(file).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

} // namespace

bool isLong()
{
    return qEnvironmentVariable("PROCESSION_FAULTS") == QStringLiteral("long");
}

int amount(int small, int large)
{
    return isLong() ? large : small;
}

void tell(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    std::vprintf(format, arguments);
    va_end(arguments);
    std::printf("\n");
    std::fflush(stdout);
}

bool waitUntil(const std::function<bool()> &condition, int ms)
{
    using Clock = std::chrono::steady_clock;
    // What a mutation breaks must not take the whole patience to be seen.
    static const int most = qEnvironmentVariableIntValue("PROCESSION_FAULT_PATIENCE_MS");
    const auto end = Clock::now() + std::chrono::milliseconds(most > 0 ? std::min(ms, most) : ms);
    while (!condition()) {
        if (Clock::now() >= end)
            return condition();
        passTime(1000);
    }
    return true;
}

void passTime(int microseconds)
{
    const timespec time{microseconds / 1'000'000, (microseconds % 1'000'000) * 1000L};
    ::ppoll(nullptr, 0, &time, nullptr);
}

std::mt19937 &chance()
{
    static std::mt19937 generator = [] {
        bool given = false;
        unsigned seed = qEnvironmentVariable("PROCESSION_FAULT_SEED").toUInt(&given);
        if (!given)
            seed = std::random_device()();
        tell("random seed %u (set PROCESSION_FAULT_SEED to have it again)", seed);
        return std::mt19937(seed);
    }();
    return generator;
}

int chanceBelow(int bound)
{
    return bound <= 1 ? 0 : std::uniform_int_distribution<int>(0, bound - 1)(chance());
}

Harness::Harness()
{
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    m_runsDirectory = m_directory.filePath(QStringLiteral("runs"));
    QDir().mkpath(m_runsDirectory);
    m_marker = QStringLiteral("f%1").arg(::getpid());
    m_descriptors = countDescriptors();
}

Harness::~Harness()
{
    // What is killed may have children that come to us only then.
    for (int round = 0; round < 1000; ++round) {
        const QList<pid_t> below = descendants(::getpid());
        if (below.isEmpty())
            break;
        for (const pid_t pid : below)
            ::kill(pid, SIGKILL);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        passTime(1000);
    }
    // A name that is no UTF-8 is beyond QTemporaryDir.
    std::error_code ignored;
    std::filesystem::remove_all(QFile::encodeName(m_directory.path()).toStdString(), ignored);
}

QString Harness::keeper()
{
    return qEnvironmentVariable("PROCESSION_TEST_KEEPER",
                                QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper"));
}

QString Harness::worker()
{
    return QStringLiteral(PROCESSION_BIN_DIR "/procession-testworker");
}

Run Harness::makeRunOf(const QByteArray &spec)
{
    Run run;
    run.id = QStringLiteral("%1-%2").arg(m_marker).arg(++m_count);
    run.path = m_runsDirectory + u'/' + run.id;
    QDir().mkdir(run.path);
    QFile::setPermissions(run.path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QFile file(run.path + QStringLiteral("/spec"));
    if (file.open(QIODevice::WriteOnly))
        file.write(QByteArray(spec).replace("@RUN@", run.id.toLatin1()));
    m_runs.append(run);
    return run;
}

Run Harness::makeRun(const QStringList &arguments, const QStringList &records)
{
    QStringList all{QString::fromLatin1(specHeader), QStringLiteral("run=@RUN@")};
    for (const QString &argument : arguments)
        all.append(QStringLiteral("arg=") + argument);
    all += records;
    all.append(QString::fromLatin1(specFooter));
    QByteArray spec;
    for (const QString &record : std::as_const(all))
        spec += record.toLocal8Bit() + '\0';
    return makeRunOf(spec);
}

Run Harness::makeWorker(const QStringList &behaviours, const QStringList &records)
{
    return makeRun(
        QStringList{worker(), QStringLiteral("append"), m_directory.filePath(QStringLiteral("started"))} +
            behaviours,
        records);
}

int Harness::startsOf(const Run &run) const
{
    const QList<QByteArray> lines = contents(m_directory.filePath(QStringLiteral("started"))).split('\n');
    return int(lines.count(run.id.toLatin1()));
}

pid_t Harness::spawn(const QStringList &commandLine, const SpawnOptions &options)
{
    std::vector<QByteArray> arguments;
    for (const QString &argument : commandLine)
        arguments.push_back(argument.toLocal8Bit());
    const std::vector<char *> vector = pointersTo(arguments);
    const int output = openFor(options.standardOutput);
    const int error = openFor(options.standardError);
    const int input = openFor({});
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(input, STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(error, STDERR_FILENO);
        for (const QString &variable : options.environment) {
            const QByteArray text = variable.toLocal8Bit();
            const qsizetype sign = text.indexOf('=');
            ::setenv(text.left(sign).constData(), text.mid(sign + 1).constData(), 1);
        }
        if (!options.workingDirectory.isEmpty() &&
            ::chdir(QFile::encodeName(options.workingDirectory).constData()) != 0)
            ::_exit(125);
        if (options.beforeExec && !options.beforeExec())
            ::_exit(125);
        ::execvp(vector[0], vector.data());
        ::_exit(126);
    }
    for (const int file : {output, error, input})
        ::close(file);
    m_ended.remove(child); // of an earlier process with the same number
    m_killed.remove(child);
    return child;
}

void Harness::reap()
{
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
            return;
        const pid_t pid = info.si_pid;
        const QByteArray name = contents(QStringLiteral("/proc/%1/comm").arg(pid)).trimmed();
        int status = 0;
        ::waitpid(pid, &status, 0);
        m_ended[pid] = status;
        // A keeper that dies by a signal nobody sent has crashed.
        if (name == "procession-keep" && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
            !m_killed.contains(pid))
            m_crashes += QStringLiteral("keeper %1 died by signal %2").arg(pid).arg(WTERMSIG(status));
    }
}

bool Harness::hasEnded(pid_t pid)
{
    reap();
    return m_ended.contains(pid);
}

std::optional<int> Harness::wait(pid_t pid)
{
    if (!waitUntil([&] { return hasEnded(pid); }))
        return std::nullopt;
    return m_ended.value(pid);
}

void Harness::kill(pid_t pid, int number)
{
    if (pid <= 0)
        return; // 0 and below would be whole groups
    m_killed.insert(pid);
    ::kill(pid, number);
}

int Harness::launch(const QList<Run> &runs, const SpawnOptions &options)
{
    QStringList line{keeper(), QStringLiteral("--launch")};
    for (const Run &run : runs)
        line += run.path;
    const std::optional<int> status = wait(spawn(line, options));
    return status && WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
}

QList<pid_t> Harness::descendants(pid_t of)
{
    QList<pid_t> found;
    const QStringList tasks =
        QDir(QStringLiteral("/proc/%1/task").arg(of)).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &task : tasks) {
        const QList<QByteArray> children =
            contents(QStringLiteral("/proc/%1/task/%2/children").arg(of).arg(task)).split(' ');
        for (const QByteArray &text : children) {
            if (const pid_t child = text.trimmed().toInt(); child > 0)
                found += descendants(child) << child;
        }
    }
    return found;
}

int Harness::countDescriptors() const
{
    DIR *const directory = ::opendir("/proc/self/fd");
    int count = 0;
    while (directory != nullptr && ::readdir(directory) != nullptr)
        ++count;
    if (directory != nullptr)
        ::closedir(directory);
    return count;
}

QString Harness::leftOver()
{
    const bool empty = waitUntil([this] {
        reap();
        siginfo_t info{};
        return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
    });
    QStringList problems = m_crashes;
    if (!empty) {
        for (const pid_t pid : descendants(::getpid())) {
            problems += QStringLiteral("still there: %1 [%2] %3")
                            .arg(pid)
                            .arg(QLatin1Char(processState(pid)))
                            .arg(QString::fromLocal8Bit(
                                contents(QStringLiteral("/proc/%1/cmdline").arg(pid)).replace('\0', ' ')));
        }
    }
    for (const Run &run : std::as_const(m_runs)) {
        if (isHeld(run))
            problems += QStringLiteral("its lock is held: ") + run.id;
    }
    if (const int now = countDescriptors(); now > m_descriptors)
        problems += QStringLiteral("descriptors of the test: %1 instead of %2").arg(now).arg(m_descriptors);
    return problems.join(u'\n');
}

StateSlot stateOf(const Run &run)
{
    StateSlot newest{};
    const QByteArray bytes = contents(run.path + QStringLiteral("/state"));
    for (qsizetype at = 0; at + qsizetype{slotBytes} <= bytes.size() && at <= qsizetype{slotBytes};
         at += qsizetype{slotBytes}) {
        StateSlot slot{};
        std::memcpy(&slot, bytes.constData() + at, slotBytes);
        if (isValid(slot) && slot.sequence > newest.sequence)
            newest = slot;
    }
    return newest;
}

bool isOver(const Run &run)
{
    const Phase phase = stateOf(run).phase;
    return phase == Phase::Finished || phase == Phase::FailedToStart;
}

bool isHeld(const Run &run)
{
    const int file =
        ::open(QFile::encodeName(run.path + QStringLiteral("/state")).constData(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool held = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(file);
    return held;
}

bool waitForPhase(const Run &run, Phase phase)
{
    return waitUntil([&] { return stateOf(run).phase == phase; });
}

QByteArray contents(const QString &file)
{
    // Not QFile: files of /proc of a process that is just ending fail while being read, of which it would
    // warn.
    const int descriptor = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC);
    QByteArray all;
    char block[65536];
    for (ssize_t count = 0; descriptor >= 0 && (count = ::read(descriptor, block, sizeof block)) > 0;)
        all.append(block, qsizetype(count));
    if (descriptor >= 0)
        ::close(descriptor);
    return all;
}

QByteArray outputOf(const Run &run)
{
    QByteArray all;
    const QStringList names =
        QDir(run.path).entryList({QString::fromLatin1(outputPrefix) + u'*'}, QDir::Files, QDir::Name);
    for (const QString &name : names)
        all += contents(run.path + u'/' + name);
    return all;
}

QByteArray streamOf(const Run &run, uint32_t stream)
{
    const QByteArray output = outputOf(run);
    QByteArray found;
    const QStringList names =
        QDir(run.path).entryList({QString::fromLatin1(indexPrefix) + u'*'}, QDir::Files, QDir::Name);
    for (const QString &name : names) {
        const QByteArray bytes = contents(run.path + u'/' + name);
        IndexRecord record{};
        for (qsizetype at = 0; at + qsizetype{sizeof record} <= bytes.size();
             at += qsizetype{sizeof record}) {
            std::memcpy(&record, bytes.constData() + at, sizeof record);
            if (record.stream == stream)
                found += output.mid(qsizetype(record.offset), record.length);
        }
    }
    return found;
}

int connectTo(const Run &run)
{
    const int directory = ::open(QFile::encodeName(run.path).constData(), O_PATH | O_CLOEXEC);
    if (directory < 0)
        return -1;
    const int control = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", directory, controlSocket);
    const bool good = ::connect(control, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::close(directory);
    if (!good)
        ::close(control);
    return good ? control : -1;
}

bool command(const Run &run, Verb verb, int argument)
{
    const int control = connectTo(run);
    if (control < 0)
        return false;
    const Command packet{commandMagic, verb, argument, 0};
    const bool sent = ::send(control, &packet, sizeof packet, MSG_NOSIGNAL) == ssize_t{sizeof packet};
    ::close(control);
    return sent;
}

int inputOf(const Run &run)
{
    const int control = connectTo(run);
    if (control < 0)
        return -1;
    const timeval limit{30, 0};
    ::setsockopt(control, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const Command packet{commandMagic, Verb::Input, 0, 0};
    int descriptor = -1;
    if (::send(control, &packet, sizeof packet, MSG_NOSIGNAL) == ssize_t{sizeof packet}) {
        char byte = 0;
        iovec part{&byte, 1};
        alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))];
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        if (::recvmsg(control, &message, MSG_CMSG_CLOEXEC) > 0) {
            const cmsghdr *const header = CMSG_FIRSTHDR(&message);
            if (header != nullptr && header->cmsg_type == SCM_RIGHTS)
                std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
        }
    }
    ::close(control);
    return descriptor;
}

QString endOf(const Run &run, int waitStatus, const std::optional<QByteArray> &output)
{
    if (!waitUntil([&] { return isOver(run); }))
        return QStringLiteral("%1 does not end, phase %2").arg(run.id).arg(int(stateOf(run).phase));
    const StateSlot state = stateOf(run);
    if (state.phase != Phase::Finished)
        return QStringLiteral("%1 failed to start, stage %2, error %3")
            .arg(run.id)
            .arg(int(state.stage))
            .arg(state.error);
    if ((state.flags & StatusKnown) == 0)
        return run.id + QStringLiteral(": its exit status is not known");
    if (state.waitStatus != waitStatus)
        return QStringLiteral("%1: wait status %2 instead of %3")
            .arg(run.id)
            .arg(state.waitStatus)
            .arg(waitStatus);
    if (!output)
        return {};
    const QByteArray found = outputOf(run);
    if (found != *output) {
        qsizetype same = 0;
        while (same < std::min(found.size(), output->size()) && found[same] == (*output)[same])
            ++same;
        return QStringLiteral("%1: %2 bytes of output instead of %3, different from byte %4 on")
            .arg(run.id)
            .arg(found.size())
            .arg(output->size())
            .arg(same);
    }
    if (state.outputBytes != uint64_t(output->size()) + state.droppedBytes)
        return QStringLiteral("%1: the state says %2 bytes, there are %3")
            .arg(run.id)
            .arg(state.outputBytes)
            .arg(output->size());
    return {};
}

char processState(pid_t pid)
{
    const QByteArray first = fieldsOf(pid).value(0);
    return first.isEmpty() ? '-' : first[0];
}

pid_t parentOf(pid_t pid)
{
    return fieldsOf(pid).value(1).toInt();
}

long long contextSwitches(pid_t pid)
{
    const QByteArray status = contents(QStringLiteral("/proc/%1/status").arg(pid));
    if (status.isEmpty())
        return -1;
    long long sum = 0;
    for (const QByteArray &line : status.split('\n')) {
        if (line.contains("ctxt_switches"))
            sum += line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
    }
    return sum;
}

} // namespace procession::faults
