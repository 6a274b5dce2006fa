// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QToolButton;
class QPushButton;

namespace procession {

class Supervisor;

/// One join in the JoinBar, from its start to the person's closing it.
class JoinRow final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JoinRow)

public:
    JoinRow(const JoinSpec &spec, Supervisor *supervisor, QWidget *parent = nullptr);

    /// To be called once, when the signals are connected: the join may end at once.
    void start();
    bool isEnded() const { return m_join.isFinished(); }

Q_SIGNALS:
    void showFailedRequested();
    void terminateRequested(const QList<procession::WorkerId> &ids);
    void ended(const procession::JoinResult &result, const QString &text);
    /// The row is not wanted any more.
    void closed();

protected:
    void changeEvent(QEvent *event) override;

private:
    JoinProgress current() const;
    QString names(const QList<WorkerId> &ids) const;
    QList<WorkerId> endedWorkers() const;
    QString waitingText(const JoinProgress &progress) const;
    QString metText(const JoinResult &result) const;
    QString endText(const JoinResult &result) const;
    QString whoText(const JoinProgress &progress) const;
    QString outcomesText(const JoinProgress &progress) const;
    void finish(const JoinResult &result);
    void refresh();
    void refreshIcon();

    Supervisor *m_supervisor;
    Join m_join;
    JoinResult m_result;
    bool m_immediate = true; ///< start() has not returned yet
    QTimer m_clock;
    QLabel *m_icon;
    QLabel *m_text;
    QLabel *m_who;
    QPushButton *m_showFailed;
    QPushButton *m_terminate;
    QPushButton *m_cancel;
    QToolButton *m_close;
};

} // namespace procession
