// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/control.h"

#include "keeper/pathtext.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace procession::keeper {

int Control::listenIn(const int directory)
{
    if (m_listening)
        return 0;
    if (m_listener >= 0)
        close(m_listener); // of a half that was killed before it had finished here
    m_listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (m_listener < 0)
        return errno;
    // Through the descriptor: a run directory's path may be longer than a socket address.
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    PathText<sizeof(address.sun_path)> route;
    route.add("/proc/self/fd/").add(static_cast<uint64_t>(directory)).add("/").add(rundir::controlSocket);
    strcpy(address.sun_path, route.text());
    const auto *const generic = reinterpret_cast<const sockaddr *>(&address);
    int result = bind(m_listener, generic, sizeof(address));
    if (result != 0 && errno == EADDRINUSE) { // of a keeper that was killed
        unlinkat(directory, rundir::controlSocket, 0);
        result = bind(m_listener, generic, sizeof(address));
    }
    if (result != 0 || listen(m_listener, 128) != 0)
        return errno;
    m_listening = true;
    return 0;
}

void Control::resume()
{
    for (int &client : m_clients) {
        if (client >= 0 && fcntl(client, F_GETFD) < 0)
            client = -1;
    }
}

size_t Control::watch(pollfd *const polled) const
{
    size_t count = 0;
    polled[count++] = {m_listener, POLLIN, 0};
    for (const int client : m_clients) {
        if (client >= 0)
            polled[count++] = {client, POLLIN, 0};
    }
    return count;
}

bool Control::next(rundir::Command &command)
{
    // Who is connected is read before another is let in, so that nobody is sent away unheard.
    do {
        for (int &client : m_clients) {
            while (client >= 0) {
                const ssize_t count = recv(client, &command, sizeof(command), MSG_PEEK | MSG_DONTWAIT);
                if (count < 0 && errno == EAGAIN)
                    break;
                if (count <= 0) {
                    drop(client);
                    break;
                }
                m_current = client;
                if (count == ssize_t{sizeof(command)} && command.magic == rundir::commandMagic)
                    return true;
                done();
            }
        }
    } while (acceptOne());
    return false;
}

void Control::done()
{
    rundir::Command command{};
    [[maybe_unused]] const ssize_t count = recv(m_current, &command, sizeof(command), MSG_DONTWAIT);
}

void Control::reply(const int descriptor)
{
    char byte = 1;
    iovec data{&byte, 1};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(descriptor))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = room;
        message.msg_controllen = sizeof(room);
        cmsghdr *const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(descriptor));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(descriptor));
    }
    sendmsg(m_current, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool Control::acceptOne()
{
    const int client = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0)
        return false;
    int &place = m_clients[m_oldest];
    if (place >= 0)
        drop(place);
    place = client;
    m_oldest = (m_oldest + 1) % clients;
    return true;
}

void Control::drop(int &client)
{
    close(client);
    client = -1;
}

} // namespace procession::keeper
