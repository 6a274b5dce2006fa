// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/endquestion.h"

#include "gui/actionrules.h"
#include "testhome.h"

#include <QTest>

#include <csignal>

using namespace procession;
using namespace std::chrono_literals;

namespace {

Victim victim(const char *name, int stopSignal, std::chrono::milliseconds grace)
{
    WorkerSpec spec;
    spec.name = QLatin1StringView(name);
    spec.stopSignal = stopSignal;
    spec.grace = grace;
    Victim made;
    made.status.id = WorkerId(1);
    made.status.spec = std::make_shared<const WorkerSpec>(spec);
    made.status.state = State::Running;
    made.status.pid = 40312;
    made.status.startedAt = 100s;
    made.sample = WorkerSample{WorkerId(1), {}, {}, 3};
    return made;
}

} // namespace

class TestEndQuestion final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void namesTheVictims()
    {
        Victim starting = victim("new", SIGTERM, 10s);
        starting.status.state = State::Starting;
        starting.status.pid = 0;
        starting.status.startedAt = 0s;
        starting.sample.reset();
        Victim alone = victim("one", SIGTERM, 10s);
        alone.sample->processes = 1;
        QCOMPARE(victimLines({victim("fetch", SIGTERM, 10s), alone, starting}, 227s),
                 QStringList({QStringLiteral("fetch · 40312 · 2:07 · 3 processes"),
                              QStringLiteral("one · 40312 · 2:07 · 1 process"), QStringLiteral("new")}));
    }

    void saysWhatIsSentAndWhenSigkillFollows()
    {
        const auto text = [](const QList<Victim> &victims, Ending how = Ending::Terminate) {
            return endQuestion(how, victims, 227s).text;
        };
        QCOMPARE(text({victim("a", SIGTERM, 10s), victim("b", SIGTERM, 10s)}),
                 QStringLiteral(
                     "SIGTERM is sent to them; what is still there after 10 s is killed (SIGKILL). Work they "
                     "have not saved may be lost."));
        QVERIFY(
            text({victim("a", SIGTERM, 2500ms), victim("b", SIGINT, 10s)})
                .startsWith(
                    u"Their stop signals are sent to them (SIGTERM, SIGINT); what is still there after 2.5 "
                    "to 10 s is killed"));
        QVERIFY(text({victim("a", SIGTERM, 10s), victim("b", SIGTERM, 10s)}, Ending::Restart)
                    .contains(u"Then they are started again."));
        const ConfirmRequest kill = endQuestion(Ending::Kill, {victim("a", SIGTERM, 10s)}, 227s);
        QVERIFY(kill.text.startsWith(u"SIGKILL ends all its processes at once"));
        QVERIFY(!kill.offerDontAsk);
    }

    /// A worker whose keeper was killed can be ended, not more: nobody is there to pause it or to start
    /// another.
    void whatCanBeDoneWithoutAKeeper()
    {
        Situation situation;
        situation.rosterOpen = true;
        situation.all[size_t(State::Running)] = situation.selected[size_t(State::Running)] = 1;
        QCOMPARE(obstacle(Verb::Pause, situation), QString());
        situation.unkept = 1;
        for (const Verb verb : {Verb::Pause, Verb::Signal})
            QVERIFY(obstacle(verb, situation).contains(u"keepers"));
        for (const Verb verb : {Verb::Terminate, Verb::Kill})
            QCOMPARE(obstacle(verb, situation), QString());
        QVERIFY(!obstacle(Verb::Start, situation).isEmpty());
        situation.selected[size_t(State::Paused)] = 1; // another one, with a keeper
        QCOMPARE(obstacle(Verb::Pause, situation), QString());
    }
};

QTEST_MAIN(TestEndQuestion)
#include "tst_endquestion.moc"
