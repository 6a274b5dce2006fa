// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputrows.h"
#include "outputmaker.h"
#include "testhome.h"

#include <QRandomGenerator>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype limit = RowSplitter::pieceBytes;
constexpr qint64 plenty = 1'000'000'000;

/// What a program might write, and what only a test does.
QByteArray something(QRandomGenerator &random)
{
    switch (random.bounded(16)) {
    case 0:
        return "\x1b[31mred\x1b[0m\n";
    case 1:
        return "\x1b[1;4";
    case 2:
        return "\x1b[32m";
    case 3:
        return QByteArray(random.bounded(static_cast<int>(limit * 3)), 'x');
    case 4:
        return QByteArray("\r 42 %|####    | 42/100").repeated(random.bounded(3000));
    case 5:
        return QByteArray("\xe2\x82\xac").repeated(random.bounded(13'000));
    case 6:
        return QByteArray(random.bounded(20'000), '\n');
    case 7:
        return QByteArray("a line of the usual length, in a file of such lines\r\n")
            .repeated(random.bounded(2000));
    case 8:
        return QByteArray("\x1b[33mwarning:\x1b[m a coloured one\nand a plain one\n")
            .repeated(random.bounded(900));
    case 9:
    case 10: {
        QByteArray bytes(random.bounded(300), Qt::Uninitialized);
        for (char &byte : bytes) {
            byte = static_cast<char>(random.bounded(256));
        }
        return bytes;
    }
    default:
        return QByteArray("line " + QByteArray::number(random.bounded(1000)) + '\n')
            .repeated(random.bounded(1, 40));
    }
}

struct Making
{
    bool allTold = false; ///< every byte has a record
    bool gaps = true;
};

/// Some more output; the last bytes have a record, so that a living run's are known.
void make(OutputMaker &maker, QRandomGenerator &random, qint64 &timeNs, int count, Making how = {})
{
    for (int i = 0; i < count; ++i) {
        if (random.bounded(6) == 0) {
            maker.beginSegment(how.gaps && random.bounded(3) == 0 ? random.bounded(1u, 200'000u) : 0);
        }
        if (!how.allTold && random.bounded(10) == 0) {
            maker.appendIndex(QByteArray(sizeof(rundir::IndexRecord), '\0')); // torn
        }
        const QByteArray bytes = something(random);
        const bool inTurn = random.bounded(5) == 0; // the streams take turns, a few bytes each
        for (qsizetype at = 0; at < bytes.size();) {
            const qsizetype part = std::min<qsizetype>(
                bytes.size() - at, inTurn && at < 3000 ? random.bounded(1, 9) : random.bounded(1, 90'000));
            timeNs += how.allTold ? random.bounded(20) : random.bounded(-9, 30);
            maker.append(bytes.mid(at, part), random.bounded(1, 3), timeNs,
                         how.allTold || random.bounded(12) != 0);
            at += part;
        }
    }
    maker.append("end\n", random.bounded(1, 3), ++timeNs);
}

bool isUnder(const OutputRow &row, quint64 end)
{
    return row.place.end == end &&
           (row.place.ending == RowPlace::Ending::Open || row.place.ending == RowPlace::Ending::Cut);
}

bool fits(const OutputRow &row, int stream)
{
    return stream == 0 || row.place.stream == stream || row.gap > 0;
}

QList<OutputRow> expectedAfter(const QList<OutputRow> &all, quint64 end, quint64 cut, int stream, int rows,
                               qint64 bytes)
{
    QList<OutputRow> found;
    for (const OutputRow &row : all) {
        if (found.size() < rows && bytes >= 0 && fits(row, stream) &&
            (isUnder(row, end) ? cut <= end : row.place.end > cut)) {
            found.append(row);
            bytes -= row.bytes.size();
        }
    }
    return found;
}

QList<OutputRow> expectedBefore(const QList<OutputRow> &all, quint64 end, quint64 cut, int stream, int rows,
                                qint64 bytes)
{
    QList<OutputRow> found;
    for (auto row = all.crbegin(); row != all.crend(); ++row) {
        if (found.size() < rows && bytes >= 0 && fits(*row, stream) &&
            (isUnder(*row, end) ? cut > end : row->place.end <= cut)) {
            found.prepend(*row);
            bytes -= row->bytes.size();
        }
    }
    return found;
}

/// What is not indexed yet may have no numbers; then the times and styles are those near by.
void forgive(const QList<OutputRow> &actual, QList<OutputRow> &expected, quint64 indexedTo)
{
    for (qsizetype i = 0; i < std::min(actual.size(), expected.size()); ++i) {
        RowPlace &place = expected[i].place;
        if (place.end > indexedTo && actual[i].place.number == 0) {
            place.number = 0;
            place.afterGap = false;
            place.endTimeNs = std::min(place.endTimeNs, actual[i].place.endTimeNs);
            expected[i].style = actual[i].style;
        }
    }
}

/// Asks for what can be asked, at random; what is wrong, or nothing.
QString compare(const OutputRows &output, const OutputMaker &maker, bool alive, QRandomGenerator &random,
                int questions)
{
    const QList<OutputRow> all =
        RowReference::rows(maker.bytes(), alive ? RowPlace::Ending::Open : RowPlace::Ending::Cut);
    const quint64 end = maker.end();
    if (output.end() != end || output.begin() != maker.bytes().first().offset ||
        output.dropped() != end - static_cast<quint64>(maker.bytes().size())) {
        return u"it begins at %1, ends at %2"_s.arg(output.begin()).arg(output.end());
    }
    for (int i = 0; i < questions; ++i) {
        const OutputRow &near = all[random.bounded(all.size())];
        quint64 cut = 0;
        switch (random.bounded(4)) {
        case 0:
            cut = random.bounded(static_cast<quint32>(end + 2));
            break;
        case 1:
            cut = near.place.end - std::min<quint64>(near.place.end, random.bounded(2));
            break;
        case 2:
            cut = near.place.offset + random.bounded(2);
            break;
        default:
            cut = random.bounded(2) ? end + random.bounded(2) : 0;
        }
        const int stream = random.bounded(2) ? 0 : random.bounded(1, 3);
        const int rows = random.bounded(1, random.bounded(3) ? 12 : 400);
        const qint64 bytes = random.bounded(3) ? plenty : random.bounded(100'000);
        QList<OutputRow> found = output.after(cut, stream, rows, bytes);
        QList<OutputRow> expected = expectedAfter(all, end, cut, stream, rows, bytes);
        forgive(found, expected, output.indexedTo());
        QString wrong = difference(found, expected);
        if (!wrong.isEmpty()) {
            return u"after %1, stream %2, %3 rows, %4 bytes, indexed to %5: %6"_s.arg(cut)
                .arg(stream)
                .arg(rows)
                .arg(bytes)
                .arg(output.indexedTo())
                .arg(wrong);
        }
        found = output.before(cut, stream, rows, bytes);
        expected = expectedBefore(all, end, cut, stream, rows, bytes);
        forgive(found, expected, output.indexedTo());
        wrong = difference(found, expected);
        if (!wrong.isEmpty()) {
            return u"before %1, stream %2, %3 rows, %4 bytes, indexed to %5: %6"_s.arg(cut)
                .arg(stream)
                .arg(rows)
                .arg(bytes)
                .arg(output.indexedTo())
                .arg(wrong);
        }
        qint64 lines = 0;
        qint64 indexed = 0;
        for (const OutputRow &row : all) {
            if (row.place.ending == RowPlace::Ending::Newline && row.place.end <= output.indexedTo()) {
                ++indexed;
                lines += row.place.end > cut ? 1 : 0;
            }
        }
        if (output.lineCount() != indexed || output.linesAfter(cut) != lines) {
            return u"%1 of %2 lines after %3, should be %4 of %5"_s.arg(output.linesAfter(cut))
                .arg(output.lineCount())
                .arg(cut)
                .arg(lines)
                .arg(indexed);
        }
        const qint64 timeNs = near.place.endTimeNs + random.bounded(-1, 2);
        const quint64 at = output.cutAt(timeNs);
        for (const OutputRow &row : all) {
            if (!isUnder(row, end) && (row.place.end <= at) != (row.place.endTimeNs < timeNs)) {
                return u"the cut at %1 is %2, but a row ended at %3, time %4"_s.arg(timeNs)
                    .arg(at)
                    .arg(row.place.end)
                    .arg(row.place.endTimeNs);
            }
        }
        const KnownByte &byte = maker.bytes()[random.bounded(maker.bytes().size())];
        if (output.timeAt(byte.offset) != byte.timeNs) {
            return u"the time of byte %1"_s.arg(byte.offset);
        }
    }
    return {};
}

} // namespace

class TestOutputRows final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void nothingThere()
    {
        const OutputMaker maker;
        OutputRows output(maker.path());
        output.refresh(true);
        QCOMPARE(output.end(), 0u);
        QVERIFY(output.after(0, 0, 10, 1000).isEmpty());
        QVERIFY(output.before(10, 0, 10, 1000).isEmpty());
        QVERIFY(!output.index(1000));
        QCOMPARE(output.lineCount(), 0);
        QCOMPARE(output.linesAfter(0), 0);
        QCOMPARE(output.cutAt(5), 0u);
        QCOMPARE(output.timeAt(5), 0);
    }

    void linesHaveNumbers()
    {
        OutputMaker maker;
        maker.append("one\ntwo\nthr", 1, 10);
        maker.append("err\n", 2, 20);
        OutputRows output(maker.path());
        output.refresh(true);
        const QList<OutputRow> rows = output.after(0, 0, 10, 1000);
        QCOMPARE(rows.size(), 4);
        QCOMPARE(rows[1].place.number, 2);
        QCOMPARE(rows[2].bytes, "err");
        QCOMPARE(rows[2].place.number, 3);
        QCOMPARE(rows[3].bytes, "thr");
        QCOMPARE(rows[3].place.number, 0);
        QVERIFY(rows[3].place.ending == RowPlace::Ending::Open);
        QCOMPARE(output.lastTimeNs(), 20);
        output.refresh(false);
        QVERIFY(output.after(0, 0, 10, 1000).last().place.ending == RowPlace::Ending::Cut);
    }

    void againstAReference_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 12; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    /// At every state of the index, while the output grows.
    void againstAReference()
    {
        QFETCH(const quint32, seed);
        QRandomGenerator random(seed);
        OutputMaker maker(random.bounded(2) ? 0 : random.bounded(5000u));
        OutputRows output(maker.path());
        qint64 timeNs = 1'000'000;
        for (int round = 0; round < 4; ++round) {
            make(maker, random, timeNs, random.bounded(1, 15));
            const bool alive = random.bounded(2) != 0;
            output.refresh(alive);
            const int slices = random.bounded(4);
            for (int i = 0; i < slices; ++i) {
                output.index(random.bounded(1, 400'000));
            }
            const QString wrong = compare(output, maker, alive, random, 12);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
        while (output.index(random.bounded(1, 400'000))) {
        }
        QCOMPARE(output.indexedTo(), maker.end());
        output.refresh(false);
        const QString wrong = compare(output, maker, false, random, 40);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    void segmentsGo_data() { againstAReference_data(); }

    /// As a keeper drops them, and otherwise.
    void segmentsGo()
    {
        QFETCH(const quint32, seed);
        QRandomGenerator random(seed);
        OutputMaker maker;
        OutputRows output(maker.path());
        qint64 timeNs = 1'000'000;
        for (int round = 0; round < 5; ++round) {
            make(maker, random, timeNs, random.bounded(8, 20), {true, false});
            output.refresh(false);
            while (random.bounded(6) != 0 && output.index(random.bounded(1, 400'000))) {
            }
            const int drops = random.bounded(3);
            for (int i = 0; i < drops && maker.segmentCount() > 2; ++i) {
                maker.removeSegment(random.bounded(4) ? 1 : random.bounded(maker.segmentCount() - 1));
            }
            output.refresh(false);
            const QString wrong = compare(output, maker, false, random, 8);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }

    /// Far behind the index, rows are what they will be with it, but for numbers.
    void rowsAreFoundWithoutAnIndex()
    {
        QRandomGenerator random(4711);
        OutputMaker maker;
        for (int i = 0; i < 30'000; ++i) {
            const int stream = random.bounded(20) ? 1 : 2;
            maker.append("line " + QByteArray::number(i) + QByteArray(random.bounded(90), '.') +
                             (random.bounded(4) ? "\n" : ""),
                         stream, 1000 + i);
        }
        OutputRows bare(maker.path());
        bare.refresh(true);
        OutputRows indexed(maker.path());
        indexed.refresh(true);
        while (indexed.index(plenty)) {
        }
        const auto plain = [](QList<OutputRow> rows) {
            for (OutputRow &row : rows) {
                row.place.number = 0;
            }
            return rows;
        };
        for (int i = 0; i < 60; ++i) {
            const quint64 cut = random.bounded(1'000'000u, static_cast<quint32>(maker.end() + 2));
            const int stream = random.bounded(3);
            QString wrong = difference(bare.after(cut, stream, 50, plenty),
                                       plain(indexed.after(cut, stream, 50, plenty)));
            QVERIFY2(wrong.isEmpty(),
                     qPrintable(u"after %1, stream %2: %3"_s.arg(cut).arg(stream).arg(wrong)));
            wrong = difference(bare.before(cut, stream, 50, plenty),
                               plain(indexed.before(cut, stream, 50, plenty)));
            QVERIFY2(wrong.isEmpty(),
                     qPrintable(u"before %1, stream %2: %3"_s.arg(cut).arg(stream).arg(wrong)));
        }
        QCOMPARE(bare.indexedTo(), 0u);
    }

    /// What a flood makes the keeper drop does not have to be gone over again.
    void aDroppedSegmentCostsLittle()
    {
        OutputMaker maker;
        int line = 0;
        for (int segment = 0; segment < 4; ++segment) {
            maker.beginSegment();
            for (int i = 0; i < 100; ++i) {
                QByteArray bytes;
                while (bytes.size() < 4000) {
                    bytes += "line " + QByteArray::number(line++) + '\n';
                }
                maker.append(bytes, 1, 1000 + line);
            }
        }
        OutputRows output(maker.path());
        output.refresh(true);
        while (output.index(plenty)) {
        }
        QCOMPARE(output.lineCount(), line);
        const OutputRow last = output.before(output.end(), 0, 1, plenty).first();
        QCOMPARE(last.place.number, line);
        QVERIFY(!last.place.afterGap);

        maker.removeSegment(1);
        output.refresh(true);
        QCOMPARE(output.indexedTo(), maker.end());
        const QString wrong = [&] {
            QRandomGenerator random(1);
            return compare(output, maker, true, random, 20);
        }();
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QVERIFY(output.before(output.end(), 0, 1, plenty).first().place.afterGap);
    }

    /// A row that was under way when a segment ended that is gone now begins behind the gap.
    void aRowOverANewGapBeginsBehindIt()
    {
        OutputMaker maker;
        const QByteArray lines = QByteArray("a line of standard output\n").repeated(4000);
        for (int segment = 0; segment < 4; ++segment) {
            maker.beginSegment();
            maker.append(lines, 1, 1000 + segment);
            maker.append("part ", 2, 1000 + segment);
            maker.append(lines, 1, 1000 + segment);
        }
        maker.append("end\n", 2, 2000);
        OutputRows output(maker.path());
        output.refresh(false);
        while (output.index(plenty)) {
        }
        maker.removeSegment(1);
        output.refresh(false);
        QRandomGenerator random(1);
        const QString wrong = compare(output, maker, false, random, 60);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QCOMPARE(output.before(output.end(), 2, 1, plenty).first().bytes, "part part end");
    }

    void aFileThatWasReplacedIsReadAgain()
    {
        OutputMaker maker;
        maker.append("one\ntwo\nthree\n", 1, 10);
        OutputRows output(maker.path());
        output.refresh(false);
        QVERIFY(!output.index(plenty));
        QCOMPARE(output.lineCount(), 3);
        const auto write = [&](const QByteArray &bytes) {
            const QString name = maker.file(rundir::outputPrefix, 0);
            QFile file(name + u".new"_s);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(bytes), bytes.size());
            file.close();
            QVERIFY(QFile::remove(name));
            QVERIFY(QFile::rename(file.fileName(), name));
        };
        write("other text, other lines\n"); // longer
        output.refresh(false);
        QCOMPARE(output.lineCount(), 0);
        QVERIFY(!output.index(plenty));
        QCOMPARE(output.lineCount(), 1);
        QCOMPARE(output.after(0, 0, 1, plenty).first().bytes, "other text, other lines");

        QVERIFY(QFile::resize(maker.file(rundir::outputPrefix, 0), 5)); // cut
        output.refresh(false);
        QVERIFY(!output.index(plenty));
        QCOMPARE(output.end(), 5u);
        QCOMPARE(output.lineCount(), 0);
        QCOMPARE(output.after(0, 0, 9, plenty).size(), 1);

        QVERIFY(QFile::remove(maker.file(rundir::outputPrefix, 0)));
        output.refresh(false);
        QCOMPARE(output.end(), 0u);
        QVERIFY(!output.index(plenty));
        QVERIFY(output.after(0, 0, 9, plenty).isEmpty());
        QVERIFY(output.before(9, 0, 9, plenty).isEmpty());
    }

    /// Bytes are written before their record: whose they are is not known until it is.
    void theUnrecordedTailOfALivingRunWaits()
    {
        OutputMaker maker;
        maker.append("out\n", 1, 5);
        maker.append("err\n", 2, 6, false);
        OutputRows output(maker.path());
        output.refresh(true);
        QCOMPARE(output.end(), 4u);
        QCOMPARE(output.after(0, 0, 9, plenty).size(), 1);
        const rundir::IndexRecord late{4, 6, 4, 2};
        maker.appendIndex(QByteArray(reinterpret_cast<const char *>(&late), sizeof(late)));
        output.refresh(true);
        QCOMPARE(output.after(0, 0, 9, plenty).last().place.stream, 2);
        maker.append("lost\n", 2, 7, false);
        output.refresh(false); // no record will come
        QCOMPARE(output.after(0, 0, 9, plenty).last().bytes, "lost");
    }
};

QTEST_GUILESS_MAIN(TestOutputRows)
#include "tst_outputrows.moc"
