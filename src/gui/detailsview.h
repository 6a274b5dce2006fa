// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QScrollArea>

#include <chrono>
#include <vector>

class QLabel;

namespace procession {

/// Everything that is known of one worker, as label and value rows whose text can be selected. Only what
/// changed is set, so nothing flickers and no selection is lost. GUI thread.
class DetailsView final : public QScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DetailsView)

public:
    explicit DetailsView(QWidget *parent = nullptr);

    using QWidget::show;
    /// Null `status`: no worker is selected; null `sample`: nothing measured. `now` on CLOCK_BOOTTIME.
    void show(const WorkerStatus *status, const WorkerSample *sample, std::chrono::nanoseconds now);

private:
    QLabel *m_none;
    QWidget *m_page;
    struct Row
    {
        QLabel *title;
        QLabel *value;
    };
    std::vector<Row> m_rows;
};

} // namespace procession
