// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"

#include <QPalette>
#include <QRect>
#include <QStringList>

class QFont;
class QPainter;

namespace procession {

/// What is shown beside the lines of a log view: the worker's name, the time, the number, and a bar for
/// standard error.
class LogGutter final
{
public:
    void setTimesShown(bool shown) { m_timesShown = shown; }
    void setNumbersShown(bool shown) { m_numbersShown = shown; }
    void setNames(const QStringList &names) { m_names = names; }
    /// Makes room for this number; true if the gutter is wider now. 0: forgets the numbers.
    bool makeRoomFor(qint64 number);
    void setFont(const QFont &font);

    int width() const;
    /// Where the names are in the gutter; empty: there are none.
    QRect nameColumn(const QRect &gutter, Qt::LayoutDirection direction) const;
    QString nameOf(const RowPlace &place) const { return m_names.value(place.source); }
    /// `isFirst`: else the row goes on from the line above. `area`: of one line of the view, as wide as
    /// the gutter. The painter has the font.
    void paint(QPainter &painter, const QRect &area, const RowPlace &place, bool isFirst,
               const QPalette &palette, Qt::LayoutDirection direction) const;

    /// When the row came, for a person, to the millisecond; empty: not known.
    static QString timeText(qint64 timeNs);
    static QString dateText(qint64 timeNs);

private:
    static constexpr int maximumNameCells = 16;

    int timeWidth() const;
    int numberWidth() const;
    int nameWidth() const;

    QStringList m_names;
    int m_cell = 1;
    int m_ascent = 1;
    int m_digits = 3;
    bool m_timesShown = false;
    bool m_numbersShown = false;
};

} // namespace procession
