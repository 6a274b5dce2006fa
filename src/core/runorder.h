// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace procession {

/// What a run is started with, besides its worker's spec.
struct RunOrder
{
    QString runId;
    QString rosterId;
    WorkerId worker{};
    std::shared_ptr<const WorkerSpec> spec;
    QString bellPath;
    qint64 outputLimit = 0; ///< bytes; 0: the keeper's own
    qint64 fileLimit = 0;   ///< soft RLIMIT_NOFILE the worker gets; 0: the launcher's
    int columns = 0;        ///< of its terminal, if it has one; 0: the keeper's own
    int rows = 0;
    QString projectFile; ///< empty: none
};

/// The `spec` file's bytes. Values of secret variables are left out: they travel in requestBytes().
QByteArray specBytes(const RunOrder &order);

/// What `procession-keeper --serve` reads to start the run in `runDirectory`: its path and what is not to be
/// stored.
QByteArray requestBytes(const QString &runDirectory, const WorkerSpec &spec);

} // namespace procession
