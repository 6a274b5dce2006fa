// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workercolumns.h"
#include "model/workerfilterproxy.h"
#include "model/workertablemodel.h"
#include "workerfixtures.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace procession;
using namespace procession::fixtures;

class TestWorkerFilterProxy final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void listOrderAtFirst();
    void sortsNumbersInTexts();
    void unknownComesLastBothWays();
    void tiesKeepListOrder();
    void filtersByWords();
    void filtersByStateGroup();
    void filtersByWorkerGroup();
    void stateChangeLeavesTheFilter();
    void sortingStaticColumnIgnoresTicks();
    void manyLeaveInOneSignal();
    void headersWithoutRows();
    void sourceGoesAway();
    void fuzz_data();
    void fuzz();

private:
    void fill(const QStringList &names);

    std::unique_ptr<WorkerTableModel> m_model;
    std::unique_ptr<WorkerFilterProxy> m_proxy;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

namespace {

/// As the class promises, said another way: by QVariants and a stable sort of everything.
QList<quint64> expectedIds(const WorkerTableModel &model, const WorkerFilterProxy &proxy)
{
    struct Row
    {
        QVariant value;
        quint64 id;
    };
    QList<Row> rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        const auto at = [&](const int column) { return model.index(row, column); };
        const auto group = stateGroupOf(State(at(0).data(WorkerTableModel::StateRole).toInt()),
                                        Outcome(at(0).data(WorkerTableModel::OutcomeRole).toInt()));
        bool accepted = proxy.stateGroup() == StateGroup::All || proxy.stateGroup() == group;
        accepted = accepted && (proxy.workerGroup().isEmpty() ||
                                at(int(Column::Group)).data().toString() == proxy.workerGroup());
        for (const QString &word : proxy.text().split(u' ', Qt::SkipEmptyParts))
            accepted = accepted &&
                       at(0).data(WorkerTableModel::FilterRole).toString().toLower().contains(word.toLower());
        if (accepted)
            rows << Row{proxy.sortColumn() < 0 ? QVariant()
                                               : at(proxy.sortColumn()).data(WorkerTableModel::SortRole),
                        at(0).data(WorkerTableModel::IdRole).toULongLong()};
    }
    const auto number = [](const QVariant &value) { // "w12" in these fixtures
        return value.typeId() == QMetaType::QString ? value.toString().mid(1).toDouble() : value.toDouble();
    };
    const bool ascending = proxy.sortOrder() == Qt::AscendingOrder;
    std::stable_sort(rows.begin(), rows.end(), [&](const Row &a, const Row &b) {
        if (a.value.isValid() != b.value.isValid())
            return a.value.isValid();
        return ascending ? number(a.value) < number(b.value) : number(a.value) > number(b.value);
    });
    QList<quint64> ids;
    for (const Row &row : rows)
        ids << row.id;
    return ids;
}

QList<quint64> shownIds(const WorkerFilterProxy &proxy)
{
    QList<quint64> ids;
    for (int row = 0; row < proxy.rowCount(); ++row)
        ids << quint64(proxy.idAt(proxy.index(row, 0)));
    return ids;
}

} // namespace

void TestWorkerFilterProxy::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_tester.reset();
    m_proxy = std::make_unique<WorkerFilterProxy>();
    m_model = std::make_unique<WorkerTableModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(m_proxy.get());
    m_proxy->setSourceModel(m_model.get());
}

void TestWorkerFilterProxy::fill(const QStringList &names)
{
    RosterDelta delta;
    for (const QString &name : names)
        delta.inserted << RosterDelta::Insertion{int(delta.inserted.size()),
                                                 statusOf(quint64(delta.inserted.size()) + 1, name)};
    m_model->apply(delta);
}

