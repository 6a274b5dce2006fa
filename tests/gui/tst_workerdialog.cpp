// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"
#include "gui/environmenttable.h"
#include "gui/workerdialog.h"
#include "testhome.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <chrono>

using namespace procession;
using namespace std::chrono_literals;

namespace {

/// A dialog, open, and its widgets by name.
struct Fixture
{
    explicit Fixture(const QStringList &taken = {})
        : settings(directory.filePath(QStringLiteral("procession.conf")))
        , dialog(settings, taken)
    {
        dialog.open();
    }
    explicit Fixture(const WorkerSpec &spec, const QStringList &taken = {})
        : settings(directory.filePath(QStringLiteral("procession.conf")))
        , dialog(spec, settings, taken)
    {
        dialog.open();
    }

    template <typename Widget>
    Widget *get(const char *name) const
    {
        auto *found = dialog.findChild<Widget *>(QLatin1String(name));
        if (found == nullptr)
            qFatal("no %s", name);
        return found;
    }
    QLineEdit *edit(const char *name) const { return get<QLineEdit>(name); }
    QPushButton *button(const char *name) const { return get<QPushButton>(name); }
    QString label(const char *name) const
    {
        const QLabel *found = get<QLabel>(name);
        return found->isVisible() ? found->text() : QString();
    }
    WorkerSpec only() const
    {
        const QList<WorkerSpec> all = dialog.specs();
        return all.size() == 1 ? all.first() : WorkerSpec();
    }

    QTemporaryDir directory;
    Settings settings;
    WorkerDialog dialog;
};

WorkerSpec exampleSpec()
{
    WorkerSpec spec;
    spec.name = QStringLiteral("fetch");
    spec.command = Command::direct({QStringLiteral("python3"), QStringLiteral("d e")});
    spec.workingDirectory = QStringLiteral("relative/place");
    spec.description = QStringLiteral("Fetches");
    spec.group = QStringLiteral("ingest");
    spec.environment = {{QStringLiteral("REGION"), QStringLiteral("eu")},
                        {QStringLiteral("API_TOKEN"), QStringLiteral("hunter2")}};
    spec.stopSignal = 34;
    spec.grace = 1234ms;
    spec.disabled = true;
    return spec;
}

} // namespace

class TestWorkerDialog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void addsWhatIsTyped();
    void newWorkersTakeTheSettings();
    void emptyCommandIsSaidOnlyOnceTouched();
    void saysWhetherAShellRunsIt();
    void refusesWhatCannotRun_data();
    void refusesWhatCannotRun();
    void warnsOfMissingProgramAndDirectory();
    void pathOfTheWorkerCounts();
    void suggestsANameThatIsFree();
    void namesItselfAfterTheProgram_data();
    void namesItselfAfterTheProgram();
    void offersOneWorkerPerPastedLine();
    void oneBadLineIsNamed();
    void addAnotherStaysOpen();
    void editingKeepsWhatIsNotShown();
    void editingAShellCommandKeepsItsShell();
    void directoriesAreMadeAbsolute();
    void browseFillsTheDirectory();
    void secretsAreMasked();
    void pastesEnvLines();
    void environmentRows();
    void badEnvironmentIsRefused();
    void inputStreamsAndStrays();
    void aTerminalHasOneStream();
    void escapeAddsNothing();
};

void TestWorkerDialog::init()
{
    failOnEveryWarning();
}

