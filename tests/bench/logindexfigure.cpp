// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "biglog.h"
#include "model/outputrows.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>

namespace procession::bench {
namespace {

constexpr qint64 logBytes = 1'000'000'000;
constexpr int lineBytes = 80;
constexpr double speedGoal = 0.5;
constexpr qint64 slice = 64 * 1024 * 1024; // as the window asks for it, between one page and the next
constexpr double memoryGoalMb = 100;

/// Memory of this process that is no file's, in MB.
double anonymousMb()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : status.readAll().split('\n')) {
            if (line.startsWith("RssAnon:"))
                return line.mid(8).replace("kB", "").trimmed().toDouble() / 1000;
        }
    }
    return 0;
}

/// The lines `wc -l` counts in all of these files together.
qint64 linesByWc(const QStringList &files)
{
    QProcess wc;
    wc.start(QStringLiteral("wc"), QStringList{QStringLiteral("-l")} + files);
    if (!wc.waitForFinished(-1))
        return -1;
    const QByteArrayList lines = wc.readAllStandardOutput().trimmed().split('\n');
    return lines.last().trimmed().split(' ').first().toLongLong(); // the total; of one file its own
}

} // namespace

std::vector<Result> measureLogIndex()
{
    const BigLog log(logBytes, lineBytes);
    QString problem = log.problem();
    std::vector<double> ours;
    std::vector<double> reference;
    std::vector<double> memory;
    const double megabytes = static_cast<double>(log.bytes()) / 1e6;
    const double memoryBefore = anonymousMb();
    for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
        QElapsedTimer timer;
        timer.start();
        if (linesByWc(log.segments()) != log.lines())
            problem = QStringLiteral("wc counts other lines");
        reference.push_back(megabytes / (static_cast<double>(timer.nsecsElapsed()) / 1e9));

        timer.restart();
        OutputRows rows(log.path());
        rows.refresh(false);
        while (rows.index(slice)) {
        }
        ours.push_back(megabytes / (static_cast<double>(timer.nsecsElapsed()) / 1e9));
        memory.push_back(anonymousMb() - memoryBefore);

        const QList<OutputRow> last = rows.before(rows.end(), 0, 1, lineBytes);
        const quint64 middle = static_cast<quint64>(log.lines() / 2) * lineBytes;
        const QList<OutputRow> there = rows.after(middle, 0, 1, lineBytes);
        if (rows.lineCount() != log.lines() || last.isEmpty() || last.first().place.number != log.lines() ||
            there.isEmpty() || there.first().place.number != log.lines() / 2 + 1 ||
            there.first().bytes.left(12).toLongLong() != log.lines() / 2)
            problem = QStringLiteral("the index does not know every line");
    }
    return {{QStringLiteral("log-index"), median(ours), QStringLiteral("MB/s"), median(reference),
             spreadOf(ours), speedGoal, true, problem},
            {QStringLiteral("log-index-memory"), median(memory), QStringLiteral("MB"), memoryGoalMb,
             spreadOf(memory), 1.0, false, problem}};
}

} // namespace procession::bench
