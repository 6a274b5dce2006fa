// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/bootclock.h"
#include "gui/detailsview.h"
#include "patience.h"

#include <QDateTime>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
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
        QCOMPARE(text("processes"), u"3 processes"_s);
        QCOMPARE(text("stop"), u"SIGINT, then SIGKILL after 2.5 s"_s);
        QVERIFY(text("output").startsWith(u"2"));
        QCOMPARE(text("rundirectory"), u"/state/runs/run-1"_s);
        QVERIFY(text("input").startsWith(u"nothing (/dev/null); to type to it"));
        for (const char *absent : {"exit", "ended", "description", "stopping", "left"}) {
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
        QVERIFY(text("memory").startsWith(u"main process at most 2.0 MiB"));
        QCOMPARE(text("cpu"), u"1.500 s of CPU time"_s);
        QVERIFY(!row("processes")->isVisible());
        QCOMPARE(text("left"), u"1 process could not be ended."_s);
        QVERIFY(row("ended")->isVisible());
        QVERIFY(!row("lasterror")->isVisible());
        m_view->show(&status, nullptr, 2000s, u"error: <no> disk"_s);
        QVERIFY(row("lasterror")->isVisible());
        QCOMPARE(text("lasterror"), u"error: <no> disk"_s);
    }

    void itsProcesses()
    {
        QSignalSpy wanted(m_view.get(), &DetailsView::treeWanted);
        WorkerStatus status = running(fetchSpec());
        const WorkerSample sample{WorkerId{1}, {}, {}, 3};
        m_view->show(&status, &sample, 1001s);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.last().at(0).value<WorkerId>(), WorkerId{1});
        QCOMPARE(wanted.last().at(1).toLongLong(), 40312);
        m_view->show(&status, &sample, 1002s);
        QCOMPARE(wanted.count(), 1); // it comes with the ticks now

        ProcessTree tree;
        tree.worker = WorkerId{2};
        tree.processes = {{40312, 0, u"sh"_s, 'S', {}}, {40313, 1, u"<fetch>"_s, 'R', {}}};
        tree.total = 2;
        m_view->setTree(tree);
        QCOMPARE(text("processes"), u"3 processes"_s); // another worker's
        tree.worker = WorkerId{1};
        m_view->setTree(tree);
        QCOMPARE(text("processes"), u"2 processes\nsh 40312 (sleeping)\n    <fetch> 40313 (running)"_s);
        row("processes")->setSelection(0, 5);
        m_view->setTree(tree);
        QCOMPARE(row("processes")->selectedText(), u"2 pro"_s);

        m_view->hide();
        QCOMPARE(wanted.count(), 2);
        QCOMPARE(wanted.last().at(0).value<WorkerId>(), WorkerId{});
        m_view->QWidget::show();
        QCOMPARE(wanted.count(), 3);
        status.state = State::Paused;
        m_view->show(&status, &sample, 1003s);
        QCOMPARE(wanted.count(), 4); // at once, not at the next tick
        status.state = State::Ended;
        status.outcome = Outcome::Succeeded;
        status.exitCode = 0;
        m_view->show(&status, nullptr, 1004s);
        QCOMPARE(wanted.last().at(0).value<WorkerId>(), WorkerId{});
        QVERIFY(!row("processes")->isVisible());
        QCOMPARE(text("left"), u"Ended, nothing left."_s);
        m_view->setTree(tree); // one that was under way
        QVERIFY(!row("processes")->isVisible());
        status.runId = u"run-2"_s;
        status.state = State::Running;
        m_view->show(&status, nullptr, 1005s);
        QCOMPARE(text("processes"), QString()); // not those of the run before
    }

    /// No sample and no change comes here: the clock goes on by itself.
    void theClockOfAStop()
    {
        QSignalSpy wanted(m_view.get(), &DetailsView::treeWanted);
        WorkerStatus status = running(fetchSpec());
        status.state = State::Stopping;
        status.stopAskedAt = bootNow();
        status.stopDeadline = status.stopAskedAt + 1h;
        const WorkerSample sample{WorkerId{1}, {}, {}, 5};
        m_view->show(&status, &sample, status.stopAskedAt + 2100ms);
        QCOMPARE(text("stopping"),
                 u"SIGINT sent 2.1 s ago; 5 processes still there → SIGKILL in 3,597.9 s"_s);
        QString before = text("stopping");
        QTRY_VERIFY(text("stopping") != before);
        QTRY_VERIFY(wanted.count() >= 3); // and its processes are looked at
        m_view->hide();
        before = text("stopping");
        const auto count = wanted.count();
        QTest::qWait(600);
        QCOMPARE(text("stopping"), before);
        QCOMPARE(wanted.count(), count);
        m_view->QWidget::show();
        QTRY_VERIFY(text("stopping") != before);
        status.stopDeadline = 0s;
        status.killAsked = true;
        status.survivors = 1;
        status.survivorList = {{40400, Survivor::Reason::NotPermitted}};
        m_view->show(&status, &sample, bootNow());
        QCOMPARE(text("stopping"), u"SIGKILL sent; 5 processes still there\n"
                                   "PID 40400 runs as another user and may not be signalled."_s);
    }

    void keptStraysAndInputs()
    {
        WorkerSpec spec = fetchSpec();
        spec.keepStrays = true;
        spec.input = Input::Pipe;
        WorkerStatus status = running(spec);
        status.inputOpen = true;
        status.droppedBytes = 1024;
        status.streamsMerged = true;
        m_view->show(&status, nullptr, 1001s);
        QCOMPARE(text("input"), u"what is typed in the Output tab"_s);
        QCOMPARE(text("output"), u"2.0 KiB, of which 1.0 KiB were not kept; its two streams are merged"_s);
        QVERIFY(text("stop").endsWith(u"goes on"));
        status.inputOpen = false;
        status.straysKept = true;
        status.strays = 2;
        status.exitCode = 3;
        status.pid = 0;
        const WorkerSample sample{WorkerId{1}, {}, {}, 2};
        m_view->show(&status, &sample, 1001s);
        QCOMPARE(text("state"), u"2 still running"_s);
        QCOMPARE(text("exit"), u"3"_s);
        QCOMPARE(text("input"), u"has ended"_s);
        QCOMPARE(text("processes"), u"2 processes, left behind by the main process"_s);
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
