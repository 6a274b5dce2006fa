// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputlog.h"
#include "model/rowsearch.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace procession {

/// Searches much output in several threads at once, chunk by chunk, as far as one chunk can be told without
/// those before it: where the rows of one stream alone follow each other, without gaps and none too long.
/// take() gives the chunks in order.
class SearchAhead final
{
    Q_DISABLE_COPY_MOVE(SearchAhead)

public:
    /// The rows that begin after the first newline at or after one byte before a chunk's first, up to the one
    /// the next chunk begins after.
    struct Chunk
    {
        bool isKnown = false; ///< else it is to be searched by who knows what was before
        quint64 begin = 0;    ///< offset of its first row
        quint64 end = 0;      ///< after its last row
        int stream = 0;
        QList<RowSearch::Found> found;
        qint64 tooComplex = 0;
    };

    static constexpr quint64 chunkBytes = 4 * 1024 * 1024;

    /// Chunks are those that lie between these offsets in full. `stream`: only its rows count; 0: of both.
    SearchAhead(const QString &directory, OutputLog::Tail tail, quint64 from, quint64 to, int stream,
                const SearchQuery &query, const RowSearch::IsWanted &isWanted);
    ~SearchAhead();

    /// Waits for this chunk, the one from number * chunkBytes on; chunks before it will not be asked for any
    /// more. It is not known if it is none of ours, or if nothing is wanted any more.
    Chunk take(quint64 number);

    /// How many bytes of `piece` are before the first row that begins after a newline at or after one byte
    /// before `last`: where the chunk ends that begins before `last`. 0: it does not end within the piece.
    static qsizetype endOfChunk(const OutputPiece &piece, quint64 last);

private:
    class Searcher;
    /// More are not searched ahead of the one asked for.
    static constexpr quint64 maximumAhead = 64;

    void run(std::unique_ptr<Searcher> searcher);

    const RowSearch::IsWanted m_isWanted;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<quint64, Chunk> m_done;
    const quint64 m_first;
    const quint64 m_end; ///< after the last
    quint64 m_next;      ///< the first no thread has begun with
    quint64 m_asked;     ///< what take() was asked for last
    std::atomic_bool m_stop = false;
    std::vector<std::thread> m_threads;
};

} // namespace procession