void TestWorkerDialog::addsWhatIsTyped()
{
    Fixture test;
    QVERIFY(QTest::qWaitForWindowActive(&test.dialog));
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    QSignalSpy accepted(&test.dialog, &QDialog::accepted);
    QCOMPARE(test.dialog.focusWidget(), test.edit("commandEdit"));
    QTest::keyClicks(test.dialog.focusWidget(), QStringLiteral("sleep 'a b'"));
    test.get<QCheckBox>("startNowCheck")->click();
    test.get<QComboBox>("groupCombo")->setCurrentText(QStringLiteral("night"));
    QTest::keyClick(test.edit("commandEdit"), Qt::Key_Return);
    QCOMPARE(accepted.count(), 1);
    QCOMPARE(added.count(), 1);
    const auto specs = added.first().at(0).value<QList<WorkerSpec>>();
    QCOMPARE(specs.size(), 1);
    QCOMPARE(specs.first().name, QStringLiteral("sleep"));
    QCOMPARE(specs.first().command, Command::direct({QStringLiteral("sleep"), QStringLiteral("a b")}));
    QCOMPARE(specs.first().group, QStringLiteral("night"));
    QCOMPARE(specs.first().workingDirectory, QString());
    QCOMPARE(specs.first().problem(), QString());
    QCOMPARE(added.first().at(1).toBool(), true);
}

void TestWorkerDialog::newWorkersTakeTheSettings()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    settings.setStopSignal(2);
    settings.setGrace(1234ms);
    WorkerDialog dialog(settings, {});
    QCOMPARE(dialog.specs().first().stopSignal, 2);
    QCOMPARE(dialog.specs().first().grace, 1234ms);
    dialog.findChild<QDoubleSpinBox *>(QStringLiteral("graceSpinBox"))->setValue(0.5);
    QCOMPARE(dialog.specs().first().grace, 500ms);
}

void TestWorkerDialog::emptyCommandIsSaidOnlyOnceTouched()
{
    Fixture test;
    QVERIFY(!test.button("addButton")->isEnabled());
    QVERIFY(!test.button("addAnotherButton")->isEnabled());
    QCOMPARE(test.button("addButton")->toolTip(), QStringLiteral("Type a command."));
    QCOMPARE(test.label("commandMessage"), QString());
    QTest::keyClicks(test.edit("commandEdit"), QStringLiteral("x"));
    QVERIFY(test.button("addButton")->isEnabled());
    QCOMPARE(test.button("addButton")->toolTip(), QString());
    QTest::keyClick(test.edit("commandEdit"), Qt::Key_Backspace);
    QCOMPARE(test.label("commandMessage"), QStringLiteral("Type a command."));
    QCOMPARE(test.edit("commandEdit")->accessibleDescription(), QStringLiteral("Type a command."));
}

void TestWorkerDialog::saysWhetherAShellRunsIt()
{
    Fixture test;
    test.edit("commandEdit")->setText(QStringLiteral("python3 fetch.py 'd e'"));
    QVERIFY(test.label("previewLabel").startsWith(QStringLiteral("Runs directly")));
    QVERIFY(test.label("previewLabel").endsWith(QStringLiteral("\npython3 fetch.py 'd e'")));
    QCOMPARE(test.only().command.kind(), Command::Kind::Direct);

    test.edit("commandEdit")->setText(QStringLiteral("python3 fetch.py | tee log"));
    QVERIFY(test.label("previewLabel").startsWith(QStringLiteral("Runs through /bin/sh because of “|”")));
    QVERIFY(test.label("previewLabel").endsWith(QStringLiteral("\n/bin/sh -c 'python3 fetch.py | tee log'")));
    QCOMPARE(test.only().command, Command::shell(QStringLiteral("python3 fetch.py | tee log")));

    test.edit("commandEdit")->clear();
    QCOMPARE(test.label("previewLabel"), QString());
}

void TestWorkerDialog::refusesWhatCannotRun_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const QString nul = QStringLiteral("a") + QChar(QChar::Null) + QStringLiteral("b");
    const auto row = [](const char *name, const char *field, const QString &text, const char *message) {
        QTest::newRow(name) << QString::fromLatin1(field) << text << QString::fromLatin1(message);
    };
    row("blank", "commandEdit", QStringLiteral("   "), "commandMessage");
    row("comment", "commandEdit", QStringLiteral("# nothing"), "commandMessage");
    row("empty program", "commandEdit", QStringLiteral("'' x"), "commandMessage");
    row("single quote", "commandEdit", QStringLiteral("echo 'open"), "commandMessage");
    row("double quote", "commandEdit", QStringLiteral("echo \"open"), "commandMessage");
    row("backslash", "commandEdit", QStringLiteral("echo \\"), "commandMessage");
    row("NUL", "commandEdit", nul, "commandMessage");
    row("NUL in name", "nameEdit", nul, "nameMessage");
    row("name taken", "nameEdit", QStringLiteral("taken"), "nameMessage");
    row("NUL in directory", "directoryEdit", nul, "directoryMessage");
}

