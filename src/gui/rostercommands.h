// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor.h"

#include <QUndoCommand>

namespace procession {

/// A change of the roster that can be undone. What runs is never touched by undoing: see the obstacles.
class RosterCommand : public QUndoCommand
{
    Q_DISABLE_COPY_MOVE(RosterCommand)

public:
    /// Why this cannot be undone (or done again) now, for a person to read; empty if it can.
    virtual QString undoObstacle() const { return {}; }
    virtual QString redoObstacle() const { return {}; }

protected:
    RosterCommand(const QString &text, Supervisor *supervisor);

    QString aliveObstacle(const QList<WorkerId> &ids) const;

    Supervisor *const m_supervisor;
};

class AddWorkers final : public RosterCommand
{
    Q_DISABLE_COPY_MOVE(AddWorkers)

public:
    AddWorkers(const QList<WorkerSpec> &specs, Supervisor *supervisor);

    /// Known once it is done.
    QList<WorkerId> ids() const { return m_ids; }
    QString undoObstacle() const override { return aliveObstacle(m_ids); }
    void redo() override;
    void undo() override;

private:
    QList<WorkerSpec> m_specs;
    QList<WorkerId> m_ids;
    QList<Supervisor::Removed> m_removed;
};

class RemoveWorkers final : public RosterCommand
{
    Q_DISABLE_COPY_MOVE(RemoveWorkers)

public:
    RemoveWorkers(const QList<WorkerId> &ids, Supervisor *supervisor);

    QString redoObstacle() const override { return aliveObstacle(m_ids); }
    void redo() override;
    void undo() override;

private:
    QList<WorkerId> m_ids;
    QList<Supervisor::Removed> m_removed;
};

class EditWorker final : public RosterCommand
{
    Q_DISABLE_COPY_MOVE(EditWorker)

public:
    EditWorker(WorkerId id, const WorkerSpec &before, const WorkerSpec &after, Supervisor *supervisor);

    void redo() override;
    void undo() override;

private:
    WorkerId m_id;
    WorkerSpec m_before;
    WorkerSpec m_after;
};

} // namespace procession
