// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/statecounts.h"

#include <QCoreApplication>

namespace procession {
namespace {

StateGroup groupOfOutcome(const Outcome outcome)
{
    if (isFailure(outcome))
        return StateGroup::Failed;
    switch (outcome) {
    case Outcome::Succeeded:
        return StateGroup::Succeeded;
    case Outcome::Stopped:
    case Outcome::Killed:
        return StateGroup::Stopped;
    default:
        return StateGroup::Other;
    }
}

template <typename Enum>
std::size_t indexOf(const Enum value)
{
    return static_cast<std::size_t>(value);
}

} // namespace

StateGroup stateGroupOf(const State state, const Outcome outcome)
{
    if (isActive(state))
        return StateGroup::Active;
    switch (state) {
    case State::NotStarted:
        return StateGroup::NotStarted;
    case State::Ended:
        return groupOfOutcome(outcome);
    default:
        return StateGroup::Other;
    }
}

QString stateGroupTitle(const StateGroup group)
{
    switch (group) {
    case StateGroup::All:
        return StateCounts::tr("All");
    case StateGroup::Active:
        return StateCounts::tr("Active");
    case StateGroup::Failed:
        return StateCounts::tr("Failed");
    case StateGroup::Succeeded:
        return StateCounts::tr("Succeeded");
    case StateGroup::Stopped:
        return StateCounts::tr("Stopped");
    case StateGroup::NotStarted:
        return StateCounts::tr("Not started");
    case StateGroup::Other:
        return StateCounts::tr("Interrupted, lost");
    }
    return {};
}

StateCounts::StateCounts(QObject *parent)
    : QObject(parent)
{
}

void StateCounts::apply(const RosterDelta &delta)
{
    bool any = false;
    for (const WorkerId id : delta.removed) {
        if (const auto known = m_known.constFind(id); known != m_known.constEnd()) {
            add(*known, -1);
            m_known.erase(known);
            any = true;
        }
    }
    const auto set = [this, &any](const WorkerStatus &status, const bool mayBeNew) {
        const Known now{status.state, status.outcome, status.spec->group};
        const auto known = m_known.find(status.id);
        if (known == m_known.end()) {
            if (!mayBeNew)
                return;
            m_known.insert(status.id, now);
        } else {
            if (known->state == now.state && known->outcome == now.outcome && known->group == now.group)
                return;
            add(*known, -1);
            *known = now;
        }
        add(now, +1);
        any = true;
    };
    for (const RosterDelta::Insertion &insertion : delta.inserted)
        set(insertion.status, true);
    for (const WorkerStatus &status : delta.changed)
        set(status, false);
    if (any)
        Q_EMIT changed();
}

int StateCounts::count(const StateGroup group) const
{
    return m_byGroup[indexOf(group)];
}

int StateCounts::count(const State state) const
{
    return m_byState[indexOf(state)];
}

void StateCounts::add(const Known &known, const int by)
{
    m_byGroup[indexOf(StateGroup::All)] += by;
    m_byGroup[indexOf(stateGroupOf(known.state, known.outcome))] += by;
    m_byState[indexOf(known.state)] += by;
    if (known.group.isEmpty())
        return;
    const auto group = m_groups.find(known.group);
    if (group == m_groups.end())
        m_groups.insert(known.group, by);
    else if ((*group += by) == 0)
        m_groups.erase(group);
}

} // namespace procession
