// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/diskwatch.h"

#include <QDateTime>
#include <QLabel>
#include <QString>

namespace procession {

class MessageBar;

/// How much room the disk has that keeps the output, for the status bar; and the warning, once each time it
/// becomes low or full. GUI thread.
class DiskMeter final : public QLabel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiskMeter)

public:
    /// Output is kept in `directory`, on the disk that `watch` watches. Both `watch` and `messages` outlive
    /// this.
    DiskMeter(const DiskWatch *watch, const QString &directory, MessageBar *messages,
              QWidget *parent = nullptr);

    /// What all kept runs took together just now.
    void setKeptBytes(qint64 bytes);

Q_SIGNALS:
    /// The person wants less to be kept.
    void limitsRequested();

private:
    void setState(const DiskState &state);
    void showDetails();
    void warn();

    QString m_directory;
    MessageBar *m_messages;
    DiskState m_state;
    qint64 m_keptBytes = -1; ///< not counted yet
    QDateTime m_countedAt;
};

} // namespace procession
