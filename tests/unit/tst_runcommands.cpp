// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "runmaker.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>

#include <fcntl.h>
#include <memory>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString testWorker = QStringLiteral(PROCESSION_BIN_DIR "/procession-testworker");
const QString program = QStringLiteral(PROCESSION_BIN_DIR "/procession");

// Long beyond what any of this takes, and short of the test's own limit.
constexpr int patience = 60'000;

// The hour in the id of each run that makeAll() makes.
enum Hour { Good, Signalled, NotFound, Lost, Running };

} // namespace

/// `procession list`, `stop` and `logs`, run as programs.
class TestRunCommands final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_runs = std::make_unique<RunMaker>(*m_home);
    }

    void cleanup()
    {
        run({u"stop"_s, u"--all"_s, u"--kill"_s});
        QTRY_COMPARE(m_home->processes(), QList<qint64>());
        m_runs.reset();
        m_home.reset();
    }

    void listsAsText()
    {
        makeAll();
        QCOMPARE(run({u"list"_s}), 0);
        QCOMPARE(m_error, QByteArray());
        const QList<QByteArray> lines = m_out.trimmed().split('\n');
        QCOMPARE(lines.size(), 6);
        const auto words = [&lines](int row) { return lines.at(row).simplified().split(' '); };
        QCOMPARE(words(0),
                 QList<QByteArray>({"ID", "NAME", "STATE", "EXIT", "PID", "STARTED", "ELAPSED", "COMMAND"}));
        QVERIFY(lines.at(1).startsWith(QByteArray(RunMaker::id(Good).toLatin1() + "  good ")));
        QVERIFY(lines.at(1).contains("Succeeded"));
        QVERIFY(lines.at(2).contains("Crashed") && lines.at(2).contains("SIGKILL (9)"));
        QVERIFY(lines.at(3).contains("Failed to start"));
        QVERIFY(lines.at(4).contains("Lost") && lines.at(4).contains("unknown"));
        QVERIFY(lines.at(5).contains("Running"));
        QVERIFY(lines.at(5).endsWith(QByteArray(testWorker.toUtf8() + " both sleep 100")));
        // Columns stand below each other.
        for (const char *title : {"NAME", "STATE", "EXIT", "STARTED", "COMMAND"}) {
            const qsizetype at = lines.at(0).indexOf(title);
            for (const QByteArray &line : lines.sliced(1))
                QVERIFY2(line.at(at - 1) == ' ' && line.at(at) != ' ', line.constData());
        }
        QCOMPARE(run({u"list"_s, u"--alive"_s}), 0);
        QCOMPARE(m_out.count('\n'), 2);
        QVERIFY(said("running"));
        QCOMPARE(run({u"list"_s, u"--all"_s, u"--long"_s}), 0);
        QVERIFY(said(m_runs->pathOf(RunMaker::id(Running)).toUtf8() + "/out.00000000000000000000\n"));
        QVERIFY(said("/no/such/thing” does not exist"));
    }

    void listsAsJson()
    {
        makeAll();
        QCOMPARE(run({u"list"_s, u"--json"_s}), 0);
        const QList<QJsonObject> runs = objects();
        QCOMPARE(runs.size(), 5);
        const auto value = [&runs](Hour hour, const char *key) {
            return runs.at(hour).value(QLatin1StringView(key)).toVariant();
        };
        QCOMPARE(value(Good, "id").toString(), RunMaker::id(Good));
        QCOMPARE(value(Good, "worker").toString(), u"good"_s);
        QCOMPARE(value(Good, "outcome").toString(), u"Succeeded"_s);
        QCOMPARE(value(Good, "exitCode"), QVariant(qlonglong(0)));
        QCOMPARE(value(Good, "state").toString(), u"Ended"_s);
        QVERIFY(value(Good, "elapsed").toDouble() >= 0);
        QVERIFY(QDateTime::fromString(value(Good, "started").toString(), Qt::ISODateWithMs).isValid());
        QCOMPARE(value(Signalled, "exitCode").toInt(), -9);
        QCOMPARE(value(Signalled, "signal").toString(), u"SIGKILL"_s);
        QCOMPARE(value(NotFound, "outcome").toString(), u"FailedToStart"_s);
        QVERIFY(runs.at(NotFound).value("exitCode"_L1).isNull());
        QVERIFY(value(NotFound, "problem").toString().contains(u"/no/such/thing"_s));
        QCOMPARE(value(Lost, "outcome").toString(), u"Lost"_s);
        QVERIFY(runs.at(Lost).value("exitCode"_L1).isNull());
        QVERIFY(runs.at(Lost).value("elapsed"_L1).isNull());
        QCOMPARE(value(Running, "state").toString(), u"Running"_s);
        QVERIFY(runs.at(Running).value("outcome"_L1).isNull());
        QVERIFY(value(Running, "alive").toBool());
        QVERIFY(value(Running, "pid").toLongLong() > 0);
        QCOMPARE(value(Running, "command").toStringList(),
                 QStringList({testWorker, u"both"_s, u"sleep"_s, u"100"_s}));
        const QStringList output = value(Running, "output").toStringList();
        QCOMPARE(output.size(), 1);
        QVERIFY(output.first().startsWith(u'/') && QFileInfo::exists(output.first()));
    }

    void nothingAndNonsense()
    {
        QCOMPARE(run({u"list"_s}), 0);
        QCOMPARE(m_out, QByteArray());
        QVERIFY(!m_error.isEmpty());
        QCOMPARE(run({u"list"_s, u"--json"_s}), 0);
        QCOMPARE(m_out + m_error, QByteArray());
        QCOMPARE(run({u"stop"_s, u"--all"_s}), 0);
        for (const QStringList &wrong :
             {QStringList{u"list"_s, u"--nonsense"_s}, QStringList{u"list"_s, u"x"_s},
              QStringList{u"list"_s, u"--all"_s, u"--alive"_s}, QStringList{u"stop"_s},
              QStringList{u"stop"_s, u"--all"_s, u"x"_s},
              QStringList{u"stop"_s, u"--timeout"_s, u"soon"_s, u"x"_s}, QStringList{u"logs"_s},
              QStringList{u"logs"_s, u"a"_s, u"b"_s}, QStringList{u"logs"_s, u"--tail"_s, u"-1"_s, u"x"_s}}) {
            QCOMPARE(run(wrong), 2);
            QCOMPARE(m_out, QByteArray());
            QVERIFY2(m_error.startsWith("procession: ") && complained("--help"), m_error.constData());
            QCOMPARE(m_error.count('\n'), 1);
        }
        for (const QString &command : {u"list"_s, u"stop"_s, u"logs"_s}) {
            QCOMPARE(run({command, u"--help"_s}), 0);
            QVERIFY(m_out.startsWith(QByteArray("Usage: procession " + command.toLatin1())));
            QCOMPARE(m_error, QByteArray());
        }
        QCOMPARE(run({u"stop"_s, u"nobody"_s}), 1);
        QVERIFY2(complained("There is no run \"nobody\". \"procession list\" shows"), m_error.constData());
        QCOMPARE(run({u"logs"_s, u"nobody"_s}), 1);
        QVERIFY(complained("no run \"nobody\""));
    }

    void listSaysWhyItCannot()
    {
        makeAll();
        QCOMPARE(runInShell(u"list >/dev/full"_s), 1);
        QVERIFY2(complained("procession: the list cannot be written: No space left"), m_error.constData());
        for (const QString &command : {u"list >&-"_s, u"list --json >&-"_s}) {
            QCOMPARE(runInShell(command), 1);
            QVERIFY2(complained("standard output is closed."), m_error.constData());
        }
        QCOMPARE(runInShell(u"run -- true >&-"_s), 0);
        QVERIFY2(complained("standard output is closed;"), m_error.constData());
        // What another user's looks like cannot be made by root; no directory at all comes to the same.
        const QString runs = m_home->filePath(u"state"_s) + u"/procession/runs"_s;
        QVERIFY(QDir().exists(runs));
        run({u"stop"_s, u"--all"_s, u"--kill"_s});
        QVERIFY(QFile::rename(runs, runs + u".away"_s));
        QFile file(runs);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(run({u"list"_s}), 1);
        QVERIFY2(complained("cannot be read: Not a directory."), m_error.constData());
        QVERIFY(file.remove());
    }

    void nothingActsOnTheTerminal()
    {
        m_runs->fake(RunMaker::id(1), 0, 0, u"red\x1b[31m\nline\x202e"_s);
        m_runs->fake(u"two\nlines"_s, 0);
        QCOMPARE(run({u"list"_s}), 0);
        QCOMPARE(m_out.count('\n'), 3);
        QVERIFY(!m_out.contains('\x1b'));
        QVERIFY(said("red\\x1b[31m\\nline\\u202e"));
        QVERIFY(said("two\\nlines"));
        QCOMPARE(run({u"list"_s, u"--json"_s}), 0);
        QCOMPARE(objects().size(), 2);
        QCOMPARE(run({u"logs"_s, u"two"_s}), 0);
    }

    void aTerminalGetsWhatItHasRoomFor()
    {
        makeAll();
        const QByteArray shown = onTerminal({u"list"_s}, 72);
        QCOMPARE(shown.count('\n'), 6);
        for (QByteArray line : shown.split('\n')) {
            line.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\r", "");
            QVERIFY2(QString::fromUtf8(line).size() <= 72, line.constData());
        }
        QCOMPARE(shown.count("\x1b[1m"), 1); // what is alive is easy to see
        // The short id that is shown is understood.
        QVERIFY(shown.contains("\n00000000  good"));
        QCOMPARE(run({u"stop"_s, u"00000000"_s}), 0);
        QVERIFY(said("good"));
    }

    void stopsWholeTrees()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"setsid-daemon"_s, u"tree"_s, u"3"_s, u"sleep"_s, u"100"_s});
        m_runs->launch(id);
        QTRY_VERIFY(m_home->processes().size() > 10);
        QCOMPARE(run({u"stop"_s, u"--kill"_s, u"w"_s}), 0);
        QVERIFY2(said("w (" + id.toLatin1() + ") ended, nothing left (by SIGKILL (9), after "),
                 m_out.constData());
        QCOMPARE(m_home->processes(), QList<qint64>());
        QCOMPARE(run({u"stop"_s, u"w"_s}), 0);
        QVERIFY(said("had ended already"));
    }

    void stopsInEveryState()
    {
        makeAll();
        m_runs->prepare(RunMaker::id(10), {testWorker}, u"never"_s);
        QCOMPARE(run({u"stop"_s, u"good"_s, u"signalled"_s, u"notfound"_s, u"lost"_s, u"running"_s,
                      u"never"_s, u"nobody"_s}),
                 1);
        QCOMPARE(m_error.count('\n'), 1); // only of nobody
        QVERIFY2(said("good (" + RunMaker::id(Good).toLatin1() + ") had ended already (exit code 0"),
                 m_out.constData());
        QVERIFY2(said(") had ended already (by SIGKILL (9)"), m_out.constData());
        QVERIFY2(said(") could not be started"), m_out.constData());
        QVERIFY2(said(") is not alive, and nothing of it is found. Its keeper was killed"),
                 m_out.constData());
        QVERIFY2(said(") ended, nothing left (by SIGTERM (15), after "), m_out.constData());
        QVERIFY2(said(") had not been started, and will not be"), m_out.constData());
        m_runs->launch(RunMaker::id(10));
        QCOMPARE(RunCatalog::read(m_runs->pathOf(RunMaker::id(10)))->status.outcome, Outcome::FailedToStart);
    }

    void stopsWhatNobodyKeeps()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"setsid-daemon"_s, u"sleep"_s, u"100"_s}, u"orphan"_s);
        m_runs->launch(id);
        QTRY_COMPARE(m_home->processes().size(), 2);
        m_runs->killKeeper(id);
        QTRY_VERIFY(RunCatalog::read(m_runs->pathOf(id))->status.keeperGone);
        QCOMPARE(run({u"list"_s}), 0);
        QVERIFY2(said("Keeper gone"), m_out.constData());
        QCOMPARE(run({u"stop"_s, u"orphan"_s}), 0);
        QVERIFY2(said("its exit code is not known"), m_out.constData());
        QCOMPARE(m_home->processes(), QList<qint64>());
    }

    void waitsOnlyAsLongAsIsWanted()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"ignore-term"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s});
        m_runs->launch(id);
        QTRY_VERIFY(RunCatalog::read(m_runs->pathOf(id))->status.outputBytes > 0);
        QCOMPARE(run({u"stop"_s, u"--timeout=200ms"_s, u"--all"_s}), 124);
        QVERIFY2(complained("the timeout passed; still being ended: w (" + id.toLatin1() + ")"),
                 m_error.constData());
        QCOMPARE(m_runs->state(id), State::Stopping);
        const auto stop = start({u"stop"_s, id});
        QTRY_VERIFY(hasHandler(stop->processId(), SIGINT));
        QCOMPARE(::kill(pid_t(stop->processId()), SIGINT), 0);
        QCOMPARE(finish(*stop), 130);
        QVERIFY(complained("interrupted; still being ended"));
        QCOMPARE(m_runs->state(id), State::Stopping);
    }

    void namesThatMeanSeveral()
    {
        for (int i = 0; i < 3; ++i) {
            m_runs->prepare(RunMaker::id(i), {testWorker, u"stdout"_s, QString::number(i)}, u"same"_s,
                            i < 2 ? u"one"_s : u"two"_s);
            m_runs->launch(RunMaker::id(i));
            QTRY_COMPARE(m_runs->state(RunMaker::id(i)), State::Ended);
        }
        QCOMPARE(run({u"logs"_s, u"same"_s}), 1);
        QVERIFY2(m_error.startsWith("procession: \"same\" means 3 runs. Give the ID of one:\n"),
                 m_error.constData());
        QCOMPARE(m_error.count('\n'), 4);
        QVERIFY(complained(RunMaker::id(1).toLatin1()));
        QCOMPARE(run({u"logs"_s, RunMaker::id(1).chopped(1)}), 0); // the beginning of one id only
        QCOMPARE(m_out, QByteArray("1\n"));
        // Of one worker's runs the latest is meant.
        QVERIFY(QDir(m_runs->pathOf(RunMaker::id(2))).removeRecursively());
        QCOMPARE(run({u"logs"_s, u"same"_s}), 0);
        QCOMPARE(m_out, QByteArray("1\n"));
    }

    void givesOutputUnchanged()
    {
        makeAll();
        QCOMPARE(run({u"logs"_s, u"running"_s}), 0);
        QCOMPARE(m_out, QByteArray("to standard output\nto standard error\n"));
        QCOMPARE(run({u"logs"_s, u"running"_s, u"--stderr"_s}), 0);
        QCOMPARE(m_out, QByteArray("to standard error\n"));
        QCOMPARE(run({u"logs"_s, u"running"_s, u"--stdout"_s}), 0);
        QCOMPARE(m_out, QByteArray("to standard output\n"));
        for (const QString &name : {u"notfound"_s, u"lost"_s, u"good"_s, u"signalled"_s}) {
            QCOMPARE(run({u"logs"_s, name, u"--follow"_s}), 0);
            QCOMPARE(m_error, QByteArray());
        }
        QByteArray bytes;
        for (int i = 0; i < 70'000; ++i)
            bytes += char(i % 256);
        m_runs->write(RunMaker::id(Good), "out.00000000000000000000", bytes);
        QCOMPARE(run({u"logs"_s, u"good"_s}), 0);
        QCOMPARE(m_out, bytes);
        // A gap is named, and not in the output.
        m_runs->write(RunMaker::id(Good), "out.00000000000000080000", "after\n");
        QCOMPARE(run({u"logs"_s, u"good"_s}), 0);
        QCOMPARE(m_out, bytes + "after\n");
        QVERIFY2(complained("10000 bytes of output were not kept"), m_error.constData());
    }

    void tails_data()
    {
        QTest::addColumn<int>("lines");
        QTest::addColumn<QByteArray>("shown");
        QTest::newRow("0") << 0 << QByteArray();
        QTest::newRow("1") << 1 << QByteArray("3\n");
        QTest::newRow("2") << 2 << QByteArray("2\n3\n");
        QTest::newRow("all") << 3 << QByteArray("1\n2\n3\n");
        QTest::newRow("more") << 9 << QByteArray("1\n2\n3\n");
    }
    void tails()
    {
        QFETCH(int, lines);
        QFETCH(QByteArray, shown);
        m_runs->fake(RunMaker::id(1), 0);
        m_runs->write(RunMaker::id(1), "out.00000000000000000000", "1\n2\n3\n");
        QCOMPARE(run({u"logs"_s, u"--tail"_s, QString::number(lines), u"w"_s}), 0);
        QCOMPARE(m_out, shown);
        // The lines may be further apart than one look reaches, and the last may have no end.
        const QByteArray far = QByteArray(200'000, 'x') + '\n';
        m_runs->write(RunMaker::id(1), "out.00000000000000000000", far + far + "end");
        QCOMPARE(run({u"logs"_s, u"--tail"_s, u"2"_s, u"w"_s}), 0);
        QCOMPARE(m_out, far + "end");
    }

    void followsToTheEnd()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"stdout"_s, u"first"_s, u"sleep"_s, u"0.3"_s, u"stderr"_s,
                             u"second"_s, u"flood"_s, u"3000000"_s, u"sleep"_s, u"100"_s});
        m_runs->launch(id);
        const auto all = start({u"logs"_s, u"-f"_s, u"w"_s});
        const auto errors = start({u"logs"_s, u"-f"_s, u"--stderr"_s, u"w"_s});
        QTRY_COMPARE(RunCatalog::read(m_runs->pathOf(id))->status.outputBytes, 13u + 3'000'000u);
        QCOMPARE(all->state(), QProcess::Running);
        QCOMPARE(run({u"stop"_s, u"w"_s}), 0);
        QCOMPARE(finish(*all), 0);
        QCOMPARE(m_out.size(), 13 + 3'000'000);
        QVERIFY(m_out.startsWith("first\n"));
        QVERIFY(said("second\n")); // its place among what came at the same time is anywhere
        QCOMPARE(finish(*errors), 0);
        QCOMPARE(m_out, QByteArray("second\n"));
    }

    void aReaderThatHasHadEnoughEndsIt()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"stdout"_s, u"one"_s, u"sleep"_s, u"100"_s});
        m_runs->launch(id);
        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start(u"sh"_s, {u"-c"_s, u"\"$0\" logs -f w | head -n 1"_s, program});
        QVERIFY(shell.waitForFinished(patience)); // though nothing more is written
        QCOMPARE(shell.readAllStandardOutput(), QByteArray("one\n"));
        QCOMPARE(shell.readAllStandardError(), QByteArray());
    }

    void runBringsWhatIsKeptWithinTheLimits()
    {
        for (int i = 0; i < 3; ++i)
            m_runs->fake(RunMaker::id(i), 0);
        QVERIFY(QDir().mkpath(m_home->filePath(u"config/procession"_s)));
        QFile settings(m_home->filePath(u"config/procession/procession.conf"_s));
        QVERIFY(settings.open(QIODevice::WriteOnly));
        settings.write("[runs]\nkeptCount=2\n");
        settings.close();
        QCOMPARE(run({u"run"_s, u"--"_s, testWorker}), 0);
        QCOMPARE(m_runs->state(RunMaker::id(1)), State::Skipped);
        QCOMPARE(m_runs->state(RunMaker::id(2)), State::Ended);
        QCOMPARE(run({u"list"_s, u"--json"_s}), 0);
        QCOMPARE(objects().size(), 2);
        // Not each time: reading thousands of runs takes its time.
        QCOMPARE(run({u"run"_s, u"--"_s, testWorker}), 0);
        QCOMPARE(m_runs->state(RunMaker::id(2)), State::Ended);
    }

