// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputpager.h"

#include "model/pageextract.h"
#include "model/pagemerge.h"
#include "model/pageplaces.h"
#include "model/terminalline.h"

#include <QTimer>

#include <algorithm>
#include <optional>

namespace procession {
namespace {

using namespace std::chrono_literals;

/// A piece of work that looks for matches, or takes text, takes no longer.
constexpr auto slice = 20ms;
/// But where that is not enough to get any further, as where the disk is slow.
constexpr auto longestSlice = 2000ms;
constexpr quint64 leastProgress = 64 * 1024;
constexpr qint64 indexSlice = 4 * 1024 * 1024;
constexpr qint64 pageBytes = 4 * 1024 * 1024;
constexpr int mostRows = 10'000;
/// Of a row with more, the first so many are marked.
constexpr int mostMarks = 4096;
/// Lines of a view that shows only some of them are counted up to this number.
constexpr int mostNewLines = 10'000;

bool isSame(const RowPlace &one, const RowPlace &other)
{
    return one.source == other.source && one.stream == other.stream && one.offset == other.offset &&
           one.end == other.end;
}

/// A page's rows, and where they are.
struct Rows
{
    QList<PlacedRow> rows;
    OutputCut cut;     ///< after the last of them, on the way
    bool last = false; ///< nothing follows
    bool stalled = false;
};

Rows rowsOf(const PageSources &sources, Way way, const OutputCut &from, const RowChoice &choice, int count,
            qint64 bytes, const QDeadlineTimer &deadline)
{
    PageMerge merge(sources, way, from, choice, count, bytes);
    Rows found;
    const PlacedRow *next = merge.head(deadline);
    for (; next && (merge.isWithLast() || (found.rows.size() < count && bytes > 0));
         next = merge.head(deadline)) {
        bytes -= next->row.bytes.size() + 1;
        found.rows.append(merge.take());
    }
    found.cut = merge.cut();
    found.last = !next && !merge.isStalled();
    found.stalled = merge.isStalled();
    return found;
}

} // namespace

class OutputPager::Private
{
public:
    enum class Search { Found, None, Unfinished };

    explicit Private(OutputPager *pager)
        : q(pager)
        , idle(new QTimer(pager))
    {
    }

    void setQuery(const OutputQuery &wanted);
    RowChoice choice() const;
    void answer(const PageWish &wish);
    quint64 remembered() const;
    bool make(OutputPage &page, const PageWish &wish);
    std::optional<OutputCut> cutOf(const PageWish &wish) const;
    Search findMatch(const PageWish &wish, OutputPage &page, PlacedRow &row) const;
    static bool findAnchor(OutputPage &page, const RowPlace &place);
    qint64 matchesBefore(const OutputCut &cut) const;
    void fill(OutputPage &page, const PageWish &wish, const OutputCut &cut);
    void count(OutputPage &page, const PageWish &wish) const;
    qint64 newLines(const OutputCut &since) const;
    ShownLine line(const PlacedRow &placed);
    void mark(ShownLine &line);

    void work();
    void finishExtract();
    bool isIndexed() const;

    OutputPager *q;
    QTimer *idle; ///< goes on between one request and the next
    OutputQuery query;
    OutputMatcher matcher;
    PageSources sources;
    std::optional<PageExtract> extract;
    std::chrono::milliseconds patience = slice;
    bool stalled = false;               ///< the last answer was not all it was to be, for want of time
    std::optional<PageWish> unfinished; ///< for a match that was not found yet
};

void OutputPager::Private::setQuery(const OutputQuery &wanted)
{
    const bool newSearch = !(wanted.search == query.search);
    if (newSearch) {
        matcher = OutputMatcher(wanted.search);
    }
    const bool searches = !wanted.search.isEmpty() && matcher.isValid();
    PageSources kept = std::exchange(sources, {});
    for (qsizetype i = 0; i < wanted.sources.size(); ++i) {
        const OutputSource &source = wanted.sources.at(i);
        const auto known = std::find_if(kept.begin(), kept.end(), [&source](const auto &one) {
            return one && one->directory() == source.directory;
        });
        const bool isKnown = known != kept.end();
        sources.push_back(isKnown ? std::exchange(*known, nullptr)
                                  : std::make_shared<PageSource>(source.directory));
        if (!isKnown || newSearch) {
            sources.back()->setMatcher(searches ? &matcher : nullptr);
        }
        const bool hasHits = wanted.hits.size() == wanted.sources.size();
        sources.back()->setWanted(source, wanted.stream, hasHits ? wanted.hits.at(i) : SearchHits());
    }
    query = wanted;
}

RowChoice OutputPager::Private::choice() const
{
    // What can have no match at all would leave nothing to be seen.
    return {query.onlyMatches && !query.search.isEmpty() && matcher.isValid(), std::max(query.context, 0)};
}

void OutputPager::Private::answer(const PageWish &wish)
{
    for (const auto &source : sources) {
        source->refresh();
    }
    OutputPage page;
    page.generation = query.generation;
    page.stamp = wish.stamp;
    page.place = wish.place;
    page.busy = !isIndexed();
    stalled = false;
    const quint64 before = remembered();
    const bool isMade = make(page, wish);
    const bool isNearer = !stalled || remembered() >= before + leastProgress;
    patience = isNearer ? slice : std::min(2 * patience, longestSlice);
    if (!isMade) {
        unfinished = wish;
        return;
    }
    count(page, wish);
    Q_EMIT q->page(page);
}

quint64 OutputPager::Private::remembered() const
{
    quint64 bytes = 0;
    for (const auto &source : sources) {
        bytes += source->remembered();
    }
    return bytes;
}

/// False: the match that is asked for was not found within the time.
bool OutputPager::Private::make(OutputPage &page, const PageWish &wish)
{
    if (wish.place != PageWish::Place::Next && wish.place != PageWish::Place::Previous) {
        fill(page, wish, cutOf(wish).value_or(pageplaces::end(sources)));
        return true;
    }
    PlacedRow match;
    const Search search = findMatch(wish, page, match);
    if (search == Search::Unfinished) {
        stalled = true;
        return false;
    }
    page.found = search == Search::Found;
    page.cut = pageplaces::begin(sources);
    if (!page.found) {
        return true;
    }
    const OutputCut cut = pageplaces::beforeRow(sources, match);
    fill(page, wish, cut);
    page.matchesBefore = matchesBefore(cut);
    return findAnchor(page, match.row.place);
}

bool OutputPager::Private::findAnchor(OutputPage &page, const RowPlace &place)
{
    const auto at = std::find_if(page.lines.cbegin(), page.lines.cend(),
                                 [&place](const ShownLine &line) { return isSame(line.place, place); });
    page.anchor = static_cast<int>(at - page.lines.cbegin());
    return at != page.lines.cend();
}

qint64 OutputPager::Private::matchesBefore(const OutputCut &cut) const
{
    qint64 matches = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const qint64 before = sources[i]->matchesBefore(cut.at(static_cast<qsizetype>(i)));
        if (before < 0) {
            return -1;
        }
        matches += before;
    }
    return matches;
}

