// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
//
// The second half of MainWindow: what its actions, panes and keys do.
#include "core/monitor.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/activityview.h"
#include "gui/detailsview.h"
#include "gui/helpdialogs.h"
#include "gui/joinbar.h"
#include "gui/leaveguard.h"
#include "gui/mainwindow.h"
#include "gui/outputview.h"
#include "gui/preferencesdialog.h"
#include "gui/projectsession.h"
#include "gui/runsview.h"
#include "gui/workeractions.h"
#include "model/activitymodel.h"
#include "model/statecounts.h"
#include "model/workerfilterproxy.h"
#include "model/workertablemodel.h"
#include "model/workertext.h"
#include "ui_mainwindow.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QShortcut>

namespace procession {

void MainWindow::connectActions()
{
    const Ui::MainWindow &ui = *m_ui;
    connect(ui.actionOpen, &QAction::triggered, this, &MainWindow::chooseFile);
    connect(ui.actionCloseProject, &QAction::triggered, this,
            [this] { m_guard->ask(tr("Close"), [this] { openUnsaved(); }); });
    connect(ui.actionCloseWindow, &QAction::triggered, this, &QWidget::close);
    connect(ui.actionQuit, &QAction::triggered, this, &QWidget::close);
    ui.actionCloseProject->setEnabled(false);

    QUndoStack *stack = m_actions->undoStack();
    const auto showStack = [this, stack] {
        m_ui->actionUndo->setEnabled(stack->canUndo());
        m_ui->actionUndo->setText(stack->canUndo() ? tr("&Undo %1").arg(stack->undoText()) : tr("&Undo"));
        m_ui->actionRedo->setEnabled(stack->canRedo());
        m_ui->actionRedo->setText(stack->canRedo() ? tr("&Redo %1").arg(stack->redoText()) : tr("&Redo"));
        m_ui->messageBar->retract(QStringLiteral("undo")); // what it offered is not the last step any more
    };
    connect(stack, &QUndoStack::indexChanged, this, showStack);
    showStack();
    connect(ui.actionUndo, &QAction::triggered, m_actions, &WorkerActions::undo);
    connect(ui.actionRedo, &QAction::triggered, m_actions, &WorkerActions::redo);

    WorkersView *view = ui.workersView;
    connect(ui.actionCopy, &QAction::triggered, this, &MainWindow::copy);
    connect(ui.actionCopyCommand, &QAction::triggered, view, [view] {
        view->copyLines([](const WorkerStatus &status) { return status.spec->command.text(); });
    });
    connect(ui.actionCopyPid, &QAction::triggered, view, [view] {
        view->copyLines([](const WorkerStatus &status) {
            return status.pid > 0 ? QString::number(status.pid) : QString();
        });
    });
    connect(ui.actionCopyExitStatus, &QAction::triggered, view, [view] { view->copyLines(exitText); });
    connect(ui.actionCopyWorkingDirectory, &QAction::triggered, view, [view] {
        view->copyLines([](const WorkerStatus &status) { return status.spec->workingDirectory; });
    });
    connect(ui.actionSelectAll, &QAction::triggered, this, &MainWindow::selectAll);
    connect(ui.actionSelectFailed, &QAction::triggered, view, &WorkersView::selectFailed);
    connect(ui.actionInvertSelection, &QAction::triggered, view, &WorkersView::invertSelection);
    connect(ui.actionNextFailed, &QAction::triggered, view, [view] { view->goToFailed(1); });
    connect(ui.actionPreviousFailed, &QAction::triggered, view, [view] { view->goToFailed(-1); });
    connect(ui.actionFind, &QAction::triggered, this, &MainWindow::find);
    connect(ui.actionFindNext, &QAction::triggered, m_output, &OutputView::findNext);
    connect(ui.actionFindPrevious, &QAction::triggered, m_output, &OutputView::findPrevious);
    connect(ui.actionPreferences, &QAction::triggered, this, [this] {
        auto *dialog = new PreferencesDialog(m_settings, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(ui.actionDetails, &QAction::triggered, this, [this] { showPane(m_ui->detailTabs->widget(1)); });

    connect(ui.actionShowToolBar, &QAction::toggled, ui.mainToolBar, &QWidget::setVisible);
    connect(ui.actionShowSideBar, &QAction::toggled, ui.sideBar, &QWidget::setVisible);
    connect(ui.actionShowDetails, &QAction::toggled, this, &MainWindow::showPage);
    connect(ui.actionShowStatusBar, &QAction::toggled, ui.statusBar, &QWidget::setVisible);
    connect(ui.menuColumns, &QMenu::aboutToShow, view,
            [this] { m_ui->workersView->fillColumnsMenu(m_ui->menuColumns); });
    connect(ui.actionFullScreen, &QAction::toggled, this,
            [this](bool on) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, on)); });
    connect(ui.actionResetLayout, &QAction::triggered, this, &MainWindow::resetLayout);
    connect(ui.actionShortcuts, &QAction::triggered, this, [this] { showShortcuts(this); });
    connect(ui.actionAbout, &QAction::triggered, this, [this] { showAbout(this); });
    connect(ui.actionAboutQt, &QAction::triggered, qApp, &QApplication::aboutQt);

    // In a text field or on a slider, Del is not about workers.
    ui.actionRemove->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    ui.workersView->addAction(ui.actionRemove);
    addShortcut(Qt::Key_Slash, this, [this] { m_ui->filterEdit->setFocus(Qt::ShortcutFocusReason); });
    for (QWidget *where : {static_cast<QWidget *>(ui.filterEdit), static_cast<QWidget *>(ui.workersView),
                           static_cast<QWidget *>(ui.sideBar)})
        addShortcut(Qt::Key_Escape, where, [this] { clearFilter(); });
    for (int tab = 0; tab < ui.detailTabs->count(); ++tab) {
        addShortcut(QKeySequence(int(Qt::ALT) | (int(Qt::Key_1) + tab)), this,
                    [this, tab] { showPane(m_ui->detailTabs->widget(tab)); });
    }
}

void MainWindow::connectPanes()
{
    m_actions->setSamples([this](WorkerId id) { return m_model->sample(id); });
    connect(m_actions, &WorkerActions::added, this, [this](const QList<WorkerId> &ids) {
        m_ui->workersView->select(ids);
        m_ui->workersView->setFocus(); // where the keys act on what was added
    });
    connect(m_actions, &WorkerActions::joinRequested, m_joinBar, &JoinBar::watch);
    connect(m_actions, &WorkerActions::refused, this,
            [this](const QString &text) { say(Message::Kind::Info, text, QStringLiteral("refused")); });
    connect(m_actions, &WorkerActions::undoOffered, this, [this](const QString &text) {
        m_ui->messageBar->post(
            {.text = text, .key = QStringLiteral("undo"), .actionText = tr("&Undo"), .action = [this] {
                 m_actions->undo();
             }});
    });

    connect(m_joinBar, &JoinBar::showFailedRequested, this,
            [this] { m_ui->sideBar->choose(StateGroup::Failed); });
    connect(m_joinBar, &JoinBar::terminateRequested, m_actions, &WorkerActions::terminate);

    connect(m_ui->filterEdit, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_proxy->setText(text);
        showPage();
    });
    connect(m_ui->clearFilterButton, &QPushButton::clicked, this, &MainWindow::clearFilter);
    connect(m_ui->sideBar, &SideBar::stateGroupChosen, this, [this](StateGroup group) {
        m_proxy->setStateGroup(group);
        showPage();
    });
    connect(m_ui->sideBar, &SideBar::workerGroupChosen, this, [this](const QString &group) {
        m_proxy->setWorkerGroup(group);
        showPage();
    });
    connect(m_counts, &StateCounts::changed, this, &MainWindow::showSummaries);

