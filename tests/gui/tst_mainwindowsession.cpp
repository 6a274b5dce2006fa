// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Opening and leaving: project files, quitting with workers running, and what is there again afterwards.

#include "gui/icons.h"
#include "windowdriver.h"

#include <QCloseEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace procession;

#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, WindowDriver::patience)
#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, WindowDriver::patience)

class TstMainWindowSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init();
    void cleanup();

    void rosterComesBack();
    void runningWorkersAreTakenOver();
    void quitAsksAndCancelStays();
    void quitTerminates();
    void quitLeavesRunning();
    void quitWithoutWorkersDoesNotAsk();
    void leaveDoesNotAsk();
    void layoutComesBack();
    void narrowWindowStartsWithoutSideBar();
    void newWorkersRunWhereTheProjectIs();
    void lostWindowComesBackOnScreen();
    void projectOpensAndStartsNothing();
    void projectStartsWhenAsked();
    void badProjectLeavesTheRoster_data();
    void badProjectLeavesTheRoster();
    void badProjectAtTheStartLeavesTheUnsavedRoster();
    void newsDoNotHideWhyAFileDidNotOpen();
    void unsupportedKeysAreNamedOnce();
    void noticesOfAProjectComeTogether();
    void openingAnotherAsksWhileWorkersRun();
    void secondWindowOfARosterIsToldOff();
    void secondWindowOfAProjectShowsTheFirst();
    void secondWindowStaysWhenItHasWork();
    void secondWindowCanOpenTheUnsavedWorkers();
    void firstWindowThatIsGoneDoesNotAnswer();
    void whatEndedMeanwhileIsTold();
    void lostWorkersAreNamed();
    void problemsOfWorkersThatRunAreTold();
    void closingAndOpeningSaysNothing();
    void keptRunsAreLimited();
    void limitsArePreferences();
    void unknownOptionEndsWithTwo();
    void withoutDisplayItSaysSo();
    void terminationSignalLeaves_data();
    void terminationSignalLeaves();

private:
    QString write(const QString &name, const QByteArray &text) const;
    QProcessEnvironment programEnvironment() const;
    bool killRun(const QString &runId, qint64 worker) const;

    std::unique_ptr<WindowDriver> d;
};

void TstMainWindowSession::init()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
    d = std::make_unique<WindowDriver>();
}

void TstMainWindowSession::cleanup()
{
    // Whatever roster the workers are in.
    const QDir rosters(d->paths().stateDirectory + u"/rosters"_s);
    const QStringList ids = rosters.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    if (!d->supervisor)
        d->open(false);
    for (const QString &id : ids) {
        QCOMPARE(d->supervisor->open(id), QString());
        d->supervisor->kill(d->supervisor->alive());
        TRY_COMPARE(d->supervisor->aliveCount(), 0);
    }
    QVERIFY(d->endAll());
    d.reset();
}

QString TstMainWindowSession::write(const QString &name, const QByteArray &text) const
{
    const QString path = d->directory() + u'/' + name;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(path));
    return path;
}

QProcessEnvironment TstMainWindowSession::programEnvironment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"HOME"_s, u"XDG_STATE_HOME"_s, u"XDG_CONFIG_HOME"_s, u"XDG_RUNTIME_DIR"_s})
        environment.insert(name, d->directory());
    environment.insert(u"XDG_STATE_HOME"_s, d->directory());
    return environment;
}

/// Both halves of the keeper, which carries its run's id on its command line, and the worker.
bool TstMainWindowSession::killRun(const QString &runId, qint64 worker) const
{
    QList<pid_t> pids;
    for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        QFile file(u"/proc/%1/cmdline"_s.arg(pid));
        if (pid.at(0).isDigit() && file.open(QIODevice::ReadOnly) && file.readAll().contains(runId.toUtf8()))
            pids.append(pid_t(pid.toInt()));
    }
    for (const pid_t pid : std::as_const(pids))
        ::kill(pid, SIGKILL);
    ::kill(pid_t(-worker), SIGKILL);
    // Who inherits the worker may take its time to reap it.
    const auto isGone = [worker] {
        QFile stat(u"/proc/%1/stat"_s.arg(worker));
        return !stat.open(QIODevice::ReadOnly) || stat.readAll().contains(") Z ");
    };
    return !pids.isEmpty() && QTest::qWaitFor(isGone, WindowDriver::patience);
}

