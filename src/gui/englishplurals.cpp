// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/englishplurals.h"

#include <cstring>

namespace procession {

EnglishPlurals::EnglishPlurals(QObject *parent)
    : QTranslator(parent)
{
}

QString EnglishPlurals::translate(const char *, const char *sourceText, const char *, int n) const
{
    if (n < 0 || std::strstr(sourceText, "(s)") == nullptr)
        return {}; // as the source has it
    return QString::fromUtf8(sourceText)
        .replace(QStringLiteral("(s)"), n == 1 ? QString() : QStringLiteral("s"));
}

} // namespace procession
