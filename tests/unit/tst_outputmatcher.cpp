// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputmatcher.h"

#include "testhome.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <utility>

using namespace procession;

namespace {

struct Counted
{
    qint64 matches = 0;
    qint64 lines = 0;
    qsizetype first = -1;

    friend bool operator==(const Counted &, const Counted &) = default;
};

QByteArray differs(const Counted &found, const Counted &wanted, const QByteArray &where)
{
    const auto text = [](const Counted &counted) -> QByteArray {
        return QByteArray::number(counted.matches) + " matches in " + QByteArray::number(counted.lines) +
               " lines, the first at " + QByteArray::number(counted.first);
    };
    return where + ": " + text(found) + " instead of " + text(wanted);
}

Counted countAtOnce(OutputMatcher &matcher, const QByteArray &lines)
{
    Counted counted;
    counted.matches = matcher.count(lines, &counted.lines);
    counted.first = matcher.firstLine(lines);
    return counted;
}

QList<OutputMatcher::Match> matchesIn(OutputMatcher &matcher, const QByteArray &line)
{
    QList<OutputMatcher::Match> matches;
    while (const auto match =
               matcher.find(line, matches.isEmpty() ? 0 : matches.last().start + matches.last().length))
        matches.append(*match);
    return matches;
}

/// What find() says of each line alone.
Counted countByLine(OutputMatcher &matcher, const QByteArray &lines)
{
    Counted counted;
    qsizetype at = 0;
    for (const QByteArray &line : lines.split('\n')) {
        const auto matches = matchesIn(matcher, line);
        counted.matches += matches.size();
        counted.lines += matches.isEmpty() ? 0 : 1;
        if (!matches.isEmpty() && counted.first < 0)
            counted.first = at;
        at += line.size() + 1;
    }
    return counted;
}

/// What Qt's own engine finds in each line alone.
Counted countByQt(const QRegularExpression &expression, const QByteArray &lines)
{
    Counted counted;
    qsizetype at = 0;
    for (const QByteArray &line : lines.split('\n')) {
        qint64 matches = 0;
        for (auto it = expression.globalMatch(QString::fromUtf8(line)); it.hasNext();)
            matches += it.next().capturedLength() > 0 ? 1 : 0;
        counted.matches += matches;
        counted.lines += matches ? 1 : 0;
        if (matches && counted.first < 0)
            counted.first = at;
        at += line.size() + 1;
    }
    return counted;
}

SearchQuery textQuery(const QString &text)
{
    return {.text = text, .caseSensitive = true};
}

SearchQuery expressionQuery(const QString &text)
{
    return {.text = text, .expression = true, .caseSensitive = true};
}

} // namespace

