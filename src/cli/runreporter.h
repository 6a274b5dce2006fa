// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"
#include "core/workerstatus.h"

#include <QJsonObject>
#include <QList>
#include <QString>

#include <chrono>

namespace procession {

/// Writes the report of `procession run` to standard output: a line per event, as text or as JSON.
class RunReporter final
{
public:
    explicit RunReporter(bool json)
        : m_json(json)
    {
    }

    void wouldStart(const WorkerSpec &spec);
    void started(const WorkerStatus &status);
    /// `now`: CLOCK_BOOTTIME.
    void tick(const QList<WorkerStatus> &alive, std::chrono::nanoseconds now);
    void ended(const WorkerStatus &status);
    /// `leftRuns`: those of `awaited` in its order if they are left running; else empty.
    void joined(JoinResult::Kind kind, const JoinProgress &progress, std::chrono::nanoseconds waited,
                const QStringList &awaited, const QStringList &leftRuns, int lost);
    void interrupted(const QStringList &awaited, bool kill);

    /// True once nobody reads standard output any more.
    bool isClosed() const { return m_closed; }

private:
    void write(qint64 timeMs, const QString &text, const QString &event, QJsonObject object);
    void check(int error);

    bool m_json;
    bool m_closed = false;
    bool m_failed = false;
};

} // namespace procession
