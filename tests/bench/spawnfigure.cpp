// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "barespawn.h"
#include "core/rundirectory.h"
#include "core/supervisor.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>

namespace procession::bench {
namespace {

constexpr int workers = 400;
constexpr int together = 8;

Paths pathsIn(const QString &directory)
{
    Paths paths;
    paths.stateDirectory = directory + QStringLiteral("/state");
    paths.configFile = directory + QStringLiteral("/procession.conf");
    paths.keeperProgram = QCoreApplication::applicationDirPath() + QStringLiteral("/procession-keeper");
    return paths;
}

/// What is wrong with the record of a run that ended with 0, or an empty string.
QString recordProblem(const QString &runDirectory)
{
    const auto slot = RunDirectory(runDirectory).readState();
    if (!slot)
        return QStringLiteral("a run has no record");
    if (slot->phase != rundir::Phase::Finished || !(slot->flags & rundir::StatusKnown) ||
        slot->waitStatus != 0)
        return QStringLiteral("a run's record does not say that it ended with 0");
    if (slot->endedBoottime < slot->startedBoottime || slot->startedBoottime == 0)
        return QStringLiteral("a run's record has no times");
    return {};
}

/// Workers per second through the Supervisor, with its state in `home`; `*problem` if a record that must be
/// there is not.
double superviseOnce(const QString &home, QString *problem)
{
    const Paths paths = pathsIn(home);
    if (*problem = paths.create(); !problem->isEmpty())
        return 0;
    Supervisor supervisor(paths);
    if (*problem = supervisor.open(QStringLiteral("bench")); !problem->isEmpty())
        return 0;
    QList<WorkerId> waiting;
    for (int i = 0; i < workers; ++i) {
        WorkerSpec spec;
        spec.name = QStringLiteral("true-%1").arg(i);
        spec.command = Command::direct({QStringLiteral("true")});
        waiting << supervisor.add(spec);
    }

    QEventLoop loop;
    int ended = 0;
    QObject::connect(&supervisor, &Supervisor::activity, &loop, [&](const ActivityEntry &entry) {
        if (entry.kind != ActivityEntry::Kind::Ended && entry.kind != ActivityEntry::Kind::Failed)
            return;
        if (++ended == workers)
            loop.quit();
        else if (!waiting.isEmpty())
            supervisor.start({waiting.takeFirst()});
    });
    QTimer::singleShot(std::chrono::minutes(2), &loop, &QEventLoop::quit);
    const QList<WorkerId> all = waiting;
    const QList<WorkerId> first = waiting.first(together);
    waiting.remove(0, together);
    QElapsedTimer timer;
    timer.start();
    supervisor.start(first);
    loop.exec();
    const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;

    if (ended != workers)
        *problem = QStringLiteral("%1 of %2 workers ended").arg(ended).arg(workers);
    for (const WorkerId id : all) {
        const WorkerStatus *const status = supervisor.status(id);
        if (!problem->isEmpty())
            break;
        *problem = status && status->outcome == Outcome::Succeeded
                       ? recordProblem(status->runDirectory)
                       : QStringLiteral("a worker did not succeed");
    }
    return workers / seconds;
}

} // namespace

std::vector<Result> measureSpawn()
{
    std::vector<double> ours;
    std::vector<double> bare;
    QString problem;
    // One for all rounds: a file system may be slow to make files for seconds after many were removed, and
    // nobody removes their runs between two starts.
    const QTemporaryDir home;
    for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
        ours.push_back(superviseOnce(home.filePath(QString::number(round)), &problem));
        QElapsedTimer timer;
        timer.start();
        const int succeeded = bareSpawn(workers, together);
        bare.push_back(workers / (static_cast<double>(timer.nsecsElapsed()) / 1e9));
        if (succeeded != workers)
            problem = QStringLiteral("the reference ran %1 of %2").arg(succeeded).arg(workers);
    }
    return {{QStringLiteral("spawn"), median(ours), QStringLiteral("workers/s"), median(bare), spreadOf(ours),
             0.80, true, problem}};
}

} // namespace procession::bench