void TstMainWindowSession::rosterComesBack()
{
    d->open();
    d->add(u"good"_s, u"true"_s, true);
    d->add(u"bad"_s, u"sh -c 'exit 3'"_s, true);
    d->add(u"idle"_s, u"sleep 1"_s);
    TRY_COMPARE(d->cell(u"bad"_s, Column::Exit), u"3"_s);
    TRY_COMPARE(d->state(u"good"_s), u"Succeeded"_s);
    d->close();
    d->open();
    QCOMPARE(d->names(), (QStringList{u"good"_s, u"bad"_s, u"idle"_s}));
    QCOMPARE(d->state(u"good"_s), u"Succeeded"_s);
    QCOMPARE(d->cell(u"bad"_s, Column::Exit), u"3"_s);
    QCOMPARE(d->cell(u"idle"_s, Column::State), u"Not started"_s);
    QCOMPARE(d->cell(u"idle"_s, Column::Command), u"sleep 1"_s);
}

void TstMainWindowSession::runningWorkersAreTakenOver()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    const QString pid = d->cell(u"a"_s, Column::Pid);
    d->close();
    d->open();
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QCOMPARE(d->cell(u"a"_s, Column::Pid), pid);
    QVERIFY(d->select({u"a"_s}));
    QVERIFY(d->trigger("actionTerminate"));
    TRY_COMPARE(d->state(u"a"_s), u"Stopped"_s);
}

void TstMainWindowSession::quitAsksAndCancelStays()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->trigger("actionQuit"));
    auto *dialog = d->dialog("confirmDialog");
    QVERIFY(dialog);
    QVERIFY(d->trigger("actionQuit")); // asked once is enough
    QCOMPARE(d->window->findChildren<QDialog *>(u"confirmDialog"_s).size(), 1);
    QVERIFY(d->click("cancelButton", dialog));
    TRY_VERIFY(!d->dialog("confirmDialog"));
    QVERIFY(d->window->isVisible());
    QCOMPARE(d->state(u"a"_s), u"Running"_s);
}

void TstMainWindowSession::quitTerminates()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    d->add(u"b"_s, u"sleep 100"_s, true);
    TRY_VERIFY(d->state(u"a"_s) == u"Running"_s && d->state(u"b"_s) == u"Running"_s);
    QVERIFY(!d->window->close());
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    TRY_VERIFY(!d->window->isVisible());
    QCOMPARE(d->supervisor->aliveCount(), 0);
    d->close();
    d->open();
    QCOMPARE(d->state(u"a"_s), u"Stopped"_s);
    QCOMPARE(d->state(u"b"_s), u"Stopped"_s);
}

void TstMainWindowSession::quitLeavesRunning()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(!d->window->close());
    QVERIFY(d->click("alternativeButton", d->dialog("confirmDialog")));
    TRY_VERIFY(!d->window->isVisible());
    d->close();
    d->open();
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
}

void TstMainWindowSession::quitWithoutWorkersDoesNotAsk()
{
    d->open();
    d->add(u"idle"_s, u"true"_s);
    QVERIFY(d->window->close());
    QVERIFY(!d->window->isVisible());
}

void TstMainWindowSession::leaveDoesNotAsk()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    QVERIFY(d->trigger("actionAddWorker")); // a dialog is no reason to stay
    d->window->leave();
    QVERIFY(!d->window->isVisible());
    QVERIFY(!d->dialog("confirmDialog"));
}

