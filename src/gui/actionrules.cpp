// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/actionrules.h"

#include <QCoreApplication>

namespace procession {

namespace {

class Reasons
{
    Q_DECLARE_TR_FUNCTIONS(ActionReason)
};

using Counts = std::array<int, allStates.size()>;

int in(const Counts &counts, State state)
{
    return counts[size_t(state)];
}

template <typename Predicate>
int sum(const Counts &counts, Predicate wanted)
{
    int total = 0;
    for (const State state : allStates)
        total += wanted(state) ? in(counts, state) : 0;
    return total;
}

int total(const Counts &counts)
{
    return sum(counts, [](State) { return true; });
}

int alive(const Counts &counts)
{
    return sum(counts, [](State state) { return isAlive(state); });
}

int startable(const Counts &counts)
{
    return sum(counts, [](State state) { return next(state, Event::Start).has_value(); });
}

QString selectionObstacle(Verb verb, const Situation &situation)
{
    const Counts &selected = situation.selected;
    const QString unkept =
        Reasons::tr("The keepers of the selected workers were killed: they can only be ended.");
    if (total(selected) == 0)
        return Reasons::tr("No worker is selected.");
    switch (verb) {
    case Verb::Start:
        return startable(selected) > 0 ? QString() : Reasons::tr("The selected workers are alive already.");
    case Verb::Restart:
        if (alive(selected) + in(selected, State::Ended) > 0)
            return {};
        return Reasons::tr("The selected workers have not run yet: start them.");
    case Verb::Pause:
        if (in(selected, State::Running) + in(selected, State::Paused) > situation.unkept)
            return {};
        return situation.unkept > 0 ? unkept : Reasons::tr("None of the selected workers is running.");
    case Verb::Terminate:
        if (alive(selected) > in(selected, State::Stopping))
            return {};
        if (alive(selected) > 0)
            return Reasons::tr("The selected workers are ending already; Kill ends them at once.");
        return Reasons::tr("None of the selected workers is running.");
    case Verb::Kill:
        return alive(selected) > 0 ? QString() : Reasons::tr("None of the selected workers is running.");
    case Verb::Signal:
        if (alive(selected) > in(selected, State::Starting) + situation.unkept)
            return {};
        return situation.unkept > 0 ? unkept : Reasons::tr("None of the selected workers is running.");
    case Verb::Edit:
        return total(selected) == 1 ? QString() : Reasons::tr("Only one worker can be edited at a time.");
    default:
        return {};
    }
}

} // namespace

QString obstacle(Verb verb, const Situation &situation)
{
    if (!situation.rosterOpen)
        return Reasons::tr("No list of workers is open.");
    const int workers = total(situation.all);
    switch (verb) {
    case Verb::Add:
        return {};
    case Verb::StartAll:
        if (startable(situation.all) > 0)
            return {};
        return workers == 0 ? Reasons::tr("There are no workers yet.")
                            : Reasons::tr("All workers are alive already.");
    case Verb::RestartFailed:
    case Verb::SelectFailed:
        return situation.failed > 0 ? QString() : Reasons::tr("No worker has failed.");
    case Verb::Join:
    case Verb::SelectAll:
        return workers > 0 ? QString() : Reasons::tr("There are no workers yet.");
    case Verb::TerminateAll:
        if (alive(situation.all) > in(situation.all, State::Stopping))
            return {};
        return alive(situation.all) > 0 ? Reasons::tr("All running workers are ending already.")
                                        : Reasons::tr("No worker is running.");
    case Verb::KillAll:
        return alive(situation.all) > 0 ? QString() : Reasons::tr("No worker is running.");
    case Verb::ClearFinished:
        return in(situation.all, State::Ended) > 0 ? QString() : Reasons::tr("No worker has ended.");
    default:
        return selectionObstacle(verb, situation);
    }
}

bool onlyKillIsLeft(const Situation &situation)
{
    const int stopping = in(situation.selected, State::Stopping);
    return stopping > 0 && stopping == alive(situation.selected);
}

bool pauseMeansResume(const Situation &situation)
{
    return in(situation.selected, State::Paused) > 0 && in(situation.selected, State::Running) == 0;
}

} // namespace procession
