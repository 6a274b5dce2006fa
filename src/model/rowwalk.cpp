// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/rowwalk.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace procession {
namespace {

/// Fed at once: who wants a few rows does not get all of a large piece.
constexpr qsizetype sliceBytes = 4096;
/// How far a beginning of a row is looked for.
constexpr quint64 lookBackBytes = 1024 * 1024;
constexpr int lookBackStretches = 64 * 1024;
constexpr quint64 lookBackWindow = 16 * 1024;

/// Reads a run's output backwards, stretch by stretch.
class BackwardReader final
{
    Q_DISABLE_COPY_MOVE(BackwardReader)

public:
    BackwardReader(const RowExtent &extent, quint64 offset)
        : m_extent(extent)
        , m_directory(openRunDirectory(extent.directory))
        , m_at(offset)
        , m_begin(extent.unbrokenFrom(offset))
    {
    }

    /// The bytes before those told last; nothing at a gap.
    std::optional<SegmentIndex::Stretch> next()
    {
        if (m_at <= m_begin || m_directory < 0) {
            return std::nullopt;
        }
        if (!m_index || m_at <= m_segment.start) {
            const auto segment = std::find_if(m_extent.segments.crbegin(), m_extent.segments.crend(),
                                              [&](const OutputSegment &each) { return each.start < m_at; });
            if (segment == m_extent.segments.crend()) {
                return std::nullopt;
            }
            m_segment = *segment;
            m_file.reset(openOutputSegment(m_directory, m_segment.start));
            m_index = std::make_unique<SegmentIndex>(m_directory, m_segment.start);
            m_record = m_index->find(m_at - 1);
        }
        m_stretchEnd = m_at;
        const SegmentIndex::Stretch stretch = m_index->stretchBefore(m_at, m_segment.start, m_record);
        m_at = stretch.end;
        return stretch;
    }
    quint64 begin() const { return m_at; }
    quint64 end() const { return m_stretchEnd; }
    /// Where the last newline of the stretch told last is, of its last `maximum` bytes.
    std::optional<quint64> lastNewline(quint64 maximum)
    {
        quint64 end = m_stretchEnd;
        const quint64 begin = std::max(m_at, end - std::min(end, maximum));
        std::array<char, lookBackWindow> window;
        while (end > begin) {
            const quint64 from = std::max(begin, end - std::min(end, lookBackWindow));
            const qint64 wanted = static_cast<qint64>(end - from);
            if (m_file < 0 || readAt(m_file, from - m_segment.start, window.data(), wanted) != wanted) {
                return std::nullopt;
            }
            if (const void *const found = memrchr(window.data(), '\n', static_cast<std::size_t>(wanted))) {
                return from + static_cast<quint64>(static_cast<const char *>(found) - window.data());
            }
            end = from;
        }
        return std::nullopt;
    }

private:
    const RowExtent &m_extent;
    Descriptor m_directory;
    Descriptor m_file;
    OutputSegment m_segment;
    std::unique_ptr<SegmentIndex> m_index;
    quint64 m_record = 0;
    quint64 m_at;
    quint64 m_begin;
    quint64 m_stretchEnd = 0;
};

RowSplitter::Begun begunNear(const RowExtent &extent, quint64 offset, int stream)
{
    RowSplitter::Begun begun;
    begun.offset = offset;
    BackwardReader back(extent, offset);
    quint64 looked = 0;
    for (int i = 0; i < lookBackStretches && looked < lookBackBytes; ++i) {
        const std::optional<SegmentIndex::Stretch> stretch = back.next();
        if (!stretch) {
            return begun; // it began where the bytes do
        }
        if (stretch->stream != stream) {
            continue;
        }
        const std::optional<quint64> newline = back.lastNewline(lookBackBytes - looked);
        if (newline) {
            if (*newline + 1 < back.end()) {
                begun.offset = *newline + 1;
                begun.begun = true;
            }
            return begun;
        }
        begun.begun = true;
        begun.offset = std::max(back.begin(), back.end() - std::min(back.end(), lookBackBytes - looked));
        looked += back.end() - begun.offset;
    }
    begun.continues = begun.begun && looked >= lookBackBytes;
    return begun;
}

} // namespace

quint64 RowExtent::behindGap(quint64 offset) const
{
    const auto next = std::find_if(segments.cbegin(), segments.cend(),
                                   [&](const OutputSegment &segment) { return segment.end() > offset; });
    return next == segments.cend() ? offset : std::max(offset, next->start);
}

quint64 RowExtent::beforeGap(quint64 offset) const
{
    if (behindGap(offset) == offset) {
        return offset;
    }
    quint64 before = 0;
    for (const OutputSegment &segment : segments) {
        before = segment.end() <= offset ? segment.end() : before;
    }
    return before;
}

quint64 RowExtent::unbrokenFrom(quint64 offset) const
{
    for (auto segment = segments.crbegin(); segment != segments.crend(); ++segment) {
        if (segment->start < offset) {
            if (segment->end() < offset) {
                break;
            }
            offset = segment->start;
        }
    }
    return offset;
}

