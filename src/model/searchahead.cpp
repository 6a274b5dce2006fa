// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/searchahead.h"

#include "core/outputscan.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace procession {

/// What one thread needs of its own.
class SearchAhead::Searcher final
{
public:
    Searcher(const QString &directory, OutputLog::Tail tail, int stream, const SearchQuery &query)
        : m_scan(std::make_unique<OutputScan>(directory, 0, OutputScan::Times::Ignored, tail))
        , m_stream(stream)
        , m_matcher(query)
    {
        m_scan->setStream(stream);
    }

    Chunk search(quint64 number, const RowSearch::IsWanted &isWanted);

private:
    std::unique_ptr<OutputScan> m_scan;
    int m_stream;
    OutputMatcher m_matcher;
};

SearchAhead::Chunk SearchAhead::Searcher::search(quint64 number, const RowSearch::IsWanted &isWanted)
{
    const quint64 first = number * chunkBytes;
    const quint64 last = first + chunkBytes;
    const qint64 tooComplex = m_matcher.tooComplex();
    RowSearch rows(m_matcher, m_stream, isWanted);
    Chunk chunk;
    bool begun = false;
    m_scan->seek(first - 1);
    while (isWanted()) {
        std::optional<OutputPiece> piece = m_scan->next();
        if (!piece || piece->gapBefore > 0 || piece->offset > last + chunkBytes) {
            return {};
        }
        if (chunk.stream == 0) {
            chunk.stream = piece->stream;
        } else if (chunk.stream != piece->stream) {
            return {};
        }
        if (!begun) {
            const qsizetype newline = piece->bytes.indexOf('\n');
            if (newline < 0) {
                continue;
            }
            begun = true;
            chunk.begin = piece->offset + quint64(newline) + 1;
            piece->offset = chunk.begin;
            piece->bytes = piece->bytes.sliced(newline + 1);
        }
        const qsizetype cut = endOfChunk(*piece, last);
        if (cut > 0) {
            piece->bytes.truncate(cut);
        }
        rows.take(*piece, chunk.found);
        if (cut > 0) {
            chunk.end = piece->offset + quint64(cut);
            chunk.tooComplex = m_matcher.tooComplex() - tooComplex;
            chunk.isKnown = isWanted();
            return chunk;
        }
    }
    return {};
}

SearchAhead::SearchAhead(const QString &directory, OutputLog::Tail tail, quint64 from, quint64 to, int stream,
                         const SearchQuery &query, const RowSearch::IsWanted &isWanted)
    : m_isWanted(isWanted)
    , m_first(from / chunkBytes + 1)
    , m_end(to / chunkBytes)
    , m_next(m_first)
    , m_asked(m_first)
{
    // More than a few would only wait for the disk, and leave nothing for the workers.
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    for (unsigned i = 0; i < threads && m_next + i < m_end; ++i) {
        m_threads.emplace_back(&SearchAhead::run, this,
                               std::make_unique<Searcher>(directory, tail, stream, query));
    }
}

SearchAhead::~SearchAhead()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_changed.notify_all();
    for (std::thread &thread : m_threads) {
        thread.join();
    }
}

qsizetype SearchAhead::endOfChunk(const OutputPiece &piece, quint64 last)
{
    const quint64 end = piece.offset + quint64(piece.bytes.size());
    if (end < last) {
        return 0;
    }
    const quint64 from = std::max(piece.offset, last - 1) - piece.offset;
    return piece.bytes.indexOf('\n', qsizetype(from)) + 1;
}

SearchAhead::Chunk SearchAhead::take(quint64 number)
{
    std::unique_lock lock(m_mutex);
    m_done.erase(m_done.begin(), m_done.lower_bound(number));
    m_asked = std::max(m_asked, number);
    m_next = std::max(m_next, number);
    m_changed.notify_all();
    if (number < m_first || number >= m_end) {
        return {};
    }
    m_changed.wait(lock, [&] { return m_done.contains(number) || !m_isWanted(); });
    const auto done = m_done.find(number);
    return done != m_done.end() ? std::exchange(done->second, {}) : Chunk();
}

void SearchAhead::run(std::unique_ptr<Searcher> searcher)
{
    const RowSearch::IsWanted isWanted = [this] { return !m_stop && m_isWanted(); };
    std::unique_lock lock(m_mutex);
    while (isWanted() && m_next < m_end) {
        if (m_next >= m_asked + maximumAhead) {
            m_changed.wait(lock);
            continue;
        }
        const quint64 number = m_next++;
        lock.unlock();
        Chunk chunk = searcher->search(number, isWanted);
        lock.lock();
        if (number >= m_asked) {
            m_done.emplace(number, std::move(chunk));
        }
        m_changed.notify_all();
    }
    m_changed.notify_all();
}

} // namespace procession
