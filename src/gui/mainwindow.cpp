// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/mainwindow.h"

#include "core/bootclock.h"
#include "core/diskwatch.h"
#include "core/monitor.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/activityview.h"
#include "gui/detailsview.h"
#include "gui/diskmeter.h"
#include "gui/helpdialogs.h"
#include "gui/icons.h"
#include "gui/joinbar.h"
#include "gui/leaveguard.h"
#include "gui/oldrunbar.h"
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

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QScreen>
#include <QShortcut>
#include <QToolButton>

namespace procession {

using std::chrono::nanoseconds;

namespace {

constexpr std::array offeredIntervals{100, 200, 500, 1000, 2000, 5000, 10'000};
constexpr int sideBarNeeds = 900; // a narrower window starts without it

QString percentText(double percent)
{
    return MainWindow::tr("%1 %", "CPU share").arg(QLocale().toString(percent, 'f', 1));
}

} // namespace

MainWindow::MainWindow(Supervisor *supervisor, Monitor *monitor, RunCatalog *catalog, Settings *settings,
                       QWidget *parent)
    : QMainWindow(parent)
    , m_supervisor(supervisor)
    , m_monitor(monitor)
    , m_catalog(catalog)
    , m_settings(settings)
    , m_ui(std::make_unique<Ui::MainWindow>())
    , m_model(new WorkerTableModel(this))
    , m_proxy(new WorkerFilterProxy(this))
    , m_counts(new StateCounts(this))
    , m_activity(new ActivityModel(this))
    , m_session(new ProjectSession(supervisor, settings, this))
    , m_lastSeen(settings)
{
    m_ui->setupUi(this);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setIcons();
    setUpTable();
    setUpPanes();
    setUpStatusBar();
    m_actions = new WorkerActions(m_ui.get(), supervisor, settings, m_counts, this);
    m_guard = new LeaveGuard(supervisor, m_ui->messageBar, this);
    setUpToolBar();
    setUpInterval();
    connectActions();
    connectPanes();
    connectSession();
    connectRuns();
    settingsChanged();
    m_ui->emptyPage->setObstacle(tr("Open a project file to see its workers."));
    showPage();
    restoreLayout();
    showCurrent();
    showSummaries();
    showTitle();
}

MainWindow::~MainWindow()
{
    // A dialog that is open still takes what was typed into it while it goes.
    m_settings->disconnect(this);
    // Before the window's own members go: its undo stack still speaks while it is emptied.
    delete m_actions;
}

void MainWindow::openUnsaved()
{
    m_session->openUnsaved();
}

void MainWindow::openProject(const QString &file, bool start)
{
    m_session->read(file, start);
}

void MainWindow::leave()
{
    m_leaving = true;
    close();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    // Only now the window has its width.
    if (m_sideBarUndecided)
        m_ui->actionShowSideBar->setChecked(width() >= sideBarNeeds);
    m_sideBarUndecided = false;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_leaving && m_supervisor->aliveCount() > 0) {
        event->ignore();
        m_guard->ask(tr("Quit"), [this] { leave(); });
        return;
    }
    saveLayout();
    event->accept();
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    // A button of the tool bar can be reached by Tab like any other (Qt leaves them out).
    if (watched == m_ui->mainToolBar && event->type() == QEvent::ActionAdded) {
        auto *action = static_cast<QActionEvent *>(event)->action();
        // The tool bar makes the button while it handles this very event.
        QMetaObject::invokeMethod(
            this,
            [this, action] {
                QWidget *button = m_ui->mainToolBar->widgetForAction(action);
                if (!button)
                    return;
                button->setObjectName(action->objectName() + u"Button");
                button->setAccessibleName(action->text().remove(u'&').remove(u'…'));
                button->setFocusPolicy(Qt::StrongFocus);
            },
            Qt::QueuedConnection);
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::setIcons()
{
    const auto set = [](QAction *action, const char *name) {
        action->setIcon(actionIcon(QString::fromLatin1(name)));
    };
    set(m_ui->actionAddWorker, "add");
    set(m_ui->actionStart, "start");
    set(m_ui->actionTerminate, "terminate");
    set(m_ui->actionKill, "kill");
    set(m_ui->actionRestart, "restart");
    set(m_ui->actionPause, "pause");
    set(m_ui->actionRemove, "remove");
    set(m_ui->actionEdit, "edit");
    set(m_ui->actionDuplicate, "duplicate");
    set(m_ui->actionDetails, "details");
    set(m_ui->actionStartAll, "start-all");
    set(m_ui->actionJoinAll, "join-all");
    set(m_ui->actionTerminateAll, "terminate-all");
    set(m_ui->actionClearFinished, "clear");
    set(m_ui->actionRefresh, "refresh");
    set(m_ui->actionAutoRefresh, "auto-refresh");
    set(m_ui->actionOpen, "open");
    set(m_ui->actionQuit, "quit");
    set(m_ui->actionPreferences, "preferences");
    set(m_ui->actionCopy, "copy");
    set(m_ui->actionFind, "find");
    set(m_ui->actionUndo, "undo");
    set(m_ui->actionRedo, "redo");
    set(m_ui->actionNextFailed, "next-failed");
    m_ui->filterEdit->addAction(actionIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
}

void MainWindow::setUpTable()
{
    m_model->setObjectName(QStringLiteral("workersModel"));
    m_proxy->setObjectName(QStringLiteral("workersProxy"));
    m_proxy->setSourceModel(m_model);
    m_ui->workersView->setModels(m_model, m_proxy);

    connect(m_supervisor, &Supervisor::changed, this, qOverload<const RosterDelta &>(&MainWindow::apply));
    connect(m_monitor, &Monitor::sampled, this, qOverload<const SampleSet &>(&MainWindow::apply));
    connect(m_monitor, &Monitor::ticked, this, &MainWindow::showTick);
    connect(m_ui->workersView, &WorkersView::selectedIdsChanged, this, [this] {
        m_actions->setSelection(m_ui->workersView->selectedIds());
        showSelection();
    });
    // After the view settled: while rows leave, the current one wanders through what is left.
    connect(m_ui->workersView, &WorkersView::currentIdChanged, this, &MainWindow::showCurrent,
            Qt::QueuedConnection);
    connect(m_ui->workersView, &WorkersView::outputRequested, this, [this] { showPane(m_outputPage); });
    connect(m_ui->workersView, &QWidget::customContextMenuRequested, this, [this](const QPoint &position) {
        m_ui->menuWorker->popup(m_ui->workersView->viewport()->mapToGlobal(position));
    });
    m_ui->workersView->setFocus();
}

void MainWindow::setUpPanes()
{
    m_joinBar = new JoinBar(m_supervisor, this);
    m_joinBar->setObjectName(QStringLiteral("joinBar"));
    m_ui->joinBarLayout->addWidget(m_joinBar);

    m_outputPage = new QWidget(this);
    m_oldRunBar = new OldRunBar(m_outputPage);
    m_output = new OutputView(m_settings, m_outputPage);
    auto *outputMenu = new QMenu(tr("&Output"), m_ui->menuView);
    outputMenu->setObjectName(QStringLiteral("menuOutput"));
    outputMenu->setToolTipsVisible(true);
    outputMenu->addActions(m_output->viewActions());
    m_ui->menuView->insertMenu(m_ui->menuColumns->menuAction(), outputMenu);
    auto *outputLayout = new QVBoxLayout(m_outputPage);
    outputLayout->setContentsMargins({});
    outputLayout->setSpacing(0);
    outputLayout->addWidget(m_oldRunBar);
    outputLayout->addWidget(m_output, 1);
    m_details = new DetailsView(this);
    m_activityView = new ActivityView(m_activity, this);
    m_runs = new RunsView(m_catalog, this);
    m_ui->detailTabs->addTab(m_outputPage, tr("Output"));
    m_ui->detailTabs->addTab(m_details, tr("Details"));
    m_ui->detailTabs->addTab(m_activityView, tr("Activity"));
    m_ui->detailTabs->addTab(m_runs, tr("Runs"));

    auto *corner = new QWidget(this);
    corner->setObjectName(QStringLiteral("detailCorner"));
    m_currentLabel = new QLabel(corner);
    m_currentLabel->setObjectName(QStringLiteral("detailSummaryLabel"));
    m_currentLabel->setTextFormat(Qt::PlainText);
    auto *collapse = new QToolButton(corner);
    collapse->setObjectName(QStringLiteral("detailCollapseButton"));
    collapse->setArrowType(Qt::DownArrow);
    collapse->setAutoRaise(true);
    collapse->setFocusPolicy(Qt::StrongFocus);
    collapse->setToolTip(tr("Hide this pane (F4)"));
    collapse->setAccessibleName(tr("Hide the details"));
    connect(collapse, &QToolButton::clicked, m_ui->actionShowDetails, &QAction::trigger);
    auto *layout = new QHBoxLayout(corner);
    layout->setContentsMargins({});
    layout->addWidget(m_currentLabel);
    layout->addWidget(collapse);
    m_ui->detailTabs->setCornerWidget(corner);

    connect(m_ui->detailTabs, &QTabWidget::currentChanged, this, &MainWindow::showCurrent);

    m_ui->sideSplitter->setStretchFactor(0, 0);
    m_ui->sideSplitter->setStretchFactor(1, 1);
    m_ui->detailSplitter->setStretchFactor(0, 3);
    m_ui->detailSplitter->setStretchFactor(1, 2);
    // Between the table and the tabs, as they stand.
    setTabOrder(m_ui->filterEdit, m_ui->intervalControl);
    setTabOrder(m_ui->intervalControl, m_joinBar);
    setTabOrder(m_joinBar, m_ui->sideBar);
    setTabOrder(m_ui->sideBar, m_ui->workersView);
    setTabOrder(m_ui->workersView, m_ui->detailTabs);
    // The button in the corner is the last of the tabs.
    auto *offer = m_ui->messageBar->findChild<QWidget *>(QStringLiteral("messageBarAction"));
    setTabOrder(collapse, offer);
    auto *alternative = m_ui->messageBar->findChild<QWidget *>(QStringLiteral("messageBarAlternative"));
    setTabOrder(offer, alternative);
    setTabOrder(alternative, m_ui->messageBar->findChild<QWidget *>(QStringLiteral("messageBarClose")));
}

void MainWindow::setUpToolBar()
{
    m_ui->mainToolBar->installEventFilter(this);
    for (QAction *action : m_ui->mainToolBar->actions()) {
        QActionEvent added(QEvent::ActionAdded, action);
        eventFilter(m_ui->mainToolBar, &added);
    }
}

void MainWindow::setUpStatusBar()
{
    const auto label = [this](const char *name, const QString &accessibleName) {
        auto *made = new QLabel(this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(accessibleName);
        made->setTextFormat(Qt::PlainText);
        return made;
    };
    m_countsLabel = label("statusCountsLabel", tr("Workers"));
    m_selectionLabel = label("statusSelectionLabel", tr("Selection"));
    m_totalsLabel = label("statusTotalsLabel", tr("Totals"));
    m_intervalLabel = label("statusIntervalLabel", tr("Cost of refreshing"));
    m_intervalLabel->setToolTip(
        tr("What one refresh costs, measuring and showing, and how often it is made"));
    m_ui->statusBar->addWidget(m_countsLabel);
    m_ui->statusBar->addWidget(m_selectionLabel);
    m_diskWatch = new DiskWatch(DiskWatch::measureOf(m_catalog->runsDirectory()), this);
    m_diskMeter = new DiskMeter(m_diskWatch, m_catalog->runsDirectory(), m_ui->messageBar, this);
    m_ui->statusBar->addPermanentWidget(m_totalsLabel);
    m_ui->statusBar->addPermanentWidget(m_diskMeter);
    m_ui->statusBar->addPermanentWidget(m_intervalLabel);
}

void MainWindow::setUpInterval()
{
    IntervalControl *control = m_ui->intervalControl;
    control->setAutoRefreshAction(m_ui->actionAutoRefresh);
    connect(control, &IntervalControl::intervalChosen, m_monitor, &Monitor::setInterval);
    connect(control, &IntervalControl::intervalSettled, m_settings, &Settings::setInterval);
    connect(control, &IntervalControl::clamped, this,
            [this](const QString &text) { say(Message::Kind::Info, text, QStringLiteral("interval")); });
    connect(m_monitor, &Monitor::intervalChanged, this, [this](std::chrono::milliseconds interval) {
        m_ui->intervalControl->setInterval(interval);
        m_intervalLabel->setText(tr("every %1").arg(IntervalControl::intervalText(interval)));
    });
    for (const int ms : offeredIntervals) {
        const std::chrono::milliseconds interval(ms);
        QAction *action = m_ui->menuInterval->addAction(IntervalControl::intervalText(interval));
        action->setObjectName(QStringLiteral("actionInterval%1").arg(ms));
        connect(action, &QAction::triggered, m_settings,
                [this, interval] { m_settings->setInterval(interval); });
    }
    connect(m_ui->actionRefresh, &QAction::triggered, m_monitor, &Monitor::refresh);
    connect(m_ui->actionAutoRefresh, &QAction::toggled, m_monitor,
            [this](bool on) { m_monitor->setPaused(!on); });
    connect(m_monitor, &Monitor::pausedChanged, this, [this](bool paused) {
        m_ui->actionAutoRefresh->setChecked(!paused);
        if (paused)
            m_intervalLabel->setText(tr("paused"));
    });
    m_ui->actionAutoRefresh->setChecked(!m_monitor->isPaused());
}

void MainWindow::apply(const RosterDelta &delta)
{
    const std::optional<WorkerId> heir = m_ui->workersView->heirOfSelection(delta.removed);
    m_model->apply(delta);
    if (heir)
        m_ui->workersView->select({*heir}); // Del, Del, Del goes on down the list
    m_counts->apply(delta);
    m_actions->apply(delta);
    m_guard->check();
    m_diskWatch->setBusy(m_supervisor->aliveCount() > 0);
    noteEnds(delta);
    tellProblems(delta);
    showPage();
    showCurrent();
    showSelection();
}

void MainWindow::apply(const SampleSet &set)
{
    m_model->apply(set);
    double cpu = 0;
    qint64 memory = 0;
    for (const WorkerSample &sample : set.samples) {
        cpu += sample.cpuPercent.value_or(0);
        memory += sample.memoryBytes.value_or(0);
    }
    m_totalsLabel->setVisible(!set.samples.isEmpty());
    m_totalsLabel->setText(tr("CPU %1 · Memory %2").arg(percentText(cpu), bytesText(memory)));
    showCurrent();
    showSelection();
}

void MainWindow::settingsChanged()
{
    m_monitor->setInterval(m_settings->interval());
    m_supervisor->setOutputLimit(m_settings->outputLimit());
    m_ui->intervalControl->setInterval(m_monitor->interval());
    m_ui->workersView->setColoured(m_settings->stateColours());
    m_ui->sideBar->setColoured(m_settings->stateColours());
    pruneWhenLimitsChanged();
    fillRecentMenu();
}

void MainWindow::rosterOpened(bool startAll)
{
    m_actions->rosterOpened();
    tellNews();
    m_ui->emptyPage->setObstacle({});
    clearFilter();
    showTitle();
    showPage();
    m_ui->actionCloseProject->setEnabled(!m_session->file().isEmpty());
    if (startAll)
        m_actions->startAll();
    if (m_model->rowCount() == 0) {
        m_ui->emptyPage->setFocus();
        return;
    }
    m_ui->workersView->select({m_model->idAt(0)}); // there is output to be seen at once
    m_ui->workersView->setFocus();
}

void MainWindow::showPage()
{
    QWidget *page = m_ui->tablePage;
    if (m_model->rowCount() == 0)
        page = m_ui->emptyPage;
    else if (m_proxy->rowCount() == 0)
        page = m_ui->noMatchPage;
    if (page == m_ui->noMatchPage) {
        const QString hidden = tr("%n worker(s) hidden.", nullptr, m_model->rowCount());
        m_ui->noMatchLabel->setText(m_proxy->text().isEmpty()
                                        ? tr("No workers here now.\n%1").arg(hidden)
                                        : tr("No workers match “%1”.\n%2").arg(m_proxy->text(), hidden));
    }
    showDetailTabs(m_ui->actionShowDetails->isChecked() && page != m_ui->emptyPage);
    if (page == m_ui->tableStack->currentWidget())
        return;
    const bool focusLost = m_ui->tableStack->isAncestorOf(focusWidget());
    m_ui->tableStack->setCurrentWidget(page);
    if (focusLost)
        (page == m_ui->tablePage ? m_ui->workersView : page)->setFocus();
}

/// A splitter gives a pane that comes back another size than it had.
void MainWindow::showDetailTabs(bool shown)
{
    if (shown != m_ui->detailTabs->isHidden())
        return;
    if (!shown)
        m_detailState = m_ui->detailSplitter->saveState();
    m_ui->detailTabs->setVisible(shown);
    // Once its handle has come back too: the sizes do not add up before.
    if (shown)
        QMetaObject::invokeMethod(
            this, [this] { m_ui->detailSplitter->restoreState(m_detailState); }, Qt::QueuedConnection);
}

/// Whose output is shown: the old run that was chosen, all selected workers, or the one the person went to.
QList<WorkerStatus> MainWindow::shownWorkers() const
{
    if (m_oldRun)
        return {m_oldRun->status};
    QList<WorkerStatus> several;
    const QList<WorkerId> selected = m_ui->workersView->selectedIds();
    if (selected.size() > 1)
        for (const WorkerId id : selected)
            if (const WorkerStatus *status = m_model->status(id))
                several += *status;
    if (several.size() > 1)
        return several;
    const WorkerStatus *status = m_model->status(m_shown);
    return status ? QList<WorkerStatus>{*status} : QList<WorkerStatus>();
}

/// Keeps the panes on the worker the person went to, also when a filter hides its row meanwhile.
void MainWindow::showCurrent()
{
    const WorkerId current = m_ui->workersView->currentId();
    const bool hidden = m_model->status(m_shown) && !m_proxy->indexOf(m_shown).isValid();
    if (!hidden || !m_ui->workersView->selectedIds().isEmpty())
        m_shown = current;
    const WorkerStatus *status = m_model->status(m_shown);
    const nanoseconds now = bootNow();
    if (m_oldRun && (!status || status->id != m_oldRun->status.id || status->runId != m_oldRunBefore))
        showCurrentRun();
    m_output->show(shownWorkers());
    m_runs->setWorker(m_supervisor->rosterId(), status, now);
    if (m_details->isVisible())
        m_details->show(status, status ? m_model->sample(m_shown) : nullptr, now,
                        m_model->lastError(m_shown));
    m_activityView->setWorker(status ? m_shown : WorkerId{});
    if (!status) {
        m_currentLabel->clear();
        return;
    }
    QStringList parts{status->spec->name, stateText(*status, now)};
    if (status->exitCode)
        parts.append(tr("exit %1", "exit code").arg(exitText(*status)));
    if (const auto elapsed = status->elapsed(m_model->now()))
        parts.append(durationText(*elapsed, status->state == State::Ended));
    m_currentLabel->setText(parts.join(QStringLiteral(" · ")));
}

void MainWindow::showSummaries()
{
    QStringList parts{tr("%n worker(s)", nullptr, m_counts->count(StateGroup::All))};
    const auto add = [&parts](int count, const QString &word) {
        if (count > 0)
            parts.append(QStringLiteral("%1 %2").arg(QLocale().toString(count), word));
    };
    add(m_counts->count(State::Starting), tr("starting"));
    add(m_counts->count(State::Running), tr("running"));
    add(m_counts->count(State::Paused), tr("paused"));
    add(m_counts->count(State::Stopping), tr("stopping"));
    add(m_counts->count(StateGroup::Failed), tr("failed"));
    m_countsLabel->setText(parts.join(QStringLiteral(" · ")));
    m_ui->sideBar->setCounts(*m_counts);
    showTitle();
}

void MainWindow::showSelection()
{
    const QList<WorkerId> ids = m_ui->workersView->selectedIds();
    double cpu = 0;
    qint64 memory = 0;
    for (const WorkerId id : ids) {
        if (const WorkerSample *sample = m_model->sample(id)) {
            cpu += sample->cpuPercent.value_or(0);
            memory += sample->memoryBytes.value_or(0);
        }
    }
    m_selectionLabel->setVisible(ids.size() > 1);
    m_selectionLabel->setText(
        tr("%n selected (%1, %2)", nullptr, int(ids.size())).arg(bytesText(memory), percentText(cpu)));
}

void MainWindow::showTick(nanoseconds cost)
{
    if (m_monitor->isPaused())
        return;
    m_intervalLabel->setText(tr("%1 ms every %2", "cost, interval")
                                 .arg(QLocale().toString(double(cost.count()) / 1e6, 'f', 1),
                                      IntervalControl::intervalText(m_monitor->interval())));
}

void MainWindow::showTitle()
{
    const QString file = m_session->file();
    QString title = file.isEmpty() ? QStringLiteral("Procession")
                                   : tr("%1 — Procession", "file").arg(QFileInfo(file).fileName());
    if (const int failed = m_counts->count(StateGroup::Failed); failed > 0)
        title = tr("(%n failed) %1", "window title", failed).arg(title);
    setWindowTitle(title);
    setWindowFilePath(file);
}

void MainWindow::fillRecentMenu()
{
    const QStringList files = m_settings->recentFiles();
    m_ui->emptyPage->setRecentFiles(files);
    m_ui->menuRecent->clear();
    m_ui->menuRecent->setEnabled(!files.isEmpty());
    for (const QString &file : files) {
        QAction *action = m_ui->menuRecent->addAction(QString(file).replace(u'&', QStringLiteral("&&")));
        action->setObjectName(QStringLiteral("actionOpenRecent"));
        connect(action, &QAction::triggered, this, [this, file] { openProject(file); });
    }
    m_ui->menuRecent->addSeparator();
    QAction *clear = m_ui->menuRecent->addAction(tr("&Clear List"));
    clear->setObjectName(QStringLiteral("actionClearRecent"));
    connect(clear, &QAction::triggered, m_settings, [this] { m_settings->setRecentFiles({}); });
}

void MainWindow::say(Message::Kind kind, const QString &text, const QString &key)
{
    m_ui->messageBar->post({.kind = kind, .text = text, .key = key});
}

void MainWindow::restoreLayout()
{
    if (!restoreGeometry(m_settings->layout(QStringLiteral("geometry"))))
        resize(size().boundedTo(screen()->availableSize()));
    m_ui->sideSplitter->restoreState(m_settings->layout(QStringLiteral("sideSplitter")));
    // Used when there are workers to show: before, the pane is hidden and the window has not its size yet.
    if (const QByteArray saved = m_settings->layout(QStringLiteral("detailSplitter")); !saved.isEmpty())
        m_detailState = saved;
    m_ui->workersView->restoreColumns(m_settings->layout(QStringLiteral("columns")));
    const auto restore = [this](QAction *action, bool fallback) {
        const QByteArray saved = m_settings->layout(action->objectName());
        action->setChecked(saved.isEmpty() ? fallback : saved == "1");
    };
    restore(m_ui->actionShowToolBar, true);
    restore(m_ui->actionShowSideBar, true);
    m_sideBarUndecided = m_settings->layout(m_ui->actionShowSideBar->objectName()).isEmpty();
    restore(m_ui->actionShowDetails, true);
    restore(m_ui->actionShowStatusBar, true);
    m_ui->detailTabs->setCurrentIndex(m_settings->layout(QStringLiteral("detailTab")).toInt());
}

void MainWindow::saveLayout()
{
    noteSeen();
    m_settings->setLayout(QStringLiteral("geometry"), saveGeometry());
    m_settings->setLayout(QStringLiteral("sideSplitter"), m_ui->sideSplitter->saveState());
    if (!m_ui->detailTabs->isHidden()) {
        // What a splitter saves is what it was asked for, not what became of it.
        m_ui->detailSplitter->setSizes(m_ui->detailSplitter->sizes());
        m_settings->setLayout(QStringLiteral("detailSplitter"), m_ui->detailSplitter->saveState());
    }
    m_settings->setLayout(QStringLiteral("columns"), m_ui->workersView->saveColumns());
    for (const QAction *action : {m_ui->actionShowToolBar, m_ui->actionShowSideBar, m_ui->actionShowDetails,
                                  m_ui->actionShowStatusBar})
        m_settings->setLayout(action->objectName(), action->isChecked() ? "1" : "0");
    m_settings->setLayout(QStringLiteral("detailTab"), QByteArray::number(m_ui->detailTabs->currentIndex()));
}

void MainWindow::resetLayout()
{
    for (QAction *action : {m_ui->actionShowToolBar, m_ui->actionShowSideBar, m_ui->actionShowDetails,
                            m_ui->actionShowStatusBar})
        action->setChecked(true);
    const int width = m_ui->sideSplitter->width();
    const int side = m_ui->sideBar->sizeHint().width();
    m_ui->sideSplitter->setSizes({side, width - side});
    const int height = m_ui->detailSplitter->height();
    m_ui->detailSplitter->setSizes({height * 3 / 5, height * 2 / 5});
    m_ui->workersView->resetColumns();
    m_ui->detailTabs->setCurrentIndex(0);
}

} // namespace procession
