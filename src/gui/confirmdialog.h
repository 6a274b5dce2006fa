// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>

#include <memory>

namespace procession {

namespace Ui {
class ConfirmDialog;
}

/// What is asked before something that cannot be undone.
struct ConfirmRequest
{
    QString title;             ///< "Terminate 5 Workers?"
    QString text;              ///< what will happen, in a sentence or two
    QStringList items;         ///< whom it meets, a line each; a long list is cut with "… and 3 more"
    QString verb;              ///< of the button that does it: "Terminate 5"
    QString alternative;       ///< a milder way ("Leave Running"), or empty for none
    bool offerDontAsk = false; ///< show "Do not ask again"
};

/// Asks, naming the victims. Cancel is the default: Return, Escape and closing change nothing. Open it with
/// open().
class ConfirmDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConfirmDialog)

public:
    explicit ConfirmDialog(const ConfirmRequest &request, QWidget *parent = nullptr);
    ~ConfirmDialog() override;

Q_SIGNALS:
    void confirmed(bool dontAskAgain);
    void alternativeChosen();

private:
    std::unique_ptr<Ui::ConfirmDialog> m_ui;
};

} // namespace procession
