// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "biglog.h"

#include "keeper/rundir.h"

#include <QDateTime>
#include <QFile>

#include <algorithm>

namespace procession::bench {
namespace {

constexpr qint64 segmentBytes = 256 << 20; // a sixteenth of the limit
constexpr qint64 recordBytes = 1 << 20;    // what a flood brings within the time one record is for
constexpr qint64 nsPerRecord = 10'000'000;

QString name(const char *prefix, qint64 offset)
{
    return QString::fromLatin1(prefix) + QString::number(offset).rightJustified(rundir::offsetDigits, u'0');
}

QByteArray lineOf(qint64 number, int lineBytes)
{
    const char *const level = number % 1000 == 0 ? "ERROR" : "INFO ";
    QByteArray line = QByteArray::number(number).rightJustified(12, '0') + ' ' + level +
                      " request served in " + QByteArray::number(number * 7919 % 100'000) + " us, user " +
                      QByteArray::number(number % 977);
    return line.leftJustified(lineBytes - 1, '.', true) + '\n';
}

} // namespace

BigLog::BigLog(qint64 bytes, int lineBytes)
    : m_lines(bytes / lineBytes)
    , m_lineBytes(lineBytes)
{
    const qint64 wanted = m_lines * m_lineBytes;
    const qint64 nowNs = QDateTime::currentMSecsSinceEpoch() * 1'000'000;
    QByteArray pending;
    qint64 line = 0;
    for (qint64 start = 0; start < wanted && m_problem.isEmpty(); start += segmentBytes) {
        QFile out(m_directory.filePath(name(rundir::outputPrefix, start)));
        QFile index(m_directory.filePath(name(rundir::indexPrefix, start)));
        if (!out.open(QIODevice::WriteOnly) || !index.open(QIODevice::WriteOnly)) {
            m_problem = out.errorString();
            return;
        }
        m_segments.append(out.fileName());
        for (qint64 at = start; at < std::min(wanted, start + segmentBytes); at += recordBytes) {
            const qint64 count = std::min({recordBytes, wanted - at, start + segmentBytes - at});
            while (pending.size() < count) {
                pending += lineOf(line++, lineBytes);
            }
            const rundir::IndexRecord record{static_cast<quint64>(at), nowNs + at / recordBytes * nsPerRecord,
                                             static_cast<quint32>(count), 1};
            if (out.write(pending.constData(), count) != count ||
                index.write(reinterpret_cast<const char *>(&record), sizeof(record)) != sizeof(record)) {
                m_problem = out.errorString();
                return;
            }
            pending.remove(0, count);
        }
    }
}

} // namespace procession::bench
