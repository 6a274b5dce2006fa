// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// What can be done when, by whom it can be reached, and what things are called.

#include "gui/actionrules.h"
#include "gui/icons.h"
#include "windowdriver.h"

#include <QHash>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QScreen>
#include <QSet>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace procession;

#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, WindowDriver::patience)
#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, WindowDriver::patience)

namespace {

/// The verbs in the order of the matrix below.
constexpr std::array verbs{
    Verb::Start, Verb::Restart,      Verb::Pause,   Verb::Terminate,     Verb::Kill,      Verb::Signal,
    Verb::Edit,  Verb::Duplicate,    Verb::Remove,  Verb::Copy,          Verb::StartAll,  Verb::RestartFailed,
    Verb::Join,  Verb::TerminateAll, Verb::KillAll, Verb::ClearFinished, Verb::SelectAll, Verb::SelectFailed};

Situation one(State state, bool failed = false)
{
    Situation situation;
    situation.rosterOpen = true;
    situation.all[size_t(state)] = 1;
    situation.selected[size_t(state)] = 1;
    situation.failed = failed ? 1 : 0;
    return situation;
}

QString enabledIn(const Situation &situation)
{
    QString row;
    for (const Verb verb : verbs)
        row += obstacle(verb, situation).isEmpty() ? u'x' : u'-';
    return row;
}

QList<QMenu *> allMenus(const QMenuBar *bar)
{
    QList<QMenu *> menus;
    for (const QAction *action : bar->actions())
        menus.append(action->menu());
    for (qsizetype index = 0; index < menus.size(); ++index) {
        for (const QAction *action : menus.at(index)->actions()) {
            if (action->menu())
                menus.append(action->menu());
        }
    }
    return menus;
}

} // namespace

class TstMainWindowActions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init();
    void cleanup();

    void matrix_data();
    void matrix();
    void actionsFollowTheMatrix();
    void disabledActionsSayWhy();
    void namesExist_data();
    void namesExist();
    void everyWidgetHasAName();
    void shortcutsAreUnambiguous();
    void mnemonicsAreUnique();
    void messagesLeaveTheRowsInPlace();
    void removingSelectsTheNeighbour();
    void tabReachesEverything();
    void smallestWindowFits();

private:
    std::unique_ptr<WindowDriver> d;
};

void TstMainWindowActions::init()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
    d = std::make_unique<WindowDriver>();
    d->open();
}

void TstMainWindowActions::cleanup()
{
    QVERIFY(d->endAll());
    d.reset();
}

void TstMainWindowActions::matrix_data()
{
    QTest::addColumn<Situation>("situation");
    QTest::addColumn<QString>("expected");
    Situation closed;
    Situation empty;
    empty.rosterOpen = true;
    Situation unselected = one(State::Running);
    unselected.selected = {};
    Situation mixed = one(State::Running);
    mixed.all[size_t(State::Ended)] = mixed.selected[size_t(State::Ended)] = 1;

    // A letter a verb, in the order of `verbs`.
    QTest::newRow("no roster") << closed << u"------------------"_s;
    QTest::newRow("no worker") << empty << u"------------------"_s;
    QTest::newRow("none selected") << unselected << u"------------xxx-x-"_s;
    QTest::newRow("Not started") << one(State::NotStarted) << u"x-----xxxxx-x---x-"_s;
    QTest::newRow("Queued") << one(State::Queued) << u"x-----xxxxx-x---x-"_s;
    QTest::newRow("Starting") << one(State::Starting) << u"-x-xx-xxxx--xxx-x-"_s;
    QTest::newRow("Running") << one(State::Running) << u"-xxxxxxxxx--xxx-x-"_s;
    QTest::newRow("Paused") << one(State::Paused) << u"-xxxxxxxxx--xxx-x-"_s;
    QTest::newRow("Stopping") << one(State::Stopping) << u"-x--xxxxxx--x-x-x-"_s;
    QTest::newRow("Ended") << one(State::Ended) << u"xx----xxxxx-x--xx-"_s;
    QTest::newRow("Failed") << one(State::Ended, true) << u"xx----xxxxxxx--xxx"_s;
    QTest::newRow("Skipped") << one(State::Skipped) << u"x-----xxxxx-x---x-"_s;
    QTest::newRow("Running and Ended") << mixed << u"xxxxxx-xxxx-xxxxx-"_s;
}

