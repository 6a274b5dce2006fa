// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Run directories as a crash, another version, a bad disk or another boot may leave them.

#include "core/lifecycle.h"
#include "core/runcatalog.h"
#include "core/runcontrol.h"
#include "core/rundirectory.h"
#include "faultharness.h"
#include "testhome.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <cstring>

#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray bytesOf(const StateSlot &slot)
{
    return {reinterpret_cast<const char *>(&slot), qsizetype{sizeof slot}};
}

bool writeState(const Run &run, const QByteArray &bytes)
{
    QFile file(run.path + u"/state"_s);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size();
}

StateSlot signedSlot(StateSlot slot)
{
    slot.checksum = checksum(slot);
    return slot;
}

StateSlot runningSlot(pid_t pid, const char *bootId)
{
    StateSlot slot{};
    slot.magic = stateMagic;
    slot.version = stateVersion;
    slot.sequence = 3;
    slot.phase = Phase::Running;
    slot.mainPid = pid;
    slot.mainStartTicks = 1;
    slot.startedBoottime = 1'000'000'000;
    slot.startedRealtime = 1'600'000'000'000'000'000;
    std::strncpy(slot.bootId, bootId, sizeof slot.bootId - 1);
    return signedSlot(slot);
}

QByteArray bootIdNow()
{
    return contents(u"/proc/sys/kernel/random/boot_id"_s).trimmed();
}

} // namespace

class TestDirectory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault25_staleFiles();
    void fault26_anotherBoot();
    void fault27_damagedState();
    void fault42_otherVersions();

private:
    std::optional<Harness> m_harness;
};

void TestDirectory::init()
{
    failOnEveryWarning();
    m_harness.emplace();
}

void TestDirectory::cleanup()
{
    const QString left = m_harness->leftOver();
    m_harness.reset();
    QCOMPARE(left, QString());
}

void TestDirectory::fault25_staleFiles()
{
    // A real socket that nobody listens to any more, as killed halves leave it.
    const Run dead = m_harness->makeWorker({u"sleep"_s, u"100"_s});
    QCOMPARE(m_harness->launch(dead), int{AllStarted});
    const StateSlot state = stateOf(dead);
    m_harness->kill(state.keeperPid, SIGSTOP);
    m_harness->kill(state.guardianPid, SIGKILL);
    m_harness->kill(state.keeperPid, SIGKILL);
    QVERIFY(waitUntil([&] { return !isHeld(dead); }));
    m_harness->kill(state.mainPid, SIGKILL);
    QVERIFY(QFile::exists(dead.path + u"/ctl"_s));
    QVERIFY(!command(dead, Verb::Stop)); // and does not hang
    QCOMPARE(RunControl(dead.path).send(Verb::Stop), RunControl::Result::Unreachable);

    const Run run = m_harness->makeWorker({u"stdout"_s, u"hello"_s, u"sleep"_s, u"100"_s});
    QVERIFY(QFile::rename(dead.path + u"/ctl"_s, run.path + u"/ctl"_s));
    QVERIFY(writeState(run, {})); // locked by somebody once, never written
    QVERIFY(RunDirectory(run.path).inspect().keeper != RunFacts::Keeper::Alive);
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return outputOf(run) == "hello\n"; }));
    QVERIFY(command(run, Verb::Stop));
    QCOMPARE(endOf(run, SIGTERM), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 25 stale lock and socket: injected a socket nobody listens to and an empty state file; "
         "proved: "
         "neither is taken for a keeper, the run starts and hears commands");
}

void TestDirectory::fault26_anotherBoot()
{
    // The PID of the last boot's worker belongs to somebody else now.
    const pid_t innocent = m_harness->spawn({Harness::worker(), u"sleep"_s, u"100"_s});
    const Run run = m_harness->makeWorker({u"sleep"_s, u"100"_s});
    const StateSlot before = runningSlot(innocent, "11111111-2222-3333-4444-555555555555");
    QVERIFY(writeState(run, bytesOf({}) + bytesOf(before)));
    const RunFacts facts = RunDirectory(run.path).inspect();
    QCOMPARE(facts.sameBoot, false);
    QCOMPARE(facts.keeper, RunFacts::Keeper::Gone);
    const std::optional<RunRecord> record = RunCatalog::read(run.path);
    QVERIFY(record.has_value());
    QCOMPARE(record->status.state, State::Ended);
    QCOMPARE(record->status.outcome, Outcome::Interrupted);
    QCOMPARE(record->status.exitCode, std::optional<int>());
    Paths paths;
    paths.stateDirectory = m_harness->path();
    {
        RunCatalog catalog(paths);
        catalog.stop(run.id, true);
    } // waits for its thread
    QCOMPARE(m_harness->launch(run), int{SomeFailed});
    QCOMPARE(m_harness->startsOf(run), 0);
    QCOMPARE(processState(innocent), 'S');
    m_harness->kill(innocent, SIGKILL);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 26 boot id changed: injected a running state of another boot whose PID somebody else has "
         "now; proved: "
         "Interrupted, no code, nobody is signalled, it is not started again");
}

