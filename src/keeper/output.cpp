// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/output.h"

#include "keeper/clock.h"
#include "keeper/pathtext.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr uint64_t smallestLimit = 64u << 10;
constexpr uint64_t segmentsPerLimit = 16;
constexpr size_t oneMove = 256u << 10; // as much as the widest pipe holds, so that one call empties it
constexpr int64_t coalesceTime = 10 * nsPerMs;

using Name = PathText<32>;

Name segmentName(const char *const prefix, const uint64_t offset)
{
    Name name;
    name.add(prefix).add(offset, rundir::offsetDigits);
    return name;
}

/// Never cuts what is there: a file that is not empty is an error.
int create(const int directory, const char *const prefix, const uint64_t offset)
{
    const int file = openat(directory, segmentName(prefix, offset).text(),
                            O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat about
    {
    };
    if (file < 0 || (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size == 0))
        return file;
    close(file);
    errno = EEXIST;
    return -1;
}

} // namespace

void Output::begin(const int directory, const uint64_t limit)
{
    m_directory = directory;
    m_limit = limit > smallestLimit ? limit : smallestLimit;
    m_segmentBytes = m_limit / segmentsPerLimit;
}

Output::Moved Output::move(const int pipe, const uint32_t stream)
{
    if (m_unsure)
        resume();
    if (m_unsure)
        return Moved::Blocked;
    const Segment *current = m_count > 0 && m_file >= 0 ? &m_segments[m_count - 1] : nullptr;
    // The index counts too, or single bytes from two streams in turn would grow it without bound.
    if (current == nullptr || current->bytes >= m_segmentBytes || current->indexBytes * 4 > m_segmentBytes) {
        if (!openSegment())
            return errno == ENOENT ? Moved::Gone : Moved::Blocked;
        current = &m_segments[m_count - 1];
    }
    const uint64_t room = m_segmentBytes - current->bytes;
    off_t place = static_cast<off_t>(current->bytes);
    m_moving = stream;
    const ssize_t moved = splice(pipe, nullptr, m_file, &place, room < oneMove ? room : oneMove,
                                 SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved == 0)
        return Moved::End;
    if (moved < 0 && errno == EFBIG && current->bytes > 0) {
        m_segmentBytes = current->bytes; // as large as a file may be here
        return Moved::Nothing;
    }
    if (moved < 0)
        return errno == EAGAIN || errno == EINTR ? Moved::Nothing : Moved::Blocked;
    record(static_cast<uint64_t>(moved), stream);
    return Moved::Some;
}

Output::Moved Output::discard(const int pipe)
{
    char buffer[4096];
    const ssize_t count = read(pipe, buffer, sizeof(buffer)); // callers know that the pipe is not empty
    if (count <= 0)
        return Moved::End;
    m_bytes += static_cast<uint64_t>(count);
    m_dropped += static_cast<uint64_t>(count);
    return Moved::Some;
}

bool Output::openSegment()
{
    const int file = create(m_directory, rundir::outputPrefix, m_bytes);
    if (file < 0)
        return false;
    closeSegment();
    m_file = file;
    // Without an index the bytes are still kept; only their time and stream are unknown.
    m_index = create(m_directory, rundir::indexPrefix, m_bytes);

    uint64_t charge = m_segmentBytes + m_segmentBytes / 4; // what the new one may grow to
    for (size_t i = 0; i < m_count; ++i)
        charge += m_segments[i].bytes + m_segments[i].indexBytes;
    // The first segment stays: it tells why a worker is in trouble. The newest tell what it does now.
    while (m_count > 1 && (charge > m_limit || m_count == capacity)) {
        charge -= m_segments[1].bytes + m_segments[1].indexBytes;
        dropSecond();
    }
    m_segments[m_count++] = {m_bytes, 0, 0};
    m_last = {};
    return true;
}

void Output::closeSegment()
{
    if (m_file >= 0)
        close(m_file);
    if (m_index >= 0)
        close(m_index);
    m_file = m_index = -1;
}

void Output::dropSecond()
{
    const Segment &segment = m_segments[1];
    unlinkat(m_directory, segmentName(rundir::outputPrefix, segment.offset).text(), 0);
    unlinkat(m_directory, segmentName(rundir::indexPrefix, segment.offset).text(), 0);
    m_dropped += segment.bytes;
    --m_count;
    memmove(m_segments + 1, m_segments + 2, (m_count - 1) * sizeof(Segment));
}

