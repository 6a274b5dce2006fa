// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workertext.h"

#include "core/bootclock.h"
#include "model/treetext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QStringList>

namespace procession {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Worker)
};

/// Until SIGKILL follows: the second that has begun counts.
qint64 secondsToGo(const WorkerStatus &status, const std::chrono::nanoseconds now)
{
    return std::max<qint64>(0, std::chrono::ceil<std::chrono::seconds>(status.stopDeadline - now).count());
}

QString clockText(const qint64 msSinceEpoch)
{
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(msSinceEpoch), QLocale::ShortFormat);
}

QString outcomeWord(const Outcome outcome)
{
    switch (outcome) {
    case Outcome::None:
        break;
    case Outcome::Succeeded:
        return Text::tr("Succeeded");
    case Outcome::Failed:
        return Text::tr("Failed");
    case Outcome::Crashed:
        return Text::tr("Crashed");
    case Outcome::FailedToStart:
        return Text::tr("Failed to start");
    case Outcome::TimedOut:
        return Text::tr("Timed out");
    case Outcome::Stopped:
        return Text::tr("Stopped");
    case Outcome::Killed:
        return Text::tr("Killed");
    case Outcome::Interrupted:
        return Text::tr("Interrupted");
    case Outcome::Lost:
        return Text::tr("Lost");
    }
    return Text::tr("Ended");
}

/// What convention says about an exit code, or an empty string.
QString conventionText(const int exitCode)
{
    constexpr int highestSignal = 64;
    if (exitCode == 126)
        return Text::tr("By convention 126 means: the command was found but is not executable.");
    if (exitCode == 127)
        return Text::tr("By convention 127 means: the command was not found.");
    if (exitCode > 128 && exitCode <= 128 + highestSignal)
        return Text::tr("With %1 a shell reports a child killed by %2.")
            .arg(QString::number(exitCode), exitCodeText(128 - exitCode));
    return {};
}

/// "exit code 3" or "SIGSEGV (11)", for the middle of a sentence.
QString endingText(const WorkerStatus &status)
{
    if (!status.exitCode)
        return Text::tr("an unknown exit code");
    const QString code = exitCodeText(*status.exitCode);
    return *status.exitCode < 0 ? code : Text::tr("exit code %1").arg(code);
}

QString stoppingExplanation(const WorkerStatus &status, const std::chrono::nanoseconds now)
{
    if (status.killAsked)
        return Text::tr("It is being killed; its processes are about to go.");
    const bool graceRuns = status.stopDeadline != std::chrono::nanoseconds(0);
    if (status.exitCode && !graceRuns)
        return Text::tr("Its main process ended with %1; what it left behind is being ended.")
            .arg(endingText(status));
    if (!graceRuns)
        return Text::tr("It was asked to end and has not ended yet.");
    return Text::tr("It was asked to end. If it has not ended in %1 s, it is killed.")
        .arg(secondsToGo(status, now));
}

QString runningExplanation(const WorkerStatus &status)
{
    if (status.straysKept)
        return Text::tr("Its main process ended with %1; %2 it left behind %3, as its settings want it.")
            .arg(endingText(status), processCountText(status.strays),
                 status.strays == 1 ? Text::tr("goes on") : Text::tr("go on"));
    return status.startedMs ? Text::tr("It has been running since %1.").arg(clockText(status.startedMs))
                            : Text::tr("It is running.");
}

/// What is known besides of a worker that is alive.
QStringList aliveRemarks(const WorkerStatus &status)
{
    QStringList sentences;
    if (status.keeperGone && status.problem.isEmpty())
        sentences << Text::tr(
            "Both halves of its keeper were killed: it can still be ended here, but neither "
            "its exit code nor further output will be known.");
    if (status.inputOpen)
        sentences << (status.terminal ? Text::tr("It has a terminal: type to it in the Output tab.")
                                      : Text::tr("It reads what is typed in the Output tab."));
    if (status.streamsMerged && !status.terminal && status.spec && !status.spec->mergeStreams)
        sentences << Text::tr(
            "Its two streams are not told apart: too many pipes are open for each to have one.");
    return sentences;
}

