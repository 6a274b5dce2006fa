// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/workertablemodel.h"

#include <QAbstractItemModel>
#include <QHash>
#include <QRandomGenerator>
#include <QStringList>

namespace procession::fixtures {

inline WorkerSpec specOf(const QString &name, const QString &group = {})
{
    WorkerSpec spec;
    spec.name = name;
    spec.command = Command::direct({QStringLiteral("/bin/sleep"), QStringLiteral("100")});
    spec.group = group;
    return spec;
}

inline WorkerStatus statusOf(const quint64 id, const QString &name, const State state = State::NotStarted,
                             const Outcome outcome = Outcome::None)
{
    WorkerStatus status;
    status.id = static_cast<WorkerId>(id);
    status.spec = std::make_shared<const WorkerSpec>(specOf(name));
    status.state = state;
    status.outcome = outcome;
    return status;
}

/// The shown text of these columns, one line a row, as people would read it.
inline QString dump(const QAbstractItemModel &model, const QList<int> &columns)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (const int column : columns)
            cells << model.index(row, column).data().toString();
        lines << cells.join(QStringLiteral(" | "));
    }
    return lines.join(u'\n');
}

/// Follows a model by its signals alone, as a view does: what it shows must be what the model holds. An
/// untold change, a wrong range or a lost row makes the two differ.
class Mirror final : public QObject
{
public:
    explicit Mirror(const QAbstractItemModel &model)
        : m_model(model)
    {
        for (int row = 0; row < model.rowCount(); ++row)
            m_rows << read(row);
        connect(&model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) {
                    for (int row = first; row <= last; ++row)
                        m_rows.insert(row, read(row));
                    ++signalCount;
                });
        connect(&model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) {
                    m_rows.remove(first, last - first + 1);
                    ++signalCount;
                });
        connect(&model, &QAbstractItemModel::layoutChanged, this, [this] {
            QHash<quint64, Row> byId;
            for (const Row &row : std::as_const(m_rows))
                byId.insert(row.id, row);
            for (int row = 0; row < m_rows.size(); ++row)
                m_rows[row] = byId.value(idAt(row));
            ++signalCount;
        });
        connect(&model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &from, const QModelIndex &to) {
                    for (int row = from.row(); row <= to.row(); ++row) {
                        for (int column = from.column(); column <= to.column(); ++column)
                            m_rows[row].texts[column] = text(row, column);
                    }
                    ++signalCount;
                });
    }

    int signalCount = 0;

    /// Where it differs from the model, or an empty string.
    QString difference() const
    {
        if (m_rows.size() != m_model.rowCount())
            return QStringLiteral("%1 rows, not %2").arg(m_rows.size()).arg(m_model.rowCount());
        for (int row = 0; row < m_rows.size(); ++row) {
            const Row now = read(row);
            if (now.id != m_rows[row].id || now.texts != m_rows[row].texts)
                return QStringLiteral("row %1: shows %2, is %3")
                    .arg(QString::number(row), m_rows[row].texts.join(u'|'), now.texts.join(u'|'));
        }
        return {};
    }

private:
    struct Row
    {
        quint64 id = 0;
        QStringList texts;
    };

    quint64 idAt(const int row) const
    {
        return m_model.index(row, 0).data(WorkerTableModel::IdRole).toULongLong();
    }
    QString text(const int row, const int column) const
    {
        return m_model.index(row, column).data().toString();
    }
    Row read(const int row) const
    {
        Row result{idAt(row), {}};
        for (int column = 0; column < m_model.columnCount(); ++column)
            result.texts << text(row, column);
        return result;
    }

    const QAbstractItemModel &m_model;
    QList<Row> m_rows;
};

/// Makes random but legal news of a roster and keeps, in a plain list, what must have become of it.
class RandomRoster final
{
public:
    explicit RandomRoster(const quint32 seed)
        : m_random(seed)
    {
    }

    QList<WorkerStatus> workers;

    int below(const int bound) { return m_random.bounded(bound); }

    RosterDelta news()
    {
        RosterDelta delta;
        const int removals = below(4) == 0 ? below(int(workers.size()) + 1) : below(3);
        for (int i = 0; i < removals && !workers.isEmpty(); ++i)
            delta.removed << workers.takeAt(below(int(workers.size()))).id;
        const int insertions = workers.size() < 150 ? below(4) == 0 ? below(60) : below(4) : 0;
        const bool atEnd = below(2) == 0;
        for (int i = 0; i < insertions; ++i) {
            const int position = atEnd ? int(workers.size()) : below(int(workers.size()) + 1);
            workers.insert(position, randomised(statusOf(m_nextId++, {})));
            delta.inserted << RosterDelta::Insertion{position, workers[position]};
        }
        const int changes = below(3) == 0 ? below(int(workers.size()) + 1) : below(3);
        for (int i = 0; i < changes && !workers.isEmpty(); ++i) {
            WorkerStatus &status = workers[below(int(workers.size()))];
            const WorkerStatus before = status;
            status = randomised(status);
            if (below(2) == 0)
                status.spec = before.spec;
            delta.changed << status;
        }
        return delta;
    }

    SampleSet samples()
    {
        SampleSet set;
        m_now += std::chrono::milliseconds(below(5000));
        set.now = m_now;
        for (const WorkerStatus &status : std::as_const(workers)) {
            if (below(3) == 0)
                continue;
            WorkerSample sample{status.id, {}, {}, below(3)};
            if (below(4) != 0)
                sample.cpuPercent = below(20);
            if (below(4) != 0)
                sample.memoryBytes = below(20) * 1024;
            set.samples << sample;
        }
        return set;
    }

private:
    WorkerStatus randomised(WorkerStatus status)
    {
        WorkerSpec spec = specOf(QStringLiteral("w%1").arg(below(40)), QStringLiteral("g%1").arg(below(3)));
        if (below(5) == 0)
            spec.group.clear();
        status.spec = std::make_shared<const WorkerSpec>(spec);
        status.state = allStates[static_cast<std::size_t>(below(int(allStates.size())))];
        status.outcome = status.state == State::Ended ? static_cast<Outcome>(1 + below(9)) : Outcome::None;
        status.exitCode.reset();
        if (status.state == State::Ended && below(3) != 0)
            status.exitCode = below(6) - 3;
        status.pid = isAlive(status.state) ? 100 + below(900) : 0;
        status.runId = QString::number(below(3));
        const bool ran = isAlive(status.state) || status.state == State::Ended;
        status.startedAt = std::chrono::seconds(ran ? 1 + below(2000) : 0);
        status.endedAt = status.state == State::Ended ? status.startedAt + std::chrono::seconds(below(30))
                                                      : std::chrono::nanoseconds(0);
        status.startedMs = ran ? 1'700'000'000'000 + below(100'000) : 0;
        status.stopAskedAt = std::chrono::seconds(status.state == State::Stopping ? 1000 : 0);
        return status;
    }

    QRandomGenerator m_random;
    quint64 m_nextId = 1;
    std::chrono::nanoseconds m_now{std::chrono::seconds(3000)};
};

} // namespace procession::fixtures
