// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/messagebar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include <algorithm>

namespace procession {

namespace {

// So many unread messages are not read any more.
constexpr qsizetype maximumMessages = 20;

} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_label(new QLabel(this))
    , m_action(addButton("messageBarAction", &Message::action))
    , m_alternative(addButton("messageBarAlternative", &Message::alternative))
    , m_close(new QToolButton(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    setForegroundRole(QPalette::ToolTipText);
    setAccessibleName(tr("Message"));

    m_icon->setObjectName(QStringLiteral("messageBarIcon"));
    m_label->setObjectName(QStringLiteral("messageBarLabel"));
    m_label->setForegroundRole(QPalette::ToolTipText);
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_close->setObjectName(QStringLiteral("messageBarClose"));
    m_close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    m_close->setAutoRaise(true);
    m_close->setFocusPolicy(Qt::StrongFocus);
    m_close->setToolTip(tr("Dismiss this message"));
    m_close->setAccessibleName(tr("Dismiss this message"));

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 3, 4, 3);
    layout->addWidget(m_icon);
    layout->addWidget(m_label, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_alternative);
    layout->addWidget(m_close);

    connect(m_close, &QToolButton::clicked, this, [this] {
        m_messages.removeLast();
        showNewest();
    });
    showNewest();
}

QPushButton *MessageBar::addButton(const char *name, std::function<void()> Message::*run)
{
    auto *button = new QPushButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->setAutoDefault(true); // Return presses it, as Space does
    connect(button, &QPushButton::clicked, this, [this, run] {
        // What it does may post the next message: this one is gone by then.
        const Message message = m_messages.takeLast();
        showNewest();
        (message.*run)();
    });
    return button;
}

void MessageBar::post(const Message &message)
{
    Message added = message;
    if (added.key.isEmpty())
        added.key = added.text;
    m_messages.removeIf([&](const Message &other) { return other.key == added.key; });
    if (m_messages.size() == maximumMessages)
        m_messages.removeFirst();
    const auto covered = std::find_if(m_messages.cbegin(), m_messages.cend(), [&](const Message &other) {
        return !added.behind.isEmpty() && other.key == added.behind;
    });
    m_messages.insert(covered - m_messages.cbegin(), added);
    showNewest();
}

void MessageBar::retract(const QString &key)
{
    if (m_messages.removeIf([&](const Message &message) { return message.key == key; }) > 0)
        showNewest();
}

bool MessageBar::holds(const QString &key) const
{
    return std::any_of(m_messages.cbegin(), m_messages.cend(),
                       [&](const Message &message) { return message.key == key; });
}

QString MessageBar::text() const
{
    return m_messages.isEmpty() ? QString() : m_messages.last().text;
}

void MessageBar::focusAction()
{
    m_action->setFocus();
}

void MessageBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        m_close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
}

void MessageBar::showNewest()
{
    setVisible(!m_messages.isEmpty());
    if (m_messages.isEmpty())
        return;
    const Message &message = m_messages.last();
    const auto icon = message.kind == Message::Kind::Problem ? QStyle::SP_MessageBoxWarning
                                                             : QStyle::SP_MessageBoxInformation;
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_icon->setPixmap(style()->standardIcon(icon, nullptr, this).pixmap(size));
    m_label->setText(message.text);
    setAccessibleDescription(message.text);
    const auto offer = [](QPushButton *button, const QString &text) {
        button->setVisible(!text.isEmpty());
        button->setText(text);
        button->setAccessibleName(text);
    };
    offer(m_action, message.actionText);
    offer(m_alternative, message.alternativeText);
}

} // namespace procession
