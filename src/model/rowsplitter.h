// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputscan.h"
#include "model/outputrow.h"

#include <array>

namespace procession {

/// Cuts the bytes of a run into rows. Each stream has a row of its own under way. A row ends with a newline,
/// at a gap, or with the character that makes it more than `pieceBytes` since its beginning or its last
/// carriage return: so which rows end before an offset is known from the bytes before it. A carriage return
/// that makes a row longer than `pieceBytes` lets it begin anew behind the carriage return before, so that a
/// progress bar stays one row however often it was rewritten, and shows what it showed last. No row is longer
/// than twice `pieceBytes` but for a few bytes. Behind a gap, styles begin with the default. What the rows
/// are depends on the bytes alone, not on how they are cut into pieces. Any thread.
class RowSplitter final
{
public:
    static constexpr qsizetype pieceBytes = 32 * 1024;

    /// A stream's row that is under way.
    struct Begun
    {
        quint64 offset = 0; ///< of its first byte; if it has none, after the last byte of the stream
        CharStyle style;    ///< in force there
        bool begun = false; ///< has at least one byte
        bool continues = false;

        friend bool operator==(const Begun &, const Begun &) = default;
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
        OutputRow row; ///< its `place.offset` is kept as Begun's
        bool begun = false;
        qsizetype sinceMark = 0; ///< bytes since the row's beginning or its last carriage return
        quint64 markOffset = 0;  ///< of the first byte of these
        qint64 markTimeNs = 0;   ///< when it came
    };

    void append(Stream &stream, const char *bytes, qsizetype count, quint64 offset, qint64 timeNs);
    void finish(Stream &stream, quint64 end, RowPlace::Ending ending, QList<OutputRow> &ended);
    void cutAtGap(const OutputPiece &piece, QList<OutputRow> &ended);

    std::array<Stream, 2> m_streams;
    qint64 m_newestNs = 0; ///< the latest time of all bytes so far
};

} // namespace procession
