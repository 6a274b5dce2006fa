// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runtext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QJsonArray>
#include <QMetaEnum>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::RunText", text);
}

template <typename Enum>
QString keyOf(Enum value)
{
    return QString::fromLatin1(QMetaEnum::fromType<Enum>().valueToKey(static_cast<int>(value)));
}

/// "FailedToStart" as "Failed to start".
QString spaced(const QString &key)
{
    QString words;
    for (const QChar c : key) {
        if (c.isUpper() && !words.isEmpty())
            words += u' ' + c.toLower();
        else
            words += c;
    }
    return words;
}

QString isoTime(qint64 timeMs)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(timeMs);
    return time.toOffsetFromUtc(time.offsetFromUtc()).toString(Qt::ISODateWithMs);
}

QJsonValue orNull(bool isKnown, const QJsonValue &value)
{
    return isKnown ? value : QJsonValue();
}

double seconds(std::chrono::nanoseconds duration)
{
    return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) / 1000.0;
}

} // namespace

QString stateWord(const WorkerStatus &status)
{
    // As the window says it.
    if (status.straysKept && status.state == State::Running)
        return tr("%1 still running").arg(status.strays);
    if (status.keeperGone && isAlive(status.state) && status.state != State::Stopping)
        return tr("Keeper gone");
    return spaced(status.state == State::Ended ? keyOf(status.outcome) : keyOf(status.state));
}

QString exitWord(const WorkerStatus &status)
{
    if (status.exitCode)
        return exitCodeText(*status.exitCode, status.coreDumped);
    const bool isUnknown = status.state == State::Ended && status.outcome != Outcome::FailedToStart;
    return isUnknown ? tr("unknown") : u"-"_s;
}

QString startedText(const WorkerStatus &status)
{
    if (status.startedMs <= 0)
        return u"-"_s;
    return QDateTime::fromMSecsSinceEpoch(status.startedMs).toString(u"yyyy-MM-dd HH:mm:ss");
}

QString survivorText(const Survivor &survivor)
{
    switch (survivor.reason) {
    case Survivor::Reason::NotPermitted:
        return tr("PID %1 runs as another user and may not be ended from here; ask its owner or root")
            .arg(survivor.pid);
    case Survivor::Reason::Uninterruptible:
        return tr("PID %1 waits in the kernel, mostly for a disk or a network share, and ends when that "
                  "answers")
            .arg(survivor.pid);
    case Survivor::Reason::Unknown:
        break;
    }
    return tr("PID %1 was sent SIGKILL and is still there").arg(survivor.pid);
}

QStringList outputFiles(const WorkerStatus &status)
{
    const QDir directory(status.runDirectory);
    QStringList paths;
    for (const QString &name : directory.entryList({u"out.*"_s}, QDir::Files | QDir::NoSymLinks, QDir::Name))
        paths += QDir::cleanPath(directory.absoluteFilePath(name));
    return paths;
}

QJsonObject runObject(const RunRecord &record, std::chrono::nanoseconds now)
{
    const WorkerStatus &status = record.status;
    const auto elapsed = status.elapsed(now);
    QJsonArray survivors;
    for (const Survivor &survivor : status.survivorList)
        survivors += QJsonObject{{u"pid"_s, survivor.pid}, {u"reason"_s, survivorText(survivor)}};
    const bool bySignal = status.exitCode && *status.exitCode < 0;
    QJsonObject object{
        {u"id"_s, status.runId},
        {u"worker"_s, status.spec->name},
        {u"command"_s, QJsonArray::fromStringList(status.spec->command.argv())},
        {u"directory"_s, status.spec->workingDirectory},
        {u"project"_s, record.projectFile},
        {u"roster"_s, record.rosterId},
        {u"state"_s, keyOf(status.state)},
        {u"alive"_s, isAlive(status.state)},
        {u"outcome"_s, orNull(status.outcome != Outcome::None, keyOf(status.outcome))},
        {u"exitCode"_s, orNull(status.exitCode.has_value(), status.exitCode.value_or(0))},
        {u"signal"_s, orNull(bySignal, signalName(-status.exitCode.value_or(0)))},
        {u"coreDumped"_s, status.coreDumped},
        {u"pid"_s, orNull(status.lastPid > 0, status.lastPid)},
        {u"started"_s, orNull(status.startedMs > 0, isoTime(status.startedMs))},
        {u"ended"_s, orNull(status.state == State::Ended && status.endedMs > 0, isoTime(status.endedMs))},
        {u"elapsed"_s, orNull(elapsed.has_value(), seconds(elapsed.value_or(std::chrono::nanoseconds(0))))},
        {u"output"_s, QJsonArray::fromStringList(outputFiles(status))},
        {u"outputBytes"_s, qint64(status.outputBytes)},
        {u"droppedBytes"_s, qint64(status.droppedBytes)},
        {u"peakMemoryKib"_s, orNull(status.peakMemoryKib > 0, status.peakMemoryKib)},
        {u"cpu"_s, orNull(status.state == State::Ended, seconds(status.cpuTime))},
        {u"diskBytes"_s, record.diskBytes},
        {u"strays"_s, status.strays},
        {u"survivors"_s, survivors},
        {u"keeperGone"_s, status.keeperGone},
    };
    if (!status.problem.isEmpty())
        object.insert(u"problem"_s, status.problem);
    return object;
}

} // namespace procession
