// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

using namespace procession::bench;

namespace {

constexpr Figure figures[] = {
    {"spawn", "workers finished per second (`true`, 8 at a time), all records kept, against a bare loop",
     measureSpawn},
    {"tick", "GUI-thread time per tick: 10,000 rows, 1,000 changing, sorted by a changing column, repainted",
     measureTick},
    {"take-over",
     "1,000 running workers: a new window painted with all of them; and the proof that all have ended, after "
     "asking",
     measureTakeOver},
    {"log-open", "1 GB of lines: first screen, jumps, a viewport painted, memory with all of it indexed",
     measureLogOpen},
    {"log-index", "1 GB of 80-byte lines, every line known, against `wc -l`; and the memory it takes",
     measureLogIndex},
    {"log-count", "1 GB of 80-byte lines, all matches counted, against `grep -c`", measureLogCount},
    {"capture", "one worker writing flat out, all of it kept, against the same program with `> file`",
     measureCapture},
    {"stall", "how long the GUI thread stalls while 200 workers write 100 MB/s, against an empty window",
     measureStall},
};

void printJson(const Result &result)
{
    QJsonObject object{
        {QStringLiteral("name"), result.name},     {QStringLiteral("value"), result.value},
        {QStringLiteral("unit"), result.unit},     {QStringLiteral("reference"), result.reference},
        {QStringLiteral("ratio"), result.ratio()}, {QStringLiteral("spread"), result.spread}};
    object.insert(QStringLiteral("goal"), result.goal ? QJsonValue(*result.goal) : QJsonValue());
    if (!result.problem.isEmpty())
        object.insert(QStringLiteral("problem"), result.problem);
    std::printf("%s\n", QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
}

void printRow(const Result &result)
{
    const QString goal =
        result.goal
            ? QStringLiteral("%1 %2").arg(result.higherIsBetter ? QStringLiteral(">=") : QStringLiteral("<="),
                                          QString::number(*result.goal, 'f', 2))
            : QStringLiteral("-");
    const QString verdict = !result.problem.isEmpty() ? result.problem
                            : !result.goal            ? QString()
                            : result.isMet()          ? QStringLiteral("met")
                                                      : QStringLiteral("missed");
    std::printf("%-30s %10.2f %-12s %10.2f %7.2f %6.0f %% %8s  %s\n", qPrintable(result.name), result.value,
                qPrintable(result.unit), result.reference, result.ratio(), result.spread * 100,
                qPrintable(goal), qPrintable(verdict));
}

} // namespace

int main(int argc, char *argv[])
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Measures Procession against references of the same run."));
    parser.addHelpOption();
    const QCommandLineOption only(QStringLiteral("only"), QStringLiteral("Measure just this figure."),
                                  QStringLiteral("NAME"));
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print one object a line."));
    parser.addOptions({only, json});
    parser.process(application);

    const auto wanted = [&](const Figure &figure) {
        return !parser.isSet(only) || parser.value(only) == QLatin1String(figure.name);
    };
    if (std::none_of(std::begin(figures), std::end(figures), wanted)) {
        std::fprintf(stderr, "There is no figure named %s. There are:\n", qPrintable(parser.value(only)));
        for (const Figure &figure : figures)
            std::fprintf(stderr, "  %-8s %s\n", figure.name, figure.what);
        return 2;
    }
    if (!parser.isSet(json))
        std::printf("%-30s %10s %-12s %10s %7s %8s %8s\n", "figure", "value", "unit", "reference", "ratio",
                    "spread", "goal");
    bool sound = true;
    for (const Figure &figure : figures) {
        if (!wanted(figure))
            continue;
        for (const Result &result : figure.measure()) {
            sound = sound && result.problem.isEmpty();
            parser.isSet(json) ? printJson(result) : printRow(result);
            std::fflush(stdout);
        }
    }
    // A missed goal is a result; a claim that did not hold up when re-read is a failure.
    return sound ? EXIT_SUCCESS : EXIT_FAILURE;
}