void TestWorkerFilterProxy::listOrderAtFirst()
{
    fill({QStringLiteral("c"), QStringLiteral("a"), QStringLiteral("b")});
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("c\na\nb"));
    m_proxy->sort(0);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("a\nb\nc"));
    m_proxy->sort(0, Qt::DescendingOrder);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("c\nb\na"));
    m_proxy->sort(-1);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("c\na\nb"));
}

void TestWorkerFilterProxy::sortsNumbersInTexts()
{
    fill({QStringLiteral("w10"), QStringLiteral("W9"), QStringLiteral("w009a"), QStringLiteral("w"),
          QStringLiteral("v99"), QStringLiteral("w18446744073709551617"),
          QStringLiteral("w18446744073709551616"), QStringLiteral("w9-10"), QStringLiteral("w9-9")});
    m_proxy->sort(0);
    QCOMPARE(dump(*m_proxy, {0}),
             QStringLiteral("v99\nw\nW9\nw9-9\nw9-10\nw009a\nw10\nw18446744073709551616\n"
                            "w18446744073709551617"));
}

void TestWorkerFilterProxy::unknownComesLastBothWays()
{
    RosterDelta delta;
    for (int i = 0; i < 4; ++i) {
        WorkerStatus status = statusOf(quint64(i) + 1, QString::number(i));
        if (i % 2 == 1) {
            status.state = State::Ended;
            status.outcome = Outcome::Failed;
            status.exitCode = i;
        }
        delta.inserted << RosterDelta::Insertion{i, status};
    }
    m_model->apply(delta);
    m_proxy->sort(int(Column::Exit));
    QCOMPARE(shownIds(*m_proxy), (QList<quint64>{2, 4, 1, 3}));
    m_proxy->sort(int(Column::Exit), Qt::DescendingOrder);
    QCOMPARE(shownIds(*m_proxy), (QList<quint64>{4, 2, 1, 3}));
}

void TestWorkerFilterProxy::tiesKeepListOrder()
{
    fill({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")});
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        m_proxy->sort(int(Column::State), order);
        QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("a\nb\nc"));
    }
}

void TestWorkerFilterProxy::filtersByWords()
{
    fill({QStringLiteral("fetch-eu"), QStringLiteral("fetch-us"), QStringLiteral("index")});
    QVERIFY(!m_proxy->isFiltering());
    m_proxy->setText(QStringLiteral("  FETCH started  us "));
    QVERIFY(m_proxy->isFiltering());
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("fetch-us"));
    QVERIFY(!m_proxy->indexOf(static_cast<WorkerId>(1)).isValid());
    QCOMPARE(m_proxy->indexOf(static_cast<WorkerId>(2), 3), m_proxy->index(0, 3));
    m_proxy->setText(QStringLiteral("nothing like it"));
    QCOMPARE(m_proxy->rowCount(), 0);
    m_proxy->setText(QStringLiteral("   "));
    QVERIFY(!m_proxy->isFiltering());
    QCOMPARE(m_proxy->rowCount(), 3);
}

void TestWorkerFilterProxy::filtersByStateGroup()
{
    RosterDelta delta;
    delta.inserted << RosterDelta::Insertion{0, statusOf(1, QStringLiteral("a"), State::Running)}
                   << RosterDelta::Insertion{1,
                                             statusOf(2, QStringLiteral("b"), State::Ended, Outcome::Crashed)}
                   << RosterDelta::Insertion{2,
                                             statusOf(3, QStringLiteral("c"), State::Ended, Outcome::Killed)};
    m_model->apply(delta);
    m_proxy->setStateGroup(StateGroup::Failed);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("b"));
    m_proxy->setStateGroup(StateGroup::Stopped);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("c"));
    m_proxy->setStateGroup(StateGroup::All);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("a\nb\nc"));
}

