// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/envsubst.h"

#include <QMap>
#include <QProcess>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QTest>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

const QMap<QString, QString> values{{u"V"_s, u"one/two/three.tar.gz"_s},
                                    {u"EMPTY"_s, u""_s},
                                    {u"W"_s, u"hello World"_s},
                                    {u"U"_s, u"Ähre öl"_s},
                                    {u"X"_s, u"a*b[c].d"_s},
                                    {u"ST"_s, u"*"_s}};

std::optional<QString> lookup(const QString &name)
{
    return values.contains(name) ? std::optional(values.value(name)) : std::nullopt;
}

} // namespace

class TestEnvSubst final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    // bash knows the same functions, so it says what is right.
    void functionsGiveWhatBashGives()
    {
        const QStringList expressions{u"${V}"_s,           u"${#V}"_s,
                                      u"${EMPTY}"_s,       u"${NONE}"_s,
                                      u"${#NONE}"_s,       u"${V:-x}"_s,
                                      u"${V-x}"_s,         u"${EMPTY:-x}"_s,
                                      u"${EMPTY-x}"_s,     u"${NONE:-x y}"_s,
                                      u"${NONE-x}"_s,      u"${NONE:-}"_s,
                                      u"${NONE:-${V}}"_s,  u"${NONE:-a${NONE:-b}c}"_s,
                                      u"${NONE:-:}"_s,     u"${NONE:-a#b%c/d}"_s,
                                      u"${V:+x}"_s,        u"${EMPTY:+x}"_s,
                                      u"${EMPTY+x}"_s,     u"${NONE:+x}"_s,
                                      u"${NONE+x}"_s,      u"${V:?no}"_s,
                                      u"${W^}"_s,          u"${W^^}"_s,
                                      u"${W,}"_s,          u"${W,,}"_s,
                                      u"${U^^}"_s,         u"${U,,}"_s,
                                      u"${V:4}"_s,         u"${V:4:3}"_s,
                                      u"${V:0:0}"_s,       u"${V: -3}"_s,
                                      u"${V: -6:2}"_s,     u"${V:2:-2}"_s,
                                      u"${V:99}"_s,        u"${V#*/}"_s,
                                      u"${V##*/}"_s,       u"${V%/*}"_s,
                                      u"${V%%/*}"_s,       u"${V%.gz}"_s,
                                      u"${V%.*}"_s,        u"${V%%.*}"_s,
                                      u"${V#one}"_s,       u"${V#two}"_s,
                                      u"${V#[a-o]?}"_s,    u"${V#[!a-n]}"_s,
                                      u"${V%[x-z]}"_s,     u"${V/t/T}"_s,
                                      u"${V//t/T}"_s,      u"${V/#one/1}"_s,
                                      u"${V/%gz/xz}"_s,    u"${V/#two/2}"_s,
                                      u"${V//[aeiou]/}"_s, u"${V/t*e/x}"_s,
                                      u"${V//\\//:}"_s,    u"${V/one}"_s,
                                      u"${V//o/${W}}"_s,   u"${X#*[[]}"_s,
                                      u"${X//\\*/x}"_s,    u"${X/[.]/,}"_s,
                                      u"${X%%${ST}}"_s,    u"${V//e/}"_s,
                                      u"${EMPTY//a/b}"_s,  u"a${V}b${W}c"_s};
        QProcess bash;
        QProcessEnvironment environment;
        for (auto it = values.cbegin(); it != values.cend(); ++it)
            environment.insert(it.key(), it.value());
        environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
        bash.setProcessEnvironment(environment);
        bash.start(u"/bin/bash"_s, {});
        for (const QString &expression : expressions)
            bash.write(u"printf '%s\\0' \"%1\"\n"_s.arg(expression).toUtf8());
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QCOMPARE(bash.readAllStandardError(), QByteArray());
        const QList<QByteArray> expected = bash.readAllStandardOutput().split('\0');
        QCOMPARE(expected.size(), expressions.size() + 1);
        for (qsizetype i = 0; i < expressions.size(); ++i) {
            ExpansionError error;
            const std::optional<QString> expanded = expandVariables(expressions.at(i), lookup, &error);
            QVERIFY2(expanded, qPrintable(expressions.at(i) + u": "_s + error.message));
            QVERIFY2(*expanded == QString::fromUtf8(expected.at(i)),
                     qPrintable(expressions.at(i) + u" gives "_s + *expanded + u", not "_s +
                                QString::fromUtf8(expected.at(i))));
        }
    }

    void theRestIsLeftToTheShell()
    {
        for (const QString &text : {u"$V $i $1 $(date) $((1+2)) $ $"_s, u"a } b { c"_s, u""_s, u"100 %"_s})
            QCOMPARE(expandVariables(text, lookup, nullptr), text);
        QCOMPARE(expandVariables(u"$$ $$V $${V} $$$${V} $$${EMPTY}"_s, lookup, nullptr),
                 u"$ $V ${V} $${V} $"_s);
    }

    void namesThatAreNotSetAreTold()
    {
        QStringList unset;
        expandVariables(u"${A} ${B:-x} ${V} ${A} ${EMPTY} ${C}"_s, lookup, nullptr, &unset);
        QCOMPARE(unset, (QStringList{u"A"_s, u"C"_s}));
    }

    void errors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qsizetype>("position");
        QTest::addColumn<QString>("says");
        QTest::newRow("open") << u"ab ${V"_s << qsizetype(3) << u"not closed"_s;
        QTest::newRow("open inside") << u"${V:-${W}"_s << qsizetype(0) << u"not closed"_s;
        QTest::newRow("empty") << u"a${}"_s << qsizetype(1) << u"${}"_s;
        QTest::newRow("array") << u"${a[@]}"_s << qsizetype(0) << u"Write \"$${a[@]}\""_s;
        QTest::newRow("position") << u"${1}"_s << qsizetype(0) << u"${1}"_s;
        QTest::newRow("number") << u"${V:x}"_s << qsizetype(0) << u"${V:x}"_s;
        QTest::newRow("asked for") << u"${NONE:?give one}"_s << qsizetype(0)
                                   << u"NONE is not set: give one"_s;
        QTest::newRow("deep") << u"${N:-"_s.repeated(100) + u"}"_s.repeated(100) << qsizetype(160)
                              << u"deeply"_s;
        QTest::newRow("long") << u"${V//[a-z]/%1}"_s.arg(QString(4 << 20, u'x')) << qsizetype(5)
                              << u"too long"_s;
    }
    void errors()
    {
        QFETCH(QString, text);
        QFETCH(qsizetype, position);
        QFETCH(QString, says);
        ExpansionError error;
        QVERIFY(!expandVariables(text, lookup, &error));
        QCOMPARE(error.position, position);
        QVERIFY2(error.message.contains(says), qPrintable(error.message));
        QVERIFY(!expandVariables(text, lookup, nullptr));
    }
};

QTEST_GUILESS_MAIN(TestEnvSubst)
#include "tst_envsubst.moc"
