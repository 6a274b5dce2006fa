// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/terminalline.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

OutputRow rowOf(const QByteArray &bytes, const CharStyle &style = {})
{
    OutputRow row;
    row.bytes = bytes;
    row.style = style;
    return row;
}

QString shown(const QByteArray &bytes, LineMode mode = LineMode::Drawn)
{
    return shownLine(rowOf(bytes), mode).text;
}

QString colourName(const CharColour &colour)
{
    switch (colour.kind) {
    case CharColour::Kind::Default:
        return u"-"_s;
    case CharColour::Kind::Indexed:
        return QString::number(colour.value);
    case CharColour::Kind::Rgb:
        return u"#%1"_s.arg(colour.value, 6, 16, QChar(u'0'));
    }
    return {};
}

QString styleName(const CharStyle &style)
{
    QString name = colourName(style.foreground) + u'/' + colourName(style.background);
    name += style.bold ? u" bold"_s : QString();
    name += style.dim ? u" dim"_s : QString();
    name += style.italic ? u" italic"_s : QString();
    name += style.underline ? u" underline"_s : QString();
    name += style.struck ? u" struck"_s : QString();
    name += style.reverse ? u" reverse"_s : QString();
    return name;
}

/// The styled parts as "text: style", one per span.
QStringList spans(const ShownLine &line)
{
    QStringList result;
    for (const ShownLine::Span &span : line.spans) {
        result += line.text.mid(span.start, span.length) + u": "_s + styleName(span.style);
    }
    return result;
}

QStringList links(const ShownLine &line)
{
    QStringList result;
    for (const ShownLine::Link &link : line.links) {
        result += line.text.mid(link.start, link.length) + u" -> "_s + link.target;
    }
    return result;
}

/// Bytes as outputs have them, and as they should not.
QByteArray randomBytes(QRandomGenerator &random, int pieces)
{
    static const QList<QByteArray> parts{"plain text ",
                                         "ä",
                                         "你",
                                         "😀",
                                         "e\u0301",
                                         "\t",
                                         "\r",
                                         "\b",
                                         "\033[31m",
                                         "\033[K",
                                         "\033[2K",
                                         "\033[1K",
                                         "\033[5C",
                                         "\033[3D",
                                         "\033[7G",
                                         "\033[2P",
                                         "\033[3@",
                                         "\033[4X",
                                         "\033]8;;http://a.b/\033\\",
                                         "\033]8;;\a",
                                         "\033(0",
                                         "\033(B",
                                         "\x0e",
                                         "\x0f",
                                         "\xff",
                                         "\xe4\xbd",
                                         "\xf0\x9f",
                                         "\xed\xa0\x80",
                                         "\xc2\x85",
                                         "\xe2\x80\xa8",
                                         "\xef\xb7\x90",
                                         "\xef\xbb\xbf",
                                         "\xef\xbf\xbc",
                                         "\xef\xbf\xbd",
                                         "\xef\xbf\xbf",
                                         "\x7f",
                                         QByteArray(1, '\0'),
                                         "\033",
                                         "\033[",
                                         "\033]0;title",
                                         "\033P",
                                         "\033[38;2;1;2;3m",
                                         "~",
                                         " ",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xe2\x80\xae",
                                         "\xc2\xad"};
    QByteArray bytes;
    for (int i = 0; i < pieces; ++i) {
        switch (random.bounded(3)) {
        case 0:
            bytes += parts.at(random.bounded(parts.size()));
            break;
        case 1:
            bytes += static_cast<char>(random.bounded(0x20, 0x7f));
            break;
        default:
            bytes += static_cast<char>(random.bounded(256));
            break;
        }
    }
    bytes.replace('\n', ' ');
    return bytes;
}

} // namespace

class TestTerminalLine final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void text_data();
    void text();
    void styles_data();
    void styles();
    void stylesGoOn();
    void links_data();
    void links();
    void raw_data();
    void raw();
    void gap();
    void plainIsWhatIsShown();
    void plainFindsEveryByte();
    void nothingBreaksLines();
    void bombsEnd_data();
    void bombsEnd();
    void columns();
    void foundLinks_data();
    void foundLinks();
    void foundLinksLeaveOthers();
    void foundLinksEnd();
};