void TstMainWindowActions::matrix()
{
    QFETCH(Situation, situation);
    QFETCH(QString, expected);
    QCOMPARE(enabledIn(situation), expected);
}

/// The same in the window, for the states a real worker goes through.
void TstMainWindowActions::actionsFollowTheMatrix()
{
    const std::array names{"actionStart", "actionRestart", "actionPause", "actionTerminate", "actionKill"};
    const auto enabled = [&] {
        QString row;
        for (const char *name : names)
            row += d->action(name)->isEnabled() ? u'x' : u'-';
        return row;
    };
    QCOMPARE(enabled(), u"-----"_s);
    d->add(u"a"_s, u"sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.1; done'"_s);
    QCOMPARE(enabled(), u"-----"_s);
    QVERIFY(d->select({u"a"_s}));
    QCOMPARE(enabled(), u"x----"_s);
    QVERIFY(d->trigger("actionStart"));
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    TRY_COMPARE(enabled(), u"-xxxx"_s);
    QVERIFY(d->trigger("actionPause"));
    TRY_COMPARE(d->state(u"a"_s), u"Paused"_s);
    QCOMPARE(enabled(), u"-xxxx"_s);
    QVERIFY(d->trigger("actionPause"));
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    TRY_VERIFY(d->hasWritten(u"a"_s)); // the trap stands
    QVERIFY(d->trigger("actionTerminate"));
    TRY_COMPARE(d->state(u"a"_s), u"Stopping"_s);
    QCOMPARE(enabled(), u"-x--x"_s);
    QVERIFY(d->trigger("actionKill"));
    TRY_COMPARE(d->state(u"a"_s), u"Killed"_s);
    QCOMPARE(enabled(), u"xx---"_s);
    d->view()->clearSelection();
    QCOMPARE(enabled(), u"-----"_s);
}

void TstMainWindowActions::disabledActionsSayWhy()
{
    const QAction *start = d->action("actionStart");
    QVERIFY(!start->isEnabled());
    QVERIFY2(start->toolTip().contains(u"No worker is selected"_s), qPrintable(start->toolTip()));
    d->add(u"a"_s, u"true"_s);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(!start->toolTip().contains(u'\n'));
    for (const QMenu *menu : allMenus(d->find<QMenuBar>("menuBar")))
        QVERIFY2(menu->toolTipsVisible() || menu->actions().isEmpty(), qPrintable(menu->objectName()));
}

void TstMainWindowActions::namesExist_data()
{
    QTest::addColumn<QString>("name");
    const QString widgets =
        u"mainToolBar workersView workersModel workersProxy stateFilterList groupFilterList "
        "filterEdit pollIntervalSlider pollIntervalSpinBox autoRefreshButton messageBar "
        "messageBarAction joinBar detailTabs outputView outputFindEdit outputStreamCombo "
        "outputFollowButton outputWrapButton outputTimesButton outputClearButton "
        "outputSaveButton activityView emptyPage emptyCommandEdit emptyRunButton noMatchPage "
        "clearFilterButton statusCountsLabel statusSelectionLabel statusTotalsLabel "
        "statusIntervalLabel actionAddWorker actionStart actionTerminate actionKill "
        "actionRestart actionPause actionRemove actionStartAll actionJoinAll "
        "actionTerminateAll actionRefresh actionPreferences actionQuit"_s;
    for (const QString &name : widgets.split(u' '))
        QTest::newRow(qPrintable(name)) << name;
}

void TstMainWindowActions::namesExist()
{
    QFETCH(QString, name);
    QCOMPARE(d->window->objectName(), u"mainWindow"_s);
    QVERIFY(d->window->findChild<QObject *>(name));
}

