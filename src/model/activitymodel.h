// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/activity.h"

#include <QAbstractTableModel>

#include <deque>

namespace procession {

/// The time-stamped story, newest last, bounded: the oldest lines leave when it is full. GUI thread.
class ActivityModel final : public QAbstractTableModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActivityModel)

public:
    static constexpr int maximumEntries = 10'000;
    enum ActivityColumn { TimeColumn, TextColumn, ColumnCount };
    enum Role { IdRole = Qt::UserRole + 1, KindRole }; ///< quint64 worker id; int of ActivityEntry::Kind

    explicit ActivityModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    /// Shown at the next event loop turn, many at once.
    void append(const ActivityEntry &entry);
    void clear();

private:
    void flush();

    std::deque<ActivityEntry> m_entries;
    std::deque<ActivityEntry> m_waiting;
};

} // namespace procession
