// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/treetext.h"
#include "model/workertext.h"
#include "workerfixtures.h"

#include <QMetaEnum>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace procession::fixtures;
using namespace std::chrono_literals;

class TestWorkerText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void words();
    void stoppingSuffix();
    void straysThatGoOn();
    void aKeeperThatIsGone();
    void stops_data();
    void stops();
    void whatIsLeft();
    void aTree();
    void remarks();
    void everyExitCode();
    void exitWithoutCode();
    void exitExplanations_data();
    void exitExplanations();
    void stateExplanations_data();
    void stateExplanations();
    void everyStateIsExplained();
    void bytes();
};

namespace {

WorkerStatus endedWith(const Outcome outcome, const std::optional<int> code)
{
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Ended, outcome);
    status.exitCode = code;
    return status;
}

} // namespace

void TestWorkerText::words()
{
    QStringList words;
    for (const State state : allStates) {
        if (state != State::Ended)
            words << stateWord(state, Outcome::None);
    }
    const QMetaEnum outcomes = QMetaEnum::fromType<Outcome>();
    for (int i = 1; i < outcomes.keyCount(); ++i)
        words << stateWord(State::Ended, Outcome(outcomes.value(i)));
    QCOMPARE(
        words.join(u','),
        QStringLiteral("Not started,Queued,Starting,Running,Paused,Stopping,Skipped,Succeeded,Failed,Crashed,"
                       "Failed to start,Timed out,Stopped,Killed,Interrupted,Lost"));
}

void TestWorkerText::stoppingSuffix()
{
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Stopping);
    QCOMPARE(stateText(status, 100s), QStringLiteral("Stopping"));
    status.stopAskedAt = 96s;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Stopping"));
    status.stopDeadline = 104s;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Stopping 4s"));
    QCOMPARE(stateText(status, 103'100ms), QStringLiteral("Stopping 1s"));
    QCOMPARE(stateText(status, 105s), QStringLiteral("Stopping 0s"));
    status.state = State::Ended;
    status.outcome = Outcome::Stopped;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Stopped"));
}

void TestWorkerText::straysThatGoOn()
{
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Running);
    status.straysKept = true;
    status.strays = 3;
    status.exitCode = 2;
    QCOMPARE(stateText(status, 100s), QStringLiteral("3 still running"));
    QCOMPARE(exitText(status), QStringLiteral("2"));
    QCOMPARE(exitExplanation(status), QStringLiteral("Its main process ended with exit code 2."));
    QCOMPARE(
        stateExplanation(status, 100s),
        QStringLiteral("Its main process ended with exit code 2; 3 processes it left behind go on, as its "
                       "settings want it."));
    status.strays = 1;
    QVERIFY(stateExplanation(status, 100s).contains(u"1 process it left behind goes on"));
    status.state = State::Stopping;
    status.stopDeadline = 105s;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Stopping 5s"));
}

void TestWorkerText::aKeeperThatIsGone()
{
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Running);
    status.keeperGone = true;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Keeper gone"));
    QVERIFY(stateExplanation(status, 100s).contains(u"Both halves of its keeper were killed"));
    status.problem = QStringLiteral("Let it finish, or terminate it.");
    QVERIFY(stateExplanation(status, 100s).contains(status.problem));
    status.state = State::Stopping;
    QVERIFY(!stateExplanation(status, 100s).contains(status.problem)); // it is being terminated
    QVERIFY(stateExplanation(status, 100s).contains(u"Its keeper was killed"));
    status.problem.clear();
    status.state = State::Ended;
    status.outcome = Outcome::Lost;
    QCOMPARE(stateText(status, 100s), QStringLiteral("Lost"));
    QVERIFY(!nothingIsLeft(status));
}

