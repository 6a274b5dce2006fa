// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/statecounts.h"

#include <QAbstractProxyModel>
#include <QString>
#include <QStringList>

#include <vector>

namespace procession {

class WorkerTableModel;

/// Filters and sorts the table: by text (case-insensitive, every word must be found), state group and worker
/// group. Total order: ties keep the roster's order; unknown values come last in both directions; digits in
/// texts count as numbers. Column -1 is list order, and what it begins with.
///
/// Not a QSortFilterProxyModel: that one tests, per signal, a whole range of rows for order and sorts all of
/// it anew. This one takes out the rows that changed, sorts those alone and merges them back. GUI thread.
class WorkerFilterProxy final : public QAbstractProxyModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkerFilterProxy)

public:
    explicit WorkerFilterProxy(QObject *parent = nullptr);

    /// A WorkerTableModel (or null): what is sorted and filtered by comes from its roles.
    void setSourceModel(QAbstractItemModel *model) override;

    QString text() const { return m_text; }
    void setText(const QString &text);
    StateGroup stateGroup() const { return m_stateGroup; }
    void setStateGroup(StateGroup group);
    QString workerGroup() const { return m_workerGroup; }
    /// Empty: all groups.
    void setWorkerGroup(const QString &group);
    bool isFiltering() const;

    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }

    WorkerId idAt(const QModelIndex &proxyIndex) const;
    QModelIndex indexOf(WorkerId id, int column = 0) const; ///< invalid if unknown or filtered out

    QModelIndex mapToSource(const QModelIndex &proxyIndex) const override;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    QModelIndex sibling(int row, int column, const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    /// What a row is sorted by, read once per change instead of once per comparison.
    struct Key
    {
        enum class Kind : quint8 { Number, Text, Unknown } kind = Kind::Unknown;
        double number = 0;
        QString text; // case-folded
    };
    using Rows = std::vector<int>;

    Key readKey(int sourceRow) const;
    void readKeys();
    bool accepts(int sourceRow) const;
    bool isBefore(int leftSourceRow, int rightSourceRow) const;
    void refilter();
    Rows sorted() const;
    Rows merged(const Rows &changed) const;
    void arrange(Rows target);
    void reorder(Rows order);
    void renumber();

    void onRowsChanged(const Rows &rows, int firstColumn, int lastColumn);
    void onRowsInserted(int first, int last);
    void onRowsAboutToBeRemoved(int first, int last);
    void onRowsRemoved(int first, int last);
    void onLayoutAboutToBeChanged();
    void onLayoutChanged();
    void rebuild();

    WorkerTableModel *m_table = nullptr;
    QString m_text;
    QStringList m_words;
    StateGroup m_stateGroup = StateGroup::All;
    QString m_workerGroup;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;

    Rows m_order;                   // our row -> source row
    Rows m_place;                   // source row -> our row, or -1
    std::vector<Key> m_keys;        // by source row; empty in list order
    std::vector<WorkerId> m_before; // m_order as ids while the source changes its layout
};

} // namespace procession
