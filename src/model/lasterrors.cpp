// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/lasterrors.h"

#include "model/errorline.h"
#include "model/outputrows.h"

#include <limits>

namespace procession {
namespace {

constexpr qint64 tailBytes = 64 * 1024;
constexpr int tailRows = 1000;

bool isFailure(const WorkerStatus &status)
{
    return status.state == State::Ended &&
           (status.outcome == Outcome::Failed || status.outcome == Outcome::Crashed ||
            status.outcome == Outcome::TimedOut);
}

/// Of each stream its own last rows: what was written to standard error is not lost behind much output.
QString lastErrorOf(const QString &runDirectory)
{
    OutputRows rows(runDirectory);
    rows.refresh(false);
    const quint64 all = std::numeric_limits<quint64>::max();
    const QList<OutputRow> errors = rows.before(all, 2, tailRows, tailBytes);
    const QString line = errorLine(errors);
    return line.isEmpty() ? errorLine(rows.before(all, 1, tailRows, tailBytes)) : line;
}

} // namespace

LastErrors::LastErrors(QObject *parent)
    : QObject(parent)
    , m_reader(new QObject)
{
    m_thread.setObjectName(u"last errors"_qs);
    m_reader->moveToThread(&m_thread);
}

LastErrors::~LastErrors()
{
    m_thread.quit();
    m_thread.wait();
    delete m_reader;
}

void LastErrors::follow(const WorkerStatus &status)
{
    if (!isFailure(status) || status.runDirectory.isEmpty()) {
        forget(status.id);
        return;
    }
    const auto before = m_runs.constFind(status.id);
    if (before != m_runs.cend() && before->id == status.runId) {
        return;
    }
    forget(status.id);
    m_waiting.emplace(++m_asked, status.id);
    m_runs.insert(status.id, {status.runId, status.runDirectory, QString(), m_asked});
    readNext();
}

void LastErrors::forget(WorkerId id)
{
    const auto run = m_runs.constFind(id);
    if (run != m_runs.cend()) {
        m_waiting.erase(run->asked);
        m_runs.erase(run);
    }
}

QString LastErrors::text(WorkerId id) const
{
    const auto run = m_runs.constFind(id);
    return run == m_runs.cend() ? QString() : run->text;
}

/// One read at a time is under way, so that the newest does not wait behind all that failed before it.
void LastErrors::readNext()
{
    if (m_reading || m_waiting.empty()) {
        return;
    }
    m_reading = true;
    const WorkerId id = m_waiting.rbegin()->second;
    m_waiting.erase(std::prev(m_waiting.end()));
    Run &run = m_runs[id];
    run.asked = 0;
    if (!m_thread.isRunning()) {
        m_thread.start(QThread::LowPriority);
    }
    QMetaObject::invokeMethod(m_reader, [this, id, runId = run.id, directory = run.directory] {
        const QString text = lastErrorOf(directory);
        QMetaObject::invokeMethod(this, [this, id, runId, text] { take(id, runId, text); });
    });
}

void LastErrors::take(WorkerId id, const QString &runId, const QString &text)
{
    m_reading = false;
    const auto run = m_runs.find(id);
    if (run != m_runs.end() && run->id == runId && !text.isEmpty()) {
        run->text = text;
        Q_EMIT known(id);
    }
    readNext();
}

} // namespace procession
