// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QObject>

#include <atomic>
#include <memory>

class QThread;
class QWidget;

namespace procession {

/// Saves the whole output of workers where the person says: of one to a file, of several each to a file of
/// its own in a folder. In a thread of its own, one saving at a time. GUI thread.
class OutputSaver final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputSaver)

public:
    explicit OutputSaver(QWidget *parent);
    ~OutputSaver() override;

    /// Asks for the place. Workers that never ran are left out.
    void save(const QList<WorkerStatus> &workers);
    bool isBusy() const { return m_thread != nullptr; }

Q_SIGNALS:
    /// How it goes, for a person.
    void said(const QString &text, const QString &toolTip);
    void busyChanged();

private:
    struct Job
    {
        QString directory;
        QString file;
    };

    void run(const QList<Job> &jobs, const QString &place);
    void finish(const QString &place, const QString &problem);

    QWidget *const m_window;
    std::unique_ptr<QThread> m_thread;
    std::atomic_bool m_cancelled = false;
};

} // namespace procession
