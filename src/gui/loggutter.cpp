// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/loggutter.h"

#include "gui/icons.h"

#include <QDateTime>
#include <QFontMetrics>
#include <QLocale>
#include <QPainter>
#include <QStyle>

#include <algorithm>
#include <array>

namespace procession {
namespace {

constexpr int leastDigits = 3;
constexpr int timeCells = 12;

QColor barColour(const QPalette &palette)
{
    return isHighContrast(palette) ? palette.color(QPalette::Text)
           : isDark(palette)       ? QColor(0xf7, 0x6b, 0x61)
                                   : QColor(0x92, 0x16, 0x23);
}

/// Tells a few workers apart; their names are there as well.
QColor nameColour(int source, const QPalette &palette)
{
    static constexpr std::array<QRgb, 6> onLight{0x0552c1, 0x8a4b02, 0x0b6b74, 0x722f85, 0x177855, 0x6b4a2b};
    static constexpr std::array<QRgb, 6> onDark{0x8db6ff, 0xffbe6b, 0x5fd3e0, 0xd8aeee, 0x5debb1, 0xd8c0a0};
    if (isHighContrast(palette)) {
        return palette.color(QPalette::Text);
    }
    return QColor::fromRgb(
        (isDark(palette) ? onDark : onLight)[static_cast<size_t>(source) % onLight.size()]);
}

} // namespace

bool LogGutter::makeRoomFor(qint64 number)
{
    const int before = width();
    int digits = leastDigits;
    for (qint64 rest = number / 1000; rest > 0; rest /= 10) {
        ++digits;
    }
    m_digits = number == 0 ? leastDigits : std::max(m_digits, digits);
    return width() != before;
}

void LogGutter::setFont(const QFont &font)
{
    const QFontMetrics metrics(font);
    m_cell = std::max(1, metrics.horizontalAdvance(u'0'));
    m_ascent = metrics.ascent();
}

int LogGutter::width() const
{
    return nameWidth() + timeWidth() + numberWidth() + 2 * m_cell;
}

QRect LogGutter::nameColumn(const QRect &gutter, Qt::LayoutDirection direction) const
{
    return QStyle::visualRect(direction, gutter,
                              QRect(gutter.left(), gutter.top(), nameWidth(), gutter.height()));
}

void LogGutter::paint(QPainter &painter, const QRect &area, const RowPlace &place, bool isFirst,
                      const QPalette &palette, Qt::LayoutDirection direction) const
{
    const auto column = [&area, direction](int left, int width) {
        return QStyle::visualRect(direction, area,
                                  QRect(area.left() + left, area.top(), width, area.height()));
    };
    const auto draw = [&](const QRect &where, const QString &text, bool toRight) {
        const int free = where.width() - painter.fontMetrics().horizontalAdvance(text);
        painter.drawText(where.left() + (toRight ? free : 0), where.top() + m_ascent, text);
    };
    const int barWidth = std::max(3, m_cell / 2);
    int left = nameWidth() + timeWidth() + numberWidth();
    if (place.stream == 2) {
        painter.fillRect(column(left + m_cell, barWidth), barColour(palette));
    }
    painter.setPen(palette.color(QPalette::PlaceholderText));
    if (!isFirst) {
        // A line and a corner: the row goes on.
        const QRect mark = column(left, m_cell);
        const int x = mark.center().x();
        const int y = mark.top() + mark.height() / 2;
        painter.drawLine(x, mark.top() + mark.height() / 4, x, y);
        painter.drawLine(x, y, direction == Qt::LeftToRight ? mark.right() : mark.left(), y);
        return;
    }
    left = 0;
    if (const int wide = nameWidth(); wide > 0) {
        const QString name =
            painter.fontMetrics().elidedText(m_names.value(place.source), Qt::ElideRight, wide - m_cell);
        painter.setPen(nameColour(place.source, palette));
        draw(column(left + m_cell / 2, wide - m_cell), name, direction == Qt::RightToLeft);
        painter.setPen(palette.color(QPalette::PlaceholderText));
        left += wide;
    }
    if (m_timesShown) {
        draw(column(left + m_cell / 2, timeCells * m_cell), timeText(place.timeNs), false);
        left += timeWidth();
    }
    if (m_numbersShown && place.number > 0) {
        const QString number = QString::number(place.number);
        draw(column(left, numberWidth() - m_cell / 2), place.afterGap ? u'+' + number : number, true);
    }
}

QString LogGutter::timeText(qint64 timeNs)
{
    return timeNs == 0 ? QString()
                       : QDateTime::fromMSecsSinceEpoch(timeNs / 1'000'000).toString(u"HH:mm:ss.zzz");
}

QString LogGutter::dateText(qint64 timeNs)
{
    if (timeNs == 0) {
        return {};
    }
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(timeNs / 1'000'000);
    return QLocale().toString(time.date(), QLocale::ShortFormat) + u' ' + timeText(timeNs);
}

int LogGutter::timeWidth() const
{
    return m_timesShown ? (timeCells + 1) * m_cell : 0;
}

int LogGutter::numberWidth() const
{
    return m_numbersShown ? (m_digits + 2) * m_cell : 0; // one for the plus sign
}

int LogGutter::nameWidth() const
{
    qsizetype longest = 0;
    for (const QString &name : m_names) {
        longest = std::max(longest, name.size());
    }
    return m_names.isEmpty()
               ? 0
               : (static_cast<int>(std::min<qsizetype>(longest, maximumNameCells)) + 2) * m_cell;
}

} // namespace procession
