// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"
#include "model/rowsplitter.h"

#include <memory>

namespace procession {

/// The rows of one run's output, from anywhere in it, at a cost that does not depend on how much there is.
/// A sparse index, built by and by (see index()), makes them exact and gives them numbers; as long as it has
/// not got there, rows are found from the newlines near by. The files may grow, shrink, vanish or be replaced
/// by others meanwhile. One thread at a time, not the GUI's: every call but the plain getters may read the
/// disk.
class OutputRows final
{
    Q_DISABLE_COPY_MOVE(OutputRows)

public:
    explicit OutputRows(const QString &runDirectory);
    ~OutputRows();

    /// Takes note of what is on the disk now. `alive`: the run goes on, rows without a newline are Open; else
    /// they are Cut. What the index knew of bytes that are not the same any more is forgotten.
    void refresh(bool alive);

    quint64 begin() const;     ///< offset of the oldest byte
    quint64 end() const;       ///< offset after the newest byte
    quint64 dropped() const;   ///< bytes before end() that are not on the disk
    qint64 lastTimeNs() const; ///< when the last bytes came, wall clock; 0: unknown

    /// Rows whose end is greater than `cut`, in order: at most `rows`, and none after the first that makes
    /// them more than `bytes` together. Any number is a cut. stream: 1 or 2 and the gaps, 0 both; what is
    /// only of the other is passed over. Rows under way belong to the output's end: they come last. Far
    /// behind the index rows may be fewer than there are, if they are very far apart.
    QList<OutputRow> after(quint64 cut, int stream, int rows, qint64 bytes) const;
    /// The last rows whose end is not greater than `cut`, in order, within the same bounds. Rows under way
    /// are among them if `cut` is greater than end().
    QList<OutputRow> before(quint64 cut, int stream, int rows, qint64 bytes) const;

    /// The cut before the first row that ended at or after this time; end() if none did.
    quint64 cutAt(qint64 timeNs) const;
    /// When the byte at this offset came; 0: unknown.
    qint64 timeAt(quint64 offset) const;

    /// Indexes about `bytes` more. False: all of what refresh() saw is indexed.
    bool index(qint64 bytes);
    quint64 indexedTo() const;
    /// Lines that ended in what is indexed: of both streams, gaps not counted.
    qint64 lineCount() const;
    /// Lines that ended after `cut`, in what is indexed.
    qint64 linesAfter(quint64 cut) const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
