// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/otherrunsdialog.h"

#include "core/bootclock.h"
#include "core/settings.h"
#include "gui/confirmdialog.h"
#include "gui/icons.h"
#include "gui/outputview.h"
#include "gui/projectsession.h"
#include "gui/runstable.h"
#include "model/runsmodel.h"
#include "ui_otherrunsdialog.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QSortFilterProxyModel>

#include <algorithm>

namespace procession {

using std::chrono::milliseconds;

namespace {

// Every directory is looked at each time: below this nobody sees more, but the disk is kept busy.
constexpr milliseconds shortestPause{250};

void setButton(QPushButton *button, const QString &toolTip, const QString &obstacle)
{
    button->setEnabled(obstacle.isEmpty());
    button->setToolTip(obstacle.isEmpty() ? toolTip : obstacle);
}

QStringList idsOf(const QList<RunRecord> &runs)
{
    QStringList ids;
    for (const RunRecord &run : runs)
        ids.append(run.status.runId);
    return ids;
}

QStringList linesOf(const QList<RunRecord> &runs)
{
    QStringList lines;
    for (const RunRecord &run : runs)
        lines.append(runLine(run));
    return lines;
}

template <typename Predicate>
QList<RunRecord> those(QList<RunRecord> runs, Predicate wanted)
{
    runs.removeIf([&wanted](const RunRecord &run) { return !wanted(run); });
    return runs;
}

bool runs(const RunRecord &run)
{
    return isAlive(run.status.state);
}

bool canBeAsked(const RunRecord &run)
{
    return runs(run) && run.status.state != State::Stopping;
}

bool hasEnded(const RunRecord &run)
{
    return !runs(run);
}

} // namespace

OtherRunsDialog::OtherRunsDialog(RunCatalog *catalog, Settings *settings, QWidget *parent)
    : QDialog(parent)
    , m_ui(std::make_unique<Ui::OtherRunsDialog>())
    , m_catalog(catalog)
    , m_settings(settings)
    , m_model(new RunsModel(RunsModel::Scope::OtherRosters, this))
    , m_output(new OutputView(settings, this))
{
    m_ui->setupUi(this);
    QTreeView *view = m_ui->otherRunsView;
    setUpRunsTable(view, m_model);
    view->installEventFilter(this);
    view->header()->setObjectName(QStringLiteral("otherRunsHeader"));
    m_ui->otherRunsSplitter->addWidget(m_output);
    m_output->setObjectName(QStringLiteral("otherRunOutput"));
    m_output->hide();
    const int character = fontMetrics().averageCharWidth();
    resize(150 * character, 30 * fontMetrics().height());

    m_ui->terminateRunsButton->setIcon(actionIcon(QStringLiteral("terminate")));
    m_ui->killRunsButton->setIcon(actionIcon(QStringLiteral("kill")));
    m_ui->showRunOutputButton->setIcon(actionIcon(QStringLiteral("output")));
    m_ui->openRunProjectButton->setIcon(actionIcon(QStringLiteral("open")));
    m_ui->removeRunsButton->setIcon(actionIcon(QStringLiteral("remove")));
    // A hasty Return must not end anything.
    for (QPushButton *button : findChildren<QPushButton *>())
        button->setAutoDefault(false);

    connect(m_ui->terminateRunsButton, &QPushButton::clicked, this, &OtherRunsDialog::terminate);
    connect(m_ui->killRunsButton, &QPushButton::clicked, this, &OtherRunsDialog::kill);
    connect(m_ui->removeRunsButton, &QPushButton::clicked, this, &OtherRunsDialog::remove);
    connect(m_ui->showRunOutputButton, &QPushButton::toggled, this, [this](bool shown) {
        m_output->setVisible(shown);
        showOutput();
    });
    connect(m_ui->openRunProjectButton, &QPushButton::clicked, this, [this] {
        const QList<RunRecord> chosen = selected();
        if (!chosen.isEmpty())
            Q_EMIT openRequested(chosen.first().projectFile);
    });
    connect(view, &QTreeView::doubleClicked, this, [this] { m_ui->showRunOutputButton->setChecked(true); });
    connect(view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        showButtons();
        showOutput();
    });
    connect(m_catalog, &RunCatalog::otherRuns, this, &OtherRunsDialog::take);
    connect(m_catalog, &RunCatalog::removed, this, [this](const QStringList &runIds) {
        m_model->remove(runIds);
        refresh();
    });
    m_timer.setObjectName(QStringLiteral("otherRunsTimer"));
    m_timer.setSingleShot(true);
    m_timer.callOnTimeout(this, &OtherRunsDialog::refresh);
    showButtons();
}

OtherRunsDialog::~OtherRunsDialog()
{
    m_ui->otherRunsView->selectionModel()->disconnect(this); // it still speaks while it goes
}

void OtherRunsDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    m_ui->otherRunsView->setFocus();
    refresh();
}

void OtherRunsDialog::hideEvent(QHideEvent *event)
{
    QDialog::hideEvent(event);
    m_timer.stop();
}

void OtherRunsDialog::refresh()
{
    if (isVisible())
        m_catalog->requestOthers();
}

