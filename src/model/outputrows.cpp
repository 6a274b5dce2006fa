// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputrows.h"

#include "model/rowindex.h"
#include "model/rowwalk.h"

#include <QDateTime>

#include <algorithm>
#include <limits>

namespace procession {
namespace {

/// So far behind the index rows are still cut from where it ends.
constexpr quint64 nearBytes = 256 * 1024;
/// And looks back for them no further than this.
constexpr quint64 lookBackBytes = 1024 * 1024;
/// Without an index, a call looks no further for rows than this.
constexpr quint64 farBytes = 64 * 1024 * 1024;
constexpr quint64 firstLookBack = 64 * 1024;
/// The index is written right after the bytes: what it does not tell of after so long it never will.
constexpr qint64 patienceNs = 1'000'000'000;
constexpr quint64 tornRecords = 64;

/// Rows, within bounds.
struct Wanted
{
    int stream = 0;
    qsizetype rows = 0;
    qint64 bytes = 0;

    bool isWanted(const OutputRow &row) const
    {
        return stream == 0 || row.place.stream == stream || row.place.stream == 0;
    }
};

/// Leaves the last rows within the bounds. False: they were not reached.
bool keepLast(const Wanted &wanted, QList<OutputRow> &rows)
{
    qint64 bytes = 0;
    for (qsizetype kept = 0; kept < rows.size(); ++kept) {
        if (kept == wanted.rows || bytes > wanted.bytes) {
            rows.remove(0, rows.size() - kept);
            return true;
        }
        bytes += rows[rows.size() - 1 - kept].bytes.size();
    }
    return rows.size() >= wanted.rows || bytes > wanted.bytes;
}

std::optional<rundir::IndexRecord> lastRecord(SegmentIndex &index)
{
    for (quint64 back = 1; back <= std::min(index.count(), tornRecords); ++back) {
        const std::optional<rundir::IndexRecord> record = index.at(index.count() - back);
        if (record && SegmentIndex::isValid(*record)) {
            return record;
        }
    }
    return std::nullopt;
}

} // namespace

class OutputRows::Private final
{
public:
    explicit Private(const QString &runDirectory)
        : index(runDirectory)
        , scan(runDirectory, 0, OutputScan::Times::Each)
    {
        extent.directory = runDirectory;
    }

    bool isNear(quint64 cut) const { return cut <= index.to() + nearBytes; }
    const RowPoint &pointAt(quint64 cut) const { return index.points()[index.pointAt(cut)]; }
    QList<OutputRow> lastOf(const RowStart &start, quint64 end, const Wanted &wanted, bool withOpen,
                            quint64 oneFrom);
    QList<OutputRow> beforeNear(quint64 cut, const Wanted &wanted, bool withOpen);
    QList<OutputRow> beforeFar(quint64 cut, const Wanted &wanted, bool withOpen);
    quint64 firstByteAt(quint64 from, quint64 to, qint64 timeNs) const;
    void appendOpen(const RowWalk &walk, const Wanted &wanted, QList<OutputRow> &rows) const;

