// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputpage.h"

#include <QObject>

#include <atomic>
#include <limits>
#include <memory>

namespace procession {

/// Reads pages of output in a thread of its own (the one it is moved to), each a bounded piece of work, and
/// indexes the runs shown between one page and the next. GUI thread: only by queued calls, but for
/// setNewest().
class OutputPager final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputPager)

public:
    /// A longer extract is refused.
    static constexpr qint64 maximumExtract = 64 * 1024 * 1024;

    OutputPager();
    ~OutputPager() override;

    /// As the newest stamp: what is under way ends soon, and is answered no more.
    static constexpr quint64 nothingMore = std::numeric_limits<quint64>::max();

    /// From any thread: wishes older than this stamp need no answer any more.
    void setNewest(quint64 stamp) { m_newest = stamp; }

public Q_SLOTS:
    void show(const procession::OutputQuery &query);
    /// Answered by page(), unless there is a newer one.
    void fetch(const procession::PageWish &wish);
    /// Answered by extracted().
    void extract(const procession::OutputPart &part, bool raw);

Q_SIGNALS:
    void page(const procession::OutputPage &page);
    void extracted(const procession::OutputExtract &extract);

private:
    class Private;
    std::unique_ptr<Private> d;
    std::atomic<quint64> m_newest = 0;
};

} // namespace procession
