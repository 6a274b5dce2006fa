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
        const auto supervisor = withKeeper("mkdir \"$2/state\"; exec KEEPER \"$@\"");
        const WorkerId id = supervisor->add(direct(QStringLiteral("w"), {u"true"_qs}));
        supervisor->start({id});
        QTRY_COMPARE(supervisor->status(id)->state, State::Ended);
        QCOMPARE(supervisor->status(id)->outcome, Outcome::FailedToStart);
        QVERIFY2(supervisor->status(id)->problem.startsWith(u"It could not be kept: "),
                 qPrintable(supervisor->status(id)->problem));
    }

    /// Whoever kills the launcher does not make a running worker a failed start.
    void survivesTheLauncher()
    {
        const auto supervisor = withKeeper("KEEPER \"$@\"; kill -9 $$");
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

    void knowsThatItDoesNotKnow()
    {
        const WorkerId id = m_supervisor->add(direct(QStringLiteral("w"), {u"sleep"_qs, u"1000"_qs}));
        m_supervisor->start({id});
        QTRY_COMPARE(state(id), State::Running);
        const auto slot = RunDirectory(m_supervisor->status(id)->runDirectory).readState();
        QVERIFY(slot);
        ::kill(slot->keeperPid, SIGKILL);
        QTRY_COMPARE(state(id), State::Ended);
        QCOMPARE(m_supervisor->status(id)->outcome, Outcome::Lost);
        QVERIFY(!m_supervisor->status(id)->exitCode);
        ::kill(slot->mainPid, SIGKILL);
        QTRY_COMPARE(m_home->processes(), QList<qint64>());
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
        script.write("#!/bin/sh\n" + text.replace("KEEPER", paths.keeperProgram.toUtf8()) + "\n");
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

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Supervisor> m_supervisor;
};

QTEST_GUILESS_MAIN(TestSupervisor)
#include "tst_supervisor.moc"
