// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QWidget>

class QCheckBox;
class QTreeView;

namespace procession {

class ActivityModel;

/// The time-stamped story of the roster. Follows the newest line only while at the bottom. GUI thread.
class ActivityView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ActivityView)

public:
    explicit ActivityView(ActivityModel *model, QWidget *parent = nullptr);
    ~ActivityView() override;

    /// The worker that "This worker only" means; 0: none is selected.
    void setWorker(WorkerId id);
    /// The selected lines, as they are shown, to the clipboard.
    void copy();

Q_SIGNALS:
    /// A line about this worker was double-clicked (or Return pressed on it).
    void workerActivated(procession::WorkerId id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Filter;

    QTreeView *m_view;
    QCheckBox *m_onlyWorker;
    Filter *m_filter;
    WorkerId m_worker{};
    bool m_following = true;
};

} // namespace procession
