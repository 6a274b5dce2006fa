// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/icons.h"
#include "gui/statedelegate.h"
#include "model/workertablemodel.h"
#include "testhome.h"

#include <QAction>
#include <QApplication>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QStandardItemModel>
#include <QStyleFactory>
#include <QTest>
#include <QToolBar>
#include <QTreeView>

#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>

using namespace procession;

namespace {

QPalette lightPalette()
{
    const std::unique_ptr<QStyle> fusion(QStyleFactory::create(QStringLiteral("Fusion")));
    return fusion->standardPalette();
}

QPalette darkPalette()
{
    QPalette palette;
    for (const QPalette::ColorRole role : {QPalette::Window, QPalette::Base, QPalette::Button})
        palette.setColor(role, QColor(0x2d, 0x2d, 0x2d));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(role, QColor(0xee, 0xee, 0xee));
    palette.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
    palette.setColor(QPalette::HighlightedText, QColor(0x10, 0x20, 0x30));
    return palette;
}

QPalette contrastPalette()
{
    QPalette palette;
    for (const QPalette::ColorRole role : {QPalette::Window, QPalette::Base, QPalette::Button})
        palette.setColor(role, Qt::black);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(role, Qt::white);
    return palette;
}

/// Opaque enough pixels by colour.
std::map<QRgb, int> inks(const QImage &image)
{
    std::map<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor colour = image.pixelColor(x, y);
            if (colour.alpha() == 255)
                ++counts[colour.rgb()];
        }
    }
    return counts;
}

QImage drawn(const QIcon &icon, int side, qreal ratio = 1, QIcon::Mode mode = QIcon::Normal)
{
    return icon.pixmap(QSize(side, side), ratio, mode).toImage();
}

QList<std::pair<State, Outcome>> everyState()
{
    QList<std::pair<State, Outcome>> all;
    for (const State state : allStates) {
        if (state != State::Ended)
            all.append({state, Outcome::None});
    }
    for (const Outcome outcome :
         {Outcome::Succeeded, Outcome::Failed, Outcome::Crashed, Outcome::FailedToStart, Outcome::TimedOut,
          Outcome::Stopped, Outcome::Killed, Outcome::Interrupted, Outcome::Lost})
        all.append({State::Ended, outcome});
    return all;
}

double luminance(const QColor &colour)
{
    const auto linear = [](double channel) {
        return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor &one, const QColor &other)
{
    const double a = luminance(one) + 0.05;
    const double b = luminance(other) + 0.05;
    return std::max(a, b) / std::min(a, b);
}

} // namespace

class TestIcons final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void namesThatTheWindowNeedsExist();
    void everyActionIconHasInk_data();
    void everyActionIconHasInk();
    void actionIconsFollowThePalette();
    void actionIconsWorkInAToolBar();
    void iconsAreSharpAtTwiceTheResolution();
    void unknownNameSaysSo();
    void installedIconIsTheApplications();
    void everyStateHasItsOwnShape();
    void stateColoursAreReadable();
    void stateIconIsMonochromeWhenSelected();
    void highContrastIsRecognised();
    void delegateColoursIconAndWordOnly();
    void delegateLeavesCellsWithoutStateAlone();
    void delegateElidesAndMirrors();
};

void TestIcons::initTestCase()
{
    QApplication::setStyle(QStringLiteral("Fusion"));
    // As in a bare X session: no theme that could help out.
    QIcon::setThemeName(QStringLiteral("no-such-theme"));
    QIcon::setFallbackThemeName(QString());
    QVERIFY(QIcon::fromTheme(QStringLiteral("document-open")).isNull());
}

void TestIcons::init()
{
    failOnEveryWarning();
    QPixmapCache::clear();
}

void TestIcons::cleanup()
{
    QApplication::setPalette(lightPalette());
}

void TestIcons::namesThatTheWindowNeedsExist()
{
    const QString needed = QStringLiteral("add start terminate kill restart pause resume remove edit "
                                          "duplicate start-all join-all terminate-all "
                                          "refresh auto-refresh open preferences quit clear filter "
                                          "procession copy details find next-failed undo "
                                          "redo");
    const QStringList names = actionIconNames();
    for (const QString &name : needed.split(u' '))
        QVERIFY2(names.contains(name), qPrintable(name));
}

void TestIcons::everyActionIconHasInk_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : actionIconNames())
        QTest::newRow(qPrintable(name)) << name;
}

void TestIcons::everyActionIconHasInk()
{
    QFETCH(QString, name);
    const QIcon icon = actionIcon(name);
    QVERIFY(!icon.isNull());
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        QApplication::setPalette(palette);
        for (const int side : {16, 22, 24, 32, 48}) {
            for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Active, QIcon::Disabled, QIcon::Selected}) {
                const QImage image = drawn(icon, side, 1, mode);
                QCOMPARE(image.size(), QSize(side, side));
                int ink = 0;
                for (const auto &[colour, count] : inks(image))
                    ink += count;
                // The thinnest shape still covers this much; a blank or hair-thin one does not.
                QVERIFY2(ink * 50 >= side * side,
                         qPrintable(QStringLiteral("%1 of %2").arg(ink).arg(side * side)));
            }
        }
    }
}

