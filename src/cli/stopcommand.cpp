// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/stopcommand.h"

#include "cli/duration.h"
#include "cli/runquery.h"
#include "cli/runtext.h"
#include "cli/signalpipe.h"
#include "cli/textline.h"
#include "core/bootclock.h"
#include "core/orphanwatch.h"
#include "core/paths.h"
#include "core/pendingcommand.h"
#include "core/runcontrol.h"
#include "core/rundirectory.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSet>
#include <QTimer>

#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

using namespace std::chrono_literals;

// Between two looks at the states; with many runs a look takes longer, and the pause with it.
constexpr auto shortestPause = 30ms;
constexpr int pausePerLook = 4;
// A command that the state does not confirm is sent again.
constexpr auto repeatPause = 500ms;
// What SIGKILL could not end by then is not waited for: nothing more can be done about it from here.
constexpr auto survivorPatience = 5s;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::StopCommand", text);
}

QString help()
{
    return tr(
        "Usage: procession stop [OPTION...] ID...\n"
        "       procession stop [OPTION...] --all\n"
        "Ends runs with all their processes, and waits until nothing is left of them. An ID may be cut\n"
        "short where it stays unique; the worker's name does as well.\n"
        "\n"
        "  --all           every run that is alive\n"
        "  --kill          end them at once (SIGKILL), without the time to end by themselves\n"
        "  --timeout TIME  wait no longer than this, e.g. 500ms, 4s, 1m30s; they are ended all the same\n"
        "\n"
        "Exit status: 0 all have ended, 1 some have not or are not known, 2 bad usage, 124 the timeout\n"
        "passed, 130 the waiting was interrupted.\n");
}

struct StopOptions
{
    QStringList words;
    bool all = false;
    bool kill = false;
    bool help = false;
    std::optional<std::chrono::milliseconds> timeout;
};

std::optional<StopOptions> parse(const QStringList &arguments, QString *error)
{
    QCommandLineParser parser;
    for (const char *name : {"all", "kill"})
        parser.addOption(QCommandLineOption(QString::fromLatin1(name)));
    parser.addOption({u"timeout"_s, {}, u"value"_s});
    parser.addOption(QCommandLineOption(QStringList{u"h"_s, u"help"_s}));
    StopOptions options;
    if (!parser.parse(QStringList(u"procession stop"_s) + arguments)) {
        *error = parser.errorText();
        return std::nullopt;
    }
    options.help = parser.isSet(u"help"_s);
    options.words = parser.positionalArguments();
    options.words.removeDuplicates();
    options.all = parser.isSet(u"all"_s);
    options.kill = parser.isSet(u"kill"_s);
    if (options.help)
        return options;
    if (options.all == !options.words.isEmpty()) {
        *error = options.all ? tr("Give either IDs or --all.") : tr("Give the ID of a run, or --all.");
        return std::nullopt;
    }
    if (parser.isSet(u"timeout"_s)) {
        options.timeout = parseDuration(parser.value(u"timeout"_s));
        if (!options.timeout) {
            *error = tr("--timeout takes a time such as 500ms, 4s or 1m30s (up to 24 days), not \"%1\".")
                         .arg(parser.value(u"timeout"_s));
            return std::nullopt;
        }
    }
    return options;
}

/// One `procession stop` from the first command to the exit status.
class Stop final : public QObject
{
public:
    explicit Stop(const StopOptions &options)
        : m_options(options)
    {
        m_look.setSingleShot(true);
        connect(&m_look, &QTimer::timeout, this, &Stop::look);
        m_timeout.setSingleShot(true);
        connect(&m_timeout, &QTimer::timeout, this, [this] { leave(QueryTimedOut); });
        connect(&m_signals, &SignalPipe::caught, this, [this] { leave(QueryInterrupted); });
        connect(&m_orphans, &OrphanWatch::found, this, &Stop::foundOrphans);
    }

