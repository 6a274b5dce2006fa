// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workerfilterproxy.h"

#include "model/rowruns.h"
#include "model/workercolumns.h"
#include "model/workertablemodel.h"

#include <algorithm>
#include <numeric>

namespace procession {
namespace {

std::size_t at(const int row)
{
    return static_cast<std::size_t>(row);
}

/// Compares case-folded texts with runs of digits as numbers: "worker 9" before "worker 10". < 0, 0 or > 0.
int compareNaturally(const QStringView a, const QStringView b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < a.size() && j < b.size()) {
        if (!a[i].isDigit() || !b[j].isDigit()) {
            if (a[i] != b[j])
                return a[i] < b[j] ? -1 : 1;
            ++i;
            ++j;
            continue;
        }
        const auto digits = [](const QStringView text, qsizetype &at) {
            while (at < text.size() && text[at].digitValue() == 0)
                ++at;
            const qsizetype begin = at;
            while (at < text.size() && text[at].isDigit())
                ++at;
            return text.sliced(begin, at - begin);
        };
        const QStringView left = digits(a, i);
        const QStringView right = digits(b, j);
        if (left.size() != right.size())
            return left.size() < right.size() ? -1 : 1;
        for (qsizetype k = 0; k < left.size(); ++k) {
            if (left[k].digitValue() != right[k].digitValue())
                return left[k].digitValue() < right[k].digitValue() ? -1 : 1;
        }
    }
    return a.size() - i < b.size() - j ? -1 : a.size() - i > b.size() - j;
}

bool isAmong(const Column column, const int first, const int last)
{
    return static_cast<int>(column) >= first && static_cast<int>(column) <= last;
}

} // namespace

WorkerFilterProxy::WorkerFilterProxy(QObject *parent)
    : QAbstractProxyModel(parent)
{
}

void WorkerFilterProxy::setSourceModel(QAbstractItemModel *const model)
{
    beginResetModel();
    if (m_table)
        m_table->disconnect(this);
    m_table = qobject_cast<WorkerTableModel *>(model);
    Q_ASSERT_X(m_table || !model, "WorkerFilterProxy", "sorts and filters a WorkerTableModel only");
    QAbstractProxyModel::setSourceModel(model);
    if (m_table) {
        connect(m_table, &WorkerTableModel::rowsChanged, this, &WorkerFilterProxy::onRowsChanged);
        connect(
            m_table, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, const int first, const int last) { onRowsInserted(first, last); });
        connect(m_table, &QAbstractItemModel::rowsAboutToBeRemoved, this,
                [this](const QModelIndex &, const int first, const int last) {
                    onRowsAboutToBeRemoved(first, last);
                });
        connect(m_table, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, const int first, const int last) { onRowsRemoved(first, last); });
        connect(m_table, &QAbstractItemModel::layoutAboutToBeChanged, this,
                &WorkerFilterProxy::onLayoutAboutToBeChanged);
        connect(m_table, &QAbstractItemModel::layoutChanged, this, &WorkerFilterProxy::onLayoutChanged);
        connect(m_table, &QObject::destroyed, this, [this] {
            beginResetModel();
            m_table = nullptr;
            rebuild();
            endResetModel();
        });
    }
    rebuild();
    endResetModel();
}

void WorkerFilterProxy::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    refilter();
}

void WorkerFilterProxy::setStateGroup(const StateGroup group)
{
    if (group == m_stateGroup)
        return;
    m_stateGroup = group;
    refilter();
}

void WorkerFilterProxy::setWorkerGroup(const QString &group)
{
    if (group == m_workerGroup)
        return;
    m_workerGroup = group;
    refilter();
}

bool WorkerFilterProxy::isFiltering() const
{
    return !m_words.isEmpty() || m_stateGroup != StateGroup::All || !m_workerGroup.isEmpty();
}