    connect(m_ui->emptyPage, &EmptyPage::runRequested, this, &MainWindow::runCommand);
    connect(m_ui->emptyPage, &EmptyPage::openRequested, this, &MainWindow::chooseFile);
    connect(m_ui->emptyPage, &EmptyPage::recentRequested, this,
            [this](const QString &file) { openProject(file); });

    connect(m_output, &OutputView::startRequested, this, [this] { m_supervisor->start({m_shown}); });
    connect(m_output, &OutputView::workerRequested, this, &MainWindow::goToWorker);
    m_output->setAllWorkers([this] {
        QList<WorkerStatus> all;
        for (int row = 0; row < m_model->rowCount(); ++row)
            all += *m_model->status(m_model->idAt(row));
        return all;
    });
    connect(m_output, &OutputView::inputRequested, m_supervisor, &Supervisor::sendInput);
    connect(m_output, &OutputView::inputEndRequested, m_supervisor, &Supervisor::endInput);
    connect(m_output, &OutputView::terminalSizeChanged, m_supervisor, &Supervisor::resizeTerminals);
    connect(m_supervisor, &Supervisor::inputWaiting, m_output, &OutputView::setInputWaiting);
    connect(m_details, &DetailsView::treeWanted, m_monitor, &Monitor::watchTree);
    connect(m_monitor, &Monitor::treeSampled, m_details, &DetailsView::setTree);
    connect(m_activityView, &ActivityView::workerActivated, this, &MainWindow::goToWorker);
    connect(m_model, &WorkerTableModel::lastErrorKnown, this, [this](WorkerId id) {
        if (id == m_shown)
            showCurrent();
    });
}

