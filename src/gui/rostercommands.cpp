// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/rostercommands.h"

#include <QCoreApplication>

namespace procession {

namespace {

class Texts
{
    Q_DECLARE_TR_FUNCTIONS(RosterCommand)
};

} // namespace

RosterCommand::RosterCommand(const QString &text, Supervisor *supervisor)
    : QUndoCommand(text)
    , m_supervisor(supervisor)
{
}

QString RosterCommand::aliveObstacle(const QList<WorkerId> &ids) const
{
    for (const WorkerId id : ids) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (status && isAlive(status->state))
            return Texts::tr("%1 is still running. Terminate it first.").arg(status->spec->name);
    }
    return {};
}

AddWorkers::AddWorkers(const QList<WorkerSpec> &specs, Supervisor *supervisor)
    : RosterCommand(specs.size() == 1 ? Texts::tr("Add %1").arg(specs.first().name)
                                      : Texts::tr("Add %n Worker(s)", nullptr, int(specs.size())),
                    supervisor)
    , m_specs(specs)
{
}

void AddWorkers::redo()
{
    if (m_ids.isEmpty()) {
        for (const WorkerSpec &spec : std::as_const(m_specs))
            m_ids.append(m_supervisor->add(spec));
    } else {
        m_supervisor->restore(m_removed);
    }
}

void AddWorkers::undo()
{
    m_removed = m_supervisor->remove(m_ids);
}

RemoveWorkers::RemoveWorkers(const QList<WorkerId> &ids, Supervisor *supervisor)
    : RosterCommand(Texts::tr("Remove %n Worker(s)", nullptr, int(ids.size())), supervisor)
    , m_ids(ids)
{
}

void RemoveWorkers::redo()
{
    m_removed = m_supervisor->remove(m_ids);
}

void RemoveWorkers::undo()
{
    m_supervisor->restore(m_removed);
}

EditWorker::EditWorker(WorkerId id, const WorkerSpec &before, const WorkerSpec &after, Supervisor *supervisor)
    : RosterCommand(Texts::tr("Edit %1").arg(after.name), supervisor)
    , m_id(id)
    , m_before(before)
    , m_after(after)
{
}

void EditWorker::redo()
{
    m_supervisor->edit(m_id, m_after);
}

void EditWorker::undo()
{
    m_supervisor->edit(m_id, m_before);
}

} // namespace procession
