// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QByteArray>
#include <QList>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <optional>

namespace procession {

/// Why a project file cannot be opened, and where. Lines and columns count from 1; 0: the file as a whole.
struct ProjectError
{
    QString file;
    int line = 0;
    int column = 0;
    QString key;     ///< dotted path of the key, e.g. "processes.web.command"; may be empty
    QString message; ///< what was found and what is accepted

    /// "nightly.yaml:7:5: processes.web.command: expected text, found a list".
    QString text() const;
};

/// What a project file says.
struct Project
{
    QString file;                ///< absolute
    QByteArray hash;             ///< of the bytes, to notice a change
    QList<WorkerSpec> workers;   ///< in the order of the file
    QStringList unsupportedKeys; ///< each once, sorted: kept in the file, but without effect here
    QStringList notices;         ///< other sentences the person should read once
};

/// The largest project file that is read.
inline constexpr qint64 maximumProjectBytes = 16 << 20;

/// Reads a process-compose YAML file. Does file I/O; any thread. `environment` is what ${VAR} expands from,
/// after the `.env` file beside it. On failure nullopt, and `*error` says where and why.
std::optional<Project> readProjectFile(const QString &path, const QProcessEnvironment &environment,
                                       ProjectError *error);

/// The same for text at hand; `path` names it in errors and resolves relative working directories.
std::optional<Project> readProjectText(const QByteArray &text, const QString &path,
                                       const QProcessEnvironment &environment, ProjectError *error);

} // namespace procession
