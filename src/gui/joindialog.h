// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"

#include <QDialog>

#include <memory>

namespace procession {

namespace Ui {
class JoinDialog;
}

/// Asks what to wait for. Open it with open() and read spec() once it was accepted.
class JoinDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JoinDialog)

public:
    /// `selection` is offered first if it holds several workers, else `all`.
    JoinDialog(const QList<WorkerId> &all, const QList<WorkerId> &selection, QWidget *parent = nullptr);
    ~JoinDialog() override;

    JoinSpec spec() const;

private:
    QList<WorkerId> workers() const;
    void refresh();

    std::unique_ptr<Ui::JoinDialog> m_ui;
    QList<WorkerId> m_all;
    QList<WorkerId> m_selection;
};

} // namespace procession
