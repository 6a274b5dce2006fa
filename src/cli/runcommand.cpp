// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runcommand.h"

#include "cli/runoptions.h"
#include "cli/runreporter.h"
#include "cli/signalpipe.h"
#include "cli/textline.h"
#include "core/bootclock.h"
#include "core/join.h"
#include "core/monitor.h"
#include "core/paths.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "formats/projectfile.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QProcessEnvironment>
#include <QSet>
#include <QTimer>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

using namespace std::chrono_literals;

// Whoever signals a process and its group, as timeout(1) does, signals twice at once and means one request; a
// person who wants more looks at the answer first.
constexpr auto sameRequest = 500ms;

// Beyond its grace a worker has been killed; what is still missing then are its keeper's last writes.
constexpr auto keeperTime = 5s;

// Between two times at which what is kept of earlier runs is brought within its limits.
constexpr auto prunePause = 60s;

enum ExitStatus : int { AllSucceeded = 0, SomeFailed = 1, BadUsage = 2, TimedOut = 124, Interrupted = 130 };

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::RunCommand", text);
}

void complain(const QString &message)
{
    writeTextLine(STDERR_FILENO, u"procession: "_s + message);
}

/// The workers that `options` name; empty after a complaint.
QList<WorkerSpec> chooseWorkers(const RunOptions &options)
{
    if (options.file.isEmpty()) {
        WorkerSpec spec;
        spec.command = Command::direct(options.command);
        spec.name = QFileInfo(options.command.first()).fileName();
        if (spec.name.isEmpty())
            spec.name = options.command.first();
        if (const QString problem = spec.command.problem(); !problem.isEmpty()) {
            complain(problem);
            return {};
        }
        return {spec};
    }
    ProjectError error;
    const auto project = readProjectFile(options.file, QProcessEnvironment::systemEnvironment(), &error);
    if (!project) {
        complain(error.text());
        return {};
    }
    for (const QString &notice : project->notices)
        complain(options.file + u": "_s + notice);
    if (!project->unsupportedKeys.isEmpty())
        complain(tr("%1: without effect: %2").arg(options.file, project->unsupportedKeys.join(u", "_s)));

    QList<WorkerSpec> chosen;
    QSet<QString> missing(options.workers.cbegin(), options.workers.cend());
    for (const WorkerSpec &spec : project->workers) {
        // Who names a disabled worker wants it started.
        if (missing.remove(spec.name) || (options.workers.isEmpty() && !spec.disabled))
            chosen += spec;
    }
    if (!missing.isEmpty()) {
        QStringList known;
        for (const WorkerSpec &spec : project->workers)
            known += spec.name;
        QStringList unknown = missing.values();
        unknown.sort();
        complain(tr("%1 has no worker %2. It has: %3")
                     .arg(options.file, unknown.join(u", "_s), known.mid(0, 20).join(u", "_s)));
        return {};
    }
    if (chosen.isEmpty())
        complain(tr("%1: all workers are disabled. Name those to start.").arg(options.file));
    return chosen;
}

/// One `procession run` from the start of its workers to its exit status.
class Run final : public QObject
{
public:
    Run(const RunOptions &options, const Paths &paths)
        : m_options(options)
        , m_paths(paths)
        , m_reporter(options.json)
        , m_supervisor(paths)
        , m_monitor([this] { return m_supervisor.sampleTargets(); })
    {
        m_timeout.setSingleShot(true);
        m_timeout.setTimerType(Qt::PreciseTimer);
        connect(&m_timeout, &QTimer::timeout, this, [this] { finishJoin(JoinResult::Kind::TimedOut); });
        m_stopLimit.setSingleShot(true);
        connect(&m_stopLimit, &QTimer::timeout, this, &Run::stopOverdue);
        connect(&m_supervisor, &Supervisor::notice, this, &complain);
        connect(&m_monitor, &Monitor::sampled, this, [this](const SampleSet &set) { tick(set.now); });
        connect(&m_signals, &SignalPipe::caught, this, &Run::interrupt);
        m_monitor.setInterval(options.interval);
    }