    /// True if every one of `runs` has ended, or the exit status says why not.
    int exec(const QList<RunRecord> &runs)
    {
        for (const RunRecord &run : runs)
            m_targets.append({run.status});
        if (m_options.timeout)
            m_timeout.start(*m_options.timeout);
        m_look.start(0);
        m_loop.exec();
        return m_status;
    }

private:
    struct Target
    {
        WorkerStatus status;
        std::chrono::nanoseconds toldAt{0};
        std::chrono::nanoseconds survivedAt{0}; // since when survivors are known
        bool isFirst = true;
        bool isDone = false;
        bool isOrphaned = false;
        bool hadOrphans = false;
        QString said = {};
    };

    void look()
    {
        QElapsedTimer took;
        took.start();
        bool isAnyLeft = false;
        for (Target &target : m_targets) {
            if (!target.isDone)
                lookAt(target);
            isAnyLeft |= !target.isDone;
        }
        if (!isAnyLeft)
            return m_loop.quit();
        const std::chrono::milliseconds pause(took.elapsed() * pausePerLook);
        m_look.start(std::max<std::chrono::milliseconds>(pause, shortestPause));
    }

    void lookAt(Target &target)
    {
        const std::optional<RunRecord> record = RunCatalog::read(target.status.runDirectory);
        if (!record)
            return fail(target, tr("its files were removed; how it ended is not known"));
        target.status = record->status;
        const WorkerStatus &status = target.status;
        if (isKeptByNobody(status)) {
            endOrphans(target);
        } else if (status.state == State::Ended) {
            sayEnd(target);
        } else if (status.state == State::NotStarted) {
            if (RunDirectory(status.runDirectory).revoke() == RunDirectory::Revocation::Revoked)
                done(target, tr("had not been started, and will not be"));
        } else {
            tell(target);
            saySurvivors(target);
        }
        target.isFirst = false;
    }

    /// True if processes of it may be left, and no keeper that could be asked to end them.
    static bool isKeptByNobody(const WorkerStatus &status)
    {
        const bool isUnfinished = status.state == State::Ended && !status.problem.isEmpty() &&
                                  status.outcome != Outcome::FailedToStart &&
                                  status.outcome != Outcome::Interrupted;
        return status.keeperGone || isUnfinished;
    }

    /// Ends what can still be told to be of the run; foundOrphans() says when.
    void endOrphans(Target &target)
    {
        if (std::exchange(target.isOrphaned, true))
            return;
        const WorkerStatus &status = target.status;
        const auto slot = RunDirectory(status.runDirectory).readState().value_or(rundir::StateSlot{});
        m_orphans.watch({status.runId, slot.mainPid, slot.mainStartTicks});
        m_orphans.end(status.runId, status.spec->stopSignal,
                      m_options.kill ? bootNow() : bootNow() + status.spec->grace);
    }

    void foundOrphans(const QString &runId, const OrphanNews &news)
    {
        for (Target &target : m_targets) {
            if (target.status.runId != runId || target.isDone)
                continue;
            if (news.processes > 0)
                target.hadOrphans = true;
            else
                done(target,
                     target.hadOrphans
                         ? tr("ended: nothing of it is found any more. Its keeper was killed, so its exit "
                              "code is not known")
                         : tr("is not alive, and nothing of it is found. %1").arg(target.status.problem));
        }
    }

    void tell(Target &target)
    {
        const std::chrono::nanoseconds now = bootNow();
        const auto verb = m_options.kill ? rundir::Verb::Kill : rundir::Verb::Stop;
        if (target.toldAt.count() > 0) {
            if (now - target.toldAt < repeatPause)
                return;
            const auto slot = RunDirectory(target.status.runDirectory).readState();
            if (slot && isConfirmed(verb, *slot))
                return;
        }
        RunControl(target.status.runDirectory).send(verb, -1);
        target.toldAt = now;
    }

    void sayEnd(Target &target)
    {
        const WorkerStatus &status = target.status;
        if (status.outcome == Outcome::FailedToStart)
            return done(target, tr("could not be started, and nothing of it is left"));
        if (status.outcome == Outcome::Interrupted)
            return done(target, tr("is not alive. %1").arg(status.problem));
        if (target.isFirst)
            return done(target, tr("had ended already (%1)").arg(endText(status)));
        // A keeper that has finished has seen the whole tree end.
        done(target, tr("ended, nothing left (%1)").arg(endText(status)));
    }