void TestWorkerFilterProxy::filtersByWorkerGroup()
{
    fill({QStringLiteral("a"), QStringLiteral("b")});
    WorkerStatus status = statusOf(2, QStringLiteral("b"));
    status.spec = std::make_shared<const WorkerSpec>(specOf(QStringLiteral("b"), QStringLiteral("ingest")));
    m_proxy->setWorkerGroup(QStringLiteral("ingest"));
    QCOMPARE(m_proxy->rowCount(), 0);
    RosterDelta delta;
    delta.changed << status;
    m_model->apply(delta);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("b"));
}

void TestWorkerFilterProxy::stateChangeLeavesTheFilter()
{
    RosterDelta delta;
    for (int i = 0; i < 3; ++i)
        delta.inserted << RosterDelta::Insertion{
            i, statusOf(quint64(i) + 1, QString::number(i), State::Running)};
    m_model->apply(delta);
    m_proxy->setStateGroup(StateGroup::Active);
    RosterDelta end;
    end.changed << statusOf(2, QStringLiteral("1"), State::Ended, Outcome::Failed);
    m_model->apply(end);
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("0\n2"));
}

void TestWorkerFilterProxy::sortingStaticColumnIgnoresTicks()
{
    RosterDelta delta;
    SampleSet set;
    set.now = std::chrono::seconds(100);
    for (int i = 0; i < 100; ++i) {
        delta.inserted << RosterDelta::Insertion{
            i, statusOf(quint64(i) + 1, QString::number(100 - i), State::Running)};
        set.samples << WorkerSample{static_cast<WorkerId>(i + 1), double(i), 1024, 1};
    }
    m_model->apply(delta);
    m_proxy->sort(0);
    QSignalSpy layout(m_proxy.get(), &QAbstractItemModel::layoutChanged);
    QSignalSpy data(m_proxy.get(), &QAbstractItemModel::dataChanged);
    m_model->apply(set);
    QCOMPARE(layout.size(), 0);
    QCOMPARE(data.size(), 2); // elapsed to memory, processes
    m_proxy->sort(int(Column::Cpu));
    layout.clear();
    std::reverse(set.samples.begin(), set.samples.end());
    for (int i = 0; i < 100; ++i)
        set.samples[i].cpuPercent = i;
    m_model->apply(set);
    QCOMPARE(layout.size(), 1);
    QCOMPARE(m_proxy->index(0, 0).data().toString(), QStringLiteral("1"));
}

void TestWorkerFilterProxy::manyLeaveInOneSignal()
{
    RosterDelta delta;
    RosterDelta end;
    for (int i = 0; i < 200; ++i) {
        const auto id = quint64(i) + 1;
        delta.inserted << RosterDelta::Insertion{i, statusOf(id, QString::number(i), State::Running)};
        if (i % 2)
            end.changed << statusOf(id, QString::number(i), State::Ended, Outcome::Succeeded);
    }
    m_model->apply(delta);
    m_proxy->setStateGroup(StateGroup::Active);
    QSignalSpy removed(m_proxy.get(), &QAbstractItemModel::rowsRemoved);
    QSignalSpy inserted(m_proxy.get(), &QAbstractItemModel::rowsInserted);
    m_model->apply(end);
    QCOMPARE(m_proxy->rowCount(), 100);
    QCOMPARE(removed.size(), 1);
    m_proxy->setStateGroup(StateGroup::All);
    QCOMPARE(m_proxy->rowCount(), 200);
    QCOMPARE(inserted.size(), 1);
}

void TestWorkerFilterProxy::headersWithoutRows()
{
    QCOMPARE(m_proxy->rowCount(), 0);
    QCOMPARE(m_proxy->headerData(int(Column::Pid), Qt::Horizontal).toString(), QStringLiteral("PID"));
    QCOMPARE(m_proxy->columnCount(), m_model->columnCount());
}

