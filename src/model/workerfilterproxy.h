// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/statecounts.h"

#include <QSortFilterProxyModel>
#include <QString>

namespace procession {

/// Filters and sorts the table: by text (case-insensitive, every word must be found), state group and worker
/// group. Total order: ties keep the roster's order; unknown values come last in both directions. Column -1
/// is list order.
class WorkerFilterProxy final : public QSortFilterProxyModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkerFilterProxy)

public:
    explicit WorkerFilterProxy(QObject *parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString &text);
    StateGroup stateGroup() const { return m_stateGroup; }
    void setStateGroup(StateGroup group);
    QString workerGroup() const { return m_workerGroup; }
    /// Empty: all groups.
    void setWorkerGroup(const QString &group);
    bool isFiltering() const;

    WorkerId idAt(const QModelIndex &proxyIndex) const;
    QModelIndex indexOf(WorkerId id, int column = 0) const; ///< invalid if unknown or filtered out

protected:
    bool filterAcceptsRow(int sourceRow, const QModelIndex &sourceParent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QString m_text;
    QStringList m_words;
    StateGroup m_stateGroup = StateGroup::All;
    QString m_workerGroup;
};

} // namespace procession
