// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/projectfile.h"

#include "formats/dotenv.h"
#include "formats/projectschema.h"
#include "formats/textfile.h"
#include "formats/yamltree.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QSet>
#include <QStandardPaths>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace procession {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Variables = QList<QPair<QString, QString>>;

// Characters that may be read through aliases and repeated by global variables, all in all.
constexpr qint64 mostUnfolded = 128 << 20;
// A longer grace is no grace; and in milliseconds it still fits the keeper's spec.
constexpr qint64 longestGraceSeconds = 2'000'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::ProjectFile", text);
}

class ProjectReader final
{
public:
    ProjectReader(const QByteArray &bytes, const QString &path, const QProcessEnvironment &environment)
        : m_bytes(bytes)
        , m_path(path)
        , m_directory(QFileInfo(path).absolutePath())
        , m_environment(environment)
        , m_lookup([this](const QString &name) { return variable(name); })
    {
    }

    std::optional<Project> read(ProjectError *error)
    {
        m_project.file = QFileInfo(m_path).absoluteFilePath();
        m_project.hash = QCryptographicHash::hash(m_bytes, QCryptographicHash::Sha256);
        if (const YamlNodePtr root = parse())
            readRoot(*root);
        if (m_error) {
            if (error)
                *error = *m_error;
            return std::nullopt;
        }
        m_project.unsupportedKeys = QStringList(m_unsupported.cbegin(), m_unsupported.cend());
        m_project.unsupportedKeys.sort();
        note(tr("Not set, so nothing was put in their place: %1."), m_unset);
        note(tr("In several namespaces, of which only the first is shown: %1."), m_inManyGroups);
        note(tr("With both a command and an entrypoint, of which the command is run: %1."), m_withBoth);
        note(tr("With templates ({{...}}), which are not replaced: %1."), m_withTemplates);
        return m_project;
    }

private:
    void note(const QString &sentence, const QStringList &names)
    {
        constexpr qsizetype mostNamed = 10;
        if (!names.isEmpty()) {
            m_project.notices += sentence.arg(names.mid(0, mostNamed).join(u", "_s) +
                                              (names.size() > mostNamed ? u" ..."_s : u""_s));
        }
    }

    // The first error counts; what follows it may be its consequence.
    void fail(int line, int column, const QString &key, const QString &message)
    {
        if (!m_error)
            m_error = ProjectError{m_path, line, column, key, message};
    }

    void fail(const YamlNode &node, const QString &key, const QString &message)
    {
        fail(node.line, node.column, key, message);
    }

    void charge(const YamlNode &node, const QString &key, qint64 amount)
    {
        m_unfolded += amount;
        if (m_unfolded > mostUnfolded)
            fail(node, key, tr("The aliases and variables of this file unfold to too much."));
    }

    std::optional<QString> variable(const QString &name) const
    {
        const auto fromFile = m_dotEnvValues.constFind(name);
        if (fromFile != m_dotEnvValues.constEnd())
            return *fromFile;
        return m_environment.contains(name) ? std::optional(m_environment.value(name)) : std::nullopt;
    }

    YamlNodePtr parse()
    {
        TextFileError textError;
        const std::optional<QString> text = decodeText(m_bytes, &textError);
        if (!text) {
            fail(textError.line, textError.column, {}, textError.message);
            return nullptr;
        }
        YamlError yamlError;
        YamlNodePtr root = parseYaml(*text, &yamlError);
        if (!root)
            fail(yamlError.line, yamlError.column, {}, yamlError.message);
        return root;
    }

    void readRoot(const YamlNode &root)
    {
        const YamlNode::Entry *processes = root.find(u"processes");
        if (root.isNull())
            return fail(0, 0, {},
                        tr("The file is empty. A project file lists its commands under \"processes:\"."));
        if (root.kind != YamlNode::Kind::Mapping || !processes) {
            const QString found = root.kind == YamlNode::Kind::Mapping ? tr("other keys") : kindName(root);
            return fail(root, {},
                        tr("Expected \"processes:\" with the commands below it, found %1.").arg(found));
        }
        // Before any text is looked at: it decides how texts are read.
        if (const YamlNode::Entry *disable = root.find(u"disable_env_expansion"))
            m_expands = !flagOf(disable->value->text).value_or(false);
        readDotEnv();
        checkKeys(root, projectSchema(), {});
        chooseShell(root);
        m_globals = m_dotEnv;
        const qsizetype dotEnvSize = m_globals.size();
        m_globals += variables(root, {});
        m_globalsWithoutDotEnv = m_globals.mid(dotEnvSize);
        readProcesses(*processes);
    }

