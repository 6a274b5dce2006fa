// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/descriptor.h"
#include "keeper/rundir.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <array>
#include <optional>

namespace procession {

/// A segment of a run's output as it is listed. No segment reaches into the next.
struct OutputSegment
{
    quint64 start = 0; ///< global offset of its first byte
    quint64 size = 0;
    quint64 inode = 0;
    qint64 modifiedNs = 0; ///< when it was last written, wall clock

    quint64 end() const { return start + size; }
    friend bool operator==(const OutputSegment &, const OutputSegment &) = default;
};

/// The run directory, to be given to the others here; -1: it cannot be opened.
int openRunDirectory(const QString &path);
/// All segments with at least one byte, in order.
QList<OutputSegment> outputSegments(int directory);
/// The bytes of the segment that starts here; -1: it is not there or no plain file, which is neither waited
/// for nor followed.
int openOutputSegment(int directory, quint64 start);
/// The inode that has the segment's name now; 0: none, or no plain file.
quint64 inodeOfSegment(int directory, quint64 start);
/// Up to `count` bytes at `position` of the file; fewer at the end, on an error or where it was cut
/// meanwhile.
qint64 readAt(int file, quint64 position, char *bytes, qint64 count);

/// The index of one segment, read in small batches. Its records are in order of offset; some may be torn.
class SegmentIndex final
{
    Q_DISABLE_COPY_MOVE(SegmentIndex)

public:
    /// Bytes that came at one time on one stream, as far as they are wanted.
    struct Stretch
    {
        quint64 end = 0;
        int stream = 1;
        qint64 timeNs = 0;  ///< 0: unknown
        bool known = false; ///< the index tells of them, or of later ones
    };

    SegmentIndex(int directory, quint64 segment);

    /// Looks at what has been written meanwhile.
    void refresh();
    bool isOpen() const { return m_file >= 0; }
    quint64 count() const { return m_count; }
    /// Position of the first record that may end after `offset`.
    quint64 find(quint64 offset);
    /// The record at `position`, or nullopt after the last one.
    std::optional<rundir::IndexRecord> at(quint64 position);
    /// What the bytes from `offset` on are, up to `end` at most; `position`: of the record to look at first,
    /// and then of that which told.
    Stretch stretch(quint64 offset, quint64 end, quint64 &position);

    /// The same of the bytes right before `offset`, down to `begin` at least: `end` is where they begin.
    /// `position`: of the first record that may end after `offset` - 1, then of the one to go on with.
    Stretch stretchBefore(quint64 offset, quint64 begin, quint64 &position);

    static bool isValid(const rundir::IndexRecord &record)
    {
        return record.length > 0 && (record.stream == 1 || record.stream == 2);
    }

private:
    static constexpr std::size_t recordBatch = 1024;

    Descriptor m_file;
    quint64 m_count = 0;
    quint64 m_batchStart = 0;
    std::size_t m_batchCount = 0;
    std::array<rundir::IndexRecord, recordBatch> m_batch{};
};

} // namespace procession
