// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputlog.h"

#include "core/outputsegments.h"

#include <QCoreApplication>
#include <QFile>
#include <QSaveFile>

#include <algorithm>

namespace procession {
namespace {

constexpr quint64 lineSearchBytes = 64 * 1024;
constexpr qint64 saveWindowBytes = 1024 * 1024;

/// Cuts `bytes`, which start at `offset`, into chunks by what the index says of them. Returns how many bytes
/// are told: with Tail::Known what lies behind the last record is left for later.
qint64 cutByIndex(SegmentIndex &index, quint64 offset, const QByteArray &bytes, OutputLog::Tail tail,
                  QList<OutputLog::Chunk> &chunks)
{
    const quint64 end = offset + static_cast<quint64>(bytes.size());
    quint64 at = offset;
    quint64 position = index.find(offset);
    while (at < end) {
        const SegmentIndex::Stretch stretch = index.stretch(at, end, position);
        if (!stretch.known && tail == OutputLog::Tail::Known) {
            break;
        }
        chunks.append(
            {at, bytes.mid(static_cast<qsizetype>(at - offset), static_cast<qsizetype>(stretch.end - at)),
             stretch.stream, stretch.timeNs, 0});
        at = stretch.end;
    }
    return static_cast<qint64>(at - offset);
}

QList<OutputSegment> segmentsOf(const QString &path)
{
    const Descriptor directory(openRunDirectory(path));
    return directory >= 0 ? outputSegments(directory) : QList<OutputSegment>();
}

} // namespace

OutputLog::OutputLog(const QString &runDirectory)
    : m_directory(runDirectory)
{
}

quint64 OutputLog::begin() const
{
    const QList<OutputSegment> all = segmentsOf(m_directory);
    return all.isEmpty() ? 0 : all.first().start;
}

quint64 OutputLog::end() const
{
    const QList<OutputSegment> all = segmentsOf(m_directory);
    return all.isEmpty() ? 0 : all.last().end();
}

quint64 OutputLog::droppedBefore(quint64 offset) const
{
    quint64 kept = 0;
    for (const OutputSegment &segment : segmentsOf(m_directory)) {
        if (segment.start < offset) {
            kept += std::min(segment.end(), offset) - segment.start;
        }
    }
    return offset - kept;
}

quint64 OutputLog::tailStart(quint64 bytes, quint64 before) const
{
    const quint64 last = std::min(end(), before);
    const quint64 first = std::min(begin(), last);
    if (last - first <= bytes) {
        return first;
    }
    const quint64 start = last - bytes;
    // One byte earlier, so that a start right behind a newline is seen as one.
    const Read window = read(start - 1, static_cast<qint64>(std::min(bytes, lineSearchBytes)) + 1);
    for (const Chunk &chunk : window.chunks) {
        if (chunk.gapBefore > 0) {
            return chunk.offset;
        }
        const qsizetype newline = chunk.bytes.indexOf('\n');
        if (newline >= 0) {
            return chunk.offset + static_cast<quint64>(newline) + 1;
        }
    }
    quint64 character = start;
    for (const Chunk &chunk : window.chunks) {
        for (qsizetype i = 0; i < chunk.bytes.size(); ++i) {
            const quint64 at = chunk.offset + static_cast<quint64>(i);
            if (at == character && (static_cast<uchar>(chunk.bytes.at(i)) & 0xc0) == 0x80 && at < start + 3) {
                ++character;
            }
        }
    }
    return character;
}

OutputLog::Read OutputLog::read(quint64 from, qint64 maximumBytes, Tail tail) const
{
    Read result;
    result.next = from;
    const Descriptor directory(openRunDirectory(m_directory));
    if (directory < 0 || maximumBytes <= 0) {
        return result;
    }
    const QList<OutputSegment> all = outputSegments(directory);
    for (const OutputSegment &segment : all) {
        if (segment.end() <= result.next || maximumBytes <= 0) {
            continue;
        }
        const quint64 at = std::max(result.next, segment.start);
        const Descriptor file(openOutputSegment(directory, segment.start));
        if (file < 0) {
            continue; // vanished since it was listed: dropped
        }
        const qint64 wanted = std::min(maximumBytes, static_cast<qint64>(segment.end() - at));
        QByteArray bytes(wanted, Qt::Uninitialized);
        bytes.truncate(readAt(file, at - segment.start, bytes.data(), wanted));
        SegmentIndex index(directory, segment.start);
        // Only the newest segment can have an index that is behind for a moment.
        const Tail segmentTail = segment.start == all.last().start ? tail : Tail::All;
        const qsizetype before = result.chunks.size();
        const qint64 told = cutByIndex(index, at, bytes, segmentTail, result.chunks);
        if (result.chunks.size() > before) {
            result.chunks[before].gapBefore = at - result.next;
            result.next = at + static_cast<quint64>(told);
            maximumBytes -= told;
        }
        if (told < bytes.size()) {
            break;
        }
    }
    return result;
}

QString OutputLog::save(const QString &file, const std::atomic_bool &cancelled) const
{
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly)) {
        return target.errorString();
    }
    target.setPermissions(QFile::ReadOwner |
                          QFile::WriteOwner); // output may hold what only its owner may see
    const quint64 last = end(); // what comes later is not waited for, or a flood would never be saved
    for (quint64 at = 0; at < last;) {
        if (cancelled) {
            target.cancelWriting();
            return QCoreApplication::translate("OutputLog", "Saving was cancelled.");
        }
        const Read window = read(at, saveWindowBytes);
        if (window.chunks.isEmpty()) {
            break;
        }
        for (const Chunk &chunk : window.chunks) {
            if (chunk.gapBefore > 0) {
                target.write(QCoreApplication::translate("OutputLog", "\n[%1 bytes were not kept]\n")
                                 .arg(chunk.gapBefore)
                                 .toUtf8());
            }
            target.write(chunk.bytes);
        }
        at = window.next;
    }
    return target.commit() ? QString() : target.errorString();
}

} // namespace procession
