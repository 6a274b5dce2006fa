// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"
#include "keeper/rundir.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

namespace procession {

/// What a run's directory says about the run, as one read found it.
struct RunFacts
{
    enum class Keeper { Unknown, Alive, Gone };

    rundir::StateSlot slot{}; ///< phase None: no keeper has written yet
    Keeper keeper = Keeper::Unknown;
    bool sameBoot = true; ///< written during this boot
};

/// What a run is started with, besides its worker's spec.
struct RunOrder
{
    QString runId;
    QString rosterId;
    WorkerId worker{};
    std::shared_ptr<const WorkerSpec> spec;
    QString bellPath;
    qint64 outputLimit = 0; ///< bytes
    qint64 fileLimit = 0;   ///< soft RLIMIT_NOFILE the worker gets; 0: the launcher's
};

/// The `spec` file's bytes. Values of secret variables are left out: they travel in the environment.
QByteArray specBytes(const RunOrder &order);

/// One run's directory, seen from the window. All calls are short file operations and may be made on any
/// thread; none waits for the keeper.
class RunDirectory final
{
public:
    explicit RunDirectory(const QString &path);

    QString path() const { return m_path; }

    /// A new run id: sorts by time, unique on this machine.
    static QString newId();

    /// Claims the directory (mkdir) and writes the spec. Returns why it failed, for a person to read.
    QString create(const QByteArray &spec) const;

    /// Removes the oldest ended runs below `runsDirectory` until at most `kept` are left; those of `inUse`
    /// and those a keeper holds stay. Takes its time: not for the GUI thread.
    static void prune(const QString &runsDirectory, const QStringList &inUse, int kept);

    /// The newest valid state slot; nullopt if there is none (never started, or damaged).
    std::optional<rundir::StateSlot> readState() const;

    /// readState() plus whether a keeper still holds the run. Used once per run when a roster is opened and
    /// when a keeper seems to be gone.
    RunFacts inspect() const;

    /// Sees to it that a run no keeper has said a word of cannot start any more. False if one has, or is
    /// about to.
    bool revoke() const;
    /// True of a state that revoke() left.
    static bool isRevoked(const rundir::StateSlot &slot);

    /// Sends one command to the keeper without waiting. False if no keeper listens.
    bool send(rundir::Verb verb, int argument = 0) const;

private:
    QString m_path;
};

/// A failed start as a person reads it: "`pyhton3` was not found in PATH. Check the spelling or set a full
/// path."
QString startProblem(const rundir::StateSlot &slot, const WorkerSpec &spec);

} // namespace procession
