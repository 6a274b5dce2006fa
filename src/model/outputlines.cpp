// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputlines.h"

#include "model/workertext.h"

#include <QCoreApplication>

#include <algorithm>

namespace procession {
namespace {

constexpr char32_t replacement = 0xfffd;
constexpr std::size_t maximumParameters = 64; // of an escape; a longer one is an attack or noise
// Of a terminal there is; farther the cursor goes only over what is written: a few bytes must not fill
// megabytes.
constexpr std::size_t widestTerminal = 512;
constexpr int maximumString = 4096; // of a title or link escape that never ends

/// What is shown for a character that would not be seen, or that the text widget gives a meaning of its own.
char32_t visible(char32_t character)
{
    if (character < 0x20) {
        return 0x2400 + character; // the pictures of the control characters
    }
    if (character == 0x7f) {
        return 0x2421;
    }
    const bool isSpecial = (character >= 0x80 && character < 0xa0) || character == 0x2028 ||
                           character == 0x2029 || (character >= 0xfdd0 && character <= 0xfdef) ||
                           character == 0xfffc;
    return isSpecial ? replacement : character;
}

/// What terminals draw for the characters from ` to ~ in their set for frames.
char32_t framePiece(char32_t character)
{
    static constexpr char32_t pieces[] = U"◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
    return character >= U'`' && character <= U'~' ? pieces[character - U'`'] : character;
}

/// The nearest of the sixteen colours.
quint8 nearestColour(int red, int green, int blue)
{
    const int highest = std::max({red, green, blue});
    const int lowest = std::min({red, green, blue});
    if (highest - lowest < 48) { // grey
        return highest < 48 ? 1 : highest < 144 ? 9 : highest < 224 ? 8 : 16;
    }
    const int half = (highest + lowest) / 2;
    const int bits = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
    return static_cast<quint8>((highest > 200 ? 9 : 1) + bits);
}

quint8 indexedColour(int index)
{
    if (index < 16) {
        return static_cast<quint8>(std::max(index, 0) + 1);
    }
    if (index < 232) {
        const auto level = [](int step) { return step == 0 ? 0 : 55 + 40 * step; };
        return nearestColour(level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6));
    }
    const int grey = 8 + 10 * (std::min(index, 255) - 232);
    return nearestColour(grey, grey, grey);
}

std::vector<int> numbers(const std::string &parameters)
{
    std::vector<int> result{0};
    for (const char c : parameters) {
        if (c >= '0' && c <= '9') {
            result.back() = std::min(result.back() * 10 + (c - '0'), 9999);
        } else if (c == ';' || c == ':') {
            result.push_back(0);
        } else {
            return {}; // a private sequence: not for us
        }
    }
    return result;
}

} // namespace

void OutputLines::feed(const OutputLog::Chunk &chunk)
{
    if (chunk.gapBefore > 0) {
        for (Stream &stream : m_streams) {
            if (stream.begun) {
                endLine(stream);
            }
            stream = {};
        }
        OutputLine note;
        note.stream = 0;
        note.offset = chunk.offset;
        note.text = QCoreApplication::translate("OutputLines", "── %1 of output were not kept here ──")
                        .arg(bytesText(static_cast<qint64>(chunk.gapBefore)));
        m_ended.append(note);
    }
    Stream &stream = m_streams[chunk.stream == 2 ? 1 : 0];
    for (qsizetype i = 0; i < chunk.bytes.size(); ++i) {
        if (!stream.begun) {
            stream.begun = true;
            stream.offset = chunk.offset + static_cast<quint64>(i);
            stream.timeNs = chunk.timeNs;
        }
        take(stream, static_cast<uchar>(chunk.bytes.at(i)));
    }
}

void OutputLines::finish()
{
    for (Stream &stream : m_streams) {
        if (stream.missing > 0) {
            stream.missing = 0;
            takeCharacter(stream, replacement);
        }
    }
}

QList<OutputLine> OutputLines::takeEnded()
{
    return std::exchange(m_ended, {});
}

QList<OutputLine> OutputLines::open() const
{
    QList<OutputLine> lines;
    for (std::size_t i = 0; i < m_streams.size(); ++i) {
        if (m_streams[i].begun) {
            lines.append(line(m_streams[i]));
        }
    }
    return lines;
}

