// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/rowsplitter.h"
#include "rowreference.h"
#include "testhome.h"

#include <QRandomGenerator>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype limit = RowSplitter::pieceBytes;

OutputPiece piece(quint64 offset, const QByteArray &bytes, int stream = 1, qint64 timeNs = 0, quint64 gap = 0)
{
    return {offset, bytes, stream, timeNs, gap};
}

QList<OutputRow> rowsOf(const QByteArray &bytes)
{
    RowSplitter splitter;
    QList<OutputRow> rows;
    splitter.feed(piece(0, bytes), rows);
    return rows + splitter.open(static_cast<quint64>(bytes.size()), RowPlace::Ending::Open);
}

/// What a program might write, and what only a test does.
QByteArray something(QRandomGenerator &random)
{
    switch (random.bounded(14)) {
    case 0:
        return "\n";
    case 1:
        return "\r";
    case 2:
        return "\r\n";
    case 3:
        return "\x1b[31m";
    case 4:
        return "\x1b[0m";
    case 5:
        return QByteArray(random.bounded(static_cast<int>(limit * 3)), 'x');
    case 6:
        return QByteArray(random.bounded(static_cast<int>(limit)), '\r');
    case 7:
        return QByteArray("\xf0\x9f\x98\x80").repeated(random.bounded(12'000));
    case 8:
        return QByteArray(random.bounded(40'000), static_cast<char>(0x80 + random.bounded(128)));
    case 9:
        return QByteArray("\r 42 %|####    | 42/100").repeated(random.bounded(4000));
    case 10:
        return QByteArray(static_cast<int>(limit) - 3 + random.bounded(7), 'y');
    default: {
        QByteArray bytes(random.bounded(200), Qt::Uninitialized);
        for (char &byte : bytes) {
            byte = static_cast<char>(random.bounded(256));
        }
        return bytes;
    }
    }
}

} // namespace

class TestRowSplitter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void linesOfTwoStreams()
    {
        RowSplitter splitter;
        QList<OutputRow> rows;
        splitter.feed(piece(0, "one\ntw", 1, 10), rows);
        splitter.feed(piece(6, "err\nhalf", 2, 20), rows);
        splitter.feed(piece(14, "o\n", 1, 30), rows);
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[0].bytes, "one");
        QCOMPARE(rows[1].bytes, "err");
        QCOMPARE(rows[1].place.stream, 2);
        QCOMPARE(rows[1].place.end, 10u);
        QCOMPARE(rows[2].bytes, "two");
        QCOMPARE(rows[2].place.offset, 4u);
        QCOMPARE(rows[2].place.end, 16u);
        QCOMPARE(rows[2].place.timeNs, 10);
        QCOMPARE(rows[2].place.endTimeNs, 30);

        const QList<OutputRow> open = splitter.open(16, RowPlace::Ending::Open);
        QCOMPARE(open.size(), 1);
        QCOMPARE(open[0].bytes, "half");
        QCOMPARE(open[0].place.end, 16u);
        QCOMPARE(open[0].place.endTimeNs, 30);
        QVERIFY(open[0].place.ending == RowPlace::Ending::Open);
    }

    void aGapEndsBothRows()
    {
        RowSplitter splitter;
        QList<OutputRow> rows;
        splitter.feed(piece(0, "half\x1b[31m", 1, 10), rows);
        splitter.feed(piece(9, "err", 2, 20), rows);
        splitter.feed(piece(112, "next\n", 1, 30, 100), rows);
        QCOMPARE(rows.size(), 4);
        QVERIFY(rows[0].place.ending == RowPlace::Ending::Cut);
        QCOMPARE(rows[0].place.end, 12u);
        QCOMPARE(rows[1].place.stream, 2);
        QVERIFY(rows[1].place.ending == RowPlace::Ending::Cut);
        QCOMPARE(rows[2].place.stream, 0);
        QCOMPARE(rows[2].gap, 100u);
        QCOMPARE(rows[2].place.offset, 12u);
        QCOMPARE(rows[2].place.end, 112u);
        QCOMPARE(rows[3].bytes, "next");
        QVERIFY(rows[3].style == CharStyle());
    }

    void aLongLineIsBroken()
    {
        QList<OutputRow> rows = rowsOf(QByteArray(limit, 'x') + '\n');
        QCOMPARE(rows.size(), 1);
        rows = rowsOf(QByteArray(limit + 5, 'x') + '\n');
        QCOMPARE(rows.size(), 2);
        QVERIFY(rows[0].place.ending == RowPlace::Ending::Broken);
        QCOMPARE(rows[0].bytes.size(), limit + 1);
        QCOMPARE(rows[0].place.end, quint64(limit + 1));
        QVERIFY(rows[1].place.continues);
        QCOMPARE(rows[1].bytes, "xxxx");
        QVERIFY(rows[1].place.ending == RowPlace::Ending::Newline);

        rows = rowsOf(QByteArray(limit - 1, 'x') + "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\n");
        QCOMPARE(rows.size(), 2);
        QVERIFY(rows[0].bytes.endsWith("x\xe2\x82\xac"));
        QCOMPARE(rows[1].bytes, "\xe2\x82\xac\xe2\x82\xac");

        // What never was a character does not keep a row from ending.
        rows = rowsOf(QByteArray(limit * 10, '\xf0'));
        QCOMPARE(rows.size(), 10);
    }

    void aProgressBarStaysOneRow()
    {
        const QByteArray bar = "\r 42 %|##########          | 42/100 [00:01<00:02, 40 it/s]";
        const QList<OutputRow> rows = rowsOf(bar.repeated(10'000) + "\rdone\r\n");
        QCOMPARE(rows.size(), 1);
        QVERIFY(rows[0].bytes.size() <= 2 * limit);
        QVERIFY(rows[0].bytes.endsWith("\rdone\r"));
        QVERIFY(!rows[0].place.continues);
    }

    void aLineThatEndsWithACarriageReturnIsNotLost()
    {
        // What was rewritten once is longer than a piece, and the terminal ends the line in two characters.
        const QByteArray last(limit - 10, 'z');
        const QList<OutputRow> rows = rowsOf(QByteArray(100, 'a') + '\r' + last + "\r\n");
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].bytes, last + '\r');
        QCOMPARE(rows[0].place.offset, 101u);
    }

    void againstAReference_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 40; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    /// Whatever the pieces are, and wherever another splitter goes on.
    void againstAReference()
    {
        QFETCH(const quint32, seed);
        QRandomGenerator random(seed);
        QList<KnownByte> known;
        QList<OutputPiece> pieces;
        QList<QByteArray> kept; // what the pieces refer to
        quint64 offset = 0;
        qint64 timeNs = 1000;
        for (int i = 0; i < 25; ++i) {
            const QByteArray bytes = something(random);
            const int stream = random.bounded(1, 3);
            quint64 gap = offset > 0 && random.bounded(12) == 0 ? random.bounded(1u, 100'000u) : 0;
            offset += gap;
            timeNs += random.bounded(-5, 20);
            kept.append(bytes);
            for (qsizetype at = 0; at < bytes.size();) {
                const qsizetype count =
                    std::min<qsizetype>(bytes.size() - at, random.bounded(1, random.bounded(2) ? 5 : 40'000));
                pieces.append({offset, QByteArrayView(kept.last()).sliced(at, count), stream, timeNs, gap});
                for (qsizetype j = 0; j < count; ++j) {
                    known.append({offset + static_cast<quint64>(j), bytes[at + j], stream, timeNs});
                }
                at += count;
                offset += static_cast<quint64>(count);
                gap = 0;
            }
        }
        QList<OutputRow> expected = RowReference::rows(known, RowPlace::Ending::Open);
        for (OutputRow &row : expected) {
            row.place.number = 0;
            row.place.afterGap = false;
        }

        RowSplitter splitter;
        QList<OutputRow> rows;
        const qsizetype resumeAt = random.bounded(pieces.size());
        std::array<RowSplitter::Begun, 2> begun;
        qsizetype rowsBefore = 0;
        for (qsizetype i = 0; i < pieces.size(); ++i) {
            if (i == resumeAt) {
                begun = {splitter.begun(1), splitter.begun(2)};
                rowsBefore = rows.size();
            }
            splitter.feed(pieces[i], rows);
        }
        rows += splitter.open(offset, RowPlace::Ending::Open);
        QString wrong = difference(rows, expected);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));

        RowSplitter other;
        QList<OutputRow> rest;
        other.begin(1, begun[0]);
        other.begin(2, begun[1]);
        for (OutputPiece again : pieces) {
            const quint64 from = begun[std::size_t(again.stream - 1)].offset;
            const quint64 end = again.offset + static_cast<quint64>(again.bytes.size());
            if (end <= from) {
                continue;
            }
            if (again.offset < from) { // rows begin anew within a piece, too
                again.bytes = again.bytes.sliced(static_cast<qsizetype>(from - again.offset));
                again.offset = from;
            }
            if (end <= pieces[resumeAt].offset) {
                again.gapBefore = 0;
            }
            other.feed(again, rest);
        }
        rest += other.open(offset, RowPlace::Ending::Open);
        for (OutputRow &row : rest) { // times of rows before are not known to it
            row.place.endTimeNs = 0;
        }
        for (OutputRow &row : rows) {
            row.place.endTimeNs = 0;
        }
        wrong = difference(rest, rows.mid(rowsBefore));
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
};

QTEST_GUILESS_MAIN(TestRowSplitter)
#include "tst_rowsplitter.moc"
