// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

namespace procession::keeper {

int openTerminal(const int columns, const int rows, int &master, int &worker)
{
    if (master < 0)
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0)
        return errno;
    const int unlocked = 0;
    // By the master: the name below /dev/pts may be another's in a container.
    if (ioctl(master, TIOCSPTLCK, &unlocked) != 0 ||
        (worker = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
        return errno;
    termios settings{};
    if (tcgetattr(worker, &settings) == 0) {
        // Lines end as they do in a pipe: what is kept is a file that people search, not a screen.
        settings.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
        tcsetattr(worker, TCSANOW, &settings);
    }
    resizeTerminal(master, columns, rows);
    return 0;
}

void resizeTerminal(const int master, const int columns, const int rows)
{
    winsize size{};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = static_cast<unsigned short>(rows);
    ioctl(master, TIOCSWINSZ, &size);
}

void endTerminalInput(const int master)
{
    termios settings{};
    const bool known = tcgetattr(master, &settings) == 0;
    const char end = known ? static_cast<char>(settings.c_cc[VEOF]) : '\4';
    [[maybe_unused]] const ssize_t written = write(master, &end, 1);
}

} // namespace procession::keeper