/// One byte of UTF-8. An ill-formed sequence becomes one U+FFFD per part that could not go on, as browsers
/// do.
void OutputLines::take(Stream &stream, uchar byte)
{
    if (stream.missing > 0) {
        if (byte >= stream.lowest && byte <= stream.highest) {
            stream.character = (stream.character << 6) | (byte & 0x3fu);
            stream.lowest = 0x80;
            stream.highest = 0xbf;
            if (--stream.missing == 0) {
                takeCharacter(stream, stream.character);
            }
            return;
        }
        stream.missing = 0;
        takeCharacter(stream, replacement);
    }
    if (byte < 0x80) {
        if (stream.escape != Escape::None) {
            takeEscape(stream, byte);
        } else {
            takeCharacter(stream, byte);
        }
        return;
    }
    stream.lowest = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    stream.highest = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) {
        stream.missing = 1;
        stream.character = byte & 0x1fu;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        stream.missing = 2;
        stream.character = byte & 0x0fu;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        stream.missing = 3;
        stream.character = byte & 0x07u;
    } else {
        takeCharacter(stream, replacement);
    }
}

void OutputLines::takeCharacter(Stream &stream, char32_t character)
{
    if (stream.escape == Escape::String || stream.escape == Escape::StringEscape) {
        if (++stream.stringLength > maximumString) {
            stream.escape = Escape::None;
        }
        return;
    }
    stream.escape = Escape::None; // no escape goes on with a character that is not ASCII
    switch (character) {
    case U'\n':
        endLine(stream);
        return;
    case U'\r':
        stream.column = 0;
        return;
    case U'\b':
        stream.column -= stream.column > 0 ? 1 : 0;
        return;
    case U'\a':
        return;
    case 0x0e: // the other character set, and back
    case 0x0f:
        stream.characterSet = character == 0x0e ? 1 : 0;
        return;
    case 0x1b:
        stream.escape = Escape::Started;
        stream.parameters.clear();
        return;
    default:
        break;
    }
    if (stream.column < maximumColumns) {
        if (stream.drawsLines[stream.characterSet]) {
            character = framePiece(character);
        }
        const Cell cell{character == U'\t' ? character : visible(character), stream.style};
        if (stream.column > stream.cells.size()) { // the cursor was moved over nothing
            stream.cells.resize(stream.column, Cell{U' ', {}});
        }
        if (stream.column < stream.cells.size()) {
            stream.cells[stream.column] = cell;
        } else {
            stream.cells.push_back(cell);
        }
    }
    ++stream.column;
    stream.width = std::max(stream.width, stream.column);
}

void OutputLines::takeEscape(Stream &stream, uchar byte)
{
    if (byte == '\n' || byte == 0x18 ||
        byte == 0x1a) { // a line ends an escape that did not; CAN and SUB do too
        stream.escape = Escape::None;
        if (byte == '\n') {
            endLine(stream);
        }
        return;
    }
    if (byte == 0x1b && stream.escape != Escape::String) {
        stream.escape = Escape::Started;
        stream.parameters.clear();
        return;
    }
    switch (stream.escape) {
    case Escape::None:
        return;
    case Escape::Started:
        if (byte == '[') {
            stream.escape = Escape::Sequence;
        } else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
            stream.escape = Escape::String;
            stream.stringLength = 0;
        } else {
            stream.escape = byte >= 0x20 && byte < 0x30 ? Escape::Intermediate : Escape::None;
            stream.parameters.assign(1, static_cast<char>(byte));
        }
        return;
    case Escape::Intermediate:
        if (stream.parameters == "(" || stream.parameters == ")") {
            stream.drawsLines[stream.parameters == "(" ? 0 : 1] = byte == '0';
        }
        stream.parameters.clear();
        stream.escape = byte >= 0x20 && byte < 0x30 ? Escape::Intermediate : Escape::None;
        return;
    case Escape::Sequence:
        if (byte >= 0x40 && byte < 0x7f) {
            stream.escape = Escape::None;
            takeSequence(stream, byte);
        } else if (byte == '\r') {
            stream.column = 0; // terminals carry out controls within a sequence
        } else if (stream.parameters.size() <= maximumParameters) {
            stream.parameters.push_back(static_cast<char>(byte));
        }
        return;
    case Escape::String:
        if (byte == 0x1b) {
            stream.escape = Escape::StringEscape;
        } else if (byte == '\a' || ++stream.stringLength > maximumString) {
            stream.escape = Escape::None;
        }
        return;
    case Escape::StringEscape:
        stream.escape = byte == '\\' ? Escape::None : Escape::String;
        return;
    }
}

void OutputLines::takeSequence(Stream &stream, uchar final)
{
    if (stream.parameters.size() > maximumParameters) {
        return;
    }
    if (final == 'm') {
        takeStyle(stream);
        return;
    }
    const std::vector<int> values = numbers(stream.parameters);
    if (values.empty()) {
        return;
    }
    if (final != 'K') {
        moveOrEdit(stream, final, std::max(values.front(), 1));
        return;
    }
    if (values.front() == 0 && stream.column <= stream.cells.size()) {
        stream.cells.resize(stream.column);
        stream.width = stream.column;
    } else if (values.front() != 0) { // erase to the start, or the whole line: blanks keep the place
        const std::size_t end =
            values.front() == 1 ? std::min(stream.column + 1, stream.cells.size()) : stream.cells.size();
        std::fill_n(stream.cells.begin(), end, Cell{U' ', {}});
        if (values.front() == 2) {
            stream.cells.resize(std::min(stream.column, stream.cells.size()));
            stream.width = stream.column;
        }
    }
}