void TestWorkerText::stops_data()
{
    QTest::addColumn<WorkerStatus>("status");
    QTest::addColumn<int>("processes");
    QTest::addColumn<QString>("text");
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Stopping);
    QTest::newRow("not stopping") << statusOf(1, {}, State::Running) << 5 << QString();
    status.stopAskedAt = 99'900ms;
    QTest::newRow("not answered") << status << -1 << QStringLiteral("Asked to end 0.1 s ago");
    status.stopAskedAt = 97'900ms;
    status.stopDeadline = 107'900ms;
    QTest::newRow("grace") << status << 5
                           << QStringLiteral(
                                  "SIGTERM sent 2.1 s ago; 5 processes still there → SIGKILL in 7.9 s");
    QTest::newRow("grace, not counted")
        << status << -1 << QStringLiteral("SIGTERM sent 2.1 s ago → SIGKILL in 7.9 s");
    QTest::newRow("one left") << status << 1
                              << QStringLiteral(
                                     "SIGTERM sent 2.1 s ago; 1 process still there → SIGKILL in 7.9 s");
    WorkerStatus over = status;
    over.stopAskedAt = 89s;
    over.stopDeadline = 0s;
    QTest::newRow("grace over") << over << 2 << QStringLiteral("SIGKILL sent; 2 processes still there");
    over.survivors = 10;
    over.survivorList = {{4711, Survivor::Reason::NotPermitted},
                         {4712, Survivor::Reason::Uninterruptible},
                         {4713, Survivor::Reason::Unknown}};
    QTest::newRow("survivors") << over << 10
                               << QStringLiteral(
                                      "SIGKILL sent; 10 processes still there\n"
                                      "PID 4711 runs as another user and may not be signalled.\n"
                                      "PID 4712 waits in the kernel (state D) and cannot end before that.\n"
                                      "PID 4713 was sent SIGKILL and is still there.\n"
                                      "… and 7 more");
    status.killAsked = true;
    QTest::newRow("kill") << status << 3 << QStringLiteral("SIGKILL sent; 3 processes still there");
    WorkerStatus strays = statusOf(1, QStringLiteral("w"), State::Stopping);
    strays.stopAskedAt = 99s;
    strays.exitCode = 0;
    strays.strays = 2;
    QTest::newRow("strays") << strays << 2
                            << QStringLiteral(
                                   "The main process has ended; SIGKILL sent to what it left behind; "
                                   "2 processes still there");
}

void TestWorkerText::stops()
{
    QFETCH(WorkerStatus, status);
    QFETCH(int, processes);
    QTEST(stoppingText(status, processes, 100s), "text");
}

/// "Nothing left" is said only when it was proven.
void TestWorkerText::whatIsLeft()
{
    WorkerStatus status = endedWith(Outcome::Stopped, -15);
    QVERIFY(nothingIsLeft(status));
    QCOMPARE(leftText(status), QStringLiteral("Ended, nothing left."));
    status.strays = 2;
    QCOMPARE(leftText(status), QStringLiteral("Ended, nothing left. 2 left-behind processes were ended."));
    WorkerStatus survivors = status;
    survivors.survivors = 1;
    survivors.survivorList = {{4711, Survivor::Reason::NotPermitted}};
    QVERIFY(!nothingIsLeft(survivors));
    QCOMPARE(leftText(survivors), QStringLiteral("1 process could not be ended.\n"
                                                 "PID 4711 runs as another user and may not be signalled."));
    WorkerStatus keeperKilled = endedWith(Outcome::Succeeded, 0);
    keeperKilled.problem =
        QStringLiteral("Its keeper was killed while it ended what the worker had left behind.");
    QVERIFY(!nothingIsLeft(keeperKilled));
    QVERIFY(leftText(keeperKilled).startsWith(u"Not known"));
    QVERIFY(leftText(endedWith(Outcome::Lost, {})).startsWith(u"Not known"));
    QVERIFY(leftText(endedWith(Outcome::Interrupted, {})) == u"Nothing.");
    QCOMPARE(leftText(endedWith(Outcome::FailedToStart, {})), QString());
    QCOMPARE(leftText(statusOf(1, {}, State::Running)), QString());
}

void TestWorkerText::aTree()
{
    ProcessTree tree;
    tree.processes = {{4711, 0, QStringLiteral("sh"), 'S', {}},
                      {4712, 1, QStringLiteral("python3"), 'R', {}},
                      {4713, 2, QStringLiteral("ping"), 'D', QStringLiteral("root")},
                      {4714, 0, QStringLiteral("gone"), 'Z', {}}};
    tree.total = 41;
    QCOMPARE(treeText(tree), QStringLiteral("sh 4711 (sleeping)\n"
                                            "    python3 4712 (running)\n"
                                            "        ping 4713 (waiting in the kernel, as user root)\n"
                                            "gone 4714 (ended, not collected yet)\n"
                                            "… and 37 more"));
    QCOMPARE(treeText({}), QString());
}

