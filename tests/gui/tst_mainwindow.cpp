// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// What a person does with workers in the window: with real keepers and real commands.

#include "gui/icons.h"
#include "gui/intervalcontrol.h"
#include "gui/joinbar.h"
#include "gui/sidebar.h"
#include "windowdriver.h"

#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QStackedWidget>
#include <QStyle>
#include <QTabWidget>

using namespace Qt::Literals::StringLiterals;
using namespace procession;
using namespace std::chrono_literals;

#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, WindowDriver::patience)
#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, WindowDriver::patience)

class TstMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init();
    void cleanup();

    void emptyPageRunsWhatIsTyped();
    void emptyPageTellsShellAndProblems();
    void dialogAddsAndStarts();
    void startAndTerminate();
    void killIsAskedFor();
    void buttonKillsWhileStopping();
    void pauseAndResume();
    void restartRunsAgain();
    void terminateSeveralAsksAndCanStopAsking();
    void failedStartIsShown();
    void joinAll();
    void joinAny();
    void joinTimesOut();
    void removalIsUndone();
    void runningIsTerminatedThenRemoved();
    void addingIsUndoneUnlessItRuns();
    void editIsUndone();
    void filterBoxAndNoMatchPage();
    void lastErrorIsTold();
    void stateFilterCountsAndFilters();
    void thirdClickGoesBackToListOrder();
    void refreshMovesNothing();
    void nextFailedGoesRound();
    void copyRows();
    void sliderByMouse();
    void sliderByKeys();
    void spinBoxClampsWithAWord();
    void intervalChangesTheTick();
    void pauseStopsTicksOnly();

private:
    std::unique_ptr<WindowDriver> d;
};

void TstMainWindow::init()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
    d = std::make_unique<WindowDriver>();
    d->open();
}

void TstMainWindow::cleanup()
{
    QVERIFY(d->endAll());
    d.reset();
}

void TstMainWindow::emptyPageRunsWhatIsTyped()
{
    QCOMPARE(d->find<QStackedWidget>("tableStack")->currentWidget()->objectName(), u"emptyPage"_s);
    QCOMPARE(QApplication::focusWidget(), d->find<QWidget>("emptyCommandEdit"));
    QVERIFY(d->type("emptyCommandEdit", u"sleep 100"_s));
    QTest::keyClick(d->find<QWidget>("emptyCommandEdit"), Qt::Key_Return);
    TRY_COMPARE(d->state(u"sleep"_s), u"Running"_s);
    QCOMPARE(d->find<QStackedWidget>("tableStack")->currentWidget()->objectName(), u"tablePage"_s);
    QCOMPARE(d->selectedNames(), QStringList{u"sleep"_s});
    TRY_VERIFY(d->cell(u"sleep"_s, Column::Pid).toLongLong() > 1);
}

void TstMainWindow::emptyPageTellsShellAndProblems()
{
    const auto *hint = d->find<QLabel>("emptyHintLabel");
    const auto *run = d->find<QAbstractButton>("emptyRunButton");
    auto *edit = d->find<QLineEdit>("emptyCommandEdit");
    QVERIFY(!run->isEnabled());
    edit->setText(u"ls | wc -l"_s);
    QVERIFY2(hint->text().contains(u"/bin/sh"_s) && hint->text().contains(u'|'), qPrintable(hint->text()));
    QVERIFY(run->isEnabled());
    edit->setText(u"echo 'open"_s);
    QVERIFY(!run->isEnabled());
    QVERIFY(!hint->text().isEmpty());
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(d->model()->rowCount(), 0);
}

void TstMainWindow::dialogAddsAndStarts()
{
    QVERIFY(d->trigger("actionAddWorker"));
    auto *dialog = d->dialog("workerDialog");
    QVERIFY(dialog);
    QVERIFY(d->type("commandEdit", u"sleep 100"_s, dialog));
    QVERIFY(d->type("nameEdit", u"napper"_s, dialog));
    dialog->findChild<QAbstractButton *>(u"startNowCheck"_s)->setChecked(true);
    QVERIFY(d->click("addButton", dialog));
    TRY_COMPARE(d->state(u"napper"_s), u"Running"_s);
    TRY_VERIFY(!d->dialog("workerDialog"));
    // From the filter, as from anywhere else, one comes to the row that was added.
    d->find<QWidget>("filterEdit")->setFocus();
    QVERIFY(d->trigger("actionAddWorker"));
    dialog = d->dialog("workerDialog");
    QVERIFY(d->type("commandEdit", u"true"_s, dialog));
    QVERIFY(d->type("nameEdit", u"second"_s, dialog));
    QVERIFY(d->click("addButton", dialog));
    TRY_VERIFY(!d->dialog("workerDialog"));
    TRY_COMPARE(d->window->focusWidget(), d->find<QWidget>("workersView"));
    QCOMPARE(d->find<WorkersView>("workersView")->selectedIds(), QList<WorkerId>{d->id(u"second"_s)});
}