void TestTerminalLine::text_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const QString &expected) {
        QTest::newRow(name) << bytes << expected;
    };
    row("nothing", "", u""_s);
    row("plain", "plain", u"plain"_s);
    row("line end of DOS", "a\r", u"a"_s);
    row("progress bar", " 10%\r 50%\r100%", u"100%"_s);
    row("progress bar of Windows", " 10%\r 50%\r100%\r", u"100%"_s);
    row("shorter over longer", "abcdef\rxy", u"xycdef"_s);
    row("erased to the end", "abcdef\rxy\033[K", u"xy"_s);
    row("erased to the screen's end", "abcdef\r\033[Jxy", u"xy"_s);
    row("erased before rewriting", "abcdef\r\033[2Kxy", u"xy"_s);
    row("erased, cursor stays", "abc\033[2Kx", u"   x"_s);
    row("erased, nothing follows", "abc\033[2K", u""_s);
    row("erased to the cursor", "abcdef\033[4D\033[1K", u"   def"_s);
    row("backspace", "abc\b\bX", u"aXc"_s);
    row("backspace at the start", "\b\ba", u"a"_s);
    row("tab", "a\tb", u"a\tb"_s);
    row("tab rewritten", "a\tb\rxy", u"xyb"_s);
    row("bell", "a\ab", u"ab"_s);
    row("cursor right", "a\033[3Cb", u"a   b"_s);
    row("cursor left", "abc\033[2DX", u"aXc"_s);
    row("cursor to a column", "abc\033[2GX\033[5`Y", u"aXc Y"_s);
    row("characters taken out", "abcdef\r\033[2P", u"cdef"_s);
    row("blanks put in", "abc\r\033[2@X", u"X abc"_s);
    row("characters blanked", "abcdef\r\033[2X", u"  cdef"_s);
    row("moves to other lines", "a\033[1Ab\033[2Bc\033[5;5Hd", u"abcd"_s);
    row("title", "\033]0;title\aa\033]2;title\033\\b", u"ab"_s);
    row("device string", "\033Pq#0;2;0;0;0\033\\a", u"a"_s);
    row("title without an end", "a\033]0;title", u"a"_s);
    row("title cut by a sequence", "\033]0;title\033[31ma", u"a"_s);
    row("string without an end, long", "\033]" + QByteArray(5000, 'x') + "y",
        QString(5000 - 4094, u'x') + u'y');
    row("sequence without an end", "a\033[31", u"a"_s);
    row("escape at the end", "a\033", u"a"_s);
    row("sequence broken by a character", "\033[31\u00e4b", u"äb"_s);
    row("sequence broken by a control", "abc\033[3\rx", u"xbc"_s);
    row("private sequence", "\033[?25la\033[>4;1mb", u"ab"_s);
    row("too long a sequence", "\033[" + QByteArray(100, '1') + "Ca", u"a"_s);
    row("other escapes", "\0337a\0338\033=\033>b\033#8c", u"abc"_s);
    row("frames", "\033(0lqk\033(Bq\033)0\x0emqj\x0fq", u"┌─┐q└─┘q"_s);
    row("controls", QByteArray("a\0b\x01\x0b\x0c\x7f", 7), u"a␀b␁␋␌␡"_s);
    row("controls of Latin 1", "a\u0085\u009bb", u"a\ufffd\ufffdb"_s);
    row("separators", "a\u2028b\u2029c", u"a\ufffdb\ufffdc"_s);
    row("no characters", "a\ufdd0b\ufffcc", u"a\ufffdb\ufffdc"_s);
    row("mark of the byte order", "\ufeffa\ufeff", u"\ufeffa\ufeff"_s);
    row("invalid bytes", "a\xff\xfe b", u"a\ufffd\ufffd b"_s);
    row("cut characters", "\xe4\xbd|\xf0\x9f\x98|\xc3", u"\ufffd|\ufffd|\ufffd"_s);
    row("surrogates and longer forms", "\xed\xa0\x80\xc0\xaf\xe0\x80\xaf\xf5",
        u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"_s);
    row("beyond the plane", "😀\r\U0001f642", u"🙂"_s);
    row("wide progress bar", "进度 10%\r进度 50%\r进度100%", u"进度100%"_s);
    row("narrow over the left half", "你好\rx", u"x 好"_s);
    row("narrow over the right half", "你好\r\033[Cx", u" x好"_s);
    row("wide over narrow", "abcd\r你", u"你cd"_s);
    row("wide over two halves", "你好吗\r\033[C们", u" 们 吗"_s);
    row("wide cut", "你好\033[D\033[K", u"你 "_s);
    row("marks", "\ae\u0301a", u"e\u0301a"_s);
    row("marks in order", "\aa\u0301\u0323b", u"a\u0301\u0323b"_s);
    row("mark first", "\a\u0301a", u"\u0301a"_s);
    row("mark on a wide one", "\a你\u0301a", u"你\u0301a"_s);
    row("mark overwritten", "e\u0301\rf", u"f"_s);
    row("right to left", "\aשלום", u"שלום"_s);
    row("cursor far away", "\033[9999Ca", QString(512, u' ') + u'a');
}