void OtherRunsDialog::take(const QList<RunRecord> &runs)
{
    if (!isVisible())
        return;
    const bool first = !m_known;
    m_known = true;
    m_model->setRuns(runs);
    m_model->setNow(bootNow());
    m_ui->otherRunsPages->setCurrentWidget(runs.isEmpty() ? static_cast<QWidget *>(m_ui->otherRunsEmptyLabel)
                                                          : m_ui->otherRunsView);
    if (first && !runs.isEmpty())
        m_ui->otherRunsView->setCurrentIndex(m_ui->otherRunsView->model()->index(0, 0));
    showButtons();
    showOutput();
    // Only after the answer: a slow disk is not asked faster than it can tell.
    m_timer.start(std::max(shortestPause, m_settings->interval()));
}

void OtherRunsDialog::showButtons()
{
    const QList<RunRecord> chosen = selected();
    const QString none = chosen.isEmpty() ? tr("No run is selected.") : QString();
    const auto obstacle = [&](auto predicate, const QString &reason) {
        if (!none.isEmpty())
            return none;
        return std::any_of(chosen.cbegin(), chosen.cend(), predicate) ? QString() : reason;
    };
    const QString ended = tr("The selected runs have ended.");
    const bool ending = std::any_of(chosen.cbegin(), chosen.cend(), procession::runs);
    setButton(m_ui->terminateRunsButton, tr("Ask the selected runs to end"),
              obstacle(canBeAsked,
                       ending ? tr("The selected runs are ending already; Kill ends them at once.") : ended));
    setButton(m_ui->killRunsButton, tr("End the selected runs at once"), obstacle(procession::runs, ended));
    setButton(m_ui->removeRunsButton, tr("Delete the selected runs and their output from the disk"),
              obstacle(hasEnded, tr("The selected runs have not ended.")));

    const bool sameRoster = std::all_of(chosen.cbegin(), chosen.cend(), [&chosen](const RunRecord &run) {
        return run.rosterId == chosen.first().rosterId;
    });
    QString reason = none;
    if (reason.isEmpty() && !sameRoster)
        reason = tr("The selected runs belong to several projects.");
    const bool unsaved = !chosen.isEmpty() && chosen.first().rosterId == ProjectSession::unsavedRosterId();
    if (reason.isEmpty() && chosen.first().projectFile.isEmpty() && !unsaved)
        reason = tr("The selected runs belong to no project file.");
    m_ui->openRunProjectButton->setText(unsaved ? tr("Open Unsaved &Workers") : tr("Open &Project"));
    setButton(m_ui->openRunProjectButton, tr("Show these workers in the window"), reason);
}

/// Of the first selected run: the current one may be another, with Ctrl.
void OtherRunsDialog::showOutput()
{
    if (!m_output->isVisible())
        return;
    const QList<RunRecord> chosen = selected();
    if (chosen.isEmpty()) {
        m_output->show(QList<WorkerStatus>());
        return;
    }
    WorkerStatus status = chosen.first().status;
    status.inputOpen = false; // from here nothing can be sent to it
    m_output->show({status});
}

QList<RunRecord> OtherRunsDialog::selected() const
{
    return selectedRuns(m_ui->otherRunsView);
}

void OtherRunsDialog::terminate()
{
    const QList<RunRecord> victims = those(selected(), canBeAsked);
    if (victims.size() > 1 && m_settings->confirmTerminateMany())
        askToEnd(victims, false);
    else
        end(idsOf(victims), false);
}

void OtherRunsDialog::kill()
{
    askToEnd(those(selected(), procession::runs), true);
}

void OtherRunsDialog::askToEnd(const QList<RunRecord> &runs, bool kill)
{
    const int count = int(runs.size());
    ConfirmRequest request;
    request.title = kill ? tr("Kill %n Run(s)?", nullptr, count) : tr("Terminate %n Run(s)?", nullptr, count);
    request.text = kill ? tr("All their processes end at once (SIGKILL); work they have not saved is lost.")
                        : tr("They are asked to end; work they have not saved is lost.");
    request.items = linesOf(runs);
    request.verb = kill ? tr("&Kill %n", nullptr, count) : tr("&Terminate %n", nullptr, count);
    request.offerDontAsk = !kill;
    auto *dialog = new ConfirmDialog(request, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, kill, ids = idsOf(runs)](bool dontAskAgain) {
        if (dontAskAgain)
            m_settings->setConfirmTerminateMany(false);
        end(ids, kill);
    });
    dialog->open();
}

void OtherRunsDialog::end(const QStringList &runIds, bool kill)
{
    for (const QString &id : runIds)
        m_catalog->stop(id, kill);
    refresh();
}

void OtherRunsDialog::remove()
{
    const QList<RunRecord> runs = those(selected(), hasEnded);
    ConfirmRequest request;
    request.title = tr("Remove %n Run(s)?", nullptr, int(runs.size()));
    request.text = tr("Their records and their output are deleted from the disk. This cannot be undone.");
    request.items = linesOf(runs);
    request.verb = tr("&Remove %n", nullptr, int(runs.size()));
    auto *dialog = new ConfirmDialog(request, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, ids = idsOf(runs)] { m_catalog->remove(ids); });
    dialog->open();
}

bool OtherRunsDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_ui->otherRunsView && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            m_ui->showRunOutputButton->setChecked(true);
            return true;
        }
        if (key->key() == Qt::Key_Delete) {
            if (m_ui->removeRunsButton->isEnabled())
                remove();
            return true;
        }
        if (key->matches(QKeySequence::Copy)) {
            copyRunRows(m_ui->otherRunsView);
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace procession
