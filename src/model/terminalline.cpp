// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/terminalline.h"

#include "model/characters.h"
#include "model/escapesequence.h"
#include "model/workertext.h"

#include <QCoreApplication>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace procession {
namespace {

// Of a terminal there is; farther the cursor goes only over what is written: a few bytes must not fill
// megabytes.
constexpr std::size_t widestTerminal = 512;
// Cells that may be moved or filled in one row. Programs that edit a line need some thousands; what needs
// more is made to stall us, and its further edits are not carried out.
constexpr std::size_t maximumEdits = 512 * 1024;

/// What terminals draw for the characters from ` to ~ in their set for frames.
char32_t framePiece(char32_t character)
{
    static constexpr char32_t pieces[] = U"◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";
    return character >= U'`' && character <= U'~' ? pieces[character - U'`'] : character;
}

/// The target of a link's command (8 ; parameters ; target); empty if it is none to be followed.
QString linkTarget(QByteArrayView command)
{
    const qsizetype second = command.sliced(2).indexOf(';');
    if (second < 0) {
        return {};
    }
    const QByteArrayView target = command.sliced(second + 3);
    const bool isSeen =
        std::all_of(target.begin(), target.end(), [](char c) { return uchar(c) > 0x20 && c != 0x7f; });
    const QString text = isSeen && isPlain(target) ? QString::fromUtf8(target) : QString();
    for (const QStringView scheme : {u"http://", u"https://", u"file://", u"mailto:"}) {
        if (text.size() > scheme.size() && text.startsWith(scheme, Qt::CaseInsensitive)) {
            return text;
        }
    }
    return {};
}

/// The cells of a terminal's line, as long as they need to be, and the cursor.
class CellLine final
{
public:
    explicit CellLine(const CharStyle &style, qsizetype bytes)
        : m_styles{style}
    {
        m_cells.reserve(static_cast<std::size_t>(bytes));
    }

    void take(QByteArrayView bytes);
    void finish(ShownLine &line) const;

private:
    struct Cell
    {
        char32_t character = U' '; ///< 0: the right half of the cell before
        quint32 marks = 0;         ///< from 1: the last character without a width that is put upon it
        quint16 style = 0;
        quint16 link = 0;
    };
    struct Mark
    {
        char32_t character = 0;
        quint32 before = 0; ///< the mark before it in the same cell, from 1
    };
    static constexpr char32_t rightHalf = 0;

    void takeControl(uchar byte);
    void takeSequence(const EscapeSequence &sequence);
    void takeStyle(QByteArrayView parameters);
    void takeCommand(QByteArrayView command);
    void edit(char final, std::size_t count);
    void erase(int which);
    const uchar *append(const uchar *at, const uchar *end);
    void put(char32_t character);
    void mark(char32_t character);
    bool spend(std::size_t cells);
    void fill(std::size_t begin, std::size_t end);
    bool reachCursor();
    void addSpan(ShownLine &line, const Cell &cell, int start, int end) const;

