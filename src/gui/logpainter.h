// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "gui/logrows.h"
#include "gui/terminalpalette.h"

#include <QFont>
#include <QHash>
#include <QPalette>
#include <QPointF>
#include <QRawFont>

#include <array>
#include <optional>

class QPainter;

namespace procession {

/// Draws the text of rows into a grid of cells, whatever widths the fonts give to characters.
class LogPainter final
{
public:
    /// What there is to draw of a row on one line of the view.
    struct Part
    {
        const ShownLine *line = nullptr;
        const LogLayout *layout = nullptr;
        int wrapCells = 0;
        int firstCell = 0; ///< at the left edge
        int cells = 0;     ///< and so many to the right of it
        double left = 0;
        int top = 0;
        int selectedFrom = 0; ///< UTF-16 units
        int selectedTo = 0;   ///< behind the text: the newline, too
        int currentMatch = -1;
        int hoveredLink = -1;
        bool focused = false;
    };

    void setFont(const QFont &font);
    void setPalette(const QPalette &palette);
    const QFont &font() const { return m_fonts[0]; }
    double cellWidth() const { return m_cellWidth; }
    int lineHeight() const { return m_lineHeight; }
    double ascent() const { return m_ascent; }

    void paint(QPainter &painter, const Part &part);

private:
    /// Characters that look alike.
    struct Segment
    {
        int from = 0;
        int to = 0;
        int firstCell = 0;
        int nextCell = 0;
        TextLook look;
        QColor pen;
        bool underlined = false;
        bool dotted = false;
    };

    const TextLook &lookOf(const CharStyle &style);
    void fill(QPainter &painter, const Part &part, int firstCell, int nextCell, const QColor &colour) const;
    void drawSegment(QPainter &painter, const Part &part, const Segment &segment);
    void drawCharacters(QPainter &painter, const Part &part, const Segment &segment);
    void drawFitted(QPainter &painter, QPointF at, QStringView text, double advance, double width);
    void drawLines(QPainter &painter, const Part &part, const Segment &segment) const;
    double advanceOf(char32_t character, QStringView text);

    void drawPlain(QPainter &painter, const Part &part, const Segment &segment);

    /// What draws characters of ASCII without laying out text.
    struct Face
    {
        QRawFont font; ///< invalid: some character is not in it
        std::array<quint32, 128> glyphs{};
    };

    std::array<QFont, 4> m_fonts; ///< bold: 1, italic: 2
    std::array<Face, 4> m_faces;
    QList<quint32> m_runGlyphs; ///< kept for their memory
    QList<QPointF> m_runPlaces;
    QPalette m_palette;
    QHash<char32_t, float> m_advances;
    std::optional<CharStyle> m_lastStyle;
    TextLook m_lastLook;
    TerminalPalette m_colours{QPalette()};
    double m_cellWidth = 1;
    double m_ascent = 1;
    double m_lineWidth = 1;
    int m_lineHeight = 1;
    bool m_isFixed = true;
};

} // namespace procession
