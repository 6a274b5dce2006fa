// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace procession::bench {

/// A run directory with much output in it, segments and index as a keeper writes them with a limit of 4 GiB.
/// Every line is numbered and differs from the others, one in a thousand is an ERROR. Removed with its owner.
class BigLog final
{
    Q_DISABLE_COPY_MOVE(BigLog)

public:
    /// `bytes` are rounded to whole lines of `lineBytes`, newline included, 60 at least.
    BigLog(qint64 bytes, int lineBytes);

    /// What went wrong, or an empty string.
    QString problem() const { return m_problem; }
    QString path() const { return m_directory.path(); }
    QStringList segments() const { return m_segments; } ///< paths, in order
    qint64 bytes() const { return m_lines * m_lineBytes; }
    qint64 lines() const { return m_lines; }
    qint64 errors() const { return (m_lines + 999) / 1000; } ///< lines with ERROR

private:
    QTemporaryDir m_directory;
    QStringList m_segments;
    QString m_problem;
    qint64 m_lines = 0;
    qint64 m_lineBytes = 0;
};

} // namespace procession::bench
