// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/escapesequence.h"

#include "model/terminalline.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace procession {
namespace {

constexpr qsizetype maximumParameters = 64; // bytes of them; a longer sequence is an attack or noise
constexpr qsizetype maximumUnended = 4096;  // of a title or link that never ends
constexpr int largestNumber = 9999;

/// One number of a sequence's parameters.
struct Number
{
    int value = 0;
    bool isPart = false; ///< came after a colon: a part of the parameter before
};

/// The numbers in parameters; the count is 0 if they are private ones.
struct Numbers
{
    std::array<Number, maximumParameters + 1> all;
    std::size_t count = 0;
};

Numbers numbersOf(QByteArrayView parameters)
{
    Numbers numbers;
    numbers.count = 1;
    for (const char c : parameters) {
        Number &last = numbers.all[numbers.count - 1];
        if (c >= '0' && c <= '9') {
            last.value = std::min(last.value * 10 + (c - '0'), largestNumber);
        } else if ((c == ';' || c == ':') && numbers.count < numbers.all.size()) {
            numbers.all[numbers.count++].isPart = c == ':';
        } else {
            return {};
        }
    }
    return numbers;
}

bool isIntermediate(uchar byte)
{
    return byte >= 0x20 && byte < 0x30;
}

/// A colour after 38, 48 or 58, which is the number `at`; goes to the last number that belongs to it.
/// Nothing if it is none that can be shown.
CharColour extendedColour(const Numbers &numbers, std::size_t &at)
{
    const bool inParts = at + 1 < numbers.count && numbers.all[at + 1].isPart;
    std::size_t end = at + 1;
    while (end < numbers.count && numbers.all[end].isPart == inParts) {
        ++end;
    }
    const std::size_t given = end - at - 1;
    if (given == 0) {
        return {};
    }
    const std::size_t first = at + 1;
    const int kind = numbers.all[first].value;
    CharColour colour;
    if (kind == 5) {
        at = inParts ? end - 1 : std::min(first + 1, end - 1);
        if (given >= 2 && numbers.all[first + 1].value <= 255) {
            colour = {CharColour::Kind::Indexed, static_cast<quint32>(numbers.all[first + 1].value)};
        }
    } else if (kind == 2) {
        // With colons, the standard has a colour space before the colours, which most leave out or empty.
        const std::size_t skipped = inParts && given >= 5 ? 2 : 1;
        at = inParts ? end - 1 : std::min(first + 3, end - 1);
        if (given >= skipped + 3) {
            const auto *rgb = numbers.all.data() + first + skipped;
            if (std::max({rgb[0].value, rgb[1].value, rgb[2].value}) <= 255) {
                colour = {CharColour::Kind::Rgb,
                          static_cast<quint32>(rgb[0].value << 16 | rgb[1].value << 8 | rgb[2].value)};
            }
        }
    } else {
        at = end - 1; // what the numbers mean is not known
    }
    return colour;
}

CharColour indexed(int index)
{
    return {CharColour::Kind::Indexed, static_cast<quint32>(index)};
}

} // namespace