void WorkerFilterProxy::sort(const int column, const Qt::SortOrder order)
{
    if (column == m_sortColumn && order == m_sortOrder)
        return;
    const bool otherColumn = column != m_sortColumn;
    m_sortColumn = std::max(column, -1);
    m_sortOrder = order;
    if (otherColumn)
        readKeys();
    arrange(sorted());
}

WorkerId WorkerFilterProxy::idAt(const QModelIndex &proxyIndex) const
{
    const QModelIndex source = mapToSource(proxyIndex);
    return source.isValid() ? m_table->idAt(source.row()) : WorkerId{};
}

QModelIndex WorkerFilterProxy::indexOf(const WorkerId id, const int column) const
{
    const int row = m_table ? m_table->rowOf(id) : -1;
    return row < 0 || m_place[at(row)] < 0 ? QModelIndex() : index(m_place[at(row)], column);
}

QModelIndex WorkerFilterProxy::mapToSource(const QModelIndex &proxyIndex) const
{
    if (!proxyIndex.isValid() || proxyIndex.row() >= rowCount())
        return {};
    return m_table->index(m_order[at(proxyIndex.row())], proxyIndex.column());
}

QModelIndex WorkerFilterProxy::mapFromSource(const QModelIndex &sourceIndex) const
{
    if (!sourceIndex.isValid() || sourceIndex.row() >= std::ssize(m_place))
        return {};
    const int row = m_place[at(sourceIndex.row())];
    return row < 0 ? QModelIndex() : createIndex(row, sourceIndex.column());
}

QModelIndex WorkerFilterProxy::index(const int row, const int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex WorkerFilterProxy::parent(const QModelIndex &) const
{
    return {};
}

QModelIndex WorkerFilterProxy::sibling(const int row, const int column, const QModelIndex &) const
{
    return index(row, column);
}

int WorkerFilterProxy::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int WorkerFilterProxy::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_table ? 0 : m_table->columnCount();
}

bool WorkerFilterProxy::hasChildren(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_order.empty();
}

Qt::ItemFlags WorkerFilterProxy::flags(const QModelIndex &index) const
{
    // As the source's, without the way there: a tree view asks for every row when the order changes.
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren
                           : Qt::NoItemFlags;
}

QVariant WorkerFilterProxy::headerData(const int section, const Qt::Orientation orientation,
                                       const int role) const
{
    // The base class asks by way of row 0, which an empty or filtered-out table does not have.
    return m_table ? m_table->headerData(section, orientation, role) : QVariant();
}

WorkerFilterProxy::Key WorkerFilterProxy::readKey(const int sourceRow) const
{
    const QVariant value = m_table->data(m_table->index(sourceRow, m_sortColumn), WorkerTableModel::SortRole);
    if (!value.isValid())
        return {};
    if (value.typeId() == QMetaType::QString)
        return {Key::Kind::Text, 0, value.toString().toCaseFolded()};
    return {Key::Kind::Number, value.toDouble(), {}};
}

void WorkerFilterProxy::readKeys()
{
    m_keys.clear();
    if (m_sortColumn < 0 || !m_table)
        return;
    const int rows = m_table->rowCount();
    m_keys.reserve(at(rows));
    for (int row = 0; row < rows; ++row)
        m_keys.push_back(readKey(row));
}