    RowExtent extent;
    bool alive = false;
    qint64 lastTimeNs = 0;
    RowIndex index;
    OutputScan scan;
};

void OutputRows::Private::appendOpen(const RowWalk &walk, const Wanted &wanted, QList<OutputRow> &rows) const
{
    for (const OutputRow &row : walk.open(alive ? RowPlace::Ending::Open : RowPlace::Ending::Cut)) {
        if (wanted.isWanted(row)) {
            rows.append(row);
        }
    }
}

/// The last rows that end between a place and another. If one stream is wanted, no other is read from
/// `oneFrom` on.
QList<OutputRow> OutputRows::Private::lastOf(const RowStart &start, quint64 end, const Wanted &wanted,
                                             bool withOpen, quint64 oneFrom)
{
    QList<OutputRow> rows;
    QList<OutputRow> some;
    RowWalk walk(scan, extent, start, end);
    bool readsOne = wanted.stream == 0;
    for (bool more = true; more;) {
        if (!readsOne && walk.position() >= oneFrom) {
            readsOne = true;
            walk.readOnly(wanted.stream);
        }
        more = walk.step(some);
        for (OutputRow &row : some) {
            if (wanted.isWanted(row)) {
                rows.append(std::move(row));
            }
        }
        some.clear();
        if (rows.size() > 2 * wanted.rows) {
            rows.remove(0, rows.size() - wanted.rows);
        }
    }
    if (withOpen) {
        appendOpen(walk, wanted, rows);
    }
    return rows;
}

QList<OutputRow> OutputRows::Private::beforeNear(quint64 cut, const Wanted &wanted, bool withOpen)
{
    const QList<RowPoint> &points = index.points();
    qsizetype point = index.pointAt(cut);
    QList<OutputRow> rows = lastOf(points[point].start(), cut, wanted, withOpen, index.to());
    while (!keepLast(wanted, rows) && point > 0) {
        --point;
        if (points[point].rowsOf(wanted.stream) < points[point + 1].rowsOf(wanted.stream)) {
            rows = lastOf(points[point].start(), points[point + 1].offset, wanted, false, index.to()) + rows;
        }
    }
    return rows;
}

QList<OutputRow> OutputRows::Private::beforeFar(quint64 cut, const Wanted &wanted, bool withOpen)
{
    const quint64 most = std::max(lookBackBytes, 2 * static_cast<quint64>(std::max<qint64>(wanted.bytes, 0)));
    for (quint64 back = firstLookBack;; back *= 4) {
        const quint64 place = bytesBack(extent, cut, wanted.stream, std::min(back, most));
        if (place <= index.to()) {
            return beforeNear(cut, wanted, withOpen);
        }
        QList<OutputRow> rows = lastOf(rowStartNear(extent, place), cut, wanted, withOpen, 0);
        if (keepLast(wanted, rows) || back >= most) {
            return rows;
        }
    }
}

/// Offset of the first byte of these that came at or after this time; `to`, if there is none.
quint64 OutputRows::Private::firstByteAt(quint64 from, quint64 to, qint64 timeNs) const
{
    const Descriptor directory(openRunDirectory(extent.directory));
    for (const OutputSegment &segment : extent.segments) {
        if (segment.end() <= from || segment.start >= to || directory < 0) {
            continue;
        }
        SegmentIndex records(directory, segment.start);
        const quint64 end = std::min(to, segment.end());
        quint64 at = std::max(from, segment.start);
        for (quint64 record = records.find(at); at < end;) {
            const SegmentIndex::Stretch stretch = records.stretch(at, end, record);
            if (stretch.timeNs >= timeNs) {
                return at;
            }
            at = stretch.end;
        }
    }
    return to;
}

OutputRows::OutputRows(const QString &runDirectory)
    : d(std::make_unique<Private>(runDirectory))
{
}

OutputRows::~OutputRows() = default;

void OutputRows::refresh(bool alive)
{
    d->alive = alive;
    const Descriptor directory(openRunDirectory(d->extent.directory));
    d->extent.segments = directory >= 0 ? outputSegments(directory) : QList<OutputSegment>();
    if (!d->extent.segments.isEmpty()) {
        OutputSegment &last = d->extent.segments.last();
        SegmentIndex index(directory, last.start);
        const std::optional<rundir::IndexRecord> record = lastRecord(index);
        const bool mayLag = alive && index.isOpen() &&
                            QDateTime::currentMSecsSinceEpoch() * 1'000'000 - last.modifiedNs < patienceNs;
        d->lastTimeNs = record ? record->realtime : last.modifiedNs;
        if (mayLag) {
            const quint64 known = record ? record->offset + record->length : last.start;
            last.size = std::clamp(known, last.start, last.end()) - last.start;
            if (last.size == 0) {
                d->extent.segments.removeLast();
            }
        }
    } else {
        d->lastTimeNs = 0;
    }
    d->index.setExtent(d->extent);
}

quint64 OutputRows::begin() const
{
    return d->extent.segments.isEmpty() ? 0 : d->extent.segments.first().start;
}

quint64 OutputRows::end() const
{
    return d->extent.end();
}

quint64 OutputRows::dropped() const
{
    quint64 kept = 0;
    for (const OutputSegment &segment : std::as_const(d->extent.segments)) {
        kept += segment.size;
    }
    return end() - kept;
}

qint64 OutputRows::lastTimeNs() const
{
    return d->lastTimeNs;
}

QList<OutputRow> OutputRows::after(quint64 cut, int stream, int rows, qint64 bytes) const
{
    const Wanted wanted{stream, rows, bytes};
    const quint64 end = d->extent.end();
    QList<OutputRow> found;
    if (cut > end || rows <= 0) {
        return found;
    }
    const QList<RowPoint> &points = d->index.points();
    const bool near = d->isNear(cut);
    qsizetype point = d->index.pointAt(cut);
    std::optional<RowWalk> walk;
    walk.emplace(d->scan, d->extent, near ? points[point].start() : rowStartNear(d->extent, cut), end);
    bool readsOne = false;
    QList<OutputRow> some;
    qint64 size = 0;
    for (bool more = true; more;) {
        while (near && point + 1 < points.size() && points[point + 1].offset <= walk->position()) {
            ++point;
        }
        qsizetype next = point; // past the points between which no row that is wanted ends
        while (near && next + 1 < points.size() &&
               points[next + 1].rowsOf(stream) == points[point].rowsOf(stream)) {
            ++next;
        }
        if (next > point + 1) {
            point = next;
            walk.emplace(d->scan, d->extent, points[point].start(), end);
        }
        if (stream != 0 && !readsOne && (!near || walk->position() >= d->index.to())) {
            readsOne = true;
            walk->readOnly(stream);
        }
        more = walk->step(some);
        if (!more) {
            d->appendOpen(*walk, wanted, some);
        }
        for (OutputRow &row : some) {
            const bool isOpen =
                !more && row.place.end == end && row.place.ending != RowPlace::Ending::Newline;
            if (wanted.isWanted(row) && (row.place.end > cut || isOpen)) {
                size += row.bytes.size();
                found.append(std::move(row));
                if (found.size() >= wanted.rows || size > wanted.bytes) {
                    return found;
                }
            }
        }
        some.clear();
        if (walk->bytesRead() > farBytes) {
            break;
        }
    }
    return found;
}

QList<OutputRow> OutputRows::before(quint64 cut, int stream, int rows, qint64 bytes) const
{
    const Wanted wanted{stream, rows, bytes};
    if (rows <= 0) {
        return {};
    }
    const bool withOpen = cut > d->extent.end();
    const quint64 until = std::min(cut, d->extent.end());
    QList<OutputRow> found =
        d->isNear(until) ? d->beforeNear(until, wanted, withOpen) : d->beforeFar(until, wanted, withOpen);
    keepLast(wanted, found);
    return found;
}

quint64 OutputRows::cutAt(qint64 timeNs) const
{
    const quint64 end = d->extent.end();
    const QList<RowPoint> &points = d->index.points();
    // The first point behind a byte of that time or later; the byte is behind the point before that one.
    const auto behind = std::find_if(points.cbegin(), points.cend(),
                                     [&](const RowPoint &point) { return point.newestNs >= timeNs; });
    quint64 cut = end;
    if (timeNs <= 0) {
        cut = 0;
    } else if (behind != points.cend()) {
        cut = d->firstByteAt((behind - 1)->offset, behind->offset, timeNs);
    } else {
        cut = d->firstByteAt(points.last().offset, end, timeNs);
    }
    const QList<OutputRow> rows = after(cut, 0, 1, 0);
    return rows.isEmpty() ||
                   (rows.first().place.end == end && rows.first().place.ending != RowPlace::Ending::Newline &&
                    rows.first().place.ending != RowPlace::Ending::Broken)
               ? end
               : cut;
}

qint64 OutputRows::timeAt(quint64 offset) const
{
    const Descriptor directory(openRunDirectory(d->extent.directory));
    for (const OutputSegment &segment : std::as_const(d->extent.segments)) {
        if (directory >= 0 && segment.start <= offset && offset < segment.end()) {
            SegmentIndex records(directory, segment.start);
            quint64 record = records.find(offset);
            return records.stretch(offset, offset + 1, record).timeNs;
        }
    }
    return 0;
}

bool OutputRows::index(qint64 bytes)
{
    return d->index.build(bytes);
}

quint64 OutputRows::indexedTo() const
{
    return d->index.to();
}

qint64 OutputRows::lineCount() const
{
    return d->index.lines();
}

qint64 OutputRows::linesAfter(quint64 cut) const
{
    if (cut >= d->index.to()) {
        return 0;
    }
    const RowPoint &point = d->pointAt(cut);
    qint64 before = point.lines;
    d->scan.setStream(0);
    d->scan.seek(point.offset);
    while (d->scan.position() < cut) {
        const std::optional<OutputPiece> piece = d->scan.next();
        if (!piece || piece->offset >= cut) {
            break;
        }
        const auto most = std::min<quint64>(cut - piece->offset, static_cast<quint64>(piece->bytes.size()));
        before += piece->bytes.first(static_cast<qsizetype>(most)).count('\n');
    }
    return d->index.lines() - before;
}

} // namespace procession
