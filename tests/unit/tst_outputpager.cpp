// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputscan.h"
#include "keeper/rundir.h"
#include "model/outputpager.h"
#include "model/rowsplitter.h"
#include "testhome.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <memory>
#include <vector>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using Place = PageWish::Place;

namespace {

/// The output of a run, written as a keeper writes it.
class RunOutput final
{
public:
    explicit RunOutput(const QString &directory, quint64 offset = 0)
        : m_directory(directory)
        , m_offset(offset)
        , m_segment(offset)
    {
        QDir().mkpath(directory);
    }

    QString directory() const { return m_directory; }
    quint64 end() const { return m_offset; }

    void write(const QByteArray &bytes, int stream, qint64 timeNs)
    {
        if (bytes.isEmpty())
            return;
        const rundir::IndexRecord record{m_offset, timeNs, static_cast<quint32>(bytes.size()),
                                         static_cast<quint32>(stream)};
        append(rundir::outputPrefix, bytes);
        append(rundir::indexPrefix, QByteArray(reinterpret_cast<const char *>(&record), sizeof(record)));
        m_offset += static_cast<quint64>(bytes.size());
    }
    /// So many bytes were dropped; what follows is in another segment.
    void drop(quint64 bytes)
    {
        m_offset += bytes;
        m_segment = m_offset;
    }

private:
    void append(const char *prefix, const QByteArray &bytes) const
    {
        QFile file(m_directory + u'/' + QString::fromLatin1(prefix) +
                   QString::number(m_segment).rightJustified(rundir::offsetDigits, u'0'));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    QString m_directory;
    quint64 m_offset;
    quint64 m_segment;
};

/// A row of the reference.
struct ReferenceRow
{
    OutputRow row;
    quint64 after = 0; ///< the cut after it
    bool matches = false;
    bool shown = true;
    bool context = false;
};

QString describe(const RowPlace &place, const QString &text, bool context,
                 const QList<ShownLine::Match> &matches)
{
    QString all = u"%1 %2 %3-%4 e%5 %6%7"_s.arg(place.source)
                      .arg(place.stream)
                      .arg(place.offset)
                      .arg(place.end)
                      .arg(int(place.ending))
                      .arg(context ? u"~"_s : QString(), text.left(60));
    for (const ShownLine::Match &match : matches)
        all += u" [%1+%2]"_s.arg(match.start).arg(match.length);
    return all;
}

QStringList describe(const QList<ShownLine> &lines)
{
    QStringList all;
    for (const ShownLine &line : lines)
        all += describe(line.place, line.text, line.context, line.matches);
    return all;
}

QList<ShownLine::Match> matchesIn(const QString &text, const QString &search)
{
    QList<ShownLine::Match> matches;
    for (qsizetype at = 0; !search.isEmpty() && (at = text.indexOf(search, at)) >= 0; at += search.size())
        matches.append({static_cast<int>(at), static_cast<int>(search.size())});
    return matches;
}

/// What is to be shown, found by looking at all there is. Text is searched for, and case matters.
class Reference final
{
public:
    explicit Reference(const OutputQuery &query)
        : m_query(query)
    {
        std::vector<QList<ReferenceRow>> all;
        for (int i = 0; i < int(query.sources.size()); ++i)
            all.push_back(rowsOf(query.sources.at(i), i));
        std::vector<qsizetype> at(all.size(), 0);
        std::vector<qint64> times(all.size(), 0);
        for (;;) { // the row that ended first, of the first source
            int next = -1;
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (at[i] >= all[i].size())
                    continue;
                times[i] = std::max(times[i], all[i].at(at[i]).row.place.endTimeNs);
                if (next < 0 || times[i] < times[std::size_t(next)])
                    next = int(i);
            }
            if (next < 0)
                break;
            m_rows.append(all[std::size_t(next)].at(at[std::size_t(next)]++));
        }
        m_rows.removeIf([](const ReferenceRow &row) { return !row.shown; });
    }

    const QList<ReferenceRow> &rows() const { return m_rows; }

    bool isBefore(const ReferenceRow &row, const OutputCut &cut) const
    {
        return row.after <= cut.at(row.row.place.source);
    }
    /// The cut before the n-th row.
    OutputCut cutBefore(qsizetype row) const
    {
        OutputCut cut;
        for (const OutputSource &source : m_query.sources)
            cut.append(source.floor);
        for (qsizetype i = 0; i < row; ++i)
            cut[m_rows.at(i).row.place.source] = m_rows.at(i).after;
        return cut;
    }

