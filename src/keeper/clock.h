// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>
#include <time.h>

namespace procession::keeper {

inline constexpr int64_t nsPerMs = 1'000'000;
inline constexpr int64_t nsPerSecond = 1'000'000'000;

inline int64_t nanoseconds(const clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return int64_t{time.tv_sec} * nsPerSecond + time.tv_nsec;
}

} // namespace procession::keeper
