// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/listcommand.h"

#include "cli/runquery.h"
#include "cli/runtext.h"
#include "cli/textline.h"
#include "core/bootclock.h"
#include "core/paths.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDate>
#include <QFile>
#include <QJsonDocument>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cwchar>
#include <limits>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int anyWidth = std::numeric_limits<int>::max();
constexpr int leastCommand = 8; // a narrower column would say nothing

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::ListCommand", text);
}

QString help()
{
    return tr("Usage: procession list [OPTION...]\n"
              "Lists every run that is kept: the earlier ones first, those that are alive last.\n"
              "\n"
              "  --alive     only runs that are alive\n"
              "  --all       all runs (the default)\n"
              "  -l, --long  whole IDs and commands, and below each run its output files\n"
              "  --json      one JSON object a line, with all that is known\n"
              "\n"
              "\"procession stop\" and \"procession logs\" take the IDs shown here.\n");
}

/// Columns a text takes on a terminal.
int widthOf(const QString &text)
{
    int width = 0;
    for (const uint c : text.toUcs4()) {
        const int columns = ::wcwidth(static_cast<wchar_t>(c));
        width += columns < 0 ? 1 : columns; // the locale does not know it
    }
    return width;
}

QString elided(const QString &text, int width)
{
    if (widthOf(text) <= width)
        return text;
    QString kept = text;
    while (!kept.isEmpty() && widthOf(kept) > width - 1)
        kept.chop(kept.back().isLowSurrogate() ? 2 : 1);
    return kept + u'…';
}

/// What standard output can show in a line; anyWidth if it is no terminal.
int terminalWidth()
{
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0)
        return anyWidth;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return anyWidth;
}

/// The time of today's runs, the date of earlier ones: a line of a terminal has no room for both.
QString shortStartedText(const WorkerStatus &status)
{
    const QString text = startedText(status);
    const QStringList parts = text.split(u' ');
    return parts.first() == QDate::currentDate().toString(Qt::ISODate) ? parts.last() : parts.first();
}

enum Column { Id, Name, StateColumn, Exit, Pid, Started, Elapsed, CommandColumn, ColumnCount };
using Row = std::array<QString, ColumnCount>;

class Table final
{
public:
    explicit Table(bool isLong)
        : m_width(terminalWidth())
        , m_long(isLong)
    {
        m_rows.append({tr("ID"), tr("NAME"), tr("STATE"), tr("EXIT"), tr("PID"), tr("STARTED"), tr("ELAPSED"),
                       tr("COMMAND")});
        m_runs.append(nullptr);
    }

    void add(const RunRecord &record, std::chrono::nanoseconds now)
    {
        const WorkerStatus &status = record.status;
        const auto elapsed = status.elapsed(now);
        const bool isShort = m_width != anyWidth && !m_long;
        m_rows.append({visibleText(isShort ? shortId(status.runId) : status.runId),
                       visibleText(status.spec->name), stateWord(status), exitWord(status),
                       status.lastPid > 0 ? QString::number(status.lastPid) : u"-"_s,
                       isShort ? shortStartedText(status) : startedText(status),
                       elapsed ? durationText(*elapsed, status.state == State::Ended) : u"-"_s,
                       visibleText(status.spec->command.text())});
        m_runs.append(&record);
    }

    /// Returns 0 or an errno.
    int write()
    {
        std::array<int, ColumnCount> widths{};
        for (const Row &row : std::as_const(m_rows)) {
            for (int column = 0; column < CommandColumn; ++column)
                widths[column] = std::max(widths[column], widthOf(row[column]));
        }
        shrink(widths);
        for (qsizetype i = 0; i < m_rows.size(); ++i) {
            if (const int error = writeRow(m_rows.at(i), m_runs.at(i), widths); error != 0)
                return error;
        }
        return 0;
    }

private:
    /// On a terminal long names give way to the command.
    void shrink(std::array<int, ColumnCount> &widths) const
    {
        if (m_width == anyWidth || m_long)
            return;
        int fixed = leastCommand;
        for (int column = 0; column < CommandColumn; ++column)
            fixed += column == Name ? gap : widths[column] + gap;
        widths[Name] = std::min(widths[Name], std::max(m_width - fixed, leastCommand));
    }

