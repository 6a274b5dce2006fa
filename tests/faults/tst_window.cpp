// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// kill -9 of whoever started the workers: of `procession run`, of the window, of the launcher between both.

#include "core/paths.h"
#include "core/rundirectory.h"
#include "core/supervisor.h"
#include "faultharness.h"
#include "testhome.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <csignal>

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString program = QStringLiteral(PROCESSION_BIN_DIR "/procession");

QList<Run> runsBelow(const QString &directory)
{
    QList<Run> runs;
    const QStringList ids = QDir(directory).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QString &id : ids)
        runs += Run{id, directory + u'/' + id};
    return runs;
}

QByteArray specValue(const Run &run, const QByteArray &key)
{
    for (const QByteArray &record : contents(run.path + u"/spec"_s).split('\0')) {
        if (record.startsWith(QByteArray(key + '=')))
            return record.mid(key.size() + 1);
    }
    return {};
}

} // namespace

class TestWindow final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault1_runKilled();
    void fault1_windowKilled();
    void fault5_lostRunIsStopped();
    void fault10_killedBeforeTheLaunch();
    void fault9_keeperStopped();
    void fault11_twoWindows();
    void fault34_tooManyFiles();
    void fault34_tooManyProcesses();

private:
    QString stateDirectory() const { return m_harness->filePath(u"state"_s); }
    QString runs() const { return stateDirectory() + u"/procession/runs"_s; }
    QStringList environment() const;
    /// A project of `count` short workers: each appends its name, writes a line with it and exits with a code
    /// of its own.
    QString project(int first, int count, int milliseconds);
    QString judge(const Run &run) const;

    std::optional<Harness> m_harness;
};

void TestWindow::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestWindow::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

QStringList TestWindow::environment() const
{
    return {u"XDG_STATE_HOME="_s + stateDirectory(),
            u"XDG_CONFIG_HOME="_s + m_harness->filePath(u"config"_s),
            u"XDG_RUNTIME_DIR="_s + m_harness->path(),
            u"HOME="_s + m_harness->path(),
            u"QT_QPA_PLATFORM=offscreen"_s,
            u"DISPLAY="_s};
}

QString TestWindow::project(int first, int count, int milliseconds)
{
    QByteArray text = "processes:\n";
    for (int number = first; number < first + count; ++number) {
        text +=
            u"  w%1:\n    command: \"%2 append %3 sleep %4 stdout w%1 stderr e%1 exit %5\"\n"_s.arg(number)
                .arg(Harness::worker(), m_harness->filePath(u"started"_s))
                .arg(chanceBelow(milliseconds + 1) * 0.001)
                .arg(number % 200)
                .toUtf8();
    }
    const QString path = m_harness->filePath(u"project-%1.yaml"_s.arg(first));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qWarning("no project file");
    return path;
}

/// What is wrong with a run of project() that came to its end.
QString TestWindow::judge(const Run &run) const
{
    const QByteArray name = specValue(run, "name");
    const int number = name.mid(1).toInt();
    if (const QString problem = endOf(run, exited(number % 200)); !problem.isEmpty())
        return problem;
    if (m_harness->startsOf(run) != 1)
        return run.id + u" was not started exactly once"_s;
    const QByteArray output = outputOf(run);
    const QByteArray line = QByteArray::number(number) + '\n';
    if (output != 'w' + line + 'e' + line && output != 'e' + line + 'w' + line)
        return run.id + u": its output is not its own"_s;
    return {};
}