void TstMainWindowActions::everyWidgetHasAName()
{
    d->add(u"a"_s, u"true"_s);
    QCoreApplication::processEvents();
    QStringList nameless;
    for (const QWidget *widget : d->window->findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus ||
            widget->objectName().startsWith(u"qt_"_s))
            continue;
        // Buttons and labels without a name of their own are read by their text.
        const auto *button = qobject_cast<const QAbstractButton *>(widget);
        const auto *label = qobject_cast<const QLabel *>(widget);
        const bool spoken = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()) ||
                            (label && !label->text().isEmpty());
        if (widget->objectName().isEmpty() || !spoken) {
            nameless.append(u"%1 in %2"_s.arg(QLatin1String(widget->metaObject()->className()),
                                              widget->parentWidget()->objectName()));
        }
    }
    // Qt's own inner parts of a named widget.
    nameless.removeIf([](const QString &name) {
        return name.startsWith(u"QTabBar"_s) || name.startsWith(u"QToolBarSeparator"_s) ||
               name.startsWith(u"QLineEdit in pollIntervalSpinBox"_s);
    });
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
}

void TstMainWindowActions::shortcutsAreUnambiguous()
{
    QHash<QString, QString> owner;
    for (const QAction *action : d->window->findChildren<QAction *>()) {
        for (const QKeySequence &keys : action->shortcuts()) {
            const QString text = keys.toString(QKeySequence::PortableText);
            QVERIFY2(!owner.contains(text),
                     qPrintable(text + u" "_s + owner.value(text) + u" "_s + action->objectName()));
            owner.insert(text, action->objectName());
        }
    }
    const QHash<QString, QString> expected{
        {u"Ctrl+R"_s, u"actionStart"_s},      {u"Ctrl+Shift+R"_s, u"actionRestart"_s},
        {u"Ctrl+P"_s, u"actionPause"_s},      {u"Ctrl+T"_s, u"actionTerminate"_s},
        {u"Ctrl+Shift+K"_s, u"actionKill"_s}, {u"Ctrl+N"_s, u"actionAddWorker"_s},
        {u"F2"_s, u"actionEdit"_s},           {u"Ctrl+D"_s, u"actionDuplicate"_s},
        {u"Del"_s, u"actionRemove"_s},        {u"Ctrl+Shift+Return"_s, u"actionStartAll"_s},
        {u"Ctrl+J"_s, u"actionJoinAll"_s},    {u"Ctrl+Shift+T"_s, u"actionTerminateAll"_s},
        {u"F5"_s, u"actionRefresh"_s},        {u"F6"_s, u"actionAutoRefresh"_s},
        {u"Ctrl+O"_s, u"actionOpen"_s},       {u"Ctrl+W"_s, u"actionCloseWindow"_s},
        {u"Ctrl+Q"_s, u"actionQuit"_s},       {u"Ctrl+,"_s, u"actionPreferences"_s},
        {u"Ctrl+F"_s, u"actionFind"_s},       {u"F4"_s, u"actionShowDetails"_s},
        {u"F9"_s, u"actionShowSideBar"_s},    {u"F8"_s, u"actionNextFailed"_s},
        {u"F11"_s, u"actionFullScreen"_s}};
    for (auto pair = expected.begin(); pair != expected.end(); ++pair)
        QCOMPARE(owner.value(pair.key()), pair.value());
}

void TstMainWindowActions::mnemonicsAreUnique()
{
    const auto check = [](const QList<QAction *> &actions, const QString &where) {
        QSet<QChar> seen;
        for (const QAction *action : actions) {
            const QString text = action->text();
            const qsizetype mark = text.indexOf(u'&');
            if (action->isSeparator() || mark < 0)
                continue;
            const QChar letter = text.at(mark + 1).toLower();
            QVERIFY2(!seen.contains(letter), qPrintable(where + u": "_s + text));
            seen.insert(letter);
        }
    };
    const auto *bar = d->find<QMenuBar>("menuBar");
    check(bar->actions(), u"menuBar"_s);
    for (const QMenu *menu : allMenus(bar))
        check(menu->actions(), menu->objectName());

    // What is in the window must not take a letter of the menu bar, nor of another part shown with it.
    const auto checkWindow = [&] {
        QHash<QString, QString> taken;
        for (const QAction *action : bar->actions())
            taken.insert(QKeySequence::mnemonic(action->text()).toString(), action->text());
        for (const QWidget *widget : d->window->findChildren<QWidget *>()) {
            QString text;
            if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
                text = button->text();
            else if (const auto *label = qobject_cast<const QLabel *>(widget); label && label->buddy())
                text = label->text();
            const QString key = QKeySequence::mnemonic(text).toString();
            if (key.isEmpty() || !widget->isVisible() || qobject_cast<const QToolButton *>(widget))
                continue;
            QVERIFY2(!taken.contains(key), qPrintable(text + u" and "_s + taken.value(key)));
            taken.insert(key, text);
        }
    };
    d->add(u"a"_s, u"true"_s);
    d->find<QTabWidget>("detailTabs")->setCurrentIndex(2);
    checkWindow();
    QVERIFY(d->type("filterEdit", u"zzz"_s)); // the page that says that nothing matches
    checkWindow();
    d->find<QLineEdit>("filterEdit")->clear();
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionRemove")); // the empty page, and a message that offers to undo
    QVERIFY(d->find<QWidget>("messageBarAction")->isVisible());
    checkWindow();
}

