// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputlog.h"

#include <QList>
#include <QString>

#include <array>
#include <deque>
#include <vector>

namespace procession {

/// How a terminal would draw a character. Colours are numbers: 0 the default, 1..8 and 9..16 (bright) black,
/// red, green, yellow, blue, magenta, cyan, white.
struct TextStyle
{
    quint8 foreground = 0;
    quint8 background = 0;
    bool bold = false;
    bool dim = false;
    bool italic = false;
    bool underline = false;
    bool reverse = false;

    friend bool operator==(const TextStyle &, const TextStyle &) = default;
};

/// One line of output as it is shown.
struct OutputLine
{
    struct Span
    {
        int start = 0; ///< UTF-16 units
        int length = 0;
        TextStyle style;

        friend bool operator==(const Span &, const Span &) = default;
    };

    QString text;
    int stream = 1;     ///< 1 standard output, 2 standard error, 0 a note of ours
    quint64 offset = 0; ///< global offset of its first byte
    qint64 timeNs = 0;  ///< when that byte arrived, wall clock; 0: unknown
    QList<Span> spans;  ///< where the style is not the default, in order

    friend bool operator==(const OutputLine &, const OutputLine &) = default;
};

/// Makes lines for people out of the bytes a run wrote: carriage returns and moves of the cursor within a
/// line rewrite it, SGR escapes become styles and other escapes vanish, control characters become visible,
/// what is not UTF-8 becomes U+FFFD. Each stream has a line of its own under way, so that a progress bar on
/// standard error is not torn by lines on standard output. Any thread.
class OutputLines final
{
public:
    /// A longer line is cut, and says so.
    static constexpr int maximumColumns = 10'000;

    void feed(const OutputLog::Chunk &chunk);
    /// No byte will follow: a character under way is given up.
    void finish();

    /// The lines that ended since the last call.
    QList<OutputLine> takeEnded();
    /// The lines under way: none, one or one per stream.
    QList<OutputLine> open() const;

private:
    struct Cell
    {
        char32_t character;
        TextStyle style;
    };
    enum class Escape { None, Started, Intermediate, Sequence, String, StringEscape };
    struct Stream
    {
        std::vector<Cell> cells;
        std::size_t column = 0;
        std::size_t width = 0; ///< columns ever reached, those that are cut too
        bool begun = false;
        quint64 offset = 0;
        qint64 timeNs = 0;
        TextStyle style;
        Escape escape = Escape::None;
        std::string parameters;           ///< of a sequence, or the bytes between ESC and its last one
        std::array<bool, 2> drawsLines{}; ///< the two character sets: letters stand for pieces of frames
        std::size_t characterSet = 0;
        int stringLength = 0;
        char32_t character = 0; ///< UTF-8 under way
        int missing = 0;
        uchar lowest = 0x80;
        uchar highest = 0xbf;
    };

    void take(Stream &stream, uchar byte);
    void takeEscape(Stream &stream, uchar byte);
    void takeCharacter(Stream &stream, char32_t character);
    void takeSequence(Stream &stream, uchar final);
    void moveOrEdit(Stream &stream, uchar final, int count);
    void takeStyle(Stream &stream);
    void endLine(Stream &stream);
    OutputLine line(const Stream &stream) const;

    std::array<Stream, 2> m_streams;
    QList<OutputLine> m_ended;
};

} // namespace procession
