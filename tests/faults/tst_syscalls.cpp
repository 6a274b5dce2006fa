// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// SIGKILL at every single system call of a keeper's life, at its entry and at its exit: wherever one half is
// killed, the worker was started exactly once, and nothing it wrote and not its exit code is lost.

#include "faultharness.h"
#include "testhome.h"

#include <QTest>

#include <algorithm>

#include <sys/wait.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int atOnce = 6;

/// Where the very last record could not be written, the one before says how it ended, and the free lock that
/// nobody goes on: the next window makes the same of it.
bool isAsGoodAsOver(const Run &run)
{
    const StateSlot state = stateOf(run);
    return state.phase == Phase::Exited && state.waitStatus == exited(7) && !isHeld(run);
}

struct Shot
{
    Run run;
    QString when;
    int number = 0;
    pid_t killer = -1;
    pid_t launcher = -1;
    bool reached = false;
    long systemCall = -1;
};

} // namespace

class TestSyscalls final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault7_killedAtEverySystemCall_data();
    void fault7_killedAtEverySystemCall();
    void fault8_failingSystemCalls_data();
    void fault8_failingSystemCalls();

private:
    Shot aim(const QString &role, const QString &when, int number, bool stopped);
    bool fire(Shot &shot, const QString &role, bool stopped);
    QString judge(const Shot &shot, const QString &role, bool stopped);

    std::optional<Harness> m_harness;
};

void TestSyscalls::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestSyscalls::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

void TestSyscalls::fault7_killedAtEverySystemCall_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<QString>("when");
    QTest::addColumn<bool>("stopped");
    for (const QString &role : {u"active"_s, u"guardian"_s, u"launcher"_s}) {
        for (const QString &when : {u"entry"_s, u"exit"_s})
            QTest::addRow("%s at the %s", qPrintable(role), qPrintable(when)) << role << when << false;
    }
    QTest::addRow("active at the entry, worker stopped") << u"active"_s << u"entry"_s << true;
    QTest::addRow("active at the exit, worker stopped") << u"active"_s << u"exit"_s << true;
}

Shot TestSyscalls::aim(const QString &role, const QString &when, int number, bool stopped)
{
    Shot shot;
    shot.when = when;
    shot.number = number;
    QStringList behaviours{u"stdout"_s, u"one"_s,   u"stderr"_s,     u"two"_s,
                           u"stdout"_s, u"three"_s, u"late-child"_s, u"100"_s};
    behaviours += stopped ? QStringList{u"sleep"_s, u"100"_s} : QStringList{u"exit"_s, u"7"_s};
    shot.run = m_harness->makeWorker(behaviours);
    SpawnOptions options;
    options.standardOutput = m_harness->filePath(u"killer-"_s + shot.run.id);
    shot.killer =
        m_harness->spawn({QStringLiteral(PROCESSION_BIN_DIR "/procession-syscallkiller"), role, when,
                          QString::number(number), Harness::keeper(), u"--launch"_s, shot.run.path},
                         options);
    return shot;
}

/// Sees the shot through until the killer and the launcher are gone.
bool TestSyscalls::fire(Shot &shot, const QString &role, bool stopped)
{
    const QString told = m_harness->filePath(u"killer-"_s + shot.run.id);
    if (stopped) {
        // A command may be lost with the half that took it: the window sends again what the state does not
        // confirm, and so do we.
        waitUntil([&] {
            const StateSlot state = stateOf(shot.run);
            if (state.phase == Phase::Running && outputOf(shot.run).size() == 14)
                command(shot.run, Verb::Stop);
            return isOver(shot.run) || (m_harness->hasEnded(shot.killer) && state.phase == Phase::None);
        });
    }
    if (m_harness->wait(shot.killer) != exited(0))
        return false;
    const QList<QByteArray> words = contents(told).trimmed().split(' ');
    if (words.size() != 3)
        return false;
    shot.launcher = words[0].toInt();
    shot.reached = words[1] == "reached";
    shot.systemCall = words[2].toLong();
    // The killer reaps a launcher that ends while it still traces.
    if (shot.reached || role != u"launcher"_s)
        waitUntil([&] { return m_harness->hasEnded(shot.launcher) || processState(shot.launcher) == '-'; });
    return true;
}

QString TestSyscalls::judge(const Shot &shot, const QString &role, bool stopped)
{
    const auto wrong = [&](const QString &why) {
        return u"%1 at system call %2 (number %3): %4"_s.arg(role)
            .arg(shot.number)
            .arg(shot.systemCall)
            .arg(why);
    };
    // Before the pair exists, or if the launcher dies, there may be nothing to keep: then nothing was
    // started, and nobody can mistake it for a run that was.
    const bool mayBeNothing = role != u"active"_s;
    if (mayBeNothing && shot.reached && !waitUntil([&] { return isOver(shot.run); }, 0)) {
        const bool never = waitUntil([&] {
            const StateSlot state = stateOf(shot.run);
            return isOver(shot.run) ||
                   (!isHeld(shot.run) &&
                    (state.phase == Phase::None || (state.phase == Phase::Starting && state.mainPid == 0)));
        });
        if (!never)
            return wrong(u"it neither ends nor is it free, phase %1"_s.arg(int(stateOf(shot.run).phase)));
        if (!isOver(shot.run)) {
            const int starts = m_harness->startsOf(shot.run);
            return starts == 0 ? QString()
                               : wrong(u"it says nothing, but %1 workers were started"_s.arg(starts));
        }
    }
    const bool recordFails = shot.when == u"ENOSPC"_s;
    if (recordFails && waitUntil([&] { return isOver(shot.run) || isAsGoodAsOver(shot.run); }) &&
        !isOver(shot.run))
        return m_harness->startsOf(shot.run) == 1 ? QString() : wrong(u"not started once"_s);
    if (const QString problem = endOf(shot.run, stopped ? SIGTERM : exited(7)); !problem.isEmpty())
        return wrong(problem);
    if (const int starts = m_harness->startsOf(shot.run); starts != 1)
        return wrong(u"started %1 times"_s.arg(starts));
    QByteArray output = outputOf(shot.run);
    const QByteArray found = output;
    output.replace("two\n", "");
    if (output != "one\nthree\n" || found.size() != 14 || stateOf(shot.run).outputBytes != 14)
        return wrong(u"output is \"%1\""_s.arg(QString::fromLatin1(found.toPercentEncoding(" "))));
    return {};
}

