// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession::bench {

/// The reference for `spawn`: runs `true` `count` times, `together` at a time, keeping nothing but the exit
/// statuses. Returns how many of them ended with 0.
int bareSpawn(int count, int together);

} // namespace procession::bench