bool WorkerFilterProxy::accepts(const int sourceRow) const
{
    if (!isFiltering())
        return true;
    const WorkerStatus &status = *m_table->status(m_table->idAt(sourceRow));
    if (m_stateGroup != StateGroup::All && stateGroupOf(status.state, status.outcome) != m_stateGroup)
        return false;
    if (!m_workerGroup.isEmpty() && status.spec->group != m_workerGroup)
        return false;
    if (m_words.isEmpty())
        return true;
    const QString text = m_table->data(m_table->index(sourceRow, 0), WorkerTableModel::FilterRole).toString();
    return std::all_of(m_words.begin(), m_words.end(),
                       [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool WorkerFilterProxy::isBefore(const int left, const int right) const
{
    if (m_sortColumn >= 0) {
        const Key &a = m_keys[at(left)];
        const Key &b = m_keys[at(right)];
        if (a.kind != b.kind)
            return a.kind < b.kind; // unknown ones last, whichever way it is sorted
        const bool ascending = m_sortOrder == Qt::AscendingOrder;
        if (a.kind == Key::Kind::Number && a.number != b.number)
            return (a.number < b.number) == ascending;
        if (a.kind == Key::Kind::Text) {
            if (const int order = compareNaturally(a.text, b.text); order != 0)
                return (order < 0) == ascending;
        }
    }
    return left < right;
}

void WorkerFilterProxy::refilter()
{
    if (!m_table)
        return;
    Rows changed;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        if (accepts(row) != (m_place[at(row)] >= 0))
            changed.push_back(row);
    }
    arrange(merged(changed));
}

/// All accepted source rows in order.
WorkerFilterProxy::Rows WorkerFilterProxy::sorted() const
{
    Rows rows = m_order;
    std::sort(rows.begin(), rows.end(),
              [this](const int left, const int right) { return isBefore(left, right); });
    return rows;
}

/// What is shown, with `changed` (source rows, each once) where they belong now, or gone if the filter says
/// so.
WorkerFilterProxy::Rows WorkerFilterProxy::merged(const Rows &changed) const
{
    std::vector<bool> isChanged(m_place.size());
    Rows moving;
    for (const int row : changed) {
        isChanged[at(row)] = true;
        if (accepts(row))
            moving.push_back(row);
    }
    const auto before = [this](const int left, const int right) { return isBefore(left, right); };
    std::sort(moving.begin(), moving.end(), before);
    Rows staying;
    staying.reserve(m_order.size());
    std::copy_if(m_order.begin(), m_order.end(), std::back_inserter(staying),
                 [&isChanged](const int row) { return !isChanged[at(row)]; });
    Rows target;
    target.reserve(staying.size() + moving.size());
    std::merge(staying.begin(), staying.end(), moving.begin(), moving.end(), std::back_inserter(target),
               before);
    return target;
}

/// Shows the source rows of `target` in its order: takes out, moves and puts in what differs, each told to
/// the views in as few signals as it takes.
void WorkerFilterProxy::arrange(Rows target)
{
    std::vector<bool> wanted(m_place.size());
    for (const int row : target)
        wanted[at(row)] = true;

    Rows leaving; // our rows
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        if (!wanted[at(m_order[i])])
            leaving.push_back(static_cast<int>(i));
    }
    if (rowruns::areMany(leaving)) {
        Rows order = m_order;
        std::stable_partition(order.begin(), order.end(),
                              [&wanted](const int row) { return wanted[at(row)]; });
        reorder(std::move(order));
        std::iota(leaving.begin(), leaving.end(), rowCount() - static_cast<int>(leaving.size()));
    }
    rowruns::backwards(leaving, [this](const int first, const int last) {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            m_place[at(m_order[at(row)])] = -1;
        m_order.erase(m_order.begin() + first, m_order.begin() + last + 1);
        renumber();
        endRemoveRows();
    });

    Rows arriving; // our rows to be
    Rows staying;  // source rows
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (m_place[at(target[i])] < 0)
            arriving.push_back(static_cast<int>(i));
        else
            staying.push_back(target[i]);
    }
    if (rowruns::areMany(arriving)) {
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(arriving.size()) - 1);
        for (const int row : arriving)
            m_order.push_back(target[at(row)]);
        renumber();
        endInsertRows();
        reorder(std::move(target));
        return;
    }
    reorder(std::move(staying));
    for (std::size_t begin = 0; begin < arriving.size();) {
        const std::size_t end = rowruns::end(arriving, begin);
        const int first = arriving[begin];
        const int last = arriving[end - 1];
        beginInsertRows({}, first, last);
        m_order.insert(m_order.begin() + first, target.begin() + first, target.begin() + last + 1);
        renumber();
        endInsertRows();
        begin = end;
    }
}

