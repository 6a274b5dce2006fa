// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

namespace procession::keeper {

class Run;

/// Keeps a run in two processes, so that the end of either loses nothing. This one becomes the guardian and
/// sleeps; its child, the active half, does the work. They share memory and descriptors, and nothing but: a
/// signal that ends one does not touch the other. As both are subreapers, the worker's tree falls to the
/// guardian when the active half is killed, and it goes on where that stopped; if the guardian is killed, the
/// active half goes on alone. Returns the exit status when the run is over.
int keepInPair(Run &run);

} // namespace procession::keeper
