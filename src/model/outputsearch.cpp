// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputsearch.h"

#include "core/outputlog.h"
#include "core/outputscan.h"
#include "model/rowsearch.h"
#include "model/searchahead.h"

#include <QElapsedTimer>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace procession {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds tellEvery = 50ms;
/// Less is searched before threads have begun.
constexpr quint64 worthThreads = 4 * SearchAhead::chunkBytes;

} // namespace

qint64 SearchHits::before(quint64 offset) const
{
    const auto blocks = std::min(offset / m_blockBytes, quint64(m_blocks.size()));
    qint64 matches = 0;
    for (qsizetype i = 0; i < qsizetype(blocks); ++i) {
        matches += m_blocks.at(i);
    }
    return matches;
}

std::optional<quint64> SearchHits::blockAfter(quint64 offset) const
{
    for (quint64 i = offset / m_blockBytes; i < quint64(m_blocks.size()); ++i) {
        if (m_blocks.at(qsizetype(i)) > 0) {
            return i * m_blockBytes;
        }
    }
    return {};
}

std::optional<quint64> SearchHits::blockBefore(quint64 offset) const
{
    const quint64 begun = offset / m_blockBytes + (offset % m_blockBytes ? 1 : 0);
    for (quint64 i = std::min(begun, quint64(m_blocks.size())); i > 0; --i) {
        if (m_blocks.at(qsizetype(i - 1)) > 0) {
            return (i - 1) * m_blockBytes;
        }
    }
    return {};
}

QList<quint64> SearchHits::marks(int maximum) const
{
    QList<quint64> all;
    for (qsizetype i = 0; i < m_blocks.size(); ++i) {
        if (m_blocks.at(i) > 0) {
            all.append(quint64(i) * m_blockBytes);
        }
    }
    if (all.size() <= maximum) {
        return all;
    }
    QList<quint64> some;
    for (qsizetype i = 0; i < maximum; ++i) {
        some.append(all.at(i * all.size() / maximum));
    }
    return some;
}

void SearchHits::add(quint64 rowOffset, qint64 matches)
{
    if (matches <= 0) {
        return;
    }
    const auto sum = [](quint64 a, quint64 b) {
        return quint32(std::min(a + b, quint64(std::numeric_limits<quint32>::max())));
    };
    while (rowOffset / m_blockBytes >= maximumBlocks) {
        for (qsizetype i = 0; i < m_blocks.size(); i += 2) {
            m_blocks[i / 2] = sum(m_blocks.at(i), i + 1 < m_blocks.size() ? m_blocks.at(i + 1) : 0);
        }
        m_blocks.resize((m_blocks.size() + 1) / 2);
        m_blockBytes *= 2;
    }
    const auto block = qsizetype(rowOffset / m_blockBytes);
    if (block >= m_blocks.size()) {
        m_blocks.resize(block + 1);
    }
    m_blocks[block] = sum(m_blocks.at(block), quint64(matches));
    m_total += matches;
}

void SearchHits::setSearched(quint64 to, bool complete)
{
    m_searchedTo = to;
    m_complete = complete;
}

class OutputSearch::Private final
{
public:
    explicit Private(OutputSearch *search)
        : q(search)
    {
    }

    void begin(quint64 generation, const SearchQuery &query, int stream);
    void setTargets(const QList<SearchTarget> &targets);
    /// Searches what is there and was not searched yet.
    void searchAll();

    quint64 m_generation = 0;

private:
    /// How far one run has been searched.
    struct Run
    {
        SearchTarget target;
        std::unique_ptr<RowSearch> rows;
        SearchHits hits;
        quint64 end = 0;   ///< of its output, when last looked at
        bool over = false; ///< its last row has been searched as well
    };

    bool isWanted() const { return q->m_wanted == m_generation; }
    Run makeRun(const SearchTarget &target);
    void lookAt(Run &run);
    void search(Run &run);
    bool searchUntil(quint64 end, Run &run, OutputScan &scan);
    void add(Run &run, const QList<RowSearch::Found> &found, quint64 searchedTo);
    void tell(bool complete);

    OutputSearch *q;
    SearchQuery m_query;
    int m_stream = 0;
    const RowSearch::IsWanted m_isWanted = [this] { return isWanted(); };
    OutputMatcher m_matcher;
    std::vector<Run> m_runs;
    qint64 m_tooComplexAhead = 0;
    bool m_hasTold = false; ///< of a match
    QElapsedTimer m_sinceTold;
};

void OutputSearch::Private::begin(quint64 generation, const SearchQuery &query, int stream)
{
    m_generation = generation;
    m_query = query;
    m_stream = stream;
    m_runs.clear(); // they use the matcher
    m_matcher = OutputMatcher(query);
    m_tooComplexAhead = 0;
    m_hasTold = false;
    m_sinceTold.start();
}

OutputSearch::Private::Run OutputSearch::Private::makeRun(const SearchTarget &target)
{
    Run run;
    run.target = target;
    run.rows = std::make_unique<RowSearch>(m_matcher, m_stream, m_isWanted);
    run.hits.setSearched(target.floor, false);
    return run;
}

