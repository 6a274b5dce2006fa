// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/workeractions.h"

#include "core/bootclock.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/confirmdialog.h"
#include "gui/icons.h"
#include "gui/joindialog.h"
#include "gui/rostercommands.h"
#include "gui/workerdialog.h"
#include "model/statecounts.h"
#include "ui_mainwindow.h"

#include <QDir>
#include <QFileInfo>

#include <csignal>

namespace procession {

namespace {

constexpr std::array offeredSignals{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGSTOP, SIGCONT};

bool hasEnded(const WorkerStatus &status)
{
    return status.state == State::Ended;
}

} // namespace

WorkerActions::WorkerActions(Ui::MainWindow *ui, Supervisor *supervisor, Settings *settings,
                             const StateCounts *counts, QWidget *window)
    : QObject(window)
    , m_ui(ui)
    , m_supervisor(supervisor)
    , m_settings(settings)
    , m_counts(counts)
    , m_window(window)
{
    bind(Verb::Add, ui->actionAddWorker, &WorkerActions::add);
    bind(Verb::Start, ui->actionStart, &WorkerActions::start);
    bind(Verb::Restart, ui->actionRestart, &WorkerActions::restart);
    bind(Verb::Pause, ui->actionPause, &WorkerActions::pauseOrResume);
    bind(Verb::Terminate, ui->actionTerminate, &WorkerActions::terminateSelected);
    bind(Verb::Kill, ui->actionKill, &WorkerActions::kill);
    bind(Verb::Edit, ui->actionEdit, &WorkerActions::edit);
    bind(Verb::Duplicate, ui->actionDuplicate, &WorkerActions::duplicate);
    bind(Verb::Remove, ui->actionRemove, &WorkerActions::remove);
    bind(Verb::StartAll, ui->actionStartAll, &WorkerActions::startAll);
    bind(Verb::RestartFailed, ui->actionRestartFailed, &WorkerActions::restartFailed);
    bind(Verb::Join, ui->actionJoinAll, &WorkerActions::join);
    bind(Verb::TerminateAll, ui->actionTerminateAll, &WorkerActions::terminateAll);
    bind(Verb::KillAll, ui->actionKillAll, &WorkerActions::killAll);
    bind(Verb::ClearFinished, ui->actionClearFinished, &WorkerActions::clearFinished);
    // These act on the view; only whether they can is decided here.
    for (QAction *action :
         {ui->actionCopyCommand, ui->actionCopyPid, ui->actionCopyExitStatus, ui->actionCopyWorkingDirectory})
        bind(Verb::Copy, action, nullptr);
    bind(Verb::SelectAll, ui->actionSelectAll, nullptr);
    bind(Verb::SelectAll, ui->actionInvertSelection, nullptr);
    bind(Verb::SelectFailed, ui->actionSelectFailed, nullptr);
    bind(Verb::SelectFailed, ui->actionNextFailed, nullptr);
    bind(Verb::SelectFailed, ui->actionPreviousFailed, nullptr);
    addSignals();
    update();
}

WorkerActions::~WorkerActions() = default;

void WorkerActions::setSelection(const QList<WorkerId> &ids)
{
    m_selection = ids;
    update();
}

void WorkerActions::apply(const RosterDelta &delta)
{
    for (const WorkerId id : delta.removed) {
        m_selection.removeOne(id);
        m_removeWhenEnded.removeOne(id);
    }
    update();
    if (!m_removeWhenEnded.isEmpty())
        removeEnded();
}

void WorkerActions::rosterOpened()
{
    m_undoStack.clear();
    m_removeWhenEnded.clear();
    update();
}

QList<WorkerId> WorkerActions::addWorkers(const QList<WorkerSpec> &specs, bool startNow)
{
    if (specs.isEmpty() || !m_supervisor->roster().isOpen())
        return {};
    // The window that starts a worker one day may stand elsewhere.
    QList<WorkerSpec> placed = specs;
    for (WorkerSpec &spec : placed) {
        if (spec.workingDirectory.isEmpty())
            spec.workingDirectory = workingDirectory();
    }
    auto *command = new AddWorkers(placed, m_supervisor);
    m_undoStack.push(command);
    const QList<WorkerId> ids = command->ids();
    if (startNow)
        m_supervisor->start(ids);
    Q_EMIT added(ids);
    return ids;
}

QString WorkerActions::workingDirectory() const
{
    const QString file = m_supervisor->roster().projectFile();
    return file.isEmpty() ? QDir::currentPath() : QFileInfo(file).absolutePath();
}

void WorkerActions::startAll()
{
    m_supervisor->start(allWhere([](const WorkerStatus &status) {
        return !status.spec->disabled && next(status.state, Event::Start).has_value();
    }));
}

void WorkerActions::terminate(const QList<WorkerId> &ids)
{
    askToEnd(Ending::Terminate, ids);
}

void WorkerActions::undo()
{
    if (!m_undoStack.canUndo())
        return;
    const auto *command = static_cast<const RosterCommand *>(m_undoStack.command(m_undoStack.index() - 1));
    if (const QString obstacle = command->undoObstacle(); !obstacle.isEmpty())
        Q_EMIT refused(obstacle);
    else
        m_undoStack.undo();
}

void WorkerActions::redo()
{
    if (!m_undoStack.canRedo())
        return;
    const auto *command = static_cast<const RosterCommand *>(m_undoStack.command(m_undoStack.index()));
    if (const QString obstacle = command->redoObstacle(); !obstacle.isEmpty())
        Q_EMIT refused(obstacle);
    else
        m_undoStack.redo();
}

void WorkerActions::bind(Verb verb, QAction *action, void (WorkerActions::*run)())
{
    QString toolTip = action->toolTip();
    if (!action->shortcut().isEmpty())
        toolTip = tr("%1 (%2)", "tooltip, shortcut")
                      .arg(toolTip, action->shortcut().toString(QKeySequence::NativeText));
    m_bindings.push_back({verb, action, toolTip});
    if (run)
        connect(action, &QAction::triggered, this, run);
}

void WorkerActions::addSignals()
{
    for (const int number : offeredSignals) {
        const QString name = signalName(number);
        QAction *action =
            m_ui->menuSignal->addAction(tr("%1 (%2)", "signal name, number").arg(name).arg(number));
        action->setObjectName(u"actionSignal" + name.mid(3));
        connect(action, &QAction::triggered, this, [this, number] {
            m_supervisor->sendSignal(selectedIn([](State state) { return isAlive(state); }), number);
        });
    }
    bind(Verb::Signal, m_ui->menuSignal->menuAction(), nullptr);
}

Situation WorkerActions::situation() const
{
    Situation situation;
    situation.rosterOpen = m_supervisor->roster().isOpen();
    situation.failed = m_counts->count(StateGroup::Failed);
    for (const State state : allStates)
        situation.all[size_t(state)] = m_counts->count(state);
    for (const WorkerId id : m_selection) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (!status)
            continue;
        ++situation.selected[size_t(status->state)];
        if (status->keeperGone && (status->state == State::Running || status->state == State::Paused))
            ++situation.unkept;
    }
    return situation;
}

