// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/workerstatus.h"

#include <algorithm>

namespace procession {

std::optional<std::chrono::nanoseconds> WorkerStatus::elapsed(const std::chrono::nanoseconds now) const
{
    using std::chrono::nanoseconds;
    if (startedAt == nanoseconds(0))
        return std::nullopt;
    // A run that is over without a known end (lost, or cut off by a reboot) took nobody knows how long.
    if (endedAt == nanoseconds(0) && !isAlive(state))
        return std::nullopt;
    return std::max((endedAt != nanoseconds(0) ? endedAt : now) - startedAt, nanoseconds(0));
}

} // namespace procession
