// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace procession {

/// Why a file's text is not to be had. Lines and columns count from 1; 0: the file as a whole.
struct TextFileError
{
    bool missing = false; ///< there is no such file
    int line = 0;
    int column = 0;
    QString message;
};

/// The bytes of the regular file `path`, at most `limit`. Never waits for a writer: a directory, a FIFO, a
/// device or a socket is an error, and so is a file that is larger. Any thread.
std::optional<QByteArray> readRegularFile(const QString &path, qint64 limit, TextFileError *error);

/// `bytes` as text. A NUL or a sequence that is not UTF-8 is an error that names its place; a byte order mark
/// is left out.
std::optional<QString> decodeText(const QByteArray &bytes, TextFileError *error);

} // namespace procession