    /// The page around a cut, but for where rows between the same two cuts would be torn apart.
    QStringList page(const OutputCut &cut, int before, int after) const
    {
        QList<ReferenceRow> earlier;
        QList<ReferenceRow> later;
        for (const ReferenceRow &row : m_rows)
            (isBefore(row, cut) ? earlier : later).append(row);
        qsizetype first = std::max<qsizetype>(0, earlier.size() - before);
        while (before > 0 && first > 0 && isTorn(earlier.at(first - 1), earlier.at(first)))
            --first;
        qsizetype last = std::min<qsizetype>(later.size(), after);
        while (after > 0 && last < later.size() && isTorn(later.at(last - 1), later.at(last)))
            ++last;
        QStringList all;
        for (const ReferenceRow &row : earlier.mid(before > 0 ? first : earlier.size()) + later.first(last))
            all += text(row);
        return all;
    }
    QString text(const ReferenceRow &row) const
    {
        const QString shown = shownLine(row.row, m_query.mode).text;
        return describe(row.row.place, shown, row.context,
                        row.row.place.stream == 0 ? QList<ShownLine::Match>()
                                                  : matchesIn(shown, m_query.search.text));
    }

private:
    static bool isTorn(const ReferenceRow &one, const ReferenceRow &other)
    {
        return one.row.place.source == other.row.place.source && one.after == other.after;
    }

    QList<ReferenceRow> rowsOf(const OutputSource &source, int number) const
    {
        QList<OutputRow> ended;
        RowSplitter splitter;
        OutputScan scan(source.directory, 0, OutputScan::Times::Each);
        while (const std::optional<OutputPiece> piece = scan.next())
            splitter.feed(*piece, ended);
        const quint64 end = OutputLog(source.directory).end();
        ended += splitter.open(end, source.alive ? RowPlace::Ending::Open : RowPlace::Ending::Cut);

        QList<ReferenceRow> rows;
        for (OutputRow &row : ended) {
            if ((m_query.stream != 0 && row.place.stream != 0 && row.place.stream != m_query.stream) ||
                row.place.end <= source.floor)
                continue;
            row.place.source = number;
            const bool matches =
                row.place.stream != 0 && !matchesIn(shownLine(row).text, m_query.search.text).isEmpty();
            rows.append({row, row.place.end + (row.place.ending == RowPlace::Ending::Open ? 1 : 0), matches,
                         true, false});
        }
        if (m_query.onlyMatches) {
            for (qsizetype i = 0; i < rows.size(); ++i) {
                rows[i].shown = rows[i].matches;
                for (qsizetype j = std::max<qsizetype>(0, i - m_query.context);
                     j <= std::min<qsizetype>(rows.size() - 1, i + m_query.context); ++j)
                    rows[i].shown = rows[i].shown || rows[j].matches;
                rows[i].context = rows[i].shown && !rows[i].matches;
            }
        }
        return rows;
    }

    OutputQuery m_query;
    QList<ReferenceRow> m_rows;
};

/// Asks a pager in this thread.
class Asker final
{
public:
    Asker()
    {
        QObject::connect(&pager, &OutputPager::page, &pager,
                         [this](const OutputPage &page) { pages.append(page); });
        QObject::connect(&pager, &OutputPager::extracted, &pager,
                         [this](const OutputExtract &extract) { extracts.append(extract); });
    }