void TestWorkerText::remarks()
{
    WorkerStatus status = statusOf(1, QStringLiteral("w"), State::Starting);
    status.problem = QStringLiteral("There is no room for another process now; it is tried again.");
    QCOMPARE(stateExplanation(status, 1s), u"Its command is being started. " + status.problem);
    QCOMPARE(stateText(status, 1s), u"Starting – problem");
    status.state = State::Stopping;
    QCOMPARE(stateText(status, 1s), u"Stopping"); // which needs the room for its seconds
    status = statusOf(1, QStringLiteral("w"), State::Running);
    status.inputOpen = true;
    QCOMPARE(stateExplanation(status, 1s),
             QStringLiteral("It is running. It reads what is typed in the Output tab."));
    status.terminal = true;
    QVERIFY(stateExplanation(status, 1s).contains(u"has a terminal"));
    status.inputOpen = status.terminal = false;
    status.streamsMerged = true;
    QVERIFY(stateExplanation(status, 1s).contains(u"too many pipes"));
    WorkerSpec asked = specOf(QStringLiteral("w"));
    asked.mergeStreams = true;
    status.spec = std::make_shared<const WorkerSpec>(asked);
    QVERIFY(!stateExplanation(status, 1s).contains(u"pipes")); // no news to who asked for it
}

void TestWorkerText::everyExitCode()
{
    for (int code = -64; code <= 255; ++code)
        QCOMPARE(exitText(endedWith(Outcome::Failed, code)), exitCodeText(code));
    WorkerStatus status = endedWith(Outcome::Crashed, -11);
    status.coreDumped = true;
    QCOMPARE(exitText(status), QStringLiteral("SIGSEGV (11), core"));
    QCOMPARE(exitText(endedWith(Outcome::Stopped, -15)), QStringLiteral("SIGTERM (15)"));
    QCOMPARE(exitText(endedWith(Outcome::Failed, 143)), QStringLiteral("143"));
}

void TestWorkerText::exitWithoutCode()
{
    for (const State state : {State::Starting, State::Running, State::Paused, State::Stopping})
        QCOMPARE(exitText(statusOf(1, {}, state)), QString());
    for (const State state : {State::NotStarted, State::Queued, State::Skipped})
        QCOMPARE(exitText(statusOf(1, {}, state)), QStringLiteral("—"));
    QCOMPARE(exitText(endedWith(Outcome::FailedToStart, {})), QStringLiteral("—"));
    QCOMPARE(exitText(endedWith(Outcome::Lost, {})), QStringLiteral("unknown"));
    QCOMPARE(exitText(endedWith(Outcome::Interrupted, {})), QStringLiteral("unknown"));
}

void TestWorkerText::exitExplanations_data()
{
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << Outcome::Succeeded << 0 << QStringLiteral("It ended by itself with exit code 0.");
    QTest::newRow("3") << Outcome::Failed << 3 << QStringLiteral("It ended by itself with exit code 3.");
    QTest::newRow("126") << Outcome::Failed << 126
                         << QStringLiteral(
                                "It ended by itself with exit code 126. By convention 126 means: the "
                                "command was found but is not executable.");
    QTest::newRow("127") << Outcome::Failed << 127
                         << QStringLiteral(
                                "It ended by itself with exit code 127. By convention 127 means: the "
                                "command was not found.");
    QTest::newRow("128") << Outcome::Failed << 128
                         << QStringLiteral("It ended by itself with exit code 128.");
    QTest::newRow("137") << Outcome::Failed << 137
                         << QStringLiteral(
                                "It ended by itself with exit code 137. With 137 a shell reports a child "
                                "killed by SIGKILL (9).");
    QTest::newRow("193") << Outcome::Failed << 193
                         << QStringLiteral("It ended by itself with exit code 193.");
    QTest::newRow("segv") << Outcome::Crashed << -11
                          << QStringLiteral("It was ended by SIGSEGV (11), which Procession did not send.");
    QTest::newRow("stopped") << Outcome::Stopped << -15
                             << QStringLiteral("It was terminated and ended with SIGTERM (15).");
    QTest::newRow("stopped politely")
        << Outcome::Stopped << 0 << QStringLiteral("It was terminated and ended with exit code 0.");
    QTest::newRow("grace over") << Outcome::Killed << -9
                                << QStringLiteral("It was terminated, did not end in time and was killed.");
}

