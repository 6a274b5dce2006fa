// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Trees that do not want to end: stop ends them whole, and says so only when the kernel has said so.

#include "faultharness.h"
#include "testhome.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

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

constexpr uid_t nobody = 65534;

/// What is below the keeper of the run: its worker's whole tree.
qsizetype treeSize(const Run &run)
{
    const StateSlot state = stateOf(run);
    const pid_t top = state.guardianPid > 0 ? state.guardianPid : state.keeperPid;
    return Harness::descendants(top).size() - (state.guardianPid > 0 ? 1 : 0);
}

} // namespace

class TestTree final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault18_doubleForkedDaemon_data();
    void fault18_doubleForkedDaemon();
    void fault19_termIgnored_data();
    void fault19_termIgnored();
    void fault20_stoppedProcessInTree();
    void fault21_forkBomb();
    void fault22_nestedSubreapers();
    void fault23_workerKillsItsGroup();
    void fault24_childWritesAfterMainEnded();
    void fault24_keptChildWritesAfterMainEnded();
    void theWholeZoo();

private:
    std::optional<Harness> m_harness;
};

void TestTree::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestTree::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

void TestTree::fault18_doubleForkedDaemon_data()
{
    QTest::addColumn<bool>("stopped");
    QTest::newRow("stopped") << true;
    QTest::newRow("main ends by itself") << false;
}

void TestTree::fault18_doubleForkedDaemon()
{
    QFETCH(const bool, stopped);
    const Run run = m_harness->makeWorker({u"setsid-daemon"_s, u"stdout"_s, u"ready"_s,
                                           stopped ? u"sleep"_s : u"exit"_s, stopped ? u"100"_s : u"3"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    if (stopped) {
        QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
        QCOMPARE(treeSize(run), qsizetype{2});
        QVERIFY(command(run, Verb::Stop));
    }
    QCOMPARE(endOf(run, stopped ? SIGTERM : exited(3), "ready\n"), QString());
    // Where both got the stop signal, the daemon may be gone before the main process.
    QVERIFY(stateOf(run).strays <= 1 && (stopped || stateOf(run).strays == 1));
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 18 double-forked setsid daemon: injected a worker with one, which %s; proved that it was "
         "ended "
         "with it (ECHILD) and counted as 1 stray",
         stopped ? "is stopped" : "ends with 3");
}

void TestTree::fault19_termIgnored_data()
{
    QTest::addColumn<QStringList>("behaviours");
    QTest::addColumn<int>("size");
    QTest::newRow("by the main process") << QStringList{u"ignore-term"_s} << 1;
    QTest::newRow("by grandchildren only") << QStringList{u"tree"_s, u"3"_s} << 15;
}

void TestTree::fault19_termIgnored()
{
    QFETCH(const QStringList, behaviours);
    QFETCH(const int, size);
    const Run run = m_harness->makeWorker(
        behaviours + QStringList{u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, {u"grace-ms=200"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n" && treeSize(run) == size; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, size == 1 ? SIGKILL : SIGTERM, "ready\n"), QString());
    const StateSlot state = stateOf(run);
    QVERIFY((state.flags & GraceExpired) != 0);
    QCOMPARE(state.survivors, 0u);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 19 TERM ignored %s: injected into a tree of %d; proved: killed when the grace was over, "
         "nothing "
         "left",
         QTest::currentDataTag(), size);
}

void TestTree::fault20_stoppedProcessInTree()
{
    const Run run = m_harness->makeWorker({u"stopped-child"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s},
                                          {u"grace-ms=90000"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    QVERIFY((stateOf(run).flags & GraceExpired) == 0);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 20 stopped process in the tree: injected a child stopped by SIGSTOP in a session of its own; "
         "proved that it heard TERM (continued), long before a grace of 90 s was over");
}

void TestTree::fault21_forkBomb()
{
    // As root it would be a real one: RLIMIT_NPROC does not bind root.
    constexpr rlim_t most = 200;
    const QString copies = m_harness->filePath(u"bin"_s);
    QVERIFY(QDir().mkdir(copies));
    for (const QString &program : {Harness::keeper(), Harness::worker()}) {
        const QString copy = copies + u'/' + QFileInfo(program).fileName();
        QVERIFY(QFile::copy(program, copy));
        QCOMPARE(::chmod(QFile::encodeName(copy).constData(), 0755), 0);
    }
    const Run run = m_harness->makeRun({copies + u"/procession-testworker"_s, u"fork-bomb"_s, u"1000"_s,
                                        u"stdout"_s, u"full"_s, u"sleep"_s, u"100"_s},
                                       {u"grace-ms=300"_s});
    const QStringList given{m_harness->path(), m_harness->runsDirectory(), run.path, run.path + u"/spec"_s};
    for (const QString &path : given)
        QCOMPARE(::chown(QFile::encodeName(path).constData(), nobody, nobody), 0);
    SpawnOptions options;
    options.beforeExec = [] {
        const rlimit processes{most, most};
        return ::setrlimit(RLIMIT_NPROC, &processes) == 0 && ::setgroups(0, nullptr) == 0 &&
               ::setresgid(nobody, nobody, nobody) == 0 && ::setresuid(nobody, nobody, nobody) == 0;
    };
    // The limit has to bite before anything is started.
    SpawnOptions probe;
    probe.beforeExec = [&] {
        const rlimit one{1, 1};
        if (!options.beforeExec() || ::setrlimit(RLIMIT_NPROC, &one) != 0)
            return false;
        return ::fork() < 0 && errno == EAGAIN;
    };
    const std::optional<int> bites = m_harness->wait(m_harness->spawn({u"true"_s}, probe));
    QVERIFY2(bites == 0, "RLIMIT_NPROC does not bite: no bomb is lit");

    const pid_t launcher =
        m_harness->spawn({copies + u"/procession-keeper"_s, u"--launch"_s, run.path}, options);
    QCOMPARE(m_harness->wait(launcher).value_or(-1), exited(AllStarted));
    QVERIFY(waitUntil([&] { return outputOf(run) == "full\n"; }));
    const qsizetype reached = treeSize(run);
    QVERIFY2(reached > 100 && reached <= qsizetype(most), qPrintable(QString::number(reached)));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "full\n"), QString());
    QCOMPARE(stateOf(run).survivors, 0u);
    QCOMPARE(m_harness->leftOver(), QString());
    tell(
        "fault 21 fork bomb: injected as uid %d under RLIMIT_NPROC %d (proved to bite), grew to %d processes "
        "deaf to TERM; proved: stopped, nothing left",
        int(nobody), int(most), int(reached));
}

void TestTree::fault22_nestedSubreapers()
{
    const Run run = m_harness->makeWorker(
        {u"subreapers"_s, u"5"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, {u"grace-ms=500"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return treeSize(run) == 7; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 22 nested subreapers: injected a chain of 5, each in a session of its own, with a daemon at "
         "the "
         "end; proved: stopped, nothing left");
}

void TestTree::fault23_workerKillsItsGroup()
{
    const Run run = m_harness->makeWorker({u"late-child"_s, u"100"_s, u"setsid-daemon"_s, u"stdout"_s,
                                           u"ready"_s, u"kill-group"_s, QString::number(SIGKILL)});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, SIGKILL, "ready\n"), QString());
    QVERIFY((stateOf(run).flags & (StopAsked | KillAsked)) == 0);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 23 worker kills its own group: injected kill(0, SIGKILL); proved: the keeper lives on, "
         "records "
         "SIGKILL, ends the daemon that was in no group of the worker's");
}

void TestTree::fault24_childWritesAfterMainEnded()
{
    // Everything a stray has written before it is ended belongs to the run, however it was ended.
    const Run run = m_harness->makeRun(
        {u"/bin/sh"_s, u"-c"_s,
         u"trap '' TERM; (trap '' TERM; printf 'from the child\\n'; echo >&2 x; sleep 100) & "
         u"read x < '%1'; exit 7"_s.arg(m_harness->filePath(u"go"_s))});
    QCOMPARE(::mkfifo(QFile::encodeName(m_harness->filePath(u"go"_s)).constData(), 0600), 0);
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run).size() == 17; }));
    QFile go(m_harness->filePath(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    go.write("\n");
    go.close();
    QCOMPARE(endOf(run, exited(7)), QString());
    QCOMPARE(stateOf(run).strays > 0, true);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 24 main exits, a child keeps standard output: injected a child deaf to TERM; proved: exit "
         "code 7 "
         "at once, the child ended, the run finished although the child held the pipe");
}