    void readDotEnv()
    {
        const QString path = QDir(m_directory).filePath(u".env"_s);
        // Some keep a Python environment in a directory of this name.
        if (!QFileInfo(path).isDir())
            m_dotEnv = readVariables(path, false);
        for (const auto &[name, value] : std::as_const(m_dotEnv))
            m_dotEnvValues.insert(name, value);
    }

    Variables readVariables(const QString &path, bool expected)
    {
        TextFileError textError;
        const std::optional<QByteArray> bytes = readRegularFile(path, maximumProjectBytes, &textError);
        if (!bytes) {
            if (expected || !textError.missing)
                m_project.notices +=
                    tr("Left out: %1. %2").arg(QDir::toNativeSeparators(path), textError.message);
            return {};
        }
        const std::optional<QString> text = decodeText(*bytes, &textError);
        DotEnvError dotEnvError{textError.line, textError.message};
        std::optional<Variables> read;
        if (text)
            read = parseDotEnv(*text, m_lookup, &dotEnvError);
        if (!read && !m_error)
            m_error = ProjectError{path, dotEnvError.line, 1, {}, dotEnvError.message};
        return read.value_or(Variables());
    }

    // Every key has the shape it must have; those without effect are noted.
    void checkKeys(const YamlNode &map, const SchemaTable &table, const QString &path,
                   const QString &shortPath = {})
    {
        for (const YamlNode::Entry &entry : map.entries) {
            const QString shortKey = shortPath.isEmpty() ? entry.key : shortPath + u'.' + entry.key;
            const QString key = path.isEmpty() ? entry.key : path + u'.' + entry.key;
            charge(*entry.value, key,
                   static_cast<qint64>(16 + entry.value->items.size() + entry.value->entries.size()));
            if (m_error)
                return;
            const SchemaKey *known = table.find(entry.key);
            if (!known) {
                // x-anything is where people keep what others use by alias; x-procession is meant for us.
                if (!entry.key.startsWith("x-"_L1) || entry.key == "x-procession"_L1)
                    m_unsupported.insert(shortKey);
                continue;
            }
            if (!fits(*entry.value, known->shape)) {
                return fail(*entry.value, key,
                            tr("expected %1, found %2").arg(shapeName(known->shape), kindName(*entry.value)));
            }
            if (!known->supported)
                m_unsupported.insert(shortKey);
            if (known->shape == Shape::Number)
                number(map, known->name, path);
            else if (known->shape == Shape::Flag)
                flag(map, known->name, path);
            if (known->table)
                checkKeys(*entry.value, *known->table, key, shortKey);
        }
    }

    // A scalar's text with its variables replaced.
    QString text(const YamlNode &node, const QString &key)
    {
        charge(node, key, node.text.size() + 16);
        if (!m_expands || m_error)
            return node.text;
        ExpansionError expansionError;
        const std::optional<QString> expanded =
            expandVariables(node.text, m_lookup, &expansionError, &m_unset);
        if (!expanded) {
            const auto lines = QStringView(node.text).first(expansionError.position).count(u'\n');
            fail(node.line + (node.literal ? 1 + static_cast<int>(lines) : 0), node.literal ? 1 : node.column,
                 key, expansionError.message);
            return {};
        }
        charge(node, key, expanded->size());
        return *expanded;
    }

    static QString keyBelow(const QString &path, const char *name)
    {
        return path.isEmpty() ? QString::fromLatin1(name) : path + u'.' + QLatin1StringView(name);
    }

    // The values of keys whose shape checkKeys() has seen; absent ones are empty.
    QString text(const YamlNode &map, const char *name, const QString &path)
    {
        const YamlNode::Entry *entry = map.find(QString::fromLatin1(name));
        return entry && !entry->value->isNull() ? text(*entry->value, keyBelow(path, name)) : QString();
    }

