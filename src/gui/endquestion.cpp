// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/endquestion.h"

#include "core/bootclock.h"
#include "model/treetext.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace procession {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(EndQuestion)
};

QString secondsText(const std::chrono::milliseconds duration)
{
    return QLocale().toString(std::chrono::duration<double>(duration).count(), 'g', 4);
}

/// "SIGTERM is sent to them; what is still there after 10 s is killed (SIGKILL)."
QString ladderSentence(const QList<Victim> &victims)
{
    QStringList names;
    auto shortest = std::chrono::milliseconds::max();
    std::chrono::milliseconds longest(0);
    for (const Victim &victim : victims) {
        const WorkerSpec &spec = *victim.status.spec;
        if (const QString name = signalName(spec.stopSignal); !names.contains(name))
            names.append(name);
        shortest = std::min(shortest, spec.grace);
        longest = std::max(longest, spec.grace);
    }
    const QString sent = names.size() == 1
                             ? Text::tr("%1 is sent to them", "a signal").arg(names.first())
                             : Text::tr("Their stop signals are sent to them (%1)").arg(names.join(u", "));
    if (shortest == longest)
        return Text::tr("%1; what is still there after %2 s is killed (SIGKILL).",
                        "what is sent, when it is over")
            .arg(sent, secondsText(longest));
    return Text::tr("%1; what is still there after %2 to %3 s is killed (SIGKILL).",
                    "what is sent, when it is over")
        .arg(sent, secondsText(shortest), secondsText(longest));
}

} // namespace

QStringList victimLines(const QList<Victim> &victims, const std::chrono::nanoseconds now)
{
    QStringList lines;
    for (const Victim &victim : victims) {
        const WorkerStatus &status = victim.status;
        QStringList parts{status.spec->name};
        if (status.pid > 0)
            parts.append(QString::number(status.pid));
        if (const auto elapsed = status.elapsed(now))
            parts.append(durationText(*elapsed, false));
        if (victim.sample && victim.sample->processes > 0)
            parts.append(processCountText(victim.sample->processes));
        lines.append(parts.join(QStringLiteral(" · ")));
    }
    return lines;
}

ConfirmRequest endQuestion(const Ending how, const QList<Victim> &victims, const std::chrono::nanoseconds now)
{
    const int count = int(victims.size());
    ConfirmRequest request;
    request.items = victimLines(victims, now);
    request.offerDontAsk = how != Ending::Kill;
    switch (how) {
    case Ending::Terminate:
        request.title = Text::tr("Terminate %n Worker(s)?", nullptr, count);
        request.text = Text::tr("%1 Work they have not saved may be lost.").arg(ladderSentence(victims));
        request.verb = Text::tr("&Terminate %n", nullptr, count);
        break;
    case Ending::Restart:
        request.title = Text::tr("Restart %n Worker(s)?", nullptr, count);
        request.text = Text::tr("%1 Then they are started again. Work they have not saved may be lost.")
                           .arg(ladderSentence(victims));
        request.verb = Text::tr("&Restart %n", nullptr, count);
        break;
    case Ending::Kill:
        request.title = Text::tr("Kill %n Worker(s)?", nullptr, count);
        request.text = count == 1
                           ? Text::tr("SIGKILL ends all its processes at once, without a chance to save "
                                      "anything: data may be lost.")
                           : Text::tr("SIGKILL ends all their processes at once, without a chance to save "
                                      "anything: data may be lost.");
        request.verb = Text::tr("&Kill %n", nullptr, count);
        break;
    }
    return request;
}

} // namespace procession
