// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logpainter.h"

#include "gui/icons.h"

#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace procession {
namespace {

constexpr int maximumAdvances = 8192;

/// Characters whose shape or order depends on their neighbours: right-to-left scripts, those of India and
/// their relatives.
bool isShaped(char32_t character)
{
    return (character >= 0x0590 && character < 0x10a0) || (character >= 0x1780 && character < 0x18b0) ||
           (character >= 0xfb1d && character < 0xfe00) || (character >= 0xfe70 && character < 0xfeff) ||
           (character >= 0x10800 && character < 0x11000) || (character >= 0x1e800 && character < 0x1f000);
}

/// Between words of one language it belongs to them.
bool isNeutral(char32_t character)
{
    return character < 0x80 && !QChar::isLetterOrNumber(character);
}

/// The first of elements in order and apart that ends behind `from`.
template <typename Element>
auto firstBehind(const QList<Element> &elements, int from)
{
    return std::partition_point(elements.cbegin(), elements.cend(), [from](const Element &element) {
        return element.start + element.length <= from;
    });
}

/// Goes through elements in order. `to` is lowered to where the next one begins or this one ends.
template <typename Element, typename Iterator>
const Element *at(Iterator &element, const QList<Element> &elements, int unit, int &to)
{
    while (element != elements.cend() && element->start + element->length <= unit) {
        ++element;
    }
    if (element == elements.cend()) {
        return nullptr;
    }
    if (element->start > unit) {
        to = std::min(to, element->start);
        return nullptr;
    }
    to = std::min(to, element->start + element->length);
    return &*element;
}

/// Of the four fonts.
size_t variantOf(const TextLook &look)
{
    return (look.bold ? 1u : 0u) + (look.italic ? 2u : 0u);
}

} // namespace

void LogPainter::setFont(const QFont &font)
{
    for (size_t i = 0; i < m_fonts.size(); ++i) {
        QFont &variant = m_fonts[i];
        variant = font;
        variant.setBold((i & 1) != 0);
        variant.setItalic((i & 2) != 0);
        variant.setKerning(false);
    }
    const QFontMetricsF metrics(m_fonts[0]);
    m_cellWidth = std::max(1.0, metrics.horizontalAdvance(u'0'));
    m_lineHeight = std::max(1, static_cast<int>(std::ceil(metrics.lineSpacing())));
    m_ascent = metrics.ascent();
    m_lineWidth = std::max(1.0, std::round(metrics.lineWidth()));
    m_isFixed = std::abs(metrics.horizontalAdvance(u"iW.0m"_qs) - 5 * m_cellWidth) < 0.1;
    for (size_t i = 1; i < m_fonts.size(); ++i) {
        const double excess = QFontMetricsF(m_fonts[i]).horizontalAdvance(u'0') - m_cellWidth;
        if (std::abs(excess) > 0.01) { // a bold face may be wider
            m_fonts[i].setLetterSpacing(QFont::AbsoluteSpacing, -excess);
        }
    }
    QString characters;
    for (char16_t character = u' '; character < 0x7f; ++character) {
        characters.append(QChar(character));
    }
    for (size_t i = 0; i < m_fonts.size(); ++i) {
        Face &face = m_faces[i];
        face.font = QRawFont::fromFont(m_fonts[i]);
        const QList<quint32> glyphs = face.font.glyphIndexesForString(characters);
        if (glyphs.size() != characters.size() || glyphs.contains(0)) {
            face.font = QRawFont();
            continue;
        }
        std::copy(glyphs.cbegin(), glyphs.cend(), face.glyphs.begin() + u' ');
    }
    m_advances.clear();
}

void LogPainter::setPalette(const QPalette &palette)
{
    m_palette = palette;
    m_colours = TerminalPalette(palette);
    m_lastStyle.reset();
}