void MainWindow::connectSession()
{
    connect(m_supervisor, &Supervisor::activity, m_activity, &ActivityModel::append);
    connect(m_joinBar, &JoinBar::ended, this, [this](const JoinResult &, const QString &text) {
        m_activity->append(
            {QDateTime::currentMSecsSinceEpoch(), ActivityEntry::Kind::Info, WorkerId{}, text});
    });
    connect(m_supervisor, &Supervisor::notice, this,
            [this](const QString &text) { say(Message::Kind::Problem, text); });
    connect(m_settings, &Settings::changed, this, &MainWindow::settingsChanged);

    connect(m_session, &ProjectSession::loaded, this, [this](const Project &project, bool startAll) {
        const auto open = [this, project, startAll] { m_session->open(project, startAll); };
        if (m_session->closesAnother(project))
            m_guard->ask(tr("Open"), open);
        else
            open();
    });
    connect(m_session, &ProjectSession::opened, this, &MainWindow::rosterOpened);
    connect(m_session, &ProjectSession::failed, this, [this](const QString &text) {
        say(Message::Kind::Problem, text, QStringLiteral("project"));
        if (m_supervisor->rosterId().isEmpty())
            m_ui->emptyPage->setObstacle(text);
    });
    connect(m_session, &ProjectSession::notice, this,
            [this](const QString &text) { say(Message::Kind::Info, text); });
}

void MainWindow::addShortcut(const QKeySequence &keys, QWidget *where, const std::function<void()> &run)
{
    auto *shortcut = new QShortcut(keys, where);
    shortcut->setContext(where == this ? Qt::WindowShortcut : Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, run);
}

void MainWindow::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Open Project"));
    dialog->setObjectName(QStringLiteral("openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Project files (*.yaml *.yml)"), tr("All files (*)")});
    if (!m_session->file().isEmpty())
        dialog->setDirectory(QFileInfo(m_session->file()).absolutePath());
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) { openProject(file); });
    dialog->open();
}

void MainWindow::copy()
{
    if (m_output->hasTextFocus())
        m_output->copy();
    else if (m_activityView->isAncestorOf(focusWidget()))
        m_activityView->copy();
    else if (m_runs->isAncestorOf(focusWidget()))
        m_runs->copy();
    else if (auto *edit = qobject_cast<QLineEdit *>(focusWidget()))
        edit->copy();
    else
        m_ui->workersView->copyRows();
}

void MainWindow::selectAll()
{
    if (auto *edit = qobject_cast<QLineEdit *>(focusWidget()))
        edit->selectAll();
    else if (m_output->hasTextFocus())
        m_output->selectAll();
    else if (m_runs->isAncestorOf(focusWidget()))
        m_runs->selectAll();
    else
        m_ui->workersView->selectAll();
}

void MainWindow::find()
{
    if (m_output->isVisible() && m_output->isAncestorOf(focusWidget())) {
        m_output->openFind();
        return;
    }
    m_ui->filterEdit->setFocus(Qt::ShortcutFocusReason);
    m_ui->filterEdit->selectAll();
}

void MainWindow::goToWorker(WorkerId id)
{
    if (!m_proxy->indexOf(id).isValid())
        clearFilter();
    m_ui->workersView->select({id});
}

void MainWindow::clearFilter()
{
    m_ui->filterEdit->clear();
    m_ui->sideBar->choose(StateGroup::All);
    m_ui->sideBar->chooseWorkerGroup({});
}

void MainWindow::showPane(QWidget *pane)
{
    m_ui->actionShowDetails->setChecked(true);
    m_ui->detailTabs->setCurrentWidget(pane);
    auto *text = qobject_cast<QAbstractScrollArea *>(pane);
    if (!text)
        text = pane->findChild<QAbstractScrollArea *>();
    text->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::runCommand(const Command &command)
{
    WorkerSpec spec;
    spec.name = command.suggestedName();
    spec.command = command;
    spec.stopSignal = m_settings->stopSignal();
    spec.grace = m_settings->grace();
    m_actions->addWorkers({spec}, true);
}

} // namespace procession
