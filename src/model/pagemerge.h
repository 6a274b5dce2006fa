// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/shownrows.h"

namespace procession {

/// Goes one way through what is shown of several runs, merged by the times their rows ended at. Rows of one
/// run stay in their order; of rows that ended at the same time those of the run that is named first come
/// first. One thread; reads the disk.
class PageMerge final
{
public:
    /// rows, bytes: about how many are wanted.
    PageMerge(const PageSources &sources, Way way, const OutputCut &from, const RowChoice &choice, int rows,
              qint64 bytes);

    /// Rows after this cut (on the way forward) are not wanted.
    void endAt(const OutputCut &cut);

    /// The next row, or null: there is none, or isStalled().
    const PlacedRow *head(const QDeadlineTimer &deadline);
    /// The row head() told.
    PlacedRow take();
    /// True if the row head() would tell is between the same two cuts as the one that was taken last.
    bool isWithLast() const { return m_withLast; }
    /// The time was up before the next row was found.
    bool isStalled() const { return m_stalled; }
    /// The place between what was taken and what was not.
    const OutputCut &cut() const { return m_cut; }

private:
    bool isNearer(qint64 timeNs, int source, qint64 otherNs, int other) const;

    Way m_way;
    std::vector<ShownRows> m_rows;
    OutputCut m_cut;
    int m_next = -1;
    int m_last = -1;
    quint64 m_lastAfter = 0;
    bool m_stalled = false;
    bool m_withLast = false;
};

} // namespace procession
