// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/inputbar.h"

#include "testhome.h"

#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace procession;

class TestInputBar final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_bar = std::make_unique<InputBar>();
        m_bar->setWorker(WorkerId(1), false);
        m_bar->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_bar.get()));
        m_sent = std::make_unique<QSignalSpy>(m_bar.get(), &InputBar::inputRequested);
        m_ended = std::make_unique<QSignalSpy>(m_bar.get(), &InputBar::endRequested);
    }
    void cleanup() { m_bar.reset(); }

    void sendsALine()
    {
        QTest::keyClicks(edit(), QStringLiteral("yes"));
        QTest::keyClick(edit(), Qt::Key_Return);
        QCOMPARE(sent(), QByteArrayList{"yes\n"});
        QCOMPARE(edit()->text(), QString());
        QTest::keyClick(edit(), Qt::Key_Return); // an empty line is an answer too
        edit()->setText(QStringLiteral("grüße"));
        click("inputSendButton");
        QCOMPARE(sent(), QByteArrayList({"yes\n", "\n", "grüße\n"}));
        QVERIFY(m_ended->isEmpty());
        click("inputEndButton");
        QCOMPARE(m_ended->count(), 1);
    }

    void bringsBackEarlierLines()
    {
        for (const char *line : {"one", "two", "two", ""}) {
            QTest::keyClicks(edit(), QLatin1StringView(line));
            QTest::keyClick(edit(), Qt::Key_Return);
        }
        QTest::keyClicks(edit(), QStringLiteral("half"));
        QCOMPARE(after(Qt::Key_Up), QStringLiteral("two"));
        QCOMPARE(after(Qt::Key_Up), QStringLiteral("one")); // the same line twice is one
        QCOMPARE(after(Qt::Key_Up), QStringLiteral("one"));
        QCOMPARE(after(Qt::Key_Down), QStringLiteral("two"));
        QCOMPARE(after(Qt::Key_Down), QStringLiteral("half"));
        QCOMPARE(after(Qt::Key_Down), QStringLiteral("half"));
    }

    void remembersNotWithoutEnd()
    {
        for (int i = 0; i < InputBar::mostLines + 20; ++i) {
            edit()->setText(QString::number(i));
            QTest::keyClick(edit(), Qt::Key_Return);
        }
        for (int i = 0; i < InputBar::mostLines + 50; ++i)
            after(Qt::Key_Up);
        QCOMPARE(edit()->text(), QStringLiteral("20"));
    }

    /// What was begun for one worker must not go to another that was selected meanwhile.
    void anUnfinishedLineStaysWithItsWorker()
    {
        QTest::keyClicks(edit(), QStringLiteral("rm -r"));
        m_bar->setWorker(WorkerId(2), false);
        QCOMPARE(edit()->text(), QString());
        QTest::keyClicks(edit(), QStringLiteral("ls"));
        m_bar->setWorker(WorkerId(1), false);
        QCOMPARE(edit()->text(), QStringLiteral("rm -r"));
        m_bar->setWorker(WorkerId(1), false);
        QCOMPARE(edit()->text(), QStringLiteral("rm -r"));
        m_bar->setWorker(WorkerId(2), false);
        QCOMPARE(edit()->text(), QStringLiteral("ls"));
    }

    void saysWhatIsNotRead()
    {
        const auto *label = m_bar->findChild<QLabel *>(QStringLiteral("inputWaitingLabel"));
        QVERIFY(!label->isVisible());
        m_bar->setWaiting(WorkerId(2), 99);
        QVERIFY(!label->isVisible());
        m_bar->setWaiting(WorkerId(1), 12 * 1024);
        QVERIFY(label->isVisible());
        QCOMPARE(label->text(), QStringLiteral("12.0 KiB not read yet"));
        m_bar->setWorker(WorkerId(2), false);
        QCOMPARE(label->text(), QStringLiteral("99 bytes not read yet"));
        m_bar->setWaiting(WorkerId(2), 0);
        QVERIFY(!label->isVisible());
    }

    /// Ctrl+C interrupts and Ctrl+D ends the input of a terminal only; selected text is copied as ever.
    void aTerminalsKeys()
    {
        QShortcut duplicate(QKeySequence(Qt::CTRL | Qt::Key_D), m_bar.get());
        QSignalSpy duplicated(&duplicate, &QShortcut::activated);
        QTest::keyClick(edit(), Qt::Key_C, Qt::ControlModifier);
        QTest::keyClick(edit(), Qt::Key_D, Qt::ControlModifier);
        QVERIFY(m_sent->isEmpty());
        QVERIFY(m_ended->isEmpty());
        QVERIFY(!button("inputInterruptButton")->isVisible());

        m_bar->setWorker(WorkerId(1), true);
        duplicated.clear();
        QTest::keyClicks(edit(), QStringLiteral("never mind"));
        QTest::keyClick(edit(), Qt::Key_D, Qt::ControlModifier); // within a line it does nothing
        QVERIFY(m_ended->isEmpty());
        edit()->selectAll();
        QTest::keyClick(edit(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(m_sent->isEmpty());
        edit()->deselect();
        QTest::keyClick(edit(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(sent(), QByteArrayList{"\x03"});
        QCOMPARE(edit()->text(), QString());
        QTest::keyClick(edit(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(m_ended->count(), 1);
        QVERIFY2(duplicated.isEmpty(), "the window's shortcut took the key");
        click("inputInterruptButton");
        QCOMPARE(sent(), QByteArrayList({"\x03", "\x03"}));
    }

private:
    QLineEdit *edit() const { return m_bar->findChild<QLineEdit *>(QStringLiteral("inputEdit")); }
    QToolButton *button(const char *name) const
    {
        return m_bar->findChild<QToolButton *>(QLatin1StringView(name));
    }
    void click(const char *name) const { QTest::mouseClick(button(name), Qt::LeftButton); }
    QString after(Qt::Key key) const
    {
        QTest::keyClick(edit(), key);
        return edit()->text();
    }
    QByteArrayList sent() const
    {
        QByteArrayList all;
        for (const QList<QVariant> &one : *m_sent)
            all.append(one.first().toByteArray());
        return all;
    }

    std::unique_ptr<InputBar> m_bar;
    std::unique_ptr<QSignalSpy> m_sent;
    std::unique_ptr<QSignalSpy> m_ended;
};

QTEST_MAIN(TestInputBar)
#include "tst_inputbar.moc"