void TestIcons::actionIconsFollowThePalette()
{
    const QIcon icon = actionIcon(QStringLiteral("terminate"));
    QApplication::setPalette(lightPalette());
    QVERIFY(inks(drawn(icon, 16)).contains(lightPalette().color(QPalette::ButtonText).rgb()));
    QApplication::setPalette(darkPalette());
    const auto dark = inks(drawn(icon, 16));
    QVERIFY(dark.contains(darkPalette().color(QPalette::ButtonText).rgb()));
    QVERIFY(!dark.contains(lightPalette().color(QPalette::ButtonText).rgb()));
    QVERIFY(inks(drawn(icon, 16, 1, QIcon::Selected))
                .contains(darkPalette().color(QPalette::HighlightedText).rgb()));
}

void TestIcons::actionIconsWorkInAToolBar()
{
    QToolBar bar;
    bar.setToolButtonStyle(Qt::ToolButtonIconOnly);
    QAction *action = bar.addAction(actionIcon(QStringLiteral("terminate")), QStringLiteral("Terminate"));
    bar.show();
    QVERIFY(QTest::qWaitForWindowExposed(&bar));
    QWidget *button = bar.widgetForAction(action);
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        QApplication::setPalette(palette);
        QTRY_VERIFY(inks(button->grab().toImage()).contains(palette.color(QPalette::ButtonText).rgb()));
    }
}

void TestIcons::iconsAreSharpAtTwiceTheResolution()
{
    const QPixmap pixmap = actionIcon(QStringLiteral("add")).pixmap(QSize(16, 16), 2.0);
    QCOMPARE(pixmap.size(), QSize(32, 32));
    QCOMPARE(pixmap.devicePixelRatio(), 2.0);
    // Drawn, not scaled up: of a plus, hardly any pixel is half covered.
    const QImage image = pixmap.toImage();
    int half = 0;
    int full = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const int alpha = image.pixelColor(x, y).alpha();
            full += alpha == 255;
            half += alpha > 0 && alpha < 255;
        }
    }
    QVERIFY2(full > 4 * half, qPrintable(QStringLiteral("%1 full, %2 half").arg(full).arg(half)));

    QImage canvas(32, 32, QImage::Format_ARGB32_Premultiplied);
    canvas.setDevicePixelRatio(2);
    canvas.fill(Qt::transparent);
    QPainter painter(&canvas);
    actionIcon(QStringLiteral("add")).paint(&painter, 0, 0, 16, 16);
    painter.end();
    QCOMPARE(inks(canvas), inks(image));
}

void TestIcons::unknownNameSaysSo()
{
    QTest::ignoreMessage(QtWarningMsg, "There is no icon named no-such-icon");
    QVERIFY(actionIcon(QStringLiteral("no-such-icon")).isNull());
}

void TestIcons::installedIconIsTheApplications()
{
    installIcons();
    QVERIFY(!QApplication::windowIcon().isNull());
    QVERIFY(inks(drawn(QApplication::windowIcon(), 64)).size() > 4);
}

void TestIcons::everyStateHasItsOwnShape()
{
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        QList<QImage> seen;
        for (const auto &[state, outcome] : everyState()) {
            const QImage image = drawn(stateIcon(state, outcome, palette, false), 16);
            QVERIFY(!inks(image).empty());
            // Shapes, not colours, tell states apart.
            QVERIFY2(!seen.contains(image),
                     qPrintable(QStringLiteral("%1/%2").arg(int(state)).arg(int(outcome))));
            seen.append(image);
        }
        QCOMPARE(seen.size(), 16);
    }
}

void TestIcons::stateColoursAreReadable()
{
    QCOMPARE(stateColor(State::Running, Outcome::None, lightPalette()), QColor(0x05, 0x52, 0xc1));
    QCOMPARE(stateColor(State::Ended, Outcome::Failed, darkPalette()), QColor(0xf7, 0x6b, 0x61));
    for (const auto &[state, outcome] : everyState()) {
        QVERIFY(contrast(stateColor(state, outcome, lightPalette()), Qt::white) >= 4.5);
        QVERIFY(contrast(stateColor(state, outcome, lightPalette()), QColor(0xef, 0xf0, 0xf1)) >= 4.5);
        QVERIFY(contrast(stateColor(state, outcome, darkPalette()), QColor(0x1b, 0x1e, 0x20)) >= 4.5);
        QVERIFY(contrast(stateColor(state, outcome, darkPalette()), QColor(0x2d, 0x2d, 0x2d)) >= 4.5);
    }
    // What the person asked for is no failure.
    QCOMPARE(stateColor(State::Ended, Outcome::Stopped, lightPalette()),
             stateColor(State::NotStarted, Outcome::None, lightPalette()));
}

