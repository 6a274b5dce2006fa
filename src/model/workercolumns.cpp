// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workercolumns.h"

#include "core/bootclock.h"
#include "model/treetext.h"
#include "model/workertext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <array>

namespace procession {
namespace {

using Context = const ColumnContext &;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Column)
};

constexpr Qt::Alignment left = Qt::AlignLeft | Qt::AlignVCenter;
constexpr Qt::Alignment centre = Qt::AlignHCenter | Qt::AlignVCenter;
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;

QString noToolTip(Context)
{
    return {};
}

/// Tool tips with "<" in them would be taken for HTML and lose text: always rich, always escaped, so they
/// wrap.
QString escaped(const QString &text)
{
    return text.isEmpty() ? QString() : QString(u"<p>" + text.toHtmlEscaped() + u"</p>");
}

/// What the worker said last of an error, in a paragraph of its own.
QString withLastError(const QString &toolTip, Context c)
{
    return c.lastError.isEmpty() ? toolTip
                                 : QString(toolTip + escaped(Text::tr("Last error: %1").arg(c.lastError)));
}

QString isoTime(const qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toString(Qt::ISODateWithMs);
}

QString shortTime(const qint64 msSinceEpoch)
{
    if (msSinceEpoch == 0)
        return {};
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(msSinceEpoch), QLocale::ShortFormat);
}

QVariant orUnknown(const qint64 number)
{
    return number != 0 ? QVariant(number) : QVariant();
}

// --- Name
QVariant nameValue(Context c)
{
    return c.status.spec->name;
}
QString nameText(Context c)
{
    return c.status.spec->name;
}
QString nameToolTip(Context c)
{
    const QString &description = c.status.spec->description;
    const QString &name = c.status.spec->name;
    return withLastError(escaped(description.isEmpty() ? name : QString(name + u": " + description)), c);
}

// --- State: in the order of a life, the outcomes at its end; the seconds of "Stopping 4s" do not count.
QVariant stateValue(Context c)
{
    constexpr int perState = 16;
    return static_cast<int>(c.status.state) * perState + static_cast<int>(c.status.outcome);
}
QString stateColumnText(Context c)
{
    return stateText(c.status, c.now);
}
QString stateToolTip(Context c)
{
    QStringList sentences{stateExplanation(c.status, c.now)};
    if (isAlive(c.status.state))
        sentences += survivorTexts(c.status);
    else
        sentences += leftText(c.status);
    sentences.removeAll(QString());
    return withLastError(escaped(sentences.join(u' ')), c);
}

// --- Elapsed
QVariant elapsedValue(Context c)
{
    const auto elapsed = c.status.elapsed(c.now);
    return elapsed ? QVariant(qint64(elapsed->count())) : QVariant();
}
QString elapsedText(Context c)
{
    const auto elapsed = c.status.elapsed(c.now);
    return elapsed ? durationText(*elapsed, !isAlive(c.status.state)) : QString();
}
QString elapsedToolTip(Context c)
{
    if (c.status.startedMs == 0)
        return {};
    const QString begin = Text::tr("Started %1").arg(isoTime(c.status.startedMs));
    if (c.status.endedMs == 0)
        return begin;
    QString text = begin + u'\n' + Text::tr("Ended %1").arg(isoTime(c.status.endedMs));
    if (const auto elapsed = c.status.elapsed(c.now)) {
        const double seconds = std::chrono::duration<double>(*elapsed).count();
        text +=
            u'\n' + Text::tr("Took %1 s, whatever the clock did").arg(QLocale().toString(seconds, 'f', 3));
    }
    return text;
}

// --- CPU %
QVariant cpuValue(Context c)
{
    return c.sample && c.sample->cpuPercent ? QVariant(*c.sample->cpuPercent) : QVariant();
}
QString cpuText(Context c)
{
    return c.sample && c.sample->cpuPercent ? QLocale().toString(*c.sample->cpuPercent, 'f', 1) : QString();
}
QString cpuToolTip(Context c)
{
    return c.sample && c.sample->cpuPercent ? Text::tr("Of all its processes together; 100 is one core")
                                            : QString();
}

