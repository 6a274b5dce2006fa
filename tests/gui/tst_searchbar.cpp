// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/searchbar.h"

#include "gui/icons.h"
#include "testhome.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace procession;

class TestSearchBar final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }
    void init()
    {
        failOnEveryWarning();
        m_bar = std::make_unique<SearchBar>();
        m_queries = std::make_unique<QSignalSpy>(m_bar.get(), &SearchBar::queryChanged);
        m_filters = std::make_unique<QSignalSpy>(m_bar.get(), &SearchBar::filterChanged);
        m_next = std::make_unique<QSignalSpy>(m_bar.get(), &SearchBar::nextRequested);
        m_previous = std::make_unique<QSignalSpy>(m_bar.get(), &SearchBar::previousRequested);
        m_closed = std::make_unique<QSignalSpy>(m_bar.get(), &SearchBar::closed);
    }
    void cleanup() { m_bar.reset(); }

    void asksOnceTypingPauses()
    {
        open();
        QVERIFY(m_queries->isEmpty());
        QTest::keyClicks(edit(), QStringLiteral("err"));
        QVERIFY(m_queries->isEmpty());
        QTRY_COMPARE(m_queries->count(), 1);
        QCOMPARE(asked(), (SearchQuery{.text = QStringLiteral("err")}));
        QTest::keyClick(edit(), Qt::Key_O);
        QTest::keyClick(edit(), Qt::Key_Return); // no pause is waited for
        QCOMPARE(asked().text, QStringLiteral("erro"));
        QCOMPARE(m_next->count(), 1);
        QTest::keyClick(edit(), Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(m_previous->count(), 1);
        QCOMPARE(m_next->count(), 1);
        QCOMPARE(m_queries->count(), 2);
    }

    void asksForWhatIsChosen()
    {
        open(QStringLiteral("a.c"));
        QCOMPARE(asked().text, QStringLiteral("a.c"));
        click("outputFindCaseButton");
        QCOMPARE(asked(), (SearchQuery{.text = QStringLiteral("a.c"), .caseSensitive = true}));
        click("outputFindWordButton");
        QVERIFY(asked().wholeWord);
        click("outputFindExpressionButton");
        QVERIFY(asked().expression);
        QCOMPARE(m_bar->query(), asked());
        QCOMPARE(m_queries->count(), 4);
        click("outputFindNextButton");
        click("outputFindPreviousButton");
        QCOMPARE(m_next->count(), 1);
        QCOMPARE(m_previous->count(), 1);
        QVERIFY(edit()->hasFocus()); // the mouse does not take the keyboard away
    }

    void showsOnlyMatchesWhereSomethingIsLookedFor()
    {
        open();
        auto *context = m_bar->findChild<QSpinBox *>(QStringLiteral("outputContextSpinBox"));
        QVERIFY(!context->isEnabled());
        click("outputFilterButton");
        QVERIFY(m_filters->isEmpty());
        edit()->setText(QStringLiteral("x"));
        QTRY_COMPARE(m_filters->count(), 1);
        QCOMPARE(m_filters->last(), (QVariantList{true, 0}));
        context->setValue(3);
        QCOMPARE(m_filters->last(), (QVariantList{true, 3}));
        edit()->clear();
        QTRY_COMPARE(m_filters->last(), (QVariantList{false, 0}));
    }

    void wantsNothingWhenClosed()
    {
        open(QStringLiteral("x"));
        click("outputFilterButton");
        QTest::keyClick(edit(), Qt::Key_Escape);
        QVERIFY(!m_bar->isVisible());
        QCOMPARE(m_closed->count(), 1);
        QVERIFY(asked().isEmpty());
        QVERIFY(!m_bar->onlyMatches());
        QCOMPARE(m_filters->last(), (QVariantList{false, 0}));
        open(); // what was looked for last
        QCOMPARE(asked().text, QStringLiteral("x"));
        QCOMPARE(edit()->selectedText(), QStringLiteral("x"));
        QCOMPARE(m_filters->last(), (QVariantList{true, 0}));
        click("outputFindCloseButton");
        QCOMPARE(m_closed->count(), 2);
    }

    void saysHowFarTheSearchIs()
    {
        open(QStringLiteral("x"));
        QCOMPARE(label(), QStringLiteral("Searching…"));
        SearchProgress progress;
        progress.total = 41;
        m_bar->setProgress(progress, 0);
        QCOMPARE(label(), QStringLiteral("Searching… 41 so far"));
        progress.total = 1234;
        progress.complete = true;
        m_bar->setProgress(progress, 0);
        QCOMPARE(label(), QStringLiteral("1,234 matches"));
        m_bar->setProgress(progress, 3);
        QCOMPARE(label(), QStringLiteral("3 of 1,234"));
        QVERIFY(button("outputFindNextButton")->isEnabled());
        progress.tooComplex = 2;
        m_bar->setProgress(progress, 0);
        QVERIFY(label().contains(QStringLiteral("2 lines were left out")));
        progress = {};
        progress.complete = true;
        m_bar->setProgress(progress, 0);
        QCOMPARE(label(), QStringLiteral("Not found"));
        QVERIFY(!button("outputFindNextButton")->isEnabled());
        edit()->setText(QStringLiteral("y")); // nothing is known of it yet
        QTRY_COMPARE(label(), QStringLiteral("Searching…"));
        edit()->clear();
        QTRY_COMPARE(label(), QString());
    }

    void saysWhatIsWrong()
    {
        open(QStringLiteral("(x"));
        SearchProgress progress;
        progress.complete = true;
        progress.problem = QStringLiteral("The expression is not complete: missing ) at its end.");
        m_bar->setProgress(progress, 0);
        QCOMPARE(label(), progress.problem);
        QCOMPARE(edit()->accessibleDescription(), progress.problem);
        QCOMPARE(marks(), 1);
        edit()->setText(QStringLiteral("(x)"));
        QTRY_COMPARE(marks(), 0);
        QCOMPARE(edit()->accessibleDescription(), QString());
    }

    void listsTheWorkersWithMatches()
    {
        open(QStringLiteral("x"));
        QSignalSpy scopes(m_bar.get(), &SearchBar::scopeChanged);
        QSignalSpy chosen(m_bar.get(), &SearchBar::workerChosen);
        auto *list = m_bar->findChild<QListWidget *>(QStringLiteral("outputFindList"));
        auto *scope = m_bar->findChild<QComboBox *>(QStringLiteral("outputFindScopeCombo"));
        m_bar->setScopeNames(QStringLiteral("Output of index"), QStringLiteral("All 3 workers"));
        QCOMPARE(scope->currentText(), QStringLiteral("Output of index"));
        m_bar->setWorkers(
            {{QStringLiteral("one"), 1}, {QStringLiteral("none"), 0}, {QStringLiteral("many"), 1200}});
        QVERIFY(!list->isVisible());
        scope->setCurrentIndex(1);
        QCOMPARE(scopes.last(), QVariantList{true});
        QVERIFY(m_bar->allWorkers());
        QVERIFY(list->isVisible());
        QCOMPARE(list->count(), 2);
        QCOMPARE(list->item(0)->text(), QStringLiteral("many — 1,200 matches"));
        QCOMPARE(list->item(1)->text(), QStringLiteral("one — 1 match"));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->item(0)).center());
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.last(), QVariantList{2});
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.last(), QVariantList{0});

        QList<SearchBar::WorkerMatches> many;
        for (int i = 0; i < SearchBar::maximumListed + 7; ++i)
            many.append({QStringLiteral("w%1").arg(i), 5});
        m_bar->setWorkers(many);
        QCOMPARE(list->count(), SearchBar::maximumListed + 1);
        QCOMPARE(list->item(SearchBar::maximumListed)->text(), QStringLiteral("7 more workers have matches"));
        QCOMPARE(list->currentItem()->text(), QStringLiteral("w0 — 5 matches")); // where it was
        scope->setCurrentIndex(0);
        QVERIFY(!list->isVisible());
    }

    void everythingHasAName()
    {
        open();
        for (const QWidget *widget : m_bar->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly)) {
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
            if (widget->focusPolicy() == Qt::NoFocus)
                continue;
            const auto *tool = qobject_cast<const QToolButton *>(widget);
            QVERIFY2(!widget->accessibleName().isEmpty() || (tool && !tool->text().isEmpty()),
                     qPrintable(widget->objectName()));
        }
    }

