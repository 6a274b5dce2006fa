// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputmatcher.h"
#include "model/rowsplitter.h"

#include <QList>

#include <functional>
#include <optional>

namespace procession {

/// Counts the matches in what shownLine() shows of a run's rows, on their bytes wherever that is the same.
/// Takes the output piece by piece. One thread at a time.
class RowSearch final
{
    Q_DISABLE_COPY_MOVE(RowSearch)

public:
    /// So many matches are in rows that begin within the same block of SearchHits as `offset`.
    struct Found
    {
        quint64 offset = 0;
        qint64 matches = 0;
    };
    using IsWanted = std::function<bool()>;

    /// stream: only its rows count; 0: those of both. `isWanted` is asked often: what is under way ends soon
    /// after it says no. It and the matcher must live on.
    RowSearch(OutputMatcher &matcher, int stream, const IsWanted &isWanted);

    /// Appends what is found in the rows that end within `piece`.
    void take(const OutputPiece &piece, QList<Found> &found);
    /// The rows under way have ended: what came last was before `end`.
    void finish(quint64 end, QList<Found> &found);
    /// The stream's next row begins here.
    void beginAt(quint64 offset, int stream);

private:
    void takeLines(QByteArrayView lines, quint64 offset, QList<Found> &found);
    void takeRows(const OutputPiece &piece, QList<Found> &found);
    void takeRow(const OutputRow &row, QList<Found> &found);
    qint64 countLines(QByteArrayView lines);
    qint64 countRow(const QByteArray &bytes);
    std::optional<qint64> countSimple(QByteArrayView lines);
    qint64 countPlain(QByteArrayView lines);
    bool simplify(QByteArrayView lines);

    OutputMatcher &m_matcher;
    const int m_stream;
    const IsWanted &m_isWanted;
    RowSplitter m_splitter;
    QByteArray m_simple;
};

} // namespace procession
