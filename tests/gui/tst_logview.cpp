// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/icons.h"
#include "gui/logview.h"
#include "patience.h"
#include "testhome.h"

#include <QApplication>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <algorithm>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Answers a view's wishes from rows in memory: at once, or when it is told to.
class Pages final : public QObject
{
    Q_DISABLE_COPY_MOVE(Pages)

public:
    explicit Pages(LogView *view)
        : m_view(view)
    {
        connect(view, &LogView::pageWanted, this, [this](const PageWish &wish) {
            ++wishes;
            last = wish;
            if (!delayed) {
                m_view->setPage(answer(wish));
            }
        });
    }

    ShownLine &add(const QString &text, int stream = 1, int source = 0)
    {
        sources = std::max(sources, source + 1);
        ShownLine line;
        line.text = text;
        line.place.source = source;
        line.place.stream = stream;
        line.place.offset = end(source);
        line.place.end = line.place.offset + static_cast<quint64>(text.toUtf8().size()) + 1;
        line.place.number = lines.size() + 1;
        line.place.timeNs = firstTimeNs + lines.size() * 1'000'000;
        line.place.endTimeNs = line.place.timeNs;
        m_ends[source] = line.place.end;
        m_total += line.place.end - line.place.offset;
        m_before.append(m_total);
        m_cuts.append(ends());
        lines.append(line);
        return lines.last();
    }
    void addNumbered(int count)
    {
        const auto first = lines.size();
        for (int i = 0; i < count; ++i) {
            add(u"row %1"_s.arg(first + i));
        }
    }
    /// What is still owed.
    void deliver() { m_view->setPage(answer(last)); }

    OutputPage answer(const PageWish &wish) const
    {
        OutputPage page;
        page.stamp = wish.stamp;
        page.place = wish.place;
        page.bytesTotal = m_total;
        page.ends = ends();
        page.anything = !lines.isEmpty();
        const int all = static_cast<int>(lines.size());
        int at = all;
        switch (wish.place) {
        case PageWish::Place::End:
            break;
        case PageWish::Place::Begin:
            at = dropped;
            break;
        case PageWish::Place::Cut:
            at = firstAfter(wish.cut);
            break;
        case PageWish::Place::Bytes:
            at = static_cast<int>(std::upper_bound(m_before.cbegin(), m_before.cend(), wish.bytes) -
                                  m_before.cbegin());
            break;
        case PageWish::Place::Time:
            for (at = 0; at < all && lines.at(at).place.endTimeNs < wish.timeNs; ++at) {
            }
            break;
        case PageWish::Place::Next:
        case PageWish::Place::Previous:
            at = match(wish);
            page.found = at >= 0;
            if (!page.found) {
                return page;
            }
            page.matchesBefore = 0;
            for (int i = 0; i < at; ++i) {
                page.matchesBefore += lines.at(i).matches.size();
            }
            break;
        }
        const int first = std::max(dropped, at - std::min(wish.before, atMost));
        const int next = std::min(all, at + std::min(wish.after, atMost));
        page.lines = lines.mid(first, next - first);
        page.anchor = at - first;
        page.cut = first == 0 ? OutputCut(sources, 0) : m_cuts.at(first - 1);
        page.bytesBefore = first == 0 ? 0 : m_before.at(first - 1);
        page.atBegin = first <= dropped;
        page.atEnd = next == all;
        if (!wish.newSince.isEmpty()) {
            page.newLines = all - firstAfter(wish.newSince);
        }
        return page;
    }

