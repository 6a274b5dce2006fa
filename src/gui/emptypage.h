// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QWidget>

#include <memory>

namespace procession {

namespace Ui {
class EmptyPage;
}

/// What stands in place of an empty table: a box to type a command into, and the way to a project file.
class EmptyPage final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmptyPage)

public:
    explicit EmptyPage(QWidget *parent = nullptr);
    ~EmptyPage() override;

    /// Why nothing can be run from here, for a person to read; empty if it can.
    void setObstacle(const QString &obstacle);
    void setRecentFiles(const QStringList &files);

Q_SIGNALS:
    /// The person wants this to run; it is a command that can be executed.
    void runRequested(const procession::Command &command);
    void openRequested();
    void recentRequested(const QString &file);

private:
    void check();
    void run();

    std::unique_ptr<Ui::EmptyPage> m_ui;
    QString m_obstacle;
};

} // namespace procession
