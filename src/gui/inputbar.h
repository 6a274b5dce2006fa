// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QHash>
#include <QStringList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace procession {

/// The row below a worker's output in which a line is typed to it: Return sends it, Up and Down bring back
/// earlier ones. What was begun for one worker is not sent to another: each has its own unfinished line. GUI
/// thread.
class InputBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InputBar)

public:
    /// Earlier lines, of all workers together, and unfinished ones.
    static constexpr int mostLines = 100;

    explicit InputBar(QWidget *parent = nullptr);

    /// For whom a line is typed now. A terminal takes Ctrl+C, and Ctrl+D in an empty line, as terminals do.
    void setWorker(WorkerId worker, bool terminal);
    /// How many bytes this worker has not read yet; of any worker.
    void setWaiting(WorkerId worker, qint64 bytes);

Q_SIGNALS:
    void inputRequested(const QByteArray &bytes);
    void endRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void send();
    void interrupt();
    void recall(int step);
    void showWaiting();

    QLineEdit *m_edit;
    QLabel *m_waitingLabel;
    QToolButton *m_interruptButton;
    WorkerId m_worker{};
    bool m_terminal = false;
    QStringList m_earlier;    ///< the oldest first
    qsizetype m_recalled = 0; ///< which of them is in the line; one past the last: none
    QString m_unsent;         ///< what was in the line before one was recalled
    QHash<WorkerId, QString> m_unfinished;
    QHash<WorkerId, qint64> m_waiting; ///< only what is not 0
};

} // namespace procession
