// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputscan.h"

#include "core/outputsegments.h"

#include <algorithm>
#include <limits>

#include <sys/stat.h>

namespace procession {
namespace {

constexpr quint64 unlimited = std::numeric_limits<quint64>::max();
/// Of the first window after a seek: who only looks around a place needs no more.
constexpr quint64 firstWindowBytes = 64 * 1024;

quint64 sizeOf(int file)
{
    struct stat info
    {
    };
    return ::fstat(file, &info) == 0 ? static_cast<quint64>(info.st_size) : 0;
}

} // namespace

class OutputScan::Private final
{
public:
    QString path;
    Times times = Times::Ignored;
    OutputLog::Tail tail = OutputLog::Tail::All;
    int stream = 0;
    quint64 at = 0;

    std::optional<OutputPiece> next();
    void seek(quint64 offset)
    {
        at = offset;
        m_windowEnd = m_windowStart = 0;
        m_wanted = firstWindowBytes;
        if (at < m_segment.start) {
            m_file.reset();
        }
    }

private:
    bool isBuffered() const { return m_windowStart < m_windowEnd && at < m_windowEnd; }
    bool fill();
    bool skipOtherStream(quint64 &from);
    std::optional<OutputSegment> choose(const std::optional<quint64> &after);
    void open(const OutputSegment &segment);
    std::optional<OutputPiece> take();
    bool isPassedOver(const SegmentIndex::Stretch &stretch, quint64 from) const
    {
        return stream != 0 && stretch.stream != stream && from == at;
    }

