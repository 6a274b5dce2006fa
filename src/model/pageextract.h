// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/pagemerge.h"

#include <optional>

namespace procession {

/// Takes the text of a part of what is shown, piece by piece. A piece of a line that was too long and the
/// next one are one line again where they follow each other. One thread; reads the disk.
class PageExtract final
{
public:
    PageExtract(const PageSources &sources, const OutputPart &part, const RowChoice &choice, LineMode mode,
                bool raw);

    /// Goes on until the time is up. True: it is through.
    bool goOn(const QDeadlineTimer &deadline);
    /// Of no generation.
    const OutputExtract &result() const { return m_result; }

private:
    void begin();
    void append(const PlacedRow &row, const PlacedRow *next);
    QByteArray text(const PlacedRow &row, int from, int to) const;

    PageSources m_sources;
    OutputPart m_part;
    RowChoice m_choice;
    LineMode m_mode;
    bool m_counting; ///< it may be too long: first its size is found, so that no memory is taken in vain
    std::optional<PageMerge> m_merge;
    std::optional<PlacedRow> m_row; ///< whose follower is not known yet
    bool m_first = true;
    qint64 m_size = 0;
    OutputExtract m_result;
};

} // namespace procession
