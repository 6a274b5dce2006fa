// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QHash>
#include <QObject>
#include <QThread>

#include <map>

namespace procession {

/// What workers that failed, crashed or timed out said last of an error: read from the end of their run's
/// output in a thread, one run at a time, the newest first. It knows as much as there are such workers, and
/// reads a bounded piece of each run once. GUI thread.
class LastErrors final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LastErrors)

public:
    explicit LastErrors(QObject *parent = nullptr);
    ~LastErrors() override;

    /// Takes note of a worker's status: asks for the error of a run that failed, forgets that of another run.
    void follow(const WorkerStatus &status);
    void forget(WorkerId id);
    /// The last error line of the worker's run; empty: none, or not known yet.
    QString text(WorkerId id) const;

Q_SIGNALS:
    /// text() of this worker is no longer empty.
    void known(procession::WorkerId id);

private:
    struct Run
    {
        QString id;
        QString directory;
        QString text;
        quint64 asked = 0; ///< its key in m_waiting; 0: not there
    };

    void readNext();
    void take(WorkerId id, const QString &runId, const QString &text);

    QThread m_thread; ///< runs only once something is to be read
    QObject *m_reader;
    QHash<WorkerId, Run> m_runs;
    std::map<quint64, WorkerId> m_waiting; ///< in the order in which they were asked for
    quint64 m_asked = 0;
    bool m_reading = false;
};

} // namespace procession
