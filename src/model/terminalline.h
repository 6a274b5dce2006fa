// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"

#include <QByteArrayView>

namespace procession {

/// How a row's bytes become text.
enum class LineMode {
    Drawn, ///< as a terminal would leave the line: rewritten, coloured, without escapes
    Raw,   ///< every byte to be seen: controls as their pictures, bytes that are not UTF-8 as \xNN
};

/// What a person sees of a row: carriage returns, backspaces and moves of the cursor rewrite it, SGR escapes
/// become spans, OSC 8 becomes links, other escapes vanish, control characters become visible, what is not
/// UTF-8 becomes U+FFFD (one per ill-formed part). Links are those of OSC 8 only (findLinks() adds to them).
/// A pure function. Any thread.
ShownLine shownLine(const OutputRow &row, LineMode mode = LineMode::Drawn);

/// The style in force behind `bytes`, which begin with `before` in force. Fast where there is no escape.
CharStyle styleAfter(QByteArrayView bytes, const CharStyle &before);

/// True if the text shownLine() makes of these bytes, which hold no newline, is (as UTF-8) these very bytes.
/// Newlines are allowed, so that many lines can be asked about at once; fast.
bool isPlain(QByteArrayView bytes);

/// Columns of a terminal the character takes: 0, 1 or 2. A tab takes 1 here.
int columnsOf(char32_t character);

/// Adds what looks like a URL or like FILE:LINE[:COLUMN] (of compilers, grep, Python's and other traces)
/// where the line has no link yet.
void findLinks(ShownLine &line);

} // namespace procession
