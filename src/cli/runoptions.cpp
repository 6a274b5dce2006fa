// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runoptions.h"

#include "cli/duration.h"
#include "core/monitor.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::RunOptions", text);
}

class Reader final
{
public:
    std::optional<RunOptions> read(const QStringList &arguments, QString *error)
    {
        const qsizetype dashes = arguments.indexOf(u"--"_s);
        const QStringList ours = dashes < 0 ? arguments : arguments.first(dashes);
        const QStringList rest = dashes < 0 ? QStringList() : arguments.sliced(dashes + 1);
        for (const char *name : {"interval", "timeout", "until"})
            m_parser.addOption({QString::fromLatin1(name), {}, u"value"_s});
        m_parser.addOption({u"j"_s, {}, u"value"_s});
        for (const char *name : {"leave", "dry-run", "json"})
            m_parser.addOption(QCommandLineOption(QString::fromLatin1(name)));
        m_parser.addOption(QCommandLineOption(QStringList{u"h"_s, u"help"_s}));
        // The parser wants the program's name first.
        if (!m_parser.parse(QStringList(u"procession run"_s) + ours))
            m_error = m_parser.errorText();
        else if (m_parser.isSet(u"help"_s))
            m_options.help = true;
        else
            take(rest, dashes >= 0);
        if (m_error.isEmpty())
            return m_options;
        if (error)
            *error = m_error;
        return std::nullopt;
    }

private:
    void take(const QStringList &rest, bool dashes)
    {
        QStringList words = m_parser.positionalArguments();
        if (!words.isEmpty()) {
            m_options.file = words.takeFirst();
            m_options.workers = words + rest;
            m_options.workers.removeDuplicates();
            // To what reads the options, an empty name is no file but a command.
            if (m_options.file.isEmpty())
                fail(tr("The name of the project file is empty."));
        } else if (!rest.isEmpty()) {
            m_options.command = rest;
        } else {
            m_error = dashes ? tr("There is no command after \"--\".")
                             : tr("Give a project file, or \"--\" and a command.");
        }
        takeDurations();
        takeUntil();
        if (m_parser.isSet(u"j"_s))
            m_options.slots = wholeNumber(u"j"_s, u"-j"_s);
        m_options.leave = m_parser.isSet(u"leave"_s);
        m_options.dryRun = m_parser.isSet(u"dry-run"_s);
        m_options.json = m_parser.isSet(u"json"_s);
    }

    void takeDurations()
    {
        if (m_parser.isSet(u"interval"_s)) {
            const auto interval = parseDuration(m_parser.value(u"interval"_s));
            if (!interval || *interval < Monitor::minimumInterval || *interval > Monitor::maximumInterval) {
                fail(tr("--interval takes 50ms to 10s, not \"%1\".").arg(m_parser.value(u"interval"_s)));
            }
            m_options.interval = interval.value_or(m_options.interval);
        }
        if (m_parser.isSet(u"timeout"_s)) {
            m_options.timeout = parseDuration(m_parser.value(u"timeout"_s));
            if (!m_options.timeout) {
                fail(tr("--timeout takes a time such as 500ms, 4s or 1m30s (up to 24 days), not \"%1\".")
                         .arg(m_parser.value(u"timeout"_s)));
            }
        }
    }

    void takeUntil()
    {
        const QString until = m_parser.value(u"until"_s);
        if (!m_parser.isSet(u"until"_s) || until == "all"_L1) {
            m_options.until = JoinSpec::Condition::All;
        } else if (until == "any"_L1) {
            m_options.until = JoinSpec::Condition::Any;
        } else if (until == "first-failure"_L1) {
            m_options.until = JoinSpec::Condition::FirstFailure;
        } else {
            m_options.until = JoinSpec::Condition::Count;
            m_options.untilCount = wholeNumber(u"until"_s, u"--until"_s);
        }
    }

    int wholeNumber(const QString &option, const QString &shown)
    {
        bool good = false;
        const int number = m_parser.value(option).toInt(&good);
        if (!good || number < 1) {
            fail(option == "until"_L1
                     ? tr("--until takes all, any, first-failure or a number of workers, not \"%1\".")
                           .arg(m_parser.value(option))
                     : tr("%1 takes a number of workers, 1 or more, not \"%2\".")
                           .arg(shown, m_parser.value(option)));
        }
        return number;
    }

    void fail(const QString &message)
    {
        if (m_error.isEmpty())
            m_error = message;
    }

    QCommandLineParser m_parser;
    RunOptions m_options;
    QString m_error;
};

} // namespace

std::optional<RunOptions> parseRunOptions(const QStringList &arguments, QString *error)
{
    return Reader().read(arguments, error);
}

QString runHelp()
{
    return tr(
        "Usage: procession run [OPTION...] FILE [WORKER...]\n"
        "       procession run [OPTION...] -- COMMAND [ARGUMENT...]\n"
        "Starts workers, reports on them at an interval, and waits until they have ended.\n"
        "\n"
        "  --interval TIME   between two reports, 50ms to 10s (1s)\n"
        "  --timeout TIME    wait no longer than this, e.g. 500ms, 4s, 1m30s\n"
        "  --until WHAT      wait for all (the default), any, first-failure, or a number of workers\n"
        "  -j N              have at most N workers alive at once\n"
        "  --leave           leave running what still runs then; else it is terminated\n"
        "  --dry-run         only say what would be started\n"
        "  --json            report one JSON object a line\n"
        "\n"
        "Exit status: 0 all succeeded, 1 a worker failed, 2 bad usage or file, 124 the timeout passed,\n"
        "130 interrupted. Only workers that ended by themselves count.\n");
}

} // namespace procession
