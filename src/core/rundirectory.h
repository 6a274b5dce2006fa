// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runorder.h"
#include "core/starttext.h"
#include "keeper/rundir.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace procession {

/// What a run's directory says about the run, as one read found it.
struct RunFacts
{
    enum class Keeper { Unknown, Alive, Gone };
    enum class Record {
        None,       ///< no keeper has written yet
        Whole,      ///< `slot` is what it wrote last
        Damaged,    ///< it has, but nothing of it can be read
        Newer,      ///< written whole, in the format of a newer version
        Foreign,    ///< not this user's own folder and file: nothing of it counts
        Unreadable, ///< not now (no descriptor free, rights taken away ...): says nothing, is to be asked
                    ///< again
    };

    Record record = Record::None;
    rundir::StateSlot slot{}; ///< phase None unless the record is Whole
    Keeper keeper = Keeper::Unknown;
    bool sameBoot = true; ///< written during this boot
};

/// One run's directory, seen from the window. All calls are short file operations and may be made on any
/// thread; none waits for anybody, whatever lies there in a state file's place.
class RunDirectory final
{
public:
    explicit RunDirectory(const QString &path);

    QString path() const { return m_path; }

    /// A new run id: sorts by time, unique on this machine.
    static QString newId();

    /// True of a name that newId() could have made: no path, no line break.
    static bool isId(const QString &name);

    /// Claims the directory (mkdir) and writes the spec; leaves nothing behind where it fails. Returns why,
    /// for a person to read, and the errno in `*error`.
    QString create(const QByteArray &spec, int *error = nullptr) const;

    /// The newest valid state slot; nullopt if there is none (never started, damaged, newer, not this
    /// user's).
    std::optional<rundir::StateSlot> readState() const;

    /// The same with the reason where there is none, and whether a keeper still holds the run. Used once per
    /// run when a roster is opened and when a keeper seems to be gone.
    RunFacts inspect() const;

    enum class Revocation {
        Revoked, ///< nothing of the run has begun or ever will
        Refused, ///< a keeper has it, or had it
        Unknown, ///< it cannot be told now; to be asked again
    };
    /// Sees to it that a run no keeper has said a word of cannot start any more. Where the disk has no room
    /// for that to be recorded, what a keeper needs is removed.
    Revocation revoke() const;
    /// True of a state that revoke() left.
    static bool isRevoked(const rundir::StateSlot &slot);

private:
    QString m_path;
};

} // namespace procession
