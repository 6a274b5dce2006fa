// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/lastseen.h"

#include "core/settings.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>

namespace procession {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LastSeen)
};

constexpr qsizetype maximumRosters = 50;
constexpr qsizetype maximumUnknown = 500; // ids of runs whose end nobody knows, for each roster
constexpr qsizetype namedAtMost = 3;

QString layoutName()
{
    return QStringLiteral("lastSeen");
}

bool isUnknown(const WorkerStatus &status)
{
    return status.outcome == Outcome::Lost || status.outcome == Outcome::Interrupted;
}

/// "index: Its keeper was killed ...".
QString reasonLine(const WorkerStatus &status)
{
    const QString reason = status.outcome == Outcome::Interrupted || status.problem.isEmpty()
                               ? Text::tr("the machine went down while it ran.")
                               : status.problem;
    return Text::tr("%1: %2", "worker, what became of it").arg(status.spec->name, reason);
}

} // namespace

LastSeen::LastSeen(Settings *settings)
    : m_settings(settings)
{
}

LastSeen::Mark LastSeen::mark(const QString &rosterId) const
{
    const QJsonObject all = load();
    const QJsonObject seen = all.value(rosterId).toObject();
    Mark mark{all.contains(rosterId), static_cast<qint64>(seen.value(u"ended").toDouble()), {}};
    for (const QJsonValue &runId : seen.value(u"unknown").toArray())
        mark.unknown.insert(runId.toString());
    return mark;
}

LastSeen::News LastSeen::news(const Mark &before, const QList<WorkerStatus> &statuses)
{
    News news;
    if (!before.known)
        return news;
    int alive = 0;
    int ended = 0;
    QStringList lines;
    int unnamed = 0;
    for (const WorkerStatus &status : statuses) {
        if (isAlive(status.state)) {
            ++alive;
        } else if (status.state != State::Ended) {
            continue;
        } else if (isUnknown(status)) {
            if (before.unknown.contains(status.runId))
                continue;
            if (lines.size() < namedAtMost)
                lines.append(reasonLine(status));
            else
                ++unnamed;
        } else if (status.endedMs > before.newestEnd) {
            ++ended;
            news.failed += isFailure(status.outcome) ? 1 : 0;
        }
    }
    if (ended == 0 && lines.isEmpty())
        return news;

    const int unknown = int(lines.size()) + unnamed;
    QStringList parts;
    if (alive > 0)
        parts.append(Text::tr("%n worker(s) went on", nullptr, alive));
    if (ended > 0) {
        const QString text = alive > 0 ? Text::tr("%n ended", "workers", ended)
                                       : Text::tr("%n worker(s) ended", nullptr, ended);
        parts.append(news.failed > 0 ? Text::tr("%1 (%n failed)", nullptr, news.failed).arg(text) : text);
    }
    if (unknown > 0) {
        parts.append(parts.isEmpty() ? Text::tr("nobody saw the end of %n worker(s)", nullptr, unknown)
                                     : Text::tr("nobody saw the end of %n", "workers", unknown));
    }
    lines.prepend(Text::tr("While no window was open: %1.").arg(parts.join(QStringLiteral(", "))));
    if (unnamed > 0)
        lines.append(Text::tr("… and %n more", nullptr, unnamed));
    news.alarming = unknown > 0;
    news.text = lines.join(u'\n');
    return news;
}

void LastSeen::note(const QString &rosterId, const QList<WorkerStatus> &statuses)
{
    if (rosterId.isEmpty())
        return;
    QJsonObject all = load();
    qint64 newestEnd = 0;
    QJsonArray unknown;
    for (const WorkerStatus &status : statuses) {
        if (status.state != State::Ended)
            continue;
        newestEnd = std::max(newestEnd, status.endedMs);
        if (isUnknown(status) && unknown.size() < maximumUnknown)
            unknown.append(status.runId);
    }
    QJsonObject seen{{QStringLiteral("ended"), double(newestEnd)},
                     {QStringLiteral("opened"), double(QDateTime::currentMSecsSinceEpoch())}};
    if (!unknown.isEmpty())
        seen.insert(QStringLiteral("unknown"), unknown);
    all.insert(rosterId, seen);
    while (all.size() > maximumRosters) {
        auto oldest = all.begin();
        for (auto it = all.begin(); it != all.end(); ++it) {
            if (it.value().toObject().value(u"opened").toDouble() <
                oldest.value().toObject().value(u"opened").toDouble())
                oldest = it;
        }
        all.erase(oldest);
    }
    m_settings->setLayout(layoutName(), QJsonDocument(all).toJson(QJsonDocument::Compact));
}

QJsonObject LastSeen::load() const
{
    return QJsonDocument::fromJson(m_settings->layout(layoutName())).object();
}

} // namespace procession
