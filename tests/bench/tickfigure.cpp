// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "core/bootclock.h"
#include "model/workercolumns.h"
#include "model/workerfilterproxy.h"
#include "model/workertablemodel.h"

#include <QApplication>
#include <QHeaderView>
#include <QRandomGenerator>
#include <QSortFilterProxyModel>
#include <QTreeView>

#include <memory>

#include <time.h>

namespace procession::bench {
namespace {

constexpr int workers = 10'000;
constexpr int changing = 1'000;
constexpr int ticksPerRound = 200;
constexpr double frameMs = 1000.0 / 60;

/// Time this thread has worked, in ms. Not wall time: another program's turn on the core is not our cost, and
/// waiting for the next event is no work.
double threadMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Tells when the view has painted.
class PaintWatch final : public QObject
{
public:
    using QObject::QObject;
    bool painted = false;

    bool eventFilter(QObject *, QEvent *event) override
    {
        painted = painted || event->type() == QEvent::Paint;
        return false;
    }
};

/// What one would write without a proxy of one's own, for the same order.
class StockProxy final : public QSortFilterProxyModel
{
public:
    StockProxy() { setSortRole(WorkerTableModel::SortRole); }

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override
    {
        const bool ascending = sortOrder() == Qt::AscendingOrder;
        const QVariant a = left.data(WorkerTableModel::SortRole);
        const QVariant b = right.data(WorkerTableModel::SortRole);
        if (a.isValid() != b.isValid())
            return ascending ? a.isValid() : b.isValid();
        const QPartialOrdering order = QVariant::compare(a, b);
        if (order == QPartialOrdering::Less || order == QPartialOrdering::Greater)
            return order == QPartialOrdering::Less;
        return ascending ? left.row() < right.row() : left.row() > right.row();
    }
};

RosterDelta roster()
{
    RosterDelta delta;
    for (int i = 0; i < workers; ++i) {
        WorkerSpec spec;
        spec.name = QStringLiteral("worker-%1").arg(i);
        spec.command =
            Command::direct({QStringLiteral("/usr/bin/python3"), QStringLiteral("fetch.py"), spec.name});
        WorkerStatus status;
        status.id = static_cast<WorkerId>(i + 1);
        status.spec = std::make_shared<const WorkerSpec>(spec);
        status.runId = QString::number(i);
        status.startedAt = bootNow() - std::chrono::seconds(i);
        status.startedMs = 1'700'000'000'000 + i;
        if (i % (workers / changing) == 0) {
            status.state = State::Running;
            status.pid = 1000 + i;
        } else {
            status.state = State::Ended;
            status.exitCode = i % 3;
            status.outcome = i % 3 ? Outcome::Failed : Outcome::Succeeded;
            status.endedAt = bootNow();
            status.endedMs = status.startedMs + 1000;
        }
        delta.inserted << RosterDelta::Insertion{i, status};
    }
    return delta;
}

SampleSet samples(QRandomGenerator &random)
{
    SampleSet set;
    set.now = bootNow();
    for (int i = 0; i < workers; i += workers / changing)
        set.samples << WorkerSample{static_cast<WorkerId>(i + 1), random.bounded(100.0),
                                    qint64(random.bounded(1 << 30)), 1};
    return set;
}

/// The window's table: what one tick costs in it.
class Table final
{
public:
    explicit Table(std::unique_ptr<QAbstractProxyModel> proxy)
        : m_proxy(std::move(proxy))
    {
        m_model.apply(roster());
        m_model.apply(samples(m_random));
        m_proxy->setSourceModel(&m_model);
        m_view.setUniformRowHeights(true);
        m_view.setRootIsDecorated(false);
        m_view.setSelectionMode(QAbstractItemView::ExtendedSelection);
        m_view.setModel(m_proxy.get());
        for (const ColumnInfo &column : workerColumns())
            m_view.setColumnHidden(static_cast<int>(column.column), !column.shownByDefault);
        m_view.setSortingEnabled(true);
        m_view.sortByColumn(static_cast<int>(Column::Cpu), Qt::DescendingOrder);
        m_view.resize(1200, 800);
        m_view.viewport()->installEventFilter(&m_watch);
        m_view.show();
        QCoreApplication::processEvents();
        tick();
    }

    double tick()
    {
        const SampleSet set = samples(m_random);
        m_watch.painted = false;
        const double begin = threadMs();
        m_model.apply(set);
        while (!m_watch.painted)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return threadMs() - begin;
    }

    /// What a person would see is wrong, or an empty string.
    QString problem() const
    {
        double above = 1e9;
        for (int row = 0; row < changing; ++row) {
            const QVariant value =
                m_proxy->index(row, static_cast<int>(Column::Cpu)).data(WorkerTableModel::SortRole);
            if (!value.isValid() || value.toDouble() > above)
                return QStringLiteral("row %1 is out of order").arg(row);
            above = value.toDouble();
        }
        return m_proxy->rowCount() == workers ? QString() : QStringLiteral("rows are missing");
    }

private:
    QRandomGenerator m_random{20260101};
    WorkerTableModel m_model;
    std::unique_ptr<QAbstractProxyModel> m_proxy;
    PaintWatch m_watch;
    QTreeView m_view;
};

} // namespace

std::vector<Result> measureTick()
{
    Table ours(std::make_unique<WorkerFilterProxy>());
    Table stock(std::make_unique<StockProxy>());
    std::vector<double> oursRounds;
    std::vector<double> stockRounds;
    for (int round = 0; round < rounds; ++round) {
        for (auto [table, into] : {std::pair(&ours, &oursRounds), std::pair(&stock, &stockRounds)}) {
            std::vector<double> ticks;
            for (int i = 0; i < ticksPerRound; ++i)
                ticks.push_back(table->tick());
            into->push_back(percentile(ticks, 0.99));
        }
    }
    const QString unit = QStringLiteral("ms p99");
    return {{QStringLiteral("tick"), median(oursRounds), unit, frameMs, spreadOf(oursRounds), 0.5, false,
             ours.problem()},
            {QStringLiteral("tick (QSortFilterProxyModel)"), median(stockRounds), unit, frameMs,
             spreadOf(stockRounds), std::nullopt, false, stock.problem()}};
}

} // namespace procession::bench
