// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "gui/loglayout.h"
#include "model/outputpage.h"

#include <limits>
#include <optional>

namespace procession {

/// A place in a row that may be on no page that is there now.
struct LogPosition
{
    static constexpr int wholeRow = std::numeric_limits<int>::max(); ///< behind the row and its newline

    OutputCut cut;  ///< before the row
    RowPlace place; ///< of the row; source -1: of none, it is the place between two
    int column = 0; ///< UTF-16 units, or wholeRow
};

bool isSameRow(const RowPlace &one, const RowPlace &other);
/// The place after this row, whose cut is `before`. A row under way is at the output's end: behind it is
/// further on.
OutputCut cutAfter(const OutputCut &before, const RowPlace &row);
/// Less than, equal to or greater than 0.
int compareCuts(const OutputCut &one, const OutputCut &other);
int comparePositions(const LogPosition &one, const LogPosition &other);

/// The page a log view holds, with what the view has to know of each row: its cells and where it is. Rows are
/// counted from the page's first.
class LogRows final
{
public:
    void setPage(const OutputPage &page);
    void clear() { setPage({}); }
    /// 0: rows are not wrapped.
    void setWrapCells(int cells);
    int wrapCells() const { return m_wrapCells; }

    const OutputPage &page() const { return m_page; }
    int count() const { return static_cast<int>(m_page.lines.size()); }
    const ShownLine &line(int row) const { return m_page.lines.at(row); }

    const LogLayout &layout(int row) const;
    /// Lines of the view the row takes, at least one.
    int linesOf(int row) const;
    /// Cells of the longest row; of rows not looked at yet an estimate.
    int widestCells() const;

    /// The place before the row; count(): behind the last.
    OutputCut cutBefore(int row) const;
    LogPosition position(int row, int column = 0) const;
    /// Bytes of all sources before the row; count(): before what comes behind the last.
    quint64 bytesBefore(int row) const;
    /// The last row with no more bytes before it.
    int rowAtBytes(quint64 bytes) const;
    /// -1: it is not on the page.
    int rowOf(const RowPlace &place) const;
    /// The first row that is not before the cut; count(): all are.
    int firstAfter(const OutputCut &cut) const;
    /// The row of the position; if that is not on the page, the one that is at its place, or -1 if it is
    /// before all of them, or count().
    int indexOf(const LogPosition &position) const;

private:
    OutputPage m_page;
    QList<quint64> m_bytes; ///< before each row, and behind the last
    mutable QList<std::optional<LogLayout>> m_layouts;
    int m_wrapCells = 0;
};

} // namespace procession
