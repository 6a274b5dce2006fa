// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

namespace procession {

/// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal for as long as it lives, and has SIGPIPE ignored. One a
/// process. Signals that are ignored already stay so (nohup, `&` in a script).
class SignalPipe final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SignalPipe)

public:
    explicit SignalPipe(QObject *parent = nullptr);
    ~SignalPipe() override;

Q_SIGNALS:
    /// From the event loop, once for each signal that arrived.
    void caught(int signalNumber);
};

} // namespace procession
