// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Starts: exactly one, or none with the true reason; and a worker that sees what a login shell would give it.

#include "faultharness.h"
#include "testhome.h"

#include <QFile>
#include <QTest>

#include <csignal>
#include <cstring>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

class TestStart final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault12_fiftyLaunchersRace();
    void fault13_allExitCodes();
    void fault14_everyTerminatingSignal();
    void fault15_failedStarts_data();
    void fault15_failedStarts();
    void fault16_longArguments();
    void fault17_bytesThatAreNotUtf8();
    void fault28_corruptSpec();
    void fault35_carelessParent();
    void fault37_hostileRunDirectory();

private:
    std::optional<Harness> m_harness;
};

void TestStart::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestStart::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

void TestStart::fault12_fiftyLaunchersRace()
{
    const int rounds = amount(10, 400);
    for (int round = 0; round < rounds; ++round) {
        // One that is still there when the others come, and one that may be over by then.
        const bool shortLived = round % 2 == 1;
        const Run run =
            m_harness->makeWorker({u"stdout"_s, u"once"_s, u"sleep"_s, shortLived ? u"0"_s : u"100"_s});
        QList<pid_t> launchers;
        for (int i = 0; i < 50; ++i)
            launchers += m_harness->spawn({Harness::keeper(), u"--launch"_s, run.path});
        int started = 0;
        for (const pid_t launcher : launchers)
            started += m_harness->wait(launcher) == exited(AllStarted) ? 1 : 0;
        QCOMPARE(started, 1);
        QVERIFY(command(run, Verb::Kill) || shortLived);
        QVERIFY(waitUntil([&] { return isOver(run); }));
        QVERIFY(m_harness->startsOf(run) <= 1);
        QCOMPARE(m_harness->launch(run), int{SomeFailed}); // nor is an ended run started again
        QVERIFY(m_harness->startsOf(run) <= 1);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 12 launchers race: injected %d times 50 launchers of one run; proved: one start, 49 refusals",
         rounds);
}

void TestStart::fault13_allExitCodes()
{
    QList<Run> runs;
    for (int code = 0; code < 256; ++code)
        runs += m_harness->makeWorker({u"exit"_s, QString::number(code)});
    QCOMPARE(m_harness->launch(runs), int{AllStarted});
    for (int code = 0; code < 256; ++code) {
        QCOMPARE(endOf(runs.at(code), exited(code), QByteArray()), QString());
        QCOMPARE(stateOf(runs.at(code)).flags, uint32_t{StatusKnown});
        QCOMPARE(m_harness->startsOf(runs.at(code)), 1);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 13 exit codes: injected 0 to 255; proved: each recorded as it is, each started once");
}

void TestStart::fault14_everyTerminatingSignal()
{
    QList<QPair<int, Run>> runs;
    QList<Run> all;
    for (int number = 1; number <= 64; ++number) {
        if (QList<int>{SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, 32, 33}
                .contains(number))
            continue;
        all += m_harness->makeWorker({u"stdout"_s, u"last words"_s, u"signal"_s, QString::number(number)},
                                     {u"cwd="_s + m_harness->path()});
        runs += {number, all.last()};
    }
    QCOMPARE(m_harness->launch(all), int{AllStarted});
    for (const auto &[number, run] : runs) {
        QVERIFY(waitUntil([&, copy = run] { return isOver(copy); }));
        const int status = stateOf(run).waitStatus;
        QVERIFY(WIFSIGNALED(status));
        QCOMPARE(WTERMSIG(status), number);
        QCOMPARE(outputOf(run), QByteArray("last words\n"));
        QCOMPARE(stateOf(run).flags, uint32_t{StatusKnown});
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 14 terminating signals: injected %d; proved: each recorded, with what was written before",
         int(runs.size()));
}

void TestStart::fault15_failedStarts_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("records");
    QTest::addColumn<int>("stage");
    QTest::addColumn<int>("error");
    const auto row = [](const char *name, const QStringList &arguments, Stage stage, int error,
                        const QStringList &records = {}) {
        QTest::newRow(name) << arguments << records << int(stage) << error;
    };
    row("not in PATH", {u"no-such-program-anywhere"_s}, Stage::Exec, ENOENT);
    row("path not found", {u"/no/such/program"_s}, Stage::Exec, ENOENT);
    row("directory", {u"/usr"_s}, Stage::Exec, EACCES);
    row("not executable", {u"@DIR@/plain"_s}, Stage::Exec, EACCES);
    row("bad interpreter", {u"@DIR@/script"_s}, Stage::Exec, ENOENT);
    row("not a program", {u"@DIR@/garbage"_s}, Stage::Exec, ENOEXEC);
    row("working directory missing", {u"true"_s}, Stage::WorkingDirectory, ENOENT, {u"cwd=/no/such"_s});
    row("working directory a file", {u"true"_s}, Stage::WorkingDirectory, ENOTDIR, {u"cwd=/etc/passwd"_s});
}

