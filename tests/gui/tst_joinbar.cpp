// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/supervisor.h"
#include "gui/joinbar.h"
#include "testhome.h"

#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <chrono>
#include <memory>

using namespace procession;
using namespace std::chrono_literals;

class TestJoinBar final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void hiddenUntilThereIsAJoin();
    void waitsForAllAndSaysHowTheyEnded();
    void countsDownAndTimesOut();
    void terminatesTheRest();
    void firstOfSeveral();
    void firstFailure();
    void whatHasEndedReturnsAtOnce();
    void whatNeverStartedIsSaid();
    void oneWorkerIsNamed();
    void tooFewLeftEndsTheWait();
    void buttonsAskAndStop();
    void stopWaitingChangesNoWorker();
    void severalJoinsStandSideBySide();

private:
    /// A worker that ends with `exitCode` when release() names it.
    WorkerId add(const QString &name, int exitCode = 0);
    void release(const QString &name);
    void startAll(const QList<WorkerId> &ids);
    void finish(WorkerId id);
    QString text() const { return shown<QLabel>("joinBarLabel"); }
    QString who() const { return shown<QLabel>("joinAwaitedLabel"); }
    template <typename Widget>
    Widget *get(const char *name) const
    {
        return m_bar->findChild<Widget *>(QLatin1String(name));
    }
    template <typename Widget>
    QString shown(const char *name) const
    {
        const Widget *widget = get<Widget>(name);
        return widget && widget->isVisibleTo(m_bar.get()) ? widget->text() : QString();
    }
    bool offers(const char *button) const
    {
        const QWidget *widget = get<QWidget>(button);
        return widget && widget->isVisibleTo(m_bar.get());
    }
    static JoinSpec all(const QList<WorkerId> &ids)
    {
        JoinSpec spec;
        spec.workers = ids;
        return spec;
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Supervisor> m_supervisor;
    std::unique_ptr<JoinBar> m_bar;
};

void TestJoinBar::init()
{
    failOnEveryWarning();
    m_home = std::make_unique<TestHome>();
    QCOMPARE(m_home->paths().create(), QString());
    m_supervisor = std::make_unique<Supervisor>(m_home->paths());
    QCOMPARE(m_supervisor->open(QStringLiteral("joins")), QString());
    m_bar = std::make_unique<JoinBar>(m_supervisor.get());
}

void TestJoinBar::cleanup()
{
    m_bar.reset();
    m_supervisor->kill(m_supervisor->alive());
    QTRY_COMPARE(m_supervisor->aliveCount(), 0);
    m_supervisor.reset();
    QTRY_VERIFY(m_home->processes().isEmpty());
    m_home.reset();
}

WorkerId TestJoinBar::add(const QString &name, int exitCode)
{
    WorkerSpec spec;
    spec.name = name;
    spec.grace = 0ms;
    spec.command = Command::shell(QStringLiteral("while [ ! -e '%1' ]; do sleep 0.02; done; exit %2")
                                      .arg(m_home->filePath(name))
                                      .arg(exitCode));
    return m_supervisor->add(spec);
}

void TestJoinBar::release(const QString &name)
{
    QFile flag(m_home->filePath(name));
    QVERIFY(flag.open(QIODevice::WriteOnly));
}

void TestJoinBar::startAll(const QList<WorkerId> &ids)
{
    m_supervisor->start(ids);
    for (const WorkerId id : ids)
        QTRY_COMPARE_WITH_TIMEOUT(m_supervisor->status(id)->state, State::Running, 30'000);
}

void TestJoinBar::finish(WorkerId id)
{
    release(m_supervisor->status(id)->spec->name);
    QTRY_COMPARE_WITH_TIMEOUT(m_supervisor->status(id)->state, State::Ended, 30'000);
}

void TestJoinBar::hiddenUntilThereIsAJoin()
{
    QCOMPARE(m_bar->objectName(), QStringLiteral("joinBar"));
    QVERIFY(m_bar->isHidden());
    const WorkerId a = add(QStringLiteral("a"));
    startAll({a});
    m_bar->watch(all({a}));
    QVERIFY(!m_bar->isHidden());
    QCOMPARE(m_bar->count(), 1);
}

void TestJoinBar::waitsForAllAndSaysHowTheyEnded()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"), 3), add(QStringLiteral("c")),
                              add(QStringLiteral("d")), add(QStringLiteral("e"))};
    startAll(ids);
    QSignalSpy ended(m_bar.get(), &JoinBar::ended);
    m_bar->watch(all(ids));
    QVERIFY2(text().startsWith(QStringLiteral("Waiting for 5 workers · 0 of 5 done · 0:0")),
             qPrintable(text()));
    QCOMPARE(who(), QStringLiteral("Awaited: a, b, c and 2 more"));
    QVERIFY(get<QLabel>("joinAwaitedLabel")->toolTip().contains(QStringLiteral("e")));
    QVERIFY(!offers("joinShowFailedButton"));
    QVERIFY(offers("joinTerminateButton"));
    QVERIFY(offers("joinCancelButton"));
    QVERIFY(!offers("joinCloseButton"));

    finish(ids.at(1));
    QTRY_VERIFY(text().startsWith(QStringLiteral("Waiting for 4 workers · 1 of 5 done · 1 failed · ")));
    QCOMPARE(who(), QStringLiteral("Awaited: a, c, d and 1 more"));
    QVERIFY(offers("joinShowFailedButton"));
    QSignalSpy failed(m_bar.get(), &JoinBar::showFailedRequested);
    get<QPushButton>("joinShowFailedButton")->click();
    QCOMPARE(failed.count(), 1);

    for (const int i : {0, 2, 3})
        finish(ids.at(i));
    m_supervisor->stop({ids.at(4)});
    QTRY_COMPARE(ended.count(), 1);
    QVERIFY2(text().startsWith(QStringLiteral("All 5 ended: 3 succeeded, 1 failed, 1 stopped, ")),
             qPrintable(text()));
    QCOMPARE(ended.first().at(1).toString(), text());
    QCOMPARE(who(), QString());
    QVERIFY(!offers("joinTerminateButton"));
    QVERIFY(!offers("joinCancelButton"));
    get<QToolButton>("joinCloseButton")->click();
    QVERIFY(m_bar->isHidden());
    QCOMPARE(m_bar->count(), 0);
}

