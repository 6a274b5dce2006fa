// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/workertablemodel.h"

#include "core/bootclock.h"
#include "model/rowruns.h"
#include "model/workertext.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <bitset>
#include <numeric>
#include <optional>
#include <tuple>

namespace procession {
namespace {

constexpr int columnTotal = static_cast<int>(Column::OutputSize) + 1;

const ColumnInfo &columnAt(const int column)
{
    return workerColumns()[static_cast<std::size_t>(column)];
}

std::bitset<columnTotal> liveColumns()
{
    static const auto live = [] {
        std::bitset<columnTotal> bits;
        for (const ColumnInfo &column : workerColumns())
            bits.set(static_cast<std::size_t>(column.column), column.live);
        return bits;
    }();
    return live;
}

// Of a countdown of whole seconds; a cell is told of only when its text is another.
constexpr std::chrono::milliseconds countdownInterval{200};

bool countsDown(const WorkerStatus &status)
{
    return status.state == State::Stopping && status.stopDeadline != std::chrono::nanoseconds(0);
}

bool sameSpec(const WorkerStatus &a, const WorkerStatus &b)
{
    return a.spec == b.spec || *a.spec == *b.spec;
}

/// Nothing happened but that it wrote: of many running workers this is told all the time, and there is no
/// need to paint all their other columns for it.
bool onlyWrote(const WorkerStatus &before, const WorkerStatus &after)
{
    const auto others = [](const WorkerStatus &status) {
        return std::tie(status.runId, status.runDirectory, status.state, status.outcome, status.exitCode,
                        status.coreDumped, status.pid, status.lastPid, status.startedAt, status.endedAt,
                        status.startedMs, status.endedMs, status.stopDeadline, status.stopAskedAt,
                        status.killAsked, status.strays, status.straysKept, status.survivors,
                        status.keeperGone, status.inputOpen, status.terminal, status.streamsMerged,
                        status.peakMemoryKib, status.cpuTime, status.problem);
    };
    return isAlive(after.state) && sameSpec(before, after) && before.survivorList.isEmpty() &&
           after.survivorList.isEmpty() && others(before) == others(after);
}

} // namespace

struct WorkerTableModel::Row
{
    WorkerStatus status;
    std::optional<WorkerSample> sample;
    std::chrono::nanoseconds now{0}; // what its times are told against: the last tick or its own last change
    std::chrono::nanoseconds counted{0}; // what its countdown is told against, if that is later
    int number = 0;

    // Texts are made when a view asks and kept until what they tell of changes.
    mutable std::array<QString, columnTotal> texts;
    mutable std::bitset<columnTotal> hasText;
    mutable QString searched;

    ColumnContext context() const { return {status, sample ? &*sample : nullptr, now}; }

    const QString &text(const int column) const
    {
        const auto index = static_cast<std::size_t>(column);
        if (!hasText[index]) {
            ColumnContext about = context();
            if (static_cast<Column>(column) == Column::State)
                about.now = std::max(now, counted);
            texts[index] = columnAt(column).text(about);
            hasText.set(index);
        }
        return texts[index];
    }

    const QString &filterText() const
    {
        if (searched.isNull()) {
            const WorkerSpec &spec = *status.spec;
            searched = spec.name + u'\n' + spec.command.text() + u'\n' + spec.group + u'\n' +
                       stateWord(status.state, status.outcome);
        }
        return searched;
    }