    bool delayed = false;
    int wishes = 0;
    PageWish last;
    QList<ShownLine> lines;
    int dropped = 0;
    int atMost = 1'000'000; ///< rows on either side of the place, whatever is wanted
    int sources = 1;
    static constexpr qint64 firstTimeNs = 1'700'000'000'000'000'000;

private:
    quint64 end(int source) const { return m_ends.value(source); }
    QList<quint64> ends() const
    {
        QList<quint64> all;
        for (int source = 0; source < sources; ++source) {
            all.append(end(source));
        }
        return all;
    }
    int firstAfter(const OutputCut &cut) const
    {
        return static_cast<int>(std::partition_point(lines.cbegin(), lines.cend(),
                                                     [&cut](const ShownLine &line) {
                                                         return line.place.end <=
                                                                cut.value(line.place.source);
                                                     }) -
                                lines.cbegin());
    }
    int match(const PageWish &wish) const
    {
        const int all = static_cast<int>(lines.size());
        const int from = firstAfter(wish.cut);
        for (int i = 0; i < all; ++i) {
            const int row =
                wish.place == PageWish::Place::Next ? (from + i) % all : (from - 1 - i + all) % all;
            if (!lines.at(row).matches.isEmpty()) {
                return row;
            }
        }
        return -1;
    }

    LogView *m_view;
    QHash<int, quint64> m_ends;
    QList<quint64> m_before;
    QList<QList<quint64>> m_cuts;
    quint64 m_total = 0;
};

QString firstText(const LogView &view)
{
    return view.visibleLines().isEmpty() ? QString() : view.visibleLines().constFirst().text;
}

int lineHeight(const LogView &view)
{
    return view.rectOf(0, 0).height();
}

/// Rows that are seen whole.
int fullLines(const LogView &view)
{
    return view.viewport()->height() / lineHeight(view);
}

QString lastWholeText(const LogView &view)
{
    return view.visibleLines().value(fullLines(view) - 1).text;
}

void wheel(LogView &view, int angle, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    const QPointF point = view.viewport()->rect().center();
    QWheelEvent event(point, view.viewport()->mapToGlobal(point), QPoint(), QPoint(0, angle), Qt::NoButton,
                      modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.viewport(), &event);
}

/// How many pixels of the viewport are of about this colour.
int pixelsLike(const QImage &image, const QRect &area, const QColor &colour)
{
    int found = 0;
    const QRect inside = area.intersected(image.rect());
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        for (int x = inside.left(); x <= inside.right(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            found += std::abs(pixel.red() - colour.red()) + std::abs(pixel.green() - colour.green()) +
                                 std::abs(pixel.blue() - colour.blue()) <
                             24
                         ? 1
                         : 0;
        }
    }
    return found;
}

/// Pixels that are not of the background.
[[maybe_unused]] int inkIn(const QImage &image, const QRect &area, const QColor &background)
{
    const QRect inside = area.intersected(image.rect());
    return inside.width() * inside.height() - pixelsLike(image, area, background);
}

QImage picture(LogView &view)
{
    return view.viewport()->grab().toImage();
}

} // namespace

class TestLogView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_view = std::make_unique<LogView>();
        m_pages = std::make_unique<Pages>(m_view.get());
        m_view->resize(700, 400);
    }
    void cleanup()
    {
        m_view.reset();
        m_pages.reset();
    }

    void showsTheEndAndFollows();
    void letsGoWhenScrolledUp();
    void tellsNewLinesByAPill();
    void followsAgainAtTheEnd();
    void goesThroughAllRows_data();
    void goesThroughAllRows();
    void dragsTheSlider();
    void dragsToTheRowWhenAllIsThere();
    void asksForOnePageAtATimeWhileDragging();
    void takesOnlyTheNewestPage();
    void keepsTheTopRowWhenRowsVanish();

private:
    void show()
    {
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->reset();
    }

    std::unique_ptr<LogView> m_view;
    std::unique_ptr<Pages> m_pages;
};

void TestLogView::showsTheEndAndFollows()
{
    m_pages->addNumbered(1000);
    show();
    QVERIFY(m_view->isFollowing());
    QCOMPARE(lastWholeText(*m_view), u"row 999"_s);
    QCOMPARE(m_view->verticalScrollBar()->value(), m_view->verticalScrollBar()->maximum());
    m_pages->addNumbered(10);
    m_view->refresh();
    QCOMPARE(lastWholeText(*m_view), u"row 1009"_s);
    QVERIFY(m_view->visibleText().contains(u"row 1008\nrow 1009"_s));
}