void TestJoinBar::countsDownAndTimesOut()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    startAll(ids);
    QSignalSpy ended(m_bar.get(), &JoinBar::ended);
    JoinSpec spec = all(ids);
    spec.timeout = 2s;
    m_bar->watch(spec);
    QVERIFY2(text().endsWith(QStringLiteral(" left")), qPrintable(text()));
    QTRY_VERIFY(text().endsWith(QStringLiteral("0:01 left")) || ended.count() == 1);
    QTRY_COMPARE(ended.count(), 1);
    QVERIFY2(text().startsWith(QStringLiteral("Timed out after 2 s")), qPrintable(text()));
    QVERIFY2(text().endsWith(QStringLiteral(": 2 of 2 still running")), qPrintable(text()));
    QCOMPARE(who(), QStringLiteral("Still running: a, b"));
    // A timeout changes no worker, and what is left can still be ended from here.
    QCOMPARE(m_supervisor->aliveCount(), 2);
    QVERIFY(offers("joinTerminateButton"));
    finish(ids.at(0));
    QSignalSpy terminate(m_bar.get(), &JoinBar::terminateRequested);
    get<QPushButton>("joinTerminateButton")->click();
    QCOMPARE(terminate.first().first().value<QList<WorkerId>>(), QList<WorkerId>{ids.at(1)});
    finish(ids.at(1));
    QTRY_VERIFY(!offers("joinTerminateButton"));
    QCOMPARE(who(), QStringLiteral("All have ended since then"));
}

void TestJoinBar::terminatesTheRest()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    startAll(ids);
    JoinSpec spec = all(ids);
    spec.condition = JoinSpec::Condition::Any;
    spec.then = JoinSpec::Then::TerminateRest;
    m_bar->watch(spec);
    QVERIFY(text().startsWith(QStringLiteral("Waiting for the first of 2 workers")));
    finish(ids.at(0));
    QTRY_COMPARE(who(), QStringLiteral("Told to terminate: b"));
    QTRY_COMPARE(m_supervisor->aliveCount(), 0);
}

void TestJoinBar::firstOfSeveral()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b")), add(QStringLiteral("c"))};
    startAll(ids);
    JoinSpec spec = all(ids);
    spec.condition = JoinSpec::Condition::Count;
    spec.count = 2;
    m_bar->watch(spec);
    QVERIFY(text().startsWith(QStringLiteral("Waiting until 2 have ended · 0 of 3 done")));
    finish(ids.at(2));
    QTRY_VERIFY(text().contains(QStringLiteral("1 of 3 done")));
    finish(ids.at(0));
    QTRY_VERIFY(text().startsWith(QStringLiteral("2 of 3 ended, ")));
    QVERIFY(text().endsWith(QStringLiteral(": a, c")));
}

void TestJoinBar::firstFailure()
{
    const QList<WorkerId> ids{add(QStringLiteral("good")), add(QStringLiteral("bad"), 1),
                              add(QStringLiteral("other"))};
    startAll(ids);
    JoinSpec spec = all(ids);
    spec.condition = JoinSpec::Condition::FirstFailure;
    m_bar->watch(spec);
    finish(ids.at(0));
    QTRY_VERIFY(text().startsWith(QStringLiteral("Waiting for the first of 2 workers to fail")));
    finish(ids.at(1));
    QTRY_VERIFY(text().startsWith(QStringLiteral("Failed after ")));
    QVERIFY(text().endsWith(QStringLiteral(": bad")));
}

