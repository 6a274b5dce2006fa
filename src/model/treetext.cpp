// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/treetext.h"

#include "core/bootclock.h"
#include "model/workertext.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace procession {
namespace {

using std::chrono::nanoseconds;

// A deeper process stands as far to the right as one of this depth: a long chain must stay readable.
constexpr int deepestIndent = 12;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ProcessTree)
};

/// What the kernel's letter for a process's state means.
QString processStateWord(const char letter)
{
    switch (letter) {
    case 'R':
        return Text::tr("running");
    case 'S':
    case 'I':
        return Text::tr("sleeping");
    case 'D':
        return Text::tr("waiting in the kernel");
    case 'T':
    case 't':
        return Text::tr("stopped");
    case 'Z':
    case 'X':
        return Text::tr("ended, not collected yet");
    default:
        return Text::tr("state %1").arg(QLatin1Char(letter));
    }
}

QString secondsText(const nanoseconds duration)
{
    const double seconds = std::max(0.0, std::chrono::duration<double>(duration).count());
    return Text::tr("%1 s").arg(QLocale().toString(seconds, 'f', 1));
}

QString survivorText(const Survivor &survivor)
{
    const QString pid = QString::number(survivor.pid);
    switch (survivor.reason) {
    case Survivor::Reason::NotPermitted:
        return Text::tr("PID %1 runs as another user and may not be signalled.").arg(pid);
    case Survivor::Reason::Uninterruptible:
        return Text::tr("PID %1 waits in the kernel (state D) and cannot end before that.").arg(pid);
    case Survivor::Reason::Unknown:
        break;
    }
    return Text::tr("PID %1 was sent SIGKILL and is still there.").arg(pid);
}

/// What the ladder has done so far.
QString ladderText(const WorkerStatus &status, const QString &left, const nanoseconds now)
{
    const nanoseconds none(0);
    const nanoseconds since = now - status.stopAskedAt;
    if (status.stopDeadline != none && !status.killAsked) {
        const QString sent =
            Text::tr("%1 sent %2 ago").arg(signalName(status.spec->stopSignal), secondsText(since));
        return Text::tr("%1%2 → SIGKILL in %3", "what was sent, what is left, when the next signal follows")
            .arg(sent, left, secondsText(status.stopDeadline - now));
    }
    const bool graceOver = status.stopAskedAt != none && since >= status.spec->grace;
    if (status.exitCode && !status.killAsked && !graceOver)
        return Text::tr("The main process has ended; SIGKILL sent to what it left behind%1",
                        "%1: what is left")
            .arg(left);
    if (status.killAsked || graceOver)
        return Text::tr("SIGKILL sent%1", "%1: what is left").arg(left);
    return Text::tr("Asked to end %1 ago%2", "%2: what is left").arg(secondsText(since), left);
}

QString exitWords(const WorkerStatus &status, const nanoseconds now)
{
    const QString duration = durationText(status.elapsed(now).value_or(nanoseconds(0)), true);
    const QString ending = *status.exitCode >= 0 ? Text::tr("exited with code %1 after %2")
                                                 : Text::tr("ended by %1 after %2", "%1 is a signal");
    return ending.arg(exitCodeText(*status.exitCode, status.coreDumped), duration);
}

QString footerWords(const WorkerStatus &status, const nanoseconds now)
{
    switch (status.state) {
    case State::Starting:
    case State::Running:
        if (status.straysKept && status.exitCode)
            return Text::tr("%1 — %2 left behind, still running")
                .arg(exitWords(status, now), processCountText(status.strays));
        return status.keeperGone
                   ? Text::tr("still running, but its keeper was killed: what it writes now is lost")
                   : Text::tr("still running");
    case State::Paused:
        return Text::tr("paused");
    case State::Stopping:
        return status.exitCode ? Text::tr("%1 — ending what it left behind").arg(exitWords(status, now))
                               : Text::tr("stopping");
    case State::Ended:
        break;
    default:
        return {};
    }
    const QString word = stateWord(status.state, status.outcome);
    if (!status.exitCode)
        return status.problem.isEmpty()
                   ? word
                   : Text::tr("%1. %2", "an outcome, a sentence").arg(word, status.problem);
    QString text = exitWords(status, now);
    if (status.outcome == Outcome::Stopped || status.outcome == Outcome::Killed)
        text = Text::tr("%1: %2").arg(word, text);
    if (nothingIsLeft(status))
        return Text::tr("%1 — nothing left", "the whole process tree has ended").arg(text);
    if (status.survivors > 0)
        return Text::tr("%1 — %2 could not be ended").arg(text, processCountText(status.survivors));
    return Text::tr("%1 — its keeper was killed: not known whether all output is here").arg(text);
}

} // namespace

