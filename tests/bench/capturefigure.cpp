// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "core/outputlog.h"
#include "core/supervisor.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QStorageInfo>
#include <QTemporaryDir>
#include <QTimer>

#include <array>
#include <string>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace procession::bench {
namespace {

/// What writes, and how much. The first does nothing but write: there is no faster worker. The second makes
/// the lines it writes, one by one, as programs do.
struct Writer
{
    const char *behaviour;
    const char *name;
    qint64 bytes;
};
constexpr std::array writers{Writer{"pour", "flat out", qint64(2) << 30},
                             Writer{"flood", "printing lines", qint64(512) << 20}};
constexpr qint64 keptBytes = qint64(8) << 30; // nothing of it is dropped
constexpr qint64 sampleBytes = 64 << 10;
constexpr int sampleCount = 64;

QString program()
{
    return QCoreApplication::applicationDirPath() + QStringLiteral("/procession-testworker");
}

QStringList argumentsOf(const Writer &writer)
{
    return {program(), QString::fromLatin1(writer.behaviour), QString::number(writer.bytes)};
}

double megabytesPerSecond(const Writer &writer, const QElapsedTimer &timer)
{
    return static_cast<double>(writer.bytes) / 1e6 / (static_cast<double>(timer.nsecsElapsed()) / 1e9);
}

/// Pieces of a file or a run's output from here and there.
using Samples = QList<QByteArray>;

constexpr qint64 placeOf(const Writer &writer, int sample)
{
    return sample * ((writer.bytes - sampleBytes) / (sampleCount - 1));
}

/// The reference: the same program with its output in a file, as a shell does it for `> file`. The file is
/// gone afterwards: what waits to be written to the disk would hold up the next one.
double redirectOnce(const Writer &writer, const QString &name, Samples *samples, QString *problem)
{
    std::array<QByteArray, 3> words;
    std::array<char *, 4> argv{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = argumentsOf(writer).at(qsizetype(i)).toLocal8Bit();
        argv[i] = words[i].data();
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, QFile::encodeName(name).constData(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    QElapsedTimer timer;
    timer.start();
    pid_t pid = 0;
    int status = -1;
    const bool isStarted = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ) == 0;
    if (isStarted)
        waitpid(pid, &status, 0);
    const double speed = megabytesPerSecond(writer, timer);
    posix_spawn_file_actions_destroy(&actions);
    QFile file(name);
    if (!isStarted || status != 0 || file.size() != writer.bytes || !file.open(QIODevice::ReadOnly))
        *problem = QStringLiteral("the reference did not write all");
    samples->clear();
    for (int sample = 0; sample < sampleCount && file.seek(placeOf(writer, sample)); ++sample)
        samples->append(file.read(sampleBytes));
    file.remove();
    return speed;
}

/// What is wrong with what was kept, read again here and there, or an empty string.
QString keptProblem(const Writer &writer, const QString &runDirectory, const Samples &expected)
{
    const OutputLog log(runDirectory);
    if (log.begin() != 0 || log.end() != quint64(writer.bytes) || log.droppedBefore(log.end()) != 0)
        return QStringLiteral("not all of the output was kept");
    for (int sample = 0; sample < sampleCount; ++sample) {
        QByteArray kept;
        for (const OutputLog::Chunk &chunk : log.read(quint64(placeOf(writer, sample)), sampleBytes).chunks)
            kept += chunk.bytes;
        // A read ends where a segment does.
        if (kept.isEmpty() || !expected.at(sample).startsWith(kept))
            return QStringLiteral("what was kept is not what was written");
    }
    return {};
}

/// Through the Supervisor, from the start to the word that the run has ended and all is kept.
double captureOnce(const Writer &writer, Supervisor &supervisor, const Samples &expected, QString *problem)
{
    WorkerSpec spec;
    spec.name = QString::fromLatin1(writer.behaviour);
    spec.command = Command::direct(argumentsOf(writer));
    const WorkerId id = supervisor.add(spec);
    QEventLoop loop;
    QObject::connect(&supervisor, &Supervisor::changed, &loop, [&] {
        const WorkerStatus *const status = supervisor.status(id);
        if (status && status->state == State::Ended)
            loop.quit();
    });
    QTimer::singleShot(std::chrono::minutes(2), &loop, &QEventLoop::quit);
    QElapsedTimer timer;
    timer.start();
    supervisor.start({id});
    loop.exec();
    const double speed = megabytesPerSecond(writer, timer);
    const WorkerStatus status = *supervisor.status(id);
    *problem = status.outcome == Outcome::Succeeded ? keptProblem(writer, status.runDirectory, expected)
                                                    : QStringLiteral("the worker did not succeed");
    supervisor.remove({id});
    QDir(status.runDirectory).removeRecursively();
    return speed;
}

} // namespace

std::vector<Result> measureCapture()
{
    const QTemporaryDir home;
    Paths paths;
    paths.stateDirectory = home.filePath(QStringLiteral("state"));
    paths.configFile = home.filePath(QStringLiteral("procession.conf"));
    paths.keeperProgram = QCoreApplication::applicationDirPath() + QStringLiteral("/procession-keeper");
    const QString fileSystem = QString::fromLatin1(QStorageInfo(home.path()).fileSystemType());
    const QString file = home.filePath(QStringLiteral("reference"));

    Supervisor supervisor(paths);
    QString problem = paths.create();
    if (problem.isEmpty())
        problem = supervisor.open(QStringLiteral("bench"));
    supervisor.setOutputLimit(keptBytes);
    std::vector<Result> results;
    for (const Writer &writer : writers) {
        std::vector<double> ours;
        std::vector<double> redirected;
        Samples samples;
        for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
            redirected.push_back(redirectOnce(writer, file, &samples, &problem));
            if (problem.isEmpty())
                ours.push_back(captureOnce(writer, supervisor, samples, &problem));
        }
        results.push_back({QStringLiteral("capture %1 (%2)").arg(QLatin1String(writer.name), fileSystem),
                           median(ours), QStringLiteral("MB/s"), median(redirected), spreadOf(ours), 0.90,
                           true, problem});
    }
    return results;
}

} // namespace procession::bench
