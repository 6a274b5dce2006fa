// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/terminalpalette.h"
#include "testhome.h"

#include <QPalette>
#include <QRandomGenerator>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

QPalette paletteOf(QColor base, QColor text)
{
    QPalette palette(text, base, base, base, base, text, base);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::Base, base);
    return palette;
}

CharColour indexed(int index)
{
    return {CharColour::Kind::Indexed, static_cast<quint32>(index)};
}

CharColour rgb(quint32 value)
{
    return {CharColour::Kind::Rgb, value};
}

double contrastOf(const TextLook &look, const QColor &base)
{
    return contrast(look.foreground, look.background.isValid() ? look.background : base);
}

} // namespace

class TestTerminalPalette final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void contrasts();
    void readable_data();
    void readable();
    void keepsWhatCanBeRead();
    void shapes();
    void reverse();
    void dim();
    void noColours();
};

void TestTerminalPalette::contrasts()
{
    QCOMPARE(contrast(Qt::black, Qt::white), 21.0);
    QCOMPARE(contrast(Qt::white, Qt::black), 21.0);
    QCOMPARE(contrast(Qt::red, Qt::red), 1.0);
    QVERIFY(qAbs(contrast(QColor(0x76, 0x76, 0x76), Qt::white) - 4.54) < 0.01); // as others calculate it
    const quint32 seed = 7;
    QRandomGenerator random(seed);
    for (int i = 0; i < 20'000; ++i) {
        const QColor background = QColor::fromRgb(random.generate() & 0xffffff);
        const QColor foreground = QColor::fromRgb(random.generate() & 0xffffff);
        const QColor readable = readableOn(background, foreground);
        QVERIFY2(
            contrast(background, readable) >= TerminalPalette::minimumContrast,
            qPrintable(u"seed %1, case %2: "_s.arg(seed).arg(i) + background.name() + foreground.name()));
        QCOMPARE(readableOn(background, readable), readable);
    }
}

void TestTerminalPalette::readable_data()
{
    QTest::addColumn<QPalette>("palette");
    QTest::newRow("light") << paletteOf(QColor(0xfc, 0xfc, 0xfc), QColor(0x23, 0x26, 0x29));
    QTest::newRow("dark") << paletteOf(QColor(0x1b, 0x1e, 0x20), QColor(0xfc, 0xfc, 0xfc));
    QTest::newRow("grey") << paletteOf(QColor(0x80, 0x80, 0x80), QColor(0, 0, 0));
}

void TestTerminalPalette::readable()
{
    QFETCH(QPalette, palette);
    const TerminalPalette colours(palette);
    const QColor base = palette.color(QPalette::Base);
    const quint32 seed = 20261122;
    QRandomGenerator random(seed);
    const auto check = [&](const CharColour &foreground, const CharColour &background) {
        for (int bits = 0; bits < 4; ++bits) {
            CharStyle style;
            style.foreground = foreground;
            style.background = background;
            style.reverse = (bits & 1) != 0;
            style.dim = (bits & 2) != 0;
            const double found = contrastOf(colours.look(style), base);
            QVERIFY2(found >= TerminalPalette::minimumContrast,
                     qPrintable(u"seed %1: %2 on %3, %4: %5"_s.arg(seed)
                                    .arg(foreground.value, 0, 16)
                                    .arg(background.value, 0, 16)
                                    .arg(bits)
                                    .arg(found)));
        }
    };
    for (int i = 0; i < 256; ++i) {
        check(indexed(i), {});
        check({}, indexed(i));
        QVERIFY(contrast(colours.colour(i), base) >= TerminalPalette::minimumContrast);
        for (int j = 0; j < 16; ++j) {
            check(indexed(i), indexed(j));
            check(indexed(j), indexed(i));
        }
    }
    for (int i = 0; i < 5000; ++i) {
        check(rgb(random.generate() & 0xffffff), {});
        check(rgb(random.generate() & 0xffffff), rgb(random.generate() & 0xffffff));
    }
}

