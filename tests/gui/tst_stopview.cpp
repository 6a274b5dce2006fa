// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
//
// What the panes of the window show and send while real workers are typed to and stopped.
#include "gui/icons.h"
#include "gui/logview.h"
#include "testhome.h"
#include "windowdriver.h"

#include <QAbstractItemView>
#include <QLineEdit>
#include <QListWidget>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

using namespace procession;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TstStopView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init()
    {
        failOnEveryWarning();
        d = std::make_unique<WindowDriver>();
        d->open();
    }
    void cleanup()
    {
        const bool ended = d->endAll();
        d.reset();
        QVERIFY2(ended, "a process of a run is left");
    }

    void aLineAndTheEndOfInput()
    {
        start("echo", u"cat; echo no more"_s, Input::Pipe);
        auto *edit = d->find<QLineEdit>("inputEdit");
        QTRY_VERIFY(edit->isVisible());
        QVERIFY(d->type("inputEdit", u"first"_s));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(output(), u"first"_s);
        QVERIFY(d->type("inputEdit", u"second"_s));
        QVERIFY(d->click("inputSendButton"));
        QTRY_COMPARE(output(), u"first\nsecond"_s);
        QVERIFY(d->click("inputEndButton"));
        QTRY_COMPARE(d->state(u"echo"_s), u"Succeeded"_s);
        QTRY_COMPARE(output(), u"first\nsecond\nno more"_s);
        QVERIFY(!edit->isVisible());
        QVERIFY(label("outputFooter")->text().contains(u"nothing left"));
    }

    void aTerminal()
    {
        start("shell",
              u"trap 'echo interrupted' INT; stty -echo; echo ready; while ! read line; do :; done; "
              "echo \"got $line\"; while :; do stty size; sleep 0.2; done"_s,
              Input::Terminal);
        auto *edit = d->find<QLineEdit>("inputEdit");
        QTRY_COMPARE(output(), u"ready"_s);
        QTRY_VERIFY(edit->isVisible());
        QVERIFY(d->click("inputInterruptButton"));
        QTRY_VERIFY(output().contains(u"interrupted"));
        QVERIFY(d->type("inputEdit", u"a line"_s));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(output().contains(u"got a line"));
        // This window is wider than most terminals; what it asks for comes a moment after the start.
        const auto columns = [this] {
            static const QRegularExpression size(u"\\n(\\d+) (\\d+)$"_s);
            return size.match(output()).captured(2).toInt();
        };
        QTRY_VERIFY(columns() > 80);
        QVERIFY(!d->find<QWidget>("outputStreamCombo")->isEnabled());
    }

    /// The tree, the ladder with its clock, and the proof at its end; the monitor's interval is ten seconds.
    void aStopShowsItsWork()
    {
        d->monitor->setInterval(10s);
        start("tree", u"(trap '' TERM; exec sleep 1000) & sleep 1001 & echo up; wait"_s, Input::None, 1h);
        QTRY_COMPARE(output(), u"up"_s);
        auto *tabs = d->find<QTabWidget>("detailTabs");
        tabs->setCurrentIndex(1);
        QTRY_COMPARE(details("processes").count(u"\n    sleep "), 2);
        QVERIFY2(details("processes").startsWith(u"3 processes\nsh "), qPrintable(details("processes")));
        QVERIFY(!label("details.stopping")->isVisible());

        QVERIFY(d->trigger("actionTerminate"));
        QTRY_VERIFY2(details("stopping").contains(u"→ SIGKILL in 3,"), qPrintable(details("stopping")));
        // What obeyed is gone from the list at once, not at the next tick.
        QTRY_VERIFY2(details("processes").startsWith(u"1 process\nsleep "), qPrintable(details("processes")));
        QTRY_VERIFY(details("stopping").contains(u"; 1 process still there"));
        const QString cell = d->cell(u"tree"_s, Column::State);
        QVERIFY2(cell.startsWith(u"Stopping 3"), qPrintable(cell));
        QTRY_VERIFY(d->cell(u"tree"_s, Column::State) != cell);
        QVERIFY(!d->action("actionTerminate")->isEnabled());
        QVERIFY(!d->action("actionStart")->isEnabled());
        QVERIFY(d->trigger("actionKill"));
        QTRY_COMPARE(d->state(u"tree"_s), u"Stopped"_s); // its main process had obeyed
        QTRY_VERIFY(details("left").startsWith(u"Ended, nothing left."));
        QVERIFY(!label("details.stopping")->isVisible());
        QVERIFY(!label("details.processes")->isVisible());
    }

    void straysThatAreKept()
    {
        WorkerSpec spec = specOf("web", u"sleep 1000 & sleep 1001 & exit 3"_s);
        spec.keepStrays = true;
        start(spec);
        QTRY_COMPARE(d->cell(u"web"_s, Column::State), u"2 still running"_s);
        QCOMPARE(d->cell(u"web"_s, Column::Exit), u"3"_s);
        QVERIFY(!d->action("actionStart")->isEnabled());
        QVERIFY(d->trigger("actionTerminate"));
        QTRY_VERIFY(!isAlive(d->supervisor->status(d->id(u"web"_s))->state));
        QCOMPARE(d->cell(u"web"_s, Column::Exit), u"3"_s);
    }

    void straysThatAreEndedAreCounted()
    {
        d->find<QTabWidget>("detailTabs")->setCurrentIndex(1);
        start("left", u"sleep 1000 & sleep 1001 & exit 0"_s, Input::None);
        QTRY_COMPARE(d->state(u"left"_s), u"Succeeded"_s);
        QTRY_COMPARE(details("left"), u"Ended, nothing left. 2 left-behind processes were ended."_s);
        const QAbstractItemModel *activity = d->find<QAbstractItemView>("activityView")->model();
        const QModelIndexList found = activity->match(
            activity->index(0, activity->columnCount() - 1), Qt::DisplayRole,
            u"2 left-behind processes of left were ended"_s, 1, Qt::MatchContains | Qt::MatchWrap);
        QCOMPARE(found.size(), 1);
    }

    void theQuestionCountsProcesses()
    {
        start("one", u"sleep 1000 & sleep 1001 & wait"_s, Input::None);
        start("two", u"exec sleep 1000"_s, Input::None);
        QTRY_COMPARE(d->state(u"one"_s), u"Running"_s);
        QTRY_COMPARE(d->state(u"two"_s), u"Running"_s);
        const auto processes = [this](const QString &name) {
            const WorkerSample *sample = d->model()->sample(d->id(name));
            return sample ? sample->processes : 0;
        };
        QTRY_COMPARE(processes(u"one"_s), 3);
        QTRY_COMPARE(processes(u"two"_s), 1);
        QVERIFY(d->trigger("actionTerminateAll"));
        QDialog *dialog = d->dialog("confirmDialog");
        QVERIFY(dialog);
        auto *list = dialog->findChild<QListWidget *>(u"confirmList"_s);
        QCOMPARE(list->count(), 2);
        QVERIFY2(list->item(0)->text().endsWith(u" · 3 processes"), qPrintable(list->item(0)->text()));
        QVERIFY2(list->item(1)->text().endsWith(u" · 1 process"), qPrintable(list->item(1)->text()));
        QVERIFY(dialog->findChild<QLabel *>(u"textLabel"_s)->text().contains(u"SIGTERM is sent to them"));
        QVERIFY(d->click("confirmButton", dialog));
        QTRY_COMPARE(d->supervisor->aliveCount(), 0);
    }

private:
    static WorkerSpec specOf(const char *name, const QString &script)
    {
        WorkerSpec spec;
        spec.name = QLatin1StringView(name);
        spec.command = Command::shell(script);
        return spec;
    }
    void start(const WorkerSpec &spec)
    {
        const WorkerId id = d->supervisor->add(spec);
        QTRY_VERIFY(d->proxy()->indexOf(id).isValid());
        QVERIFY(d->select({spec.name}));
        QVERIFY(d->trigger("actionStart"));
    }
    void start(const char *name, const QString &script, Input input, std::chrono::milliseconds grace = 10s)
    {
        WorkerSpec spec = specOf(name, script);
        spec.input = input;
        spec.grace = grace;
        start(spec);
    }
    QLabel *label(const char *name) const { return d->find<QLabel>(name); }
    QString details(const char *row) const
    {
        return d->window->findChild<QLabel *>(u"details."_s + QLatin1StringView(row))->text();
    }
    QString output() const { return d->find<LogView>("outputView")->visibleText().trimmed(); }

    std::unique_ptr<WindowDriver> d;
};

QTEST_MAIN(TstStopView)
#include "tst_stopview.moc"
