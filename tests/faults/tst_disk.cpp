// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// A disk that is full, read-only, or from which the run directory vanishes. The disks are small tmpfs in a
// mount namespace of this test's own: nobody else sees them, and they are gone with it.

#include "faultharness.h"
#include "testhome.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace procession;
using namespace procession::faults;
using namespace procession::rundir;
using namespace Qt::Literals::StringLiterals;

namespace {

bool writeTo(const char *path, const QByteArray &text)
{
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool good = file >= 0 && ::write(file, text.constData(), size_t(text.size())) == text.size();
    if (file >= 0)
        ::close(file);
    return good;
}

/// Root has its own mounts at once; anybody else as the root of a user namespace.
bool enterMountNamespace()
{
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return false;
        if (!writeTo("/proc/self/setgroups", "deny") ||
            !writeTo("/proc/self/uid_map", "0 " + QByteArray::number(user) + " 1\n") ||
            !writeTo("/proc/self/gid_map", "0 " + QByteArray::number(group) + " 1\n"))
            return false;
    }
    // In a chroot / may be no mount point; what is mounted is taken away again after each test in any case.
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 || errno == EINVAL;
}

} // namespace

class TestDisk final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void fault29_fullAtStart();
    void fault29_noRoomForOutput();
    void fault29_fullWhileStreaming_data();
    void fault29_fullWhileStreaming();
    void fault29_fullAtExit();
    void fault29_givenUp();
    void fault31_readOnly();
    void fault31_directoryDeleted();

private:
    bool mountDisk(const char *options);
    bool resize(const char *options);
    /// Writes until not a byte more fits.
    bool fill();
    void empty();
    QString disk() const { return m_harness->filePath(u"disk"_s); }
    Run startWaiting(const QStringList &behaviours);
    void letGo();

    std::optional<Harness> m_harness;
    bool m_mounted = false;
};

void TestDisk::initTestCase()
{
    QVERIFY2(enterMountNamespace(), "neither root nor user namespaces: no disk can be filled");
}

void TestDisk::init()
{
    failOnEveryWarning();
    m_harness.emplace();
    QVERIFY(mountDisk("size=256k,nr_inodes=64,mode=0700"));
}

void TestDisk::cleanup()
{
    const QString left = m_harness->leftOver();
    if (m_mounted)
        ::umount2(QFile::encodeName(disk()).constData(), MNT_DETACH);
    m_mounted = false;
    m_harness.reset();
    QCOMPARE(left, QString());
}

bool TestDisk::mountDisk(const char *options)
{
    QDir().mkdir(disk());
    m_mounted = ::mount("tmpfs", QFile::encodeName(disk()).constData(), "tmpfs", 0, options) == 0;
    m_harness->useRunsDirectory(disk());
    return m_mounted;
}

bool TestDisk::resize(const char *options)
{
    return ::mount("tmpfs", QFile::encodeName(disk()).constData(), "tmpfs", MS_REMOUNT, options) == 0;
}

bool TestDisk::fill()
{
    const int file = ::open(QFile::encodeName(disk() + u"/filler"_s).constData(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const QByteArray block(4096, 'f');
    while (file >= 0 && ::write(file, block.constData(), size_t(block.size())) > 0) {
    }
    const bool full = file >= 0 && errno == ENOSPC;
    if (file >= 0)
        ::close(file);
    return full;
}

void TestDisk::empty()
{
    QFile::remove(disk() + u"/filler"_s);
}

/// A worker that does `behaviours` once letGo() was called.
Run TestDisk::startWaiting(const QStringList &behaviours)
{
    const QString gate = m_harness->filePath(u"gate"_s);
    ::mkfifo(QFile::encodeName(gate).constData(), 0600);
    const Run run = m_harness->makeRun(
        QStringList{u"/bin/sh"_s, u"-c"_s, u"read x < \"$0\"; exec \"$@\""_s, gate, Harness::worker()} +
        behaviours);
    if (m_harness->launch(run) != AllStarted)
        qWarning("the worker did not start");
    return run;
}

void TestDisk::letGo()
{
    const int gate =
        ::open(QFile::encodeName(m_harness->filePath(u"gate"_s)).constData(), O_WRONLY | O_CLOEXEC);
    [[maybe_unused]] const ssize_t count = ::write(gate, "\n", 1);
    ::close(gate);
}

void TestDisk::fault29_fullAtStart()
{
    const Run run = m_harness->makeWorker({u"stdout"_s, u"hello"_s, u"exit"_s, u"3"_s});
    QVERIFY(fill());
    SpawnOptions options;
    options.standardError = m_harness->filePath(u"said"_s);
    QCOMPARE(m_harness->launch(run, options), int{SomeFailed});
    QCOMPARE(m_harness->startsOf(run), 0);
    QCOMPARE(stateOf(run).phase, Phase::None);
    QVERIFY(contents(options.standardError).contains(std::strerror(ENOSPC)));
    empty();
    // Claimed, never started: it may be offered again.
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(3), "hello\n"), QString());
    QCOMPARE(m_harness->startsOf(run), 1);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 29 disk full at the start: injected; proved: nothing is started and the reason is said; with "
         "room "
         "again the same run starts, once");
}

