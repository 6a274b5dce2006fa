// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace procession::keeper {

/// Builds a short path from pieces, without allocation and without printf (which would double the program).
/// Pieces that no longer fit are left out; the callers' paths are bounded.
template <size_t Capacity>
class PathText final
{
public:
    PathText &add(const char *const text)
    {
        const size_t length = strlen(text);
        if (m_length + length < Capacity) {
            memcpy(m_text + m_length, text, length + 1);
            m_length += length;
        }
        return *this;
    }

    PathText &add(uint64_t number, const int digits = 1)
    {
        char reversed[rundir::offsetDigits + 1];
        char *begin = reversed + rundir::offsetDigits;
        *begin = '\0';
        for (int i = 0; i < digits || number != 0; ++i, number /= 10)
            *--begin = static_cast<char>('0' + number % 10);
        return add(begin);
    }

    const char *text() const { return m_text; }

private:
    char m_text[Capacity] = {};
    size_t m_length = 0;
};

} // namespace procession::keeper