void TstMainWindowSession::layoutComesBack()
{
    d->open();
    d->add(u"a"_s, u"true"_s);
    d->window->resize(1000, 600);
    QCoreApplication::processEvents();
    QHeaderView *header = d->view()->header();
    header->resizeSection(int(Column::Name), 222);
    header->setSectionHidden(int(Column::Memory), true);
    header->moveSection(header->visualIndex(int(Column::Pid)), 0);
    d->view()->sortByColumn(int(Column::Name), Qt::DescendingOrder);
    d->find<QSplitter>("detailSplitter")->setSizes({200, 250});
    const QList<int> sizes = d->find<QSplitter>("detailSplitter")->sizes();
    QVERIFY(d->trigger("actionShowSideBar"));
    d->find<QTabWidget>("detailTabs")->setCurrentIndex(2);
    d->window->leave();
    d->close();
    d->open();
    QCOMPARE(d->window->size(), QSize(1000, 600));
    header = d->view()->header();
    QCOMPARE(header->sectionSize(int(Column::Name)), 222);
    QVERIFY(header->isSectionHidden(int(Column::Memory)));
    QCOMPARE(header->visualIndex(int(Column::Pid)), 0);
    QCOMPARE(header->sortIndicatorSection(), int(Column::Name));
    QCOMPARE(d->proxy()->sortColumn(), int(Column::Name));
    QCOMPARE(d->proxy()->sortOrder(), Qt::DescendingOrder);
    // A splitter rounds.
    TRY_VERIFY(qAbs(d->find<QSplitter>("detailSplitter")->sizes().first() - sizes.first()) <= 2);
    QVERIFY(!d->find<QWidget>("sideBar")->isVisible());
    QCOMPARE(d->find<QTabWidget>("detailTabs")->currentIndex(), 2);
    QVERIFY(d->trigger("actionResetLayout"));
    QVERIFY(d->find<QWidget>("sideBar")->isVisible());
    QVERIFY(!header->isSectionHidden(int(Column::Memory)));
    QCOMPARE(header->visualIndex(int(Column::Pid)), int(Column::Pid));
}

void TstMainWindowSession::narrowWindowStartsWithoutSideBar()
{
    d->firstSize = {899, 600};
    d->open();
    QVERIFY(!d->find<QWidget>("sideBar")->isVisible());
    QVERIFY(d->trigger("actionShowSideBar"));
    d->window->leave();
    d->close();
    d->open();
    QVERIFY(d->find<QWidget>("sideBar")->isVisible()); // as the person left it
}

void TstMainWindowSession::newWorkersRunWhereTheProjectIs()
{
    d->open();
    QVERIFY(d->type("emptyCommandEdit", u"true"_s));
    QVERIFY(d->click("emptyRunButton"));
    QCOMPARE(d->supervisor->status(d->id(u"true"_s))->spec->workingDirectory, QDir::currentPath());
    TRY_COMPARE(d->state(u"true"_s), u"Succeeded"_s);
    const QString file = write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    const QString folder = QFileInfo(file).canonicalPath();
    d->window->openProject(file);
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    QVERIFY(d->trigger("actionAddWorker"));
    auto *dialog = d->dialog("workerDialog");
    QVERIFY(dialog);
    QCOMPARE(dialog->findChild<QLineEdit *>(u"directoryEdit"_s)->placeholderText(), folder);
    QVERIFY(d->type("commandEdit", u"false"_s, dialog));
    QVERIFY(d->click("addButton", dialog));
    QCOMPARE(d->supervisor->status(d->id(u"false"_s))->spec->workingDirectory, folder);
}

void TstMainWindowSession::lostWindowComesBackOnScreen()
{
    d->open();
    d->window->setGeometry(90'000, 90'000, 900, 600);
    d->window->leave();
    d->close();
    d->open();
    QVERIFY(d->window->screen()->availableGeometry().intersects(d->window->geometry()));
}

