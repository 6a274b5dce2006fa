// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"
#include "gui/actionrules.h"
#include "gui/endquestion.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QUndoStack>

#include <functional>
#include <vector>

class QAction;
class QToolBar;
class QWidget;

namespace procession {

class Settings;
class StateCounts;
class Supervisor;

namespace Ui {
class MainWindow;
}

/// The verbs of the window: carries them out on the selected workers (or all), asks first where that is due,
/// and keeps their actions enabled exactly while they can do something.
class WorkerActions final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkerActions)

public:
    /// `ui` holds the actions; `window` is the parent of the dialogs.
    WorkerActions(Ui::MainWindow *ui, Supervisor *supervisor, Settings *settings, const StateCounts *counts,
                  QWidget *window);
    ~WorkerActions() override;

    /// Where the last sample of a worker is to be had; null for none.
    void setSamples(const std::function<const WorkerSample *(WorkerId)> &sampleOf) { m_sampleOf = sampleOf; }
    void setSelection(const QList<WorkerId> &ids);
    /// To be told of every delta, after the counts took it.
    void apply(const RosterDelta &delta);
    /// Another roster is open: what could be undone was of the old one.
    void rosterOpened();

    /// Adds workers as one step that can be undone; returns their ids.
    QList<WorkerId> addWorkers(const QList<WorkerSpec> &specs, bool startNow);
    void startAll();
    /// Asks if there are several, then terminates them.
    void terminate(const QList<WorkerId> &ids);
    QUndoStack *undoStack() { return &m_undoStack; }
    void undo();
    void redo();

Q_SIGNALS:
    void added(const QList<procession::WorkerId> &ids);
    void joinRequested(const procession::JoinSpec &spec);
    /// Something was done that the message bar offers to undo.
    void undoOffered(const QString &text);
    /// What was asked for cannot be done, and why.
    void refused(const QString &text);

private:
    struct Binding
    {
        Verb verb;
        QAction *action;
        QString toolTip;
    };
    void bind(Verb verb, QAction *action, void (WorkerActions::*run)());
    void addSignals();
    QStringList knownGroups() const;
    /// Of a new worker that names none: the project file's folder, or where the window stands.
    QString workingDirectory() const;
    Situation situation() const;
    void update();
    void showKillInToolBar(bool kill);
    QList<WorkerId> selectedIn(const std::function<bool(State)> &wanted) const;
    QList<WorkerId> allWhere(const std::function<bool(const WorkerStatus &)> &wanted) const;
    QList<Victim> victims(const QList<WorkerId> &ids) const;

    void add();
    void start();
    void restart();
    void pauseOrResume();
    void terminateSelected();
    void kill();
    void edit();
    void duplicate();
    void remove();
    void restartFailed();
    void join();
    void terminateAll();
    void killAll();
    void clearFinished();

    void end(Ending how, const QList<WorkerId> &ids);
    void askToEnd(Ending how, const QList<WorkerId> &ids);
    void askToRemove(const QList<WorkerId> &ids, const QList<WorkerId> &alive);
    void pushRemoval(const QList<WorkerId> &ids);
    void removeEnded();

    Ui::MainWindow *m_ui;
    Supervisor *m_supervisor;
    Settings *m_settings;
    const StateCounts *m_counts;
    QWidget *m_window;
    std::function<const WorkerSample *(WorkerId)> m_sampleOf;
    QUndoStack m_undoStack;
    std::vector<Binding> m_bindings;
    QList<WorkerId> m_selection;
    QList<WorkerId> m_removeWhenEnded;
    bool m_killInToolBar = false;
};

} // namespace procession
