// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "faults/faultharness.h"

#include "keeper/rundir.h"
#include "patience.h"

#include <QFile>
#include <QProcess>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using rundir::Phase;
using rundir::Verb;

namespace {

QStringList shell(const char *text)
{
    return {QStringLiteral("/bin/sh"), QStringLiteral("-c"), QString::fromLatin1(text)};
}

bool write(const int file, const QByteArray &bytes)
{
    return ::write(file, bytes.constData(), size_t(bytes.size())) == bytes.size();
}

/// Writes what the worker is to read, on a descriptor that its keeper gave.
bool type(const Run &run, const QByteArray &bytes)
{
    const int file = inputOf(run);
    const bool written = file >= 0 && write(file, bytes);
    ::close(file);
    return written;
}

QByteArray request(const QString &path, const QList<QByteArray> &secrets = {})
{
    QByteArray bytes = QFile::encodeName(path) + '\0';
    for (const QByteArray &secret : secrets)
        bytes += secret + '\0';
    return bytes + '\0';
}

const QString terminal = QStringLiteral("input=terminal");
const QString pipeInput = QStringLiteral("input=pipe");

} // namespace

/// What a worker reads from and writes to, and how a launcher is talked to.
class TestKeeperStreams final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_harness.emplace(); }
    void cleanup()
    {
        const QString left = m_harness->leftOver();
        m_harness.reset();
        QVERIFY2(left.isEmpty(), qPrintable(left));
    }

    void nothingToRead();
    void pipeInputAndItsEnd();
    void pipeInputNobodyReads();
    void terminalForAllStreams();
    void terminalTypeOfTheWorker();
    void terminalInput();
    void terminalInterrupt();
    void terminalResized();
    void terminalEndOfInput();
    void terminalKeepsTheLastBytes();
    void terminalClosedAndOpenedAgain();
    void straysKept();
    void straysKeptAreKilled();
    void servedStarts();
    void servedStartThatFails();

private:
    bool start(const Run &run) { return m_harness->launch(run) == 0; }
    QString servedReport(QProcess &launcher, rundir::Start start, const QString &run);

    std::optional<Harness> m_harness;
};

void TestKeeperStreams::nothingToRead()
{
    const Run run = m_harness->makeRun({QStringLiteral("/bin/cat")});
    QVERIFY(start(run));
    QCOMPARE(endOf(run, exited(0), QByteArray()), QString());
    const Run waits = m_harness->makeRun(shell("sleep 100"));
    QVERIFY(start(waits));
    QCOMPARE(stateOf(waits).flags & rundir::InputOpen, 0u);
    QCOMPARE(inputOf(waits), -1);
    QVERIFY(command(waits, Verb::Kill));
    QVERIFY(waitForPhase(waits, Phase::Finished));
}

void TestKeeperStreams::pipeInputAndItsEnd()
{
    const Run run = m_harness->makeRun({QStringLiteral("/bin/cat")}, {pipeInput});
    QVERIFY(start(run));
    QVERIFY((stateOf(run).flags & rundir::InputOpen) != 0);
    QVERIFY(type(run, "one\n"));
    QTRY_COMPARE(outputOf(run), QByteArray("one\n"));
    QVERIFY(type(run, QByteArray("two\0three", 9)));
    QVERIFY(command(run, Verb::EndInput));
    QCOMPARE(endOf(run, exited(0), QByteArray("one\ntwo\0three", 13)), QString());
    QCOMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown});
}

void TestKeeperStreams::pipeInputNobodyReads()
{
    const Run run = m_harness->makeRun(shell("exec 0<&-; echo closed; exec sleep 100"), {pipeInput});
    QVERIFY(start(run));
    QTRY_COMPARE(stateOf(run).flags & rundir::InputOpen, 0u);
    QCOMPARE(inputOf(run), -1);
    QVERIFY(command(run, Verb::Kill));
    QVERIFY(waitForPhase(run, Phase::Finished));
}