void TestTerminalLine::text()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    QCOMPARE(shown(bytes), expected);
}

void TestTerminalLine::styles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const QStringList &expected) {
        QTest::newRow(name) << bytes << expected;
    };
    row("none", "a\033[mb\033[0mc", {});
    row("sixteen", "\033[31ma\033[92mb\033[44mc\033[101md",
        {u"a: 1/-"_s, u"b: 10/-"_s, u"c: 10/4"_s, u"d: 10/9"_s});
    row("two hundred and fifty-six", "\033[38;5;208ma\033[48;5;17mb", {u"a: 208/-"_s, u"b: 208/17"_s});
    row("true colour", "\033[38;2;1;2;3ma\033[48;2;255;0;128mb",
        {u"a: #010203/-"_s, u"b: #010203/#ff0080"_s});
    row("colons", "\033[38:5:208ma\033[38:2:1:2:3mb\033[38:2::4:5:6mc\033[38:2:9:7:8:9mc",
        {u"a: 208/-"_s, u"b: #010203/-"_s, u"c: #040506/-"_s, u"c: #070809/-"_s});
    row("more behind a colour", "\033[38;5;1;1;4ma\033[0;38;2;1;2;3;3mb\033[0;38:5:9;9mc",
        {u"a: 1/- bold underline"_s, u"b: #010203/- italic"_s, u"c: 9/- struck"_s});
    row("colour of the underline", "\033[4;58;5;1ma\033[0;58:2::1:2:3;1mb\033[59mc",
        {u"a: -/- underline"_s, u"bc: -/- bold"_s});
    row("no colours", "\033[38;5;256ma\033[38;2;256;0;0mb\033[38mc\033[38;5md\033[38;2;1me\033[38;9;1mf", {});
    row("all", "\033[1;2;3;4;7;9ma", {u"a: -/- bold dim italic underline struck reverse"_s});
    row("all off", "\033[1;2;3;4;7;9;22;23;24;27;29ma", {});
    row("colours off", "\033[31;41ma\033[39mb\033[49mc", {u"a: 1/1"_s, u"b: -/1"_s});
    row("underlines", "\033[21ma\033[4:0mb\033[4:3mc\033[24md",
        {u"a: -/- underline"_s, u"c: -/- underline"_s});
    row("empty numbers", "\033[1;;4ma", {u"a: -/- underline"_s});
    row("reset", "\033[31ma\033cb", {u"a: 1/-"_s});
    row("private", "\033[>1ma\033[?1mb", {});
    row("together", "\033[31ma\033[32m\033[31mb", {u"ab: 1/-"_s});
    row("rewritten", "\033[31mabc\033[m\rx", {u"bc: 1/-"_s});
    row("blanks have none", "\033[41ma\033[2Cb", {u"a: -/1"_s, u"b: -/1"_s});
    row("wide", "\033[31m你\033[m😀\033[32m😀", {u"你: 1/-"_s, u"😀: 2/-"_s});
}

void TestTerminalLine::styles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, expected);
    QCOMPARE(spans(shownLine(rowOf(bytes))), expected);
}

