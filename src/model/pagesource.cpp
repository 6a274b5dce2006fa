// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/pagesource.h"

#include "model/terminalline.h"

#include <algorithm>
#include <limits>

namespace procession {
namespace {

/// More rows than can end at one offset: a line, one of each stream that a gap cuts, and one to tell.
constexpr int rowsAtOneOffset = 4;
/// To step over less takes longer than to read it.
constexpr quint64 worthSkipping = 64 * 1024;
constexpr std::size_t mostRemembered = 64 * 1024;
/// Matches are counted row by row only up to this far from where the search knows their number.
constexpr quint64 mostCounted = 4 * 1024 * 1024;
constexpr int countedRows = 1024;
constexpr qint64 countedBytes = 256 * 1024;

QByteArray searchedBytes(const OutputRow &row)
{
    return isPlain(row.bytes) ? row.bytes : shownLine(row).text.toUtf8();
}

} // namespace

PageSource::PageSource(const QString &directory)
    : m_directory(directory)
    , m_rows(directory)
{
}

void PageSource::setWanted(const OutputSource &source, int stream, const SearchHits &hits)
{
    if (stream != m_stream) {
        forgetNoMatch();
    }
    m_floor = source.floor;
    m_alive = source.alive;
    m_stream = stream;
    m_hits = hits;
}

void PageSource::setMatcher(OutputMatcher *matcher)
{
    m_matcher = matcher;
    forgetNoMatch();
}

void PageSource::refresh()
{
    const quint64 indexed = m_rows.indexedTo();
    m_rows.refresh(m_alive);
    if (m_rows.end() < m_end || m_rows.begin() < m_begin || m_rows.indexedTo() < indexed) {
        forgetNoMatch(); // the files are others
    }
    if (m_rows.end() < m_end || m_rows.begin() != m_begin || m_rows.dropped() != m_dropped) {
        findGaps();
    }
    m_begin = m_rows.begin();
    m_end = m_rows.end();
    m_dropped = m_rows.dropped();
}

quint64 PageSource::cutAfter(const OutputRow &row) const
{
    return row.place.ending == RowPlace::Ending::Open ? last() : row.place.end;
}

PageSource::Stretch PageSource::rowsFrom(Way way, quint64 cut, int count, qint64 bytes) const
{
    const bool forward = way == Way::Forward;
    const bool atEnd = !m_alive && cut >= m_rows.end(); // behind what is not complete, and never will be
    Stretch stretch;
    bool isAll = false; ///< of what was found, not only as much as was asked for
    for (int wanted = count + rowsAtOneOffset;; wanted *= 2, bytes *= 2) {
        const QList<OutputRow> found = forward ? m_rows.after(std::max(cut, m_floor), m_stream, wanted, bytes)
                                               : m_rows.before(atEnd ? last() : cut, m_stream, wanted, bytes);
        qint64 size = 0;
        stretch.rows.clear();
        stretch.rows.reserve(found.size());
        for (const OutputRow &row : found) {
            size += row.bytes.size() + 1;
            if (row.place.end > m_floor && (!forward || cutAfter(row) > cut)) {
                stretch.rows.append({row, 0, cutAfter(row), row.place.endTimeNs, false});
            }
        }
        isAll = (found.size() < wanted && size <= bytes) || stretch.rows.isEmpty() ||
                (!forward && stretch.rows.size() < found.size());
        // Else the last ones may have a neighbour between the same two cuts.
        if (isAll || stretch.rows.first().after != stretch.rows.last().after) {
            break;
        }
    }
    if (stretch.rows.isEmpty()) {
        // Where the index did not get to, no more was looked through than is read at once.
        stretch.reached = !isIndexed() ? cut : forward ? std::max(cut, last()) : std::min(cut, m_floor);
        return stretch;
    }
    const PlacedRow &first = stretch.rows.first();
    const quint64 oldest = std::max(m_floor, m_rows.begin());
    const bool isFirst = isAll && first.row.place.offset <= oldest;
    stretch.exhausted = isAll && (forward ? stretch.rows.last().after >= m_rows.end() : isFirst);

    quint64 before = cut;
    if (!forward) {
        before = isFirst         ? std::min(oldest, first.after - 1)
                 : m_stream != 0 ? std::min(first.row.place.offset, first.after - 1)
                                 : first.after - 1;
    }
    quint64 after = before;
    qint64 timeNs = 0;
    for (PlacedRow &placed : stretch.rows) {
        if (placed.after != after) {
            before = std::exchange(after, placed.after);
        }
        placed.before = before;
        placed.timeNs = timeNs = std::max(timeNs, placed.timeNs);
    }
    if (!isAll) {
        const quint64 torn = forward ? stretch.rows.last().after : first.after;
        stretch.rows.removeIf([torn](const PlacedRow &placed) { return placed.after == torn; });
    }
    stretch.reached = forward ? stretch.rows.last().after : stretch.rows.first().before;
    if (!forward) {
        std::reverse(stretch.rows.begin(), stretch.rows.end());
    }
    return stretch;
}

quint64 PageSource::cutAt(qint64 timeNs) const
{
    const quint64 cut = std::max(m_rows.cutAt(timeNs), m_floor);
    if (cut < m_rows.end()) {
        return cut;
    }
    const QList<OutputRow> open = m_rows.after(cut, m_stream, rowsAtOneOffset, countedBytes);
    const bool isOlder = std::all_of(open.cbegin(), open.cend(),
                                     [=](const OutputRow &row) { return row.place.endTimeNs < timeNs; });
    if (open.isEmpty() || m_alive) {
        return open.isEmpty() || !isOlder ? cut : last();
    }
    return isOlder ? cut : std::max(cut - 1, m_floor);
}

bool PageSource::matches(const OutputRow &row) const
{
    return m_matcher && row.place.stream != 0 && m_matcher->find(searchedBytes(row)).has_value();
}

qint64 PageSource::matchCount(const OutputRow &row) const
{
    if (!m_matcher || row.place.stream == 0) {
        return 0;
    }
    const QByteArray bytes = searchedBytes(row);
    qint64 count = 0;
    for (auto match = m_matcher->find(bytes); match;
         match = m_matcher->find(bytes, match->start + match->length)) {
        ++count;
    }
    return count;
}

quint64 PageSource::withoutMatch(Way way, quint64 cut) const
{
    const bool forward = way == Way::Forward;
    for (;;) {
        quint64 reached = cut;
        // The last one that begins before the cut (or at it, on the way forward).
        auto known = forward ? m_noMatch.upper_bound(cut) : m_noMatch.lower_bound(cut);
        if (known != m_noMatch.begin()) {
            --known;
            if (forward && known->second > cut) {
                reached = known->second;
            } else if (!forward && known->second >= cut) {
                reached = known->first;
            }
        }
        reached = forward ? searchedAhead(reached) : searchedBehind(reached);
        if (reached == cut) {
            return cut;
        }
        cut = reached;
    }
}

quint64 PageSource::searchedAhead(quint64 cut) const
{
    const quint64 searched = m_hits.searchedTo();
    if (searched > m_rows.end() || searched <= cut) {
        return cut;
    }
    quint64 reached = std::min(m_hits.blockAfter(cut).value_or(searched), searched);
    if (reached < cut + worthSkipping) {
        return cut;
    }
    // Blocks tell where rows begin. One that began before may end on the way.
    for (const int stream : {1, 2}) {
        if (m_stream != 0 && m_stream != stream) {
            continue;
        }
        const QList<OutputRow> next = m_rows.after(cut, stream, 1, 1);
        if (!next.isEmpty() && next.first().place.offset < cut && cutAfter(next.first()) <= reached &&
            matches(next.first())) {
            reached = cutAfter(next.first()) - 1;
        }
    }
    return std::max(reached, cut);
}

quint64 PageSource::searchedBehind(quint64 cut) const
{
    const quint64 searched = m_hits.searchedTo();
    if (searched > m_rows.end() || searched < cut) {
        return cut;
    }
    const std::optional<quint64> block = m_hits.blockBefore(cut);
    quint64 reached = std::max(block ? *block + m_hits.blockBytes() : m_rows.begin(), m_floor);
    if (reached + worthSkipping > cut) {
        return cut;
    }
    for (const int stream : {1, 2}) {
        if (m_stream != 0 && m_stream != stream) {
            continue;
        }
        const QList<OutputRow> next = m_rows.after(reached, stream, 1, 1);
        if (!next.isEmpty() && next.first().place.offset < reached && cutAfter(next.first()) <= cut &&
            matches(next.first())) {
            reached = cutAfter(next.first());
        }
    }
    return std::min(reached, cut);
}

void PageSource::forgetNoMatch()
{
    m_noMatch.clear();
    m_remembered = 0;
}

void PageSource::rememberNoMatch(quint64 from, quint64 to)
{
    to = std::min(to, m_rows.end()); // rows under way will be others
    if (from >= to) {
        return;
    }
    if (m_noMatch.size() >= mostRemembered) {
        forgetNoMatch();
    }
    const auto forget = [this](auto known) {
        m_remembered -= known->second - known->first;
        return m_noMatch.erase(known);
    };
    auto next = m_noMatch.upper_bound(from);
    if (next != m_noMatch.begin() && std::prev(next)->second >= from) {
        --next;
        from = next->first;
    }
    while (next != m_noMatch.end() && next->first <= to) {
        to = std::max(to, next->second);
        next = forget(next);
    }
    m_remembered += to - from;
    m_noMatch.emplace(from, to);
}

qint64 PageSource::matchesBefore(quint64 cut) const
{
    const quint64 searched = m_hits.searchedTo();
    if (searched > m_rows.end() || (searched == 0 && m_rows.end() > m_floor)) {
        return -1;
    }
    const quint64 known = std::min(cut, searched) / m_hits.blockBytes() * m_hits.blockBytes();
    if (cut > known && cut - known > mostCounted) {
        return -1;
    }
    qint64 count = m_hits.before(known);
    // What is known is of rows that began before `known`, whether they end before the cut or not.
    for (const int stream : {1, 2}) {
        if (m_stream != 0 && m_stream != stream) {
            continue;
        }
        const QList<OutputRow> next = m_rows.after(std::max(known, m_floor), stream, 1, 1);
        if (!next.isEmpty() && next.first().place.offset < known && cutAfter(next.first()) > cut) {
            count -= matchCount(next.first());
        }
    }
    for (quint64 at = known; at < cut;) {
        const Stretch stretch = rowsFrom(Way::Forward, at, countedRows, countedBytes);
        for (const PlacedRow &placed : stretch.rows) {
            if (placed.after <= cut && placed.row.place.offset >= known) {
                count += matchCount(placed.row);
            }
        }
        if (stretch.exhausted) {
            break;
        }
        at = stretch.reached;
    }
    return count;
}

quint64 PageSource::bytesBefore(quint64 offset) const
{
    const quint64 end = std::min(offset, m_rows.end());
    return end <= m_floor ? 0 : end - m_floor - (droppedBefore(end) - droppedBefore(m_floor));
}

quint64 PageSource::offsetOf(quint64 bytes) const
{
    quint64 at = m_floor;
    for (const Gap &gap : m_gaps) {
        if (gap.end <= at) {
            continue;
        }
        const quint64 room = std::max(gap.begin, at) - at;
        if (bytes <= room) {
            break;
        }
        bytes -= room;
        at = gap.end;
    }
    const quint64 end = std::max(at, m_rows.end());
    return at + std::min(bytes, end - at);
}

quint64 PageSource::dropped() const
{
    return droppedBefore(std::max(m_rows.end(), m_floor)) - droppedBefore(m_floor);
}

quint64 PageSource::droppedBefore(quint64 offset) const
{
    quint64 bytes = 0;
    for (const Gap &gap : m_gaps) {
        bytes += std::min(gap.end, std::max(gap.begin, offset)) - gap.begin;
    }
    return bytes;
}

void PageSource::findGaps()
{
    m_gaps.clear();
    if (m_rows.dropped() == 0) {
        return;
    }
    // How much was dropped before an offset grows with it inside a gap and stays outside: halved until it
    // does either all along.
    struct Range
    {
        quint64 begin, end, droppedBegin, droppedEnd;
    };
    const OutputLog log(m_directory);
    const quint64 end = m_rows.end();
    std::vector<Range> open{{0, end, 0, std::min(log.droppedBefore(end), end)}};
    while (!open.empty()) {
        const Range range = open.back();
        open.pop_back();
        const quint64 length = range.end - range.begin;
        const quint64 dropped = range.droppedEnd - range.droppedBegin;
        if (dropped == 0 || length == 0) {
            continue;
        }
        if (dropped >= length) {
            if (!m_gaps.isEmpty() && m_gaps.last().end == range.begin) {
                m_gaps.last().end = range.end;
            } else {
                m_gaps.append({range.begin, range.end});
            }
            continue;
        }
        const quint64 middle = range.begin + length / 2;
        // Files may vanish between one question and the next.
        const quint64 droppedMiddle =
            std::clamp(log.droppedBefore(middle), range.droppedBegin, range.droppedEnd);
        open.push_back({middle, range.end, droppedMiddle, range.droppedEnd});
        open.push_back({range.begin, middle, range.droppedBegin, droppedMiddle});
    }
}

} // namespace procession
