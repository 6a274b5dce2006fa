// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputsearch.h"

#include "core/outputscan.h"
#include "outputmaker.h"
#include "testhome.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace procession;

namespace {

/// What is searched for in these tests: all three ways of a search.
QList<SearchQuery> queries()
{
    return {{.text = QStringLiteral("ab"), .caseSensitive = true},
            {.text = QStringLiteral("a")},
            {.text = QStringLiteral("b"), .wholeWord = true},
            {.text = QStringLiteral("^[^a\\x{fffd}]+b|(?<=c) +"), .expression = true, .caseSensitive = true}};
}

/// Row by row, in what is shown, from left to right.
void addMatches(SearchHits &hits, OutputMatcher &matcher, const OutputRow &row, int stream)
{
    if (row.place.stream == 0 || (stream != 0 && row.place.stream != stream))
        return;
    const QByteArray text = shownLine(row).text.toUtf8();
    qint64 matches = 0;
    qsizetype at = 0;
    while (const auto match = matcher.find(text, at)) {
        ++matches;
        at = match->start + match->length;
    }
    hits.add(row.place.offset, matches);
}

SearchHits plainSearch(const QList<OutputRow> &rows, const SearchQuery &query, int stream)
{
    SearchHits hits;
    OutputMatcher matcher(query);
    for (const OutputRow &row : rows)
        addMatches(hits, matcher, row, stream);
    return hits;
}

/// The same, of output that is too large to be kept byte by byte.
SearchHits plainSearch(const QString &directory, const SearchQuery &query, int stream)
{
    SearchHits hits;
    OutputMatcher matcher(query);
    RowSplitter splitter;
    OutputScan scan(directory);
    while (const auto piece = scan.next()) {
        QList<OutputRow> rows;
        splitter.feed(*piece, rows);
        for (const OutputRow &row : std::as_const(rows))
            addMatches(hits, matcher, row, stream);
    }
    for (const OutputRow &row : splitter.open(scan.position(), RowPlace::Ending::Cut))
        addMatches(hits, matcher, row, stream);
    return hits;
}

/// Where two of them differ, for a person; else nothing.
QByteArray difference(const SearchHits &found, const SearchHits &wanted)
{
    if (found.total() != wanted.total())
        return QByteArray::number(found.total()) + " matches instead of " +
               QByteArray::number(wanted.total());
    const auto marks = wanted.marks(1'000'000);
    for (const quint64 mark : marks) {
        if (found.before(mark) != wanted.before(mark))
            return QByteArray::number(found.before(mark)) + " matches before " + QByteArray::number(mark) +
                   " instead of " + QByteArray::number(wanted.before(mark));
    }
    return found.marks(1'000'000) == marks ? QByteArray() : QByteArray("they are in other blocks");
}

QByteArray because(const QByteArray &differs, const QString &query, const char *what, int number)
{
    return differs + " (" + query.toUtf8() + ", " + what + ' ' + QByteArray::number(number) + ')';
}

QByteArray randomBytes(QRandomGenerator &random, int size)
{
    static const QByteArrayList parts{"a",    "b",    "ab",         "A",      " ",  "c ",      "\n",
                                      "\n",   "\r\n", "\x1b[1;31m", "\x1b[m", "ä",  "e\u0301", "\xff",
                                      "\xe2", "\x82", "\t",         "x",      "\n", "b\n",     "\x1b[0K"};
    static const QByteArrayList rare{"\r",        "\b",    QByteArray(1, 0), "\x1b]8;;http://a.b\a",
                                     "\x1b]0;ab", "\x1b[", "\u2028"};
    QByteArray bytes;
    const int kind = random.bounded(4); // of some kinds much, so that stretches of them are long
    while (bytes.size() < size) {
        if (kind == 0)
            bytes += random.bounded(8) ? QByteArray("aabb c").sliced(random.bounded(6), 1) : QByteArray("\n");
        else if (kind == 1 && random.bounded(10))
            bytes += parts.at(random.bounded(11));
        else
            bytes += random.bounded(30) ? parts.at(random.bounded(int(parts.size())))
                                        : rare.at(random.bounded(int(rare.size())));
    }
    return bytes;
}

} // namespace

