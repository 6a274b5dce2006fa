// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/joinrow.h"

#include "core/bootclock.h"
#include "core/supervisor.h"
#include "gui/icons.h"
#include "model/workertext.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <chrono>

namespace procession {

using namespace std::chrono_literals;

namespace {

// More names than this are a count.
constexpr qsizetype namesShown = 3;
constexpr qsizetype namesInToolTip = 25;

/// Up to the next full second, so that a countdown of 30 s begins with 0:30 and ends with 0:01.
std::chrono::nanoseconds roundedUp(std::chrono::nanoseconds duration)
{
    return std::chrono::ceil<std::chrono::seconds>(duration);
}

QString timeoutText(std::chrono::milliseconds timeout)
{
    if (timeout >= 1min)
        return durationText(timeout, true);
    return JoinRow::tr("%1 s").arg(QLocale().toString(double(timeout.count()) / 1000, 'g', 4));
}

} // namespace

JoinRow::JoinRow(const JoinSpec &spec, Supervisor *supervisor, QWidget *parent)
    : QWidget(parent)
    , m_supervisor(supervisor)
    , m_join(spec, supervisor)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_who(new QLabel(this))
    , m_showFailed(new QPushButton(tr("Show Failed"), this))
    , m_terminate(new QPushButton(tr("Terminate Remaining…"), this))
    , m_cancel(new QPushButton(tr("Stop Waiting"), this))
    , m_close(new QToolButton(this))
{
    m_text->setObjectName(QStringLiteral("joinBarLabel"));
    m_who->setObjectName(QStringLiteral("joinAwaitedLabel"));
    m_showFailed->setObjectName(QStringLiteral("joinShowFailedButton"));
    m_terminate->setObjectName(QStringLiteral("joinTerminateButton"));
    m_cancel->setObjectName(QStringLiteral("joinCancelButton"));
    m_close->setObjectName(QStringLiteral("joinCloseButton"));
    for (QLabel *label : {m_text, m_who}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    QFont bold = font();
    bold.setBold(true);
    m_text->setFont(bold);
    m_showFailed->setToolTip(tr("Show only the workers that failed"));
    m_terminate->setToolTip(tr("Terminate those that are still awaited"));
    m_cancel->setToolTip(tr("The workers go on"));
    m_close->setIcon(actionIcon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close"));
    m_close->setAccessibleName(tr("Close this message"));
    m_close->setFocusPolicy(Qt::StrongFocus);

    auto *texts = new QVBoxLayout;
    texts->setSpacing(0);
    texts->addWidget(m_text);
    texts->addWidget(m_who);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_icon);
    layout->addLayout(texts, 1);
    for (QWidget *button : std::initializer_list<QWidget *>{m_showFailed, m_terminate, m_cancel, m_close})
        layout->addWidget(button);

    connect(&m_join, &Join::progressed, this, &JoinRow::refresh);
    connect(&m_join, &Join::finished, this, &JoinRow::finish);
    connect(m_showFailed, &QPushButton::clicked, this, &JoinRow::showFailedRequested);
    connect(m_terminate, &QPushButton::clicked, this,
            [this] { Q_EMIT terminateRequested(current().awaited); });
    connect(m_cancel, &QPushButton::clicked, &m_join, &Join::cancel);
    connect(m_close, &QToolButton::clicked, this, &JoinRow::closed);
    // Twice a second, so that no second of the countdown is passed over.
    m_clock.setInterval(500ms);
    connect(&m_clock, &QTimer::timeout, this, &JoinRow::refresh);
}

void JoinRow::start()
{
    m_join.start();
    m_immediate = false;
    if (!isEnded())
        m_clock.start();
    refresh();
    refreshIcon();
}

JoinProgress JoinRow::current() const
{
    JoinProgress progress = m_join.progress();
    if (isEnded()) {
        // A worker that was started again since is no business of this join any more.
        const QList<WorkerId> &left = m_result.progress.awaited;
        progress.awaited.removeIf([&left](WorkerId id) { return !left.contains(id); });
    }
    return progress;
}

QString JoinRow::names(const QList<WorkerId> &ids) const
{
    QStringList shown;
    for (const WorkerId id : ids.mid(0, namesShown)) {
        if (const WorkerStatus *status = m_supervisor->status(id))
            shown.append(status->spec->name);
    }
    const int rest = int(ids.size() - shown.size());
    const QString list = shown.join(tr(", ", "between two names"));
    return rest == 0 ? list : tr("%1 and %n more", nullptr, rest).arg(list);
}

QList<WorkerId> JoinRow::endedWorkers() const
{
    const bool failuresOnly = m_join.spec().condition == JoinSpec::Condition::FirstFailure;
    QList<WorkerId> all;
    for (const WorkerId id : m_join.spec().workers) {
        const WorkerStatus *status = m_supervisor->status(id);
        if (status != nullptr && status->state == State::Ended &&
            (!failuresOnly || isFailure(status->outcome)))
            all.append(id);
    }
    return all;
}

QString JoinRow::waitingText(const JoinProgress &progress) const
{
    const int awaited = int(progress.awaited.size());
    QStringList parts;
    switch (m_join.spec().condition) {
    case JoinSpec::Condition::All:
        parts.append(awaited == 1 ? tr("Waiting for 1 worker")
                                  : tr("Waiting for %n workers", nullptr, awaited));
        break;
    case JoinSpec::Condition::Any:
        parts.append(awaited == 1 ? tr("Waiting for 1 worker")
                                  : tr("Waiting for the first of %n workers", nullptr, awaited));
        break;
    case JoinSpec::Condition::Count:
        parts.append(tr("Waiting until %1 have ended").arg(m_join.spec().count));
        break;
    case JoinSpec::Condition::FirstFailure:
        parts.append(awaited == 1 ? tr("Waiting for 1 worker to fail or end")
                                  : tr("Waiting for the first of %n workers to fail", nullptr, awaited));
        break;
    }
    parts.append(tr("%1 of %2 done").arg(progress.ended).arg(progress.ended + awaited));
    if (progress.failed > 0)
        parts.append(tr("%n failed", nullptr, progress.failed));
    if (const auto remaining = m_join.remaining())
        parts.append(tr("%1 left").arg(durationText(roundedUp(*remaining), false)));
    else
        parts.append(durationText(m_join.waited(), false));
    return parts.join(tr(" · ", "between parts of the join bar"));
}

QString JoinRow::outcomesText(const JoinProgress &progress) const
{
    QStringList parts;
    if (progress.succeeded > 0)
        parts.append(tr("%n succeeded", nullptr, progress.succeeded));
    if (progress.failed > 0)
        parts.append(tr("%n failed", nullptr, progress.failed));
    int stopped = 0;
    for (const WorkerId id : m_join.spec().workers) {
        const WorkerStatus *status = m_supervisor->status(id);
        stopped += status && (status->outcome == Outcome::Stopped || status->outcome == Outcome::Killed);
    }
    if (stopped > 0)
        parts.append(tr("%n stopped", nullptr, stopped));
    if (const int others = progress.ended - progress.succeeded - progress.failed - stopped; others > 0)
        parts.append(tr("%n with an unknown result", nullptr, others));
    return parts.join(tr(", ", "between two counts"));
}

QString JoinRow::metText(const JoinResult &result) const
{
    const JoinProgress &progress = result.progress;
    const JoinSpec::Condition condition = m_join.spec().condition;
    const int total = progress.ended + int(progress.awaited.size());
    const QString time = durationText(result.waited, true);
    const QList<WorkerId> who = endedWorkers();
    if (condition == JoinSpec::Condition::FirstFailure && progress.failed > 0)
        return m_immediate ? tr("Had failed already: %1").arg(names(who))
                           : tr("Failed after %1: %2").arg(time, names(who));
    if (total == 1 && !who.isEmpty()) {
        const WorkerStatus *status = m_supervisor->status(who.first());
        const QString word = stateWord(status->state, status->outcome);
        return m_immediate ? tr("%1 had ended already: %2").arg(names(who), word)
                           : tr("%1 ended: %2, %3").arg(names(who), word, time);
    }
    if (progress.awaited.isEmpty())
        return m_immediate ? tr("All %n had ended already: %1", nullptr, total).arg(outcomesText(progress))
                           : tr("All %n ended: %1, %2", nullptr, total).arg(outcomesText(progress), time);
    return m_immediate ? tr("%1 of %2 had ended already: %3").arg(progress.ended).arg(total).arg(names(who))
                       : tr("%1 of %2 ended, %3: %4").arg(progress.ended).arg(total).arg(time, names(who));
}

QString JoinRow::endText(const JoinResult &result) const
{
    const JoinProgress &progress = result.progress;
    const int total = progress.ended + int(progress.awaited.size());
    switch (result.kind) {
    case JoinResult::Kind::Met:
        return metText(result);
    case JoinResult::Kind::TimedOut:
        return tr("Timed out after %1: %2 of %3 still running")
            .arg(timeoutText(m_join.spec().timeout.value_or(0ms)))
            .arg(progress.awaited.size())
            .arg(total);
    case JoinResult::Kind::Cancelled:
        return tr("Stopped waiting: %1 of %2 done").arg(progress.ended).arg(total);
    case JoinResult::Kind::Hopeless:
        break;
    }
    if (total == 0)
        return tr("Nothing to wait for: none of these workers was started");
    return tr("No longer waiting: only %1 can end, %2 were awaited").arg(total).arg(m_join.spec().count);
}

QString JoinRow::whoText(const JoinProgress &progress) const
{
    QStringList parts;
    const QList<WorkerId> &left = m_result.progress.awaited;
    if (!isEnded())
        parts.append(tr("Awaited: %1").arg(names(progress.awaited)));
    else if (m_join.spec().then == JoinSpec::Then::TerminateRest && !left.isEmpty())
        parts.append(tr("Told to terminate: %1").arg(names(left)));
    else if (m_result.kind == JoinResult::Kind::TimedOut && progress.awaited.isEmpty())
        parts.append(tr("All have ended since then"));
    else if (m_result.kind == JoinResult::Kind::TimedOut)
        parts.append(tr("Still running: %1").arg(names(progress.awaited)));
    const QList<WorkerId> &idle = isEnded() ? m_result.progress.neverStarted : progress.neverStarted;
    if (!idle.isEmpty())
        parts.append(tr("Never started: %1").arg(names(idle)));
    return parts.join(tr(" · ", "between parts of the join bar"));
}

void JoinRow::finish(const JoinResult &result)
{
    m_result = result;
    m_clock.stop();
    // The buttons go on to say what can still be done about those that were left running.
    connect(m_supervisor, &Supervisor::changed, this, &JoinRow::refresh);
    m_text->setText(endText(result));
    refresh();
    refreshIcon();
    Q_EMIT ended(result, m_text->text());
    if (result.kind == JoinResult::Kind::Cancelled)
        Q_EMIT closed();
}

void JoinRow::refresh()
{
    const JoinProgress progress = current();
    if (!isEnded())
        m_text->setText(waitingText(progress));
    m_who->setText(whoText(progress));
    m_who->setVisible(!m_who->text().isEmpty());
    QStringList all;
    for (const WorkerId id : progress.awaited.mid(0, namesInToolTip)) {
        if (const WorkerStatus *status = m_supervisor->status(id))
            all.append(status->spec->name.toHtmlEscaped());
    }
    if (progress.awaited.size() > all.size())
        all.append(tr("… and %n more", nullptr, int(progress.awaited.size() - all.size())));
    m_who->setToolTip(all.join(QStringLiteral("<br>")));
    m_showFailed->setVisible(progress.failed > 0);
    m_terminate->setVisible(!progress.awaited.isEmpty());
    m_cancel->setVisible(!isEnded());
    m_close->setVisible(isEnded());
}

void JoinRow::refreshIcon()
{
    QIcon icon = stateIcon(State::Queued, Outcome::None, palette(), !isHighContrast(palette()));
    if (isEnded()) {
        Outcome outcome = Outcome::Succeeded;
        if (m_result.kind == JoinResult::Kind::TimedOut)
            outcome = Outcome::TimedOut;
        else if (m_result.progress.failed > 0)
            outcome = Outcome::Failed;
        // A timeout is a result, not an error, and gets no red.
        const bool coloured = outcome != Outcome::TimedOut && !isHighContrast(palette());
        icon = m_result.kind == JoinResult::Kind::Hopeless
                   ? actionIcon(QStringLiteral("info"))
                   : stateIcon(State::Ended, outcome, palette(), coloured);
    }
    const int side = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_icon->setPixmap(icon.pixmap(QSize(side, side), devicePixelRatioF()));
}

void JoinRow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        refreshIcon();
}

} // namespace procession
