// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace procession {

/// What a run was started with, as its `spec` file tells it (rundir.h has the format).
struct RunSpec
{
    QString runId;
    QString rosterId;
    WorkerId worker{};
    QString projectFile; ///< empty: none
    WorkerSpec spec;     ///< without the values that are not stored
};

/// Reads a `spec` file's bytes. nullopt if they are none, cut short or without a command; keys that are not
/// known and values that make no sense are passed over. Pure.
std::optional<RunSpec> parseRunSpec(const QByteArray &bytes);

} // namespace procession