void TestWorkerDialog::refusesWhatCannotRun()
{
    QFETCH(QString, field);
    QFETCH(QString, text);
    QFETCH(QString, message);
    Fixture test(QStringList{QStringLiteral("taken")});
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1"));
    QVERIFY(test.button("addButton")->isEnabled());
    test.edit(field.toLatin1().constData())->setText(text);
    const QString said = test.label(message.toLatin1().constData());
    QVERIFY(!said.isEmpty());
    QVERIFY(!test.button("addButton")->isEnabled());
    QVERIFY(!test.button("addAnotherButton")->isEnabled());
    QCOMPARE(test.button("addButton")->toolTip(), said);
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    test.dialog.accept();
    QCOMPARE(added.count(), 0);
    QVERIFY(test.dialog.isVisible());
}

void TestWorkerDialog::warnsOfMissingProgramAndDirectory()
{
    Fixture test;
    test.edit("commandEdit")->setText(QStringLiteral("pyhton3-of-nobody x"));
    QTRY_VERIFY(
        test.label("commandMessage").contains(QStringLiteral("“pyhton3-of-nobody” was not found in PATH")));
    // It may be there by the time the worker starts.
    QVERIFY(test.button("addButton")->isEnabled());
    test.edit("commandEdit")->setText(QStringLiteral("sh x"));
    QTRY_COMPARE(test.label("commandMessage"), QString());
    test.edit("commandEdit")->setText(QStringLiteral("/tmp"));
    QTRY_VERIFY(test.label("commandMessage").contains(QStringLiteral("is a directory")));
    test.edit("commandEdit")->setText(QStringLiteral("/etc/passwd"));
    QTRY_VERIFY(test.label("commandMessage").contains(QStringLiteral("not executable")));
    test.edit("commandEdit")->setText(QStringLiteral("/no/such/program"));
    QTRY_VERIFY(test.label("commandMessage").contains(QStringLiteral("no file “/no/such/program”")));
    // In a shell the first word may be anything, a function or an alias too.
    test.edit("commandEdit")->setText(QStringLiteral("pyhton3-of-nobody | cat"));
    QTRY_COMPARE(test.label("commandMessage"), QString());

    test.edit("directoryEdit")->setText(QStringLiteral("/no/such/place"));
    QTRY_VERIFY(test.label("directoryMessage").contains(QStringLiteral("no directory “/no/such/place”")));
    test.edit("directoryEdit")->setText(QStringLiteral("/etc/passwd"));
    QTRY_VERIFY(test.label("directoryMessage").contains(QStringLiteral("is not a directory")));
    QVERIFY(test.button("addButton")->isEnabled());
    test.edit("directoryEdit")->setText(QStringLiteral("/tmp"));
    QTRY_COMPARE(test.label("directoryMessage"), QString());
}

void TestWorkerDialog::pathOfTheWorkerCounts()
{
    Fixture test;
    const QString program = test.directory.filePath(QStringLiteral("only-here"));
    QVERIFY(QFile::copy(QStringLiteral("/bin/true"), program));
    test.edit("commandEdit")->setText(QStringLiteral("only-here"));
    QTRY_VERIFY(!test.label("commandMessage").isEmpty());
    test.get<EnvironmentTable>("environmentTable")
        ->setVariables({{QStringLiteral("PATH"), test.directory.path()}});
    QTRY_COMPARE(test.label("commandMessage"), QString());
    // A path with a slash is looked up from the working directory.
    test.edit("commandEdit")->setText(QStringLiteral("./only-here"));
    QTRY_VERIFY(!test.label("commandMessage").isEmpty());
    test.edit("directoryEdit")->setText(test.directory.path());
    QTRY_COMPARE(test.label("commandMessage"), QString());
}

