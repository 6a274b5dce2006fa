// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QComboBox>

namespace procession {

/// Chooses the signal that asks a worker to end. Offers the usual ones; another one is added when it is set.
class StopSignalCombo final : public QComboBox
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StopSignalCombo)

public:
    explicit StopSignalCombo(QWidget *parent = nullptr);

    int signalNumber() const;
    void setSignalNumber(int signalNumber);
};

} // namespace procession