private:
    void open(const QString &text = {})
    {
        m_bar->open(text);
        m_bar->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_bar.get()));
    }
    QLineEdit *edit() { return m_bar->findChild<QLineEdit *>(QStringLiteral("outputFindEdit")); }
    QToolButton *button(const char *name) { return m_bar->findChild<QToolButton *>(QLatin1StringView(name)); }
    void click(const char *name) { QTest::mouseClick(button(name), Qt::LeftButton); }
    QString label() { return m_bar->findChild<QLabel *>(QStringLiteral("outputFindLabel"))->text(); }
    SearchQuery asked()
    {
        return m_queries->isEmpty() ? SearchQuery() : m_queries->last().first().value<SearchQuery>();
    }
    /// How many signs the edit shows beside its text, but for the one that clears it.
    qsizetype marks()
    {
        const auto actions = edit()->actions();
        return std::count_if(actions.begin(), actions.end(),
                             [](const QAction *action) { return action->isVisible(); });
    }

    std::unique_ptr<SearchBar> m_bar;
    std::unique_ptr<QSignalSpy> m_queries;
    std::unique_ptr<QSignalSpy> m_filters;
    std::unique_ptr<QSignalSpy> m_next;
    std::unique_ptr<QSignalSpy> m_previous;
    std::unique_ptr<QSignalSpy> m_closed;
};

QTEST_MAIN(TestSearchBar)
#include "tst_searchbar.moc"