void TestWorkerDialog::suggestsANameThatIsFree()
{
    Fixture test(QStringList{QStringLiteral("fetch"), QStringLiteral("fetch (2)"), QStringLiteral("sleep")});
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1"));
    QCOMPARE(test.only().name, QStringLiteral("sleep (2)"));
    QCOMPARE(test.edit("nameEdit")->placeholderText(), QStringLiteral("sleep (2)"));
    QTest::keyClicks(test.edit("nameEdit"), QStringLiteral("fetch"));
    auto *use = test.button("useNameButton");
    QVERIFY(use->isVisible());
    QVERIFY(use->text().contains(QStringLiteral("fetch (3)")));
    QTest::mouseClick(use, Qt::LeftButton);
    QCOMPARE(test.edit("nameEdit")->text(), QStringLiteral("fetch (3)"));
    QVERIFY(!use->isVisible());
    QVERIFY(test.button("addButton")->isEnabled());
}

void TestWorkerDialog::namesItselfAfterTheProgram_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("name");
    const auto row = [](const char *command, const char *name) {
        QTest::newRow(command) << QString::fromLatin1(command) << QString::fromLatin1(name);
    };
    row("sleep 5", "sleep");
    row("/usr/bin/python3 x.py", "python3");
    row("./index -v", "index");
    row("~/bin/report | tee log", "report");
    row("A=b C=d make all && make check", "make");
    row("(cd x; make)", "sh");
    row("/", "worker");
}

void TestWorkerDialog::namesItselfAfterTheProgram()
{
    QFETCH(QString, command);
    QFETCH(QString, name);
    Fixture test;
    test.edit("commandEdit")->setText(command);
    QCOMPARE(test.only().name, name);
}

void TestWorkerDialog::offersOneWorkerPerPastedLine()
{
    Fixture test(QStringList{QStringLiteral("sleep")});
    auto *onePerLine = test.get<QCheckBox>("onePerLineCheck");
    QVERIFY(!onePerLine->isVisible());
    QApplication::clipboard()->setText(QStringLiteral("sleep 1\nsleep 2\n\n# later\nmake -j2 | tee log\n"));
    test.edit("commandEdit")->setFocus();
    QTest::keyClick(test.edit("commandEdit"), Qt::Key_V, Qt::ControlModifier);
    QVERIFY(onePerLine->isVisible());
    // Offered, not forced: as it stands, it is one script.
    QCOMPARE(test.dialog.specs().size(), 1);
    QCOMPARE(test.only().command.kind(), Command::Kind::Shell);
    QTest::mouseClick(onePerLine, Qt::LeftButton, {}, QPoint(8, onePerLine->height() / 2));
    QVERIFY(onePerLine->isChecked());
    QVERIFY(onePerLine->text().contains(QStringLiteral("3")));
    QCOMPARE(test.button("addButton")->text(), QStringLiteral("&Add 3"));
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    QTest::mouseClick(test.button("addButton"), Qt::LeftButton);
    const auto specs = added.first().first().value<QList<WorkerSpec>>();
    QCOMPARE(specs.size(), 3);
    QCOMPARE(specs.at(0).name, QStringLiteral("sleep (2)"));
    QCOMPARE(specs.at(1).name, QStringLiteral("sleep (3)"));
    QCOMPARE(specs.at(2).name, QStringLiteral("make"));
    QCOMPARE(specs.at(0).command, Command::direct({QStringLiteral("sleep"), QStringLiteral("1")}));
    QCOMPARE(specs.at(2).command, Command::shell(QStringLiteral("make -j2 | tee log")));
}

void TestWorkerDialog::oneBadLineIsNamed()
{
    Fixture test;
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1\necho 'open\nsleep 2"));
    test.get<QCheckBox>("onePerLineCheck")->setChecked(true);
    QVERIFY(test.label("commandMessage").startsWith(QStringLiteral("Line 2:")));
    QVERIFY(!test.button("addButton")->isEnabled());
}

