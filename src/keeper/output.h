// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <stddef.h>
#include <stdint.h>

namespace procession::keeper {

/// Moves bytes from the worker's pipes into the run directory's output segments: within the kernel, so that
/// there is no buffer here whose bytes a killed keeper would lose. Segments are made when the first byte
/// comes.
class Output final
{
public:
    enum class Moved {
        Some,
        Nothing, // the pipe is empty
        End,     // nobody holds the pipe's other end any more
        Blocked, // the file cannot take the bytes now; they wait in the pipe
        Gone,    // the run directory was removed: there is no place for them
    };

    /// limit: bytes kept at most, records of the index included.
    void begin(int directory, uint64_t limit);

    /// Moves what pipe holds now, up to what one segment takes. stream: 1 standard output, 2 standard error.
    Moved move(int pipe, uint32_t stream);
    /// For the half that goes on: finds in the files what the other half had written last.
    void resume();
    /// Reads and forgets what pipe holds now; counted as dropped.
    Moved discard(int pipe);

    uint64_t bytes() const { return m_bytes; }
    uint64_t dropped() const { return m_dropped; }

private:
    struct Segment
    {
        uint64_t offset;
        uint64_t bytes;
        uint64_t indexBytes;
    };
    static constexpr size_t capacity = 64;

    bool openSegment();
    void closeSegment();
    void dropSecond();
    void findSegments();
    bool readSegment(const char *name, Segment &segment);
    void completeIndex();
    void record(uint64_t length, uint32_t stream);

    int m_directory = -1;
    int m_file = -1;
    int m_index = -1;
    uint64_t m_limit = 0;
    uint64_t m_segmentBytes = 0;
    uint64_t m_bytes = 0;
    uint64_t m_dropped = 0;
    uint32_t m_moving = 1; // the stream moved last
    bool m_unsure = false; // the files could not be listed when it was time to go on
    rundir::IndexRecord m_last{};
    Segment m_segments[capacity] = {};
    size_t m_count = 0;
};

} // namespace procession::keeper
