// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputmatcher.h"
#include "model/outputpage.h"
#include "model/outputrows.h"

#include <map>
#include <memory>
#include <vector>

namespace procession {

/// Which way rows are gone through.
enum class Way { Forward, Backward };

/// A row among the others of its run: the cuts right before it and right after it. Rows that end at the same
/// offset are between the same two.
struct PlacedRow
{
    OutputRow row;
    quint64 before = 0;
    quint64 after = 0;
    qint64 timeNs = 0;    ///< where it is among the rows of other runs: its end's time, or that of one before
    bool context = false; ///< shown only because it is near a match
};

/// One run whose output is shown: its rows, of one stream or both, from its floor on; which of them have a
/// match; and how many bytes of it there are. One thread at a time; reads the disk.
class PageSource final
{
    Q_DISABLE_COPY_MOVE(PageSource)

public:
    /// Rows next to each other, in the order they were asked for.
    struct Stretch
    {
        QList<PlacedRow> rows;
        quint64 reached = 0;   ///< the cut after the last of them, on the way they were asked for
        bool exhausted = true; ///< there are no more
    };

    explicit PageSource(const QString &directory);

    QString directory() const { return m_directory; }
    /// What is wanted of it. hits: where the matches are, as far as that is known.
    void setWanted(const OutputSource &source, int stream, const SearchHits &hits);
    /// What rows are to be looked for with; null: no row has a match. It has to live as long as this.
    void setMatcher(OutputMatcher *matcher);
    /// Takes note of what is on the disk now.
    void refresh();

    const OutputRows &rows() const { return m_rows; }
    quint64 floor() const { return m_floor; }
    int stream() const { return m_stream; }
    /// False: all there is is indexed.
    bool index(qint64 bytes) { return m_rows.index(bytes); }
    bool isIndexed() const { return m_rows.indexedTo() >= m_rows.end(); }
    /// The cut that has everything before it, rows under way as well.
    quint64 last() const { return m_rows.end() + 1; }

    /// About so many rows and bytes, at least one row if there is one. Rows between the same two cuts are
    /// told together.
    Stretch rowsFrom(Way way, quint64 cut, int count, qint64 bytes) const;
    /// The cut before the first row whose end's time is not less than this one.
    quint64 cutAt(qint64 timeNs) const;

    /// Whether it has a match in the text a person sees.
    bool matches(const OutputRow &row) const;
    /// As far from the cut as it is known that no row has a match; the cut itself if nothing is known.
    quint64 withoutMatch(Way way, quint64 cut) const;
    /// Remembers that no row whose end is greater than `from` and not greater than `to` has one.
    void rememberNoMatch(quint64 from, quint64 to);
    /// How many bytes that is remembered of: looking on makes it more.
    quint64 remembered() const { return m_remembered; }
    /// How many matches are in rows before the cut; -1: not known.
    qint64 matchesBefore(quint64 cut) const;

    /// Bytes from the floor on that are on the disk: before this offset, and in all.
    quint64 bytesBefore(quint64 offset) const;
    quint64 bytesTotal() const { return bytesBefore(m_rows.end()); }
    /// The offset before which there are so many of these bytes.
    quint64 offsetOf(quint64 bytes) const;
    /// Bytes from the floor on that are not on the disk.
    quint64 dropped() const;

private:
    struct Gap
    {
        quint64 begin = 0;
        quint64 end = 0;
    };

    quint64 cutAfter(const OutputRow &row) const;
    quint64 searchedAhead(quint64 cut) const;
    quint64 searchedBehind(quint64 cut) const;
    qint64 matchCount(const OutputRow &row) const;
    void forgetNoMatch();
    void findGaps();
    quint64 droppedBefore(quint64 offset) const;

    QString m_directory;
    OutputRows m_rows;
    quint64 m_floor = 0;
    int m_stream = 0;
    bool m_alive = false;
    SearchHits m_hits;
    OutputMatcher *m_matcher = nullptr;
    std::map<quint64, quint64> m_noMatch; ///< from -> to; apart, not touching
    quint64 m_remembered = 0;             ///< bytes of these
    QList<Gap> m_gaps;                    ///< in order
    quint64 m_end = 0;
    quint64 m_dropped = 0; ///< of which `m_gaps` tells
    quint64 m_begin = 0;
};

using PageSources = std::vector<std::shared_ptr<PageSource>>;

} // namespace procession
