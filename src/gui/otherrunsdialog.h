// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"

#include <QDialog>
#include <QTimer>

#include <memory>

class QPushButton;

namespace procession {

class OutputView;
class RunsModel;
class Settings;

namespace Ui {
class OtherRunsDialog;
}

/// The runs of rosters that nobody has open: what runs, what ended, and what can be done to them. Reads them
/// again at the monitor's interval while it is visible. Show it with show(). GUI thread.
class OtherRunsDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OtherRunsDialog)

public:
    /// Both outlive the dialog.
    OtherRunsDialog(RunCatalog *catalog, Settings *settings, QWidget *parent = nullptr);
    ~OtherRunsDialog() override;

Q_SIGNALS:
    /// The person wants the roster of these runs open: that of a project file, or, where `projectFile` is
    /// empty, that of the unsaved workers.
    void openRequested(const QString &projectFile);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void refresh();
    void take(const QList<RunRecord> &runs);
    void showButtons();
    void showOutput();
    QList<RunRecord> selected() const;
    void terminate();
    void kill();
    void askToEnd(const QList<RunRecord> &runs, bool kill);
    void end(const QStringList &runIds, bool kill);
    void remove();

    std::unique_ptr<Ui::OtherRunsDialog> m_ui;
    RunCatalog *m_catalog;
    Settings *m_settings;
    RunsModel *m_model;
    OutputView *m_output;
    QTimer m_timer{this};
    bool m_known = false; ///< the catalog has answered
};

} // namespace procession
