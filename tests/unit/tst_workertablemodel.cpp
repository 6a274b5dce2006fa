// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/bootclock.h"
#include "keeper/rundir.h"
#include "model/workercolumns.h"
#include "model/workertablemodel.h"
#include "workerfixtures.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace procession;
using namespace procession::fixtures;
using namespace std::chrono_literals;

class TestWorkerTableModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void showsEveryColumn();
    void headers();
    void roles();
    void lastErrorInToolTips();
    void insertsInOrder();
    void removesScatteredRowsTogether();
    void changesTellOnlyTheirColumns();
    void manyChangesTellOneRange();
    void ticks();
    void whatEndedKeepsNoSample();
    void stoppingCountsSeconds();
    void countsDownByItself();
    void unknownIdsPassBy();
    void fuzz_data();
    void fuzz();
};

namespace {

const QList<int> shownColumns{0, 1, 2, 3, 4, 5, 6, 7};

WorkerStatus running(const quint64 id, const QString &name)
{
    WorkerStatus status = statusOf(id, name, State::Running);
    status.pid = 40312;
    status.lastPid = 40312;
    status.runId = QStringLiteral("r%1").arg(id);
    status.startedAt = 100s;
    status.startedMs = 1'700'000'000'000;
    return status;
}

WorkerStatus ended(const quint64 id, const QString &name, const Outcome outcome, const int code)
{
    WorkerStatus status = running(id, name);
    status.state = State::Ended;
    status.outcome = outcome;
    status.exitCode = code;
    status.pid = 0;
    status.endedAt = 100'400ms;
    status.endedMs = status.startedMs + 400;
    return status;
}

RosterDelta appended(const QList<WorkerStatus> &statuses)
{
    RosterDelta delta;
    for (const WorkerStatus &status : statuses)
        delta.inserted << RosterDelta::Insertion{int(delta.inserted.size()), status};
    return delta;
}

QString columnsOf(const QSignalSpy &dataChanged)
{
    QStringList ranges;
    for (const QList<QVariant> &arguments : dataChanged) {
        const auto from = arguments[0].toModelIndex();
        const auto to = arguments[1].toModelIndex();
        ranges << QStringLiteral("%1-%2:%3-%4")
                      .arg(from.row())
                      .arg(to.row())
                      .arg(from.column())
                      .arg(to.column());
    }
    return ranges.join(u' ');
}

} // namespace

void TestWorkerTableModel::showsEveryColumn()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    WorkerStatus crashed = ended(3, QStringLiteral("crunch"), Outcome::Crashed, -11);
    crashed.coreDumped = true;
    crashed.endedAt = 100s + 1h + 2min + 3s;
    WorkerStatus lost = ended(4, QStringLiteral("gone"), Outcome::Lost, 0);
    lost.exitCode.reset();
    lost.endedAt = 0s;
    WorkerStatus stopped = ended(5, QStringLiteral("halted"), Outcome::Stopped, 143);
    stopped.endedAt = 107s;
    model.apply(appended({statusOf(1, QStringLiteral("report")), running(2, QStringLiteral("fetch-eu")),
                          crashed, lost, stopped, ended(6, QStringLiteral("warmup"), Outcome::Succeeded, 0),
                          statusOf(7, QStringLiteral("wrong"), State::Ended, Outcome::FailedToStart)}));
    model.apply(SampleSet{227s, {WorkerSample{static_cast<WorkerId>(2), 12.44, 92'379'545, 3}}, 0s});

    QCOMPARE(dump(model, shownColumns),
             QStringLiteral("report | Not started |  |  |  |  | — | /bin/sleep 100\n"
                            "fetch-eu | Running | 2:07 | 12.4 | 88.1 MiB | 40312 |  | /bin/sleep 100\n"
                            "crunch | Crashed | 1:02:03 |  |  |  | SIGSEGV (11), core | /bin/sleep 100\n"
                            "gone | Lost |  |  |  |  | unknown | /bin/sleep 100\n"
                            "halted | Stopped | 0:07 |  |  |  | 143 | /bin/sleep 100\n"
                            "warmup | Succeeded | 0.4 s |  |  |  | 0 | /bin/sleep 100\n"
                            "wrong | Failed to start |  |  |  |  | — | /bin/sleep 100"));
    QCOMPARE(model.index(1, int(Column::Processes)).data().toString(), QStringLiteral("3"));
    QCOMPARE(model.index(4, int(Column::Pid)).data(Qt::ToolTipRole).toString(),
             QStringLiteral("Last PID: 40312"));
}