void TestWorkerDialog::addAnotherStaysOpen()
{
    Fixture test;
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    test.edit("directoryEdit")->setText(QStringLiteral("/tmp"));
    for (int i = 0; i < 2; ++i) {
        QTest::keyClicks(test.edit("commandEdit"), QStringLiteral("sleep 5"));
        QTest::mouseClick(test.button("addAnotherButton"), Qt::LeftButton);
        QVERIFY(test.dialog.isVisible());
        QCOMPARE(test.edit("commandEdit")->text(), QString());
        QCOMPARE(test.label("commandMessage"), QString());
    }
    QCOMPARE(added.count(), 2);
    QCOMPARE(added.at(0).first().value<QList<WorkerSpec>>().first().name, QStringLiteral("sleep"));
    const WorkerSpec second = added.at(1).first().value<QList<WorkerSpec>>().first();
    QCOMPARE(second.name, QStringLiteral("sleep (2)"));
    QCOMPARE(second.workingDirectory, QStringLiteral("/tmp"));
}

void TestWorkerDialog::editingKeepsWhatIsNotShown()
{
    Fixture test(exampleSpec(), {QStringLiteral("other")});
    QCOMPARE(test.dialog.windowTitle(), QStringLiteral("Edit Worker"));
    QVERIFY(!test.get<QCheckBox>("startNowCheck")->isVisible());
    QVERIFY(test.dialog.findChild<QPushButton *>(QStringLiteral("addAnotherButton")) == nullptr);
    QVERIFY(test.get<EnvironmentTable>("environmentTable")->isVisible());
    // Nothing touched, nothing changed: the odd signal, the grace finer than its box, the relative directory.
    QCOMPARE(test.only(), exampleSpec());
    test.edit("nameEdit")->setText(QStringLiteral("other"));
    QVERIFY(!test.button("addButton")->isEnabled());
    test.edit("nameEdit")->setText(QStringLiteral("renamed"));
    WorkerSpec expected = exampleSpec();
    expected.name = QStringLiteral("renamed");
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    QTest::mouseClick(test.button("addButton"), Qt::LeftButton);
    QCOMPARE(added.first().first().value<QList<WorkerSpec>>(), QList<WorkerSpec>{expected});
    QCOMPARE(added.first().at(1).toBool(), false);
}

void TestWorkerDialog::editingAShellCommandKeepsItsShell()
{
    WorkerSpec spec = exampleSpec();
    spec.command = Command::shell(QStringLiteral("echo a\necho b"), QStringLiteral("/bin/bash"));
    Fixture test(spec);
    QCOMPARE(test.only(), spec);
    QVERIFY(!test.get<QCheckBox>("onePerLineCheck")->isVisible());
    test.edit("commandEdit")->setText(QStringLiteral("echo a; echo c"));
    QCOMPARE(test.only().command,
             Command::shell(QStringLiteral("echo a; echo c"), QStringLiteral("/bin/bash")));
    QVERIFY(test.label("previewLabel").contains(QStringLiteral("/bin/bash")));
}

void TestWorkerDialog::directoriesAreMadeAbsolute()
{
    Fixture test;
    test.edit("directoryEdit")->setText(QStringLiteral("~"));
    QCOMPARE(test.only().workingDirectory, QDir::homePath());
    test.edit("directoryEdit")->setText(QStringLiteral("~/x/../y"));
    QCOMPARE(test.only().workingDirectory, QDir::homePath() + QStringLiteral("/y"));
    test.edit("directoryEdit")->setText(QStringLiteral("sub"));
    QCOMPARE(test.only().workingDirectory, QDir::currentPath() + QStringLiteral("/sub"));
}

void TestWorkerDialog::browseFillsTheDirectory()
{
    Fixture test;
    QTest::mouseClick(test.button("browseButton"), Qt::LeftButton);
    auto *chooser = test.dialog.findChild<QFileDialog *>(QStringLiteral("directoryChooser"));
    QVERIFY(chooser != nullptr);
    QTRY_VERIFY(chooser->isVisible());
    Q_EMIT chooser->fileSelected(test.directory.path());
    chooser->reject();
    QCOMPARE(test.edit("directoryEdit")->text(), test.directory.path());
}

