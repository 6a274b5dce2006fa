// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QTreeView>

#include <functional>
#include <optional>

class QMenu;

namespace procession {

class StateDelegate;
class WorkerFilterProxy;
class WorkerTableModel;

/// The table of workers. Speaks in worker ids: rows are an affair of its own.
class WorkersView final : public QTreeView
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkersView)

public:
    explicit WorkersView(QWidget *parent = nullptr);

    /// Once; `proxy` stands over `model`. Both outlive the view.
    void setModels(WorkerTableModel *model, WorkerFilterProxy *proxy);

    /// In the order of the rows; only workers that are shown.
    QList<WorkerId> selectedIds() const;
    /// 0: no row has the focus.
    WorkerId currentId() const;
    /// Selects these (those of them that are shown) and scrolls to the first.
    void select(const QList<WorkerId> &ids);
    /// Who is to be selected when `leaving` are gone: the row after the selected ones, else the one before.
    /// None if a selected worker stays, or nobody is selected.
    std::optional<WorkerId> heirOfSelection(const QList<WorkerId> &leaving) const;
    void selectFailed();
    void invertSelection();
    /// Goes to the next failed worker after the current one (`step` 1) or before it (-1), around the end.
    void goToFailed(int step);

    /// The selected rows as they stand there, tab-separated, to the clipboard.
    void copyRows() const;
    /// One line for each selected worker, to the clipboard; empty ones are left out.
    void copyLines(const std::function<QString(const WorkerStatus &)> &line) const;

    /// Fills `menu` with a switch for every column.
    void fillColumnsMenu(QMenu *menu);
    QByteArray saveColumns() const;
    /// Anything that cannot be restored leaves the columns as they are at first.
    void restoreColumns(const QByteArray &saved);
    void resetColumns();
    void setColoured(bool coloured);

Q_SIGNALS:
    void selectedIdsChanged();
    void currentIdChanged();
    /// Return, Enter or a double click on a worker.
    void outputRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void selectRows(const std::function<bool(int row)> &wanted);
    bool isFailed(int row) const;
    void showColumnsMenu(const QPoint &position);

    WorkerTableModel *m_model = nullptr;
    WorkerFilterProxy *m_proxy = nullptr;
    StateDelegate *m_stateDelegate;
};

} // namespace procession
