// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/statedelegate.h"

#include "gui/icons.h"
#include "model/workertablemodel.h"

namespace procession {

StateDelegate::StateDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

void StateDelegate::setColoured(bool coloured)
{
    m_coloured = coloured;
}

// Only the option is changed and the style does the painting: so eliding, right-to-left, size hints and the
// colours of a selected row come out as in every other cell.
void StateDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    bool known = false;
    const State state = static_cast<State>(index.data(WorkerTableModel::StateRole).toInt(&known));
    if (!known)
        return;
    const Outcome outcome = static_cast<Outcome>(index.data(WorkerTableModel::OutcomeRole).toInt());
    QPalette &palette = option->palette;
    palette.setCurrentColorGroup(option->state.testFlag(QStyle::State_Active) ? QPalette::Active
                                                                              : QPalette::Inactive);
    const bool coloured = m_coloured && !isHighContrast(palette);
    option->icon = stateIcon(state, outcome, palette, coloured);
    option->features |= QStyleOptionViewItem::HasDecoration;
    if (coloured) {
        for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive})
            palette.setColor(group, QPalette::Text, stateColor(state, outcome, palette));
    }
}

} // namespace procession
