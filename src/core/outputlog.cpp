// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputlog.h"

#include "keeper/rundir.h"

#include <QCoreApplication>
#include <QFile>
#include <QSaveFile>

#include <algorithm>
#include <array>
#include <optional>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace procession {

struct OutputLog::Segment
{
    quint64 start = 0;
    quint64 size = 0;

    quint64 end() const { return start + size; }
};

namespace {

constexpr quint64 lineSearchBytes = 64 * 1024;
constexpr qint64 saveWindowBytes = 1024 * 1024;
constexpr std::size_t recordBatch = 1024;

class Descriptor final
{
    Q_DISABLE_COPY_MOVE(Descriptor)

public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }

    bool isOpen() const { return m_fd >= 0; }
    int get() const { return m_fd; }

private:
    int m_fd;
};

int openDirectory(const QString &path)
{
    return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

QByteArray numbered(const char *prefix, quint64 start)
{
    return QByteArray(prefix) + QByteArray::number(start).rightJustified(rundir::offsetDigits, '0');
}

/// The offset a segment's name says, or nullopt if it is not exactly such a name.
std::optional<quint64> segmentStart(const QByteArray &name)
{
    const QByteArray prefix(rundir::outputPrefix);
    if (name.size() != prefix.size() + rundir::offsetDigits || !name.startsWith(prefix)) {
        return std::nullopt;
    }
    const QByteArray digits = name.mid(prefix.size());
    if (!std::all_of(digits.cbegin(), digits.cend(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    bool ok = false;
    const quint64 start = digits.toULongLong(&ok);
    return ok ? std::optional(start) : std::nullopt;
}

/// Opens one of our files only if it is a plain file: opening must neither follow a link nor wait on a FIFO.
int openPlain(int directory, const QByteArray &name)
{
    const int fd = ::openat(directory, name.constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info
    {
    };
    if (fd >= 0 && (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        ::close(fd);
        return -1;
    }
    return fd;
}

/// Up to `maximum` bytes at `position`; fewer at the end, on an error or where the file was cut meanwhile.
QByteArray readAt(int fd, quint64 position, qint64 maximum)
{
    QByteArray bytes(maximum, Qt::Uninitialized);
    qint64 got = 0;
    while (got < maximum) {
        const ssize_t count = ::pread(fd, bytes.data() + got, static_cast<std::size_t>(maximum - got),
                                      static_cast<off_t>(position) + got);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        got += count;
    }
    bytes.truncate(got);
    return bytes;
}

/// The index of one segment, read in small batches.
class Index final
{
    Q_DISABLE_COPY_MOVE(Index)

public:
    Index(int directory, quint64 segment)
        : m_file(openPlain(directory, numbered(rundir::indexPrefix, segment)))
    {
        struct stat info
        {
        };
        if (m_file.isOpen() && ::fstat(m_file.get(), &info) == 0) {
            m_count = static_cast<quint64>(info.st_size) / sizeof(rundir::IndexRecord);
        }
    }

    /// Position of the first record that may end after `offset`; records are in order of offset.
    quint64 find(quint64 offset) const
    {
        quint64 low = 0;
        quint64 high = m_count;
        while (low < high) {
            const quint64 middle = low + (high - low) / 2;
            const QByteArray bytes =
                readAt(m_file.get(), middle * sizeof(rundir::IndexRecord), sizeof(rundir::IndexRecord));
            if (bytes.size() != sizeof(rundir::IndexRecord)) {
                return middle;
            }
            rundir::IndexRecord record{};
            memcpy(&record, bytes.constData(), sizeof(record));
            // At a torn record go to its left: from there walking forward finds what lies on either side.
            if (!isValid(record) || record.offset + record.length > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// The record at `position`, or nullopt after the last one.
    std::optional<rundir::IndexRecord> at(quint64 position)
    {
        if (position >= m_count) {
            return std::nullopt;
        }
        if (position < m_batchStart || position >= m_batchStart + m_batchCount) {
            const QByteArray bytes =
                readAt(m_file.get(), position * sizeof(rundir::IndexRecord), sizeof(m_batch));
            m_batchStart = position;
            m_batchCount = static_cast<std::size_t>(bytes.size()) / sizeof(rundir::IndexRecord);
            memcpy(m_batch.data(), bytes.constData(), m_batchCount * sizeof(rundir::IndexRecord));
        }
        return position < m_batchStart + m_batchCount
                   ? std::optional(m_batch[static_cast<std::size_t>(position - m_batchStart)])
                   : std::nullopt;
    }

    static bool isValid(const rundir::IndexRecord &record)
    {
        return record.length > 0 && (record.stream == 1 || record.stream == 2);
    }

private:
    Descriptor m_file;
    quint64 m_count = 0;
    quint64 m_batchStart = 0;
    std::size_t m_batchCount = 0;
    std::array<rundir::IndexRecord, recordBatch> m_batch{};
};

/// Cuts `bytes`, which start at `offset`, into chunks by what the index says of them. Returns how many bytes
/// are told: with Tail::Known what lies behind the last record is left for later.
qint64 cutByIndex(Index &index, quint64 offset, const QByteArray &bytes, OutputLog::Tail tail,
                  QList<OutputLog::Chunk> &chunks)
{
    const quint64 end = offset + static_cast<quint64>(bytes.size());
    quint64 at = offset;
    const auto piece = [&](quint64 to, int stream, qint64 time) {
        if (to > at) {
            chunks.append({at,
                           bytes.mid(static_cast<qsizetype>(at - offset), static_cast<qsizetype>(to - at)),
                           stream, time, 0});
            at = to;
        }
    };
    for (quint64 position = index.find(offset); at < end; ++position) {
        const std::optional<rundir::IndexRecord> record = index.at(position);
        if (!record || record->offset >= end) {
            break;
        }
        if (!Index::isValid(*record) || record->offset + record->length <= at) {
            continue;
        }
        piece(record->offset, 1, 0); // nobody recorded these
        piece(std::min<quint64>(end, record->offset + record->length), static_cast<int>(record->stream),
              record->realtime);
    }
    if (tail == OutputLog::Tail::All || index.at(index.find(end))) {
        piece(end, 1, 0);
    }
    return static_cast<qint64>(at - offset);
}

} // namespace

OutputLog::OutputLog(const QString &runDirectory)
    : m_directory(runDirectory)
{
}

QList<OutputLog::Segment> OutputLog::segments(int directory) const
{
    QList<Segment> found;
    const int copy = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy >= 0 ? ::fdopendir(copy) : nullptr;
    if (!stream) {
        if (copy >= 0) {
            ::close(copy);
        }
        return found;
    }
    while (const dirent *entry = ::readdir(stream)) {
        const std::optional<quint64> start = segmentStart(QByteArray(entry->d_name));
        struct stat info
        {
        };
        if (start && ::fstatat(directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode) && info.st_size > 0 &&
            *start <= std::numeric_limits<quint64>::max() - static_cast<quint64>(info.st_size)) {
            found.append({*start, static_cast<quint64>(info.st_size)});
        }
    }
    ::closedir(stream);
    std::sort(found.begin(), found.end(),
              [](const Segment &a, const Segment &b) { return a.start < b.start; });
    for (qsizetype i = 0; i + 1 < found.size();
         ++i) { // a name says where a segment starts; none goes beyond it
        found[i].size = std::min(found[i].size, found[i + 1].start - found[i].start);
    }
    return found;
}

quint64 OutputLog::begin() const
{
    const Descriptor directory(openDirectory(m_directory));
    const QList<Segment> all = directory.isOpen() ? segments(directory.get()) : QList<Segment>();
    return all.isEmpty() ? 0 : all.first().start;
}

quint64 OutputLog::end() const
{
    const Descriptor directory(openDirectory(m_directory));
    const QList<Segment> all = directory.isOpen() ? segments(directory.get()) : QList<Segment>();
    return all.isEmpty() ? 0 : all.last().end();
}

quint64 OutputLog::droppedBefore(quint64 offset) const
{
    const Descriptor directory(openDirectory(m_directory));
    quint64 kept = 0;
    if (directory.isOpen()) {
        for (const Segment &segment : segments(directory.get())) {
            if (segment.start < offset) {
                kept += std::min(segment.end(), offset) - segment.start;
            }
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
    const Descriptor directory(openDirectory(m_directory));
    if (!directory.isOpen() || maximumBytes <= 0) {
        return result;
    }
    const QList<Segment> all = segments(directory.get());
    for (const Segment &segment : all) {
        if (segment.end() <= result.next || maximumBytes <= 0) {
            continue;
        }
        const quint64 at = std::max(result.next, segment.start);
        const Descriptor file(openPlain(directory.get(), numbered(rundir::outputPrefix, segment.start)));
        if (!file.isOpen()) {
            continue; // vanished since it was listed: dropped
        }
        const qint64 wanted = std::min(maximumBytes, static_cast<qint64>(segment.end() - at));
        const QByteArray bytes = readAt(file.get(), at - segment.start, wanted);
        Index index(directory.get(), segment.start);
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