void TestLogView::letsGoWhenScrolledUp()
{
    m_pages->addNumbered(1000);
    show();
    QSignalSpy changed(m_view.get(), &LogView::followingChanged);
    const QString before = firstText(*m_view);
    wheel(*m_view, 40); // a third of a notch: one row
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(changed.size(), 1);
    const QString top = firstText(*m_view);
    QVERIFY(top != before);
    m_pages->addNumbered(100);
    m_view->refresh();
    QCOMPARE(firstText(*m_view), top);
    wheel(*m_view, 120);
    QCOMPARE(firstText(*m_view), u"row %1"_s.arg(top.mid(4).toInt() - 3));
}

void TestLogView::tellsNewLinesByAPill()
{
    m_pages->addNumbered(1000);
    show();
    auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
    QVERIFY(pill);
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    m_view->refresh();
    QVERIFY(!pill->isVisible());
    m_pages->addNumbered(1);
    m_view->refresh();
    QVERIFY(pill->isVisible());
    QCOMPARE(pill->text(), u"⤓ 1 new line"_s);
    m_pages->addNumbered(41);
    m_view->refresh();
    QCOMPARE(pill->text(), u"⤓ 42 new lines"_s);
    QTest::mouseClick(pill, Qt::LeftButton);
    QVERIFY(m_view->isFollowing());
    QVERIFY(!pill->isVisible());
    QCOMPARE(lastWholeText(*m_view), u"row 1041"_s);
}

void TestLogView::followsAgainAtTheEnd()
{
    m_pages->addNumbered(1000);
    show();
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(firstText(*m_view), u"row 0"_s);
    QTest::keyClick(m_view.get(), Qt::Key_End);
    QVERIFY(m_view->isFollowing());
    QCOMPARE(lastWholeText(*m_view), u"row 999"_s);
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    QVERIFY(!m_view->isFollowing());
    QTest::keyClick(m_view.get(), Qt::Key_PageDown);
    QVERIFY(m_view->isFollowing());
    m_view->setFollowing(false);
    QVERIFY(!m_view->isFollowing());
    wheel(*m_view, -120);
    QVERIFY(m_view->isFollowing());
}

void TestLogView::goesThroughAllRows_data()
{
    QTest::addColumn<bool>("delayed");
    QTest::addColumn<bool>("wrap");
    QTest::addColumn<int>("atMost");
    QTest::newRow("at once") << false << false << 1'000'000;
    QTest::newRow("later") << true << false << 1'000'000;
    QTest::newRow("wrapped") << false << true << 1'000'000;
    QTest::newRow("short pages") << false << false << 7;
}

void TestLogView::goesThroughAllRows()
{
    QFETCH(bool, delayed);
    QFETCH(bool, wrap);
    QFETCH(int, atMost);
    const int count = atMost < 100 ? 1'000 : 100'000;
    m_pages->addNumbered(count);
    m_pages->atMost = atMost;
    m_view->setWrap(wrap);
    show();
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    m_pages->delayed = delayed;
    QSet<QString> seen;
    const auto look = [&] {
        const QList<ShownLine> lines = m_view->visibleLines();
        for (qsizetype i = 0; i < lines.size(); ++i) {
            seen.insert(lines.at(i).text);
            if (i > 0) {
                QCOMPARE(lines.at(i).place.number, lines.at(i - 1).place.number + 1);
            }
        }
    };
    int wishes = m_pages->wishes;
    const auto go = [&](int key, auto isThere) {
        for (int step = 0; step < count && !isThere(); ++step) {
            const qint64 before = m_view->visibleLines().constFirst().place.number;
            QTest::keyClick(m_view.get(), Qt::Key(key));
            if (delayed && m_pages->wishes != wishes) {
                m_pages->deliver();
                wishes = m_pages->wishes;
            }
            look();
            const qint64 after = m_view->visibleLines().constFirst().place.number;
            QVERIFY2(std::abs(after - before) <= fullLines(*m_view),
                     qPrintable(u"%1 %2"_s.arg(before).arg(after)));
        }
    };
    look();
    go(Qt::Key_PageDown, [&] { return m_view->isFollowing(); });
    QCOMPARE(m_view->visibleLines().constLast().text, u"row %1"_s.arg(count - 1));
    QCOMPARE(seen.size(), count);
    seen.clear();
    look();
    go(Qt::Key_PageUp, [&] { return firstText(*m_view) == u"row 0"_s; });
    QCOMPARE(firstText(*m_view), u"row 0"_s);
    QCOMPARE(seen.size(), count);
    QCOMPARE(m_view->verticalScrollBar()->value(), 0);
}

