// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/workersview.h"

#include "gui/statedelegate.h"
#include "model/workercolumns.h"
#include "model/workerfilterproxy.h"
#include "model/workertablemodel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QStyledItemDelegate>

#include <algorithm>

namespace procession {

namespace {

/// Width of a column in characters, before the person changes it.
int defaultCharacters(Column column)
{
    switch (column) {
    case Column::Name:
        return 24;
    case Column::State:
        return 22;
    case Column::Cpu:
    case Column::Processes:
        return 10;
    case Column::Elapsed:
    case Column::Memory:
    case Column::Pid:
    case Column::CpuTime:
    case Column::PeakMemory:
    case Column::OutputSize:
        return 12;
    case Column::Exit:
    case Column::Group:
        return 16;
    case Column::Started:
    case Column::Finished:
        return 22;
    case Column::Command:
    case Column::WorkingDirectory:
        return 40;
    }
    return 16;
}

/// A row is one line high, whatever a command looks like.
class OneLineDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OneLineDelegate)

public:
    explicit OneLineDelegate(QObject *parent)
        : QStyledItemDelegate(parent)
    {
    }

    QString displayText(const QVariant &value, const QLocale &) const override
    {
        const QString text = value.toString();
        if (!text.contains(u'\n'))
            return text;
        QStringList lines;
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
            lines.append(line.trimmed());
        return lines.join(QStringLiteral(" ↵ ")); // without the mark, two commands would read as one
    }
};

} // namespace

WorkersView::WorkersView(QWidget *parent)
    : QTreeView(parent)
    , m_stateDelegate(new StateDelegate(this))
{
    header()->setObjectName(QStringLiteral("workersHeader"));
    header()->setAccessibleName(tr("Columns"));
    header()->setSectionsMovable(true);
    header()->setFirstSectionMovable(true);
    header()->setStretchLastSection(true);
    header()->setResizeContentsPrecision(0);
    // The third click goes back to the order of the list.
    header()->setSortIndicatorClearable(true);
    header()->setSortIndicator(-1, Qt::AscendingOrder);
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    setItemDelegate(new OneLineDelegate(this));
    setItemDelegateForColumn(int(Column::State), m_stateDelegate);
    setSortingEnabled(true);

    connect(header(), &QWidget::customContextMenuRequested, this, &WorkersView::showColumnsMenu);
    connect(this, &QAbstractItemView::doubleClicked, this, &WorkersView::outputRequested);
}

void WorkersView::setModels(WorkerTableModel *model, WorkerFilterProxy *proxy)
{
    m_model = model;
    m_proxy = proxy;
    setModel(proxy);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &WorkersView::selectedIdsChanged);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, &WorkersView::currentIdChanged);
    resetColumns();
}

