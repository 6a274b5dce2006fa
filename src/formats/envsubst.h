// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

namespace procession {

/// Why a text could not be expanded: where (offset into the text) and what, for a person to read.
struct ExpansionError
{
    qsizetype position = 0;
    QString message;
};

/// The value of a variable; nullopt if it is not set.
using VariableLookup = std::function<std::optional<QString>(const QString &name)>;

/// Replaces each `${...}` of `text` and turns `$$` into `$`; any other `$` stands for itself. What may stand
/// between the braces (V a name; words may hold `${...}` again):
///   V                    its value, or nothing; the first 100 names that are not set are added to `*unset`
///   #V                   its length
///   V:-w V-w V:=w V=w    its value, or w where it is not set (with a colon: or empty)
///   V:+w V+w             w where it is set (and not empty), else nothing
///   V:?w V?w             its value, or an error that says w
///   V^ V^^ V, V,,        first letter or all, upper or lower case
///   V:n V:n:m            from the nth character on (negative: from the end), m characters
///   V#p V##p V%p V%%p    without the shortest or longest start or end that matches the pattern p
///   V/p/w V//p/w         the first or every match of p replaced by w
///   V/#p/w V/%p/w        a match at the start or the end replaced by w
/// Anything else, an open brace, or a result beyond 16 Mi characters is an error (nullopt and `*error`).
std::optional<QString> expandVariables(const QString &text, const VariableLookup &lookup,
                                       ExpansionError *error, QStringList *unset = nullptr);

/// The offset after the brace that closes the `${` at `at`, or -1 if none does.
qsizetype expansionEnd(QStringView text, qsizetype at);

} // namespace procession