QString endExplanation(const WorkerStatus &status)
{
    switch (status.outcome) {
    case Outcome::None:
        break;
    case Outcome::Succeeded:
    case Outcome::Failed:
        return Text::tr("It ended by itself with %1.").arg(endingText(status));
    case Outcome::Crashed:
        return Text::tr("It was ended by %1, which Procession did not send.").arg(endingText(status));
    case Outcome::FailedToStart:
        return Text::tr("Its command could not be started.");
    case Outcome::TimedOut:
        return Text::tr("It ran longer than allowed and was ended with %1.").arg(endingText(status));
    case Outcome::Stopped:
        return Text::tr("It was terminated and ended with %1.").arg(endingText(status));
    case Outcome::Killed:
        return status.killAsked ? Text::tr("It was killed on request.")
                                : Text::tr("It was terminated, did not end in time and was killed.");
    case Outcome::Interrupted:
        return Text::tr("The machine went down while it ran.");
    case Outcome::Lost:
        return status.problem.isEmpty() ? Text::tr("Its keeper vanished, so nobody knows how it ended.")
                                        : QString(); // which says so, and more
    }
    return Text::tr("It ended.");
}

} // namespace

QString stateText(const WorkerStatus &status, const std::chrono::nanoseconds now)
{
    const QString word = stateWord(status.state, status.outcome);
    if (status.straysKept && status.state == State::Running)
        return Text::tr("%1 still running", "how many processes were left behind").arg(status.strays);
    if (status.keeperGone && isAlive(status.state) && status.state != State::Stopping)
        return Text::tr("Keeper gone", "a state: it runs, but nobody keeps it");
    if (status.state != State::Stopping && !problemText(status).isEmpty())
        return Text::tr("%1 – problem", "a state, of a worker with which something is wrong").arg(word);
    if (status.state != State::Stopping || status.stopDeadline == std::chrono::nanoseconds(0))
        return word;
    return Text::tr("%1 %2s", "Stopping 4s: in how many seconds it is killed")
        .arg(word, QString::number(secondsToGo(status, now)));
}

QString stateWord(const State state, const Outcome outcome)
{
    switch (state) {
    case State::NotStarted:
        return Text::tr("Not started");
    case State::Queued:
        return Text::tr("Queued");
    case State::Starting:
        return Text::tr("Starting");
    case State::Running:
        return Text::tr("Running");
    case State::Paused:
        return Text::tr("Paused");
    case State::Stopping:
        return Text::tr("Stopping");
    case State::Skipped:
        return Text::tr("Skipped");
    case State::Ended:
        break;
    }
    return outcomeWord(outcome);
}

QString exitText(const WorkerStatus &status)
{
    // While what the main process left behind is still there its code is known already.
    if (status.exitCode)
        return exitCodeText(*status.exitCode, status.coreDumped);
    if (isAlive(status.state))
        return {};
    if (status.state == State::Ended && status.outcome != Outcome::FailedToStart)
        return Text::tr("unknown", "exit code");
    return QStringLiteral("—");
}

QString exitExplanation(const WorkerStatus &status)
{
    if (isAlive(status.state) && status.exitCode)
        return Text::tr("Its main process ended with %1.").arg(endingText(status));
    if (isAlive(status.state))
        return Text::tr("It is still alive.");
    if (status.state != State::Ended)
        return status.exitCode ? QString() : Text::tr("It has not run yet.");

    QStringList sentences{endExplanation(status)};
    if (status.exitCode && *status.exitCode >= 0)
        sentences << conventionText(*status.exitCode);
    if (status.exitCode && status.coreDumped)
        sentences << Text::tr("A core dump was written.");
    sentences << status.problem;
    sentences.removeAll(QString());
    return sentences.join(u' ');
}

QString problemText(const WorkerStatus &status)
{
    // What is lost stays lost, but what could be done about it is being done.
    if (status.keeperGone && status.state == State::Stopping && !status.problem.isEmpty())
        return Text::tr("Its keeper was killed: its exit code and further output are lost.");
    return isAlive(status.state) ? status.problem : QString();
}

QString stateExplanation(const WorkerStatus &status, const std::chrono::nanoseconds now)
{
    QStringList sentences;
    switch (status.state) {
    case State::NotStarted:
        sentences << Text::tr("It has not been started.");
        if (status.spec && status.spec->disabled)
            sentences << Text::tr("It is disabled: Start All passes it by.");
        break;
    case State::Queued:
        sentences << Text::tr("It waits for its turn to start.");
        break;
    case State::Starting:
        sentences << Text::tr("Its command is being started.");
        break;
    case State::Running:
        sentences << runningExplanation(status);
        break;
    case State::Paused:
        sentences << Text::tr("It was paused: its processes stand still until it is resumed.");
        break;
    case State::Stopping:
        sentences << stoppingExplanation(status, now);
        break;
    case State::Skipped:
        sentences << Text::tr("It was passed by: what it depends on did not succeed.");
        break;
    case State::Ended:
        sentences << exitExplanation(status);
        break;
    }
    if (isAlive(status.state))
        sentences << problemText(status) << aliveRemarks(status);
    sentences.removeAll(QString());
    return sentences.join(u' ');
}

QString bytesText(const qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

} // namespace procession