    QString accessibleText(const int column) const
    {
        const QString &shown = text(column);
        const QString title = QCoreApplication::translate("Column", columnAt(column).title);
        const QString value = shown.isEmpty() ? tr("none", "value of a column, for screen readers") : shown;
        if (static_cast<Column>(column) == Column::State && status.exitCode)
            return tr("%1: %2, exit code %3").arg(title, value, exitText(status));
        return tr("%1: %2", "column title and value, for screen readers").arg(title, value);
    }
};

WorkerTableModel::WorkerTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{
    m_countdown.setInterval(countdownInterval);
    m_countdown.callOnTimeout(this, &WorkerTableModel::countDown);
    connect(&m_errors, &LastErrors::known, this, &WorkerTableModel::lastErrorKnown);
}

WorkerTableModel::~WorkerTableModel() = default;

int WorkerTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int WorkerTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant WorkerTableModel::data(const QModelIndex &index, const int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const Row &row = *m_rows[static_cast<std::size_t>(index.row())];
    const ColumnInfo &column = columnAt(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return row.text(index.column());
    case Qt::ToolTipRole: {
        ColumnContext about = row.context();
        about.lastError = m_errors.text(row.status.id);
        const QString toolTip = column.toolTip(about);
        return toolTip.isEmpty() ? QVariant() : toolTip;
    }
    case Qt::AccessibleTextRole:
        return row.accessibleText(index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column.alignment);
    case SortRole:
        return column.value(row.context());
    case IdRole:
        return static_cast<quint64>(row.status.id);
    case StateRole:
        return static_cast<int>(row.status.state);
    case OutcomeRole:
        return static_cast<int>(row.status.outcome);
    case FilterRole:
        return row.filterText();
    default:
        return {};
    }
}

QVariant WorkerTableModel::headerData(const int section, const Qt::Orientation orientation,
                                      const int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return QCoreApplication::translate("Column", columnAt(section).title);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(columnAt(section).alignment);
    default:
        return {};
    }
}

void WorkerTableModel::apply(const RosterDelta &delta)
{
    const auto now = bootNow();
    remove(delta.removed);
    // An insertion of a worker that is here already can only bring news of it.
    QList<RosterDelta::Insertion> fresh;
    QList<WorkerStatus> news;
    for (const RosterDelta::Insertion &insertion : delta.inserted) {
        if (m_byId.contains(insertion.status.id))
            news << insertion.status;
        else
            fresh << insertion;
    }
    insert(fresh, now);
    change(news + delta.changed, now);
    if (!m_countdown.isActive() &&
        std::any_of(m_rows.cbegin(), m_rows.cend(),
                    [](const std::unique_ptr<Row> &row) { return countsDown(row->status); }))
        m_countdown.start();
}

void WorkerTableModel::apply(const SampleSet &set)
{
    m_now = set.now;
    QHash<const Row *, const WorkerSample *> samples;
    samples.reserve(set.samples.size());
    for (const WorkerSample &sample : set.samples) {
        if (const Row *const row = m_byId.value(sample.id))
            samples.insert(row, &sample);
    }

    std::vector<int> live;
    std::vector<int> stopping;
    std::vector<int> recounted;
    for (const std::unique_ptr<Row> &row : m_rows) {
        const bool alive = isAlive(row->status.state);
        if (!alive && !row->sample)
            continue;
        // What has ended meanwhile keeps the time of its end, whatever the sampler saw before it.
        const WorkerSample *const sample = alive ? samples.value(row.get()) : nullptr;
        const int processes = row->sample ? row->sample->processes : 0;
        if (sample)
            row->sample = *sample;
        else
            row->sample.reset();
        row->now = m_now;
        row->hasText &= ~liveColumns();
        live.push_back(row->number);
        if (processes != (sample ? sample->processes : 0))
            recounted.push_back(row->number);
        if (row->status.state == State::Stopping) {
            row->hasText.reset(static_cast<std::size_t>(Column::State));
            stopping.push_back(row->number);
        }
    }
    tellChanged(stopping, Column::State, Column::State);
    tellChanged(live, Column::Elapsed, Column::Memory);
    tellChanged(recounted, Column::Processes, Column::Processes);
}

WorkerId WorkerTableModel::idAt(const int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)]->status.id : WorkerId{};
}

int WorkerTableModel::rowOf(const WorkerId id) const
{
    const Row *const row = m_byId.value(id);
    return row ? row->number : -1;
}

const WorkerStatus *WorkerTableModel::status(const WorkerId id) const
{
    const Row *const row = m_byId.value(id);
    return row ? &row->status : nullptr;
}

const WorkerSample *WorkerTableModel::sample(const WorkerId id) const
{
    const Row *const row = m_byId.value(id);
    return row && row->sample ? &*row->sample : nullptr;
}

