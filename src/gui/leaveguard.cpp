// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/leaveguard.h"

#include "core/bootclock.h"
#include "core/supervisor.h"
#include "gui/confirmdialog.h"
#include "gui/messagebar.h"

namespace procession {

namespace {

QString messageKey()
{
    return QStringLiteral("leaving");
}

} // namespace

LeaveGuard::LeaveGuard(Supervisor *supervisor, MessageBar *messageBar, QWidget *window)
    : QObject(window)
    , m_supervisor(supervisor)
    , m_messageBar(messageBar)
    , m_window(window)
{
}

void LeaveGuard::ask(const QString &verb, const std::function<void()> &leave)
{
    if (m_dialog)
        return; // asked already
    const QList<WorkerId> alive = m_supervisor->alive();
    if (alive.isEmpty()) {
        stay();
        leave();
        return;
    }
    const int count = int(alive.size());
    ConfirmRequest request;
    request.title = tr("%n Worker(s) Still Running", nullptr, count);
    request.text =
        count == 1 ? tr("It can go on without the window, which shows it again when it is opened next.")
                   : tr("They can go on without the window, which shows them again when it is opened next.");
    for (const WorkerId id : alive) {
        const WorkerStatus *status = m_supervisor->status(id);
        request.items.append(
            QStringLiteral("%1 · %2 · %3")
                .arg(status->spec->name)
                .arg(status->pid)
                .arg(durationText(status->elapsed(bootNow()).value_or(std::chrono::nanoseconds(0)), false)));
    }
    request.verb = tr("&Terminate %n and %1", nullptr, count).arg(verb);
    request.alternative = tr("&Leave Running");
    m_dialog = new ConfirmDialog(request, m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &ConfirmDialog::confirmed, this, [this, leave] {
        m_leave = leave;
        terminateFirst();
    });
    connect(m_dialog, &ConfirmDialog::alternativeChosen, this, [this, leave] {
        stay();
        leave();
    });
    m_dialog->open();
}

void LeaveGuard::check()
{
    if (!m_waiting)
        return;
    const int left = m_supervisor->aliveCount();
    if (left == 0) {
        const std::function<void()> leave = m_leave;
        stay();
        // Everybody who is told of this end in the same breath is to see the roster it belongs to.
        QMetaObject::invokeMethod(this, leave, Qt::QueuedConnection);
        return;
    }
    m_messageBar->post({.text = tr("Terminating workers before leaving: %n still running.", nullptr, left),
                        .key = messageKey(),
                        .actionText = tr("&Stay"),
                        .action = [this] { stay(); }});
}

void LeaveGuard::terminateFirst()
{
    m_waiting = true;
    m_supervisor->stop(m_supervisor->alive());
    check();
}

void LeaveGuard::stay()
{
    m_waiting = false;
    m_leave = nullptr;
    m_messageBar->retract(messageKey());
}

} // namespace procession
