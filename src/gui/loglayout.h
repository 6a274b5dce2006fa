// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QStringView>

namespace procession {

/// Goes through a row's characters, from left to right, and tells the cells of a grid each of them takes: a
/// tab up to the next multiple of eight, a combining character none.
class LogCells final
{
public:
    static constexpr int tabCells = 8;

    /// `wrapCells`: how many there are on a line; no character lies across its end. 0: all on one line.
    /// Begins at `unit`, at whose left `cell` cells are.
    LogCells(QStringView text, int wrapCells, int unit = 0, int cell = 0)
        : m_text(text)
        , m_wrapCells(wrapCells)
        , m_nextUnit(unit)
        , m_nextCell(cell)
    {
    }

    /// Goes to the next character. False: there is none.
    bool next();

    char32_t character() const { return m_character; }
    int unit() const { return m_unit; } ///< its first UTF-16 unit
    int nextUnit() const { return m_nextUnit; }
    int cell() const { return m_cell; } ///< its first cell
    int nextCell() const { return m_nextCell; }
    int cells() const { return m_nextCell - m_cell; }

private:
    QStringView m_text;
    int m_wrapCells;
    int m_nextUnit;
    int m_nextCell;
    int m_unit = 0;
    int m_cell = 0;
    char32_t m_character = 0;
};

/// Which cells the characters of one row take, so that any of them is found fast however long the row is. The
/// row's text is not kept: every call is to be given the same one.
class LogLayout final
{
public:
    LogLayout() = default;
    LogLayout(QStringView text, int wrapCells);

    int cells() const { return m_cells; }
    /// Every UTF-16 unit is one character of ASCII and takes one cell.
    bool isPlain() const { return m_plain; }
    /// The first cell of the character this UTF-16 unit is of; cells() behind the last.
    int cellOf(QStringView text, int unit) const;
    /// The first unit of the character in this cell, or of the one after it; the text's size behind the last.
    int unitAt(QStringView text, int cell) const;
    /// Goes through the characters from the one at `unit`, or before it, on.
    LogCells from(QStringView text, int unit) const;

private:
    struct Mark
    {
        int unit = 0;
        int cell = 0;
    };
    static constexpr int markUnits = 128;

    QList<Mark> m_marks; ///< every so many units
    int m_cells = 0;
    int m_wrapCells = 0;
    bool m_plain = true;
};

/// True if there are only characters of ASCII, and no tab.
bool isPlainText(QStringView text);

} // namespace procession
