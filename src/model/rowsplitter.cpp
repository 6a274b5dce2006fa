// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/rowsplitter.h"

#include "model/terminalline.h"

#include <algorithm>
#include <cstring>

namespace procession {
namespace {

/// The longest character of UTF-8.
constexpr qsizetype characterBytes = 4;

const char *find(char wanted, const char *from, const char *end)
{
    const void *const found =
        from < end ? memchr(from, wanted, static_cast<std::size_t>(end - from)) : nullptr;
    return found ? static_cast<const char *>(found) : end;
}

/// False if the last character still lacks bytes.
bool endsWithCharacter(QByteArrayView bytes)
{
    for (qsizetype back = 1; back <= std::min(characterBytes, bytes.size()); ++back) {
        const auto byte = static_cast<uchar>(bytes[bytes.size() - back]);
        if ((byte & 0xc0) != 0x80) {
            return back >= (byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);
        }
    }
    return true;
}

} // namespace

void RowSplitter::feed(const OutputPiece &piece, QList<OutputRow> &ended)
{
    if (piece.gapBefore > 0) {
        cutAtGap(piece, ended);
    }
    m_newestNs = std::max(m_newestNs, piece.timeNs);
    Stream &stream = m_streams[piece.stream == 2 ? 1 : 0];
    stream.row.place.stream = piece.stream;
    const char *const begin = piece.bytes.data();
    const char *const end = begin + piece.bytes.size();
    const char *newline = find('\n', begin, end);
    const char *carriageReturn = find('\r', begin, end);
    for (const char *at = begin; at < end;) {
        const quint64 offset = piece.offset + static_cast<quint64>(at - begin);
        const char *const stop = std::min(newline, carriageReturn);
        qsizetype count = stop - at;
        const qsizetype room = pieceBytes - stream.sinceMark;
        if (count > 0 && count > room) {
            count = std::max<qsizetype>(room, 0) + 1;
            append(stream, at, count, offset, piece.timeNs);
            at += count;
            if (stream.sinceMark >= pieceBytes + characterBytes || endsWithCharacter(stream.row.bytes)) {
                finish(stream, offset + static_cast<quint64>(count), RowPlace::Ending::Broken, ended);
            }
            continue;
        }
        if (stop == end) {
            append(stream, at, count, offset, piece.timeNs);
            break;
        }
        if (stop == newline) {
            // It counts for the row's beginning and its times, but is not among its bytes.
            append(stream, at, count, offset, piece.timeNs);
            at = stop + 1;
            finish(stream, offset + static_cast<quint64>(count) + 1, RowPlace::Ending::Newline, ended);
            newline = find('\n', at, end);
            continue;
        }
        // As long as the row is short, only the last of many carriage returns matters.
        const qsizetype shortRow = std::min<qsizetype>(newline - at, pieceBytes - stream.row.bytes.size());
        const void *const last =
            shortRow > count ? memrchr(stop, '\r', static_cast<std::size_t>(shortRow - count)) : nullptr;
        count = (last ? static_cast<const char *>(last) : stop) + 1 - at;
        append(stream, at, count, offset, piece.timeNs);
        at += count;
        const qsizetype mark = stream.row.bytes.size() - stream.sinceMark;
        if (mark > 0 && stream.row.bytes.size() > pieceBytes) {
            OutputRow &row = stream.row;
            row.style = styleAfter(QByteArrayView(row.bytes).first(mark), row.style);
            row.bytes.remove(0, mark);
            row.place.offset = stream.markOffset;
            row.place.timeNs = stream.markTimeNs;
        }
        stream.sinceMark = 0;
        carriageReturn = find('\r', at, end);
    }
    if (!stream.begun) {
        stream.row.place.offset = piece.offset + static_cast<quint64>(piece.bytes.size());
    }
}

void RowSplitter::append(Stream &stream, const char *bytes, qsizetype count, quint64 offset, qint64 timeNs)
{
    if (!stream.begun) {
        stream.begun = true;
        stream.row.place.offset = offset;
        stream.row.place.timeNs = timeNs;
    }
    if (stream.sinceMark == 0) {
        stream.markOffset = offset;
        stream.markTimeNs = timeNs;
    }
    stream.sinceMark += count;
    if (stream.row.bytes.isEmpty()) {
        stream.row.bytes =
            QByteArray(bytes, count); // most rows come in one piece: exactly as large as needed
    } else {
        stream.row.bytes.append(bytes, count);
    }
}

void RowSplitter::finish(Stream &stream, quint64 end, RowPlace::Ending ending, QList<OutputRow> &ended)
{
    OutputRow &row = stream.row;
    row.place.end = end;
    row.place.ending = ending;
    row.place.endTimeNs = m_newestNs;

    OutputRow next;
    next.place.stream = row.place.stream;
    next.place.offset = end;
    next.place.continues = ending == RowPlace::Ending::Broken;
    next.style = styleAfter(row.bytes, row.style);
    ended.append(std::move(row));
    stream = {};
    stream.row = std::move(next);
}

void RowSplitter::cutAtGap(const OutputPiece &piece, QList<OutputRow> &ended)
{
    OutputRow gap;
    gap.gap = piece.gapBefore;
    gap.place.stream = 0;
    gap.place.offset = piece.offset - piece.gapBefore;
    gap.place.end = piece.offset;
    gap.place.ending = RowPlace::Ending::Cut;
    for (Stream &stream : m_streams) {
        if (stream.begun) {
            finish(stream, gap.place.offset, RowPlace::Ending::Cut, ended);
        }
        stream = {};
        stream.row.place.offset = piece.offset;
    }
    gap.place.endTimeNs = m_newestNs;
    ended.append(gap);
}

QList<OutputRow> RowSplitter::open(quint64 end, RowPlace::Ending ending) const
{
    QList<OutputRow> rows;
    for (const Stream &stream : m_streams) {
        if (stream.begun) {
            OutputRow row = stream.row;
            row.place.end = end;
            row.place.endTimeNs = m_newestNs;
            row.place.ending = ending;
            rows.append(row);
        }
    }
    return rows;
}

RowSplitter::Begun RowSplitter::begun(int stream) const
{
    const Stream &of = m_streams[stream == 2 ? 1 : 0];
    return {of.row.place.offset, of.row.style, of.begun, of.row.place.continues};
}

void RowSplitter::begin(int stream, const Begun &at)
{
    Stream &of = m_streams[stream == 2 ? 1 : 0];
    of = {};
    of.row.place.offset = at.offset;
    of.row.place.continues = at.continues;
    of.row.style = at.style;
}

} // namespace procession
