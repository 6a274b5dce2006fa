// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Runs of rosters that no window has open.

#include "gui/icons.h"
#include "gui/logview.h"
#include "gui/otherrunsdialog.h"
#include "gui/projectsession.h"
#include "model/runsmodel.h"
#include "testhome.h"
#include "windowdriver.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTimer>
#include <QTreeView>

using namespace Qt::Literals::StringLiterals;
using namespace procession;

class TestOtherRuns final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init()
    {
        failOnEveryWarning();
        d = std::make_unique<WindowDriver>();
    }
    void cleanup();

    void nothingIsSaidOfNothing();
    void aliveOnesAreTold();
    void endedOnesAreNotTold();
    void terminates();
    void terminatingSeveralAsks();
    void killAsks();
    void showsOutput();
    void removes();
    void opensTheProject();
    void hiddenItReadsNothing();
    void buttonsSayWhy();

private:
    /// Workers of another project, with nobody who has it open.
    void leaveRunning(const QString &file, const QStringList &names, const QString &command) const
    {
        Supervisor other(d->paths());
        QFile project(file);
        QVERIFY(project.open(QIODevice::WriteOnly));
        project.write("processes:\n");
        for (const QString &name : names)
            project.write(u"  %1:\n    command: %2\n"_s.arg(name, command).toUtf8());
        project.close();
        QCOMPARE(other.open(ProjectSession::rosterIdOf(file)), QString());
        QList<WorkerSpec> specs;
        for (const QString &name : names) {
            WorkerSpec spec;
            spec.name = name;
            spec.command = Command::fromTyped(command);
            specs.append(spec);
        }
        other.applyProject(file, "hash", specs);
        for (const WorkerStatus &status : other.statuses())
            other.start({status.id});
        const bool ends = !command.contains(u"sleep");
        QTRY_VERIFY(std::ranges::all_of(other.statuses(), [ends](const WorkerStatus &status) {
            return status.state == (ends ? State::Ended : State::Running);
        }));
        other.close();
    }
    QString project(const QString &name = u"nightly.yaml"_s) const { return d->directory() + u'/' + name; }
    OtherRunsDialog *dialog() const { return d->dialog<OtherRunsDialog>("otherRunsDialog"); }
    QTreeView *view() const { return dialog()->findChild<QTreeView *>(u"otherRunsView"_s); }
    int rows() const { return view()->model()->rowCount(); }
    QString text(int row, int column) const { return view()->model()->index(row, column).data().toString(); }
    QStringList column(int number) const
    {
        QStringList all;
        for (int row = 0; row < rows(); ++row)
            all.append(text(row, number));
        return all;
    }
    QAbstractButton *button(const char *name) const
    {
        return dialog()->findChild<QAbstractButton *>(QLatin1String(name));
    }
    void openDialog() const
    {
        d->settings->setInterval(std::chrono::milliseconds(100));
        QVERIFY(d->trigger("actionOtherRuns"));
        QVERIFY(dialog());
    }

    std::unique_ptr<WindowDriver> d;
};

void TestOtherRuns::cleanup()
{
    const QDir rosters(d->paths().stateDirectory + u"/rosters"_s);
    if (!d->supervisor)
        d->open(false);
    for (const QString &id : rosters.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QCOMPARE(d->supervisor->open(id), QString());
        d->supervisor->kill(d->supervisor->alive());
        QTRY_COMPARE(d->supervisor->aliveCount(), 0);
    }
    QVERIFY(d->endAll());
    d.reset();
}

void TestOtherRuns::nothingIsSaidOfNothing()
{
    d->open(false);
    QSignalSpy answers(d->catalog.get(), &RunCatalog::otherRuns);
    d->window->openUnsaved();
    QTRY_COMPARE(answers.size(), 1);
    QCOMPARE(d->message(), QString());
    openDialog();
    QTRY_VERIFY(dialog()->findChild<QLabel *>(u"otherRunsEmptyLabel"_s)->isVisible());
    QVERIFY(!dialog()->isModal());
}

void TestOtherRuns::aliveOnesAreTold()
{
    leaveRunning(project(), {u"a"_s, u"b"_s}, u"sleep 100"_s);
    d->open();
    d->add(u"mine"_s, u"sleep 100"_s, true);
    QTRY_COMPARE(d->message(), u"2 run(s) of other projects still running."_s);
    QVERIFY(d->click("messageBarAction"));
    QVERIFY(dialog());
    QCOMPARE(d->message(), QString());
    QTRY_COMPARE(rows(), 2);
    QCOMPARE(column(1), (QStringList{u"Running"_s, u"Running"_s}));
    QCOMPARE(column(2), (QStringList{u"nightly.yaml"_s, u"nightly.yaml"_s}));
}

void TestOtherRuns::endedOnesAreNotTold()
{
    leaveRunning(project(), {u"a"_s}, u"true"_s);
    d->open(false);
    QSignalSpy answers(d->catalog.get(), &RunCatalog::otherRuns);
    d->window->openUnsaved();
    QTRY_COMPARE(answers.size(), 1);
    QCOMPARE(d->message(), QString());
    openDialog();
    QTRY_COMPARE(rows(), 1);
    QCOMPARE(text(0, 1), u"Succeeded"_s);
    // The command, last, can be read without widening the dialog.
    const int last = view()->model()->columnCount() - 1;
    const int room = view()->viewport()->width() - view()->columnViewportPosition(last);
    QVERIFY2(room >= 15 * view()->fontMetrics().averageCharWidth(), qPrintable(QString::number(room)));
}

