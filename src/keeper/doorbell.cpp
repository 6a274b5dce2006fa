// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/doorbell.h"

#include "keeper/pathtext.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

void sendTo(const int bell, const sockaddr_un &address, const char *const run)
{
    sendto(bell, run, strlen(run), MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr *>(&address),
           sizeof(address));
}

} // namespace

void ringBell(const char *const path, const char *const run)
{
    if (*path != '/')
        return;
    static int bell = -1;
    if (bell < 0)
        bell = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bell < 0)
        return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (strlen(path) < sizeof(address.sun_path)) {
        strcpy(address.sun_path, path);
        sendTo(bell, address, run);
        return;
    }
    // Longer than a socket address holds: through a descriptor of its directory.
    char directory[PATH_MAX];
    const char *const name = strrchr(path, '/') + 1;
    const size_t length = static_cast<size_t>(name - path);
    if (length >= sizeof(directory) || strlen(name) > 64)
        return;
    memcpy(directory, path, length);
    directory[length] = '\0';
    const int place = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0)
        return;
    PathText<sizeof(address.sun_path)> route;
    route.add("/proc/self/fd/").add(static_cast<uint64_t>(place)).add("/").add(name);
    strcpy(address.sun_path, route.text());
    sendTo(bell, address, run);
    close(place);
}

} // namespace procession::keeper