/// Same rows, another order; those who hold persistent indexes (selection, current row) keep their workers.
void WorkerFilterProxy::reorder(Rows order)
{
    if (order == m_order)
        return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    m_order.swap(order);
    renumber();
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex &old : from)
        to << createIndex(m_place[at(order[at(old.row())])], old.column());
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void WorkerFilterProxy::renumber()
{
    for (std::size_t i = 0; i < m_order.size(); ++i)
        m_place[at(m_order[i])] = static_cast<int>(i);
}

void WorkerFilterProxy::onRowsChanged(const Rows &rows, const int firstColumn, const int lastColumn)
{
    const bool touchesOrder = m_sortColumn >= firstColumn && m_sortColumn <= lastColumn;
    const bool touchesFilter = isFiltering() && (isAmong(Column::Name, firstColumn, lastColumn) ||
                                                 isAmong(Column::State, firstColumn, lastColumn) ||
                                                 isAmong(Column::Command, firstColumn, lastColumn) ||
                                                 isAmong(Column::Group, firstColumn, lastColumn));
    if (touchesOrder) {
        for (const int row : rows)
            m_keys[at(row)] = readKey(row);
    }
    if (touchesOrder || touchesFilter)
        arrange(merged(rows));

    Rows shown;
    for (const int row : rows) {
        if (m_place[at(row)] >= 0)
            shown.push_back(m_place[at(row)]);
    }
    std::sort(shown.begin(), shown.end());
    rowruns::tell(shown, rowCount(), [this, firstColumn, lastColumn](const int first, const int last) {
        Q_EMIT dataChanged(createIndex(first, firstColumn), createIndex(last, lastColumn));
    });
}

void WorkerFilterProxy::onRowsInserted(const int first, const int last)
{
    const int count = last - first + 1;
    for (int &row : m_order)
        row += row >= first ? count : 0;
    m_place.insert(m_place.begin() + first, at(count), -1);
    if (m_sortColumn >= 0) {
        m_keys.insert(m_keys.begin() + first, at(count), Key{});
        for (int row = first; row <= last; ++row)
            m_keys[at(row)] = readKey(row);
    }
    Rows arriving(at(count));
    std::iota(arriving.begin(), arriving.end(), first);
    arrange(merged(arriving));
}

void WorkerFilterProxy::onRowsAboutToBeRemoved(const int first, const int last)
{
    // They leave while the source still has them: views may ask for the rest in between.
    Rows target;
    target.reserve(m_order.size());
    std::copy_if(m_order.begin(), m_order.end(), std::back_inserter(target),
                 [first, last](const int row) { return row < first || row > last; });
    arrange(std::move(target));
}

void WorkerFilterProxy::onRowsRemoved(const int first, const int last)
{
    const int count = last - first + 1;
    for (int &row : m_order)
        row -= row > last ? count : 0;
    m_place.erase(m_place.begin() + first, m_place.begin() + last + 1);
    if (m_sortColumn >= 0)
        m_keys.erase(m_keys.begin() + first, m_keys.begin() + last + 1);
}

void WorkerFilterProxy::onLayoutAboutToBeChanged()
{
    m_before.clear();
    m_before.reserve(m_order.size());
    for (const int row : m_order)
        m_before.push_back(m_table->idAt(row));
}

void WorkerFilterProxy::onLayoutChanged()
{
    // The same workers in other source rows: our own rows have not moved yet, so nobody needs to hear of
    // this.
    for (std::size_t i = 0; i < m_before.size(); ++i)
        m_order[i] = m_table->rowOf(m_before[i]);
    m_before.clear();
    std::fill(m_place.begin(), m_place.end(), -1);
    renumber();
    readKeys();
    arrange(sorted());
}

void WorkerFilterProxy::rebuild()
{
    m_order.clear();
    m_place.assign(at(m_table ? m_table->rowCount() : 0), -1);
    readKeys();
    for (int row = 0; row < std::ssize(m_place); ++row) {
        if (accepts(row))
            m_order.push_back(row);
    }
    m_order = sorted();
    renumber();
}

} // namespace procession
