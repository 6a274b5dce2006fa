// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputreader.h"

#include <algorithm>

namespace procession {
namespace {

constexpr quint64 typicalLine = 80;
constexpr quint64 maximumTail = 16 * 1024 * 1024;
constexpr qint64 countWindow = 4 * 1024 * 1024;
constexpr quint64 skipBehind = 1024 * 1024; // further behind than this, only the end is worth showing

bool isWanted(const OutputLog::Chunk &chunk, int stream)
{
    return stream == 0 || chunk.stream == stream;
}

qint64 newlines(const QList<OutputLog::Chunk> &chunks, int stream)
{
    qint64 count = 0;
    for (const OutputLog::Chunk &chunk : chunks) {
        if (isWanted(chunk, stream)) {
            count += chunk.bytes.count('\n');
        }
    }
    return count;
}

/// Leaves the last `lines` lines of `chunks`. True if something was cut off.
bool keepLast(QList<OutputLog::Chunk> &chunks, int stream, int lines)
{
    // A newline at the very end ends the last line; it does not begin another.
    qint64 left = lines + 1;
    const bool open = !chunks.isEmpty() && !chunks.last().bytes.endsWith('\n');
    left -= open ? 1 : 0;
    for (qsizetype i = chunks.size() - 1; i >= 0; --i) {
        OutputLog::Chunk &chunk = chunks[i];
        if (!isWanted(chunk, stream)) {
            continue;
        }
        for (qsizetype at = chunk.bytes.size(); (at = chunk.bytes.lastIndexOf('\n', at - 1)) >= 0;) {
            if (--left == 0) {
                chunk.bytes.remove(0, at + 1);
                chunk.offset += static_cast<quint64>(at) + 1;
                chunk.gapBefore = 0;
                chunks.remove(0, chunk.bytes.isEmpty() ? i + 1 : i);
                return true;
            }
            if (at == 0) {
                break; // lastIndexOf(-1) would begin at the end again
            }
        }
    }
    return false;
}

} // namespace

OutputReader::OutputReader()
{
    qRegisterMetaType<OutputRequest>();
    qRegisterMetaType<OutputBatch>();
}

void OutputReader::handle(const OutputRequest &request)
{
    const OutputLog log(request.directory);
    OutputBatch batch;
    batch.kind = request.kind;
    batch.generation = request.generation;
    if (request.generation != m_generation) {
        m_generation = request.generation;
        m_next = request.floor;
        m_waitingEnd = 0;
    }
    switch (request.kind) {
    case OutputRequest::Kind::Open:
        tail(log, request, std::min(linesPerBatch, request.maximumLines), log.end(), batch);
        break;
    case OutputRequest::Kind::Fill:
        tail(log, request, request.maximumLines, m_next, batch);
        break;
    case OutputRequest::Kind::Next:
        next(log, request, batch);
        break;
    case OutputRequest::Kind::Count:
        count(log, request, batch);
        break;
    }
    if (request.kind != OutputRequest::Kind::Count) {
        m_counted = m_next;
        m_newLines = 0;
    }
    batch.next = m_next;
    batch.anything = log.end() > 0;
    Q_EMIT ready(batch);
}

/// The last `lines` lines before `before`, from a clean start.
void OutputReader::tail(const OutputLog &log, const OutputRequest &request, int lines, quint64 before,
                        OutputBatch &batch)
{
    const OutputLog::Tail known = request.alive && request.kind != OutputRequest::Kind::Fill
                                      ? OutputLog::Tail::Known
                                      : OutputLog::Tail::All;
    QList<OutputLog::Chunk> chunks;
    quint64 bytes = std::max<quint64>(bytesPerBatch, static_cast<quint64>(lines) * typicalLine);
    quint64 start = 0;
    for (;; bytes *= 2) {
        const quint64 earliest = std::max(log.begin(), request.floor);
        start = std::max(log.tailStart(bytes, before), earliest);
        OutputLog::Read read;
        if (before > start) {
            read = log.read(start, static_cast<qint64>(before - start), known);
            while (!read.chunks.isEmpty() && read.chunks.last().offset >= before) {
                read.chunks.removeLast(); // a gap was stepped over
            }
        }
        m_next = read.chunks.isEmpty()
                     ? start
                     : read.chunks.last().offset + static_cast<quint64>(read.chunks.last().bytes.size());
        chunks = read.chunks;
        if (start == earliest || bytes >= maximumTail || request.kind == OutputRequest::Kind::Open ||
            request.kind == OutputRequest::Kind::Next || newlines(chunks, request.stream) >= lines) {
            break;
        }
    }
    if (!chunks.isEmpty()) {
        chunks.first().gapBefore = 0; // told apart from what was merely skipped by `dropped`
    }
    const bool cut = keepLast(chunks, request.stream, lines);
    batch.replaces = true;
    batch.complete = lines >= request.maximumLines || (!cut && start <= std::max(log.begin(), request.floor));
    m_lines = {};
    feed(chunks, request.stream);
    batch.ended = m_lines.takeEnded();
    if (batch.ended.size() > lines) {
        batch.ended.remove(0, batch.ended.size() - lines);
    }
    batch.caughtUp = m_next >= log.end();
    if (batch.caughtUp && !request.alive) {
        m_lines.finish();
    }
    batch.open = m_lines.open();
    batch.dropped = log.droppedBefore(chunks.isEmpty() ? m_next : chunks.first().offset);
}

void OutputReader::next(const OutputLog &log, const OutputRequest &request, OutputBatch &batch)
{
    OutputLog::Read read =
        log.read(m_next, bytesPerBatch, request.alive ? OutputLog::Tail::Known : OutputLog::Tail::All);
    const quint64 end = log.end();
    if (read.chunks.isEmpty() && end > m_next) {
        // The index is a moment behind, or it was lost and will never know: then wait no longer.
        if (m_waitingEnd == end) {
            read = log.read(m_next, bytesPerBatch);
        }
        m_waitingEnd = end;
    } else {
        m_waitingEnd = 0;
    }
    const quint64 behind = end > read.next ? end - read.next : 0;
    if (behind > skipBehind || newlines(read.chunks, request.stream) > linesPerBatch) {
        tail(log, request, std::min(linesPerBatch, request.maximumLines), end, batch);
        return;
    }
    m_next = read.next;
    feed(read.chunks, request.stream);
    batch.caughtUp = m_next >= end;
    if (batch.caughtUp && !request.alive) {
        m_lines.finish();
    }
    batch.ended = m_lines.takeEnded();
    batch.open = m_lines.open();
}

void OutputReader::count(const OutputLog &log, const OutputRequest &request, OutputBatch &batch)
{
    if (m_newLines < countLimit) {
        const OutputLog::Read read = log.read(std::max(m_counted, m_next), countWindow);
        m_newLines += newlines(read.chunks, request.stream);
        m_counted = read.next;
    }
    batch.newLines = std::min(m_newLines, countLimit);
    batch.caughtUp = m_newLines >= countLimit || m_counted >= log.end();
}

void OutputReader::feed(const QList<OutputLog::Chunk> &chunks, int stream)
{
    for (const OutputLog::Chunk &chunk : chunks) {
        if (isWanted(chunk, stream)) {
            m_lines.feed(chunk);
        }
    }
}

} // namespace procession
