// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// kill -9 of one half of a keeper at random moments: no byte, no exit code and no deadline is lost.

#include "faultharness.h"
#include "testhome.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int atOnce = 6;

enum Half { Active, Guardian };

pid_t pidOf(const Run &run, Half half)
{
    const StateSlot state = stateOf(run);
    return half == Active ? state.keeperPid : state.guardianPid;
}

/// What testworker's `flood` writes.
QByteArray counted(qint64 bytes)
{
    QByteArray all;
    all.reserve(bytes + 16);
    for (qint64 line = 0; all.size() < bytes; ++line)
        all += QByteArray::number(line).rightJustified(15, '0') + '\n';
    return all;
}

/// A run whose worker is known to the test in every byte.
struct Known
{
    Run run;
    int waitStatus = 0;
    QByteArray first; ///< standard output
    QByteArray second;
    qint64 due = 0; ///< microseconds after which the kill is due
    bool hit = false;
    bool over = false; ///< no kill any more
};

} // namespace

class TestKill final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault2_activeWhileStreaming();
    void fault3_guardianWhileStreaming();
    void fault4_activeAroundTheExit();
    void fault5_bothHalves();
    void fault6_halfDuringGrace_data();
    void fault6_halfDuringGrace();
    void pausedAndKilled();
    void killedWhileTheTreeIsKilled();

private:
    Known makeStreaming();
    Known makeShort();
    /// Starts runs of `make`, kills `half` of each at a random moment below `window` microseconds after it is
    /// seen, until `wanted` kills have hit. Returns the number of runs, 0 if something was lost.
    int killMany(Half half, int wanted, int window, Known (TestKill::*make)());
    void judge(const Known &known);

    std::optional<Harness> m_harness;
    QString m_problem;
    const QByteArray m_flood = counted(4'000'000);
    const QByteArray m_smallFlood = counted(400'000);
};

void TestKill::init()
{
    failOnEveryWarning();
    m_harness.emplace();
    m_problem.clear();
}

void TestKill::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

Known TestKill::makeStreaming()
{
    Known known;
    const int code = chanceBelow(256);
    const QString lines = QString::number(20 + chanceBelow(60));
    switch (chanceBelow(4)) {
    case 0: // as fast as it goes
        known.first = m_flood;
        known.run = m_harness->makeWorker({u"flood"_s, u"4000000"_s, u"exit"_s, QString::number(code)});
        break;
    case 1: // single bytes on both streams in turn
        known.first = QByteArray(4000, 'o');
        known.second = QByteArray(4000, 'e');
        known.run = m_harness->makeWorker({u"alternate"_s, u"4000"_s, u"exit"_s, QString::number(code)});
        break;
    case 2: { // through many segments, so that a kill falls on the change from one to the next
        known.first = m_smallFlood;
        known.run = m_harness->makeWorker(
            {u"trickle"_s, u"25000"_s, u"0"_s, u"exit"_s, QString::number(code)}, {u"out-limit=1048576"_s});
        break;
    }
    default: // a line now and then
        known.first = counted(lines.toInt() * 16);
        known.run = m_harness->makeWorker({u"trickle"_s, lines, u"300"_s, u"exit"_s, QString::number(code)});
    }
    known.waitStatus = exited(code);
    return known;
}

Known TestKill::makeShort()
{
    Known known;
    const int code = chanceBelow(256);
    known.first = "last words\n";
    const bool crashes = chanceBelow(4) == 0;
    QStringList behaviours{u"sleep"_s, QString::number(chanceBelow(8) * 0.001), u"stdout"_s, u"last words"_s};
    if (chanceBelow(3) == 0)
        behaviours += {u"setsid-daemon"_s};
    behaviours += crashes ? QStringList{u"signal"_s, u"9"_s} : QStringList{u"exit"_s, QString::number(code)};
    known.waitStatus = crashes ? SIGKILL : exited(code);
    known.run = m_harness->makeWorker(behaviours);
    return known;
}

void TestKill::judge(const Known &known)
{
    if (!m_problem.isEmpty())
        return;
    m_problem = endOf(known.run, known.waitStatus);
    if (m_problem.isEmpty() && m_harness->startsOf(known.run) != 1)
        m_problem = known.run.id + u" was not started once"_s;
    const QByteArray output = outputOf(known.run);
    if (m_problem.isEmpty() && output.size() != known.first.size() + known.second.size())
        m_problem = u"%1: %2 bytes instead of %3"_s.arg(known.run.id)
                        .arg(output.size())
                        .arg(known.first.size() + known.second.size());
    // The index is advisory, and may not know the last bytes before a kill; the bytes themselves are all
    // there.
    const bool same = known.second.isEmpty() ? output == known.first
                                             : output.count('o') == known.first.size() &&
                                                   output.count('e') == known.second.size();
    if (m_problem.isEmpty() && !same)
        m_problem = known.run.id + u": the output's order is not the worker's"_s;
    if (m_problem.isEmpty() && stateOf(known.run).outputBytes != uint64_t(output.size()))
        m_problem = u"%1: its state says %2 bytes, there are %3"_s.arg(known.run.id)
                        .arg(stateOf(known.run).outputBytes)
                        .arg(output.size());
}

