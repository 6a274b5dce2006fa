// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

class QSocketNotifier;

namespace procession {

/// The datagram socket keepers ring when the state of a run changed. A ring may be lost; the Supervisor
/// sweeps behind it. GUI thread.
class Doorbell final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Doorbell)

public:
    explicit Doorbell(QObject *parent = nullptr);
    ~Doorbell() override;

    /// Binds the socket at `path`, replacing a stale one. Returns why it failed, or an empty string.
    QString bind(const QString &path);
    QString path() const { return m_path; }
    /// Sends raiseRequest to the socket at `path`. False if nobody listens there.
    static bool askToRaise(const QString &path);

Q_SIGNALS:
    /// Runs whose state changed, each named once. `overflowed`: the socket's queue had been full, so that
    /// further rings may have been lost.
    void rang(const QStringList &runIds, bool overflowed);
    /// Somebody asks this window to come to the front.
    void raiseRequested();

private:
    void drain();
    static int queueLength();

    QString m_path;
    int m_socket = -1;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace procession
