// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QPair>
#include <QString>
#include <QThread>

namespace procession {

/// One start to be carried out.
struct LaunchRequest
{
    QString runId;
    QString runDirectory;
    QByteArray spec;                        ///< contents of the spec file
    QList<QPair<QString, QString>> secrets; ///< variables that go by the launcher's environment, never to disk
};

/// Starts keepers (by QProcess) and sends them commands, in a thread of its own: QProcess::start takes up to a
/// millisecond of its thread. Calls are posted and return at once; they are carried out in order. GUI thread.
class Launcher final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Launcher)

public:
    explicit Launcher(const QString &keeperProgram, QObject *parent = nullptr);
    /// Waits for the starts under way: a launcher lives for milliseconds.
    ~Launcher() override;

    void launch(const LaunchRequest &request);
    void send(const QString &runDirectory, rundir::Verb verb, int argument = 0);

Q_SIGNALS:
    /// The launching QProcess of these runs ended: whatever became of them stands in their directories.
    void launched(const QStringList &runIds);
    /// No keeper could be started for this run; `reason` is for a person to read.
    void launchFailed(const QString &runId, const QString &reason);
    /// Nobody listens on this run's control socket any more.
    void unreachable(const QString &runDirectory);

private:
    class Thread;
    QThread m_thread;
    Thread *m_worker;
};

} // namespace procession