void TstMainWindow::startAndTerminate()
{
    d->add(u"a"_s, u"sleep 100"_s);
    QCOMPARE(d->state(u"a"_s), u"Not"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->click("actionStartButton"));
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->click("actionTerminateButton"));
    QVERIFY(!d->dialog("confirmDialog"));
    TRY_COMPARE(d->state(u"a"_s), u"Stopped"_s);
    QCOMPARE(d->cell(u"a"_s, Column::Exit), u"SIGTERM (15)"_s);
    QCOMPARE(d->cell(u"a"_s, Column::Pid), QString());
}

void TstMainWindow::killIsAskedFor()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionKill"));
    auto *dialog = d->dialog("confirmDialog");
    QVERIFY(dialog);
    // Cancel is what a hasty Return gets.
    QTest::keyClick(dialog, Qt::Key_Return);
    TRY_VERIFY(!d->dialog("confirmDialog"));
    QCOMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->trigger("actionKill"));
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    TRY_COMPARE(d->state(u"a"_s), u"Killed"_s);
    QCOMPARE(d->cell(u"a"_s, Column::Exit), u"SIGKILL (9)"_s);
}

void TstMainWindow::buttonKillsWhileStopping()
{
    d->add(u"deaf"_s, u"sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.1; done'"_s, true);
    TRY_COMPARE(d->state(u"deaf"_s), u"Running"_s);
    TRY_VERIFY(d->hasWritten(u"deaf"_s)); // the trap stands
    QVERIFY(d->select({u"deaf"_s}));
    QVERIFY(d->click("actionTerminateButton"));
    TRY_COMPARE(d->state(u"deaf"_s), u"Stopping"_s);
    QVERIFY(!d->action("actionTerminate")->isEnabled());
    TRY_VERIFY(d->find<QAbstractButton>("actionKillButton"));
    QVERIFY(d->click("actionKillButton"));
    QVERIFY(!d->dialog("confirmDialog"));
    TRY_COMPARE(d->state(u"deaf"_s), u"Killed"_s);
    TRY_VERIFY(d->find<QAbstractButton>("actionTerminateButton"));
}

void TstMainWindow::pauseAndResume()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionPause"));
    TRY_COMPARE(d->state(u"a"_s), u"Paused"_s);
    QCOMPARE(d->action("actionPause")->text().remove(u'&'), u"Resume"_s);
    QVERIFY(d->trigger("actionPause"));
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QCOMPARE(d->action("actionPause")->text().remove(u'&'), u"Pause"_s);
}

void TstMainWindow::restartRunsAgain()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    const QString before = d->cell(u"a"_s, Column::Pid);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionRestart"));
    TRY_VERIFY(d->state(u"a"_s) == u"Running"_s && d->cell(u"a"_s, Column::Pid) != before);
    QCOMPARE(d->selectedNames(), QStringList{u"a"_s});
}

void TstMainWindow::terminateSeveralAsksAndCanStopAsking()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    d->add(u"b"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"b"_s), u"Running"_s);
    QVERIFY(d->trigger("actionTerminateAll"));
    auto *dialog = d->dialog("confirmDialog");
    QVERIFY(dialog);
    QCOMPARE(dialog->findChild<QListWidget *>(u"confirmList"_s)->count(), 2);
    dialog->findChild<QAbstractButton *>(u"dontAskCheck"_s)->setChecked(true);
    QVERIFY(d->click("confirmButton", dialog));
    TRY_VERIFY(d->state(u"a"_s) == u"Stopped"_s && d->state(u"b"_s) == u"Stopped"_s);
    QVERIFY(d->trigger("actionStartAll"));
    TRY_VERIFY(d->state(u"a"_s) == u"Running"_s && d->state(u"b"_s) == u"Running"_s);
    TRY_VERIFY(!d->dialog("confirmDialog"));
    QVERIFY(d->trigger("actionTerminateAll"));
    QVERIFY(!d->dialog("confirmDialog"));
    TRY_COMPARE(d->supervisor->aliveCount(), 0);
}