void TestWorkerText::exitExplanations()
{
    QFETCH(Outcome, outcome);
    QFETCH(int, code);
    QTEST(exitExplanation(endedWith(outcome, code)), "text");
}

void TestWorkerText::stateExplanations_data()
{
    QTest::addColumn<WorkerStatus>("status");
    QTest::addColumn<QString>("text");
    WorkerSpec off;
    off.name = QStringLiteral("off");
    off.disabled = true;
    WorkerStatus disabled = statusOf(1, {});
    disabled.spec = std::make_shared<const WorkerSpec>(off);
    QTest::newRow("disabled") << disabled
                              << QStringLiteral(
                                     "It has not been started. It is disabled: Start All passes it by.");
    QTest::newRow("never started") << statusOf(1, {}) << QStringLiteral("It has not been started.");
    WorkerStatus stopping = statusOf(1, {}, State::Stopping);
    stopping.stopAskedAt = 97s;
    stopping.stopDeadline = 106'500ms;
    QTest::newRow("stopping") << stopping
                              << QStringLiteral(
                                     "It was asked to end. If it has not ended in 7 s, it is killed.");
    stopping.stopDeadline = 0s;
    stopping.killAsked = true;
    QTest::newRow("killing") << stopping
                             << QStringLiteral("It is being killed; its processes are about to go.");
    WorkerStatus failed = endedWith(Outcome::FailedToStart, {});
    failed.problem = QStringLiteral("`pyhton3` was not found in PATH.");
    QTest::newRow("failed to start")
        << failed << QStringLiteral("Its command could not be started. `pyhton3` was not found in PATH.");
    WorkerStatus killed = endedWith(Outcome::Killed, -9);
    killed.killAsked = true;
    killed.strays = 2;
    killed.survivors = 1;
    QTest::newRow("killed, with a tree") << killed // what is left of the tree is told once, by leftText()
                                         << QStringLiteral("It was killed on request.");
    WorkerStatus dumped = endedWith(Outcome::Crashed, -6);
    dumped.coreDumped = true;
    QTest::newRow("core") << dumped
                          << QStringLiteral(
                                 "It was ended by SIGABRT (6), which Procession did not send. A core "
                                 "dump was written.");
    WorkerStatus lost = endedWith(Outcome::Lost, {});
    lost.problem = QStringLiteral("Its keeper was killed; how the worker ended is not known.");
    QTest::newRow("lost, with its cause") << lost << lost.problem; // said once
    QTest::newRow("lost") << endedWith(Outcome::Lost, {})
                          << QStringLiteral("Its keeper vanished, so nobody knows how it ended.");
}

void TestWorkerText::stateExplanations()
{
    QFETCH(WorkerStatus, status);
    QTEST(stateExplanation(status, 100s), "text");
}

void TestWorkerText::everyStateIsExplained()
{
    for (const State state : allStates) {
        const QString text = stateExplanation(statusOf(1, {}, state), 1s);
        QVERIFY2(text.endsWith(u'.'), qPrintable(stateWord(state, Outcome::None)));
    }
    const QMetaEnum outcomes = QMetaEnum::fromType<Outcome>();
    for (int i = 1; i < outcomes.keyCount(); ++i) {
        const QString text = stateExplanation(endedWith(Outcome(outcomes.value(i)), {}), 1s);
        QVERIFY2(text.endsWith(u'.') && text.size() > 10, outcomes.key(i));
    }
}

void TestWorkerText::bytes()
{
    QCOMPARE(bytesText(0), QStringLiteral("0 bytes"));
    QCOMPARE(bytesText(1024), QStringLiteral("1.0 KiB"));
    QCOMPARE(bytesText(92'379'545), QStringLiteral("88.1 MiB"));
}

QTEST_GUILESS_MAIN(TestWorkerText)
#include "tst_workertext.moc"