    int exec(const QList<WorkerSpec> &specs)
    {
        m_supervisor.raiseFileLimit();
        // A roster of its own, so that it neither waits for a window nor disturbs one.
        const QString rosterId =
            u"run-%1-%2"_s.arg(QDateTime::currentMSecsSinceEpoch()).arg(QCoreApplication::applicationPid());
        if (const QString problem = m_supervisor.open(rosterId); !problem.isEmpty()) {
            complain(problem);
            return BadUsage;
        }
        for (const WorkerSpec &spec : specs)
            m_join.workers += m_supervisor.add(spec);
        connect(&m_supervisor, &Supervisor::changed, this, &Run::changed);
        m_join.condition = m_options.until;
        m_join.count = m_options.untilCount;
        m_waiting = m_join.workers;
        m_startedAt = bootNow();
        if (m_options.timeout)
            m_timeout.start(*m_options.timeout);
        startWaiting();
        m_loop.exec();
        const int status = exitStatus();
        pruneKeptRuns();
        m_supervisor.close();
        QDir(m_paths.rosterDirectory(rosterId)).removeRecursively();
        return status;
    }

private:
    /// What the window does in the background: the report has named what is here, so that stays.
    void pruneKeptRuns()
    {
        // Thousands of runs take a part of a second to read: a script's loop need not wait each time.
        QFile stamp(m_paths.stateDirectory + u"/pruned"_s);
        const qint64 since = QFileInfo(stamp).lastModified().msecsTo(QDateTime::currentDateTime());
        if (stamp.exists() && since >= 0 && since < std::chrono::milliseconds(prunePause).count())
            return;
        if (stamp.open(QIODevice::WriteOnly))
            stamp.setFileTime(QDateTime::currentDateTime(), QFileDevice::FileModificationTime);
        QStringList inUse;
        for (const WorkerId id : m_join.workers)
            inUse += m_supervisor.status(id)->runId;
        const Settings settings(m_paths.configFile);
        RunCatalog::pruneNow(m_paths.runsDirectory(),
                             {settings.keptRuns(), settings.keptRunDays(), settings.keptRunBytes()}, inUse);
    }

    void startWaiting()
    {
        const qsizetype free =
            m_options.slots == 0 ? m_waiting.size() : m_options.slots - m_supervisor.aliveCount();
        const QList<WorkerId> next = m_waiting.mid(0, std::max<qsizetype>(free, 0));
        m_waiting.remove(0, next.size());
        m_supervisor.start(next);
    }

    // Each start and each end once, in the order in which they happened.
    void report(const QList<WorkerStatus> &changed)
    {
        struct News
        {
            qint64 timeMs;
            const WorkerStatus *status;
            bool end;
        };
        std::vector<News> news;
        for (const WorkerStatus &status : changed) {
            const bool ran = status.startedMs > 0 && status.outcome != Outcome::FailedToStart;
            if (ran && !std::exchange(m_told[status.id].start, true)) {
                // Once the workers are being ended, a start that comes to light is no news any more.
                if (!m_joined)
                    news.push_back({status.startedMs, &status, false});
            }
            if (status.state == State::Ended && !std::exchange(m_told[status.id].end, true))
                news.push_back({std::max(status.endedMs, status.startedMs), &status, true});
        }
        std::stable_sort(news.begin(), news.end(),
                         [](const News &a, const News &b) { return a.timeMs < b.timeMs; });
        for (const News &one : news) {
            if (one.end)
                m_reporter.ended(*one.status);
            else
                m_reporter.started(*one.status);
        }
    }

