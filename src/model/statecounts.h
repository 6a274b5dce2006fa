// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QHash>
#include <QMap>
#include <QObject>

#include <array>

namespace procession {

/// How the side bar sorts workers: each is in All and in exactly one of the others.
enum class StateGroup { All, Active, Failed, Succeeded, Stopped, NotStarted, Other };
inline constexpr int stateGroupCount = 7;

/// Failed: calls for attention. Stopped: Stopped and Killed. Other: Interrupted, Lost, Skipped.
StateGroup stateGroupOf(State state, Outcome outcome);
/// "All", "Active", "Failed" ...
QString stateGroupTitle(StateGroup group);

/// Live counts by state, state group and worker group, kept by deltas in time proportional to the change. GUI
/// thread.
class StateCounts final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StateCounts)

public:
    explicit StateCounts(QObject *parent = nullptr);

    void apply(const RosterDelta &delta);

    int count(StateGroup group) const;
    int count(State state) const;
    QMap<QString, int> groups() const { return m_groups; } ///< worker groups and their sizes

Q_SIGNALS:
    /// Some count is another one now; once per apply().
    void changed();

private:
    struct Known
    {
        State state;
        Outcome outcome;
        QString group;
    };
    void add(const Known &known, int by);

    QHash<WorkerId, Known> m_known;
    std::array<int, stateGroupCount> m_byGroup{};
    std::array<int, allStates.size()> m_byState{};
    QMap<QString, int> m_groups;
};

} // namespace procession
