// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/workerspec.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

WorkerSpec goodSpec()
{
    WorkerSpec spec;
    spec.name = u"web"_s;
    spec.command = Command::direct({u"sleep"_s, u"1"_s});
    return spec;
}

} // namespace

class TestWorkerSpec final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void typedCommands_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<bool>("shell");
        QTest::addColumn<QStringList>("argv");
        QTest::newRow("words") << u" sleep '1 2' "_s << false << QStringList{u"sleep"_s, u"1 2"_s};
        QTest::newRow("python") << u"python3 -c \"print(1)\""_s << false
                                << QStringList{u"python3"_s, u"-c"_s, u"print(1)"_s};
        QTest::newRow("pipe") << u"a | b"_s << true << QStringList{u"/bin/sh"_s, u"-c"_s, u"a | b"_s};
        QTest::newRow("exit") << u"exit 3"_s << true << QStringList{u"/bin/sh"_s, u"-c"_s, u"exit 3"_s};
        QTest::newRow("nothing") << u"  "_s << false << QStringList{};
        QTest::newRow("only a comment") << u"# nothing"_s << false << QStringList{};
    }
    void typedCommands()
    {
        QFETCH(QString, typed);
        QFETCH(bool, shell);
        QFETCH(QStringList, argv);
        QString error;
        const Command command = Command::fromTyped(typed, &error);
        QCOMPARE(error, QString());
        QCOMPARE(command.kind() == Command::Kind::Shell, shell);
        QCOMPARE(command.argv(), argv);
        QCOMPARE(command.isEmpty(), argv.isEmpty());
        QCOMPARE(command.problem().isEmpty(), !argv.isEmpty());
        QCOMPARE(Command::fromTyped(command.text()), command);
    }

    void unbalancedQuoteIsTold()
    {
        QString error;
        QVERIFY(Command::fromTyped(u"echo 'a"_s, &error).isEmpty());
        QVERIFY(error.contains(u"not closed"_s));
        QVERIFY(Command::fromTyped(u"echo 'a"_s).isEmpty());
    }

    void textTypedAgainIsTheSameCommand_data()
    {
        QTest::addColumn<QStringList>("argv");
        QTest::newRow("plain") << QStringList{u"make"_s, u"-j2"_s};
        QTest::newRow("syntax") << QStringList{u"echo"_s, u"a | b"_s, u"$HOME"_s, u"it's"_s, u""_s};
        QTest::newRow("named like a builtin") << QStringList{u"cd"_s, u"/tmp"_s};
        QTest::newRow("named like a keyword") << QStringList{u"if"_s};
        QTest::newRow("named like an assignment") << QStringList{u"A=b"_s, u"c"_s};
        QTest::newRow("line break") << QStringList{u"printf"_s, u"a\nb"_s};
    }
    void textTypedAgainIsTheSameCommand()
    {
        QFETCH(QStringList, argv);
        const Command command = Command::direct(argv);
        QCOMPARE(Command::fromTyped(command.text()), command);
    }

    void shellCommands()
    {
        const Command bash = Command::shell(u"echo $RANDOM"_s, u"bash"_s);
        QCOMPARE(bash.argv(), (QStringList{u"bash"_s, u"-c"_s, u"echo $RANDOM"_s}));
        QCOMPARE(bash.text(), u"echo $RANDOM"_s);
        QVERIFY(Command::shell(u" \n"_s).isEmpty());
        QVERIFY(!Command::shell(u" \n"_s).problem().isEmpty());
    }

    void problems_data()
    {
        QTest::addColumn<WorkerSpec>("spec");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QString &says, auto change) {
            WorkerSpec spec = goodSpec();
            change(spec);
            QTest::newRow(name) << spec << says;
        };
        const QString nul(QChar::Null);
        row("none", {}, [](WorkerSpec &) {});
        row("no name", u"no name"_s, [](WorkerSpec &s) { s.name.clear(); });
        row("line break in the name", u"line break"_s, [](WorkerSpec &s) { s.name = u"a\nb"_s; });
        row("no command", u"command is empty"_s, [](WorkerSpec &s) { s.command = {}; });
        row("no program", u"command is empty"_s, [](WorkerSpec &s) {
            s.command = Command::direct({u""_s, u"a"_s});
        });
        row("NUL in an argument", u"NUL"_s, [&](WorkerSpec &s) {
            s.command = Command::direct({u"a"_s, nul});
        });
        row("NUL in a shell text", u"NUL"_s,
            [&](WorkerSpec &s) { s.command = Command::shell(u"a"_s + nul); });
        row("NUL in the directory", u"directory"_s, [&](WorkerSpec &s) { s.workingDirectory = nul; });
        row("variable without a name", u"no name"_s, [](WorkerSpec &s) {
            s.environment = {{u""_s, u"a"_s}};
        });
        row("= in a variable's name", u"A=B"_s, [](WorkerSpec &s) { s.environment = {{u"A=B"_s, u"a"_s}}; });
        row("NUL in a value", u"value of the environment variable A"_s, [&](WorkerSpec &s) {
            s.environment = {{u"A"_s, nul}};
        });
        row("signal 0", u"signal 0"_s, [](WorkerSpec &s) { s.stopSignal = 0; });
        row("signal 65", u"signal 65"_s, [](WorkerSpec &s) { s.stopSignal = 65; });
        row("negative grace", u"negative"_s, [](WorkerSpec &s) { s.grace = -1ms; });
    }
    void problems()
    {
        QFETCH(WorkerSpec, spec);
        QFETCH(QString, says);
        QCOMPARE(spec.problem().isEmpty(), says.isEmpty());
        QVERIFY2(spec.problem().contains(says), qPrintable(spec.problem()));
    }

    void jsonKeepsEverything()
    {
        WorkerSpec spec;
        spec.name = u"größe \"1\""_s;
        spec.command = Command::shell(u"echo $A\n"_s, u"/bin/bash"_s);
        spec.workingDirectory = u"/tmp/a b"_s;
        spec.description = u"what it does"_s;
        spec.group = u"group"_s;
        spec.environment = {{u"A"_s, u"1"_s}, {u"B"_s, u""_s}, {u"A"_s, u"2=3"_s}};
        spec.stopSignal = SIGINT;
        spec.grace = 1500ms;
        spec.disabled = true;
        spec.input = Input::Pipe;
        spec.mergeStreams = true;
        spec.keepStrays = true;
        WorkerSpec terminal = goodSpec();
        terminal.input = Input::Terminal;
        for (const WorkerSpec &each : {spec, terminal, goodSpec(), WorkerSpec()}) {
            const QByteArray bytes = QJsonDocument(each.toJson()).toJson();
            QCOMPARE(WorkerSpec::fromJson(QJsonDocument::fromJson(bytes).object()), each);
        }
        QCOMPARE(WorkerSpec::fromJson({}), WorkerSpec());
    }

    void secretNames()
    {
        for (const QString &name : {u"TOKEN"_s, u"GITHUB_TOKEN"_s, u"AWS_SECRET_ACCESS_KEY"_s, u"api_key"_s,
                                    u"PGPASSWORD"_s, u"DB_PASS"_s, u"apiKey"_s, u"SSH_KEYS"_s})
            QVERIFY2(isSecretName(name), qPrintable(name));
        for (const QString &name :
             {u"PATH"_s, u"PWD"_s, u"TOKENIZERS_PARALLELISM"_s, u"KEYBOARD_LAYOUT"_s, u"PASSES"_s, u""_s})
            QVERIFY2(!isSecretName(name), qPrintable(name));
    }

    void suggestsNames_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("name");
        QTest::newRow("program") << u"/usr/bin/python3 -c 'x'"_s << u"python3"_s;
        QTest::newRow("shell") << u"./fetch --all | tee log"_s << u"fetch"_s;
        QTest::newRow("assignment") << u"A=1 make -j4 2>&1"_s << u"make"_s;
        QTest::newRow("the shell's own word") << u"for i in 1 2; do echo $i; done"_s << u"sh"_s;
        QTest::newRow("tilde") << u"~/bin/report"_s << u"report"_s;
        QTest::newRow("no word") << u"(sleep 1)"_s << u"sh"_s;
        QTest::newRow("empty") << QString() << u"worker"_s;
    }

    void suggestsNames()
    {
        QFETCH(QString, typed);
        QTEST(Command::fromTyped(typed).suggestedName(), "name");
    }

    void uniqueNames()
    {
        QCOMPARE(uniqueName(u"a"_s, QStringList()), u"a"_s);
        QCOMPARE(uniqueName(u"a"_s, QStringList{u"b"_s}), u"a"_s);
        QCOMPARE(uniqueName(u"a"_s, QStringList{u"a"_s}), u"a (2)"_s);
        QCOMPARE(uniqueName(u"a"_s, QStringList{u"a (2)"_s, u"a"_s, u"a (3)"_s}), u"a (4)"_s);
    }

    void signalNames()
    {
        QCOMPARE(signalName(SIGTERM), u"SIGTERM"_s);
        QCOMPARE(signalName(SIGSEGV), u"SIGSEGV"_s);
        QCOMPARE(signalName(SIGRTMIN), u"SIGRTMIN"_s);
        QCOMPARE(signalName(SIGRTMIN + 3), u"SIGRTMIN+3"_s);
        QCOMPARE(signalName(77), u"signal 77"_s);
        QCOMPARE(signalName(0), u"signal 0"_s);
    }
};

QTEST_GUILESS_MAIN(TestWorkerSpec)
#include "tst_workerspec.moc"
