// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/runsmodel.h"

#include "core/bootclock.h"
#include "model/workercolumns.h"
#include "model/workertext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QHash>
#include <QLocale>
#include <QSet>

#include <algorithm>
#include <array>

namespace procession {

namespace {

using Field = RunsModel::Field;

constexpr std::array workerFields{Field::Started,    Field::Outcome,    Field::Exit,   Field::Duration,
                                  Field::PeakMemory, Field::OutputSize, Field::Command};
constexpr std::array otherFields{Field::Name,       Field::Outcome, Field::Project, Field::Started,
                                 Field::Duration,   Field::Pid,     Field::Exit,    Field::PeakMemory,
                                 Field::OutputSize, Field::Command};

/// The column of the workers' table that says the same of a run; nullptr where there is none.
const ColumnInfo *columnOfWorkers(Field field)
{
    const auto info = [](Column column) { return &workerColumns()[static_cast<std::size_t>(column)]; };
    switch (field) {
    case Field::Name:
        return info(Column::Name);
    case Field::Started:
        return info(Column::Started);
    case Field::Outcome:
        return info(Column::State);
    case Field::Exit:
        return info(Column::Exit);
    case Field::Duration:
        return info(Column::Elapsed);
    case Field::PeakMemory:
        return info(Column::PeakMemory);
    case Field::OutputSize:
        return info(Column::OutputSize);
    case Field::Pid:
        return info(Column::Pid);
    case Field::Command:
        return info(Column::Command);
    case Field::Project:
        break;
    }
    return nullptr;
}

QString titleOf(Field field)
{
    if (field == Field::Project)
        return RunsModel::tr("Project");
    if (field == Field::Duration)
        return RunsModel::tr("Duration");
    return QCoreApplication::translate("Column", columnOfWorkers(field)->title);
}

/// True if nobody who looks at the table could tell the two apart.
bool looksTheSame(const RunRecord &a, const RunRecord &b)
{
    const WorkerStatus &x = a.status;
    const WorkerStatus &y = b.status;
    return x.state == y.state && x.outcome == y.outcome && x.exitCode == y.exitCode && x.pid == y.pid &&
           x.outputBytes == y.outputBytes && x.endedAt == y.endedAt && x.startedAt == y.startedAt &&
           x.peakMemoryKib == y.peakMemoryKib && x.problem == y.problem && x.strays == y.strays &&
           x.survivors == y.survivors && x.stopAskedAt == y.stopAskedAt && x.killAsked == y.killAsked &&
           x.spec->name == y.spec->name && a.projectFile == b.projectFile;
}

} // namespace

RunsModel::RunsModel(Scope scope, QObject *parent)
    : QAbstractTableModel(parent)
    , m_scope(scope)
    , m_now(bootNow())
{
}

std::span<const Field> RunsModel::fields() const
{
    return m_scope == Scope::OneWorker ? std::span<const Field>(workerFields)
                                       : std::span<const Field>(otherFields);
}

int RunsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int RunsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(fields().size());
}

