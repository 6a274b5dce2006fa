// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/windowcommand.h"

#include "core/monitor.h"
#include "core/paths.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/englishplurals.h"
#include "gui/icons.h"
#include "gui/mainwindow.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QSessionManager>
#include <QSocketNotifier>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <numeric>
#include <optional>
#include <unistd.h>
#include <utility>

namespace procession {

namespace {

constexpr int badUsage = 2;

struct Arguments
{
    bool start = false;
    QString file;
};

/// Options that QApplication takes out of the command line by itself, and how many values each has.
int qtOptionValues(const QString &argument)
{
    static const QStringList single{QStringLiteral("-platform"),       QStringLiteral("-platformpluginpath"),
                                    QStringLiteral("-platformtheme"),  QStringLiteral("-plugin"),
                                    QStringLiteral("-style"),          QStringLiteral("-session"),
                                    QStringLiteral("-display"),        QStringLiteral("-geometry"),
                                    QStringLiteral("-qwindowgeometry")};
    return single.contains(argument) ? 1 : argument == QLatin1String("-reverse") ? 0 : -1;
}

/// True for what is more likely a mistyped subcommand: the person in the terminal is not to be shown a
/// window.
bool isNoFile(const QString &word)
{
    return !word.isEmpty() && !word.startsWith(u'-') && !word.contains(u'/') && !word.contains(u'.') &&
           !QFileInfo::exists(word);
}

/// How many letters one must add, remove or replace to get from one word to the other.
qsizetype distance(const QString &from, const QString &to)
{
    QList<qsizetype> row(to.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < from.size(); ++i) {
        qsizetype diagonal = std::exchange(row[0], i + 1);
        for (qsizetype j = 0; j < to.size(); ++j) {
            const qsizetype replaced = diagonal + (from.at(i) == to.at(j) ? 0 : 1);
            diagonal = row.at(j + 1);
            row[j + 1] = std::min({replaced, diagonal + 1, row.at(j) + 1});
        }
    }
    return row.last();
}

/// The subcommand that `word` was probably meant to be, or an empty string.
QString subcommandLike(const QString &word)
{
    constexpr qsizetype farthest = 2;
    QString nearest;
    qsizetype least = farthest + 1;
    for (const char *name : {"run", "list", "stop", "logs"}) {
        const QString known = QString::fromLatin1(name);
        const qsizetype away = distance(word.left(16), known);
        if (away < least && away < known.size() - 1) {
            least = away;
            nearest = known;
        }
    }
    return nearest;
}

/// Reads the command line before anything needs a display. An exit status instead: all is said already.
std::optional<int> parse(int argc, char **argv, Arguments &arguments)
{
    int coreArgc = 1; // with Qt's own options taken out below, only the program's name is left to it
    const QCoreApplication application(coreArgc, argv);
    QStringList own{QString::fromLocal8Bit(argv[0])};
    for (int index = 1; index < argc; ++index) {
        const QString argument = QString::fromLocal8Bit(argv[index]);
        if (const int values = qtOptionValues(argument); values >= 0)
            index += values;
        else
            own.append(argument);
    }

    QCommandLineParser parser;
    const auto tr = [](const char *text) { return QCoreApplication::translate("CommandLine", text); };
    parser.setApplicationDescription(
        tr("Starts commands as workers and watches them in a window.\n"
           "`procession run FILE` and `procession run -- COMMAND` do so without a window.\n"
           "`procession list`, `procession stop` and `procession logs` show, end and read what was run."));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")}, tr("Show this help."));
    const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("version")},
                                     tr("Show the version."));
    const QCommandLineOption start(QStringLiteral("start"), tr("Start the workers of FILE."));
    parser.addOptions({help, version, start});
    parser.addPositionalArgument(QStringLiteral("FILE"), tr("Project file to open."),
                                 QStringLiteral("[FILE]"));
    const auto refuse = [](const QString &reason) {
        std::fprintf(stderr, "procession: %s\n%s\n", qPrintable(reason),
                     qPrintable(QCoreApplication::translate("CommandLine", "See procession --help.")));
        return badUsage;
    };
    if (const QString word = own.value(1); isNoFile(word)) {
        const QString meant = subcommandLike(word);
        return refuse(
            meant.isEmpty()
                ? tr("There is no file and no command “%1”; the commands are run, list, stop and logs.")
                      .arg(word)
                : tr("There is no file and no command “%1”. Did you mean “procession %2”?").arg(word, meant));
    }
    if (!parser.parse(own))
        return refuse(parser.errorText());
    if (parser.isSet(help)) {
        std::fputs(qPrintable(parser.helpText()), stdout);
        return 0;
    }
    if (parser.isSet(version)) {
        std::puts("procession " PROCESSION_VERSION);
        return 0;
    }
    if (parser.positionalArguments().size() > 1)
        return refuse(tr("Only one FILE can be opened."));
    arguments.start = parser.isSet(start);
    arguments.file = parser.positionalArguments().value(0);
    if (arguments.start && arguments.file.isEmpty())
        return refuse(tr("--start needs a FILE whose workers it starts."));
    return std::nullopt;
}

