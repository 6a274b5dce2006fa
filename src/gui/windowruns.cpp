// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
//
// The third part of MainWindow: runs that are not the current ones of its rows, and other windows.
#include "core/diskwatch.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/diskmeter.h"
#include "gui/leaveguard.h"
#include "gui/mainwindow.h"
#include "gui/oldrunbar.h"
#include "gui/otherrunsdialog.h"
#include "gui/outputview.h"
#include "gui/preferencesdialog.h"
#include "gui/projectsession.h"
#include "gui/runsview.h"
#include "model/workertablemodel.h"
#include "ui_mainwindow.h"

#include <QApplication>
#include <QFileInfo>

#include <algorithm>

namespace procession {

using namespace std::chrono_literals;

namespace {

constexpr auto prunePause = 60s; // between two looks at the disk while runs end
constexpr auto limitsPause = 2s; // so that a limit that was passed by on the way costs no run
constexpr auto searchTime = 5s;  // for what runs without its keeper, after a roster was opened
constexpr auto seenPause = 1s;   // what ended is written down so often

QString otherRunsKey()
{
    return QStringLiteral("otherRuns");
}

/// Of what the person asked for and did not get: news nobody asked for come after it.
QString projectKey()
{
    return QStringLiteral("project");
}

} // namespace

void MainWindow::connectRuns()
{
    connect(m_runs, &RunsView::runChosen, this, &MainWindow::showRun);
    connect(m_catalog, &RunCatalog::removed, this, [this](const QStringList &runIds) {
        if (m_oldRun && runIds.contains(m_oldRun->status.runId))
            showCurrentRun();
    });
    connect(m_catalog, &RunCatalog::removed, m_diskWatch, &DiskWatch::look);
    connect(m_catalog, &RunCatalog::counted, m_diskMeter, &DiskMeter::setKeptBytes);
    connect(m_diskMeter, &DiskMeter::limitsRequested, this, &MainWindow::showLimits);
    connect(m_oldRunBar, &OldRunBar::currentRequested, this, [this] {
        showCurrentRun();
        m_output->setFocus();
    });

    connect(m_ui->actionOtherRuns, &QAction::triggered, this, &MainWindow::showOtherRuns);
    connect(m_catalog, &RunCatalog::otherRuns, this, &MainWindow::tellOtherRuns);
    connect(m_session, &ProjectSession::openElsewhere, this, &MainWindow::tellOpenElsewhere);
    connect(m_supervisor, &Supervisor::raiseRequested, this, &MainWindow::bringToFront);

    m_seenTimer.setSingleShot(true);
    m_seenTimer.callOnTimeout(this, &MainWindow::noteSeen);
    m_pruneTimer.setSingleShot(true);
    m_pruneTimer.callOnTimeout(this, &MainWindow::prune);
    m_limits = {m_settings->keptRuns(), m_settings->keptRunDays(), m_settings->keptRunBytes()};
}

void MainWindow::showRun(const RunRecord &run)
{
    const WorkerStatus *status = m_model->status(m_shown);
    if (!status || status->id != run.status.id)
        return;
    if (run.status.runId == status->runId) {
        showCurrentRun();
    } else {
        m_oldRun = run;
        m_oldRun->status.id = status->id;
        m_oldRunBefore = status->runId;
        m_oldRunBar->setRun(run);
        m_oldRunBar->show();
        m_output->show(shownWorkers());
    }
    showPane(m_outputPage);
}

void MainWindow::showCurrentRun()
{
    m_oldRun.reset();
    m_oldRunBar->hide();
    m_output->show(shownWorkers());
}

/// Once for each roster that is opened: what happened to it meanwhile, and what else there is.
void MainWindow::tellNews()
{
    const QString roster = m_supervisor->rosterId();
    if (roster == m_seenRoster)
        return;
    m_seenRoster = roster;
    m_seenBefore = m_lastSeen.mark(roster);
    m_newsEnd.setRemainingTime(searchTime);
    m_ui->messageBar->retract(QStringLiteral("news")); // of another roster
    m_ui->messageBar->retract(projectKey());           // another one is open now
    postNews();
    noteSeen();
    m_othersAsked = true;
    m_catalog->requestOthers();
    prune();
}

void MainWindow::postNews()
{
    const LastSeen::News news = LastSeen::news(m_seenBefore, m_supervisor->statuses());
    if (news.text.isEmpty())
        return;
    Message message{.kind = news.alarming ? Message::Kind::Problem : Message::Kind::Info,
                    .text = news.text,
                    .key = QStringLiteral("news"),
                    .behind = projectKey()};
    if (news.failed > 0) {
        message.actionText = tr("Show &Failed");
        message.action = [this] { m_ui->sideBar->choose(StateGroup::Failed); };
    }
    m_ui->messageBar->post(message);
}

void MainWindow::noteEnds(const RosterDelta &delta)
{
    const auto hasEnded = [](const WorkerStatus &status) { return status.state == State::Ended; };
    // Those of a roster just opened are told first.
    if (m_seenRoster != m_supervisor->rosterId() ||
        std::none_of(delta.changed.cbegin(), delta.changed.cend(), hasEnded))
        return;
    const auto isUnknown = [](const WorkerStatus &status) {
        return status.outcome == Outcome::Lost || status.outcome == Outcome::Interrupted;
    };
    if (!m_newsEnd.hasExpired() && std::any_of(delta.changed.cbegin(), delta.changed.cend(), isUnknown))
        postNews();
    if (!m_seenTimer.isActive())
        m_seenTimer.start(seenPause);
    if (!m_pruneTimer.isActive())
        m_pruneTimer.start(prunePause);
}

void MainWindow::tellProblems(const RosterDelta &delta)
{
    const QString key = QStringLiteral("problems");
    const AliveProblems::Change change = m_problems.apply(delta);
    if (change == AliveProblems::Change::None)
        return;
    const QString text = m_problems.text();
    // What was dismissed does not come back because there is less of it.
    if (text.isEmpty())
        m_ui->messageBar->retract(key);
    else if (change == AliveProblems::Change::More || m_ui->messageBar->holds(key))
        m_ui->messageBar->post(
            {.kind = Message::Kind::Problem, .text = text, .key = key, .behind = projectKey()});
}

void MainWindow::noteSeen()
{
    m_seenTimer.stop();
    if (m_seenRoster == m_supervisor->rosterId())
        m_lastSeen.note(m_seenRoster, m_supervisor->statuses());
}

void MainWindow::showOtherRuns()
{
    m_ui->messageBar->retract(otherRunsKey());
    if (!m_otherRuns) {
        m_otherRuns = new OtherRunsDialog(m_catalog, m_settings, this);
        connect(m_otherRuns, &OtherRunsDialog::openRequested, this, [this](const QString &file) {
            if (!file.isEmpty())
                openProject(file);
            else
                m_guard->ask(tr("Close"), [this] { openUnsaved(); });
        });
    }
    m_otherRuns->show();
    m_otherRuns->raise();
    m_otherRuns->activateWindow();
}

void MainWindow::tellOtherRuns(const QList<RunRecord> &runs)
{
    const OtherRunsDialog *const dialog = m_otherRuns;
    const auto count = int(std::count_if(runs.cbegin(), runs.cend(),
                                         [](const RunRecord &run) { return isAlive(run.status.state); }));
    if (count == 0)
        m_ui->messageBar->retract(otherRunsKey());
    else if (m_othersAsked && (dialog == nullptr || dialog->isHidden()))
        m_ui->messageBar->post({.text = tr("%n run(s) of other projects still running.", nullptr, count),
                                .key = otherRunsKey(),
                                .actionText = tr("&Show"),
                                .action = [this] { showOtherRuns(); },
                                .behind = projectKey()});
    m_othersAsked = false;
}

void MainWindow::showLimits()
{
    auto *dialog = new PreferencesDialog(m_settings, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->showRunLimits();
    dialog->open();
}

void MainWindow::prune()
{
    if (m_supervisor->rosterId().isEmpty())
        return;
    m_pruneTimer.stop();
    QStringList inUse;
    for (const Roster::Entry &entry : m_supervisor->roster().entries()) {
        if (!entry.lastRun.isEmpty())
            inUse.append(entry.lastRun);
    }
    if (m_oldRun)
        inUse.append(m_oldRun->status.runId); // it is being read
    m_catalog->prune(m_limits, inUse);
}

void MainWindow::pruneWhenLimitsChanged()
{
    const RunLimits now{m_settings->keptRuns(), m_settings->keptRunDays(), m_settings->keptRunBytes()};
    if (now.count == m_limits.count && now.days == m_limits.days && now.bytes == m_limits.bytes)
        return;
    m_limits = now;
    m_pruneTimer.start(limitsPause);
}

void MainWindow::tellOpenElsewhere(const QString &rosterId, const QString &file)
{
    const bool nothingOpen = m_supervisor->rosterId().isEmpty();
    const QString text = file.isEmpty()
                             ? tr("The unsaved workers are open in another window already.")
                             : tr("%1 is open in another window already.").arg(QFileInfo(file).fileName());
    Message message{.text = text,
                    .key = projectKey(),
                    .actionText = tr("Show That &Window"),
                    .action = [this, rosterId] { showOtherWindow(rosterId); }};
    if (nothingOpen && !file.isEmpty()) {
        message.alternativeText = tr("Open &Unsaved Workers");
        message.alternative = [this] { openUnsaved(); };
    }
    m_ui->messageBar->post(message);
    if (nothingOpen) {
        m_ui->emptyPage->setObstacle(text);
        // All else here is disabled: Space or Return does what was most likely meant.
        m_ui->messageBar->focusAction();
    }
}

void MainWindow::showOtherWindow(const QString &rosterId)
{
    if (!m_supervisor->askToRaise(rosterId))
        say(Message::Kind::Problem,
            tr("The other window does not answer. It may be about to close: open it here "
               "again in a moment."),
            projectKey());
    else if (m_supervisor->rosterId().isEmpty())
        leave(); // what it was opened for is there
}

void MainWindow::bringToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
    QApplication::alert(this); // where the desktop does not let a window come forward by itself
}

} // namespace procession