QString RunsModel::text(const RunRecord &run, Field field) const
{
    switch (field) {
    case Field::Project:
        return projectText(run);
    case Field::Started: {
        const QString when = runTimeText(run.status);
        return run.status.runId == m_current ? tr("%1 (current)", "time of a run").arg(when) : when;
    }
    default:
        return columnOfWorkers(field)->text({run.status, nullptr, m_now});
    }
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const RunRecord &run = record(index.row());
    const Field field = fields()[static_cast<std::size_t>(index.column())];
    const ColumnInfo *column = columnOfWorkers(field);
    const ColumnContext context{run.status, nullptr, m_now};
    switch (role) {
    case Qt::DisplayRole:
        return text(run, field);
    case Qt::ToolTipRole: {
        const QString tip = column ? column->toolTip(context)
                                   : (run.projectFile.isEmpty()
                                          ? QString()
                                          : QString(u"<p>" + run.projectFile.toHtmlEscaped() + u"</p>"));
        return tip.isEmpty() ? QVariant() : tip;
    }
    case Qt::AccessibleTextRole: {
        const QString shown = text(run, field);
        return tr("%1: %2", "column title and value, for screen readers")
            .arg(titleOf(field),
                 shown.isEmpty() ? tr("none", "value of a column, for screen readers") : shown);
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column ? column->alignment
                                          : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    case SortRole:
        return column ? column->value(context) : QVariant(projectText(run));
    case StateRole:
        return static_cast<int>(run.status.state);
    case OutcomeRole:
        return static_cast<int>(run.status.outcome);
    case RunIdRole:
        return run.status.runId;
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Field field = fields()[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return titleOf(field);
    if (role == Qt::TextAlignmentRole) {
        const ColumnInfo *column = columnOfWorkers(field);
        return QVariant::fromValue(column ? column->alignment
                                          : Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    }
    return {};
}

void RunsModel::setRuns(const QList<RunRecord> &runs)
{
    m_now = std::max(m_now, bootNow());
    std::vector<RunRecord> wanted;
    wanted.reserve(static_cast<std::size_t>(runs.size()));
    QHash<QString, int> places;
    for (const RunRecord &run : runs) {
        if (places.contains(run.status.runId))
            continue;
        places.insert(run.status.runId, static_cast<int>(wanted.size()));
        wanted.push_back(run);
    }

    QStringList gone;
    for (const RunRecord &run : m_runs) {
        if (!places.contains(run.status.runId))
            gone.append(run.status.runId);
    }
    remove(gone);

    // Those that stay, in their new order. A run that ends goes behind those that run.
    const auto place = [&places](const RunRecord &run) { return places.value(run.status.runId); };
    const auto before = [&place](const RunRecord &a, const RunRecord &b) { return place(a) < place(b); };
    if (!std::is_sorted(m_runs.cbegin(), m_runs.cend(), before)) {
        Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        const QModelIndexList from = persistentIndexList();
        QStringList ids;
        for (const QModelIndex &index : from)
            ids.append(record(index.row()).status.runId);
        std::sort(m_runs.begin(), m_runs.end(), before);
        QHash<QString, int> rows;
        for (int row = 0; row < rowCount(); ++row)
            rows.insert(record(row).status.runId, row);
        QModelIndexList to;
        for (qsizetype i = 0; i < from.size(); ++i)
            to.append(index(rows.value(ids.at(i)), from.at(i).column()));
        changePersistentIndexList(from, to);
        Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    }

    for (std::size_t row = 0; row < wanted.size();) {
        if (row < m_runs.size() && m_runs[row].status.runId == wanted[row].status.runId) {
            const bool same = looksTheSame(m_runs[row], wanted[row]);
            m_runs[row] = wanted[row];
            if (!same)
                tellChanged(static_cast<int>(row));
            ++row;
            continue;
        }
        std::size_t end = row + 1;
        while (end < wanted.size() &&
               (row == m_runs.size() || m_runs[row].status.runId != wanted[end].status.runId))
            ++end;
        beginInsertRows({}, static_cast<int>(row), static_cast<int>(end) - 1);
        m_runs.insert(m_runs.begin() + static_cast<std::ptrdiff_t>(row),
                      wanted.begin() + static_cast<std::ptrdiff_t>(row),
                      wanted.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        row = end;
    }
}

void RunsModel::remove(const QStringList &runIds)
{
    const QSet<QString> leaving(runIds.cbegin(), runIds.cend());
    const auto leaves = [&](int row) { return leaving.contains(record(row).status.runId); };
    for (int last = rowCount() - 1; last >= 0 && !leaving.isEmpty(); --last) {
        if (!leaves(last))
            continue;
        int first = last;
        while (first > 0 && leaves(first - 1))
            --first;
        beginRemoveRows({}, first, last);
        m_runs.erase(m_runs.begin() + first, m_runs.begin() + last + 1);
        endRemoveRows();
        last = first;
    }
}

void RunsModel::apply(const WorkerStatus &status)
{
    const int row = rowOf(status.runId);
    if (row < 0)
        return;
    RunRecord &run = m_runs[static_cast<std::size_t>(row)];
    RunRecord next = run;
    next.status = status;
    next.status.spec = run.status.spec; // what it was started with, whatever was edited since
    const bool same = looksTheSame(run, next);
    run = next;
    if (!same)
        tellChanged(row);
}

void RunsModel::setCurrent(const QString &runId)
{
    if (runId == m_current)
        return;
    const int before = rowOf(m_current);
    m_current = runId;
    for (const int row : {before, rowOf(m_current)}) {
        if (row >= 0)
            tellChanged(row);
    }
}

void RunsModel::setNow(std::chrono::nanoseconds now)
{
    m_now = now;
    for (int row = 0; row < rowCount(); ++row) {
        if (isAlive(record(row).status.state))
            tellChanged(row);
    }
}

int RunsModel::rowOf(const QString &runId) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (record(row).status.runId == runId)
            return row;
    }
    return -1;
}

int RunsModel::columnOf(Field field) const
{
    const std::span<const Field> all = fields();
    const auto found = std::find(all.begin(), all.end(), field);
    return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

int RunsModel::aliveCount() const
{
    return static_cast<int>(std::count_if(m_runs.cbegin(), m_runs.cend(),
                                          [](const RunRecord &run) { return isAlive(run.status.state); }));
}

void RunsModel::tellChanged(int row)
{
    Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

QString runTimeText(const WorkerStatus &run)
{
    if (run.startedMs == 0)
        return {};
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(run.startedMs);
    const QLocale locale;
    const QString time = locale.toString(when.time(), QStringLiteral("HH:mm:ss"));
    return when.date() == QDate::currentDate()
               ? time
               : RunsModel::tr("%1 %2", "date and time of a run")
                     .arg(locale.toString(when.date(), QLocale::ShortFormat), time);
}

QString projectText(const RunRecord &run)
{
    if (!run.projectFile.isEmpty())
        return QFileInfo(run.projectFile).fileName();
    return run.rosterId.startsWith(u"run-") ? RunsModel::tr("command line")
                                            : RunsModel::tr("no project file");
}

} // namespace procession
