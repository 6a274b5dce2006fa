// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputscan.h"
#include "model/outputrow.h"

#include <array>

namespace procession {

/// Cuts the bytes of a run into rows. Each stream has a row of its own under way. A row ends at a newline, at
/// a gap, or where more than `pieceBytes` have come since its beginning or its last carriage return (not
/// within a character of UTF-8). A carriage return that comes after more than `pieceBytes` begins the row
/// anew, so that a progress bar stays one row however often it was rewritten, and no row is longer than twice
/// `pieceBytes`. What the rows are depends on the bytes alone, not on how they are cut into pieces. Any
/// thread.
class RowSplitter final
{
public:
    static constexpr qsizetype pieceBytes = 32 * 1024;

    /// A stream's row that is under way.
    struct Begun
    {
        quint64 offset = 0; ///< of its first byte; where the stream's next row begins, if `bytes` is empty
        CharStyle style;
        bool begun = false; ///< has at least one byte
        bool continues = false;
    };

    /// Appends the rows that end within `piece` to `ended`, a gap before it first. Numbers are not given.
    void feed(const OutputPiece &piece, QList<OutputRow> &ended);
    /// The rows under way, that of standard output first; `end`: where the output ends.
    QList<OutputRow> open(quint64 end, RowPlace::Ending ending) const;

    /// What has to be known to go on from here with another splitter, which is fed the stream's bytes from
    /// `offset` on. stream: 1 or 2.
    Begun begun(int stream) const;
    void begin(int stream, const Begun &at);

private:
    struct Stream
    {
        OutputRow row;
        Begun begun;
        qsizetype sinceMark = 0; ///< bytes since the row's beginning or its last carriage return
        qint64 lastTimeNs = 0;
    };

    std::array<Stream, 2> m_streams;
};

} // namespace procession