/// None: the wish is for other sources than these.
std::optional<OutputCut> OutputPager::Private::cutOf(const PageWish &wish) const
{
    switch (wish.place) {
    case PageWish::Place::End:
        break;
    case PageWish::Place::Begin:
        return pageplaces::begin(sources);
    case PageWish::Place::Bytes:
        return pageplaces::atBytes(sources, wish.bytes);
    case PageWish::Place::Time:
        return pageplaces::atTime(sources, wish.timeNs);
    case PageWish::Place::Cut:
    case PageWish::Place::Next:
    case PageWish::Place::Previous:
        if (wish.cut.size() == static_cast<qsizetype>(sources.size())) {
            return wish.cut;
        }
        break;
    }
    return std::nullopt;
}

OutputPager::Private::Search OutputPager::Private::findMatch(const PageWish &wish, OutputPage &page,
                                                             PlacedRow &row) const
{
    const bool forward = wish.place == PageWish::Place::Next;
    const Way way = forward ? Way::Forward : Way::Backward;
    const OutputCut all = forward ? pageplaces::begin(sources) : pageplaces::end(sources);
    const QDeadlineTimer deadline(patience);
    for (const bool round : {false, true}) {
        PageMerge merge(sources, way, round ? all : cutOf(wish).value_or(all), {true, 0}, 1, 1);
        if (merge.head(deadline)) {
            row = merge.take();
            page.wentRound = round;
            return Search::Found;
        }
        if (merge.isStalled()) {
            return Search::Unfinished;
        }
    }
    return Search::None;
}

void OutputPager::Private::fill(OutputPage &page, const PageWish &wish, const OutputCut &cut)
{
    const bool isBegin = wish.place == PageWish::Place::Begin;
    const bool isEnd = wish.place == PageWish::Place::End;
    const int before = isBegin ? 0 : std::clamp(wish.before, 0, mostRows);
    const int after = isEnd ? 0 : std::clamp(wish.after, 0, mostRows);
    const qint64 bytes = before > 0 && after > 0 ? pageBytes / 2 : pageBytes;
    Rows back{{}, cut, true, false};
    Rows forth = back;
    // Each way has its own time, so that the one that needs much does not take it from the other.
    if (!isBegin) {
        back = rowsOf(sources, Way::Backward, cut, choice(), before, bytes, QDeadlineTimer(patience / 2));
    }
    if (!isEnd) {
        forth = rowsOf(sources, Way::Forward, cut, choice(), after, bytes, QDeadlineTimer(patience / 2));
    }
    page.lines.reserve(back.rows.size() + forth.rows.size());
    for (auto row = back.rows.crbegin(); row != back.rows.crend(); ++row) {
        page.lines.append(line(*row));
    }
    for (const PlacedRow &row : forth.rows) {
        page.lines.append(line(row));
    }
    page.cut = back.cut;
    page.anchor = static_cast<int>(back.rows.size());
    page.atBegin = back.last;
    page.atEnd = forth.last;
    stalled = stalled || back.stalled || forth.stalled;
    page.busy = page.busy || stalled;
}

