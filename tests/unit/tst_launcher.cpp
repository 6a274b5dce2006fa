// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/launcher.h"

#include "core/rundirectory.h"
#include "testhome.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <csignal>
#include <memory>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

// What the scripts that stand for a keeper have in common: request() reads one, report STATUS ERROR RUN
// answers.
const QByteArray scriptHead = R"(#!/bin/bash
request() { IFS= read -r -d '' dir && IFS= read -r -d '' end; }
report() {
    printf "\x$1\0\0\0\0\0\0\0\x$2\0\0\0\0\0\0\0%s" "$3"
    head -c $((112 - ${#3})) /dev/zero
}
started() { report 00 00 "$1"; }
crowded() { report 07 0b "$1"; }
)";

} // namespace

/// The launcher against a keeper that keeps its word, and against scripts that do not.
class TestLauncher final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        QCOMPARE(m_home->paths().create(), QString());
    }

    void cleanup()
    {
        end();
        QCOMPARE(m_home->processes(), QList<qint64>());
        m_home.reset();
    }

    void startsByOneProgram()
    {
        begin(m_home->paths().keeperProgram);
        for (int i = 0; i < 100; ++i)
            launch(u"run-%1"_s.arg(i));
        for (int i = 0; i < 100; ++i)
            QTRY_COMPARE(phase(u"run-%1"_s.arg(i)), rundir::Phase::Finished);
        QVERIFY(m_failed->isEmpty());
    }

    void startsWhatWasPostedBeforeItEnds()
    {
        begin(m_home->paths().keeperProgram);
        for (int i = 0; i < 100; ++i)
            launch(u"run-%1"_s.arg(i));
        end();
        for (int i = 0; i < 100; ++i)
            QTRY_COMPARE(phase(u"run-%1"_s.arg(i)), rundir::Phase::Finished);
    }

    void saysThatThereIsNoProgram()
    {
        begin(u"/no/such/keeper"_s);
        launch(u"one"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY(m_failed->at(0).at(1).toString().contains(u"/no/such/keeper"));
    }

    /// Its last words are passed on, and the next start has a program of its own.
    void startsTheProgramAgain()
    {
        script("if [ -e HOME/once ]; then exec KEEPER --serve; fi\n"
               "touch HOME/once; request; echo 'out of luck' >&2; exit 1");
        launch(u"one"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QCOMPARE(m_failed->at(0).at(0).toString(), u"one"_s);
        QVERIFY(m_failed->at(0).at(1).toString().contains(u"out of luck"));
        launch(u"two"_s);
        QTRY_COMPARE(phase(u"two"_s), rundir::Phase::Finished);
        QCOMPARE(m_failed->count(), 1);
    }

    void failsExactlyThoseInFlight()
    {
        script("request; started ${dir##*/}; request; request; kill -9 $$");
        launch(u"one"_s);
        launch(u"two"_s);
        launch(u"three"_s);
        QTRY_COMPARE(m_failed->count(), 2);
        QCOMPARE(failedRuns(), QStringList({u"three"_s, u"two"_s}));
    }

    void doesNotBelieveGarbage()
    {
        script("request; head -c 1000 /dev/urandom | tr '\\0' x; cat >/dev/null");
        launch(u"one"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY(m_failed->at(0).at(1).toString().contains(u"does not answer as"));
    }

    /// The second half of a keeper may report what the first one had reported before it was killed.
    void passesOverReportsOfOthers()
    {
        script("request; started another; report 07 00 ''; started ${dir##*/}; started ${dir##*/}; request; "
               "report 06 1c ${dir##*/}; cat >/dev/null");
        launch(u"one"_s);
        launch(u"two"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QCOMPARE(failedRuns(), QStringList{u"two"_s});
        QVERIFY(m_failed->at(0).at(2).toBool()); // nothing of it has begun
    }

    void failsTheOneWhoseKeeperWasKilled()
    {
        script("request; request; request; report 07 00 two; cat >/dev/null");
        launch(u"one"_s);
        launch(u"two"_s);
        launch(u"three"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QCOMPARE(failedRuns(), QStringList{u"two"_s});
        QVERIFY(m_failed->at(0).at(1).toString().contains(u"was killed"));
        QVERIFY(!m_failed->at(0).at(2).toBool());
    }

    /// Hung keepers, of which nothing is ever heard.
    void waitsForNobodyForever()
    {
        script("for ((i = 0; i < 64; ++i)); do request; done; exec KEEPER --serve");
        for (int i = 0; i < 65; ++i)
            launch(u"run-%1"_s.arg(i));
        QTRY_COMPARE_WITH_TIMEOUT(phase(u"run-64"_s), rundir::Phase::Finished, 60'000);
    }

    void endsAProgramThatIsStopped()
    {
        script("echo $$ >HOME/pid; exec KEEPER --serve");
        launch(u"one"_s);
        QTRY_COMPARE(phase(u"one"_s), rundir::Phase::Finished);
        QFile file(m_home->filePath(u"pid"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(::kill(pid_t(file.readAll().trimmed().toInt()), SIGSTOP), 0);
        launch(u"two"_s);
        end();
        QTRY_COMPARE(phase(u"two"_s), rundir::Phase::Finished);
    }

    void triesAgainWhereThereWasNoRoom()
    {
        script("request; crowded ${dir##*/}; request; crowded ${dir##*/}; exec KEEPER --serve");
        launch(u"one"_s);
        launch(u"two"_s);
        QTRY_COMPARE(phase(u"one"_s), rundir::Phase::Finished);
        QTRY_COMPARE(phase(u"two"_s), rundir::Phase::Finished);
        QCOMPARE(m_delayed->count(), 2); // told once each
        QVERIFY(m_delayed->at(0).at(1).toString().contains(u"tried again"));
        QVERIFY(m_failed->isEmpty());
    }

    void takesBackWhatWaits()
    {
        script("while request; do crowded ${dir##*/}; done");
        launch(u"one"_s);
        QTRY_COMPARE(m_delayed->count(), 1);
        m_launcher->cancel(directory(u"one"_s));
        QTRY_COMPARE(m_cancelled->count(), 1);
        const auto slot = RunDirectory(directory(u"one"_s)).readState();
        QVERIFY(!slot || RunDirectory::isRevoked(*slot));
    }

    /// A program that hangs keeps nobody from calling a start off, and the run can never start after that.
    void takesBackWhatIsUnderWay()
    {
        script("request; while [ ! -e HOME/go ]; do sleep 0.02; done; printf '%s\\0\\0' \"$dir\" | KEEPER "
               "--serve; cat >/dev/null");
        launch(u"one"_s);
        QTRY_VERIFY(QFile::exists(directory(u"one"_s) + u"/spec"));
        m_launcher->cancel(directory(u"one"_s));
        QTRY_COMPARE(m_cancelled->count(), 1);
        QVERIFY(QFile(m_home->filePath(u"go"_s)).open(QIODevice::WriteOnly));
        QTRY_COMPARE(m_failed->count(), 1);
        const QString reason = m_failed->at(0).at(1).toString();
        QVERIFY2(reason.contains(u"started before"), qPrintable(reason));
        QCOMPARE(phase(u"one"_s), rundir::Phase::FailedToStart);
    }

    /// Nothing here knows of it: a window that is gone was about to start it.
    void takesBackWhatItDoesNotKnow()
    {
        begin(m_home->paths().keeperProgram);
        QVERIFY(QDir().mkdir(directory(u"one"_s)));
        m_launcher->cancel(directory(u"one"_s));
        QTRY_COMPARE(m_cancelled->count(), 1);
        QCOMPARE(phase(u"one"_s), rundir::Phase::FailedToStart);
    }

    void refusesARunThatIsThere()
    {
        begin(m_home->paths().keeperProgram);
        QVERIFY(QDir().mkdir(directory(u"one"_s)));
        launch(u"one"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY(m_failed->at(0).at(1).toString().contains(directory(u"one"_s)));
    }

private:
    void begin(const QString &program)
    {
        m_thread = std::make_unique<QThread>();
        m_launcher = new Launcher(program);
        m_launcher->moveToThread(m_thread.get());
        connect(m_thread.get(), &QThread::finished, m_launcher, &QObject::deleteLater);
        m_failed = std::make_unique<QSignalSpy>(m_launcher, &Launcher::launchFailed);
        m_delayed = std::make_unique<QSignalSpy>(m_launcher, &Launcher::launchDelayed);
        m_cancelled = std::make_unique<QSignalSpy>(m_launcher, &Launcher::launchCancelled);
        m_thread->start();
    }

    void end()
    {
        if (!m_thread)
            return;
        m_launcher->finish();
        m_thread->quit();
        m_thread->wait();
        m_thread.reset();
    }

    /// A launcher whose keeper is this script; KEEPER stands for the real one, HOME for the test's directory.
    void script(QByteArray text)
    {
        QFile file(m_home->filePath(u"keeper"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        text.replace("KEEPER", m_home->paths().keeperProgram.toUtf8());
        text.replace("HOME", m_home->filePath(u"."_s).toUtf8());
        file.write(scriptHead + text + '\n');
        file.close();
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner);
        begin(file.fileName());
    }

    void launch(const QString &runId)
    {
        auto spec = std::make_shared<WorkerSpec>();
        spec->name = runId;
        spec->command = Command::direct({u"true"_s});
        RunOrder order;
        order.runId = runId;
        order.spec = spec;
        m_launcher->launch(m_home->paths().runsDirectory(), order);
    }

    QString directory(const QString &runId) const { return m_home->paths().runsDirectory() + u'/' + runId; }

    rundir::Phase phase(const QString &runId) const
    {
        return RunDirectory(directory(runId)).readState().value_or(rundir::StateSlot()).phase;
    }

    QStringList failedRuns() const
    {
        QStringList runs;
        for (const auto &arguments : *m_failed)
            runs.append(arguments.at(0).toString());
        runs.sort();
        return runs;
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<QThread> m_thread;
    Launcher *m_launcher = nullptr; // lives in the thread
    std::unique_ptr<QSignalSpy> m_failed;
    std::unique_ptr<QSignalSpy> m_delayed;
    std::unique_ptr<QSignalSpy> m_cancelled;
};

QTEST_GUILESS_MAIN(TestLauncher)
#include "tst_launcher.moc"
