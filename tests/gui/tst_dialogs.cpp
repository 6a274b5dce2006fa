// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"
#include "gui/confirmdialog.h"
#include "gui/joindialog.h"
#include "gui/preferencesdialog.h"
#include "gui/workerdialog.h"
#include "testhome.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <memory>
#include <vector>

using namespace procession;
using namespace std::chrono_literals;

namespace {

ConfirmRequest request(int victims)
{
    ConfirmRequest asked;
    asked.title = QStringLiteral("Terminate %1 Workers?").arg(victims);
    asked.text = QStringLiteral("They are asked to exit.");
    for (int i = 0; i < victims; ++i)
        asked.items.append(QStringLiteral("worker-%1").arg(i));
    asked.verb = QStringLiteral("&Terminate %1").arg(victims);
    return asked;
}

template <typename Widget>
Widget *child(const QWidget &dialog, const char *name)
{
    auto *found = dialog.findChild<Widget *>(QLatin1String(name));
    if (found == nullptr)
        qFatal("%s has no %s", qPrintable(dialog.objectName()), name);
    return found;
}

QList<WorkerId> ids(int count)
{
    QList<WorkerId> all;
    for (int i = 1; i <= count; ++i)
        all.append(WorkerId(i));
    return all;
}

/// Widgets that Tab reaches, beginning at the focus.
QList<QWidget *> tabWalk(QWidget &dialog)
{
    QList<QWidget *> seen;
    for (int i = 0; i < 100; ++i) {
        QWidget *focus = QApplication::focusWidget();
        if (focus == nullptr || seen.contains(focus))
            break;
        seen.append(focus);
        QTest::keyClick(&dialog, Qt::Key_Tab);
    }
    return seen;
}

} // namespace

class TestDialogs final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void confirmNamesTheVictims();
    void confirmDefaultsToCancel();
    void confirmSaysWhetherToAskAgain();
    void confirmOffersTheMilderWay();
    void confirmBoundsLongLists();
    void joinScope();
    void joinConditions();
    void joinTimeout_data();
    void joinTimeout();
    void joinThen();
    void preferencesApplyAtOnce();
    void preferencesSayWhatTheEditorsCommandLacks();
    void preferencesFollowTheSettings();
    void preferencesRestoreDefaults();
    void preferencesPagesByKeys();
    void mnemonicsAreUnique();
    void everyFieldIsNamedAndReachable();
};

void TestDialogs::init()
{
    failOnEveryWarning();
}

void TestDialogs::confirmNamesTheVictims()
{
    ConfirmDialog dialog(request(3));
    QCOMPARE(dialog.objectName(), QStringLiteral("confirmDialog"));
    QCOMPARE(dialog.windowTitle(), QStringLiteral("Terminate 3 Workers?"));
    auto *list = child<QListWidget>(dialog, "confirmList");
    QCOMPARE(list->count(), 3);
    QCOMPARE(list->item(2)->text(), QStringLiteral("worker-2"));
    QCOMPARE(child<QPushButton>(dialog, "confirmButton")->text(), QStringLiteral("&Terminate 3"));
}

void TestDialogs::confirmDefaultsToCancel()
{
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Escape}) {
        ConfirmDialog dialog(request(2));
        QSignalSpy confirmed(&dialog, &ConfirmDialog::confirmed);
        QSignalSpy rejected(&dialog, &QDialog::rejected);
        dialog.open();
        QVERIFY(QTest::qWaitForWindowActive(&dialog));
        QVERIFY(child<QPushButton>(dialog, "cancelButton")->isDefault());
        QTest::keyClick(&dialog, key);
        QTRY_COMPARE(rejected.count(), 1);
        QCOMPARE(confirmed.count(), 0);
    }
}

