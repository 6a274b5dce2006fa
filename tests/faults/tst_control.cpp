// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// What comes over the control socket, a keeper that does not answer, and one that has nothing to do.

#include "faultharness.h"
#include "testhome.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

class TestControl final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault9_keeperStopped();
    void fault36_socketAbuse();
    void fault40_pauseAndResume();
    void idleKeeperNeverWakes();

private:
    Run startSleeper(const QStringList &records = {});

    std::optional<Harness> m_harness;
};

void TestControl::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestControl::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

Run TestControl::startSleeper(const QStringList &records)
{
    const Run run = m_harness->makeWorker({u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s}, records);
    if (m_harness->launch(run) != AllStarted || !waitUntil([&] { return outputOf(run) == "ready\n"; }))
        qWarning("the worker did not start");
    return run;
}

void TestControl::fault9_keeperStopped()
{
    const Run run = startSleeper();
    const StateSlot state = stateOf(run);
    m_harness->kill(state.keeperPid, SIGSTOP);
    if (state.guardianPid > 0)
        m_harness->kill(state.guardianPid, SIGSTOP);
    QVERIFY(waitUntil([&] { return processState(state.keeperPid) == 'T'; }));
    // Nothing a window does with the run waits for its keeper: a stopped one is told by its silence.
    const int control = connectTo(run);
    QVERIFY(control >= 0);
    QCOMPARE(::fcntl(control, F_SETFL, O_NONBLOCK), 0);
    const Command packet{commandMagic, Verb::Signal, SIGWINCH, 0};
    int queued = 0;
    while (queued < 100'000 && ::send(control, &packet, sizeof packet, MSG_NOSIGNAL) > 0)
        ++queued;
    QVERIFY(queued > 0 && queued < 100'000); // bounded, and refused instead of waiting
    ::close(control);
    QVERIFY(isHeld(run));
    QCOMPARE(stateOf(run).phase, Phase::Running);
    QVERIFY(command(run, Verb::Stop)); // in another connection: it is kept for the keeper
    m_harness->kill(state.keeperPid, SIGCONT);
    if (state.guardianPid > 0)
        m_harness->kill(state.guardianPid, SIGCONT);
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 9 keeper stopped: injected SIGSTOP to both halves; proved: neither reading nor sending waits "
         "for "
         "it (refused after %d commands), and what was asked meanwhile is done when it continues",
         queued);
}

void TestControl::fault36_socketAbuse()
{
    const Run run = startSleeper();
    QList<int> clients;
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
        const int client = connectTo(run);
        if (client < 0) {
            ++refused;
            continue;
        }
        QCOMPARE(::fcntl(client, F_SETFL, O_NONBLOCK), 0);
        clients += client;
        QByteArray nonsense(i * 40, 'x');
        switch (i % 5) {
        case 0:
            ::send(client, nonsense.constData(), size_t(nonsense.size()), MSG_NOSIGNAL);
            break;
        case 1: // oversize
            nonsense = QByteArray(100'000, 'y');
            ::send(client, nonsense.constData(), size_t(nonsense.size()), MSG_NOSIGNAL);
            break;
        case 2: { // unknown verbs and arguments
            for (const uint32_t verb : {0u, 9u, 77u, 0xffffffffu}) {
                const Command odd{commandMagic, Verb(verb), -7, 0};
                ::send(client, &odd, sizeof odd, MSG_NOSIGNAL);
            }
            const Command signal{commandMagic, Verb::Signal, 1000, 0};
            ::send(client, &signal, sizeof signal, MSG_NOSIGNAL);
            const Command size{commandMagic, Verb::Resize, -1, 0};
            ::send(client, &size, sizeof size, MSG_NOSIGNAL);
            break;
        }
        case 3: { // asks, and never reads the answers
            const Command input{commandMagic, Verb::Input, 0, 0};
            for (int n = 0; n < 500; ++n)
                ::send(client, &input, sizeof input, MSG_NOSIGNAL);
            break;
        }
        default: // connected, and silent
            break;
        }
    }
    QVERIFY(clients.size() > 20);
    // With all of them still connected the keeper hears who means it.
    QVERIFY(
        waitUntil([&] { return (stateOf(run).flags & Paused) != 0 || (command(run, Verb::Pause), false); }));
    QCOMPARE(stateOf(run).phase, Phase::Running);
    QVERIFY(waitUntil([&] { return isOver(run) || (command(run, Verb::Stop), false); }));
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    for (const int client : std::as_const(clients))
        ::close(client);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 36 socket abuse: injected 100 clients (%d refused) with garbage, 100 KB packets, unknown "
         "verbs, "
         "questions whose answers nobody reads, silence; proved: pause and stop still work, nothing else "
         "happened",
         refused);
}

