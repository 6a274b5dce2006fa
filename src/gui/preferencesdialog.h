// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QDialog>

#include <memory>

namespace procession {

class Settings;

namespace Ui {
class PreferencesDialog;
}

/// The settings that exist. Every change counts at once; there is nothing to apply. Open it with open() or
/// show().
class PreferencesDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PreferencesDialog)

public:
    /// `settings` outlives the dialog.
    explicit PreferencesDialog(Settings *settings, QWidget *parent = nullptr);
    ~PreferencesDialog() override;

    /// Goes to the page on which the runs that are kept are limited.
    void showRunLimits();

private:
    void load();
    void showEditorNote();

    std::unique_ptr<Ui::PreferencesDialog> m_ui;
    Settings *m_settings;
};

} // namespace procession