QString WorkerTableModel::lastError(const WorkerId id) const
{
    return m_errors.text(id);
}

void WorkerTableModel::remove(const QList<WorkerId> &ids)
{
    std::vector<int> leaving;
    for (const WorkerId id : ids) {
        if (const int row = rowOf(id); row >= 0)
            leaving.push_back(row);
    }
    std::sort(leaving.begin(), leaving.end());
    leaving.erase(std::unique(leaving.begin(), leaving.end()), leaving.end());
    if (leaving.empty())
        return;

    if (rowruns::areMany(leaving)) {
        // "Clear finished" among living neighbours: all that leave go to the end first, then leave as one
        // run.
        Rows order;
        order.reserve(m_rows.size());
        Rows last;
        auto next = leaving.begin();
        for (std::unique_ptr<Row> &row : m_rows) {
            const bool leaves = next != leaving.end() && row->number == *next;
            next += leaves;
            (leaves ? last : order).push_back(std::move(row));
        }
        std::move(last.begin(), last.end(), std::back_inserter(order));
        reorder(std::move(order));
        std::iota(leaving.begin(), leaving.end(), rowCount() - static_cast<int>(leaving.size()));
    }

    rowruns::backwards(leaving, [this](const int first, const int last) {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row) {
            m_byId.remove(idAt(row));
            m_errors.forget(idAt(row));
        }
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        renumber(first);
        endRemoveRows();
    });
}

void WorkerTableModel::insert(const QList<RosterDelta::Insertion> &insertions,
                              const std::chrono::nanoseconds now)
{
    // Where everybody stands in the end, worked out on bare pointers: each position counts the ones before
    // it.
    Rows arriving;
    std::vector<Row *> finally;
    finally.reserve(m_rows.size() + static_cast<std::size_t>(insertions.size()));
    for (const std::unique_ptr<Row> &row : m_rows)
        finally.push_back(row.get());
    for (const RosterDelta::Insertion &insertion : insertions) {
        if (m_byId.contains(insertion.status.id))
            continue;
        auto row = std::make_unique<Row>();
        row->status = insertion.status;
        row->now = now;
        m_errors.follow(insertion.status);
        m_byId.insert(insertion.status.id, row.get());
        const auto at = std::clamp<std::ptrdiff_t>(insertion.position, 0, std::ssize(finally));
        finally.insert(finally.begin() + at, row.get());
        row->number = -1;
        arriving.push_back(std::move(row));
    }
    if (arriving.empty())
        return;

    std::vector<int> positions;
    Rows inOrder;
    for (std::size_t i = 0; i < finally.size(); ++i) {
        if (finally[i]->number < 0)
            positions.push_back(static_cast<int>(i));
    }
    // `arriving` owns in order of arrival; from here on it owns in order of place.
    const auto place = [&finally](const int position) { return finally[static_cast<std::size_t>(position)]; };
    QHash<const Row *, std::size_t> ownerOf;
    for (std::size_t i = 0; i < arriving.size(); ++i)
        ownerOf.insert(arriving[i].get(), i);
    for (const int position : positions)
        inOrder.push_back(std::move(arriving[ownerOf.value(place(position))]));

    if (!rowruns::areMany(positions)) {
        for (std::size_t begin = 0; begin < positions.size();) {
            const std::size_t end = rowruns::end(positions, begin);
            const int first = positions[begin];
            beginInsertRows({}, first, positions[end - 1]);
            m_rows.insert(m_rows.begin() + first,
                          std::make_move_iterator(inOrder.begin() + std::ptrdiff_t(begin)),
                          std::make_move_iterator(inOrder.begin() + std::ptrdiff_t(end)));
            renumber(first);
            endInsertRows();
            begin = end;
        }
        return;
    }

    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(inOrder.size()) - 1);
    std::move(inOrder.begin(), inOrder.end(), std::back_inserter(m_rows));
    renumber(first);
    endInsertRows();
    Rows order;
    order.reserve(finally.size());
    for (const Row *const row : finally)
        order.push_back(std::move(m_rows[static_cast<std::size_t>(row->number)]));
    reorder(std::move(order));
}