void OutputSearch::Private::setTargets(const QList<SearchTarget> &targets)
{
    std::vector<Run> runs;
    for (const SearchTarget &target : targets) {
        const auto known = std::find_if(m_runs.begin(), m_runs.end(), [&](const Run &run) {
            return run.rows && run.target.directory == target.directory && run.target.floor == target.floor;
        });
        if (known == m_runs.end()) {
            runs.push_back(makeRun(target));
        } else {
            known->target = target;
            runs.push_back(std::move(*known));
        }
    }
    m_runs = std::move(runs);
}

/// Takes note of how much there is; begins anew where it is not what was searched.
void OutputSearch::Private::lookAt(Run &run)
{
    const quint64 end = std::max(OutputLog(run.target.directory).end(), run.target.floor);
    if (end < run.hits.searchedTo() || (run.over && end != run.end)) {
        run = makeRun(run.target);
    }
    run.end = end;
}

void OutputSearch::Private::searchAll()
{
    for (Run &run : m_runs) {
        lookAt(run);
    }
    if (m_matcher.isValid() && !m_query.isEmpty()) {
        for (Run &run : m_runs) {
            if (isWanted()) {
                search(run);
            }
        }
    }
    if (isWanted()) {
        tell(true);
    }
}

void OutputSearch::Private::search(Run &run)
{
    if (run.over) {
        return;
    }
    // While the run goes on, the index may not know yet which stream the last bytes are of.
    const auto tail = run.target.alive ? OutputLog::Tail::Known : OutputLog::Tail::All;
    quint64 position = run.hits.searchedTo();
    std::unique_ptr<SearchAhead> ahead;
    if (run.end - position >= worthThreads) {
        ahead = std::make_unique<SearchAhead>(run.target.directory, tail, position, run.end, m_stream,
                                              m_query, m_isWanted);
    }
    OutputScan scan(run.target.directory, position, OutputScan::Times::Ignored, tail);
    scan.setStream(m_stream);
    bool more = true;
    while (more && isWanted()) {
        const quint64 number = position / SearchAhead::chunkBytes;
        const SearchAhead::Chunk chunk = ahead ? ahead->take(number) : SearchAhead::Chunk();
        if (chunk.isKnown && chunk.begin == position) {
            run.rows->beginAt(chunk.end, chunk.stream);
            m_tooComplexAhead += chunk.tooComplex;
            add(run, chunk.found, chunk.end);
        } else {
            scan.seek(position);
            more = searchUntil(ahead ? (number + 1) * SearchAhead::chunkBytes : run.end, run, scan);
        }
        position = more ? run.hits.searchedTo() : scan.position();
    }
    if (!isWanted()) {
        return;
    }
    if (!run.target.alive) {
        QList<RowSearch::Found> found;
        run.rows->finish(position, found);
        add(run, found, position);
        run.over = true;
    }
    run.hits.setSearched(position, true);
}

/// Up to the first newline at or after one byte before `end`. False: there is none.
bool OutputSearch::Private::searchUntil(quint64 end, Run &run, OutputScan &scan)
{
    while (isWanted()) {
        std::optional<OutputPiece> piece = scan.next();
        if (!piece) {
            return false;
        }
        const qsizetype cut = SearchAhead::endOfChunk(*piece, end);
        if (cut > 0) {
            piece->bytes.truncate(cut);
        }
        QList<RowSearch::Found> found;
        run.rows->take(*piece, found);
        if (!isWanted()) {
            return false;
        }
        add(run, found, piece->offset + quint64(piece->bytes.size()));
        if (cut > 0) {
            return true;
        }
    }
    return false;
}

void OutputSearch::Private::add(Run &run, const QList<RowSearch::Found> &found, quint64 searchedTo)
{
    for (const RowSearch::Found &each : found) {
        run.hits.add(each.offset, each.matches);
    }
    run.hits.setSearched(searchedTo, false);
    const bool isFirst = !m_hasTold && !found.isEmpty();
    m_hasTold = m_hasTold || isFirst;
    if (isFirst || m_sinceTold.hasExpired(tellEvery.count())) {
        tell(false);
    }
}

void OutputSearch::Private::tell(bool complete)
{
    SearchProgress progress;
    progress.generation = m_generation;
    progress.problem = m_matcher.problem();
    progress.tooComplex = m_matcher.tooComplex() + m_tooComplexAhead;
    progress.complete = complete;
    for (const Run &run : m_runs) {
        progress.hits.append(run.hits);
        progress.total += run.hits.total();
        progress.searched += run.hits.searchedTo() - run.target.floor;
        progress.size += std::max(run.end, run.hits.searchedTo()) - run.target.floor;
    }
    m_sinceTold.start();
    Q_EMIT q->progress(progress);
}

OutputSearch::OutputSearch()
    : d(std::make_unique<Private>(this))
{
    qRegisterMetaType<SearchQuery>();
    qRegisterMetaType<QList<SearchTarget>>();
    qRegisterMetaType<SearchProgress>();
}

OutputSearch::~OutputSearch() = default;

void OutputSearch::start(quint64 generation, const SearchQuery &query, const QList<SearchTarget> &targets,
                         int stream)
{
    d->begin(generation, query, stream);
    d->setTargets(targets);
    d->searchAll();
}

void OutputSearch::goOn(const QList<SearchTarget> &targets)
{
    if (m_wanted == d->m_generation) {
        d->setTargets(targets);
        d->searchAll();
    }
}

} // namespace procession
