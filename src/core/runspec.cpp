// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runspec.h"

#include "keeper/rundir.h"

#include <QFile>

#include <algorithm>

namespace procession {

namespace {

constexpr qint64 highestSignal = 64;
constexpr qint64 longestGraceMs = 3'600'000;

void takeNumber(const QByteArray &value, qint64 lowest, qint64 highest, qint64 &number)
{
    bool good = false;
    const qint64 read = value.toLongLong(&good);
    if (good && read >= lowest && read <= highest)
        number = read;
}

class Reader final
{
public:
    void take(const QByteArray &key, const QByteArray &value)
    {
        WorkerSpec &spec = m_run.spec;
        if (key == "run")
            m_run.runId = QString::fromUtf8(value);
        else if (key == "roster")
            m_run.rosterId = QString::fromUtf8(value);
        else if (key == "worker")
            m_run.worker = WorkerId(value.toULongLong());
        else if (key == "project")
            m_run.projectFile = QFile::decodeName(value);
        else if (key == "name")
            spec.name = QString::fromUtf8(value);
        else if (key == "arg")
            m_arguments += QFile::decodeName(value);
        else if (key == "cwd")
            spec.workingDirectory = QFile::decodeName(value);
        else if (key == "env")
            takeVariable(value);
        else if (key == "stop-signal")
            takeNumber(value, 1, highestSignal, m_stopSignal);
        else if (key == "grace-ms")
            takeNumber(value, 0, longestGraceMs, m_graceMs);
        else if (key == "merge")
            spec.mergeStreams = value == "1";
        else if (key == "input")
            spec.input = value == "pipe" ? Input::Pipe : value == "terminal" ? Input::Terminal : Input::None;
        else if (key == "strays")
            spec.keepStrays = value == "keep";
    }

    std::optional<RunSpec> result()
    {
        if (m_arguments.isEmpty())
            return std::nullopt;
        m_run.spec.command = Command::direct(m_arguments);
        m_run.spec.stopSignal = int(m_stopSignal);
        m_run.spec.grace = std::chrono::milliseconds(m_graceMs);
        return m_run;
    }

private:
    void takeVariable(const QByteArray &value)
    {
        if (const qsizetype equals = value.indexOf('='); equals > 0) {
            m_run.spec.environment.append({QString::fromLocal8Bit(value.first(equals)),
                                           QString::fromLocal8Bit(value.sliced(equals + 1))});
        }
    }

    RunSpec m_run;
    QStringList m_arguments;
    qint64 m_stopSignal = WorkerSpec().stopSignal;
    qint64 m_graceMs = WorkerSpec().grace.count();
};

} // namespace

std::optional<RunSpec> parseRunSpec(const QByteArray &bytes)
{
    const QByteArray header(rundir::specHeader);
    const QByteArray footer(rundir::specFooter);
    Reader reader;
    qsizetype at = 0;
    for (bool first = true; at < bytes.size(); first = false) {
        const qsizetype end = bytes.indexOf('\0', at);
        if (end < 0)
            return std::nullopt;
        const QByteArray record = QByteArray::fromRawData(bytes.constData() + at, end - at);
        at = end + 1;
        if (first && record != header)
            return std::nullopt;
        if (record == footer)
            return reader.result();
        if (const qsizetype equals = record.indexOf('='); !first && equals > 0)
            reader.take(record.first(equals), record.sliced(equals + 1));
    }
    return std::nullopt;
}

} // namespace procession