void TestIcons::stateIconIsMonochromeWhenSelected()
{
    const QPalette palette = darkPalette();
    for (const auto &[state, outcome] : everyState()) {
        const QIcon icon = stateIcon(state, outcome, palette, true);
        const QColor expected = palette.color(QPalette::HighlightedText);
        const auto selected = inks(drawn(icon, 32, 1, QIcon::Selected));
        QVERIFY(selected.contains(expected.rgb()));
        for (const auto &[rgb, count] : selected) {
            const QColor colour(rgb); // edges may be rounded by one
            QVERIFY(std::abs(colour.red() - expected.red()) <= 1);
            QVERIFY(std::abs(colour.green() - expected.green()) <= 1);
            QVERIFY(std::abs(colour.blue() - expected.blue()) <= 1);
        }
        QVERIFY(inks(drawn(icon, 32)).contains(stateColor(state, outcome, palette).rgb()));
    }
}

void TestIcons::highContrastIsRecognised()
{
    QVERIFY(isHighContrast(contrastPalette()));
    QVERIFY(!isHighContrast(darkPalette()));
    QVERIFY(!isHighContrast(lightPalette()));
    QVERIFY(isDark(contrastPalette()));
    QVERIFY(isDark(darkPalette()));
    QVERIFY(!isDark(lightPalette()));
}

namespace {

struct StateView
{
    explicit StateView(const QPalette &palette)
    {
        auto *state = new QStandardItem(QStringLiteral("Failed to start"));
        state->setData(int(State::Ended), WorkerTableModel::StateRole);
        state->setData(int(Outcome::FailedToStart), WorkerTableModel::OutcomeRole);
        model.appendRow({state, new QStandardItem(QStringLiteral("plain"))});
        view.setModel(&model);
        view.setItemDelegate(&delegate);
        view.setRootIsDecorated(false);
        view.setPalette(palette);
        view.resize(400, 100);
        view.setColumnWidth(0, 200);
        view.show();
    }

    QImage cell(int column)
    {
        return view.viewport()->grab(view.visualRect(model.index(0, column))).toImage();
    }

    QStandardItemModel model;
    StateDelegate delegate;
    QTreeView view;
};

} // namespace

void TestIcons::delegateColoursIconAndWordOnly()
{
    for (const QPalette &palette : {lightPalette(), darkPalette()}) {
        StateView test(palette);
        QVERIFY(QTest::qWaitForWindowExposed(&test.view));
        const QRgb red = stateColor(State::Ended, Outcome::FailedToStart, palette).rgb();
        QVERIFY(inks(test.cell(0)).contains(red));
        QVERIFY(!inks(test.cell(1)).contains(red));

        test.view.selectionModel()->select(test.model.index(0, 0),
                                           QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QVERIFY(!inks(test.cell(0)).contains(red));
        QVERIFY(inks(test.cell(0)).contains(palette.color(QPalette::HighlightedText).rgb()));
        test.view.clearSelection();

        test.delegate.setColoured(false);
        QVERIFY(!inks(test.cell(0)).contains(red));
        QVERIFY(inks(test.cell(0)).contains(palette.color(QPalette::Text).rgb()));
    }
    StateView contrast(contrastPalette());
    QVERIFY(QTest::qWaitForWindowExposed(&contrast.view));
    QVERIFY(!inks(contrast.cell(0))
                 .contains(stateColor(State::Ended, Outcome::FailedToStart, contrastPalette()).rgb()));
}

void TestIcons::delegateLeavesCellsWithoutStateAlone()
{
    StateView test(lightPalette());
    QVERIFY(QTest::qWaitForWindowExposed(&test.view));
    const QImage before = test.cell(1);
    test.view.setItemDelegateForColumn(1, new QStyledItemDelegate(&test.view));
    QCOMPARE(test.cell(1), before);
}

void TestIcons::delegateElidesAndMirrors()
{
    StateView test(lightPalette());
    QVERIFY(QTest::qWaitForWindowExposed(&test.view));
    const auto leftmost = [](const QImage &image, QRgb colour) {
        for (int x = 0; x < image.width(); ++x) {
            for (int y = 0; y < image.height(); ++y) {
                if (image.pixel(x, y) == colour)
                    return x;
            }
        }
        return -1;
    };
    const QRgb red = stateColor(State::Ended, Outcome::FailedToStart, lightPalette()).rgb();
    const QImage wide = test.cell(0);
    QVERIFY(leftmost(wide, red) < wide.width() / 4);
    const QSize hint = test.view.sizeHintForIndex(test.model.index(0, 0));
    const int text = test.view.fontMetrics().horizontalAdvance(QStringLiteral("Failed to start"));
    QVERIFY(hint.width() >= text + test.view.style()->pixelMetric(QStyle::PM_SmallIconSize));

    test.view.setLayoutDirection(Qt::RightToLeft);
    const QImage mirrored = test.cell(0);
    QVERIFY(leftmost(mirrored, red) > mirrored.width() / 4);

    test.view.setLayoutDirection(Qt::LeftToRight);
    test.view.setColumnWidth(0, 60);
    const QImage narrow = test.cell(0);
    for (int y = 0; y < narrow.height(); ++y)
        QVERIFY(narrow.pixel(narrow.width() - 1, y) != red);
}

QTEST_MAIN(TestIcons)
#include "tst_icons.moc"