    int writeRow(const Row &row, const RunRecord *run, const std::array<int, ColumnCount> &widths) const
    {
        QString line;
        for (int column = 0; column < CommandColumn; ++column) {
            const QString cell = column == Name ? elided(row[column], widths[column]) : row[column];
            const QString space(widths[column] - widthOf(cell), u' ');
            const bool isNumber = column == Pid || column == Elapsed;
            line += (isNumber ? space + cell : cell + space) + QString(gap, u' ');
        }
        line += row[CommandColumn];
        const bool isOpen = m_width == anyWidth || m_long;
        QByteArray bytes = (isOpen ? line : elided(line, m_width)).toUtf8();
        const bool isMarked = m_width != anyWidth && run != nullptr && isAlive(run->status.state) &&
                              !qEnvironmentVariableIsSet("NO_COLOR");
        if (isMarked)
            bytes = "\x1b[1m" + bytes + "\x1b[0m";
        if (const int error = writeRawLine(STDOUT_FILENO, bytes); error != 0 || run == nullptr || !m_long)
            return error;
        QStringList notes = outputFiles(run->status);
        if (!run->status.problem.isEmpty())
            notes.prepend(run->status.problem);
        for (const QString &note : notes) {
            if (const int error = writeTextLine(STDOUT_FILENO, u"    "_s + note); error != 0)
                return error;
        }
        return 0;
    }

    static constexpr int gap = 2;

    QList<Row> m_rows;
    QList<const RunRecord *> m_runs; // of the rows; none of the header
    int m_width;
    bool m_long;
};

/// 0 if it can be listed, or is not there as nothing was run yet; else an errno.
int errorOfDirectory(const QString &path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT ? 0 : errno;
    ::close(descriptor);
    return 0;
}

int failed(int error)
{
    complain(tr("the list cannot be written: %1.").arg(writeErrorText(error)));
    return QueryFailed;
}

} // namespace

int listCommand(const QStringList &arguments, const Paths &paths)
{
    QCommandLineParser parser;
    for (const char *name : {"alive", "all", "json"})
        parser.addOption(QCommandLineOption(QString::fromLatin1(name)));
    parser.addOption(QCommandLineOption(QStringList{u"l"_s, u"long"_s}));
    parser.addOption(QCommandLineOption(QStringList{u"h"_s, u"help"_s}));
    QString error;
    if (!parser.parse(QStringList(u"procession list"_s) + arguments))
        error = parser.errorText();
    else if (!parser.positionalArguments().isEmpty())
        error = tr("There is nothing to list by the name \"%1\": list takes options only.")
                    .arg(parser.positionalArguments().first());
    else if (parser.isSet(u"alive"_s) && parser.isSet(u"all"_s))
        error = tr("--alive and --all exclude each other.");
    if (!error.isEmpty()) {
        complain(tr("%1 See \"procession list --help\".").arg(error));
        return QueryMisused;
    }
    if (parser.isSet(u"help"_s)) {
        writeHelp(help());
        return QueryDone;
    }

    if (const int unreadable = errorOfDirectory(paths.runsDirectory()); unreadable != 0) {
        complain(
            tr("the runs in %1 cannot be read: %2.").arg(paths.runsDirectory(), qt_error_string(unreadable)));
        return QueryFailed;
    }
    QList<RunRecord> runs = RunCatalog::readAll(paths.runsDirectory());
    std::reverse(runs.begin(), runs.end());
    if (parser.isSet(u"alive"_s))
        runs.removeIf([](const RunRecord &run) { return !isAlive(run.status.state); });
    // What is looked for first stands next to the prompt.
    std::stable_partition(runs.begin(), runs.end(),
                          [](const RunRecord &run) { return !isAlive(run.status.state); });
    const std::chrono::nanoseconds now = bootNow();
    if (parser.isSet(u"json"_s)) {
        for (const RunRecord &run : std::as_const(runs)) {
            const QByteArray line = QJsonDocument(runObject(run, now)).toJson(QJsonDocument::Compact);
            if (const int failure = writeRawLine(STDOUT_FILENO, line); failure != 0)
                return failed(failure);
        }
        return QueryDone;
    }
    if (runs.isEmpty()) {
        writeTextLine(STDERR_FILENO,
                      parser.isSet(u"alive"_s) ? tr("No run is alive.") : tr("No runs are kept."));
        return QueryDone;
    }
    Table table(parser.isSet(u"long"_s));
    for (const RunRecord &run : std::as_const(runs))
        table.add(run, now);
    const int failure = table.write();
    return failure == 0 ? QueryDone : failed(failure);
}

} // namespace procession
