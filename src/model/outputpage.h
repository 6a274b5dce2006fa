// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputmatcher.h"
#include "model/outputrow.h"
#include "model/outputsearch.h"
#include "model/terminalline.h"

#include <QList>
#include <QMetaType>
#include <QString>

namespace procession {

/// One run whose output is shown.
struct OutputSource
{
    QString directory;
    QString name;      ///< of its worker
    quint64 floor = 0; ///< nothing before this offset is wanted
    bool alive = false;

    friend bool operator==(const OutputSource &, const OutputSource &) = default;
};

/// What is shown: of which runs, and how.
struct OutputQuery
{
    quint64 generation = 0;      ///< given back, so that answers to what is no longer wanted can be told
    QList<OutputSource> sources; ///< several are merged by time
    int stream = 0;              ///< 1 or 2: only this one; 0: both
    LineMode mode = LineMode::Drawn;
    SearchQuery search;       ///< its matches are marked
    bool onlyMatches = false; ///< only rows with matches
    int context = 0;          ///< and so many rows before and after each
    QList<SearchHits> hits;   ///< what is known of where the matches are: one per source, or none
};

/// A place between rows: per source the offset up to which rows lie before it.
using OutputCut = QList<quint64>;

/// Which part of what is shown is wanted.
struct PageWish
{
    enum class Place {
        End,
        Begin,
        Cut,      ///< around `cut`
        Bytes,    ///< about so many bytes of all sources lie before it: where a scroll bar stands
        Time,     ///< the first rows that ended at or after this time
        Next,     ///< the first row with a match after `cut`; round from the beginning, if there is none
        Previous, ///< the last one before `cut`; round from the end
    };
    Place place = Place::End;
    OutputCut cut;
    quint64 bytes = 0;
    qint64 timeNs = 0;
    int before = 100; ///< rows wanted before the place, and after it
    int after = 200;
    quint64 stamp = 0;  ///< given back
    OutputCut newSince; ///< where to begin to count the lines that are new; empty: not wanted
};

/// A stretch of what is shown, all rows of it.
struct OutputPage
{
    quint64 generation = 0;
    quint64 stamp = 0;
    PageWish::Place place = PageWish::Place::End;
    QList<ShownLine> lines;
    OutputCut cut;             ///< before the first line; one per source
    int anchor = 0;            ///< index of the line asked for: the first after the place; End: lines.size()
    bool found = true;         ///< Next, Previous: there is one, at `anchor`; else `lines` is empty
    bool wentRound = false;    ///< Next, Previous: by way of the end, or the beginning
    qint64 matchesBefore = -1; ///< Next, Previous: matches before the row at `anchor`; -1: not known yet
    bool atBegin = false;      ///< nothing is before the first line
    bool atEnd = false;        ///< nothing is after the last
    quint64 bytesBefore = 0;   ///< of all sources, before the first line
    quint64 bytesTotal = 0;    ///< of all sources; what was dropped is not among them
    quint64 dropped = 0;       ///< bytes of all sources that are not on the disk
    qint64 lineCount = -1;     ///< of all sources; -1: not counted yet
    qint64 newLines = -1;      ///< since `newSince`; -1: not known yet
    qint64 lastTimeNs = 0;     ///< when the last bytes came; 0: unknown
    QList<quint64> ends;       ///< per source: where its output ends
    bool anything = false;     ///< some source has written something (before its floor, too)
    bool busy = false;         ///< the index or the filter is not through yet: ask again
};

/// A part of what is shown: the rows between two cuts, the first from a column on, the last up to one.
struct OutputPart
{
    OutputCut from;
    int fromColumn = 0; ///< UTF-16 units of the first row's text
    OutputCut to;
    int toColumn = -1; ///< of the last row's text; -1: to its end, the newline included
};

/// Text of a part, for the clipboard or an editor.
struct OutputExtract
{
    quint64 generation = 0;
    QByteArray bytes; ///< UTF-8, clean; or as they are on the disk
    bool raw = false;
    bool tooLong = false; ///< more than may be taken at once: `bytes` is empty
};

} // namespace procession

Q_DECLARE_METATYPE(procession::OutputQuery)
Q_DECLARE_METATYPE(procession::PageWish)
Q_DECLARE_METATYPE(procession::OutputPage)
Q_DECLARE_METATYPE(procession::OutputPart)
Q_DECLARE_METATYPE(procession::OutputExtract)
