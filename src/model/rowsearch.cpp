// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/rowsearch.h"

#include "model/outputsearch.h"
#include "model/terminalline.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace procession {
namespace {

/// Lines that are not plain are taken apart as long as there are more than this of them.
constexpr qsizetype fewBytes = 4 * 1024;
/// So much is searched before it is asked again whether it is wanted; less where lines take long.
constexpr qsizetype stepBytes = 16 * 1024;
constexpr qsizetype slowStepBytes = 512;

const char *find(char wanted, const char *from, const char *end)
{
    const void *found = std::memchr(from, wanted, size_t(end - from));
    return found ? static_cast<const char *>(found) : end;
}

/// After the first newline at or after `from`; the end, if there is none.
const char *nextLine(const char *from, const char *end)
{
    const char *newline = from < end ? find('\n', from, end) : end;
    return newline < end ? newline + 1 : end;
}

/// After a sequence that only changes colours, if one begins at `at`; else nothing.
const char *afterColours(const char *at, const char *end)
{
    constexpr std::ptrdiff_t longest = 40; // terminals may take longer ones for something else
    const char *stop = at + std::min(longest, end - at);
    if (stop - at < 3 || at[1] != '[') {
        return nullptr;
    }
    for (at += 2; at < stop; ++at) {
        if (*at == 'm') {
            return at + 1;
        }
        if (!(*at >= '0' && *at <= '9') && *at != ';' && *at != ':') {
            return nullptr;
        }
    }
    return nullptr;
}

/// True if each of these lines, all ended by a newline, is one row.
bool areRows(QByteArrayView lines)
{
    const char *at = lines.begin();
    while (lines.end() - at > RowSplitter::pieceBytes + 1) {
        const void *last = ::memrchr(at, '\n', size_t(RowSplitter::pieceBytes + 1));
        if (!last) {
            return false;
        }
        at = static_cast<const char *>(last) + 1;
    }
    return true;
}

bool isAscii(QByteArrayView bytes)
{
    return std::none_of(bytes.begin(), bytes.end(), [](char c) { return uchar(c) >= 0x80; });
}

} // namespace

RowSearch::RowSearch(OutputMatcher &matcher, int stream, const IsWanted &isWanted)
    : m_matcher(matcher)
    , m_stream(stream)
    , m_isWanted(isWanted)
{
}

void RowSearch::take(const OutputPiece &piece, QList<Found> &found)
{
    const char *const begin = piece.bytes.begin();
    const char *const end = piece.bytes.end();
    const auto part = [&piece, begin](const char *from, const char *to) {
        OutputPiece cut = piece;
        cut.offset += quint64(from - begin);
        cut.bytes = {from, to};
        cut.gapBefore = from == begin ? piece.gapBefore : 0;
        return cut;
    };
    if (m_stream != 0 && piece.stream != m_stream) {
        if (piece.gapBefore > 0) { // which ends rows of the other stream, too
            takeRows(part(begin, begin), found);
        }
        return;
    }
    const char *at = begin;
    if (piece.gapBefore > 0 || m_splitter.begun(piece.stream).begun) {
        at = nextLine(begin, end);
        takeRows(part(begin, at), found);
    }
    const void *last = at < end ? ::memrchr(at, '\n', size_t(end - at)) : nullptr;
    if (last) {
        const char *const linesEnd = static_cast<const char *>(last) + 1;
        if (areRows({at, linesEnd})) {
            takeLines({at, linesEnd}, piece.offset + quint64(at - begin), found);
        } else {
            takeRows(part(at, linesEnd), found);
        }
        at = linesEnd;
    }
    if (at < end) {
        takeRows(part(at, end), found);
    }
}

void RowSearch::finish(quint64 end, QList<Found> &found)
{
    for (const OutputRow &row : m_splitter.open(end, RowPlace::Ending::Cut)) {
        takeRow(row, found);
    }
    m_splitter = {};
}

void RowSearch::beginAt(quint64 offset, int stream)
{
    RowSplitter::Begun begun;
    begun.offset = offset;
    m_splitter.begin(stream, begun);
}