void WorkerTableModel::change(const QList<WorkerStatus> &statuses, const std::chrono::nanoseconds now)
{
    std::vector<int> edited;
    std::vector<int> moved;
    std::vector<int> grown;
    for (const WorkerStatus &status : statuses) {
        Row *const row = m_byId.value(status.id);
        if (!row)
            continue;
        if (onlyWrote(row->status, status)) {
            if (row->status.outputBytes != status.outputBytes)
                grown.push_back(row->number);
            row->status = status;
            row->hasText.reset(static_cast<std::size_t>(Column::OutputSize));
            continue;
        }
        // A sample belongs to the run it was taken of.
        if (!isAlive(status.state) || status.runId != row->status.runId)
            row->sample.reset();
        (sameSpec(row->status, status) ? moved : edited).push_back(row->number);
        row->status = status;
        row->now = now;
        m_errors.follow(status);
        row->hasText.reset();
        row->searched = QString();
    }
    for (std::vector<int> *const rows : {&edited, &moved, &grown}) {
        std::sort(rows->begin(), rows->end());
        rows->erase(std::unique(rows->begin(), rows->end()), rows->end());
    }
    tellChanged(edited, Column::Name, Column::OutputSize);
    // Name, command, group and directory stand still while a worker lives: leaving them out spares a table
    // that is sorted by one of them a new sort.
    tellChanged(moved, Column::State, Column::Exit);
    tellChanged(moved, Column::Started, Column::Finished);
    tellChanged(moved, Column::CpuTime, Column::OutputSize);
    tellChanged(grown, Column::OutputSize, Column::OutputSize);
}

void WorkerTableModel::countDown()
{
    const auto now = bootNow();
    bool any = false;
    std::vector<int> changed;
    for (const std::unique_ptr<Row> &row : m_rows) {
        if (!countsDown(row->status))
            continue;
        any = true;
        const QString before = row->text(static_cast<int>(Column::State));
        row->counted = now;
        row->hasText.reset(static_cast<std::size_t>(Column::State));
        if (row->text(static_cast<int>(Column::State)) != before)
            changed.push_back(row->number);
    }
    if (!any)
        m_countdown.stop();
    tellChanged(changed, Column::State, Column::State);
}

/// Puts the rows into the order of `order`, which owns every one of them; m_rows' own entries are spent. Who
/// holds persistent indexes (selection, current row) keeps them on the same workers.
void WorkerTableModel::reorder(Rows order)
{
    // The numbers in the rows still tell where each was; the signal needs the rows in place to be asked.
    std::vector<int> newNumber(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        newNumber[static_cast<std::size_t>(order[i]->number)] = static_cast<int>(i);
    for (std::unique_ptr<Row> &row : order)
        m_rows[static_cast<std::size_t>(row->number)] = std::move(row);

    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    for (std::size_t i = 0; i < newNumber.size(); ++i)
        order[static_cast<std::size_t>(newNumber[i])] = std::move(m_rows[i]);
    m_rows = std::move(order);
    renumber(0);
    const QModelIndexList from = persistentIndexList();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex &old : from)
        to << index(newNumber[static_cast<std::size_t>(old.row())], old.column());
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void WorkerTableModel::renumber(const int from)
{
    for (std::size_t i = static_cast<std::size_t>(from); i < m_rows.size(); ++i)
        m_rows[i]->number = static_cast<int>(i);
}

void WorkerTableModel::tellChanged(const std::vector<int> &rows, const Column first, const Column last)
{
    if (rows.empty())
        return;
    const int firstColumn = static_cast<int>(first);
    const int lastColumn = static_cast<int>(last);
    Q_EMIT rowsChanged(rows, firstColumn, lastColumn);
    rowruns::tell(rows, rowCount(), [this, firstColumn, lastColumn](const int firstRow, const int lastRow) {
        Q_EMIT dataChanged(index(firstRow, firstColumn), index(lastRow, lastColumn));
    });
}

} // namespace procession