void TestWorkerDialog::secretsAreMasked()
{
    Fixture test(exampleSpec());
    auto *table = test.get<EnvironmentTable>("environmentTable");
    const auto picture = [table](int row) {
        return table->viewport()->grab(table->visualItemRect(table->item(row, 1))).toImage();
    };
    const QImage open = picture(0);
    const QImage masked = picture(1);
    table->item(0, 1)->setText(QStringLiteral("us"));
    QVERIFY(picture(0) != open);
    table->item(1, 1)->setText(QStringLiteral("another secret"));
    QCOMPARE(picture(1), masked);
    table->setCurrentCell(1, 1);
    table->editItem(table->item(1, 1));
    auto *editor = table->findChild<QLineEdit *>();
    QVERIFY(editor != nullptr);
    QCOMPARE(editor->echoMode(), QLineEdit::Password);
    editor->setText(QStringLiteral("new"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(test.only().environment.at(1).second, QStringLiteral("new"));
    QVERIFY(test.dialog.isVisible());
}

void TestWorkerDialog::pastesEnvLines()
{
    Fixture test;
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1"));
    test.get<QToolButton>("environmentToggle")->click();
    auto *table = test.get<EnvironmentTable>("environmentTable");
    QVERIFY(table->isVisible());
    table->setVariables({{QStringLiteral("A"), QStringLiteral("old")}});
    QApplication::clipboard()->setText(QStringLiteral(
        "# comment\n\nA=1\r\nexport B = two words # why\nC='a # b'\nD=\"x y\"\nE=\nnot a line\n"));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_V, Qt::ControlModifier);
    const QList<QPair<QString, QString>> expected{{QStringLiteral("A"), QStringLiteral("1")},
                                                  {QStringLiteral("B"), QStringLiteral("two words")},
                                                  {QStringLiteral("C"), QStringLiteral("a # b")},
                                                  {QStringLiteral("D"), QStringLiteral("x y")},
                                                  {QStringLiteral("E"), QString()}};
    QCOMPARE(test.only().environment, expected);
    QVERIFY(test.label("environmentMessage").contains(QStringLiteral("left out")));
    QVERIFY(test.button("addButton")->isEnabled());
    QVERIFY(test.get<QToolButton>("environmentToggle")->text().contains(QStringLiteral("5")));
}

void TestWorkerDialog::environmentRows()
{
    Fixture test;
    test.get<QToolButton>("environmentToggle")->click();
    auto *table = test.get<EnvironmentTable>("environmentTable");
    QTest::mouseClick(test.button("addVariableButton"), Qt::LeftButton);
    QCOMPARE(table->rowCount(), 1);
    QVERIFY(test.only().environment.isEmpty());
    table->item(0, 0)->setText(QStringLiteral("NAME"));
    table->item(0, 1)->setText(QStringLiteral("value"));
    QCOMPARE(test.only().environment.size(), 1);
    table->setCurrentCell(0, 0);
    QTest::mouseClick(test.button("removeVariableButton"), Qt::LeftButton);
    QCOMPARE(table->rowCount(), 0);
}

void TestWorkerDialog::badEnvironmentIsRefused()
{
    Fixture test;
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1"));
    test.get<QToolButton>("environmentToggle")->click();
    auto *table = test.get<EnvironmentTable>("environmentTable");
    const QString value = QStringLiteral("v");
    const QString nul(QChar(QChar::Null));
    for (const QString &bad : {QString(), QStringLiteral("A=B"), nul}) {
        table->setVariables({{bad, value}});
        QVERIFY(!test.button("addButton")->isEnabled());
        QVERIFY(!test.label("environmentMessage").isEmpty());
    }
    table->setVariables({{QStringLiteral("A"), nul}});
    QVERIFY(!test.button("addButton")->isEnabled());
    table->setVariables({{QStringLiteral("MY VAR"), value}});
    QVERIFY(test.button("addButton")->isEnabled());
    QVERIFY(test.label("environmentMessage").contains(QStringLiteral("unusual")));
    table->setVariables({{QStringLiteral("A"), value}, {QStringLiteral("A"), value}});
    QVERIFY(test.label("environmentMessage").contains(QStringLiteral("twice")));
    table->setVariables({{QStringLiteral("A"), value}});
    QCOMPARE(test.label("environmentMessage"), QString());
}

void TestWorkerDialog::inputStreamsAndStrays()
{
    const Fixture fixture;
    QVERIFY(!fixture.get<QWidget>("inputBox")->isVisible());
    QTest::keyClicks(fixture.edit("commandEdit"), QStringLiteral("cat -"));
    WorkerSpec spec = fixture.dialog.specs().first();
    QCOMPARE(spec.input, Input::None);
    QVERIFY(!spec.mergeStreams);
    QVERIFY(!spec.keepStrays);
    const QString preview = fixture.label("previewLabel");

    QTest::mouseClick(fixture.get<QToolButton>("inputToggle"), Qt::LeftButton);
    QTest::mouseClick(fixture.get<QToolButton>("stopToggle"), Qt::LeftButton);
    auto *combo = fixture.get<QComboBox>("inputCombo");
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Down);
    QCOMPARE(combo->currentText(), QStringLiteral("Typed in the Output tab"));
    QVERIFY(fixture.label("inputNote").contains(u"below the output"));
    for (const char *name : {"mergeStreamsCheck", "keepStraysCheck"}) {
        fixture.get<QCheckBox>(name)->setFocus();
        QTest::keyClick(fixture.get<QCheckBox>(name), Qt::Key_Space);
    }
    spec = fixture.dialog.specs().first();
    QCOMPARE(spec.input, Input::Pipe);
    QVERIFY(spec.mergeStreams);
    QVERIFY(spec.keepStrays);
    QCOMPARE(fixture.label("previewLabel"), preview);

    const Fixture editing(spec); // what is not as usual is to be seen
    QVERIFY(editing.get<QWidget>("inputBox")->isVisible());
    QVERIFY(editing.get<QWidget>("stopBox")->isVisible());
    QCOMPARE(editing.get<QComboBox>("inputCombo")->currentText(), QStringLiteral("Typed in the Output tab"));
    QVERIFY(editing.get<QCheckBox>("mergeStreamsCheck")->isChecked());
    QVERIFY(editing.get<QCheckBox>("keepStraysCheck")->isChecked());
    QCOMPARE(editing.dialog.specs().first(), spec);
}

