// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/joinbar.h"

#include "gui/joinrow.h"

#include <QVBoxLayout>

namespace procession {

JoinBar::JoinBar(Supervisor *supervisor, QWidget *parent)
    : QFrame(parent)
    , m_supervisor(supervisor)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("joinBar"));
    setAccessibleName(tr("Joins"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    hide();
}

JoinBar::~JoinBar() = default;

void JoinBar::watch(const JoinSpec &spec)
{
    // What has ended was there to be read; the new one is what the person looks for now.
    const QList<JoinRow *> shown = m_rows;
    for (JoinRow *row : shown) {
        if (row->isEnded())
            remove(row);
    }
    auto *row = new JoinRow(spec, m_supervisor, this);
    m_rows.append(row);
    m_layout->addWidget(row);
    connect(row, &JoinRow::showFailedRequested, this, &JoinBar::showFailedRequested);
    connect(row, &JoinRow::terminateRequested, this, &JoinBar::terminateRequested);
    connect(row, &JoinRow::ended, this, &JoinBar::ended);
    connect(row, &JoinRow::closed, this, [this, row] { remove(row); });
    row->start();
    show();
}

void JoinBar::remove(JoinRow *row)
{
    m_rows.removeOne(row);
    m_layout->removeWidget(row);
    row->hide();
    // Not among the children any more: nobody who looks for the bar's label may find the old one.
    row->setParent(nullptr);
    row->deleteLater();
    setVisible(!m_rows.isEmpty());
}

} // namespace procession
