// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/logscommand.h"

#include "cli/runquery.h"
#include "core/outputlog.h"
#include "core/paths.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 windowBytes = 1 << 20;
constexpr quint64 tailWindowBytes = 64 << 10;
// Lines are searched as far back as a run's output reaches by default: a file may claim any size.
constexpr quint64 mostTailBytes = 256ull << 20;
// Not every kernel tells of bytes that were spliced into a file, so new ones are looked for.
constexpr int followPauseMs = 100;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::LogsCommand", text);
}

QString help()
{
    return tr(
        "Usage: procession logs [OPTION...] ID\n"
        "Writes what a run has printed, byte for byte. The ID may be cut short where it stays unique; the\n"
        "worker's name does as well.\n"
        "\n"
        "  -f, --follow  go on until the run has ended\n"
        "  --tail N      begin with the last N lines\n"
        "  --stdout      only what went to standard output\n"
        "  --stderr      only what went to standard error\n"
        "\n"
        "Exit status: 0, 1 there is no such run or the output cannot be written, 2 bad usage.\n");
}

struct LogsOptions
{
    QString word;
    int stream = 0;    ///< 0: both
    qint64 lines = -1; ///< -1: all
    bool follow = false;
    bool help = false;
};

std::optional<LogsOptions> parse(const QStringList &arguments, QString *error)
{
    QCommandLineParser parser;
    for (const char *name : {"stdout", "stderr"})
        parser.addOption(QCommandLineOption(QString::fromLatin1(name)));
    parser.addOption(QCommandLineOption(QStringList{u"f"_s, u"follow"_s}));
    parser.addOption({u"tail"_s, {}, u"value"_s});
    parser.addOption(QCommandLineOption(QStringList{u"h"_s, u"help"_s}));
    LogsOptions options;
    if (!parser.parse(QStringList(u"procession logs"_s) + arguments)) {
        *error = parser.errorText();
        return std::nullopt;
    }
    options.help = parser.isSet(u"help"_s);
    options.follow = parser.isSet(u"follow"_s);
    options.word = parser.positionalArguments().value(0);
    if (parser.isSet(u"stdout"_s) != parser.isSet(u"stderr"_s))
        options.stream = parser.isSet(u"stdout"_s) ? 1 : 2;
    if (options.help)
        return options;
    if (parser.positionalArguments().size() != 1) {
        *error = tr("Give the ID of one run.");
        return std::nullopt;
    }
    if (parser.isSet(u"tail"_s)) {
        bool isNumber = false;
        options.lines = parser.value(u"tail"_s).toLongLong(&isNumber);
        if (!isNumber || options.lines < 0) {
            *error = tr("--tail takes a number of lines, not \"%1\".").arg(parser.value(u"tail"_s));
            return std::nullopt;
        }
    }
    return options;
}

