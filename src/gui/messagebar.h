// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QFrame>
#include <QList>
#include <QString>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace procession {

/// One message for the person, below the table: the rows stay under the mouse.
struct Message
{
    enum class Kind { Info, Problem };

    Kind kind = Kind::Info;
    QString text;
    QString key;          ///< a message replaces the one with its key; empty: its text is the key
    QString actionText{}; ///< empty: no action button
    std::function<void()> action{};
    QString alternativeText{}; ///< of a second button; empty: none
    std::function<void()> alternative{};
    QString behind{}; ///< the key of a message that this one does not cover, but follows; empty: none
};

/// Shows the newest message until it is dismissed; those before it come then. Hidden while there is
/// none.
class MessageBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageBar)

public:
    explicit MessageBar(QWidget *parent = nullptr);

    void post(const Message &message);
    /// Takes back the message with this key, shown or waiting.
    void retract(const QString &key);
    /// True if the message with this key was neither dismissed nor taken back.
    bool holds(const QString &key) const;
    /// The text shown, empty if none.
    QString text() const;
    /// So that Return does what the message offers.
    void focusAction();

protected:
    void changeEvent(QEvent *event) override;

private:
    QPushButton *addButton(const char *name, std::function<void()> Message::*run);
    void showNewest();

    QList<Message> m_messages;
    QLabel *m_icon;
    QLabel *m_label;
    QPushButton *m_action;
    QPushButton *m_alternative;
    QToolButton *m_close;
};

} // namespace procession
