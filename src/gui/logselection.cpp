// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logselection.h"

#include <algorithm>

namespace procession {
namespace {

enum class Kind { Word, Space, Other };

Kind kindOf(QChar character)
{
    if (character.isLetterOrNumber() || character == u'_' || character.isMark() || character.isSurrogate()) {
        return Kind::Word;
    }
    return character.isSpace() ? Kind::Space : Kind::Other;
}

/// From where to where the unit around this column reaches.
std::pair<int, int> unitAround(const QString &text, int column, LogSelection::Unit unit)
{
    const int size = static_cast<int>(text.size());
    int from = std::clamp(column, 0, size);
    int to = from;
    if (unit == LogSelection::Unit::Row) {
        return {0, LogPosition::wholeRow};
    }
    if (unit == LogSelection::Unit::Word && size > 0) {
        const Kind kind = kindOf(text.at(std::min(from, size - 1)));
        while (from > 0 && kindOf(text.at(from - 1)) == kind) {
            --from;
        }
        while (to < size && kindOf(text.at(to)) == kind) {
            ++to;
        }
    }
    return {from, to};
}

} // namespace

void LogSelection::begin(const LogRows &rows, int row, int column, Unit unit)
{
    const auto [from, to] = unitAround(rows.line(row).text, column, unit);
    m_unit = unit;
    m_anchorFrom = rows.position(row, from);
    m_anchorTo = rows.position(row, to);
    m_cursor = m_anchorTo;
    m_known = true;
    order();
}

void LogSelection::extend(const LogRows &rows, int row, int column)
{
    const auto [from, to] = unitAround(rows.line(row).text, column, m_unit);
    LogPosition before = rows.position(row, from);
    if (m_unit == Unit::Character) {
        before.column = column; // may be wholeRow
    }
    m_cursor = comparePositions(before, m_anchorFrom) < 0 || m_unit == Unit::Character
                   ? before
                   : rows.position(row, to);
    order();
}

void LogSelection::extend(const LogPosition &position)
{
    m_cursor = position;
    order();
}

void LogSelection::select(const OutputCut &from, const OutputCut &to)
{
    m_unit = Unit::Character;
    m_anchorFrom.cut = from;
    m_anchorFrom.place.source = -1;
    m_anchorFrom.place.offset = 0;
    m_anchorFrom.column = 0;
    m_anchorTo = m_anchorFrom;
    m_cursor = m_anchorFrom;
    m_cursor.cut = to;
    m_cursor.place.offset = 1; // not the same place
    m_known = true;
    order();
}

void LogSelection::update(const LogRows &rows)
{
    for (LogPosition *position : {&m_anchorFrom, &m_anchorTo, &m_cursor}) {
        const int row = position->place.source < 0 ? -1 : rows.rowOf(position->place);
        if (row >= 0) {
            *position = rows.position(row, position->column);
        }
    }
    if (m_known) {
        order();
    }
}

std::pair<int, int> LogSelection::rowRange(const LogRows &rows) const
{
    if (isEmpty() || rows.count() == 0) {
        return {0, -1};
    }
    const int last =
        m_to.place.source < 0 || rows.rowOf(m_to.place) < 0 ? rows.indexOf(m_to) - 1 : rows.rowOf(m_to.place);
    return {std::max(0, rows.indexOf(m_from)), std::min(last, rows.count() - 1)};
}

std::pair<int, int> LogSelection::columns(const LogRows &rows, int row) const
{
    const RowPlace &place = rows.line(row).place;
    return {m_from.place.source >= 0 && isSameRow(place, m_from.place) ? m_from.column : 0,
            m_to.place.source >= 0 && isSameRow(place, m_to.place) ? m_to.column : LogPosition::wholeRow};
}

OutputPart LogSelection::part() const
{
    OutputPart part;
    if (isEmpty()) {
        return part;
    }
    const bool fromNext = m_from.column == LogPosition::wholeRow;
    part.from = fromNext ? cutAfter(m_from.cut, m_from.place) : m_from.cut;
    part.fromColumn = fromNext ? 0 : m_from.column;
    const bool toBefore = m_to.column == 0;
    part.to = toBefore ? m_to.cut : cutAfter(m_to.cut, m_to.place);
    part.toColumn = toBefore || m_to.column == LogPosition::wholeRow ? -1 : m_to.column;
    return part;
}

QString LogSelection::textInRow(const LogRows &rows) const
{
    const int row = isEmpty() || m_from.place.source < 0 ? -1 : rows.rowOf(m_from.place);
    if (row < 0 || !isSameRow(m_from.place, m_to.place)) {
        return {};
    }
    const QString &text = rows.line(row).text;
    const int to = std::min(m_to.column, static_cast<int>(text.size()));
    return text.mid(m_from.column, to - m_from.column);
}

void LogSelection::order()
{
    m_from = comparePositions(m_cursor, m_anchorFrom) < 0 ? m_cursor : m_anchorFrom;
    m_to = comparePositions(m_cursor, m_anchorTo) > 0 ? m_cursor : m_anchorTo;
}

} // namespace procession
