// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"

#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace procession {

/// What `procession run` was asked to do.
struct RunOptions
{
    QString file;        ///< the project file; empty: run `command`
    QStringList workers; ///< of the file; empty: all that are not disabled
    QStringList command; ///< argument vector
    std::chrono::milliseconds interval{1000};
    std::optional<std::chrono::milliseconds> timeout;
    JoinSpec::Condition until = JoinSpec::Condition::All;
    int untilCount = 1; ///< for Condition::Count
    int slots = 0;      ///< workers alive at once; 0: no limit
    bool leave = false;
    bool dryRun = false;
    bool json = false;
    bool help = false; ///< nothing else is set then
};

/// Reads the arguments after `run`. nullopt and `*error`, for a person to read, if they make no sense.
std::optional<RunOptions> parseRunOptions(const QStringList &arguments, QString *error);

/// The text of `procession run --help`.
QString runHelp();

} // namespace procession