void TestWindow::fault1_runKilled()
{
    const int rounds = amount(150, 400);
    constexpr int workers = 20;
    int started = 0;
    int claimed = 0;
    int cut = 0;
    for (int round = 0; round < rounds; ++round) {
        const QString file = project(round * workers, workers, 20);
        SpawnOptions options;
        options.environment = environment();
        const pid_t window = m_harness->spawn({program, u"run"_s, file, u"--interval"_s, u"50ms"_s}, options);
        // From before the first directory until about the end of the last worker.
        const qsizetype before = runsBelow(runs()).size();
        const int most = chanceBelow(workers + 4);
        waitUntil([&] {
            return m_harness->hasEnded(window) ||
                   QDir(runs()).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size() - before >=
                       std::min(most, workers);
        });
        passTime(chanceBelow(15'000));
        cut += m_harness->hasEnded(window) ? 0 : 1;
        m_harness->kill(window, SIGKILL);
        m_harness->wait(window);
        QCOMPARE(m_harness->leftOver(), QString()); // every worker ends by itself, and its keeper after it
    }
    QSet<QByteArray> names;
    for (const Run &run : runsBelow(runs())) {
        if (stateOf(run).phase == Phase::None) {
            // Claimed, and killed before the keeper: nothing was started, and nothing can be any more.
            QCOMPARE(m_harness->startsOf(run), 0);
            QCOMPARE(RunDirectory(run.path).revoke(), RunDirectory::Revocation::Revoked);
            QCOMPARE(m_harness->launch(run), int{SomeFailed});
            ++claimed;
            continue;
        }
        QCOMPARE(judge(run), QString());
        const QByteArray name = specValue(run, "name");
        QVERIFY(!names.contains(name));
        names.insert(name);
        ++started;
    }
    const QList<QByteArray> lines = contents(m_harness->filePath(u"started"_s)).split('\n');
    QCOMPARE(lines.size() - 1, qsizetype{started});
    QVERIFY(cut >= 100);
    QVERIFY(started + claimed >= 2000);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 1 kill -9 of `procession run`: injected %d times at random moments over %d started workers "
         "(%d "
         "more were only claimed); proved: each started exactly once, every exit code and both lines "
         "recorded, "
         "nothing left",
         cut, started, claimed);
}

void TestWindow::fault1_windowKilled()
{
    // What one window started the next takes over, and starts nothing twice.
    const int rounds = amount(12, 110);
    constexpr int workers = 20;
    int cut = 0;
    for (int round = 0; round < rounds; ++round) {
        const QString file = project(100'000 + round * workers, workers, 60);
        SpawnOptions options;
        options.environment = environment();
        const qsizetype before = runsBelow(runs()).size();
        const pid_t window = m_harness->spawn({program, u"--start"_s, file}, options);
        const int most = 1 + chanceBelow(workers + 3);
        waitUntil([&] {
            return m_harness->hasEnded(window) ||
                   runsBelow(runs()).size() - before >= std::min(most, workers);
        });
        passTime(chanceBelow(40'000));
        cut += m_harness->hasEnded(window) ? 0 : 1;
        m_harness->kill(window, SIGKILL);
        m_harness->wait(window);
        // The next window on the same file, without --start: it takes over, and is killed as well.
        const qsizetype claimed = runsBelow(runs()).size();
        const pid_t next = m_harness->spawn({program, file}, options);
        waitUntil([&] { return m_harness->hasEnded(next) || processState(next) == 'S'; });
        passTime(100'000 + chanceBelow(100'000));
        cut += m_harness->hasEnded(next) ? 0 : 1;
        m_harness->kill(next, SIGKILL);
        m_harness->wait(next);
        QCOMPARE(m_harness->leftOver(), QString());
        QCOMPARE(runsBelow(runs()).size(), claimed);
    }
    int started = 0;
    QSet<QByteArray> names;
    for (const Run &run : runsBelow(runs())) {
        if (const StateSlot state = stateOf(run);
            state.phase == Phase::None || RunDirectory::isRevoked(state)) {
            QCOMPARE(m_harness->startsOf(run), 0);
            continue;
        }
        QCOMPARE(judge(run), QString());
        const QByteArray name = specValue(run, "name");
        QVERIFY(!names.contains(name));
        names.insert(name);
        ++started;
    }
    QVERIFY(started > rounds);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 1 kill -9 of the window: injected %d times (each time another window took over and was "
         "killed as "
         "well) over %d started workers; proved: each started exactly once, every exit code and both lines "
         "recorded, nothing left",
         cut, started);
}

void TestWindow::fault5_lostRunIsStopped()
{
    QVERIFY(QDir().mkpath(runs()));
    m_harness->useRunsDirectory(runs());
    const Run run =
        m_harness->makeWorker({u"setsid-daemon"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    const StateSlot state = stateOf(run);
    m_harness->kill(state.keeperPid, SIGSTOP);
    m_harness->kill(state.guardianPid, SIGKILL);
    m_harness->kill(state.keeperPid, SIGKILL);
    QVERIFY(waitUntil([&] { return !isHeld(run); }));
    QCOMPARE(processState(state.mainPid), 'S');
    SpawnOptions options;
    options.environment = environment();
    options.standardOutput = m_harness->filePath(u"listed"_s);
    QCOMPARE(m_harness->wait(m_harness->spawn({program, u"list"_s, u"--json"_s}, options)).value_or(-1),
             exited(0));
    const QByteArray listed = contents(options.standardOutput);
    QVERIFY2(listed.contains(run.id.toLatin1()) && !listed.contains("\"exitCode\":0"), listed.constData());
    QVERIFY(m_harness->wait(m_harness->spawn({program, u"stop"_s, run.id}, options)).has_value());
    QCOMPARE(m_harness->leftOver(),
             QString()); // the worker and its daemon, found by PID, start time and cookie
    QCOMPARE(stateOf(run).flags & StatusKnown, 0u);
    tell("fault 5 kill -9 of both halves: injected; proved: `procession list` shows the run without "
         "inventing a "
         "code, `procession stop` finds and ends the worker and its daemon");
}

void TestWindow::fault10_killedBeforeTheLaunch()
{
    // The three moments: the directory alone, a spec cut short, a spec that no keeper was launched for.
    QVERIFY(QDir().mkpath(runs()));
    m_harness->useRunsDirectory(runs());
    const Run whole = m_harness->makeWorker({u"exit"_s, u"3"_s});
    const Run cut = m_harness->makeRunOf(contents(whole.path + u"/spec"_s).chopped(9));
    const Run bare = m_harness->makeRunOf({});
    QVERIFY(QFile::remove(bare.path + u"/spec"_s));
    SpawnOptions options;
    options.environment = environment();
    options.standardOutput = m_harness->filePath(u"listed"_s);
    QCOMPARE(m_harness->wait(m_harness->spawn({program, u"list"_s, u"--json"_s}, options)).value_or(-1),
             exited(0));
    for (const Run &run : {whole, cut, bare}) {
        QVERIFY(!isHeld(run));
        QCOMPARE(m_harness->startsOf(run), 0);
        QCOMPARE(RunDirectory(run.path).revoke(), RunDirectory::Revocation::Revoked);
        QVERIFY(RunDirectory::isRevoked(stateOf(run)));
        QCOMPARE(m_harness->launch(run), int{SomeFailed}); // a late keeper leaves it alone
        QCOMPARE(m_harness->startsOf(run), 0);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 10 window killed between mkdir, spec and launch: injected a directory alone, a spec cut "
         "short, a "
         "whole one; proved: none was started, `procession list` lives with them, and once revoked none ever "
         "is");
}

void TestWindow::fault34_tooManyFiles()
{
    constexpr int workers = 40;
    const QString file = project(200'000, workers, 5);
    SpawnOptions options;
    options.environment = environment();
    options.standardError = m_harness->filePath(u"said"_s);
    // `procession run` itself has hardly a descriptor to spare.
    options.beforeExec = [] {
        const rlimit files{40, 40};
        return ::setrlimit(RLIMIT_NOFILE, &files) == 0;
    };
    const std::optional<int> status =
        m_harness->wait(m_harness->spawn({program, u"run"_s, file, u"--interval"_s, u"50ms"_s}, options));
    QVERIFY(status.has_value());
    QVERIFY(WIFEXITED(*status));
    const QList<Run> all = runsBelow(runs());
    QCOMPARE(all.size(), qsizetype{workers});
    for (const Run &run : all)
        QCOMPARE(judge(run), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 34 few descriptors: injected RLIMIT_NOFILE 40 into `procession run` of %d workers at once; "
         "proved: "
         "all ran, with every code and line",
         workers);
}

void TestWindow::fault9_keeperStopped()
{
    Paths paths;
    paths.stateDirectory = stateDirectory() + u"/procession"_s;
    paths.keeperProgram = Harness::keeper();
    QCOMPARE(paths.create(), QString());
    {
        Supervisor supervisor(paths);
        QCOMPARE(supervisor.open(u"stopped"_s), QString());
        WorkerSpec spec;
        spec.name = u"sleeper"_s;
        spec.command = procession::Command::direct(
            {Harness::worker(), u"append"_s, m_harness->filePath(u"started"_s), u"sleep"_s, u"100"_s});
        const WorkerId id = supervisor.add(spec);
        supervisor.start({id});
        QTRY_COMPARE(supervisor.status(id)->state, State::Running);
        const Run run{supervisor.status(id)->runId, supervisor.status(id)->runDirectory};
        const StateSlot state = stateOf(run);
        m_harness->kill(state.keeperPid, SIGSTOP);
        m_harness->kill(state.guardianPid, SIGSTOP);
        QVERIFY(waitUntil(
            [&] { return processState(state.keeperPid) == 'T' && processState(state.guardianPid) == 'T'; }));
        supervisor.stop({id});
        // The event loop goes on: it is not one of its calls that waits.
        int ticks = 0;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&ticks] { ++ticks; });
        timer.start(0);
        QTRY_VERIFY(ticks >= 100);
        QVERIFY(isAlive(supervisor.status(id)->state));
        QTRY_VERIFY(!supervisor.status(id)->problem.isEmpty()); // and it says why nothing happens
        m_harness->kill(state.keeperPid, SIGCONT);
        m_harness->kill(state.guardianPid, SIGCONT);
        QTRY_COMPARE(supervisor.status(id)->state, State::Ended);
        QCOMPARE(supervisor.status(id)->outcome, Outcome::Stopped);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 9 keeper stopped: injected SIGSTOP to both halves, then Terminate; proved: the window's "
         "event loop "
         "goes on, the row says why nothing happens, and the stop is done when the keeper continues");
}

void TestWindow::fault11_twoWindows()
{
    const int rounds = amount(4, 40);
    constexpr int workers = 20;
    for (int round = 0; round < rounds; ++round) {
        const QString file = project(300'000 + round * workers, workers, 30);
        SpawnOptions options;
        options.environment = environment();
        const qsizetype before = runsBelow(runs()).size();
        const pid_t first = m_harness->spawn({program, u"--start"_s, file}, options);
        passTime(chanceBelow(60'000));
        const pid_t second = m_harness->spawn({program, u"--start"_s, file}, options);
        QVERIFY(waitUntil([&] {
            const QList<Run> all = runsBelow(runs());
            return all.size() >= before + workers && std::all_of(all.cbegin(), all.cend(), &isOver);
        }));
        passTime(200'000); // for what the other window might start in vain
        m_harness->kill(first, SIGKILL);
        m_harness->kill(second, SIGKILL);
        QCOMPARE(m_harness->leftOver(), QString());
        QCOMPARE(runsBelow(runs()).size(), before + workers);
    }
    for (const Run &run : runsBelow(runs()))
        QCOMPARE(judge(run), QString());
    tell("fault 11 two windows at once: injected %d times two windows with --start on one file; proved: each "
         "of the "
         "%d workers was started exactly once",
         rounds, rounds * workers);
}

void TestWindow::fault34_tooManyProcesses()
{
    constexpr int workers = 30;
    constexpr uid_t nobody = 65533; // the limit counts all processes of a user, and 65534 may have some
    const QString copies = m_harness->filePath(u"bin"_s);
    QVERIFY(QDir().mkdir(copies));
    for (const QString &original : {program, Harness::keeper(), Harness::worker()}) {
        const QString copy = copies + u'/' + QFileInfo(original).fileName();
        QVERIFY(QFile::copy(original, copy));
        QCOMPARE(::chmod(QFile::encodeName(copy).constData(), 0755), 0);
    }
    const QString file = project(400'000, workers, 300);
    QFile text(file);
    QVERIFY(text.open(QIODevice::ReadWrite));
    const QByteArray moved = text.readAll().replace(Harness::worker().toUtf8(),
                                                    QByteArray(copies.toUtf8() + "/procession-testworker"));
    QVERIFY(text.resize(0) && text.seek(0) && text.write(moved) == moved.size());
    text.close();
    for (const QString &path : {m_harness->path(), file})
        QCOMPARE(::chown(QFile::encodeName(path).constData(), nobody, nobody), 0);
    QFile::remove(m_harness->filePath(u"started"_s));
    const auto drop = [](rlim_t most) {
        const rlimit processes{most, most};
        return ::setrlimit(RLIMIT_NPROC, &processes) == 0 && ::setgroups(0, nullptr) == 0 &&
               ::setresgid(nobody, nobody, nobody) == 0 && ::setresuid(nobody, nobody, nobody) == 0;
    };
    SpawnOptions probe;
    probe.beforeExec = [&] { return drop(1) && ::fork() < 0 && errno == EAGAIN; };
    QVERIFY2(m_harness->wait(m_harness->spawn({u"true"_s}, probe)) == 0, "RLIMIT_NPROC does not bite");

    SpawnOptions options;
    options.environment = environment();
    options.workingDirectory = m_harness->path();
    options.standardError = m_harness->filePath(u"said"_s);
    // Three processes a worker: not even enough for every pair of keepers.
    options.beforeExec = [&] { return drop(40); };
    const std::optional<int> status = m_harness->wait(
        m_harness->spawn({copies + u"/procession"_s, u"run"_s, file, u"--interval"_s, u"50ms"_s}, options));
    QVERIFY(status.has_value() && WIFEXITED(*status));
    QCOMPARE(m_harness->leftOver(), QString());
    int started = 0;
    int refused = 0;
    for (const Run &run : runsBelow(runs())) {
        const StateSlot state = stateOf(run);
        if (state.phase == Phase::Finished) {
            QCOMPARE(judge(run), QString());
            ++started;
        } else {
            QCOMPARE(m_harness->startsOf(run), 0);
            ++refused;
        }
    }
    QCOMPARE(started, workers); // queued and tried again, until there was room
    tell("fault 34 too few processes: injected RLIMIT_NPROC 40 as uid %d (proved to bite) into `procession "
         "run` of %d "
         "workers at once; proved: all ran in the end (%d starts refused in between), nothing left",
         int(nobody), workers, refused);
}

QTEST_GUILESS_MAIN(TestWindow)
#include "tst_window.moc"
