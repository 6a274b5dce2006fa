// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/pendingcommand.h"

#include <QTest>

using namespace procession;
using namespace procession::rundir;
using namespace std::chrono_literals;

namespace {

StateSlot slotOf(Phase phase, uint32_t flags, int stopSignal = 0)
{
    StateSlot slot{};
    slot.phase = phase;
    slot.flags = flags;
    slot.stopSignal = stopSignal;
    return slot;
}

} // namespace

class TestPendingCommand final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isConfirmedByTheState_data()
    {
        QTest::addColumn<int>("verb");
        QTest::addColumn<int>("phase");
        QTest::addColumn<int>("flags");
        QTest::addColumn<int>("stopSignal");
        QTest::addColumn<bool>("confirmed");
        const auto row = [](const char *name, Verb verb, Phase phase, int flags, int stopSignal,
                            bool confirmed) {
            QTest::newRow(name) << int(verb) << int(phase) << flags << stopSignal << confirmed;
        };
        row("stop, not heard", Verb::Stop, Phase::Running, 0, 0, false);
        row("stop, heard", Verb::Stop, Phase::Stopping, StopAsked, 15, true);
        row("stop, killed instead", Verb::Stop, Phase::Stopping, KillAsked, 9, true);
        row("stop, ended anyway", Verb::Stop, Phase::Exited, StatusKnown, 0, true);
        row("stop, strays kept", Verb::Stop, Phase::Exited, StatusKnown | StraysKept, 0, false);
        row("stop, strays asked", Verb::Stop, Phase::Exited, StatusKnown | StraysKept, 15, true);
        row("kill after stop", Verb::Kill, Phase::Stopping, StopAsked, 15, false);
        row("kill, heard", Verb::Kill, Phase::Stopping, StopAsked | KillAsked, 9, true);
        row("pause, not heard", Verb::Pause, Phase::Running, 0, 0, false);
        row("pause, heard", Verb::Pause, Phase::Running, Paused, 0, true);
        row("pause, too late", Verb::Pause, Phase::Stopping, StopAsked, 15, true);
        row("resume, not heard", Verb::Resume, Phase::Running, Paused, 0, false);
        row("resume, heard", Verb::Resume, Phase::Running, 0, 0, true);
    }

    void isConfirmedByTheState()
    {
        QFETCH(int, verb);
        QFETCH(int, phase);
        QFETCH(int, flags);
        QFETCH(int, stopSignal);
        QFETCH(bool, confirmed);
        PendingCommand command;
        command.ask(Verb(verb), 0, 0ns);
        command.confirm(slotOf(Phase(phase), uint32_t(flags), stopSignal));
        QCOMPARE(!command.verb(), confirmed);
    }

    void isSentAgainLessAndLessOften()
    {
        PendingCommand command;
        QVERIFY(!command.takeDue(100s));
        command.ask(Verb::Pause, 0, 100s);
        QList<int> sent;
        for (int second = 100; second < 250; ++second) {
            if (command.takeDue(std::chrono::seconds(second)))
                sent.append(second - 100);
        }
        QCOMPARE(sent, QList<int>({0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 65, 95, 125}));
        command.clear();
        QVERIFY(!command.takeDue(1000s));
    }

    void isOverdueAfterFiveSeconds()
    {
        PendingCommand command;
        command.ask(Verb::Stop, -1, 10s);
        QVERIFY(!command.isOverdue(14s));
        QVERIFY(command.isOverdue(15s));
        command.ask(Verb::Kill, 0, 15s); // another question, another patience
        QVERIFY(!command.isOverdue(16s));
        QCOMPARE(command.verb(), std::optional(Verb::Kill));
    }
};

QTEST_GUILESS_MAIN(TestPendingCommand)
#include "tst_pendingcommand.moc"
