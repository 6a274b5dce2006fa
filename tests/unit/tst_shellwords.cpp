// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/shellwords.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

// A fixed seed: a failure can be repeated.
constexpr quint32 seed = 20260714;

QString randomText(QRandomGenerator &random, const QString &alphabet, int longest)
{
    QString text;
    for (int i = random.bounded(longest + 1); i > 0; --i)
        text += alphabet.at(random.bounded(alphabet.size()));
    return text;
}

// What /bin/sh makes of each text, in one process: a script that prints every word with a NUL, every text
// with two. The texts must be balanced and free of shell syntax.
QList<QStringList> wordsOfShell(const QStringList &texts)
{
    QByteArray script = "w() { for a in \"$@\"; do printf 'w%s\\0' \"$a\"; done; printf 'e\\0'; }\n";
    for (const QString &text : texts)
        script += "w " + text.toUtf8() + "\n";
    QProcess shell;
    shell.start(u"/bin/sh"_s, {});
    shell.write(script);
    shell.closeWriteChannel();
    if (!shell.waitForFinished() || shell.exitCode() != 0 || !shell.readAllStandardError().isEmpty())
        return {};
    QList<QStringList> all(1);
    for (const QByteArray &record : shell.readAllStandardOutput().split('\0')) {
        if (record == "e")
            all.emplaceBack();
        else if (record.startsWith('w'))
            all.last() += QString::fromUtf8(record.mid(1));
    }
    all.removeLast();
    return all;
}

} // namespace