void TestTree::fault24_keptChildWritesAfterMainEnded()
{
    const Run run = m_harness->makeWorker(
        {u"late-child"_s, u"0.5"_s, u"stdout"_s, u"main"_s, u"exit"_s, u"7"_s}, {u"strays=keep"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil(
        [&] { return (stateOf(run).flags & (StatusKnown | StraysKept)) == (StatusKnown | StraysKept); }));
    QCOMPARE(stateOf(run).phase, Phase::Exited);
    QCOMPARE(stateOf(run).waitStatus, exited(7));
    QCOMPARE(endOf(run, exited(7), "main\nlate\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 24 main exits, a kept child writes later: injected strays=keep; proved: exit code 7 shown "
         "while "
         "the child goes on, its late line kept, nothing left");
}

void TestTree::theWholeZoo()
{
    const Run run =
        m_harness->makeWorker({u"setsid-daemon"_s, u"stopped-child"_s, u"subreapers"_s, u"3"_s, u"tree"_s,
                               u"4"_s, u"ignore-term"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s},
                              {u"grace-ms=300"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return treeSize(run) == 37; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGKILL, "ready\n"), QString());
    QCOMPARE(stateOf(run).survivors, 0u);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("faults 18-22 together: injected a tree of 37 with daemons, a stopped child, subreapers, 9 deaf to "
         "TERM; "
         "proved: nothing left");
}

QTEST_GUILESS_MAIN(TestTree)
#include "tst_tree.moc"
