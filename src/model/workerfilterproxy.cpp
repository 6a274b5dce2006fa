// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workerfilterproxy.h"

#include "model/workercolumns.h"
#include "model/workertablemodel.h"

#include <algorithm>

namespace procession {

WorkerFilterProxy::WorkerFilterProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(WorkerTableModel::SortRole);
}

void WorkerFilterProxy::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void WorkerFilterProxy::setStateGroup(const StateGroup group)
{
    if (group == m_stateGroup)
        return;
    m_stateGroup = group;
    invalidateFilter();
}

void WorkerFilterProxy::setWorkerGroup(const QString &group)
{
    if (group == m_workerGroup)
        return;
    m_workerGroup = group;
    invalidateFilter();
}

bool WorkerFilterProxy::isFiltering() const
{
    return !m_words.isEmpty() || m_stateGroup != StateGroup::All || !m_workerGroup.isEmpty();
}

WorkerId WorkerFilterProxy::idAt(const QModelIndex &proxyIndex) const
{
    return static_cast<WorkerId>(proxyIndex.data(WorkerTableModel::IdRole).toULongLong());
}

QModelIndex WorkerFilterProxy::indexOf(const WorkerId id, const int column) const
{
    const auto *const table = qobject_cast<const WorkerTableModel *>(sourceModel());
    const int row = table ? table->rowOf(id) : -1;
    return row < 0 ? QModelIndex() : mapFromSource(table->index(row, column));
}

bool WorkerFilterProxy::filterAcceptsRow(const int sourceRow, const QModelIndex &sourceParent) const
{
    const QModelIndex index = sourceModel()->index(sourceRow, 0, sourceParent);
    if (m_stateGroup != StateGroup::All &&
        stateGroupOf(static_cast<State>(index.data(WorkerTableModel::StateRole).toInt()),
                     static_cast<Outcome>(index.data(WorkerTableModel::OutcomeRole).toInt())) != m_stateGroup)
        return false;
    const QModelIndex group = index.siblingAtColumn(static_cast<int>(Column::Group));
    if (!m_workerGroup.isEmpty() && group.data().toString() != m_workerGroup)
        return false;
    const QString text = index.data(WorkerTableModel::FilterRole).toString();
    return std::all_of(m_words.begin(), m_words.end(),
                       [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool WorkerFilterProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool ascending = sortOrder() == Qt::AscendingOrder;
    const QVariant a = left.data(WorkerTableModel::SortRole);
    const QVariant b = right.data(WorkerTableModel::SortRole);
    if (a.isValid() != b.isValid())
        return ascending ? a.isValid() : b.isValid();
    const QPartialOrdering order = QVariant::compare(a, b);
    if (order == QPartialOrdering::Less)
        return true;
    if (order == QPartialOrdering::Greater)
        return false;
    return ascending ? left.row() < right.row() : left.row() > right.row();
}

} // namespace procession