void TestTerminalLine::stylesGoOn()
{
    CharStyle red;
    red.foreground = {CharColour::Kind::Indexed, 1};
    QCOMPARE(spans(shownLine(rowOf("plain", red))), QStringList{u"plain: 1/-"_s});
    QCOMPARE(spans(shownLine(rowOf("a\033[1mb", red))), (QStringList{u"a: 1/-"_s, u"b: 1/- bold"_s}));
    QCOMPARE(spans(shownLine(rowOf("a\033[mb", red))), QStringList{u"a: 1/-"_s});
    QCOMPARE(shownLine(rowOf("", red)).spans.size(), 0);
    QCOMPARE(styleName(styleAfter("plain", red)), u"1/-"_s);
    QCOMPARE(styleName(styleAfter("a\033[1mb\033[K", red)), u"1/- bold"_s);
    QCOMPARE(styleName(styleAfter("a\033[mb", red)), u"-/-"_s);
    QCOMPARE(styleName(styleAfter("a\033cb", red)), u"-/-"_s);
    QCOMPARE(styleName(styleAfter("\033]0;\033[32mb", red)), u"2/-"_s);
    QCOMPARE(styleName(styleAfter("\033[32", red)), u"1/-"_s);

    // A character at the end has the style that styleAfter() says is in force there.
    const quint32 seed = 4711;
    QRandomGenerator random(seed);
    for (int i = 0; i < 20'000; ++i) {
        const QByteArray bytes = randomBytes(random, random.bounded(12));
        const ShownLine line = shownLine(rowOf(bytes + "\x18Z", red));
        const CharStyle after = styleAfter(bytes, red);
        const qsizetype place = line.text.lastIndexOf(u'Z');
        if (place < 0) {
            continue; // a set for frames is on
        }
        bool found = after == CharStyle();
        for (const ShownLine::Span &span : line.spans) {
            found = found || span.style == after;
        }
        QVERIFY2(found, qPrintable(u"seed %1, case %2: "_s.arg(seed).arg(i) + shown(bytes, LineMode::Raw)));
    }
}

void TestTerminalLine::links_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const QStringList &expected) {
        QTest::newRow(name) << bytes << expected;
    };
    row("one", "a \033]8;;http://example.org/x\033\\link\033]8;;\033\\ b",
        {u"link -> http://example.org/x"_s});
    row("by bells, with an id", "\033]8;id=1;https://a.b/\ax\033]8;;\ay", {u"x -> https://a.b/"_s});
    row("until the row's end", "\033]8;;file:///tmp/a\aabc", {u"abc -> file:///tmp/a"_s});
    row("one after the other", "\033]8;;mailto:a@b.c\aab\033]8;;http://c.d\acd",
        {u"ab -> mailto:a@b.c"_s, u"cd -> http://c.d"_s});
    row("again", "\033]8;;http://c.d\aab\033]8;;\a \033]8;;http://c.d\acd",
        {u"ab -> http://c.d"_s, u"cd -> http://c.d"_s});
    row("coloured", "\033]8;;http://c.d\aa\033[31mb\033[mc\033]8;;\ad", {u"abc -> http://c.d"_s});
    row("other schemes", "\033]8;;javascript:x\aa\033]8;;ssh://h\ab\033]8;;http:\ac\033]8;;x\ad", {});
    row("not printable", "\033]8;;http://a b\aa\033]8;;http://\xff/\ab", {});
    row("broken", "\033]8\aa\033]8;\ab\033]8;;\ac\033]8;x\ad", {});
    row("semicolons in the target", "\033]8;;http://a/;b;c\ax", {u"x -> http://a/;b;c"_s});
}

void TestTerminalLine::links()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, expected);
    QCOMPARE(::links(shownLine(rowOf(bytes))), expected);
}

void TestTerminalLine::raw_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << QByteArray("plain ä 你") << u"plain ä 你"_s;
    QTest::newRow("controls") << QByteArray("\033[31ma\r\t\b\a\0\x7f", 12) << u"␛[31ma␍␉␈␇␀␡"_s;
    QTest::newRow("invalid") << QByteArray("a\xff\xe4\xbd|") << u"a\\xff\\xe4\\xbd|"_s;
    QTest::newRow("not seen") << QByteArray("\u0085\u2028\u202e\u200d")
                              << u"\\xc2\\x85\\xe2\\x80\\xa8\\xe2\\x80\\xae\\xe2\\x80\\x8d"_s;
}

void TestTerminalLine::raw()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    CharStyle red;
    red.foreground = {CharColour::Kind::Indexed, 1};
    const ShownLine line = shownLine(rowOf(bytes, red), LineMode::Raw);
    QCOMPARE(line.text, expected);
    QVERIFY(line.spans.isEmpty());
}

void TestTerminalLine::gap()
{
    OutputRow row;
    row.place.stream = 0;
    row.gap = 2048;
    const ShownLine line = shownLine(row);
    QVERIFY2(line.text.contains(u"2"), qPrintable(line.text));
    QVERIFY(line.text.contains(u"not kept"));
    QCOMPARE(line.place, row.place);
}

