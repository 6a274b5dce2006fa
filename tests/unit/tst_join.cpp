// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/join.h"

#include "core/supervisor.h"
#include "testhome.h"

#include <QSignalSpy>
#include <QTest>

#include <map>

using namespace procession;
using namespace std::chrono_literals;

namespace {

using Condition = JoinSpec::Condition;
using Kind = JoinResult::Kind;

/// One letter a worker: r running, n never started, s succeeded, f failed, t stopped, k skipped.
JoinProgress evaluated(const QByteArray &workers, Condition condition, int count = 1)
{
    JoinSpec spec;
    spec.condition = condition;
    spec.count = count;
    std::map<WorkerId, WorkerStatus> statuses;
    for (qsizetype i = 0; i < workers.size(); ++i) {
        const auto id = WorkerId(i + 1);
        spec.workers.append(id);
        WorkerStatus &status = statuses[id];
        switch (workers.at(i)) {
        case 'r':
            status.state = State::Running;
            break;
        case 'n':
            status.state = State::NotStarted;
            break;
        case 'k':
            status.state = State::Skipped;
            break;
        case 's':
            status.state = State::Ended;
            status.outcome = Outcome::Succeeded;
            break;
        case 'f':
            status.state = State::Ended;
            status.outcome = Outcome::Failed;
            break;
        default:
            status.state = State::Ended;
            status.outcome = Outcome::Stopped;
            break;
        }
    }
    return evaluate(spec, [&statuses](WorkerId id) { return &statuses.at(id); });
}

JoinSpec allOf(const QList<WorkerId> &workers)
{
    JoinSpec spec;
    spec.workers = workers;
    return spec;
}

WorkerSpec worker(const QString &text)
{
    WorkerSpec spec;
    spec.name = QStringLiteral("w");
    spec.command = Command::shell(text);
    return spec;
}

} // namespace

class TestJoin final : public QObject
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
    }

    void evaluates_data()
    {
        QTest::addColumn<QByteArray>("workers");
        QTest::addColumn<Condition>("condition");
        QTest::addColumn<int>("count");
        QTest::addColumn<bool>("met");
        QTest::addColumn<bool>("hopeless");
        const auto row = [](const char *workers, Condition condition, int count, bool met, bool hopeless) {
            QTest::addRow("%s %d %d", workers, int(condition), count)
                << QByteArray(workers) << condition << count << met << hopeless;
        };
        row("rr", Condition::All, 1, false, false);
        row("rs", Condition::All, 1, false, false);
        row("sf", Condition::All, 1, true, false);
        row("skt", Condition::All, 1, true, false);
        row("sn", Condition::All, 1, true, false);
        row("nn", Condition::All, 1, false, true);
        row("", Condition::All, 1, false, true);
        row("rr", Condition::Any, 1, false, false);
        row("rs", Condition::Any, 1, true, false);
        row("rt", Condition::Any, 1, true, false);
        row("n", Condition::Any, 1, false, true);
        row("rrs", Condition::Count, 2, false, false);
        row("rsf", Condition::Count, 2, true, false);
        row("rn", Condition::Count, 2, false, true);
        row("rs", Condition::FirstFailure, 1, false, false);
        row("rf", Condition::FirstFailure, 1, true, false);
        row("ss", Condition::FirstFailure, 1, true, false);
        row("n", Condition::FirstFailure, 1, false, true);
    }

    void evaluates()
    {
        QFETCH(QByteArray, workers);
        QFETCH(Condition, condition);
        QFETCH(int, count);
        const JoinProgress progress = evaluated(workers, condition, count);
        QTEST(progress.met, "met");
        QTEST(progress.hopeless, "hopeless");
        QCOMPARE(progress.total, int(workers.size()));
        QCOMPARE(progress.awaited.size(), workers.count('r'));
        QCOMPARE(progress.neverStarted.size(), workers.count('n'));
        QCOMPARE(progress.failed, int(workers.count('f')));
    }

    void waitsForAll()
    {
        const WorkerId a = m_supervisor->add(worker(QStringLiteral("exit 0")));
        const WorkerId b = m_supervisor->add(worker(QStringLiteral("exit 1")));
        m_supervisor->start({a, b});
        const JoinResult result = joined(allOf({a, b}));
        QCOMPARE(result.kind, Kind::Met);
        QCOMPARE(result.progress.succeeded, 1);
        QCOMPARE(result.progress.failed, 1);
    }

    void returnsAtOnceForWhatHasEnded()
    {
        const WorkerId id = m_supervisor->add(worker(QStringLiteral("exit 0")));
        m_supervisor->start({id});
        QTRY_COMPARE(m_supervisor->status(id)->state, State::Ended);
        Join join(allOf({id}), m_supervisor.get());
        QSignalSpy finished(&join, &Join::finished);
        join.start();
        QCOMPARE(finished.count(), 1);
        QVERIFY(join.isFinished());
    }

    void changesNoWorkerByItself()
    {
        const WorkerId id = m_supervisor->add(worker(QStringLiteral("sleep 100")));
        m_supervisor->start({id});
        QTRY_COMPARE(m_supervisor->status(id)->state, State::Running);
        JoinSpec spec = allOf({id});
        spec.timeout = 50ms;
        QCOMPARE(joined(spec).kind, Kind::TimedOut);
        QCOMPARE(m_supervisor->status(id)->state, State::Running);
    }

    void terminatesTheRestIfAsked()
    {
        const WorkerId quick = m_supervisor->add(worker(QStringLiteral("exit 0")));
        const WorkerId slow = m_supervisor->add(worker(QStringLiteral("sleep 100")));
        m_supervisor->start({quick, slow});
        JoinSpec spec = allOf({quick, slow});
        spec.condition = Condition::Any;
        spec.then = JoinSpec::Then::TerminateRest;
        const JoinResult result = joined(spec);
        QCOMPARE(result.kind, Kind::Met);
        QTRY_COMPARE(m_supervisor->status(slow)->outcome, Outcome::Stopped);
    }

    void saysWhatNeverStarted()
    {
        const WorkerId id = m_supervisor->add(worker(QStringLiteral("exit 0")));
        const JoinResult result = joined(allOf({id}));
        QCOMPARE(result.kind, Kind::Hopeless);
        QCOMPARE(result.progress.neverStarted, QList<WorkerId>{id});
    }

    void finishesOnce()
    {
        const WorkerId id = m_supervisor->add(worker(QStringLiteral("sleep 100")));
        m_supervisor->start({id});
        Join join(allOf({id}), m_supervisor.get());
        QSignalSpy finished(&join, &Join::finished);
        join.start();
        join.cancel();
        join.cancel();
        m_supervisor->kill({id});
        QTRY_COMPARE(m_supervisor->aliveCount(), 0);
        QCOMPARE(finished.count(), 1);
        QCOMPARE(finished.at(0).at(0).value<JoinResult>().kind, Kind::Cancelled);
    }

private:
    JoinResult joined(const JoinSpec &spec)
    {
        Join join(spec, m_supervisor.get());
        QSignalSpy finished(&join, &Join::finished);
        join.start();
        if (finished.isEmpty())
            finished.wait(60'000);
        return finished.value(0).value(0).value<JoinResult>();
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Supervisor> m_supervisor;
};

QTEST_GUILESS_MAIN(TestJoin)
#include "tst_join.moc"
