// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/terminalpalette.h"

#include "gui/icons.h"

#include <QPalette>

#include <algorithm>
#include <array>
#include <cmath>

namespace procession {
namespace {

// The first sixteen: readable on a light base, and on a dark one.
constexpr std::array<QRgb, 16> onLight{0x1b1e20, 0x921623, 0x177855, 0x8a4b02, 0x0552c1, 0x722f85,
                                       0x0b6b74, 0x6b6d7a, 0x57596e, 0xc0212f, 0x12805a, 0x9a6200,
                                       0x1a66d8, 0x9040a8, 0x0b7680, 0x70727e};
constexpr std::array<QRgb, 16> onDark{0x8d8f98, 0xf76b61, 0x5debb1, 0xf59c2b, 0x5a94fa, 0xd8aeee,
                                      0x5fd3e0, 0xd6d6da, 0xa8aab3, 0xff8f87, 0x8af5cb, 0xffbe6b,
                                      0x8db6ff, 0xe9cff7, 0x95e6ef, 0xffffff};
// Behind text they are themselves on any base: black is dark and white is light.
constexpr std::array<QRgb, 16> behindText{0x1b1e20, 0x921623, 0x177855, 0x8a4b02, 0x0552c1, 0x722f85,
                                          0x0b6b74, 0xd6d6da, 0x57596e, 0xf76b61, 0x5debb1, 0xf59c2b,
                                          0x5a94fa, 0xd8aeee, 0x5fd3e0, 0xffffff};

constexpr int dimPercent = 35; // of what is behind it in dim text

/// The numbered colours from 16 on: a cube of 6 x 6 x 6, then greys.
QColor numberedColour(int index)
{
    if (index >= 232) {
        const int grey = 8 + 10 * (std::min(index, 255) - 232);
        return QColor(grey, grey, grey);
    }
    const auto level = [](int step) { return step == 0 ? 0 : 55 + 40 * step; };
    const int cube = index - 16;
    return QColor(level(cube / 36), level(cube / 6 % 6), level(cube % 6));
}

QColor mixed(const QColor &from, const QColor &to, int part, int whole)
{
    const auto mix = [part, whole](int a, int b) { return a + (b - a) * part / whole; };
    return QColor(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

/// The luminance of WCAG 2: 0 (black) to 1.
double luminance(const QColor &colour)
{
    static const std::array<double, 256> linear = [] {
        std::array<double, 256> values{};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double value = double(i) / 255;
            values[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
        }
        return values;
    }();
    const auto part = [](int value) { return linear[static_cast<std::size_t>(value)]; };
    return 0.2126 * part(colour.red()) + 0.7152 * part(colour.green()) + 0.0722 * part(colour.blue());
}

} // namespace

TerminalPalette::TerminalPalette(const QPalette &palette)
    : m_text(palette.color(QPalette::Text))
    , m_base(palette.color(QPalette::Base))
    , m_colourless(isHighContrast(palette))
{
}

TextLook TerminalPalette::look(const CharStyle &style) const
{
    TextLook look;
    look.bold = style.bold;
    look.italic = style.italic;
    look.underline = style.underline;
    look.struck = style.struck;
    const bool hasBackground = style.reverse || style.background.kind != CharColour::Kind::Default;
    if (m_colourless) {
        look.foreground = hasBackground ? m_base : m_text;
        look.background = hasBackground ? m_text : QColor();
        return look;
    }
    if (!hasBackground) {
        const bool isDefault = style.foreground.kind == CharColour::Kind::Default;
        look.foreground = isDefault ? m_text : foreground(style.foreground, m_text, m_base);
    } else if (style.reverse) {
        look.background = background(style.foreground, m_text);
        look.foreground = foreground(style.background, m_base, look.background);
    } else {
        look.background = background(style.background, m_base);
        look.foreground = foreground(style.foreground, m_text, look.background);
    }
    if (style.dim) {
        const QColor &behind = hasBackground ? look.background : m_base;
        look.foreground = readableOn(behind, mixed(look.foreground, behind, dimPercent, 100));
    }
    return look;
}

QColor TerminalPalette::colour(int index) const
{
    return m_colourless
               ? m_text
               : foreground({CharColour::Kind::Indexed, static_cast<quint32>(index)}, m_text, m_base);
}

QColor TerminalPalette::foreground(const CharColour &colour, const QColor &defaultColour,
                                   const QColor &behind) const
{
    switch (colour.kind) {
    case CharColour::Kind::Default:
        break;
    case CharColour::Kind::Indexed:
        if (colour.value < 16) {
            const bool isDark = luminance(behind) < 0.18; // where black and white contrast alike
            return readableOn(behind, QColor::fromRgb((isDark ? onDark : onLight)[colour.value]));
        }
        return readableOn(behind, numberedColour(static_cast<int>(colour.value)));
    case CharColour::Kind::Rgb:
        return readableOn(behind, QColor::fromRgb(colour.value));
    }
    return readableOn(behind, defaultColour);
}

QColor TerminalPalette::background(const CharColour &colour, const QColor &defaultColour) const
{
    switch (colour.kind) {
    case CharColour::Kind::Default:
        break;
    case CharColour::Kind::Indexed:
        return colour.value < 16 ? QColor::fromRgb(behindText[colour.value])
                                 : numberedColour(static_cast<int>(colour.value));
    case CharColour::Kind::Rgb:
        return QColor::fromRgb(colour.value);
    }
    return defaultColour;
}

double contrast(const QColor &one, const QColor &other)
{
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

QColor readableOn(const QColor &background, const QColor &foreground)
{
    if (contrast(background, foreground) >= TerminalPalette::minimumContrast) {
        return foreground;
    }
    const QColor black(Qt::black);
    const QColor white(Qt::white);
    // The side it is on already, if that goes far enough; one of the two always does.
    const bool isLighter = luminance(foreground) >= luminance(background);
    const QColor &near = isLighter ? white : black;
    const QColor &far = isLighter ? black : white;
    const QColor &target = contrast(background, near) >= TerminalPalette::minimumContrast ? near : far;
    int low = 0;
    int high = 256;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        const bool isEnough =
            contrast(background, mixed(foreground, target, middle, 256)) >= TerminalPalette::minimumContrast;
        (isEnough ? high : low) = middle;
    }
    return mixed(foreground, target, high, 256);
}

} // namespace procession