QString processCountText(const int count)
{
    return count == 1 ? Text::tr("1 process") : Text::tr("%1 processes").arg(QLocale().toString(count));
}

QString treeText(const ProcessTree &tree)
{
    QStringList lines;
    for (const TreeProcess &process : tree.processes) {
        const QString indent(std::min(process.depth, deepestIndent) * 4, u' ');
        QString about = processStateWord(process.state);
        if (!process.owner.isEmpty())
            about = Text::tr("%1, as user %2", "state of a process, its user").arg(about, process.owner);
        lines += Text::tr("%1 %2 (%3)", "name, PID and state of a process")
                     .arg(indent + process.name, QString::number(process.pid), about);
    }
    if (const int more = tree.total - int(tree.processes.size()); more > 0)
        lines += Text::tr("… and %1 more").arg(QLocale().toString(more));
    return lines.join(u'\n');
}

QString stoppingText(const WorkerStatus &status, const int processes, const nanoseconds now)
{
    if (status.state != State::Stopping)
        return {};
    const QString left =
        processes > 0 ? Text::tr("; %1 still there").arg(processCountText(processes)) : QString();
    return (QStringList(ladderText(status, left, now)) + survivorTexts(status)).join(u'\n');
}

QStringList survivorTexts(const WorkerStatus &status)
{
    QStringList sentences;
    for (const Survivor &survivor : status.survivorList)
        sentences += survivorText(survivor);
    if (const int more = status.survivors - int(status.survivorList.size()); more > 0 && !sentences.isEmpty())
        sentences += Text::tr("… and %1 more").arg(QLocale().toString(more));
    return sentences;
}

bool nothingIsLeft(const WorkerStatus &status)
{
    return status.state == State::Ended && status.exitCode && status.survivors == 0 && !status.keeperGone &&
           status.problem.isEmpty() && status.outcome != Outcome::Lost &&
           status.outcome != Outcome::Interrupted;
}

QString outputFooter(const WorkerStatus &status, const nanoseconds now)
{
    const QString text = footerWords(status, now);
    if (text.isEmpty())
        return {};
    // A terminal has but one stream; nobody expects two of it.
    return status.streamsMerged && !status.terminal ? Text::tr("%1 · streams merged").arg(text) : text;
}

QString leftText(const WorkerStatus &status)
{
    if (status.state != State::Ended || status.outcome == Outcome::FailedToStart)
        return {};
    QStringList sentences;
    if (status.survivors > 0) {
        sentences +=
            status.survivors == 1
                ? Text::tr("1 process could not be ended.")
                : Text::tr("%1 processes could not be ended.").arg(QLocale().toString(status.survivors));
        return (sentences + survivorTexts(status)).join(u'\n');
    }
    if (nothingIsLeft(status))
        sentences += Text::tr("Ended, nothing left.");
    else if (status.outcome == Outcome::Interrupted)
        sentences += Text::tr("Nothing.");
    else if (status.outcome == Outcome::Lost)
        sentences += Text::tr("Not known.");
    else
        sentences += Text::tr("Not known: its keeper was killed before it could tell.");
    if (status.strays == 1)
        sentences += Text::tr("1 left-behind process was ended.");
    else if (status.strays > 1)
        sentences += Text::tr("%1 left-behind processes were ended.").arg(QLocale().toString(status.strays));
    return sentences.join(u' ');
}

} // namespace procession