void LogPainter::paint(QPainter &painter, const Part &part)
{
    const ShownLine &line = *part.line;
    const LogLayout &layout = *part.layout;
    const int size = static_cast<int>(line.text.size());
    const int endCell = part.firstCell + part.cells;
    int unit = layout.unitAt(line.text, part.firstCell);
    // One more, which may reach into what is seen.
    const int endUnit = std::min(size, layout.unitAt(line.text, endCell));
    const bool selectedBehind = part.selectedTo > size && part.selectedFrom <= size;
    if (selectedBehind && layout.cells() >= part.firstCell && layout.cells() < endCell) {
        fill(painter, part, layout.cells(), layout.cells() + 1, m_palette.color(QPalette::Highlight));
    }
    auto span = firstBehind(line.spans, unit);
    auto match = firstBehind(line.matches, unit);
    auto link = firstBehind(line.links, unit);
    const QPalette::ColorGroup group = part.focused ? QPalette::Active : QPalette::Inactive;
    const bool plainColours = isHighContrast(m_palette);
    int cell = layout.cellOf(line.text, unit);
    while (unit < endUnit) {
        Segment segment;
        segment.from = unit;
        segment.to = endUnit;
        segment.firstCell = cell;
        const ShownLine::Span *const styled = at(span, line.spans, unit, segment.to);
        const ShownLine::Match *const matched = at(match, line.matches, unit, segment.to);
        const ShownLine::Link *const linked = at(link, line.links, unit, segment.to);
        bool selected = false;
        if (unit < part.selectedFrom) {
            segment.to = std::min(segment.to, part.selectedFrom);
        } else if (unit < part.selectedTo) {
            segment.to = std::min(segment.to, part.selectedTo);
            selected = true;
        }
        unit = segment.to;
        segment.nextCell = layout.cellOf(line.text, unit);
        cell = segment.nextCell;
        segment.look = lookOf(styled ? styled->style : CharStyle());
        QColor background = segment.look.background;
        segment.pen = segment.look.foreground;
        if (line.context || line.place.stream == 0) {
            segment.pen = m_palette.color(QPalette::PlaceholderText);
        }
        if (matched) {
            const bool current = matched - line.matches.constData() == part.currentMatch;
            background = plainColours ? m_palette.color(QPalette::Text)
                         : current    ? QColor(0xff, 0x9f, 0x1a)
                                      : QColor(0xff, 0xe0, 0x66);
            segment.pen = plainColours ? m_palette.color(QPalette::Base) : QColor(Qt::black);
            segment.underlined = plainColours && current;
        }
        if (selected) {
            background = m_palette.color(group, QPalette::Highlight);
            segment.pen = m_palette.color(group, QPalette::HighlightedText);
        }
        if (linked) {
            const bool hovered = linked - line.links.constData() == part.hoveredLink;
            const bool marked = linked->target != QStringView(line.text).mid(linked->start, linked->length);
            segment.underlined = segment.underlined || hovered;
            segment.dotted = marked && !hovered;
        }
        if (background.isValid()) {
            fill(painter, part, segment.firstCell, segment.nextCell, background);
        }
        drawSegment(painter, part, segment);
    }
}

const TextLook &LogPainter::lookOf(const CharStyle &style)
{
    if (m_lastStyle != style) {
        m_lastStyle = style;
        m_lastLook = m_colours.look(style);
    }
    return m_lastLook;
}

void LogPainter::fill(QPainter &painter, const Part &part, int firstCell, int nextCell,
                      const QColor &colour) const
{
    const int first = std::max(firstCell, part.firstCell) - part.firstCell;
    const int next = std::min(nextCell, part.firstCell + part.cells) - part.firstCell;
    if (next > first) {
        const int left = qRound(part.left + first * m_cellWidth);
        const int right = qRound(part.left + next * m_cellWidth);
        painter.fillRect(QRect(left, part.top, right - left, m_lineHeight), colour);
    }
}

void LogPainter::drawSegment(QPainter &painter, const Part &part, const Segment &segment)
{
    painter.setPen(segment.pen);
    if (part.layout->isPlain() && m_isFixed) {
        drawPlain(painter, part, segment);
    } else {
        painter.setFont(m_fonts[variantOf(segment.look)]);
        drawCharacters(painter, part, segment);
    }
    drawLines(painter, part, segment);
}

/// Draws characters of ASCII, each a glyph at its cell: what a text layout would find out, at a fraction of
/// its time.
void LogPainter::drawPlain(QPainter &painter, const Part &part, const Segment &segment)
{
    const size_t variant = variantOf(segment.look);
    const QPointF at(part.left + (segment.firstCell - part.firstCell) * m_cellWidth, part.top + m_ascent);
    const QChar *const text = part.line->text.constData();
    const Face &face = m_faces[variant];
    if (!face.font.isValid()) {
        painter.setFont(m_fonts[variant]);
        painter.drawText(at, QString::fromRawData(text + segment.from, segment.to - segment.from));
        return;
    }
    m_runGlyphs.clear();
    m_runPlaces.clear();
    for (int unit = segment.from; unit < segment.to; ++unit) {
        if (text[unit] != u' ') {
            m_runGlyphs.append(face.glyphs[text[unit].unicode() & 0x7f]);
            m_runPlaces.append(QPointF((unit - segment.from) * m_cellWidth, 0));
        }
    }
    if (!m_runGlyphs.isEmpty()) {
        QGlyphRun run;
        run.setRawFont(face.font);
        run.setRawData(m_runGlyphs.constData(), m_runPlaces.constData(),
                       static_cast<int>(m_runGlyphs.size()));
        painter.drawGlyphRun(at, run);
    }
}

