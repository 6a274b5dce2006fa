// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/rundir.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace procession::rundir;

namespace {

// A mutation test gives us a broken one.
const QString keeperProgram =
    qEnvironmentVariable("PROCESSION_TEST_KEEPER", QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper"));
const QString testWorker = QStringLiteral(PROCESSION_BIN_DIR "/procession-testworker");
constexpr int patience = 30'000; // ms; reached only when something is wrong

struct Run
{
    QString id;
    QString path;
};

struct Launch
{
    int exitCode;
    QString errors;
};

/// Processes that carry the cookie of one of this test program's runs, or keep one.
QStringList leftOvers()
{
    const QByteArray prefix = "t" + QByteArray::number(getpid()) + "-";
    const QByteArray cookie = QByteArray(cookieVariable) + "=" + prefix;
    const QByteArray name = QByteArray("procession-keeper\0", 18) + prefix;
    QStringList found;
    const QStringList numbers = QDir(QStringLiteral("/proc"))
                                    .entryList({QStringLiteral("[1-9]*")}, QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &number : numbers) {
        QFile environment(QStringLiteral("/proc/%1/environ").arg(number));
        QFile commandLine(QStringLiteral("/proc/%1/cmdline").arg(number));
        const bool worker = environment.open(QIODevice::ReadOnly) && environment.readAll().contains(cookie);
        const bool keeper = commandLine.open(QIODevice::ReadOnly) && commandLine.readAll().startsWith(name);
        if (worker || keeper)
            found.append(number);
    }
    return found;
}

char processState(const int pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return '-';
    const QByteArray text = file.readAll();
    const qsizetype name = text.lastIndexOf(')');
    return name > 0 && name + 2 < text.size() ? text[name + 2] : '-';
}

StateSlot stateOf(const Run &run)
{
    StateSlot newest{};
    QFile file(run.path + QStringLiteral("/state"));
    if (!file.open(QIODevice::ReadOnly))
        return newest;
    const QByteArray bytes = file.readAll();
    for (qsizetype at = 0; at + qsizetype{slotBytes} <= bytes.size(); at += qsizetype{slotBytes}) {
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

QStringList segments(const Run &run, const char *prefix)
{
    return QDir(run.path).entryList({QString::fromLatin1(prefix) + QLatin1Char('*')}, QDir::Files,
                                    QDir::Name);
}

QByteArray contents(const Run &run, const QString &name)
{
    QFile file(run.path + QLatin1Char('/') + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray outputOf(const Run &run)
{
    QByteArray all;
    for (const QString &name : segments(run, outputPrefix))
        all += contents(run, name);
    return all;
}

std::vector<IndexRecord> indexOf(const Run &run)
{
    std::vector<IndexRecord> records;
    for (const QString &name : segments(run, indexPrefix)) {
        const QByteArray bytes = contents(run, name);
        const qsizetype count = bytes.size() / qsizetype{sizeof(IndexRecord)};
        for (qsizetype i = 0; i < count; ++i) {
            IndexRecord record{};
            std::memcpy(&record, bytes.constData() + i * qsizetype{sizeof(record)}, sizeof(record));
            records.push_back(record);
        }
    }
    return records;
}

bool command(const Run &run, const Verb verb, const int argument = -1)
{
    const int directory = ::open(QFile::encodeName(run.path).constData(), O_PATH | O_CLOEXEC);
    const int control = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray route = "/proc/self/fd/" + QByteArray::number(directory) + "/ctl";
    std::memcpy(address.sun_path, route.constData(), static_cast<size_t>(route.size()));
    const Command packet{commandMagic, verb, argument, 0};
    const bool sent =
        ::connect(control, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) == 0 &&
        ::send(control, &packet, sizeof(packet), MSG_NOSIGNAL) == ssize_t{sizeof(packet)};
    ::close(control);
    ::close(directory);
    return sent;
}

/// What the operating system itself says of the same program, without a keeper.
int waitStatusWithoutKeeper(const QStringList &arguments)
{
    std::vector<QByteArray> texts;
    for (const QString &argument : arguments)
        texts.push_back(argument.toLocal8Bit());
    std::vector<char *> vector;
    for (QByteArray &text : texts)
        vector.push_back(text.data());
    vector.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        execv(vector[0], vector.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

/// A datagram socket as a window has it.
class Bell final
{
public:
    explicit Bell(const QString &path)
        : m_socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        const QByteArray here = QFile::encodeName(QFileInfo(path).path());
        const int directory = ::open(here.constData(), O_PATH | O_CLOEXEC);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const QByteArray route = "/proc/self/fd/" + QByteArray::number(directory) + "/bell";
        std::memcpy(address.sun_path, route.constData(), static_cast<size_t>(route.size()));
        m_good = ::bind(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) == 0;
        ::close(directory);
    }
    ~Bell() { ::close(m_socket); }
    Q_DISABLE_COPY_MOVE(Bell)

    bool isGood() const { return m_good; }
    QByteArray next() const
    {
        QByteArray id(256, '\0');
        const ssize_t count = ::recv(m_socket, id.data(), static_cast<size_t>(id.size()), 0);
        return count > 0 ? id.left(count) : QByteArray();
    }

private:
    int m_socket;
    bool m_good = false;
};

} // namespace

class TestKeeper final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void usage();
    void exitCodes();
    void signalDeaths();
    void failedStarts_data();
    void failedStarts();
    void cutShortSpec();
    void runDirectoryMissing();
    void secondLaunch();
    void severalDirectories();
    void oneOfFiftyLaunchersStarts();
    void searchesPathOfWorker();
    void environment();
    void workingDirectory();
    void cleanWorker();
    void openFilesLimit();
    void commandLine();
    void usageOfResources();
    void bothStreams();
    void whatProgramsWrite();
    void mergedStreams();
    void manyBytes();
    void pipeOfAWriterFlatOut();
    void boundedOutput();
    void boundedIndex();
    void outputGoesOnInAnotherFile();
    void fileSizeLimitIsTheWorkers();
    void strayOutput();
    void runDirectoryRemoved();
    void doorbell_data();
    void doorbell();
    void stop();
    void stopIgnored();
    void stopAgainShortens();
    void stopShellTree();
    void stopDaemon();
    void stopLargeTree();
    void stopStoppedChild();
    void killAtOnce();
    void pauseAndResume();
    void stopWhilePaused();
    void sendSignal();
    void straysOfEndedWorker();
    void nonsenseOnControlSocket();

private:
    Run makeRun(const QStringList &arguments, const QStringList &records = {});
    Run makeRunOf(const QByteArray &spec);
    Launch launch(const QStringList &directories, const QStringList &prefix = {});
    Run runToEnd(const QStringList &arguments, const QStringList &records = {});

    std::optional<QTemporaryDir> m_directory;
    int m_count = 0;
};

void TestKeeper::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_directory.emplace();
    QVERIFY(m_directory->isValid());
}

void TestKeeper::cleanup()
{
    const bool empty = QTest::qWaitFor([] { return leftOvers().isEmpty(); }, 10'000);
    const QStringList left = leftOvers();
    for (const QString &pid : left)
        ::kill(pid.toInt(), SIGKILL);
    QVERIFY2(empty, qPrintable(QStringLiteral("left behind: ") + left.join(QLatin1Char(' '))));
}

Run TestKeeper::makeRunOf(const QByteArray &spec)
{
    Run run;
    run.id = QStringLiteral("t%1-%2").arg(getpid()).arg(++m_count);
    run.path = m_directory->filePath(run.id);
    QDir().mkdir(run.path);
    QFile file(run.path + QStringLiteral("/spec"));
    if (file.open(QIODevice::WriteOnly))
        file.write(QByteArray(spec).replace("@RUN@", run.id.toLatin1()));
    return run;
}

Run TestKeeper::makeRun(const QStringList &arguments, const QStringList &records)
{
    QStringList all{QString::fromLatin1(specHeader), QStringLiteral("run=@RUN@")};
    for (const QString &argument : arguments)
        all.append(QStringLiteral("arg=") + argument);
    all += records;
    all.append(QString::fromLatin1(specFooter));
    QByteArray spec;
    for (const QString &record : all)
        spec += record.toLocal8Bit() + '\0';
    return makeRunOf(spec);
}

Launch TestKeeper::launch(const QStringList &directories, const QStringList &prefix)
{
    const QStringList line = prefix + QStringList{keeperProgram, QStringLiteral("--launch")} + directories;
    QProcess launcher;
    launcher.start(line.first(), line.mid(1));
    if (!launcher.waitForFinished(patience))
        return {-1, QStringLiteral("the launcher does not end")};
    return {launcher.exitStatus() == QProcess::NormalExit ? launcher.exitCode() : -2,
            QString::fromLocal8Bit(launcher.readAllStandardError())};
}

/// Starts a run and waits until nothing is left of it.
Run TestKeeper::runToEnd(const QStringList &arguments, const QStringList &records)
{
    const Run run = makeRun(arguments, records);
    const Launch result = launch({run.path});
    if (result.exitCode != AllStarted)
        qWarning("not started: %s", qPrintable(result.errors));
    if (!QTest::qWaitFor([&] { return isOver(run); }, patience))
        qWarning("run does not end");
    return run;
}

void TestKeeper::usage()
{
    QProcess keeper;
    keeper.start(keeperProgram, {QStringLiteral("--version")});
    QVERIFY(keeper.waitForFinished(patience));
    QCOMPARE(keeper.exitCode(), 0);
    QVERIFY(keeper.readAllStandardOutput().startsWith("procession-keeper "));
    keeper.start(keeperProgram, {QStringLiteral("--help")});
    QVERIFY(keeper.waitForFinished(patience));
    QCOMPARE(keeper.exitCode(), 0);
    QVERIFY(keeper.readAllStandardOutput().contains("--launch RUNDIR"));
    for (const QStringList &bad : {QStringList{}, QStringList{QStringLiteral("--nonsense")},
                                   QStringList{QStringLiteral("--launch")}}) {
        keeper.start(keeperProgram, bad);
        QVERIFY(keeper.waitForFinished(patience));
        QCOMPARE(keeper.exitCode(), int{BadUsage});
        QVERIFY(keeper.readAllStandardError().startsWith("procession-keeper: "));
    }
}

void TestKeeper::exitCodes()
{
    constexpr int batch = 32;
    for (int first = 0; first < 256; first += batch) {
        std::vector<Run> runs;
        QStringList directories;
        for (int code = first; code < first + batch; ++code) {
            runs.push_back(makeRun({testWorker, QStringLiteral("exit"), QString::number(code)}));
            directories.append(runs.back().path);
        }
        QCOMPARE(launch(directories).exitCode, int{AllStarted});
        for (int i = 0; i < batch; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(isOver(runs[i]), patience);
            const StateSlot state = stateOf(runs[i]);
            QCOMPARE(state.phase, Phase::Finished);
            QCOMPARE(state.flags, uint32_t{StatusKnown});
            QCOMPARE(state.waitStatus, (first + i) << 8);
            QVERIFY(state.startedBoottime > 0 && state.endedBoottime >= state.startedBoottime);
        }
    }
}

void TestKeeper::signalDeaths()
{
    std::vector<std::pair<int, Run>> runs;
    QStringList directories;
    for (int number = 1; number <= 64; ++number) {
        if (QList<int>{SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH}.contains(
                number))
            continue;
        const QStringList line{testWorker, QStringLiteral("signal"), QString::number(number)};
        runs.emplace_back(number, makeRun(line, {QStringLiteral("cwd=") + m_directory->path()}));
        directories.append(runs.back().second.path);
    }
    QCOMPARE(launch(directories).exitCode, int{AllStarted});
    for (const auto &[number, run] : runs) {
        QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
        const int status = stateOf(run).waitStatus;
        QVERIFY2(WIFSIGNALED(status), qPrintable(QString::number(number)));
        QCOMPARE(WTERMSIG(status), number);
    }
    // The core flag depends on the machine's settings: it must be what it is without a keeper.
    const QStringList line{testWorker, QStringLiteral("signal"), QString::number(SIGSEGV)};
    const Run crash = runToEnd(line);
    QCOMPARE(stateOf(crash).waitStatus, waitStatusWithoutKeeper(line));
}

void TestKeeper::failedStarts_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("records");
    QTest::addColumn<int>("stage");
    QTest::addColumn<int>("error");
    const auto exec = static_cast<int>(Stage::Exec);
    const auto row = [&](const char *name, const QStringList &arguments, int stage, int error,
                         const QStringList &records = {}) {
        QTest::newRow(name) << arguments << records << stage << error;
    };
    row("not in PATH", {QStringLiteral("no-such-program-anywhere")}, exec, ENOENT);
    row("path not found", {QStringLiteral("/no/such/program")}, exec, ENOENT);
    row("empty name", {QString()}, exec, ENOENT);
    row("directory", {QStringLiteral("/usr")}, exec, EACCES);
    row("below a file", {QStringLiteral("/etc/passwd/x")}, exec, ENOTDIR);
    row("not executable", {QStringLiteral("@DIR@/plain")}, exec, EACCES);
    row("not executable in PATH", {QStringLiteral("plain")}, exec, EACCES,
        {QStringLiteral("env=PATH=/nowhere:@DIR@")});
    row("bad interpreter", {QStringLiteral("@DIR@/script")}, exec, ENOENT);
    row("not a program", {QStringLiteral("@DIR@/garbage")}, exec, ENOEXEC);
    const auto chdir = static_cast<int>(Stage::WorkingDirectory);
    row("working directory missing", {QStringLiteral("true")}, chdir, ENOENT,
        {QStringLiteral("cwd=/no/such/directory")});
    row("working directory a file", {QStringLiteral("true")}, chdir, ENOTDIR,
        {QStringLiteral("cwd=/etc/passwd")});
    const auto spec = static_cast<int>(Stage::Spec);
    row("no arguments", {}, spec, EINVAL);
    row("number with letters", {QStringLiteral("true")}, spec, EINVAL, {QStringLiteral("grace-ms=10s")});
    row("number out of range", {QStringLiteral("true")}, spec, EINVAL, {QStringLiteral("stop-signal=65")});
    row("too long an argument", {QStringLiteral("true"), QString(200'000, QLatin1Char('x'))}, exec, E2BIG);
}

void TestKeeper::failedStarts()
{
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, records);
    QFETCH(const int, stage);
    QFETCH(const int, error);
    const auto write = [&](const char *name, const QByteArray &text, QFile::Permissions extra) {
        QFile file(m_directory->filePath(QString::fromLatin1(name)));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() &&
               file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | extra);
    };
    QVERIFY(write("plain", "#!/bin/sh\n", {}));
    QVERIFY(write("script", "#!/no/such/interpreter\n", QFile::ExeOwner));
    QVERIFY(write("garbage", "neither a script nor a program\n", QFile::ExeOwner));
    arguments.replaceInStrings(QStringLiteral("@DIR@"), m_directory->path());
    records.replaceInStrings(QStringLiteral("@DIR@"), m_directory->path());

    const Run run = makeRun(arguments, records);
    const Launch result = launch({run.path});
    QCOMPARE(result.exitCode, int{SomeFailed});
    QVERIFY2(result.errors.startsWith(QStringLiteral("procession-keeper: %1: ").arg(run.path)),
             qPrintable(result.errors));
    const StateSlot state = stateOf(run);
    QCOMPARE(state.phase, Phase::FailedToStart);
    QCOMPARE(static_cast<int>(state.stage), stage);
    QCOMPARE(state.error, error);
    QCOMPARE(state.startedBoottime, 0);
    QVERIFY(state.endedBoottime > 0);
}

void TestKeeper::cutShortSpec()
{
    QByteArray whole;
    for (const char *record : {specHeader, "run=@RUN@", "arg=true", "cwd=/", "env=A=B", specFooter})
        whole += QByteArray(record) + '\0';
    std::vector<Run> runs;
    QStringList directories;
    for (qsizetype length = 0; length < whole.size(); ++length) {
        runs.push_back(makeRunOf(whole.left(length)));
        directories.append(runs.back().path);
    }
    QCOMPARE(launch(directories).exitCode, int{SomeFailed});
    for (const Run &run : runs) {
        const StateSlot state = stateOf(run);
        QCOMPARE(state.phase, Phase::FailedToStart);
        QCOMPARE(state.stage, Stage::Spec);
        QCOMPARE(state.error, EBADMSG);
    }
    const Run good = makeRunOf(whole);
    QCOMPARE(launch({good.path}).exitCode, int{AllStarted});
    QTRY_VERIFY_WITH_TIMEOUT(isOver(good), patience);
}

void TestKeeper::runDirectoryMissing()
{
    const Launch result = launch({m_directory->filePath(QStringLiteral("nothing"))});
    QCOMPARE(result.exitCode, int{SomeFailed});
    QVERIFY(result.errors.contains(QStringLiteral("run directory cannot be opened")));
}

void TestKeeper::secondLaunch()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    const StateSlot before = stateOf(run);
    const Launch held = launch({run.path});
    QCOMPARE(held.exitCode, int{SomeFailed});
    QVERIFY(held.errors.contains(QStringLiteral("another keeper keeps this run already")));
    QCOMPARE(stateOf(run).sequence, before.sequence);

    QFile lock(run.path + QStringLiteral("/state"));
    QVERIFY(lock.open(QIODevice::ReadWrite));
    QVERIFY(::flock(lock.handle(), LOCK_EX | LOCK_NB) != 0);
    QVERIFY(command(run, Verb::Kill));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QTRY_VERIFY_WITH_TIMEOUT(::flock(lock.handle(), LOCK_EX | LOCK_NB) == 0, patience);
    lock.close();

    const Launch again = launch({run.path});
    QCOMPARE(again.exitCode, int{SomeFailed});
    QVERIFY(again.errors.contains(QStringLiteral("has been started before")));
    QCOMPARE(stateOf(run).phase, Phase::Finished);
}

void TestKeeper::severalDirectories()
{
    const Run first = makeRun({testWorker, QStringLiteral("exit"), QStringLiteral("1")});
    const Run bad = makeRun({QStringLiteral("/no/such/program")});
    const Run last = makeRun({testWorker, QStringLiteral("exit"), QStringLiteral("2")});
    const Launch result = launch({first.path, bad.path, last.path});
    QCOMPARE(result.exitCode, int{SomeFailed});
    QCOMPARE(result.errors.count(QLatin1Char('\n')), 1);
    QVERIFY(result.errors.contains(bad.path));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(first) && isOver(last), patience);
    QCOMPARE(stateOf(first).waitStatus, 1 << 8);
    QCOMPARE(stateOf(last).waitStatus, 2 << 8);
}

void TestKeeper::oneOfFiftyLaunchersStarts()
{
    const QString proof = m_directory->filePath(QStringLiteral("proof"));
    const Run run = makeRun({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                             QStringLiteral("echo started >> '%1'; exec sleep 100").arg(proof)});
    std::vector<std::unique_ptr<QProcess>> launchers;
    for (int i = 0; i < 50; ++i) {
        launchers.push_back(std::make_unique<QProcess>());
        launchers.back()->start(keeperProgram, {QStringLiteral("--launch"), run.path});
    }
    int started = 0;
    for (const auto &launcher : launchers) {
        QVERIFY(launcher->waitForFinished(patience));
        started += launcher->exitCode() == AllStarted ? 1 : 0;
    }
    QCOMPARE(started, 1);
    QFile file(proof);
    QTRY_VERIFY_WITH_TIMEOUT(file.size() > 0, patience);
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("started\n"));
}

void TestKeeper::searchesPathOfWorker()
{
    const QString name = QStringLiteral("a-program-of-this-test");
    QVERIFY(QFile::link(testWorker, m_directory->filePath(name)));
    const Run run = runToEnd({name, QStringLiteral("exit"), QStringLiteral("7")},
                             {QStringLiteral("env=PATH=/nowhere:%1:/usr/bin").arg(m_directory->path())});
    QCOMPARE(stateOf(run).waitStatus, 7 << 8);
}

void TestKeeper::environment()
{
    qputenv("KEEPER_TEST_KEPT", "kept");
    qputenv("KEEPER_TEST_REMOVED", "there");
    qputenv("KEEPER_TEST_CHANGED", "old");
    const QString env = QStringLiteral("env");
    const Run run = runToEnd(
        {testWorker, env, QStringLiteral("KEEPER_TEST_KEPT"), env, QStringLiteral("KEEPER_TEST_REMOVED"), env,
         QStringLiteral("KEEPER_TEST_CHANGED"), env, QStringLiteral("KEEPER_TEST_NEW"), env,
         QStringLiteral("PROCESSION_RUN_ID")},
        {QStringLiteral("unset=KEEPER_TEST_REMOVED"), QStringLiteral("env=KEEPER_TEST_CHANGED=first"),
         QStringLiteral("env=KEEPER_TEST_CHANGED=new = newer"), QStringLiteral("env=KEEPER_TEST_NEW="),
         QStringLiteral("env=PROCESSION_RUN_ID=false")});
    QCOMPARE(outputOf(run), "KEEPER_TEST_KEPT=kept\nKEEPER_TEST_REMOVED is not set\n"
                            "KEEPER_TEST_CHANGED=new = newer\nKEEPER_TEST_NEW=\nPROCESSION_RUN_ID=" +
                                run.id.toLatin1() + "\n");
}

void TestKeeper::workingDirectory()
{
    const QStringList line{testWorker, QStringLiteral("cwd")};
    QCOMPARE(outputOf(runToEnd(line, {QStringLiteral("cwd=/usr/share")})), QByteArray("/usr/share\n"));
    QCOMPARE(outputOf(runToEnd(line)), QDir::currentPath().toLocal8Bit() + '\n');
}

void TestKeeper::cleanWorker()
{
    // Launched by a process with signals ignored and blocked, umask 0 and descriptors that leak.
    const Run run =
        makeRun({testWorker, QStringLiteral("signals"), QStringLiteral("fds"), QStringLiteral("umask")});
    QCOMPARE(launch({run.path}, {testWorker, QStringLiteral("dirty"), QStringLiteral("exec")}).exitCode,
             int{AllStarted});
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(outputOf(run), QByteArray("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nfds: 0 1 2\n"
                                       "umask: 0000\n"));
    QCOMPARE(stateOf(run).waitStatus, 0);

    // The keeper's own files are nobody else's all the same.
    for (const char *name : {stateFile, controlSocket, "out.00000000000000000000"}) {
        struct stat about
        {
        };
        QCOMPARE(
            ::lstat(QFile::encodeName(run.path + QLatin1Char('/') + QString::fromLatin1(name)).constData(),
                    &about),
            0);
        QCOMPARE(about.st_mode & 07777u, 0600u);
    }
}

void TestKeeper::openFilesLimit()
{
    const Run run = runToEnd({testWorker, QStringLiteral("nofile")}, {QStringLiteral("nofile=77")});
    QCOMPARE(outputOf(run), QByteArray("nofile: 77\n"));
}

void TestKeeper::commandLine()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    const StateSlot state = stateOf(run);
    QFile file(QStringLiteral("/proc/%1/cmdline").arg(state.keeperPid));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray line = file.readAll();
    while (line.endsWith('\0'))
        line.chop(1);
    QCOMPARE(line, QByteArray("procession-keeper\0", 18) + run.id.toLatin1());
    QTRY_COMPARE_WITH_TIMEOUT(processState(state.mainPid), 'S', patience);
    QVERIFY(state.mainStartTicks > 0);
    QVERIFY(std::strlen(state.bootId) == 36);
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
}

void TestKeeper::usageOfResources()
{
    const StateSlot state =
        stateOf(runToEnd({testWorker, QStringLiteral("flood"), QStringLiteral("20000000")}));
    QVERIFY(state.peakRssKib > 100);
    QVERIFY(state.userMicros + state.systemMicros > 0);
    QCOMPARE(state.outputBytes, 20'000'000u);
}

void TestKeeper::bothStreams()
{
    const Run run = runToEnd({testWorker, QStringLiteral("stdout"), QStringLiteral("one"),
                              QStringLiteral("sleep"), QStringLiteral("0.2"), QStringLiteral("stderr"),
                              QStringLiteral("two"), QStringLiteral("sleep"), QStringLiteral("0.2"),
                              QStringLiteral("stdout"), QStringLiteral("three")});
    const QByteArray output = outputOf(run);
    QCOMPARE(output.size(), qsizetype{14});
    QCOMPARE(stateOf(run).outputBytes, 14u);
    QByteArray streams[3];
    uint64_t end = 0;
    int64_t before = stateOf(run).startedRealtime - 1'000'000'000;
    for (const IndexRecord &record : indexOf(run)) {
        QCOMPARE(record.offset, end);
        QVERIFY(record.stream == 1 || record.stream == 2);
        QVERIFY(record.realtime >= before);
        before = record.realtime;
        streams[record.stream] += output.mid(static_cast<qsizetype>(record.offset), record.length);
        end += record.length;
    }
    QCOMPARE(end, 14u);
    QCOMPARE(streams[1], QByteArray("one\nthree\n"));
    QCOMPARE(streams[2], QByteArray("two\n"));
}

void TestKeeper::whatProgramsWrite()
{
    // What other tests show of it was kept as it was written.
    const QByteArray bar = outputOf(
        runToEnd({testWorker, QStringLiteral("progress"), QStringLiteral("2"), QStringLiteral("0")}));
    QVERIFY(bar.startsWith("\r  0%|                    | 0/2"));
    QVERIFY(bar.endsWith("\r100%|####################| 2/2 [00:01<00:00]\x1b[K\n"));
    QVERIFY(
        outputOf(runToEnd({testWorker, QStringLiteral("colours")})).contains("\x1b[38;5;208morange of 256"));
    const QByteArray turns = outputOf(
        runToEnd({testWorker, QStringLiteral("turns"), QStringLiteral("3"), QStringLiteral("20000")}));
    QCOMPARE(turns.size(), qsizetype{36});
    QVERIFY(turns.contains("out 2\n") && turns.contains("err 2\n"));
    const QByteArray paced = outputOf(
        runToEnd({testWorker, QStringLiteral("pace"), QStringLiteral("16000"), QStringLiteral("0.5")}));
    QCOMPARE(paced.size(), qsizetype{8000});
    QVERIFY(paced.left(13).toLongLong() > 1'600'000'000'000);
}

void TestKeeper::mergedStreams()
{
    const Run run = runToEnd({testWorker, QStringLiteral("both")}, {QStringLiteral("merge=1")});
    QCOMPARE(outputOf(run), QByteArray("to standard output\nto standard error\n"));
    for (const IndexRecord &record : indexOf(run))
        QCOMPARE(record.stream, 1u);
}

void TestKeeper::manyBytes()
{
    const Run run = runToEnd({testWorker, QStringLiteral("flood"), QStringLiteral("40000000")});
    const QByteArray output = outputOf(run);
    QCOMPARE(output.size(), qsizetype{40'000'000});
    for (qsizetype line = 0; line < output.size() / 16; line += 997)
        QCOMPARE(output.mid(line * 16, 15).toLongLong(), line);
    QCOMPARE(stateOf(run).droppedBytes, 0u);
}

void TestKeeper::pipeOfAWriterFlatOut()
{
    // It is widened, and made as it was when nothing more comes, or the worker would wait in vain.
    const Run run = runToEnd({testWorker, QStringLiteral("pour-until-pipe"), QStringLiteral("262144"),
                              QStringLiteral("await-pipe"), QStringLiteral("65536"), QStringLiteral("pour"),
                              QStringLiteral("100000")});
    const StateSlot state = stateOf(run);
    QCOMPARE(state.waitStatus, 0);
    QVERIFY2(state.outputBytes < uint64_t{4} << 30, "it was never widened");
    QCOMPARE(outputOf(run).right(100'000).size(), qsizetype{100'000});
    QCOMPARE(state.droppedBytes + static_cast<uint64_t>(outputOf(run).size()), state.outputBytes);
}

void TestKeeper::boundedOutput()
{
    constexpr qint64 limit = 1 << 20;
    const Run run = runToEnd({testWorker, QStringLiteral("flood"), QStringLiteral("16000000")},
                             {QStringLiteral("out-limit=%1").arg(limit)});
    const StateSlot state = stateOf(run);
    QCOMPARE(state.outputBytes, 16'000'000u);
    QVERIFY((state.flags & OutputGap) != 0);
    const QByteArray kept = outputOf(run);
    QVERIFY(kept.size() <= limit && kept.size() > limit / 2);
    QCOMPARE(state.droppedBytes + static_cast<uint64_t>(kept.size()), state.outputBytes);
    // The beginning and the end are there; every segment is where its name says.
    const QStringList names = segments(run, outputPrefix);
    QCOMPARE(names.first(), QStringLiteral("out.00000000000000000000"));
    QCOMPARE(kept.right(16), QByteArray("000000000999999\n"));
    uint64_t end = 0;
    int gaps = 0;
    for (const QString &name : names) {
        const uint64_t offset = name.mid(4).toULongLong();
        gaps += offset != end ? 1 : 0;
        const QByteArray bytes = contents(run, name);
        QVERIFY(bytes.contains(QByteArray::number(qulonglong{offset / 16 + 1}).rightJustified(15, '0')));
        end = offset + static_cast<uint64_t>(bytes.size());
        QVERIFY(QFile::exists(run.path + QStringLiteral("/idx.") + name.mid(4)));
    }
    QCOMPARE(end, state.outputBytes);
    QCOMPARE(gaps, 1);
    QCOMPARE(segments(run, indexPrefix).size(), names.size());
}

void TestKeeper::boundedIndex()
{
    constexpr qint64 limit = 64 << 10;
    const Run run = runToEnd({testWorker, QStringLiteral("alternate"), QStringLiteral("20000")},
                             {QStringLiteral("out-limit=%1").arg(limit)});
    const StateSlot state = stateOf(run);
    QCOMPARE(state.outputBytes, 40'000u);
    qint64 total = 0;
    const QFileInfoList files =
        QDir(run.path).entryInfoList({QStringLiteral("out.*"), QStringLiteral("idx.*")});
    for (const QFileInfo &file : files)
        total += file.size();
    QVERIFY2(total <= limit, qPrintable(QString::number(total)));
    QCOMPARE(state.droppedBytes + static_cast<uint64_t>(outputOf(run).size()), state.outputBytes);
}

void TestKeeper::outputGoesOnInAnotherFile()
{
    // Where no file may grow further, waiting for room would be for ever.
    const QString go = m_directory->filePath(QStringLiteral("go"));
    const Run run = makeRun({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                             QStringLiteral("read x < '%1'; exec '%2' flood 30000").arg(go, testWorker)});
    QCOMPARE(::mkfifo(QFile::encodeName(go).constData(), 0600), 0);
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    const rlimit little{8192, RLIM_INFINITY};
    QCOMPARE(::prlimit(stateOf(run).keeperPid, RLIMIT_FSIZE, &little, nullptr), 0);
    QFile gate(go);
    QVERIFY(gate.open(QIODevice::WriteOnly));
    gate.write("\n");
    gate.close();
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).flags, uint32_t{StatusKnown});
    QCOMPARE(stateOf(run).waitStatus, 0);
    QCOMPARE(segments(run, outputPrefix).size(), qsizetype{4});
    QCOMPARE(outputOf(run).size(), qsizetype{30'000});
    QCOMPARE(outputOf(run).right(16), QByteArray("000000000001874\n"));
}

void TestKeeper::fileSizeLimitIsTheWorkers()
{
    // `ulimit -f` of whoever starts a worker is meant for the worker, not for what is kept of its output.
    const Run run = makeRun({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                             QStringLiteral("ulimit -f; exec '%1' flood 30000").arg(testWorker)});
    QCOMPARE(launch({run.path}, {testWorker, QStringLiteral("limit-file-size"), QStringLiteral("8192"),
                                 QStringLiteral("exec")})
                 .exitCode,
             int{AllStarted});
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, 0);
    QCOMPARE(outputOf(run).left(3), QByteArray("16\n")); // in units of 512 bytes
    QCOMPARE(outputOf(run).size(), qsizetype{30'003});
}

void TestKeeper::strayOutput()
{
    // A stray keeps standard output open; it is ended, and so the run ends.
    const Run run = runToEnd(
        {QStringLiteral("/bin/sh"), QStringLiteral("-c"), QStringLiteral("sleep 100 & echo done; exit 5")});
    QCOMPARE(stateOf(run).waitStatus, 5 << 8);
    QCOMPARE(stateOf(run).strays, 1u);
    QCOMPARE(outputOf(run), QByteArray("done\n"));
}

void TestKeeper::runDirectoryRemoved()
{
    const Run run = makeRun(
        {QStringLiteral("/bin/sh"), QStringLiteral("-c"),
         QStringLiteral("read x < '%1'; echo late").arg(m_directory->filePath(QStringLiteral("go")))});
    QCOMPARE(::mkfifo(QFile::encodeName(m_directory->filePath(QStringLiteral("go"))).constData(), 0600), 0);
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QVERIFY(QDir(run.path).removeRecursively());
    QFile go(m_directory->filePath(QStringLiteral("go")));
    QVERIFY(go.open(QIODevice::WriteOnly));
    go.write("\n");
    go.close();
    // cleanup() sees that the keeper does not wait for ever for a place that is gone
}

void TestKeeper::doorbell_data()
{
    QTest::addColumn<QString>("directory");
    QTest::newRow("short path") << QStringLiteral("bells");
    QTest::newRow("longer than a socket address") << QString(150, QLatin1Char('b'));
}

void TestKeeper::doorbell()
{
    QFETCH(const QString, directory);
    const QString place = m_directory->filePath(directory);
    QVERIFY(QDir().mkdir(place));
    const QString path = place + QStringLiteral("/bell");
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")},
                            {QStringLiteral("bell=") + path});
    // Nobody listens at first, then one window, then another in its place.
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    {
        const Bell first(path);
        QVERIFY(first.isGood());
        QVERIFY(command(run, Verb::Pause));
        QByteArray rung;
        QVERIFY(QTest::qWaitFor([&] { return !(rung = first.next()).isEmpty(); }, patience));
        QCOMPARE(rung, run.id.toLatin1());
        QVERIFY((stateOf(run).flags & Paused) != 0);
    }
    QVERIFY(QFile::remove(path));
    const Bell second(path);
    QVERIFY(second.isGood());
    QVERIFY(command(run, Verb::Kill));
    // The last bell comes after the last record: whoever reads the state then sees the end.
    QVERIFY(QTest::qWaitFor([&] { return !second.next().isEmpty() && isOver(run); }, patience));
}

void TestKeeper::stop()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")},
                            {QStringLiteral("stop-signal=%1").arg(SIGINT)});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    const StateSlot state = stateOf(run);
    QCOMPARE(state.waitStatus, SIGINT);
    QCOMPARE(state.stopSignal, SIGINT);
    QCOMPARE(state.flags, uint32_t{StopAsked | StatusKnown});
    QCOMPARE(state.stopDeadline, 0);
}

