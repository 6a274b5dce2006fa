// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/rowwalk.h"

#include <QList>

namespace procession {

/// A place in a run's output of which everything is known that comes before it.
struct RowPoint
{
    quint64 offset = 0;
    std::array<RowSplitter::Begun, 2> begun;
    qint64 newestNs = 0;
    qint64 lines = 0;             ///< that ended before it, of both streams
    qint64 linesAtGap = 0;        ///< that ended before the last gap
    std::array<qint64, 2> rows{}; ///< of each stream that ended before it; a gap is one of both
    bool afterGap = false;
    bool isFirst = false; ///< a gap, or nothing, is right before it

    RowStart start() const { return {offset, begun, newestNs, lines - linesAtGap, afterGap}; }
    qint64 rowsOf(int stream) const
    {
        return stream == 0 ? rows[0] + rows[1] : rows[static_cast<std::size_t>(stream - 1)];
    }
};

/// Points all over a run's output, as far as it has been gone through: every 64 KiB, and less often once
/// there are many. One thread at a time; build() and setExtent() read the disk.
class RowIndex final
{
    Q_DISABLE_COPY_MOVE(RowIndex)

public:
    explicit RowIndex(const QString &runDirectory);

    /// What is there now. What was known of bytes that are not the same any more is forgotten; behind a gap
    /// that is new, only as much as it changes.
    void setExtent(const RowExtent &extent);
    /// Goes through about `bytes` more. False: all of the extent is known.
    bool build(qint64 bytes);

    quint64 to() const { return m_to; }
    qint64 lines() const { return m_state.lines; }
    qint64 newestNs() const { return m_state.newestNs; }
    const QList<RowPoint> &points() const { return m_points; } ///< in order; the first is at 0
    /// Index of the last point that is not behind this offset.
    qsizetype pointAt(quint64 offset) const;

    static constexpr quint64 leastStep = OutputScan::blockBytes;

private:
    struct Tail
    {
        QList<RowPoint> points;
        RowPoint state;
        RowSplitter splitter;
        quint64 to = 0;
    };

    void forgetFrom(quint64 offset);
    void closeGap(quint64 from, quint64 to);
    void addPoint(quint64 offset, bool isFirst);
    bool joinTail();
    bool take(const OutputPiece &piece);
    void count(const OutputPiece &piece);
    void countRows(const OutputPiece &piece);

    OutputScan m_scan;
    RowExtent m_extent;
    QList<RowPoint> m_points;
    quint64 m_step = leastStep;
    quint64 m_to = 0;
    RowPoint m_state; ///< what is known at m_to; `begun` is the splitter's
    RowSplitter m_splitter;
    Tail m_tail; ///< what was known behind a gap that is being gone over
    QList<OutputRow> m_ended;
};

} // namespace procession
