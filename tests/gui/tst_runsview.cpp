// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// The Runs tab: earlier runs of the selected worker, and what a click on one does.

#include "gui/icons.h"
#include "gui/logview.h"
#include "model/runsmodel.h"
#include "testhome.h"
#include "windowdriver.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTreeView>

using namespace Qt::Literals::StringLiterals;
using namespace procession;

class TestRunsView final : public QObject
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
        QVERIFY(d->endAll());
        d.reset();
    }

    void emptyStates();
    void runsAreListedNewestFirst();
    void clickShowsTheOutputOfAnEarlierRun();
    void returnShowsIt();
    void controlClickOnlySelects();
    void theCurrentRunIsNoEarlierOne();
    void anotherWorkerGoesBack();
    void aStartGoesBack();
    void endOfTheRunIsShown();
    void hiddenItReadsNothing();
    void menuCopiesAndRemoves();
    void removalCanBeCancelled();
    void removingTheShownRunGoesBack();
    void deleteKeyAsks();
    void keyOfTheTab();

private:
    QTreeView *view() const { return d->find<QTreeView>("runsView"); }
    int rows() const { return view()->model()->rowCount(); }
    QString text(int row, int column) const { return view()->model()->index(row, column).data().toString(); }
    QTabWidget *tabs() const { return d->find<QTabWidget>("detailTabs"); }
    QString output() const { return d->find<LogView>("outputView")->visibleText(); }
    bool isBarShown() const { return d->find<QWidget>("oldRunBar")->isVisible(); }
    void showRuns() const { tabs()->setCurrentIndex(3); }
    void click(int row, Qt::KeyboardModifiers keys = Qt::NoModifier) const
    {
        const QPoint place = view()->visualRect(view()->model()->index(row, 0)).center();
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, keys, place);
    }
    bool run(const QString &name, const QString &exit) const
    {
        const QString before = d->supervisor->status(d->id(name))->runId;
        d->supervisor->start({d->id(name)});
        return QTest::qWaitFor(
            [&] {
                const WorkerStatus *status = d->supervisor->status(d->id(name));
                return status->runId != before && status->state == State::Ended &&
                       d->cell(name, Column::Exit) == exit;
            },
            WindowDriver::patience);
    }
    /// A worker whose n-th run says "run n" and exits with n.
    void addCounting(int runs) const
    {
        d->add(u"count"_s, u"sh -c 'n=$(cat %1/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > %1/n; "
                           "echo run $n; exit $n'"_s.arg(d->directory()));
        QVERIFY(d->select({u"count"_s}));
        for (int number = 1; number <= runs; ++number)
            QVERIFY(run(u"count"_s, QString::number(number)));
    }

    std::unique_ptr<WindowDriver> d;
};

void TestRunsView::emptyStates()
{
    d->add(u"idle"_s, u"true"_s);
    QVERIFY(d->select({u"idle"_s}));
    showRuns();
    const auto *label = d->find<QLabel>("runsEmptyLabel");
    QTRY_VERIFY(label->isVisible() && label->text().contains(u"No runs yet"));
    d->view()->setCurrentIndex({});
    QTRY_VERIFY(label->isVisible() && label->text().contains(u"Select a worker"));
}

void TestRunsView::runsAreListedNewestFirst()
{
    addCounting(3);
    showRuns();
    QTRY_COMPARE(rows(), 3);
    QCOMPARE(text(0, 2), u"3"_s);
    QCOMPARE(text(1, 2), u"2"_s);
    QCOMPARE(text(2, 2), u"1"_s);
    QVERIFY(text(0, 0).endsWith(u"(current)"));
    QVERIFY(!text(1, 0).contains(u"current"));
    QCOMPARE(text(2, 1), u"Failed"_s);
    QCOMPARE(text(2, 5), u"6 bytes"_s);
}

