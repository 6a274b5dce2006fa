// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/bootclock.h"
#include "core/lifecycle.h"
#include "core/workerstatus.h"

#include <QMetaEnum>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace procession;
using namespace std::chrono_literals;

namespace {

QString wordOf(const State state)
{
    return QString::fromLatin1(QMetaEnum::fromType<State>().valueToKey(static_cast<int>(state)));
}

QString wordOf(const Event event)
{
    return QString::fromLatin1(QMetaEnum::fromType<Event>().valueToKey(static_cast<int>(event)));
}

/// A wait status as the kernel packs it.
constexpr int exited(const int code)
{
    return code << 8;
}
constexpr int signalled(const int number, const bool core = false)
{
    return number | (core ? 0x80 : 0);
}

} // namespace

class TestLifecycle final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void everyStateAndEvent();
    void aliveAndActive_data();
    void aliveAndActive();
    void everyExitStatus();
    void everySignal();
    void outcomes_data();
    void outcomes();
    void askingDecidesWhateverTheStatus();
    void failuresCallForAttention();
    void durations_data();
    void durations();
    void elapsed();
    void bootClock();
};

void TestLifecycle::everyStateAndEvent()
{
    // One line a legal step; every pair that is not here must be refused.
    const QStringList expected{
        QStringLiteral("NotStarted Queue Queued"),    QStringLiteral("NotStarted Start Starting"),
        QStringLiteral("NotStarted Skip Skipped"),    QStringLiteral("Queued Start Starting"),
        QStringLiteral("Queued Skip Skipped"),        QStringLiteral("Queued Stop NotStarted"),
        QStringLiteral("Queued Reset NotStarted"),    QStringLiteral("Starting Stop Stopping"),
        QStringLiteral("Starting Started Running"),   QStringLiteral("Starting StartFailed Ended"),
        QStringLiteral("Starting Paused Paused"),     QStringLiteral("Starting Stopping Stopping"),
        QStringLiteral("Starting Ended Ended"),       QStringLiteral("Running Stop Stopping"),
        QStringLiteral("Running Paused Paused"),      QStringLiteral("Running Stopping Stopping"),
        QStringLiteral("Running Ended Ended"),        QStringLiteral("Paused Stop Stopping"),
        QStringLiteral("Paused Resumed Running"),     QStringLiteral("Paused Stopping Stopping"),
        QStringLiteral("Paused Ended Ended"),         QStringLiteral("Stopping Stop Stopping"),
        QStringLiteral("Stopping StartFailed Ended"), QStringLiteral("Stopping Ended Ended"),
        QStringLiteral("Ended Queue Queued"),         QStringLiteral("Ended Start Starting"),
        QStringLiteral("Ended Skip Skipped"),         QStringLiteral("Ended Reset NotStarted"),
        QStringLiteral("Skipped Queue Queued"),       QStringLiteral("Skipped Start Starting"),
        QStringLiteral("Skipped Reset NotStarted"),
    };
    QStringList found;
    for (const State state : allStates) {
        for (const Event event : allEvents) {
            if (const auto after = next(state, event))
                found << wordOf(state) + u' ' + wordOf(event) + u' ' + wordOf(*after);
        }
    }
    QCOMPARE(found.join(u'\n'), expected.join(u'\n'));
    QCOMPARE(QMetaEnum::fromType<State>().keyCount(), int(allStates.size()));
    QCOMPARE(QMetaEnum::fromType<Event>().keyCount(), int(allEvents.size()));
}

void TestLifecycle::aliveAndActive_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<bool>("alive");
    QTest::addColumn<bool>("active");
    QTest::newRow("NotStarted") << State::NotStarted << false << false;
    QTest::newRow("Queued") << State::Queued << false << true;
    QTest::newRow("Starting") << State::Starting << true << true;
    QTest::newRow("Running") << State::Running << true << true;
    QTest::newRow("Paused") << State::Paused << true << true;
    QTest::newRow("Stopping") << State::Stopping << true << true;
    QTest::newRow("Ended") << State::Ended << false << false;
    QTest::newRow("Skipped") << State::Skipped << false << false;
}

