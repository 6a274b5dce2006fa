// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/confirmdialog.h"

#include "gui/icons.h"
#include "ui_confirmdialog.h"

#include <QPushButton>
#include <QStyle>

#include <algorithm>

namespace procession {

namespace {

// More names than this nobody reads; the count says the rest.
constexpr int maximumItems = 50;
constexpr int visibleItems = 8;

QStringList bounded(const QStringList &items)
{
    if (items.size() <= maximumItems)
        return items;
    QStringList shown = items.mid(0, maximumItems);
    shown.append(ConfirmDialog::tr("… and %n more", nullptr, int(items.size() - maximumItems)));
    return shown;
}

} // namespace

ConfirmDialog::ConfirmDialog(const ConfirmRequest &request, QWidget *parent)
    : QDialog(parent)
    , m_ui(std::make_unique<Ui::ConfirmDialog>())
{
    m_ui->setupUi(this);
    setWindowTitle(request.title);

    const int side = style()->pixelMetric(QStyle::PM_LargeIconSize, nullptr, this);
    m_ui->iconLabel->setPixmap(
        actionIcon(QStringLiteral("warning")).pixmap(QSize(side, side), devicePixelRatioF()));
    QFont bold = font();
    bold.setBold(true);
    m_ui->titleLabel->setFont(bold);
    m_ui->titleLabel->setText(request.title);
    m_ui->textLabel->setText(request.text);
    m_ui->textLabel->setVisible(!request.text.isEmpty());

    QListWidget *list = m_ui->confirmList;
    list->addItems(bounded(request.items));
    list->setVisible(!request.items.isEmpty());
    const int rows = std::clamp(list->count(), 1, visibleItems);
    const int height = rows * list->sizeHintForRow(0) + 2 * list->frameWidth();
    list->setMinimumHeight(height);
    // A short list has nothing to gain from a taller dialog.
    if (list->count() <= visibleItems)
        list->setMaximumHeight(height);
    list->setMinimumWidth(fontMetrics().averageCharWidth() * 50);
    m_ui->dontAskCheck->setVisible(request.offerDontAsk);

    QPushButton *cancel = m_ui->buttonBox->button(QDialogButtonBox::Cancel);
    cancel->setObjectName(QStringLiteral("cancelButton"));
    QPushButton *confirm = m_ui->buttonBox->addButton(request.verb, QDialogButtonBox::AcceptRole);
    confirm->setObjectName(QStringLiteral("confirmButton"));
    connect(confirm, &QPushButton::clicked, this, [this] {
        Q_EMIT confirmed(m_ui->dontAskCheck->isChecked());
        accept();
    });
    if (!request.alternative.isEmpty()) {
        QPushButton *alternative =
            m_ui->buttonBox->addButton(request.alternative, QDialogButtonBox::ActionRole);
        alternative->setObjectName(QStringLiteral("alternativeButton"));
        alternative->setAutoDefault(false);
        connect(alternative, &QPushButton::clicked, this, [this] {
            Q_EMIT alternativeChosen();
            accept();
        });
    }
    // A hasty Return must not end anything.
    confirm->setAutoDefault(false);
    cancel->setDefault(true);
    cancel->setFocus();
}

ConfirmDialog::~ConfirmDialog() = default;

} // namespace procession