void TstMainWindow::failedStartIsShown()
{
    d->add(u"typo"_s, u"no-such-program-anywhere"_s, true);
    TRY_COMPARE(d->cell(u"typo"_s, Column::State), u"Failed to start"_s);
    TRY_VERIFY(d->window->windowTitle().startsWith(u"(1 failed)"_s));
    QVERIFY(d->trigger("actionSelectFailed"));
    QCOMPARE(d->selectedNames(), QStringList{u"typo"_s});
}

void TstMainWindow::joinAll()
{
    d->add(u"a"_s, u"sleep 0.2"_s, true);
    d->add(u"b"_s, u"sleep 0.4"_s, true);
    QVERIFY(d->trigger("actionJoinAll"));
    auto *dialog = d->dialog("joinDialog");
    QVERIFY(dialog);
    dialog->accept();
    auto *bar = d->find<JoinBar>("joinBar");
    QSignalSpy ended(bar, &JoinBar::ended);
    TRY_VERIFY(bar->isVisible());
    TRY_COMPARE(ended.count(), 1);
    QCOMPARE(ended.first().first().value<JoinResult>().kind, JoinResult::Kind::Met);
    QCOMPARE(d->supervisor->aliveCount(), 0);
    QVERIFY(bar->isVisible());
    QVERIFY(d->click("joinCloseButton"));
    TRY_VERIFY(!bar->isVisible());
}

void TstMainWindow::joinAny()
{
    d->add(u"quick"_s, u"sleep 0.2"_s, true);
    d->add(u"slow"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->supervisor->aliveCount(), 2);
    QVERIFY(d->trigger("actionJoinAll"));
    auto *dialog = d->dialog("joinDialog");
    dialog->findChild<QComboBox *>(u"joinConditionCombo"_s)->setCurrentIndex(1);
    QSignalSpy ended(d->find<JoinBar>("joinBar"), &JoinBar::ended);
    dialog->accept();
    TRY_COMPARE(ended.count(), 1);
    QCOMPARE(ended.first().first().value<JoinResult>().kind, JoinResult::Kind::Met);
    TRY_COMPARE(d->state(u"slow"_s), u"Running"_s); // a join by itself changes no worker
}

void TstMainWindow::joinTimesOut()
{
    d->add(u"slow"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"slow"_s), u"Running"_s);
    QVERIFY(d->trigger("actionJoinAll"));
    auto *dialog = d->dialog("joinDialog");
    dialog->findChild<QAbstractButton *>(u"joinTimeoutCheck"_s)->setChecked(true);
    dialog->findChild<QLineEdit *>(u"joinTimeoutEdit"_s)->setText(u"1 s"_s);
    QSignalSpy ended(d->find<JoinBar>("joinBar"), &JoinBar::ended);
    dialog->accept();
    TRY_COMPARE(ended.count(), 1);
    QCOMPARE(ended.first().first().value<JoinResult>().kind, JoinResult::Kind::TimedOut);
    QCOMPARE(d->state(u"slow"_s), u"Running"_s);
}

