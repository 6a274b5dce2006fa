// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <QString>

namespace procession {

/// The way to a run's keeper: its control socket. Nothing here waits; any thread.
class RunControl final
{
public:
    enum class Result {
        Sent,
        Busy,        ///< the keeper is there but takes nothing now, or this process has no file to spare
        Unreachable, ///< nobody listens
    };

    explicit RunControl(const QString &runDirectory);

    /// Sends one command.
    Result send(rundir::Verb verb, int argument = 0) const;

    /// Sends one command and leaves the connection open for its reply: a descriptor, non-blocking, the
    /// caller's to close; or -1, with the reason in `*result`.
    int ask(rundir::Verb verb, Result *result) const;

    /// The descriptor in the reply that arrived on `connection`, non-blocking, the caller's to close; -1 if
    /// there is none in it. `*isThere` is false while no reply has arrived.
    static int takeDescriptor(int connection, bool *isThere);

private:
    int connect(Result *result) const;
    static Result put(int connection, rundir::Verb verb, int argument);

    QString m_runDirectory;
};

} // namespace procession
