// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/diskwatch.h"

#include "testhome.h"

#include <QSemaphore>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>
#include <mutex>

using namespace procession;
using namespace std::chrono_literals;

namespace {

using Level = DiskState::Level;

constexpr qint64 mib = qint64(1) << 20;
constexpr qint64 gib = qint64(1) << 30;

/// The levels after each sample of a disk of this size, one letter each: f, L, F.
QString levels(qint64 totalBytes, const QList<QPair<std::chrono::seconds, qint64>> &freeAt)
{
    QList<DiskSample> samples;
    DiskState state;
    QString told;
    for (const auto &[time, freeBytes] : freeAt) {
        samples.append({time, freeBytes, totalBytes});
        state = judgeDisk(samples, state);
        told += state.level == Level::Fine ? u'f' : state.level == Level::Low ? u'L' : u'F';
    }
    return told;
}

/// Free bytes that change by `perSecond` from `from` on, a sample every two seconds.
QList<QPair<std::chrono::seconds, qint64>> line(int seconds, qint64 from, qint64 perSecond, int start = 0)
{
    QList<QPair<std::chrono::seconds, qint64>> all;
    for (int second = 0; second <= seconds; second += 2)
        all.append({std::chrono::seconds(start + second), from + second * perSecond});
    return all;
}

} // namespace

class TestDiskWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void judgesOneSample_data()
    {
        QTest::addColumn<qint64>("total");
        QTest::addColumn<qint64>("free");
        QTest::addColumn<Level>("level");
        const auto row = [](const char *name, qint64 total, qint64 free, Level level) {
            QTest::newRow(name) << total << free << level;
        };
        row("half of a large one", 1000 * gib, 500 * gib, Level::Fine);
        row("1 GiB of a large one", 1000 * gib, gib, Level::Fine);
        row("less", 1000 * gib, gib - 1, Level::Low);
        row("5 % of 10 GiB", 10 * gib, gib / 2, Level::Fine);
        row("less than that", 10 * gib, gib / 2 - 1, Level::Low);
        row("16 MiB of a small one", 64 * mib, 16 * mib, Level::Fine);
        row("less of it", 64 * mib, 16 * mib - 1, Level::Low);
        row("a quarter of a tiny one", 4 * mib, mib, Level::Fine);
        row("a large one with 1 MiB", 1000 * gib, mib, Level::Low);
        row("less than 1 MiB", 1000 * gib, mib - 1, Level::Full);
        row("nothing", 10 * gib, 0, Level::Full);
        row("nothing of nothing", 0, 0, Level::Fine);
    }
    void judgesOneSample()
    {
        QFETCH(qint64, total);
        QFETCH(qint64, free);
        QFETCH(Level, level);
        const DiskState state = judgeDisk({{5s, free, total}}, {});
        QCOMPARE(state.level, level);
        QCOMPARE(state.freeBytes, free);
        QCOMPARE(state.totalBytes, total);
        QCOMPARE(state.bytesPerSecond, 0);
        QVERIFY(!state.untilFull);
    }

    void tellsHowFastItFills_data()
    {
        QTest::addColumn<QList<QPair<std::chrono::seconds, qint64>>>("freeAt");
        QTest::addColumn<double>("rate");
        QTest::addColumn<qint64>("untilFull"); // -1: never
        using Line = QList<QPair<std::chrono::seconds, qint64>>;
        const auto row = [](const char *name, const Line &freeAt, double rate, qint64 untilFull) {
            QTest::newRow(name) << freeAt << rate << untilFull;
        };
        row("steadily", line(20, 100 * gib, -mib), double(mib), 100 * 1024 - 20);
        row("not for long enough", line(6, 100 * gib, -gib), 0.0, -1);
        row("it empties", line(20, 100 * gib, mib), 0.0, -1);
        row("it stays", line(20, 100 * gib, 0), 0.0, -1);
        row("only the last half minute counts", line(60, 100 * gib, -gib) + line(30, 40 * gib, 0, 62), 0.0,
            -1);
        row("a rest before", line(60, 100 * gib, 0) + line(28, 100 * gib, -mib, 62), 28.0 * mib / 30,
            (100 * gib - 28 * mib) * 30 / (28 * mib));
        row("seldom looked at", {{0s, 10 * gib}, {10s, 9 * gib}, {20s, 8 * gib}}, gib / 10.0, 80);
        row("a byte now and then", {{0s, 100 * gib}, {10s, 100 * gib - 1}}, 0.1, 1'000'000'000);
        row("after a sleep", {{0s, 100 * gib}, {7200s, gib}}, 0.0, -1);
    }
    void tellsHowFastItFills()
    {
        using Line = QList<QPair<std::chrono::seconds, qint64>>;
        QFETCH(Line, freeAt);
        QFETCH(double, rate);
        QFETCH(qint64, untilFull);
        QList<DiskSample> samples;
        for (const auto &[time, freeBytes] : freeAt)
            samples.append({time, freeBytes, 1000 * gib});
        const DiskState state = judgeDisk(samples, {});
        QVERIFY2(qAbs(state.bytesPerSecond - rate) <= rate / 1000,
                 qPrintable(QString::number(state.bytesPerSecond)));
        QCOMPARE(state.untilFull ? qint64(state.untilFull->count()) : -1, untilFull);
    }

    void takesAnotherSizeForAnotherDisk()
    {
        const DiskState state = judgeDisk({{0s, 100 * gib, 200 * gib}, {10s, 50 * gib, 100 * gib}}, {});
        QCOMPARE(state.bytesPerSecond, 0);
        QCOMPARE(state.level, Level::Fine);
    }

    void warnsInTimeAndDoesNotFlicker_data()
    {
        QTest::addColumn<QList<QPair<std::chrono::seconds, qint64>>>("freeAt");
        QTest::addColumn<QString>("expected"); // runs of the same letter as one
        using Line = QList<QPair<std::chrono::seconds, qint64>>;
        const auto row = [](const char *name, const Line &freeAt, const char *expected) {
            QTest::newRow(name) << freeAt << QString::fromLatin1(expected);
        };
        // 100 GiB in all: the reserve is 1 GiB.
        row("full within ten minutes", line(30, 50 * gib, -100 * mib), "fL");
        row("later than that", line(30, 80 * gib, -100 * mib), "f");
        row("a burst", line(6, 50 * gib, -gib) + line(60, 44 * gib, 0, 36), "f");
        row("it fills up", line(118, 1180 * mib + mib / 2, -10 * mib), "fLF");
        row("around the reserve",
            {{0s, gib}, {2s, gib - 1}, {4s, gib + 1}, {100s, gib}, {200s, gib + gib / 4}}, "fL");
        row("room was made", line(100, gib / 2, 0) + line(100, 50 * gib, 0, 102), "Lf");
        row("room was made, but it fills again",
            line(20, gib / 2, 0) + line(40, 50 * gib, 0, 22) + line(30, 50 * gib, -100 * mib, 64), "L");
        row("in steps it fills no slower",
            line(30, 50 * gib, -100 * mib) + line(50, 47 * gib, 0, 32) + line(30, 47 * gib, -100 * mib, 84),
            "fL");
        row("around full", {{0s, 0}, {2s, mib}, {4s, 2 * mib - 1}, {6s, 2 * mib}, {8s, mib}, {10s, mib - 1}},
            "FLF");
        row("from full to fine", line(10, 0, 0) + line(100, 50 * gib, 0, 12), "FLf");
    }
    void warnsInTimeAndDoesNotFlicker()
    {
        using Line = QList<QPair<std::chrono::seconds, qint64>>;
        QFETCH(Line, freeAt);
        QFETCH(QString, expected);
        QString told;
        for (const QChar level : levels(100 * gib, freeAt)) {
            if (!told.endsWith(level))
                told += level;
        }
        QCOMPARE(told, expected);
    }

    void looksByItself()
    {
        const auto measured = std::make_shared<std::atomic_int>(0);
        QThread *const gui = QThread::currentThread();
        DiskWatch watch([measured, gui]() -> std::optional<DiskSample> {
            const int count = ++*measured;
            if (QThread::currentThread() == gui || count == 3)
                return std::nullopt; // as if it could not be told
            return DiskSample{std::chrono::seconds(count), 50 * gib - count, 100 * gib};
        });
        QList<DiskState> states;
        connect(&watch, &DiskWatch::changed, this, [&](const DiskState &state) { states.append(state); });
        QTRY_COMPARE(states.size(), 1);
        QCOMPARE(states.at(0).freeBytes, 50 * gib - 1);
        watch.setBusy(true); // looks at once
        QTRY_COMPARE(states.size(), 2);
        QCOMPARE(states.at(1).freeBytes, 50 * gib - 2);
        watch.look();
        QTRY_COMPARE(states.size(), 3);
        QCOMPARE(states.at(2), DiskState());
        QTRY_COMPARE(states.size(), 4); // a busy one does not wait for a call
        QCOMPARE(states.at(3).freeBytes, 50 * gib - 4);
        QCOMPARE(watch.state(), states.at(3));
    }

    void isNotHeldUpByADiskThatDoesNotAnswer()
    {
        struct Server
        {
            QSemaphore asked;
            QSemaphore answer;
        };
        const auto server = std::make_shared<Server>();
        {
            DiskWatch watch([server]() -> std::optional<DiskSample> {
                server->asked.release();
                server->answer.acquire();
                return DiskSample{1s, gib, 2 * gib};
            });
            connect(&watch, &DiskWatch::changed, this, [] { QFAIL("told of what nobody knows"); });
            server->asked.acquire();
            watch.look(); // one question at a time
            watch.setBusy(true);
            QCoreApplication::processEvents();
            QCOMPARE(server->asked.available(), 0);
        }
        server->answer.release(); // comes back to a watch that is gone
        QCOMPARE(server->asked.available(), 0);
    }

    void measuresTheDirectorysDisk()
    {
        const QTemporaryDir directory;
        const auto sample = DiskWatch::measureOf(directory.path())();
        QVERIFY(sample);
        QVERIFY(sample->totalBytes > 0);
        QVERIFY(sample->freeBytes >= 0 && sample->freeBytes <= sample->totalBytes);
        QVERIFY(sample->time > 0s);
        QVERIFY(!DiskWatch::measureOf(directory.filePath(QStringLiteral("gone")))());
        QVERIFY(!DiskWatch::measureOf(QStringLiteral("/proc"))()); // has no size
    }
};

QTEST_GUILESS_MAIN(TestDiskWatch)
#include "tst_diskwatch.moc"