void TestLifecycle::aliveAndActive()
{
    QFETCH(State, state);
    QTEST(isAlive(state), "alive");
    QTEST(isActive(state), "active");
}

void TestLifecycle::everyExitStatus()
{
    for (int code = 0; code <= 255; ++code) {
        QCOMPARE(exitCodeOf(exited(code)), code);
        QVERIFY(!coreDumpedOf(exited(code)));
        QCOMPARE(exitCodeText(code), QString::number(code));
        QCOMPARE(outcomeOf({.statusKnown = true, .waitStatus = exited(code)}),
                 code == 0 ? Outcome::Succeeded : Outcome::Failed);
    }
}

void TestLifecycle::everySignal()
{
    for (int number = 1; number < SIGRTMIN; ++number) {
        QCOMPARE(exitCodeOf(signalled(number)), -number);
        QVERIFY(!coreDumpedOf(signalled(number)));
        QCOMPARE(exitCodeOf(signalled(number, true)), -number);
        QVERIFY(coreDumpedOf(signalled(number, true)));
        QCOMPARE(outcomeOf({.statusKnown = true, .waitStatus = signalled(number)}), Outcome::Crashed);
        const QString text = exitCodeText(-number);
        QVERIFY2(text.contains(QString::number(number)), qPrintable(text));
        QCOMPARE(exitCodeText(-number, true), QString(text + u", core"));
    }
    QCOMPARE(exitCodeText(-SIGTERM), QStringLiteral("SIGTERM (15)"));
    QCOMPARE(exitCodeText(-SIGSEGV, true), QStringLiteral("SIGSEGV (11), core"));
    QCOMPARE(exitCodeText(-SIGKILL), QStringLiteral("SIGKILL (9)"));
    QCOMPARE(exitCodeText(143), QStringLiteral("143"));
    QCOMPARE(exitCodeText(-77), QStringLiteral("signal 77"));
}

void TestLifecycle::outcomes_data()
{
    QTest::addColumn<EndFacts>("facts");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("nothing known") << EndFacts{} << Outcome::Lost;
    QTest::newRow("never executed") << EndFacts{.startFailed = true} << Outcome::FailedToStart;
    QTest::newRow("never executed, and asked to stop meanwhile")
        << EndFacts{.startFailed = true, .stopAsked = true, .killAsked = true} << Outcome::FailedToStart;
    QTest::newRow("lost") << EndFacts{.lost = true} << Outcome::Lost;
    QTest::newRow("lost while stopping") << EndFacts{.lost = true, .stopAsked = true} << Outcome::Lost;
    QTest::newRow("reboot") << EndFacts{.interrupted = true} << Outcome::Interrupted;
    QTest::newRow("reboot while stopping")
        << EndFacts{.interrupted = true, .stopAsked = true, .killAsked = true} << Outcome::Interrupted;
    QTest::newRow("killed here") << EndFacts{.statusKnown = true,
                                             .waitStatus = signalled(SIGKILL),
                                             .killAsked = true}
                                 << Outcome::Killed;
    QTest::newRow("grace over") << EndFacts{.statusKnown = true,
                                            .waitStatus = signalled(SIGKILL),
                                            .stopAsked = true,
                                            .graceExpired = true}
                                << Outcome::Killed;
    QTest::newRow("killed by a stranger")
        << EndFacts{.statusKnown = true, .waitStatus = signalled(SIGKILL)} << Outcome::Crashed;
    QTest::newRow("terminated by a stranger")
        << EndFacts{.statusKnown = true, .waitStatus = signalled(SIGTERM)} << Outcome::Crashed;
    QTest::newRow("143 is an exit") << EndFacts{.statusKnown = true, .waitStatus = exited(143)}
                                    << Outcome::Failed;
    QTest::newRow("stopped, status unknown") << EndFacts{.stopAsked = true} << Outcome::Stopped;
}