void TestStart::fault15_failedStarts()
{
    QFETCH(QStringList, arguments);
    QFETCH(const QStringList, records);
    QFETCH(const int, stage);
    QFETCH(const int, error);
    const auto write = [&](const QString &name, const QByteArray &text, mode_t mode) {
        const QString path = m_harness->filePath(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() &&
               ::chmod(QFile::encodeName(path).constData(), mode) == 0;
    };
    QVERIFY(write(u"plain"_s, "#!/bin/sh\n", 0600));
    QVERIFY(write(u"script"_s, "#!/no/such/interpreter\n", 0700));
    QVERIFY(write(u"garbage"_s, "neither a script nor a program\n", 0700));
    arguments.replaceInStrings(u"@DIR@"_s, m_harness->path());
    const Run run = m_harness->makeRun(arguments, records);
    QCOMPARE(m_harness->launch(run), int{SomeFailed});
    const StateSlot state = stateOf(run);
    QCOMPARE(state.phase, Phase::FailedToStart);
    QCOMPARE(int(state.stage), stage);
    QCOMPARE(state.error, error);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 15 failed start: injected \"%s\"; proved: the cause is recorded (%s), nothing left",
         QTest::currentDataTag(), std::strerror(error));
}

void TestStart::fault16_longArguments()
{
    // 128 KB is the kernel's bound for one argument; just below it works.
    const Run good = m_harness->makeWorker({u"stdout"_s, QString(131'000, u'x')});
    QCOMPARE(m_harness->launch(good), int{AllStarted});
    QCOMPARE(endOf(good, exited(0), QByteArray(131'000, 'x') + '\n'), QString());
    const Run bad = m_harness->makeWorker({u"stdout"_s, QString(131'072, u'x')});
    QCOMPARE(m_harness->launch(bad), int{SomeFailed});
    QCOMPARE(stateOf(bad).phase, Phase::FailedToStart);
    QCOMPARE(stateOf(bad).stage, Stage::Exec);
    QCOMPARE(stateOf(bad).error, E2BIG);
    QCOMPARE(m_harness->startsOf(bad), 0);
    // A NUL would end an argument early and start a record of its own.
    static const char withNul[] = "procession-run=1\0run=@RUN@\0arg=true\0arg=a\0b\0end=\0";
    const Run nul = m_harness->makeRunOf(QByteArray(withNul, sizeof withNul - 1));
    const int result = m_harness->launch(nul);
    QVERIFY(waitUntil([&] { return isOver(nul); }));
    QVERIFY(result == AllStarted || stateOf(nul).phase == Phase::FailedToStart);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 16 arguments: injected 131,000 bytes (arrive whole), 128 KiB (E2BIG, said so) and a NUL in "
         "one "
         "(no crash)");
}

void TestStart::fault17_bytesThatAreNotUtf8()
{
    const QByteArray odd("\xff\xfe caf\xe9 \x80\n\xc0\xaf", 12);
    QByteArray spec;
    const auto put = [&spec](const QByteArray &record) { spec += record + '\0'; };
    put(specHeader);
    put("run=@RUN@");
    put("arg=" + Harness::worker().toLocal8Bit());
    put("arg=stdout");
    put("arg=" + odd);
    put("arg=env");
    put("arg=ODD");
    put("env=ODD=" + odd);
    put("name=" + odd);
    put(specFooter);
    const Run run = m_harness->makeRunOf(spec);
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(0), odd + "\nODD=" + odd + '\n'), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 17 bytes that are not UTF-8: injected in an argument, a variable and the output; proved: "
         "byte for "
         "byte the same");
}

void TestStart::fault28_corruptSpec()
{
    QByteArray whole;
    const QList<QByteArray> records{QByteArray(specHeader),
                                    QByteArray("run=@RUN@"),
                                    "arg=" + Harness::worker().toLocal8Bit(),
                                    QByteArray("arg=append"),
                                    "arg=" + m_harness->filePath(u"started"_s).toLocal8Bit(),
                                    QByteArray("cwd=/"),
                                    QByteArray("grace-ms=5"),
                                    QByteArray("env=A=B"),
                                    QByteArray(specFooter)};
    for (const QByteArray &record : records)
        whole += record + '\0';
    const Run sample = m_harness->makeRunOf(whole);
    whole.replace("@RUN@", sample.id.toLatin1());

    int launches = 0;
    int refused = 0;
    const auto hurt = [&](const QList<QByteArray> &specs) {
        QList<Run> runs;
        for (const QByteArray &spec : specs)
            runs += m_harness->makeRunOf(spec);
        m_harness->launch(runs);
        for (const Run &run : std::as_const(runs)) {
            if (!waitUntil([&] { return isOver(run); }))
                return false;
            ++launches;
            refused += stateOf(run).phase == Phase::FailedToStart ? 1 : 0;
        }
        return true;
    };
    QList<QByteArray> cut;
    for (qsizetype length = 0; length < whole.size(); ++length)
        cut += whole.left(length);
    QVERIFY(hurt(cut));
    QCOMPARE(refused, launches); // a spec that is cut short starts nothing
    const int cuts = launches;

    QList<QByteArray> flipped;
    for (qsizetype at = 0; at < whole.size(); at += amount(3, 1)) {
        for (const int bit : {0, 7}) {
            QByteArray spec = whole;
            spec[at] = char(spec[at] ^ (1 << bit));
            flipped += spec;
        }
        if (flipped.size() >= 200) {
            QVERIFY(hurt(flipped));
            flipped.clear();
        }
    }
    QVERIFY(hurt(flipped));
    const QByteArray huge(int(maximumSpecBytes) + 1, 'x');
    QVERIFY(hurt({huge, QByteArray(), QByteArray(5000, '\0'), whole + whole}));
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 28 corrupt spec: injected %d lengths (all refused), %d flipped or foreign ones; proved: none "
         "crashes or hangs a keeper, %d are told as failed starts, nothing left",
         cuts, launches - cuts, refused - cuts);
}

void TestStart::fault35_carelessParent()
{
    // SIGCHLD and SIGPIPE ignored, TERM and CHLD blocked, umask 0, twenty descriptors leaked.
    const Run run = m_harness->makeWorker({u"signals"_s, u"fds"_s, u"umask"_s});
    const pid_t launcher = m_harness->spawn(
        {Harness::worker(), u"dirty"_s, u"exec"_s, Harness::keeper(), u"--launch"_s, run.path});
    QCOMPARE(m_harness->wait(launcher).value_or(-1), exited(AllStarted));
    QCOMPARE(endOf(run, exited(0),
                   "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nfds: 0 1 2\numask: 0000\n"),
             QString());
    struct stat about
    {
    };
    for (const char *const name : {"state", "ctl", "out.00000000000000000000"}) {
        QCOMPARE(::lstat(QFile::encodeName(run.path + u'/' + QLatin1StringView(name)).constData(), &about),
                 0);
        QCOMPARE(about.st_mode & 07777u, 0600u);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 35 careless parent: injected SIGCHLD and SIGPIPE ignored, TERM and CHLD blocked, umask 0, 20 "
         "descriptors; proved: the worker sees none of it, the keeper's files are 0600");
}

void TestStart::fault37_hostileRunDirectory()
{
    const auto elsewhere = [&](const QString &name) {
        const QString path = m_harness->filePath(name);
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write("precious\n") == 9 ? path : QString();
    };
    const auto isUntouched = [](const QString &path) { return contents(path) == "precious\n"; };
    const QString precious = elsewhere(u"precious"_s);
    const QStringList sleeper{u"stdout"_s, u"hello"_s};

    // The directory itself is a symbolic link.
    const Run real = m_harness->makeWorker(sleeper);
    const Run link{real.id, m_harness->filePath(u"link"_s)};
    QVERIFY(QFile::link(real.path, link.path));
    QCOMPARE(m_harness->launch(link), int{SomeFailed});
    QCOMPARE(m_harness->startsOf(real), 0);

    // One file of it is: nothing outside is written, and the run either says so or does without.
    for (const char *const name :
         {"state", "ctl", "out.00000000000000000000", "idx.00000000000000000000", "spec"}) {
        const Run run = m_harness->makeWorker(sleeper);
        const QString place = run.path + u'/' + QLatin1StringView(name);
        QFile::remove(place);
        QVERIFY(QFile::link(precious, place));
        m_harness->launch(run);
        if (stateOf(run).phase != Phase::None)
            command(run, Verb::Kill);
        if (std::strcmp(name, "out.00000000000000000000") == 0)
            QVERIFY(waitUntil([&] { return isOver(run) || (command(run, Verb::Kill), false); }));
        QVERIFY(m_harness->startsOf(run) <= 1);
        if (!isUntouched(precious))
            QFAIL(name);
    }

    // A FIFO or a directory in a file's place hangs nobody.
    for (const char *const name : {"state", "spec"}) {
        const Run run = m_harness->makeWorker(sleeper);
        const QString place = run.path + u'/' + QLatin1StringView(name);
        QFile::remove(place);
        QCOMPARE(::mkfifo(QFile::encodeName(place).constData(), 0600), 0);
        QCOMPARE(m_harness->launch(run), int{SomeFailed});
        QVERIFY(QFile::remove(place));
        QVERIFY(QDir().mkdir(place));
        QCOMPARE(m_harness->launch(run), int{SomeFailed});
        QCOMPARE(m_harness->startsOf(run), 0);
    }

    // It belongs to somebody else.
    const Run foreign = m_harness->makeWorker(sleeper);
    QCOMPARE(::chown(QFile::encodeName(foreign.path).constData(), 65534, 65534), 0);
    QCOMPARE(m_harness->launch(foreign), int{SomeFailed});
    QCOMPARE(m_harness->startsOf(foreign), 0);

    // A line feed, a space and quotes in its path.
    const QString odd = m_harness->filePath(u"new\nline 'and' \"quotes\""_s);
    QVERIFY(QDir().mkdir(odd));
    m_harness->useRunsDirectory(odd);
    const Run run = m_harness->makeWorker(sleeper);
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(0), "hello\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 37 hostile run directory: injected a symbolic link in place of the directory and of each "
         "file, "
         "FIFOs, directories, a foreign owner, a line feed in the path; proved: nothing outside is written, "
         "nothing hangs, refused or done without");
}

QTEST_GUILESS_MAIN(TestStart)
#include "tst_start.moc"