EscapeSequence escapeSequence(QByteArrayView bytes)
{
    EscapeSequence result;
    const auto *data = reinterpret_cast<const uchar *>(bytes.data());
    const qsizetype size = bytes.size();
    if (size < 2) {
        return result;
    }
    qsizetype at = 2;
    switch (data[1]) {
    case '[': {
        while (at < size && data[at] >= 0x20 && data[at] < 0x40) {
            ++at;
        }
        result.length = at;
        if (at < size && data[at] >= 0x40 && data[at] < 0x7f) {
            result.length = at + 1;
            if (at - 2 <= maximumParameters) {
                result.kind = EscapeSequence::Kind::Control;
                result.final = static_cast<char>(data[at]);
                result.parameters = bytes.sliced(2, at - 2);
            }
        }
        return result;
    }
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
    case 'k': { // strings for the terminal: titles, pictures, links
        const auto isEnd = [](uchar byte) {
            return byte == '\a' || byte == 0x1b || byte == 0x18 || byte == 0x1a || byte == '\n';
        };
        while (at < size && !isEnd(data[at])) {
            ++at;
        }
        if (at == size || data[at] == '\n') {
            result.length = std::min(at, maximumUnended);
            return result;
        }
        if (data[1] == ']' && (data[at] == '\a' || data[at] == 0x1b)) {
            result.kind = EscapeSequence::Kind::Command;
            result.parameters = bytes.sliced(2, at - 2);
        }
        result.length = data[at] == 0x1b ? at : at + 1; // ESC \ is a sequence of its own, that only vanishes
        return result;
    }
    default:
        break;
    }
    at = 1;
    while (at < size && isIntermediate(data[at])) {
        ++at;
    }
    result.length = at;
    if (at == size || data[at] < 0x30 || data[at] >= 0x7f) {
        return result;
    }
    result.length = at + 1;
    result.final = static_cast<char>(data[at]);
    result.parameters = bytes.sliced(1, at - 1);
    if (at == 1 && result.final == 'c') {
        result.kind = EscapeSequence::Kind::Reset;
    } else if (at == 2 && (data[1] == '(' || data[1] == ')')) {
        result.kind = EscapeSequence::Kind::CharacterSet;
    }
    return result;
}

void applyStyle(QByteArrayView parameters, CharStyle &style)
{
    const Numbers numbers = numbersOf(parameters);
    for (std::size_t i = 0; i < numbers.count; ++i) {
        const int value = numbers.all[i].value;
        if (value == 38 || value == 48 || value == 58) {
            const CharColour colour = extendedColour(numbers, i);
            if (value != 58 && colour.kind != CharColour::Kind::Default) {
                (value == 38 ? style.foreground : style.background) = colour;
            }
            continue;
        }
        const bool isOff =
            i + 1 < numbers.count && numbers.all[i + 1].isPart && numbers.all[i + 1].value == 0;
        while (i + 1 < numbers.count && numbers.all[i + 1].isPart) {
            ++i;
        }
        switch (value) {
        case 0:
            style = {};
            break;
        case 1:
            style.bold = true;
            break;
        case 2:
            style.dim = true;
            break;
        case 3:
            style.italic = true;
            break;
        case 4:
            style.underline = !isOff;
            break;
        case 7:
            style.reverse = true;
            break;
        case 9:
            style.struck = true;
            break;
        case 21: // twice, elsewhere
            style.underline = true;
            break;
        case 22:
            style.bold = style.dim = false;
            break;
        case 23:
            style.italic = false;
            break;
        case 24:
            style.underline = false;
            break;
        case 27:
            style.reverse = false;
            break;
        case 29:
            style.struck = false;
            break;
        case 39:
            style.foreground = {};
            break;
        case 49:
            style.background = {};
            break;
        default:
            if (value >= 30 && value <= 37) {
                style.foreground = indexed(value - 30);
            } else if (value >= 40 && value <= 47) {
                style.background = indexed(value - 40);
            } else if (value >= 90 && value <= 97) {
                style.foreground = indexed(value - 90 + 8);
            } else if (value >= 100 && value <= 107) {
                style.background = indexed(value - 100 + 8);
            }
            break;
        }
    }
}

int firstNumber(QByteArrayView parameters)
{
    const Numbers numbers = numbersOf(parameters);
    return numbers.count == 0 ? -1 : numbers.all[0].value;
}

CharStyle styleAfter(QByteArrayView bytes, const CharStyle &before)
{
    CharStyle style = before;
    while (!bytes.isEmpty()) {
        const void *found = std::memchr(bytes.data(), 0x1b, static_cast<std::size_t>(bytes.size()));
        if (!found) {
            break;
        }
        bytes = bytes.sliced(static_cast<const char *>(found) - bytes.data());
        const EscapeSequence sequence = escapeSequence(bytes);
        if (sequence.kind == EscapeSequence::Kind::Control && sequence.final == 'm') {
            applyStyle(sequence.parameters, style);
        } else if (sequence.kind == EscapeSequence::Kind::Reset) {
            style = {};
        }
        bytes = bytes.sliced(sequence.length);
    }
    return style;
}

} // namespace procession