void TestWorkerTableModel::headers()
{
    const WorkerTableModel model;
    QStringList titles;
    QStringList ids;
    for (int column = 0; column < model.columnCount(); ++column) {
        titles << model.headerData(column, Qt::Horizontal).toString();
        ids << QString::fromLatin1(workerColumns()[std::size_t(column)].id);
        const auto alignment = model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole);
        QVERIFY(alignment.value<Qt::Alignment>() & Qt::AlignVCenter);
    }
    QCOMPARE(titles.join(u','),
             QStringLiteral("Name,State,Elapsed,CPU %,Memory,PID,Exit,Command,Group,Started,Finished,"
                            "Working Directory,CPU Time,Peak Memory,Processes,Output Size"));
    QCOMPARE(ids.removeDuplicates(), 0);
    QVERIFY(!model.headerData(model.columnCount(), Qt::Horizontal).isValid());
    QVERIFY(!model.headerData(0, Qt::Vertical).isValid());
}

void TestWorkerTableModel::roles()
{
    WorkerTableModel model;
    WorkerStatus failed = ended(7, QStringLiteral("a<b"), Outcome::Failed, 3);
    WorkerSpec spec = specOf(QStringLiteral("a<b"), QStringLiteral("ingest"));
    failed.spec = std::make_shared<const WorkerSpec>(spec);
    model.apply(appended({failed}));
    const auto at = [&model](const Column column) { return model.index(0, int(column)); };

    QCOMPARE(at(Column::Name).data(WorkerTableModel::IdRole).toULongLong(), 7ull);
    QCOMPARE(at(Column::Name).data(WorkerTableModel::StateRole).toInt(), int(State::Ended));
    QCOMPARE(at(Column::Name).data(WorkerTableModel::OutcomeRole).toInt(), int(Outcome::Failed));
    QCOMPARE(at(Column::Name).data(WorkerTableModel::FilterRole).toString(),
             QStringLiteral("a<b\n/bin/sleep 100\ningest\nFailed"));
    QCOMPARE(at(Column::State).data(Qt::AccessibleTextRole).toString(),
             QStringLiteral("State: Failed, exit code 3"));
    QCOMPARE(at(Column::Pid).data(Qt::AccessibleTextRole).toString(), QStringLiteral("PID: none"));
    QCOMPARE(at(Column::Exit).data(WorkerTableModel::SortRole), QVariant(3));
    QCOMPARE(at(Column::Elapsed).data(WorkerTableModel::SortRole), QVariant(qint64(400'000'000)));
    QVERIFY(!at(Column::Pid).data(WorkerTableModel::SortRole).isValid());
    QVERIFY(at(Column::Pid).data(Qt::TextAlignmentRole).value<Qt::Alignment>() & Qt::AlignRight);
    QVERIFY(at(Column::Exit).data(Qt::TextAlignmentRole).value<Qt::Alignment>() & Qt::AlignHCenter);
    QVERIFY(!at(Column::State).data(Qt::ForegroundRole).isValid());
    QVERIFY(!at(Column::State).data(Qt::DecorationRole).isValid());
    QVERIFY2(at(Column::Name).data(Qt::ToolTipRole).toString().contains(QStringLiteral("a&lt;b")),
             "markup in a name must not become markup in its tool tip");
    QVERIFY(!model.data({}, Qt::DisplayRole).isValid());
}