void WorkerActions::update()
{
    const Situation now = situation();
    for (const Binding &binding : m_bindings) {
        const QString reason = obstacle(binding.verb, now);
        binding.action->setEnabled(reason.isEmpty());
        binding.action->setToolTip(reason.isEmpty() ? binding.toolTip : binding.toolTip + u'\n' + reason);
    }
    const bool resume = pauseMeansResume(now);
    m_ui->actionPause->setText(resume ? tr("Res&ume") : tr("&Pause"));
    m_ui->actionPause->setIcon(actionIcon(resume ? QStringLiteral("resume") : QStringLiteral("pause")));
    showKillInToolBar(onlyKillIsLeft(now));
}

/// While what is selected is ending, the button that terminated it kills.
void WorkerActions::showKillInToolBar(bool kill)
{
    if (kill == m_killInToolBar)
        return;
    m_killInToolBar = kill;
    QAction *before = kill ? m_ui->actionTerminate : m_ui->actionKill;
    QAction *after = kill ? m_ui->actionKill : m_ui->actionTerminate;
    const QWidget *button = m_ui->mainToolBar->widgetForAction(before);
    const bool focused = button && button->hasFocus();
    m_ui->mainToolBar->insertAction(before, after);
    m_ui->mainToolBar->removeAction(before);
    if (QWidget *shown = m_ui->mainToolBar->widgetForAction(after); shown && focused)
        shown->setFocus();
}

