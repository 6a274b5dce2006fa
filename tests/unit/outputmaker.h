// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"
#include "rowreference.h"

#include <QFile>
#include <QTemporaryDir>

namespace procession {

/// Writes the output of a run as a keeper does, and worse; knows every byte that is on the disk.
class OutputMaker final
{
    Q_DISABLE_COPY_MOVE(OutputMaker)

public:
    explicit OutputMaker(quint64 firstOffset = 0)
        : m_offset(firstOffset)
        , m_segment(firstOffset)
    {
    }

    QString path() const { return m_directory.path(); }
    const QList<KnownByte> &bytes() const { return m_bytes; }
    quint64 end() const { return m_offset; }

    /// The next bytes go to another segment; before it `gap` bytes are missing.
    void beginSegment(quint64 gap = 0)
    {
        m_offset += gap;
        m_segment = m_offset;
        if (m_starts.last() != m_segment) {
            m_starts.append(m_segment);
        }
    }
    /// told: the index has a record of them; else they are standard output at an unknown time.
    void append(const QByteArray &bytes, int stream, qint64 timeNs, bool told = true)
    {
        if (told) {
            const rundir::IndexRecord record{m_offset, timeNs, static_cast<quint32>(bytes.size()),
                                             static_cast<quint32>(stream)};
            appendIndex(QByteArray(reinterpret_cast<const char *>(&record), sizeof(record)));
        }
        write(rundir::outputPrefix, bytes);
        for (const char byte : bytes) {
            m_bytes.append({m_offset++, byte, told ? stream : 1, told ? timeNs : 0});
        }
    }
    void appendIndex(const QByteArray &bytes) { write(rundir::indexPrefix, bytes); }
    /// Segment `number`, from 0 on, is not there any more.
    void removeSegment(qsizetype number)
    {
        const quint64 start = m_starts.takeAt(number);
        const quint64 next = number < m_starts.size() ? m_starts[number] : m_offset;
        QFile::remove(file(rundir::outputPrefix, start));
        QFile::remove(file(rundir::indexPrefix, start));
        m_bytes.removeIf([&](const KnownByte &byte) { return byte.offset >= start && byte.offset < next; });
    }
    qsizetype segmentCount() const { return m_starts.size(); }
    QString file(const char *prefix, quint64 start) const
    {
        return m_directory.filePath(QString::fromLatin1(prefix) +
                                    QString::number(start).rightJustified(rundir::offsetDigits, u'0'));
    }

private:
    void write(const char *prefix, const QByteArray &bytes)
    {
        QFile &target = m_files[prefix == rundir::indexPrefix ? 1 : 0];
        const QString name = file(prefix, m_segment);
        if (target.fileName() != name) {
            target.close();
            target.setFileName(name);
        }
        if ((!target.isOpen() && !target.open(QIODevice::Append | QIODevice::Unbuffered)) ||
            target.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(name));
        }
    }

    QTemporaryDir m_directory;
    QList<KnownByte> m_bytes;
    quint64 m_offset;
    quint64 m_segment;
    QList<quint64> m_starts{m_segment};
    std::array<QFile, 2> m_files;
};

} // namespace procession