RowSplitter splitterAt(OutputScan &scan, const RowStart &start)
{
    RowSplitter splitter;
    QList<OutputRow> ended;
    for (const int stream : {1, 2}) {
        const RowSplitter::Begun &begun = start.begun[stream == 2 ? 1 : 0];
        splitter.begin(stream, begun);
        if (!begun.begun) {
            continue;
        }
        scan.setStream(stream);
        scan.seek(begun.offset);
        while (scan.position() < start.offset) {
            std::optional<OutputPiece> piece = scan.next();
            if (!piece || piece->offset >= start.offset) {
                break;
            }
            if (piece->stream == stream) {
                const quint64 most = start.offset - piece->offset;
                piece->bytes = piece->bytes.first(static_cast<qsizetype>(
                    std::min<quint64>(most, static_cast<quint64>(piece->bytes.size()))));
                piece->gapBefore = 0;
                splitter.feed(*piece, ended);
            }
        }
    }
    scan.setStream(0);
    return splitter;
}

RowStart rowStartNear(const RowExtent &extent, quint64 offset)
{
    RowStart start;
    start.offset = extent.beforeGap(offset);
    start.number = -1;
    for (const int stream : {1, 2}) {
        start.begun[stream == 2 ? 1 : 0] = begunNear(extent, start.offset, stream);
    }
    return start;
}

quint64 bytesBack(const RowExtent &extent, quint64 offset, int stream, quint64 bytes)
{
    if (stream == 0) {
        return offset - std::min(offset, bytes);
    }
    quint64 place = offset;
    quint64 at = offset;
    int stretches = 0;
    for (;;) {
        BackwardReader back(extent, at);
        while (const std::optional<SegmentIndex::Stretch> stretch = back.next()) {
            at = back.begin();
            if (stretch->stream == stream) {
                const quint64 count = std::min(bytes, back.end() - at);
                place = back.end() - count;
                bytes -= count;
            }
            if (bytes == 0 || ++stretches >= lookBackStretches) {
                return place;
            }
        }
        const auto before = std::find_if(extent.segments.crbegin(), extent.segments.crend(),
                                         [&](const OutputSegment &each) { return each.start < at; });
        if (before == extent.segments.crend()) {
            return 0;
        }
        place = at = before->end(); // before a gap
    }
}

RowWalk::RowWalk(OutputScan &scan, const RowExtent &extent, const RowStart &start, quint64 end)
    : m_scan(scan)
    , m_extent(extent)
    , m_splitter(splitterAt(scan, start))
    , m_at(start.offset)
    , m_end(end)
    , m_newestNs(start.newestNs)
    , m_number(start.number)
    , m_afterGap(start.afterGap)
{
    m_scan.seek(m_at);
}

void RowWalk::readOnly(int stream)
{
    m_number = -1;
    m_readsOne = true;
    m_scan.setStream(stream);
}

QList<OutputRow> RowWalk::open(RowPlace::Ending ending) const
{
    QList<OutputRow> rows = m_splitter.open(m_end, ending);
    for (OutputRow &row : rows) {
        row.place.endTimeNs = std::max(row.place.endTimeNs, m_newestNs);
    }
    return rows;
}

bool RowWalk::step(QList<OutputRow> &rows)
{
    const qsizetype first = rows.size();
    if (m_piece.bytes.isEmpty()) {
        const std::optional<OutputPiece> piece =
            !m_done && m_at < m_end && m_scan.position() < m_end ? m_scan.next() : std::nullopt;
        if (!piece || piece->offset - piece->gapBefore >= m_end) {
            if (!m_done && m_at <= m_end) { // what a gap ends, has ended before it
                feedGap(m_end, m_extent.behindGap(m_end), rows);
            }
            m_done = true;
            complete(rows, first);
            return false;
        }
        m_piece = *piece;
        if (piece->gapBefore > 0) {
            feedGap(piece->offset - piece->gapBefore, piece->offset, rows);
            m_piece.gapBefore = 0;
        }
        m_at = std::max(m_at, piece->offset);
        if (m_at >= m_end) {
            m_done = true;
            m_piece.bytes = {};
            complete(rows, first);
            return false;
        }
    }
    OutputPiece slice = m_piece;
    slice.bytes = slice.bytes.first(std::min(
        {sliceBytes, slice.bytes.size(),
         static_cast<qsizetype>(std::min<quint64>(m_end - slice.offset, std::numeric_limits<int>::max()))}));
    m_splitter.feed(slice, rows);
    m_piece.bytes = m_piece.bytes.sliced(slice.bytes.size());
    m_piece.offset += static_cast<quint64>(slice.bytes.size());
    m_at = m_piece.offset;
    m_read += static_cast<quint64>(slice.bytes.size());
    if (m_at >= m_end) {
        m_piece.bytes = {};
    }
    complete(rows, first);
    return true;
}

/// A gap as such: whatever follows.
void RowWalk::feedGap(quint64 from, quint64 to, QList<OutputRow> &rows)
{
    if (to > from) {
        OutputPiece gap;
        gap.offset = to;
        gap.gapBefore = to - from;
        m_splitter.feed(gap, rows);
    }
}

void RowWalk::complete(QList<OutputRow> &rows, qsizetype first)
{
    for (qsizetype i = first; i < rows.size(); ++i) {
        RowPlace &place = rows[i].place;
        place.endTimeNs = std::max(place.endTimeNs, m_newestNs);
        if (rows[i].gap > 0) {
            m_number = m_readsOne ? -1 : 0;
            m_afterGap = true;
        } else if (place.ending == RowPlace::Ending::Newline && m_number >= 0) {
            place.number = ++m_number;
            place.afterGap = m_afterGap;
        }
    }
    rows.erase(std::remove_if(rows.begin() + first, rows.end(),
                              [&](const OutputRow &row) { return row.place.end > m_end; }),
               rows.end());
}

} // namespace procession