void TestWorkerTableModel::lastErrorInToolTips()
{
    const QTemporaryDir run;
    QFile output(run.filePath(QStringLiteral("out.") + QString(rundir::offsetDigits, u'0')));
    QVERIFY(output.open(QIODevice::WriteOnly));
    output.write("ready\nerror: <no> disk\nbye\n");
    output.close();
    WorkerStatus failed = ended(1, QStringLiteral("a"), Outcome::Failed, 3);
    failed.runDirectory = run.path();
    WorkerTableModel model;
    QSignalSpy known(&model, &WorkerTableModel::lastErrorKnown);
    const auto toolTip = [&model](const Column column, const int row = 0) {
        return model.index(row, int(column)).data(Qt::ToolTipRole).toString();
    };
    // As after a take-over: it had failed before it was seen. Another fails before our eyes.
    WorkerStatus other = running(2, QStringLiteral("b"));
    model.apply(appended({failed, other}));
    const QString before = toolTip(Column::Exit);
    QTRY_COMPARE(known.size(), 1);
    QCOMPARE(known.at(0).at(0).value<WorkerId>(), WorkerId{1});
    QCOMPARE(model.lastError(WorkerId{1}), QStringLiteral("error: <no> disk"));
    const QString line = QStringLiteral("<p>Last error: error: &lt;no&gt; disk</p>");
    QCOMPARE(toolTip(Column::Exit), QString(before + line));
    QVERIFY(toolTip(Column::State).endsWith(line));
    QVERIFY(toolTip(Column::Name).endsWith(line));
    QVERIFY(!toolTip(Column::Command).contains(line));
    RosterDelta change;
    other = ended(2, QStringLiteral("b"), Outcome::Crashed, -11);
    other.runDirectory = run.path();
    change.changed = {other};
    model.apply(change);
    QTRY_COMPARE(known.size(), 2);
    QVERIFY(toolTip(Column::State, 1).endsWith(line));
    // It runs again.
    failed = running(1, QStringLiteral("a"));
    failed.runId = QStringLiteral("another");
    change.changed = {failed};
    model.apply(change);
    QVERIFY(!toolTip(Column::State).contains(line));
    RosterDelta removal;
    removal.removed = {WorkerId{2}};
    model.apply(removal);
    QCOMPARE(model.lastError(WorkerId{2}), QString());
}

void TestWorkerTableModel::insertsInOrder()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    model.apply(appended({statusOf(1, QStringLiteral("a")), statusOf(2, QStringLiteral("b"))}));
    RosterDelta delta; // positions count the insertions before them
    delta.inserted << RosterDelta::Insertion{1, statusOf(3, QStringLiteral("c"))}
                   << RosterDelta::Insertion{1, statusOf(4, QStringLiteral("d"))}
                   << RosterDelta::Insertion{99, statusOf(5, QStringLiteral("e"))};
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    model.apply(delta);
    QCOMPARE(dump(model, {0}), QStringLiteral("a\nd\nc\nb\ne"));
    QCOMPARE(inserted.size(), 2);
}

void TestWorkerTableModel::removesScatteredRowsTogether()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    QList<WorkerStatus> statuses;
    for (quint64 id = 1; id <= 2000; ++id)
        statuses << statusOf(id, QString::number(id));
    model.apply(appended(statuses));
    const QPersistentModelIndex kept = model.index(1001, 3);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    RosterDelta odd;
    for (quint64 id = 1; id <= 2000; id += 2)
        odd.removed << static_cast<WorkerId>(id);
    model.apply(odd);
    QCOMPARE(model.rowCount(), 1000);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(reset.size(), 0);
    QCOMPARE(kept.row(), 500);
    QCOMPARE(model.idAt(500), static_cast<WorkerId>(1002));
    QCOMPARE(model.rowOf(static_cast<WorkerId>(2000)), 999);

    RosterDelta undo; // and back to where they were
    for (int row = 0; row < 2000; row += 2)
        undo.inserted << RosterDelta::Insertion{row, statuses[row]};
    model.apply(undo);
    for (int row = 0; row < 2000; ++row)
        QCOMPARE(model.idAt(row), static_cast<WorkerId>(row + 1));
    QCOMPARE(kept.row(), 1001);
}

