// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>

namespace procession {

/// A colour as an escape sequence names it: the default, one of the 256 numbered ones, or any.
struct CharColour
{
    enum class Kind : quint8 { Default, Indexed, Rgb };
    Kind kind = Kind::Default;
    quint32 value = 0; ///< Indexed: 0 .. 255 (0 .. 15 are the palette's); Rgb: 0xrrggbb

    friend bool operator==(const CharColour &, const CharColour &) = default;
};

/// How a terminal would draw a character.
struct CharStyle
{
    CharColour foreground;
    CharColour background;
    bool bold = false;
    bool dim = false;
    bool italic = false;
    bool underline = false;
    bool struck = false;
    bool reverse = false;

    friend bool operator==(const CharStyle &, const CharStyle &) = default;
};

/// Where a row of output comes from. A row is one line of one stream, or a piece of a line that is too long
/// for one row. A run's rows are in the order of their ends, so that a line is where it was completed and
/// those under way are at the bottom, each in one piece although the streams alternate.
struct RowPlace
{
    enum class Ending : quint8 {
        Newline,
        Broken, ///< the line is too long: it goes on in the stream's next row
        Open,   ///< no newline yet; more may come
        Cut,    ///< no newline, and none will come: a gap follows, or the run's end
    };
    int source = 0;         ///< which of the runs shown together; 0 if it is one
    int stream = 1;         ///< 1 standard output, 2 standard error; 0: not output, but a gap in it
    quint64 offset = 0;     ///< global offset of its first byte
    quint64 end = 0;        ///< global offset after its last, the newline included; of Open: the output's end
    qint64 timeNs = 0;      ///< when its first byte arrived, wall clock; 0: unknown
    qint64 endTimeNs = 0;   ///< when its last byte did: never less than that of rows before, in one run
    qint64 number = 0;      ///< of the line that ends here, from 1; 0: not known (yet), or Broken, or a gap
    bool afterGap = false;  ///< `number` counts from the last gap on, what was before is not known
    bool continues = false; ///< goes on where the stream's last row was Broken
    Ending ending = Ending::Newline;

    friend bool operator==(const RowPlace &, const RowPlace &) = default;
};

/// A row as it is on the disk.
struct OutputRow
{
    RowPlace place;
    CharStyle style;  ///< in force at its first byte
    QByteArray bytes; ///< without the newline; of a gap none
    quint64 gap = 0;  ///< how many bytes of output are not on the disk here
};

/// A row as it is shown.
struct ShownLine
{
    struct Span
    {
        int start = 0; ///< UTF-16 units
        int length = 0;
        CharStyle style;

        friend bool operator==(const Span &, const Span &) = default;
    };
    struct Link
    {
        int start = 0;
        int length = 0;
        QString target; ///< a URL, or FILE:LINE[:COLUMN] as the program wrote it

        friend bool operator==(const Link &, const Link &) = default;
    };
    struct Match
    {
        int start = 0;
        int length = 0;

        friend bool operator==(const Match &, const Match &) = default;
    };

    RowPlace place;
    QString text;         ///< no control characters, no line separators; tabs are tabs
    QList<Span> spans;    ///< where the style is not the default: in order, apart
    QList<Link> links;    ///< in order, apart
    QList<Match> matches; ///< of what is searched: in order, apart
    bool context = false; ///< shown only because it is near a match

    friend bool operator==(const ShownLine &, const ShownLine &) = default;
};

} // namespace procession
