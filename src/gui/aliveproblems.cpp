// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/aliveproblems.h"

#include "model/workertext.h"

#include <QMap>
#include <QStringList>

#include <algorithm>

namespace procession {

namespace {

// More than these nobody reads in a bar; the rows say it too.
constexpr qsizetype mostProblems = 3;
constexpr qsizetype mostNames = 3;

} // namespace

AliveProblems::Change AliveProblems::apply(const RosterDelta &delta)
{
    Change change = Change::None;
    for (const WorkerId id : delta.removed) {
        if (m_troubles.remove(id))
            change = Change::Less;
    }
    for (const RosterDelta::Insertion &insertion : delta.inserted)
        change = std::max(change, set(insertion.status));
    for (const WorkerStatus &status : delta.changed)
        change = std::max(change, set(status));
    return change;
}

AliveProblems::Change AliveProblems::set(const WorkerStatus &status)
{
    const QString problem = problemText(status);
    if (problem.isEmpty())
        return m_troubles.remove(status.id) ? Change::Less : Change::None;
    Trouble &trouble = m_troubles[status.id];
    const bool same = trouble.problem == problem;
    trouble = {status.spec->name, problem};
    return same ? Change::None : Change::More;
}

QString AliveProblems::text() const
{
    QMap<QString, QStringList> namesOf; // in an order that stays
    for (const Trouble &trouble : m_troubles)
        namesOf[trouble.problem].append(trouble.worker);
    QStringList lines;
    for (auto problem = namesOf.begin(); problem != namesOf.end(); ++problem) {
        if (lines.size() == mostProblems) {
            lines.append(tr("Other workers have other problems; their rows say which."));
            break;
        }
        QStringList &names = problem.value();
        names.sort();
        QString who = names.first(std::min(names.size(), mostNames)).join(QStringLiteral(", "));
        if (names.size() > mostNames)
            who = tr("%1 and %2 more", "names of workers").arg(who).arg(names.size() - mostNames);
        lines.append(tr("%1: %2", "names of workers, their problem").arg(who, problem.key()));
    }
    return lines.join(u'\n');
}

} // namespace procession
