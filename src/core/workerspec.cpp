// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/workerspec.h"

#include "core/shellwords.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include <csignal>
#include <cstring>
#include <utility>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::WorkerSpec", text);
}

bool hasNul(const QString &text)
{
    return text.contains(QChar::Null);
}

// Where an environment entry cannot be passed to exec, or an empty string.
QString variableProblem(const QString &name, const QString &value)
{
    if (name.isEmpty())
        return tr("An environment variable has no name.");
    if (name.contains(u'=') || hasNul(name))
        return tr("The environment variable name \"%1\" contains a character that names cannot have.")
            .arg(name);
    if (hasNul(value))
        return tr("The value of the environment variable %1 contains a NUL character, which programs cannot "
                  "receive.")
            .arg(name);
    return {};
}

} // namespace

Command Command::direct(const QStringList &argv)
{
    Command command;
    command.m_argv = argv;
    return command;
}

Command Command::shell(const QString &text, const QString &shell)
{
    Command command;
    command.m_kind = Kind::Shell;
    if (!text.trimmed().isEmpty())
        command.m_argv = QStringList{shell, u"-c"_s, text};
    return command;
}

Command Command::fromTyped(const QString &typed, QString *error)
{
    WordsError wordsError;
    const std::optional<QStringList> words = splitWords(typed, &wordsError);
    if (!words) {
        if (error)
            *error = wordsError.message;
        return {};
    }
    return shellSyntaxIn(typed).isEmpty() ? direct(*words) : shell(typed.trimmed());
}

QString Command::text() const
{
    if (isEmpty())
        return {};
    if (m_kind == Kind::Shell)
        return m_argv.last();
    QStringList quoted;
    quoted.reserve(m_argv.size());
    for (const QString &word : m_argv)
        quoted += quoteWord(word);
    // A program that is called like a shell's own word ("test" is not, "exec" is): typed again, it must stay
    // one.
    if (!shellSyntaxIn(quoted.first()).isEmpty())
        quoted.first() = u'\'' + quoted.first() + u'\'';
    return quoted.join(u' ');
}

QString Command::suggestedName() const
{
    constexpr qsizetype longest = 80;
    QString program = isEmpty() ? QString() : m_argv.constFirst();
    if (m_kind == Kind::Shell && !isEmpty()) {
        static const QRegularExpression firstWord(
            u"^\\s*(?:[A-Za-z_]\\w*=\\S*\\s+)*([^\\s|&;<>()$`*?'\"]+)"_s);
        const QString word = firstWord.match(text()).captured(1);
        if (!word.isEmpty() && shellSyntaxIn(word) != word)
            program = word;
    }
    const QString base = QFileInfo(program).fileName();
    return base.isEmpty() ? u"worker"_s : base.left(longest);
}

QString Command::problem() const
{
    if (isEmpty() || m_argv.first().isEmpty())
        return tr("The command is empty.");
    for (const QString &word : m_argv) {
        if (hasNul(word))
            return tr("The command contains a NUL character, which programs cannot receive.");
    }
    return {};
}

QString WorkerSpec::problem() const
{
    if (name.isEmpty())
        return tr("The worker has no name.");
    if (hasNul(name) || name.contains(u'\n'))
        return tr("The worker's name contains a line break or a NUL character.");
    if (const QString text = command.problem(); !text.isEmpty())
        return text;
    if (hasNul(workingDirectory))
        return tr("The working directory contains a NUL character, which no path can have.");
    for (const auto &[variable, value] : environment) {
        if (const QString text = variableProblem(variable, value); !text.isEmpty())
            return text;
    }
    if (stopSignal < 1 || stopSignal > SIGRTMAX)
        return tr("The stop signal %1 does not exist; signals go from 1 to %2.")
            .arg(stopSignal)
            .arg(SIGRTMAX);
    if (grace.count() < 0)
        return tr("The time to wait before the worker is killed is negative.");
    return {};
}

