// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/detailsview.h"

#include <QDateTime>
#include <QLabel>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

WorkerSpec fetchSpec()
{
    WorkerSpec spec;
    spec.name = u"fetch <eu>"_s;
    spec.command = Command::direct({u"fetch"_s, u"--region"_s, u"eu west"_s});
    spec.workingDirectory = u"/srv/data"_s;
    spec.environment = {{u"REGION"_s, u"eu"_s}, {u"API_TOKEN"_s, u"hunter2"_s}};
    spec.stopSignal = 2;
    spec.grace = 2500ms;
    return spec;
}

WorkerStatus running(const WorkerSpec &spec)
{
    WorkerStatus status;
    status.id = WorkerId{1};
    status.spec = std::make_shared<WorkerSpec>(spec);
    status.state = State::Running;
    status.pid = status.lastPid = 40312;
    status.startedAt = 1000s;
    status.startedMs = 1'700'000'000'123;
    status.runId = u"run-1"_s;
    status.runDirectory = u"/state/runs/run-1"_s;
    status.outputBytes = 2048;
    return status;
}

} // namespace

class TestDetailsView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
        m_view = std::make_unique<DetailsView>();
        m_view->resize(600, 500);
        m_view->QWidget::show();
    }

    void cleanup() { m_view.reset(); }

    void noWorker()
    {
        auto *none = m_view->findChild<QLabel *>(u"detailsNone"_s);
        m_view->show(nullptr, nullptr, 0ns);
        QVERIFY(none->isVisible());
        const WorkerStatus status = running(fetchSpec());
        m_view->show(&status, nullptr, 1001s);
        QVERIFY(!none->isVisible());
        QVERIFY(row("name")->isVisible());
        m_view->show(nullptr, nullptr, 0ns);
        QVERIFY(none->isVisible());
        QVERIFY(!row("name")->isVisible());
    }

    /// Rows come and go between the shows; a form layout corrupted the heap here.
    void manyShows()
    {
        WorkerStatus status = running(fetchSpec());
        for (int round = 0; round < 20; ++round) {
            m_view->show(&status, nullptr, 1001s);
            QVERIFY(row("name")->isVisible());
            m_view->show(nullptr, nullptr, 0ns);
            m_view->hide();
            status.state = round % 2 ? State::Running : State::NotStarted;
            status.startedAt = round % 2 ? 1000s : 0s;
            m_view->QWidget::show();
        }
    }

    void aRunningWorker()
    {
        const WorkerStatus status = running(fetchSpec());
        const WorkerSample sample{WorkerId{1}, 12.34, 92'400'000, 3};
        m_view->show(&status, &sample, 1127s);
        QCOMPARE(text("name"), u"fetch <eu>"_s);
        QCOMPARE(row("name")->textFormat(), Qt::PlainText);
        QCOMPARE(text("state"), u"Running"_s);
        QVERIFY(!text("why").isEmpty());
        QCOMPARE(text("command"), u"fetch --region 'eu west'"_s);
        QCOMPARE(text("how"), u"directly, without a shell"_s);
        QCOMPARE(text("argv"), u"0: fetch\n1: --region\n2: 'eu west'"_s);
        QCOMPARE(text("directory"), u"/srv/data"_s);
        QCOMPARE(text("pid"), u"40312"_s);
        QCOMPARE(text("elapsed"), u"2:07"_s);
        QCOMPARE(text("started"),
                 QDateTime::fromMSecsSinceEpoch(1'700'000'000'123).toString(u"yyyy-MM-dd HH:mm:ss.zzz"));
        QVERIFY(text("cpu").startsWith(u"12.3 %"));
        QVERIFY(text("memory").startsWith(u"88.1 MiB"));
        QCOMPARE(text("processes"), u"3"_s);
        QCOMPARE(text("stop"), u"SIGINT, then SIGKILL after 2.5 s"_s);
        QVERIFY(text("output").startsWith(u"2"));
        QCOMPARE(text("rundirectory"), u"/state/runs/run-1"_s);
        for (const char *absent : {"exit", "ended", "description"}) {
            QVERIFY2(!row(absent)->isVisible(), absent);
        }
    }

    void secretsAreMasked()
    {
        const WorkerStatus status = running(fetchSpec());
        m_view->show(&status, nullptr, 1001s);
        QVERIFY(text("environment").contains(u"REGION=eu"));
        QVERIFY(text("environment").contains(u"API_TOKEN="));
        for (const QLabel *label : m_view->findChildren<QLabel *>()) {
            QVERIFY2(!label->text().contains(u"hunter2"), qPrintable(label->objectName()));
            QVERIFY2(!label->toolTip().contains(u"hunter2"), qPrintable(label->objectName()));
        }
    }

    void throughAShell()
    {
        WorkerSpec spec = fetchSpec();
        spec.command = Command::shell(u"a | b"_s);
        const WorkerStatus status = running(spec);
        m_view->show(&status, nullptr, 1001s);
        QCOMPARE(text("command"), u"a | b"_s);
        QCOMPARE(text("how"), u"through a shell"_s);
        QCOMPARE(text("argv"), u"0: /bin/sh\n1: -c\n2: 'a | b'"_s);
    }

    void anEndedWorker()
    {
        WorkerStatus status = running(fetchSpec());
        status.state = State::Ended;
        status.outcome = Outcome::Failed;
        status.exitCode = 3;
        status.pid = 0;
        status.endedAt = 1041s;
        status.endedMs = 1'700'000'041'123;
        status.peakMemoryKib = 2048;
        status.cpuTime = 1'500'000us;
        status.survivors = 1;
        m_view->show(&status, nullptr, 2000s);
        QCOMPARE(text("state"), u"Failed"_s);
        QCOMPARE(text("exit"), u"3"_s);
        QCOMPARE(text("elapsed"), u"0:41"_s);
        QCOMPARE(text("pid"), u"none; it was 40312"_s);
        QVERIFY(text("memory").startsWith(u"2.0 MiB"));
        QCOMPARE(text("cpu"), u"1.500 s of CPU time"_s);
        QCOMPARE(text("processes"), u"1 could not be ended"_s);
        QVERIFY(row("ended")->isVisible());
    }

    /// A refresh sets only what changed: what is selected in another row stays selected.
    void aSelectionStays()
    {
        const WorkerStatus status = running(fetchSpec());
        m_view->show(&status, nullptr, 1001s);
        row("command")->setSelection(0, 5);
        m_view->show(&status, nullptr, 1002s);
        QCOMPARE(text("elapsed"), u"0:02"_s);
        QCOMPARE(row("command")->selectedText(), u"fetch"_s);
    }

private:
    QLabel *row(const char *name) const
    {
        return m_view->findChild<QLabel *>(u"details."_s + QString::fromLatin1(name));
    }
    QString text(const char *name) const { return row(name)->text(); }

    std::unique_ptr<DetailsView> m_view;
};

QTEST_MAIN(TestDetailsView)
#include "tst_detailsview.moc"
