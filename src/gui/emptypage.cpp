// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/emptypage.h"

#include "core/shellwords.h"
#include "gui/icons.h"
#include "ui_emptypage.h"

#include <QFileInfo>
#include <QPushButton>

namespace procession {

namespace {

constexpr qsizetype shownRecentFiles = 5;

} // namespace

EmptyPage::EmptyPage(QWidget *parent)
    : QWidget(parent)
    , m_ui(std::make_unique<Ui::EmptyPage>())
{
    m_ui->setupUi(this);
    m_ui->emptyRunButton->setIcon(actionIcon(QStringLiteral("start")));
    m_ui->emptyOpenButton->setIcon(actionIcon(QStringLiteral("open")));
    QFont font = m_ui->emptyTitleLabel->font();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    m_ui->emptyTitleLabel->setFont(font);
    m_ui->emptyIconLabel->setPixmap(actionIcon(QStringLiteral("procession")).pixmap(64));
    m_ui->emptyCommandEdit->setMinimumWidth(fontMetrics().averageCharWidth() * 56);
    setFocusProxy(m_ui->emptyCommandEdit);

    connect(m_ui->emptyCommandEdit, &QLineEdit::textChanged, this, &EmptyPage::check);
    connect(m_ui->emptyCommandEdit, &QLineEdit::returnPressed, this, &EmptyPage::run);
    connect(m_ui->emptyRunButton, &QPushButton::clicked, this, &EmptyPage::run);
    connect(m_ui->emptyOpenButton, &QPushButton::clicked, this, &EmptyPage::openRequested);
    check();
}

EmptyPage::~EmptyPage() = default;

void EmptyPage::setObstacle(const QString &obstacle)
{
    m_obstacle = obstacle;
    const bool usable = obstacle.isEmpty();
    m_ui->emptyTitleLabel->setText(usable ? tr("No workers yet") : tr("No list of workers is open"));
    m_ui->emptyTextLabel->setVisible(usable);
    // What is typed here would be lost.
    m_ui->emptyCommandEdit->setEnabled(usable);
    check();
}

void EmptyPage::setRecentFiles(const QStringList &files)
{
    while (const QLayoutItem *item = m_ui->emptyRecentLayout->takeAt(0)) {
        item->widget()->deleteLater(); // it may be the one whose click is being handled
        item->widget()->hide();
        delete item;
    }
    for (const QString &file : files.first(std::min(files.size(), shownRecentFiles))) {
        auto *button = new QPushButton(QFileInfo(file).fileName().replace(u'&', QStringLiteral("&&")), this);
        button->setObjectName(QStringLiteral("emptyRecentButton"));
        button->setAccessibleName(tr("Open %1").arg(file));
        button->setToolTip(file);
        button->setFlat(true);
        connect(button, &QPushButton::clicked, this, [this, file] { Q_EMIT recentRequested(file); });
        m_ui->emptyRecentLayout->addWidget(button);
    }
    m_ui->emptyRecentLabel->setVisible(!files.isEmpty());
}

void EmptyPage::check()
{
    const QString typed = m_ui->emptyCommandEdit->text();
    QString problem;
    const Command command = Command::fromTyped(typed, &problem);
    if (problem.isEmpty())
        problem = command.problem();
    if (!m_obstacle.isEmpty())
        problem = m_obstacle;
    m_ui->emptyRunButton->setEnabled(problem.isEmpty());
    m_ui->emptyRunButton->setToolTip(problem);

    QString hint;
    if (m_obstacle.isEmpty() && typed.trimmed().isEmpty())
        hint = tr("As you would type it in a terminal, for example: ping -c 5 localhost");
    else if (!problem.isEmpty())
        hint = problem;
    else if (command.kind() == Command::Kind::Shell)
        hint = tr("Runs through /bin/sh because of “%1”.").arg(shellSyntaxIn(typed));
    else
        hint = tr("Runs directly, without a shell.");
    m_ui->emptyHintLabel->setText(hint);
}

void EmptyPage::run()
{
    const Command command = Command::fromTyped(m_ui->emptyCommandEdit->text());
    if (!command.problem().isEmpty() || !m_obstacle.isEmpty())
        return;
    Q_EMIT runRequested(command);
    m_ui->emptyCommandEdit->clear();
}

} // namespace procession