void TestWorkerTableModel::changesTellOnlyTheirColumns()
{
    WorkerTableModel model;
    QList<WorkerStatus> statuses;
    for (quint64 id = 1; id <= 100; ++id)
        statuses << running(id, QString::number(id));
    model.apply(appended(statuses));
    QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
    RosterDelta delta;
    delta.changed << ended(5, QStringLiteral("5"), Outcome::Failed, 1)
                  << ended(3, QStringLiteral("3"), Outcome::Failed, 1);
    model.apply(delta);
    QCOMPARE(columnsOf(spy), QStringLiteral("2-2:1-6 4-4:1-6 2-2:9-10 4-4:9-10 2-2:12-15 4-4:12-15"));

    spy.clear();
    RosterDelta edit;
    edit.changed << running(9, QStringLiteral("renamed"));
    model.apply(edit);
    QCOMPARE(columnsOf(spy), QStringLiteral("8-8:0-15"));
}

void TestWorkerTableModel::manyChangesTellOneRange()
{
    WorkerTableModel model;
    QList<WorkerStatus> statuses;
    for (quint64 id = 1; id <= 100; ++id)
        statuses << running(id, QString::number(id));
    model.apply(appended(statuses));
    QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
    RosterDelta delta;
    for (quint64 id = 10; id <= 50; id += 10)
        delta.changed << ended(id, QString::number(id), Outcome::Failed, 1);
    model.apply(delta);
    QCOMPARE(columnsOf(spy), QStringLiteral("9-49:1-6 9-49:9-10 9-49:12-15"));
}

void TestWorkerTableModel::ticks()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    const auto id = static_cast<WorkerId>(2);
    model.apply(appended({statusOf(1, QStringLiteral("a")), running(2, QStringLiteral("b"))}));
    QSignalSpy spy(&model, &QAbstractItemModel::dataChanged);
    model.apply(SampleSet{110s, {WorkerSample{id, std::nullopt, 1024, 1}}, 0s});
    QCOMPARE(columnsOf(spy), QStringLiteral("1-1:2-4 1-1:14-14"));
    QCOMPARE(dump(model, {2, 3, 4}), QStringLiteral(" |  | \n0:10 |  | 1.0 KiB"));
    spy.clear();
    model.apply(SampleSet{111s, {WorkerSample{id, 0.04, 1024, 1}}, 0s});
    QCOMPARE(columnsOf(spy), QStringLiteral("1-1:2-4"));
    QCOMPARE(dump(model, {2, 3, 4}), QStringLiteral(" |  | \n0:11 | 0.0 | 1.0 KiB"));
    QVERIFY(model.sample(id));
    model.apply(SampleSet{112s, {}, 0s});
    QCOMPARE(dump(model, {2, 3, 4}), QStringLiteral(" |  | \n0:12 |  | "));
    QVERIFY(!model.sample(id));
    QCOMPARE(model.now(), std::chrono::nanoseconds(112s));
}

void TestWorkerTableModel::whatEndedKeepsNoSample()
{
    WorkerTableModel model;
    const auto id = static_cast<WorkerId>(1);
    const SampleSet late{110s, {WorkerSample{id, 50.0, 1024, 1}}, 0s};
    model.apply(appended({running(1, QStringLiteral("a"))}));
    model.apply(late);
    QVERIFY(model.sample(id));
    RosterDelta delta;
    delta.changed << ended(1, QStringLiteral("a"), Outcome::Succeeded, 0);
    model.apply(delta);
    QCOMPARE(dump(model, {1, 2, 3, 4}), QStringLiteral("Succeeded | 0.4 s |  | "));
    model.apply(late); // was on its way when the end came
    QCOMPARE(dump(model, {1, 2, 3, 4}), QStringLiteral("Succeeded | 0.4 s |  | "));
}

void TestWorkerTableModel::stoppingCountsSeconds()
{
    WorkerTableModel model;
    WorkerStatus status = running(1, QStringLiteral("a"));
    status.state = State::Stopping;
    status.stopAskedAt = 110s;
    model.apply(appended({status}));
    const auto text = [&model] { return model.index(0, int(Column::State)).data().toString(); };
    model.apply(SampleSet{109s, {}, 0s});
    QCOMPARE(text(), QStringLiteral("Stopping")); // its keeper has not answered yet
}