class TestShellWords final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void splits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("empty") << u""_s << QStringList{};
        QTest::newRow("blanks") << u" \t \n "_s << QStringList{};
        QTest::newRow("words") << u"  make  -j\t4 "_s << QStringList{u"make"_s, u"-j"_s, u"4"_s};
        QTest::newRow("single quotes") << u"a 'b c' ''"_s << QStringList{u"a"_s, u"b c"_s, u""_s};
        QTest::newRow("double quotes") << u"a \"b 'c'\" \"\""_s << QStringList{u"a"_s, u"b 'c'"_s, u""_s};
        QTest::newRow("glued") << u"a'b'\"c\"\\d"_s << QStringList{u"abcd"_s};
        QTest::newRow("backslash") << u"a\\ b \\'c"_s << QStringList{u"a b"_s, u"'c"_s};
        QTest::newRow("backslash in single quotes") << u"'a\\b'"_s << QStringList{u"a\\b"_s};
        QTest::newRow("backslash in double quotes")
            << u"\"a\\b\\\"\\\\\\$\\`\""_s << QStringList{u"a\\b\"\\$`"_s};
        QTest::newRow("continued line") << u"a \\\n b\\\nc"_s << QStringList{u"a"_s, u"bc"_s};
        QTest::newRow("continued in quotes") << u"\"a\\\nb\""_s << QStringList{u"ab"_s};
        QTest::newRow("comment") << u"a b#c #d 'e\n"_s << QStringList{u"a"_s, u"b#c"_s};
        QTest::newRow("no-break space") << u"a\u00a0b"_s << QStringList{u"a\u00a0b"_s};
        QTest::newRow("python") << u"python3 -c \"print(1)\""_s
                                << QStringList{u"python3"_s, u"-c"_s, u"print(1)"_s};
    }
    void splits()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, words);
        QCOMPARE(splitWords(text), words);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qsizetype>("position");
        QTest::newRow("single quote") << u"echo 'a b"_s << qsizetype(5);
        QTest::newRow("double quote") << u"echo \"a\\\""_s << qsizetype(5);
        QTest::newRow("backslash at the end") << u"echo a\\"_s << qsizetype(6);
    }
    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(qsizetype, position);
        WordsError error;
        QVERIFY(!splitWords(text, &error));
        QCOMPARE(error.position, position);
        QVERIFY(!error.message.isEmpty());
        QVERIFY(!splitWords(text));
    }

    void findsShellSyntax_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("syntax");
        for (const QString &text : {u"python3 -c \"print(1)\""_s,
                                    u"echo 'a | b; $HOME'"_s,
                                    u"find . -name '*.c'"_s,
                                    u"echo \\$HOME \\*"_s,
                                    u"echo a$ \"b$\""_s,
                                    u"echo a~ --home=~/x '~/x'"_s,
                                    u"env A=b make"_s,
                                    u"echo if cd A=b !"_s,
                                    u"'cd' /tmp"_s,
                                    u"\\exit 3"_s,
                                    u"'A=b' c"_s,
                                    u"make # | all"_s,
                                    u"make\n"_s,
                                    u"\n# first\nmake"_s,
                                    u"test -f x"_s,
                                    u"true"_s,
                                    u"a \\\n b"_s,
                                    u"printf '%s\n'"_s,
                                    u"1A=b x"_s,
                                    u"{a,b}"_s})
            QTest::newRow(qPrintable(text)) << text << QString();
        const QList<QPair<QString, QString>> found{{u"a | b"_s, u"|"_s},
                                                   {u"a && b"_s, u"&&"_s},
                                                   {u"a &"_s, u"&"_s},
                                                   {u"a;b"_s, u";"_s},
                                                   {u"a > f"_s, u">"_s},
                                                   {u"a 2>>f"_s, u">>"_s},
                                                   {u"a < f"_s, u"<"_s},
                                                   {u"(a)"_s, u"("_s},
                                                   {u"a `b`"_s, u"`"_s},
                                                   {u"a \"`b`\""_s, u"`"_s},
                                                   {u"echo $HOME/x"_s, u"$HOME"_s},
                                                   {u"echo \"x $HOME\""_s, u"$HOME"_s},
                                                   {u"echo ${A:-b}"_s, u"${"_s},
                                                   {u"echo $(date)"_s, u"$("_s},
                                                   {u"echo $1 $?"_s, u"$1"_s},
                                                   {u"ls *.c"_s, u"*"_s},
                                                   {u"ls a?"_s, u"?"_s},
                                                   {u"ls [ab]"_s, u"["_s},
                                                   {u"[ -f x ]"_s, u"["_s},
                                                   {u"ls ~/x"_s, u"~"_s},
                                                   {u"~/bin/x"_s, u"~"_s},
                                                   {u"A=b make"_s, u"A=b"_s},
                                                   {u"A=\"b c\" make"_s, u"A=b c"_s},
                                                   {u"cd /tmp"_s, u"cd"_s},
                                                   {u"exit 3"_s, u"exit"_s},
                                                   {u"if a"_s, u"if"_s},
                                                   {u"for i"_s, u"for"_s},
                                                   {u"while x"_s, u"while"_s},
                                                   {u"{ a"_s, u"{"_s},
                                                   {u"! a"_s, u"!"_s},
                                                   {u". ./env"_s, u"."_s},
                                                   {u"exec a"_s, u"exec"_s},
                                                   {u"a\nb"_s, u"\n"_s},
                                                   {u"a # c\n\nb"_s, u"\n"_s}};
        for (const auto &[text, syntax] : found)
            QTest::newRow(qPrintable(text)) << text << syntax;
    }
    void findsShellSyntax()
    {
        QFETCH(QString, text);
        QFETCH(QString, syntax);
        QCOMPARE(shellSyntaxIn(text), syntax);
    }

    void quotesOnlyWhereNeeded()
    {
        QCOMPARE(quoteWord(u"a-b_c/d.e:f,g@h%i+j"_s), u"a-b_c/d.e:f,g@h%i+j"_s);
        QCOMPARE(quoteWord(u"größe.txt"_s), u"größe.txt"_s);
        QCOMPARE(quoteWord(u"--a=b"_s), u"--a=b"_s);
        QCOMPARE(quoteWord(u""_s), u"''"_s);
        QCOMPARE(quoteWord(u"a b"_s), u"'a b'"_s);
        QCOMPARE(quoteWord(u"it's"_s), u"'it'\\''s'"_s);
        QCOMPARE(quoteWord(u"A=b"_s), u"'A=b'"_s);
        QCOMPARE(quoteWord(u"~"_s), u"'~'"_s);
    }

    void quotedWordsComeBack()
    {
        QRandomGenerator random(seed);
        QStringList lines;
        QList<QStringList> expected;
        const QString alphabet = u"ab '\"\\$`|&;<>()*?[]~#=!{}\n\t%-ä€\u00a0"_s + QChar(0x2028);
        for (int round = 0; round < 2000; ++round) {
            QStringList words;
            QStringList quoted;
            for (int i = random.bounded(1, 5); i > 0; --i) {
                words += randomText(random, alphabet, 8);
                quoted += quoteWord(words.last());
            }
            const QString line = quoted.join(u' ');
            QCOMPARE(splitWords(line), words);
            QCOMPARE(shellSyntaxIn(line), QString());
            lines += line;
            expected += words;
        }
        QCOMPARE(wordsOfShell(lines), expected);
    }

    void splitsAsTheShellDoes()
    {
        QRandomGenerator random(seed + 1);
        QStringList texts;
        QList<QStringList> expected;
        while (texts.size() < 3000) {
            const QString text = randomText(random, u"abc   ''\"\"\\\\#=~$-\t\n"_s, 14);
            const std::optional<QStringList> words = splitWords(u"w "_s + text);
            // The rest only a shell can carry out, or nobody.
            if (!words || !shellSyntaxIn(u"w "_s + text).isEmpty())
                continue;
            texts += text;
            expected += words->mid(1);
        }
        const QList<QStringList> shell = wordsOfShell(texts);
        QCOMPARE(shell.size(), expected.size());
        for (qsizetype i = 0; i < shell.size(); ++i)
            QVERIFY2(shell.at(i) == expected.at(i), qPrintable(texts.at(i)));
    }
};

QTEST_GUILESS_MAIN(TestShellWords)
#include "tst_shellwords.moc"
