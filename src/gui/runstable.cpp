// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/runstable.h"

#include "core/bootclock.h"
#include "gui/statedelegate.h"
#include "model/workertext.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QUrl>

#include <algorithm>

namespace procession {

namespace {

/// Width of a column in characters, before the person changes it.
int characters(RunsModel::Field field, bool ofOneWorker)
{
    switch (field) {
    case RunsModel::Field::Name:
    case RunsModel::Field::Project:
        return 14;
    case RunsModel::Field::Started:
        return ofOneWorker ? 24 : 19; // with what marks the current one, or without
    case RunsModel::Field::Outcome:
        return 17;
    case RunsModel::Field::Pid:
        return 9;
    case RunsModel::Field::Duration:
        return 12;
    case RunsModel::Field::Exit:
        return 13;
    case RunsModel::Field::PeakMemory:
    case RunsModel::Field::OutputSize:
        return 15;
    case RunsModel::Field::Command:
        return 40;
    }
    return 16;
}

RunsModel *modelOf(const QTreeView *view)
{
    return static_cast<RunsModel *>(static_cast<QSortFilterProxyModel *>(view->model())->sourceModel());
}

QModelIndexList selectedRows(const QTreeView *view)
{
    QModelIndexList rows = view->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace

QSortFilterProxyModel *setUpRunsTable(QTreeView *view, RunsModel *model)
{
    auto *sorted = new QSortFilterProxyModel(view);
    sorted->setSourceModel(model);
    sorted->setSortRole(RunsModel::SortRole);
    view->setModel(sorted);
    view->setRootIsDecorated(false);
    view->setUniformRowHeights(true);
    view->setAllColumnsShowFocus(true);
    view->setAlternatingRowColors(true);
    view->setItemsExpandable(false);
    view->setExpandsOnDoubleClick(false);
    view->setTabKeyNavigation(false);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QHeaderView *header = view->header();
    header->setAccessibleName(RunsModel::tr("Columns"));
    header->setStretchLastSection(true);
    // The third click goes back to the order the runs came in.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    view->setSortingEnabled(true);
    view->setItemDelegateForColumn(model->columnOf(RunsModel::Field::Outcome), new StateDelegate(view));
    const bool ofOneWorker = model->columnOf(RunsModel::Field::Project) < 0;
    const int character = view->fontMetrics().averageCharWidth();
    for (const auto field :
         {RunsModel::Field::Name, RunsModel::Field::Project, RunsModel::Field::Started,
          RunsModel::Field::Outcome, RunsModel::Field::Exit, RunsModel::Field::Duration,
          RunsModel::Field::PeakMemory, RunsModel::Field::OutputSize, RunsModel::Field::Pid}) {
        if (const int column = model->columnOf(field); column >= 0)
            header->resizeSection(column, character * characters(field, ofOneWorker));
    }
    return sorted;
}

QList<RunRecord> selectedRuns(const QTreeView *view)
{
    QList<RunRecord> runs;
    const auto *sorted = static_cast<QSortFilterProxyModel *>(view->model());
    for (const QModelIndex &index : selectedRows(view))
        runs.append(modelOf(view)->record(sorted->mapToSource(index).row()));
    return runs;
}

void copyRunRows(const QTreeView *view)
{
    QStringList lines;
    for (const QModelIndex &row : selectedRows(view)) {
        QStringList cells;
        for (int column = 0; column < view->model()->columnCount(); ++column)
            cells.append(row.siblingAtColumn(column).data().toString());
        lines.append(cells.join(u'\t'));
    }
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(u'\n') + u'\n');
}

void copyRunIds(const QList<RunRecord> &runs)
{
    QStringList ids;
    for (const RunRecord &run : runs)
        ids.append(run.status.runId);
    QGuiApplication::clipboard()->setText(ids.join(u'\n'));
}

void openRunFolder(const RunRecord &run)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(run.status.runDirectory));
}

QString runLine(const RunRecord &run)
{
    const WorkerStatus &status = run.status;
    QStringList parts{status.spec->name};
    if (isAlive(status.state)) {
        parts.append(QString::number(status.pid));
        if (const auto elapsed = status.elapsed(bootNow()))
            parts.append(durationText(*elapsed, false));
    } else {
        parts.append(runTimeText(status));
        parts.append(stateWord(status.state, status.outcome));
    }
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace procession
