// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/runsmodel.h"
#include "testhome.h"
#include "workerfixtures.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QPersistentModelIndex>
#include <QRandomGenerator>
#include <QSignalSpy>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

RunRecord runOf(const QString &id, State state = State::Ended, Outcome outcome = Outcome::Succeeded)
{
    RunRecord run;
    run.status = fixtures::statusOf(1, u"w-"_s + id, state, state == State::Ended ? outcome : Outcome::None);
    run.status.runId = id;
    run.status.startedMs = QDateTime(QDate(2024, 3, 5), QTime(12, 3, 9)).toMSecsSinceEpoch();
    run.status.startedAt = 100s;
    run.status.endedAt = state == State::Ended ? 103s : 0s;
    if (state == State::Ended)
        run.status.exitCode = outcome == Outcome::Succeeded ? 0 : 3;
    else
        run.status.pid = 4711;
    return run;
}

QStringList idsOf(const RunsModel &model)
{
    QStringList ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.append(model.record(row).status.runId);
    return ids;
}

QString cell(const RunsModel &model, int row, RunsModel::Field field, int role = Qt::DisplayRole)
{
    return model.index(row, model.columnOf(field)).data(role).toString();
}

} // namespace

class TestRunsModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void columnsOfEachScope()
    {
        const RunsModel worker(RunsModel::Scope::OneWorker);
        const RunsModel others(RunsModel::Scope::OtherRosters);
        const auto titles = [](const RunsModel &model) {
            QStringList all;
            for (int column = 0; column < model.columnCount(); ++column)
                all.append(model.headerData(column, Qt::Horizontal).toString());
            return all.join(u", ");
        };
        QCOMPARE(titles(worker), u"Started, State, Exit, Duration, Peak Memory, Output Size, Command"_s);
        QCOMPARE(titles(others), u"Name, State, Project, Started, Duration, PID, Exit, Peak Memory, "
                                 "Output Size, Command"_s);
        QCOMPARE(worker.columnOf(RunsModel::Field::Pid), -1);
    }

    void saysWhatARunWas()
    {
        RunsModel model(RunsModel::Scope::OtherRosters);
        RunRecord failed = runOf(u"a"_s, State::Ended, Outcome::Failed);
        failed.projectFile = u"/home/me/<nightly>.yaml"_s;
        failed.status.peakMemoryKib = 2048;
        failed.status.outputBytes = 1536;
        model.setRuns({failed, runOf(u"b"_s, State::Running)});
        using Field = RunsModel::Field;
        QCOMPARE(cell(model, 0, Field::Name), u"w-a"_s);
        QCOMPARE(cell(model, 0, Field::Project), u"<nightly>.yaml"_s);
        QCOMPARE(cell(model, 0, Field::Project, Qt::ToolTipRole), u"<p>/home/me/&lt;nightly&gt;.yaml</p>"_s);
        QCOMPARE(cell(model, 0, Field::Outcome), u"Failed"_s);
        QCOMPARE(cell(model, 0, Field::Exit), u"3"_s);
        QCOMPARE(cell(model, 0, Field::Duration), u"0:03"_s);
        QCOMPARE(cell(model, 0, Field::PeakMemory), u"2.0 MiB"_s);
        QCOMPARE(cell(model, 0, Field::OutputSize), u"1.5 KiB"_s);
        QCOMPARE(cell(model, 0, Field::Pid), QString());
        QVERIFY(cell(model, 0, Field::Started).endsWith(u" 12:03:09"_s));
        QCOMPARE(cell(model, 1, Field::Pid), u"4711"_s);
        QCOMPARE(cell(model, 1, Field::Project), u"no project file"_s);
        QCOMPARE(model.aliveCount(), 1);
    }

    void today()
    {
        WorkerStatus status;
        QCOMPARE(runTimeText(status), QString());
        // At midnight the two may lie on both sides of it.
        const QDateTime now = QDateTime::currentDateTime();
        status.startedMs = now.toMSecsSinceEpoch();
        const QString text = runTimeText(status);
        if (QDate::currentDate() == now.date())
            QCOMPARE(text, now.time().toString(u"HH:mm:ss"_s));
    }

    void namesTheCurrentRun()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        model.setRuns({runOf(u"b"_s), runOf(u"a"_s)});
        model.setCurrent(u"b"_s);
        QVERIFY(cell(model, 0, RunsModel::Field::Started).endsWith(u"(current)"_s));
        QVERIFY(!cell(model, 1, RunsModel::Field::Started).contains(u"current"_s));
        model.setCurrent(u"a"_s);
        QVERIFY(!cell(model, 0, RunsModel::Field::Started).contains(u"current"_s));
        QVERIFY(cell(model, 1, RunsModel::Field::Started).endsWith(u"(current)"_s));
    }

    void sortsByValues()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        RunRecord small = runOf(u"a"_s);
        small.status.outputBytes = 900;
        RunRecord large = runOf(u"b"_s);
        large.status.outputBytes = 1'000'000;
        RunRecord lost = runOf(u"c"_s, State::Ended, Outcome::Lost);
        lost.status.exitCode.reset();
        model.setRuns({small, large, lost});
        const auto value = [&](int row, RunsModel::Field field) {
            return model.index(row, model.columnOf(field)).data(RunsModel::SortRole);
        };
        QVERIFY(value(0, RunsModel::Field::OutputSize).toLongLong() <
                value(1, RunsModel::Field::OutputSize).toLongLong());
        QCOMPARE(value(0, RunsModel::Field::Exit), QVariant(0));
        QVERIFY(!value(2, RunsModel::Field::Exit).isValid());
        QCOMPARE(cell(model, 2, RunsModel::Field::Exit), u"unknown"_s);
    }

    void speaksToScreenReaders()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        model.setRuns({runOf(u"a"_s)});
        QCOMPARE(cell(model, 0, RunsModel::Field::Outcome, Qt::AccessibleTextRole), u"State: Succeeded"_s);
        QCOMPARE(cell(model, 0, RunsModel::Field::PeakMemory, Qt::AccessibleTextRole),
                 u"Peak Memory: none"_s);
    }

    void updatesKeepRows()
    {
        RunsModel model(RunsModel::Scope::OtherRosters);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({runOf(u"c"_s, State::Running), runOf(u"b"_s, State::Running), runOf(u"a"_s)});
        const QPersistentModelIndex b = model.index(1, 2);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

        model.setRuns({runOf(u"c"_s, State::Running), runOf(u"b"_s, State::Running), runOf(u"a"_s)});
        QCOMPARE(changes.size(), 0); // nothing new, nothing told

        // One came, and c ended: it goes behind those that run.
        model.setRuns(
            {runOf(u"d"_s, State::Running), runOf(u"b"_s, State::Running), runOf(u"c"_s), runOf(u"a"_s)});
        QCOMPARE(idsOf(model), (QStringList{u"d"_s, u"b"_s, u"c"_s, u"a"_s}));
        QCOMPARE(b.row(), 1);
        QCOMPARE(b.column(), 2);
        QCOMPARE(changes.size(), 1); // of c
        QCOMPARE(changes.first().first().toModelIndex().row(), 2);

        model.setRuns({runOf(u"b"_s, State::Running)});
        QCOMPARE(b.row(), 0);
        model.setRuns({});
        QVERIFY(!b.isValid());
        QCOMPARE(resets.size(), 0);
    }

    void anythingThatIsToldIsShown()
    {
        RunsModel model(RunsModel::Scope::OtherRosters);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QRandomGenerator random(20'26);
        for (int round = 0; round < 300; ++round) {
            QList<RunRecord> runs;
            for (int id = 0; id < 30; ++id) {
                if (random.bounded(3) != 0)
                    runs.append(
                        runOf(QString::number(id), random.bounded(2) ? State::Running : State::Ended));
            }
            for (qsizetype i = runs.size() - 1; i > 0 && round % 2; --i)
                runs.swapItemsAt(i, random.bounded(int(i) + 1));
            QHash<QString, QPersistentModelIndex> kept;
            for (int row = 0; row < model.rowCount(); ++row)
                kept.insert(model.record(row).status.runId, model.index(row, 0));
            model.setRuns(runs);
            QStringList wanted;
            for (int row = 0; row < runs.size(); ++row) {
                const WorkerStatus &status = runs.at(row).status;
                wanted.append(status.runId);
                QCOMPARE(model.record(row).status.state, status.state);
                if (kept.contains(status.runId))
                    QCOMPARE(kept.value(status.runId).row(), row);
            }
            QCOMPARE(idsOf(model), wanted);
        }
    }

    void twiceTheSameIdIsOneRow()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        model.setRuns({runOf(u"a"_s, State::Running), runOf(u"a"_s)});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.record(0).status.state, State::Running);
    }

    void removes()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({runOf(u"e"_s), runOf(u"d"_s), runOf(u"c"_s), runOf(u"b"_s), runOf(u"a"_s)});
        model.remove({u"a"_s, u"d"_s, u"e"_s, u"unknown"_s});
        QCOMPARE(idsOf(model), (QStringList{u"c"_s, u"b"_s}));
        QCOMPARE(model.rowOf(u"b"_s), 1);
        QCOMPARE(model.rowOf(u"a"_s), -1);
    }

    void newsOfTheCurrentRun()
    {
        RunsModel model(RunsModel::Scope::OneWorker);
        model.setRuns({runOf(u"b"_s, State::Running), runOf(u"a"_s)});
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        WorkerStatus status = runOf(u"b"_s, State::Running).status;
        model.apply(status);
        QCOMPARE(changes.size(), 0);
        status.outputBytes = 10;
        status.spec = std::make_shared<const WorkerSpec>(fixtures::specOf(u"renamed"_s));
        model.apply(status);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(model.record(0).status.spec->name, u"w-b"_s);
        status.runId = u"unknown"_s;
        model.apply(status);
        QCOMPARE(changes.size(), 1);
        model.setNow(160s);
        QCOMPARE(changes.size(), 2); // only what runs moves
        QCOMPARE(cell(model, 0, RunsModel::Field::Duration), u"1:00"_s);
    }
};

QTEST_GUILESS_MAIN(TestRunsModel)

#include "tst_runsmodel.moc"
