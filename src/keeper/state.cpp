// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

off_t place(const uint64_t sequence)
{
    return static_cast<off_t>(sequence % 2 * rundir::slotBytes);
}

} // namespace

int State::open(const int directory)
{
    m_file =
        openat(directory, rundir::stateFile, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (m_file < 0)
        return errno;
    struct stat about
    {
    };
    if (fstat(m_file, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return EBADMSG;
    if (flock(m_file, LOCK_EX | LOCK_NB) != 0)
        return errno;
    rundir::StateSlot earlier[2]{};
    if (pread(m_file, earlier, sizeof(earlier), 0) < 0)
        return errno;
    for (const rundir::StateSlot &found : earlier) {
        if (rundir::isValid(found) && found.phase != rundir::Phase::None)
            return EEXIST;
    }
    return 0;
}

int State::begin()
{
    slot.magic = rundir::stateMagic;
    slot.version = rundir::stateVersion;
    slot.sequence = 1;
    slot.checksum = rundir::checksum(slot);
    const rundir::StateSlot both[2] = {{}, slot};
    const ssize_t written = pwrite(m_file, both, sizeof(both), 0);
    if (written < 0)
        return errno;
    return written == sizeof(both) ? 0 : ENOSPC;
}

int State::write()
{
    ++slot.sequence;
    slot.checksum = rundir::checksum(slot);
    if (pwrite(m_file, &slot, sizeof(slot), place(slot.sequence)) == ssize_t{sizeof(slot)})
        return 0;
    const int error = errno;
    --slot.sequence; // the next attempt must not go over the record that stands
    return error;
}

void State::giveBack()
{
    [[maybe_unused]] const int cut = ftruncate(m_file, 0);
    flock(m_file, LOCK_UN);
}

void State::resume()
{
    rundir::StateSlot written[2]{};
    [[maybe_unused]] const ssize_t count = pread(m_file, written, sizeof(written), 0);
    uint64_t newest = 0;
    for (const rundir::StateSlot &found : written) {
        if (rundir::isValid(found) && found.sequence > newest)
            newest = found.sequence;
    }
    if (newest != 0)
        slot.sequence = newest;
}

} // namespace procession::keeper