/// What shells and progress bars do within a line. Moves to other lines make no sense in a list of lines.
void OutputLines::moveOrEdit(Stream &stream, uchar final, int count)
{
    const auto distance = static_cast<std::size_t>(count);
    std::vector<Cell> &cells = stream.cells;
    const std::size_t farthest = std::max(cells.size(), widestTerminal);
    const std::size_t left = cells.size() - std::min(stream.column, cells.size());
    const auto cursor = cells.end() - static_cast<std::ptrdiff_t>(left);
    switch (final) {
    case 'C':
        stream.column = std::min(stream.column + distance, std::max(stream.column, farthest));
        return;
    case 'D':
        stream.column -= std::min(stream.column, distance);
        return;
    case 'G':
    case '`':
        stream.column = std::min(distance - 1, farthest);
        return;
    case 'P': // characters go, what follows moves up
        cells.erase(cursor, cursor + static_cast<std::ptrdiff_t>(std::min(left, distance)));
        break;
    case '@': // blanks come, what follows moves on
        if (left > 0) {
            cells.insert(cursor, std::min(distance, widestTerminal), Cell{U' ', {}});
            cells.resize(std::min<std::size_t>(cells.size(), maximumColumns));
        }
        break;
    case 'X':
        std::fill_n(cursor, std::min(left, distance), Cell{U' ', {}});
        return;
    default:
        return;
    }
    stream.width = cells.size();
}

void OutputLines::takeStyle(Stream &stream)
{
    const std::vector<int> values = numbers(stream.parameters);
    TextStyle &style = stream.style;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int value = values[i];
        if (value == 0) {
            style = {};
        } else if (value == 1) {
            style.bold = true;
        } else if (value == 2) {
            style.dim = true;
        } else if (value == 3) {
            style.italic = true;
        } else if (value == 4) {
            style.underline = true;
        } else if (value == 7) {
            style.reverse = true;
        } else if (value == 22) {
            style.bold = style.dim = false;
        } else if (value == 23) {
            style.italic = false;
        } else if (value == 24) {
            style.underline = false;
        } else if (value == 27) {
            style.reverse = false;
        } else if (value == 39) {
            style.foreground = 0;
        } else if (value == 49) {
            style.background = 0;
        } else if (value >= 30 && value <= 37) {
            style.foreground = static_cast<quint8>(value - 30 + 1);
        } else if (value >= 40 && value <= 47) {
            style.background = static_cast<quint8>(value - 40 + 1);
        } else if (value >= 90 && value <= 97) {
            style.foreground = static_cast<quint8>(value - 90 + 9);
        } else if (value >= 100 && value <= 107) {
            style.background = static_cast<quint8>(value - 100 + 9);
        } else if (value == 38 || value == 48) {
            quint8 &colour = value == 38 ? style.foreground : style.background;
            if (i + 2 < values.size() && values[i + 1] == 5) {
                colour = indexedColour(values[i + 2]);
                i += 2;
            } else if (i + 4 < values.size() && values[i + 1] == 2) {
                colour = nearestColour(values[i + 2], values[i + 3], values[i + 4]);
                i += 4;
            } else {
                return;
            }
        }
    }
}

void OutputLines::endLine(Stream &stream)
{
    m_ended.append(line(stream));
    stream.cells.clear();
    stream.column = 0;
    stream.width = 0;
    stream.begun = false;
}

OutputLine OutputLines::line(const Stream &stream) const
{
    OutputLine result;
    result.stream = &stream == &m_streams[1] ? 2 : 1;
    result.offset = stream.offset;
    result.timeNs = stream.timeNs;
    result.text.reserve(static_cast<qsizetype>(stream.cells.size()));
    for (const Cell &cell : stream.cells) {
        const int start = static_cast<int>(result.text.size());
        result.text.append(QChar::fromUcs4(cell.character));
        if (cell.style == TextStyle()) {
            continue;
        }
        const int length = static_cast<int>(result.text.size()) - start;
        if (!result.spans.isEmpty() && result.spans.last().style == cell.style &&
            result.spans.last().start + result.spans.last().length == start) {
            result.spans.last().length += length;
        } else {
            result.spans.append({start, length, cell.style});
        }
    }
    if (stream.width > stream.cells.size()) {
        result.text += QCoreApplication::translate("OutputLines", " … (%1 more characters)")
                           .arg(stream.width - stream.cells.size());
    }
    return result;
}

} // namespace procession