/// Keeps what Qt says while it looks for a display: if there is none, the person gets one sentence instead.
class DisplayProbe final
{
    Q_DISABLE_COPY_MOVE(DisplayProbe)

public:
    DisplayProbe() { m_before = qInstallMessageHandler(hold); }
    ~DisplayProbe()
    {
        qInstallMessageHandler(m_before);
        for (const Held &held : std::exchange(m_held, {}))
            qt_message_output(held.type, QMessageLogContext(), held.text);
    }

private:
    struct Held
    {
        QtMsgType type;
        QString text;
    };

    static void hold(QtMsgType type, const QMessageLogContext &, const QString &text)
    {
        if (type != QtFatalMsg) {
            m_held.append({type, text});
            return;
        }
        const QString sentence = QCoreApplication::translate(
            "CommandLine",
            "No display could be opened. Use `procession run FILE` to run workers without a window.");
        std::fprintf(stderr, "procession: %s\n", qPrintable(sentence));
        std::fflush(stderr);
        ::_exit(1);
    }

    static inline QList<Held> m_held;
    QtMessageHandler m_before = nullptr;
};

QtMessageHandler otherwise = nullptr;

/// Output is in any script, and Qt says of each font that lacks one that it does, while it looks for the one
/// that has it: nothing anybody at the terminal could do about it.
void sayUnlessOfFonts(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (!text.startsWith(u"  OpenType support missing for "))
        otherwise(type, context, text);
}

int signalPipe[2] = {-1, -1};

void noteSignal(int)
{
    const int before = errno;
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
    errno = before;
}

/// Calls `leave` in the event loop when the program is asked to end.
void onTermination(QObject *context, const std::function<void()> &leave)
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    auto *notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, context);
    QObject::connect(notifier, &QSocketNotifier::activated, context, leave);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        struct sigaction before
        {
        };
        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN)
            continue; // as nohup wants it
        struct sigaction action
        {
        };
        action.sa_handler = noteSignal;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }
}

} // namespace

int windowCommand(int &argc, char **argv, const Paths &paths)
{
    QCoreApplication::setApplicationName(QStringLiteral("procession"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PROCESSION_VERSION));
    Arguments arguments;
    if (const std::optional<int> status = parse(argc, argv, arguments))
        return *status;

    std::optional<DisplayProbe> probe(std::in_place);
    QApplication application(argc, argv);
    probe.reset();
    otherwise = qInstallMessageHandler(sayUnlessOfFonts);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Procession"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.procession.Procession"));
    installIcons();
    QCoreApplication::installTranslator(new EnglishPlurals(&application));

    Settings settings(paths.configFile);
    Supervisor supervisor(paths);
    supervisor.raiseFileLimit();
    Monitor monitor([&supervisor] { return supervisor.sampleTargets(); });
    RunCatalog catalog(paths);
    MainWindow window(&supervisor, &monitor, &catalog, &settings);
    // Nobody may be there to answer a question; the workers have their keepers.
    const auto leave = [&window] {
        window.leave();
        QCoreApplication::exit(0);
    };
    onTermination(&window, leave);
    QObject::connect(&application, &QGuiApplication::commitDataRequest, &window, &MainWindow::saveLayout,
                     Qt::DirectConnection);

    window.show();
    if (arguments.file.isEmpty())
        window.openUnsaved();
    else
        window.openProject(arguments.file, arguments.start);
    monitor.start();
    return QApplication::exec();
}

} // namespace procession