void TstMainWindowActions::messagesLeaveTheRowsInPlace()
{
    d->add(u"a"_s, u"true"_s);
    d->add(u"b"_s, u"true"_s);
    QVERIFY(d->select({u"a"_s}));
    const QPoint before = d->view()->mapToGlobal(QPoint());
    QVERIFY(d->trigger("actionRemove"));
    QVERIFY(!d->message().isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(d->view()->mapToGlobal(QPoint()), before);
    QVERIFY(d->find<QWidget>("messageBar")->mapToGlobal(QPoint()).y() >
            d->find<QWidget>("sideSplitter")->mapToGlobal(QPoint()).y());
}

void TstMainWindowActions::removingSelectsTheNeighbour()
{
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s})
        d->add(name, u"true"_s);
    QVERIFY(d->select({u"b"_s}));
    QTest::keyClick(d->view(), Qt::Key_Delete);
    QCOMPARE(d->selectedNames(), QStringList{u"c"_s});
    QTest::keyClick(d->view(), Qt::Key_Delete);
    QCOMPARE(d->selectedNames(), QStringList{u"d"_s});
    TRY_VERIFY(d->find<QLabel>("detailSummaryLabel")->text().startsWith(u"d "_s));
    QVERIFY(d->select({u"d"_s, u"e"_s}));
    QTest::keyClick(d->view(), Qt::Key_Delete);
    QCOMPARE(d->selectedNames(), QStringList{u"a"_s}); // nobody below: the one above
    QTest::keyClick(d->view(), Qt::Key_Delete);
    QCOMPARE(d->names(), QStringList());
}

void TstMainWindowActions::tabReachesEverything()
{
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->select({u"a"_s}));
    TRY_VERIFY(d->find<QToolButton>("actionTerminateButton"));
    d->window->openProject(d->directory() + u"/absent.yaml"_s); // a message
    TRY_VERIFY(!d->message().isEmpty());
    QStringList order;
    QSet<QString> reached;
    for (int step = 0; step < 60; ++step) {
        if (const QWidget *focus = QApplication::focusWidget())
            reached.insert(focus->objectName());
        if (const QWidget *focus = QApplication::focusWidget())
            order.append(focus->objectName());
        QTest::keyClick(d->window.get(), Qt::Key_Tab);
    }
    for (const char *name :
         {"actionAddWorkerButton", "actionTerminateButton", "actionRestartButton", "actionJoinAllButton",
          "actionTerminateAllButton", "filterEdit", "pollIntervalSlider", "pollIntervalSpinBox",
          "autoRefreshButton", "stateFilterList", "workersView", "outputView", "detailCollapseButton",
          "messageBarClose"})
        QVERIFY2(reached.contains(QLatin1String(name)), qPrintable(order.join(u' ')));
    QCOMPARE(order.indexOf(u"messageBarClose"_s), order.indexOf(u"detailCollapseButton"_s) + 1);
}

void TstMainWindowActions::smallestWindowFits()
{
    d->window->resize(640, 420);
    QCoreApplication::processEvents();
    QCOMPARE(d->window->size(), QSize(640, 420));
    QVERIFY(d->window->rect().contains(d->find<QWidget>("intervalControl")->geometry()));
}

QTEST_MAIN(TstMainWindowActions)

#include "tst_mainwindowactions.moc"
