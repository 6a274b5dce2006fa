// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/roster.h"

#include "testhome.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTest>

#include <memory>

using namespace procession;

namespace {

std::shared_ptr<const WorkerSpec> spec(const QString &name)
{
    WorkerSpec made;
    made.name = name;
    made.command = Command::shell(QStringLiteral("echo ü \"$X\"\n"));
    made.workingDirectory = QStringLiteral("/tmp/a b");
    made.environment = {{QStringLiteral("A"), QStringLiteral("1=2")}};
    made.stopSignal = 2;
    made.grace = std::chrono::milliseconds(1500);
    made.disabled = true;
    made.group = QStringLiteral("g");
    made.description = QStringLiteral("d");
    return std::make_shared<const WorkerSpec>(made);
}

QString print(const Roster &roster)
{
    QString text = roster.projectFile() + u'\n';
    for (const Roster::Entry &entry : roster.entries()) {
        text += QStringLiteral("%1 %2 %3 %4\n")
                    .arg(quint64(entry.id))
                    .arg(entry.spec->name, entry.lastRun, entry.fromFile ? u"file"_qs : u"here"_qs);
    }
    return text;
}

} // namespace

class TestRoster final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_directory = m_home->filePath(QStringLiteral("roster"));
    }

    void keepsEverythingOfASpec()
    {
        {
            Roster roster;
            QCOMPARE(roster.open(m_directory), QString());
            roster.insert(0, spec(QStringLiteral("w")), true);
        }
        Roster roster;
        QCOMPARE(roster.open(m_directory), QString());
        QCOMPARE(*roster.entries().constFirst().spec, *spec(QStringLiteral("w")));
    }

    /// Random edits, reopened now and then: what is read is what was written, compaction included.
    void survivesReopening()
    {
        auto random = QRandomGenerator(42);
        auto roster = std::make_unique<Roster>();
        QCOMPARE(roster->open(m_directory), QString());
        const QString padding(2000, u'x'); // reaches the size at which a journal is compacted
        for (int step = 0; step < 2000; ++step) {
            const qsizetype size = roster->entries().size();
            const int at = size > 0 ? int(random.bounded(quint32(size))) : 0;
            switch (random.bounded(6)) {
            case 0:
            case 1:
                roster->insert(int(random.bounded(quint32(size + 1))), spec(u"w%1"_qs.arg(step) + padding),
                               step % 2);
                break;
            case 2:
                if (size > 0)
                    roster->edit(roster->entries().at(at).id, spec(u"e%1"_qs.arg(step)), false);
                break;
            case 3:
                if (size > 20) {
                    const QString before = print(*roster);
                    const auto removed =
                        roster->remove({roster->entries().at(at).id, roster->entries().at(size / 2).id});
                    roster->restore(removed);
                    QCOMPARE(print(*roster), before);
                    roster->remove({removed.constFirst().second.id});
                }
                break;
            case 4:
                if (size > 0)
                    roster->setLastRun(roster->entries().at(at).id, u"run-%1"_qs.arg(step));
                break;
            case 5:
                roster->setProject(u"/p%1"_qs.arg(step), "h");
                break;
            }
            if (step % 100 == 0) {
                const QString before = print(*roster);
                roster = std::make_unique<Roster>();
                QCOMPARE(roster->open(m_directory), QString());
                QCOMPARE(print(*roster), before);
            }
            for (int row = 0; row < roster->entries().size(); ++row)
                QCOMPARE(roster->position(roster->entries().at(row).id), row);
        }
        QVERIFY(QFile(m_directory + u"/journal").size() < 4 << 20);
    }

    void removesAWorkerNamedTwiceOnce()
    {
        Roster roster;
        QCOMPARE(roster.open(m_directory), QString());
        const WorkerId a = roster.insert(0, spec(QStringLiteral("a")), false);
        const WorkerId b = roster.insert(1, spec(QStringLiteral("b")), false);
        roster.insert(2, spec(QStringLiteral("c")), false);
        QCOMPARE(roster.remove({a, a, b}).size(), 2);
        QCOMPARE(roster.names(), QStringList{QStringLiteral("c")});
    }

    void neverReusesAnId()
    {
        WorkerId last{};
        {
            Roster roster;
            roster.open(m_directory);
            last = roster.insert(0, spec(QStringLiteral("w")), false);
            roster.remove({last});
        }
        Roster roster;
        roster.open(m_directory);
        QVERIFY(roster.insert(0, spec(QStringLiteral("w")), false) > last);
    }

    void takesATornJournal_data()
    {
        QTest::addColumn<QByteArray>("tail");
        QTest::addColumn<bool>("noticed");
        QTest::newRow("cut") << QByteArray("{\"op\":\"add\",\"id\":9,\"sp") << false;
        QTest::newRow("not JSON") << QByteArray("hello\n") << true;
        QTest::newRow("NULs") << QByteArray(100, '\0') + '\n' << true;
        QTest::newRow("of a newer version") << QByteArray("{\"op\":\"dance\",\"id\":1}\n") << false;
    }

    void takesATornJournal()
    {
        QFETCH(QByteArray, tail);
        QFETCH(bool, noticed);
        {
            Roster roster;
            roster.open(m_directory);
            roster.insert(0, spec(QStringLiteral("a")), false);
        }
        {
            QFile journal(m_directory + u"/journal");
            QVERIFY(journal.open(QIODevice::Append));
            journal.write(tail);
        }
        {
            Roster roster;
            QCOMPARE(roster.open(m_directory), QString());
            QCOMPARE(!roster.notice().isEmpty(), noticed);
            QCOMPARE(roster.names(), QStringList{QStringLiteral("a")});
            roster.insert(1, spec(QStringLiteral("b")), false);
        }
        Roster roster;
        QCOMPARE(roster.open(m_directory), QString());
        QCOMPARE(roster.names(), QStringList({QStringLiteral("a"), QStringLiteral("b")}));
    }

    void isPrivate()
    {
        Roster roster;
        roster.open(m_directory);
        const auto others = QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
        QVERIFY(!(QFile::permissions(m_directory + u"/journal") & others));
        QVERIFY(!(QFile::permissions(m_directory) & others));
    }

    void saysWhyItCannotOpen()
    {
        QFile file(m_directory);
        QVERIFY(file.open(QIODevice::WriteOnly));
        Roster roster;
        QVERIFY(roster.open(m_directory).contains(m_directory));
        QVERIFY(roster.open(m_directory + u"/below").contains(m_directory));
    }

private:
    std::unique_ptr<TestHome> m_home;
    QString m_directory;
};

QTEST_GUILESS_MAIN(TestRoster)
#include "tst_roster.moc"