// --- Memory
QString peakToolTip(Context c)
{
    return c.status.peakMemoryKib > 0 ? Text::tr("Main process at most %1; its children are not counted")
                                            .arg(bytesText(c.status.peakMemoryKib * 1024))
                                      : QString();
}
QVariant memoryValue(Context c)
{
    return c.sample && c.sample->memoryBytes ? QVariant(*c.sample->memoryBytes) : QVariant();
}
QString memoryText(Context c)
{
    return c.sample && c.sample->memoryBytes ? bytesText(*c.sample->memoryBytes) : QString();
}
QString memoryToolTip(Context c)
{
    if (c.status.peakMemoryKib > 0)
        return peakToolTip(c);
    return c.sample && c.sample->memoryBytes ? Text::tr("Resident memory of all its processes together")
                                             : QString();
}

// --- PID
QVariant pidValue(Context c)
{
    return orUnknown(c.status.pid);
}
QString pidText(Context c)
{
    return c.status.pid != 0 ? QString::number(c.status.pid) : QString();
}
QString pidToolTip(Context c)
{
    if (c.status.pid != 0 || c.status.lastPid == 0)
        return {};
    return Text::tr("Last PID: %1").arg(QString::number(c.status.lastPid));
}

// --- Exit
QVariant exitValue(Context c)
{
    return c.status.exitCode ? QVariant(*c.status.exitCode) : QVariant();
}
QString exitColumnText(Context c)
{
    return exitText(c.status);
}
QString exitToolTip(Context c)
{
    return withLastError(escaped(exitExplanation(c.status)), c);
}

// --- Command
QVariant commandValue(Context c)
{
    return c.status.spec->command.text();
}
QString commandText(Context c)
{
    return c.status.spec->command.text();
}
QString commandToolTip(Context c)
{
    return escaped(c.status.spec->command.text());
}

// --- Group, working directory: an empty one is none, not a value
QVariant groupValue(Context c)
{
    return c.status.spec->group.isEmpty() ? QVariant() : QVariant(c.status.spec->group);
}
QString groupText(Context c)
{
    return c.status.spec->group;
}
QVariant directoryValue(Context c)
{
    return c.status.spec->workingDirectory.isEmpty() ? QVariant() : QVariant(c.status.spec->workingDirectory);
}
QString directoryText(Context c)
{
    return c.status.spec->workingDirectory;
}
QString directoryToolTip(Context c)
{
    return escaped(c.status.spec->workingDirectory);
}

// --- Started, Finished
QVariant startedValue(Context c)
{
    return orUnknown(c.status.startedMs);
}
QString startedText(Context c)
{
    return shortTime(c.status.startedMs);
}
QString startedToolTip(Context c)
{
    return c.status.startedMs ? isoTime(c.status.startedMs) : QString();
}
QVariant finishedValue(Context c)
{
    return orUnknown(c.status.endedMs);
}
QString finishedText(Context c)
{
    return shortTime(c.status.endedMs);
}
QString finishedToolTip(Context c)
{
    return c.status.endedMs ? isoTime(c.status.endedMs) : QString();
}

// --- Known once the run is over
bool hasRecord(Context c)
{
    return c.status.state == State::Ended && c.status.exitCode.has_value();
}
QVariant cpuTimeValue(Context c)
{
    return hasRecord(c) ? QVariant(qint64(c.status.cpuTime.count())) : QVariant();
}
QString cpuTimeText(Context c)
{
    return hasRecord(c) ? durationText(c.status.cpuTime, true) : QString();
}
QVariant peakValue(Context c)
{
    return orUnknown(c.status.peakMemoryKib);
}
QString peakText(Context c)
{
    return c.status.peakMemoryKib > 0 ? bytesText(c.status.peakMemoryKib * 1024) : QString();
}