/// Writes all of it, also where standard output is a pipe that does not block. Returns 0 or an errno.
int writeAll(const QByteArray &bytes)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.constData() + at, size_t(bytes.size() - at));
        if (written >= 0) {
            at += written;
        } else if (errno == EAGAIN) {
            pollfd room{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

class Logs final
{
public:
    Logs(const LogsOptions &options, const WorkerStatus &status)
        : m_options(options)
        , m_status(status)
        , m_log(status.runDirectory)
    {
    }

    int exec()
    {
        if (m_options.stream == 2 && (m_status.streamsMerged || m_status.terminal))
            complain(tr("the two streams of this run were one: all of it counts as standard output"));
        if (m_options.lines >= 0)
            m_at = tailStart();
        for (;;) {
            // In this order: what is written before the end is there when the end is known.
            const bool isOver = !m_options.follow || !isStillAlive();
            if (const int error = copy(isOver); error != 0)
                return failed(error);
            if (isOver)
                return QueryDone;
            if (!pause())
                return QueryDone;
        }
    }

private:
    bool isStillAlive() const
    {
        const auto record = RunCatalog::read(m_status.runDirectory);
        return record && isAlive(record->status.state);
    }

    /// What there is by now. Returns 0 or an errno.
    int copy(bool isOver)
    {
        // Which stream a byte belongs to is known a moment after it came.
        const auto tail = m_options.stream == 0 || isOver ? OutputLog::Tail::All : OutputLog::Tail::Known;
        // A flood is not followed beyond what it was, unless that is wanted.
        const quint64 last = m_options.follow ? ~quint64(0) : m_log.end();
        while (m_at < last) {
            const OutputLog::Read window =
                m_log.read(m_at, qint64(std::min<quint64>(windowBytes, last - m_at)), tail);
            if (window.chunks.isEmpty())
                return 0;
            for (const OutputLog::Chunk &chunk : window.chunks) {
                if (chunk.gapBefore > 0)
                    complain(tr("%1 bytes of output were not kept here").arg(chunk.gapBefore));
                if (m_options.stream != 0 && chunk.stream != m_options.stream)
                    continue;
                if (const int error = writeAll(chunk.bytes); error != 0)
                    return error;
            }
            m_at = window.next;
        }
        return 0;
    }

    /// Where the last lines begin.
    quint64 tailStart() const
    {
        const quint64 begin = m_log.begin();
        quint64 end = std::max(m_log.end(), begin); // it may be removed meanwhile
        const quint64 first = std::max(begin, end - std::min(end, mostTailBytes));
        qint64 left = m_options.lines;
        if (left == 0)
            return end;
        bool isLast = true; // the byte looked at: a line end there ends the last line
        while (end > first) {
            const quint64 start = end - std::min(end - first, tailWindowBytes);
            const QList<OutputLog::Chunk> chunks = m_log.read(start, qint64(end - start)).chunks;
            for (auto chunk = chunks.crbegin(); chunk != chunks.crend(); ++chunk) {
                if (m_options.stream != 0 && chunk->stream != m_options.stream)
                    continue;
                for (qsizetype i = chunk->bytes.size() - 1; i >= 0; --i) {
                    const bool isLineEnd = chunk->bytes.at(i) == '\n' && !isLast;
                    isLast = false;
                    if (isLineEnd && --left == 0)
                        return chunk->offset + quint64(i) + 1;
                }
            }
            end = start;
        }
        if (first > begin)
            complain(
                tr("fewer lines than that are in the last %1 bytes, which are shown").arg(mostTailBytes));
        return first;
    }

    /// False if nobody reads any more.
    static bool pause()
    {
        // No event is asked for, but that the other end is gone is always told.
        pollfd reader{STDOUT_FILENO, 0, 0};
        const int ready = ::poll(&reader, 1, followPauseMs);
        return ready <= 0 || (reader.revents & (POLLERR | POLLNVAL)) == 0;
    }

    static int failed(int error)
    {
        if (error != EPIPE)
            complain(tr("the output cannot be written: %1.").arg(qt_error_string(error)));
        return error == EPIPE ? QueryDone : QueryFailed;
    }

    const LogsOptions m_options;
    const WorkerStatus m_status;
    const OutputLog m_log;
    quint64 m_at = 0;
};

} // namespace

int logsCommand(const QStringList &arguments, const Paths &paths)
{
    QString error;
    const std::optional<LogsOptions> options = parse(arguments, &error);
    if (!options) {
        complain(tr("%1 See \"procession logs --help\".").arg(error));
        return QueryMisused;
    }
    if (options->help) {
        writeHelp(help());
        return QueryDone;
    }
    QString problem;
    const auto run = findRun(RunCatalog::readAll(paths.runsDirectory()), options->word, &problem);
    if (!run) {
        complain(problem);
        return QueryFailed;
    }
    // A reader that has had enough, as head(1), is no failure.
    std::signal(SIGPIPE, SIG_IGN);
    return Logs(*options, run->status).exec();
}

} // namespace procession