void TestWorkerFilterProxy::sourceGoesAway()
{
    fill({QStringLiteral("a"), QStringLiteral("b")});
    m_proxy->sort(0, Qt::DescendingOrder);
    m_model.reset();
    QCOMPARE(m_proxy->rowCount(), 0);
    QVERIFY(!m_proxy->indexOf(static_cast<WorkerId>(1)).isValid());
    m_model = std::make_unique<WorkerTableModel>();
    m_proxy->setSourceModel(m_model.get());
    fill({QStringLiteral("a"), QStringLiteral("b")});
    QCOMPARE(dump(*m_proxy, {0}), QStringLiteral("b\na"));
}

void TestWorkerFilterProxy::fuzz_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 24; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestWorkerFilterProxy::fuzz()
{
    QFETCH(quint32, seed);
    RandomRoster roster(seed);
    const Mirror mirror(*m_proxy);
    QItemSelectionModel selection(m_proxy.get());
    QSet<quint64> selected;
    QHash<quint64, QPersistentModelIndex> persistent;
    const QStringList texts{{}, {}, QStringLiteral("w1"), QStringLiteral("run w2"), QStringLiteral("s")};
    const QStringList groups{{}, {}, QStringLiteral("g0"), QStringLiteral("g1")};

    for (int step = 0; step < 150; ++step) {
        switch (roster.below(10)) {
        case 0:
            m_proxy->setText(texts[roster.below(int(texts.size()))]);
            break;
        case 1:
            m_proxy->setStateGroup(roster.below(2) ? StateGroup::All
                                                   : StateGroup(roster.below(stateGroupCount)));
            break;
        case 2:
            m_proxy->setWorkerGroup(groups[roster.below(int(groups.size()))]);
            break;
        case 3: // Command and WorkingDirectory hold no numbers the expectation could compare
            m_proxy->sort(QList<int>{-1, 0, 1, 2, 3, 4, 5, 6, 8, 9, 14}[roster.below(11)],
                          roster.below(2) ? Qt::AscendingOrder : Qt::DescendingOrder);
            break;
        case 4:
        case 5:
        case 6:
            m_model->apply(roster.samples());
            break;
        default:
            m_model->apply(roster.news());
            break;
        }

        const QList<quint64> shown = shownIds(*m_proxy);
        QCOMPARE(shown, expectedIds(*m_model, *m_proxy));
        QCOMPARE(mirror.difference(), QString());
        for (int row = 0; row < m_proxy->rowCount(); ++row) {
            const QModelIndex index = m_proxy->index(row, 2);
            QCOMPARE(m_proxy->indexOf(m_proxy->idAt(index), 2), index);
            QCOMPARE(m_proxy->mapFromSource(m_proxy->mapToSource(index)), index);
        }

        // What was selected and is still shown stays selected, and nothing else becomes so.
        selected.intersect(QSet<quint64>(shown.begin(), shown.end()));
        QSet<quint64> now;
        for (const QModelIndex &index : selection.selectedRows())
            now << quint64(m_proxy->idAt(index));
        QCOMPARE(now, selected);
        for (auto it = persistent.begin(); it != persistent.end();) {
            if (!shown.contains(it.key())) {
                QVERIFY(!it->isValid());
                it = persistent.erase(it);
                continue;
            }
            QCOMPARE(quint64(m_proxy->idAt(*it)), it.key());
            QCOMPARE(it->column(), 4);
            ++it;
        }
        if (!shown.isEmpty()) {
            const int row = roster.below(int(shown.size()));
            const int last = std::min(int(shown.size()) - 1, row + roster.below(5));
            selection.select(
                QItemSelection(m_proxy->index(row, 0), m_proxy->index(last, m_proxy->columnCount() - 1)),
                roster.below(4) ? QItemSelectionModel::Select : QItemSelectionModel::ClearAndSelect);
            selected.clear();
            for (const QModelIndex &index : selection.selectedRows())
                selected << quint64(m_proxy->idAt(index));
            persistent.insert(shown[row], m_proxy->index(row, 4));
        }
    }
}

QTEST_GUILESS_MAIN(TestWorkerFilterProxy)
#include "tst_workerfilterproxy.moc"