/// Lines that are rows, all ended by a newline, the first byte at `offset`.
void RowSearch::takeLines(QByteArrayView lines, quint64 offset, QList<Found> &found)
{
    const char *const end = lines.end();
    for (const char *at = lines.begin(); at < end && m_isWanted();) {
        const quint64 begin = offset + quint64(at - lines.begin());
        const auto room = qsizetype(SearchHits::smallestBlock - begin % SearchHits::smallestBlock);
        const char *const stop = end - at > room ? nextLine(at + room - 1, end) : end;
        if (const qint64 matches = countLines({at, stop})) {
            found.append({begin, matches});
        }
        at = stop;
    }
}

void RowSearch::takeRows(const OutputPiece &piece, QList<Found> &found)
{
    QList<OutputRow> rows;
    m_splitter.feed(piece, rows);
    for (const OutputRow &row : std::as_const(rows)) {
        if (m_isWanted()) {
            takeRow(row, found);
        }
    }
}

void RowSearch::takeRow(const OutputRow &row, QList<Found> &found)
{
    if (row.place.stream == 0) {
        return; // a gap holds nothing that could be found
    }
    if (const qint64 matches = countRow(row.bytes)) {
        found.append({row.place.offset, matches});
    }
}

/// Matches in lines that begin in one block.
qint64 RowSearch::countLines(QByteArrayView lines)
{
    if (const auto matches = countSimple(lines)) {
        return *matches;
    }
    qint64 matches = 0;
    const char *const end = lines.end();
    for (const char *at = lines.begin(); at < end && m_isWanted();) {
        const char *const stop = end - at > fewBytes ? nextLine(at + fewBytes, end) : end;
        if (const auto counted = countSimple({at, stop})) {
            matches += *counted;
            at = stop;
        }
        while (at < stop) {
            const char *const newline = find('\n', at, stop);
            matches += countRow(QByteArray::fromRawData(at, newline - at));
            at = newline < stop ? newline + 1 : stop;
        }
    }
    return matches;
}

qint64 RowSearch::countRow(const QByteArray &bytes)
{
    if (const auto matches = countSimple(bytes)) {
        return *matches;
    }
    OutputRow row;
    row.bytes = bytes;
    return m_matcher.count(shownLine(row).text.toUtf8());
}

/// Nothing, if what is shown of the lines is not easily told.
std::optional<qint64> RowSearch::countSimple(QByteArrayView lines)
{
    if (isPlain(lines)) {
        return countPlain(lines);
    }
    if (simplify(lines)) {
        return countPlain(m_simple);
    }
    return {};
}

qint64 RowSearch::countPlain(QByteArrayView lines)
{
    qint64 matches = 0;
    const char *const end = lines.end();
    const qint64 tooComplex = m_matcher.tooComplex();
    for (const char *at = lines.begin(); at < end && m_isWanted();) {
        const qsizetype step = m_matcher.tooComplex() > tooComplex ? slowStepBytes : stepBytes;
        const char *const stop = end - at > step ? nextLine(at + step, end) : end;
        matches += m_matcher.count({at, stop});
        at = stop;
    }
    return matches;
}

/// Leaves in m_simple what is shown, where it is the lines without their colours and without the carriage
/// returns of terminals at their ends. False, where it is not as simple.
bool RowSearch::simplify(QByteArrayView lines)
{
    const char *const end = lines.end();
    const char *at = lines.begin();
    const char *escape = find('\x1b', at, end);
    const char *carriageReturn = find('\r', at, end);
    const bool isColoured = escape < end;
    m_simple.resize(0);
    while (at < end) {
        const char *const stop = std::min(escape, carriageReturn);
        m_simple.append(at, stop - at);
        at = stop;
        if (at == end) {
            break;
        }
        if (at == escape) {
            at = afterColours(at, end);
            if (!at) {
                return false;
            }
            escape = find('\x1b', at, end);
        } else {
            while (at < end && *at == '\r') {
                ++at;
            }
            if (at < end && *at != '\n') {
                return false;
            }
            carriageReturn = find('\r', at, end);
        }
    }
    // Where a sequence is between a character and a mark put upon it, only the terminal knows.
    return isColoured ? isAscii(m_simple) && isPlain(m_simple) : isPlain(m_simple);
}

} // namespace procession