void TestLogView::dragsTheSlider()
{
    m_pages->addNumbered(100'000);
    show();
    QScrollBar *bar = m_view->verticalScrollBar();
    bar->setSliderDown(true);
    bar->setSliderPosition(bar->maximum() / 2);
    QVERIFY(!m_view->isFollowing());
    const qint64 number = m_view->visibleLines().constFirst().place.number;
    QVERIFY2(number > 45'000 && number < 55'000, qPrintable(QString::number(number)));
    bar->setSliderPosition(0);
    QCOMPARE(firstText(*m_view), u"row 0"_s);
    bar->setSliderPosition(bar->maximum());
    QCOMPARE(lastWholeText(*m_view), u"row 99999"_s);
    QVERIFY(m_view->isFollowing());
    bar->setSliderDown(false);
    QCOMPARE(bar->value(), bar->maximum());
}

void TestLogView::dragsToTheRowWhenAllIsThere()
{
    m_pages->addNumbered(90);
    show();
    QScrollBar *bar = m_view->verticalScrollBar();
    QSet<QString> tops;
    for (int value = 0; value <= bar->maximum(); ++value) {
        bar->setSliderPosition(value);
        tops.insert(firstText(*m_view));
    }
    QCOMPARE(tops.size(), 90 - fullLines(*m_view) + 1);
    QCOMPARE(lastWholeText(*m_view), u"row 89"_s);
}

void TestLogView::asksForOnePageAtATimeWhileDragging()
{
    m_pages->addNumbered(100'000);
    show();
    m_pages->delayed = true;
    QScrollBar *bar = m_view->verticalScrollBar();
    bar->setSliderDown(true);
    const int before = m_pages->wishes;
    for (int i = 1; i <= 20; ++i) {
        bar->setSliderPosition(bar->maximum() / 100 * i);
    }
    QCOMPARE(m_pages->wishes, before + 1);
    m_pages->deliver();
    QCOMPARE(m_pages->wishes, before + 2);
    m_pages->deliver();
    QCOMPARE(m_pages->wishes, before + 2);
    const qint64 number = m_view->visibleLines().constFirst().place.number;
    QVERIFY2(number > 17'000 && number < 23'000, qPrintable(QString::number(number)));
    QCOMPARE(bar->value(), bar->maximum() / 100 * 20);
}

void TestLogView::takesOnlyTheNewestPage()
{
    m_pages->addNumbered(1000);
    show();
    m_pages->delayed = true;
    PageWish first;
    first.place = PageWish::Place::Begin;
    m_view->goTo(first);
    const OutputPage old = m_pages->answer(m_pages->last);
    PageWish second;
    second.place = PageWish::Place::Time;
    second.timeNs = Pages::firstTimeNs + 500'000'000;
    m_view->goTo(second);
    const QString before = m_view->visibleText();
    m_view->setPage(old);
    QCOMPARE(m_view->visibleText(), before);
    m_pages->deliver();
    QCOMPARE(m_view->visibleLines().value(fullLines(*m_view) / 3).text, u"row 500"_s);
}

void TestLogView::keepsTheTopRowWhenRowsVanish()
{
    m_pages->addNumbered(1000);
    show();
    PageWish wish;
    wish.place = PageWish::Place::Time;
    wish.timeNs = Pages::firstTimeNs + 300'000'000;
    m_view->goTo(wish);
    m_pages->dropped = 250;
    const QString top = firstText(*m_view);
    m_view->refresh();
    QCOMPARE(firstText(*m_view), top);
    m_pages->dropped = 600;
    m_view->refresh();
    QCOMPARE(firstText(*m_view), u"row 600"_s);
    m_pages->dropped = 1000;
    m_view->refresh();
    QCOMPARE(m_view->visibleText(), QString());
    picture(*m_view);
}

QTEST_MAIN(TestLogView)

#include "tst_logview.moc"