void TestDialogs::confirmSaysWhetherToAskAgain()
{
    {
        ConfirmDialog dialog(request(2));
        dialog.open();
        QVERIFY(!child<QCheckBox>(dialog, "dontAskCheck")->isVisible());
        QSignalSpy confirmed(&dialog, &ConfirmDialog::confirmed);
        QTest::mouseClick(child<QPushButton>(dialog, "confirmButton"), Qt::LeftButton);
        QCOMPARE(confirmed.count(), 1);
        QCOMPARE(confirmed.first().first().toBool(), false);
        QVERIFY(!dialog.isVisible());
    }
    ConfirmRequest asked = request(2);
    asked.offerDontAsk = true;
    ConfirmDialog dialog(asked);
    dialog.open();
    QSignalSpy confirmed(&dialog, &ConfirmDialog::confirmed);
    child<QCheckBox>(dialog, "dontAskCheck")->click();
    QTest::mouseClick(child<QPushButton>(dialog, "confirmButton"), Qt::LeftButton);
    QCOMPARE(confirmed.first().first().toBool(), true);
}

void TestDialogs::confirmOffersTheMilderWay()
{
    QVERIFY(ConfirmDialog(request(2)).findChild<QPushButton *>(QStringLiteral("alternativeButton")) ==
            nullptr);
    ConfirmRequest asked = request(2);
    asked.alternative = QStringLiteral("&Leave Running");
    ConfirmDialog dialog(asked);
    QSignalSpy confirmed(&dialog, &ConfirmDialog::confirmed);
    QSignalSpy alternative(&dialog, &ConfirmDialog::alternativeChosen);
    dialog.open();
    QTest::mouseClick(child<QPushButton>(dialog, "alternativeButton"), Qt::LeftButton);
    QCOMPARE(alternative.count(), 1);
    QCOMPARE(confirmed.count(), 0);
    QVERIFY(!dialog.isVisible());
}

void TestDialogs::confirmBoundsLongLists()
{
    ConfirmDialog dialog(request(1000));
    dialog.open();
    auto *list = child<QListWidget>(dialog, "confirmList");
    QCOMPARE(list->count(), 51);
    QCOMPARE(list->item(50)->text(), QStringLiteral("… and 950 more"));
    QVERIFY(dialog.height() < 600);
}

void TestDialogs::joinScope()
{
    {
        JoinDialog dialog(ids(12), {});
        QCOMPARE(dialog.objectName(), QStringLiteral("joinDialog"));
        QCOMPARE(child<QComboBox>(dialog, "joinScopeCombo")->count(), 1);
        QCOMPARE(dialog.spec().workers, ids(12));
        QCOMPARE(dialog.spec().condition, JoinSpec::Condition::All);
        QVERIFY(!dialog.spec().timeout);
        QCOMPARE(dialog.spec().then, JoinSpec::Then::Nothing);
    }
    {
        // One row is nearly always selected; that alone does not mean it.
        JoinDialog dialog(ids(12), ids(1));
        QCOMPARE(dialog.spec().workers, ids(12));
    }
    JoinDialog dialog(ids(12), ids(3));
    QCOMPARE(dialog.spec().workers, ids(3));
    child<QComboBox>(dialog, "joinScopeCombo")->setCurrentIndex(0);
    QCOMPARE(dialog.spec().workers, ids(12));
}

void TestDialogs::joinConditions()
{
    JoinDialog dialog(ids(12), ids(3));
    dialog.open();
    auto *condition = child<QComboBox>(dialog, "joinConditionCombo");
    auto *count = child<QSpinBox>(dialog, "joinCountSpinBox");
    QVERIFY(!count->isVisible());
    condition->setFocus();
    QTest::keyClick(condition, Qt::Key_Down);
    QCOMPARE(dialog.spec().condition, JoinSpec::Condition::Any);
    QTest::keyClick(condition, Qt::Key_Down);
    QCOMPARE(dialog.spec().condition, JoinSpec::Condition::Count);
    QVERIFY(count->isVisible());
    count->setValue(50);
    QCOMPARE(dialog.spec().count, 3);
    QVERIFY(child<QLabel>(dialog, "summaryLabel")->text().contains(QStringLiteral("3 of 3")));
    QTest::keyClick(condition, Qt::Key_Down);
    QCOMPARE(dialog.spec().condition, JoinSpec::Condition::FirstFailure);
    QVERIFY(!count->isVisible());
    QSignalSpy accepted(&dialog, &QDialog::accepted);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QCOMPARE(accepted.count(), 1);
}

