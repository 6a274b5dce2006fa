// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/duration.h"
#include "cli/textline.h"

#include <QDir>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <memory>
#include <unistd.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Long beyond what any of this takes, and short of the test's own limit.
constexpr int patience = 60'000;

} // namespace

class TestRun final : public QObject
{
    Q_OBJECT

private:
    static pid_t parentOf(pid_t pid)
    {
        QFile stat(u"/proc/%1/stat"_s.arg(pid));
        return stat.open(QIODevice::ReadOnly) ? stat.readAll().split(' ').value(3).toInt() : 0;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QByteArray m_out;
    QByteArray m_error;

    QString path(const QString &name) const { return m_directory->filePath(name); }

    std::unique_ptr<QProcess> launch(const QStringList &arguments) const
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_STATE_HOME"_s, path(u"state"_s));
        environment.insert(u"XDG_CONFIG_HOME"_s, path(u"config"_s));
        process->setProcessEnvironment(environment);
        process->setWorkingDirectory(m_directory->path());
        process->start(u"" PROCESSION_BIN_DIR "/procession"_s, QStringList(u"run"_s) + arguments);
        return process;
    }

    // The exit status; -1 if it did not exit. What it wrote is in m_out and m_error.
    int finish(QProcess &process)
    {
        if (!process.waitForFinished(patience) || process.exitStatus() != QProcess::NormalExit)
            return -1;
        m_out += process.readAllStandardOutput();
        m_error += process.readAllStandardError();
        return process.exitCode();
    }

    int run(const QStringList &arguments)
    {
        m_out.clear();
        m_error.clear();
        return finish(*launch(arguments));
    }

    QString project(const QByteArray &processes) const
    {
        QFile file(path(u"p.yaml"_s));
        if (!file.open(QIODevice::WriteOnly) || file.write("processes:\n" + processes) < 0)
            qFatal("cannot write a project");
        return file.fileName();
    }

    QList<QJsonObject> events(const QString &kind = {}) const
    {
        QList<QJsonObject> all;
        for (const QByteArray &line : m_out.split('\n')) {
            const QJsonObject object = QJsonDocument::fromJson(line).object();
            if (!line.isEmpty() && (kind.isEmpty() || object.value("event"_L1).toString() == kind))
                all += object;
        }
        return all;
    }

    QStringList namesOf(const QString &kind) const
    {
        QStringList names;
        for (const QJsonObject &event : events(kind))
            names += event.value("worker"_L1).toString();
        return names;
    }