QList<WorkerId> WorkerActions::selectedIn(const std::function<bool(State)> &wanted) const
{
    QList<WorkerId> ids;
    for (const WorkerId id : m_selection) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (status && wanted(status->state))
            ids.append(id);
    }
    return ids;
}

QList<WorkerId> WorkerActions::allWhere(const std::function<bool(const WorkerStatus &)> &wanted) const
{
    QList<WorkerId> ids;
    for (const Roster::Entry &entry : m_supervisor->roster().entries()) {
        const WorkerStatus *status = m_supervisor->status(entry.id);
        if (status && wanted(*status))
            ids.append(entry.id);
    }
    return ids;
}

QList<Victim> WorkerActions::victims(const QList<WorkerId> &ids) const
{
    QList<Victim> all;
    for (const WorkerId id : ids) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (!status)
            continue;
        Victim victim{*status, std::nullopt};
        if (const WorkerSample *sample = m_sampleOf ? m_sampleOf(id) : nullptr)
            victim.sample = *sample;
        all.append(victim);
    }
    return all;
}

QStringList WorkerActions::knownGroups() const
{
    QSet<QString> groups;
    for (const Roster::Entry &entry : m_supervisor->roster().entries()) {
        if (!entry.spec->group.isEmpty())
            groups.insert(entry.spec->group);
    }
    QStringList sorted(groups.cbegin(), groups.cend());
    sorted.sort(Qt::CaseInsensitive);
    return sorted;
}

void WorkerActions::add()
{
    auto *dialog = new WorkerDialog(*m_settings, m_supervisor->roster().names(), m_window);
    dialog->setStandardDirectory(workingDirectory());
    dialog->setKnownGroups(knownGroups());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &WorkerDialog::added, this, &WorkerActions::addWorkers);
    dialog->open();
}

void WorkerActions::start()
{
    m_supervisor->start(selectedIn([](State state) { return next(state, Event::Start).has_value(); }));
}

void WorkerActions::restart()
{
    askToEnd(Ending::Restart,
             selectedIn([](State state) { return isAlive(state) || state == State::Ended; }));
}

void WorkerActions::pauseOrResume()
{
    if (pauseMeansResume(situation()))
        m_supervisor->resume(m_selection);
    else
        m_supervisor->pause(m_selection);
}

void WorkerActions::terminateSelected()
{
    terminate(m_selection);
}

void WorkerActions::kill()
{
    const QList<WorkerId> alive = selectedIn([](State state) { return isAlive(state); });
    // Who is asked to end already had the question.
    if (onlyKillIsLeft(situation()))
        end(Ending::Kill, alive);
    else
        askToEnd(Ending::Kill, alive);
}

void WorkerActions::edit()
{
    const WorkerStatus *status =
        m_selection.size() == 1 ? m_supervisor->status(m_selection.first()) : nullptr;
    if (!status)
        return;
    QStringList others = m_supervisor->roster().names();
    others.removeOne(status->spec->name);
    auto *dialog = new WorkerDialog(*status->spec, *m_settings, others, m_window);
    dialog->setKnownGroups(knownGroups());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &WorkerDialog::added, this, [this, id = status->id](const QList<WorkerSpec> &specs) {
        const WorkerStatus *now = m_supervisor->status(id);
        if (!now || specs.isEmpty() || *now->spec == specs.first())
            return;
        const bool alive = isAlive(now->state);
        m_undoStack.push(new EditWorker(id, *now->spec, specs.first(), m_supervisor));
        const QString name = specs.first().name;
        Q_EMIT undoOffered(alive ? tr("%1 was changed; what runs goes on as it was started.").arg(name)
                                 : tr("%1 was changed.").arg(name));
    });
    dialog->open();
}