void TestTerminalLine::plainIsWhatIsShown()
{
    const quint32 seed = 20261122;
    QRandomGenerator random(seed);
    int plain = 0;
    for (int i = 0; i < 60'000; ++i) {
        QByteArray bytes = randomBytes(random, random.bounded(4));
        if (i % 2 == 0) { // long enough for the fast ways, one place that may differ
            bytes =
                QByteArray(random.bounded(200), 'x') + bytes.left(4) + QByteArray(random.bounded(200), 'y');
        }
        const bool same = shown(bytes).toUtf8() == bytes;
        plain += same ? 1 : 0;
        QVERIFY2(isPlain(bytes) == same,
                 qPrintable(u"seed %1, case %2: "_s.arg(seed).arg(i) + shown(bytes, LineMode::Raw)));
    }
    QVERIFY(plain > 1000);
    QVERIFY(isPlain("a\nb\tc\n\n"));
    QVERIFY(isPlain(""));
    QVERIFY(isPlain(QByteArray(1000, 'a').append('\n')));
}

void TestTerminalLine::plainFindsEveryByte()
{
    for (int place = 0; place < 130; ++place) {
        for (int value = 0; value < 256; ++value) {
            QByteArray bytes(130, 'x');
            bytes[place] = static_cast<char>(value);
            const bool expected = (value >= 0x20 && value < 0x7f) || value == '\t' || value == '\n';
            QVERIFY2(isPlain(bytes) == expected, qPrintable(u"%1 at %2"_s.arg(value).arg(place)));
        }
    }
    for (char32_t character = 1; character < 0x11000; ++character) {
        if (character == U'\n' || QChar::isSurrogate(character)) {
            continue;
        }
        const QByteArray bytes = QString::fromUcs4(&character, 1).toUtf8();
        QVERIFY2(isPlain(bytes) == (shown(bytes).toUtf8() == bytes),
                 qPrintable(u"U+%1"_s.arg(uint(character), 4, 16, QChar(u'0'))));
        // The way for rewritten lines shows it as the way for others does.
        QCOMPARE(shown("\a" + bytes), shown(bytes));
    }
}

void TestTerminalLine::nothingBreaksLines()
{
    const quint32 seed = 42;
    QRandomGenerator random(seed);
    for (int i = 0; i < 20'000; ++i) {
        const QByteArray bytes = randomBytes(random, random.bounded(40));
        for (const LineMode mode : {LineMode::Drawn, LineMode::Raw}) {
            const ShownLine line = shownLine(rowOf(bytes), mode);
            const QByteArray about = u"seed %1, case %2"_s.arg(seed).arg(i).toUtf8();
            for (const QChar c : line.text) {
                QVERIFY2(c == u'\t' ||
                             (c.category() != QChar::Other_Control && c != QChar::LineSeparator &&
                              c != QChar::ParagraphSeparator && c != QChar::ObjectReplacementCharacter),
                         about.constData());
            }
            int end = 0;
            for (const ShownLine::Span &span : line.spans) {
                QVERIFY2(span.start >= end && span.length > 0, about.constData());
                end = span.start + span.length;
            }
            QVERIFY2(end <= line.text.size(), about.constData());
            end = 0;
            for (const ShownLine::Link &link : line.links) {
                QVERIFY2(link.start >= end && link.length > 0, about.constData());
                end = link.start + link.length;
            }
            QVERIFY2(end <= line.text.size(), about.constData());
            QVERIFY2(line.text.isValidUtf16(), about.constData());
        }
    }
}

void TestTerminalLine::bombsEnd_data()
{
    QTest::addColumn<QByteArray>("bomb");
    QTest::newRow("insert") << QByteArray("\033[@");
    QTest::newRow("insert many") << QByteArray("\033[512@");
    QTest::newRow("delete") << QByteArray("\033[P");
    QTest::newRow("erase to the cursor") << QByteArray("\033[1K");
    QTest::newRow("erase all") << QByteArray("x\033[2K");
    QTest::newRow("blank") << QByteArray("\033[9999X");
    QTest::newRow("far away and back") << QByteArray("\033[9999Cx\r\033[K");
    QTest::newRow("marks") << QByteArray("\u0301");
    QTest::newRow("no end") << QByteArray("\033]");
    QTest::newRow("styles") << QByteArray("\033[38;5;1mx\033[32m");
}