void TestControl::fault40_pauseAndResume()
{
    const Run run = m_harness->makeWorker(
        {u"late-child"_s, u"100"_s, u"setsid-daemon"_s, u"stdout"_s, u"ready"_s, u"sleep"_s, u"100"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "ready\n"; }));
    const StateSlot state = stateOf(run);
    const QList<pid_t> tree = [&] {
        QList<pid_t> all = Harness::descendants(state.guardianPid > 0 ? state.guardianPid : state.keeperPid);
        all.removeAll(state.keeperPid);
        return all;
    }();
    QCOMPARE(tree.size(), qsizetype{3});
    const auto allAre = [&](char letter) {
        return std::all_of(tree.cbegin(), tree.cend(),
                           [=](pid_t pid) { return processState(pid) == letter; });
    };
    const int rounds = amount(300, 1000);
    for (int round = 0; round < rounds; ++round) {
        QVERIFY(command(run, Verb::Pause));
        QVERIFY(waitUntil([&] { return (stateOf(run).flags & Paused) != 0 && allAre('T'); }));
        QVERIFY(command(run, Verb::Resume));
        QVERIFY(waitUntil([&] { return (stateOf(run).flags & Paused) == 0 && allAre('S'); }));
    }
    // And faster than anybody can follow.
    for (int round = 0; round < 1000; ++round) {
        command(run, Verb::Pause);
        command(run, Verb::Resume);
    }
    QVERIFY(waitUntil([&] { return (stateOf(run).flags & Paused) == 0 && allAre('S'); }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM, "ready\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 40 pause and resume: injected %d times one by one and 1,000 times at once into a tree of 3 "
         "with a "
         "daemon; proved: all of it stops and goes on each time, and the stop still ends it",
         rounds);
}

void TestControl::idleKeeperNeverWakes()
{
    const int seconds = amount(5, 60);
    const Run quiet = startSleeper();
    const Run piped = startSleeper({u"input=pipe"_s});
    const Run terminal = m_harness->makeWorker({u"sleep"_s, u"100"_s}, {u"input=terminal"_s});
    QCOMPARE(m_harness->launch(terminal), int{AllStarted});
    QList<pid_t> halves;
    for (const Run &run : {quiet, piped, terminal}) {
        const StateSlot state = stateOf(run);
        halves += state.keeperPid;
        if (state.guardianPid > 0)
            halves += state.guardianPid;
    }
    // Records of what they wrote may come a moment later: wait until a whole second passes without any.
    const auto sum = [&] {
        long long all = 0;
        for (const pid_t pid : std::as_const(halves))
            all += contextSwitches(pid);
        return all;
    };
    QVERIFY(waitUntil([&] {
        const long long before = sum();
        passTime(1'000'000);
        return sum() == before;
    }));
    const long long before = sum();
    passTime(seconds * 1'000'000);
    QCOMPARE(sum(), before);
    for (const Run &run : {quiet, piped, terminal}) {
        QVERIFY(command(run, Verb::Kill));
        QCOMPARE(endOf(run, SIGKILL), QString());
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("idle keeper: injected nothing for %d s (no input, a pipe, a terminal); proved: 0 context switches "
         "of %d "
         "processes",
         seconds, int(halves.size()));
}

QTEST_GUILESS_MAIN(TestControl)
#include "tst_control.moc"
