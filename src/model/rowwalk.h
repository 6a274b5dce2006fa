// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputscan.h"
#include "core/outputsegments.h"
#include "model/outputrow.h"
#include "model/rowsplitter.h"

#include <array>
#include <optional>

namespace procession {

/// What is there of a run's output, as it was when somebody looked.
struct RowExtent
{
    QString directory;
    QList<OutputSegment> segments;

    quint64 end() const { return segments.isEmpty() ? 0 : segments.last().end(); }
    /// The offset after the gap this offset is in; the offset itself if it is in none.
    quint64 behindGap(quint64 offset) const;
    /// The offset before the gap this offset is in; the offset itself if it is in none.
    quint64 beforeGap(quint64 offset) const;
    /// Where the bytes begin that lead up to this offset without a gap.
    quint64 unbrokenFrom(quint64 offset) const;
};

/// What has to be known of the bytes before a place to cut those after it into rows.
struct RowStart
{
    quint64 offset = 0;
    std::array<RowSplitter::Begun, 2> begun; ///< of standard output and standard error
    qint64 newestNs = 0;                     ///< the latest time of all bytes before
    qint64 number = 0;                       ///< lines that ended since the last gap; -1: not known
    bool afterGap = false;
};

/// A splitter that knows of the rows under way at this place: their bytes are read.
RowSplitter splitterAt(OutputScan &scan, const RowStart &start);

/// Where to begin if nothing is known: the row each stream has under way is found from its last newline
/// before `offset`. How far back it looks is bounded; a row whose beginning is further away begins where it
/// stopped.
RowStart rowStartNear(const RowExtent &extent, quint64 offset);
/// The place behind which about so many bytes of the stream (both: 0) come before `offset`.
quint64 bytesBack(const RowExtent &extent, quint64 offset, int stream, quint64 bytes);

/// Goes from a place in a run's output on, row by row.
class RowWalk final
{
    Q_DISABLE_COPY_MOVE(RowWalk)

public:
    /// Rows are those that end behind the start's offset, and not behind `end`. `scan` is used all the time.
    RowWalk(OutputScan &scan, const RowExtent &extent, const RowStart &start, quint64 end);

    /// Appends the rows of a little more. False: there is no more.
    bool step(QList<OutputRow> &rows);
    /// From here on only this stream's bytes are read, and no numbers known.
    void readOnly(int stream);
    /// The rows under way at the end.
    QList<OutputRow> open(RowPlace::Ending ending) const;
    quint64 position() const { return m_at; }
    quint64 bytesRead() const { return m_read; }

private:
    void feedGap(quint64 from, quint64 to, QList<OutputRow> &rows);
    void complete(QList<OutputRow> &rows, qsizetype first);

    OutputScan &m_scan;
    const RowExtent &m_extent;
    RowSplitter m_splitter;
    OutputPiece m_piece; ///< what is left of it
    quint64 m_at;        ///< what is before has been fed
    quint64 m_end;
    quint64 m_read = 0;
    qint64 m_newestNs;
    qint64 m_number;
    bool m_afterGap;
    bool m_readsOne = false;
    bool m_done = false;
};

} // namespace procession