// --- Processes, output
QVariant processesValue(Context c)
{
    return c.sample ? orUnknown(c.sample->processes) : QVariant();
}
QString processesText(Context c)
{
    return c.sample && c.sample->processes > 0 ? QLocale().toString(c.sample->processes) : QString();
}
QVariant outputValue(Context c)
{
    return c.status.runId.isEmpty() ? QVariant() : QVariant(qint64(c.status.outputBytes));
}
QString outputText(Context c)
{
    return c.status.runId.isEmpty() ? QString() : bytesText(qint64(c.status.outputBytes));
}

// clang-format off
constexpr std::array columns{
    ColumnInfo{Column::Name, "name", QT_TRANSLATE_NOOP("Column", "Name"),
               left, true, false, nameValue, nameText, nameToolTip},
    ColumnInfo{Column::State, "state", QT_TRANSLATE_NOOP("Column", "State"),
               left, true, false, stateValue, stateColumnText, stateToolTip},
    ColumnInfo{Column::Elapsed, "elapsed", QT_TRANSLATE_NOOP("Column", "Elapsed"),
               right, true, true, elapsedValue, elapsedText, elapsedToolTip},
    ColumnInfo{Column::Cpu, "cpu", QT_TRANSLATE_NOOP("Column", "CPU %"),
               right, true, true, cpuValue, cpuText, cpuToolTip},
    ColumnInfo{Column::Memory, "memory", QT_TRANSLATE_NOOP("Column", "Memory"),
               right, true, true, memoryValue, memoryText, memoryToolTip},
    ColumnInfo{Column::Pid, "pid", QT_TRANSLATE_NOOP("Column", "PID"),
               right, true, false, pidValue, pidText, pidToolTip},
    ColumnInfo{Column::Exit, "exit", QT_TRANSLATE_NOOP("Column", "Exit"),
               centre, true, false, exitValue, exitColumnText, exitToolTip},
    ColumnInfo{Column::Command, "command", QT_TRANSLATE_NOOP("Column", "Command"),
               left, true, false, commandValue, commandText, commandToolTip},
    ColumnInfo{Column::Group, "group", QT_TRANSLATE_NOOP("Column", "Group"),
               left, false, false, groupValue, groupText, noToolTip},
    ColumnInfo{Column::Started, "started", QT_TRANSLATE_NOOP("Column", "Started"),
               left, false, false, startedValue, startedText, startedToolTip},
    ColumnInfo{Column::Finished, "finished", QT_TRANSLATE_NOOP("Column", "Finished"),
               left, false, false, finishedValue, finishedText, finishedToolTip},
    ColumnInfo{Column::WorkingDirectory, "workingDirectory", QT_TRANSLATE_NOOP("Column", "Working Directory"),
               left, false, false, directoryValue, directoryText, directoryToolTip},
    ColumnInfo{Column::CpuTime, "cpuTime", QT_TRANSLATE_NOOP("Column", "CPU Time"),
               right, false, false, cpuTimeValue, cpuTimeText, noToolTip},
    ColumnInfo{Column::PeakMemory, "peakMemory", QT_TRANSLATE_NOOP("Column", "Peak Memory"),
               right, false, false, peakValue, peakText, peakToolTip},
    ColumnInfo{Column::Processes, "processes", QT_TRANSLATE_NOOP("Column", "Processes"),
               right, false, true, processesValue, processesText, noToolTip},
    ColumnInfo{Column::OutputSize, "outputSize", QT_TRANSLATE_NOOP("Column", "Output Size"),
               right, false, false, outputValue, outputText, noToolTip},
};
// clang-format on

constexpr bool inOrder()
{
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].column != static_cast<Column>(i))
            return false;
    }
    return true;
}
static_assert(inOrder(), "index = int(Column)");

} // namespace

std::span<const ColumnInfo> workerColumns()
{
    return columns;
}

} // namespace procession
