// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "gui/logrows.h"

#include <utility>

namespace procession {

/// What is selected of the rows of a log view, on whichever page they are.
class LogSelection final
{
public:
    enum class Unit { Character, Word, Row };

    bool isEmpty() const { return !m_known || comparePositions(m_from, m_to) == 0; }
    /// Somewhere a selection can be extended from, though it may have no characters yet.
    bool isBegun() const { return m_known; }
    void clear() { m_known = false; }
    /// Selects the unit there, and goes on by such units.
    void begin(const LogRows &rows, int row, int column, Unit unit = Unit::Character);
    /// From where it was begun to this place.
    void extend(const LogRows &rows, int row, int column);
    /// From where it was begun to a place on no page.
    void extend(const LogPosition &position);
    /// Selects all between two cuts.
    void select(const OutputCut &from, const OutputCut &to);
    /// Where it was extended to.
    const LogPosition &cursor() const { return m_cursor; }

    /// Rows under way have grown, and lines have become whole: follows those on the page.
    void update(const LogRows &rows);
    /// Rows of the page the selection is in, the last one included; empty: first > second.
    std::pair<int, int> rowRange(const LogRows &rows) const;
    /// Columns of this row of that range: up to the second, LogPosition::wholeRow: with its newline.
    std::pair<int, int> columns(const LogRows &rows, int row) const;
    OutputPart part() const;
    /// What is selected if it is all in one row on the page, else empty.
    QString textInRow(const LogRows &rows) const;

private:
    void order();

    LogPosition m_anchorFrom; ///< the unit it was begun with
    LogPosition m_anchorTo;
    LogPosition m_cursor;
    LogPosition m_from; ///< what is selected, in order
    LogPosition m_to;
    Unit m_unit = Unit::Character;
    bool m_known = false;
};

} // namespace procession