    std::vector<Cell> m_cells;
    std::vector<Mark> m_marks;
    std::vector<CharStyle> m_styles;
    QStringList m_links; ///< the targets: number 1 is the first
    std::size_t m_column = 0;
    std::size_t m_edits = 0;
    quint16 m_style = 0;
    quint16 m_link = 0;
    std::array<bool, 2> m_drawsFrames{}; ///< the two character sets
    std::size_t m_characterSet = 0;
};

void CellLine::take(QByteArrayView bytes)
{
    const auto *at = reinterpret_cast<const uchar *>(bytes.data());
    const uchar *const end = at + bytes.size();
    while (at != end) {
        if (*at == 0x1b) {
            const EscapeSequence sequence = escapeSequence({at, end - at});
            takeSequence(sequence);
            at += sequence.length;
        } else if (*at < 0x20 && *at != '\t') {
            takeControl(*at++);
        } else if (*at < 0x80) {
            const bool drawsFrames = m_drawsFrames[m_characterSet];
            if (m_column == m_cells.size() && !drawsFrames && *at < 0x7f && *at != '\t') {
                at = append(at, end);
                continue;
            }
            put(shownCharacter(*at == '\t' ? U' ' : drawsFrames ? framePiece(*at) : *at));
            if (*at == '\t') {
                m_cells[m_column - 1].character = U'\t';
            }
            ++at;
        } else {
            const Utf8Character decoded = utf8Character(at, end);
            put(shownCharacter(decoded.character));
            at += decoded.length;
        }
    }
}

/// Letters behind all others, which is what most of most rows is.
const uchar *CellLine::append(const uchar *at, const uchar *end)
{
    Cell cell{0, 0, m_style, m_link};
    while (at != end && *at >= 0x20 && *at < 0x7f) {
        cell.character = *at++;
        m_cells.push_back(cell);
    }
    m_column = m_cells.size();
    return at;
}

void CellLine::takeControl(uchar byte)
{
    switch (byte) {
    case '\r':
        m_column = 0;
        return;
    case '\b':
        m_column -= m_column > 0 ? 1 : 0;
        return;
    case '\a':
        return;
    case 0x0e: // the other character set, and back
    case 0x0f:
        m_characterSet = byte == 0x0e ? 1 : 0;
        return;
    default:
        put(shownCharacter(byte));
        return;
    }
}

void CellLine::takeSequence(const EscapeSequence &sequence)
{
    switch (sequence.kind) {
    case EscapeSequence::Kind::Other:
        return;
    case EscapeSequence::Kind::Reset:
        takeStyle({});
        return;
    case EscapeSequence::Kind::CharacterSet:
        m_drawsFrames[sequence.parameters.front() == '(' ? 0 : 1] = sequence.final == '0';
        return;
    case EscapeSequence::Kind::Command:
        takeCommand(sequence.parameters);
        return;
    case EscapeSequence::Kind::Control:
        break;
    }
    if (sequence.final == 'm') {
        takeStyle(sequence.parameters);
        return;
    }
    const int number = firstNumber(sequence.parameters);
    if (number < 0) {
        return;
    }
    if (sequence.final == 'K' || sequence.final == 'J') { // what J erases beyond the line is not ours
        erase(number);
    } else {
        edit(sequence.final, static_cast<std::size_t>(std::max(number, 1)));
    }
}

void CellLine::takeStyle(QByteArrayView parameters)
{
    CharStyle style = m_styles[m_style];
    applyStyle(parameters, style);
    if (style == m_styles[m_style]) {
        return;
    }
    if (style == m_styles.front()) { // mostly there and back
        m_style = 0;
    } else if (style == m_styles.back()) {
        m_style = static_cast<quint16>(m_styles.size() - 1);
    } else if (m_styles.size() <= std::numeric_limits<quint16>::max()) {
        m_style = static_cast<quint16>(m_styles.size());
        m_styles.push_back(style);
    }
}

void CellLine::takeCommand(QByteArrayView command)
{
    if (!command.startsWith("8;")) {
        return;
    }
    const QString target = linkTarget(command);
    if (target.isEmpty()) {
        m_link = 0;
        return;
    }
    if ((m_links.isEmpty() || m_links.last() != target) &&
        m_links.size() < std::numeric_limits<quint16>::max()) {
        m_links.append(target);
    }
    m_link = m_links.last() == target ? static_cast<quint16>(m_links.size()) : quint16(0);
}

/// What shells and progress bars do within a line. Moves to other lines make no sense in a list of lines.
void CellLine::edit(char final, std::size_t count)
{
    const std::size_t farthest = std::max(m_cells.size(), widestTerminal);
    const std::size_t left = m_cells.size() - std::min(m_column, m_cells.size());
    const auto cursor = m_cells.end() - static_cast<std::ptrdiff_t>(left);
    switch (final) {
    case 'C':
        m_column = std::min(m_column + count, std::max(m_column, farthest));
        return;
    case 'D':
        m_column -= std::min(m_column, count);
        return;
    case 'G':
    case '`':
        m_column = std::min(count - 1, farthest);
        return;
    case 'P': // characters go, what follows moves up
        if (spend(left)) {
            m_cells.erase(cursor, cursor + static_cast<std::ptrdiff_t>(std::min(left, count)));
        }
        return;
    case '@': // blanks come, what follows moves on
        count = std::min(count, widestTerminal);
        if (left > 0 && spend(left + count)) {
            m_cells.insert(cursor, count, Cell());
        }
        return;
    case 'X':
        fill(m_column, m_column + count);
        return;
    default:
        return;
    }
}

void CellLine::erase(int which)
{
    if (which == 0) {
        m_cells.resize(std::min(m_column, m_cells.size()));
    } else if (which == 1) {
        fill(0, m_column + 1);
    } else {
        m_cells.clear(); // what is written next fills up to the cursor
    }
}

void CellLine::put(char32_t character)
{
    const int columns = columnsOf(character);
    if (!reachCursor()) {
        m_column = m_cells.size();
    }
    if (columns == 0 && !m_cells.empty()) {
        mark(character);
        return;
    }
    const Cell cell{character, 0, m_style, m_link};
    if (m_column < m_cells.size()) {
        m_cells[m_column] = cell;
    } else {
        m_cells.push_back(cell);
    }
    ++m_column;
    if (columns == 2) {
        const Cell right{rightHalf, 0, m_style, m_link};
        if (m_column < m_cells.size()) {
            m_cells[m_column] = right;
        } else {
            m_cells.push_back(right);
        }
        ++m_column;
    }
}

/// Puts a character that has no width upon the one before the cursor.
void CellLine::mark(char32_t character)
{
    std::size_t column = m_column > 0 ? m_column - 1 : 0;
    if (column > 0 && m_cells[column].character == rightHalf) {
        --column;
    }
    m_marks.push_back({character, m_cells[column].marks});
    m_cells[column].marks = static_cast<quint32>(m_marks.size());
}

/// Whether this many cells may still be moved or filled.
bool CellLine::spend(std::size_t cells)
{
    const bool may = cells <= maximumEdits - m_edits;
    m_edits += may ? cells : 0;
    return may;
}

void CellLine::fill(std::size_t begin, std::size_t end)
{
    end = std::min(end, m_cells.size());
    if (begin < end && spend(end - begin)) {
        std::fill(m_cells.begin() + static_cast<std::ptrdiff_t>(begin),
                  m_cells.begin() + static_cast<std::ptrdiff_t>(end), Cell());
    }
}

/// Fills with blanks up to the cursor, if it was moved over nothing.
bool CellLine::reachCursor()
{
    if (m_column <= m_cells.size()) {
        return true;
    }
    if (!spend(m_column - m_cells.size())) {
        return false;
    }
    m_cells.resize(m_column);
    return true;
}

void CellLine::finish(ShownLine &line) const
{
    line.text.resize(static_cast<qsizetype>(2 * (m_cells.size() + m_marks.size())));
    QChar *const begin = line.text.data();
    QChar *end = begin;
    const auto write = [&end](char32_t character) {
        if (QChar::requiresSurrogates(character)) {
            *end++ = QChar(QChar::highSurrogate(character));
            *end++ = QChar(QChar::lowSurrogate(character));
        } else {
            *end++ = QChar(static_cast<char16_t>(character));
        }
    };
    std::vector<char32_t> marks;
    int spanStart = 0;
    const Cell *last = nullptr;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const Cell &cell = m_cells[i];
        if (last && (cell.style != last->style || cell.link != last->link)) {
            const int place = static_cast<int>(end - begin);
            addSpan(line, *last, spanStart, place);
            spanStart = place;
        }
        last = &cell;
        const bool isWide = columnsOf(cell.character) == 2;
        const bool isWhole = !isWide || (i + 1 < m_cells.size() && m_cells[i + 1].character == rightHalf);
        if (cell.character == rightHalf || !isWhole) {
            write(U' '); // the other half was overwritten
            continue;
        }
        write(cell.character);
        if (cell.marks != 0) {
            marks.clear();
            for (quint32 mark = cell.marks; mark != 0; mark = m_marks[mark - 1].before) {
                marks.push_back(m_marks[mark - 1].character);
            }
            std::for_each(marks.crbegin(), marks.crend(), write);
        }
        i += isWide ? 1 : 0;
    }
    line.text.resize(end - begin);
    if (last) {
        addSpan(line, *last, spanStart, static_cast<int>(line.text.size()));
    }
}