/// Draws characters that fit their cells together, each other one at its own cell, and those that are shaped
/// by their neighbours together with these.
void LogPainter::drawCharacters(QPainter &painter, const Part &part, const Segment &segment)
{
    const QStringView text = QStringView(part.line->text).left(segment.to);
    const auto leftOf = [this, &part](int cell) { return part.left + (cell - part.firstCell) * m_cellWidth; };
    const double baseline = part.top + m_ascent;
    int runFrom = -1;
    int runCell = 0;
    int runEndCell = 0;
    const auto drawRun = [&](int to) {
        if (runFrom >= 0) {
            painter.drawText(QPointF(leftOf(runCell), baseline),
                             QString::fromRawData(text.data() + runFrom, to - runFrom));
        }
        runFrom = -1;
    };
    LogCells cells(text, part.wrapCells, segment.from, part.layout->cellOf(text, segment.from));
    while (cells.next()) {
        const int from = cells.unit();
        const int cell = cells.cell();
        const char32_t character = cells.character();
        LogCells ahead = cells;
        bool combined = false;
        LogCells last = cells; // of what is drawn with this character
        if (isShaped(character)) {
            while (ahead.next()) {
                if (isShaped(ahead.character()) || ahead.cells() == 0) {
                    last = ahead;
                } else if (ahead.character() == U'\t' || !isNeutral(ahead.character())) {
                    break;
                }
            }
        } else {
            while (ahead.next() && ahead.cells() == 0) {
                last = ahead;
                combined = true;
            }
        }
        cells = last;
        const int to = cells.nextUnit();
        const int width = cells.nextCell() - cell;
        const QStringView drawn = text.mid(from, to - from);
        // What only says how others are to be ordered is not drawn: with what follows it would turn it round.
        const bool ordersOthers = width == 0 && QChar::category(character) == QChar::Other_Format;
        if (character == U'\t' || (character == U' ' && !combined) || ordersOthers) {
            drawRun(from);
            continue;
        }
        if (isShaped(character)) {
            drawRun(from);
            drawFitted(painter, QPointF(leftOf(cell), baseline), drawn,
                       QFontMetricsF(painter.font()).horizontalAdvance(drawn.toString()),
                       width * m_cellWidth);
            continue;
        }
        // What is combined with it takes no cells of its own, whatever the font says; and it is not what the
        // character alone, elsewhere, takes.
        const double advance =
            advanceOf(character, drawn.first(QChar::requiresSurrogates(character) ? 2 : 1));
        const bool fits = !combined && std::abs(advance - width * m_cellWidth) < 0.01;
        if (!fits || runEndCell != cell) {
            drawRun(from);
        }
        if (!fits) {
            drawFitted(painter, QPointF(leftOf(cell), baseline), drawn, advance, width * m_cellWidth);
            continue;
        }
        if (runFrom < 0) {
            runFrom = from;
            runCell = cell;
        }
        runEndCell = cells.nextCell();
    }
    drawRun(segment.to);
}

/// What is much too wide for its cells is drawn narrower, lest it covers what follows.
void LogPainter::drawFitted(QPainter &painter, QPointF at, QStringView text, double advance, double width)
{
    const QString drawn = QString::fromRawData(text.data(), text.size());
    if (width > 0 && advance > width * 1.1) {
        painter.save();
        painter.translate(at);
        painter.scale(width / advance, 1);
        painter.drawText(QPointF(0, 0), drawn);
        painter.restore();
        return;
    }
    const double middle = advance < width ? (width - advance) / 2 : 0;
    painter.drawText(at + QPointF(middle, 0), drawn);
}

void LogPainter::drawLines(QPainter &painter, const Part &part, const Segment &segment) const
{
    const double left = part.left + (segment.firstCell - part.firstCell) * m_cellWidth;
    const double width = (segment.nextCell - segment.firstCell) * m_cellWidth;
    const double under = part.top + std::min(m_ascent + 2 * m_lineWidth, m_lineHeight - m_lineWidth);
    if (segment.look.underline || segment.underlined) {
        painter.fillRect(QRectF(left, under, width, m_lineWidth), segment.pen);
    } else if (segment.dotted) {
        for (double at = 0; at < width; at += 3 * m_lineWidth) {
            painter.fillRect(QRectF(left + at, under, m_lineWidth, m_lineWidth), segment.pen);
        }
    }
    if (segment.look.struck) {
        painter.fillRect(QRectF(left, part.top + m_ascent * 0.65, width, m_lineWidth), segment.pen);
    }
}

double LogPainter::advanceOf(char32_t character, QStringView text)
{
    if (const float known = m_advances.value(character, -1); known >= 0) {
        return static_cast<double>(known);
    }
    if (m_advances.size() >= maximumAdvances) {
        m_advances.clear();
    }
    const double advance = QFontMetricsF(m_fonts[0]).horizontalAdvance(text.toString());
    m_advances.insert(character, static_cast<float>(advance));
    return advance;
}

} // namespace procession