void TstMainWindow::removalIsUndone()
{
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
        d->add(name, u"true"_s, name == u"b"_s);
    TRY_COMPARE(d->state(u"b"_s), u"Succeeded"_s);
    const WorkerId b = d->id(u"b"_s);
    QVERIFY(d->select({u"b"_s}));
    QTest::keyClick(d->view(), Qt::Key_Delete);
    QCOMPARE(d->names(), (QStringList{u"a"_s, u"c"_s}));
    QVERIFY(d->message().contains(u"b"_s));
    QVERIFY(d->click("messageBarAction"));
    QCOMPARE(d->names(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    QCOMPARE(d->id(u"b"_s), b);
    QCOMPARE(d->cell(u"b"_s, Column::Exit), u"0"_s);
    QCOMPARE(d->message(), QString());
    QVERIFY(d->trigger("actionRedo"));
    QCOMPARE(d->names(), (QStringList{u"a"_s, u"c"_s}));
    QVERIFY(d->trigger("actionUndo"));
    QVERIFY(d->trigger("actionClearFinished"));
    QCOMPARE(d->names(), (QStringList{u"a"_s, u"c"_s}));
    QVERIFY(d->trigger("actionUndo"));
    QCOMPARE(d->names(), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
}

void TstMainWindow::runningIsTerminatedThenRemoved()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionRemove"));
    auto *dialog = d->dialog("confirmDialog");
    QVERIFY(dialog);
    QVERIFY(d->click("confirmButton", dialog));
    TRY_COMPARE(d->model()->rowCount(), 0);
    QCOMPARE(d->supervisor->aliveCount(), 0);
}

void TstMainWindow::addingIsUndoneUnlessItRuns()
{
    QVERIFY(d->type("emptyCommandEdit", u"sleep 100"_s));
    QVERIFY(d->click("emptyRunButton"));
    TRY_COMPARE(d->state(u"sleep"_s), u"Running"_s);
    QVERIFY(d->trigger("actionUndo"));
    QCOMPARE(d->state(u"sleep"_s), u"Running"_s);
    QVERIFY(d->message().contains(u"running"_s));
    QVERIFY(d->trigger("actionTerminate"));
    TRY_COMPARE(d->state(u"sleep"_s), u"Stopped"_s);
    QVERIFY(d->trigger("actionUndo"));
    QCOMPARE(d->model()->rowCount(), 0);
    QVERIFY(d->trigger("actionRedo"));
    QCOMPARE(d->state(u"sleep"_s), u"Stopped"_s);
}

void TstMainWindow::editIsUndone()
{
    d->add(u"a"_s, u"sleep 1"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionEdit"));
    auto *dialog = d->dialog("workerDialog");
    dialog->findChild<QLineEdit *>(u"commandEdit"_s)->setText(u"sleep 2"_s);
    QVERIFY(d->click("addButton", dialog));
    TRY_COMPARE(d->cell(u"a"_s, Column::Command), u"sleep 2"_s);
    QVERIFY(d->trigger("actionUndo"));
    TRY_COMPARE(d->cell(u"a"_s, Column::Command), u"sleep 1"_s);
}

void TstMainWindow::filterBoxAndNoMatchPage()
{
    d->add(u"fetch-eu"_s, u"true"_s);
    d->add(u"fetch-us"_s, u"true"_s);
    d->add(u"index"_s, u"true"_s);
    QTest::keyClick(d->view(), Qt::Key_Slash);
    QCOMPARE(QApplication::focusWidget(), d->find<QWidget>("filterEdit"));
    QTest::keyClicks(QApplication::focusWidget(), u"fetch us"_s);
    QCOMPARE(d->names(), QStringList{u"fetch-us"_s});
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QCOMPARE(d->names().size(), 3);
    QTest::keyClicks(d->find<QWidget>("filterEdit"), u"nothing of the kind"_s);
    QCOMPARE(d->find<QStackedWidget>("tableStack")->currentWidget()->objectName(), u"noMatchPage"_s);
    QVERIFY(d->click("clearFilterButton"));
    QCOMPARE(d->names().size(), 3);
}

void TstMainWindow::lastErrorIsTold()
{
    const WorkerId id = d->add(u"bad"_s, u"sh -c 'echo \"error: no disk\" >&2; echo bye; exit 3'"_s, true);
    TRY_COMPARE(d->state(u"bad"_s), u"Failed"_s);
    d->view()->select({id});
    d->find<QTabWidget>("detailTabs")->setCurrentWidget(d->find<QWidget>("detailsView"));
    auto *row = d->find<QLabel>("details.lasterror");
    TRY_COMPARE(row->text(), u"error: no disk"_s);
    QVERIFY(row->isVisible());
    const QModelIndex cell = d->model()->index(d->model()->rowOf(id), int(Column::State));
    QVERIFY(cell.data(Qt::ToolTipRole).toString().endsWith(u"<p>Last error: error: no disk</p>"));
}

void TstMainWindow::stateFilterCountsAndFilters()
{
    d->add(u"good"_s, u"true"_s, true);
    d->add(u"bad"_s, u"false"_s, true);
    d->add(u"idle"_s, u"true"_s);
    TRY_COMPARE(d->state(u"good"_s), u"Succeeded"_s);
    TRY_COMPARE(d->state(u"bad"_s), u"Failed"_s);
    auto *list = d->find<QListWidget>("stateFilterList");
    const auto countOf = [list](StateGroup group) {
        return list->item(int(group))->data(Qt::UserRole).toInt();
    };
    QCOMPARE(countOf(StateGroup::All), 3);
    QCOMPARE(countOf(StateGroup::Failed), 1);
    QCOMPARE(countOf(StateGroup::Succeeded), 1);
    QCOMPARE(countOf(StateGroup::NotStarted), 1);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                      list->visualItemRect(list->item(int(StateGroup::Failed))).center());
    QCOMPARE(d->names(), QStringList{u"bad"_s});
    // Nobody but the person takes the choice back.
    d->supervisor->start({d->id(u"bad"_s)});
    TRY_COMPARE(d->names(), QStringList{u"bad"_s});
    QCOMPARE(list->currentRow(), int(StateGroup::Failed));
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Escape);
    QCOMPARE(d->names().size(), 3);
}

void TstMainWindow::thirdClickGoesBackToListOrder()
{
    for (const QString &name : {u"b"_s, u"c"_s, u"a"_s})
        d->add(name, u"true"_s);
    const QHeaderView *header = d->view()->header();
    const QPoint name(header->sectionViewportPosition(int(Column::Name)) + 10, header->height() / 2);
    const auto click = [&] { QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, name); };
    QCOMPARE(d->names().join(QString()), u"bca"_s);
    click();
    QCOMPARE(d->names().join(QString()), u"abc"_s);
    click();
    QCOMPARE(d->names().join(QString()), u"cba"_s);
    click();
    QCOMPARE(d->names().join(QString()), u"bca"_s);
}