void TestRunsView::clickShowsTheOutputOfAnEarlierRun()
{
    addCounting(2);
    QTRY_VERIFY(output().contains(u"run 2"));
    QVERIFY(!isBarShown());
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1);
    QCOMPARE(tabs()->currentIndex(), 0);
    QTRY_VERIFY(output().contains(u"run 1"));
    QVERIFY(isBarShown());
    const QString said = d->find<QLabel>("oldRunLabel")->text();
    QVERIFY2(said.startsWith(u"Output of the run of ") && said.endsWith(u", exit 1"), qPrintable(said));
    QVERIFY(d->click("showCurrentRunButton"));
    QTRY_VERIFY(output().contains(u"run 2"));
    QVERIFY(!isBarShown());
}

void TestRunsView::returnShowsIt()
{
    addCounting(2);
    QTest::keyClick(d->window.get(), Qt::Key_4, Qt::AltModifier);
    QTRY_COMPARE(rows(), 2);
    QVERIFY(view()->hasFocus());
    QTRY_VERIFY(view()->currentIndex().isValid());
    QTest::keyClick(view(), Qt::Key_Down);
    QTest::keyClick(view(), Qt::Key_Return);
    QTRY_VERIFY(output().contains(u"run 1"));
    QCOMPARE(tabs()->currentIndex(), 0);
    QVERIFY(isBarShown());
}

void TestRunsView::controlClickOnlySelects()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1, Qt::ControlModifier);
    QCOMPARE(tabs()->currentIndex(), 3);
    QCOMPARE(view()->selectionModel()->selectedRows().size(), 1);
    const QPoint place = view()->visualRect(view()->model()->index(0, 0)).center();
    QTest::mouseClick(view()->viewport(), Qt::RightButton, Qt::NoModifier, place);
    QContextMenuEvent event(QContextMenuEvent::Mouse, place, view()->viewport()->mapToGlobal(place));
    QApplication::sendEvent(view()->viewport(), &event);
    QCOMPARE(tabs()->currentIndex(), 3);
    auto *menu = d->dialog<QMenu>("runsMenu");
    QVERIFY(menu);
    QCOMPARE(menu->actions().size(), 4);
    menu->close();
}

void TestRunsView::theCurrentRunIsNoEarlierOne()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1);
    QVERIFY(isBarShown());
    showRuns();
    click(0);
    QCOMPARE(tabs()->currentIndex(), 0);
    QVERIFY(!isBarShown());
    QTRY_VERIFY(output().contains(u"run 2"));
}

void TestRunsView::anotherWorkerGoesBack()
{
    addCounting(2);
    d->add(u"other"_s, u"true"_s);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1);
    QVERIFY(isBarShown());
    QVERIFY(d->select({u"other"_s}));
    QTRY_VERIFY(!isBarShown());
    QVERIFY(d->select({u"count"_s}));
    QTRY_VERIFY(output().contains(u"run 2"));
    QVERIFY(!isBarShown());
}

void TestRunsView::aStartGoesBack()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1);
    QVERIFY(isBarShown());
    QVERIFY(run(u"count"_s, u"3"_s));
    QTRY_VERIFY(!isBarShown());
    QTRY_VERIFY(output().contains(u"run 3"));
}

void TestRunsView::endOfTheRunIsShown()
{
    d->add(u"sleeper"_s, u"sleep 100"_s, true);
    QVERIFY(d->select({u"sleeper"_s}));
    showRuns();
    QTRY_COMPARE(rows(), 1);
    QTRY_COMPARE(text(0, 1), u"Running"_s);
    QVERIFY(d->trigger("actionTerminate"));
    QTRY_COMPARE(text(0, 1), u"Stopped"_s);
    QVERIFY(d->trigger("actionStart"));
    QTRY_COMPARE(rows(), 2);
    QTRY_COMPARE(text(0, 1), u"Running"_s);
    QCOMPARE(text(1, 1), u"Stopped"_s);
}