private:
    /// One run of each kind, in the order of Hour.
    void makeAll()
    {
        const auto make = [this](Hour hour, const QString &name, const QStringList &argv) {
            m_runs->prepare(RunMaker::id(hour), argv, name, u"r"_s, 1 + hour);
            m_runs->launch(RunMaker::id(hour));
        };
        make(Good, u"good"_s, {testWorker});
        make(Signalled, u"signalled"_s, {testWorker, u"signal"_s, u"9"_s});
        make(NotFound, u"notfound"_s, {u"/no/such/thing"_s});
        make(Lost, u"lost"_s, {testWorker, u"sleep"_s, u"100"_s});
        make(Running, u"running"_s, {testWorker, u"both"_s, u"sleep"_s, u"100"_s});
        for (const Hour hour : {Good, Signalled, NotFound})
            QTRY_COMPARE(m_runs->state(RunMaker::id(hour)), State::Ended);
        m_runs->killKeeper(RunMaker::id(Lost));
        const auto lost = [this] { return RunCatalog::read(m_runs->pathOf(RunMaker::id(Lost)))->status; };
        QTRY_VERIFY(lost().keeperGone);
        ::kill(pid_t(lost().pid), SIGKILL);
        QTRY_COMPARE(lost().state, State::Ended);
        QTRY_VERIFY(RunCatalog::read(m_runs->pathOf(RunMaker::id(Running)))->status.outputBytes == 37);
    }

    QProcessEnvironment environment() const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_STATE_HOME"_s, m_home->filePath(u"state"_s));
        environment.insert(u"XDG_CONFIG_HOME"_s, m_home->filePath(u"config"_s));
        return environment;
    }

    std::unique_ptr<QProcess> start(const QStringList &arguments) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(environment());
        process->start(program, arguments);
        return process;
    }

    // The exit status; -1 if it did not exit. What it wrote is in m_out and m_error.
    int finish(QProcess &process)
    {
        const bool hasEnded = process.state() == QProcess::NotRunning || process.waitForFinished(patience);
        m_out = process.readAllStandardOutput();
        m_error = process.readAllStandardError();
        return hasEnded && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

    bool said(const QByteArray &text) const { return m_out.contains(text); }
    bool complained(const QByteArray &text) const { return m_error.contains(text); }

    int run(const QStringList &arguments) { return finish(*start(arguments)); }

    int runInShell(const QString &words)
    {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(u"sh"_s, {u"-c"_s, u"exec '%1' %2"_s.arg(program, words)});
        return finish(process);
    }

    /// What it writes to a terminal of that width.
    QByteArray onTerminal(const QStringList &arguments, int columns)
    {
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0)
            return "no terminal";
        const auto close = qScopeGuard([terminal] { ::close(terminal); });
        // Until it is opened again, what is written to it may be lost.
        const int other = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
        const auto closeOther = qScopeGuard([other] { ::close(other); });
        winsize size{};
        size.ws_col = static_cast<unsigned short>(columns);
        ::ioctl(terminal, TIOCSWINSZ, &size);
        QProcess process;
        process.setProcessEnvironment(environment());
        process.setStandardOutputFile(QString::fromLocal8Bit(::ptsname(terminal)));
        process.start(program, arguments);
        process.waitForFinished(patience);
        QByteArray shown;
        char bytes[4096];
        for (ssize_t got = 0; (got = ::read(terminal, bytes, sizeof bytes)) > 0;)
            shown.append(bytes, got);
        return shown;
    }

    static bool hasHandler(qint64 pid, int signalNumber)
    {
        // Before it is that program it has the handlers of this one.
        if (QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(pid)) != program)
            return false;
        QFile file(u"/proc/%1/status"_s.arg(pid));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (line.startsWith("SigCgt:"))
                return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signalNumber - 1) & 1) != 0;
        }
        return false;
    }

    QList<QJsonObject> objects() const
    {
        QList<QJsonObject> all;
        for (const QByteArray &line : m_out.split('\n')) {
            if (!line.isEmpty())
                all += QJsonDocument::fromJson(line).object();
        }
        return all;
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<RunMaker> m_runs;
    QByteArray m_out;
    QByteArray m_error;
};

QTEST_GUILESS_MAIN(TestRunCommands)
#include "tst_runcommands.moc"
