// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runcontrol.h"

#include "core/descriptor.h"

#include <QFile>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace procession {

RunControl::RunControl(const QString &runDirectory)
    : m_runDirectory(runDirectory)
{
}

RunControl::Result RunControl::send(rundir::Verb verb, int argument) const
{
    Result result = Result::Sent;
    Descriptor connection(connect(&result));
    if (connection < 0)
        return result;
    return put(connection, verb, argument);
}

int RunControl::ask(rundir::Verb verb, Result *result) const
{
    Descriptor connection(connect(result));
    if (connection < 0)
        return -1;
    *result = put(connection, verb, 0);
    return *result == Result::Sent ? connection.release() : -1;
}

int RunControl::takeDescriptor(int connection, bool *isThere)
{
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(connection, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    *isThere = got >= 0 || (errno != EAGAIN && errno != EINTR);
    if (got <= 0)
        return -1;
    const cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int)))
        return -1;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

int RunControl::connect(Result *result) const
{
    const Descriptor directory(
        ::open(QFile::encodeName(m_runDirectory).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (directory < 0) {
        *result = errno == EMFILE || errno == ENFILE || errno == ENOMEM ? Result::Busy : Result::Unreachable;
        return -1;
    }
    Descriptor connection(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (connection < 0) {
        *result = Result::Busy;
        return -1;
    }
    // By way of the descriptor: a socket address holds 108 bytes, a path may be longer.
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", int(directory),
                  rundir::controlSocket);
    if (::connect(connection, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        *result = errno == EAGAIN || errno == ENOMEM ? Result::Busy : Result::Unreachable;
        return -1;
    }
    return connection.release();
}

RunControl::Result RunControl::put(int connection, rundir::Verb verb, int argument)
{
    const rundir::Command command{rundir::commandMagic, verb, argument, 0};
    if (::send(connection, &command, sizeof command, MSG_NOSIGNAL) == ssize_t(sizeof command))
        return Result::Sent;
    return errno == EAGAIN ? Result::Busy : Result::Unreachable;
}

} // namespace procession
