// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"

#include <QByteArrayView>

namespace procession {

/// An escape sequence, as far as it matters to lines of text.
struct EscapeSequence
{
    enum class Kind : quint8 {
        Other,        ///< nothing for us; it only vanishes
        Control,      ///< ESC [ parameters final
        CharacterSet, ///< ESC ( final or ESC ) final: `parameters` is the bracket
        Command,      ///< an operating system command, ESC ]: `parameters` is what it says
        Reset,        ///< ESC c
    };
    Kind kind = Kind::Other;
    char final = 0;
    QByteArrayView parameters; ///< within the bytes that were given
    qsizetype length = 1;      ///< bytes of it, the ESC included
};

/// The sequence at the start of `bytes`, whose first is ESC. A sequence ends where a character comes that
/// cannot be part of it, such as a newline, so that no broken one takes what follows along. Any thread.
EscapeSequence escapeSequence(QByteArrayView bytes);

/// Changes `style` as the parameters of a sequence with the final byte m say; unknown ones change nothing.
/// Any thread.
void applyStyle(QByteArrayView parameters, CharStyle &style);

/// The first number of the parameters: 0 if there is none, -1 if they are private ones. Any thread.
int firstNumber(QByteArrayView parameters);

} // namespace procession
