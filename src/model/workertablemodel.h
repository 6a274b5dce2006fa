// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/lasterrors.h"
#include "model/workercolumns.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QTimer>

#include <memory>
#include <vector>

namespace procession {

/// The workers as a table, fed by value deltas; never reset after it was filled. Columns are the entries of
/// workerColumns(). How long until a worker is killed it tells by itself, whatever the monitor's interval.
/// GUI thread.
class WorkerTableModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkerTableModel)

public:
    enum Role {
        SortRole = Qt::UserRole, ///< typed raw value
        IdRole,                  ///< quint64
        StateRole,               ///< int of State
        OutcomeRole,             ///< int of Outcome
        FilterRole,              ///< text the filter box searches (name, command, group, state words)
    };

    explicit WorkerTableModel(QObject *parent = nullptr);
    ~WorkerTableModel() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    void apply(const RosterDelta &delta);
    /// Elapsed times move to `set.now`; rows without a sample lose their CPU and memory.
    void apply(const SampleSet &set);

    WorkerId idAt(int row) const;
    int rowOf(WorkerId id) const;                  ///< -1 if unknown
    const WorkerStatus *status(WorkerId id) const; ///< null if unknown; valid until the next apply()
    const WorkerSample *sample(WorkerId id) const; ///< null if none
    std::chrono::nanoseconds now() const { return m_now; }
    /// What a worker that failed said last of an error; empty: nothing, or not known (yet).
    QString lastError(WorkerId id) const;

Q_SIGNALS:
    /// lastError() of this worker is known now. No dataChanged() tells of it: only tool tips show it, which
    /// are asked for anew each time.
    void lastErrorKnown(procession::WorkerId id);
    /// Exactly these rows (ascending) changed in these columns; comes just before the dataChanged() that tell
    /// the same in fewer, wider ranges. For who would do more work per row than a view does.
    void rowsChanged(const std::vector<int> &rows, int firstColumn, int lastColumn);

private:
    struct Row;
    // Pointers: a row is large, and rows move when others come and go.
    using Rows = std::vector<std::unique_ptr<Row>>;

    void remove(const QList<WorkerId> &ids);
    void insert(const QList<RosterDelta::Insertion> &insertions, std::chrono::nanoseconds now);
    void change(const QList<WorkerStatus> &statuses, std::chrono::nanoseconds now);
    void reorder(Rows order);
    void renumber(int from);
    void tellChanged(const std::vector<int> &rows, Column first, Column last);
    void countDown();

    Rows m_rows;
    QHash<WorkerId, Row *> m_byId;
    LastErrors m_errors;
    std::chrono::nanoseconds m_now{0};
    QTimer m_countdown; ///< runs only while some worker is about to be killed
};

} // namespace procession
