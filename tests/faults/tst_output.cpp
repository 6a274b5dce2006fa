// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Streams in and out of a worker that are too much, too long, odd, or cut by kill -9.

#include "faultharness.h"
#include "testhome.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

qint64 diskBytes(const Run &run)
{
    qint64 total = 0;
    const QFileInfoList files = QDir(run.path).entryInfoList({u"out.*"_s, u"idx.*"_s}, QDir::Files);
    for (const QFileInfo &file : files)
        total += file.size();
    return total;
}

// A sanitizer's memory is its own affair.
#ifdef __SANITIZE_ADDRESS__
constexpr qint64 memorySlackKib = 64 << 10;
#else
constexpr qint64 memorySlackKib = 64;
#endif

/// Highest resident memory so far, KiB. Both halves share theirs.
qint64 peakKib(pid_t pid)
{
    const QByteArray status = contents(u"/proc/%1/status"_s.arg(pid));
    const qsizetype at = status.indexOf("VmHWM:");
    return at < 0 ? -1 : status.mid(at + 6).trimmed().split(' ').first().toLongLong();
}

/// What testworker's `long-line` writes.
QByteArray longLine(qint64 bytes)
{
    QByteArray block;
    for (int i = 0; i < 65535; ++i)
        block += char(i % 255 < 10 ? i % 255 : i % 255 + 1);
    QByteArray all;
    all.reserve(bytes);
    while (all.size() < bytes)
        all += block.left(bytes - all.size());
    return all;
}

quint64 hashOf(const QByteArray &bytes)
{
    quint64 hash = 14695981039346656037ull;
    for (const char byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ull;
    return hash;
}

/// Writes all of it, as far as the reader takes it within the patience.
bool feed(int descriptor, const QByteArray &bytes)
{
    qsizetype done = 0;
    return waitUntil([&] {
        while (done < bytes.size()) {
            const ssize_t count = ::write(descriptor, bytes.constData() + done, size_t(bytes.size() - done));
            if (count <= 0)
                return false;
            done += count;
        }
        return true;
    });
}

void endInput(const Run &run)
{
    // Again and again, as the window does, until the state confirms it.
    waitUntil([&] { return (stateOf(run).flags & InputOpen) == 0 || (command(run, Verb::EndInput), false); });
}

} // namespace

class TestOutput final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault30_fileSizeLimit();
    void fault32_flatOut();
    void fault33_oneLongLine();
    void fault33_escapes();
    void fault38_inputNobodyReads();
    void fault38_halfKilledWhileFeeding_data();
    void fault38_halfKilledWhileFeeding();
    void fault39_terminal();
    void fault39_terminalInterrupt();
    void fault39_terminalLastBytes();
    void fault39_terminalHalfKilled_data();
    void fault39_terminalHalfKilled();

private:
    std::optional<Harness> m_harness;
};

void TestOutput::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestOutput::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

