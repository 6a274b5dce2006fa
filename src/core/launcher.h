// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/rundirectory.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QThread>

namespace procession {

/// Starts keepers (by QProcess) and sends them commands, in a thread of its own: QProcess::start takes up to
/// a millisecond of its thread. Calls are posted and return at once; they are carried out in order. GUI
/// thread.
class Launcher final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Launcher)

public:
    explicit Launcher(const QString &keeperProgram, QObject *parent = nullptr);
    /// Waits for the starts under way: a launcher lives for milliseconds.
    ~Launcher() override;

    /// Makes the run's directory below `runsDirectory` and starts its keeper. Values of secret variables go
    /// by the keeper's environment, never to disk.
    void launch(const QString &runsDirectory, const RunOrder &order);
    void send(const QString &runDirectory, rundir::Verb verb, int argument = 0);
    /// See RunDirectory::prune().
    void prune(const QString &runsDirectory, const QStringList &inUse, int kept);

Q_SIGNALS:
    /// The launching QProcess of these runs ended: what became of them stands in their directories, where
    /// they could be written.
    void launched(const QStringList &runIds);
    /// This run was not started; `reason` is for a person to read. Comes after launched(), if that comes.
    void launchFailed(const QString &runId, const QString &reason);
    /// Nobody listens on this run's control socket any more.
    void unreachable(const QString &runDirectory);

private:
    class Hand;

    QThread m_thread;
    Hand *m_hand; // lives in m_thread
};

} // namespace procession
