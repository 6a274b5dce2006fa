// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/pagemerge.h"

#include <algorithm>

namespace procession {
namespace {

constexpr int fewestRows = 8; ///< a run is asked for at once: each question costs about as much
constexpr qint64 fewestBytes = 64 * 1024;

} // namespace

PageMerge::PageMerge(const PageSources &sources, Way way, const OutputCut &from, const RowChoice &choice,
                     int rows, qint64 bytes)
    : m_way(way)
    , m_cut(from)
{
    const auto count = std::max<qsizetype>(1, static_cast<qsizetype>(sources.size()));
    const int share =
        count == 1 ? rows : std::min<int>(rows, fewestRows + static_cast<int>(2 * rows / count));
    m_rows.reserve(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
        m_rows.emplace_back(sources[i], way, from.at(static_cast<qsizetype>(i)), choice, share,
                            std::max(fewestBytes, bytes / count));
    }
}

void PageMerge::endAt(const OutputCut &cut)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i].endAt(cut.at(static_cast<qsizetype>(i)));
    }
}

/// True if a row of this time and source comes first, of the two, on the way.
bool PageMerge::isNearer(qint64 timeNs, int source, qint64 otherNs, int other) const
{
    const auto one = std::pair(timeNs, source);
    const auto two = std::pair(otherNs, other);
    return m_way == Way::Forward ? one < two : one > two;
}

const PlacedRow *PageMerge::head(const QDeadlineTimer &deadline)
{
    m_next = -1;
    m_stalled = false;
    m_withLast = false;
    const PlacedRow *best = nullptr;
    int waiting = -1; ///< the source whose next row is not known, and may be the nearest
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
        ShownRows &rows = m_rows[static_cast<std::size_t>(i)];
        const PlacedRow *row = rows.head(deadline);
        if (row && i == m_last && row->after == m_lastAfter) {
            m_next = i;
            m_withLast = true;
            return row;
        }
        if (row && (!best || isNearer(row->timeNs, i, best->timeNs, m_next))) {
            best = row;
            m_next = i;
        } else if (!row && !rows.isExhausted() &&
                   (waiting < 0 ||
                    isNearer(rows.reachedNs(), i, m_rows[static_cast<std::size_t>(waiting)].reachedNs(),
                             waiting))) {
            waiting = i;
        }
    }
    if (waiting >= 0 && (!best || isNearer(m_rows[static_cast<std::size_t>(waiting)].reachedNs(), waiting,
                                           best->timeNs, m_next))) {
        m_stalled = true;
        m_next = -1;
        return nullptr;
    }
    return best;
}

PlacedRow PageMerge::take()
{
    PlacedRow row = m_rows[static_cast<std::size_t>(m_next)].take();
    row.row.place.source = m_next;
    m_cut[m_next] = m_way == Way::Forward ? row.after : row.before;
    m_last = m_next;
    m_lastAfter = row.after;
    return row;
}

} // namespace procession
