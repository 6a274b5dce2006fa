// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputlog.h"

#include <QByteArrayView>

#include <memory>
#include <optional>

namespace procession {

/// Bytes of one run's output that follow each other on one stream.
struct OutputPiece
{
    quint64 offset = 0;    ///< global offset of the first byte
    QByteArrayView bytes;  ///< never empty
    int stream = 1;        ///< 1 standard output, 2 standard error
    qint64 timeNs = 0;     ///< when the first byte arrived, wall clock, ns since epoch; 0: unknown
    quint64 gapBefore = 0; ///< bytes right before `offset` that are not on the disk any more
    qint64 newestNs = 0;   ///< the latest time at which one of them arrived
};

/// Goes through one run's output in order, for whoever reads much of it: files stay open as long as they are
/// read from, one buffer is used again and again, nothing is copied twice. Segments may grow, shrink, vanish
/// or be replaced meanwhile: what cannot be read counts as a gap. One thread at a time; reads the disk.
class OutputScan final
{
    Q_DISABLE_COPY_MOVE(OutputScan)

public:
    /// Whether a piece ends where the index says that later bytes came at another time. Bulk readers do
    /// without: their pieces are longer.
    enum class Times { Each, Ignored };

    explicit OutputScan(const QString &runDirectory, quint64 from = 0, Times times = Times::Ignored,
                        OutputLog::Tail tail = OutputLog::Tail::All);
    ~OutputScan();

    /// The next piece, of at most `windowBytes`; its bytes are valid until the next call. Nothing at the end:
    /// a later call sees what has come meanwhile.
    std::optional<OutputPiece> next();
    /// Only this stream's bytes from now on, 1 or 2; both: 0. The other's are not even read, but for some
    /// right behind a gap, so that the gap is told.
    void setStream(int stream);
    /// Goes on at this offset.
    void seek(quint64 offset);
    /// Offset of the byte that comes next.
    quint64 position() const;

    static constexpr qsizetype windowBytes = 256 * 1024;
    /// A piece of bytes that came at several times does not reach over a multiple of this.
    static constexpr quint64 blockBytes = 64 * 1024;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
