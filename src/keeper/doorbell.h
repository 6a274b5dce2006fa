// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession::keeper {

/// Sends run to the datagram socket at path, without waiting. A lost bell is no loss: the window sweeps. The
/// path is resolved anew each time, so that the socket of a new window is found.
void ringBell(const char *path, const char *run);

} // namespace procession::keeper