int TestKill::killMany(Half half, int wanted, int window, Known (TestKill::*make)())
{
    int runs = 0;
    int hits = 0;
    while (hits < wanted && runs < wanted * 20 + 100 && m_problem.isEmpty()) {
        QList<Known> batch;
        QList<pid_t> launchers;
        for (int i = 0; i < atOnce; ++i) {
            batch += (this->*make)();
            batch.last().due = -1 - chanceBelow(window); // counted from when its keeper is first seen
            launchers += m_harness->spawn({Harness::keeper(), u"--launch"_s, batch.last().run.path});
        }
        runs += atOnce;
        QElapsedTimer clock;
        clock.start();
        waitUntil([&] {
            // No pause between two looks: the moments are in microseconds.
            for (int busy = 0; busy < 50; ++busy) {
                int open = 0;
                for (Known &known : batch) {
                    if (known.over)
                        continue;
                    const StateSlot state = stateOf(known.run);
                    const qint64 now = clock.nsecsElapsed() / 1000;
                    if (state.phase == Phase::Finished || state.phase == Phase::FailedToStart) {
                        known.over = true;
                        continue;
                    }
                    ++open;
                    if (state.guardianPid <= 0 || state.keeperPid == state.guardianPid)
                        continue; // not a pair yet
                    if (known.due < 0)
                        known.due = now - known.due;
                    if (now < known.due)
                        continue;
                    const pid_t pid = half == Active ? state.keeperPid : state.guardianPid;
                    known.hit = ::kill(pid, SIGKILL) == 0;
                    known.over = true;
                }
                if (open == 0)
                    return true;
            }
            return false;
        });
        for (const pid_t launcher : launchers)
            m_harness->wait(launcher);
        for (const Known &known : std::as_const(batch)) {
            judge(known);
            const bool took = half == Guardian || stateOf(known.run).takeovers > 0;
            hits += known.hit && took ? 1 : 0;
        }
        if (m_problem.isEmpty())
            m_problem = m_harness->leftOver();
    }
    if (hits < wanted && m_problem.isEmpty())
        m_problem = u"only %1 kills hit"_s.arg(hits);
    return runs;
}

void TestKill::fault2_activeWhileStreaming()
{
    const int wanted = amount(300, 2000);
    const int runs = killMany(Active, wanted, 8000, &TestKill::makeStreaming);
    QCOMPARE(m_problem, QString());
    tell("fault 2 kill -9 of the active half while streaming: injected %d kills that the other half took "
         "over, in "
         "%d runs; proved: 0 bytes, 0 exit codes lost, each started once, nothing left",
         wanted, runs);
}

void TestKill::fault3_guardianWhileStreaming()
{
    const int wanted = amount(100, 1000);
    const int runs = killMany(Guardian, wanted, 8000, &TestKill::makeStreaming);
    QCOMPARE(m_problem, QString());
    tell("fault 3 kill -9 of the guardian while streaming: injected %d kills in %d runs; proved: 0 bytes, 0 "
         "exit "
         "codes lost, each started once, nothing left",
         wanted, runs);
}

