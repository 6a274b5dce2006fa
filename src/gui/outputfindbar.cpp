// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputfindbar.h"

#include "gui/icons.h"
#include "gui/outputtext.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>

namespace procession {

OutputFindBar::OutputFindBar(OutputText *lines, QWidget *parent)
    : QWidget(parent)
    , m_lines(lines)
    , m_edit(new QLineEdit(this))
    , m_count(new QLabel(this))
{
    setObjectName(u"outputFindBar"_qs);
    m_edit->setObjectName(u"outputFindEdit"_qs);
    m_edit->setAccessibleName(tr("Find in output"));
    m_edit->setPlaceholderText(tr("Find in the lines shown"));
    m_edit->setClearButtonEnabled(true);
    m_count->setObjectName(u"outputFindLabel"_qs);
    auto *previous = new QPushButton(tr("Previous"), this);
    previous->setObjectName(u"outputFindPreviousButton"_qs);
    auto *next = new QPushButton(tr("Next"), this);
    next->setObjectName(u"outputFindNextButton"_qs);
    auto *close = new QToolButton(this);
    close->setObjectName(u"outputFindCloseButton"_qs);
    close->setIcon(actionIcon(u"close"_qs));
    close->setAutoRaise(true);
    close->setToolTip(tr("Close"));
    close->setAccessibleName(tr("Close"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_count);
    layout->addWidget(previous);
    layout->addWidget(next);
    layout->addWidget(close);
    hide();

    connect(m_edit, &QLineEdit::textChanged, this, [this] {
        QTextCursor from = m_lines->textCursor(); // a longer text may still be found where we are
        from.setPosition(from.selectionStart());
        find(false, from);
        recount();
    });
    connect(m_edit, &QLineEdit::returnPressed, this, &OutputFindBar::findNext);
    connect(next, &QPushButton::clicked, this, &OutputFindBar::findNext);
    connect(previous, &QPushButton::clicked, this, &OutputFindBar::findPrevious);
    connect(close, &QToolButton::clicked, this, &OutputFindBar::leave);
    const auto shortcut = [this](const QKeySequence &keys, auto slot) {
        auto *made = new QShortcut(keys, this);
        made->setContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QShortcut::activated, this, slot);
    };
    shortcut(Qt::Key_Escape, &OutputFindBar::leave);
    shortcut(Qt::SHIFT | Qt::Key_Return, &OutputFindBar::findPrevious);
}

void OutputFindBar::open()
{
    show();
    const QTextCursor cursor = m_lines->textCursor();
    if (cursor.hasSelection() && !cursor.selectedText().contains(QChar::ParagraphSeparator)) {
        m_edit->setText(cursor.selectedText());
    }
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
    recount();
}

void OutputFindBar::findNext()
{
    find(false, m_lines->textCursor());
}

void OutputFindBar::findPrevious()
{
    find(true, m_lines->textCursor());
}

void OutputFindBar::recount()
{
    const QString wanted = m_edit->text();
    const auto count = wanted.isEmpty() ? 0 : m_lines->toPlainText().count(wanted, Qt::CaseInsensitive);
    m_count->setText(wanted.isEmpty() ? QString()
                     : count == 0     ? tr("Not found")
                     : count == 1     ? tr("1 match")
                                      : tr("%1 matches").arg(count));
}

void OutputFindBar::find(bool backward, const QTextCursor &from)
{
    const QString wanted = m_edit->text();
    if (wanted.isEmpty()) {
        return;
    }
    const QTextDocument::FindFlags flags =
        backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    QTextCursor found = m_lines->document()->find(wanted, from, flags);
    if (found.isNull()) { // once around
        QTextCursor edge(m_lines->document());
        edge.movePosition(backward ? QTextCursor::End : QTextCursor::Start);
        found = m_lines->document()->find(wanted, edge, flags);
    }
    if (!found.isNull()) {
        m_lines->setTextCursor(found);
    }
}

void OutputFindBar::leave()
{
    hide();
    m_lines->setFocus();
}

} // namespace procession