void TstMainWindowSession::projectOpensAndStartsNothing()
{
    d->open();
    d->add(u"unsaved"_s, u"true"_s);
    const QString file = write(u"nightly.yaml"_s, "processes:\n  web:\n    command: sleep 100\n"
                                                  "  off:\n    command: sleep 100\n    disabled: true\n");
    d->window->openProject(file);
    TRY_COMPARE(d->names(), (QStringList{u"web"_s, u"off"_s}));
    QCOMPARE(d->cell(u"web"_s, Column::State), u"Not started"_s);
    QCOMPARE(d->window->windowTitle(), u"nightly.yaml — Procession"_s);
    QCOMPARE(d->settings->recentFiles(), QStringList{QFileInfo(file).canonicalFilePath()});
    QVERIFY(d->trigger("actionStartAll"));
    TRY_COMPARE(d->state(u"web"_s), u"Running"_s);
    QCOMPARE(d->cell(u"off"_s, Column::State), u"Not started"_s);
    QVERIFY(d->select({u"web"_s}));
    QVERIFY(d->trigger("actionTerminate"));
    TRY_COMPARE(d->state(u"web"_s), u"Stopped"_s);
    QVERIFY(d->trigger("actionCloseProject"));
    QCOMPARE(d->names(), QStringList{u"unsaved"_s});
    QVERIFY(!d->action("actionUndo")->isEnabled());
}

void TstMainWindowSession::projectStartsWhenAsked()
{
    d->open(false);
    d->window->openProject(write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 100\n"), true);
    TRY_COMPARE(d->state(u"web"_s), u"Running"_s);
    QCOMPARE(d->selectedNames(), QStringList{u"web"_s});
}

void TstMainWindowSession::badProjectLeavesTheRoster_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no YAML") << QByteArray("processes: [unclosed\n");
    QTest::newRow("no processes") << QByteArray("version: 1\n");
    QTest::newRow("wrong type") << QByteArray("processes:\n  web:\n    command: [1, 2]\n");
    QTest::newRow("name twice") << QByteArray("processes:\n  web:\n    command: a\n  web:\n    command: b\n");
    QTest::newRow("no such file") << QByteArray();
}

void TstMainWindowSession::badProjectLeavesTheRoster()
{
    QFETCH(QByteArray, text);
    d->open();
    d->add(u"mine"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"mine"_s), u"Running"_s);
    const QString file = text.isEmpty() ? d->directory() + u"/absent.yaml"_s : write(u"bad.yaml"_s, text);
    d->window->openProject(file, true);
    TRY_VERIFY(d->message().contains(QFileInfo(file).fileName()));
    QCOMPARE(d->names(), QStringList{u"mine"_s});
    QCOMPARE(d->state(u"mine"_s), u"Running"_s);
    QCOMPARE(d->supervisor->rosterId(), u"untitled"_s);
    QVERIFY(!d->dialog("confirmDialog"));
}

void TstMainWindowSession::badProjectAtTheStartLeavesTheUnsavedRoster()
{
    d->open(false);
    d->window->openProject(d->directory() + u"/absent.yaml"_s, true);
    TRY_VERIFY(d->message().contains(u"absent.yaml"_s));
    QCOMPARE(d->supervisor->rosterId(), u"untitled"_s);
    QVERIFY(d->find<QWidget>("emptyCommandEdit")->isEnabled());
}

void TstMainWindowSession::newsDoNotHideWhyAFileDidNotOpen()
{
    d->open();
    d->add(u"gone"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"gone"_s), u"Running"_s);
    const WorkerStatus status = *d->supervisor->status(d->id(u"gone"_s));
    d->window->leave();
    d->close();
    QVERIFY(killRun(status.runId, status.pid));
    d->open(false);
    d->window->openProject(d->directory() + u"/absent.yaml"_s, true);
    // That it is lost comes to light only after the error.
    TRY_COMPARE(d->state(u"gone"_s), u"Lost"_s);
    TRY_VERIFY(d->message().contains(u"absent.yaml"_s));
    QVERIFY(d->click("messageBarClose"));
    QVERIFY2(d->message().contains(u"\ngone: "), qPrintable(d->message()));
}

void TstMainWindowSession::unsupportedKeysAreNamedOnce()
{
    d->open(false);
    const QString file =
        write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n    is_foreground: true\n"
                           "  db:\n    command: sleep 1\n    is_foreground: true\n");
    d->window->openProject(file);
    TRY_COMPARE(d->names().size(), 2);
    QCOMPARE(d->message().count(u"is_foreground"_s), 1);
    QVERIFY(d->click("messageBarClose"));
    QCOMPARE(d->message(), QString());
}

