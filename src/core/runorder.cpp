// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runorder.h"

#include "keeper/rundir.h"

#include <QFile>

namespace procession {

QByteArray specBytes(const RunOrder &order)
{
    QByteArray bytes;
    const auto put = [&bytes](const char *key, const QByteArray &value) {
        bytes += key;
        bytes += '=';
        bytes += value;
        bytes += '\0';
    };
    const WorkerSpec &spec = *order.spec;
    bytes += rundir::specHeader;
    bytes += '\0';
    put("run", order.runId.toUtf8());
    put("roster", order.rosterId.toUtf8());
    put("worker", QByteArray::number(quint64(order.worker)));
    put("name", spec.name.toUtf8());
    if (!order.bellPath.isEmpty())
        put("bell", QFile::encodeName(order.bellPath));
    if (!order.projectFile.isEmpty())
        put("project", QFile::encodeName(order.projectFile));
    for (const QString &argument : spec.command.argv())
        put("arg", QFile::encodeName(argument));
    if (!spec.workingDirectory.isEmpty())
        put("cwd", QFile::encodeName(spec.workingDirectory));
    for (const auto &[key, value] : spec.environment) {
        if (!isSecretName(key))
            put("env", key.toLocal8Bit() + '=' + value.toLocal8Bit());
    }
    put("stop-signal", QByteArray::number(spec.stopSignal));
    put("grace-ms", QByteArray::number(qint64(spec.grace.count())));
    if (order.outputLimit > 0)
        put("out-limit", QByteArray::number(order.outputLimit));
    if (order.fileLimit > 0)
        put("nofile", QByteArray::number(order.fileLimit));
    if (spec.mergeStreams)
        put("merge", "1");
    if (spec.input == Input::Pipe)
        put("input", "pipe");
    if (spec.input == Input::Terminal) {
        put("input", "terminal");
        if (order.columns > 0 && order.rows > 0) {
            put("columns", QByteArray::number(order.columns));
            put("rows", QByteArray::number(order.rows));
        }
    }
    if (spec.keepStrays)
        put("strays", "keep");
    bytes += rundir::specFooter;
    bytes += '\0';
    return bytes;
}

QByteArray requestBytes(const QString &runDirectory, const WorkerSpec &spec)
{
    QByteArray bytes = QFile::encodeName(runDirectory);
    bytes += '\0';
    for (const auto &[key, value] : spec.environment) {
        if (isSecretName(key)) {
            bytes += key.toLocal8Bit() + '=' + value.toLocal8Bit();
            bytes += '\0';
        }
    }
    bytes += '\0';
    return bytes;
}

} // namespace procession