void TestDialogs::joinTimeout_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("milliseconds"); // -1: refused
    const auto row = [](const char *text, qint64 value) {
        QTest::newRow(text) << QString::fromLatin1(text) << value;
    };
    row("90", 90'000);
    row("90 s", 90'000);
    row("0.5s", 500);
    row("0,5 s", 500);
    row("250ms", 250);
    row("30 min", 1'800'000);
    row("30 m", 1'800'000);
    row("1 h 30 min", 5'400'000);
    row("1h30m", 5'400'000);
    row("2 Days", 172'800'000);
    row("1:30", 90'000);
    row("1:30:00", 5'400'000);
    row("", -1);
    row("0", -1);
    row("soon", -1);
    row("-5 s", -1);
    row("5 parsecs", -1);
    row("30 days", -1);
    row("99999999999999999999 h", -1);
}

void TestDialogs::joinTimeout()
{
    QFETCH(QString, text);
    QFETCH(qint64, milliseconds);
    JoinDialog dialog(ids(2), {});
    dialog.open();
    auto *edit = child<QLineEdit>(dialog, "joinTimeoutEdit");
    auto *wait = child<QPushButton>(dialog, "joinButton");
    QVERIFY(!edit->isEnabled());
    QVERIFY(!dialog.spec().timeout);
    child<QCheckBox>(dialog, "joinTimeoutCheck")->click();
    QVERIFY(edit->isEnabled());
    edit->setText(text);
    QCOMPARE(wait->isEnabled(), milliseconds >= 0);
    QCOMPARE(child<QLabel>(dialog, "timeoutMessage")->isVisible(), milliseconds < 0);
    if (milliseconds >= 0) {
        QVERIFY(dialog.spec().timeout.has_value());
        QCOMPARE(qint64(dialog.spec().timeout->count()), milliseconds);
    } else {
        QVERIFY(!wait->toolTip().isEmpty());
        QSignalSpy accepted(&dialog, &QDialog::accepted);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(accepted.count(), 0);
        child<QCheckBox>(dialog, "joinTimeoutCheck")->click();
        QVERIFY(wait->isEnabled());
    }
}

void TestDialogs::joinThen()
{
    JoinDialog dialog(ids(2), {});
    child<QComboBox>(dialog, "joinThenCombo")->setCurrentIndex(1);
    QCOMPARE(dialog.spec().then, JoinSpec::Then::TerminateRest);
    QVERIFY(child<QLabel>(dialog, "summaryLabel")->text().contains(QStringLiteral("terminates")));
}

void TestDialogs::preferencesApplyAtOnce()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    PreferencesDialog dialog(&settings);
    dialog.open();
    QCOMPARE(dialog.objectName(), QStringLiteral("preferencesDialog"));
    auto *signalCombo = child<QComboBox>(dialog, "stopSignalCombo");
    signalCombo->setCurrentIndex(signalCombo->findData(2));
    QCOMPARE(settings.stopSignal(), 2);
    auto *grace = child<QDoubleSpinBox>(dialog, "graceSpinBox");
    grace->setFocus();
    grace->selectAll();
    QTest::keyClicks(grace, QStringLiteral("2.5"));
    QCOMPARE(settings.grace(), 2500ms);
    child<QCheckBox>(dialog, "confirmTerminateCheck")->click();
    QCOMPARE(settings.confirmTerminateMany(), false);
    child<QDoubleSpinBox>(dialog, "intervalSpinBox")->setValue(0.25);
    QCOMPARE(settings.interval(), 250ms);
    child<QSpinBox>(dialog, "outputLimitSpinBox")->setValue(3);
    QCOMPARE(settings.outputLimit(), qint64(3) << 20);
    child<QCheckBox>(dialog, "outputWrapCheck")->click();
    QCOMPARE(settings.outputWrap(), true);
    child<QCheckBox>(dialog, "outputTimesCheck")->click();
    QCOMPARE(settings.outputTimes(), true);
    child<QCheckBox>(dialog, "outputNumbersCheck")->click();
    QCOMPARE(settings.outputNumbers(), true);
    child<QSpinBox>(dialog, "outputZoomSpinBox")->setValue(-2);
    QCOMPARE(settings.outputZoom(), -2);
    child<QCheckBox>(dialog, "stateColoursCheck")->click();
    QCOMPARE(settings.stateColours(), false);
}

void TestDialogs::preferencesSayWhatTheEditorsCommandLacks()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    PreferencesDialog dialog(&settings);
    dialog.open();
    child<QListWidget>(dialog, "preferencesList")->setCurrentRow(2);
    auto *edit = child<QLineEdit>(dialog, "editorEdit");
    auto *note = child<QLabel>(dialog, "editorNote");
    const QString explained = note->text();
    QVERIFY(explained.contains(QStringLiteral("{line}")));
    QTest::keyClicks(edit, QStringLiteral("kate 'x"));
    QCOMPARE(settings.editorCommand(), QStringLiteral("kate 'x"));
    QVERIFY(note->text() != explained);
    QVERIFY(!note->text().isEmpty());
    // In the middle too: what is typed must not throw the cursor to the end.
    QTest::keyClick(edit, Qt::Key_Home);
    QTest::keyClicks(edit, QStringLiteral("my-"));
    QTest::keyClick(edit, Qt::Key_End);
    QTest::keyClicks(edit, QStringLiteral("'"));
    QCOMPARE(settings.editorCommand(), QStringLiteral("my-kate 'x'"));
    QCOMPARE(note->text(), explained);
    settings.setEditorCommand(QStringLiteral("code"));
    QCOMPARE(edit->text(), QStringLiteral("code"));
}