void Output::record(const uint64_t length, const uint32_t stream)
{
    Segment &segment = m_segments[m_count - 1];
    const int64_t now = nanoseconds(CLOCK_REALTIME);
    const bool continues = m_last.stream == stream && now - m_last.realtime < coalesceTime &&
                           m_last.length + length <= UINT32_MAX;
    if (continues)
        m_last.length += static_cast<uint32_t>(length);
    else
        m_last = {m_bytes, now, static_cast<uint32_t>(length), stream};
    m_bytes += length;
    segment.bytes += length;
    if (m_index < 0)
        return;
    if (!continues)
        segment.indexBytes += sizeof(m_last);
    const off_t place = static_cast<off_t>(segment.indexBytes - sizeof(m_last));
    [[maybe_unused]] const ssize_t written = pwrite(m_index, &m_last, sizeof(m_last), place);
}

void Output::resume()
{
    closeSegment();
    findSegments();
    if (m_unsure || m_count == 0)
        return;
    Segment &current = m_segments[m_count - 1];
    m_file = openat(m_directory, segmentName(rundir::outputPrefix, current.offset).text(),
                    O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    m_index = openat(m_directory, segmentName(rundir::indexPrefix, current.offset).text(),
                     O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    const uint64_t end = current.offset + current.bytes;
    m_bytes = end > m_bytes ? end : m_bytes; // what was discarded stands in no file
    uint64_t kept = 0;
    for (size_t i = 0; i < m_count; ++i)
        kept += m_segments[i].bytes;
    m_dropped = m_bytes - kept;
    completeIndex();
}

void Output::findSegments()
{
    m_count = 0;
    const int directory = openat(m_directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    m_unsure = directory < 0 && errno != ENOENT; // the run directory may have been removed
    if (directory < 0)
        return;
    alignas(dirent) char entries[2048];
    for (long bytes = 0; (bytes = syscall(SYS_getdents64, directory, entries, sizeof(entries))) > 0;) {
        for (long at = 0; at < bytes;) {
            const auto *const entry = reinterpret_cast<const dirent *>(entries + at);
            at += entry->d_reclen;
            Segment found{};
            if (m_count == capacity || !readSegment(entry->d_name, found))
                continue;
            size_t place = m_count++;
            for (; place > 0 && m_segments[place - 1].offset > found.offset; --place)
                m_segments[place] = m_segments[place - 1];
            m_segments[place] = found;
        }
    }
    close(directory);
}

bool Output::readSegment(const char *const name, Segment &segment)
{
    const size_t prefix = strlen(rundir::outputPrefix);
    if (strncmp(name, rundir::outputPrefix, prefix) != 0)
        return false;
    const char *const digits = name + prefix;
    if (strlen(digits) != rundir::offsetDigits || strspn(digits, "0123456789") != rundir::offsetDigits)
        return false;
    for (const char *digit = digits; *digit != '\0'; ++digit)
        segment.offset = segment.offset * 10 + static_cast<uint64_t>(*digit - '0');
    struct stat about
    {
    };
    if (fstatat(m_directory, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
        return false;
    segment.bytes = static_cast<uint64_t>(about.st_size);
    if (fstatat(m_directory, segmentName(rundir::indexPrefix, segment.offset).text(), &about,
                AT_SYMLINK_NOFOLLOW) == 0)
        segment.indexBytes = static_cast<uint64_t>(about.st_size);
    return true;
}

/// Bytes may have been written of which the index was not told.
void Output::completeIndex()
{
    Segment &current = m_segments[m_count - 1];
    current.indexBytes -= current.indexBytes % sizeof(m_last);
    uint64_t known = current.offset;
    rundir::IndexRecord last{};
    if (m_index >= 0 && current.indexBytes > 0 &&
        pread(m_index, &last, sizeof(last), static_cast<off_t>(current.indexBytes - sizeof(last))) ==
            ssize_t{sizeof(last)})
        known = last.offset + last.length;
    m_last = {};
    if (known >= m_bytes)
        return;
    const uint64_t missing = m_bytes - known;
    m_bytes = known;
    current.bytes -= missing;
    record(missing, m_moving);
}

} // namespace procession::keeper