    void changed(const RosterDelta &delta)
    {
        report(delta.changed);
        if (isReaderGone())
            return interrupt();
        if (m_joined)
            return leaveWhenDone();
        const JoinProgress now = progress();
        if (now.met || now.hopeless)
            return finishJoin(now.met ? JoinResult::Kind::Met : JoinResult::Kind::Hopeless);
        startWaiting();
        // The first report comes when the first workers live, and not while they are being started.
        if (!m_monitoring && !isAnyStarting()) {
            m_monitoring = true;
            m_monitor.start();
        }
    }

    bool isAnyStarting() const
    {
        return std::any_of(m_join.workers.cbegin(), m_join.workers.cend(), [this](WorkerId id) {
            return isAlive(m_supervisor.status(id)->state) && !m_told.value(id).start;
        });
    }

    // A worker that waits for its slot is awaited like any other; to the supervisor it is merely not started.
    JoinProgress progress() const
    {
        WorkerStatus queued;
        queued.state = State::Queued;
        return evaluate(m_join, [&](WorkerId id) {
            const WorkerStatus *status = m_supervisor.status(id);
            return status->state == State::NotStarted && !m_joined ? &queued : status;
        });
    }

    QStringList namesOf(const QList<WorkerId> &ids) const
    {
        QStringList names;
        for (const WorkerId id : ids)
            names += m_supervisor.status(id)->spec->name;
        return names;
    }

    QStringList runsOf(const QList<WorkerId> &ids) const
    {
        QStringList runs;
        for (const WorkerId id : ids)
            runs += m_supervisor.status(id)->runId;
        return runs;
    }

    void tick(std::chrono::nanoseconds now)
    {
        if (m_joined)
            return;
        QList<WorkerStatus> alive;
        // As far as it was told: no line speaks of a worker before its start, or leaves it out before its
        // end.
        for (const WorkerId id : m_join.workers) {
            if (const Told told = m_told.value(id); told.start && !told.end)
                alive += *m_supervisor.status(id);
        }
        if (!alive.isEmpty())
            m_reporter.tick(alive, now);
        if (isReaderGone())
            interrupt();
    }

    // What a closed pipe does to other programs is an interrupt here; but no second one, as Ctrl+C ends the
    // reader too.
    bool isReaderGone() const { return m_reporter.isClosed() && !m_joined; }

    void finishJoin(JoinResult::Kind kind)
    {
        if (m_joined)
            return;
        const JoinProgress result = progress();
        m_timedOut = kind == JoinResult::Kind::TimedOut;
        const QList<WorkerId> alive = stopWaiting();
        m_reporter.joined(kind, result, bootNow() - m_startedAt, namesOf(alive),
                          m_options.leave ? runsOf(alive) : QStringList(), lostCount());
        if (!m_options.leave)
            endWorkers(alive, false);
        leaveWhenDone();
    }

    // No further start and no further report; what is alive comes back.
    QList<WorkerId> stopWaiting()
    {
        m_joined = true;
        m_timeout.stop();
        m_monitor.setPaused(true);
        m_waiting.clear();
        return m_supervisor.alive();
    }

    // The first time ends the workers with their grace, the second without, the third leaves them to their
    // keepers.
    void interrupt()
    {
        const std::chrono::nanoseconds now = bootNow();
        if (m_interrupts > 0 && now - m_interruptedAt < sameRequest)
            return;
        m_interruptedAt = now;
        const bool kill = m_interrupts > 0 || (m_joined && !m_options.leave);
        if (++m_interrupts > 2)
            return giveUp();
        const QList<WorkerId> alive = stopWaiting();
        m_reporter.interrupted(namesOf(alive), kill);
        endWorkers(alive, kill);
        leaveWhenDone();
    }

    void endWorkers(const QList<WorkerId> &workers, bool kill)
    {
        std::chrono::milliseconds grace{0};
        if (kill) {
            m_supervisor.kill(workers);
        } else {
            m_supervisor.stop(workers);
            for (const WorkerId id : workers)
                grace = std::max(grace, m_supervisor.status(id)->spec->grace);
        }
        m_lastTry = false;
        m_stopLimit.start(grace + keeperTime);
    }

