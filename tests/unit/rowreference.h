// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"
#include "model/rowsplitter.h"
#include "model/terminalline.h"

#include <QList>

#include <algorithm>
#include <array>

namespace procession {

/// One byte of a run's output as a test knows it.
struct KnownByte
{
    quint64 offset = 0;
    char value = 0;
    int stream = 1;
    qint64 timeNs = 0;
};

/// The rows of a run by the rule, byte for byte and with everything in memory: slow, and plain to see.
class RowReference final
{
public:
    /// Rows that ended, then those under way; `bytes` in order of their offsets, gaps where one is missing.
    static QList<OutputRow> rows(const QList<KnownByte> &bytes, RowPlace::Ending last)
    {
        RowReference reference;
        for (const KnownByte &byte : bytes) {
            reference.take(byte);
        }
        for (OutputRow &row : reference.m_rows) {
            if (row.place.ending == RowPlace::Ending::Newline) {
                row.place.number = ++reference.m_lines;
                row.place.afterGap = reference.m_afterGap;
            } else if (row.gap > 0) {
                reference.m_lines = 0;
                reference.m_afterGap = true;
            }
        }
        const quint64 end = bytes.isEmpty() ? 0 : bytes.last().offset + 1;
        reference.endBoth(end, last);
        return reference.m_rows;
    }

private:
    struct Line
    {
        QList<KnownByte> bytes;
        CharStyle style;
        bool continues = false;
        qsizetype mark = 0; ///< where what follows the last carriage return begins
    };

    void take(const KnownByte &byte)
    {
        if (byte.offset > m_next) {
            endBoth(m_next, RowPlace::Ending::Cut);
            OutputRow gap;
            gap.place.stream = 0;
            gap.place.offset = m_next;
            gap.place.end = byte.offset;
            gap.place.endTimeNs = m_newest;
            gap.place.ending = RowPlace::Ending::Cut;
            gap.gap = byte.offset - m_next;
            m_rows.append(gap);
            m_under = {};
        }
        m_next = byte.offset + 1;
        m_newest = std::max(m_newest, byte.timeNs);
        Line &line = m_under[std::size_t(byte.stream - 1)];
        line.bytes.append(byte);
        if (byte.value == '\n') {
            end(byte.stream, m_next, RowPlace::Ending::Newline);
            return;
        }
        const qsizetype size = line.bytes.size();
        if (byte.value == '\r') {
            if (line.mark > 0 && size > RowSplitter::pieceBytes) {
                line.style = styleAfter(text(line.bytes.first(line.mark)), line.style);
                line.bytes = line.bytes.mid(line.mark);
            }
            line.mark = line.bytes.size();
            return;
        }
        const qsizetype since = size - line.mark;
        if (since > RowSplitter::pieceBytes &&
            (isWhole(line.bytes) || since >= RowSplitter::pieceBytes + 4)) {
            end(byte.stream, m_next, RowPlace::Ending::Broken);
        }
    }

    static QByteArray text(const QList<KnownByte> &bytes)
    {
        QByteArray all;
        for (const KnownByte &byte : bytes) {
            all += byte.value;
        }
        return all;
    }

    /// Whether the last character has all of its bytes.
    static bool isWhole(const QList<KnownByte> &bytes)
    {
        int following = 0;
        for (auto byte = bytes.crbegin(); byte != bytes.crend() && following < 4; ++byte) {
            const auto value = static_cast<unsigned char>(byte->value);
            if (value >= 0xf0) {
                return following >= 3;
            }
            if (value >= 0xe0) {
                return following >= 2;
            }
            if (value >= 0xc0) {
                return following >= 1;
            }
            if (value < 0x80) {
                return true;
            }
            ++following;
        }
        return true;
    }

    void end(int stream, quint64 at, RowPlace::Ending ending)
    {
        Line &line = m_under[std::size_t(stream - 1)];
        OutputRow row;
        row.place.stream = stream;
        row.place.offset = line.bytes.first().offset;
        row.place.timeNs = line.bytes.first().timeNs;
        row.place.end = at;
        row.place.endTimeNs = m_newest;
        row.place.ending = ending;
        row.place.continues = line.continues;
        row.style = line.style;
        row.bytes = text(line.bytes);
        if (ending == RowPlace::Ending::Newline) {
            row.bytes.chop(1);
        }
        line = {{}, styleAfter(row.bytes, row.style), ending == RowPlace::Ending::Broken, 0};
        m_rows.append(row);
    }

    void endBoth(quint64 at, RowPlace::Ending ending)
    {
        for (int stream = 1; stream <= 2; ++stream) {
            if (!m_under[std::size_t(stream - 1)].bytes.isEmpty()) {
                end(stream, at, ending);
            }
        }
    }

    QList<OutputRow> m_rows;
    std::array<Line, 2> m_under;
    quint64 m_next = 0;
    qint64 m_newest = 0;
    qint64 m_lines = 0;
    bool m_afterGap = false;
};

/// The first difference of two lists of rows, for a person; empty if there is none.
inline QString difference(const QList<OutputRow> &actual, const QList<OutputRow> &expected)
{
    const auto text = [](const QList<OutputRow> &rows, qsizetype i) {
        if (i >= rows.size()) {
            return QStringLiteral("none");
        }
        const OutputRow &row = rows[i];
        return QStringLiteral("stream %1, %2..%3, time %4..%5, number %6%7%8, ending %9, %10 bytes: %11")
            .arg(QString::number(row.place.stream), QString::number(row.place.offset),
                 QString::number(row.place.end), QString::number(row.place.timeNs),
                 QString::number(row.place.endTimeNs), QString::number(row.place.number),
                 row.place.afterGap ? QStringLiteral(" after a gap") : QString(),
                 row.place.continues ? QStringLiteral(", continues") : QString(),
                 QString::number(int(row.place.ending)))
            .arg(row.bytes.size())
            .arg(QString::fromLatin1(row.bytes.left(40).toPercentEncoding()));
    };
    for (qsizetype i = 0; i < std::max(actual.size(), expected.size()); ++i) {
        if (i >= actual.size() || i >= expected.size() || !(actual[i].place == expected[i].place) ||
            !(actual[i].style == expected[i].style) || actual[i].bytes != expected[i].bytes ||
            actual[i].gap != expected[i].gap) {
            return QStringLiteral("row %1 of %2, expected %3:\n  is        %4\n  should be %5")
                .arg(QString::number(i), QString::number(actual.size()), QString::number(expected.size()),
                     text(actual, i), text(expected, i));
        }
    }
    return {};
}

} // namespace procession
