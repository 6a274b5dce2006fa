// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <atomic>
#include <limits>

namespace procession {

/// Reads the output of one run: the segments out.<offset> and the records idx.<offset> of its run directory.
/// It keeps nothing open between calls and reads bounded windows, so segments may grow, shrink, vanish or be
/// foreign files meanwhile: what cannot be read counts as dropped. Reentrant; every call may read the disk,
/// so not for the GUI thread.
class OutputLog final
{
public:
    /// A piece of output that arrived at one time on one stream.
    struct Chunk
    {
        quint64 offset = 0;    ///< global offset of its first byte
        QByteArray bytes;      ///< never empty
        int stream = 1;        ///< 1 standard output, 2 standard error
        qint64 timeNs = 0;     ///< wall clock, ns since epoch; 0: unknown
        quint64 gapBefore = 0; ///< bytes right before `offset` that are not on the disk any more
    };
    struct Read
    {
        QList<Chunk> chunks; ///< in order, without overlap
        quint64 next = 0;    ///< where to go on; `from` if there was nothing
    };
    /// What to do with bytes of which the index does not know yet. While a run is alive the index may be a
    /// moment behind the bytes; Known waits for it. Without an index a byte is standard output at an unknown
    /// time.
    enum class Tail { Known, All };

    explicit OutputLog(const QString &runDirectory);

    QString directory() const { return m_directory; }

    /// Offset of the oldest byte on the disk; equals end() if there is none.
    quint64 begin() const;
    /// Offset after the newest byte.
    quint64 end() const;
    /// Bytes before `offset` that are not on the disk any more.
    quint64 droppedBefore(quint64 offset) const;
    /// The start of a line at most `bytes` before the end, or before `before` where that comes first; the
    /// start of a character, where one line is longer.
    quint64 tailStart(quint64 bytes, quint64 before = std::numeric_limits<quint64>::max()) const;
    /// At most `maximumBytes` bytes from `from` on.
    Read read(quint64 from, qint64 maximumBytes, Tail tail = Tail::All) const;
    /// Writes all that is on the disk to `file` (new-then-rename), gaps named by a line. Returns why it could
    /// not, for a person to read, or an empty string. `cancelled` is looked at between windows.
    QString save(const QString &file, const std::atomic_bool &cancelled) const;

private:
    QString m_directory;
};

} // namespace procession
