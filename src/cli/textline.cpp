// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/textline.h"

#include <QCoreApplication>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isBidiControl(char16_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool isControl(char16_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

} // namespace

QString visibleText(const QString &text)
{
    QString visible;
    visible.reserve(text.size());
    for (const QChar c : text) {
        const char16_t code = c.unicode();
        if (code == u'\n')
            visible += u"\\n"_s;
        else if (code == u'\t')
            visible += u"\\t"_s;
        else if (isControl(code))
            visible += u"\\x%1"_s.arg(code, 2, 16, QChar(u'0'));
        else if (isBidiControl(code))
            visible += u"\\u%1"_s.arg(code, 4, 16, QChar(u'0'));
        else
            visible += c;
    }
    return visible;
}

int writeTextLine(int descriptor, const QString &line)
{
    return writeRawLine(descriptor, visibleText(line).toUtf8());
}

// Straight to the descriptor: whoever reads sees each line at once, and a failure is noticed.
int writeRawLine(int descriptor, const QByteArray &line)
{
    const QByteArray bytes = line + '\n';
    for (qsizetype at = 0; at < bytes.size();) {
        const ssize_t written =
            ::write(descriptor, bytes.constData() + at, static_cast<size_t>(bytes.size() - at));
        if (written >= 0)
            at += written;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

QString writeErrorText(int error)
{
    return error == EBADF ? QCoreApplication::translate("procession::TextLine", "standard output is closed")
                          : qt_error_string(error);
}

void reserveStandardStreams()
{
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // The lowest free number is taken; as it cannot be written to, a write says EBADF as before.
        if (::fcntl(stream, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) < 0)
            return; // then nothing else can be opened either
    }
}

} // namespace procession
