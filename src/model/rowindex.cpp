// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/rowindex.h"

#include "model/terminalline.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

namespace procession {
namespace {

constexpr qsizetype maximumPoints = 64 * 1024;
/// Within so many bytes there has to be a newline for a line not to be a long one.
constexpr qsizetype blockBytes = 16 * 1024;
static_assert(2 * blockBytes <= RowSplitter::pieceBytes);
/// With fewer bytes than this, counting costs more than cutting.
constexpr qsizetype leastCounted = 1024;
/// How far behind a new gap what was known is tried to be come to again.
constexpr quint64 joinBytes = 1024 * 1024;
/// A piece costs as much as so many bytes of a long one, however short it is.
constexpr qint64 leastCost = 256;

/// Sixteen bytes at once; the compiler makes of it what the machine has.
using Bytes [[gnu::vector_size(16)]] = signed char;
constexpr qsizetype atOnce = 4 * static_cast<qsizetype>(sizeof(Bytes));
/// A lane counts to 127 and not beyond.
constexpr qsizetype mostRounds = 127;

qint64 newlinesIn(const char *bytes, qsizetype count)
{
    qint64 lines = 0;
    const char *const end = bytes + count;
    while (end - bytes >= atOnce) {
        std::array<Bytes, 4> counts{};
        for (qsizetype left = std::min((end - bytes) / atOnce, mostRounds); left > 0; --left) {
            for (Bytes &lane : counts) {
                Bytes here;
                memcpy(&here, bytes, sizeof(here));
                lane -= here == '\n';
                bytes += sizeof(here);
            }
        }
        for (const Bytes &lane : counts) {
            for (std::size_t i = 0; i < sizeof(lane); ++i) {
                lines += lane[i];
            }
        }
    }
    return lines + std::count(bytes, end, '\n');
}

const char *lastOf(const char *from, const char *end, char wanted)
{
    return static_cast<const char *>(memrchr(from, wanted, static_cast<std::size_t>(end - from)));
}

const char *firstOf(const char *from, const char *end, char wanted)
{
    return static_cast<const char *>(memchr(from, wanted, static_cast<std::size_t>(end - from)));
}

/// The lines in these bytes, which end with a newline; nothing, if one of them may be a long one.
std::optional<qint64> shortLines(const char *from, const char *end)
{
    qint64 lines = 0;
    while (from < end) {
        const qsizetype count = std::min<qsizetype>(blockBytes, end - from);
        const qint64 here = newlinesIn(from, count);
        if (here == 0) {
            return std::nullopt;
        }
        lines += here;
        from += count;
    }
    return lines;
}

/// The line with the byte at `at`, without its newline, within these bounds.
QByteArrayView lineAround(const char *at, const char *from, const char *end)
{
    const char *const before = lastOf(from, at, '\n');
    const char *const begin = before ? before + 1 : from;
    const char *const newline = firstOf(at, end, '\n');
    return {begin, (newline ? newline : end) - begin};
}

/// A style that has nothing in common with the default.
CharStyle everyStyle()
{
    const CharColour colour{CharColour::Kind::Indexed, 1};
    return {colour, colour, true, true, true, true, true, true};
}

/// The style behind these whole lines. An escape ends with its line, so that only lines with one matter; and
/// of these only the last ones, where one sets everything whatever was before.
CharStyle styleBehind(const char *from, const char *end, CharStyle style)
{
    const char *last = end;
    for (int tries = 0; tries < 8; ++tries) {
        const char *const escape = lastOf(from, last, '\x1b');
        if (!escape) {
            break;
        }
        const QByteArrayView line = lineAround(escape, from, end);
        const CharStyle behind = styleAfter(line, CharStyle());
        if (behind == styleAfter(line, everyStyle())) {
            style = behind;
            from = line.end();
            break;
        }
        last = line.begin();
    }
    while (const char *const escape = firstOf(from, end, '\x1b')) {
        const QByteArrayView line = lineAround(escape, from, end);
        style = styleAfter(line, style);
        from = line.end();
    }
    return style;
}

/// Whether the same row is under way. Where there is none, it does not matter where the last one ended.
bool isSame(const RowSplitter::Begun &a, const RowSplitter::Begun &b)
{
    return a.begun == b.begun && a.style == b.style && a.continues == b.continues &&
           (!a.begun || a.offset == b.offset);
}

} // namespace

RowIndex::RowIndex(const QString &runDirectory)
    : m_scan(runDirectory)
    , m_points{RowPoint()}
{
}

qsizetype RowIndex::pointAt(quint64 offset) const
{
    const auto behind = std::upper_bound(m_points.cbegin(), m_points.cend(), offset,
                                         [](quint64 at, const RowPoint &point) { return at < point.offset; });
    return behind - m_points.cbegin() - 1;
}

void RowIndex::setExtent(const RowExtent &extent)
{
    const RowExtent before = std::exchange(m_extent, extent);
    const auto isIn = [](const RowExtent &where, quint64 start) {
        return std::find_if(where.segments.cbegin(), where.segments.cend(),
                            [&](const OutputSegment &segment) { return segment.start == start; });
    };
    struct Gone
    {
        quint64 from;
        quint64 to;
    };
    QList<Gone> gone;
    for (const OutputSegment &segment : before.segments) {
        const auto now = isIn(extent, segment.start);
        if (now == extent.segments.cend()) {
            if (!gone.isEmpty() && gone.last().to == segment.start) {
                gone.last().to = segment.end();
            } else {
                gone.append({segment.start, segment.end()});
            }
        } else if (now->inode != segment.inode || now->size < segment.size) {
            forgetFrom(segment.start);
        }
    }
    for (const OutputSegment &segment : extent.segments) {
        if (segment.start < before.end() && isIn(before, segment.start) == before.segments.cend()) {
            forgetFrom(segment.start);
        }
    }
    for (const Gone &each : gone) {
        closeGap(each.from, each.to);
    }
}

/// Nothing is known any more of what comes from this offset on.
void RowIndex::forgetFrom(quint64 offset)
{
    if (offset >= m_to) {
        return;
    }
    while (m_points.size() > 1 && m_points.last().offset >= offset) {
        m_points.removeLast();
    }
    m_state = m_points.last();
    m_to = m_state.offset;
    m_splitter = splitterAt(m_scan, m_state.start());
}

/// The bytes between these two offsets are not there any more. What follows them is known again as soon as
/// the rows under way are the same as they were.
void RowIndex::closeGap(quint64 from, quint64 to)
{
    m_tail = {};
    if (m_to > to) {
        m_tail = {m_points, m_state, m_splitter, m_to};
        m_tail.points.removeIf([&](const RowPoint &point) { return point.offset <= to; });
    }
    forgetFrom(from);
    const quint64 until = m_tail.points.isEmpty() ? 0 : std::min(to + joinBytes, m_tail.to);
    while (!m_tail.points.isEmpty() && m_to < until && build(leastStep)) {
    }
    m_tail = {};
}

/// If the last point was known before, with the same rows under way, so is all behind it.
bool RowIndex::joinTail()
{
    const RowPoint point = m_points.last();
    const auto same = std::find_if(m_tail.points.begin(), m_tail.points.end(),
                                   [&](const RowPoint &each) { return each.offset == point.offset; });
    if (same == m_tail.points.end() || !isSame(same->begun[0], point.begun[0]) ||
        !isSame(same->begun[1], point.begun[1])) {
        return false;
    }
    const RowPoint old = *same;
    bool sameStretch = true;
    const auto shift = [&](RowPoint &known) {
        sameStretch = sameStretch && !known.isFirst;
        known.linesAtGap = sameStretch ? point.linesAtGap : known.linesAtGap + point.lines - old.lines;
        known.afterGap = point.afterGap || known.afterGap;
        known.lines += point.lines - old.lines;
        for (const std::size_t stream : {0, 1}) {
            known.rows[stream] += point.rows[stream] - old.rows[stream];
        }
    };
    for (auto each = same + 1; each != m_tail.points.end(); ++each) {
        shift(*each);
        m_points.append(*each);
    }
    m_tail.state.isFirst = false;
    shift(m_tail.state);
    m_state = m_tail.state;
    m_splitter = m_tail.splitter;
    m_to = m_tail.to;
    m_tail = {};
    return true;
}

void RowIndex::addPoint(quint64 offset, bool isFirst)
{
    RowPoint point = m_state;
    point.offset = offset;
    point.begun = {m_splitter.begun(1), m_splitter.begun(2)};
    point.isFirst = isFirst;
    if (m_points.last().offset == offset) {
        m_points.last() = point;
        return;
    }
    m_points.append(point);
    if (m_points.size() > maximumPoints) {
        m_step *= 2;
        m_points.removeIf([&](const RowPoint &each) { return !each.isFirst && each.offset % m_step != 0; });
    }
}

bool RowIndex::build(qint64 bytes)
{
    const quint64 end = m_extent.end();
    for (qint64 left = bytes; m_to < end && left > 0;) {
        if (m_scan.position() != m_to) {
            m_scan.setStream(0);
            m_scan.seek(m_to);
        }
        std::optional<OutputPiece> piece = m_scan.next();
        if (!piece || piece->offset >= end) {
            return false; // it vanished meanwhile; what is there then will be told
        }
        piece->bytes = piece->bytes.first(static_cast<qsizetype>(
            std::min<quint64>(static_cast<quint64>(piece->bytes.size()), end - piece->offset)));
        left -= std::max(leastCost, static_cast<qint64>(piece->bytes.size()));
        if (!take(*piece)) {
            break; // what follows was known
        }
    }
    return m_to < end;
}

/// False: it was not needed any more from somewhere on.
bool RowIndex::take(const OutputPiece &piece)
{
    OutputPiece rest = piece;
    if (rest.gapBefore > 0) {
        OutputPiece gap;
        gap.offset = rest.offset;
        gap.gapBefore = rest.gapBefore;
        countRows(gap);
        rest.gapBefore = 0;
        m_to = rest.offset;
        addPoint(m_to, true);
        if (joinTail()) {
            return false;
        }
    }
    while (!rest.bytes.isEmpty()) {
        if (rest.offset % m_step == 0 && rest.offset > m_points.last().offset) {
            addPoint(rest.offset, false);
            if (joinTail()) {
                return false;
            }
        }
        m_state.newestNs = std::max(m_state.newestNs, rest.newestNs);
        OutputPiece part = rest;
        part.bytes = rest.bytes.first(static_cast<qsizetype>(
            std::min<quint64>(static_cast<quint64>(rest.bytes.size()),
                              (rest.offset / leastStep + 1) * leastStep - rest.offset)));
        count(part);
        rest.bytes = rest.bytes.sliced(part.bytes.size());
        rest.offset += static_cast<quint64>(part.bytes.size());
        m_to = rest.offset;
    }
    return true;
}

/// Counts what ends in a piece. Where no line can be a long one, only newlines are counted.
void RowIndex::count(const OutputPiece &piece)
{
    const char *const begin = piece.bytes.data();
    const char *const end = begin + piece.bytes.size();
    const char *const first = piece.bytes.size() < leastCounted ? nullptr : firstOf(begin, end, '\n');
    const char *const last = first ? lastOf(first, end, '\n') : nullptr;
    const std::optional<qint64> lines = last && last > first ? shortLines(first + 1, last + 1) : std::nullopt;
    if (!lines) {
        countRows(piece);
        return;
    }
    OutputPiece part = piece;
    part.bytes = QByteArrayView(begin, first + 1 - begin); // what is under way ends there
    countRows(part);
    RowSplitter::Begun next = m_splitter.begun(piece.stream);
    next.offset = piece.offset + static_cast<quint64>(last + 1 - begin);
    next.style = styleBehind(first + 1, last + 1, next.style);
    m_splitter.begin(piece.stream, next);
    m_state.lines += *lines;
    m_state.rows[piece.stream == 2 ? 1 : 0] += *lines;
    if (last + 1 < end) {
        part.offset = next.offset;
        part.bytes = QByteArrayView(last + 1, end - last - 1);
        countRows(part);
    }
}

void RowIndex::countRows(const OutputPiece &piece)
{
    m_ended.clear();
    m_splitter.feed(piece, m_ended);
    for (const OutputRow &row : std::as_const(m_ended)) {
        if (row.gap > 0) {
            ++m_state.rows[0];
            ++m_state.rows[1];
            m_state.linesAtGap = m_state.lines;
            m_state.afterGap = true;
            continue;
        }
        ++m_state.rows[row.place.stream == 2 ? 1 : 0];
        m_state.lines += row.place.ending == RowPlace::Ending::Newline ? 1 : 0;
    }
}

} // namespace procession
