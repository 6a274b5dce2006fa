// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/join.h"

#include <QFrame>

class QVBoxLayout;

namespace procession {

class JoinRow;
class Supervisor;

/// Shows the joins under way, a row each: how far, how long still, who is awaited; and how each ended, until
/// the person closes it. Never in the way: it is hidden while there is nothing to show.
class JoinBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JoinBar)

public:
    explicit JoinBar(Supervisor *supervisor, QWidget *parent = nullptr);
    ~JoinBar() override;

    /// Starts the join and shows it. Ended joins make room for a new one; those under way stay.
    void watch(const JoinSpec &spec);
    /// Rows shown.
    int count() const { return int(m_rows.size()); }

Q_SIGNALS:
    void showFailedRequested();
    /// The person wants those still awaited terminated; asking first is the receiver's business.
    void terminateRequested(const QList<procession::WorkerId> &ids);
    /// A join came to its end; `text` as the bar shows it.
    void ended(const procession::JoinResult &result, const QString &text);

private:
    void remove(JoinRow *row);

    Supervisor *m_supervisor;
    QVBoxLayout *m_layout;
    QList<JoinRow *> m_rows; ///< as they were begun
};

} // namespace procession
