// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// A thousand workers: started, their window killed, taken over by the next one, ended.

#include "core/paths.h"
#include "core/supervisor.h"
#include "faultharness.h"
#include "testhome.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <csignal>

#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestScale final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault41_thousandWorkers();
};

void TestScale::fault41_thousandWorkers()
{
    failOnEveryWarning();
    const int count = 1000;
    constexpr auto grace = 200ms;
    Harness harness;
    Paths paths;
    paths.stateDirectory = harness.filePath(u"state"_s);
    paths.configFile = harness.filePath(u"config/procession.conf"_s);
    paths.keeperProgram = Harness::keeper();
    QCOMPARE(paths.create(), QString());

    // The first "window" is a process of its own, so that it can be killed.
    const pid_t window = ::fork();
    if (window == 0) {
        Supervisor supervisor(paths);
        supervisor.raiseFileLimit();
        if (!supervisor.open(u"many"_s).isEmpty())
            ::_exit(3);
        QList<WorkerId> ids;
        for (int i = 0; i < count; ++i) {
            WorkerSpec spec;
            spec.name = u"w%1"_s.arg(i);
            spec.grace = grace;
            QStringList line{Harness::worker(), u"append"_s, harness.filePath(u"started"_s)};
            if (i % 20 == 0)
                line += u"ignore-term"_s;
            spec.command = procession::Command::direct(line + QStringList{u"sleep"_s, u"100"_s});
            ids += supervisor.add(spec);
        }
        supervisor.start(ids);
        for (;;)
            QTest::qWait(1000);
    }
    QElapsedTimer clock;
    clock.start();
    const auto lines = [&] { return contents(harness.filePath(u"started"_s)).count('\n'); };
    QVERIFY(waitUntil([&] { return lines() >= count; }));
    const auto running = [&] {
        const QStringList ids = QDir(paths.runsDirectory()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        return std::count_if(ids.cbegin(), ids.cend(), [&](const QString &id) {
            return stateOf({id, paths.runsDirectory() + u'/' + id}).phase == rundir::Phase::Running;
        });
    };
    QVERIFY(waitUntil([&] { return running() == count; }));
    const qint64 startMs = clock.elapsed();
    harness.kill(window, SIGKILL);
    QVERIFY(harness.wait(window).has_value());

    {
        Supervisor next(paths);
        next.raiseFileLimit();
        clock.start();
        QCOMPARE(next.open(u"many"_s), QString());
        const auto allRun = [&] {
            const QList<WorkerStatus> all = next.statuses();
            return all.size() == count &&
                   std::all_of(all.cbegin(), all.cend(), [](const WorkerStatus &status) {
                       return status.state == State::Running && status.pid > 0;
                   });
        };
        const bool atOnce = allRun();
        QTRY_VERIFY(allRun());
        const qint64 takeOverMs = clock.elapsed();
        clock.start();
        next.stop(next.alive());
        QTRY_COMPARE(next.aliveCount(), 0);
        const qint64 stopMs = clock.elapsed();
        for (const WorkerStatus &status : next.statuses()) {
            QCOMPARE(status.state, State::Ended);
            QCOMPARE(status.survivors, 0);
            QVERIFY(status.outcome == Outcome::Stopped || status.outcome == Outcome::Killed);
            QVERIFY(status.exitCode == -SIGTERM || status.exitCode == -SIGKILL);
        }
        QVERIFY(stopMs >= grace.count());
        // Not a figure: only that nothing grows with the square of the number.
        QVERIFY2(takeOverMs < std::max<qint64>(startMs, 5000), qPrintable(QString::number(takeOverMs)));
        tell("fault 41 %d workers: injected kill -9 of the window; started in %lld ms, taken over in %lld "
             "ms%s, all "
             "ended %lld ms after a grace of %lld ms (50 of them deaf to TERM)",
             count, static_cast<long long>(startMs), static_cast<long long>(takeOverMs),
             atOnce ? " (before open() returned)" : "", static_cast<long long>(stopMs - grace.count()),
             static_cast<long long>(grace.count()));
    }
    QCOMPARE(lines(), qsizetype{count}); // each was started exactly once
    QCOMPARE(harness.leftOver(), QString());
    tell("fault 41 %d workers: proved: each started once, all taken over running, all ended, nothing left",
         count);
}

QTEST_GUILESS_MAIN(TestScale)
#include "tst_scale.moc"
