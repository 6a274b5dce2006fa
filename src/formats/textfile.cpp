// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/textfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QLocale>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::TextFile", text);
}

QString openProblem(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return tr("There is no such file.");
    case EACCES:
    case EPERM:
        return tr("It cannot be read: you have no permission.");
    case ELOOP:
        return tr("It cannot be read: its symbolic links lead in a circle.");
    case ENAMETOOLONG:
        return tr("It cannot be read: the name is too long.");
    default:
        return tr("It cannot be read: %1.").arg(qt_error_string(error));
    }
}

// Why something that is no regular file is not read, or an empty string.
QString kindProblem(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return {};
    case S_IFDIR:
        return tr("It is a directory; a file is expected.");
    case S_IFIFO:
        return tr("It is a named pipe; a regular file is expected.");
    case S_IFSOCK:
        return tr("It is a socket; a regular file is expected.");
    default:
        return tr("It is a device; a regular file is expected.");
    }
}

std::optional<QByteArray> refuse(TextFileError *error, const QString &message, bool missing = false)
{
    if (error)
        *error = {missing, 0, 0, message};
    return std::nullopt;
}

void locate(TextFileError &error, const QByteArray &bytes, qsizetype at)
{
    const QByteArray before = bytes.left(at);
    error.line = static_cast<int>(before.count('\n')) + 1;
    error.column = static_cast<int>(QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size()) + 1;
}

// Length of the well-formed UTF-8 sequence at `at`, or 0.
qsizetype sequenceLength(const QByteArray &bytes, qsizetype at)
{
    const auto byte = [&](qsizetype i) {
        return i < bytes.size() ? static_cast<uchar>(bytes.at(i)) : uchar(0);
    };
    const auto follows = [&](qsizetype i) { return (byte(i) & 0xc0) == 0x80; };
    const uchar first = byte(at);
    const uchar second = byte(at + 1);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return follows(at + 1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && second < 0xa0;
        const bool surrogate = first == 0xed && second > 0x9f;
        return follows(at + 1) && follows(at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool outside = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
        return follows(at + 1) && follows(at + 2) && follows(at + 3) && !outside ? 4 : 0;
    }
    return 0;
}

} // namespace

std::optional<QByteArray> readRegularFile(const QString &path, qint64 limit, TextFileError *error)
{
    const QByteArray name = QFile::encodeName(path);
    struct stat info = {};
    // Asked before opening, since opening a device may already do something.
    if (::stat(name.constData(), &info) != 0)
        return refuse(error, openProblem(errno), errno == ENOENT || errno == ENOTDIR);
    if (const QString problem = kindProblem(info.st_mode); !problem.isEmpty())
        return refuse(error, problem);
    // O_NONBLOCK: should it have become a FIFO meanwhile, the open does not wait for a writer.
    const int fd = ::open(name.constData(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return refuse(error, openProblem(errno), errno == ENOENT);
    QFile file;
    if (!file.open(fd, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(fd);
        return refuse(error, openProblem(EIO));
    }
    if (::fstat(fd, &info) != 0 || !kindProblem(info.st_mode).isEmpty())
        return refuse(error, kindProblem(info.st_mode));
    // Not only by the size it claims: files under /proc claim none, others grow.
    QByteArray bytes;
    if (info.st_size <= limit)
        bytes = file.read(limit + 1);
    if (info.st_size > limit || bytes.size() > limit) {
        return refuse(error,
                      tr("It is too large: %1; files up to %2 are read.")
                          .arg(QLocale().formattedDataSize(std::max<qint64>(info.st_size, bytes.size())),
                               QLocale().formattedDataSize(limit)));
    }
    if (file.error() != QFileDevice::NoError)
        return refuse(error, tr("It cannot be read: %1.").arg(file.errorString()));
    return bytes;
}

std::optional<QString> decodeText(const QByteArray &bytes, TextFileError *error)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const qsizetype length = sequenceLength(bytes, at);
        if (length == 0 || bytes.at(at) == '\0') {
            if (error) {
                locate(*error, bytes, at);
                error->message = length == 0 ? tr("This is not UTF-8 text. Save the file in that encoding.")
                                             : tr("A NUL character stands here; this is not a text file.");
            }
            return std::nullopt;
        }
        at += length;
    }
    QString text = QString::fromUtf8(bytes);
    if (text.startsWith(QChar::ByteOrderMark))
        text.remove(0, 1);
    return text;
}

} // namespace procession
