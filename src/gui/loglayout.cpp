// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/loglayout.h"

#include "model/terminalline.h"

#include <algorithm>

namespace procession {

bool LogCells::next()
{
    if (m_nextUnit >= m_text.size()) {
        return false;
    }
    m_unit = m_nextUnit;
    m_cell = m_nextCell;
    const QChar unit = m_text.at(m_unit);
    m_character = unit.unicode();
    m_nextUnit = m_unit + 1;
    if (unit.isHighSurrogate() && m_nextUnit < m_text.size() && m_text.at(m_nextUnit).isLowSurrogate()) {
        m_character = QChar::surrogateToUcs4(unit, m_text.at(m_nextUnit));
        ++m_nextUnit;
    }
    if (m_character == U'\t') {
        m_nextCell = (m_cell / tabCells + 1) * tabCells;
        return true;
    }
    const int cells = m_character >= 0x20 && m_character < 0x7f ? 1 : columnsOf(m_character);
    if (cells > 1 && m_wrapCells >= cells && m_cell % m_wrapCells > m_wrapCells - cells) {
        m_cell = (m_cell / m_wrapCells + 1) * m_wrapCells;
    }
    m_nextCell = m_cell + cells;
    return true;
}

LogLayout::LogLayout(QStringView text, int wrapCells)
    : m_cells(static_cast<int>(text.size()))
    , m_wrapCells(wrapCells)
    , m_plain(isPlainText(text))
{
    if (m_plain) {
        return;
    }
    LogCells cells(text, wrapCells);
    m_marks.append(Mark());
    while (cells.next()) {
        if (cells.nextUnit() >= m_marks.constLast().unit + markUnits) {
            m_marks.append({cells.nextUnit(), cells.nextCell()});
        }
    }
    m_cells = text.isEmpty() ? 0 : cells.nextCell();
}

int LogLayout::cellOf(QStringView text, int unit) const
{
    if (unit >= text.size()) {
        return m_cells;
    }
    if (m_plain) {
        return std::max(unit, 0);
    }
    LogCells cells = from(text, unit);
    while (cells.next() && cells.nextUnit() <= unit) {
    }
    return cells.cell();
}

int LogLayout::unitAt(QStringView text, int cell) const
{
    if (cell >= m_cells) {
        return static_cast<int>(text.size());
    }
    if (m_plain || cell <= 0) {
        return std::max(cell, 0);
    }
    const auto after = std::upper_bound(m_marks.cbegin(), m_marks.cend(), cell,
                                        [](int wanted, const Mark &mark) { return wanted < mark.cell; });
    const Mark &mark = *std::prev(after);
    LogCells cells(text, m_wrapCells, mark.unit, mark.cell);
    while (cells.next() && cells.nextCell() <= cell) {
    }
    return cells.unit();
}

LogCells LogLayout::from(QStringView text, int unit) const
{
    if (m_plain) {
        return LogCells(text, m_wrapCells, unit, unit);
    }
    const auto after = std::upper_bound(m_marks.cbegin(), m_marks.cend(), unit,
                                        [](int wanted, const Mark &mark) { return wanted < mark.unit; });
    const Mark mark = after == m_marks.cbegin() ? Mark() : *std::prev(after);
    return LogCells(text, m_wrapCells, mark.unit, mark.cell);
}

bool isPlainText(QStringView text)
{
    // One pass without a branch, which the compiler turns into one over many units at once.
    unsigned outside = 0;
    for (const QChar character : text) {
        outside |= unsigned(character.unicode() - 0x20U > 0x7eU - 0x20U);
    }
    return outside == 0;
}

} // namespace procession