void TestDialogs::preferencesFollowTheSettings()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    PreferencesDialog dialog(&settings);
    // Finer than the box shows: it must not be rounded just because the dialog is open.
    settings.setInterval(123ms);
    settings.setGrace(1234ms);
    settings.setStopSignal(9);
    QCOMPARE(child<QDoubleSpinBox>(dialog, "intervalSpinBox")->value(), 0.12);
    QCOMPARE(child<QComboBox>(dialog, "stopSignalCombo")->currentData().toInt(), 9);
    QCOMPARE(settings.interval(), 123ms);
    QCOMPARE(settings.grace(), 1234ms);
}

void TestDialogs::preferencesRestoreDefaults()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    settings.setStopSignal(1);
    PreferencesDialog dialog(&settings);
    dialog.open();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    // Return in a field is not "restore everything".
    auto *grace = child<QDoubleSpinBox>(dialog, "graceSpinBox");
    grace->setFocus();
    grace->setValue(3);
    QTest::keyClick(grace, Qt::Key_Return);
    QCOMPARE(settings.grace(), 3000ms);
    dialog.open();
    QTest::mouseClick(child<QPushButton>(dialog, "restoreDefaultsButton"), Qt::LeftButton);
    QCOMPARE(settings.stopSignal(), 15);
    QCOMPARE(child<QComboBox>(dialog, "stopSignalCombo")->currentData().toInt(), 15);
    QVERIFY(dialog.isVisible());
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QVERIFY(!dialog.isVisible());
}

void TestDialogs::preferencesPagesByKeys()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    PreferencesDialog dialog(&settings);
    dialog.open();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    auto *list = child<QListWidget>(dialog, "preferencesList");
    auto *pages = child<QStackedWidget>(dialog, "preferencesPages");
    QCOMPARE(list->count(), pages->count());
    list->setFocus();
    for (int page = 0; page < pages->count(); ++page) {
        QCOMPARE(pages->currentIndex(), page);
        QVERIFY(!list->item(page)->icon().isNull());
        QTest::keyClick(list, Qt::Key_Down);
    }
}