class TestOutputMatcher final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void findsWhatIsAskedFor_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("flags"); // e: expression, c: case, w: whole word
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QList<int>>("matches"); // start, length, start ...

        QTest::newRow("text") << "ab"
                              << "c" << QByteArray("xabab Ab") << QList<int>{1, 2, 3, 2};
        QTest::newRow("overlap") << "aa"
                                 << "c" << QByteArray("aaaaa") << QList<int>{0, 2, 2, 2};
        QTest::newRow("no case") << "ab"
                                 << "" << QByteArray("xAB aB") << QList<int>{1, 2, 4, 2};
        QTest::newRow("no case beyond ASCII") << "GRÜßE"
                                              << "" << QByteArray("grüße") << QList<int>{0, 7};
        QTest::newRow("no case, Kelvin") << "k"
                                         << "" << QByteArray("\u212a") << QList<int>{0, 3};
        QTest::newRow("text is no pattern") << "a.c|(\\E"
                                            << "" << QByteArray("abc A.C|(\\e") << QList<int>{4, 7};
        QTest::newRow("word") << "cat"
                              << "cw" << QByteArray("cats cat _cat cat-cat")
                              << QList<int>{5, 3, 14, 3, 18, 3};
        QTest::newRow("word beyond ASCII") << "cat"
                                           << "cw" << QByteArray("catä äcat cat") << QList<int>{12, 3};
        QTest::newRow("no word within") << "(x"
                                        << "cw" << QByteArray("a(x (x (xy") << QList<int>{4, 2};
        QTest::newRow("expression") << "[0-9]{2}"
                                    << "ec" << QByteArray("1 12 345") << QList<int>{2, 2, 5, 2};
        QTest::newRow("expression, word") << "a|ab"
                                          << "ecw" << QByteArray("ab a b") << QList<int>{0, 2, 3, 1};
        QTest::newRow("expression that is text") << "ab"
                                                 << "ec" << QByteArray("cab") << QList<int>{1, 2};
        QTest::newRow("edges") << "^a|b$"
                               << "ec" << QByteArray("aab b") << QList<int>{0, 1, 4, 1};
        QTest::newRow("not empty") << "a*"
                                   << "ec" << QByteArray("baab") << QList<int>{1, 2};
        QTest::newRow("behind") << "(?<=a)b"
                                << "ec" << QByteArray("abb b ab") << QList<int>{1, 1, 7, 1};
        QTest::newRow("not UTF-8") << "b."
                                   << "ec"
                                   << QByteArray("\xff"
                                                 "b\xff"
                                                 "bc")
                                   << QList<int>{3, 2};
        QTest::newRow("NUL") << QString(u"a\0b"_qs.left(1) + QChar(0) + u'b') << "" << QByteArray("xA\0b", 4)
                             << QList<int>{1, 3};
        QTest::newRow("nothing") << ""
                                 << "" << QByteArray("abc") << QList<int>{};
        QTest::newRow("two lines") << "a\nb"
                                   << "" << QByteArray("ab") << QList<int>{};
    }
    void findsWhatIsAskedFor()
    {
        QFETCH(const QString, text);
        QFETCH(const QString, flags);
        QFETCH(const QByteArray, line);
        QFETCH(const QList<int>, matches);
        OutputMatcher matcher({.text = text,
                               .expression = flags.contains(u'e'),
                               .caseSensitive = flags.contains(u'c'),
                               .wholeWord = flags.contains(u'w')});
        QVERIFY2(matcher.isValid(), qPrintable(matcher.problem()));
        QCOMPARE(matcher.problem(), QString());
        QList<int> found;
        for (const auto &match : matchesIn(matcher, line))
            found << int(match.start) << int(match.length);
        QCOMPARE(found, matches);
        QCOMPARE(matcher.count(line), matches.size() / 2);
        QCOMPARE(matcher.firstLine(QByteArray("\n" + line + "\n")), matches.isEmpty() ? -1 : 1);
        QCOMPARE(matcher.tooComplex(), 0);
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("problem");
        QTest::newRow("group") << "ab(cd"
                               << "The expression is not complete: missing ) at its end.";
        QTest::newRow("class") << "ä[cd"
                               << "The expression is not complete: missing ] at its end.";
        QTest::newRow("backslash") << "ä\\"
                                   << "The expression is not complete: nothing follows the \\ at its end.";
        QTest::newRow("unmatched")
            << "ä)b"
            << "The expression cannot be used: the ) at character 2 has no ( before it.";
        QTest::newRow("repeat")
            << "a|*b"
            << "The expression cannot be used: there is nothing to repeat at character 3.";
        QTest::newRow("other")
            << "[z-a]x"
            << "The expression cannot be used: range out of order in character class, at character 4.";
        QTest::newRow("not by our parentheses")
            << "a)(b"
            << "The expression cannot be used: the ) at character 2 has no ( before it.";
    }
    void saysWhatIsWrong()
    {
        QFETCH(const QString, text);
        QFETCH(const QString, problem);
        for (const bool word : {false, true}) {
            OutputMatcher matcher({.text = text, .expression = true, .wholeWord = word});
            QVERIFY(!matcher.isValid());
            QCOMPARE(matcher.problem(), problem);
            QVERIFY(!matcher.find("ab(cd"));
            QCOMPARE(matcher.count("a)b\n"), 0);
            QCOMPARE(matcher.firstLine("a)b\n"), -1);
        }
    }

    void givesUpOnALineThatTakesTooLong()
    {
        OutputMatcher matcher(expressionQuery(QStringLiteral("(a+)+[bc]")));
        const QByteArray bad(4000, 'a');
        QVERIFY(!matcher.find(bad));
        QCOMPARE(matcher.tooComplex(), 1);
        QCOMPARE(countAtOnce(matcher, "aab\n" + bad + "\nxaab\n"), (Counted{2, 2, 0}));
        QCOMPARE(matcher.tooComplex(), 2);
        OutputMatcher moved(std::move(matcher));
        QCOMPARE(moved.tooComplex(), 2);
    }

    void takesEachLineAlone_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"a",
                                 "b+",
                                 "^b",
                                 "a$",
                                 "^a?b*$",
                                 "[^a]+",
                                 "\\s+b",
                                 "a\\W",
                                 "\\Aa",
                                 "b\\z",
                                 "a(?=[^b])",
                                 "(?<=[^a])b",
                                 "(?<!b)a",
                                 "a(?>[^b]*)$",
                                 "a[^b]*+$",
                                 "(?s)a.*",
                                 "\\Ga",
                                 "a\\Kb",
                                 "a\\R?b",
                                 "(a|b)\\1",
                                 "b\\b",
                                 "\\Ba",
                                 "(?:a|ab)(?:c|bcd)?\\n?",
                                 "(*CR)^a",
                                 "(?i)B",
                                 "a|\\n",
                                 "ä.",
                                 "[^\\w]",
                                 "a.{0,3}b",
                                 "\\n",
                                 "(?m)^a",
                                 "(?-m)^a"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void takesEachLineAlone()
    {
        QFETCH(const QString, text);
        constexpr quint32 seed = 4711;
        QRandomGenerator random(seed);
        const QByteArrayList parts{"a", "b", "a", "b", "\n", "ab", "\n\n", " ", "ä", "c", "x", "\r"};
        OutputMatcher matcher(expressionQuery(text));
        QVERIFY2(matcher.isValid(), qPrintable(matcher.problem()));
        const QRegularExpression reference(text, QRegularExpression::UseUnicodePropertiesOption);
        for (int round = 0; round < 60; ++round) {
            QByteArray lines;
            const int size = round < 50 ? random.bounded(60) : 20'000 + random.bounded(30'000);
            while (lines.size() < size)
                lines += parts.at(random.bounded(int(parts.size())));
            const Counted wanted = countByLine(matcher, lines);
            const Counted counted = countAtOnce(matcher, lines);
            const QByteArray where = "seed " + QByteArray::number(seed) + ", round " +
                                     QByteArray::number(round) + ", " +
                                     lines.left(200).toPercentEncoding(" ");
            QVERIFY2(counted == wanted, differs(counted, wanted, where).constData());
            if (!text.startsWith(QLatin1String("(*"))) {
                const Counted qt = countByQt(reference, lines);
                QVERIFY2(counted == qt, differs(counted, qt, where + ", Qt").constData());
            }
        }
        QCOMPARE(matcher.tooComplex(), 0);
    }

    void agreesWithAPlainSearchOnRandomBytes()
    {
        constexpr quint32 seed = 815;
        QRandomGenerator random(seed);
        for (int round = 0; round < 400; ++round) {
            const int letters = 1 + random.bounded(round % 2 ? 3 : 26);
            QByteArray lines;
            const int size = random.bounded(round % 10 ? 200 : 30'000);
            while (lines.size() < size)
                lines += random.bounded(12) ? char('A' + random.bounded(letters)) : '\n';
            QByteArray needle;
            const int length = 1 + random.bounded(4);
            while (needle.size() < length)
                needle += char('A' + random.bounded(letters));
            Counted wanted;
            qsizetype at = 0;
            for (const QByteArray &line : lines.split('\n')) {
                qint64 matches = 0;
                for (qsizetype i = line.indexOf(needle); i >= 0; i = line.indexOf(needle, i + needle.size()))
                    ++matches;
                wanted.matches += matches;
                wanted.lines += matches ? 1 : 0;
                if (matches && wanted.first < 0)
                    wanted.first = at;
                at += line.size() + 1;
            }
            OutputMatcher bytes(textQuery(QString::fromLatin1(needle)));
            OutputMatcher folded({.text = QString::fromLatin1(needle.toLower())});
            for (OutputMatcher *matcher : {&bytes, &folded}) {
                const Counted counted = countAtOnce(*matcher, lines);
                const QByteArray where = "seed " + QByteArray::number(seed) + ", round " +
                                         QByteArray::number(round) + ", " + needle;
                QVERIFY2(counted == wanted, differs(counted, wanted, where).constData());
                QCOMPARE(countByLine(*matcher, lines), wanted);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestOutputMatcher)
#include "tst_outputmatcher.moc"
