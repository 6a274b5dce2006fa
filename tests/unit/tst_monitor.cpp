// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/monitor.h"

#include "core/bootclock.h"
#include "core/sampler.h"
#include "testhome.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <unistd.h>

#include <csignal>

using namespace procession;
using namespace std::chrono_literals;

namespace {

QList<Sampler::Target> nobody()
{
    return {};
}

} // namespace

class TestMonitor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void ticksAtOnceAndAgain()
    {
        Monitor monitor(nobody);
        monitor.setInterval(50ms);
        QSignalSpy ticks(&monitor, &Monitor::ticked);
        monitor.start();
        QTRY_VERIFY(ticks.count() >= 5);
    }

    /// A long interval must not have passed when a short one has: measured as counts, not as times.
    void appliesANewIntervalAtOnce()
    {
        Monitor monitor(nobody);
        monitor.setInterval(10s);
        QSignalSpy ticks(&monitor, &Monitor::ticked);
        QSignalSpy changes(&monitor, &Monitor::intervalChanged);
        QElapsedTimer timer;
        timer.start();
        monitor.start();
        QTRY_COMPARE(ticks.count(), 1);
        monitor.setInterval(50ms);
        QTRY_VERIFY(ticks.count() >= 4);
        QVERIFY(timer.elapsed() < 10'000);
        QCOMPARE(changes.count(), 1);
    }

    void keepsTheIntervalInItsRange()
    {
        Monitor monitor(nobody);
        monitor.setInterval(1ms);
        QCOMPARE(monitor.interval(), 50ms);
        monitor.setInterval(1h);
        QCOMPARE(monitor.interval(), 10'000ms);
    }

    void pausesAndRefreshes()
    {
        Monitor monitor(nobody);
        monitor.setInterval(50ms);
        QSignalSpy ticks(&monitor, &Monitor::ticked);
        monitor.setPaused(true);
        monitor.start();
        monitor.refresh();
        QTRY_COMPARE(ticks.count(), 1);
        QTest::qWait(200); // four intervals in which nothing may come
        QCOMPARE(ticks.count(), 1);
        monitor.setPaused(false);
        QTRY_VERIFY(ticks.count() >= 3);
    }

    void samplesATree()
    {
        QProcess root; // stands for a keeper: what is below it counts
        root.start(QStringLiteral("/bin/sh"), {u"-c"_qs, u"sh -c 'while :; do :; done'; :"_qs});
        QVERIFY(root.waitForStarted());
        Sampler sampler;
        const QList<Sampler::Target> targets{{WorkerId(1), root.processId()}, {WorkerId(2), 0x7ffffff0}};
        QList<WorkerSample> samples;
        QTRY_VERIFY((samples = sampler.sample(targets, bootNow())).value(0).processes == 1);
        QCOMPARE(samples.size(), 1); // the second one does not exist: no sample, no zeros
        QVERIFY(*samples.constFirst().memoryBytes > 0);
        QTRY_VERIFY(sampler.sample(targets, bootNow()).constFirst().cpuPercent.value_or(0) > 1);
        QFile children(u"/proc/%1/task/%1/children"_qs.arg(root.processId()));
        QVERIFY(children.open(QIODevice::ReadOnly));
        ::kill(children.readAll().trimmed().toInt(), SIGKILL);
        QVERIFY(root.waitForFinished());
        QVERIFY(sampler.sample(targets, bootNow()).isEmpty());
    }

    /// At once and paused too: who looks at a tree that is being stopped does not wait for a slow interval.
    void tellsTheTreeOfTheWorkerWatched()
    {
        QProcess root; // stands for a keeper
        root.start(QStringLiteral("/bin/sh"), {u"-c"_qs, u"sleep 1000 & exec cat"_qs});
        QVERIFY(root.waitForStarted());
        const Sampler::Target target{WorkerId(7), root.processId()};
        Monitor monitor([target] { return QList{target, Sampler::Target{WorkerId(8), ::getpid()}}; });
        monitor.setInterval(10s);
        QSignalSpy trees(&monitor, &Monitor::treeSampled);
        ProcessTree seen;
        const auto look = [&](const qint64 main) { // the newest answer, and asks again
            if (!trees.isEmpty())
                seen = trees.constLast().first().value<ProcessTree>();
            trees.clear();
            monitor.watchTree(WorkerId(7), main);
            return seen;
        };
        QTRY_COMPARE(look(0).processes.value(0).name, QStringLiteral("sleep"));
        QCOMPARE(seen.worker, WorkerId(7));
        QCOMPARE(seen.total, 1); // the root is the keeper, not the worker
        const qint64 sleep = seen.processes.constFirst().pid;

        monitor.start(); // a tick tells it too
        trees.clear();
        QTRY_VERIFY(!trees.isEmpty());
        QCOMPARE(trees.constLast().first().value<ProcessTree>(), seen);
        for (int i = 0; i < 100; ++i) // however often it is asked for: one look at a time
            monitor.watchTree(WorkerId(7), 0);
        monitor.watchTree({}, 0);
        QSignalSpy ticks(&monitor, &Monitor::ticked);
        monitor.refresh();
        trees.clear();
        QTRY_VERIFY(!ticks.isEmpty());
        QVERIFY2(trees.isEmpty(), "nobody is watched any more");

        root.closeWriteChannel();
        QVERIFY(root.waitForFinished());
        QTRY_COMPARE(look(sleep).processes.value(0).pid,
                     sleep); // without its keeper: from the main process on
        ::kill(pid_t(sleep), SIGKILL);
        // Not every machine's init collects orphans.
        QTRY_VERIFY(look(sleep).total == 0 || seen.processes.constFirst().state == 'Z');
    }

    /// Whose keeper was killed is measured from its main process on, that one included.
    void countsAWorkerWithoutAKeeper()
    {
        QProcess worker;
        worker.start(QStringLiteral("/bin/cat"), QStringList());
        QVERIFY(worker.waitForStarted());
        Sampler sampler;
        Sampler::Target target{WorkerId(1), worker.processId()};
        QCOMPARE(sampler.sample({target}, bootNow()).value(0).processes, 0);
        target.unkept = true;
        QCOMPARE(sampler.sample({target}, bootNow()).value(0).processes, 1);
        Monitor monitor([target] { return QList{target}; });
        QSignalSpy trees(&monitor, &Monitor::treeSampled);
        monitor.watchTree(WorkerId(1), 0);
        QTRY_COMPARE(trees.count(), 1);
        QCOMPARE(trees.constFirst().first().value<ProcessTree>().processes.value(0).pid, worker.processId());
        worker.closeWriteChannel();
        QVERIFY(worker.waitForFinished());
    }

    void hasNoShareInTheFirstSample()
    {
        Sampler sampler;
        const QList<Sampler::Target> targets{{WorkerId(1), ::getpid()}};
        const auto now = bootNow();
        QVERIFY(!sampler.sample(targets, now).constFirst().cpuPercent);
        QVERIFY(sampler.sample(targets, now + 1s).constFirst().cpuPercent);
        QVERIFY(!sampler.sample({{WorkerId(2), ::getpid()}}, now + 2s).constFirst().cpuPercent);
    }
};

QTEST_GUILESS_MAIN(TestMonitor)
#include "tst_monitor.moc"