    // A keeper with output that cannot be written waits for room, unless it is told to kill what has ended.
    void stopOverdue()
    {
        if (std::exchange(m_lastTry, true))
            return giveUp();
        m_supervisor.kill(m_supervisor.alive());
        m_stopLimit.start(keeperTime);
    }

    void giveUp()
    {
        QStringList left;
        for (const WorkerId id : m_supervisor.alive()) {
            const WorkerStatus *status = m_supervisor.status(id);
            left += (status->pid > 0 ? tr("%1 (PID %2)") : tr("%1 (PID %2, which has ended)"))
                        .arg(status->spec->name, QString::number(status->lastPid));
        }
        if (!left.isEmpty())
            complain(tr("not ended, and left to their keepers: %1").arg(left.join(u", "_s)));
        m_loop.quit();
    }

    int lostCount() const
    {
        return int(std::count_if(m_join.workers.cbegin(), m_join.workers.cend(), [this](WorkerId id) {
            return m_supervisor.status(id)->outcome == Outcome::Lost;
        }));
    }

    void leaveWhenDone()
    {
        if (m_supervisor.aliveCount() == 0 || (m_options.leave && m_interrupts == 0))
            m_loop.quit();
    }

    int exitStatus() const
    {
        if (m_interrupts > 0)
            return Interrupted;
        if (m_timedOut)
            return TimedOut;
        // Those that were stopped did not end by themselves, and say nothing about the work.
        const bool failed = std::any_of(m_join.workers.cbegin(), m_join.workers.cend(), [this](WorkerId id) {
            const Outcome outcome = m_supervisor.status(id)->outcome;
            return isFailure(outcome) || outcome == Outcome::Lost || outcome == Outcome::Interrupted;
        });
        return failed ? SomeFailed : AllSucceeded;
    }

    const RunOptions m_options;
    const Paths m_paths;
    RunReporter m_reporter;
    SignalPipe m_signals;
    Supervisor m_supervisor;
    Monitor m_monitor;
    QTimer m_timeout;
    QTimer m_stopLimit;
    bool m_lastTry = false; // before the workers are left
    std::chrono::nanoseconds m_interruptedAt{0};
    QEventLoop m_loop;
    JoinSpec m_join;
    QList<WorkerId> m_waiting; // for a free slot
    struct Told
    {
        bool start = false;
        bool end = false;
    };
    QHash<WorkerId, Told> m_told;
    std::chrono::nanoseconds m_startedAt{0};
    int m_interrupts = 0;
    bool m_monitoring = false;
    bool m_joined = false; // or given up
    bool m_timedOut = false;
};

} // namespace

int runCommand(const QStringList &arguments, const Paths &paths)
{
    QString error;
    const std::optional<RunOptions> options = parseRunOptions(arguments, &error);
    if (!options) {
        complain(tr("%1 See \"procession run --help\".").arg(error));
        return BadUsage;
    }
    if (options->help) {
        for (const QString &line : runHelp().chopped(1).split(u'\n'))
            writeTextLine(STDOUT_FILENO, line);
        return AllSucceeded;
    }
    const QList<WorkerSpec> specs = chooseWorkers(*options);
    if (specs.isEmpty())
        return BadUsage;
    if (options->untilCount > specs.size()) {
        complain((specs.size() == 1 ? tr("--until %1 can never be met: there is only %2 worker.")
                                    : tr("--until %1 can never be met: there are only %2 workers."))
                     .arg(options->untilCount)
                     .arg(specs.size()));
        return BadUsage;
    }
    if (options->dryRun) {
        RunReporter reporter(options->json);
        for (const WorkerSpec &spec : specs)
            reporter.wouldStart(spec);
        return AllSucceeded;
    }
    return Run(*options, paths).exec(specs);
}

} // namespace procession
