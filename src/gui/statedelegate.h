// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/lifecycle.h"

#include <QStyledItemDelegate>

namespace procession {

/// Paints the State column: shape and word of the state, coloured unless the row is selected, the palette is
/// a high-contrast one, or the person wants none. Reads StateRole and OutcomeRole of WorkerTableModel.
class StateDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StateDelegate)

public:
    explicit StateDelegate(QObject *parent = nullptr);

    /// The views that use this delegate are to be repainted by the caller.
    void setColoured(bool coloured);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    bool m_coloured = true;
};

} // namespace procession