    QStringList texts(const YamlNode &map, const char *name, const QString &path)
    {
        QStringList list;
        const YamlNode::Entry *entry = map.find(QString::fromLatin1(name));
        if (!entry || entry->value->isNull())
            return list;
        if (entry->value->kind == YamlNode::Kind::Scalar)
            list += text(*entry->value, keyBelow(path, name));
        for (const YamlNodePtr &item : entry->value->items) {
            list += text(*item, keyBelow(path, name));
            if (m_error)
                break;
        }
        return list;
    }

    std::optional<qint64> number(const YamlNode &map, const char *name, const QString &path)
    {
        const YamlNode::Entry *entry = map.find(QString::fromLatin1(name));
        if (!entry || entry->value->isNull())
            return std::nullopt;
        const QString digits = text(*entry->value, keyBelow(path, name)).trimmed();
        bool good = false;
        const qint64 value = digits.toLongLong(&good);
        if (!good && !digits.isEmpty()) {
            fail(*entry->value, keyBelow(path, name),
                 tr("expected %1, found \"%2\"").arg(shapeName(Shape::Number), digits.left(40)));
        }
        return good ? std::optional(value) : std::nullopt;
    }

    bool flag(const YamlNode &map, const char *name, const QString &path)
    {
        const YamlNode::Entry *entry = map.find(QString::fromLatin1(name));
        if (!entry || entry->value->isNull())
            return false;
        const QString word = text(*entry->value, keyBelow(path, name)).trimmed();
        const std::optional<bool> value = flagOf(word);
        if (!value) {
            fail(*entry->value, keyBelow(path, name),
                 tr("expected %1, found \"%2\"").arg(shapeName(Shape::Flag), word.left(40)));
        }
        return value.value_or(false);
    }

    void chooseShell(const YamlNode &root)
    {
        if (const YamlNode::Entry *shell = root.find(u"shell"); shell && !shell->value->isNull()) {
            m_shell = text(*shell->value, "shell_command", u"shell"_s);
            m_shellArgument = text(*shell->value, "shell_argument", u"shell"_s);
            if (m_shell.isEmpty())
                fail(*shell->value, u"shell.shell_command"_s,
                     tr("expected the name of a shell, found nothing"));
            if (m_shellArgument.isEmpty())
                m_shellArgument = u"-c"_s;
            return;
        }
        m_shell = m_environment.value(u"COMPOSE_SHELL"_s);
        if (!m_shell.isEmpty())
            return;
        m_shell = u"bash"_s;
        const QStringList path = m_environment.value(u"PATH"_s).split(u':', Qt::SkipEmptyParts);
        if (QStandardPaths::findExecutable(m_shell, path).isEmpty()) {
            m_shell = u"sh"_s;
            m_project.notices += tr("There is no bash here; the commands run through sh.");
        }
    }

    // What `environment` and `env_file` of this map set, in this order of precedence: the former wins.
    Variables variables(const YamlNode &map, const QString &path)
    {
        Variables result;
        for (const QString &file : texts(map, "env_file", path)) {
            result += readVariables(QDir(m_directory).absoluteFilePath(file), true);
            for (const auto &[name, value] : std::as_const(result))
                charge(map, path, name.size() + value.size() + 16);
            if (m_error)
                return result;
        }
        const YamlNode::Entry *entry = map.find(u"environment");
        if (!entry)
            return result;
        const QString key = keyBelow(path, "environment");
        for (const YamlNode::Entry &pair : entry->value->entries) {
            if (pair.value->kind != YamlNode::Kind::Scalar)
                fail(*pair.value, key + u'.' + pair.key,
                     tr("expected text, found %1").arg(kindName(*pair.value)));
            if (m_error)
                return result;
            result += {pair.key, pair.value->isNull() ? QString() : text(*pair.value, key + u'.' + pair.key)};
        }
        for (const YamlNodePtr &item : entry->value->items) {
            const QString assignment = text(*item, key);
            const qsizetype equals = assignment.indexOf(u'=');
            if (equals <= 0)
                fail(*item, key, tr("expected NAME=VALUE, found \"%1\"").arg(assignment.left(40)));
            if (m_error)
                return result;
            result += {assignment.left(equals), assignment.mid(equals + 1)};
        }
        return result;
    }