    OutputPage ask(const PageWish &wish)
    {
        pages.clear();
        pager.fetch(wish);
        while (pages.isEmpty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return pages.first();
    }
    /// Asks again as long as the answer may become another.
    OutputPage askUntilKnown(const PageWish &wish)
    {
        OutputPage page = ask(wish);
        for (int i = 0; page.busy && i < 100'000; ++i) {
            QCoreApplication::processEvents();
            page = ask(wish);
        }
        return page;
    }
    OutputExtract extract(const OutputPart &part, bool raw = false)
    {
        extracts.clear();
        pager.extract(part, raw);
        while (extracts.isEmpty())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return extracts.first();
    }

    OutputPager pager;
    QList<OutputPage> pages;
    QList<OutputExtract> extracts;
};

PageWish around(const OutputCut &cut, int before, int after)
{
    PageWish wish;
    wish.place = Place::Cut;
    wish.cut = cut;
    wish.before = before;
    wish.after = after;
    return wish;
}

PageWish at(Place place, int before = 100, int after = 200)
{
    PageWish wish;
    wish.place = place;
    wish.before = before;
    wish.after = after;
    return wish;
}

OutputQuery queryOf(const QList<OutputSource> &sources)
{
    OutputQuery query;
    query.sources = sources;
    return query;
}

OutputSource alive(const RunOutput &run, quint64 floor = 0)
{
    return {run.directory(), QString(), floor, true};
}

QByteArray randomText(QRandomGenerator &random)
{
    static const QList<QByteArray> words = {
        "one ",     "two\n",   "needle",         "\x1b[31mnee\x1b[0mdle\n",
        "\xc3\xa4", "\n",      "busy 10%\rbusy", "\xf0\x9f\x98\x80 needle ",
        "\xff",     "three\n", "four\tfive\n",   "need\nle\n"};
    QByteArray text;
    for (int i = random.bounded(1, 8); i > 0; --i)
        text += words.at(random.bounded(int(words.size())));
    if (random.bounded(40) == 0)
        text += QByteArray(random.bounded(1, 90'000), 'x');
    return text;
}

/// Where the matches are, as a search tells it.
SearchHits hitsOf(const OutputQuery &query, int source)
{
    OutputQuery all = query;
    all.onlyMatches = false;
    const Reference reference(all);
    SearchHits hits;
    for (const ReferenceRow &row : reference.rows()) {
        const int count = int(matchesIn(shownLine(row.row).text, query.search.text).size());
        if (row.row.place.source == source && row.matches)
            hits.add(row.row.place.offset, count);
    }
    hits.setSearched(OutputLog(query.sources.at(source).directory).end(), true);
    return hits;
}

QString numbered(int number)
{
    return u"line %1"_s.arg(number);
}

} // namespace

class TestOutputPager final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void nothingThere()
    {
        const QTemporaryDir home;
        Asker asker;
        QVERIFY(asker.ask(at(Place::End)).lines.isEmpty()); // before anything is shown
        asker.pager.show(queryOf({{home.filePath(u"none"_s), {}, 0, true}, {home.path(), {}, 7, false}}));
        for (const Place place : {Place::End, Place::Begin, Place::Cut, Place::Bytes, Place::Time,
                                  Place::Next, Place::Previous}) {
            const OutputPage page = asker.ask(at(place));
            QVERIFY(page.lines.isEmpty());
            QCOMPARE(page.place, place);
            QCOMPARE(page.anchor, 0);
            QCOMPARE(page.found, place != Place::Next && place != Place::Previous);
            QCOMPARE(page.bytesTotal, 0u);
            QVERIFY(!page.anything);
            QVERIFY(!page.busy);
        }
        QVERIFY(asker.extract({{0, 0}, 0, {9, 9}, -1}).bytes.isEmpty());
    }

    void againstAReference_data()
    {
        QTest::addColumn<quint32>("seed");
        QTest::addColumn<int>("sources");
        for (quint32 seed = 1; seed <= 10; ++seed)
            QTest::addRow("seed %u", seed) << seed << (seed % 2 ? 1 : 5);
    }

    void againstAReference()
    {
        QFETCH(const quint32, seed);
        QFETCH(const int, sources);
        QRandomGenerator random(seed);
        const QTemporaryDir home;
        OutputQuery query;
        std::vector<RunOutput> runs;
        qint64 timeNs = 1'000'000;
        for (int i = 0; i < sources; ++i)
            runs.emplace_back(home.filePath(QString::number(i)), random.bounded(3) ? 0u : 500u);
        for (int i = 0; i < 250; ++i) {
            RunOutput &run = runs[random.bounded(quint32(runs.size()))];
            timeNs += random.bounded(3) * 1000; // some at the same time
            run.write(randomText(random), random.bounded(4) ? 1 : 2, timeNs);
            if (random.bounded(60) == 0)
                run.drop(random.bounded(1u, 100'000u));
        }
        for (const RunOutput &run : runs) {
            const quint64 floor = random.bounded(3) ? 0 : random.bounded(quint32(run.end()) + 1);
            query.sources.append({run.directory(), {}, floor, random.bounded(2) == 0});
        }

        Asker asker;
        for (int round = 0; round < 40; ++round) {
            query.generation = quint64(round);
            query.stream = random.bounded(3);
            query.mode = random.bounded(4) ? LineMode::Drawn : LineMode::Raw;
            query.search = {random.bounded(4) ? u"needle"_s : QString(), false, true, false};
            query.onlyMatches = !query.search.isEmpty() && random.bounded(2);
            query.context = random.bounded(4);
            query.hits.clear();
            for (int i = 0; i < sources && random.bounded(2); ++i)
                query.hits.append(hitsOf(query, i));
            const Reference reference(query);
            asker.pager.show(query);

            OutputCut cut;
            for (const RunOutput &run : runs)
                cut.append(random.bounded(quint32(run.end()) + 2));
            const bool isInOrder = random.bounded(2) || sources == 1;
            if (isInOrder)
                cut = reference.cutBefore(random.bounded(int(reference.rows().size()) + 1));
            const int before = random.bounded(1, 60);
            const int after = random.bounded(1, 60);
            const QByteArray where =
                QByteArray("seed ") + QByteArray::number(seed) + " round " + QByteArray::number(round);
            const OutputPage page = asker.askUntilKnown(around(cut, before, after));
            QCOMPARE(page.generation, query.generation);
            QVERIFY2(describe(page.lines) == reference.page(cut, before, after),
                     qPrintable(QString::fromUtf8(where) + u'\n' + describe(page.lines).join(u'\n') +
                                u"\n-- expected\n" + reference.page(cut, before, after).join(u'\n')));

            const auto isBefore = [&](const ReferenceRow &row) { return reference.isBefore(row, cut); };
            const auto earlier = std::count_if(reference.rows().cbegin(), reference.rows().cend(), isBefore);
            const bool atBegin = page.anchor == earlier;
            const bool atEnd = page.lines.size() - page.anchor == reference.rows().size() - earlier;
            QVERIFY2(page.atBegin == atBegin && page.atEnd == atEnd, where.constData());
            for (qsizetype i = 0; i < page.lines.size(); ++i)
                QCOMPARE(i < page.anchor,
                         page.lines.at(i).place.end +
                                 (page.lines.at(i).place.ending == RowPlace::Ending::Open ? 1 : 0) <=
                             cut.at(page.lines.at(i).place.source));

            // The page's own cut is the place before its first line.
            const OutputPage same = asker.askUntilKnown(around(page.cut, 3, int(page.lines.size())));
            if (isInOrder)
                QVERIFY2(describe(same.lines).mid(same.anchor) == describe(page.lines), where.constData());

            const OutputPage begin = asker.askUntilKnown(at(Place::Begin, before, after));
            QCOMPARE(describe(begin.lines), reference.page(reference.cutBefore(0), 0, after));
            QVERIFY(begin.atBegin);
            QCOMPARE(begin.bytesBefore, 0u);
            const OutputPage end = asker.askUntilKnown(at(Place::End, before, after));
            QCOMPARE(describe(end.lines),
                     reference.page(OutputCut(sources, std::numeric_limits<quint64>::max()), before, 0));
            QVERIFY(end.atEnd);
            QCOMPARE(end.anchor, int(end.lines.size()));
        }
    }

    void matchesOneAfterTheOther_data() { againstAReference_data(); }

    void matchesOneAfterTheOther()
    {
        QFETCH(const quint32, seed);
        QFETCH(const int, sources);
        QRandomGenerator random(seed);
        const QTemporaryDir home;
        OutputQuery query;
        std::vector<RunOutput> runs;
        for (int i = 0; i < sources; ++i)
            runs.emplace_back(home.filePath(QString::number(i)));
        QByteArray other;
        for (int i = 0; i < 2000; ++i) {
            // Two streams, one of which may take long for a row, and few matches.
            RunOutput &run = runs[random.bounded(quint32(runs.size()))];
            const bool error = random.bounded(8) == 0;
            const QByteArray text = random.bounded(150) ? QByteArray(random.bounded(1, 2000), '-')
                                                        : QByteArray("a needle, a needle");
            run.write(text + (error && random.bounded(60) ? "" : "\n"), error ? 2 : 1, 1000 * i);
        }
        for (const RunOutput &run : runs)
            query.sources.append(alive(run, random.bounded(2) ? 0 : 30'000));
        query.search = {u"needle"_s, false, true, false};

        for (const bool searched : {false, true}) {
            for (const bool onlyMatches : {false, true}) {
                query.onlyMatches = onlyMatches;
                query.hits.clear();
                for (int i = 0; searched && i < sources; ++i)
                    query.hits.append(hitsOf(query, i));
                OutputQuery all = query;
                all.onlyMatches = false;
                const Reference reference(all);
                Asker asker;
                asker.pager.show(query);
                QList<qsizetype> places;
                qint64 total = 0;
                QList<qint64> countBefore;
                for (qsizetype i = 0; i < reference.rows().size(); ++i) {
                    if (reference.rows().at(i).matches) {
                        places.append(i);
                        countBefore.append(total);
                        total += matchesIn(shownLine(reference.rows().at(i).row).text, u"needle"_s).size();
                    }
                }
                QVERIFY(places.size() > 1);
                for (int i = 0; i < 40; ++i) {
                    const bool forward = random.bounded(2) == 0;
                    const auto from = random.bounded(int(reference.rows().size()) + 1);
                    PageWish wish = around(reference.cutBefore(from), 5, 5);
                    wish.place = forward ? Place::Next : Place::Previous;
                    const OutputPage page = asker.askUntilKnown(wish);

                    const auto next = std::lower_bound(places.cbegin(), places.cend(), from);
                    const bool round = forward ? next == places.cend() : next == places.cbegin();
                    const auto expected =
                        forward ? (round ? places.cbegin() : next) : std::prev(round ? places.cend() : next);
                    const QByteArray where = "seed " + QByteArray::number(seed) + " from row " +
                                             QByteArray::number(from) + (forward ? " forward" : " back");
                    QVERIFY2(page.found && page.anchor < page.lines.size(), where.constData());
                    QCOMPARE(describe(page.lines).at(page.anchor),
                             reference.text(reference.rows().at(*expected)));
                    QVERIFY2(page.wentRound == round, where.constData());
                    QCOMPARE(page.matchesBefore, searched ? countBefore.at(expected - places.cbegin()) : -1);
                }
            }
        }
    }

    void noMatchAtAll()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        run.write("one\ntwo\n", 1, 1);
        Asker asker;
        OutputQuery query = queryOf({alive(run)});
        query.search = {u"three"_s, false, true, false};
        query.onlyMatches = true;
        asker.pager.show(query);
        for (const Place place : {Place::Next, Place::Previous}) {
            const OutputPage page = asker.askUntilKnown(at(place));
            QVERIFY(!page.found);
            QVERIFY(page.lines.isEmpty());
        }
        const OutputPage page = asker.askUntilKnown(at(Place::End));
        QVERIFY(page.lines.isEmpty());
        QVERIFY(page.anything && page.atBegin && page.atEnd);

        query.search = {u"(three"_s, true, true, false}; // no expression: nothing is hidden
        asker.pager.show(query);
        QCOMPARE(asker.askUntilKnown(at(Place::End)).lines.size(), 2);
        QVERIFY(!asker.askUntilKnown(at(Place::Next)).found);
    }

    void fewMatchesInMuch()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        const QByteArray filler = QByteArray(79, '-') + '\n';
        for (int i = 0; i < 12; ++i)
            run.write(filler.repeated(12'800) + "needle " + QByteArray::number(i) + '\n', 1, i);
        Asker asker;
        OutputQuery query = queryOf({alive(run)});
        query.search = {u"needle"_s, false, true, false};
        query.onlyMatches = true;
        query.context = 1;
        asker.pager.show(query);
        const OutputPage end = asker.askUntilKnown(at(Place::End));
        QCOMPARE(end.lines.size(), 12 * 3 - 1);
        QVERIFY(end.atBegin && end.atEnd);
        for (int i = 0; i < 12; ++i)
            QCOMPARE(end.lines.at(3 * i + 1).text, u"needle %1"_s.arg(i));
        const OutputPage begin = asker.askUntilKnown(at(Place::Begin));
        QCOMPARE(describe(begin.lines), describe(end.lines));

        // More comes, with a match.
        run.write("a needle at last\n", 1, 20);
        const OutputPage more = asker.askUntilKnown(at(Place::End));
        QCOMPARE(more.lines.constLast().text, u"a needle at last"_s);
        QVERIFY(!more.lines.constLast().context);
    }

    void byTime()
    {
        const QTemporaryDir home;
        std::vector<RunOutput> runs;
        OutputQuery query;
        for (int i = 0; i < 3; ++i)
            runs.emplace_back(home.filePath(QString::number(i)));
        for (int i = 0; i < 900; ++i)
            runs[std::size_t(i % 3)].write(numbered(i).toUtf8() + '\n', 1, 1000 + 10 * i);
        for (const RunOutput &run : runs)
            query.sources.append(alive(run));
        Asker asker;
        asker.pager.show(query);
        for (const int line : {0, 1, 450, 898, 899}) {
            for (const int early : {0, 5}) {
                PageWish wish = at(Place::Time, 10, 10);
                wish.timeNs = 1000 + 10 * line - early;
                const OutputPage page = asker.askUntilKnown(wish);
                QCOMPARE(page.lines.at(page.anchor).text, numbered(line));
                QCOMPARE(page.anchor, std::min(10, line));
            }
        }
        PageWish late = at(Place::Time, 10, 10);
        late.timeNs = 1'000'000;
        QCOMPARE(asker.askUntilKnown(late).anchor, 10);
        QCOMPARE(asker.askUntilKnown(late).lines.size(), 10);
    }

    void byBytes()
    {
        const QTemporaryDir home;
        RunOutput run(home.filePath(u"one"_s));
        for (int i = 0; i < 1000; ++i)
            run.write(numbered(1000 + i).toUtf8() + '\n', 1, 1 + i); // 10 bytes each
        run.drop(5000);
        run.write("first\nsecond\n", 1, 2000);
        Asker asker;
        asker.pager.show(queryOf({alive(run, 100)}));
        const auto textAt = [&](quint64 bytes) {
            PageWish wish = at(Place::Bytes, 3, 3);
            wish.bytes = bytes;
            const OutputPage page = asker.askUntilKnown(wish);
            return page.anchor < page.lines.size() ? page.lines.at(page.anchor).text : u"end"_s;
        };
        QCOMPARE(textAt(0), u"line 1010"_s); // what is before the floor does not count
        QCOMPARE(textAt(10), u"line 1011"_s);
        QCOMPARE(textAt(19), u"line 1011"_s);
        QCOMPARE(textAt(9899), u"line 1999"_s);
        QCOMPARE(textAt(9901), u"first"_s); // behind the gap
        QCOMPARE(textAt(9906), u"second"_s);
        QCOMPARE(textAt(1'000'000), u"end"_s);
        const OutputPage page = asker.ask(at(Place::End, 1));
        QCOMPARE(page.lines.first().text, u"second"_s);
        QCOMPARE(page.bytesBefore, 9906u);
        QCOMPARE(page.bytesTotal, 9913u);
        QCOMPARE(page.dropped, 5000u);
        QCOMPARE(page.lastTimeNs, 2000);
        QCOMPARE(page.ends, QList<quint64>{15013});
    }

    void byBytesOfSeveral()
    {
        QRandomGenerator random(7);
        const QTemporaryDir home;
        std::vector<RunOutput> runs;
        OutputQuery query;
        for (int i = 0; i < 4; ++i)
            runs.emplace_back(home.filePath(QString::number(i)));
        for (int i = 0; i < 8000; ++i) { // the third one writes most of its output near the end
            const std::size_t run = random.bounded(3u) + (i > 7000 && random.bounded(2) ? 1 : 0);
            runs[run].write(QByteArray(random.bounded(20, 200), 'x') + '\n', 1, 1'000'000'000 + 1000 * i);
        }
        for (const RunOutput &run : runs)
            query.sources.append(alive(run));
        Asker asker;
        asker.pager.show(query);
        const quint64 total = asker.ask(at(Place::End)).bytesTotal;
        for (quint64 wanted = 0; wanted <= total; wanted += total / 20) {
            PageWish wish = at(Place::Bytes, 0, 10);
            wish.bytes = wanted;
            const OutputPage page = asker.ask(wish);
            const quint64 off = std::max(page.bytesBefore, wanted) - std::min(page.bytesBefore, wanted);
            QVERIFY2(off <= total / 100, qPrintable(u"%1: off by %2"_s.arg(wanted).arg(off)));
        }
    }

    void takesText()
    {
        const QTemporaryDir home;
        RunOutput run(home.filePath(u"one"_s));
        run.write("\x1b[31mred\x1b[0m line\n", 1, 1);
        run.write("plain \xf0\x9f\x98\x80 line\n", 1, 2);
        const QByteArray piece(3 * RowSplitter::pieceBytes, 'y');
        run.write(piece + "\n", 1, 3);
        run.write("err\n", 2, 4);
        run.write("under way", 1, 5);
        Asker asker;
        OutputQuery query = queryOf({alive(run)});
        asker.pager.show(query);
        const OutputCut all{run.end() + 1};
        const QByteArray clean = "red line\nplain \xf0\x9f\x98\x80 line\n" + piece + "\nerr\nunder way";
        QCOMPARE(asker.extract({{0}, 0, all, -1}).bytes, clean);
        QVERIFY(!asker.extracts.first().tooLong && !asker.extracts.first().raw);
        QCOMPARE(asker.extract({{0}, 0, all, -1}, true).bytes,
                 "\x1b[31mred\x1b[0m line\nplain \xf0\x9f\x98\x80 line\n" + piece + "\nerr\nunder way");

        const quint64 first = 18; // bytes of the first line
        const quint64 second = first + 16;
        QCOMPARE(asker.extract({{0}, 4, {first}, -1}).bytes, "line\n"_qba);
        QCOMPARE(asker.extract({{0}, 4, {first}, 6}).bytes, "li"_qba);
        QCOMPARE(asker.extract({{0}, 4, {second}, 8}).bytes, "line\nplain \xf0\x9f\x98\x80"_qba);
        QCOMPARE(asker.extract({{first}, 6, {second}, -1}, true).bytes, "\xf0\x9f\x98\x80 line\n"_qba);
        QCOMPARE(asker.extract({{first}, 0, {first}, -1}).bytes, QByteArray());
        QCOMPARE(asker.extract({{0, 0}, 0, {9, 9}, -1}).bytes, QByteArray()); // of two sources

        query.stream = 2;
        asker.pager.show(query);
        QCOMPARE(asker.extract({{0}, 0, all, -1}).bytes, "err\n"_qba);
        query.stream = 0;
        query.search = {u"line"_s, false, true, false};
        query.onlyMatches = true;
        asker.pager.show(query);
        QCOMPARE(asker.extract({{0}, 0, all, -1}).bytes, "red line\nplain \xf0\x9f\x98\x80 line\n"_qba);

        RunOutput other(home.filePath(u"two"_s));
        other.write("dropped", 1, 1);
        other.drop(2048);
        other.write("between\n", 1, 3);
        query = queryOf({alive(run), alive(other)});
        query.stream = 2;
        query.generation = 9;
        asker.pager.show(query);
        QVERIFY(asker.extract({{0, 0}, 0, {run.end() + 1, other.end() + 1}, -1}).bytes.contains("2.0"));
        QCOMPARE(asker.extracts.first().generation, 9u);
        query.stream = 0;
        asker.pager.show(query);
        const QByteArray merged = asker.extract({{0, 0}, 0, {run.end() + 1, other.end() + 1}, -1}).bytes;
        QVERIFY(merged.startsWith("red line\ndropped\n"));
        QVERIFY(merged.endsWith("between\nerr\nunder way") ||
                merged.contains(QByteArray(piece + "\nbetween\n")));
    }

    void refusesTooMuch()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        const QByteArray coloured =
            QByteArray("\x1b[31m" + QByteArray(50, 'c') + "\x1b[0m\n").repeated(20'000);
        while (run.end() < quint64(OutputPager::maximumExtract))
            run.write(coloured, 1, 1);
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        const OutputPart all{{0}, 0, {run.end() + 1}, -1};
        QVERIFY(asker.extract(all, true).tooLong);
        QVERIFY(asker.extracts.first().bytes.isEmpty());
        const QByteArray clean = asker.extract(all).bytes; // without escapes it is short enough
        QVERIFY(!asker.extracts.first().tooLong);
        QCOMPARE(clean.size() / 51 * 60, qsizetype(run.end()));
        QVERIFY(clean.capacity() <= OutputPager::maximumExtract);
    }

    void takesTextBetweenRequests()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        run.write("one\ntwo\n", 1, 1);
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        asker.pager.extract({{0}, 0, {run.end()}, -1}, false);
        QCOMPARE(asker.ask(at(Place::End, 1)).lines.size(), 1);
        QVERIFY(asker.extracts.isEmpty());
        asker.pager.show(queryOf({})); // it is of what was shown before
        QCOMPARE(asker.extracts.value(0).bytes, "one\ntwo\n"_qba);
    }

    void growing()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        run.write("one\nunder", 1, 1);
        OutputPage page = asker.askUntilKnown(at(Place::End));
        QCOMPARE(page.lines.size(), 2);
        QCOMPARE(page.lines.at(1).place.ending, RowPlace::Ending::Open);
        QCOMPARE(page.lineCount, 1);
        PageWish wish = at(Place::End);
        wish.newSince = page.ends;
        run.write("err", 2, 2);
        run.write(" way\nthree\n", 1, 3);
        page = asker.askUntilKnown(wish);
        QCOMPARE(page.lines.size(), 4);
        QCOMPARE(page.lines.at(1).text, u"under way"_s);
        QCOMPARE(page.lines.at(1).place.ending, RowPlace::Ending::Newline);
        QCOMPARE(page.lines.at(3).text, u"err"_s);
        QCOMPARE(page.lines.at(3).place.ending, RowPlace::Ending::Open);
        QCOMPARE(page.newLines, 2);
        QCOMPARE(page.lineCount, 3);
        QCOMPARE(page.lines.at(2).place.number, 3);

        OutputQuery query = queryOf({{run.directory(), {}, 0, false}});
        query.stream = 2;
        asker.pager.show(query);
        page = asker.askUntilKnown(wish);
        QCOMPARE(page.lines.size(), 1);
        QCOMPARE(page.lines.at(0).place.ending, RowPlace::Ending::Cut);
        QCOMPARE(page.newLines, 0); // of that stream

        query.sources.first().floor = run.end(); // cleared
        asker.pager.show(query);
        page = asker.ask(at(Place::End));
        QVERIFY(page.lines.isEmpty());
        QCOMPARE(page.bytesTotal, 0u);
        QVERIFY(page.anything);
    }

    void indexesBetweenRequests()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        const QByteArray line = QByteArray(79, '-') + '\n';
        for (int i = 0; i < 20; ++i)
            run.write(line.repeated(12'800), 1, i);
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        PageWish wish = at(Place::End, 1);
        wish.newSince = {run.end() - 800};
        const OutputPage early = asker.ask(wish);
        QVERIFY(early.busy);
        QCOMPARE(early.lineCount, -1);
        QCOMPARE(early.newLines, -1);
        QCOMPARE(early.lines.first().place.number, 0);
        asker.pager.show(queryOf({{home.filePath(u"other"_s), {}, 0, false}, alive(run)}));
        wish.newSince = {0, run.end() - 800};
        const OutputPage known = asker.askUntilKnown(wish);
        QCOMPARE(known.lineCount, 20 * 12'800);
        QCOMPARE(known.newLines, 10);
        QCOMPARE(known.lines.first().place.number, 20 * 12'800);
        // It stays known when something else about what is shown changes.
        OutputQuery query = queryOf({alive(run)});
        query.stream = 1;
        asker.pager.show(query);
        QVERIFY(!asker.ask(at(Place::End)).busy);
    }

    void linksAndRaw()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        run.write("see https://example.org/x now\n", 1, 1);
        Asker asker;
        OutputQuery query = queryOf({alive(run)});
        asker.pager.show(query);
        QCOMPARE(asker.ask(at(Place::End)).lines.first().links.value(0).target, u"https://example.org/x"_s);
        query.mode = LineMode::Raw;
        asker.pager.show(query);
        QVERIFY(asker.ask(at(Place::End)).lines.first().links.isEmpty());
    }

    void onlyTheNewestWish()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        run.write("one\n", 1, 1);
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        asker.pager.setNewest(5);
        PageWish wish = at(Place::End);
        wish.stamp = 4;
        asker.pager.fetch(wish);
        QCoreApplication::processEvents();
        QVERIFY(asker.pages.isEmpty());
        wish.stamp = 5;
        QCOMPARE(asker.ask(wish).stamp, 5u);
    }

    void boundedPage()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        const QByteArray line = QByteArray(30'000, '-') + '\n';
        for (int i = 0; i < 400; ++i)
            run.write(line, 1, i);
        Asker asker;
        asker.pager.show(queryOf({alive(run)}));
        const OutputPage page = asker.ask(around({run.end() / 2}, 1'000'000, 1'000'000));
        QVERIFY(page.lines.size() > 100 && page.lines.size() < 160);
        QVERIFY(!page.atBegin && !page.atEnd);
        QVERIFY(page.anchor > 50 && page.anchor < 80);
    }

    void filesGoAndShrink()
    {
        const QTemporaryDir home;
        const QString directory = home.filePath(u"run"_s);
        RunOutput run(directory);
        for (int i = 0; i < 1000; ++i)
            run.write(numbered(i).toUtf8() + '\n', 1, 1 + i);
        Asker asker;
        OutputQuery query = queryOf({alive(run)});
        query.search = {u"9"_s, false, true, false};
        query.onlyMatches = true;
        query.hits = {hitsOf(query, 0)};
        asker.pager.show(query);
        const OutputPage before = asker.askUntilKnown(at(Place::End));
        QVERIFY(before.lines.size() > 50);
        const QString file =
            directory + u'/' + QLatin1String(rundir::outputPrefix) + QString(rundir::offsetDigits, u'0');
        QVERIFY(QFile::resize(file, 500));
        const OutputPage shorter = asker.askUntilKnown(around(before.cut, 100, 100));
        QCOMPARE(shorter.bytesTotal, 500u);
        QVERIFY(shorter.lines.size() < 50);
        QVERIFY(QDir(directory).removeRecursively());
        for (const Place place :
             {Place::End, Place::Begin, Place::Cut, Place::Bytes, Place::Time, Place::Next}) {
            PageWish wish = around(before.cut, 100, 100);
            wish.place = place;
            wish.bytes = 400;
            QVERIFY(asker.askUntilKnown(wish).lines.isEmpty());
        }
        QVERIFY(asker.extract({{0}, 0, {500}, -1}).bytes.isEmpty());
    }

    void inAThread()
    {
        const QTemporaryDir home;
        RunOutput run(home.path());
        const QByteArray line = QByteArray(79, '-') + '\n';
        for (int i = 0; i < 10; ++i)
            run.write(line.repeated(12'800), 1, i);
        QThread thread;
        auto *const pager = new OutputPager;
        pager->moveToThread(&thread);
        QObject::connect(&thread, &QThread::finished, pager, &QObject::deleteLater);
        QSignalSpy pages(pager, &OutputPager::page);
        thread.start();
        const auto fetch = [&](quint64 stamp) {
            PageWish wish = at(Place::End);
            wish.stamp = stamp;
            pager->setNewest(stamp);
            QMetaObject::invokeMethod(pager, [pager, wish] { pager->fetch(wish); });
        };
        const OutputQuery query = queryOf({alive(run)});
        QMetaObject::invokeMethod(pager, [pager, query] { pager->show(query); });
        fetch(1);
        QTRY_COMPARE(pages.size(), 1);
        quint64 stamp = 1;
        OutputPage page;
        QTRY_VERIFY([&] {
            page = pages.constLast().constFirst().value<OutputPage>();
            if (page.stamp == stamp && page.busy)
                fetch(++stamp);
            return page.stamp == stamp && !page.busy;
        }());
        QCOMPARE(page.lineCount, 10 * 12'800);
        thread.quit();
        QVERIFY(thread.wait());
    }
};

QTEST_GUILESS_MAIN(TestOutputPager)
#include "tst_outputpager.moc"
