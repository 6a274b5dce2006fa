// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/projectfile.h"

#include <QDir>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString dataDirectory = u"" PROCESSION_SOURCE_DIR "/tests/data/process-compose"_s;

QProcessEnvironment environmentWith(const QList<QPair<QString, QString>> &variables = {})
{
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, u"/usr/bin:/bin"_s);
    for (const auto &[name, value] : variables)
        environment.insert(name, value);
    return environment;
}

std::optional<Project> parse(const QByteArray &text,
                             const QProcessEnvironment &environment = environmentWith(),
                             ProjectError *error = nullptr, const QString &path = u"/project/p.yaml"_s)
{
    return readProjectText(text, path, environment, error);
}

// The only worker of `body` (the lines below its name), or one without a name.
WorkerSpec only(const QByteArray &body, const QProcessEnvironment &environment = environmentWith())
{
    ProjectError error;
    const auto project = parse("processes:\n  one:\n" + body, environment, &error);
    if (!project || project->workers.size() != 1) {
        qWarning("%s", qPrintable(error.text()));
        return {};
    }
    return project->workers.first();
}

QString valueOf(const WorkerSpec &spec, const QString &name)
{
    QString value = u"(not set)"_s;
    for (const auto &[key, each] : spec.environment)
        value = key == name ? each : value;
    return value;
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestProjectFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void examplesOfProcessCompose_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<QStringList>("unsupported");
        const QString deps = u"depends_on"_s;
        const QString restart = u"availability.restart"_s;
        const QString backoff = u"availability.backoff_seconds"_s;
        const QString maximum = u"availability.max_restarts"_s;
        const QString ready = u"readiness_probe"_s;
        const QStringList eight{u"process1"_s, u"process2"_s, u"process3"_s, u"process4"_s,
                                u"process5"_s, u"process6"_s, u"process7"_s, u"process8"_s};
        QTest::newRow("demo") << u"demo_process-compose.yaml"_s
                              << QStringList{u"redis"_s,   u"postgres"_s,  u"api-server"_s,
                                             u"web-app"_s, u"scheduler"_s, u"lazygit"_s}
                              << QStringList{deps, ready};
        QTest::newRow("chain-exit") << u"fixtures-code_process-compose-chain-exit.yaml"_s << eight
                                    << QStringList{backoff, restart, deps};
        QTest::newRow("chain") << u"fixtures-code_process-compose-chain.yaml"_s << eight
                               << QStringList{backoff, restart, deps};
        QTest::newRow("circular") << u"fixtures-code_process-compose-circular.yaml"_s << eight.mid(0, 3)
                                  << QStringList{deps};
        QTest::newRow("env-file") << u"fixtures-code_process-compose-env-file.yaml"_s
                                  << QStringList{u"test_env_file"_s} << QStringList{};
        QTest::newRow("multi-namespace") << u"fixtures-code_process-compose-multi-namespace.yaml"_s
                                         << QStringList{u"foo"_s, u"bar"_s, u"baz"_s} << QStringList{};
        QTest::newRow("scale") << u"fixtures-code_process-compose-scale.yaml"_s << eight.mid(0, 3)
                               << QStringList{backoff, restart, deps, u"replicas"_s};
        QTest::newRow("success-exit-codes")
            << u"fixtures-code_process-compose-success-exit-codes.yaml"_s
            << QStringList{u"allowed"_s, u"control"_s}
            << QStringList{backoff, maximum, restart, u"success_exit_codes"_s};
        QTest::newRow("with-log") << u"fixtures-code_process-compose-with-log.yaml"_s << eight
                                  << QStringList{backoff, restart, deps, u"log_level"_s, u"log_location"_s};
        QTest::newRow("issue 107") << u"issues_issue_107_process-compose.yaml"_s
                                   << QStringList{u"redis"_s,       u"webserver-a"_s, u"webserver-b"_s,
                                                  u"rpyc-client"_s, u"webserver-c"_s, u"httpclient"_s,
                                                  u"pc_log"_s,      u"memory"_s}
                                   << QStringList{backoff,         maximum,
                                                  restart,         deps,
                                                  u"log_length"_s, u"log_level"_s,
                                                  ready,           u"shutdown.parent_only"_s};
        QTest::newRow("issue 214") << u"issues_issue_214_process-compose.yaml"_s
                                   << QStringList{u"pc_log"_s, u"sigterm_resistant"_s}
                                   << QStringList{u"log_length"_s, u"log_level"_s};
        QTest::newRow("main") << u"process-compose.yaml"_s
                              << QStringList{u"process0"_s,        u"process1"_s,   u"_process2"_s,
                                             u"process3"_s,        u"process4"_s,   u"process5"_s,
                                             u"server"_s,          u"kcalc"_s,      u"__pc_log"_s,
                                             u"__pc_log_client"_s, u"bat_config"_s, u"dot_env_test"_s}
                              << QStringList{backoff,
                                             restart,
                                             deps,
                                             u"disable_ansi_colors"_s,
                                             u"log_configuration"_s,
                                             u"log_length"_s,
                                             u"log_level"_s,
                                             u"log_location"_s,
                                             ready,
                                             u"shutdown.command"_s};
    }
    void examplesOfProcessCompose()
    {
        QFETCH(QString, file);
        QFETCH(QStringList, names);
        QFETCH(QStringList, unsupported);
        ProjectError error;
        const auto project =
            readProjectFile(dataDirectory + u'/' + file, environmentWith({{u"USER"_s, u"me"_s}}), &error);
        QVERIFY2(project, qPrintable(error.text()));
        QStringList found;
        for (const WorkerSpec &worker : project->workers) {
            found += worker.name;
            QCOMPARE(worker.problem(), QString());
            QVERIFY(worker.command.kind() == Command::Kind::Shell);
        }
        QCOMPARE(found, names);
        QCOMPARE(project->unsupportedKeys, unsupported);
    }

    void everyExampleIsInTheTable() { QCOMPARE(QDir(dataDirectory).entryList({u"*.yaml"_s}).size(), 12); }

    void commandsOfTheExamples_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("argv");
        const auto bash = [](const QString &text) { return QStringList{u"bash"_s, u"-c"_s, text}; };
        QTest::newRow("words") << u"process-compose.yaml"_s << u"process0"_s
                               << bash(u"ls -lFa --color=always"_s);
        QTest::newRow("unset variable")
            << u"process-compose.yaml"_s << u"process1"_s << bash(u"./test_loop.bash "_s);
        QTest::newRow("variable") << u"process-compose.yaml"_s << u"__pc_log"_s
                                  << bash(u"tail -f -n100 process-compose-me.log"_s);
        QTest::newRow("escaped") << u"process-compose.yaml"_s << u"dot_env_test"_s
                                 << bash(u"echo val from .env: ${FOO}"_s);
        QTest::newRow("builtin") << u"fixtures-code_process-compose-chain-exit.yaml"_s << u"process8"_s
                                 << bash(u"exit 42"_s);
        QTest::newRow("quotes") << u"issues_issue_214_process-compose.yaml"_s << u"sigterm_resistant"_s
                                << bash(u"trap '' SIGTERM && sleep 60"_s);
        QTest::newRow("several lines")
            << u"demo_process-compose.yaml"_s << u"scheduler"_s
            << bash(u"echo \"Scheduler starting...\"\nsleep 1\necho \"Registered 3 cron jobs\"\ni=0\n"
                    "while [ $i -lt 60 ]; do\n  sleep 4\n  i=$((i+1))\n"
                    "  echo \"$(date '+%H:%M:%S') - Running job: cleanup-sessions\"\n  sleep 1\n"
                    "  echo \"$(date '+%H:%M:%S') - Job completed in $((RANDOM % 500 + 100))ms\"\ndone\n"_s);
    }
    void commandsOfTheExamples()
    {
        QFETCH(QString, file);
        QFETCH(QString, name);
        QFETCH(QStringList, argv);
        const auto project =
            readProjectFile(dataDirectory + u'/' + file, environmentWith({{u"USER"_s, u"me"_s}}), nullptr);
        QVERIFY(project);
        for (const WorkerSpec &worker : project->workers) {
            if (worker.name == name) {
                QCOMPARE(worker.command.argv(), argv);
                return;
            }
        }
        QFAIL("no such worker");
    }

    void detailsOfTheExamples()
    {
        const auto project =
            readProjectFile(dataDirectory + u"/process-compose.yaml"_s, environmentWith(), nullptr);
        QVERIFY(project);
        QCOMPARE(project->file, dataDirectory + u"/process-compose.yaml"_s);
        QVERIFY(!project->hash.isEmpty());
        const QList<WorkerSpec> &workers = project->workers;
        QCOMPARE(workers.at(0).workingDirectory, u"/"_s);
        QCOMPARE(workers.at(1).workingDirectory, dataDirectory);
        QCOMPARE(workers.at(1).stopSignal, 15);
        QCOMPARE(workers.at(1).grace, 4s);
        QCOMPARE(workers.at(0).grace, 10s);
        QCOMPARE(workers.at(5).group, u"test"_s);
        QVERIFY(workers.at(7).disabled);
        QVERIFY(!workers.at(6).disabled);
        QCOMPARE(valueOf(workers.at(0), u"ABC"_s), u"222"_s);
        QCOMPARE(valueOf(workers.at(2), u"ABC"_s), u"2221"_s);
        QCOMPARE(valueOf(workers.at(2), u"PC_PROC_NAME"_s), u"_process2"_s);
        QCOMPARE(valueOf(workers.at(2), u"PC_REPLICA_NUM"_s), u"0"_s);
        QVERIFY2(project->notices.join(u'\n').contains(u"PROC4"_s), qPrintable(project->notices.join(u'\n')));

        const auto chain = readProjectFile(dataDirectory + u"/fixtures-code_process-compose-chain.yaml"_s,
                                           environmentWith(), nullptr);
        QCOMPARE(chain->workers.at(2).workingDirectory, QDir::cleanPath(dataDirectory + u"/../.."_s));
        const auto issue = readProjectFile(dataDirectory + u"/issues_issue_107_process-compose.yaml"_s,
                                           environmentWith(), nullptr);
        QCOMPARE(issue->workers.at(3).stopSignal, SIGHUP);
        const auto missing = readProjectFile(
            dataDirectory + u"/fixtures-code_process-compose-env-file.yaml"_s, environmentWith(), nullptr);
        QVERIFY(missing->notices.join(u'\n').contains(u"/.env.test. There is no such file"_s));
    }

    void theDemoOpens()
    {
        ProjectError error;
        const auto project = readProjectFile(
            u"" PROCESSION_SOURCE_DIR "/resources/examples/two-processes.yaml"_s, environmentWith(), &error);
        QVERIFY2(project, qPrintable(error.text()));
        QCOMPARE(project->workers.size(), 2);
        QCOMPARE(project->workers.at(0).name, u"Process-1"_s);
        QCOMPARE(project->workers.at(1).name, u"Process-2"_s);
        QCOMPARE(project->unsupportedKeys, QStringList());
        QCOMPARE(project->notices, QStringList());
    }

    void shells()
    {
        QCOMPARE(only("    command: a\n").command.argv().first(), u"bash"_s);
        QCOMPARE(only("    command: a\n", environmentWith({{u"COMPOSE_SHELL"_s, u"zsh"_s}}))
                     .command.argv()
                     .first(),
                 u"zsh"_s);
        auto project = parse("shell: {shell_command: fish, shell_argument: -c}\nprocesses: {a: {command: b}}",
                             environmentWith({{u"COMPOSE_SHELL"_s, u"zsh"_s}}));
        QCOMPARE(project->workers.first().command, Command::shell(u"b"_s, u"fish"_s));
        project = parse("shell: {shell_command: sh, shell_argument: -ec}\nprocesses: {a: {command: b}}");
        QCOMPARE(project->workers.first().command, Command::direct({u"sh"_s, u"-ec"_s, u"b"_s}));

        QTemporaryDir empty;
        project = parse("processes: {a: {command: b}, c: {command: d}}",
                        environmentWith({{u"PATH"_s, empty.path()}}));
        QCOMPARE(project->workers.first().command, Command::shell(u"b"_s, u"sh"_s));
        QCOMPARE(project->notices.size(), 1);
        QVERIFY(project->notices.first().contains(u"no bash"_s));
    }

    void commandsWithoutAShell()
    {
        QCOMPARE(only("    entrypoint: [ls, -l, 'a b']\n").command,
                 Command::direct({u"ls"_s, u"-l"_s, u"a b"_s}));
        QCOMPARE(
            only("    executable: ls\n    args:\n    - ${X}\n", environmentWith({{u"X"_s, u"1"_s}})).command,
            Command::direct({u"ls"_s, u"1"_s}));
        const auto project = parse("processes: {a: {command: b, entrypoint: [c]}}");
        QCOMPARE(project->workers.first().command.argv().last(), u"b"_s);
        QVERIFY(project->notices.first().contains(u"entrypoint"_s));
    }

    void variablesAreReplacedEverywhere()
    {
        const auto environment = environmentWith({{u"A"_s, u"x: [y] \"z\" # {w}"_s},
                                                  {u"N"_s, u"7"_s},
                                                  {u"YES"_s, u"true"_s},
                                                  {u"NAME"_s, u"web"_s}});
        // Even where YAML has a meaning for the characters, and whatever the value holds.
        const auto project = parse("# ${not closed, in a comment\n"
                                   "processes:\n"
                                   "  ${NAME}-1:\n"
                                   "    command: echo ${A}\n"
                                   "    environment: [B=${A}, 'C=${A}', D=${NONE:-a: b, c}]\n"
                                   "    disabled: ${YES}\n"
                                   "    shutdown: {signal: ${N}, timeout_seconds: \"${N}\"}\n"
                                   "    description: \"${NONE:-\\\"quoted\\\"} $$A ${N}\"\n",
                                   environment);
        QVERIFY(project);
        const WorkerSpec &worker = project->workers.first();
        QCOMPARE(worker.name, u"web-1"_s);
        QCOMPARE(worker.command.text(), u"echo x: [y] \"z\" # {w}"_s);
        QCOMPARE(valueOf(worker, u"B"_s), u"x: [y] \"z\" # {w}"_s);
        QCOMPARE(valueOf(worker, u"C"_s), u"x: [y] \"z\" # {w}"_s);
        QCOMPARE(valueOf(worker, u"D"_s), u"a: b, c"_s);
        QVERIFY(worker.disabled);
        QCOMPARE(worker.stopSignal, 7);
        QCOMPARE(worker.grace, 7s);
        QCOMPARE(worker.description, u"\"quoted\" $A 7"_s);
    }

    void variablesAreLeftAloneIfTheFileSaysSo()
    {
        const auto project = parse("disable_env_expansion: true\nprocesses: {a: {command: 'echo ${N} $$'}}",
                                   environmentWith({{u"N"_s, u"7"_s}}));
        QCOMPARE(project->workers.first().command.text(), u"echo ${N} $$"_s);
    }

    void environmentInLayers()
    {
        QTemporaryDir directory;
        write(directory.filePath(u".env"_s), "A=dotenv\nB=dotenv\nC=dotenv\nD=dotenv\nFROM=${HOST}-1\n"
                                             "export Q=\"a\\n$A\" # comment\nS='$A'\n#\nE=\n");
        write(directory.filePath(u"more.env"_s), "C=file\nD=file\n");
        const QByteArray text =
            "environment:\n  B: global\n  C: global\n  D: global\n"
            "processes:\n"
            "  a: {command: 'echo ${A} ${FROM}', env_file: more.env, environment: [D=own]}\n"
            "  b: {command: x, is_dotenv_disabled: true}\n";
        ProjectError error;
        const auto project = parse(text, environmentWith({{u"A"_s, u"process"_s}, {u"HOST"_s, u"h"_s}}),
                                   &error, directory.filePath(u"p.yaml"_s));
        QVERIFY2(project, qPrintable(error.text()));
        const WorkerSpec &a = project->workers.at(0);
        QCOMPARE(a.command.text(), u"echo dotenv h-1"_s);
        QCOMPARE(valueOf(a, u"A"_s), u"dotenv"_s);
        QCOMPARE(valueOf(a, u"B"_s), u"global"_s);
        QCOMPARE(valueOf(a, u"C"_s), u"file"_s);
        QCOMPARE(valueOf(a, u"D"_s), u"own"_s);
        QCOMPARE(valueOf(a, u"Q"_s), u"a\ndotenv"_s);
        QCOMPARE(valueOf(a, u"S"_s), u"$A"_s);
        QCOMPARE(valueOf(a, u"E"_s), QString());
        const WorkerSpec &b = project->workers.at(1);
        QCOMPARE(valueOf(b, u"A"_s), u"(not set)"_s);
        QCOMPARE(valueOf(b, u"B"_s), u"global"_s);
        QCOMPARE(a.workingDirectory, directory.path());

        write(directory.filePath(u".env"_s), "A=1\nno equals sign\n");
        QVERIFY(!parse(text, environmentWith(), &error, directory.filePath(u"p.yaml"_s)));
        QCOMPARE(error.file, directory.filePath(u".env"_s));
        QCOMPARE(error.line, 2);
    }

    void anchorsAndMergeKeys()
    {
        const auto project = parse("x-common: &common\n"
                                   "  working_dir: /tmp\n"
                                   "  command: common\n"
                                   "  namespace: g\n"
                                   "more: &more {command: more, description: d}\n"
                                   "processes:\n"
                                   "  a: *common\n"
                                   "  b:\n"
                                   "    command: own\n"
                                   "    <<: [*more, *common]\n"
                                   "  c: {<<: *common, environment: &env [K=V]}\n"
                                   "  d: {command: x, environment: *env}\n");
        QVERIFY(project);
        QCOMPARE(project->workers.at(0).command.text(), u"common"_s);
        QCOMPARE(project->workers.at(1).command.text(), u"own"_s);
        QCOMPARE(project->workers.at(1).description, u"d"_s);
        QCOMPARE(project->workers.at(1).group, u"g"_s);
        QCOMPARE(project->workers.at(2).workingDirectory, u"/tmp"_s);
        QCOMPARE(valueOf(project->workers.at(3), u"K"_s), u"V"_s);
        QCOMPARE(project->unsupportedKeys, QStringList{u"more"_s});
    }

    void inputStreamsAndStrays()
    {
        WorkerSpec worker = only("    command: x\n");
        QCOMPARE(worker.input, Input::None);
        QVERIFY(!worker.mergeStreams);
        QVERIFY(!worker.keepStrays);
        QCOMPARE(only("    command: x\n    is_tty: true\n").input, Input::Terminal);
        QCOMPARE(only("    command: x\n    is_interactive: yes\n").input, Input::Terminal);
        QCOMPARE(only("    command: x\n    is_tty: false\n").input, Input::None);
        worker = only("    command: x\n    x-procession: {input: pipe, merge_streams: true, strays: keep}\n");
        QCOMPARE(worker.input, Input::Pipe);
        QVERIFY(worker.mergeStreams);
        QVERIFY(worker.keepStrays);
        worker =
            only("    command: x\n    x-procession: {input: terminal, merge_streams: no, strays: end}\n");
        QCOMPARE(worker.input, Input::Terminal);
        QVERIFY(!worker.mergeStreams);
        QVERIFY(!worker.keepStrays);
        QCOMPARE(only("    command: x\n    is_tty: true\n    x-procession: {input: none}\n").input,
                 Input::None);
        QCOMPARE(only("    command: x\n    is_tty: true\n    x-procession:\n").input, Input::Terminal);
        QCOMPARE(only("    command: x\n    x-procession: {input: \"${HOW}\"}\n",
                      environmentWith({{u"HOW"_s, u"pipe"_s}}))
                     .input,
                 Input::Pipe);

        const auto project =
            parse("x-procession: {a: b}\n"
                  "processes:\n"
                  "  one: {command: x, x-procession: {input: pipe, colour: red}}\n"
                  "  two: {command: x, x-procession: {colour: blue}, x-other: {input: 7}}\n");
        QVERIFY(project);
        const QStringList unsupported{u"x-procession"_s, u"x-procession.colour"_s};
        QCOMPARE(project->unsupportedKeys, unsupported);
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("starts");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &text, const QString &starts,
                            const QString &says) { QTest::newRow(name) << text << starts << says; };
        const QByteArray one = "processes:\n  a:\n    command: x\n";
        row("empty", "", u"p.yaml: "_s, u"file is empty"_s);
        row("only a comment", "# x\n", u"p.yaml: "_s, u"file is empty"_s);
        row("a sentence", "Hello, this is no project.\n", u"p.yaml:1:1: "_s, u"found text"_s);
        row("a list", "- a\n- b\n", u"p.yaml:1:1: "_s, u"found a list"_s);
        row("no processes", "version: 1\n", u"p.yaml:1:1: "_s, u"Expected \"processes:\""_s);
        row("processes empty", "version: 1\nprocesses:\n", u"p.yaml:2:1: processes: "_s, u"no process"_s);
        row("processes {}", "processes: {}\n", u"p.yaml:1:1: processes: "_s, u"no process"_s);
        row("processes a list", "processes:\n  - a\n", u"p.yaml:2:3: processes: "_s,
            u"expected a map, found a list"_s);
        row("processes text", "processes: a\n", u"p.yaml:1:12: processes: "_s,
            u"expected a map, found text"_s);
        row("process a text", "processes:\n  a: ls\n", u"p.yaml:2:6: processes.a: "_s, u"found text"_s);
        row("process empty", "processes:\n  a:\n", u"p.yaml:2:3: processes.a: "_s, u"nothing to run"_s);
        row("command empty", "processes:\n  a:\n    command: ' '\n", u"p.yaml:2:3: processes.a: "_s,
            u"nothing to run"_s);
        row("command a list", "processes:\n  a:\n    command: [b]\n", u"p.yaml:3:14: processes.a.command: "_s,
            u"expected text, found a list"_s);
        row("command a map", "processes:\n  a:\n    command:\n      b: c\n",
            u"p.yaml:4:7: processes.a.command: "_s, u"expected text, found a map"_s);
        row("flag", one + "    disabled: maybe\n", u"p.yaml:4:15: processes.a.disabled: "_s,
            u"expected true or false, found \"maybe\""_s);
        row("number", one + "    replicas: two\n", u"p.yaml:4:15: processes.a.replicas: "_s,
            u"expected a whole number, found \"two\""_s);
        row("signal", one + "    shutdown:\n      signal: 99\n",
            u"p.yaml:5:7: processes.a.shutdown.signal: "_s, u"from 1 to 64, found 99"_s);
        row("timeout", one + "    shutdown: {timeout_seconds: -1}\n", u"p.yaml:4:15: processes.a.shutdown"_s,
            u"found -1"_s);
        row("extension", one + "    x-procession: terminal\n", u"p.yaml:4:19: processes.a.x-procession: "_s,
            u"expected a map, found text"_s);
        row("input", one + "    x-procession:\n      input: keyboard\n",
            u"p.yaml:5:14: processes.a.x-procession.input: "_s,
            u"expected none, pipe or terminal, found \"keyboard\""_s);
        row("input a list", one + "    x-procession: {input: [pipe]}\n",
            u"p.yaml:4:27: processes.a.x-procession.input: "_s, u"expected text, found a list"_s);
        row("merged streams", one + "    x-procession: {merge_streams: both}\n",
            u"p.yaml:4:35: processes.a.x-procession.merge_streams: "_s,
            u"expected true or false, found \"both\""_s);
        row("strays", one + "    x-procession: {strays: feed}\n",
            u"p.yaml:4:28: processes.a.x-procession.strays: "_s, u"expected end or keep, found \"feed\""_s);
        row("environment", one + "    environment: [A]\n", u"p.yaml:4:19: processes.a.environment: "_s,
            u"expected NAME=VALUE, found \"A\""_s);
        row("environment text", one + "    environment: A=b\n", u"p.yaml:4:18: processes.a.environment: "_s,
            u"expected a list of NAME=VALUE or a map, found text"_s);
        row("depends_on", one + "    depends_on: [b]\n", u"p.yaml:4:17: processes.a.depends_on: "_s,
            u"expected a map, found a list"_s);
        row("restart", one + "    availability:\n      restart: []\n",
            u"p.yaml:5:16: processes.a.availability.restart"_s, u"expected text, found a list"_s);
        row("duplicate name", one + "  b: {command: y}\n  a: {command: z}\n", u"p.yaml:5:3: "_s,
            u"first is in line 2"_s);
        row("duplicate name by variable", one + "  ${A}: {command: z}\n", u"p.yaml:4:3: processes.a: "_s,
            u"first is in line 2"_s);
        row("duplicate key", one + "    command: y\n", u"p.yaml:4:5: "_s, u"first is in line 3"_s);
        row("tab", "processes:\n\ta:\n", u"p.yaml:2:1: "_s, u"tab"_s);
        row("tab after spaces", one + "  \tb: c\n", u"p.yaml:4:3: "_s, u"tab"_s);
        row("indentation", "processes:\n  a:\n    command: x\n   disabled: true\n", u"p.yaml:4:4: "_s,
            u"not YAML"_s);
        row("open quote", "processes:\n  a:\n    command: \"x\n", u"p.yaml:4:1: "_s, u"not YAML"_s);
        row("colon", "processes:\n  a:\n    command: a: b\n", u"p.yaml:3:15: "_s, u"not YAML"_s);
        row("two documents", one + "---\na: b\n", u"p.yaml:4:1: "_s, u"second document"_s);
        row("NUL", "processes:\n  a" + QByteArray(1, '\0'), u"p.yaml:2:4: "_s, u"NUL"_s);
        row("not UTF-8", "processes:\n  \xe4:\n", u"p.yaml:2:3: "_s, u"UTF-8"_s);
        row("overlong UTF-8", "a: \xc0\xaf", u"p.yaml:1:4: "_s, u"UTF-8"_s);
        row("control character", "processes:\n  a: \x07\n", u"p.yaml:2:6: "_s, u"control character"_s);
        row("name with a line break", "processes:\n  \"a\\nb\": {command: x}\n", u"p.yaml:2:3: "_s,
            u"line break"_s);
        row("NUL by escape", "processes:\n  a: {command: \"x\\0\"}\n", u"p.yaml:2:3: processes.a: "_s,
            u"NUL"_s);
        row("key a list", "[a]: b\n", u"p.yaml:1:1: "_s, u"key must be text"_s);
        row("alias without anchor", "processes: *p\n", u"p.yaml:1:12: "_s, u"&p"_s);
        row("alias in its own anchor", "processes: &p\n  a: *p\n", u"p.yaml:2:6: "_s, u"&p"_s);
        row("merge of a text", "processes:\n  a:\n    <<: b\n", u"p.yaml:3:9: "_s, u"<<"_s);
        row("variable", one + "    description: ${a[@]}\n", u"p.yaml:4:18: processes.a.description: "_s,
            u"$${a[@]}"_s);
        row("variable in a block", "processes:\n  a:\n    command: |\n      b\n      ${c\n",
            u"p.yaml:5:1: processes.a.command: "_s, u"not closed"_s);
        row("variable before the place", "processes:\n  a: {x: ${AAAA}, command: ${B:-c: d}, x: ${CCC}}\n",
            u"p.yaml:2:40: "_s, u"second time"_s);
        row("shell", "shell: {shell_argument: -c}\n" + one, u"p.yaml:1:8: shell.shell_command: "_s,
            u"name of a shell"_s);
    }
    void errors()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, starts);
        QFETCH(QString, says);
        ProjectError error;
        QVERIFY(!parse(text, environmentWith({{u"A"_s, u"a"_s}}), &error, u"p.yaml"_s));
        QVERIFY2(error.text().startsWith(starts), qPrintable(error.text()));
        QVERIFY2(error.message.contains(says), qPrintable(error.text()));
        QVERIFY(!parse(text, environmentWith({{u"A"_s, u"a"_s}})));
    }

    void hostileFilesAreBounded_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QByteArray laughs = "x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
        for (int i = 1; i < 30; ++i) {
            const QByteArray number = QByteArray::number(i);
            const QByteArray nine = QByteArray(",*a" + QByteArray::number(i - 1)).repeated(9).mid(1);
            laughs += "x-" + number + ": &a" + number + " [" + nine + "]\n";
        }
        QTest::newRow("a billion laughs") << laughs + "processes: {a: {command: *a29}}\n"
                                          << u"expected text"_s;
        QTest::newRow("brackets") << "processes: " + QByteArray(1 << 20, '[') << u"nested"_s;
        QTest::newRow("indented lists") << QByteArray("- ").repeated(1 << 16) + "a\n" << u"nested"_s;
        QByteArray chain = "x-0: &a0 [x]\n";
        for (int i = 1; i < 20'000; ++i)
            chain += "x-" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [*a" +
                     QByteArray::number(i - 1) + "]\n";
        QTest::newRow("a chain of aliases") << chain << u"nested"_s;
        QByteArray merges = "x-b: &b {";
        for (int i = 0; i < 3000; ++i)
            merges += "k" + QByteArray::number(i) + ": v, ";
        merges += "}\nprocesses:\n";
        for (int i = 0; i < 3000; ++i)
            merges += "  p" + QByteArray::number(i) + ": {<<: *b}\n";
        QTest::newRow("merge keys") << merges << u"merge keys"_s;
        QByteArray global = "environment:\n";
        for (int i = 0; i < 3000; ++i)
            global += "  - K" + QByteArray::number(i) + "=v\n";
        global += "processes:\n";
        for (int i = 0; i < 5000; ++i)
            global += "  p" + QByteArray::number(i) + ": {command: x}\n";
        QTest::newRow("many variables for many processes") << global << u"unfold"_s;
        QByteArray texts = "x-t: &t \"" + QByteArray(1 << 20, 'x') + "${A}\"\nprocesses:\n";
        for (int i = 0; i < 1000; ++i)
            texts += "  p" + QByteArray::number(i) + ": {command: *t}\n";
        QTest::newRow("one long text for many processes") << texts << u"unfold"_s;
        QTest::newRow("open variables") << "# " + QByteArray("${").repeated(1 << 20) + "\nprocesses:\n"
                                        << u"no process"_s;
    }
    void hostileFilesAreBounded()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        ProjectError error;
        QVERIFY(!parse(text, environmentWith(), &error));
        QVERIFY2(error.message.contains(says), qPrintable(error.text().left(200)));
    }

    void unusualFiles_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        QTest::newRow("missing") << u"missing.yaml"_s << u"no such file"_s;
        QTest::newRow("below a file") << u"good.yaml/x"_s << u"no such file"_s;
        QTest::newRow("directory") << u"directory"_s << u"is a directory"_s;
        QTest::newRow("fifo") << u"fifo"_s << u"named pipe"_s;
        QTest::newRow("device") << u"/dev/zero"_s << u"device"_s;
        QTest::newRow("100 MB") << u"large.yaml"_s << u"too large"_s;
        QTest::newRow("link to itself") << u"loop"_s << u"circle"_s;
        QTest::newRow("unreadable") << u"unreadable.yaml"_s << u"no permission"_s;
    }
    void unusualFiles()
    {
        QFETCH(QString, path);
        QFETCH(QString, says);
        QTemporaryDir directory;
        ::chmod(QFile::encodeName(directory.path()).constData(), 0755);
        const QDir dir(directory.path());
        write(dir.filePath(u"good.yaml"_s), "processes: {a: {command: x}}");
        QVERIFY(dir.mkdir(u"directory"_s));
        QCOMPARE(::mkfifo(QFile::encodeName(dir.filePath(u"fifo"_s)).constData(), 0600), 0);
        QFile large(dir.filePath(u"large.yaml"_s));
        QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(100'000'000));
        QVERIFY(QFile::link(u"loop"_s, dir.filePath(u"loop"_s)));
        write(dir.filePath(u"unreadable.yaml"_s), "processes: {a: {command: x}}");
        ::chmod(QFile::encodeName(dir.filePath(u"unreadable.yaml"_s)).constData(), 0);

        // Root may read everything; for the time of the call it is somebody else.
        const bool root = ::geteuid() == 0;
        const auto back = qScopeGuard([root] { QVERIFY(!root || ::seteuid(0) == 0); });
        QVERIFY(!root || ::seteuid(65534) == 0);
        ProjectError error;
        QVERIFY(readProjectFile(dir.filePath(u"good.yaml"_s), environmentWith(), &error));
        QVERIFY(!readProjectFile(dir.filePath(path), environmentWith(), &error));
        QCOMPARE(error.line, 0);
        QVERIFY2(error.text().startsWith(dir.filePath(path) + u": "_s), qPrintable(error.text()));
        QVERIFY2(error.message.contains(says), qPrintable(error.text()));
        QVERIFY(!readProjectFile(dir.filePath(path), environmentWith(), nullptr));
    }
};

QTEST_GUILESS_MAIN(TestProjectFile)
#include "tst_projectfile.moc"
