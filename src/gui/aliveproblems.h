// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QCoreApplication>
#include <QHash>
#include <QString>

namespace procession {

/// What is wrong with workers that are alive, of all of them in one message: one cause, such as a full disk,
/// often meets many at once.
class AliveProblems final
{
    Q_DECLARE_TR_FUNCTIONS(procession::AliveProblems)

public:
    enum class Change { None, Less, More }; ///< More: there is something the person has not been told

    Change apply(const RosterDelta &delta);
    /// "big: The disk is full…", a line for each problem; empty if there is none.
    QString text() const;

private:
    struct Trouble
    {
        QString worker;
        QString problem;
    };

    Change set(const WorkerStatus &status);

    QHash<WorkerId, Trouble> m_troubles;
};

} // namespace procession
