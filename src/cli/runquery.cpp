// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runquery.h"

#include "cli/runtext.h"
#include "cli/textline.h"

#include <QCoreApplication>

#include <unistd.h>

#include <algorithm>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostNamed = 12;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::RunQuery", text);
}

QList<RunRecord> chosen(const QList<RunRecord> &all, const std::function<bool(const RunRecord &)> &isMeant)
{
    QList<RunRecord> some;
    std::copy_if(all.cbegin(), all.cend(), std::back_inserter(some), isMeant);
    return some;
}

bool isSameWorker(const RunRecord &a, const RunRecord &b)
{
    return a.rosterId == b.rosterId && a.status.id == b.status.id;
}

/// Of the runs with one name, those that the name means.
QList<RunRecord> meantByName(const QList<RunRecord> &named)
{
    const QList<RunRecord> alive =
        chosen(named, [](const RunRecord &run) { return isAlive(run.status.state); });
    if (!alive.isEmpty())
        return alive;
    const bool isOneWorker = std::all_of(named.cbegin(), named.cend(), [&named](const RunRecord &run) {
        return isSameWorker(run, named.first());
    });
    return isOneWorker ? named.mid(0, 1) : named;
}

QString candidatesText(const QString &word, const QList<RunRecord> &candidates)
{
    QStringList lines;
    for (const RunRecord &run : candidates.mid(0, mostNamed)) {
        lines += u"  %1  %2, %3, %4"_s.arg(run.status.runId, run.status.spec->name, stateWord(run.status),
                                           startedText(run.status));
    }
    if (candidates.size() > mostNamed)
        lines += tr("  and %1 more").arg(candidates.size() - mostNamed);
    return tr("\"%1\" means %2 runs. Give the ID of one:").arg(word).arg(candidates.size()) + u'\n' +
           lines.join(u'\n');
}

} // namespace

void complain(const QString &message)
{
    const QStringList lines = message.split(u'\n');
    writeTextLine(STDERR_FILENO, u"procession: "_s + lines.first());
    for (const QString &line : lines.sliced(1))
        writeTextLine(STDERR_FILENO, line);
}

void writeHelp(const QString &text)
{
    for (const QString &line : text.chopped(1).split(u'\n'))
        writeTextLine(STDOUT_FILENO, line);
}

QString shortId(const QString &runId)
{
    return runId.mid(runId.lastIndexOf(u'-') + 1);
}

std::optional<RunRecord> findRun(const QList<RunRecord> &all, const QString &word, QString *problem)
{
    QList<RunRecord> found = chosen(all, [&word](const RunRecord &run) { return run.status.runId == word; });
    if (found.isEmpty())
        found =
            meantByName(chosen(all, [&word](const RunRecord &run) { return run.status.spec->name == word; }));
    if (found.isEmpty() && !word.isEmpty()) {
        found = chosen(all, [&word](const RunRecord &run) {
            return run.status.runId.startsWith(word) || shortId(run.status.runId).startsWith(word);
        });
    }
    if (found.size() == 1)
        return found.first();
    *problem = found.isEmpty()
                   ? tr("There is no run \"%1\". \"procession list\" shows all runs that are kept.").arg(word)
                   : candidatesText(word, found);
    return std::nullopt;
}

} // namespace procession
