// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputscan.h"
#include "outputmaker.h"
#include "testhome.h"

#include <QDir>
#include <QRandomGenerator>
#include <QTest>

#include <sys/stat.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Told
{
    QList<KnownByte> bytes;
    quint64 gaps = 0;
    qsizetype pieces = 0;
};

Told all(OutputScan &scan)
{
    Told told;
    while (const std::optional<OutputPiece> piece = scan.next()) {
        ++told.pieces;
        told.gaps += piece->gapBefore;
        for (qsizetype i = 0; i < piece->bytes.size(); ++i) {
            told.bytes.append(
                {piece->offset + static_cast<quint64>(i), piece->bytes[i], piece->stream, piece->timeNs});
        }
    }
    return told;
}

QByteArray text(const Told &told)
{
    QByteArray bytes;
    for (const KnownByte &byte : told.bytes) {
        bytes += byte.value;
    }
    return bytes;
}

/// The first byte that differs, for a person.
QString difference(const QList<KnownByte> &actual, const QList<KnownByte> &expected, bool times)
{
    for (qsizetype i = 0; i < std::max(actual.size(), expected.size()); ++i) {
        if (i >= actual.size() || i >= expected.size() || actual[i].offset != expected[i].offset ||
            actual[i].value != expected[i].value || actual[i].stream != expected[i].stream ||
            (times && actual[i].timeNs != expected[i].timeNs)) {
            return u"byte %1 of %2, expected %3"_s.arg(i).arg(actual.size()).arg(expected.size());
        }
    }
    return {};
}

void make(OutputMaker &maker, QRandomGenerator &random, int segments)
{
    for (int s = 0; s < segments; ++s) {
        maker.beginSegment(random.bounded(3) == 0 ? random.bounded(1u, 9000u) : 0);
        const bool indexed = random.bounded(8) != 0;
        const int records = random.bounded(1, random.bounded(3) ? 40 : 700);
        for (int r = 0; r < records; ++r) {
            const int length = random.bounded(1, random.bounded(20) ? 6 : 9000);
            const bool told = indexed && random.bounded(40) != 0;
            if (!told && indexed && random.bounded(3) == 0) {
                maker.appendIndex(QByteArray(sizeof(rundir::IndexRecord), '\0')); // torn
            }
            QByteArray bytes(length, Qt::Uninitialized);
            for (char &byte : bytes) {
                byte = static_cast<char>(random.bounded(256));
            }
            maker.append(bytes, random.bounded(1, 3), 1'000'000 + static_cast<qint64>(maker.end()), told);
        }
        if (random.bounded(2)) {
            maker.appendIndex(QByteArray(random.bounded(20), 'x'));
        }
    }
}

} // namespace