void TstMainWindow::refreshMovesNothing()
{
    for (int number = 0; number < 200; ++number)
        d->add(u"w%1"_s.arg(number, 3, 10, QLatin1Char('0')), u"true"_s);
    d->view()->sortByColumn(int(Column::Elapsed), Qt::AscendingOrder);
    QVERIFY(d->select({u"w150"_s, u"w152"_s}));
    const int scroll = d->view()->verticalScrollBar()->value();
    QVERIFY(scroll > 0);
    for (int run = 0; run < 20; ++run)
        d->supervisor->start({d->id(u"w%1"_s.arg(run * 10, 3, 10, QLatin1Char('0')))});
    QSignalSpy ticks(d->monitor.get(), &Monitor::ticked);
    TRY_COMPARE(d->supervisor->aliveCount(), 0);
    d->monitor->refresh();
    TRY_VERIFY(ticks.count() > 0);
    QCOMPARE(d->selectedNames(), (QStringList{u"w150"_s, u"w152"_s}));
    QCOMPARE(d->view()->verticalScrollBar()->value(), scroll);
}

void TstMainWindow::nextFailedGoesRound()
{
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s, u"d"_s})
        d->add(name, name == u"b"_s || name == u"d"_s ? u"false"_s : u"true"_s, true);
    TRY_VERIFY(d->supervisor->aliveCount() == 0 && d->state(u"d"_s) == u"Failed"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionNextFailed"));
    QCOMPARE(d->selectedNames(), QStringList{u"b"_s});
    QVERIFY(d->trigger("actionNextFailed"));
    QCOMPARE(d->selectedNames(), QStringList{u"d"_s});
    QVERIFY(d->trigger("actionNextFailed"));
    QCOMPARE(d->selectedNames(), QStringList{u"b"_s});
    QVERIFY(d->trigger("actionPreviousFailed"));
    QCOMPARE(d->selectedNames(), QStringList{u"d"_s});
}

void TstMainWindow::copyRows()
{
    d->add(u"a"_s, u"sleep 1"_s);
    d->add(u"b"_s, u"sleep 2"_s);
    QVERIFY(d->trigger("actionSelectAll"));
    QVERIFY(d->trigger("actionCopy"));
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines.at(1).split(u'\t').first(), u"b"_s);
    QCOMPARE(lines.at(1).split(u'\t').last(), u"sleep 2"_s);
    QVERIFY(d->trigger("actionCopyCommand"));
    QCOMPARE(QGuiApplication::clipboard()->text(), u"sleep 1\nsleep 2"_s);
}

void TstMainWindow::sliderByMouse()
{
    auto *slider = d->find<QSlider>("pollIntervalSlider");
    const auto *spinBox = d->find<QDoubleSpinBox>("pollIntervalSpinBox");
    QCOMPARE(d->monitor->interval(), 1000ms);
    const int y = slider->height() / 3;
    const int groove = slider->width();
    const int handle = int(groove * double(slider->value()) / slider->maximum());
    QTest::mousePress(slider, Qt::LeftButton, {}, {handle, y});
    QVERIFY(slider->isSliderDown());
    QTest::mouseMove(slider, {0, y});
    // Applied while dragging, saved when let go.
    QCOMPARE(d->monitor->interval(), 50ms);
    QCOMPARE(d->settings->interval(), 1000ms);
    QTest::mouseRelease(slider, Qt::LeftButton, {}, {0, y});
    QCOMPARE(d->settings->interval(), 50ms);
    QCOMPARE(spinBox->value(), 0.05);
    QVERIFY(slider->toolTip().contains(u"50 ms"_s));
}

