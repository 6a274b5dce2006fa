// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/doorbell.h"

#include "core/descriptor.h"
#include "keeper/rundir.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QSocketNotifier>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace procession {

namespace {

/// By way of a descriptor of its directory: a socket address holds 108 bytes, a path may be longer.
sockaddr_un addressOf(int directory, const QString &name)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", directory,
                  QFile::encodeName(name).constData());
    return address;
}

int openDirectory(const QString &path)
{
    return ::open(QFile::encodeName(path).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

// Rings taken in one event loop turn; the rest waits for the next, so that a storm does not stall the window.
constexpr int maximumRings = 256;

} // namespace

Doorbell::Doorbell(QObject *parent)
    : QObject(parent)
{
}

Doorbell::~Doorbell()
{
    if (m_socket < 0)
        return;
    delete m_notifier;
    ::close(m_socket);
    QFile::remove(m_path);
}

QString Doorbell::bind(const QString &path)
{
    const auto problem = [&path](int error) {
        return QCoreApplication::translate("Doorbell", "The socket %1 cannot be made: %2.")
            .arg(path, qt_error_string(error));
    };
    const QFileInfo place(path);
    const int directory = openDirectory(place.absolutePath());
    if (directory < 0)
        return problem(errno);
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const sockaddr_un address = addressOf(directory, place.fileName());
    ::unlinkat(directory, QFile::encodeName(place.fileName()).constData(), 0);
    const mode_t mask = ::umask(077);
    const bool bound =
        socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    const int error = errno;
    ::umask(mask);
    ::close(directory);
    if (!bound) {
        if (socket >= 0)
            ::close(socket);
        return problem(error);
    }
    m_socket = socket;
    m_path = path;
    m_notifier = new QSocketNotifier(m_socket, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Doorbell::drain);
    return {};
}

bool Doorbell::askToRaise(const QString &path)
{
    const QFileInfo place(path);
    const Descriptor directory(openDirectory(place.absolutePath()));
    const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (directory < 0 || socket < 0)
        return false;
    const sockaddr_un address = addressOf(directory, place.fileName());
    const QByteArray text(rundir::raiseRequest);
    const ssize_t sent = ::sendto(socket, text.constData(), size_t(text.size()), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr *>(&address), sizeof address);
    return sent == text.size();
}

void Doorbell::drain()
{
    bool raise = false;
    QSet<QString> seen;
    QStringList runIds;
    int rings = 0;
    std::array<char, 256> buffer;
    for (; rings < maximumRings; ++rings) {
        const ssize_t length = ::recv(m_socket, buffer.data(), buffer.size(), 0);
        if (length < 0)
            break;
        const QString runId = QString::fromLatin1(buffer.data(), length);
        if (runId == QLatin1String(rundir::raiseRequest)) {
            raise = true;
        } else if (!seen.contains(runId)) {
            seen.insert(runId);
            runIds.append(runId);
        }
    }
    if (!runIds.isEmpty())
        Q_EMIT rang(runIds, rings >= queueLength());
    if (raise)
        Q_EMIT raiseRequested();
}

int Doorbell::queueLength()
{
    static const int length = [] {
        QFile file(QStringLiteral("/proc/sys/net/unix/max_dgram_qlen"));
        const int fallback = 10;
        if (!file.open(QIODevice::ReadOnly))
            return fallback;
        bool isNumber = false;
        const int value = file.readAll().trimmed().toInt(&isNumber);
        return isNumber && value > 0 ? value : fallback;
    }();
    return length;
}

} // namespace procession