void WorkerActions::duplicate()
{
    QList<WorkerSpec> specs;
    for (const WorkerId id : std::as_const(m_selection)) {
        if (const WorkerStatus *status = m_supervisor->status(id))
            specs.append(*status->spec);
    }
    addWorkers(specs, false);
}

void WorkerActions::remove()
{
    const QList<WorkerId> alive = selectedIn([](State state) { return isAlive(state); });
    if (alive.isEmpty())
        pushRemoval(m_selection);
    else
        askToRemove(m_selection, alive);
}

void WorkerActions::restartFailed()
{
    m_supervisor->start(
        allWhere([](const WorkerStatus &status) { return hasEnded(status) && isFailure(status.outcome); }));
}

void WorkerActions::join()
{
    const QList<WorkerId> active =
        allWhere([](const WorkerStatus &status) { return isActive(status.state); });
    const QList<WorkerId> everybody = allWhere([](const WorkerStatus &) { return true; });
    auto *dialog = new JoinDialog(active.isEmpty() ? everybody : active, m_selection, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { Q_EMIT joinRequested(dialog->spec()); });
    dialog->open();
}

void WorkerActions::terminateAll()
{
    terminate(m_supervisor->alive());
}

void WorkerActions::killAll()
{
    askToEnd(Ending::Kill, m_supervisor->alive());
}

void WorkerActions::clearFinished()
{
    pushRemoval(allWhere(hasEnded));
}

void WorkerActions::end(Ending how, const QList<WorkerId> &ids)
{
    switch (how) {
    case Ending::Terminate:
        m_supervisor->stop(ids);
        break;
    case Ending::Restart:
        m_supervisor->restart(ids);
        break;
    case Ending::Kill:
        m_supervisor->kill(ids);
        break;
    }
}

void WorkerActions::askToEnd(Ending how, const QList<WorkerId> &ids)
{
    QList<WorkerId> met;
    for (const WorkerId id : ids) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (status && isAlive(status->state) && (how == Ending::Kill || status->state != State::Stopping))
            met.append(id);
    }
    const int count = int(met.size());
    const bool kill = how == Ending::Kill;
    if (count == 0 || (!kill && (count == 1 || !m_settings->confirmTerminateMany()))) {
        end(how, ids);
        return;
    }
    auto *dialog = new ConfirmDialog(endQuestion(how, victims(met), bootNow()), m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, how, ids](bool dontAskAgain) {
        if (dontAskAgain)
            m_settings->setConfirmTerminateMany(false);
        end(how, ids);
    });
    dialog->open();
}

void WorkerActions::askToRemove(const QList<WorkerId> &ids, const QList<WorkerId> &alive)
{
    const int count = int(alive.size());
    ConfirmRequest request;
    request.title = tr("Terminate and Remove?");
    const QString running = tr("%n worker(s) still running.", nullptr, count);
    const QString plan = ids.size() == 1 ? tr("It is asked to exit; its row is removed when that is done.")
                         : count == 1    ? tr("It is asked to exit; the rows are removed when that is done.")
                                      : tr("They are asked to exit; the rows are removed when that is done.");
    request.text = tr("%1 %2", "two sentences").arg(running, plan);
    request.items = victimLines(victims(alive), bootNow());
    request.verb = tr("&Terminate and Remove");
    auto *dialog = new ConfirmDialog(request, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, ids] {
        m_removeWhenEnded = ids;
        m_supervisor->stop(ids);
        removeEnded();
    });
    dialog->open();
}

void WorkerActions::pushRemoval(const QList<WorkerId> &ids)
{
    if (ids.isEmpty())
        return;
    const int count = int(ids.size());
    const WorkerStatus *status = count == 1 ? m_supervisor->status(ids.first()) : nullptr;
    const QString text =
        status ? tr("%1 removed.").arg(status->spec->name) : tr("%n worker(s) removed.", nullptr, count);
    m_undoStack.push(new RemoveWorkers(ids, m_supervisor));
    Q_EMIT undoOffered(text);
}

void WorkerActions::removeEnded()
{
    for (const WorkerId id : std::as_const(m_removeWhenEnded)) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (status && isAlive(status->state))
            return;
    }
    pushRemoval(std::exchange(m_removeWhenEnded, {}));
}

} // namespace procession