void TestOutput::fault30_fileSizeLimit()
{
    // A soft limit is the worker's affair.
    const Run soft = m_harness->makeWorker({u"flood"_s, u"30000"_s});
    SpawnOptions options;
    options.beforeExec = [] {
        const rlimit limit{8192, RLIM_INFINITY};
        return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    };
    QCOMPARE(m_harness->launch(soft, options), int{AllStarted});
    QCOMPARE(endOf(soft, exited(0)), QString());
    QCOMPARE(outputOf(soft).size(), qsizetype{30'000});

    // A hard one binds the keeper too: no file may grow further, so the output goes on in another.
    const Run hard = m_harness->makeWorker({u"flood"_s, u"30000"_s, u"exit"_s, u"5"_s});
    options.beforeExec = [] {
        const rlimit limit{8192, 8192};
        return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    };
    QCOMPARE(m_harness->launch(hard, options), int{AllStarted});
    QCOMPARE(endOf(hard, exited(5)), QString());
    QCOMPARE(outputOf(hard), outputOf(soft));
    QCOMPARE(stateOf(hard).droppedBytes, 0u);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 30 RLIMIT_FSIZE: injected a soft limit (does not bind the keeper) and a hard one of 8 KiB; "
         "proved: no SIGXFSZ, all 30000 bytes kept, the exit code known");
}

void TestOutput::fault32_flatOut()
{
    constexpr qint64 limit = 32 << 20;
    const qint64 bytes = isLong() ? 10'000'000'000 : 1'000'000'000;
    const Run run = m_harness->makeRun({u"/usr/bin/head"_s, u"-c"_s, QString::number(bytes), u"/dev/zero"_s},
                                       {u"out-limit=%1"_s.arg(limit)});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    const pid_t keeper = stateOf(run).keeperPid;
    qint64 most = 0;
    qint64 firstPeak = 0;
    qint64 lastPeak = 0;
    QVERIFY(waitUntil(
        [&] {
            most = std::max(most, diskBytes(run));
            const qint64 peak = peakKib(keeper);
            if (peak > 0 && firstPeak == 0 && most > limit / 2)
                firstPeak = peak;
            lastPeak = peak > 0 ? peak : lastPeak;
            return isOver(run);
        },
        isLong() ? 600'000 : patienceMs));
    QCOMPARE(endOf(run, exited(0)), QString());
    const StateSlot state = stateOf(run);
    QCOMPARE(state.outputBytes, uint64_t(bytes));
    QCOMPARE(state.droppedBytes + uint64_t(outputOf(run).size()), state.outputBytes);
    QVERIFY((state.flags & OutputGap) != 0);
    QVERIFY(diskBytes(run) <= limit);
    // Its files are looked at one after the other, while it drops one and another grows.
    QVERIFY2(most <= limit + limit / 16, qPrintable(QString::number(most)));
    QVERIFY2(lastPeak - firstPeak <= memorySlackKib,
             qPrintable(u"%1 -> %2 KiB"_s.arg(firstPeak).arg(lastPeak)));
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 32 flat out: injected %.0f GB; proved: never more than %.1f MB of %.1f on the disk, what is "
         "dropped "
         "is counted to the byte, the keeper's memory stays (%lld -> %lld KiB)",
         double(bytes) / 1e9, double(most) / 1e6, double(limit) / 1e6, static_cast<long long>(firstPeak),
         static_cast<long long>(lastPeak));
}

void TestOutput::fault33_oneLongLine()
{
    const qint64 bytes = amount(20'000'000, 100'000'000);
    const Run run = m_harness->makeWorker({u"long-line"_s, QString::number(bytes)});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(0), longLine(bytes)), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 33 one long line: injected %lld bytes of all values but the line feed, NULs among them; "
         "proved: "
         "byte for byte there",
         static_cast<long long>(bytes));
}

void TestOutput::fault33_escapes()
{
    QByteArray bomb;
    for (int i = 0; i < 200; ++i)
        bomb += "\x1b[" + QByteArray::number(i) +
                "m\x1b]0;title\x07\x1b[2J\x1b[999999999A\x1bP\x1b\\\r\b\x0e\xc2\x9b";
    const Run run = m_harness->makeWorker({u"stdout"_s, QString::fromLatin1("@")});
    QByteArray spec = contents(run.path + u"/spec"_s);
    spec.replace("arg=@", QByteArray("arg=" + bomb));
    QFile file(run.path + u"/spec"_s);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(spec) == spec.size());
    file.close();
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(0), bomb + '\n'), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 33 escape bombs: injected %d bytes of control sequences; proved: kept as they are",
         int(bomb.size()));
}