namespace {

/// Every dialog of the program, each as full as it can be.
std::vector<std::unique_ptr<QDialog>> everyDialog(Settings &settings)
{
    std::vector<std::unique_ptr<QDialog>> all;
    WorkerSpec spec;
    spec.name = QStringLiteral("fetch");
    spec.command = Command::direct({QStringLiteral("sleep"), QStringLiteral("1")});
    spec.environment = {{QStringLiteral("A"), QStringLiteral("b")}};
    all.push_back(std::make_unique<WorkerDialog>(settings, QStringList{QStringLiteral("fetch")}));
    child<QLineEdit>(*all.back(), "commandEdit")->setText(QStringLiteral("sleep 1\nsleep 2"));
    child<QLineEdit>(*all.back(), "nameEdit")->setText(QStringLiteral("fetch"));
    child<QAbstractButton>(*all.back(), "environmentToggle")->setChecked(true);
    child<QAbstractButton>(*all.back(), "stopToggle")->setChecked(true);
    all.push_back(std::make_unique<WorkerDialog>(spec, settings, QStringList()));
    child<QAbstractButton>(*all.back(), "stopToggle")->setChecked(true);
    ConfirmRequest asked = request(3);
    asked.alternative = QStringLiteral("&Leave Running");
    asked.offerDontAsk = true;
    all.push_back(std::make_unique<ConfirmDialog>(asked));
    all.push_back(std::make_unique<JoinDialog>(ids(5), ids(2)));
    child<QCheckBox>(*all.back(), "joinTimeoutCheck")->setChecked(true);
    for (int page = 0; page < 4; ++page) {
        all.push_back(std::make_unique<PreferencesDialog>(&settings));
        child<QListWidget>(*all.back(), "preferencesList")->setCurrentRow(page);
    }
    return all;
}

} // namespace

void TestDialogs::mnemonicsAreUnique()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    for (const auto &dialog : everyDialog(settings)) {
        dialog->open();
        QHash<QString, QString> taken;
        const auto widgets = dialog->findChildren<QWidget *>();
        for (const QWidget *widget : widgets) {
            QString text;
            if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
                text = button->text();
            else if (const auto *label = qobject_cast<const QLabel *>(widget); label && label->buddy())
                text = label->text();
            const QString key = QKeySequence::mnemonic(text).toString();
            if (key.isEmpty() || !widget->isVisible())
                continue;
            QVERIFY2(!taken.contains(key), qPrintable(QStringLiteral("%1: %2 and %3 have %4")
                                                          .arg(dialog->objectName(), text, taken[key], key)));
            taken.insert(key, text);
        }
        dialog->close();
    }
}

void TestDialogs::everyFieldIsNamedAndReachable()
{
    QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("procession.conf")));
    for (const auto &dialog : everyDialog(settings)) {
        dialog->open();
        QVERIFY(QTest::qWaitForWindowActive(dialog.get()));
        QVERIFY(!dialog->windowTitle().isEmpty());
        const QList<QWidget *> reached = tabWalk(*dialog);
        const auto widgets = dialog->findChildren<QWidget *>(QRegularExpression(QStringLiteral("^[a-z]")));
        for (QWidget *widget : widgets) {
            const bool field = widget->objectName().contains(
                QRegularExpression(QStringLiteral("(Edit|Combo|SpinBox|Check|Table|List|Button|Toggle)$")));
            if (!field || !widget->isVisible() || !widget->isEnabled())
                continue;
            QVERIFY2(reached.contains(widget) ||
                         (widget->focusProxy() && reached.contains(widget->focusProxy())),
                     qPrintable(dialog->objectName() + u": " + widget->objectName()));
            const QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(widget);
            QVERIFY2(accessible && !accessible->text(QAccessible::Name).isEmpty(),
                     qPrintable(dialog->objectName() + u": " + widget->objectName()));
        }
        dialog->close();
    }
}

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