void TestKeeperStreams::terminalForAllStreams()
{
    const Run run = m_harness->makeRun(
        shell("test -t 0 && test -t 1 && test -t 2 && stty size; echo err >&2; echo tty > /dev/tty"),
        {terminal, QStringLiteral("columns=100"), QStringLiteral("rows=30")});
    QVERIFY(start(run));
    QCOMPARE(endOf(run, exited(0), QByteArray("30 100\nerr\ntty\n")), QString());
    QCOMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown | rundir::Terminal | rundir::StreamsMerged});
}

void TestKeeperStreams::terminalTypeOfTheWorker()
{
    const Run run = m_harness->makeRun(shell("echo $TERM"), {terminal});
    const Run named = m_harness->makeRun(shell("echo $TERM"), {terminal, QStringLiteral("env=TERM=dumb")});
    QCOMPARE(m_harness->launch({run, named}), 0);
    QCOMPARE(endOf(run, exited(0), QByteArray("xterm-256color\n")), QString());
    QCOMPARE(endOf(named, exited(0), QByteArray("dumb\n")), QString());
}

void TestKeeperStreams::terminalInput()
{
    const Run run = m_harness->makeRun(shell("read line; echo \"got $line\""), {terminal});
    QVERIFY(start(run));
    QVERIFY(type(run, "hello\n"));
    QCOMPARE(endOf(run, exited(0), QByteArray("hello\ngot hello\n")), QString()); // a terminal echoes
}

void TestKeeperStreams::terminalInterrupt()
{
    const Run run = m_harness->makeRun(
        shell("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 1; done"), {terminal});
    QVERIFY(start(run));
    QTRY_COMPARE(outputOf(run), QByteArray("ready\n"));
    QVERIFY(type(run, "\x03"));
    QCOMPARE(endOf(run, exited(3)), QString());
    QVERIFY(outputOf(run).endsWith("caught\n"));
}

void TestKeeperStreams::terminalResized()
{
    const Run run = m_harness->makeRun(
        shell("trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done"), {terminal});
    QVERIFY(start(run));
    QTRY_COMPARE(outputOf(run), QByteArray("ready\n"));
    QVERIFY(command(run, Verb::Resize, 120 << 16 | 40));
    QCOMPARE(endOf(run, exited(0), QByteArray("ready\n40 120\n")), QString());
}

void TestKeeperStreams::terminalEndOfInput()
{
    const Run run = m_harness->makeRun({QStringLiteral("/bin/cat")}, {terminal});
    QVERIFY(start(run));
    QVERIFY(type(run, "line\n"));
    QTRY_COMPARE(outputOf(run), QByteArray("line\nline\n"));
    QVERIFY(command(run, Verb::EndInput));
    QCOMPARE(endOf(run, exited(0), QByteArray("line\nline\n")), QString());
}

void TestKeeperStreams::terminalKeepsTheLastBytes()
{
    const Run run = m_harness->makeRun({QStringLiteral("/usr/bin/seq"), QStringLiteral("40000")}, {terminal});
    QVERIFY(start(run));
    QVERIFY(waitForPhase(run, Phase::Finished));
    const QByteArray output = outputOf(run);
    QCOMPARE(output.count('\n'), qsizetype{40'000});
    QVERIFY(output.endsWith("39999\n40000\n"));
}

void TestKeeperStreams::terminalClosedAndOpenedAgain()
{
    const Run run = m_harness->makeRun(
        shell("exec < /dev/null > /dev/null 2>&1; sleep 0.2; seq 3000 > /dev/tty; exit 3"), {terminal});
    QVERIFY(start(run));
    QCOMPARE(endOf(run, exited(3)), QString());
    QVERIFY(outputOf(run).endsWith("2999\n3000\n"));
    QCOMPARE(outputOf(run).count('\n'), qsizetype{3000});
}

void TestKeeperStreams::straysKept()
{
    const Run run =
        m_harness->makeRun(shell("sleep 100 & sleep 100 & exit 4"), {QStringLiteral("strays=keep")});
    QVERIFY(start(run));
    QVERIFY(waitForPhase(run, Phase::Exited));
    QTRY_COMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown | rundir::StraysKept});
    QCOMPARE(stateOf(run).strays, 2u);
    QCOMPARE(stateOf(run).waitStatus, exited(4));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, exited(4)), QString());
    // What was stopped is what the worker left, not the worker.
    QCOMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown});
    QCOMPARE(stateOf(run).stopSignal, SIGTERM);
}

