// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/rundir.h"
#include "model/errorline.h"
#include "model/lasterrors.h"
#include "patience.h"
#include "workerfixtures.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace procession;
using namespace procession::fixtures;
using namespace Qt::Literals::StringLiterals;

namespace {

QList<OutputRow> rowsOf(const QByteArray &bytes, int stream)
{
    QList<OutputRow> rows;
    for (const QByteArray &line : bytes.split('\n')) {
        OutputRow row;
        row.place.stream = stream;
        row.bytes = line;
        rows.append(row);
    }
    return rows;
}

QString nameAt(const char *prefix, quint64 offset)
{
    return QLatin1StringView(prefix) + QString::number(offset).rightJustified(rundir::offsetDigits, u'0');
}

/// A run's directory with what it wrote to standard output, to standard error, and to standard output again.
QString runWith(const QTemporaryDir &home, const QString &id, const QByteArray &output,
                const QByteArray &errors, const QByteArray &later = {})
{
    const QString directory = home.filePath(id);
    QDir().mkpath(directory);
    QFile bytes(QDir(directory).filePath(nameAt("out.", 0)));
    QFile index(QDir(directory).filePath(nameAt("idx.", 0)));
    if (!bytes.open(QIODevice::WriteOnly) || !index.open(QIODevice::WriteOnly)) {
        qFatal("no files to test with");
    }
    bytes.write(output + errors + later);
    const auto record = [&index](qsizetype offset, qsizetype length, quint32 stream) {
        const rundir::IndexRecord value{static_cast<quint64>(offset), 1'000'000'000 + offset,
                                        static_cast<quint32>(length), stream};
        index.write(reinterpret_cast<const char *>(&value), sizeof value);
    };
    if (!output.isEmpty()) {
        record(0, output.size(), 1);
    }
    if (!errors.isEmpty()) {
        record(output.size(), errors.size(), 2);
    }
    if (!later.isEmpty()) {
        record(output.size() + errors.size(), later.size(), 1);
    }
    return directory;
}

WorkerStatus failed(quint64 id, const QString &runId, const QString &directory,
                    Outcome outcome = Outcome::Failed)
{
    WorkerStatus status = statusOf(id, u"w"_s, State::Ended, outcome);
    status.runId = runId;
    status.runDirectory = directory;
    return status;
}

} // namespace

class TestLastErrors final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void lines_data();
    void lines();
    void longLines();
    void reads();
    void onlyFailures();
    void anotherRun();
    void forgets();
    void nothingThere();
    void newestFirst();
    void boundedTail();
};

void TestLastErrors::lines_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("errors");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *output, const char *errors, const QString &expected) {
        QTest::newRow(name) << QByteArray(output) << QByteArray(errors) << expected;
    };
    row("nothing", "", "", u""_s);
    row("nothing about an error", "ready\ndone", "", u""_s);
    row("one", "", "Error: no disk", u"Error: no disk"_s);
    row("the last one", "", "error: a\nerror: b\nbye", u"error: b"_s);
    row("the last of standard error", "ERROR in stdout", "first\nlast\n\n  ", u"last"_s);
    row("standard output", "ready\nERROR: no rows\nbye", "", u"ERROR: no rows"_s);
    row("standard error goes first", "ERROR: later", "fatal: earlier", u"fatal: earlier"_s);
    row("python", "",
        "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    raise ValueError(x)\n"
        "ValueError: bad row 17\n",
        u"ValueError: bad row 17"_s);
    row("python, a name of its own", "",
        "error: before\nTraceback (most recent call last):\n  File \"a.py\", line 3\n    stop()\n"
        "mine.Stop: enough\nleaving\n",
        u"mine.Stop: enough"_s);
    row("python, twice", "",
        "Traceback (most recent call last):\n  File \"a.py\"\nKeyError: 'a'\n\nDuring handling of the above "
        "exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\"\n"
        "Gone: b\n",
        u"Gone: b"_s);
    row("java", "",
        "Exception in thread \"main\" java.lang.RuntimeException: x\n\tat a.ErrorHandler.run(A.java:3)\n"
        "Caused by: java.io.IOException: disk\n\tat a.ErrorHandler.fail(A.java:9)\n\t... 3 more",
        u"Caused by: java.io.IOException: disk"_s);
    row("node", "",
        "/srv/x.js:3\n    throw e\n\nTypeError: x is not a function\n    at onError (x.js:3:5)\n\n"
        "Node.js v18.0.0",
        u"TypeError: x is not a function"_s);
    row("go", "",
        "panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/error.go:3 +0x1d\nexit status 2",
        u"panic: nil map"_s);
    row("shell", "", "./run.sh: line 7: foo: command not found",
        u"./run.sh: line 7: foo: command not found"_s);
    row("only further in", "", "log\n   permission denied\nbye", u"permission denied"_s);
    row("none denied", "tests: 3 passed, 0 failed\nno errors\nerrors: 0", "", u""_s);
    row("one of several", "1 failed, 0 errors", "", u"1 failed, 0 errors"_s);
    row("case", "", "FATAL: x\nlast", u"FATAL: x"_s);
    row("coloured", "", "\033[1;31merror\033[0m:\tno \033[1mdisk\033[0m\r", u"error: no disk"_s);
    row("rewritten", "", "error 10%\rerror 99%", u"error 99%"_s);
}

