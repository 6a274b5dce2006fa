// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/supervisor.h"

#include "core/bootclock.h"
#include "core/rundirectory.h"
#include "testhome.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>

using namespace procession;
using namespace std::chrono_literals;

namespace {

const QString testWorker = QStringLiteral(PROCESSION_BIN_DIR "/procession-testworker");

WorkerSpec direct(const QString &name, const QStringList &argv)
{
    WorkerSpec spec;
    spec.name = name;
    spec.command = Command::direct(argv);
    return spec;
}

WorkerSpec shell(const QString &name, const QString &text)
{
    WorkerSpec spec;
    spec.name = name;
    spec.command = Command::shell(text);
    return spec;
}

} // namespace

class TestSupervisor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_supervisor = std::make_unique<Supervisor>(m_home->paths());
        QCOMPARE(m_supervisor->open(QStringLiteral("test")), QString());
    }

    void cleanup()
    {
        m_supervisor->kill(m_supervisor->alive());
        QTRY_COMPARE(m_supervisor->aliveCount(), 0);
        m_supervisor.reset();
        QCOMPARE(m_home->processes(), QList<qint64>());
        m_home.reset();
    }

    void runsToTheEnd()
    {
        QSignalSpy changes(m_supervisor.get(), &Supervisor::changed);
        const WorkerId id =
            m_supervisor->add(direct(QStringLiteral("three"), {testWorker, u"exit"_qs, u"3"_qs}));
        QCOMPARE(state(id), State::NotStarted);
        m_supervisor->start({id});
        QCOMPARE(state(id), State::Starting);
        QTRY_COMPARE(state(id), State::Ended);
        const WorkerStatus &status = *m_supervisor->status(id);
        QCOMPARE(status.outcome, Outcome::Failed);
        QCOMPARE(status.exitCode, std::optional<int>(3));
        QCOMPARE(status.pid, 0);
        QVERIFY(status.lastPid > 0);
        QVERIFY(status.endedAt >= status.startedAt);
        QVERIFY(*status.elapsed(bootNow()) == status.endedAt - status.startedAt);
        QTRY_VERIFY(changes.count() > 0);
    }

    void tellsItsLifeOnce()
    {
        QStringList told;
        connect(m_supervisor.get(), &Supervisor::activity, this,
                [&told](const ActivityEntry &entry) { told.append(entry.text.section(u',', 0, 0)); });
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("p"), {u"true"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(told, QStringList({u"p started"_qs, u"p ended"_qs}));
    }

    void failsToStart_data()
    {
        QTest::addColumn<QStringList>("argv");
        QTest::addColumn<QString>("directory");
        QTest::addColumn<QString>("says");
        QTest::newRow("not found") << QStringList{u"pyhton3"_qs} << QString()
                                   << u"“pyhton3” was not found in PATH"_qs;
        QTest::newRow("no such path")
            << QStringList{u"/no/such/thing"_qs} << QString() << u"does not exist"_qs;
        QTest::newRow("not executable")
            << QStringList{u"/etc/passwd"_qs} << QString() << u"is not executable"_qs;
        QTest::newRow("a folder") << QStringList{u"/tmp"_qs} << QString() << u"is a folder"_qs;
        QTest::newRow("no such directory")
            << QStringList{u"true"_qs} << u"/no/such"_qs << u"working directory"_qs;
        QTest::newRow("empty") << QStringList{} << QString() << u"command"_qs;
        QTest::newRow("NUL") << QStringList{u"true"_qs, QString(QChar(u'\0'))} << QString() << u"NUL"_qs;
    }

    void failsToStart()
    {
        QFETCH(QStringList, argv);
        QFETCH(QString, directory);
        QFETCH(QString, says);
        WorkerSpec spec = direct(QStringLiteral("w"), argv);
        spec.workingDirectory = directory;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::FailedToStart);
        QVERIFY(!m_supervisor->status(id)->exitCode);
        QVERIFY2(m_supervisor->status(id)->problem.contains(says),
                 qPrintable(m_supervisor->status(id)->problem));
    }

    void saysThatTheKeeperIsMissing()
    {
        Paths paths = m_home->paths();
        paths.keeperProgram = QStringLiteral("/no/such/keeper");
        paths.stateDirectory = m_home->filePath(QStringLiteral("other"));
        Supervisor supervisor(paths);
        QCOMPARE(supervisor.open(QStringLiteral("x")), QString());
        const WorkerId id = supervisor.add(direct(QStringLiteral("w"), {u"true"_qs}));
        supervisor.start({id});
        QTRY_COMPARE(supervisor.status(id)->state, State::Ended);
        QVERIFY(supervisor.status(id)->problem.contains(u"/no/such/keeper"));
    }

    void saysWhyARunCannotBeKept()
    {
        // The keeper finds no place for the run's state, as a full disk or a wrong mode would have it.
        const auto supervisor = withKeeper(
            R"(while IFS= read -r -d '' dir; do
                   read -r -d '' end
                   mkdir "$dir/state"
                   printf '%s\0\0' "$dir" | KEEPER --serve
               done)");
        const WorkerId id = supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        supervisor->start({id});
        QTRY_COMPARE(supervisor->status(id)->state, State::Ended);
        QCOMPARE(supervisor->status(id)->outcome, Outcome::FailedToStart);
        QVERIFY2(supervisor->status(id)->problem.startsWith(u"It could not be kept"),
                 qPrintable(supervisor->status(id)->problem));
    }

    /// No process to spare for a keeper: the start waits, says so, and can be called off.
    void waitsForRoom()
    {
        const auto supervisor = withKeeper(
            R"(while IFS= read -r -d '' dir; do
                   read -r -d '' end
                   run=${dir##*/}
                   printf '\7\0\0\0''\0\0\0\0''\013\0\0\0''\0\0\0\0%s' "$run"
                   head -c $((112 - ${#run})) /dev/zero
               done)");
        const WorkerId id = supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        supervisor->start({id});
        QTRY_VERIFY(supervisor->status(id)->problem.contains(u"tried again"));
        QCOMPARE(supervisor->status(id)->state, State::Starting);
        supervisor->stop({id});
        QTRY_COMPARE(supervisor->status(id)->state, State::Ended);
        QCOMPARE(supervisor->status(id)->outcome, Outcome::Stopped);
        QCOMPARE(supervisor->status(id)->startedMs, 0);
        QCOMPARE(launchAgain(supervisor->status(id)->runDirectory), int(rundir::SomeFailed));
    }

    /// Whoever kills the launcher does not make a running worker a failed start.
    void survivesTheLauncher()
    {
        const auto supervisor = withKeeper(
            R"(IFS= read -r -d '' dir; printf '%s\0\0' "$dir" | KEEPER --serve >/dev/null; kill -9 $$)");
        const WorkerId id = supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        supervisor->start({id});
        QTRY_COMPARE(supervisor->status(id)->state, State::Running);
        supervisor->pause({id}); // by now the launcher's death is known
        QTRY_COMPARE(supervisor->status(id)->state, State::Paused);
        supervisor->kill({id});
        QTRY_COMPARE(supervisor->status(id)->outcome, Outcome::Killed);
    }

    void failsWhereTheLauncherDiedFirst()
    {
        const auto supervisor = withKeeper("kill -9 $$");
        const WorkerId id = supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        supervisor->start({id});
        QTRY_COMPARE(supervisor->status(id)->outcome, Outcome::FailedToStart);
        // What has been called a failed start stays one, whoever launches it now.
        QCOMPARE(launchAgain(supervisor->status(id)->runDirectory), int(rundir::SomeFailed));
    }

    /// A window killed between the claim and the launch leaves a run that no keeper has said a word of.
    void offersAgainWhatWasNeverLaunched()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        m_supervisor->close();
        const RunDirectory run(m_home->paths().runsDirectory() + u"/claimed");
        {
            Roster roster;
            QCOMPARE(roster.open(m_home->paths().rosterDirectory(QStringLiteral("test"))), QString());
            roster.setLastRun(id, QStringLiteral("claimed"));
            RunOrder order;
            order.runId = QStringLiteral("claimed");
            order.spec = roster.find(id)->spec;
            QCOMPARE(run.create(specBytes(order)), QString());
        }
        for (int opened = 0; opened < 2; ++opened) {
            QCOMPARE(m_supervisor->open(QStringLiteral("test")), QString());
            QCOMPARE(state(id), State::NotStarted);
        }
        QCOMPARE(launchAgain(run.path()), int(rundir::SomeFailed));
        m_supervisor->start({id});
        QTRY_COMPARE(m_supervisor->status(id)->outcome, Outcome::Succeeded);
    }

    /// Without a free descriptor nothing can be said of a run: it is neither offered again nor over.
    void asksAgainWhatItCannotRead()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        rlimit limit{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        const int unused = ::dup(0);
        ::close(unused);
        const rlimit full{rlim_t(unused), limit.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &full), 0);
        const bool isSaid = QTest::qWaitFor(
            [this, id] { return m_supervisor->status(id)->problem.contains(u"cannot be read now"); });
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        QVERIFY(isSaid);
        QCOMPARE(state(id), State::Running);
        QTRY_COMPARE(m_supervisor->status(id)->problem, QString());
        m_supervisor->kill({id});
        QTRY_COMPARE(m_supervisor->status(id)->outcome, Outcome::Killed);
    }

    void revokesOnlyWhatItCanProve()
    {
        const RunDirectory run(m_home->paths().runsDirectory() + u"/one");
        QCOMPARE(run.revoke(), RunDirectory::Revocation::Revoked); // there is none
        QCOMPARE(run.create("spec"), QString());
        rlimit limit{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
        const int unused = ::dup(0);
        ::close(unused);
        const rlimit full{rlim_t(unused), limit.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &full), 0);
        const RunDirectory::Revocation revoked = run.revoke();
        const RunFacts facts = run.inspect();
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        QCOMPARE(revoked, RunDirectory::Revocation::Unknown);
        QCOMPARE(facts.record, RunFacts::Record::None); // it has no state, and that takes no descriptor

        // A full disk, as far as this process is concerned.
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
        const rlimit noRoom{0, limit.rlim_max};
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &noRoom), 0);
        const RunDirectory::Revocation withoutRoom = run.revoke();
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        std::signal(SIGXFSZ, handler);
        QCOMPARE(withoutRoom, RunDirectory::Revocation::Revoked);
        QVERIFY(!QFileInfo::exists(run.path()));
    }

    void endsWhenItsFilesAreRemoved()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        QVERIFY(QDir(m_supervisor->status(id)->runDirectory).removeRecursively());
        ::kill(pid_t(m_supervisor->status(id)->pid), SIGKILL);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Lost);
        QVERIFY(m_supervisor->status(id)->problem.contains(u"removed"));
    }

    void endsTheWholeTree()
    {
        const WorkerId id =
            m_supervisor->add(shell(QStringLiteral("tree"), u"sleep 100 & setsid sleep 100 & sleep 100"_qs));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        QVERIFY(m_supervisor->status(id)->pid > 0);
        QTRY_COMPARE(m_home->processes().size(), 4);
        m_supervisor->stop({id});
        QCOMPARE(state(id), State::Stopping);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Stopped);
        QCOMPARE(m_home->processes(), QList<qint64>());
    }

    void killsWhatIgnoresTheSignal()
    {
        WorkerSpec spec =
            shell(QStringLiteral("deaf"), u"trap '' TERM; echo ready; while :; do sleep 0.1; done"_qs);
        spec.grace = 300ms;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        QTRY_VERIFY(QFileInfo(m_supervisor->status(id)->runDirectory + u"/out.00000000000000000000").size() >=
                    6); // the trap is in force
        m_supervisor->stop({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Killed);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(-9));
    }

    void killsAtOnce()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        m_supervisor->kill({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Killed);
    }

    void stopsWhatIsStillStarting()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        m_supervisor->stop({id});
        QCOMPARE(state(id), State::Stopping);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Stopped);
    }

    void pausesAndResumes()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        m_supervisor->pause({id});
        QTRY_COMPARE(state(id), State::Paused);
        m_supervisor->resume({id});
        QTRY_COMPARE(state(id), State::Running);
        m_supervisor->pause({id});
        QTRY_COMPARE(state(id), State::Paused);
        m_supervisor->stop({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Stopped);
    }

    void restarts()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        const QString firstRun = m_supervisor->status(id)->runId;
        m_supervisor->restart({id});
        QTRY_VERIFY(m_supervisor->status(id)->runId != firstRun);
        QTRY_COMPARE(state(id), State::Running);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::None);
        QCOMPARE(m_home->processes().size(), 1);
    }

    void sendsASignal()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        m_supervisor->sendSignal({id}, SIGINT);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Crashed);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(-2));
    }

    void keepsTheRosterAndItsRuns()
    {
        const WorkerId done =
            m_supervisor->add(direct(QStringLiteral("done"), {testWorker, u"exit"_qs, u"7"_qs}));
        const WorkerId runs = m_supervisor->add(direct(QStringLiteral("runs"), {u"sleep"_qs, u"100"_qs}));
        const WorkerId idle = m_supervisor->add(direct(QStringLiteral("idle"), {u"true"_qs}));
        m_supervisor->start({done, runs});
        QTRY_COMPARE(state(done), State::Ended);
        QTRY_COMPARE(state(runs), State::Running);
        const WorkerStatus before = *m_supervisor->status(runs);

        m_supervisor = std::make_unique<Supervisor>(m_home->paths());
        QCOMPARE(m_supervisor->open(QStringLiteral("test")), QString());
        QCOMPARE(m_supervisor->roster().names(), QStringList({u"done"_qs, u"runs"_qs, u"idle"_qs}));
        QCOMPARE(state(done), State::Ended);
        QCOMPARE(m_supervisor->status(done)->exitCode, std::optional<int>(7));
        QCOMPARE(state(runs), State::Running);
        QCOMPARE(m_supervisor->status(runs)->pid, before.pid);
        QCOMPARE(m_supervisor->status(runs)->startedAt, before.startedAt);
        QCOMPARE(state(idle), State::NotStarted);
        m_supervisor->stop({runs});
        QTRY_COMPARE(state(runs), State::Ended);
        QCOMPARE(m_supervisor->status(runs)->outcome, Outcome::Stopped);
    }

    void refusesASecondWindow()
    {
        Supervisor second(m_home->paths());
        QVERIFY(second.open(QStringLiteral("test")).contains(u"another window"));
    }

    /// The half of the keeper that works is killed: the other goes on, and nothing is lost.
    void goesOnWithTheOtherHalf()
    {
        const QString go = m_home->filePath(QStringLiteral("go"));
        const WorkerId id = m_supervisor->add(
            shell(QStringLiteral("w"), u"while [ ! -e "_qs + go + u" ]; do sleep 0.02; done; exit 7"));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        const qint64 pid = m_supervisor->status(id)->pid;
        const int first = slot(id).keeperPid;
        ::kill(first, SIGKILL);
        QTRY_VERIFY(slot(id).takeovers == 1 && slot(id).keeperPid != first);
        QCOMPARE(state(id), State::Running);
        QCOMPARE(m_supervisor->status(id)->pid, pid);
        QVERIFY(!m_supervisor->status(id)->keeperGone);
        QVERIFY(QFile(go).open(QIODevice::WriteOnly));
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Failed);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(7));
    }

    void knowsThatItDoesNotKnow()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"1000"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        stopKeeper(id);
        ::kill(pid_t(m_supervisor->status(id)->pid), SIGKILL);
        QTRY_COMPARE(m_home->processes(), QList<qint64>());
        killKeeper();
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Lost);
        QVERIFY(!m_supervisor->status(id)->exitCode);
    }

    void watchesWhatNobodyKeeps()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"1000"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        stopKeeper(id);
        killKeeper();
        QTRY_VERIFY(m_supervisor->status(id)->keeperGone);
        QCOMPARE(state(id), State::Running);
        QVERIFY(m_supervisor->status(id)->pid > 0);
        QVERIFY(m_supervisor->status(id)->problem.contains(u"Its keeper was killed"));
        // The next window finds it the same way.
        m_supervisor = std::make_unique<Supervisor>(m_home->paths());
        QCOMPARE(m_supervisor->open(QStringLiteral("test")), QString());
        QTRY_VERIFY(m_supervisor->status(id)->keeperGone);
        QCOMPARE(state(id), State::Running);
        ::kill(pid_t(m_supervisor->status(id)->pid), SIGKILL);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Lost);
        QVERIFY(!m_supervisor->status(id)->keeperGone);
    }

    /// Both halves of the keeper were killed; Terminate ends the whole tree all the same.
    void endsWhatNobodyKeeps()
    {
        WorkerSpec spec = shell(QStringLiteral("tree"), u"trap '' TERM; echo ready; setsid sleep 100 & "
                                                        "env -i sleep 100 & while :; do sleep 0.1; done"_qs);
        spec.grace = 300ms;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_COMPARE(output(id), QByteArray("ready\n"));
        QTRY_VERIFY(m_home->processes().size() >= 2);
        stopKeeper(id);
        killKeeper();
        QTRY_VERIFY(m_supervisor->status(id)->keeperGone);
        m_supervisor->stop({id});
        QCOMPARE(state(id), State::Stopping);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Killed); // it ignores TERM
        QVERIFY(!m_supervisor->status(id)->exitCode);
        QCOMPARE(m_home->processes(), QList<qint64>());
    }

    /// Killed while it ended what the main process had left: the code is known, and the rest is ended.
    void endsTheStraysOfADeadKeeper()
    {
        const WorkerId id = keptStrays();
        m_supervisor->stop({id}); // its keeper hears of it, and is killed before it can obey
        stopKeeper(id);
        killKeeper();
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(3));
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Failed);
        QCOMPARE(m_home->processes(), QList<qint64>());
    }

    void keepsStrays()
    {
        const WorkerId id = keptStrays();
        QCOMPARE(state(id), State::Running);
        QCOMPARE(m_supervisor->status(id)->pid, 0);
        QCOMPARE(m_supervisor->status(id)->strays, 1);
        m_supervisor->stop({id});
        QTRY_COMPARE(state(id), State::Ended);
        // What was asked of its strays says nothing of the worker.
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Failed);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(3));
        QVERIFY(!m_supervisor->status(id)->straysKept);
        QCOMPARE(m_home->processes(), QList<qint64>());
    }

    void feedsItsInput()
    {
        QSignalSpy waiting(m_supervisor.get(), &Supervisor::inputWaiting);
        WorkerSpec spec = direct(QStringLiteral("cat"), {u"cat"_qs});
        spec.input = Input::Pipe;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_VERIFY(m_supervisor->status(id)->inputOpen);
        m_supervisor->sendInput(id, "hello\n");
        QTRY_COMPARE(output(id), QByteArray("hello\n"));
        const QByteArray much(500'000, 'x'); // more than a pipe holds
        m_supervisor->sendInput(id, much);
        m_supervisor->endInput(id);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(0));
        QCOMPARE(output(id), "hello\n" + much);
        QCOMPARE(waiting.last().at(1).toLongLong(), 0);
    }

    /// A gigabyte into a worker that reads nothing: what waits is bounded, the rest refused with its name.
    void refusesWhatIsNotRead()
    {
        QStringList notices;
        connect(m_supervisor.get(), &Supervisor::notice, this, [&](const QString &text) { notices += text; });
        qint64 most = 0;
        connect(m_supervisor.get(), &Supervisor::inputWaiting, this,
                [&most](WorkerId, qint64 bytes) { most = std::max(most, bytes); });
        WorkerSpec spec = direct(QStringLiteral("deaf"), {u"sleep"_qs, u"100"_qs});
        spec.input = Input::Pipe;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_VERIFY(m_supervisor->status(id)->inputOpen);
        const QByteArray block(1 << 16, 'x');
        for (int sent = 0; sent < 1 << 14; ++sent)
            m_supervisor->sendInput(id, block);
        QVERIFY(notices.size() > (1 << 14) - 100);
        QVERIFY2(notices.first().contains(u"deaf"), qPrintable(notices.first()));
        QTRY_VERIFY(most > 0);
        QVERIFY(most <= 1 << 20);
        m_supervisor->kill({id});
        QTRY_COMPARE(state(id), State::Ended);
    }

    void sizesItsTerminal()
    {
        m_supervisor->resizeTerminals(101, 31);
        WorkerSpec spec = shell(QStringLiteral("tty"),
                                u"trap 'stty size' WINCH; stty size; while :; do sleep 0.1; done"_qs);
        spec.input = Input::Terminal;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_VERIFY(output(id).startsWith("31 101"));
        QTRY_VERIFY(m_supervisor->status(id)->terminal);
        m_supervisor->resizeTerminals(99, 22);
        QTRY_VERIFY(output(id).contains("22 99"));
    }

    void asksTheOtherWindowToTheFront()
    {
        QSignalSpy raised(m_supervisor.get(), &Supervisor::raiseRequested);
        Supervisor second(m_home->paths());
        QVERIFY(!second.isHeldElsewhere());
        QVERIFY(!second.open(QStringLiteral("test")).isEmpty());
        QVERIFY(second.isHeldElsewhere());
        QVERIFY(second.askToRaise(QStringLiteral("test")));
        QTRY_COMPARE(raised.count(), 1);
        QVERIFY(!second.askToRaise(QStringLiteral("nobody")));
    }

    /// A keeper that was stopped says nothing; once it goes on, what was asked is done.
    void saysThatAKeeperDoesNotAnswer()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        const int keeper = slot(id).keeperPid;
        ::kill(keeper, SIGSTOP);
        m_supervisor->pause({id});
        QTRY_VERIFY(m_supervisor->status(id)->problem.contains(u"does not answer"));
        QCOMPARE(state(id), State::Running);
        ::kill(keeper, SIGCONT);
        QTRY_COMPARE(state(id), State::Paused);
        QTRY_COMPARE(m_supervisor->status(id)->problem, QString());
    }

    /// A command that did not arrive is sent again.
    void asksAgain()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        const QDir run(m_supervisor->status(id)->runDirectory);
        QVERIFY(QFile::rename(run.filePath(u"ctl"_qs), run.filePath(u"away"_qs)));
        m_supervisor->stop({id});
        QTRY_VERIFY(m_supervisor->status(id)->problem.contains(u"cannot be reached"));
        QVERIFY(QFile::rename(run.filePath(u"away"_qs), run.filePath(u"ctl"_qs)));
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Stopped);
    }

    void killsPastAKeeperOutOfReach()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        QVERIFY(QFile::remove(m_supervisor->status(id)->runDirectory + u"/ctl"));
        m_supervisor->kill({id});
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Killed);
        QCOMPARE(m_supervisor->status(id)->exitCode, std::optional<int>(-9));
    }

    void doesNotMisreadARecord_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("newer") << u"newer"_qs << u"newer version"_qs;
        QTest::newRow("damaged") << u"damaged"_qs << u"is damaged"_qs;
        QTest::newRow("cut short") << u"cut"_qs << u"is damaged"_qs;
        QTest::newRow("FIFO") << u"fifo"_qs << u"left alone"_qs;
        QTest::newRow("link") << u"link"_qs << u"left alone"_qs;
    }

    void doesNotMisreadARecord()
    {
        QFETCH(QString, kind);
        QFETCH(QString, says);
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Ended);
        const QString directory = m_supervisor->status(id)->runDirectory;
        m_supervisor->close();
        const QString stateFile = directory + u"/state";
        rundir::StateSlot slot = *RunDirectory(directory).readState();
        if (kind == u"fifo") {
            QVERIFY(QFile::remove(stateFile));
            QCOMPARE(::mkfifo(QFile::encodeName(stateFile).constData(), 0600), 0);
        } else if (kind == u"link") {
            QVERIFY(QFile::rename(directory, directory + u"-away"));
            QVERIFY(QFile::link(directory + u"-away", directory));
        } else {
            QFile file(stateFile);
            QVERIFY(file.open(QIODevice::WriteOnly));
            slot.version = rundir::stateVersion + 1;
            slot.checksum = rundir::checksum(slot) + (kind == u"damaged" ? 1 : 0);
            file.write(reinterpret_cast<const char *>(&slot), kind == u"cut" ? 100 : qint64(sizeof slot));
        }
        QCOMPARE(m_supervisor->open(QStringLiteral("test")), QString());
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Lost);
        QVERIFY(!m_supervisor->status(id)->exitCode);
        QVERIFY2(m_supervisor->status(id)->problem.contains(says),
                 qPrintable(m_supervisor->status(id)->problem));
    }

    void removesAndPutsBack()
    {
        QList<WorkerId> ids;
        for (int i = 0; i < 5; ++i)
            ids.append(m_supervisor->add(direct(u"w%1"_qs.arg(i), {u"true"_qs})));
        m_supervisor->start({ids.at(1)});
        QTRY_COMPARE(state(ids.at(1)), State::Ended);
        const auto removed = m_supervisor->remove({ids.at(3), ids.at(1)});
        QCOMPARE(m_supervisor->roster().names(), QStringList({u"w0"_qs, u"w2"_qs, u"w4"_qs}));
        m_supervisor->restore(removed);
        QCOMPARE(m_supervisor->roster().names(),
                 QStringList({u"w0"_qs, u"w1"_qs, u"w2"_qs, u"w3"_qs, u"w4"_qs}));
        QCOMPARE(m_supervisor->status(ids.at(1))->outcome, Outcome::Succeeded);
    }

    void doesNotRemoveWhatRuns()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"100"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        QVERIFY(m_supervisor->remove({id}).isEmpty());
        QCOMPARE(m_supervisor->roster().names().size(), 1);
    }

    void makesNamesUnique()
    {
        m_supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        m_supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        QCOMPARE(m_supervisor->roster().names(), QStringList({u"w"_qs, u"w (2)"_qs}));
    }

    void hidesSecretsFromTheDisk()
    {
        WorkerSpec spec = shell(QStringLiteral("w"), u"printf %s \"$API_TOKEN\""_qs);
        spec.environment = {{u"API_TOKEN"_qs, u"hunter2"_qs}, {u"PLAIN"_qs, u"1"_qs}};
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Ended);
        const QDir run(m_supervisor->status(id)->runDirectory);
        QFile written(run.filePath(u"spec"_qs));
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray bytes = written.readAll();
        QVERIFY(!bytes.contains("hunter2"));
        QVERIFY(bytes.contains("PLAIN=1"));
        QFile output(run.filePath(u"out.00000000000000000000"_qs));
        QVERIFY(output.open(QIODevice::ReadOnly));
        QCOMPARE(output.readAll(), QByteArray("hunter2"));
    }

    void takesAProjectFile()
    {
        const WorkerSpec a = direct(QStringLiteral("a"), {u"true"_qs});
        const WorkerSpec b = direct(QStringLiteral("b"), {u"true"_qs});
        WorkerSpec c = direct(QStringLiteral("c"), {u"true"_qs});
        QCOMPARE(m_supervisor->applyProject(u"/p.yaml"_qs, "1", {a, b, c}), QString());
        const WorkerId extra = m_supervisor->add(direct(QStringLiteral("mine"), {u"true"_qs}));
        const QList<WorkerStatus> all = m_supervisor->statuses();
        WorkerSpec edited = b;
        edited.description = u"mine"_qs;
        m_supervisor->edit(all.at(1).id, edited);
        // The file loses a and changes b and c; what was done here stays.
        WorkerSpec b2 = b;
        b2.command = Command::direct({u"false"_qs});
        c.command = Command::direct({u"false"_qs});
        QVERIFY(m_supervisor->applyProject(u"/p.yaml"_qs, "2", {b2, c}).contains(u'b'));
        QCOMPARE(m_supervisor->roster().names(), QStringList({u"b"_qs, u"c"_qs, u"mine"_qs}));
        QCOMPARE(m_supervisor->status(all.at(1).id)->spec->description, u"mine"_qs);
        QCOMPARE(m_supervisor->status(all.at(2).id)->spec->command, c.command);
        QVERIFY(m_supervisor->status(extra) != nullptr);
    }

    void runsMany()
    {
        QList<WorkerId> ids;
        constexpr int many = 200;
        for (int i = 0; i < many; ++i)
            ids.append(
                m_supervisor->add(direct(u"w%1"_qs.arg(i), {testWorker, u"exit"_qs, QString::number(i)})));
        m_supervisor->start(ids);
        QTRY_COMPARE_WITH_TIMEOUT(m_supervisor->aliveCount(), 0, 60'000);
        for (int i = 0; i < many; ++i)
            QCOMPARE(m_supervisor->status(ids.at(i))->exitCode, std::optional<int>(i));
    }

private:
    /// A supervisor of its own whose keeper is this shell script; KEEPER stands for the real one.
    std::unique_ptr<Supervisor> withKeeper(QByteArray text)
    {
        Paths paths = m_home->paths();
        QFile script(m_home->filePath(QStringLiteral("keeper")));
        if (!script.open(QIODevice::WriteOnly))
            return nullptr;
        script.write("#!/bin/bash\n" + text.replace("KEEPER", paths.keeperProgram.toUtf8()) + "\n");
        script.close();
        script.setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner);
        paths.keeperProgram = script.fileName();
        auto supervisor = std::make_unique<Supervisor>(paths);
        return supervisor->open(QStringLiteral("other")).isEmpty() ? std::move(supervisor) : nullptr;
    }

    int launchAgain(const QString &runDirectory) const
    {
        return QProcess::execute(m_home->paths().keeperProgram, {u"--launch"_qs, runDirectory});
    }

    State state(WorkerId id) const { return m_supervisor->status(id)->state; }

    rundir::StateSlot slot(WorkerId id) const
    {
        return RunDirectory(m_supervisor->status(id)->runDirectory).readState().value_or(rundir::StateSlot());
    }

    QByteArray output(WorkerId id) const
    {
        QFile file(m_supervisor->status(id)->runDirectory + u"/out.00000000000000000000");
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// A worker whose main process has ended with 3 and left a child that is kept.
    WorkerId keptStrays()
    {
        WorkerSpec spec = shell(QStringLiteral("strays"), u"sleep 100 & exit 3"_qs);
        spec.keepStrays = true;
        const WorkerId id = m_supervisor->add(spec);
        m_supervisor->start({id});
        const auto isKept = [this, id] { return m_supervisor->status(id)->straysKept; };
        [&] { QTRY_VERIFY(isKept()); }();
        return id;
    }

    /// Stops both halves, so that neither goes on when the other is killed.
    void stopKeeper(WorkerId id)
    {
        const rundir::StateSlot now = slot(id);
        m_keeper = {now.keeperPid, now.guardianPid};
        for (const int half : m_keeper) {
            if (half > 0)
                ::kill(half, SIGSTOP);
        }
    }

    void killKeeper() const
    {
        for (const int half : m_keeper) {
            if (half > 0)
                ::kill(half, SIGKILL);
        }
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Supervisor> m_supervisor;
    std::array<int, 2> m_keeper{};
};

QTEST_GUILESS_MAIN(TestSupervisor)
#include "tst_supervisor.moc"
