// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace procession {

/// Says above the output that it is not the current run's, and leads back. Hidden while it is.
class OldRunBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OldRunBar)

public:
    explicit OldRunBar(QWidget *parent = nullptr);

    void setRun(const RunRecord &run);

Q_SIGNALS:
    void currentRequested();

private:
    QLabel *m_label;
    QPushButton *m_button;
};

} // namespace procession