/// No time is measured: what is not bounded takes so many steps here that the test's time runs out.
void TestTerminalLine::bombsEnd()
{
    QFETCH(QByteArray, bomb);
    QByteArray bytes(24 * 1024, 'x');
    for (const char *start : {"", "\r", "\033[12000G"}) {
        const QByteArray row = bytes + start + bomb.repeated(40 * 1024 / bomb.size());
        for (int i = 0; i < 100; ++i) {
            QVERIFY(shown(row).size() < 1024 * 1024);
        }
    }
}

void TestTerminalLine::columns()
{
    QCOMPARE(columnsOf(U'a'), 1);
    QCOMPARE(columnsOf(U'\t'), 1);
    QCOMPARE(columnsOf(U'ä'), 1);
    QCOMPARE(columnsOf(0x301), 0);
    QCOMPARE(columnsOf(0x200d), 0);
    QCOMPARE(columnsOf(U'你'), 2);
    QCOMPARE(columnsOf(U'😀'), 2);
    QCOMPARE(columnsOf(U'█'), 1);
    QCOMPARE(columnsOf(0xfffd), 1);
    QCOMPARE(columnsOf(0xe0b0), 1); // private use: the symbols of prompts
    QCOMPARE(columnsOf(0x10ffff), 1);
}

void TestTerminalLine::foundLinks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const QString &text, const QStringList &expected = {}) {
        QTest::newRow(qPrintable(text)) << text << expected;
    };
    /// A place that is written as it is meant.
    const auto place = [&row](const QString &before, const QString &target, const QString &after) {
        row(before + target + after, {target + u" -> "_s + target});
    };
    place(u"see "_s, u"https://example.org/a?b=c#d"_s, u""_s);
    place(u"see "_s, u"http://example.org"_s, u"."_s);
    place(u"("_s, u"http://example.org/a"_s, u")"_s);
    place(u"(see "_s, u"http://en.wikipedia.org/wiki/C_(language)"_s, u"), too"_s);
    place(u"["_s, u"http://[::1]:8080/x"_s, u"]"_s);
    place(u"<"_s, u"ftp://example.org/x"_s, u">"_s);
    place(u"\""_s, u"HTTP://example.org/x"_s, u"\", and"_s);
    place(u"Listening on "_s, u"http://localhost:8080/"_s, u"..."_s);
    place(u"'"_s, u"file:///tmp/a%20b"_s, u"'"_s);
    place(u"见"_s, u"http://example.org/路径"_s, u"。"_s);
    place(u"git+"_s, u"https://a.b/c.git"_s, u" x"_s);
    row(u"http:// xhttp://a.b ssh://a.b:22 javascript://x file:// http://."_s);
    row(u"    at file:///srv/a%20b/x.mjs:3:5"_s, {u"file:///srv/a%20b/x.mjs:3:5 -> /srv/a b/x.mjs:3:5"_s});

    place(u""_s, u"main.c:12:5"_s, u": error: expected ';'"_s);
    place(u""_s, u"../src/a-b/main.cpp:12"_s, u": undefined reference to `x'"_s);
    place(u"In file included from "_s, u"/usr/include/stdio.h:27"_s, u","_s);
    place(u""_s, u"src/util.py:31"_s, u":    return x"_s);
    place(u""_s, u"scripts/build:7"_s, u":echo"_s);
    place(u""_s, u"Makefile:12"_s, u": *** missing separator.  Stop."_s);
    place(u""_s, u"tests/test_x.py:31"_s, u": AssertionError"_s);
    place(u"    at Object.<anonymous> ("_s, u"/srv/app/index.js:10:5"_s, u")"_s);
    place(u"    at async "_s, u"/srv/app/node_modules/@a/b/index.js:10:5"_s, u""_s);
    place(u"\tat a.b.C.d("_s, u"C.java:42"_s, u")"_s);
    place(u"  --> "_s, u"src/main.rs:3:5"_s, u""_s);
    place(u"thread 'main' panicked at 'x', "_s, u"src/main.rs:2:9"_s, u""_s);
    place(u"   ╭─["_s, u"src/main.rs:3:5"_s, u"]"_s);
    place(u"\t"_s, u"/usr/local/go/src/runtime/panic.go:884"_s, u" +0x212"_s);
    place(u"\t"_s, u"/root/go/pkg/mod/example.org/a@v1.2.3/x.go:7"_s, u" +0x1d"_s);
    place(u"\tfrom "_s, u"lib/x.rb:12"_s, u":in `each'"_s);
    place(u""_s, u"grammar.y:12"_s, u".5-8: error"_s);
    place(u"error:"_s, u"src/x.c:3"_s, u""_s);
    place(u""_s, u"app/(group)/[id]/page.tsx:3:5"_s, u""_s);
    place(u"f(x) "_s, u"a.c:3"_s, u""_s);
    place(u"f)"_s, u"a.c:3"_s, u""_s);
    place(u"12:30:45 INFO "_s, u"größe.py:33"_s, u" ready"_s);
    place(u"path="_s, u"/etc/hosts:3"_s, u"|x"_s);
    row(u"a.c:1 b.c:2:3"_s, {u"a.c:1 -> a.c:1"_s, u"b.c:2:3 -> b.c:2:3"_s});
    row(u"  File \"x.py\", line 12, in main"_s, {u"x.py\", line 12 -> x.py:12"_s});
    row(u"  File \"/a b/c:d.py\", line 12"_s, {u"/a b/c:d.py\", line 12 -> /a b/c:d.py:12"_s});
    row(u"  File \"<stdin>\", line 1, in <module>"_s);
    row(u"  File \"x.py\", line File \"y.py\", line 2"_s, {u"y.py\", line 2 -> y.py:2"_s});
    row(u"./run.sh: line 7: foo: command not found"_s, {u"./run.sh: line 7 -> ./run.sh:7"_s});

    row(u"12:30:45 2026-11-22T12:30:45.123 12:30"_s);
    row(u"10.0.0.1 - - [10/Oct/2000:13:55:36 -0700]"_s);
    row(u"localhost:8080 10.0.0.1:80 db.internal:5432 example.org:443 a-b:1"_s);
    row(u"fe80::1:2 [::1]:8080 2001:db8::8:800:200c:417a 00:1b:44:11:3a:b7"_s);
    row(u"postgres:15 library/postgres:15 registry.example.org/a/b:12"_s);
    row(u"redis://localhost:6379 ssh://example.org:22/x webpack:///./src/x.js:3:5"_s);
    row(u"ratio 3/4:12 x:1 key:5 C:3 v1.2:3 a.b:3"_s);
    row(u"a.c: a.c:x a.c:0 a.c:12x a.c:123456789 a.c::3 :3 .c:3"_s);
    row(u"std::chrono::seconds:1 user@example.org:22"_s);
    row(u""_s);
    row(u":"_s);
    row(u"File \""_s);
}

