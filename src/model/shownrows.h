// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/pagesource.h"

#include <QDeadlineTimer>

#include <limits>

namespace procession {

/// Which rows are shown.
struct RowChoice
{
    bool onlyMatches = false; ///< rows with a match, and `context` rows before and after each
    int context = 0;
};

/// Goes one way through those rows of a run that are shown, from a cut on. Which they are does not depend on
/// where it begins. One thread; reads the disk.
class ShownRows final
{
public:
    /// rows, bytes: about how many are wanted, so that not many more are read.
    ShownRows(std::shared_ptr<PageSource> source, Way way, quint64 cut, const RowChoice &choice, int rows,
              qint64 bytes);

    /// Rows after this cut (on the way forward) are not wanted.
    void endAt(quint64 cut) { m_last = cut; }

    /// The next row, or null: there is none, or it was not found within the time. All rows that are shown
    /// without regard to matches are found.
    const PlacedRow *head(const QDeadlineTimer &deadline);
    PlacedRow take();
    bool isExhausted() const { return m_exhausted && m_ready.isEmpty(); }
    /// Where the rows that are not known yet are among those of other runs: not before (on the way forward),
    /// or not after this time.
    qint64 reachedNs() const { return m_reachedNs; }

private:
    void readAll();
    void readMatches();
    void lookBehind();
    void skip();
    void look(const PlacedRow &placed);
    void keepNearby(const PlacedRow &placed);

    std::shared_ptr<PageSource> m_source;
    Way m_way;
    RowChoice m_choice;
    quint64 m_reached = 0; ///< the cut up to which rows have been looked at
    quint64 m_last = std::numeric_limits<quint64>::max();
    qint64 m_reachedNs = 0;
    int m_chunk = 0;
    qint64 m_bytes = 0;
    QList<PlacedRow> m_ready;
    bool m_exhausted = false;

    QList<PlacedRow> m_nearby;  ///< the last rows without a match: shown if one with a match follows
    int m_stillNear = 0;        ///< rows to come that are shown because there was a match
    quint64 m_noMatchSince = 0; ///< no row has a match from this cut on up to the one reached
};

} // namespace procession
