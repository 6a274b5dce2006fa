// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QToolBar>

class QComboBox;
class QLabel;

namespace procession {

class Settings;

/// The buttons above the output. What they do is connected by OutputView, but for what concerns only the
/// settings. GUI thread.
class OutputToolBar final : public QToolBar
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputToolBar)

public:
    explicit OutputToolBar(Settings *settings, QWidget *parent = nullptr);

    QAction *findAction() const { return m_find; }
    QAction *followAction() const { return m_follow; }
    QAction *clearAction() const { return m_clear; }
    QAction *saveAction() const { return m_save; }
    QAction *rawAction() const { return m_raw; }
    QAction *sideBySideAction() const { return m_sideBySide; }
    QAction *copyAllAction() const { return m_copyAll; }
    QAction *editorAction() const { return m_editor; }
    QAction *folderAction() const { return m_folder; }
    /// What belongs into a menu about how output is shown.
    QList<QAction *> viewActions() const;

    /// The stream to be shown: 1, 2, or 0 for both.
    int stream() const;
    /// A run whose streams are one: there is nothing to choose, and `reason` says why. Empty: there is.
    void setOneStream(const QString &reason);
    void setRemark(const QString &text, const QString &toolTip = {});

Q_SIGNALS:
    void streamChosen();

private:
    QAction *add(QAction *action, const char *name);
    QAction *checkable(const QIcon &icon, const QString &label, const QString &tip);
    QAction *zoom(const QString &label, const QKeySequence &keys, int step);
    void addMore();

    Settings *m_settings;
    QComboBox *m_stream;
    QAction *m_find;
    QAction *m_wrap;
    QAction *m_times;
    QAction *m_numbers;
    QAction *m_raw;
    QAction *m_sideBySide;
    QAction *m_follow;
    QAction *m_clear;
    QAction *m_save;
    QAction *m_copyAll;
    QAction *m_editor;
    QAction *m_folder;
    QList<QAction *> m_zooms;
    QLabel *m_remark;
    int m_chosen = 0; ///< comes back after a run that has but one stream
};

} // namespace procession