void TstMainWindowSession::noticesOfAProjectComeTogether()
{
    d->open(false);
    d->window->openProject(write(u"p.yaml"_s,
                                 "processes:\n  web:\n    command: sleep 1\n    is_foreground: true\n"
                                 "    env_file: [absent.env]\n"));
    TRY_VERIFY(!d->names().isEmpty());
    const QString all = d->message();
    QVERIFY2(all.contains(u"is_foreground"_s) && all.contains(u"absent.env"_s), qPrintable(all));
    QCOMPARE(all.count(u'\n'), 1);
    QVERIFY(d->click("messageBarClose"));
    QCOMPARE(d->message(), QString()); // nothing stood behind it
}

void TstMainWindowSession::openingAnotherAsksWhileWorkersRun()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
    const QString file = write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    d->window->openProject(file);
    TRY_VERIFY(d->dialog("confirmDialog"));
    QVERIFY(d->click("cancelButton", d->dialog("confirmDialog")));
    TRY_VERIFY(!d->dialog("confirmDialog"));
    QCOMPARE(d->names(), QStringList{u"a"_s});
    d->window->openProject(file);
    TRY_VERIFY(d->dialog("confirmDialog"));
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    TRY_COMPARE(d->message(), QString());
}

/// A second window over the same directory, as a second program makes it.
class SecondWindow final
{
    Q_DISABLE_COPY_MOVE(SecondWindow)

public:
    explicit SecondWindow(const Paths &paths)
        : settings(paths.configFile)
        , supervisor(paths)
        , monitor([this] { return supervisor.sampleTargets(); })
        , catalog(paths)
        , window(&supervisor, &monitor, &catalog, &settings)
    {
        window.show();
    }

    QString message() const
    {
        const auto *label = window.findChild<QLabel *>(u"messageBarLabel"_s);
        return label->isVisible() ? label->text() : QString();
    }
    QAbstractButton *button(const char *name) const
    {
        return window.findChild<QAbstractButton *>(QLatin1String(name));
    }
    void click(const char *name) const { QTest::mouseClick(button(name), Qt::LeftButton); }

    Settings settings;
    Supervisor supervisor;
    Monitor monitor;
    RunCatalog catalog;
    MainWindow window;
};