    void readProcesses(const YamlNode::Entry &processes)
    {
        if (processes.value->entries.empty()) {
            return fail(processes.line, processes.column, u"processes"_s,
                        tr("there is no process below it; expected at least one name with a \"command\""));
        }
        QHash<QString, int> lines;
        for (const YamlNode::Entry &entry : processes.value->entries) {
            if (m_error)
                return;
            YamlNode keyNode;
            keyNode.text = entry.key;
            keyNode.line = entry.line;
            keyNode.column = entry.column;
            const QString name = text(keyNode, u"processes"_s);
            const auto first = lines.constFind(name);
            if (first != lines.constEnd()) {
                fail(entry.line, entry.column, u"processes."_s + name,
                     tr("the name is used twice; the first is in line %1").arg(*first));
            }
            lines.insert(name, entry.line);
            readProcess(entry, name);
        }
    }

    void readProcess(const YamlNode::Entry &entry, const QString &name)
    {
        const YamlNode &map = *entry.value;
        const QString path = u"processes."_s + name;
        if (map.kind != YamlNode::Kind::Mapping && !map.isNull())
            return fail(map, path, tr("expected a map with a \"command\", found %1").arg(kindName(map)));
        checkKeys(map, processSchema(), path);
        if (m_error)
            return;
        WorkerSpec spec;
        spec.name = name;
        spec.command = command(map, name, path);
        if (spec.command.isEmpty() && !m_error) {
            return fail(entry.line, entry.column, path,
                        tr("there is nothing to run; expected a \"command\" or an \"entrypoint\""));
        }
        spec.description = text(map, "description", path);
        spec.workingDirectory =
            QDir::cleanPath(QDir(m_directory).absoluteFilePath(text(map, "working_dir", path)));
        const QStringList groups = texts(map, "namespace", path);
        spec.group = groups.value(0);
        if (groups.size() > 1)
            m_inManyGroups += name;
        spec.disabled = flag(map, "disabled", path);
        readShutdown(map, path, spec);
        // A program that is to be typed to expects a terminal; both keys ask for one.
        if (flag(map, "is_tty", path) || flag(map, "is_interactive", path))
            spec.input = Input::Terminal;
        readExtension(map, path, spec);
        spec.environment = flag(map, "is_dotenv_disabled", path) ? m_globalsWithoutDotEnv : m_globals;
        for (const auto &[variable, value] : std::as_const(spec.environment))
            charge(map, path, variable.size() + value.size() + 16);
        spec.environment += variables(map, path);
        spec.environment += {u"PC_PROC_NAME"_s, name};
        spec.environment += {u"PC_REPLICA_NUM"_s, u"0"_s};
        if (const QString problem = spec.problem(); !problem.isEmpty())
            fail(entry.line, entry.column, path, problem);
        if (!m_error)
            m_project.workers += spec;
    }

    Command command(const YamlNode &map, const QString &name, const QString &path)
    {
        const QString line = text(map, "command", path);
        QStringList argv = texts(map, "entrypoint", path);
        if (argv.isEmpty() && map.find(u"executable"))
            argv = QStringList(text(map, "executable", path)) + texts(map, "args", path);
        if (line.trimmed().isEmpty())
            return argv.isEmpty() || argv.first().isEmpty() ? Command() : Command::direct(argv);
        if (!argv.isEmpty())
            m_withBoth += name;
        if (line.contains("{{"_L1))
            m_withTemplates += name;
        // A shell that wants another option is spelled out, so that the person sees what is executed.
        return m_shellArgument == "-c"_L1 ? Command::shell(line, m_shell)
                                          : Command::direct({m_shell, m_shellArgument, line});
    }