class TestOutputScan final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void nothingThere()
    {
        const OutputMaker maker;
        for (const QString &path : {maker.path(), QString(maker.path() + u"/missing"_s)}) {
            OutputScan scan(path, 7);
            QVERIFY(!scan.next());
            QCOMPARE(scan.position(), 7u);
        }
    }

    void againstAReference_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 25; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    void againstAReference()
    {
        QFETCH(const quint32, seed);
        QRandomGenerator random(seed);
        OutputMaker maker(random.bounded(2) ? 0 : random.bounded(5000u));
        make(maker, random, random.bounded(1, 6));
        const quint64 first = maker.bytes().first().offset;
        const quint64 missing = maker.end() - static_cast<quint64>(maker.bytes().size());

        OutputScan each(maker.path(), 0, OutputScan::Times::Each);
        Told told = all(each);
        QString wrong = difference(told.bytes, maker.bytes(), true);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QCOMPARE(told.gaps, missing);
        QCOMPARE(each.position(), maker.end());

        OutputScan bulk(maker.path());
        const Told pieces = all(bulk);
        wrong = difference(pieces.bytes, maker.bytes(), false);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QCOMPARE(pieces.gaps, missing);
        QVERIFY(pieces.pieces <= told.pieces);

        for (int i = 0; i < 8; ++i) { // from anywhere
            const quint64 from = random.bounded(static_cast<quint32>(maker.end() + 10));
            QList<KnownByte> expected = maker.bytes();
            expected.removeIf([&](const KnownByte &byte) { return byte.offset < from; });
            each.seek(from);
            told = all(each);
            wrong = difference(told.bytes, expected, true);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            if (!expected.isEmpty()) {
                QCOMPARE(told.gaps, maker.end() - from - static_cast<quint64>(expected.size()));
            }
        }

        for (const int stream : {1, 2}) { // one stream: all gaps are told, by bytes of either
            OutputScan one(maker.path(), first, OutputScan::Times::Each);
            one.setStream(stream);
            told = all(one);
            QCOMPARE(told.gaps, missing - first);
            told.bytes.removeIf([&](const KnownByte &byte) { return byte.stream != stream; });
            QList<KnownByte> expected = maker.bytes();
            expected.removeIf([&](const KnownByte &byte) { return byte.stream != stream; });
            wrong = difference(told.bytes, expected, true);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }

        const qsizetype before = maker.bytes().size(); // it grows
        make(maker, random, 2);
        wrong = difference(all(bulk).bytes, maker.bytes().mid(before), false);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QVERIFY(!bulk.next());
    }

    void adjacentRecordsOfAStreamAreOnePiece()
    {
        OutputMaker maker;
        maker.append("one\n", 1, 10);
        maker.append("two\n", 1, 20);
        maker.append("err\n", 2, 30);
        OutputScan scan(maker.path());
        std::optional<OutputPiece> piece = scan.next();
        QVERIFY(piece);
        QCOMPARE(piece->bytes.toByteArray(), "one\ntwo\n");
        QCOMPARE(piece->timeNs, 10);
        QCOMPARE(piece->newestNs, 20);
        piece = scan.next();
        QVERIFY(piece);
        QCOMPARE(piece->bytes.toByteArray(), "err\n");
        QCOMPARE(piece->stream, 2);
        QVERIFY(!scan.next());
    }

    /// What the index does not tell yet is waited for, but not for ever.
    void theUnrecordedTailWaits()
    {
        OutputMaker maker;
        maker.append("out\n", 1, 5);
        maker.append("err\n", 2, 6, false);
        OutputScan scan(maker.path(), 0, OutputScan::Times::Ignored, OutputLog::Tail::Known);
        QCOMPARE(text(all(scan)), "out\n");
        QCOMPARE(scan.position(), 4u);

        const rundir::IndexRecord late{4, 6, 4, 2};
        maker.appendIndex(QByteArray(reinterpret_cast<const char *>(&late), sizeof(late)));
        Told told = all(scan);
        QCOMPARE(text(told), "err\n");
        QCOMPARE(told.bytes.first().stream, 2);

        maker.append("lost\n", 2, 7, false); // never recorded: the keeper went on elsewhere
        QCOMPARE(text(all(scan)), "");
        maker.beginSegment();
        maker.append("new\n", 1, 8);
        QCOMPARE(text(all(scan)), "lost\nnew\n");
    }

    /// The newest record is made longer as long as its bytes come.
    void aRecordThatGrows()
    {
        OutputMaker maker;
        maker.append("one\n", 2, 5);
        OutputScan scan(maker.path());
        QCOMPARE(text(all(scan)), "one\n");
        maker.append("two\n", 2, 5, false);
        QFile index(maker.file(rundir::indexPrefix, 0));
        QVERIFY(index.open(QIODevice::WriteOnly));
        const rundir::IndexRecord longer{0, 5, 8, 2};
        index.write(reinterpret_cast<const char *>(&longer), sizeof(longer));
        index.close();
        const Told told = all(scan);
        QCOMPARE(text(told), "two\n");
        QCOMPARE(told.bytes.first().stream, 2);
    }

    void aSegmentThatVanishesIsAGap()
    {
        OutputMaker maker;
        for (int i = 0; i < 4; ++i) {
            maker.beginSegment();
            maker.append(QByteArray(1000, static_cast<char>('a' + i)), 1, 5);
        }
        OutputScan scan(maker.path());
        QVERIFY(scan.next());
        QVERIFY(QFile::remove(maker.file(rundir::outputPrefix, 1000)));
        const std::optional<OutputPiece> piece = scan.next();
        QVERIFY(piece);
        QCOMPARE(piece->offset, 2000u);
        QCOMPARE(piece->gapBefore, 1000u);
        QCOMPARE(text(all(scan)), QByteArray(1000, 'd'));
    }

    void aSegmentThatIsCutOrReplaced()
    {
        OutputMaker maker;
        maker.append(QByteArray(3 * OutputScan::windowBytes, 'a'), 1, 5);
        OutputScan scan(maker.path());
        QVERIFY(scan.next());
        const QString file = maker.file(rundir::outputPrefix, 0);
        QVERIFY(QFile::rename(file, file + u".old"_s));
        QVERIFY(QFile::resize(file + u".old"_s, 10));
        QVERIFY(!scan.next());
        QFile other(file);
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write(QByteArray(4 * OutputScan::windowBytes, 'b'));
        other.close();
        const std::optional<OutputPiece> piece = scan.next();
        QVERIFY(piece);
        QVERIFY(piece->bytes.startsWith('b'));
        QVERIFY(QFile::resize(file, 10));
        QVERIFY(!scan.next());
    }

    void whatIsNoPlainFileIsNotRead()
    {
        OutputMaker maker;
        maker.append("one\n", 1, 5);
        QCOMPARE(::mkfifo(QFile::encodeName(maker.file(rundir::outputPrefix, 4)).constData(), 0600), 0);
        QVERIFY(QFile::link(maker.file(rundir::outputPrefix, 0), maker.file(rundir::outputPrefix, 100)));
        QVERIFY(QDir(maker.path()).mkdir(maker.file(rundir::outputPrefix, 200)));
        OutputScan scan(maker.path());
        QCOMPARE(text(all(scan)), "one\n");
        QCOMPARE(scan.position(), 4u);
    }
};

QTEST_GUILESS_MAIN(TestOutputScan)
#include "tst_outputscan.moc"