void TestKill::fault4_activeAroundTheExit()
{
    const int wanted = amount(150, 2000);
    const int runs = killMany(Active, wanted, 10'000, &TestKill::makeShort);
    QCOMPARE(m_problem, QString());
    tell("fault 4 kill -9 of the active half around the worker's exit: injected %d kills that the other half "
         "took "
         "over, in %d runs; proved: every exit code and last word recorded, each started once, nothing left",
         wanted, runs);
}

void TestKill::fault5_bothHalves()
{
    for (const bool activeFirst : {true, false}) {
        const Run run = m_harness->makeWorker({u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s});
        QCOMPARE(m_harness->launch(run), int{AllStarted});
        QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
        const StateSlot state = stateOf(run);
        QVERIFY(state.guardianPid > 0 && state.keeperPid > 0);
        m_harness->kill(activeFirst ? state.keeperPid : state.guardianPid, SIGSTOP);
        m_harness->kill(activeFirst ? state.guardianPid : state.keeperPid, SIGKILL);
        m_harness->kill(activeFirst ? state.keeperPid : state.guardianPid, SIGKILL);
        QVERIFY(waitUntil([&] { return !isHeld(run); }));
        // What is left says by itself that nobody knows: no status, no end, no code.
        const StateSlot after = stateOf(run);
        QVERIFY((after.flags & StatusKnown) == 0);
        QVERIFY(after.phase == Phase::Running);
        QCOMPARE(after.mainPid, state.mainPid);
        QVERIFY(after.mainStartTicks > 0);
        QCOMPARE(processState(after.mainPid), 'S');
        QCOMPARE(outputOf(run), QByteArray("ready\n"));
        QCOMPARE(m_harness->launch(run), int{SomeFailed}); // nor can it be started a second time
        QCOMPARE(m_harness->startsOf(run), 1);
        m_harness->kill(after.mainPid, SIGKILL);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 5 kill -9 of both halves: injected, in both orders; proved: the lock is free, no code is "
         "invented, the worker lives on under the PID and start time recorded, and is not started again");
}

void TestKill::fault6_halfDuringGrace_data()
{
    QTest::addColumn<int>("half");
    QTest::newRow("active") << int(Active);
    QTest::newRow("guardian") << int(Guardian);
}

void TestKill::fault6_halfDuringGrace()
{
    QFETCH(const int, half);
    const Run run = m_harness->makeWorker({u"ignore-term"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s},
                                          {u"grace-ms=1000"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    QVERIFY(command(run, Verb::Stop));
    QVERIFY(waitForPhase(run, Phase::Stopping));
    const int64_t deadline = stateOf(run).stopDeadline;
    QVERIFY(deadline > 0);
    m_harness->kill(pidOf(run, Half(half)), SIGKILL);
    QCOMPARE(endOf(run, SIGKILL, "ready\n"), QString());
    const StateSlot state = stateOf(run);
    QVERIFY(state.endedBoottime >= deadline);
    QVERIFY((state.flags & (StopAsked | GraceExpired)) == (StopAsked | GraceExpired));
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 6 kill -9 of the %s half during the grace: injected; proved: the other kept the deadline "
         "(killed "
         "%lld ms after it), nothing left",
         half == Active ? "active" : "guardian",
         static_cast<long long>((state.endedBoottime - deadline) / 1'000'000));
}

void TestKill::pausedAndKilled()
{
    const int rounds = amount(10, 100);
    for (int round = 0; round < rounds; ++round) {
        const Run run =
            m_harness->makeWorker({u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, {u"grace-ms=90000"_s});
        QCOMPARE(m_harness->launch(run), int{AllStarted});
        QVERIFY(command(run, Verb::Pause));
        QVERIFY(waitUntil([&] { return processState(stateOf(run).mainPid) == 'T'; }));
        QVERIFY(waitUntil([&] { return (stateOf(run).flags & Paused) != 0; }));
        m_harness->kill(pidOf(run, round % 2 == 0 ? Active : Guardian), SIGKILL);
        QVERIFY(waitUntil([&] { return command(run, Verb::Resume) && (stateOf(run).flags & Paused) == 0; }));
        QVERIFY(waitUntil([&] { return processState(stateOf(run).mainPid) == 'S'; }));
        QVERIFY(waitUntil([&] { return isOver(run) || (command(run, Verb::Stop), false); }));
        QCOMPARE(endOf(run, SIGTERM), QString());
        QCOMPARE(m_harness->leftOver(), QString());
    }
    tell("kill -9 of a half while the worker is paused: injected %d times; proved: the other resumes and "
         "stops it",
         rounds);
}

void TestKill::killedWhileTheTreeIsKilled()
{
    const int rounds = amount(20, 300);
    int hits = 0;
    for (int round = 0; round < rounds; ++round) {
        const Half half = round % 2 == 0 ? Active : Guardian;
        const Run run = m_harness->makeWorker({u"tree"_s, u"4"_s, u"setsid-daemon"_s, u"stopped-child"_s,
                                               u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s},
                                              {u"grace-ms=30"_s});
        QCOMPARE(m_harness->launch(run), int{AllStarted});
        QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
        const StateSlot state = stateOf(run);
        QVERIFY(command(run, Verb::Stop));
        passTime(chanceBelow(50'000));
        hits += isOver(run) ? 0 : 1;
        m_harness->kill(half == Active ? state.keeperPid : state.guardianPid, SIGKILL);
        QVERIFY(waitUntil([&] { return isOver(run) || (command(run, Verb::Stop), false); }));
        QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
        QCOMPARE(m_harness->leftOver(), QString());
    }
    QVERIFY(hits > 0);
    tell("kill -9 of a half while a tree of 33 is being ended: injected %d times; proved: it is ended whole",
         hits);
}

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
