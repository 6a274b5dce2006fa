// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QMetaType>
#include <QString>

namespace procession {

/// One line of the story: what happened, to whom, when.
struct ActivityEntry
{
    enum class Kind { Info, Started, Ended, Failed, Asked };

    qint64 timeMs = 0;   ///< wall clock, ms since epoch
    Kind kind = Kind::Info;
    WorkerId worker{};   ///< 0: about the roster
    QString text;        ///< one sentence without the time, e.g. "Process-1 ended, exit code 0, 3.0 s"
};

} // namespace procession

Q_DECLARE_METATYPE(procession::ActivityEntry)