/// The monitor's interval may be ten seconds: the countdown goes on without it, and tells only what changes.
void TestWorkerTableModel::countsDownByItself()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    WorkerStatus stopping = running(2, QStringLiteral("b"));
    stopping.state = State::Stopping;
    stopping.stopAskedAt = bootNow();
    stopping.stopDeadline = stopping.stopAskedAt + 1h;
    model.apply(appended({running(1, QStringLiteral("a")), stopping, running(3, QStringLiteral("c"))}));
    const auto text = [&model] { return model.index(1, int(Column::State)).data().toString(); };
    QCOMPARE(text(), QStringLiteral("Stopping 3600s"));
    const QString elapsed = model.index(1, int(Column::Elapsed)).data().toString();
    QSignalSpy changes(&model, &WorkerTableModel::dataChanged);
    QTRY_VERIFY(changes.count() >= 2);
    for (const QList<QVariant> &change : changes) {
        QCOMPARE(change.at(0).toModelIndex(), model.index(1, int(Column::State)));
        QCOMPARE(change.at(1).toModelIndex(), model.index(1, int(Column::State)));
    }
    QVERIFY2(text() < QStringLiteral("Stopping 3599s"), qPrintable(text()));
    QCOMPARE(model.index(1, int(Column::Elapsed)).data().toString(), elapsed); // that one is the monitor's

    RosterDelta killed;
    stopping.stopDeadline = 0s;
    stopping.killAsked = true;
    killed.changed << stopping;
    model.apply(killed);
    QCOMPARE(text(), QStringLiteral("Stopping"));
}

void TestWorkerTableModel::unknownIdsPassBy()
{
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    model.apply(appended({statusOf(1, QStringLiteral("a"))}));
    RosterDelta delta;
    delta.removed << static_cast<WorkerId>(9) << static_cast<WorkerId>(1) << static_cast<WorkerId>(1);
    delta.changed << statusOf(8, QStringLiteral("x"));
    delta.inserted << RosterDelta::Insertion{0, statusOf(2, QStringLiteral("b"))}
                   << RosterDelta::Insertion{0, statusOf(2, QStringLiteral("again"))};
    model.apply(delta);
    QCOMPARE(dump(model, {0}), QStringLiteral("b"));
    delta = {};
    delta.inserted << RosterDelta::Insertion{0, statusOf(2, QStringLiteral("news"))};
    model.apply(delta);
    QCOMPARE(dump(model, {0}), QStringLiteral("news"));
    QCOMPARE(model.idAt(5), WorkerId{});
    QCOMPARE(model.rowOf(static_cast<WorkerId>(1)), -1);
    QVERIFY(!model.status(static_cast<WorkerId>(1)));
}

void TestWorkerTableModel::fuzz_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 12; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestWorkerTableModel::fuzz()
{
    QFETCH(quint32, seed);
    RandomRoster roster(seed);
    WorkerTableModel model;
    const QAbstractItemModelTester tester(&model);
    const Mirror mirror(model);
    QHash<quint64, QPersistentModelIndex> persistent;
    for (int step = 0; step < 120; ++step) {
        if (roster.below(3) == 0)
            model.apply(roster.samples());
        else
            model.apply(roster.news());

        QCOMPARE(model.rowCount(), int(roster.workers.size()));
        for (int row = 0; row < model.rowCount(); ++row) {
            const WorkerStatus &expected = roster.workers[row];
            QCOMPARE(model.idAt(row), expected.id);
            QCOMPARE(model.rowOf(expected.id), row);
            QCOMPARE(model.status(expected.id)->state, expected.state);
            QCOMPARE(model.index(row, 0).data().toString(), expected.spec->name);
            const auto known = persistent.constFind(quint64(expected.id));
            if (known != persistent.constEnd())
                QCOMPARE(known->row(), row);
            else
                persistent.insert(quint64(expected.id), model.index(row, row % model.columnCount()));
        }
        QCOMPARE(mirror.difference(), QString());
    }
}

QTEST_GUILESS_MAIN(TestWorkerTableModel)
#include "tst_workertablemodel.moc"
