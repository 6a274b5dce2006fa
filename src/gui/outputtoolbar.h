// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QToolBar>

class QComboBox;
class QLabel;

namespace procession {

class OutputText;
class Settings;

/// The buttons above a worker's output. What they do is connected by OutputView, but for what concerns only
/// the text and the settings. GUI thread.
class OutputToolBar final : public QToolBar
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputToolBar)

public:
    OutputToolBar(OutputText *lines, Settings *settings, QWidget *parent = nullptr);

    QAction *findAction() const { return m_find; }
    QAction *followAction() const { return m_follow; }
    QAction *clearAction() const { return m_clear; }
    QAction *saveAction() const { return m_save; }
    QAction *folderAction() const { return m_folder; }

    /// The stream to be shown: 1, 2, or 0 for both.
    int stream() const;
    /// A run whose streams are one: there is nothing to choose, and `reason` says why. Empty: there is.
    void setOneStream(const QString &reason);
    void setRemark(const QString &text, const QString &toolTip = {});

Q_SIGNALS:
    void streamChosen();

private:
    QAction *add(QAction *action, const char *name);
    QAction *addCheckable(const QIcon &icon, const QString &label, const QString &tip, const char *name);

    QComboBox *m_stream;
    QAction *m_find;
    QAction *m_follow;
    QAction *m_clear;
    QAction *m_save;
    QAction *m_folder;
    QLabel *m_remark;
    int m_chosen = 0; ///< comes back after a run that has but one stream
};

} // namespace procession
