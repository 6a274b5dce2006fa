// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/statecounts.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QListWidgetItem;

namespace procession {

/// The filters by state and by worker group, with live counts.
class SideBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SideBar)

public:
    explicit SideBar(QWidget *parent = nullptr);

    /// Shows these counts; the person's choice stays, also where nothing is left to count.
    void setCounts(const StateCounts &counts);
    void choose(StateGroup group);
    /// Empty: all groups.
    void chooseWorkerGroup(const QString &group);
    void setColoured(bool coloured);

Q_SIGNALS:
    void stateGroupChosen(procession::StateGroup group);
    /// Empty: all groups.
    void workerGroupChosen(const QString &group);

protected:
    void changeEvent(QEvent *event) override;

private:
    void setIcons();
    void setGroups(const QMap<QString, int> &groups, int all);

    QListWidget *m_states;
    QLabel *m_groupsTitle;
    QListWidget *m_groups;
    bool m_coloured = true;
};

} // namespace procession