class TestOutputSearch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_search = std::make_unique<OutputSearch>();
        m_told.clear();
        connect(m_search.get(), &OutputSearch::progress, this,
                [this](const SearchProgress &progress) { m_told.append(progress); });
    }
    void cleanup() { m_search.reset(); }

    void knowsWhereMatchesAre()
    {
        SearchHits hits;
        QCOMPARE(hits.blockAfter(0), std::nullopt);
        QCOMPARE(hits.blockBefore(1'000'000), std::nullopt);
        QVERIFY(hits.marks(10).isEmpty());
        const quint64 block = hits.blockBytes();
        hits.add(0, 2);
        hits.add(5 * block + 1, 3);
        hits.add(5 * block + 7, 1);
        hits.add(9 * block - 1, 1);
        hits.add(7 * block, 0);
        QCOMPARE(hits.total(), 7);
        QCOMPARE(hits.before(block - 1), 0);
        QCOMPARE(hits.before(block), 2);
        QCOMPARE(hits.before(6 * block), 6);
        QCOMPARE(hits.before(1000 * block), 7);
        QCOMPARE(hits.blockAfter(block - 1), std::optional<quint64>(0));
        QCOMPARE(hits.blockAfter(block), std::optional<quint64>(5 * block));
        QCOMPARE(hits.blockAfter(9 * block), std::nullopt);
        QCOMPARE(hits.blockBefore(0), std::nullopt);
        QCOMPARE(hits.blockBefore(1), std::optional<quint64>(0));
        QCOMPARE(hits.blockBefore(5 * block), std::optional<quint64>(0));
        QCOMPARE(hits.blockBefore(5 * block + 1), std::optional<quint64>(5 * block));
        QCOMPARE(hits.blockBefore(1000 * block), std::optional<quint64>(8 * block));
        QCOMPARE(hits.marks(10), QList<quint64>({0, 5 * block, 8 * block}));
        QCOMPARE(hits.marks(2), QList<quint64>({0, 5 * block}));
        QVERIFY(hits.marks(0).isEmpty());

        const SearchHits before = hits;
        hits.add(70'000 * block, 4); // there are blocks for no more than 65,536
        QCOMPARE(hits.blockBytes(), 2 * block);
        QCOMPARE(hits.total(), 11);
        QCOMPARE(hits.marks(10), QList<quint64>({0, 4 * block, 8 * block, 70'000 * block}));
        QCOMPARE(hits.before(6 * block), 6);
        QCOMPARE(before.blockBytes(), block);
        hits.add(1'000'000'000'000'000, 1);
        QCOMPARE(hits.total(), 12);
        QCOMPARE(hits.before(1'000'000'000'000'000), 11);
    }

    void agreesWithAPlainReference_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 16; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void agreesWithAPlainReference()
    {
        QFETCH(const quint32, seed);
        QRandomGenerator random(seed);
        OutputMaker maker(random.bounded(2) ? 0 : random.bounded(200'000U));
        const int pieces = random.bounded(1, 40);
        const int largest = random.bounded(3) ? 2'000 : 60'000;
        const bool both = random.bounded(2);
        for (int i = 0; i < pieces; ++i) {
            if (random.bounded(8) == 0)
                maker.beginSegment(random.bounded(2) ? 0 : random.bounded(1, 100'000));
            maker.append(randomBytes(random, random.bounded(1, largest)), both ? random.bounded(1, 3) : 1,
                         i + 1);
            if (random.bounded(10) == 0)
                maker.append(QByteArray(random.bounded(100'000), 'a') + "b\n", 1,
                             i + 1); // too long for a row
        }
        const quint64 first = maker.bytes().first().offset;
        const quint64 floor =
            random.bounded(2) ? first : first + random.bounded(quint32(maker.end() - first));
        QList<KnownByte> bytes = maker.bytes();
        bytes.removeIf([&](const KnownByte &byte) { return byte.offset < floor; });
        QList<OutputRow> rows = RowReference::rows(bytes, RowPlace::Ending::Cut);
        for (const bool alive : {false, true}) {
            if (alive)
                rows = RowReference::rows(bytes, RowPlace::Ending::Open);
            rows.removeIf([](const OutputRow &row) { return row.place.ending == RowPlace::Ending::Open; });
            for (const SearchQuery &query : queries()) {
                for (const int stream : {0, 1, 2}) {
                    const SearchHits wanted = plainSearch(rows, query, stream);
                    const SearchProgress told = searchAll(
                        query, {{.directory = maker.path(), .floor = floor, .alive = alive}}, stream);
                    QVERIFY(told.complete);
                    QCOMPARE(told.hits.size(), 1);
                    QCOMPARE(told.total, told.hits.first().total());
                    QVERIFY(told.hits.first().isComplete());
                    QCOMPARE(told.searched, told.size);
                    const QByteArray differs = difference(told.hits.first(), wanted);
                    QVERIFY2(differs.isEmpty(), because(differs, query.text, "stream", stream).constData());
                }
            }
        }
    }

    void goesOnAsTheOutputGrows()
    {
        constexpr quint32 seed = 99;
        QRandomGenerator random(seed);
        for (const SearchQuery &query : queries()) {
            OutputMaker maker;
            SearchTarget target{.directory = maker.path(), .alive = true};
            SearchProgress told = searchAll(query, {target}, 0);
            QVERIFY(told.complete);
            QCOMPARE(told.total, 0);
            for (int i = 0; i < 60; ++i) {
                maker.append(randomBytes(random, random.bounded(1, 3'000)), random.bounded(1, 3), i + 1);
                target.alive = i != 59;
                const auto ending = target.alive ? RowPlace::Ending::Open : RowPlace::Ending::Cut;
                QList<OutputRow> rows = RowReference::rows(maker.bytes(), ending);
                rows.removeIf(
                    [](const OutputRow &row) { return row.place.ending == RowPlace::Ending::Open; });
                m_search->goOn({target});
                told = m_told.takeLast();
                QVERIFY(told.complete);
                const QByteArray differs = difference(told.hits.first(), plainSearch(rows, query, 0));
                QVERIFY2(differs.isEmpty(), because(differs, query.text, "seed 99, step", i).constData());
            }
            m_search->goOn({target}); // nothing counts twice
            QCOMPARE(m_told.last().total, told.total);
        }
    }

    void agreesWithAPlainReferenceOfMuchOutput()
    {
        constexpr quint32 seed = 20;
        QRandomGenerator random(seed);
        OutputMaker maker; // only for the names: so many bytes are not to be known one by one
        QFile output(maker.file(rundir::outputPrefix, 0));
        QFile index(maker.file(rundir::indexPrefix, 0));
        QVERIFY(output.open(QIODevice::WriteOnly) && index.open(QIODevice::WriteOnly));
        quint64 offset = 0;
        const auto append = [&](const QByteArray &bytes, quint32 stream) {
            const rundir::IndexRecord record{offset, 1, quint32(bytes.size()), stream};
            index.write(reinterpret_cast<const char *>(&record), sizeof record);
            output.write(bytes);
            offset += quint64(bytes.size());
        };
        QByteArray plain;
        while (plain.size() < 200'000)
            plain += "ab c " + QByteArray(random.bounded(60), 'x') + (random.bounded(9) ? "" : " A") + '\n';
        plain += QByteArray(plain).replace("c", "\x1b[3mc\x1b[m").replace("\n", "\r\n");
        const auto appendPlain = [&](quint64 until) {
            while (offset < until)
                append(plain, 1);
        };
        constexpr quint64 mega = 1024 * 1024;
        appendPlain(9 * mega);
        append("under way ab", 2);
        appendPlain(14 * mega);
        append(", ended b\n", 2);
        append(QByteArray(9 * mega, 'a') + "b ab\n", 1); // no row begins in all of a chunk
        appendPlain(30 * mega);
        while (offset < 31 * mega)
            append(randomBytes(random, 5'000), 1 + random.bounded(2));
        appendPlain(40 * mega);
        append("ab", 1);
        output.close();
        index.close();
        for (const SearchQuery &query : {queries().first(), queries().last()}) {
            for (const int stream : {0, 1, 2}) {
                const SearchProgress told = searchAll(query, {{.directory = maker.path()}}, stream);
                QVERIFY(told.complete);
                QCOMPARE(told.searched, offset);
                const QByteArray differs =
                    difference(told.hits.first(), plainSearch(maker.path(), query, stream));
                QVERIFY2(differs.isEmpty(), because(differs, query.text, "stream", stream).constData());
            }
        }
    }

    void searchesSeveralRuns()
    {
        OutputMaker one;
        OutputMaker two;
        one.append("ab\nab\n", 1, 1);
        two.append("x\nab", 1, 1);
        const SearchTarget first{.directory = one.path(), .alive = true};
        SearchTarget second{.directory = two.path(), .alive = true};
        SearchProgress told = searchAll(queries().first(), {first, second}, 0);
        QCOMPARE(told.total, 2);
        QCOMPARE(told.hits.at(0).total(), 2);
        QCOMPARE(told.hits.at(1).total(), 0);
        second.alive = false;
        m_search->goOn({second, first}); // the order may change
        QCOMPARE(m_told.last().hits.at(0).total(), 1);
        QCOMPARE(m_told.last().hits.at(1).total(), 2);
        second.floor = 2;
        m_search->goOn({second});
        QCOMPARE(m_told.last().hits.size(), 1);
        QCOMPARE(m_told.last().total, 1);
        QCOMPARE(m_told.last().size, 2U);
    }

    void beginsAnewWhereTheFilesAreOthers()
    {
        OutputMaker maker;
        maker.append("ab\nab\nab", 1, 1);
        const SearchTarget target{.directory = maker.path()};
        QCOMPARE(searchAll(queries().first(), {target}, 0).total, 3);
        QFile file(maker.file(rundir::outputPrefix, 0));
        QVERIFY(file.resize(2));
        m_search->goOn({target});
        QCOMPARE(m_told.last().total, 1);
        QVERIFY(file.remove());
        m_search->goOn({target});
        QCOMPARE(m_told.last().total, 0);
        QVERIFY(m_told.last().complete);
    }

    void tellsTheFirstMatchAtOnce()
    {
        OutputMaker maker;
        maker.append("ab\n", 1, 1);
        for (int i = 0; i < 20; ++i)
            maker.append(QByteArray(100'000, '\n'), 1, 1);
        searchAll(queries().first(), {{.directory = maker.path()}}, 0);
        QVERIFY(m_told.size() >= 1);
        QCOMPARE(m_told.first().total, 1);
        QVERIFY(!m_told.first().complete);
        QVERIFY(m_told.first().searched < m_told.first().size);
    }

    void saysWhatIsWrong()
    {
        OutputMaker maker;
        maker.append("(a\n", 1, 1);
        const SearchProgress told =
            searchAll({.text = QStringLiteral("(a"), .expression = true}, {{.directory = maker.path()}}, 0);
        QVERIFY(told.complete);
        QCOMPARE(told.problem, QStringLiteral("The expression is not complete: missing ) at its end."));
        QCOMPARE(told.total, 0);
        QCOMPARE(searchAll({}, {{.directory = maker.path()}}, 0).problem, QString());
    }

    void countsWhatTakesTooLong()
    {
        OutputMaker maker;
        maker.append("aab\n" + QByteArray(500, 'a') + "\nxac\n", 1, 1);
        const SearchProgress told = searchAll({.text = QStringLiteral("(a+)+[bc]"), .expression = true},
                                              {{.directory = maker.path()}}, 0);
        QCOMPARE(told.total, 2);
        QCOMPARE(told.tooComplex, 1);
    }

    void endsWhenItIsNotWanted()
    {
        OutputMaker maker;
        maker.append("ab\n", 1, 1);
        QFile more(maker.file(rundir::outputPrefix, 3)); // sparse: takes no room, but time
        QVERIFY(more.open(QIODevice::WriteOnly) && more.resize(Q_INT64_C(1) << 40));
        connect(m_search.get(), &OutputSearch::progress, this, [this] { m_search->setWanted(2); });
        m_search->setWanted(1);
        m_search->start(1, queries().first(), {{.directory = maker.path()}}, 0);
        QCOMPARE(m_told.size(), 1);
        m_search->goOn({{.directory = maker.path()}});
        QCOMPARE(m_told.size(), 1);

        // Where each line takes long, too, and from another thread.
        OutputMaker slow;
        for (int i = 0; i < 5'000; ++i)
            slow.append(QByteArray(400, 'a') + '\n', 1, 1);
        QThread thread;
        OutputSearch search;
        search.moveToThread(&thread);
        QSignalSpy spy(&search, &OutputSearch::progress);
        thread.start();
        const auto start = [&](quint64 generation, const SearchQuery &query, const QString &directory) {
            search.setWanted(generation);
            QMetaObject::invokeMethod(&search, [&search, generation, query, directory] {
                search.start(generation, query, {{.directory = directory}}, 0);
            });
        };
        start(1, {.text = QStringLiteral("(a+)+[bc]"), .expression = true}, slow.path());
        start(2, queries().first(), slow.path());
        QTRY_VERIFY(!spy.isEmpty() && spy.last().first().value<SearchProgress>().generation == 2 &&
                    spy.last().first().value<SearchProgress>().complete);
        thread.quit();
        QVERIFY(thread.wait());
    }

private:
    /// All of it at once, in this thread: what was told last.
    SearchProgress searchAll(const SearchQuery &query, const QList<SearchTarget> &targets, int stream)
    {
        m_search->setWanted(++m_generation);
        m_told.clear();
        m_search->start(m_generation, query, targets, stream);
        return m_told.isEmpty() ? SearchProgress() : m_told.last();
    }

    std::unique_ptr<OutputSearch> m_search;
    QList<SearchProgress> m_told;
    quint64 m_generation = 0;
};

QTEST_GUILESS_MAIN(TestOutputSearch)
#include "tst_outputsearch.moc"