void TestDisk::fault29_noRoomForOutput()
{
    // Inodes run out too: the state's file is there, the output's cannot be made.
    const Run run = m_harness->makeWorker({u"stdout"_s, u"hello"_s, u"exit"_s, u"3"_s});
    QFile(run.path + u"/state"_s).open(QIODevice::WriteOnly);
    QFile(run.path + u"/ctl"_s).open(QIODevice::WriteOnly);
    int files = 0;
    while (QFile(disk() + u"/inode-%1"_s.arg(files)).open(QIODevice::WriteOnly | QIODevice::NewOnly))
        ++files;
    QVERIFY(files > 10 && files < 64);
    const int result = m_harness->launch(run);
    if (result == AllStarted) {
        QVERIFY(waitUntil([&] { return (stateOf(run).flags & OutputBlocked) != 0; }));
        for (int i = 0; i < files; ++i)
            QFile::remove(disk() + u"/inode-%1"_s.arg(i));
        QCOMPARE(endOf(run, exited(3), "hello\n"), QString());
    } else {
        QCOMPARE(m_harness->startsOf(run), 0);
    }
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 29 no inode left: injected; proved: %s",
         result == AllStarted ? "the output waits in the pipe and arrives when there is room"
                              : "nothing is started, and said so");
}

void TestDisk::fault29_fullWhileStreaming_data()
{
    QTest::addColumn<int>("killed");
    QTest::newRow("both halves live") << 0;
    QTest::newRow("active killed meanwhile") << 1;
    QTest::newRow("guardian killed meanwhile") << 2;
}

void TestDisk::fault29_fullWhileStreaming()
{
    QFETCH(const int, killed);
    constexpr int bytes = 1'000'000;
    const Run run = m_harness->makeWorker({u"flood"_s, QString::number(bytes), u"exit"_s, u"9"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return (stateOf(run).flags & OutputBlocked) != 0; }));
    const StateSlot state = stateOf(run);
    QVERIFY(isHeld(run));
    if (killed == 1)
        m_harness->kill(state.keeperPid, SIGKILL);
    if (killed == 2)
        m_harness->kill(state.guardianPid, SIGKILL);
    if (killed == 1)
        QVERIFY(waitUntil([&] { return stateOf(run).takeovers > 0; }));
    if (killed == 2)
        QVERIFY(waitUntil([&] { return processState(state.guardianPid) != 'S'; }));
    const pid_t keeper = stateOf(run).keeperPid;
    // It waits, and does not spin.
    const long long before = contextSwitches(keeper);
    passTime(1'000'000);
    const long long switches = contextSwitches(keeper) - before;
    QVERIFY2(switches < 200, qPrintable(QString::number(switches)));
    QVERIFY(!isOver(run));
    QVERIFY(resize("size=16m,nr_inodes=1k"));
    QCOMPARE(endOf(run, exited(9)), QString());
    const QByteArray output = outputOf(run);
    QCOMPARE(output.size(), qsizetype{bytes});
    for (int line = 0; line < bytes / 16; ++line) {
        if (output.mid(line * 16, 15).toInt() != line)
            QFAIL("the output is not in order");
    }
    QCOMPARE(stateOf(run).droppedBytes, 0u);
    QCOMPARE(stateOf(run).flags & (OutputBlocked | OutputGap), 0u);
    QCOMPARE(m_harness->startsOf(run), 1);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 29 disk full while streaming (%s): injected 256 KiB for 1 MB; proved: said so, %lld wake-ups "
         "in a "
         "second, and with room again all bytes are there in order",
         QTest::currentDataTag(), switches);
}

