// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/oldrunbar.h"

#include "model/runsmodel.h"
#include "model/workertext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace procession {

OldRunBar::OldRunBar(QWidget *parent)
    : QFrame(parent)
    , m_label(new QLabel(this))
    , m_button(new QPushButton(tr("Show &Current"), this))
{
    setObjectName(QStringLiteral("oldRunBar"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    setAccessibleName(tr("Earlier run"));
    m_label->setObjectName(QStringLiteral("oldRunLabel"));
    m_label->setForegroundRole(QPalette::ToolTipText);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_button->setObjectName(QStringLiteral("showCurrentRunButton"));
    m_button->setToolTip(tr("Go back to the output of the current run"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 3, 4, 3);
    layout->addWidget(m_label, 1);
    layout->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, this, &OldRunBar::currentRequested);
    hide();
}

void OldRunBar::setRun(const RunRecord &run)
{
    const WorkerStatus &status = run.status;
    const QString when = runTimeText(status);
    QString ending = stateWord(status.state, status.outcome);
    if (status.exitCode)
        ending = *status.exitCode < 0 ? exitText(status) : tr("exit %1", "exit code").arg(exitText(status));
    const QString text = when.isEmpty() ? tr("Output of an earlier run, %1").arg(ending)
                                        : tr("Output of the run of %1, %2", "time, exit").arg(when, ending);
    m_label->setText(text);
    setAccessibleDescription(text);
}

} // namespace procession