QList<WorkerId> WorkersView::selectedIds() const
{
    QList<int> rows;
    for (const QItemSelectionRange &range : selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.append(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    QList<WorkerId> ids;
    ids.reserve(rows.size());
    for (const int row : std::as_const(rows))
        ids.append(m_proxy->idAt(m_proxy->index(row, 0)));
    return ids;
}

WorkerId WorkersView::currentId() const
{
    const QModelIndex current = currentIndex();
    return current.isValid() ? m_proxy->idAt(current) : WorkerId{};
}

void WorkersView::select(const QList<WorkerId> &ids)
{
    QItemSelection selection;
    QModelIndex first;
    for (const WorkerId id : ids) {
        const QModelIndex index = m_proxy->indexOf(id);
        if (!index.isValid())
            continue;
        selection.select(index, index);
        if (!first.isValid())
            first = index;
    }
    if (!first.isValid())
        return;
    selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollTo(first);
}

std::optional<WorkerId> WorkersView::heirOfSelection(const QList<WorkerId> &leaving) const
{
    const QList<WorkerId> selected = selectedIds();
    if (selected.isEmpty() || leaving.isEmpty())
        return std::nullopt;
    QList<bool> leaves(m_proxy->rowCount(), false);
    for (const WorkerId id : leaving) {
        if (const QModelIndex index = m_proxy->indexOf(id); index.isValid())
            leaves[index.row()] = true;
    }
    for (const WorkerId id : selected) {
        if (!leaves.at(m_proxy->indexOf(id).row()))
            return std::nullopt;
    }
    const auto stayer = [&](int row, int step) {
        while (row >= 0 && row < leaves.size() && leaves.at(row))
            row += step;
        return row >= 0 && row < leaves.size() ? row : -1;
    };
    int row = stayer(m_proxy->indexOf(selected.last()).row(), 1);
    if (row < 0)
        row = stayer(m_proxy->indexOf(selected.first()).row(), -1);
    return row < 0 ? std::nullopt : std::optional(m_proxy->idAt(m_proxy->index(row, 0)));
}

void WorkersView::selectFailed()
{
    selectRows([this](int row) { return isFailed(row); });
}

void WorkersView::invertSelection()
{
    const QItemSelection before = selectionModel()->selection();
    selectRows([&](int row) { return !before.contains(m_proxy->index(row, 0)); });
}

void WorkersView::goToFailed(int step)
{
    const int rows = m_proxy->rowCount();
    const int from = currentIndex().isValid() ? currentIndex().row() : step > 0 ? -1 : 0;
    for (int distance = 1; distance <= rows; ++distance) {
        const int row = ((from + step * distance) % rows + rows) % rows;
        if (!isFailed(row))
            continue;
        selectionModel()->setCurrentIndex(m_proxy->index(row, 0),
                                          QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        scrollTo(m_proxy->index(row, 0));
        return;
    }
}

void WorkersView::copyRows() const
{
    QList<int> columns;
    for (int visual = 0; visual < header()->count(); ++visual) {
        const int column = header()->logicalIndex(visual);
        if (!header()->isSectionHidden(column))
            columns.append(column);
    }
    QStringList lines;
    for (const WorkerId id : selectedIds()) {
        const int row = m_proxy->indexOf(id).row();
        QStringList cells;
        for (const int column : std::as_const(columns))
            cells.append(
                m_proxy->index(row, column).data().toString().replace(u'\t', u' ').replace(u'\n', u' '));
        lines.append(cells.join(u'\t'));
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void WorkersView::copyLines(const std::function<QString(const WorkerStatus &)> &line) const
{
    QStringList lines;
    for (const WorkerId id : selectedIds()) {
        if (const WorkerStatus *status = m_model->status(id))
            lines.append(line(*status));
    }
    lines.removeAll(QString());
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void WorkersView::fillColumnsMenu(QMenu *menu)
{
    menu->clear();
    const bool last = header()->count() - header()->hiddenSectionCount() == 1;
    for (int column = 0; column < header()->count(); ++column) {
        QAction *action = menu->addAction(m_proxy->headerData(column, Qt::Horizontal).toString());
        action->setObjectName(u"actionColumn" + QLatin1String(workerColumns()[size_t(column)].id));
        action->setCheckable(true);
        action->setChecked(!header()->isSectionHidden(column));
        action->setEnabled(!(last && action->isChecked()));
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { header()->setSectionHidden(column, !shown); });
    }
}

QByteArray WorkersView::saveColumns() const
{
    return header()->saveState();
}

void WorkersView::restoreColumns(const QByteArray &saved)
{
    if (saved.isEmpty())
        return;
    const int columns = header()->count();
    if (!header()->restoreState(saved) || header()->count() != columns ||
        header()->hiddenSectionCount() == columns) {
        resetColumns();
        return;
    }
    // A column that a newer version brought, or one dragged to nothing, is to be seen when it is shown.
    for (int column = 0; column < columns; ++column) {
        if (!header()->isSectionHidden(column) &&
            header()->sectionSize(column) < header()->minimumSectionSize())
            header()->resizeSection(column, header()->defaultSectionSize());
    }
    header()->setSortIndicatorClearable(true);
    header()->setStretchLastSection(true);
    header()->setFirstSectionMovable(true);
}

void WorkersView::resetColumns()
{
    const int character = fontMetrics().averageCharWidth();
    for (const ColumnInfo &info : workerColumns()) {
        const int column = int(info.column);
        header()->moveSection(header()->visualIndex(column), column);
        header()->setSectionHidden(column, !info.shownByDefault);
        header()->resizeSection(column, character * defaultCharacters(info.column));
    }
    sortByColumn(-1, Qt::AscendingOrder);
}

void WorkersView::setColoured(bool coloured)
{
    m_stateDelegate->setColoured(coloured);
    viewport()->update();
}

void WorkersView::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
        event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        Q_EMIT outputRequested();
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void WorkersView::selectRows(const std::function<bool(int row)> &wanted)
{
    QItemSelection selection;
    const int rows = m_proxy->rowCount();
    for (int row = 0; row < rows; ++row) {
        if (!wanted(row))
            continue;
        int end = row;
        while (end + 1 < rows && wanted(end + 1))
            ++end;
        selection.select(m_proxy->index(row, 0), m_proxy->index(end, 0));
        row = end;
    }
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool WorkersView::isFailed(int row) const
{
    const QModelIndex index = m_proxy->index(row, 0);
    return isFailure(Outcome(index.data(WorkerTableModel::OutcomeRole).toInt()));
}

void WorkersView::showColumnsMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnsContextMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillColumnsMenu(menu);
    menu->popup(header()->mapToGlobal(position));
}

} // namespace procession

#include "workersview.moc"