void TstMainWindowSession::secondWindowOfARosterIsToldOff()
{
    d->open();
    d->add(u"mine"_s, u"true"_s);
    SecondWindow second(d->paths());
    second.window.openUnsaved();
    QCOMPARE(second.message(), u"The unsaved workers are open in another window already."_s);
    QVERIFY(!second.window.findChild<QAction *>(u"actionAddWorker"_s)->isEnabled());
    // What was typed here would be lost.
    QVERIFY(!second.window.findChild<QLineEdit *>(u"emptyCommandEdit"_s)->isEnabled());
    QVERIFY(!second.button("emptyRunButton")->isEnabled());
    QVERIFY(!second.button("messageBarAlternative")->isVisible());
    QCOMPARE(second.window.findChild<QLabel *>(u"emptyHintLabel"_s)->text(), second.message());
    second.window.openProject(write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n"));
    TRY_COMPARE(second.supervisor.rosterId().isEmpty(), false);
    QVERIFY(second.window.findChild<QLineEdit *>(u"emptyCommandEdit"_s)->isEnabled());
    QVERIFY(d->select({u"mine"_s}));
}

void TstMainWindowSession::secondWindowOfAProjectShowsTheFirst()
{
    const QString file = write(u"nightly.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    d->open(false);
    d->window->openProject(file);
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    d->window->showMinimized();

    SecondWindow second(d->paths());
    second.window.openProject(file, true);
    TRY_COMPARE(second.message(), u"nightly.yaml is open in another window already."_s);
    QVERIFY(d->window->isMinimized()); // only when it is asked for
    QCOMPARE(second.window.focusWidget(), second.button("messageBarAction"));
    QTest::keyClick(second.button("messageBarAction"), Qt::Key_Return);
    TRY_VERIFY(!d->window->isMinimized());
    QVERIFY(d->window->isVisible());
    TRY_VERIFY(!second.window.isVisible()); // it had nothing else to do
    QCOMPARE(d->cell(u"web"_s, Column::State), u"Not started"_s);
}

void TstMainWindowSession::secondWindowStaysWhenItHasWork()
{
    const QString file = write(u"nightly.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    d->open(false);
    d->window->openProject(file);
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    SecondWindow second(d->paths());
    second.window.openUnsaved();
    QSignalSpy raised(d->supervisor.get(), &Supervisor::raiseRequested);
    second.window.openProject(file);
    TRY_VERIFY(!second.message().isEmpty());
    QVERIFY(!second.button("messageBarAlternative")->isVisible());
    second.click("messageBarAction");
    TRY_COMPARE(raised.size(), 1);
    QVERIFY(second.window.isVisible());
    QCOMPARE(second.supervisor.rosterId(), u"untitled"_s);
    QVERIFY(second.window.findChild<QAction *>(u"actionAddWorker"_s)->isEnabled());
}

void TstMainWindowSession::secondWindowCanOpenTheUnsavedWorkers()
{
    const QString file = write(u"nightly.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    d->open(false);
    d->window->openProject(file);
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    SecondWindow second(d->paths());
    second.window.openProject(file);
    TRY_VERIFY(second.button("messageBarAlternative")->isVisible());
    second.click("messageBarAlternative");
    QCOMPARE(second.supervisor.rosterId(), u"untitled"_s);
    QCOMPARE(second.message(), QString());
    QVERIFY(second.window.findChild<QLineEdit *>(u"emptyCommandEdit"_s)->isEnabled());
}

void TstMainWindowSession::firstWindowThatIsGoneDoesNotAnswer()
{
    const QString file = write(u"nightly.yaml"_s, "processes:\n  web:\n    command: sleep 1\n");
    d->open(false);
    d->window->openProject(file);
    TRY_COMPARE(d->names(), QStringList{u"web"_s});
    SecondWindow second(d->paths());
    second.window.openProject(file);
    TRY_VERIFY(!second.message().isEmpty());
    d->close();
    second.click("messageBarAction");
    QVERIFY2(second.message().contains(u"does not answer"), qPrintable(second.message()));
    QVERIFY(second.window.isVisible());
}

void TstMainWindowSession::whatEndedMeanwhileIsTold()
{
    d->open();
    const QString end = d->directory() + u"/end"_s;
    d->add(u"a"_s, u"sleep 100"_s, true);
    d->add(u"bad"_s, u"sh -c 'while ! test -e %1; do sleep 0.05; done; exit 3'"_s.arg(end), true);
    d->add(u"before"_s, u"false"_s, true);
    TRY_COMPARE(d->state(u"before"_s), u"Failed"_s);
    TRY_VERIFY(d->state(u"a"_s) == u"Running"_s && d->state(u"bad"_s) == u"Running"_s);
    const QString run = d->supervisor->status(d->id(u"bad"_s))->runDirectory;
    d->window->leave();
    d->close();
    write(u"end"_s, "x");
    TRY_VERIFY(RunCatalog::read(run)->status.state == State::Ended);
    d->open();
    QCOMPARE(d->message(), u"While no window was open: 1 worker(s) went on, 1 ended (1 failed)."_s);
    QVERIFY(d->click("messageBarAction"));
    QCOMPARE(d->names(), (QStringList{u"bad"_s, u"before"_s}));
    d->window->leave();
    d->close();
    d->open();
    QCOMPARE(d->message(), QString()); // said once
}

void TstMainWindowSession::lostWorkersAreNamed()
{
    d->open();
    d->add(u"gone"_s, u"sleep 100"_s, true);
    TRY_COMPARE(d->state(u"gone"_s), u"Running"_s);
    const WorkerStatus status = *d->supervisor->status(d->id(u"gone"_s));
    d->window->leave();
    d->close();
    // Both halves of its keeper, and the worker.
    QVERIFY(killRun(status.runId, status.pid));
    d->open();
    TRY_COMPARE(d->state(u"gone"_s), u"Lost"_s);
    TRY_VERIFY(d->message().contains(u"\ngone: "));
    d->window->leave();
    d->close();
    d->open();
    TRY_COMPARE(d->state(u"gone"_s), u"Lost"_s);
    QCOMPARE(d->message(), QString()); // said once
}

void TstMainWindowSession::problemsOfWorkersThatRunAreTold()
{
    d->open();
    d->add(u"big"_s, u"sleep 100"_s, true);
    d->add(u"huge"_s, u"sleep 100"_s, true);
    TRY_VERIFY(d->state(u"big"_s) == u"Running"_s && d->state(u"huge"_s) == u"Running"_s);
    WorkerStatus big = *d->supervisor->status(d->id(u"big"_s));
    WorkerStatus huge = *d->supervisor->status(d->id(u"huge"_s));
    const auto tell = [this](const QList<WorkerStatus> &changed) {
        Q_EMIT d->supervisor->changed(RosterDelta{.removed = {}, .inserted = {}, .changed = changed});
    };
    big.problem = u"The disk is full."_s;
    tell({big});
    QCOMPARE(d->message(), u"big: The disk is full."_s);
    QCOMPARE(d->cell(u"big"_s, Column::State), u"Running – problem"_s);
    huge.problem = big.problem;
    tell({huge});
    QCOMPARE(d->message(), u"big, huge: The disk is full."_s);
    tell({big, huge}); // no news
    big.problem.clear();
    tell({big});
    QCOMPARE(d->message(), u"huge: The disk is full."_s);
    QCOMPARE(d->cell(u"big"_s, Column::State), u"Running"_s);
    huge.problem.clear();
    tell({huge});
    QCOMPARE(d->message(), QString());
    huge.problem = big.problem = u"The disk is full."_s;
    tell({big, huge});
    QVERIFY(d->click("messageBarClose"));
    big.problem.clear();
    tell({big});
    QCOMPARE(d->message(), QString()); // less is no news to who has read it
    d->supervisor->kill(d->supervisor->alive());
    TRY_COMPARE(d->supervisor->aliveCount(), 0);
}

void TstMainWindowSession::closingAndOpeningSaysNothing()
{
    d->open();
    d->add(u"a"_s, u"sleep 100"_s, true);
    d->add(u"b"_s, u"false"_s, true);
    TRY_VERIFY(d->state(u"a"_s) == u"Running"_s && d->state(u"b"_s) == u"Failed"_s);
    d->window->leave();
    d->close();
    d->open();
    QCOMPARE(d->message(), QString());
    TRY_COMPARE(d->state(u"a"_s), u"Running"_s);
}

void TstMainWindowSession::keptRunsAreLimited()
{
    d->open();
    const WorkerId id = d->add(u"a"_s, u"true"_s);
    for (int run = 0; run < 4; ++run) {
        const QString before = d->supervisor->status(id)->runId;
        d->supervisor->start({id});
        TRY_VERIFY(d->supervisor->status(id)->runId != before &&
                   d->supervisor->status(id)->state == State::Ended);
    }
    const QDir runs(d->paths().runsDirectory());
    const auto count = [&runs] { return runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(); };
    QCOMPARE(count(), 4);
    d->settings->setKeptRuns(2);
    TRY_COMPARE(count(), 2);
    d->settings->setKeptRuns(0);
    TRY_COMPARE(count(), 1); // the one its row shows stays
    QVERIFY(runs.exists(d->supervisor->status(id)->runId));
}

void TstMainWindowSession::limitsArePreferences()
{
    d->open();
    QVERIFY(d->trigger("actionPreferences"));
    auto *dialog = d->dialog("preferencesDialog");
    QVERIFY(dialog);
    dialog->findChild<QListWidget *>(u"preferencesList"_s)->setCurrentRow(3);
    auto *count = dialog->findChild<QSpinBox *>(u"keptRunsSpinBox"_s);
    auto *days = dialog->findChild<QSpinBox *>(u"keptRunDaysSpinBox"_s);
    auto *bytes = dialog->findChild<QSpinBox *>(u"keptRunBytesSpinBox"_s);
    QVERIFY(count->isVisible() && days->isVisible() && bytes->isVisible());
    QCOMPARE(count->value(), 10'000);
    QCOMPARE(days->text(), u"any time"_s);
    QCOMPARE(bytes->value(), 10'240);
    count->setFocus();
    count->selectAll();
    QTest::keyClicks(count, u"50"_s);
    QCOMPARE(d->settings->keptRuns(), 10'000); // not while it is being typed: "5" would remove runs
    QTest::keyClick(count, Qt::Key_Return);
    QCOMPARE(d->settings->keptRuns(), 50);
    QTest::keyClick(days, Qt::Key_Up);
    QCOMPARE(d->settings->keptRunDays(), 1);
    bytes->setValue(5);
    QCOMPARE(d->settings->keptRunBytes(), qint64(5) << 20);
}

void TstMainWindowSession::unknownOptionEndsWithTwo()
{
    QProcess program;
    QProcessEnvironment environment = programEnvironment();
    for (const QString &name : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s, u"QT_QPA_PLATFORM"_s})
        environment.remove(name);
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"), {u"--no-such-option"_s});
    QVERIFY(program.waitForFinished(WindowDriver::patience));
    QCOMPARE(program.exitCode(), 2);
    QVERIFY(program.readAllStandardError().contains("no-such-option"));
    program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"), {u"lisst"_s}); // no window for a slip
    QVERIFY(program.waitForFinished(WindowDriver::patience));
    QCOMPARE(program.exitCode(), 2);
    QVERIFY(program.readAllStandardError().contains("Did you mean “procession list”?"));
    program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"), {u"something"_s, u"--json"_s});
    QVERIFY(program.waitForFinished(WindowDriver::patience));
    QCOMPARE(program.exitCode(), 2);
    QVERIFY(program.readAllStandardError().contains("the commands are run, list, stop and logs"));
    program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"), {u"--version"_s});
    QVERIFY(program.waitForFinished(WindowDriver::patience));
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(program.readAllStandardOutput().startsWith("procession "));
}

void TstMainWindowSession::withoutDisplayItSaysSo()
{
    for (const QString &display : {QString(), u":65432"_s}) {
        QProcess program;
        QProcessEnvironment environment = programEnvironment();
        environment.remove(u"QT_QPA_PLATFORM"_s);
        environment.remove(u"WAYLAND_DISPLAY"_s);
        environment.insert(u"DISPLAY"_s, display);
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"), QStringList());
        QVERIFY(program.waitForFinished(WindowDriver::patience));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(program.exitCode(), 1);
        const QByteArray said = program.readAllStandardError();
        QVERIFY2(said.contains("procession run"), said.constData());
        QCOMPARE(said.count('\n'), 1);
    }
}

void TstMainWindowSession::terminationSignalLeaves_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void TstMainWindowSession::terminationSignalLeaves()
{
    QFETCH(int, number);
    QProcess program;
    program.setProcessEnvironment(programEnvironment());
    program.start(QStringLiteral(PROCESSION_BIN_DIR "/procession"),
                  {u"--start"_s, write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 100\n")});
    const QDir runs(d->directory() + u"/procession/runs"_s);
    TRY_VERIFY(!runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    ::kill(pid_t(program.processId()), number);
    QVERIFY(program.waitForFinished(WindowDriver::patience));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY(QFileInfo::exists(d->directory() + u"/procession/procession.conf"_s)); // the layout was saved

    // Its worker went on and is there for the next window.
    Paths paths = d->paths();
    paths.stateDirectory = d->directory() + u"/procession"_s;
    Supervisor supervisor(paths);
    const QDir rosters(paths.stateDirectory + u"/rosters"_s);
    QCOMPARE(supervisor.open(rosters.entryList(QDir::Dirs | QDir::NoDotAndDotDot).constFirst()), QString());
    QCOMPARE(supervisor.aliveCount(), 1);
    supervisor.kill(supervisor.alive());
    TRY_COMPARE(supervisor.aliveCount(), 0);
}

QTEST_MAIN(TstMainWindowSession)

#include "tst_mainwindowsession.moc"