    void readShutdown(const YamlNode &map, const QString &path, WorkerSpec &spec)
    {
        const YamlNode::Entry *shutdown = map.find(u"shutdown");
        if (!shutdown)
            return;
        const QString key = path + u".shutdown"_s;
        // Zero is what process-compose has for "not given".
        const qint64 signal = number(*shutdown->value, "signal", key).value_or(0);
        if (signal < 0 || signal > SIGRTMAX) {
            return fail(*shutdown->value, key + u".signal"_s,
                        tr("expected a signal from 1 to %1, found %2").arg(SIGRTMAX).arg(signal));
        }
        if (signal > 0)
            spec.stopSignal = static_cast<int>(signal);
        const qint64 seconds = number(*shutdown->value, "timeout_seconds", key).value_or(0);
        if (seconds < 0 || seconds > longestGraceSeconds) {
            return fail(*shutdown->value, key + u".timeout_seconds"_s,
                        tr("expected 0 to %1 seconds, found %2").arg(longestGraceSeconds).arg(seconds));
        }
        if (seconds > 0)
            spec.grace = std::chrono::seconds(seconds);
    }

    void readExtension(const YamlNode &map, const QString &path, WorkerSpec &spec)
    {
        const YamlNode::Entry *extension = map.find(u"x-procession");
        if (!extension || extension->value->isNull())
            return;
        const YamlNode &own = *extension->value;
        const QString key = path + u".x-procession"_s;
        static constexpr std::array inputs{std::pair{"none"_L1, Input::None},
                                           std::pair{"pipe"_L1, Input::Pipe},
                                           std::pair{"terminal"_L1, Input::Terminal}};
        static constexpr std::array strays{std::pair{"end"_L1, false}, std::pair{"keep"_L1, true}};
        spec.input = choice(own, "input", key, inputs, spec.input);
        spec.mergeStreams = flag(own, "merge_streams", key);
        spec.keepStrays = choice(own, "strays", key, strays, spec.keepStrays);
    }

    // The value whose word stands there; `absent` where none does.
    template <typename Value, std::size_t size>
    Value choice(const YamlNode &map, const char *name, const QString &path,
                 const std::array<std::pair<QLatin1StringView, Value>, size> &values, Value absent)
    {
        const QString word = text(map, name, path).trimmed();
        QStringList words;
        for (const auto &[known, value] : values) {
            if (word == known)
                return value;
            words += known;
        }
        if (!word.isEmpty()) {
            const QString accepted =
                tr("%1 or %2").arg(words.mid(0, words.size() - 1).join(u", "_s), words.last());
            fail(*map.find(QString::fromLatin1(name))->value, keyBelow(path, name),
                 tr("expected %1, found \"%2\"").arg(accepted, word.left(40)));
        }
        return absent;
    }

    const QByteArray &m_bytes;
    const QString m_path;
    const QString m_directory;
    const QProcessEnvironment &m_environment;
    const VariableLookup m_lookup;
    bool m_expands = true;
    QString m_shell;
    QString m_shellArgument = u"-c"_s;
    Variables m_dotEnv;
    QHash<QString, QString> m_dotEnvValues;
    Variables m_globals;
    Variables m_globalsWithoutDotEnv;
    Project m_project;
    QSet<QString> m_unsupported;
    QStringList m_unset;
    QStringList m_inManyGroups;
    QStringList m_withBoth;
    QStringList m_withTemplates;
    qint64 m_unfolded = 0;
    std::optional<ProjectError> m_error;
};

} // namespace

QString ProjectError::text() const
{
    QString result = file;
    if (line > 0)
        result += u":%1"_s.arg(line);
    if (line > 0 && column > 0)
        result += u":%1"_s.arg(column);
    if (!key.isEmpty())
        result += u": "_s + key;
    return result + u": "_s + message;
}

std::optional<Project> readProjectFile(const QString &path, const QProcessEnvironment &environment,
                                       ProjectError *error)
{
    TextFileError textError;
    const std::optional<QByteArray> bytes = readRegularFile(path, maximumProjectBytes, &textError);
    if (bytes)
        return readProjectText(*bytes, path, environment, error);
    if (error)
        *error = ProjectError{path, 0, 0, {}, textError.message};
    return std::nullopt;
}

std::optional<Project> readProjectText(const QByteArray &text, const QString &path,
                                       const QProcessEnvironment &environment, ProjectError *error)
{
    return ProjectReader(text, path, environment).read(error);
}

} // namespace procession
