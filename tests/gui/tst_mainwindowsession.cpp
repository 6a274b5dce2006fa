// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Opening and leaving: project files, quitting with workers running, and what is there again afterwards.

#include "gui/icons.h"
#include "windowdriver.h"

#include <QCloseEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
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
    void unsupportedKeysAreNamedOnce();
    void noticesOfAProjectComeTogether();
    void openingAnotherAsksWhileWorkersRun();
    void secondWindowOfARosterIsToldOff();
    void unknownOptionEndsWithTwo();
    void withoutDisplayItSaysSo();
    void terminationSignalLeaves_data();
    void terminationSignalLeaves();

private:
    QString write(const QString &name, const QByteArray &text) const;
    QProcessEnvironment programEnvironment() const;

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
        QVERIFY(d->endAll());
    }
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

void TstMainWindowSession::unsupportedKeysAreNamedOnce()
{
    d->open(false);
    const QString file = write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n    is_tty: true\n"
                                            "  db:\n    command: sleep 1\n    is_tty: true\n");
    d->window->openProject(file);
    TRY_COMPARE(d->names().size(), 2);
    QCOMPARE(d->message().count(u"is_tty"_s), 1);
    QVERIFY(d->click("messageBarClose"));
    QCOMPARE(d->message(), QString());
}

void TstMainWindowSession::noticesOfAProjectComeTogether()
{
    d->open(false);
    d->window->openProject(write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n    is_tty: true\n"
                                              "    env_file: [absent.env]\n"));
    TRY_VERIFY(!d->names().isEmpty());
    const QString all = d->message();
    QVERIFY2(all.contains(u"is_tty"_s) && all.contains(u"absent.env"_s), qPrintable(all));
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

void TstMainWindowSession::secondWindowOfARosterIsToldOff()
{
    d->open();
    d->add(u"mine"_s, u"true"_s);
    Settings settings(d->paths().configFile);
    Supervisor supervisor(d->paths());
    Monitor monitor([&supervisor] { return supervisor.sampleTargets(); });
    RunCatalog catalog(d->paths());
    MainWindow second(&supervisor, &monitor, &catalog, &settings);
    second.show();
    second.openUnsaved();
    const auto *label = second.findChild<QLabel *>(u"messageBarLabel"_s);
    QVERIFY(label->isVisible() && !label->text().isEmpty());
    QVERIFY(!second.findChild<QAction *>(u"actionAddWorker"_s)->isEnabled());
    // What was typed here would be lost.
    QVERIFY(!second.findChild<QLineEdit *>(u"emptyCommandEdit"_s)->isEnabled());
    QVERIFY(!second.findChild<QPushButton *>(u"emptyRunButton"_s)->isEnabled());
    QCOMPARE(second.findChild<QLabel *>(u"emptyHintLabel"_s)->text(), label->text());
    second.openProject(write(u"p.yaml"_s, "processes:\n  web:\n    command: sleep 1\n"));
    TRY_COMPARE(supervisor.rosterId().isEmpty(), false);
    QVERIFY(second.findChild<QLineEdit *>(u"emptyCommandEdit"_s)->isEnabled());
    QVERIFY(d->select({u"mine"_s}));
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
