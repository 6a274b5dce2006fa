// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/outputlog.h"
#include "model/outputlines.h"

#include <QMetaType>
#include <QObject>

#include <memory>

namespace procession {

/// What a view wants to know of a run's output.
struct OutputRequest
{
    enum class Kind {
        Open,  ///< the last lines, quickly: few of them where there are many
        Fill,  ///< the lines up to what was last told, as many as may be shown
        Next,  ///< what came since; where that is too much for a screen, the last lines instead
        Count, ///< only how many lines came since
    };
    Kind kind = Kind::Open;
    quint64 generation = 0; ///< given back, so that answers to what is no longer wanted can be told
    QString directory;      ///< of the run
    int stream = 0;         ///< 1 or 2: only this one; 0: both
    int maximumLines = 0;   ///< that may be shown
    quint64 floor = 0;      ///< nothing before this offset is wanted
    bool alive = false;     ///< the run goes on, so the index may be behind
};

struct OutputBatch
{
    OutputRequest::Kind kind = OutputRequest::Kind::Open;
    quint64 generation = 0;
    bool replaces = false; ///< `ended` and `open` are all there is to show; else they follow what is shown
    bool complete = true;  ///< false: more lines before these may be shown, ask for Fill
    bool caughtUp = true;  ///< nothing is left to read now
    bool anything = false; ///< the run has written something
    QList<OutputLine> ended;
    QList<OutputLine> open; ///< lines under way; replace those of the batch before
    qint64 newLines = 0;    ///< Count: lines since the last Open, Fill or Next
    quint64 next = 0;       ///< offset up to which has been read
    quint64 dropped = 0;    ///< bytes before the first line that are not on the disk
};

/// Reads output in a thread of its own (the one it is moved to), a bounded piece per request.
class OutputReader final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputReader)

public:
    /// A batch that does not replace has at most so many lines: a widget takes them without a pause one could
    /// see.
    static constexpr int linesPerBatch = 1000;
    static constexpr qint64 bytesPerBatch = 256 * 1024;
    static constexpr qint64 countLimit = 100'000;

    OutputReader();

public Q_SLOTS:
    void handle(const procession::OutputRequest &request);

Q_SIGNALS:
    void ready(const procession::OutputBatch &batch);

private:
    void tail(const OutputLog &log, const OutputRequest &request, int lines, quint64 before,
              OutputBatch &batch);
    void next(const OutputLog &log, const OutputRequest &request, OutputBatch &batch);
    void count(const OutputLog &log, const OutputRequest &request, OutputBatch &batch);
    void feed(const QList<OutputLog::Chunk> &chunks, int stream);

    OutputLines m_lines;
    quint64 m_generation = 0;
    quint64 m_next = 0;
    quint64 m_counted = 0;
    qint64 m_newLines = 0;
    quint64 m_waitingEnd = 0; ///< end of the bytes the index did not know last time
};

} // namespace procession

Q_DECLARE_METATYPE(procession::OutputRequest)
Q_DECLARE_METATYPE(procession::OutputBatch)