void TestSyscalls::fault7_killedAtEverySystemCall()
{
    QFETCH(const QString, role);
    QFETCH(const QString, when);
    QFETCH(const bool, stopped);
    int reached = 0;
    QStringList problems;
    for (int first = 1, unreached = 0; unreached < atOnce; first += atOnce) {
        QList<Shot> shots;
        for (int number = first; number < first + atOnce; ++number)
            shots += aim(role, when, number, stopped);
        unreached = 0;
        for (Shot &shot : shots) {
            QVERIFY2(fire(shot, role, stopped), qPrintable(shot.run.id));
            const QString problem = judge(shot, role, stopped);
            if (!problem.isEmpty())
                problems += problem;
            reached += shot.reached ? 1 : 0;
            unreached += shot.reached ? 0 : 1;
        }
        if (const QString left = m_harness->leftOver(); !left.isEmpty())
            problems += u"after system call %1: %2"_s.arg(first).arg(left);
        QVERIFY2(problems.size() < 20, qPrintable(problems.join(u'\n')));
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    QVERIFY2(reached >= 10, qPrintable(QString::number(reached)));
    tell("fault 7 SIGKILL at system calls: injected at the %s of each of %d calls of the %s%s; proved: "
         "started "
         "once%s, 14 bytes in order, exit status right, nothing left",
         qPrintable(when), reached, qPrintable(role), stopped ? " of a run that is being stopped" : "",
         role == u"active"_s ? "" : " (or not at all, and known so)");
}

void TestSyscalls::fault8_failingSystemCalls_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<QString>("error");
    for (const QString &role : {u"active"_s, u"guardian"_s, u"launcher"_s}) {
        for (const QString &error : {u"ENOSPC"_s, u"EINTR"_s, u"EAGAIN"_s, u"EMFILE"_s})
            QTest::addRow("%s of the %s", qPrintable(error), qPrintable(role)) << role << error;
    }
}

void TestSyscalls::fault8_failingSystemCalls()
{
    QFETCH(const QString, role);
    QFETCH(const QString, error);
    int reached = 0;
    int refused = 0;
    QStringList problems;
    for (int first = 1, unreached = 0; unreached < atOnce; first += atOnce) {
        QList<Shot> shots;
        for (int number = first; number < first + atOnce; ++number)
            shots += aim(role, error, number, false);
        unreached = 0;
        for (Shot &shot : shots) {
            QVERIFY2(fire(shot, role, false), qPrintable(shot.run.id));
            reached += shot.reached ? 1 : 0;
            unreached += shot.reached ? 0 : 1;
            // What fails once is done again, or the start is refused and says so; there is nothing in
            // between.
            QString problem;
            const auto isRefused = [&] {
                const StateSlot state = stateOf(shot.run);
                return state.phase == Phase::FailedToStart ||
                       (state.phase == Phase::None && !isHeld(shot.run));
            };
            waitUntil([&] { return isOver(shot.run) || isRefused() || isAsGoodAsOver(shot.run); });
            if (isRefused()) {
                ++refused;
                if (const int starts = m_harness->startsOf(shot.run); starts != 0)
                    problem = u"it is called not started, but was %1 times"_s.arg(starts);
                // Nor does an interruption, or a shortage that passes, refuse a start.
                if (error == u"EINTR"_s)
                    problem = u"refused, stage %1, error %2"_s.arg(int(stateOf(shot.run).stage))
                                  .arg(stateOf(shot.run).error);
            } else {
                problem = judge(shot, role, false);
            }
            if (!problem.isEmpty())
                problems += u"%1 at the %2 of call %3 (number %4): %5"_s.arg(error, role)
                                .arg(shot.number)
                                .arg(shot.systemCall)
                                .arg(problem);
        }
        if (const QString left = m_harness->leftOver(); !left.isEmpty())
            problems += u"after call %1: %2"_s.arg(first).arg(left);
        QVERIFY2(problems.size() < 20, qPrintable(problems.join(u'\n')));
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    QVERIFY(reached > 0 || role != u"active"_s);
    tell("fault 8 failing system calls: injected %s into each of %d calls of the %s; proved: %d starts "
         "refused and "
         "said so, all others started once with 14 bytes and the exit code, nothing left",
         qPrintable(error), reached, qPrintable(role), refused);
}

QTEST_GUILESS_MAIN(TestSyscalls)
#include "tst_syscalls.moc"
