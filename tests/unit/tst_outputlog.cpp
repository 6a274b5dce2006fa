// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputlog.h"
#include "keeper/rundir.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

/// What is known of one byte of the reference.
struct Byte
{
    quint64 offset;
    char value;
    int stream;
    qint64 time;

    friend bool operator==(const Byte &, const Byte &) = default;
};

QString path(const QTemporaryDir &directory, const char *prefix, quint64 start)
{
    return directory.filePath(QString::fromLatin1(prefix) +
                              QString::number(start).rightJustified(rundir::offsetDigits, u'0'));
}

void write(const QString &file, const QByteArray &bytes)
{
    QFile target(file);
    QVERIFY(target.open(QIODevice::WriteOnly));
    QCOMPARE(target.write(bytes), bytes.size());
}

QByteArray record(quint64 offset, qint64 time, quint32 length, quint32 stream)
{
    const rundir::IndexRecord value{offset, time, length, stream};
    return QByteArray(reinterpret_cast<const char *>(&value), sizeof(value));
}

QList<Byte> flat(const OutputLog::Read &read)
{
    QList<Byte> all;
    for (const OutputLog::Chunk &chunk : read.chunks) {
        for (qsizetype i = 0; i < chunk.bytes.size(); ++i) {
            all.append(
                {chunk.offset + static_cast<quint64>(i), chunk.bytes.at(i), chunk.stream, chunk.timeNs});
        }
    }
    return all;
}

QByteArray bytesOf(const OutputLog::Read &read)
{
    QByteArray all;
    for (const OutputLog::Chunk &chunk : read.chunks) {
        all += chunk.bytes;
    }
    return all;
}

} // namespace