    static QString endText(const WorkerStatus &status)
    {
        const QString code = exitWord(status);
        const auto elapsed = status.elapsed(status.endedAt).value_or(0ns);
        return (status.exitCode.value_or(0) < 0 ? tr("by %1, after %2") : tr("exit code %1, after %2"))
            .arg(code, tookText(elapsed));
    }

    void saySurvivors(Target &target)
    {
        const WorkerStatus &status = target.status;
        if (status.survivors == 0) {
            target.survivedAt = 0ns;
            if (!status.problem.isEmpty() && std::exchange(target.said, status.problem) != status.problem)
                complain(labelled(target, status.problem));
            return;
        }
        QStringList lines;
        for (const Survivor &survivor : status.survivorList)
            lines += survivorText(survivor);
        if (const int unnamed = status.survivors - int(lines.size()); unnamed > 0)
            lines += lines.isEmpty() ? tr("%1 processes").arg(unnamed) : tr("and %1 more").arg(unnamed);
        const QString text = tr("could not be ended: %1").arg(lines.join(u"; "_s));
        if (std::exchange(target.said, text) != text)
            complain(labelled(target, text));
        const std::chrono::nanoseconds now = bootNow();
        if (target.survivedAt.count() == 0)
            target.survivedAt = now;
        if (now - target.survivedAt >= survivorPatience) {
            target.isDone = true;
            m_status = QueryFailed;
        }
    }

    static QString labelled(const Target &target, const QString &text)
    {
        return u"%1 (%2) %3"_s.arg(target.status.spec->name, target.status.runId, text);
    }

    static void done(Target &target, const QString &text)
    {
        target.isDone = true;
        writeTextLine(STDOUT_FILENO, labelled(target, text));
    }

    void fail(Target &target, const QString &text)
    {
        target.isDone = true;
        m_status = QueryFailed;
        complain(labelled(target, text));
    }

    /// What was asked for goes on; only the waiting ends.
    void leave(int status)
    {
        m_look.stop();
        m_status = status;
        QStringList left;
        for (const Target &target : std::as_const(m_targets)) {
            if (!target.isDone)
                left += u"%1 (%2)"_s.arg(target.status.spec->name, target.status.runId);
        }
        constexpr qsizetype mostNamed = 12;
        QString names = left.mid(0, mostNamed).join(u", "_s);
        if (left.size() > mostNamed)
            names += tr(" and %1 more").arg(left.size() - mostNamed);
        complain((status == QueryTimedOut ? tr("the timeout passed; still being ended: %1")
                                          : tr("interrupted; still being ended: %1"))
                     .arg(names));
        m_loop.quit();
    }

    const StopOptions m_options;
    SignalPipe m_signals;
    OrphanWatch m_orphans;
    QTimer m_look;
    QTimer m_timeout;
    QEventLoop m_loop;
    QList<Target> m_targets;
    int m_status = QueryDone;
};

} // namespace

int stopCommand(const QStringList &arguments, const Paths &paths)
{
    QString error;
    const std::optional<StopOptions> options = parse(arguments, &error);
    if (!options) {
        complain(tr("%1 See \"procession stop --help\".").arg(error));
        return QueryMisused;
    }
    if (options->help) {
        writeHelp(help());
        return QueryDone;
    }
    const QList<RunRecord> all = RunCatalog::readAll(paths.runsDirectory());
    QList<RunRecord> chosen;
    bool isAnyMissing = false;
    if (options->all) {
        std::copy_if(all.cbegin(), all.cend(), std::back_inserter(chosen),
                     [](const RunRecord &run) { return isAlive(run.status.state); });
        if (chosen.isEmpty())
            writeTextLine(STDOUT_FILENO, tr("No run is alive."));
    }
    QSet<QString> known;
    for (const QString &word : options->words) {
        QString problem;
        const std::optional<RunRecord> run = findRun(all, word, &problem);
        if (!run) {
            complain(problem);
            isAnyMissing = true;
        } else if (!known.contains(run->status.runId)) {
            known.insert(run->status.runId);
            chosen += *run;
        }
    }
    const int status = chosen.isEmpty() ? QueryDone : Stop(*options).exec(chosen);
    return status == QueryDone && isAnyMissing ? QueryFailed : status;
}

} // namespace procession