void TestOutput::fault38_inputNobodyReads()
{
    const Run run = m_harness->makeWorker({u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, {u"input=pipe"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    QVERIFY((stateOf(run).flags & InputOpen) != 0);
    const pid_t keeper = stateOf(run).keeperPid;
    const qint64 before = peakKib(keeper);
    const int input = inputOf(run);
    QVERIFY(input >= 0);
    QVERIFY((::fcntl(input, F_GETFL) & O_NONBLOCK) != 0);
    const QByteArray block(1 << 20, 'x');
    qint64 taken = 0;
    for (int i = 0; i < 1000; ++i) { // 1 GB offered
        const ssize_t count = ::write(input, block.constData(), size_t(block.size()));
        if (count > 0)
            taken += count;
        else
            QCOMPARE(errno, EAGAIN);
    }
    ::close(input);
    QVERIFY2(taken <= (1 << 20), qPrintable(QString::number(taken)));
    QVERIFY(peakKib(keeper) - before <= memorySlackKib);
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 38 input nobody reads: injected 1 GB; proved: %lld bytes are taken and then none, without "
         "blocking "
         "anybody; the keeper holds none of it; it stops as ever",
         static_cast<long long>(taken));
}

void TestOutput::fault38_halfKilledWhileFeeding_data()
{
    QTest::addColumn<bool>("active");
    QTest::newRow("active") << true;
    QTest::newRow("guardian") << false;
}

void TestOutput::fault38_halfKilledWhileFeeding()
{
    QFETCH(const bool, active);
    const QByteArray bytes = longLine(4'000'000);
    const QByteArray said =
        u"end of input after %1 bytes, hash %2\n"_s.arg(bytes.size()).arg(hashOf(bytes), 0, 16).toLatin1();
    const int rounds = amount(10, 100);
    for (int round = 0; round < rounds; ++round) {
        const Run run = m_harness->makeWorker({u"count-input"_s, u"exit"_s, u"4"_s}, {u"input=pipe"_s});
        QCOMPARE(m_harness->launch(run), int{AllStarted});
        const StateSlot state = stateOf(run);
        int input = inputOf(run);
        QVERIFY(input >= 0);
        const qsizetype part = chanceBelow(int(bytes.size()));
        QVERIFY(feed(input, bytes.left(part)));
        m_harness->kill(active ? state.keeperPid : state.guardianPid, SIGKILL);
        if (round % 2 == 0) { // the window may be a new one by then
            ::close(input);
            QVERIFY(waitUntil([&] { return (input = inputOf(run)) >= 0; }));
        }
        QVERIFY(feed(input, bytes.mid(part)));
        ::close(input);
        endInput(run);
        QCOMPARE(endOf(run, exited(4), said), QString());
        QCOMPARE(m_harness->leftOver(), QString());
    }
    tell("fault 38 takeover while input is written: injected %d kills of the %s half amid 4 MB; proved: "
         "every byte "
         "arrives once, then the end of input",
         rounds, QTest::currentDataTag());
}

void TestOutput::fault39_terminal()
{
    const Run run = m_harness->makeWorker({u"watch-size"_s, u"sleep"_s, u"100"_s},
                                          {u"input=terminal"_s, u"columns=100"_s, u"rows=30"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY((stateOf(run).flags & Terminal) != 0);
    QVERIFY(waitUntil([&] { return outputOf(run) == "size 100x30\n"; }));
    QVERIFY(command(run, Verb::Resize, 132 << 16 | 43));
    QVERIFY(waitUntil([&] { return outputOf(run) == "size 100x30\nsize 132x43\n"; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "size 100x30\nsize 132x43\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 39 terminal: injected a resize; proved: the worker hears of it and sees the new size");
}

void TestOutput::fault39_terminalInterrupt()
{
    const Run run =
        m_harness->makeWorker({u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, {u"input=terminal"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    const int input = inputOf(run);
    QVERIFY(input >= 0);
    QVERIFY(feed(input, QByteArray("\x03", 1)));
    ::close(input);
    QCOMPARE(endOf(run, SIGINT), QString());
    QVERIFY((stateOf(run).flags & (StopAsked | KillAsked)) == 0);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 39 terminal: injected Ctrl-C as a byte; proved: SIGINT by the terminal, recorded as the "
         "worker's own end");
}

void TestOutput::fault39_terminalLastBytes()
{
    const int count = amount(60, 1000);
    QList<Run> runs;
    for (int i = 0; i < count; ++i)
        runs += m_harness->makeWorker({u"trickle"_s, u"50"_s, u"0"_s, u"stdout"_s, u"last words"_s, u"exit"_s,
                                       QString::number(i % 256)},
                                      {u"input=terminal"_s});
    QByteArray expected;
    for (int line = 0; line < 50; ++line)
        expected += QByteArray::number(line).rightJustified(15, '0') + "\n";
    expected += "last words\n";
    for (int first = 0; first < count; first += 20)
        QCOMPARE(m_harness->launch(runs.mid(first, 20)), int{AllStarted});
    for (int i = 0; i < count; ++i)
        QCOMPARE(endOf(runs.at(i), exited(i % 256), expected), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 39 terminal: injected %d workers that write and exit at once; proved: every last byte is "
         "there",
         count);
}

void TestOutput::fault39_terminalHalfKilled_data()
{
    QTest::addColumn<bool>("active");
    QTest::newRow("active") << true;
    QTest::newRow("guardian") << false;
}

void TestOutput::fault39_terminalHalfKilled()
{
    QFETCH(const bool, active);
    QByteArray expected;
    for (int line = 0; line < 3000; ++line)
        expected += QByteArray::number(line).rightJustified(15, '0') + "\n";
    const int rounds = amount(20, 300);
    for (int round = 0; round < rounds; ++round) {
        const Run run = m_harness->makeWorker({u"trickle"_s, u"3000"_s, u"0"_s, u"exit"_s, u"6"_s},
                                              {u"input=terminal"_s});
        QCOMPARE(m_harness->launch(run), int{AllStarted});
        const StateSlot state = stateOf(run);
        passTime(chanceBelow(10'000));
        if (!isOver(run))
            m_harness->kill(active ? state.keeperPid : state.guardianPid, SIGKILL);
        QCOMPARE(endOf(run, exited(6), expected), QString());
        QCOMPARE(m_harness->leftOver(), QString());
    }
    tell("fault 39 terminal: injected %d kills of the %s half while it is written to; proved: 0 bytes lost",
         rounds, QTest::currentDataTag());
}

QTEST_GUILESS_MAIN(TestOutput)
#include "tst_output.moc"
