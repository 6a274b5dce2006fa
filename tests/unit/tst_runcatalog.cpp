// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runcatalog.h"

#include "core/runspec.h"
#include "runmaker.h"

#include <QSignalSpy>

#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString testWorker = QStringLiteral(PROCESSION_BIN_DIR "/procession-testworker");

constexpr RunLimits noLimits{.count = 1'000'000, .days = 0, .bytes = 1ll << 50};

} // namespace

class TestRunCatalog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_runs = std::make_unique<RunMaker>(*m_home);
        m_directory = m_home->paths().runsDirectory();
    }

    void cleanup()
    {
        QTRY_COMPARE(m_home->processes(), QList<qint64>());
        m_runs.reset();
        m_home.reset();
    }

    void understandsWhatIsWritten()
    {
        WorkerSpec spec;
        spec.name = u"a \"name\"\nwith lines"_s;
        spec.command = Command::direct({u"sh"_s, u"-c"_s, u""_s, u"tab\there=1"_s});
        spec.workingDirectory = u"/some/where = else"_s;
        spec.environment = {{u"A"_s, u"1=2"_s}, {u"EMPTY"_s, QString()}, {u"API_TOKEN"_s, u"hidden"_s}};
        spec.stopSignal = 2;
        spec.grace = 1234ms;
        RunOrder order;
        order.runId = RunMaker::id(1);
        order.rosterId = u"roster"_s;
        order.worker = WorkerId(77);
        order.spec = std::make_shared<const WorkerSpec>(spec);
        const QByteArray bytes = specBytes(order);
        QVERIFY(!bytes.contains("hidden"));
        const auto read = parseRunSpec(bytes);
        QVERIFY(read);
        QCOMPARE(read->runId, order.runId);
        QCOMPARE(read->rosterId, order.rosterId);
        QCOMPARE(read->worker, order.worker);
        QCOMPARE(read->projectFile, QString());
        spec.environment.removeLast();
        QCOMPARE(read->spec, spec);
        for (qsizetype length = 0; length < bytes.size(); ++length)
            QVERIFY(!parseRunSpec(bytes.first(length)));
    }

    void understandsEveryKey()
    {
        constexpr char text[] = "procession-run=1\0run=x\0input=terminal\0merge=1\0strays=keep\0project=/p\0"
                                "later=thing\0stop-signal=999\0grace-ms=-1\0worker=many\0arg=true\0end=";
        const QByteArray bytes(text, sizeof text);
        const auto read = parseRunSpec(bytes);
        QVERIFY(read);
        QCOMPARE(read->projectFile, u"/p"_s);
        QCOMPARE(read->spec.input, Input::Terminal);
        QVERIFY(read->spec.mergeStreams);
        QVERIFY(read->spec.keepStrays);
        QCOMPARE(read->spec.stopSignal, 15);
        QCOMPARE(read->spec.grace, 10'000ms);
        QCOMPARE(read->worker, WorkerId{});
    }

    void readsALife()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"both"_s, u"sleep"_s, u"100"_s}, u"name"_s, u"roster"_s, 5);
        RunRecord before = *RunCatalog::read(m_runs->pathOf(id));
        QCOMPARE(before.status.state, State::NotStarted);
        m_runs->launch(id);
        QTRY_COMPARE(m_runs->state(id), State::Running);
        QTRY_VERIFY(RunCatalog::read(m_runs->pathOf(id))->status.outputBytes > 0);
        const RunRecord alive = *RunCatalog::read(m_runs->pathOf(id));
        QCOMPARE(alive.rosterId, u"roster"_s);
        QCOMPARE(alive.status.id, WorkerId(5));
        QCOMPARE(alive.status.spec->name, u"name"_s);
        QCOMPARE(alive.status.spec->command.argv().first(), testWorker);
        QCOMPARE(alive.status.runId, id);
        QCOMPARE(alive.status.runDirectory, m_runs->pathOf(id));
        QVERIFY(alive.status.pid > 0);
        QCOMPARE(alive.status.pid, alive.status.lastPid);
        QVERIFY(!alive.status.exitCode);
        QCOMPARE(alive.status.outcome, Outcome::None);
        QVERIFY(alive.status.problem.isEmpty());
        QVERIFY(alive.diskBytes > 0);

        RunCatalog catalog(m_home->paths());
        catalog.stop(id, false);
        QTRY_COMPARE(m_runs->state(id), State::Ended);
        const RunRecord over = *RunCatalog::read(m_runs->pathOf(id));
        QCOMPARE(over.status.outcome, Outcome::Stopped);
        QCOMPARE(over.status.exitCode, std::optional<int>(-SIGTERM));
        QCOMPARE(over.status.pid, 0);
        QCOMPARE(over.status.lastPid, alive.status.pid);
        QVERIFY(over.status.endedAt >= over.status.startedAt);
        QVERIFY(over.status.peakMemoryKib > 0);
        QVERIFY(over.status.problem.isEmpty());
    }

    void readsAnEnd_data()
    {
        QTest::addColumn<QStringList>("argv");
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<std::optional<int>>("exitCode");
        using Code = std::optional<int>;
        QTest::newRow("0") << QStringList{testWorker} << Outcome::Succeeded << Code(0);
        QTest::newRow("3") << QStringList{testWorker, u"exit"_s, u"3"_s} << Outcome::Failed << Code(3);
        QTest::newRow("signal") << QStringList{testWorker, u"signal"_s, u"9"_s} << Outcome::Crashed
                                << Code(-9);
        QTest::newRow("no start") << QStringList{u"/no/such/thing"_s} << Outcome::FailedToStart << Code();
    }
    void readsAnEnd()
    {
        QFETCH(QStringList, argv);
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, argv);
        m_runs->launch(id);
        QTRY_COMPARE(m_runs->state(id), State::Ended);
        const RunRecord record = *RunCatalog::read(m_runs->pathOf(id));
        QTEST(record.status.outcome, "outcome");
        QTEST(record.status.exitCode, "exitCode");
        QCOMPARE(record.status.problem.contains(u"/no/such/thing"_s),
                 record.status.outcome == Outcome::FailedToStart);
    }

    void aRunWithoutKeeperIsNeverGivenACode()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"sleep"_s, u"100"_s});
        m_runs->launch(id);
        QTRY_COMPARE(m_runs->state(id), State::Running);
        m_runs->killKeeper(id);
        QTRY_VERIFY(RunCatalog::read(m_runs->pathOf(id))->status.keeperGone);
        const WorkerStatus alive = RunCatalog::read(m_runs->pathOf(id))->status;
        QCOMPARE(alive.state, State::Running);
        QVERIFY(alive.pid > 0);
        QVERIFY(!alive.problem.isEmpty());
        // It is not removed either: whoever looks for the process finds its record.
        QCOMPARE(RunCatalog::pruneNow(m_directory, {.count = 0, .days = 1, .bytes = 0}, {}), QStringList());
        RunCatalog catalog(m_home->paths());
        catalog.stop(id, false);
        QTRY_COMPARE(m_runs->state(id), State::Ended);
        const WorkerStatus lost = RunCatalog::read(m_runs->pathOf(id))->status;
        QCOMPARE(lost.outcome, Outcome::Lost);
        QVERIFY(!lost.exitCode);
        QVERIFY(!lost.problem.isEmpty());
    }

    void passesByWhatIsNoRun()
    {
        m_runs->fake(RunMaker::id(1), 0);
        QVERIFY(QFile::link(m_runs->pathOf(RunMaker::id(1)), m_runs->pathOf(RunMaker::id(2))));
        QFile file(m_runs->pathOf(RunMaker::id(3)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(QDir().mkdir(m_runs->pathOf(RunMaker::id(4))));
        QVERIFY(QDir().mkdir(m_runs->pathOf(u".hidden"_s)));
        for (const QString &name : {RunMaker::id(2), RunMaker::id(3), RunMaker::id(4), RunMaker::id(5)})
            QVERIFY(!RunCatalog::read(m_runs->pathOf(name)));
        if (::geteuid() == 0) {
            m_runs->fake(RunMaker::id(6), 0);
            QCOMPARE(::chown(m_runs->pathOf(RunMaker::id(6)).toUtf8().constData(), 65534, 65534), 0);
            QVERIFY(!RunCatalog::read(m_runs->pathOf(RunMaker::id(6))));
        }
        QCOMPARE(RunCatalog::readAll(m_directory).size(), 1);
        QCOMPARE(RunCatalog::readAll(m_home->filePath(u"nowhere"_s)).size(), 0);
        RunCatalog::pruneNow(m_directory, {.count = 0, .days = 1, .bytes = 0}, {});
        QVERIFY(QFileInfo(m_runs->pathOf(RunMaker::id(2))).isSymLink());
        QVERIFY(file.exists());
        QVERIFY(QFileInfo::exists(m_runs->pathOf(u".hidden"_s)));
        QVERIFY(!QFileInfo::exists(m_runs->pathOf(RunMaker::id(4)))); // what a killed window leaves
    }

    void survivesEverySpec()
    {
        const QString id = RunMaker::id(1);
        m_runs->fake(id, 3);
        const QByteArray whole = m_runs->bytesOf(id, rundir::specFile);
        for (qsizetype length = 0; length < whole.size(); ++length) {
            m_runs->write(id, rundir::specFile, whole.first(length));
            const auto record = RunCatalog::read(m_runs->pathOf(id));
            QVERIFY(record);
            QVERIFY(!record->status.problem.isEmpty());
            QCOMPARE(record->status.exitCode, std::optional<int>(3));
        }
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray flipped = whole;
            flipped[i] = char(flipped.at(i) ^ 0xff);
            m_runs->write(id, rundir::specFile, flipped);
            QVERIFY(RunCatalog::read(m_runs->pathOf(id))->status.spec);
        }
    }

    void survivesEveryState()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker, u"exit"_s, u"3"_s});
        m_runs->launch(id);
        QTRY_COMPARE(m_runs->state(id), State::Ended);
        QTRY_VERIFY(!m_runs->isHeld(id)); // an older state with its keeper is a run that goes on
        const QByteArray whole = m_runs->bytesOf(id, rundir::stateFile);
        int damaged = 0;
        const auto check = [&](const QByteArray &bytes) {
            m_runs->write(id, rundir::stateFile, bytes);
            const auto record = RunCatalog::read(m_runs->pathOf(id));
            if (!record || isAlive(record->status.state))
                return false;
            damaged += record->status.outcome == Outcome::Lost ? 1 : 0;
            return !record->status.exitCode ? !record->status.problem.isEmpty()
                                            : *record->status.exitCode == 3;
        };
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray flipped = whole;
            flipped[i] = char(flipped.at(i) ^ 0x01);
            QVERIFY2(check(flipped), qPrintable(QString::number(i)));
        }
        for (qsizetype length = 0; length < whole.size(); ++length)
            QVERIFY2(check(whole.first(length)), qPrintable(QString::number(length)));
        QVERIFY(check(QByteArray(whole.size(), '\0')));
        QVERIFY(damaged > 0);
    }

    void survivesWhatIsNoState()
    {
        const QString id = RunMaker::id(1);
        m_runs->prepare(id, {testWorker});
        const QByteArray state = (m_runs->pathOf(id) + u"/state"_s).toUtf8();
        QCOMPARE(::mkfifo(state.constData(), 0600), 0);
        QCOMPARE(RunCatalog::read(m_runs->pathOf(id))->status.outcome, Outcome::Lost);
        QCOMPARE(::unlink(state.constData()), 0);
        QCOMPARE(::symlink("/etc/passwd", state.constData()), 0);
        QCOMPARE(RunCatalog::read(m_runs->pathOf(id))->status.outcome, Outcome::Lost);
        QCOMPARE(::unlink(state.constData()), 0);
        QCOMPARE(::mkdir(state.constData(), 0700), 0);
        QCOMPARE(RunCatalog::read(m_runs->pathOf(id))->status.outcome, Outcome::Lost);
    }

    void saysWhatANewerVersionWrote()
    {
        const QString id = RunMaker::id(1);
        m_runs->fake(id, 3);
        QByteArray bytes = m_runs->bytesOf(id, rundir::stateFile);
        rundir::StateSlot slot;
        std::memcpy(&slot, bytes.constData() + rundir::slotBytes, sizeof slot);
        slot.version = rundir::stateVersion + 1;
        slot.checksum = rundir::checksum(slot);
        std::memcpy(bytes.data() + rundir::slotBytes, &slot, sizeof slot);
        m_runs->write(id, rundir::stateFile, bytes);
        const auto record = RunCatalog::read(m_runs->pathOf(id));
        QVERIFY(!record->status.exitCode);
        QVERIFY2(record->status.problem.contains(u"newer"_s), qPrintable(record->status.problem));
    }

    void takesANewlineInAName()
    {
        const QString id = u"two\nlines"_s;
        m_runs->fake(id, 3);
        QCOMPARE(RunCatalog::readAll(m_directory).first().status.runId, id);
        // It has no name of ours, so it is not ours to remove.
        RunCatalog::pruneNow(m_directory, {.count = 0, .days = 1, .bytes = 0}, {});
        QVERIFY(RunCatalog::read(m_runs->pathOf(id)));
    }

    void prunesByCount()
    {
        for (int i = 0; i < 6; ++i)
            m_runs->fake(RunMaker::id(i), 0);
        RunLimits limits = noLimits;
        limits.count = 3;
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {RunMaker::id(1)}),
                 QStringList({RunMaker::id(0), RunMaker::id(2), RunMaker::id(3)}));
        QCOMPARE(ids(), QStringList({RunMaker::id(5), RunMaker::id(4), RunMaker::id(1)}));
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList());
    }

    void prunesByAge()
    {
        m_runs->fake(RunMaker::id(0), 0); // ended long ago
        m_runs->prepare(RunMaker::id(1), {testWorker});
        m_runs->launch(RunMaker::id(1)); // has an old id, but ends now
        QTRY_COMPARE(m_runs->state(RunMaker::id(1)), State::Ended);
        RunLimits limits = noLimits;
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList());
        limits.days = 1;
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList{RunMaker::id(0)});
        QCOMPARE(ids(), QStringList{RunMaker::id(1)});
    }

    void prunesByBytes()
    {
        for (int i = 0; i < 4; ++i)
            m_runs->fake(RunMaker::id(i), 0, 1 << 20);
        RunLimits limits = noLimits;
        limits.bytes = (2ll << 20) + (1 << 19);
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}),
                 QStringList({RunMaker::id(0), RunMaker::id(1)}));
    }

    void prunesNothingAlive()
    {
        m_runs->prepare(RunMaker::id(0), {testWorker, u"sleep"_s, u"100"_s});
        m_runs->launch(RunMaker::id(0));
        m_runs->fake(RunMaker::id(1), 0);
        const RunLimits limits{.count = 0, .days = 1, .bytes = 0};
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList{RunMaker::id(1)});
        // A state that says "finished" while a keeper holds the lock is not believed either.
        m_runs->fake(RunMaker::id(2), 0);
        const int held =
            ::open((m_runs->pathOf(RunMaker::id(2)) + u"/state"_s).toUtf8().constData(), O_RDONLY);
        QCOMPARE(::flock(held, LOCK_EX | LOCK_NB), 0);
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList());
        ::close(held);
        QCOMPARE(RunCatalog::pruneNow(m_directory, limits, {}), QStringList{RunMaker::id(2)});
        RunCatalog(m_home->paths()).remove({RunMaker::id(0)});
        QCOMPARE(m_runs->state(RunMaker::id(0)), State::Running);
        RunCatalog catalog(m_home->paths());
        catalog.stop(RunMaker::id(0), true);
        QTRY_COMPARE(m_runs->state(RunMaker::id(0)), State::Ended);
        QCOMPARE(RunCatalog::read(m_runs->pathOf(RunMaker::id(0)))->status.outcome, Outcome::Killed);
    }

    void removesOnlyWhatIsOurs()
    {
        m_runs->fake(RunMaker::id(0), 0, 10);
        m_runs->write(RunMaker::id(0), "notes.txt", "mine");
        m_runs->fake(RunMaker::id(1), 0, 10);
        m_runs->prepare(RunMaker::id(2), {testWorker}); // given up before its launch
        RunCatalog catalog(m_home->paths());
        QSignalSpy removed(&catalog, &RunCatalog::removed);
        catalog.prune({.count = 0, .days = 0, .bytes = 1ll << 50}, {});
        QTRY_COMPARE(removed.count(), 1);
        QCOMPARE(removed.first().first().toStringList(), QStringList({RunMaker::id(1), RunMaker::id(2)}));
        QCOMPARE(m_runs->bytesOf(RunMaker::id(0), "notes.txt"), QByteArray("mine"));
        QCOMPARE(m_runs->state(RunMaker::id(0)), State::Ended);
        catalog.remove({u"../runs/x"_s, u".."_s, QString(), RunMaker::id(1)});
        QTRY_COMPARE(removed.count(), 2);
        QCOMPARE(removed.last().first().toStringList(), QStringList());
    }

    void aRunJustPreparedIsNotPruned()
    {
        const QString id = RunDirectory::newId();
        m_runs->prepare(id, {testWorker});
        QCOMPARE(RunCatalog::pruneNow(m_directory, {.count = 0, .days = 1, .bytes = 0}, {}), QStringList());
        m_runs->launch(id);
        QTRY_COMPARE(m_runs->state(id), State::Ended);
        QCOMPARE(RunCatalog::read(m_runs->pathOf(id))->status.outcome, Outcome::Succeeded);
    }

    void answersForOneWorker()
    {
        for (int i = 0; i < 4; ++i)
            m_runs->prepare(RunMaker::id(i), {testWorker, u"exit"_s, QString::number(i)}, u"w"_s,
                            i == 3 ? u"other"_s : u"r"_s, i % 2);
        m_runs->launch(RunMaker::id(0));
        m_runs->launch(RunMaker::id(2));
        QTRY_COMPARE(m_runs->state(RunMaker::id(2)), State::Ended);
        RunCatalog catalog(m_home->paths());
        QSignalSpy answered(&catalog, &RunCatalog::workerRuns);
        catalog.requestWorker(u"r"_s, WorkerId(1));
        catalog.requestWorker(u"r"_s, WorkerId(0));
        QTRY_COMPARE(answered.count(), 1); // the later request has made the earlier one void
        QCOMPARE(answered.first().at(1).value<WorkerId>(), WorkerId(0));
        const auto runs = answered.first().at(2).value<QList<RunRecord>>();
        QCOMPARE(runs.size(), 2);
        QCOMPARE(runs.first().status.runId, RunMaker::id(2));
        QCOMPARE(runs.first().status.exitCode, std::optional<int>(2));
        // What has ended is not read again, and what is removed is not remembered.
        catalog.remove({RunMaker::id(2)});
        catalog.requestWorker(u"r"_s, WorkerId(0));
        QTRY_COMPARE(answered.count(), 2);
        QCOMPARE(answered.last().at(2).value<QList<RunRecord>>().size(), 1);
    }

    void answersForRostersThatNobodyHasOpen()
    {
        m_runs->prepare(RunMaker::id(0), {testWorker, u"sleep"_s, u"100"_s}, u"alive"_s, u"gone"_s);
        m_runs->launch(RunMaker::id(0));
        m_runs->fake(RunMaker::id(1), 0); // of the roster "r"
        const QString roster = m_home->paths().rosterDirectory(u"r"_s);
        QVERIFY(QDir().mkpath(roster));
        const int lock = ::open((roster + u"/lock"_s).toUtf8().constData(), O_RDWR | O_CREAT, 0600);
        QCOMPARE(::flock(lock, LOCK_EX | LOCK_NB), 0);
        m_runs->prepare(RunMaker::id(2), {testWorker}, u"hostile"_s, u"../../x"_s);
        RunCatalog catalog(m_home->paths());
        QSignalSpy answered(&catalog, &RunCatalog::otherRuns);
        catalog.requestOthers();
        QTRY_COMPARE(answered.count(), 1);
        QCOMPARE(namesIn(answered.last()), QStringList({u"alive"_s, u"hostile"_s}));
        ::close(lock);
        catalog.requestOthers();
        QTRY_COMPARE(answered.count(), 2);
        QCOMPARE(namesIn(answered.last()), QStringList({u"alive"_s, u"hostile"_s, u"w"_s}));
        catalog.stop(RunMaker::id(0), true);
        QTRY_COMPARE(m_runs->state(RunMaker::id(0)), State::Ended);
    }

private:
    QStringList ids() const
    {
        QStringList found;
        for (const RunRecord &record : RunCatalog::readAll(m_directory))
            found.append(record.status.runId);
        return found;
    }

    static QStringList namesIn(const QVariantList &arguments)
    {
        QStringList names;
        for (const RunRecord &record : arguments.first().value<QList<RunRecord>>())
            names.append(record.status.spec->name);
        return names;
    }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<RunMaker> m_runs;
    QString m_directory;
};

QTEST_GUILESS_MAIN(TestRunCatalog)
#include "tst_runcatalog.moc"
