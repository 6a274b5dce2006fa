// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputlines.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList texts(const QList<OutputLine> &lines)
{
    QStringList result;
    for (const OutputLine &line : lines) {
        result += line.text;
    }
    return result;
}

/// All lines `bytes` make, the one under way last.
QStringList shown(const QByteArray &bytes)
{
    OutputLines lines;
    lines.feed({0, bytes, 1, 0, 0});
    lines.finish();
    return texts(lines.takeEnded() + lines.open());
}

} // namespace

class TestOutputLines final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void lines_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const QByteArray &bytes, const QStringList &expected) {
            QTest::newRow(name) << bytes << expected;
        };
        row("nothing", "", {});
        row("ended", "a\nb\n", {u"a"_s, u"b"_s});
        row("under way", "a\nb", {u"a"_s, u"b"_s});
        row("empty lines", "\n\n", {u""_s, u""_s});
        row("line ends of DOS", "a\r\nb\r\n", {u"a"_s, u"b"_s});
        row("progress bar", " 10%\r 50%\r100%\n", {u"100%"_s});
        row("shorter over longer", "abcdef\rxy", {u"xycdef"_s});
        row("erased to the end", "abcdef\rxy\033[K", {u"xy"_s});
        row("erased before rewriting", "abcdef\r\033[2Kxy", {u"xy"_s});
        row("backspace", "abc\b\bX", {u"aXc"_s});
        row("backspace at the start", "\b\ba", {u"a"_s});
        row("tab", "a\tb", {u"a\tb"_s});
        row("bell", "a\ab", {u"ab"_s});
        row("NUL and others", QByteArray("a\0b\x01\x7f", 5), {u"a\u2400b\u2401\u2421"_s});
        row("colours", "\033[1;31mred\033[0m plain", {u"red plain"_s});
        row("title", "\033]0;title\ax", {u"x"_s});
        row("link", "\033]8;;http://a\033\\x\033]8;;\033\\", {u"x"_s});
        row("character set", "\033(Bx", {u"x"_s});
        row("cursor moves", "\033[2Aa\033[10;3Hb", {u"ab"_s});
        row("cursor to the column", "50%\033[1G100%", {u"100%"_s});
        row("cursor over nothing", "a\033[3Cb\033[2Dc", {u"a  cb"_s});
        row("cursor far away", "\033[9999Ga\033[1Gb", {u"b"_s + QString(511, u' ') + u"a"_s});
        row("a shell deletes", "abcd\b\b\b\033[1Px", {u"axd"_s});
        row("a shell inserts", "abd\b\033[@c", {u"abcd"_s});
        row("inserts at the end", "ab\033[5@c", {u"abc"_s});
        row("erases characters", "abcd\r\033[2Xe", {u"e cd"_s});
        row("deletes beyond the end", "ab\b\033[500Pc\033[9P\033[9X", {u"ac"_s});
        row("frames", "\033(0lqk\033(B x\n\033)0\x0etqu\x0f x", {u"┌─┐ x"_s, u"├─┤ x"_s});
        row("a prompt in colour",
            "\033]0;host\a\033[?2004h\033[01;32mme\033[00m$ ls\r\n\033[?2004l\033=a\033>\r\nb",
            {u"me$ ls"_s, u"a"_s, u"b"_s});
        row("private mode", "\033[?25lx", {u"x"_s});
        row("escape that never ends", "\033[12\nx", {u""_s, u"x"_s});
        row("title that never ends", "\033]0;t\nx", {u""_s, u"x"_s});
        row("endless title", "\033]" + QByteArray(5000, 't'), {QString(903, u't')});
        row("escape cut by a letter", "\033[1\xc3\xa4x", {u"\u00e4x"_s});
        row("separators that are not lines",
            "a\xe2\x80\xa8"
            "b\xe2\x80\xa9"
            "c",
            {u"a\ufffdb\ufffdc"_s});
        row("two bytes", "\xc3\xa4", {u"\u00e4"_s});
        row("four bytes", "\xf0\x9f\x98\x80", {u"\U0001F600"_s});
        row("rewritten beside four bytes",
            "\xf0\x9f\x98\x80"
            "b\rx",
            {u"xb"_s});
        row("lonely continuation",
            "a\x80"
            "b",
            {u"a\ufffdb"_s});
        row("overlong", "\xc0\xaf", {u"\ufffd\ufffd"_s});
        row("surrogate", "\xed\xa0\x80", {u"\ufffd\ufffd\ufffd"_s});
        row("too high", "\xf4\x90\x80\x80", {u"\ufffd\ufffd\ufffd\ufffd"_s});
        row("cut by a line end", "\xe2\x82\n", {u"\ufffd"_s});
        row("cut by the end", "a\xe2\x82", {u"a\ufffd"_s});
    }

    void lines()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QStringList, expected);
        QCOMPARE(shown(bytes), expected);
    }

    /// However the bytes are cut into chunks, the lines, their places and their styles are the same.
    void chunksDoNotMatter()
    {
        static const QList<QByteArray> pieces{"text",    "\n",         "\r",           "\033[31m",
                                              "\033[0m", "\xc3\xa4",   "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                              "\xff",    "\033]0;x\a", "\t",           "\b",
                                              "\033[K",  "\033[3C",    "\033[2D",      "\033[5G",
                                              "\033[2P", "\033[@",     "\033(0",       "\033(B",
                                              "\x0e",    "\x0f"};
        QRandomGenerator random(7);
        for (int round = 0; round < 200; ++round) {
            QByteArray bytes;
            const int count = random.bounded(1, 60);
            for (int i = 0; i < count; ++i) {
                bytes += pieces.at(random.bounded(pieces.size()));
            }
            OutputLines whole;
            whole.feed({100, bytes, 1, 5, 0});
            OutputLines cut;
            for (qsizetype at = 0; at < bytes.size();) {
                const qsizetype length = random.bounded(1, 5);
                cut.feed({100 + static_cast<quint64>(at), bytes.mid(at, length), 1, 5, 0});
                at += length;
            }
            QCOMPARE(cut.takeEnded(), whole.takeEnded());
            QCOMPARE(cut.open(), whole.open());
        }
    }

    void validUtf8AsQtHasIt()
    {
        QRandomGenerator random(11);
        QString text;
        for (int i = 0; i < 20'000; ++i) {
            const char32_t character = random.bounded(0xa0u, 0x110000u);
            if (QChar::isPrint(character) && character != 0xfffc) {
                text.append(QChar::fromUcs4(character));
            }
            if (i % 100 == 0) {
                text += u'\n';
            }
        }
        QCOMPARE(shown(text.toUtf8()).join(u'\n'), text);
    }

    void streamsHaveLinesOfTheirOwn()
    {
        OutputLines lines;
        lines.feed({0, "10%", 2, 11, 0});
        lines.feed({3, "out", 1, 12, 0});
        lines.feed({6, "\r50%", 2, 13, 0});
        lines.feed({10, "put\n", 1, 14, 0});
        const QList<OutputLine> ended = lines.takeEnded();
        QCOMPARE(texts(ended), QStringList{u"output"_s});
        QCOMPARE(ended.first().stream, 1);
        QCOMPARE(ended.first().offset, 3u);
        QCOMPARE(ended.first().timeNs, 12);
        QCOMPARE(texts(lines.open()), QStringList{u"50%"_s});
        QCOMPARE(lines.open().first().stream, 2);
        QVERIFY(lines.takeEnded().isEmpty());
    }

    void stylesAreSpans()
    {
        OutputLines lines;
        lines.feed({0, "a\033[1;31mbc\033[0md\033[38;5;10me\033[48;2;0;0;255mf\033[m\n", 1, 0, 0});
        const OutputLine line = lines.takeEnded().first();
        QCOMPARE(line.text, u"abcdef"_s);
        QCOMPARE(line.spans.size(), 3);
        TextStyle red;
        red.foreground = 2;
        red.bold = true;
        QCOMPARE(line.spans.at(0), (OutputLine::Span{1, 2, red}));
        QCOMPARE(line.spans.at(1).style.foreground, quint8(11));
        QCOMPARE(line.spans.at(2).style.background, quint8(13));
    }

    void aLongLineIsCut()
    {
        OutputLines lines;
        for (int i = 0; i < 100; ++i) {
            lines.feed({static_cast<quint64>(i) * 1000, QByteArray(1000, 'x'), 1, 0, 0});
        }
        const QString text = lines.open().first().text;
        QVERIFY(text.startsWith(QString(OutputLines::maximumColumns, u'x')));
        QVERIFY2(text.endsWith(u" … (90000 more characters)"_s), qPrintable(text.right(40)));
        lines.feed({100'000, "\rshort\033[K\n", 1, 0, 0});
        QCOMPARE(texts(lines.takeEnded()), QStringList{u"short"_s});
    }

    void aGapIsNamedAndEndsTheLine()
    {
        OutputLines lines;
        lines.feed({0, "half", 1, 0, 0});
        lines.feed({2052, "rest\n", 1, 0, 2048});
        const QList<OutputLine> ended = lines.takeEnded();
        QCOMPARE(ended.size(), 3);
        QCOMPARE(ended.at(0).text, u"half"_s);
        QCOMPARE(ended.at(1).stream, 0);
        QVERIFY2(ended.at(1).text.contains(u"2.0"), qPrintable(ended.at(1).text));
        QCOMPARE(ended.at(2).text, u"rest"_s);
    }
};

QTEST_GUILESS_MAIN(TestOutputLines)
#include "tst_outputlines.moc"
