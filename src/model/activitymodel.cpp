// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/activitymodel.h"

#include <QDateTime>
#include <QTimer>

#include <algorithm>

namespace procession {

ActivityModel::ActivityModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

int ActivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int ActivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ActivityModel::data(const QModelIndex &index, const int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const ActivityEntry &entry = m_entries[static_cast<std::size_t>(index.row())];
    const auto when = [&entry] { return QDateTime::fromMSecsSinceEpoch(entry.timeMs); };
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == TextColumn)
            return entry.text;
        return when().toString(QStringLiteral("HH:mm:ss.zzz"));
    case Qt::ToolTipRole:
        // Escaped: a sentence may quote a command with "<" in it, which would be taken for HTML.
        if (index.column() == TextColumn)
            return QString(u"<p>" + entry.text.toHtmlEscaped() + u"</p>");
        return when().toString(Qt::ISODateWithMs);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    case IdRole:
        return static_cast<quint64>(entry.worker);
    case KindRole:
        return static_cast<int>(entry.kind);
    default:
        return {};
    }
}

QVariant ActivityModel::headerData(const int section, const Qt::Orientation orientation, const int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case TextColumn:
        return tr("What happened");
    default:
        return {};
    }
}

void ActivityModel::append(const ActivityEntry &entry)
{
    if (m_waiting.empty())
        QTimer::singleShot(0, this, &ActivityModel::flush);
    m_waiting.push_back(entry);
    // A storm within one turn must not take unbounded memory either.
    if (m_waiting.size() > static_cast<std::size_t>(maximumEntries))
        m_waiting.pop_front();
}

void ActivityModel::clear()
{
    m_waiting.clear();
    if (m_entries.empty())
        return;
    beginRemoveRows({}, 0, rowCount() - 1);
    m_entries.clear();
    endRemoveRows();
}

void ActivityModel::flush()
{
    if (m_waiting.empty())
        return;
    const int arriving = static_cast<int>(m_waiting.size());
    const int leaving = std::min(rowCount(), std::max(0, rowCount() + arriving - maximumEntries));
    if (leaving > 0) {
        beginRemoveRows({}, 0, leaving - 1);
        m_entries.erase(m_entries.begin(), m_entries.begin() + leaving);
        endRemoveRows();
    }
    beginInsertRows({}, rowCount(), rowCount() + arriving - 1);
    m_entries.insert(m_entries.end(), std::make_move_iterator(m_waiting.begin()),
                     std::make_move_iterator(m_waiting.end()));
    m_waiting.clear();
    endInsertRows();
}

} // namespace procession
