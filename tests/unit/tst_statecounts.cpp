// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/statecounts.h"
#include "workerfixtures.h"

#include <QMetaEnum>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace procession;
using namespace procession::fixtures;

class TestStateCounts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void groupOfEveryState();
    void titles();
    void tellsOnce();
    void silentWithoutChange();
    void fuzz();
};

void TestStateCounts::groupOfEveryState()
{
    QStringList groups;
    const QMetaEnum states = QMetaEnum::fromType<State>();
    for (const State state : allStates) {
        if (state != State::Ended)
            groups << QString::fromLatin1(states.valueToKey(int(state))) + u' ' +
                          stateGroupTitle(stateGroupOf(state, Outcome::None));
    }
    const QMetaEnum outcomes = QMetaEnum::fromType<Outcome>();
    for (int i = 1; i < outcomes.keyCount(); ++i)
        groups << QString::fromLatin1(outcomes.key(i)) + u' ' +
                      stateGroupTitle(stateGroupOf(State::Ended, Outcome(outcomes.value(i))));
    QCOMPARE(groups.join(u'\n'),
             QStringLiteral(
                 "NotStarted Not started\nQueued Active\nStarting Active\nRunning Active\nPaused Active\n"
                 "Stopping Active\nSkipped Interrupted, lost\n"
                 "Succeeded Succeeded\nFailed Failed\nCrashed Failed\nFailedToStart Failed\nTimedOut Failed\n"
                 "Stopped Stopped\nKilled Stopped\nInterrupted Interrupted, lost\nLost Interrupted, lost"));
}

void TestStateCounts::titles()
{
    QStringList titles;
    for (int group = 0; group < stateGroupCount; ++group)
        titles << stateGroupTitle(StateGroup(group));
    QCOMPARE(titles.join(u','), QStringLiteral("All,Active,Failed,Succeeded,Stopped,Not started,Interrupted, lost"));
}

void TestStateCounts::tellsOnce()
{
    StateCounts counts;
    QSignalSpy changed(&counts, &StateCounts::changed);
    RosterDelta delta;
    for (int i = 0; i < 5; ++i)
        delta.inserted << RosterDelta::Insertion{i, statusOf(quint64(i) + 1, {})};
    delta.changed << statusOf(1, {}, State::Running) << statusOf(2, {}, State::Ended, Outcome::Killed);
    counts.apply(delta);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(counts.count(StateGroup::All), 5);
    QCOMPARE(counts.count(StateGroup::Active), 1);
    QCOMPARE(counts.count(StateGroup::Stopped), 1);
    QCOMPARE(counts.count(StateGroup::NotStarted), 3);
    QCOMPARE(counts.count(State::Running), 1);
    QVERIFY(counts.groups().isEmpty());
}

void TestStateCounts::silentWithoutChange()
{
    StateCounts counts;
    RosterDelta delta;
    delta.inserted << RosterDelta::Insertion{0, statusOf(1, {}, State::Running)};
    counts.apply(delta);
    QSignalSpy changed(&counts, &StateCounts::changed);
    RosterDelta same;
    same.changed << statusOf(1, QStringLiteral("renamed"), State::Running) << statusOf(9, {}, State::Running);
    same.removed << static_cast<WorkerId>(9);
    counts.apply(same);
    QCOMPARE(changed.size(), 0);
    QCOMPARE(counts.count(StateGroup::All), 1);
}

void TestStateCounts::fuzz()
{
    RandomRoster roster(7);
    StateCounts counts;
    for (int step = 0; step < 500; ++step) {
        counts.apply(roster.news());
        std::array<int, stateGroupCount> byGroup{};
        std::array<int, allStates.size()> byState{};
        QMap<QString, int> groups;
        for (const WorkerStatus &status : std::as_const(roster.workers)) {
            ++byGroup[0];
            ++byGroup[std::size_t(stateGroupOf(status.state, status.outcome))];
            ++byState[std::size_t(status.state)];
            if (!status.spec->group.isEmpty())
                ++groups[status.spec->group];
        }
        for (int group = 0; group < stateGroupCount; ++group)
            QCOMPARE(counts.count(StateGroup(group)), byGroup[std::size_t(group)]);
        for (const State state : allStates)
            QCOMPARE(counts.count(state), byState[std::size_t(state)]);
        QCOMPARE(counts.groups(), groups);
    }
}

QTEST_GUILESS_MAIN(TestStateCounts)
#include "tst_statecounts.moc"