void TestLastErrors::lines()
{
    QFETCH(QByteArray, output);
    QFETCH(QByteArray, errors);
    QFETCH(QString, expected);
    QCOMPARE(errorLine(rowsOf(errors, 2) + rowsOf(output, 1)), expected);
    QCOMPARE(errorLine(rowsOf(output, 1) + rowsOf(errors, 2)), expected);
}

void TestLastErrors::longLines()
{
    const QString whole = errorLine(rowsOf("error " + QByteArray(294, 'x'), 2));
    QCOMPARE(whole.size(), 300);
    QVERIFY(whole.endsWith(u'x'));
    for (int length = 290; length < 300; ++length) { // not within a character of two units
        const QString text = errorLine(rowsOf(QByteArray(length, 'x') + QByteArray("😀").repeated(9), 2));
        QVERIFY(text.size() <= maximumErrorLine);
        QVERIFY(text.isValidUtf16());
        QVERIFY(text.endsWith(u'…') || length + 18 <= maximumErrorLine);
    }
}

void TestLastErrors::reads()
{
    const QTemporaryDir home;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    errors.follow(failed(1, u"a"_s, runWith(home, u"a"_s, "ready\n", "bad\nerror: no disk\nbye\n")));
    QCOMPARE(errors.text(WorkerId{1}), QString());
    QTRY_COMPARE(known.size(), 1);
    QCOMPARE(known.at(0).at(0).value<WorkerId>(), WorkerId{1});
    QCOMPARE(errors.text(WorkerId{1}), u"error: no disk"_s);
    // The same again is not read again, what it wrote without a newline is there, too.
    errors.follow(failed(1, u"a"_s, home.filePath(u"a"_s)));
    errors.follow(failed(2, u"b"_s, runWith(home, u"b"_s, "cannot start", ""), Outcome::Crashed));
    errors.follow(failed(3, u"c"_s, runWith(home, u"c"_s, "", "slow"), Outcome::TimedOut));
    QTRY_COMPARE(known.size(), 3);
    QCOMPARE(errors.text(WorkerId{1}), u"error: no disk"_s);
    QCOMPARE(errors.text(WorkerId{2}), u"cannot start"_s);
    QCOMPARE(errors.text(WorkerId{3}), u"slow"_s);
}

void TestLastErrors::onlyFailures()
{
    const QTemporaryDir home;
    const QString directory = runWith(home, u"a"_s, "", "error: x\n");
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    quint64 id = 0;
    for (const Outcome outcome : {Outcome::Succeeded, Outcome::FailedToStart, Outcome::Stopped,
                                  Outcome::Killed, Outcome::Interrupted, Outcome::Lost}) {
        errors.follow(failed(++id, u"a"_s, directory, outcome));
    }
    WorkerStatus running = failed(++id, u"a"_s, directory, Outcome::None);
    running.state = State::Running;
    errors.follow(running);
    errors.follow(failed(++id, u"a"_s, directory));
    QTRY_COMPARE(known.size(), 1);
    QCOMPARE(known.at(0).at(0).value<WorkerId>(), WorkerId{id});
    for (quint64 other = 1; other < id; ++other) {
        QCOMPARE(errors.text(WorkerId{other}), QString());
    }
}

