// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <chrono>
#include <optional>

namespace procession {

/// True if `slot` says that the keeper has this command. Only Stop, Kill, Pause and Resume are ever
/// confirmed. Pure.
bool isConfirmed(rundir::Verb verb, const rundir::StateSlot &slot);

/// The last command that was asked of a run's keeper and is not confirmed by its state yet. A command may be
/// lost on its way (the keeper's socket was full, one half was killed with it in its hands), and is
/// idempotent, so it is sent again: every second at first, then less and less often. A value; times are
/// CLOCK_BOOTTIME.
class PendingCommand final
{
public:
    /// Takes the place of an earlier one. See isConfirmed() for what may be asked.
    void ask(rundir::Verb verb, int argument, std::chrono::nanoseconds now);
    void clear() { m_verb.reset(); }

    std::optional<rundir::Verb> verb() const { return m_verb; }
    int argument() const { return m_argument; }

    /// Forgets the command if `slot` says that the keeper has it.
    void confirm(const rundir::StateSlot &slot);
    /// True when it is to be sent; counts as sent then.
    bool takeDue(std::chrono::nanoseconds now);
    /// True if the keeper should have confirmed it long ago.
    bool isOverdue(std::chrono::nanoseconds now) const;

private:
    std::optional<rundir::Verb> m_verb;
    int m_argument = 0;
    int m_sent = 0;
    std::chrono::nanoseconds m_askedAt{0};
    std::chrono::nanoseconds m_dueAt{0};
};

} // namespace procession
