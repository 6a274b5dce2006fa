// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/processtree.h"
#include "core/workerstatus.h"

#include <QScrollArea>
#include <QTimer>

#include <chrono>
#include <optional>
#include <vector>

class QLabel;

namespace procession {

/// Everything that is known of one worker, as label and value rows whose text can be selected. Only what
/// changed is set, so nothing flickers and no selection is lost. While the worker is being stopped the clock
/// of its stop goes on by itself, whatever the monitor's interval. GUI thread.
class DetailsView final : public QScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DetailsView)

public:
    explicit DetailsView(QWidget *parent = nullptr);

    using QWidget::show;
    /// Null `status`: no worker is selected; null `sample`: nothing measured. `now` on CLOCK_BOOTTIME.
    /// `lastError`: of the run's output, if it failed; empty: none, or not known.
    void show(const WorkerStatus *status, const WorkerSample *sample, std::chrono::nanoseconds now,
              const QString &lastError = {});
    /// The processes of the worker shown; those of another are passed by.
    void setTree(const procession::ProcessTree &tree);

Q_SIGNALS:
    /// This worker's processes are looked at from now on, and wanted now (Monitor::watchTree); WorkerId{}:
    /// nobody's.
    void treeWanted(procession::WorkerId worker, qint64 mainPid);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void fillRows(std::chrono::nanoseconds now);
    void followTree();
    void tick();

    QLabel *m_none;
    QWidget *m_page;
    struct Row
    {
        QLabel *title;
        QLabel *value;
    };
    std::vector<Row> m_rows;
    std::optional<WorkerStatus> m_status;
    std::optional<WorkerSample> m_sample;
    QString m_lastError;
    std::optional<ProcessTree> m_tree;
    WorkerId m_followed{}; ///< whose processes were asked for, and in which state it was then
    State m_followedState = State::NotStarted;
    QTimer m_clock; ///< runs only while the worker shown is being stopped
    int m_ticks = 0;
};

} // namespace procession
