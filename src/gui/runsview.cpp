// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/runsview.h"

#include "gui/confirmdialog.h"
#include "gui/icons.h"
#include "gui/runstable.h"
#include "model/runsmodel.h"

#include <QAction>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace procession {

RunsView::RunsView(RunCatalog *catalog, QWidget *parent)
    : QWidget(parent)
    , m_catalog(catalog)
    , m_model(new RunsModel(RunsModel::Scope::OneWorker, this))
    , m_pages(new QStackedWidget(this))
    , m_view(new QTreeView(m_pages))
    , m_emptyLabel(new QLabel(m_pages))
{
    m_view->setObjectName(QStringLiteral("runsView"));
    m_view->setAccessibleName(tr("Runs"));
    m_sorted = setUpRunsTable(m_view, m_model);
    m_view->header()->setObjectName(QStringLiteral("runsHeader"));
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->installEventFilter(this);

    m_emptyLabel->setObjectName(QStringLiteral("runsEmptyLabel"));
    m_emptyLabel->setAlignment(Qt::AlignCenter);
    m_emptyLabel->setWordWrap(true);
    m_emptyLabel->setMargin(12);
    m_pages->addWidget(m_view);
    m_pages->addWidget(m_emptyLabel);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_pages);
    setFocusProxy(m_view);

    addActions();
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        // With a key held, a click is about the selection.
        if (QGuiApplication::keyboardModifiers() == Qt::NoModifier)
            choose(index);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsView::showActions);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &RunsView::showActions);
    connect(m_catalog, &RunCatalog::workerRuns, this, &RunsView::take);
    connect(m_catalog, &RunCatalog::removed, this, [this](const QStringList &runIds) {
        QStringList mine;
        for (const QString &id : runIds) {
            if (m_model->rowOf(id) >= 0)
                mine.append(id);
        }
        m_model->remove(mine);
        showPage();
        if (!mine.isEmpty())
            Q_EMIT runsRemoved(mine);
    });
    showPage();
    showActions();
}

void RunsView::addActions()
{
    m_show = addAction("actionShowRunOutput", tr("Show &Output"), "output");
    m_copyId = addAction("actionCopyRunId", tr("&Copy Run ID"), "copy");
    m_openFolder = addAction("actionOpenRunFolder", tr("Open Output &Folder"), "folder");
    m_remove = addAction("actionRemoveRuns", tr("&Remove…"), "remove");
    connect(m_show, &QAction::triggered, this, [this] { choose(m_view->currentIndex()); });
    connect(m_copyId, &QAction::triggered, this, [this] { copyRunIds(selected()); });
    connect(m_openFolder, &QAction::triggered, this, [this] { openRunFolder(selected().constFirst()); });
    connect(m_remove, &QAction::triggered, this, &RunsView::askToRemove);
    connect(m_view, &QWidget::customContextMenuRequested, this, [this](const QPoint &position) {
        auto *menu = new QMenu(this);
        menu->setObjectName(QStringLiteral("runsMenu"));
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setToolTipsVisible(true);
        menu->addActions(m_view->actions());
        menu->popup(m_view->viewport()->mapToGlobal(position));
    });
}

QAction *RunsView::addAction(const char *name, const QString &text, const char *icon)
{
    auto *action = new QAction(actionIcon(QString::fromLatin1(icon)), text, this);
    action->setObjectName(QString::fromLatin1(name));
    m_view->addAction(action);
    return action;
}

