// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QTextCursor;

namespace procession {

class OutputText;

/// Finds text in the lines that are shown: the next, the one before, and how many there are. GUI thread.
class OutputFindBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputFindBar)

public:
    OutputFindBar(OutputText *lines, QWidget *parent);

    /// Shows the bar with what is selected in the lines, if that is within one line.
    void open();
    void findNext();
    void findPrevious();
    /// To be called when the lines changed.
    void recount();

private:
    void find(bool backward, const QTextCursor &from);
    void leave();

    OutputText *m_lines;
    QLineEdit *m_edit;
    QLabel *m_count;
};

} // namespace procession
