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

QString survivorText(const Survivor &survivor)
{
    switch (survivor.reason) {
    case Survivor::Reason::NotPermitted:
        return LeaveGuard::tr("%1 (it belongs to another user)").arg(survivor.pid);
    case Survivor::Reason::Uninterruptible:
        return LeaveGuard::tr("%1 (it waits in the kernel)").arg(survivor.pid);
    case Survivor::Reason::Unknown:
        break;
    }
    return QString::number(survivor.pid);
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
    const QString leaving =
        count == 1
            ? tr("Left running, it goes on without the window, which shows it again when it is opened "
                 "next.")
            : tr("Left running, they go on without the window, which shows them again when it is opened "
                 "next.");
    const QString ending = count == 1 ? tr("Terminated, it is asked to end, and killed if it does not in "
                                           "time; the window waits until nothing of it is left.")
                                      : tr("Terminated, they are asked to end, and killed if they do not in "
                                           "time; the window waits until nothing of them is left.");
    request.text = leaving + u'\n' + ending;
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
    connect(m_dialog, &ConfirmDialog::confirmed, this, [this, leave, verb] {
        m_leave = leave;
        m_verb = verb;
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
    const QStringList stubborn = survivors();
    if (left == 0 && stubborn.isEmpty()) {
        const std::function<void()> leave = m_leave;
        stay();
        // Everybody who is told of this end in the same breath is to see the roster it belongs to.
        QMetaObject::invokeMethod(this, leave, Qt::QueuedConnection);
        return;
    }
    Message message{.text = tr("Terminating workers before leaving: %n still running.", nullptr, left),
                    .key = messageKey(),
                    .actionText = tr("&Stay"),
                    .action = [this] { stay(); }};
    if (!stubborn.isEmpty()) {
        message.kind = Message::Kind::Problem;
        message.text = tr("These processes cannot be ended from here:\n%1").arg(stubborn.join(u'\n'));
        message.alternativeText = tr("%1 &Anyway", "Quit or Open").arg(m_verb);
        message.alternative = [this, leave = m_leave] {
            stay();
            leave();
        };
    }
    m_messageBar->post(message);
}

/// Of those that were to end: a line for each worker whose keeper could not end all of it.
QStringList LeaveGuard::survivors() const
{
    constexpr qsizetype namedAtMost = 5;
    QStringList lines;
    for (const WorkerId id : m_victims) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (!status || status->survivors == 0)
            continue;
        if (lines.size() == namedAtMost) {
            lines.append(tr("… and more"));
            break;
        }
        QStringList processes;
        for (const Survivor &survivor : status->survivorList)
            processes.append(survivorText(survivor));
        if (processes.isEmpty())
            processes.append(tr("%n of its processes", nullptr, status->survivors));
        lines.append(tr("%1: %2", "worker, its processes")
                         .arg(status->spec->name, processes.join(QStringLiteral(", "))));
    }
    return lines;
}

void LeaveGuard::terminateFirst()
{
    m_waiting = true;
    m_victims = m_supervisor->alive();
    m_supervisor->stop(m_victims);
    check();
}

void LeaveGuard::stay()
{
    m_waiting = false;
    m_leave = nullptr;
    m_victims.clear();
    m_messageBar->retract(messageKey());
}

} // namespace procession