void TestTerminalLine::foundLinks()
{
    QFETCH(QString, text);
    QFETCH(QStringList, expected);
    ShownLine line;
    line.text = text;
    findLinks(line);
    QCOMPARE(::links(line), expected);
}

void TestTerminalLine::foundLinksLeaveOthers()
{
    ShownLine line =
        shownLine(rowOf("a.c:1 \033]8;;http://x.y/\a b.c:2 \033]8;;\a c.c:3 http://z\033]8;;http://w\a.u"));
    findLinks(line);
    QCOMPARE(::links(line), (QStringList{u"a.c:1 -> a.c:1"_s, u" b.c:2  -> http://x.y/"_s,
                                         u"c.c:3 -> c.c:3"_s, u".u -> http://w"_s}));
}

/// As with bombs: what is not linear in the row takes the test's time.
void TestTerminalLine::foundLinksEnd()
{
    for (const QString &part : {u":1"_s, u"a:"_s, u"File \""_s, u"http://"_s, u"http://a("_s, u")"_s,
                                u"a.c:1 "_s, u"(:"_s, u"/"_s}) {
        ShownLine line;
        line.text = part.repeated(64 * 1024 / part.size()) + u":1"_s;
        for (int i = 0; i < 20; ++i) {
            ShownLine copy = line;
            findLinks(copy);
            QVERIFY(copy.links.size() < 4096);
        }
    }
    // What is cut where the look ends is not followed to somewhere else.
    ShownLine line;
    line.text = QString(4090, u' ') + u"http://example.org/"_s;
    findLinks(line);
    QCOMPARE(::links(line), QStringList());
    line.text = QString(4090, u' ') + u"a.c:123"_s;
    findLinks(line);
    QCOMPARE(::links(line), QStringList());
}

QTEST_GUILESS_MAIN(TestTerminalLine)
#include "tst_terminalline.moc"
