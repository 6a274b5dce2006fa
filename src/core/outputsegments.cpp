// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/outputsegments.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace procession {
namespace {

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

} // namespace

int openRunDirectory(const QString &path)
{
    return ::open(QFile::encodeName(path).constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

QList<OutputSegment> outputSegments(int directory)
{
    QList<OutputSegment> found;
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
            found.append({*start, static_cast<quint64>(info.st_size), static_cast<quint64>(info.st_ino),
                          info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec});
        }
    }
    ::closedir(stream);
    std::sort(found.begin(), found.end(),
              [](const OutputSegment &a, const OutputSegment &b) { return a.start < b.start; });
    for (qsizetype i = 0; i + 1 < found.size(); ++i) {
        found[i].size = std::min(found[i].size, found[i + 1].start - found[i].start);
    }
    return found;
}

int openOutputSegment(int directory, quint64 start)
{
    return openPlain(directory, numbered(rundir::outputPrefix, start));
}

quint64 inodeOfSegment(int directory, quint64 start)
{
    struct stat info
    {
    };
    return ::fstatat(directory, numbered(rundir::outputPrefix, start).constData(), &info,
                     AT_SYMLINK_NOFOLLOW) == 0 &&
                   S_ISREG(info.st_mode)
               ? static_cast<quint64>(info.st_ino)
               : 0;
}

qint64 readAt(int file, quint64 position, char *bytes, qint64 count)
{
    qint64 got = 0;
    while (got < count) {
        const ssize_t now = ::pread(file, bytes + got, static_cast<std::size_t>(count - got),
                                    static_cast<off_t>(position) + got);
        if (now < 0 && errno == EINTR) {
            continue;
        }
        if (now <= 0) {
            break;
        }
        got += now;
    }
    return got;
}

SegmentIndex::SegmentIndex(int directory, quint64 segment)
    : m_file(openPlain(directory, numbered(rundir::indexPrefix, segment)))
{
    refresh();
}

void SegmentIndex::refresh()
{
    struct stat info
    {
    };
    const quint64 before = m_count;
    m_count = m_file >= 0 && ::fstat(m_file, &info) == 0
                  ? static_cast<quint64>(info.st_size) / sizeof(rundir::IndexRecord)
                  : 0;
    // The newest record grows as long as bytes of its kind come.
    if (m_count != before || m_batchStart + m_batchCount >= before) {
        m_batchCount = 0;
    }
}

quint64 SegmentIndex::find(quint64 offset)
{
    quint64 low = 0;
    quint64 high = m_count;
    while (low < high) {
        const quint64 middle = low + (high - low) / 2;
        rundir::IndexRecord record{};
        if (readAt(m_file, middle * sizeof(record), reinterpret_cast<char *>(&record), sizeof(record)) !=
            sizeof(record)) {
            return middle;
        }
        // At a torn record go to its left: from there walking forward finds what lies on either side.
        if (!isValid(record) || record.offset + record.length > offset) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

std::optional<rundir::IndexRecord> SegmentIndex::at(quint64 position)
{
    if (position >= m_count) {
        return std::nullopt;
    }
    if (position < m_batchStart || position >= m_batchStart + m_batchCount) {
        // Who goes backwards finds the records before this one read, too.
        if (position < m_batchStart) {
            m_batchStart = position < recordBatch ? 0 : position - recordBatch + 1;
        } else {
            m_batchStart = position;
        }
        const qint64 bytes = readAt(m_file, m_batchStart * sizeof(rundir::IndexRecord),
                                    reinterpret_cast<char *>(m_batch.data()), sizeof(m_batch));
        m_batchCount = static_cast<std::size_t>(bytes) / sizeof(rundir::IndexRecord);
    }
    return position < m_batchStart + m_batchCount
               ? std::optional(m_batch[static_cast<std::size_t>(position - m_batchStart)])
               : std::nullopt;
}

SegmentIndex::Stretch SegmentIndex::stretch(quint64 offset, quint64 end, quint64 &position)
{
    for (;; ++position) {
        const std::optional<rundir::IndexRecord> record = at(position);
        if (!record) {
            return {end, 1, 0, false};
        }
        if (!isValid(*record) || record->offset + record->length <= offset) {
            continue;
        }
        if (record->offset > offset) { // nobody recorded these
            return {std::min<quint64>(end, record->offset), 1, 0, true};
        }
        return {std::min<quint64>(end, record->offset + record->length), static_cast<int>(record->stream),
                record->realtime, true};
    }
}

SegmentIndex::Stretch SegmentIndex::stretchBefore(quint64 offset, quint64 begin, quint64 &position)
{
    for (;; --position) {
        const std::optional<rundir::IndexRecord> record = at(position);
        const quint64 end = record ? record->offset + record->length : 0;
        if (record && isValid(*record) && record->offset < offset) {
            if (end < offset) { // nobody recorded these
                return {std::max(begin, end), 1, 0, true};
            }
            return {std::max<quint64>(begin, record->offset), static_cast<int>(record->stream),
                    record->realtime, true};
        }
        if (position == 0) {
            return {begin, 1, 0, false};
        }
    }
}

} // namespace procession