    // PIDs of keepers and workers that this test's runs have left.
    QStringList leftovers() const
    {
        QStringList pids;
        const QByteArray mark = "XDG_STATE_HOME=" + path(u"state"_s).toUtf8();
        for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
            QFile file(u"/proc/%1/environ"_s.arg(pid));
            if (pid.front().isDigit() && file.open(QIODevice::ReadOnly) &&
                file.readAll().split('\0').contains(mark))
                pids += pid;
        }
        return pids;
    }

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_directory = std::make_unique<QTemporaryDir>();
    }

    void cleanup()
    {
        QTRY_VERIFY_WITH_TIMEOUT(leftovers().isEmpty(), patience);
        QCOMPARE(QDir(path(u"state/procession/rosters"_s)).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList());
    }

    void theClassicPair()
    {
        QCOMPARE(run({u"" PROCESSION_SOURCE_DIR "/resources/examples/two-processes.yaml"_s, u"--interval"_s,
                      u"1s"_s}),
                 0);
        QCOMPARE(m_error, QByteArray());
        const QString report = QString::fromUtf8(m_out);
        static const QRegularExpression order(
            u"\\A(\\d\\d:\\d\\d:\\d\\d\\.\\d{3} Process-[12] started, pid \\d+\\n){2}"
            "(?:.*alive: Process-1 \\(pid \\d+, 0:\\d\\d\\), Process-2 \\(pid \\d+, 0:\\d\\d\\)\\n)+"
            ".*Process-1 ended, exit code 0, (?<one>[\\d.]+) s\\n"
            "(?:.*alive: Process-2 \\(pid \\d+, 0:\\d\\d\\)\\n)+"
            ".*Process-2 ended, exit code 0, (?<two>[\\d.]+) s\\n"
            ".*joined after .*: 2 of 2 ended, 2 succeeded, 0 failed\\n\\z"_s);
        const QRegularExpressionMatch match = order.match(report);
        QVERIFY2(match.hasMatch(), m_out.constData());
        QVERIFY(match.captured(u"one"_s).toDouble() >= 3.0);
        QVERIFY(match.captured(u"two"_s).toDouble() >= 6.0);
        QVERIFY(match.captured(u"one"_s).toDouble() < match.captured(u"two"_s).toDouble());
    }

    void timeoutLeavesNothingBehind()
    {
        const QString file = project("  plain: {command: sleep 100}\n"
                                     "  tree: {command: 'sleep 100 & setsid sleep 100 & sleep 100'}\n");
        QCOMPARE(run({file, u"--timeout"_s, u"1s"_s, u"--json"_s}), 124);
        const QJsonObject timeout = events(u"timeout"_s).value(0);
        QCOMPARE(timeout.value("awaited"_L1).toArray(), (QJsonArray{u"plain"_s, u"tree"_s}));
        QVERIFY(timeout.value("waited"_L1).toDouble() >= 1.0);
        QCOMPARE(events(u"ended"_s).size(), 2);
        for (const QJsonObject &end : events(u"ended"_s)) {
            QCOMPARE(end.value("outcome"_L1).toString(), u"Stopped"_s);
            QCOMPARE(end.value("exitCode"_L1).toInt(), -SIGTERM);
            QCOMPARE(end.value("signal"_L1).toString(), u"SIGTERM"_s);
        }
        // cleanup() looks for processes.
    }

    void untilWhat_data()
    {
        QTest::addColumn<QByteArray>("processes");
        QTest::addColumn<QString>("until");
        QTest::addColumn<int>("status");
        QTest::addColumn<QStringList>("stopped");
        const QByteArray good = "  good: {command: exit 0}\n";
        const QByteArray bad = "  bad: {command: exit 3}\n";
        const QByteArray slow = "  slow: {command: sleep 100}\n";
        QTest::newRow("any, good") << good + slow << u"any"_s << 0 << QStringList{u"slow"_s};
        QTest::newRow("any, bad") << bad + slow << u"any"_s << 1 << QStringList{u"slow"_s};
        QTest::newRow("first failure")
            << good + bad + slow << u"first-failure"_s << 1 << QStringList{u"slow"_s};
        QTest::newRow("no failure") << good << u"first-failure"_s << 0 << QStringList{};
        QTest::newRow("two") << good + slow + "  other: {command: 'true'}\n"
                             << u"2"_s << 0 << QStringList{u"slow"_s};
        QTest::newRow("all") << good + bad << u"all"_s << 1 << QStringList{};
    }
    void untilWhat()
    {
        QFETCH(QByteArray, processes);
        QFETCH(QString, until);
        QFETCH(int, status);
        QFETCH(QStringList, stopped);
        QCOMPARE(run({u"--json"_s, u"--until="_s + until, project(processes)}), status);
        QStringList found;
        for (const QJsonObject &end : events(u"ended"_s)) {
            if (end.value("outcome"_L1).toString() == "Stopped"_L1)
                found += end.value("worker"_L1).toString();
        }
        QCOMPARE(found, stopped);
        QCOMPARE(events(u"joined"_s).size(), 1);
    }

    void everyJsonLineIsAnEvent()
    {
        QCOMPARE(run({u"--json"_s, u"--interval"_s, u"50ms"_s,
                      project("  a: {command: sleep 2}\n  b: {command: kill -9 $$$$}\n  c: {entrypoint: "
                              "[/nonexistent]}\n")}),
                 1);
        QVERIFY(m_out.endsWith('\n'));
        for (const QJsonObject &event : events()) {
            QVERIFY(event.value("event"_L1).isString());
            QVERIFY(QDateTime::fromString(event.value("time"_L1).toString(), Qt::ISODateWithMs).isValid());
        }
        QVERIFY(!events(u"tick"_s).isEmpty());
        QVERIFY(
            events(u"tick"_s).first().value("alive"_L1).toArray().first().toObject().value("pid"_L1).toInt() >
            0);
        QStringList started = namesOf(u"started"_s);
        started.sort();
        QCOMPARE(started, (QStringList{u"a"_s, u"b"_s}));
        for (const QJsonObject &end : events(u"ended"_s)) {
            const QString name = end.value("worker"_L1).toString();
            if (name == "a"_L1) {
                QCOMPARE(end.value("outcome"_L1).toString(), u"Succeeded"_s);
                QVERIFY(end.value("elapsed"_L1).toDouble() >= 2.0);
                QVERIFY(QFileInfo::exists(end.value("output"_L1).toString()));
            } else if (name == "b"_L1) {
                QCOMPARE(end.value("outcome"_L1).toString(), u"Crashed"_s);
                QCOMPARE(end.value("exitCode"_L1).toInt(), -9);
                QCOMPARE(end.value("signal"_L1).toString(), u"SIGKILL"_s);
            } else {
                QCOMPARE(end.value("outcome"_L1).toString(), u"FailedToStart"_s);
                QVERIFY(end.value("exitCode"_L1).isNull());
                QVERIFY(end.value("problem"_L1).toString().contains(u"/nonexistent"_s));
            }
        }
        QCOMPARE(events(u"ended"_s).size(), 3);
    }

    void oneCommand()
    {
        QCOMPARE(run({u"--"_s, u"sh"_s, u"-c"_s, u"exit 0"_s}), 0);
        QCOMPARE(run({u"--json"_s, u"--"_s, u"sh"_s, u"-c"_s, u"pwd; echo \"$1\"; exit 7"_s, u"x"_s,
                      u"--timeout"_s}),
                 1);
        const QJsonObject end = events(u"ended"_s).value(0);
        QCOMPARE(end.value("worker"_L1).toString(), u"sh"_s);
        QCOMPARE(end.value("exitCode"_L1).toInt(), 7);
        QFile output(end.value("output"_L1).toString());
        QVERIFY(output.open(QIODevice::ReadOnly));
        QCOMPARE(output.readAll(), m_directory->path().toUtf8() + "\n--timeout\n");

        QCOMPARE(run({u"--"_s, u"sh"_s, u"-c"_s, u"echo why; exit 7"_s}), 1);
        QVERIFY2(m_out.contains("sh ended, exit code 7, ") && m_out.contains(", output in /"),
                 m_out.constData());
        QCOMPARE(run({u"--"_s, u"/nonexistent/program"_s}), 1);
        QVERIFY2(m_out.contains("could not be started"), m_out.constData());
    }

    void atMostSoManyAtOnce()
    {
        QByteArray processes;
        for (int i = 0; i < 6; ++i)
            processes += "  p" + QByteArray::number(i) + ": {command: sleep 0.05}\n";
        QCOMPARE(run({u"--json"_s, u"-j"_s, u"2"_s, project(processes)}), 0);
        int alive = 0;
        for (const QJsonObject &event : events()) {
            const QString kind = event.value("event"_L1).toString();
            alive += kind == "started"_L1 ? 1 : kind == "ended"_L1 ? -1 : 0;
            QVERIFY2(alive <= 2, m_out.constData());
        }
        QCOMPARE(events(u"ended"_s).size(), 6);
        QCOMPARE(events(u"joined"_s).value(0).value("succeeded"_L1).toInt(), 6);
        // Those that still wait for a slot count for what is waited for.
        QCOMPARE(run({u"--json"_s, u"-j1"_s, u"--until=3"_s, project(processes)}), 0);
        QCOMPARE(events(u"ended"_s).size(), 3);
    }

    void namedAndDisabledWorkers()
    {
        const QString file = project("  a: {command: 'true'}\n  b: {command: 'true', disabled: true}\n"
                                     "  c: {command: 'true'}\n");
        QCOMPARE(run({u"--json"_s, file}), 0);
        QStringList names = namesOf(u"ended"_s);
        names.sort();
        QCOMPARE(names, (QStringList{u"a"_s, u"c"_s}));
        QCOMPARE(run({u"--json"_s, file, u"b"_s}), 0);
        QCOMPARE(namesOf(u"ended"_s), QStringList{u"b"_s});
    }

    void dryRunStartsNothing()
    {
        const QString file = project("  a: {command: touch ran, working_dir: sub}\n");
        QCOMPARE(run({u"--dry-run"_s, file}), 0);
        QVERIFY2(m_out.contains("a would be started: bash -c 'touch ran'"), m_out.constData());
        QCOMPARE(run({u"--dry-run"_s, u"--json"_s, file}), 0);
        QCOMPARE(events().size(), 1);
        QCOMPARE(events().first().value("command"_L1).toArray(),
                 (QJsonArray{u"bash"_s, u"-c"_s, u"touch ran"_s}));
        QVERIFY(!QFileInfo::exists(path(u"ran"_s)));
        QVERIFY(!QFileInfo::exists(path(u"state"_s)));
    }

    void whatHasNoEffectIsSaidOnce()
    {
        QCOMPARE(run({project(
                     "  a: {command: 'true', is_daemon: true}\n  b: {command: 'true', is_daemon: true}\n")}),
                 0);
        QCOMPARE(m_error.count("is_daemon"), 1);
        QVERIFY(!m_out.contains("is_daemon"));
    }

    void leftWorkersGoOn()
    {
        QCOMPARE(run({u"--json"_s, u"--leave"_s, u"--timeout=5s"_s, u"--"_s, u"sleep"_s, u"100"_s}), 124);
        const QString left = events(u"timeout"_s).value(0).value("left"_L1).toArray().first().toString();
        QVERIFY2(!left.isEmpty(), "no ID to stop it by");
        QVERIFY(events(u"ended"_s).isEmpty());
        const int pid = events(u"started"_s).value(0).value("pid"_L1).toInt();
        QVERIFY(pid > 1 && leftovers().contains(QString::number(pid)));
        QCOMPARE(::kill(pid, SIGKILL), 0);
    }

    void interrupts_data()
    {
        QTest::addColumn<int>("signalNumber");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGHUP") << SIGHUP;
    }
    void interrupts()
    {
        QFETCH(int, signalNumber);
        m_out.clear();
        const auto process = launch({u"--json"_s, u"--"_s, u"sleep"_s, u"100"_s});
        QTRY_VERIFY_WITH_TIMEOUT((m_out += process->readAllStandardOutput()).contains("\"started\""),
                                 patience);
        QCOMPARE(::kill(pid_t(process->processId()), signalNumber), 0);
        QCOMPARE(finish(*process), 130);
        QCOMPARE(events(u"interrupted"_s).size(), 1);
        QCOMPARE(events(u"ended"_s).value(0).value("outcome"_L1).toString(), u"Stopped"_s);
    }

    void theSecondInterruptKills()
    {
        m_out.clear();
        const auto process = launch({u"--json"_s, u"--"_s, u"sh"_s, u"-c"_s,
                                     u"trap '' TERM; touch ready; while :; do sleep 1; done"_s});
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path(u"ready"_s)), patience);
        QTRY_VERIFY_WITH_TIMEOUT((m_out += process->readAllStandardOutput()).contains("\"started\""),
                                 patience);
        QCOMPARE(::kill(pid_t(process->processId()), SIGINT), 0);
        QTRY_VERIFY_WITH_TIMEOUT((m_out += process->readAllStandardOutput()).contains("\"interrupted\""),
                                 patience);
        // Sooner than half a second after the first it would be a part of it.
        QElapsedTimer sinceFirst;
        sinceFirst.start();
        QTRY_VERIFY_WITH_TIMEOUT(sinceFirst.hasExpired(600), patience);
        QCOMPARE(::kill(pid_t(process->processId()), SIGINT), 0);
        QCOMPARE(finish(*process), 130);
        QCOMPARE(events(u"ended"_s).value(0).value("outcome"_L1).toString(), u"Killed"_s);
        QCOMPARE(events(u"ended"_s).value(0).value("exitCode"_L1).toInt(), -SIGKILL);
    }

    void twoSignalsAtOnceAreOneRequest()
    {
        m_out.clear();
        const auto process = launch({u"--json"_s, u"--"_s, u"sleep"_s, u"100"_s});
        QTRY_VERIFY_WITH_TIMEOUT((m_out += process->readAllStandardOutput()).contains("\"started\""),
                                 patience);
        const auto pid = pid_t(process->processId());
        // Stopped, it finds both waiting; two of a kind would become one.
        for (const int signalNumber : {SIGSTOP, SIGINT, SIGTERM, SIGCONT})
            QCOMPARE(::kill(pid, signalNumber), 0);
        QCOMPARE(finish(*process), 130);
        QCOMPARE(events(u"interrupted"_s).size(), 1);
        QCOMPARE(events(u"ended"_s).value(0).value("outcome"_L1).toString(), u"Stopped"_s);
    }

    void aLostWorkerIsToldFromAnEndedOne()
    {
        m_out.clear();
        m_error.clear();
        const auto process = launch({u"--"_s, u"sleep"_s, u"100"_s});
        static const QRegularExpression started(u"started, pid (\\d+)\n"_s);
        QRegularExpressionMatch match;
        QTRY_VERIFY_WITH_TIMEOUT(
            (match = started.match(QString::fromUtf8(m_out += process->readAllStandardOutput()))).hasMatch(),
            patience);
        const pid_t pid = match.captured(1).toInt();
        // Both halves of its keeper and the worker itself: neither half may see what becomes of the others.
        const pid_t keeper = parentOf(pid);
        const pid_t guardian = parentOf(keeper);
        QVERIFY(keeper > 1 && guardian > 1 && guardian != pid_t(process->processId()));
        for (const pid_t half : {keeper, guardian})
            QCOMPARE(::kill(half, SIGSTOP), 0);
        for (const pid_t one : {pid, keeper, guardian})
            QCOMPARE(::kill(one, SIGKILL), 0);
        QCOMPARE(finish(*process), 1);
        QVERIFY2(m_out.contains("sleep lost. Its keeper was killed; how the worker ended is not known.\n") &&
                     m_out.contains("0 failed, 1 lost\n"),
                 m_out.constData());
    }

    void aFullDiskIsNotWaitedFor()
    {
        const QString file = project("  full: {command: 'head -c 500000 /dev/zero; exit 3', shutdown: "
                                     "{timeout_seconds: 0}}\n");
        QVERIFY(QDir().mkpath(path(u"state"_s)));
        QProcess shell;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_STATE_HOME"_s, path(u"state"_s));
        shell.setProcessEnvironment(environment);
        // A small disk that only this run sees; whoever is not root becomes it in a user namespace.
        QStringList command{u"--mount"_s, u"--propagation"_s, u"unchanged"_s};
        if (::geteuid() != 0)
            command << u"--user"_s << u"--map-root-user"_s;
        shell.start(u"unshare"_s, command << u"sh"_s << u"-c"_s
                                          << u"mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o "
                                             "size=200k none \"$XDG_STATE_HOME\" || exit 99; "
                                             "\"$0\" run --timeout 1s \"$1\"; status=$?; "
                                             "umount -l \"$XDG_STATE_HOME\"; exit $status"_s
                                          << u"" PROCESSION_BIN_DIR "/procession"_s << file);
        m_out.clear();
        QCOMPARE(finish(shell), 124);
        QVERIFY2(m_out.contains("full ended"), m_out.constData());
    }

    void noStartAfterTheTimeout()
    {
        QCOMPARE(run({u"--timeout=0s"_s, u"--"_s, u"sleep"_s, u"100"_s}), 124);
        const qsizetype timeout = m_out.indexOf("the timeout passed");
        QVERIFY2(timeout >= 0 && m_out.indexOf(" started,", timeout) < 0, m_out.constData());
    }

    void controlCharactersAreShown()
    {
        const QString all = QString::fromUtf16(u"\0\x1b\x7f\u009b\u202a\u202e\u2066\u2069\r\n\té", 12);
        QCOMPARE(visibleText(all), u"\\x00\\x1b\\x7f\\x9b\\u202a\\u202e\\u2066\\u2069\\x0d\\n\\té"_s);

        const QString file = project("  \"a\\e[31m\\u202eb\": {command: 'true', \"k\\0e\\ny\": 1}\n");
        QCOMPARE(run({u"--dry-run"_s, file}), 0);
        QVERIFY2(m_out.contains("a\\x1b[31m\\u202eb would be started"), m_out.constData());
        QVERIFY2(m_error.contains("k\\x00e\\ny"), m_error.constData());
        QCOMPARE(m_error.count('\n'), 1);
        QCOMPARE(run({file, u"x\nprocession: forged"_s}), 2);
        QVERIFY2(m_error.contains("x\\nprocession: forged"), m_error.constData());
        QCOMPARE(run({u"--\x1b[1m"_s, file}), 2);
        QVERIFY2(!m_error.contains('\x1b') && m_error.contains("\\x1b"), m_error.constData());
    }

    void withoutAReaderItEnds()
    {
        QProcess shell;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"XDG_STATE_HOME"_s, path(u"state"_s));
        shell.setProcessEnvironment(environment);
        shell.setWorkingDirectory(m_directory->path());
        shell.start(u"/bin/sh"_s,
                    {u"-c"_s, u"{ \"$0\" run --interval 50ms -- sleep 100; echo $? >status; } | head -n 1"_s,
                     u"" PROCESSION_BIN_DIR "/procession"_s});
        QCOMPARE(finish(shell), 0);
        QFile status(path(u"status"_s));
        QTRY_VERIFY_WITH_TIMEOUT(status.isOpen() || status.open(QIODevice::ReadOnly), patience);
        QTRY_COMPARE_WITH_TIMEOUT(status.peek(10), "130\n", patience);
    }

    void badUsage_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        const QString demo = u"" PROCESSION_SOURCE_DIR "/resources/examples/two-processes.yaml"_s;
        QTest::newRow("nothing") << QStringList{} << u"project file"_s;
        QTest::newRow("empty file name") << QStringList{u""_s} << u"file is empty"_s;
        QTest::newRow("empty file name, worker") << QStringList{u""_s, u"a"_s} << u"file is empty"_s;
        QTest::newRow("empty file name, options")
            << QStringList{u"--json"_s, u""_s, u"--dry-run"_s} << u"file is empty"_s;
        QTest::newRow("until more than one")
            << QStringList{u"--until"_s, u"5"_s, u"--"_s, u"true"_s} << u"there is only 1 worker."_s;
        QTest::newRow("no command") << QStringList{u"--"_s} << u"no command after"_s;
        QTest::newRow("empty command") << QStringList{u"--"_s, u""_s} << u"command is empty"_s;
        QTest::newRow("unknown option") << QStringList{u"--fast"_s, demo} << u"fast"_s;
        QTest::newRow("unknown short option") << QStringList{u"-x"_s, demo} << u"x"_s;
        QTest::newRow("missing value") << QStringList{demo, u"--timeout"_s} << u"timeout"_s;
        QTest::newRow("timeout") << QStringList{demo, u"--timeout"_s, u"soon"_s} << u"\"soon\""_s;
        QTest::newRow("negative timeout") << QStringList{demo, u"--timeout=-1s"_s} << u"\"-1s\""_s;
        QTest::newRow("interval too short") << QStringList{demo, u"--interval=49ms"_s} << u"50ms to 10s"_s;
        QTest::newRow("interval too long") << QStringList{demo, u"--interval=11s"_s} << u"50ms to 10s"_s;
        QTest::newRow("until") << QStringList{demo, u"--until=never"_s} << u"first-failure"_s;
        QTest::newRow("until 0") << QStringList{demo, u"--until=0"_s} << u"\"0\""_s;
        QTest::newRow("until too many") << QStringList{demo, u"--until=3"_s} << u"only 2 workers"_s;
        QTest::newRow("no slot") << QStringList{demo, u"-j"_s, u"0"_s} << u"-j takes"_s;
        QTest::newRow("unknown worker") << QStringList{demo, u"Process-3"_s} << u"no worker Process-3"_s;
        QTest::newRow("no file") << QStringList{u"missing.yaml"_s}
                                 << u"missing.yaml: There is no such file"_s;
        QTest::newRow("not a project")
            << QStringList{u"" PROCESSION_SOURCE_DIR "/CMakeLists.txt"_s} << u"CMakeLists.txt:"_s;
    }
    void badUsage()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        QCOMPARE(run(arguments), 2);
        QCOMPARE(m_out, QByteArray());
        QVERIFY2(m_error.startsWith("procession: ") && m_error.contains(says.toUtf8()), m_error.constData());
        QVERIFY(!QFileInfo::exists(path(u"state"_s)));
    }

    void helpIsNoError()
    {
        QCOMPARE(run({u"--help"_s}), 0);
        QVERIFY(m_out.contains("--until"));
        QCOMPARE(m_error, QByteArray());
    }

    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("milliseconds");
        const QList<QPair<QString, int>> rows{{u"500ms"_s, 500},
                                              {u"4s"_s, 4000},
                                              {u"4"_s, 4000},
                                              {u"1m30s"_s, 90'000},
                                              {u"1.5h"_s, 5'400'000},
                                              {u"2d"_s, 172'800'000},
                                              {u"0"_s, 0},
                                              {u"0.25s"_s, 250},
                                              {u"1m"_s, 60'000},
                                              {u"1s500ms"_s, 1500},
                                              {u""_s, -1},
                                              {u"s"_s, -1},
                                              {u"-1s"_s, -1},
                                              {u"30s1m"_s, -1},
                                              {u"1 s"_s, -1},
                                              {u"1e3"_s, -1},
                                              {u"25d"_s, -1},
                                              {u"1x"_s, -1},
                                              {u"99999999999999999999"_s, -1}};
        for (const auto &[text, milliseconds] : rows)
            QTest::newRow(qPrintable(u'"' + text + u'"')) << text << milliseconds;
    }
    void durations()
    {
        QFETCH(QString, text);
        QFETCH(int, milliseconds);
        const auto duration = parseDuration(text);
        QCOMPARE(duration.value_or(-1ms), std::chrono::milliseconds(milliseconds));
    }
};

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
