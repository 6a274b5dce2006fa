// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"
#include "core/rundirectory.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace procession {

/// A directory of run directories, read by way of its descriptor: thousands of runs take no path look-ups.
/// Nothing in it is trusted. Reentrant; takes its time.
class RunFiles final
{
    Q_DISABLE_COPY_MOVE(RunFiles)

public:
    explicit RunFiles(const QString &runsDirectory);
    ~RunFiles();

    bool isOpen() const { return m_runs >= 0; }
    /// All that may be runs, by their file names, oldest first.
    QList<QByteArray> names() const;
    /// See RunCatalog::read().
    std::optional<RunRecord> read(const QByteArray &name) const;
    /// Removes one run that nobody keeps. False if it is kept, holds a file that is not ours, or cannot be
    /// removed. Cut off at any point it leaves a run that can be removed later.
    bool remove(const QByteArray &name) const;
    /// Removes what a window left that was killed before it could write the run's spec.
    void removeEmpty(const QByteArray &name) const;

    /// When the run of this id was made; invalid if it is no id of ours.
    static QDateTime timeOf(const QString &runId);

private:
    QString m_path;
    int m_runs;
};

} // namespace procession
