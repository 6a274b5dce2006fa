// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>

class QWidget;

namespace procession {

class ConfirmDialog;
class MessageBar;
class Supervisor;

/// Stands between the person and leaving a roster whose workers run: terminate them first, leave them
/// running, or stay.
class LeaveGuard final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LeaveGuard)

public:
    LeaveGuard(Supervisor *supervisor, MessageBar *messageBar, QWidget *window);

    /// Calls `leave` when nothing is in the way any more: at once if nothing runs. `verb` names what is asked
    /// for
    /// ("Quit", "Open").
    void ask(const QString &verb, const std::function<void()> &leave);
    /// To be called when the states of workers changed.
    void check();

private:
    void terminateFirst();
    void stay();
    QStringList survivors() const;

    Supervisor *m_supervisor;
    MessageBar *m_messageBar;
    QWidget *m_window;
    QPointer<ConfirmDialog> m_dialog;
    std::function<void()> m_leave;
    QString m_verb;
    QList<WorkerId> m_victims; ///< whose end is waited for
    bool m_waiting = false;
};

} // namespace procession
