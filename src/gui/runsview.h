// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"

#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QMenu;
class QSortFilterProxyModel;
class QStackedWidget;
class QTreeView;

namespace procession {

class RunsModel;

/// The runs of the selected worker that are still on the disk, newest first. Reads them only while it is
/// visible. GUI thread.
class RunsView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RunsView)

public:
    /// `catalog` outlives the view.
    explicit RunsView(RunCatalog *catalog, QWidget *parent = nullptr);

    /// Whose runs are shown; null: no worker is selected. To be called when the selection changes and
    /// whenever the worker's status changed or time passed: cheap if nothing is new.
    void setWorker(const QString &rosterId, const WorkerStatus *worker, std::chrono::nanoseconds now);
    /// The selected rows, as they are shown, to the clipboard.
    void copy();
    void selectAll();

Q_SIGNALS:
    /// The person went to a run: a click, or Return.
    void runChosen(const procession::RunRecord &run);
    /// As RunCatalog::removed(), of runs that stood here.
    void runsRemoved(const QStringList &runIds);

protected:
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void addActions();
    QAction *addAction(const char *name, const QString &text, const char *icon);
    void refresh();
    void take(const QString &rosterId, WorkerId worker, const QList<RunRecord> &runs);
    void showPage();
    void showActions();
    QList<RunRecord> selected() const;
    QList<RunRecord> removable() const;
    void choose(const QModelIndex &index);
    void askToRemove();

    RunCatalog *m_catalog;
    RunsModel *m_model;
    QSortFilterProxyModel *m_sorted;
    QStackedWidget *m_pages;
    QTreeView *m_view;
    QLabel *m_emptyLabel;
    QAction *m_show = nullptr;
    QAction *m_copyId = nullptr;
    QAction *m_openFolder = nullptr;
    QAction *m_remove = nullptr;
    QString m_rosterId;
    std::optional<WorkerStatus> m_worker;
    bool m_known = false; ///< the catalog has answered for this worker
};

} // namespace procession