void TestTerminalPalette::keepsWhatCanBeRead()
{
    const TerminalPalette light(paletteOf(Qt::white, QColor(0x20, 0x20, 0x20)));
    const TerminalPalette dark(paletteOf(QColor(0x1b, 0x1e, 0x20), QColor(0xf0, 0xf0, 0xf0)));
    CharStyle style;
    QCOMPARE(light.look(style).foreground, QColor(0x20, 0x20, 0x20));
    QVERIFY(!light.look(style).background.isValid());
    style.foreground = rgb(0x102030);
    QCOMPARE(light.look(style).foreground, QColor(0x10, 0x20, 0x30));
    style.foreground = rgb(0xd0e0f0);
    QCOMPARE(dark.look(style).foreground, QColor(0xd0, 0xe0, 0xf0));
    style.foreground = indexed(1);
    QCOMPARE(light.look(style).foreground, QColor(0x92, 0x16, 0x23));
    QCOMPARE(dark.look(style).foreground, QColor(0xf7, 0x6b, 0x61));
    style.foreground = indexed(21); // the cube's blue
    QCOMPARE(light.look(style).foreground, QColor(0, 0, 255));
    const QColor adjusted = dark.look(style).foreground; // too dark there, but blue still
    QVERIFY(adjusted.blue() > adjusted.red() && adjusted.blue() > adjusted.green());
    style.foreground = indexed(238); // the seventh grey
    QCOMPARE(light.look(style).foreground, QColor(68, 68, 68));
    style = {};
    style.background = rgb(0x123456);
    QCOMPARE(light.look(style).background, QColor(0x12, 0x34, 0x56));
    style.background = indexed(7); // white is light wherever it is
    QCOMPARE(light.look(style).background, dark.look(style).background);
    QVERIFY(light.look(style).background.lightness() > 200);
}

void TestTerminalPalette::shapes()
{
    const TerminalPalette colours(paletteOf(Qt::white, QColor(0x20, 0x20, 0x20)));
    CharStyle style;
    QCOMPARE(colours.look(style), (TextLook{QColor(0x20, 0x20, 0x20), {}, false, false, false, false}));
    style.bold = style.underline = true;
    QCOMPARE(colours.look(style), (TextLook{QColor(0x20, 0x20, 0x20), {}, true, false, true, false}));
    style = {};
    style.italic = style.struck = true;
    QCOMPARE(colours.look(style), (TextLook{QColor(0x20, 0x20, 0x20), {}, false, true, false, true}));
}

void TestTerminalPalette::reverse()
{
    const QColor base(0xfc, 0xfc, 0xfc);
    const QColor text(0x23, 0x26, 0x29);
    const TerminalPalette colours(paletteOf(base, text));
    CharStyle style;
    style.reverse = true;
    QCOMPARE(colours.look(style).foreground, base);
    QCOMPARE(colours.look(style).background, text);
    style.foreground = rgb(0x0000a0);
    style.background = rgb(0xffff00);
    QCOMPARE(colours.look(style).foreground, QColor(255, 255, 0));
    QCOMPARE(colours.look(style).background, QColor(0, 0, 0xa0));
}

void TestTerminalPalette::dim()
{
    const QColor base(0xfc, 0xfc, 0xfc);
    const TerminalPalette colours(paletteOf(base, QColor(0x23, 0x26, 0x29)));
    CharStyle style;
    const double before = contrastOf(colours.look(style), base);
    style.dim = true;
    QVERIFY(contrastOf(colours.look(style), base) < before);
}

void TestTerminalPalette::noColours()
{
    const TerminalPalette colours(paletteOf(Qt::black, Qt::white));
    CharStyle style;
    style.foreground = indexed(1);
    style.dim = true;
    style.bold = true;
    TextLook look = colours.look(style);
    QCOMPARE(look.foreground, QColor(Qt::white));
    QVERIFY(!look.background.isValid());
    QVERIFY(look.bold);
    style.background = indexed(4);
    look = colours.look(style);
    QCOMPARE(look.foreground, QColor(Qt::black));
    QCOMPARE(look.background, QColor(Qt::white));
    QCOMPARE(colours.colour(2), QColor(Qt::white));
}

QTEST_MAIN(TestTerminalPalette)
#include "tst_terminalpalette.moc"