void TestKeeper::stopIgnored()
{
    const Run run = makeRun({testWorker, QStringLiteral("ignore-term"), QStringLiteral("stdout"),
                             QStringLiteral("ready"), QStringLiteral("sleep"), QStringLiteral("100")},
                            {QStringLiteral("grace-ms=200")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(run), QByteArray("ready\n"), patience);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QVERIFY(timer.elapsed() >= 200);
    const StateSlot state = stateOf(run);
    QCOMPARE(state.waitStatus, SIGKILL);
    QCOMPARE(state.flags, uint32_t{StopAsked | GraceExpired | StatusKnown});
}

void TestKeeper::stopAgainShortens()
{
    const Run run = makeRun({testWorker, QStringLiteral("ignore-term"), QStringLiteral("stdout"),
                             QStringLiteral("ready"), QStringLiteral("sleep"), QStringLiteral("100")},
                            {QStringLiteral("grace-ms=90000")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(run), QByteArray("ready\n"), patience);
    QVERIFY(command(run, Verb::Stop));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(run).phase, Phase::Stopping, patience);
    const int64_t deadline = stateOf(run).stopDeadline;
    QVERIFY(deadline > 0);
    QVERIFY(command(run, Verb::Stop, 95'000)); // never longer
    QVERIFY(command(run, Verb::Stop, 100));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QVERIFY(stateOf(run).endedBoottime < deadline);
    QCOMPARE(stateOf(run).waitStatus, SIGKILL);
}

void TestKeeper::stopShellTree()
{
    const Run run = makeRun({QStringLiteral("sh"), QStringLiteral("-c"),
                             QStringLiteral("sleep 100 & setsid sleep 100 & echo ready; sleep 100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(leftOvers().size(), qsizetype{6}, patience); // both halves, shell, three sleeps
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    // Finished means that nothing is left, not that it will be soon. Only the keeper itself may still be
    // ending.
    for (const QString &pid : leftOvers())
        QVERIFY(pid.toInt() == stateOf(run).keeperPid || pid.toInt() == stateOf(run).guardianPid);
    QCOMPARE(stateOf(run).flags, uint32_t{StopAsked | StatusKnown}); // all of them heard the stop signal
}

void TestKeeper::stopDaemon()
{
    // The daemon left the group and the session; when the worker stays it gets the stop signal and the grace
    // too.
    const Run run = makeRun({testWorker, QStringLiteral("setsid-daemon"), QStringLiteral("stdout"),
                             QStringLiteral("ready"), QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(run), QByteArray("ready\n"), patience);
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, SIGTERM);
    QCOMPARE(stateOf(run).flags, uint32_t{StopAsked | StatusKnown});
}

void TestKeeper::stopLargeTree()
{
    // 62 processes, half of them leaders of sessions of their own, 32 deaf to TERM
    const Run run = makeRun({testWorker, QStringLiteral("tree"), QStringLiteral("5"), QStringLiteral("sleep"),
                             QStringLiteral("100")},
                            {QStringLiteral("grace-ms=300")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(leftOvers().size(), qsizetype{65}, patience);
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    for (const QString &pid : leftOvers())
        QVERIFY(pid.toInt() == stateOf(run).keeperPid || pid.toInt() == stateOf(run).guardianPid);
    QCOMPARE(stateOf(run).survivors, 0u);
}

void TestKeeper::stopStoppedChild()
{
    const Run run = makeRun({testWorker, QStringLiteral("stopped-child"), QStringLiteral("stdout"),
                             QStringLiteral("ready"), QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_COMPARE_WITH_TIMEOUT(outputOf(run), QByteArray("ready\n"), patience);
    QVERIFY(command(run, Verb::Stop, 90'000));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).flags, uint32_t{StopAsked | StatusKnown});
}

void TestKeeper::killAtOnce()
{
    const Run run = makeRun({testWorker, QStringLiteral("ignore-term"), QStringLiteral("setsid-daemon"),
                             QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QVERIFY(command(run, Verb::Kill));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, SIGKILL);
    QCOMPARE(stateOf(run).flags, uint32_t{KillAsked | StatusKnown});
}

void TestKeeper::pauseAndResume()
{
    const Run run = makeRun({QStringLiteral("sh"), QStringLiteral("-c"),
                             QStringLiteral("setsid sh -c 'echo $$; exec sleep 100' & wait")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QTRY_VERIFY_WITH_TIMEOUT(outputOf(run).endsWith('\n'), patience);
    const int main = stateOf(run).mainPid;
    const int below = outputOf(run).trimmed().toInt();
    QVERIFY(below > 0);
    for (int round = 0; round < 3; ++round) {
        QVERIFY(command(run, Verb::Pause));
        QTRY_VERIFY_WITH_TIMEOUT(processState(main) == 'T' && processState(below) == 'T', patience);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(run).flags, uint32_t{Paused}, patience);
        QCOMPARE(stateOf(run).phase, Phase::Running);
        QVERIFY(command(run, Verb::Resume));
        QTRY_VERIFY_WITH_TIMEOUT(processState(main) == 'S' && processState(below) == 'S', patience);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(run).flags, 0u, patience);
    }
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
}

void TestKeeper::stopWhilePaused()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")},
                            {QStringLiteral("grace-ms=90000")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QVERIFY(command(run, Verb::Pause));
    QTRY_COMPARE_WITH_TIMEOUT(processState(stateOf(run).mainPid), 'T', patience);
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, SIGTERM); // seen, because it was continued
    QCOMPARE(stateOf(run).flags, uint32_t{StopAsked | StatusKnown});
}

void TestKeeper::sendSignal()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    QVERIFY(command(run, Verb::Signal, SIGUSR1));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, SIGUSR1);
    QCOMPARE(stateOf(run).flags, uint32_t{StatusKnown}); // ended by itself as far as stopping goes
}

void TestKeeper::straysOfEndedWorker()
{
    const Run run =
        runToEnd({testWorker, QStringLiteral("setsid-daemon"), QStringLiteral("exit"), QStringLiteral("3")});
    const StateSlot state = stateOf(run);
    QCOMPARE(state.waitStatus, 3 << 8);
    QCOMPARE(state.strays, 1u);
    QCOMPARE(state.flags, uint32_t{StatusKnown});
}

void TestKeeper::nonsenseOnControlSocket()
{
    const Run run = makeRun({testWorker, QStringLiteral("sleep"), QStringLiteral("100")});
    QCOMPARE(launch({run.path}).exitCode, int{AllStarted});
    const QByteArray path = QFile::encodeName(run.path + QStringLiteral("/ctl"));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    QVERIFY(path.size() < qsizetype{sizeof(address.sun_path)});
    std::memcpy(address.sun_path, path.constData(), static_cast<size_t>(path.size()));
    std::vector<int> clients;
    for (int i = 0; i < 40; ++i) {
        const int client = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        QCOMPARE(::connect(client, reinterpret_cast<const sockaddr *>(&address), sizeof(address)), 0);
        const QByteArray nonsense(i * 100, 'x');
        ::send(client, nonsense.constData(), static_cast<size_t>(nonsense.size()), MSG_NOSIGNAL);
        clients.push_back(client); // and stays connected
    }
    QVERIFY(command(run, Verb::Signal, 1000));
    QVERIFY(command(run, static_cast<Verb>(77)));
    QVERIFY(command(run, Verb::Stop));
    QTRY_VERIFY_WITH_TIMEOUT(isOver(run), patience);
    QCOMPARE(stateOf(run).waitStatus, SIGTERM);
    for (const int client : clients)
        ::close(client);
}

QTEST_GUILESS_MAIN(TestKeeper)
#include "tst_keeper.moc"
