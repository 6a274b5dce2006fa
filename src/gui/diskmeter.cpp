// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/diskmeter.h"

#include "gui/messagebar.h"
#include "model/workertext.h"

#include <QDir>
#include <QLocale>

namespace procession {

namespace {

using Level = DiskState::Level;

QString messageKey()
{
    return QStringLiteral("disk");
}

/// In the unit that a person would say it in; a rate changes, so it is never exact.
QString aboutText(std::chrono::seconds duration)
{
    using namespace std::chrono;
    if (duration < 90s)
        return DiskMeter::tr("about %n second(s)", nullptr, int(duration.count()));
    if (duration < 90min)
        return DiskMeter::tr("about %n minute(s)", nullptr, int(round<minutes>(duration).count()));
    if (duration < 48h)
        return DiskMeter::tr("about %n hour(s)", nullptr, int(round<hours>(duration).count()));
    const auto count = duration_cast<days>(duration).count();
    return DiskMeter::tr("about %n day(s)", nullptr, int(count));
}

} // namespace

DiskMeter::DiskMeter(const DiskWatch *watch, const QString &directory, MessageBar *messages, QWidget *parent)
    : QLabel(parent)
    , m_directory(directory)
    , m_messages(messages)
{
    setObjectName(QStringLiteral("statusDiskLabel"));
    setAccessibleName(tr("Disk"));
    setTextFormat(Qt::PlainText);
    connect(watch, &DiskWatch::changed, this, &DiskMeter::setState);
    setState(watch->state());
}

void DiskMeter::setKeptBytes(qint64 bytes)
{
    m_keptBytes = bytes;
    m_countedAt = QDateTime::currentDateTime();
    showDetails();
}

void DiskMeter::setState(const DiskState &state)
{
    const Level before = m_state.level;
    m_state = state;
    const QString room = bytesText(state.freeBytes);
    if (state.totalBytes == 0)
        setText(tr("Disk unknown"));
    else if (state.level == Level::Full)
        setText(tr("Disk full"));
    else
        setText(state.level == Level::Low ? tr("Disk low: %1 free").arg(room) : tr("Disk %1 free").arg(room));
    showDetails();
    if (state.level == Level::Fine)
        m_messages->retract(messageKey());
    else if (state.level > before || (state.level < before && m_messages->holds(messageKey())))
        warn(); // what was dismissed does not come back because it has become better
}

void DiskMeter::showDetails()
{
    QStringList lines{tr("Output is kept in %1.").arg(QDir::toNativeSeparators(m_directory))};
    if (m_state.totalBytes == 0) {
        lines.append(tr("How much room its disk has cannot be told."));
    } else {
        lines.append(
            tr("%1 of %2 are free.").arg(bytesText(m_state.freeBytes), bytesText(m_state.totalBytes)));
        if (m_state.untilFull)
            lines.append(tr("It fills at %1 per second: full in %2.")
                             .arg(bytesText(qint64(m_state.bytesPerSecond)), aboutText(*m_state.untilFull)));
    }
    if (m_keptBytes >= 0)
        lines.append(
            tr("The runs kept took %1 when they were counted, at %2.")
                .arg(bytesText(m_keptBytes), QLocale().toString(m_countedAt.time(), QLocale::ShortFormat)));
    const QString text = lines.join(u'\n');
    setAccessibleDescription(text);
    // Plain, whatever characters the folder's name has.
    setToolTip(u"<p style=\"white-space:pre-wrap\">" + text.toHtmlEscaped() + u"</p>");
}

void DiskMeter::warn()
{
    QString text;
    if (m_state.level == Level::Full) {
        text =
            tr("The disk that keeps the output is full: %1 left of %2. Workers that write are held up until "
               "there is room again. Free some space, or remove old runs.")
                .arg(bytesText(m_state.freeBytes), bytesText(m_state.totalBytes));
    } else {
        const QString left =
            m_state.untilFull
                ? tr("%1 left of %2 (full in %3)")
                      .arg(bytesText(m_state.freeBytes), bytesText(m_state.totalBytes),
                           aboutText(*m_state.untilFull))
                : tr("%1 left of %2").arg(bytesText(m_state.freeBytes), bytesText(m_state.totalBytes));
        text =
            tr("The disk that keeps the output is nearly full: %1. When it is full, workers that write are "
               "held up. Free some space, or remove old runs.")
                .arg(left);
    }
    m_messages->post({.kind = Message::Kind::Problem,
                      .text = text,
                      .key = messageKey(),
                      .actionText = tr("&Keep Fewer Runs…"),
                      .action = [this] { Q_EMIT limitsRequested(); }});
}

} // namespace procession