    Descriptor m_directory;
    Descriptor m_file;
    OutputSegment m_segment;
    quint64 m_limit = unlimited; ///< where the next segment starts
    std::unique_ptr<SegmentIndex> m_index;
    quint64 m_record = 0; ///< position in the index of what comes next, if it is at m_recordFor
    quint64 m_recordFor = 0;
    std::unique_ptr<char[]> m_window;
    quint64 m_windowStart = 0;
    quint64 m_windowEnd = 0;
    quint64 m_wanted = firstWindowBytes;
};

std::optional<OutputPiece> OutputScan::Private::next()
{
    std::optional<quint64> tried;
    for (;;) {
        if (isBuffered()) {
            const quint64 before = at;
            if (std::optional<OutputPiece> piece = take()) {
                return piece;
            }
            if (at == before) {
                return std::nullopt;
            }
            continue;
        }
        if (m_file >= 0 && fill()) {
            continue;
        }
        const std::optional<OutputSegment> segment = choose(tried);
        if (!segment) {
            m_file.reset();
            return std::nullopt;
        }
        tried = segment->start;
        open(*segment);
    }
}

/// Reads the next window from the segment that is open. False: there is nothing (more) in it to be read.
bool OutputScan::Private::fill()
{
    m_windowEnd = m_windowStart = 0;
    quint64 from = std::max(at, m_segment.start);
    if (from >= m_limit || inodeOfSegment(m_directory, m_segment.start) != m_segment.inode) {
        return false;
    }
    if (m_index->isOpen()) {
        m_index->refresh();
    } else {
        m_index = std::make_unique<SegmentIndex>(m_directory, m_segment.start); // it is made after the bytes
    }
    if (m_recordFor != from || m_record > m_index->count()) {
        m_record = m_index->find(from);
    }
    if (stream != 0 && !skipOtherStream(from)) {
        return false;
    }
    if (!m_window) {
        m_window = std::make_unique<char[]>(windowBytes);
    }
    const qint64 got = readAt(m_file, from - m_segment.start, m_window.get(),
                              static_cast<qint64>(std::min(m_limit - from, m_wanted)));
    m_wanted = windowBytes;
    m_recordFor = from;
    m_windowStart = from;
    m_windowEnd = from + static_cast<quint64>(got);
    return got > 0;
}

/// Goes on to where bytes of the wanted stream, or unrecorded ones, begin. False: not in this segment.
bool OutputScan::Private::skipOtherStream(quint64 &from)
{
    const quint64 end = std::min(m_limit, m_segment.start + sizeOf(m_file));
    while (from == at && from < end) {
        const SegmentIndex::Stretch stretch = m_index->stretch(from, end, m_record);
        if (!stretch.known || stretch.stream == stream) {
            break;
        }
        at = from = stretch.end;
    }
    m_recordFor = from;
    return from < end;
}

/// The first segment with bytes from `at` on, of those behind the one that starts at `after`.
std::optional<OutputSegment> OutputScan::Private::choose(const std::optional<quint64> &after)
{
    // What is there is listed one by one: a segment may grow to its end and the next one begin in between.
    // Before a gap is believed in, it has to be there twice.
    for (const bool again : {false, true}) {
        m_directory.reset(openRunDirectory(path));
        const QList<OutputSegment> all =
            m_directory >= 0 ? outputSegments(m_directory) : QList<OutputSegment>();
        const auto found = std::find_if(all.cbegin(), all.cend(), [&](const OutputSegment &segment) {
            return segment.end() > at && (!after || segment.start > *after);
        });
        if (found == all.cend()) {
            return std::nullopt;
        }
        if (found->start <= at || again) {
            m_limit = found + 1 == all.cend() ? unlimited : (found + 1)->start;
            return *found;
        }
    }
    return std::nullopt;
}

void OutputScan::Private::open(const OutputSegment &segment)
{
    m_windowEnd = m_windowStart = 0;
    m_segment = segment;
    m_file.reset(openOutputSegment(m_directory, segment.start));
    if (m_file >= 0) {
        m_index = std::make_unique<SegmentIndex>(m_directory, segment.start);
        m_recordFor = unlimited;
    }
}

/// The window's next piece. Nothing, if it is not wanted (then `at` lies behind it) or not to be told yet.
std::optional<OutputPiece> OutputScan::Private::take()
{
    const quint64 from = std::max(at, m_windowStart);
    if (m_recordFor != from) {
        m_record = m_index->find(from);
    }
    SegmentIndex::Stretch stretch = m_index->stretch(from, m_windowEnd, m_record);
    m_recordFor = stretch.end;
    if (!stretch.known && tail == OutputLog::Tail::Known && m_limit == unlimited) {
        // Only the newest segment's index can be behind for a moment.
        const std::optional<OutputSegment> newer = choose(m_segment.start);
        m_limit = newer ? newer->start : unlimited;
        if (!newer) {
            m_windowEnd = m_windowStart = 0;
            return std::nullopt;
        }
    }
    if (isPassedOver(stretch, from)) {
        at = stretch.end;
        return std::nullopt;
    }
    OutputPiece piece;
    piece.offset = from;
    piece.stream = stretch.stream;
    piece.timeNs = piece.newestNs = stretch.timeNs;
    piece.gapBefore = from - at;
    quint64 end = stretch.end;
    const quint64 mergeEnd = std::min(m_windowEnd, (from / blockBytes + 1) * blockBytes);
    while (times == Times::Ignored && end < mergeEnd) {
        stretch = m_index->stretch(end, mergeEnd, m_record);
        if (stretch.stream != piece.stream || (!stretch.known && tail == OutputLog::Tail::Known)) {
            break;
        }
        piece.newestNs = std::max(piece.newestNs, stretch.timeNs);
        end = stretch.end;
    }
    m_recordFor = end;
    piece.bytes = QByteArrayView(m_window.get() + (from - m_windowStart), static_cast<qsizetype>(end - from));
    at = end;
    return piece;
}

OutputScan::OutputScan(const QString &runDirectory, quint64 from, Times times, OutputLog::Tail tail)
    : d(std::make_unique<Private>())
{
    d->path = runDirectory;
    d->at = from;
    d->times = times;
    d->tail = tail;
}

OutputScan::~OutputScan() = default;

std::optional<OutputPiece> OutputScan::next()
{
    return d->next();
}

void OutputScan::setStream(int stream)
{
    d->stream = stream;
}

void OutputScan::seek(quint64 offset)
{
    d->seek(offset);
}

quint64 OutputScan::position() const
{
    return d->at;
}

} // namespace procession
