// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/output.h"

#include "keeper/clock.h"
#include "keeper/pathtext.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

constexpr uint64_t smallestLimit = 64u << 10;
constexpr uint64_t segmentsPerLimit = 16;
constexpr size_t oneMove = 1u << 20; // more than a pipe holds, so that one call empties it
constexpr int64_t coalesceTime = 10 * nsPerMs;

using Name = PathText<32>;

Name segmentName(const char *const prefix, const uint64_t offset)
{
    Name name;
    name.add(prefix).add(offset, rundir::offsetDigits);
    return name;
}

int create(const int directory, const char *const prefix, const uint64_t offset)
{
    return openat(directory, segmentName(prefix, offset).text(),
                  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
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
    const Segment *current = m_count > 0 ? &m_segments[m_count - 1] : nullptr;
    // The index counts too, or single bytes from two streams in turn would grow it without bound.
    if (current == nullptr || current->bytes >= m_segmentBytes || current->indexBytes * 4 > m_segmentBytes) {
        if (!openSegment())
            return errno == ENOENT ? Moved::Gone : Moved::Blocked;
        current = &m_segments[m_count - 1];
    }
    const uint64_t room = m_segmentBytes - current->bytes;
    off_t place = static_cast<off_t>(current->bytes);
    const ssize_t moved = splice(pipe, nullptr, m_file, &place, room < oneMove ? room : oneMove,
                                 SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved == 0)
        return Moved::End;
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
    if (m_file >= 0)
        close(m_file);
    if (m_index >= 0)
        close(m_index);
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

} // namespace procession::keeper