class TestOutputLog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nothingThere()
    {
        const QTemporaryDir directory;
        for (const QString &place : {directory.path(), directory.filePath(u"missing"_s)}) {
            const OutputLog log(place);
            QCOMPARE(log.begin(), 0u);
            QCOMPARE(log.end(), 0u);
            QCOMPARE(log.tailStart(100), 0u);
            QVERIFY(log.read(0, 100).chunks.isEmpty());
            QCOMPARE(log.read(7, 100).next, 7u);
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
        const QTemporaryDir directory;
        QList<Byte> reference;
        quint64 offset = random.bounded(2) ? 0 : random.bounded(5000u);
        const int segments = random.bounded(1, 6);
        for (int s = 0; s < segments; ++s) {
            const quint64 start = offset;
            QByteArray out;
            QByteArray index;
            const bool indexed = random.bounded(8) != 0;
            const int records = random.bounded(1, 2500);
            for (int r = 0; r < records; ++r) {
                const quint32 length = static_cast<quint32>(random.bounded(1, random.bounded(20) ? 6 : 3000));
                const int stream = random.bounded(1, 3);
                const qint64 time = 1'000'000 + static_cast<qint64>(offset);
                const bool told = indexed && random.bounded(40) != 0; // some were never recorded
                if (told) {
                    index += record(offset, time, length, static_cast<quint32>(stream));
                } else if (indexed && random.bounded(3) == 0) {
                    index += QByteArray(sizeof(rundir::IndexRecord), '\0'); // torn
                }
                for (quint32 i = 0; i < length; ++i) {
                    const char value = random.bounded(30) ? static_cast<char>(random.bounded(256)) : '\n';
                    out += value;
                    reference.append({offset++, value, told ? stream : 1, told ? time : 0});
                }
            }
            write(path(directory, rundir::outputPrefix, start), out);
            if (indexed) {
                write(path(directory, rundir::indexPrefix, start),
                      index + QByteArray(random.bounded(20), 'x'));
            }
            if (random.bounded(3) == 0) {
                offset += random.bounded(1u, 9000u); // dropped
            }
        }

        const OutputLog log(directory.path());
        QCOMPARE(log.begin(), reference.first().offset);
        QCOMPARE(log.end(), reference.last().offset + 1);
        QCOMPARE(flat(log.read(0, 100'000'000)), reference);

        QList<Byte> walked; // in windows of any size
        quint64 at = 0;
        quint64 gaps = 0;
        for (;;) {
            const OutputLog::Read read = log.read(at, random.bounded(1, 5000));
            if (read.chunks.isEmpty()) {
                break;
            }
            for (const OutputLog::Chunk &chunk : read.chunks) {
                gaps += chunk.gapBefore;
            }
            walked += flat(read);
            QVERIFY(read.next > at);
            at = read.next;
        }
        QCOMPARE(walked, reference);
        QCOMPARE(at, log.end());
        QCOMPARE(gaps, log.end() - static_cast<quint64>(reference.size()));
        QCOMPARE(log.droppedBefore(log.end()), gaps);

        for (int i = 0; i < 20; ++i) {
            const quint64 bytes = random.bounded(1u, 20'000u);
            const quint64 start = log.tailStart(bytes);
            QVERIFY(start >= log.begin());
            QVERIFY(start <= log.end());
            QVERIFY(start == log.begin() || log.end() - start <= bytes);
            const auto found = std::find_if(reference.cbegin(), reference.cend(),
                                            [start](const Byte &byte) { return byte.offset >= start; });
            if (start != log.begin() && found != reference.cbegin() && found != reference.cend()) {
                const Byte before = *std::prev(found);
                QVERIFY(before.value == '\n' || before.offset + 1 < start ||
                        found->offset > before.offset + 1 || start == log.end() ||
                        (static_cast<uchar>(found->value) & 0xc0) != 0x80 ||
                        start - (log.end() - bytes) >= 3);
            }
        }
    }

    /// While a run is alive its index may be behind: those bytes are left for the next read.
    void theUnrecordedTailWaits()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), "out\nerr\n");
        write(path(directory, rundir::indexPrefix, 0), record(0, 5, 4, 1));
        const OutputLog log(directory.path());

        OutputLog::Read read = log.read(0, 100, OutputLog::Tail::Known);
        QCOMPARE(bytesOf(read), "out\n");
        QCOMPARE(read.next, 4u);
        QVERIFY(log.read(4, 100, OutputLog::Tail::Known).chunks.isEmpty());

        write(path(directory, rundir::indexPrefix, 0), record(0, 5, 4, 1) + record(4, 6, 4, 2));
        read = log.read(4, 100, OutputLog::Tail::Known);
        QCOMPARE(bytesOf(read), "err\n");
        QCOMPARE(read.chunks.first().stream, 2);
        QCOMPARE(read.chunks.first().timeNs, 6);
    }

    void withoutAnIndexItIsStandardOutput()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), "text");
        const OutputLog::Read read = OutputLog(directory.path()).read(0, 100);
        QCOMPARE(read.chunks.size(), 1);
        QCOMPARE(read.chunks.first().stream, 1);
        QCOMPARE(read.chunks.first().timeNs, 0);
    }

    /// Neither a link out of the directory nor a FIFO nor a name that is nearly right is output.
    void foreignFiles()
    {
        const QTemporaryDir directory;
        const QTemporaryDir elsewhere;
        write(elsewhere.filePath(u"secret"_s), "secret");
        write(path(directory, rundir::outputPrefix, 0), "ours");
        write(directory.filePath(u"out.5"_s), "short name");
        write(directory.filePath(u"out.0000000000000000000x"_s), "letters");
        write(directory.filePath(u"out.99999999999999999999"_s), "overflow");
        write(directory.filePath(u"out.18446744073709551615"_s), "ends beyond");
        write(path(directory, rundir::indexPrefix, 0), QByteArray(1000, '\xff'));
        QVERIFY(QFile::link(elsewhere.filePath(u"secret"_s), path(directory, rundir::outputPrefix, 10)));
        QCOMPARE(::mkfifo(qPrintable(path(directory, rundir::outputPrefix, 20)), 0600), 0);
        QVERIFY(QDir(directory.path()).mkdir(u"out.00000000000000000030"_s));

        const OutputLog log(directory.path());
        QCOMPARE(bytesOf(log.read(0, 1000)), "ours");
        QCOMPARE(log.end(), 4u);
    }

    /// A segment whose name lies about where the one before it ends.
    void overlappingSegments()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), "0123456789");
        write(path(directory, rundir::outputPrefix, 4), "abc");
        QCOMPARE(bytesOf(OutputLog(directory.path()).read(0, 1000)), "0123abc");
    }

    void segmentsVanishAndShrink()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), "first");
        write(path(directory, rundir::outputPrefix, 5), "second");
        write(path(directory, rundir::outputPrefix, 11), "third");
        const OutputLog log(directory.path());
        const OutputLog::Read first = log.read(0, 5);
        QCOMPARE(bytesOf(first), "first");

        QVERIFY(QFile::remove(path(directory, rundir::outputPrefix, 5)));
        const OutputLog::Read next = log.read(first.next, 100);
        QCOMPARE(bytesOf(next), "third");
        QCOMPARE(next.chunks.first().gapBefore, 6u);
        QCOMPARE(next.next, 16u);

        QVERIFY(QFile::resize(path(directory, rundir::outputPrefix, 11), 1));
        QVERIFY(log.read(next.next, 100).chunks.isEmpty());
        QCOMPARE(log.end(), 12u);
        QCOMPARE(log.droppedBefore(12), 6u);
    }

    void tailStartsAtALine()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), "one\ntwo\nthree\n");
        const OutputLog log(directory.path());
        QCOMPARE(log.tailStart(1000), 0u);
        QCOMPARE(log.tailStart(10), 4u); // right behind a newline: that very line
        QCOMPARE(log.tailStart(9), 8u);
        QCOMPARE(log.tailStart(6), 8u);
        QCOMPARE(log.tailStart(4, 8), 4u);
        QCOMPARE(log.tailStart(4, 0), 0u);
    }

    void tailOfAnEndlessLineStartsAtACharacter()
    {
        const QTemporaryDir directory;
        write(path(directory, rundir::outputPrefix, 0), QByteArray("\xe2\x82\xac").repeated(1000));
        const OutputLog log(directory.path());
        for (quint64 bytes = 1; bytes < 40; ++bytes) {
            QCOMPARE(log.tailStart(bytes) % 3, 0u);
        }
    }

    void saves()
    {
        const QTemporaryDir directory;
        const QTemporaryDir target;
        const QByteArray big = QByteArray("0123456789abcdef").repeated(200'000);
        write(path(directory, rundir::outputPrefix, 0), big);
        write(path(directory, rundir::outputPrefix, static_cast<quint64>(big.size()) + 10), "after\n");
        std::atomic_bool cancelled = false;
        const QString file = target.filePath(u"saved"_s);
        QCOMPARE(OutputLog(directory.path()).save(file, cancelled), QString());
        QFile saved(file);
        QVERIFY(saved.open(QIODevice::ReadOnly));
        QCOMPARE(saved.readAll(), big + "\n[10 bytes were not kept]\nafter\n");
        QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());

        QVERIFY(!OutputLog(directory.path()).save(target.filePath(u"no/such/place"_s), cancelled).isEmpty());
        cancelled = true;
        const QString other = target.filePath(u"other"_s);
        QVERIFY(!OutputLog(directory.path()).save(other, cancelled).isEmpty());
        QVERIFY(!QFile::exists(other));
    }
};

QTEST_GUILESS_MAIN(TestOutputLog)
#include "tst_outputlog.moc"
