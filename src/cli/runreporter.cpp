// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runreporter.h"

#include "cli/runquery.h"
#include "cli/textline.h"
#include "core/bootclock.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMetaEnum>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype mostNamed = 12; // in a line of text; JSON names all

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::RunReporter", text);
}

double seconds(std::chrono::nanoseconds duration)
{
    return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) / 1000.0;
}

QString listed(const QStringList &names)
{
    if (names.size() <= mostNamed)
        return names.join(u", "_s);
    return tr("%1 and %2 more").arg(names.first(mostNamed).join(u", "_s)).arg(names.size() - mostNamed);
}

// The one file with the output, or the directory if there are several or none.
QString outputOf(const WorkerStatus &status)
{
    const QStringList segments = QDir(status.runDirectory).entryList({u"out.*"_s}, QDir::Files);
    return segments.size() == 1 ? status.runDirectory + u'/' + segments.first() : status.runDirectory;
}

// The count is the keeper's, and it may be missing where the disk was full; the bytes are there all the same.
bool hasOutput(const WorkerStatus &status)
{
    const QFileInfoList segments = QDir(status.runDirectory).entryInfoList({u"out.*"_s}, QDir::Files);
    return status.outputBytes > 0 || std::any_of(segments.cbegin(), segments.cend(),
                                                 [](const QFileInfo &file) { return file.size() > 0; });
}

QString endText(const WorkerStatus &status, std::chrono::nanoseconds elapsed)
{
    const QString &name = status.spec->name;
    if (status.outcome == Outcome::FailedToStart)
        return tr("%1 could not be started: %2").arg(name, status.problem);
    // Nobody saw it end; that nothing of it runs any more is known.
    if (status.outcome == Outcome::Lost && !status.problem.isEmpty())
        return tr("%1 lost. %2").arg(name, status.problem);
    if (!status.exitCode)
        return tr("%1 ended, exit code unknown. %2").arg(name, status.problem);
    const QString code = exitCodeText(*status.exitCode, status.coreDumped);
    return (*status.exitCode < 0 ? tr("%1 ended by %2, %3") : tr("%1 ended, exit code %2, %3"))
        .arg(name, code, tookText(elapsed));
}

} // namespace

void RunReporter::wouldStart(const WorkerSpec &spec)
{
    QString text = tr("%1 would be started: %2").arg(spec.name, Command::direct(spec.command.argv()).text());
    if (!spec.workingDirectory.isEmpty())
        text += tr(" (in %1)").arg(spec.workingDirectory);
    write(QDateTime::currentMSecsSinceEpoch(), text, u"would-start"_s,
          {{u"worker"_s, spec.name},
           {u"command"_s, QJsonArray::fromStringList(spec.command.argv())},
           {u"directory"_s, spec.workingDirectory}});
}

void RunReporter::started(const WorkerStatus &status)
{
    write(status.startedMs, tr("%1 started, pid %2").arg(status.spec->name).arg(status.lastPid), u"started"_s,
          {{u"worker"_s, status.spec->name}, {u"pid"_s, status.lastPid}});
}

void RunReporter::tick(const QList<WorkerStatus> &alive, std::chrono::nanoseconds now)
{
    QStringList texts;
    QJsonArray objects;
    for (const WorkerStatus &status : alive) {
        const auto elapsed = status.elapsed(now).value_or(std::chrono::nanoseconds(0));
        if (m_json) {
            objects += QJsonObject{{u"worker"_s, status.spec->name},
                                   {u"pid"_s, status.lastPid},
                                   {u"elapsed"_s, seconds(elapsed)}};
        } else {
            texts += tr("%1 (pid %2, %3)")
                         .arg(status.spec->name)
                         .arg(status.lastPid)
                         .arg(durationText(elapsed, false));
        }
    }
    write(QDateTime::currentMSecsSinceEpoch(), tr("alive: %1").arg(listed(texts)), u"tick"_s,
          {{u"alive"_s, objects}});
}

