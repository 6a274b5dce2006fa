// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace procession {

/// Why a text could not be split: where (offset into the text) and what, for a person to read.
struct WordsError
{
    qsizetype position = 0;
    QString message;
};

/// The first piece of shell syntax in `text` that only a shell can carry out (an unquoted `|`, `&`, `;`, `<`,
/// `>`, `(`, `` ` ``, `$`, a glob, `~`, a leading assignment or shell keyword, a newline ...), as it stands
/// there; empty if words are enough. `$` and `` ` `` count within double quotes too.
QString shellSyntaxIn(const QString &text);

/// Splits `text` into words as a POSIX shell does: blanks, single quotes, double quotes, backslashes,
/// comments. Nothing is expanded. nullopt and `*error` when a quote is not closed or a backslash ends the text.
std::optional<QStringList> splitWords(const QString &text, WordsError *error = nullptr);

/// `word` quoted so that splitWords() (and a shell) gives it back as one word; unchanged if it needs none.
QString quoteWord(const QString &word);

} // namespace procession