void TestRunsView::hiddenItReadsNothing()
{
    QSignalSpy answers(d->catalog.get(), &RunCatalog::workerRuns);
    addCounting(2);
    // Requests are answered in their order: this one comes after any that was made before it.
    QSignalSpy others(d->catalog.get(), &RunCatalog::otherRuns);
    d->catalog->requestOthers();
    QTRY_VERIFY(!others.isEmpty());
    QCOMPARE(answers.size(), 0);
    showRuns();
    QTRY_COMPARE(answers.size(), 1);
}

void TestRunsView::menuCopiesAndRemoves()
{
    addCounting(3);
    showRuns();
    QTRY_COMPARE(rows(), 3);
    click(1, Qt::ControlModifier);
    click(2, Qt::ControlModifier);
    const QString second = view()->model()->index(1, 0).data(RunsModel::RunIdRole).toString();
    const QString first = view()->model()->index(2, 0).data(RunsModel::RunIdRole).toString();
    QVERIFY(d->trigger("actionCopyRunId"));
    QCOMPARE(QApplication::clipboard()->text(), QString(second + u'\n' + first));
    QVERIFY(!d->action("actionShowRunOutput")->isEnabled());
    view()->setFocus();
    QVERIFY(d->trigger("actionCopy"));
    QCOMPARE(QApplication::clipboard()->text().count(u'\n'), 2);
    QVERIFY(QApplication::clipboard()->text().contains(u"\tFailed\t2\t"));

    QVERIFY(d->trigger("actionRemoveRuns"));
    auto *dialog = d->dialog("confirmDialog");
    QVERIFY(dialog);
    QCOMPARE(dialog->windowTitle(), u"Remove 2 Run(s)?"_s);
    const QDir runs(d->paths().runsDirectory());
    QVERIFY(runs.exists(first) && runs.exists(second));
    QVERIFY(d->click("confirmButton", dialog));
    QTRY_COMPARE(rows(), 1);
    QVERIFY(!runs.exists(first) && !runs.exists(second));
    QVERIFY(text(0, 0).endsWith(u"(current)"));

    // The last one stays for as long as its worker shows it.
    click(0, Qt::ControlModifier);
    QVERIFY(!d->action("actionRemoveRuns")->isEnabled());
    QVERIFY(d->action("actionRemoveRuns")->toolTip().contains(u"current run"));
}

void TestRunsView::removalCanBeCancelled()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1, Qt::ControlModifier);
    QVERIFY(d->trigger("actionRemoveRuns"));
    QTest::keyClick(d->dialog("confirmDialog"), Qt::Key_Return); // the default is to keep them
    QTRY_VERIFY(!d->dialog("confirmDialog"));
    QSignalSpy answers(d->catalog.get(), &RunCatalog::workerRuns);
    tabs()->setCurrentIndex(0);
    showRuns();
    QTRY_COMPARE(answers.size(), 1);
    QCOMPARE(rows(), 2);
}

void TestRunsView::removingTheShownRunGoesBack()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1);
    QVERIFY(isBarShown());
    d->catalog->remove({view()->model()->index(1, 0).data(RunsModel::RunIdRole).toString()});
    QTRY_VERIFY(!isBarShown());
    QTRY_VERIFY(output().contains(u"run 2"));
}

void TestRunsView::deleteKeyAsks()
{
    addCounting(2);
    showRuns();
    QTRY_COMPARE(rows(), 2);
    click(1, Qt::ControlModifier);
    view()->setFocus();
    QTest::keyClick(view(), Qt::Key_Delete);
    QTRY_VERIFY(d->dialog("confirmDialog"));
    QVERIFY(d->click("cancelButton", d->dialog("confirmDialog")));
    QCOMPARE(d->names(), QStringList{u"count"_s}); // it was not about the worker
}

void TestRunsView::keyOfTheTab()
{
    addCounting(1);
    QTest::keyClick(d->window.get(), Qt::Key_4, Qt::AltModifier);
    QCOMPARE(tabs()->currentIndex(), 3);
    QCOMPARE(tabs()->tabText(3), u"Runs"_s);
}

QTEST_MAIN(TestRunsView)

#include "tst_runsview.moc"