void TestKeeperStreams::straysKeptAreKilled()
{
    const Run run = m_harness->makeRun(shell("trap '' TERM; (sleep 100; sleep 100) & exit 0"),
                                       {QStringLiteral("strays=keep"), QStringLiteral("grace-ms=100")});
    QVERIFY(start(run));
    QTRY_COMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown | rundir::StraysKept});
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, exited(0)), QString());
    QCOMPARE(stateOf(run).flags, uint32_t{rundir::StatusKnown | rundir::GraceExpired});
}

/// Reads the next report. Returns what is not as expected; empty: nothing.
QString TestKeeperStreams::servedReport(QProcess &launcher, const rundir::Start start, const QString &run)
{
    rundir::StartReport report{};
    while (launcher.bytesAvailable() < qint64{sizeof report}) {
        if (!launcher.waitForReadyRead(60'000))
            return QStringLiteral("no report came");
    }
    launcher.read(reinterpret_cast<char *>(&report), sizeof report);
    if (QString::fromLatin1(report.run) != run)
        return QStringLiteral("the report is on %1").arg(QString::fromLatin1(report.run));
    return report.start == start ? QString() : QStringLiteral("the start is %1").arg(int(report.start));
}

void TestKeeperStreams::servedStarts()
{
    QProcess launcher;
    // By a short name, which leaves no room for what a keeper shows of itself.
    QVERIFY(QFile::link(Harness::keeper(), m_harness->filePath(QStringLiteral("k"))));
    launcher.setWorkingDirectory(m_harness->path());
    launcher.start(QStringLiteral("./k"), {QStringLiteral("--serve")});
    QVERIFY(launcher.waitForStarted());
    const Run first = m_harness->makeRun(shell("echo $API_TOKEN; tr -s '\\0' ' ' < /proc/$PPID/cmdline"));
    const Run second = m_harness->makeRun(shell("exit 3"));
    launcher.write(request(first.path, {"API_TOKEN=s3cret"}));
    QCOMPARE(servedReport(launcher, rundir::Start::Started, first.id), QString());
    const QByteArray bytes = request(second.path);
    launcher.write(bytes.left(9)); // a request may come in pieces
    QVERIFY(launcher.waitForBytesWritten());
    launcher.write(bytes.mid(9));
    QCOMPARE(servedReport(launcher, rundir::Start::Started, second.id), QString());
    QCOMPARE(endOf(first, exited(0), QByteArray("s3cret\nprocession-keeper " + first.id.toLatin1() + ' ')),
             QString());
    QCOMPARE(endOf(second, exited(3)), QString());
    launcher.closeWriteChannel();
    QVERIFY(launcher.waitForFinished());
    QCOMPARE(launcher.exitCode(), 0);
}

void TestKeeperStreams::servedStartThatFails()
{
    QProcess launcher;
    launcher.start(Harness::keeper(), {QStringLiteral("--serve")});
    QVERIFY(launcher.waitForStarted());
    launcher.write(request(QStringLiteral("/nowhere/at-all")));
    QCOMPARE(servedReport(launcher, rundir::Start::NoDirectory, QStringLiteral("at-all")), QString());
    const Run missing = m_harness->makeRun({QStringLiteral("/no/such/program")});
    launcher.write(request(missing.path));
    QCOMPARE(servedReport(launcher, rundir::Start::Failed, missing.id), QString());
    QCOMPARE(stateOf(missing).phase, Phase::FailedToStart);
    QCOMPARE(stateOf(missing).error, ENOENT);
    QTRY_VERIFY(!isHeld(missing));
    launcher.write(request(missing.path));
    QCOMPARE(servedReport(launcher, rundir::Start::AlreadyRan, missing.id), QString());
    launcher.closeWriteChannel();
    QVERIFY(launcher.waitForFinished());
}

QTEST_GUILESS_MAIN(TestKeeperStreams)
#include "tst_keeperstreams.moc"
