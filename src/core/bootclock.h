// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <chrono>

namespace procession {

/// CLOCK_BOOTTIME: never jumps, counts suspend; comparable only within one boot. Any thread.
std::chrono::nanoseconds bootNow();

/// The kernel's id of this boot; empty while it cannot be read, and else constant. Any thread.
QString bootId();

/// False only if it is known that `id` is another boot's. Any thread.
bool isThisBoot(const QString &id);

/// A duration as people read it. `finished` durations below a second keep a decimal ("0.4 s");
/// else "0:07", "12:34", "1:02:03", "2d 03:04:05".
QString durationText(std::chrono::nanoseconds duration, bool finished);

/// What a run took, for a sentence: "3.0 s" below a minute, else as durationText().
QString tookText(std::chrono::nanoseconds duration);

} // namespace procession