void TestDirectory::fault27_damagedState()
{
    const Run good = m_harness->makeWorker({u"stdout"_s, u"hello"_s, u"exit"_s, u"42"_s});
    QCOMPARE(m_harness->launch(good), int{AllStarted});
    QCOMPARE(endOf(good, exited(42), "hello\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    const QByteArray bytes = contents(good.path + u"/state"_s);
    QCOMPARE(bytes.size(), qsizetype{2 * slotBytes});
    const uint64_t newest = stateOf(good).sequence;

    const Run hurt = m_harness->makeWorker({u"stdout"_s, u"again"_s});
    int unknown = 0;
    int older = 0;
    const auto look = [&](const QByteArray &damaged) {
        if (!writeState(hurt, damaged))
            return false;
        const std::optional<StateSlot> slot = RunDirectory(hurt.path).readState();
        unknown += slot ? 0 : 1;
        older += slot && slot->sequence < newest ? 1 : 0;
        // Old news is possible, false news is not: it is one of the two slots as it was written.
        if (slot && bytesOf(*slot) != bytes.first(slotBytes) && bytesOf(*slot) != bytes.last(slotBytes))
            return false;
        RunDirectory(hurt.path).inspect();
        const std::optional<RunRecord> record = RunCatalog::read(hurt.path);
        return !record || !record->status.exitCode || *record->status.exitCode == 42;
    };
    for (qsizetype length = 0; length < bytes.size(); ++length)
        QVERIFY2(look(bytes.first(length)), qPrintable(QString::number(length)));
    for (qsizetype at = 0; at < bytes.size(); ++at) {
        for (int bit = 0; bit < 8; bit += amount(3, 1)) {
            QByteArray damaged = bytes;
            damaged[at] = char(damaged[at] ^ (1 << bit));
            QVERIFY2(look(damaged), qPrintable(QString::number(at)));
        }
    }
    QVERIFY(look(QByteArray(2 * slotBytes, '\0')) && look(QByteArray(100'000, 'x')) && look(bytes + bytes));
    // With one slot whole a keeper knows that the run was started.
    for (const qsizetype at :
         {qsizetype{0}, qsizetype{100}, qsizetype{slotBytes + 20}, qsizetype{2 * slotBytes - 1}}) {
        QByteArray damaged = bytes;
        damaged[at] = char(~damaged[at]);
        QVERIFY(writeState(hurt, damaged));
        QCOMPARE(m_harness->launch(hurt), int{SomeFailed});
        QCOMPARE(m_harness->startsOf(hurt), 0);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 27 damaged state file: injected every length and bits of every byte flipped; proved: %d "
         "times the "
         "older record, %d times none, never a false one, never a second start",
         older, unknown);
}

void TestDirectory::fault42_otherVersions()
{
    // A keeper before the pair: no guardian, none of the later fields, the reserved bytes zero.
    const pid_t worker = m_harness->spawn({Harness::worker(), u"sleep"_s, u"100"_s});
    const Run old = m_harness->makeWorker({u"sleep"_s, u"100"_s});
    StateSlot slot = runningSlot(worker, bootIdNow().constData());
    slot.keeperPid = ::getpid();
    slot.sequence = 8;
    slot = signedSlot(slot);
    QVERIFY(writeState(old, bytesOf(slot) + bytesOf({})));
    const std::optional<StateSlot> read = RunDirectory(old.path).readState();
    QVERIFY(read && read->phase == Phase::Running && read->mainPid == worker);
    QVERIFY(RunCatalog::read(old.path).has_value());
    slot.phase = Phase::Finished;
    slot.flags = StatusKnown;
    slot.waitStatus = exited(7);
    slot.endedBoottime = slot.startedBoottime + 1;
    slot.endedRealtime = slot.startedRealtime + 1;
    QVERIFY(writeState(old, bytesOf(signedSlot(slot)) + bytesOf({})));
    const std::optional<RunRecord> ended = RunCatalog::read(old.path);
    QVERIFY(ended && ended->status.exitCode == 7 && ended->status.outcome == Outcome::Failed);

    // A newer one: unknown flags and a spec with unknown keys are nothing; another format is told as such.
    slot.flags = StatusKnown | 1u << 30;
    QVERIFY(writeState(old, bytesOf(signedSlot(slot)) + bytesOf({})));
    QCOMPARE(RunCatalog::read(old.path)->status.exitCode, std::optional<int>(7));
    slot.version = stateVersion + 1;
    QVERIFY(writeState(old, bytesOf(signedSlot(slot)) + bytesOf({})));
    const std::optional<RunRecord> newer = RunCatalog::read(old.path);
    QVERIFY(!newer || !newer->status.exitCode);
    m_harness->kill(worker, SIGKILL);

    const Run run = m_harness->makeWorker({u"exit"_s, u"3"_s}, {u"colour=blue"_s, u"x-newer=1"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(3)), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 42 other versions: injected states of a keeper before the pair and of a newer one, spec keys "
         "nobody "
         "knows; proved: the old one is read as ever, of an unknown format no code is invented, unknown keys "
         "are "
         "passed over");
}

QTEST_GUILESS_MAIN(TestDirectory)
#include "tst_directory.moc"
