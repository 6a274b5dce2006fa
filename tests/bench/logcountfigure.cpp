// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "biglog.h"
#include "model/outputsearch.h"

#include <QElapsedTimer>
#include <QProcess>

namespace procession::bench {
namespace {

constexpr qint64 logBytes = 1'000'000'000;
constexpr int lineBytes = 80;

/// One search, by us and by grep. Each line that matches has one match, so that both count the same.
struct Search
{
    const char *name;
    SearchQuery query;
    QStringList grep; ///< its arguments, without the files
    std::optional<double> goal = 1.0;
};

QList<Search> searches()
{
    const QString rare = QStringLiteral("000000777000 ERROR");
    const QString frequent = QStringLiteral("user 9");
    const QString pattern = QStringLiteral("[0-9]{3}-[a-f]+x");
    const QString folded = QStringLiteral("error");
    const QString matching = QStringLiteral("[7-9]{3}[^0-9][t-v][r-t]"); // no byte must be there;
    // No line has the "-" of one of the patterns: grep finds that out without trying the pattern, which no
    // goal is set for.
    return {
        {"log-count rare text", {.text = rare, .caseSensitive = true}, {QStringLiteral("-cF"), rare}},
        {"log-count 1 line in 1,000",
         {.text = QStringLiteral("ERROR"), .caseSensitive = true},
         {QStringLiteral("-cF"), QStringLiteral("ERROR")}},
        {"log-count 1 line in 9",
         {.text = frequent, .caseSensitive = true},
         {QStringLiteral("-cF"), frequent}},
        {"log-count either case", {.text = folded}, {QStringLiteral("-ciF"), folded}},
        {"log-count pattern not there",
         {.text = pattern, .expression = true, .caseSensitive = true},
         {QStringLiteral("-cE"), pattern},
         {}},
        {"log-count pattern, 1 in 40",
         {.text = matching, .expression = true, .caseSensitive = true},
         {QStringLiteral("-cE"), matching}},
    };
}

/// Matches, or -1. `milliseconds`: how long it took until all were told.
qint64 countOurs(const SearchQuery &query, const QString &directory, double &milliseconds)
{
    OutputSearch search;
    SearchProgress last;
    QObject::connect(&search, &OutputSearch::progress, &search,
                     [&last](const SearchProgress &progress) { last = progress; });
    search.setWanted(1);
    QElapsedTimer clock;
    clock.start();
    search.start(1, query, {{.directory = directory}}, 0);
    milliseconds = double(clock.nsecsElapsed()) / 1e6;
    return last.complete && last.searched == last.size ? last.total : -1;
}

qint64 countOfGrep(const QStringList &arguments, const QStringList &files, double &milliseconds)
{
    QProcess grep;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    grep.setProcessEnvironment(environment);
    QElapsedTimer clock;
    clock.start();
    grep.start(QStringLiteral("grep"), arguments + QStringList{QStringLiteral("-h")} + files);
    const bool ended = grep.waitForFinished(-1);
    milliseconds = double(clock.nsecsElapsed()) / 1e6;
    if (!ended || grep.exitCode() > 1)
        return -1;
    qint64 lines = 0;
    for (const QByteArray &count : grep.readAllStandardOutput().split('\n'))
        lines += count.toLongLong();
    return lines;
}

Result measure(const Search &search, const BigLog &log)
{
    std::vector<double> ours;
    std::vector<double> theirs;
    Result result;
    for (int round = 0; round <= rounds; ++round) {
        double ourMs = 0;
        double grepMs = 0;
        const qint64 matches = countOurs(search.query, log.path(), ourMs);
        const qint64 lines = countOfGrep(search.grep, log.segments(), grepMs);
        if (matches < 0 || matches != lines) {
            result.problem = QStringLiteral("%1 matches, but grep counts %2").arg(matches).arg(lines);
        }
        if (round > 0) { // the first one warms the page cache
            ours.push_back(ourMs);
            theirs.push_back(grepMs);
        }
    }
    result.name = QString::fromLatin1(search.name);
    result.value = median(ours);
    result.unit = QStringLiteral("ms");
    result.reference = median(theirs);
    result.spread = spreadOf(ours);
    result.goal = search.goal;
    return result;
}

} // namespace

std::vector<Result> measureLogCount()
{
    std::vector<Result> results;
    const BigLog log(logBytes, lineBytes);
    for (const Search &search : searches()) {
        results.push_back(measure(search, log));
        if (!log.problem().isEmpty())
            results.back().problem = log.problem();
    }
    return results;
}

} // namespace procession::bench