QJsonObject WorkerSpec::toJson() const
{
    QJsonArray variables;
    for (const auto &[variable, value] : environment)
        variables += QJsonArray{variable, value};
    QJsonObject object{
        {u"name"_s, name},
        {u"shell"_s, command.kind() == Command::Kind::Shell},
        {u"argv"_s, QJsonArray::fromStringList(command.argv())},
        {u"stopSignal"_s, stopSignal},
        {u"graceMs"_s, static_cast<qint64>(grace.count())},
    };
    if (!workingDirectory.isEmpty())
        object.insert(u"directory"_s, workingDirectory);
    if (!description.isEmpty())
        object.insert(u"description"_s, description);
    if (!group.isEmpty())
        object.insert(u"group"_s, group);
    if (!variables.isEmpty())
        object.insert(u"environment"_s, variables);
    if (disabled)
        object.insert(u"disabled"_s, true);
    if (input != Input::None)
        object.insert(u"input"_s, input == Input::Pipe ? u"pipe"_s : u"terminal"_s);
    if (mergeStreams)
        object.insert(u"mergeStreams"_s, true);
    if (keepStrays)
        object.insert(u"keepStrays"_s, true);
    return object;
}

WorkerSpec WorkerSpec::fromJson(const QJsonObject &object)
{
    WorkerSpec spec;
    spec.name = object.value("name"_L1).toString();
    QStringList argv;
    for (const QJsonValue &word : object.value("argv"_L1).toArray())
        argv += word.toString();
    if (object.value("shell"_L1).toBool())
        spec.command = argv.size() == 3 ? Command::shell(argv.at(2), argv.at(0)) : Command::shell({});
    else
        spec.command = Command::direct(argv);
    spec.workingDirectory = object.value("directory"_L1).toString();
    spec.description = object.value("description"_L1).toString();
    spec.group = object.value("group"_L1).toString();
    for (const QJsonValue &entry : object.value("environment"_L1).toArray())
        spec.environment += {entry.toArray().at(0).toString(), entry.toArray().at(1).toString()};
    spec.stopSignal = object.value("stopSignal"_L1).toInt(spec.stopSignal);
    spec.grace = std::chrono::milliseconds(object.value("graceMs"_L1).toInteger(spec.grace.count()));
    spec.disabled = object.value("disabled"_L1).toBool();
    const QString input = object.value("input"_L1).toString();
    if (input == "pipe"_L1)
        spec.input = Input::Pipe;
    else if (input == "terminal"_L1)
        spec.input = Input::Terminal;
    spec.mergeStreams = object.value("mergeStreams"_L1).toBool();
    spec.keepStrays = object.value("keepStrays"_L1).toBool();
    return spec;
}

bool isSecretName(const QString &variable)
{
    const QString upper = variable.toUpper();
    for (const QString &part : {u"SECRET"_s, u"PASSWORD"_s, u"PASSWD"_s, u"PASSPHRASE"_s, u"CREDENTIAL"_s}) {
        if (upper.contains(part))
            return true;
    }
    // Whole parts only: TOKENIZERS_PARALLELISM and KEYBOARD_LAYOUT are no secrets.
    for (const QString &part : upper.split(u'_', Qt::SkipEmptyParts)) {
        if (part.endsWith("TOKEN"_L1) || part.endsWith("TOKENS"_L1) || part.endsWith("KEY"_L1) ||
            part.endsWith("KEYS"_L1) || part == "PASS"_L1)
            return true;
    }
    return false;
}

QString uniqueName(const QString &name, const std::function<bool(const QString &)> &isTaken)
{
    QString candidate = name;
    for (int number = 2; isTaken(candidate); ++number)
        candidate = u"%1 (%2)"_s.arg(name).arg(number);
    return candidate;
}

QString uniqueName(const QString &name, const QStringList &taken)
{
    const QSet<QString> names(taken.cbegin(), taken.cend());
    return uniqueName(name, [&names](const QString &candidate) { return names.contains(candidate); });
}

QString signalName(int signalNumber)
{
    if (const char *name = sigabbrev_np(signalNumber))
        return u"SIG"_s + QString::fromLatin1(name);
    if (signalNumber == SIGRTMIN)
        return u"SIGRTMIN"_s;
    if (signalNumber > SIGRTMIN && signalNumber <= SIGRTMAX)
        return u"SIGRTMIN+%1"_s.arg(signalNumber - SIGRTMIN);
    return tr("signal %1").arg(signalNumber);
}

} // namespace procession
