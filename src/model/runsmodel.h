// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"
#include "model/workertablemodel.h"

#include <QAbstractTableModel>

#include <vector>

namespace procession {

/// Runs as a table, keyed by run id: what is told again changes rows, it never resets them, so that
/// selection and scroll position stay. In the order they were told. GUI thread.
class RunsModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RunsModel)

public:
    enum class Scope {
        OneWorker,    ///< the runs of one worker: nothing is said of whose they are
        OtherRosters, ///< those of workers that are in no table: name, project and PID are columns
    };
    enum class Field {
        Name,
        Project,
        Started,
        Outcome, ///< the state, while it runs
        Exit,
        Duration,
        PeakMemory,
        OutputSize,
        Pid,
        Command,
    };
    /// As in the table of workers, so that a delegate serves both.
    enum Role {
        SortRole = WorkerTableModel::SortRole, ///< typed raw value
        StateRole = WorkerTableModel::StateRole,
        OutcomeRole = WorkerTableModel::OutcomeRole,
        RunIdRole = WorkerTableModel::FilterRole + 1, ///< QString
    };

    explicit RunsModel(Scope scope, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// All runs there are now. Of two with one id the first counts.
    void setRuns(const QList<RunRecord> &runs);
    void remove(const QStringList &runIds);
    /// Newer news of the run that `status` is of; nothing if it is not here.
    void apply(const WorkerStatus &status);
    /// The run that is said to be the current one; empty: none.
    void setCurrent(const QString &runId);
    /// Moves the durations of what runs to `now` (CLOCK_BOOTTIME).
    void setNow(std::chrono::nanoseconds now);

    const RunRecord &record(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    int rowOf(const QString &runId) const; ///< -1 if unknown
    int columnOf(Field field) const;       ///< -1 if it is not shown in this scope
    int aliveCount() const;

private:
    std::span<const Field> fields() const;
    QString text(const RunRecord &run, Field field) const;
    void tellChanged(int row);

    const Scope m_scope;
    std::vector<RunRecord> m_runs;
    QString m_current;
    std::chrono::nanoseconds m_now{0};
};

/// When the run began, as people say it: the time of day if that was today, else with its date. Empty if it
/// never began.
QString runTimeText(const WorkerStatus &run);
/// The project's file name, or what its roster is if it has none.
QString projectText(const RunRecord &run);

} // namespace procession
