// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runorder.h"
#include "keeper/rundir.h"

#include <QHash>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <chrono>
#include <deque>

namespace procession {

/// Has keepers started, by one resident `procession-keeper --serve`, and sends them commands. Lives in the
/// launch thread, as starting a process and writing files take their time; its calls may be made from any
/// thread, return at once and are carried out in order.
///
/// Each launch() is followed by the run's own state or by one of launchFailed() and launchCancelled(). A
/// start that meets a shortage (of files, processes, memory) waits and is tried again.
class Launcher final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Launcher)

public:
    explicit Launcher(const QString &keeperProgram);
    ~Launcher() override;

    /// Makes the run's directory below `runsDirectory` and has its keeper started. Values of secret variables
    /// go by a pipe, never to disk.
    void launch(const QString &runsDirectory, const RunOrder &order);
    /// Takes back a start whose keeper has not said a word yet, asked for here or by a window that is gone;
    /// answered by launchCancelled() unless it is too late for that, or cannot be told now: ask again then.
    void cancel(const QString &runDirectory);
    void send(const QString &runDirectory, rundir::Verb verb, int argument = 0);

    /// Starts what waits, but for a shortage, and sees the resident program to its end. Waits for that; not
    /// to be called in the launch thread. No signal follows.
    void finish();

Q_SIGNALS:
    /// This run was not started, or that is not known unless `isCertain`: then its directory tells. `reason`
    /// is for a person.
    void launchFailed(const QString &runId, const QString &reason, bool isCertain);
    /// The keepers of these runs have begun: what came of it stands in their directories.
    void launched(const QStringList &runIds);
    /// It meets a shortage and is tried again; told once per run.
    void launchDelayed(const QString &runId, const QString &reason);
    /// Nothing of this run has begun or ever will.
    void launchCancelled(const QString &runId);
    /// Nobody listens on this run's control socket.
    void unreachable(const QString &runId);

private:
    struct Start
    {
        quint64 number = 0; // in the order of the calls
        QString directory;
        RunOrder order;
        bool isClaimed = false;              // its directory is made
        bool isTold = false;                 // that it waits
        std::chrono::nanoseconds begunAt{0}; // CLOCK_BOOTTIME when the keeper program was given it
    };

    void pump();
    bool begin(const Start &start);
    void delay(Start start, int error);
    void tellDelay(Start &start);
    void startProgram();
    void programEnded(const QString &reason, int shortage, bool isCertain);
    void takeReports();
    bool takeReport(const rundir::StartReport &report);
    void endGracefully();

    const QString m_keeperProgram;
    QProcess *m_program = nullptr;
    QByteArray m_reports;   // the begin of one that has not arrived whole
    QStringList m_launched; // of the reports just taken
    bool m_isSound = true;  // all of them were reports
    quint64 m_launches = 0;
    std::deque<Start> m_waiting; // by their numbers
    QHash<QString, Start> m_inFlight;
    QTimer m_retry;
    QTimer m_look; // for those in flight that are not waited for any more
    std::chrono::milliseconds m_pause;
    int m_shortage = 0;
    bool m_finishing = false;
};

} // namespace procession
