// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace procession {

/// Where Procession keeps its files. A value, so that tests pass their own.
struct Paths
{
    QString stateDirectory; ///< $XDG_STATE_HOME/procession
    QString configFile;     ///< $XDG_CONFIG_HOME/procession/procession.conf
    QString keeperProgram;  ///< absolute path of procession-keeper

    /// From the environment and the place of the running program (the keeper stands beside it).
    static Paths standard();

    QString runsDirectory() const;
    QString rosterDirectory(const QString &rosterId) const;

    /// Creates the directories (0700). Returns why it failed, for a person to read, or an empty string.
    QString create() const;
};

} // namespace procession