void OutputPager::Private::count(OutputPage &page, const PageWish &wish) const
{
    page.bytesBefore = pageplaces::bytesBefore(sources, page.cut);
    page.lineCount = isIndexed() ? 0 : -1;
    for (const auto &source : sources) {
        const OutputRows &rows = source->rows();
        page.bytesTotal += source->bytesTotal();
        page.dropped += source->dropped();
        page.lastTimeNs = std::max(page.lastTimeNs, rows.lastTimeNs());
        page.ends.append(rows.end());
        page.anything = page.anything || rows.end() > 0;
        page.lineCount += page.lineCount >= 0 ? rows.lineCount() : 0;
    }
    if (!wish.newSince.isEmpty() && wish.newSince.size() == static_cast<qsizetype>(sources.size())) {
        page.newLines = newLines(wish.newSince);
    }
}

qint64 OutputPager::Private::newLines(const OutputCut &since) const
{
    qint64 lines = 0;
    if (query.stream == 0 && !choice().onlyMatches) {
        for (std::size_t i = 0; i < sources.size() && isIndexed(); ++i) {
            lines += sources[i]->rows().linesAfter(since.at(static_cast<qsizetype>(i)));
        }
        return isIndexed() ? lines : -1;
    }
    const Rows found =
        rowsOf(sources, Way::Forward, since, choice(), mostNewLines, pageBytes, QDeadlineTimer(patience / 2));
    for (const PlacedRow &placed : found.rows) {
        lines += placed.row.place.ending == RowPlace::Ending::Newline ? 1 : 0;
    }
    return found.last ? lines : -1;
}

ShownLine OutputPager::Private::line(const PlacedRow &placed)
{
    ShownLine shown = shownLine(placed.row, query.mode);
    shown.place = placed.row.place;
    shown.context = placed.context;
    if (query.mode == LineMode::Drawn) {
        findLinks(shown);
    }
    mark(shown);
    return shown;
}

void OutputPager::Private::mark(ShownLine &line)
{
    if (query.search.isEmpty() || !matcher.isValid() || line.place.stream == 0) {
        return;
    }
    const QByteArray bytes = line.text.toUtf8();
    qsizetype atByte = 0;
    int at = 0; // the same place, in UTF-16 units
    const auto goTo = [&](qsizetype byte) {
        for (; atByte < byte; ++atByte) {
            const auto unit = static_cast<uchar>(bytes.at(atByte));
            at += (unit & 0xc0) == 0x80 ? 0 : unit >= 0xf0 ? 2 : 1;
        }
        return at;
    };
    for (auto match = matcher.find(bytes); match && line.matches.size() < mostMarks;
         match = matcher.find(bytes, match->start + match->length)) {
        const int start = goTo(match->start);
        line.matches.append({start, goTo(match->start + match->length) - start});
    }
}

/// One piece of what takes longer than a request may, the most urgent first.
void OutputPager::Private::work()
{
    if (unfinished) {
        const PageWish wish = *std::exchange(unfinished, {});
        if (wish.stamp >= q->m_newest) {
            answer(wish);
        }
        return;
    }
    if (extract) {
        if (extract->goOn(QDeadlineTimer(slice))) {
            finishExtract();
        }
        return;
    }
    const auto next = std::find_if(sources.cbegin(), sources.cend(),
                                   [](const auto &source) { return !source->isIndexed(); });
    if (next == sources.cend() || (!(*next)->index(indexSlice) && isIndexed())) {
        idle->stop();
    }
}

void OutputPager::Private::finishExtract()
{
    if (extract) {
        while (!extract->goOn(QDeadlineTimer(slice))) {
            if (q->m_newest == nothingMore) {
                return; // the thread is waited for
            }
        }
        OutputExtract result = extract->result();
        result.generation = query.generation;
        extract.reset();
        Q_EMIT q->extracted(result);
    }
}

bool OutputPager::Private::isIndexed() const
{
    return std::all_of(sources.cbegin(), sources.cend(),
                       [](const auto &source) { return source->isIndexed(); });
}

OutputPager::OutputPager()
    : d(std::make_unique<Private>(this))
{
    d->idle->setInterval(0);
    connect(d->idle, &QTimer::timeout, this, [this] { d->work(); });
}

OutputPager::~OutputPager() = default;

void OutputPager::show(const OutputQuery &query)
{
    d->finishExtract(); // of what was shown until now
    d->setQuery(query);
}

void OutputPager::fetch(const PageWish &wish)
{
    if (wish.stamp < m_newest) {
        return;
    }
    d->unfinished.reset(); // what is older needs no answer any more
    d->answer(wish);
    if (d->unfinished || !d->isIndexed()) {
        d->idle->start();
    }
}

void OutputPager::extract(const OutputPart &part, bool raw)
{
    d->finishExtract();
    const auto count = static_cast<qsizetype>(d->sources.size());
    if (part.from.size() != count || part.to.size() != count) {
        Q_EMIT extracted({d->query.generation, {}, raw, false}); // it is of other sources
        return;
    }
    for (const auto &source : d->sources) {
        source->refresh();
    }
    d->extract.emplace(d->sources, part, d->choice(), d->query.mode, raw);
    d->idle->start();
}

} // namespace procession
