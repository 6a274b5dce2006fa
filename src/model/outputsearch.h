// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputmatcher.h"

#include <QList>
#include <QMetaType>
#include <QObject>

#include <atomic>
#include <memory>

namespace procession {

/// Where in a run's output the matches are: how many rows with matches, and how many matches, begin in each
/// block of it. A value: cheap to copy, bounded however much there is (blocks double in size when there are
/// too many).
class SearchHits final
{
public:
    static constexpr quint64 smallestBlock = 64 * 1024;

    quint64 blockBytes() const { return m_blockBytes; }
    /// Matches in all that was searched.
    qint64 total() const { return m_total; }
    quint64 searchedTo() const { return m_searchedTo; }
    bool isComplete() const { return m_complete; } ///< all that was there when it was last looked at

    /// Matches in rows that begin before the block this offset is in.
    qint64 before(quint64 offset) const;
    /// Start of the first block with matches that ends after `offset`; of the last that begins before it.
    /// Blocks not searched yet have none.
    std::optional<quint64> blockAfter(quint64 offset) const;
    std::optional<quint64> blockBefore(quint64 offset) const;
    /// The starts of all blocks with matches, at most `maximum` of them, spread evenly: to be marked.
    QList<quint64> marks(int maximum) const;

    void add(quint64 rowOffset, qint64 matches);
    void setSearched(quint64 to, bool complete);

private:
    static constexpr int maximumBlocks = 64 * 1024;

    quint64 m_blockBytes = smallestBlock;
    QList<quint32> m_blocks;
    qint64 m_total = 0;
    quint64 m_searchedTo = 0;
    bool m_complete = false;
};

/// One run to search.
struct SearchTarget
{
    QString directory;
    quint64 floor = 0; ///< nothing before it counts
    bool alive = false;

    friend bool operator==(const SearchTarget &, const SearchTarget &) = default;
};

struct SearchProgress
{
    quint64 generation = 0;
    QList<SearchHits> hits; ///< one per target
    qint64 total = 0;       ///< matches in all of them
    quint64 searched = 0;   ///< bytes
    quint64 size = 0;       ///< bytes there are to search
    bool complete = false;  ///< all that was there has been searched
    qint64 tooComplex = 0;  ///< rows the expression could not be tried on within reason
    QString problem;        ///< the query is not valid: why
};

/// Counts the matches in the output of runs, in a thread of its own (the one it is moved to): matches in what
/// shownLine() shows of each row, found in the file's bytes wherever that is the same. The first match is
/// told at once, the rest by and by.
class OutputSearch final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputSearch)

public:
    OutputSearch();
    ~OutputSearch() override;

    /// From any thread: what is under way ends soon, and tells nothing more, unless its generation is this
    /// one.
    void setWanted(quint64 generation) { m_wanted = generation; }

public Q_SLOTS:
    /// Begins to search. stream: 1 or 2, 0 for both. Ends what was under way. Told progress follows.
    void start(quint64 generation, const procession::SearchQuery &query,
               const QList<procession::SearchTarget> &targets, int stream);
    /// What has come since is searched, too. Nothing happens while a search is under way.
    void goOn(const QList<procession::SearchTarget> &targets);

Q_SIGNALS:
    void progress(const procession::SearchProgress &progress);

private:
    class Private;
    std::unique_ptr<Private> d;
    std::atomic<quint64> m_wanted = 0;
};

} // namespace procession

Q_DECLARE_METATYPE(procession::SearchQuery)
Q_DECLARE_METATYPE(procession::SearchTarget)
Q_DECLARE_METATYPE(procession::SearchProgress)