void TestJoinBar::whatHasEndedReturnsAtOnce()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"), 2)};
    startAll(ids);
    finish(ids.at(0));
    finish(ids.at(1));
    QSignalSpy ended(m_bar.get(), &JoinBar::ended);
    m_bar->watch(all(ids));
    QCOMPARE(ended.count(), 1);
    QCOMPARE(text(), QStringLiteral("All 2 had ended already: 1 succeeded, 1 failed"));
    QVERIFY(offers("joinCloseButton"));
    // Started again, they are no business of the join that has ended.
    QVERIFY(QFile::remove(m_home->filePath(QStringLiteral("a"))));
    QSignalSpy changed(m_supervisor.get(), &Supervisor::changed);
    startAll({ids.at(0)});
    QTRY_VERIFY(!changed.isEmpty());
    QVERIFY(!offers("joinTerminateButton"));
}

void TestJoinBar::whatNeverStartedIsSaid()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    m_bar->watch(all(ids));
    QCOMPARE(text(), QStringLiteral("Nothing to wait for: none of these workers was started"));
    QCOMPARE(who(), QStringLiteral("Never started: a, b"));

    startAll({ids.at(0)});
    m_bar->watch(all(ids));
    QCOMPARE(m_bar->count(), 1);
    QVERIFY(text().startsWith(QStringLiteral("Waiting for 1 worker · 0 of 1 done")));
    QCOMPARE(who(), QStringLiteral("Awaited: a · Never started: b"));
    finish(ids.at(0));
    QTRY_VERIFY(text().startsWith(QStringLiteral("a ended: Succeeded, ")));
    QCOMPARE(who(), QStringLiteral("Never started: b"));
}

void TestJoinBar::oneWorkerIsNamed()
{
    const WorkerId a = add(QStringLiteral("a"), 7);
    startAll({a});
    finish(a);
    m_bar->watch(all({a}));
    QCOMPARE(text(), QStringLiteral("a had ended already: Failed"));
}

void TestJoinBar::tooFewLeftEndsTheWait()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    startAll({ids.at(0)});
    JoinSpec spec = all(ids);
    spec.condition = JoinSpec::Condition::Count;
    spec.count = 2;
    m_bar->watch(spec);
    QCOMPARE(text(), QStringLiteral("No longer waiting: only 1 can end, 2 were awaited"));
    QCOMPARE(who(), QStringLiteral("Never started: b"));
}

void TestJoinBar::buttonsAskAndStop()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    startAll(ids);
    m_bar->watch(all(ids));
    QSignalSpy terminate(m_bar.get(), &JoinBar::terminateRequested);
    QTest::mouseClick(get<QPushButton>("joinTerminateButton"), Qt::LeftButton);
    QCOMPARE(terminate.count(), 1);
    QCOMPARE(terminate.first().first().value<QList<WorkerId>>(), ids);
    // Asking is all the bar does.
    QCOMPARE(m_supervisor->aliveCount(), 2);
}

void TestJoinBar::stopWaitingChangesNoWorker()
{
    const WorkerId a = add(QStringLiteral("a"));
    startAll({a});
    JoinSpec spec = all({a});
    spec.then = JoinSpec::Then::TerminateRest;
    QSignalSpy ended(m_bar.get(), &JoinBar::ended);
    m_bar->watch(spec);
    QTest::mouseClick(get<QPushButton>("joinCancelButton"), Qt::LeftButton);
    QVERIFY(m_bar->isHidden());
    QCOMPARE(ended.count(), 1);
    QCOMPARE(ended.first().at(1).toString(), QStringLiteral("Stopped waiting: 0 of 1 done"));
    QCOMPARE(m_supervisor->status(a)->state, State::Running);
}

void TestJoinBar::severalJoinsStandSideBySide()
{
    const QList<WorkerId> ids{add(QStringLiteral("a")), add(QStringLiteral("b"))};
    startAll(ids);
    m_bar->watch(all({ids.at(0)}));
    m_bar->watch(all({ids.at(1)}));
    QCOMPARE(m_bar->count(), 2);
    const auto labels = m_bar->findChildren<QLabel *>(QStringLiteral("joinBarLabel"));
    QCOMPARE(labels.size(), 2);
    finish(ids.at(0));
    QTRY_VERIFY(labels.at(0)->text().startsWith(QStringLiteral("a ended")));
    QVERIFY(labels.at(1)->text().startsWith(QStringLiteral("Waiting")));
    // What has ended makes room; what is under way stays.
    m_bar->watch(all(ids));
    QCOMPARE(m_bar->count(), 2);
    QVERIFY(m_bar->findChildren<QLabel *>(QStringLiteral("joinBarLabel")).contains(labels.at(1)));
    finish(ids.at(1));
    const auto left = m_bar->findChildren<QToolButton *>(QStringLiteral("joinCloseButton"));
    QTRY_VERIFY(left.at(0)->isVisibleTo(m_bar.get()) && left.at(1)->isVisibleTo(m_bar.get()));
    left.at(0)->click();
    QCOMPARE(m_bar->count(), 1);
    left.at(1)->click();
    QVERIFY(m_bar->isHidden());
}

QTEST_MAIN(TestJoinBar)
#include "tst_joinbar.moc"
