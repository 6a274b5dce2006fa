// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/duration.h"

#include <QRegularExpression>

#include <cmath>
#include <limits>

namespace procession {

using namespace Qt::Literals::StringLiterals;

std::optional<std::chrono::milliseconds> parseDuration(const QString &text)
{
    // Largest unit first, each at most once: "30s1m" is more likely a slip than meant.
    static const QRegularExpression pattern(
        u"\\A(?:(N)d)?(?:(N)h)?(?:(N)m)?(?:(N)s)?(?:(N)ms)?\\z"_s.replace(u'N', u"[0-9]+(?:\\.[0-9]+)?"_s));
    static const QRegularExpression bare(u"\\A[0-9]+(?:\\.[0-9]+)?\\z"_s);
    if (text.isEmpty())
        return std::nullopt;
    const QRegularExpressionMatch match = pattern.match(bare.match(text).hasMatch() ? text + u's' : text);
    if (!match.hasMatch())
        return std::nullopt;
    constexpr double units[]{86'400'000, 3'600'000, 60'000, 1000, 1};
    double milliseconds = 0;
    for (int i = 0; i < 5; ++i)
        milliseconds += match.captured(i + 1).toDouble() * units[i];
    if (milliseconds > std::numeric_limits<int>::max()) // what a timer can wait for
        return std::nullopt;
    return std::chrono::milliseconds(std::llround(milliseconds));
}

} // namespace procession