void RunReporter::ended(const WorkerStatus &status)
{
    const auto elapsed = status.elapsed(status.endedAt).value_or(std::chrono::nanoseconds(0));
    QString text = endText(status, elapsed);
    const QString output = outputOf(status);
    if (isFailure(status.outcome) && hasOutput(status))
        text += tr(", output in %1").arg(output);
    QJsonObject object{
        {u"worker"_s, status.spec->name},
        {u"outcome"_s,
         QString::fromLatin1(QMetaEnum::fromType<Outcome>().valueToKey(static_cast<int>(status.outcome)))},
        {u"exitCode"_s, status.exitCode ? QJsonValue(*status.exitCode) : QJsonValue()},
        {u"signal"_s,
         status.exitCode && *status.exitCode < 0 ? QJsonValue(signalName(-*status.exitCode)) : QJsonValue()},
        {u"coreDumped"_s, status.coreDumped},
        {u"pid"_s, status.lastPid > 0 ? QJsonValue(status.lastPid) : QJsonValue()},
        {u"elapsed"_s, seconds(elapsed)},
        {u"output"_s, output},
    };
    if (!status.problem.isEmpty())
        object.insert(u"problem"_s, status.problem);
    write(status.endedMs > 0 ? status.endedMs : QDateTime::currentMSecsSinceEpoch(), text, u"ended"_s,
          object);
}

void RunReporter::joined(JoinResult::Kind kind, const JoinProgress &progress, std::chrono::nanoseconds waited,
                         const QStringList &awaited, const QStringList &leftRuns, int lost)
{
    const bool timedOut = kind == JoinResult::Kind::TimedOut;
    QString text = timedOut ? tr("the timeout passed after %1").arg(tookText(waited))
                            : tr("joined after %1").arg(tookText(waited));
    text += tr(": %1 of %2 ended, %3 succeeded, %4 failed")
                .arg(progress.ended)
                .arg(progress.total)
                .arg(progress.succeeded)
                .arg(progress.failed);
    if (lost > 0)
        text += tr(", %1 lost").arg(lost);
    if (!leftRuns.isEmpty()) {
        QStringList left;
        for (qsizetype i = 0; i < awaited.size(); ++i)
            left += u"%1 (%2)"_s.arg(awaited.at(i), shortId(leftRuns.at(i)));
        text += tr("; left running: %1; \"procession stop\" takes the ID").arg(listed(left));
    } else if (!awaited.isEmpty()) {
        text += tr("; terminating %1").arg(listed(awaited));
    }
    QJsonObject object{{u"workers"_s, progress.total},
                       {u"ended"_s, progress.ended},
                       {u"succeeded"_s, progress.succeeded},
                       {u"failed"_s, progress.failed},
                       {u"awaited"_s, QJsonArray::fromStringList(awaited)},
                       {u"waited"_s, seconds(waited)}};
    if (!leftRuns.isEmpty())
        object.insert(u"left"_s, QJsonArray::fromStringList(leftRuns));
    write(QDateTime::currentMSecsSinceEpoch(), text, timedOut ? u"timeout"_s : u"joined"_s, object);
}

void RunReporter::interrupted(const QStringList &awaited, bool kill)
{
    QString text = tr("interrupted");
    if (!awaited.isEmpty())
        text += (kill ? tr("; killing %1") : tr("; terminating %1")).arg(listed(awaited));
    write(QDateTime::currentMSecsSinceEpoch(), text, u"interrupted"_s,
          {{u"awaited"_s, QJsonArray::fromStringList(awaited)}, {u"kill"_s, kill}});
}

void RunReporter::write(qint64 timeMs, const QString &text, const QString &event, QJsonObject object)
{
    if (m_closed || m_failed)
        return;
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(timeMs);
    if (!m_json)
        return check(writeTextLine(STDOUT_FILENO, time.time().toString(u"HH:mm:ss.zzz "_s) + text));
    object.insert(u"event"_s, event);
    object.insert(u"time"_s, time.toOffsetFromUtc(time.offsetFromUtc()).toString(Qt::ISODateWithMs));
    check(writeRawLine(STDOUT_FILENO, QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

void RunReporter::check(int error)
{
    if (error == EPIPE) {
        m_closed = true;
    } else if (error != 0) {
        m_failed = true;
        writeTextLine(STDERR_FILENO,
                      tr("procession: the report cannot be written any more: %1; the workers go on.")
                          .arg(writeErrorText(error)));
    }
}

} // namespace procession
