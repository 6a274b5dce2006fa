// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/inputbar.h"

#include "model/workertext.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <algorithm>

namespace procession {
namespace {

QToolButton *makeButton(const QString &name, const QString &text, const QString &tip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

InputBar::InputBar(QWidget *parent)
    : QWidget(parent)
    , m_edit(new QLineEdit(this))
    , m_waitingLabel(new QLabel(this))
    , m_interruptButton(makeButton(u"inputInterruptButton"_qs, tr("Interrupt"),
                                   tr("Send Ctrl+C, as typed at a terminal"), this))
{
    setObjectName(u"inputBar"_qs);
    m_edit->setObjectName(u"inputEdit"_qs);
    m_edit->setAccessibleName(tr("Input"));
    m_edit->setPlaceholderText(tr("Type a line for the worker to read"));
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setLayoutDirection(Qt::LeftToRight);
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::returnPressed, this, &InputBar::send);
    m_waitingLabel->setObjectName(u"inputWaitingLabel"_qs);
    m_waitingLabel->setForegroundRole(QPalette::PlaceholderText);
    m_waitingLabel->setToolTip(tr("The worker has not read this much of what was sent to it."));
    QToolButton *sendButton =
        makeButton(u"inputSendButton"_qs, tr("Send"), tr("Send the line to the worker (Return)"), this);
    QToolButton *endButton =
        makeButton(u"inputEndButton"_qs, tr("End of Input"),
                   tr("Tell the worker that no more input follows, as Ctrl+D does"), this);
    connect(sendButton, &QToolButton::clicked, this, &InputBar::send);
    connect(m_interruptButton, &QToolButton::clicked, this, &InputBar::interrupt);
    connect(endButton, &QToolButton::clicked, this, &InputBar::endRequested);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_waitingLabel);
    layout->addWidget(sendButton);
    layout->addWidget(m_interruptButton);
    layout->addWidget(endButton);
    setFocusProxy(m_edit);
    setWorker({}, false);
    showWaiting();
}

void InputBar::setWorker(WorkerId worker, bool terminal)
{
    m_terminal = terminal;
    m_interruptButton->setVisible(terminal);
    if (worker == m_worker)
        return;
    if (m_edit->text().isEmpty())
        m_unfinished.remove(m_worker);
    else if (m_unfinished.size() < mostLines)
        m_unfinished.insert(m_worker, m_edit->text());
    m_worker = worker;
    m_edit->setText(m_unfinished.take(worker));
    m_recalled = m_earlier.size();
    showWaiting();
}

void InputBar::setWaiting(WorkerId worker, qint64 bytes)
{
    if (bytes > 0)
        m_waiting.insert(worker, bytes);
    else
        m_waiting.remove(worker);
    if (worker == m_worker)
        showWaiting();
}

bool InputBar::eventFilter(QObject *watched, QEvent *event)
{
    const bool override = event->type() == QEvent::ShortcutOverride;
    if (watched != m_edit || (!override && event->type() != QEvent::KeyPress))
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool control = key->modifiers() == Qt::ControlModifier;
    const bool interrupts = control && key->key() == Qt::Key_C && m_terminal && !m_edit->hasSelectedText();
    const bool ends = control && key->key() == Qt::Key_D && m_terminal;
    const bool recalls = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier &&
                         (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down);
    if (!interrupts && !ends && !recalls)
        return QWidget::eventFilter(watched, event);
    if (override) { // or the window's own shortcut would take it: Ctrl+D duplicates a worker
        event->accept();
        return true;
    }
    if (interrupts)
        interrupt();
    else if (recalls)
        recall(key->key() == Qt::Key_Up ? -1 : 1);
    else if (m_edit->text().isEmpty())
        Q_EMIT endRequested();
    return true;
}

void InputBar::send()
{
    const QString line = m_edit->text();
    if (!line.isEmpty() && (m_earlier.isEmpty() || m_earlier.last() != line))
        m_earlier.append(line);
    if (m_earlier.size() > mostLines)
        m_earlier.removeFirst();
    m_recalled = m_earlier.size();
    m_unsent.clear();
    m_edit->clear();
    Q_EMIT inputRequested(line.toUtf8() + '\n');
}

void InputBar::interrupt()
{
    m_edit->clear(); // as a terminal gives up the line
    m_recalled = m_earlier.size();
    Q_EMIT inputRequested(QByteArrayLiteral("\x03"));
}

void InputBar::recall(int step)
{
    const qsizetype wanted = std::clamp<qsizetype>(m_recalled + step, 0, m_earlier.size());
    if (wanted == m_recalled)
        return;
    if (m_recalled == m_earlier.size())
        m_unsent = m_edit->text();
    m_recalled = wanted;
    m_edit->setText(wanted < m_earlier.size() ? m_earlier.at(wanted) : m_unsent);
}

void InputBar::showWaiting()
{
    const qint64 bytes = m_waiting.value(m_worker);
    m_waitingLabel->setVisible(bytes > 0);
    m_waitingLabel->setText(bytes > 0 ? tr("%1 not read yet", "an amount of bytes").arg(bytesText(bytes))
                                      : QString());
}

} // namespace procession
