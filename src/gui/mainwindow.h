// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"
#include "core/workerstatus.h"
#include "gui/aliveproblems.h"
#include "gui/lastseen.h"
#include "gui/messagebar.h"

#include <QDeadlineTimer>
#include <QMainWindow>
#include <QPointer>
#include <QTimer>

#include <functional>
#include <memory>

class QLabel;

namespace procession {

class ActivityModel;
class ActivityView;
class DetailsView;
class DiskMeter;
class DiskWatch;
class JoinBar;
class LeaveGuard;
class Monitor;
class OldRunBar;
class OtherRunsDialog;
class OutputView;
class ProjectSession;
class RunsView;
class Settings;
class StateCounts;
class Supervisor;
class WorkerActions;
class WorkerFilterProxy;
class WorkerTableModel;

namespace Ui {
class MainWindow;
}

/// The window: lays out its parts and passes on what they say to each other. What can be done to workers is
/// in WorkerActions, which roster is open in ProjectSession, what the table does in WorkersView.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MainWindow)

public:
    /// All four outlive the window. The monitor is started by the caller.
    MainWindow(Supervisor *supervisor, Monitor *monitor, RunCatalog *catalog, Settings *settings,
               QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Opens the roster of no project file.
    void openUnsaved();
    /// Opens a project file and, with `start`, starts its workers. Asks first if workers of another roster
    /// run.
    void openProject(const QString &file, bool start = false);
    /// Saves the layout and closes without a question; workers go on.
    void leave();
    void saveLayout();

protected:
    void showEvent(QShowEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    // mainwindow.cpp: what is shown
    void setIcons();
    void setUpTable();
    void setUpPanes();
    void setUpToolBar();
    void setUpStatusBar();
    void setUpInterval();
    void connectActions();
    void connectPanes();
    void connectSession();
    void addShortcut(const QKeySequence &keys, QWidget *where, const std::function<void()> &run);

    void apply(const RosterDelta &delta);
    void apply(const SampleSet &set);
    void settingsChanged();
    void rosterOpened(bool startAll);
    void showPage();
    void showDetailTabs(bool shown);
    void showCurrent();
    QList<WorkerStatus> shownWorkers() const;
    void showSummaries();
    void showSelection();
    void showTick(std::chrono::nanoseconds cost);
    void showTitle();
    void fillRecentMenu();
    void say(Message::Kind kind, const QString &text, const QString &key = {});

    // windowruns.cpp: runs that are not the current ones of the rows, and other windows
    void connectRuns();
    void showRun(const RunRecord &run);
    void showCurrentRun();
    void tellNews();
    void postNews();
    void noteEnds(const RosterDelta &delta);
    void tellProblems(const RosterDelta &delta);
    void noteSeen();
    void showOtherRuns();
    void tellOtherRuns(const QList<RunRecord> &runs);
    void showLimits();
    void prune();
    void pruneWhenLimitsChanged();
    void tellOpenElsewhere(const QString &rosterId, const QString &file);
    void showOtherWindow(const QString &rosterId);
    void bringToFront();

    // windowwiring.cpp: what is done
    void chooseFile();
    void copy();
    void selectAll();
    void find();
    void goToWorker(WorkerId id);
    void clearFilter();
    void showPane(QWidget *pane);
    void runCommand(const Command &command);
    void restoreLayout();
    void resetLayout();

    Supervisor *m_supervisor;
    Monitor *m_monitor;
    RunCatalog *m_catalog;
    Settings *m_settings;
    std::unique_ptr<Ui::MainWindow> m_ui;
    WorkerTableModel *m_model;
    WorkerFilterProxy *m_proxy;
    StateCounts *m_counts;
    ActivityModel *m_activity;
    ProjectSession *m_session;
    WorkerActions *m_actions = nullptr;
    LeaveGuard *m_guard = nullptr;
    JoinBar *m_joinBar = nullptr;
    QWidget *m_outputPage = nullptr;
    OldRunBar *m_oldRunBar = nullptr;
    OutputView *m_output = nullptr;
    DetailsView *m_details = nullptr;
    ActivityView *m_activityView = nullptr;
    RunsView *m_runs = nullptr;
    QPointer<OtherRunsDialog> m_otherRuns;
    QLabel *m_currentLabel = nullptr;
    QLabel *m_countsLabel = nullptr;
    QLabel *m_selectionLabel = nullptr;
    QLabel *m_totalsLabel = nullptr;
    QLabel *m_intervalLabel = nullptr;
    DiskWatch *m_diskWatch = nullptr;
    DiskMeter *m_diskMeter = nullptr;
    QByteArray m_detailState;          ///< of the splitter, while the details are hidden
    WorkerId m_shown{};                ///< whom the panes below the table show
    std::optional<RunRecord> m_oldRun; ///< whose output is shown instead of the current run's
    QString m_oldRunBefore;            ///< the worker's current run when it was chosen
    LastSeen m_lastSeen;
    LastSeen::Mark m_seenBefore; ///< of the open roster, as its last window left it
    QDeadlineTimer m_newsEnd;    ///< until then a worker found lost was lost before
    AliveProblems m_problems;
    QString m_seenRoster; ///< whose news were told
    QTimer m_seenTimer;
    RunLimits m_limits;
    QTimer m_pruneTimer;
    bool m_othersAsked = false;      ///< the message about other runs waits for its answer
    bool m_sideBarUndecided = false; ///< until the first window is shown, as wide as it is then
    bool m_leaving = false;
};

} // namespace procession