void TestWorkerDialog::aTerminalHasOneStream()
{
    const Fixture fixture;
    QTest::mouseClick(fixture.get<QToolButton>("inputToggle"), Qt::LeftButton);
    auto *combo = fixture.get<QComboBox>("inputCombo");
    auto *merge = fixture.get<QCheckBox>("mergeStreamsCheck");
    QTest::keyClick(combo, Qt::Key_End);
    QCOMPARE(combo->currentText(), QStringLiteral("Terminal"));
    QCOMPARE(fixture.dialog.specs().first().input, Input::Terminal);
    QVERIFY(!merge->isEnabled());
    QVERIFY(merge->toolTip().contains(u"only one stream"));
    QVERIFY(fixture.label("mergeStreamsNote").contains(u"only one stream"));
    QTest::keyClick(combo, Qt::Key_Home);
    QVERIFY(merge->isEnabled());
    QCOMPARE(merge->toolTip(), QString());
}

void TestWorkerDialog::escapeAddsNothing()
{
    Fixture test;
    QSignalSpy added(&test.dialog, &WorkerDialog::added);
    test.edit("commandEdit")->setText(QStringLiteral("sleep 1"));
    QTest::keyClick(&test.dialog, Qt::Key_Escape);
    QVERIFY(!test.dialog.isVisible());
    QCOMPARE(added.count(), 0);
}

QTEST_MAIN(TestWorkerDialog)
#include "tst_workerdialog.moc"
