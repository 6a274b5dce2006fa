// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/pagesource.h"

namespace procession::pageplaces {

/// Everything before it, rows under way as well.
OutputCut end(const PageSources &sources);
/// Everything after it.
OutputCut begin(const PageSources &sources);
/// Before the first rows that ended at this time or later.
OutputCut atTime(const PageSources &sources, qint64 timeNs);
/// About so many bytes before it. Of several runs, all rows before it ended before all rows after it.
OutputCut atBytes(const PageSources &sources, quint64 bytes);
/// Before this row of one of them.
OutputCut beforeRow(const PageSources &sources, const PlacedRow &row);

/// Bytes of all before the cut.
quint64 bytesBefore(const PageSources &sources, const OutputCut &cut);

} // namespace procession::pageplaces