void RunsView::setWorker(const QString &rosterId, const WorkerStatus *worker, std::chrono::nanoseconds now)
{
    const WorkerId before = m_worker ? m_worker->id : WorkerId{};
    const bool other = rosterId != m_rosterId || (worker ? worker->id : WorkerId{}) != before;
    // A run that is being started may have no directory yet.
    const bool hasStarted = !other && worker && m_worker->state == State::Starting;
    const bool turned =
        !other && worker &&
        (worker->runId != m_worker->runId || isAlive(worker->state) != isAlive(m_worker->state) ||
         (hasStarted && worker->state != State::Starting));
    m_rosterId = rosterId;
    m_worker = worker ? std::optional(*worker) : std::nullopt;
    if (other) {
        m_known = false;
        m_model->setRuns({});
    }
    m_model->setCurrent(worker && worker->state != State::NotStarted ? worker->runId : QString());
    if (worker && isVisible()) {
        m_model->apply(*worker);
        m_model->setNow(now);
    }
    if (other || turned)
        refresh();
}

void RunsView::refresh()
{
    if (m_worker && isVisible())
        m_catalog->requestWorker(m_rosterId, m_worker->id);
    showPage();
}

void RunsView::take(const QString &rosterId, WorkerId worker, const QList<RunRecord> &runs)
{
    if (!m_worker || rosterId != m_rosterId || worker != m_worker->id)
        return;
    m_known = true;
    m_model->setRuns(runs);
    // What the window knows of the current run may be newer than what was read.
    m_model->apply(*m_worker);
    showPage();
    if (!m_view->currentIndex().isValid() && m_sorted->rowCount() > 0)
        m_view->selectionModel()->setCurrentIndex(m_sorted->index(0, 0), QItemSelectionModel::NoUpdate);
}

void RunsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh(); // ended ones may have been cleared away meanwhile
}

void RunsView::showPage()
{
    m_emptyLabel->setText(!m_worker ? tr("Select a worker to see its runs.")
                                    : tr("No runs yet.\nEvery run of this worker is listed here, and its "
                                         "output can be read again."));
    const bool empty = !m_worker || (m_known && m_model->rowCount() == 0);
    m_pages->setCurrentWidget(empty ? static_cast<QWidget *>(m_emptyLabel) : m_view);
}

void RunsView::showActions()
{
    const QList<RunRecord> runs = selected();
    const bool one = runs.size() == 1;
    m_show->setEnabled(one);
    m_copyId->setEnabled(!runs.isEmpty());
    m_openFolder->setEnabled(one);
    m_remove->setEnabled(!removable().isEmpty());
    m_remove->setToolTip(m_remove->isEnabled() ? tr("Delete these runs and their output from the disk")
                                               : tr("The current run stays as long as its worker shows it."));
}

QList<RunRecord> RunsView::selected() const
{
    return selectedRuns(m_view);
}

QList<RunRecord> RunsView::removable() const
{
    QList<RunRecord> runs = selected();
    runs.removeIf([this](const RunRecord &run) {
        return isAlive(run.status.state) || (m_worker && run.status.runId == m_worker->runId);
    });
    return runs;
}

void RunsView::choose(const QModelIndex &index)
{
    if (index.isValid())
        Q_EMIT runChosen(m_model->record(m_sorted->mapToSource(index).row()));
}

void RunsView::askToRemove()
{
    const QList<RunRecord> runs = removable();
    ConfirmRequest request;
    request.title = tr("Remove %n Run(s)?", nullptr, int(runs.size()));
    request.text = tr("Their records and their output are deleted from the disk. This cannot be undone.");
    QStringList ids;
    for (const RunRecord &run : runs) {
        request.items.append(runLine(run));
        ids.append(run.status.runId);
    }
    request.verb = tr("&Remove %n", nullptr, int(runs.size()));
    auto *dialog = new ConfirmDialog(request, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, m_catalog,
            [catalog = m_catalog, ids] { catalog->remove(ids); });
    dialog->open();
}

void RunsView::copy()
{
    copyRunRows(m_view);
}

void RunsView::selectAll()
{
    m_view->selectAll();
}

bool RunsView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            choose(m_view->currentIndex());
            return true;
        }
        if (key->key() == Qt::Key_Delete) { // as a shortcut it belongs to the workers
            m_remove->trigger();
            return true;
        }
        if (key->matches(QKeySequence::Copy)) {
            copy(); // the view itself would copy the current cell only
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace procession