/// What the text from `start` to `end` looks like and leads to, as this cell of it says.
void CellLine::addSpan(ShownLine &line, const Cell &cell, int start, int end) const
{
    const auto add = [start, end](auto &list, auto member, const auto &value) {
        if (!list.isEmpty() && list.last().start + list.last().length == start &&
            list.last().*member == value) {
            list.last().length += end - start;
        } else if (end > start) {
            list.append({start, end - start, value});
        }
    };
    if (m_styles[cell.style] != CharStyle()) {
        add(line.spans, &ShownLine::Span::style, m_styles[cell.style]);
    }
    if (cell.link != 0) {
        add(line.links, &ShownLine::Link::target, m_links.at(cell.link - 1));
    }
}

/// Every byte: characters that would not be seen, and bytes that are none, by their numbers.
QString rawText(QByteArrayView bytes)
{
    QString text;
    text.reserve(bytes.size());
    const auto *at = reinterpret_cast<const uchar *>(bytes.data());
    const uchar *const end = at + bytes.size();
    while (at != end) {
        const Utf8Character decoded = utf8Character(at, end);
        const char32_t character = decoded.character;
        const bool isUnseen =
            !decoded.valid ||
            (character >= 0x80 && (shownCharacter(character) != character ||
                                   utf8proc_category(static_cast<utf8proc_int32_t>(character)) ==
                                       UTF8PROC_CATEGORY_CF)); // joiners, and what turns the direction
        if (isUnseen) {
            for (int i = 0; i < decoded.length; ++i) {
                text += u"\\x" + QString::number(at[i], 16);
            }
        } else {
            text += QChar::fromUcs4(shownCharacter(character));
        }
        at += decoded.length;
    }
    return text;
}

QString gapText(quint64 gap)
{
    return QCoreApplication::translate("ShownLine", "── %1 of output were not kept here ──")
        .arg(bytesText(static_cast<qint64>(gap)));
}

} // namespace

ShownLine shownLine(const OutputRow &row, LineMode mode)
{
    ShownLine line;
    line.place = row.place;
    if (row.place.stream == 0) {
        line.text = gapText(row.gap);
        return line;
    }
    if (mode == LineMode::Raw) {
        line.text = rawText(row.bytes);
        return line;
    }
    QByteArrayView bytes(row.bytes);
    while (bytes.endsWith('\r')) { // it would only move the cursor
        bytes.chop(1);
    }
    // QString takes a mark of the byte order away, which is a character here as any other.
    if (!bytes.startsWith("\xef\xbb\xbf") && !bytes.contains('\n') && isPlain(bytes)) {
        line.text = QString::fromUtf8(bytes);
        if (row.style != CharStyle() && !line.text.isEmpty()) {
            line.spans.append({0, static_cast<int>(line.text.size()), row.style});
        }
        return line;
    }
    CellLine cells(row.style, bytes.size());
    cells.take(bytes);
    cells.finish(line);
    return line;
}

} // namespace procession