void TstMainWindow::sliderByKeys()
{
    auto *slider = d->find<QSlider>("pollIntervalSlider");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_PageUp);
    QCOMPARE(d->monitor->interval(), 2000ms);
    QTest::keyClick(slider, Qt::Key_Right);
    QVERIFY(d->monitor->interval() > 2000ms && d->monitor->interval() < 5000ms);
    QTest::keyClick(slider, Qt::Key_PageDown);
    QCOMPARE(d->monitor->interval(), 2000ms); // to the next tick, not a tick further
    QTest::keyClick(slider, Qt::Key_End);
    QCOMPARE(d->monitor->interval(), 10s);
    QTest::keyClick(slider, Qt::Key_Home);
    QCOMPARE(d->monitor->interval(), 50ms);
    QCOMPARE(d->settings->interval(), 50ms);
    for (int position = 0; position <= slider->maximum(); ++position) {
        const auto interval = IntervalControl::intervalAt(position);
        QVERIFY(interval >= 50ms && interval <= 10s);
        QVERIFY(position == 0 || interval >= IntervalControl::intervalAt(position - 1));
    }
}

void TstMainWindow::spinBoxClampsWithAWord()
{
    auto *spinBox = d->find<QDoubleSpinBox>("pollIntervalSpinBox");
    const auto enter = [&](const QString &text) {
        spinBox->setFocus();
        spinBox->selectAll();
        QTest::keyClicks(spinBox, text);
        QTest::keyClick(spinBox, Qt::Key_Return);
    };
    enter(u"0.25 s"_s);
    QCOMPARE(d->monitor->interval(), 250ms);
    QCOMPARE(d->settings->interval(), 250ms);
    enter(u"300 ms"_s);
    QCOMPARE(d->monitor->interval(), 300ms);
    QCOMPARE(d->message(), QString());
    enter(u"60"_s);
    QCOMPARE(d->monitor->interval(), 10s);
    QVERIFY2(d->message().contains(u"60.0 s"_s), qPrintable(d->message()));
    enter(u"0"_s);
    QCOMPARE(d->monitor->interval(), 50ms);
}

void TstMainWindow::intervalChangesTheTick()
{
    // Ticks counted over one slow interval: independent of how fast the machine is, as long as it keeps 50 ms
    // better than five times too late.
    auto *slider = d->find<QSlider>("pollIntervalSlider");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Home);
    QSignalSpy ticks(d->monitor.get(), &Monitor::ticked);
    QElapsedTimer timer;
    timer.start();
    TRY_VERIFY(ticks.count() >= 10);
    const qint64 quick = timer.elapsed();
    QTest::keyClick(slider, Qt::Key_PageUp);
    QTest::keyClick(slider, Qt::Key_PageUp);
    QTest::keyClick(slider, Qt::Key_PageUp);
    QCOMPARE(d->monitor->interval(), 500ms);
    TRY_VERIFY(!d->monitor->isPaused());
    ticks.clear();
    TRY_VERIFY(ticks.count() >= 1);
    ticks.clear();
    timer.start();
    TRY_VERIFY(ticks.count() >= 10);
    const qint64 slow = timer.elapsed();
    QVERIFY2(slow > 4000 && slow > quick * 2, qPrintable(u"%1 ms, %2 ms"_s.arg(quick).arg(slow)));
    QVERIFY(d->find<QLabel>("statusIntervalLabel")->text().contains(u"every 500 ms"_s));
}

void TstMainWindow::pauseStopsTicksOnly()
{
    QVERIFY(d->click("autoRefreshButton"));
    QVERIFY(d->monitor->isPaused());
    QCOMPARE(d->find<QLabel>("statusIntervalLabel")->text(), u"paused"_s);
    // Events come all the same.
    d->add(u"a"_s, u"true"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Succeeded"_s);
    QSignalSpy ticks(d->monitor.get(), &Monitor::ticked);
    QVERIFY(d->trigger("actionRefresh"));
    TRY_COMPARE(ticks.count(), 1);
    QVERIFY(d->trigger("actionAutoRefresh"));
    QVERIFY(!d->monitor->isPaused());
}

QTEST_MAIN(TstMainWindow)

#include "tst_mainwindow.moc"
