// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"
#include "gui/englishplurals.h"
#include "gui/lastseen.h"
#include "testhome.h"

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

WorkerStatus workerOf(const QString &name, State state, Outcome outcome = Outcome::None, qint64 endedMs = 0)
{
    WorkerSpec spec;
    spec.name = name;
    WorkerStatus status;
    status.spec = std::make_shared<const WorkerSpec>(spec);
    status.state = state;
    status.outcome = outcome;
    status.endedMs = endedMs;
    status.runId = u"run-of-"_s + name;
    return status;
}

} // namespace

class TestLastSeen final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QCoreApplication::installTranslator(new EnglishPlurals(QCoreApplication::instance())); }
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_settings = std::make_unique<Settings>(m_home->paths().configFile);
    }

    void nothingOfARosterThatWasNeverOpen()
    {
        const LastSeen seen(m_settings.get());
        QCOMPARE(seen.news(seen.mark(u"r"_s), {workerOf(u"a"_s, State::Ended, Outcome::Failed, 10)}).text,
                 QString());
    }

    void tellsWhatEndedSince()
    {
        LastSeen seen(m_settings.get());
        const WorkerStatus before = workerOf(u"before"_s, State::Ended, Outcome::Failed, 100);
        seen.note(u"r"_s, {before, workerOf(u"x"_s, State::Running)});
        QCOMPARE(seen.news(seen.mark(u"r"_s), {before, workerOf(u"x"_s, State::Running)}).text, QString());

        const QList<WorkerStatus> now{before,
                                      workerOf(u"a"_s, State::Running),
                                      workerOf(u"b"_s, State::Paused),
                                      workerOf(u"c"_s, State::Stopping),
                                      workerOf(u"d"_s, State::Ended, Outcome::Succeeded, 110),
                                      workerOf(u"e"_s, State::Ended, Outcome::Crashed, 120),
                                      workerOf(u"f"_s, State::NotStarted)};
        const LastSeen::News news = seen.news(seen.mark(u"r"_s), now);
        QCOMPARE(news.text, u"While no window was open: 3 workers went on, 2 ended (1 failed)."_s);
        QCOMPARE(news.failed, 1);
        QVERIFY(!news.alarming);
        QCOMPARE(seen.news(seen.mark(u"another"_s), now).text, QString());
        seen.note(u"r"_s, now);
        QCOMPARE(seen.news(seen.mark(u"r"_s), now).text, QString());
    }

    void onlyEnds()
    {
        LastSeen seen(m_settings.get());
        seen.note(u"r"_s, {});
        QCOMPARE(seen.news(seen.mark(u"r"_s), {workerOf(u"a"_s, State::Ended, Outcome::Succeeded, 1)}).text,
                 u"While no window was open: 1 worker ended."_s);
    }

    void unknownEndsAreNamedOnce()
    {
        LastSeen seen(m_settings.get());
        seen.note(u"r"_s, {});
        QList<WorkerStatus> now;
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s, u"d"_s}) {
            now.append(workerOf(name, State::Ended, name == u"b"_s ? Outcome::Interrupted : Outcome::Lost));
            now.last().problem = u"Its keeper was killed."_s;
        }
        const LastSeen::News news = seen.news(seen.mark(u"r"_s), now);
        QCOMPARE(news.text, u"While no window was open: nobody saw the end of 4 workers.\n"
                            "a: Its keeper was killed.\n"
                            "b: the machine went down while it ran.\n"
                            "c: Its keeper was killed.\n"
                            "… and 1 more"_s);
        QVERIFY(news.alarming);
        seen.note(u"r"_s, now);
        QCOMPARE(seen.news(seen.mark(u"r"_s), now).text, QString());
    }

    void staysSmall()
    {
        LastSeen seen(m_settings.get());
        for (int number = 0; number < 200; ++number)
            seen.note(u"roster-%1"_s.arg(number), {workerOf(u"a"_s, State::Ended, Outcome::Lost)});
        QVERIFY(m_settings->layout(u"lastSeen"_s).size() < 16'000);
        // The newest are known still.
        QVERIFY(!seen.news(seen.mark(u"roster-199"_s), {workerOf(u"b"_s, State::Ended, Outcome::Lost)})
                     .text.isEmpty());
    }

    void damagedSettingsSayNothing()
    {
        m_settings->setLayout(u"lastSeen"_s, "no JSON");
        LastSeen seen(m_settings.get());
        QCOMPARE(seen.news(seen.mark(u"r"_s), {workerOf(u"a"_s, State::Running)}).text, QString());
        seen.note(u"r"_s, {});
        QVERIFY(!seen.news(seen.mark(u"r"_s), {workerOf(u"a"_s, State::Ended, Outcome::Failed, 5)})
                     .text.isEmpty());
    }

private:
    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Settings> m_settings;
};

QTEST_GUILESS_MAIN(TestLastSeen)

#include "tst_lastseen.moc"
