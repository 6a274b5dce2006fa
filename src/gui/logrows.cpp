// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logrows.h"

#include <algorithm>

namespace procession {
namespace {

/// A cut at least this great has the row before it.
quint64 endOf(const RowPlace &place)
{
    return place.ending == RowPlace::Ending::Open ? place.end + 1 : place.end;
}

} // namespace

bool isSameRow(const RowPlace &one, const RowPlace &other)
{
    // Not the end: a row under way grows.
    return one.source == other.source && one.stream == other.stream && one.offset == other.offset;
}

OutputCut cutAfter(const OutputCut &before, const RowPlace &row)
{
    OutputCut cut = before;
    if (row.source >= 0 && row.source < cut.size()) {
        cut[row.source] = std::max(cut.at(row.source), endOf(row));
    }
    return cut;
}

int compareCuts(const OutputCut &one, const OutputCut &other)
{
    // Cuts of one order of rows: what is greater in one source is less in none.
    for (qsizetype i = 0; i < std::min(one.size(), other.size()); ++i) {
        if (one.at(i) != other.at(i)) {
            return one.at(i) < other.at(i) ? -1 : 1;
        }
    }
    return 0;
}

int comparePositions(const LogPosition &one, const LogPosition &other)
{
    if (isSameRow(one.place, other.place)) {
        return one.column < other.column ? -1 : one.column > other.column ? 1 : 0;
    }
    if (const int order = compareCuts(one.cut, other.cut); order != 0) {
        return order;
    }
    return one.place.source < 0 ? -1 : other.place.source < 0 ? 1 : one.place.stream - other.place.stream;
}

void LogRows::setPage(const OutputPage &page)
{
    m_page = page;
    m_layouts = QList<std::optional<LogLayout>>(m_page.lines.size());
    m_bytes.clear();
    m_bytes.reserve(m_page.lines.size() + 1);
    m_bytes.append(m_page.bytesBefore);
    for (const ShownLine &line : std::as_const(m_page.lines)) {
        m_page.cut.resize(std::max<qsizetype>(m_page.cut.size(), line.place.source + 1));
    }
    OutputCut ends = m_page.cut;
    for (const ShownLine &line : std::as_const(m_page.lines)) {
        quint64 &end = ends[line.place.source];
        const bool isGap = line.place.stream == 0; // what was dropped is not among the bytes
        m_bytes.append(m_bytes.constLast() + (isGap || line.place.end < end ? 0 : line.place.end - end));
        end = std::max(end, line.place.end);
    }
}

void LogRows::setWrapCells(int cells)
{
    if (m_wrapCells != cells) {
        m_wrapCells = cells;
        m_layouts = QList<std::optional<LogLayout>>(m_page.lines.size());
    }
}

const LogLayout &LogRows::layout(int row) const
{
    std::optional<LogLayout> &layout = m_layouts[row];
    if (!layout) {
        layout.emplace(line(row).text, m_wrapCells);
    }
    return *layout;
}

int LogRows::linesOf(int row) const
{
    if (m_wrapCells <= 0) {
        return 1;
    }
    return std::max(1, (layout(row).cells() + m_wrapCells - 1) / m_wrapCells);
}

int LogRows::widestCells() const
{
    int widest = 0;
    for (int row = 0; row < count(); ++row) {
        const std::optional<LogLayout> &layout = m_layouts.at(row);
        widest = std::max(widest, layout ? layout->cells() : static_cast<int>(line(row).text.size()));
    }
    return widest;
}

OutputCut LogRows::cutBefore(int row) const
{
    OutputCut cut = m_page.cut;
    for (int before = 0; before < std::min(row, count()); ++before) {
        const RowPlace &place = line(before).place;
        cut[place.source] = std::max(cut.at(place.source), endOf(place));
    }
    return cut;
}

LogPosition LogRows::position(int row, int column) const
{
    return {cutBefore(row), line(row).place, column};
}

quint64 LogRows::bytesBefore(int row) const
{
    return m_bytes.value(row, m_bytes.isEmpty() ? 0 : m_bytes.constLast());
}

int LogRows::rowAtBytes(quint64 bytes) const
{
    const auto after = std::upper_bound(m_bytes.cbegin(), m_bytes.cend(), bytes);
    return std::clamp(static_cast<int>(after - m_bytes.cbegin()) - 1, 0, std::max(0, count() - 1));
}

int LogRows::rowOf(const RowPlace &place) const
{
    for (int row = 0; row < count(); ++row) {
        if (isSameRow(line(row).place, place)) {
            return row;
        }
    }
    return -1;
}

int LogRows::firstAfter(const OutputCut &cut) const
{
    for (int row = 0; row < count(); ++row) {
        const RowPlace &place = line(row).place;
        if (endOf(place) > cut.value(place.source, 0)) {
            return row;
        }
    }
    return count();
}

int LogRows::indexOf(const LogPosition &position) const
{
    if (position.place.source >= 0) {
        if (const int row = rowOf(position.place); row >= 0) {
            return row;
        }
    }
    return compareCuts(position.cut, m_page.cut) < 0 ? -1 : firstAfter(position.cut);
}

} // namespace procession
