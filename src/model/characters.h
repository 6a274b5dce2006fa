// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace procession {

constexpr char32_t replacementCharacter = 0xfffd;

/// A character and how many bytes it takes.
struct Utf8Character
{
    char32_t character = replacementCharacter;
    int length = 1; ///< if not valid: of the part that could not go on, which counts as one character
    bool valid = false;
};

/// The first character of the bytes from `at` to `end`, of which there is at least one. Any thread.
inline Utf8Character utf8Character(const uchar *at, const uchar *end)
{
    const uchar first = *at;
    if (first < 0x80) {
        return {first, 1, true};
    }
    const int length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
    if (length == 1) {
        return {};
    }
    // What may follow the first byte excludes longer forms than needed, surrogates and what is beyond
    // U+10FFFF.
    uchar lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uchar highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    char32_t character = first & (0x7fu >> length);
    for (int i = 1; i < length; ++i) {
        if (at + i == end || at[i] < lowest || at[i] > highest) {
            return {replacementCharacter, i, false};
        }
        character = (character << 6) | (at[i] & 0x3fu);
        lowest = 0x80;
        highest = 0xbf;
    }
    return {character, length, true};
}

/// What is shown for a character: its picture or U+FFFD if it would not be seen, or if the text layout gives
/// it a meaning of its own (an end of a line, a picture). Any thread.
inline char32_t shownCharacter(char32_t character)
{
    if (character < 0x20) {
        return 0x2400 + character; // the pictures of the control characters
    }
    if (character < 0x7f) {
        return character;
    }
    if (character == 0x7f) {
        return 0x2421;
    }
    const bool isSpecial = character < 0xa0 || character == 0x2028 || character == 0x2029 ||
                           (character >= 0xfdd0 && character <= 0xfdef) || character == 0xfffc;
    return isSpecial ? replacementCharacter : character;
}

} // namespace procession
