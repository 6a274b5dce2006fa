// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/characters.h"
#include "model/terminalline.h"

#include <utf8proc.h>

#include <array>
#include <cstring>

namespace procession {
namespace {

// Bytes side by side, which the compiler makes into whatever the processor has for it.
using Block [[gnu::vector_size(16)]] = uchar;
constexpr std::ptrdiff_t blockBytes = sizeof(Block);

/// In each byte all bits, if it is not printable ASCII, a tab or a newline; else none.
Block otherBytes(const uchar *at)
{
    Block bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    // 0x20 .. 0x7e become 0 .. 0x5e by the subtraction; all else is greater.
    return Block((bytes - 0x20) > 0x5e) & Block(bytes != '\t') & Block(bytes != '\n');
}

bool isZero(Block block)
{
    std::array<quint64, 2> halves;
    std::memcpy(halves.data(), &block, sizeof block);
    return (halves[0] | halves[1]) == 0;
}

/// The first byte that is not printable ASCII, a tab or a newline.
const uchar *endOfPrintable(const uchar *at, const uchar *end)
{
    while (end - at >= 4 * blockBytes) {
        const Block other = (otherBytes(at) | otherBytes(at + blockBytes)) |
                            (otherBytes(at + 2 * blockBytes) | otherBytes(at + 3 * blockBytes));
        if (!isZero(other)) {
            break;
        }
        at += 4 * blockBytes;
    }
    while (end - at >= blockBytes && isZero(otherBytes(at))) {
        at += blockBytes;
    }
    while (at != end && ((*at >= 0x20 && *at < 0x7f) || *at == '\t' || *at == '\n')) {
        ++at;
    }
    return at;
}

} // namespace

bool isPlain(QByteArrayView bytes)
{
    const auto *at = reinterpret_cast<const uchar *>(bytes.data());
    const uchar *const end = at + bytes.size();
    while (true) {
        at = endOfPrintable(at, end);
        if (at == end) {
            return true;
        }
        do { // characters that are not ASCII often follow each other
            const Utf8Character decoded = utf8Character(at, end);
            if (!decoded.valid || shownCharacter(decoded.character) != decoded.character) {
                return false;
            }
            at += decoded.length;
        } while (at != end && *at >= 0x80);
    }
}

int columnsOf(char32_t character)
{
    if (character < 0x300) {
        return 1;
    }
    const int columns = utf8proc_charwidth(static_cast<utf8proc_int32_t>(character));
    if (columns == 0 && utf8proc_category(static_cast<utf8proc_int32_t>(character)) == UTF8PROC_CATEGORY_CN) {
        return 1; // not known to the library: whatever it is, something is drawn
    }
    return columns;
}

} // namespace procession