void TestLifecycle::outcomes()
{
    QFETCH(EndFacts, facts);
    QTEST(outcomeOf(facts), "outcome");
}

void TestLifecycle::askingDecidesWhateverTheStatus()
{
    for (int status = 0; status <= 0xffff; ++status) {
        EndFacts facts{.statusKnown = true, .waitStatus = status, .stopAsked = true};
        QCOMPARE(outcomeOf(facts), Outcome::Stopped);
        facts.killAsked = true;
        QCOMPARE(outcomeOf(facts), Outcome::Killed);
    }
}

void TestLifecycle::failuresCallForAttention()
{
    const QList<Outcome> failures{Outcome::Failed, Outcome::Crashed, Outcome::FailedToStart,
                                  Outcome::TimedOut};
    const QMetaEnum all = QMetaEnum::fromType<Outcome>();
    for (int i = 0; i < all.keyCount(); ++i) {
        const auto outcome = static_cast<Outcome>(all.value(i));
        QVERIFY2(isFailure(outcome) == failures.contains(outcome), all.key(i));
    }
}

void TestLifecycle::durations_data()
{
    QTest::addColumn<qint64>("nanoseconds");
    QTest::addColumn<bool>("finished");
    QTest::addColumn<QString>("text");
    const auto row = [](const char *name, const std::chrono::nanoseconds duration, const bool finished,
                        const QString &text) {
        QTest::newRow(name) << qint64(duration.count()) << finished << text;
    };
    row("nothing, running", 0ns, false, QStringLiteral("0:00"));
    row("nothing, finished", 0ns, true, QStringLiteral("0.0 s"));
    row("0.4 s running", 400ms, false, QStringLiteral("0:00"));
    row("0.4 s finished", 400ms, true, QStringLiteral("0.4 s"));
    row("just below a second", 999'999'999ns, true, QStringLiteral("0.9 s"));
    row("a second", 1s, true, QStringLiteral("0:01"));
    row("7 s", 7'900ms, false, QStringLiteral("0:07"));
    row("a minute", 60s, true, QStringLiteral("1:00"));
    row("12:34", 12min + 34s, false, QStringLiteral("12:34"));
    row("just below an hour", 3'599s, false, QStringLiteral("59:59"));
    row("an hour", 1h, false, QStringLiteral("1:00:00"));
    row("1:02:03", 1h + 2min + 3s, true, QStringLiteral("1:02:03"));
    row("just below a day", 24h - 1s, true, QStringLiteral("23:59:59"));
    row("a day", 24h, true, QStringLiteral("1d 00:00:00"));
    row("2d 03:04:05", 51h + 4min + 5s, false, QStringLiteral("2d 03:04:05"));
    row("a thousand days", 24'000h, false, QStringLiteral("1000d 00:00:00"));
    row("negative", -5s, false, QStringLiteral("0:00"));
}

void TestLifecycle::durations()
{
    QFETCH(qint64, nanoseconds);
    QFETCH(bool, finished);
    QTEST(durationText(std::chrono::nanoseconds(nanoseconds), finished), "text");
}

void TestLifecycle::elapsed()
{
    WorkerStatus status;
    QVERIFY(!status.elapsed(100s));
    status.state = State::Running;
    status.startedAt = 10s;
    QCOMPARE(*status.elapsed(12s), 2s);
    QCOMPARE(*status.elapsed(9s), 0s);
    status.state = State::Ended;
    QVERIFY2(!status.elapsed(12s), "over, but nobody knows since when");
    status.endedAt = 13s;
    QCOMPARE(*status.elapsed(100s), 3s);
}

void TestLifecycle::bootClock()
{
    const auto before = bootNow();
    QVERIFY(before > 0s);
    QVERIFY(bootNow() >= before);
    QCOMPARE(bootId().size(), 36);
    QCOMPARE(bootId(), bootId());
}

QTEST_GUILESS_MAIN(TestLifecycle)
#include "tst_lifecycle.moc"