void TestDisk::fault29_fullAtExit()
{
    const Run run = startWaiting({u"exit"_s, u"77"_s});
    QVERIFY(fill());
    letGo();
    QCOMPARE(endOf(run, exited(77), QByteArray()), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    const Run second = [&] {
        empty();
        return startWaiting({u"stdout"_s, u"last words"_s, u"exit"_s, u"78"_s});
    }();
    QVERIFY(fill());
    letGo();
    QVERIFY(waitForPhase(second, Phase::Exited));
    QCOMPARE(stateOf(second).waitStatus, exited(78));
    QVERIFY(waitUntil([&] { return (stateOf(second).flags & OutputBlocked) != 0; }));
    empty();
    QCOMPARE(endOf(second, exited(78), "last words\n"), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 29 disk full at the exit: injected; proved: the state is written in place, so both exit "
         "codes are "
         "known on a disk without a free byte, and the last words arrive once there is room");
}

void TestDisk::fault29_givenUp()
{
    const Run run = m_harness->makeWorker({u"flood"_s, u"1000000"_s, u"exit"_s, u"9"_s});
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QVERIFY(waitUntil([&] { return (stateOf(run).flags & OutputBlocked) != 0; }));
    QVERIFY(command(run, Verb::Stop));
    QVERIFY(waitForPhase(run, Phase::Exited));
    QVERIFY(waitUntil([&] { return isOver(run) || (command(run, Verb::Kill), false); }));
    QCOMPARE(endOf(run, SIGTERM), QString());
    const StateSlot state = stateOf(run);
    QCOMPARE(state.outputBytes - state.droppedBytes, uint64_t(outputOf(run).size()));
    QVERIFY(state.droppedBytes > 0);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 29 disk full for good: injected; proved: stop ends the worker, kill gives up what waits "
         "(%llu bytes, "
         "counted), nothing is left",
         static_cast<unsigned long long>(state.droppedBytes));
}

void TestDisk::fault31_readOnly()
{
    const Run run = m_harness->makeWorker({u"exit"_s, u"3"_s});
    const QByteArray path = QFile::encodeName(disk());
    QCOMPARE(::mount("tmpfs", path.constData(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=256k"), 0);
    SpawnOptions options;
    options.standardError = m_harness->filePath(u"said"_s);
    QCOMPARE(m_harness->launch(run, options), int{SomeFailed});
    QCOMPARE(m_harness->startsOf(run), 0);
    QVERIFY(contents(options.standardError).contains(std::strerror(EROFS)));
    QVERIFY(resize("size=256k"));
    QCOMPARE(m_harness->launch(run), int{AllStarted});
    QCOMPARE(endOf(run, exited(3), QByteArray()), QString());
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 31 read-only file system: injected at the start; proved: nothing is started, the reason is "
         "said; "
         "writable again, the same run starts");
}

void TestDisk::fault31_directoryDeleted()
{
    const Run run = startWaiting(
        {u"append"_s, m_harness->filePath(u"started"_s), u"flood"_s, u"100000"_s, u"exit"_s, u"5"_s});
    QVERIFY(QDir(run.path).removeRecursively());
    letGo();
    QCOMPARE(m_harness->leftOver(), QString());
    QCOMPARE(m_harness->startsOf(run), 1);
    const Run second = startWaiting({u"sleep"_s, u"100"_s});
    const StateSlot state = stateOf(second);
    QVERIFY(QDir(second.path).removeRecursively());
    QCOMPARE(processState(state.mainPid) == '-', false); // the worker is not punished for it
    m_harness->kill(state.mainPid, SIGTERM);
    QCOMPARE(m_harness->leftOver(), QString());
    tell("fault 31 run directory deleted while running: injected before 100 KB of output and while idle; "
         "proved: "
         "the worker runs to its end, the keeper ends after it");
}

QTEST_GUILESS_MAIN(TestDisk)
#include "tst_disk.moc"