void TestLastErrors::anotherRun()
{
    const QTemporaryDir home;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    errors.follow(failed(1, u"a"_s, runWith(home, u"a"_s, "", "error: first\n")));
    QTRY_COMPARE(known.size(), 1);
    WorkerStatus again = failed(1, u"b"_s, runWith(home, u"b"_s, "", "error: second\n"), Outcome::None);
    again.state = State::Running;
    errors.follow(again);
    QCOMPARE(errors.text(WorkerId{1}), QString());
    errors.follow(failed(1, u"b"_s, again.runDirectory));
    QTRY_COMPARE(known.size(), 2);
    QCOMPARE(errors.text(WorkerId{1}), u"error: second"_s);
    // An answer for a run that is no longer the worker's is none for the one that is.
    errors.follow(failed(1, u"a"_s, home.filePath(u"a"_s)));
    errors.follow(failed(1, u"b"_s, home.filePath(u"b"_s)));
    QTRY_COMPARE(known.size(), 3);
    QCOMPARE(errors.text(WorkerId{1}), u"error: second"_s);
}

void TestLastErrors::forgets()
{
    const QTemporaryDir home;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    const QString directory = runWith(home, u"a"_s, "", "error: first\n");
    errors.follow(failed(1, u"a"_s, directory));
    errors.follow(failed(2, u"b"_s, directory));
    errors.follow(failed(3, u"c"_s, directory));
    errors.forget(WorkerId{1}); // under way
    errors.forget(WorkerId{2}); // waiting
    errors.forget(WorkerId{9});
    QTRY_COMPARE(known.size(), 1);
    errors.forget(WorkerId{3});
    for (quint64 id = 1; id < 4; ++id) {
        QCOMPARE(errors.text(WorkerId{id}), QString());
    }
    errors.follow(failed(4, u"d"_s, directory));
    QTRY_COMPARE(known.size(), 2);
    QCOMPARE(known.at(1).at(0).value<WorkerId>(), WorkerId{4});
}

void TestLastErrors::nothingThere()
{
    const QTemporaryDir home;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    errors.follow(failed(1, u"a"_s, QString()));
    errors.follow(failed(2, u"b"_s, home.filePath(u"missing"_s)));
    errors.follow(failed(3, u"c"_s, runWith(home, u"c"_s, "", "")));
    errors.follow(failed(4, u"d"_s, runWith(home, u"d"_s, "done\n", "")));
    errors.follow(failed(5, u"e"_s, runWith(home, u"e"_s, "", "error\n")));
    QTRY_COMPARE(errors.text(WorkerId{5}), u"error"_s);
    // The others were asked for before and are read after it: once the last answer is there, all are.
    errors.follow(failed(6, u"f"_s, home.filePath(u"e"_s)));
    QTRY_COMPARE(errors.text(WorkerId{6}), u"error"_s);
    for (quint64 id = 1; id < 5; ++id) {
        QCOMPARE(errors.text(WorkerId{id}), QString());
    }
}

void TestLastErrors::newestFirst()
{
    const QTemporaryDir home;
    const QString directory = runWith(home, u"a"_s, "", "error: x\n");
    constexpr quint64 count = 2000;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    for (quint64 id = 1; id <= count; ++id) {
        errors.follow(failed(id, u"r%1"_s.arg(id), directory));
    }
    while (known.size() < qsizetype(count)) {
        QVERIFY(known.wait(60'000));
    }
    QCOMPARE(known.at(0).at(0).value<WorkerId>(), WorkerId{1}); // was under way already
    for (qsizetype i = 1; i < known.size(); ++i) {
        QCOMPARE(known.at(i).at(0).value<WorkerId>(), WorkerId{count + 1 - quint64(i)});
    }
}

void TestLastErrors::boundedTail()
{
    const QTemporaryDir home;
    LastErrors errors;
    QSignalSpy known(&errors, &LastErrors::known);
    const QByteArray much = QByteArray("row after row\n").repeated(1024 * 1024);
    errors.follow(failed(1, u"a"_s, runWith(home, u"a"_s, much, "error: at the end\n")));
    errors.follow(failed(2, u"b"_s, runWith(home, u"b"_s, "", "error: long ago\n" + much)));
    errors.follow(failed(3, u"c"_s, runWith(home, u"c"_s, "error: in the output\n" + much, "")));
    QTRY_COMPARE(errors.text(WorkerId{1}), u"error: at the end"_s);
    QTRY_COMPARE(known.size(), 2);
    QCOMPARE(errors.text(WorkerId{2}), u"row after row"_s);
    // However much came on standard output after it.
    errors.follow(failed(4, u"d"_s, runWith(home, u"d"_s, "", "bad: x\n", much)));
    QTRY_COMPARE(errors.text(WorkerId{4}), u"bad: x"_s);
}

QTEST_GUILESS_MAIN(TestLastErrors)
#include "tst_lasterrors.moc"