void TestOtherRuns::terminates()
{
    leaveRunning(project(), {u"a"_s, u"b"_s}, u"sleep 100"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 2);
    const QString victim = text(1, 0);
    view()->setCurrentIndex(view()->model()->index(1, 0));
    QVERIFY(d->click("terminateRunsButton", dialog())); // one: no question
    // It goes behind those that run; that it stays selected shows that rows keep who they are.
    QTRY_COMPARE(column(1), (QStringList{u"Running"_s, u"Stopped"_s}));
    QCOMPARE(text(1, 0), victim);
    QCOMPARE(view()->selectionModel()->selectedRows().first().row(), 1);
    QVERIFY(!button("terminateRunsButton")->isEnabled());
    QVERIFY(button("removeRunsButton")->isEnabled());
}

void TestOtherRuns::terminatingSeveralAsks()
{
    leaveRunning(project(), {u"a"_s, u"b"_s}, u"sleep 100"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 2);
    view()->selectAll();
    QVERIFY(d->click("terminateRunsButton", dialog()));
    QVERIFY(d->dialog("confirmDialog"));
    QVERIFY(d->click("cancelButton", d->dialog("confirmDialog")));
    QTRY_VERIFY(!d->dialog("confirmDialog"));
    QCOMPARE(column(1), (QStringList{u"Running"_s, u"Running"_s}));
    QVERIFY(d->click("terminateRunsButton", dialog()));
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    QTRY_COMPARE(column(1), (QStringList{u"Stopped"_s, u"Stopped"_s}));
}

void TestOtherRuns::killAsks()
{
    leaveRunning(project(), {u"a"_s}, u"sleep 100"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 1);
    QVERIFY(d->click("killRunsButton", dialog()));
    QVERIFY(d->dialog("confirmDialog"));
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    QTRY_COMPARE(column(1), QStringList{u"Killed"_s});
}

void TestOtherRuns::showsOutput()
{
    leaveRunning(project(), {u"a"_s}, u"echo hello from a"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 1);
    view()->setFocus();
    QTest::keyClick(view(), Qt::Key_Return);
    QVERIFY(button("showRunOutputButton")->isChecked());
    const auto *output = dialog()->findChild<LogView *>(u"outputView"_s);
    QTRY_VERIFY(output->isVisible() && output->visibleText().contains(u"hello from a"));
    QVERIFY(d->click("showRunOutputButton", dialog()));
    QVERIFY(!output->isVisible());
}

void TestOtherRuns::removes()
{
    leaveRunning(project(), {u"a"_s, u"b"_s}, u"true"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 2);
    const QString name = text(0, 0);
    QVERIFY(d->click("removeRunsButton", dialog()));
    QVERIFY(d->click("confirmButton", d->dialog("confirmDialog")));
    QTRY_COMPARE(rows(), 1);
    QVERIFY(text(0, 0) != name);
    QCOMPARE(QDir(d->paths().runsDirectory()).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 1);
}

void TestOtherRuns::opensTheProject()
{
    leaveRunning(project(), {u"a"_s}, u"sleep 100"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 1);
    QVERIFY(d->click("openRunProjectButton", dialog()));
    QTRY_COMPARE(d->names(), QStringList{u"a"_s});
    QCOMPARE(d->state(u"a"_s), u"Running"_s);
    QTRY_VERIFY(!dialog()->isVisible() || rows() == 0); // it is no other run any more
}

void TestOtherRuns::hiddenItReadsNothing()
{
    d->open(false);
    QSignalSpy answers(d->catalog.get(), &RunCatalog::otherRuns);
    d->window->openUnsaved();
    QTRY_COMPARE(answers.size(), 1); // of the start
    openDialog();
    QTRY_VERIFY(answers.size() >= 4); // it reads again by itself
    const auto *dialogTimer = dialog()->findChild<QTimer *>(u"otherRunsTimer"_s);
    QTRY_VERIFY(dialogTimer->isActive());
    dialog()->close();
    QSignalSpy removed(d->catalog.get(), &RunCatalog::removed);
    d->catalog->remove({u"none"_s}); // answered after anything that was asked before
    QTRY_COMPARE(removed.size(), 1);
    QVERIFY(!dialogTimer->isActive());
}

void TestOtherRuns::buttonsSayWhy()
{
    leaveRunning(project(), {u"a"_s}, u"sleep 100"_s);
    leaveRunning(project(u"weekly.yaml"_s), {u"b"_s}, u"true"_s);
    d->open();
    openDialog();
    QTRY_COMPARE(rows(), 2);
    view()->clearSelection();
    for (const char *name :
         {"terminateRunsButton", "killRunsButton", "removeRunsButton", "openRunProjectButton"}) {
        QVERIFY(!button(name)->isEnabled());
        QVERIFY(!button(name)->toolTip().isEmpty());
    }
    view()->selectAll();
    QVERIFY(button("terminateRunsButton")->isEnabled());
    QVERIFY(button("removeRunsButton")->isEnabled());
    QVERIFY(!button("openRunProjectButton")->isEnabled());
    QVERIFY(button("openRunProjectButton")->toolTip().contains(u"several projects"));
}

QTEST_MAIN(TestOtherRuns)

#include "tst_otherruns.moc"
