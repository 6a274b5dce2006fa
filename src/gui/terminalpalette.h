// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"

#include <QColor>

class QPalette;

namespace procession {

/// How a piece of output is drawn.
struct TextLook
{
    QColor foreground;
    QColor background; ///< invalid: none of its own
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool struck = false;

    friend bool operator==(const TextLook &, const TextLook &) = default;
};

/// The colours of output on the base of a palette, light or dark. What a program asks for is kept as far as
/// it can be read: text whose contrast to what is behind it is too low becomes lighter or darker. On palettes
/// of pure black and white there are no colours. It remembers of the palette what it needs: make one anew
/// where the palette changes.
class TerminalPalette final
{
public:
    explicit TerminalPalette(const QPalette &palette);

    TextLook look(const CharStyle &style) const;
    /// One of the 256 numbered colours as text on the base.
    QColor colour(int index) const;

    static constexpr double minimumContrast = 4.5; ///< of text, as WCAG 2 (AA) asks for

private:
    QColor foreground(const CharColour &colour, const QColor &defaultColour, const QColor &behind) const;
    QColor background(const CharColour &colour, const QColor &defaultColour) const;

    QColor m_text;
    QColor m_base;
    bool m_colourless;
};

/// From 1 (the same lightness) to 21 (black and white), as WCAG 2 defines it.
double contrast(const QColor &one, const QColor &other);

/// `foreground` if it can be read on `background`; else the nearest lighter or darker one that can.
QColor readableOn(const QColor &background, const QColor &foreground);

} // namespace procession
