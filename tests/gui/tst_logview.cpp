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
#include <QToolTip>
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
int inkIn(const QImage &image, const QRect &area, const QColor &background)
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
    void staysWhenAnEndIsAnsweredAgain();
    void keepsTheTopRowWhenRowsVanish();
    void wraps();
    void zooms();
    void showsTimesAndNumbers();
    void showsNames();
    void marksStandardError();
    void tellsTheRowThatWasClicked();
    void selectsWithTheMouse();
    void selectsWordsAndRows();
    void selectsAcrossPages();
    void selectsWithTheKeyboard();
    void selectsARowThatGrows();
    void stepsThroughMatches();
    void showsAMatchFarToTheRight();
    void marksWhereMatchesAre();
    void opensLinks();
    void paintsEveryKindOfText_data();
    void paintsEveryKindOfText();
    void paintsColours();
    void mirrorsTheChromeOnly();
    void scrollsWithTheBarsButtons();
    void showsARowOfManyCharacters();
    void tellsMoreInTooltips();
    void saysWhatTheRowIs();
    void offersAMenu();

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
    wheel(*m_view, 20); // what is not worth a row yet is kept
    QCOMPARE(firstText(*m_view), u"row %1"_s.arg(top.mid(4).toInt() - 3));
    wheel(*m_view, 20);
    QCOMPARE(firstText(*m_view), u"row %1"_s.arg(top.mid(4).toInt() - 4));
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

void TestLogView::staysWhenAnEndIsAnsweredAgain()
{
    m_pages->addNumbered(1000);
    show();
    m_pages->delayed = true;
    m_view->refresh();
    m_pages->deliver();
    wheel(*m_view, 120);
    const QString top = firstText(*m_view);
    m_pages->deliver();
    QCOMPARE(firstText(*m_view), top);
    m_pages->addNumbered(3'000); // now the end is elsewhere
    m_pages->deliver();
    QCOMPARE(firstText(*m_view), top);
    QVERIFY(!m_view->isFollowing());
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

void TestLogView::wraps()
{
    m_pages->addNumbered(5);
    const int columns = m_view->gridSize(m_view->size()).width();
    m_pages->add(QString(columns * 3, u'x') + u"end"_s);
    m_pages->add(u"last"_s);
    show();
    QScrollBar *across = m_view->horizontalScrollBar();
    QVERIFY(across->maximum() >= columns * 2);
    QCOMPARE(m_view->rectOf(6, 0).top(), m_view->rectOf(5, 0).bottom() + 1);
    across->setValue(across->maximum());
    QVERIFY(m_view->viewport()->rect().contains(m_view->rectOf(5, columns * 3 + 2)));
    across->setValue(0);
    m_view->setWrap(true);
    QCOMPARE(across->maximum(), 0);
    const QRect first = m_view->rectOf(5, 0);
    const QRect end = m_view->rectOf(5, static_cast<int>(m_pages->lines.at(5).text.size()) - 1);
    QVERIFY(end.top() >= first.top() + 2 * lineHeight(*m_view));
    QVERIFY(m_view->viewport()->rect().contains(end));
    QCOMPARE(m_view->rectOf(6, 0).top(), end.bottom() + 1);
    const QColor base = m_view->palette().color(QPalette::Base);
    QVERIFY(inkIn(picture(*m_view), end, base) > 0);
    // The line that goes on is marked in the gutter.
    QVERIFY(inkIn(picture(*m_view), QRect(0, end.top(), first.left(), end.height()), base) > 0);
    QCOMPARE(inkIn(picture(*m_view), QRect(0, first.top(), first.left(), first.height()), base), 0);
    // What is seen of a row stays when more is known of it.
    m_pages->add(QString(columns * 100, u'y'));
    m_view->setFollowing(true);
    wheel(*m_view, 120);
    const int top = m_view->rectOf(0, 0).top();
    QVERIFY(top < 0);
    m_pages->add(u"more"_s);
    m_view->refresh();
    QCOMPARE(m_view->rectOf(0, 0).top(), top);
    // A wide character does not lie across the end of a line.
    m_pages->add(QString(u"界"_s).repeated(columns));
    m_view->setFollowing(true);
    for (int i = 0; i < columns; ++i) {
        const QRect rect = m_view->rectOf(static_cast<int>(m_view->visibleLines().size()) - 1, i);
        QVERIFY(rect.right() <= m_view->viewport()->rect().right());
    }
}

void TestLogView::zooms()
{
    m_pages->addNumbered(500);
    show();
    QSignalSpy zoomed(m_view.get(), &LogView::zoomChanged);
    QSignalSpy grid(m_view.get(), &LogView::gridChanged);
    const int before = lineHeight(*m_view);
    const QSize gridBefore = m_view->gridSize(m_view->size());
    wheel(*m_view, 120, Qt::ControlModifier);
    wheel(*m_view, 120, Qt::ControlModifier);
    QCOMPARE(m_view->zoom(), 2);
    QCOMPARE(zoomed.size(), 2);
    QVERIFY(!grid.isEmpty());
    QVERIFY(lineHeight(*m_view) > before);
    QVERIFY(m_view->gridSize(m_view->size()).width() < gridBefore.width());
    QVERIFY(m_view->isFollowing());
    QCOMPARE(lastWholeText(*m_view), u"row 499"_s);
    m_view->setZoom(100);
    QCOMPARE(m_view->zoom(), 24);
    m_view->setZoom(-100);
    QCOMPARE(m_view->zoom(), -6);
    m_view->setZoom(0);
    QCOMPARE(lineHeight(*m_view), before);
    QCOMPARE(m_view->gridSize(m_view->size()), gridBefore);
}

void TestLogView::showsTimesAndNumbers()
{
    m_pages->addNumbered(3);
    m_pages->lines[2].place.afterGap = true;
    show();
    const QColor base = m_view->palette().color(QPalette::Base);
    const int bare = m_view->rectOf(0, 0).left();
    const QSize grid = m_view->gridSize(m_view->size());
    m_view->setNumbersShown(true);
    const int numbered = m_view->rectOf(0, 0).left();
    QVERIFY(numbered > bare);
    QVERIFY(m_view->gridSize(m_view->size()).width() < grid.width());
    QVERIFY(inkIn(picture(*m_view), QRect(0, 0, numbered, lineHeight(*m_view)), base) > 0);
    const auto ink = [&](int row) {
        return inkIn(picture(*m_view), QRect(0, m_view->rectOf(row, 0).top(), numbered, lineHeight(*m_view)),
                     base);
    };
    const int withoutGap = ink(1);
    m_pages->lines[1].place.afterGap = true;
    m_view->refresh();
    QVERIFY(ink(1) > withoutGap); // by a plus sign
    m_pages->lines[1].place.number = 0;
    m_view->refresh();
    QCOMPARE(ink(1), 0);
    m_view->setTimesShown(true);
    QVERIFY(m_view->rectOf(0, 0).left() > numbered);
    QVERIFY(ink(1) > 0);
    m_view->setNumbersShown(false);
    m_view->setTimesShown(false);
    QCOMPARE(m_view->rectOf(0, 0).left(), bare);
}

void TestLogView::showsNames()
{
    m_pages->add(u"one"_s, 1, 0);
    m_pages->add(u"two"_s, 1, 1);
    m_view->setNames({u"web"_s, u"a worker with a name that is much too long for a column"_s});
    show();
    const int left = m_view->rectOf(0, 0).left();
    QVERIFY(left > 0 && left < m_view->viewport()->width() / 2);
    const QColor base = m_view->palette().color(QPalette::Base);
    const QRect first(0, 0, left, lineHeight(*m_view));
    QVERIFY(inkIn(picture(*m_view), first, base) > 0);
    QVERIFY(inkIn(picture(*m_view), first.translated(0, first.height()), base) >
            inkIn(picture(*m_view), first, base));
    QSignalSpy activated(m_view.get(), &LogView::sourceActivated);
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(10, lineHeight(*m_view) * 3 / 2));
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated.constFirst().constFirst().value<RowPlace>().source, 1);
    QTest::keyClick(m_view.get(), Qt::Key_Return);
    QCOMPARE(activated.size(), 2);
}

void TestLogView::marksStandardError()
{
    m_pages->add(u"out"_s, 1);
    m_pages->add(u"err"_s, 2);
    show();
    const QColor base = m_view->palette().color(QPalette::Base);
    const auto beside = [&](int row) {
        const QRect rect = m_view->rectOf(row, 0);
        return QRect(0, rect.top(), rect.left(), rect.height());
    };
    QCOMPARE(inkIn(picture(*m_view), beside(0), base), 0);
    QVERIFY(inkIn(picture(*m_view), beside(1), base) >= 3 * lineHeight(*m_view));
}

void TestLogView::tellsTheRowThatWasClicked()
{
    m_pages->addNumbered(3);
    show();
    QSignalSpy clicked(m_view.get(), &LogView::lineClicked);
    const QImage before = picture(*m_view);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(1, 2).center());
    QCOMPARE(clicked.size(), 1);
    QCOMPARE(clicked.constFirst().constFirst().value<RowPlace>(), m_pages->lines.at(1).place);
    QVERIFY(picture(*m_view) != before);
    QVERIFY(m_view->isFollowing());
    // Below the rows there is none.
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(100, lineHeight(*m_view) * 5));
    QCOMPARE(clicked.size(), 1);
}

void TestLogView::selectsWithTheMouse()
{
    m_pages->addNumbered(100);
    show();
    QSignalSpy available(m_view.get(), &LogView::copyAvailable);
    QSignalSpy copied(m_view.get(), &LogView::copyWanted);
    QSignalSpy clicked(m_view.get(), &LogView::lineClicked);
    const int first = static_cast<int>(m_view->visibleLines().constFirst().place.number) - 1;
    const QPoint from = m_view->rectOf(2, 1).topLeft() + QPoint(1, 2);
    const QPoint to = m_view->rectOf(4, 3).topLeft() + QPoint(1, 2);
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, from);
    QVERIFY(m_view->isFollowing());
    QTest::mouseMove(m_view->viewport(), to);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, to);
    QVERIFY(m_view->hasSelection());
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(available, QList<QVariantList>{{true}});
    QVERIFY(clicked.isEmpty());
    QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(copied.size(), 1);
    const auto part = copied.constFirst().constFirst().value<OutputPart>();
    QCOMPARE(part.from, OutputCut{m_pages->lines.at(first + 2).place.offset});
    QCOMPARE(part.fromColumn, 1);
    QCOMPARE(part.to, OutputCut{m_pages->lines.at(first + 4).place.end});
    QCOMPARE(part.toColumn, 3);
    const QColor highlight = m_view->palette().color(QPalette::Active, QPalette::Highlight);
    const QColor inactive = m_view->palette().color(QPalette::Inactive, QPalette::Highlight);
    const QImage image = picture(*m_view);
    const auto marked = [&](const QRect &rect) {
        return pixelsLike(image, rect, highlight) + pixelsLike(image, rect, inactive) > 0;
    };
    QVERIFY(!marked(m_view->rectOf(2, 0)));
    QVERIFY(marked(m_view->rectOf(2, 1)));
    QVERIFY(marked(m_view->rectOf(3, 0)));
    QVERIFY(marked(m_view->rectOf(4, 2)));
    QVERIFY(!marked(m_view->rectOf(4, 3)));
    // What comes meanwhile does not move it.
    const QString top = firstText(*m_view);
    m_pages->addNumbered(50);
    m_view->refresh();
    QCOMPARE(firstText(*m_view), top);
    // Shift and a click extend it.
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ShiftModifier,
                      m_view->rectOf(6, 2).topLeft() + QPoint(1, 2));
    m_view->copy(true);
    QCOMPARE(copied.constLast().constFirst().value<OutputPart>().to,
             OutputCut{m_pages->lines.at(first + 6).place.end});
    QCOMPARE(copied.constLast().constLast().toBool(), true);
    // A click takes it away.
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(3, 1).center());
    QVERIFY(!m_view->hasSelection());
    QCOMPARE(available.constLast(), QVariantList{false});
}

void TestLogView::selectsWordsAndRows()
{
    m_pages->add(u"some words_2, here"_s);
    m_pages->addNumbered(2);
    show();
    const QPoint point = m_view->rectOf(0, 7).center();
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, point);
    QCOMPARE(m_view->selectedWord(), u"words_2"_s);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, point);
    QCOMPARE(m_view->selectedWord(), u"some words_2, here"_s);
    QSignalSpy copied(m_view.get(), &LogView::copyWanted);
    m_view->copy();
    const auto part = copied.constFirst().constFirst().value<OutputPart>();
    QCOMPARE(part.from, OutputCut{0});
    QCOMPARE(part.to, OutputCut{m_pages->lines.constFirst().place.end});
    QCOMPARE(part.toColumn, -1);
}

void TestLogView::selectsAcrossPages()
{
    m_pages->addNumbered(5'000);
    show();
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    const QPoint from = m_view->rectOf(3, 2).topLeft() + QPoint(1, 2);
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, from);
    // Below the view: it scrolls as long as the mouse is there.
    const QPoint below(from.x(), m_view->viewport()->height() + 400);
    QTest::mouseMove(m_view->viewport(), below);
    QTRY_VERIFY(m_view->visibleLines().constFirst().place.number > 500);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, below);
    const QString top = firstText(*m_view);
    QTest::keyClick(m_view.get(), Qt::Key_End, Qt::ControlModifier | Qt::ShiftModifier);
    QSignalSpy copied(m_view.get(), &LogView::copyWanted);
    m_view->copy();
    auto part = copied.constLast().constFirst().value<OutputPart>();
    QCOMPARE(part.from, OutputCut{m_pages->lines.at(3).place.offset});
    QCOMPARE(part.fromColumn, 2);
    QCOMPARE(part.to, OutputCut{m_pages->lines.constLast().place.end});
    m_view->selectAll();
    m_view->copy();
    part = copied.constLast().constFirst().value<OutputPart>();
    QCOMPARE(part.from, OutputCut{0});
    QCOMPARE(part.fromColumn, 0);
    QCOMPARE(part.to, OutputCut{m_pages->lines.constLast().place.end});
    QCOMPARE(part.toColumn, -1);
    QVERIFY(m_view->hasSelection());
    // To follow gives it up.
    m_view->setFollowing(true);
    QVERIFY(!m_view->hasSelection());
}

void TestLogView::selectsWithTheKeyboard()
{
    m_pages->addNumbered(500);
    show();
    QTest::keyClick(m_view.get(), Qt::Key_Home);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(2, 0).topLeft() + QPoint(1, 2));
    QSignalSpy copied(m_view.get(), &LogView::copyWanted);
    const auto part = [&] {
        m_view->copy();
        return copied.constLast().constFirst().value<OutputPart>();
    };
    QTest::keyClick(m_view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(m_view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(m_view->selectedWord(), u"ro"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(m_view->selectedWord(), u"r"_s);
    QTest::keyClick(m_view.get(), Qt::Key_End, Qt::ShiftModifier);
    QCOMPARE(m_view->selectedWord(), u"row 2"_s);
    QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(part().to, OutputCut{m_pages->lines.at(3).place.end});
    QTest::keyClick(m_view.get(), Qt::Key_Home, Qt::ShiftModifier);
    QCOMPARE(part().to, OutputCut{m_pages->lines.at(2).place.end});
    QCOMPARE(part().toColumn, -1); // with its newline
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(m_view.get(), Qt::Key_PageDown, Qt::ShiftModifier);
    }
    QVERIFY(m_view->visibleLines().constFirst().place.number > 2 * fullLines(*m_view));
    QTest::keyClick(m_view.get(), Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(part().to, OutputCut{m_pages->lines.constLast().place.end});
}

void TestLogView::selectsARowThatGrows()
{
    m_pages->addNumbered(2);
    m_pages->add(u"progress 10%"_s).place.ending = RowPlace::Ending::Open;
    show();
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(2, 1).center());
    QCOMPARE(m_view->selectedWord(), u"progress"_s);
    ShownLine &line = m_pages->lines.last();
    line.text = u"progress 20% and more"_s;
    line.place.end += 100;
    m_view->refresh();
    QCOMPARE(m_view->selectedWord(), u"progress"_s);
    QSignalSpy copied(m_view.get(), &LogView::copyWanted);
    m_view->copy();
    const auto part = copied.constLast().constFirst().value<OutputPart>();
    QCOMPARE(part.to, OutputCut{line.place.end + 1}); // behind rows under way
    QCOMPARE(part.toColumn, 8);
    const auto highlighted = [&] {
        const QColor colour = m_view->palette().color(QPalette::Active, QPalette::Highlight);
        return pixelsLike(picture(*m_view), m_view->rectOf(2, 0) | m_view->rectOf(2, 12), colour);
    };
    const int word = highlighted();
    m_view->selectAll();
    QVERIFY(highlighted() > word);
}

void TestLogView::stepsThroughMatches()
{
    m_pages->addNumbered(1'000);
    for (const int row : {10, 500, 990}) {
        m_pages->lines[row].matches = {{0, 1}, {4, 2}};
    }
    show();
    QSignalSpy changed(m_view.get(), &LogView::currentMatchChanged);
    QCOMPARE(m_view->currentMatch(), 0);
    m_view->goToMatch(false); // from what is visible
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(m_view->currentMatch(), 6);
    m_view->goToMatch(false);
    QCOMPARE(m_view->currentMatch(), 5);
    m_view->goToMatch(false);
    QCOMPARE(m_view->currentMatch(), 4);
    QVERIFY(m_view->visibleText().contains(u"row 500"_s));
    const QString top = firstText(*m_view);
    m_view->goToMatch(true);
    QCOMPARE(m_view->currentMatch(), 5);
    m_view->goToMatch(false);
    QCOMPARE(firstText(*m_view), top);
    const int line = 500 - (top.mid(4).toInt());
    const QImage image = picture(*m_view);
    const QColor strong = image.pixelColor(m_view->rectOf(line, 4).topLeft() + QPoint(0, 1));
    const QColor weak = image.pixelColor(m_view->rectOf(line, 0).topLeft() + QPoint(0, 1));
    QVERIFY(strong != weak);
    QVERIFY(weak != m_view->palette().color(QPalette::Base));
    QCOMPARE(changed.size(), 5);
    m_view->goToMatch(true);
    m_view->goToMatch(true);
    m_view->goToMatch(true); // round
    QCOMPARE(m_view->currentMatch(), 1);
    QVERIFY(m_view->visibleText().contains(u"row 10\n"_s));
    // Nothing to be found: what is seen stays.
    for (ShownLine &shown : m_pages->lines) {
        shown.matches.clear();
    }
    const QString before = m_view->visibleText();
    m_view->refresh();
    m_view->goToMatch(true);
    QCOMPARE(m_view->currentMatch(), 0);
    QCOMPARE(m_view->visibleText(), before);
}

void TestLogView::showsAMatchFarToTheRight()
{
    m_pages->addNumbered(10);
    m_pages->add(QString(5'000, u'x') + u"needle"_s).matches = {{5'000, 6}};
    show();
    m_view->goToMatch(true);
    QVERIFY(m_view->viewport()->rect().contains(m_view->rectOf(10, 5'000)));
    QVERIFY(m_view->viewport()->rect().contains(m_view->rectOf(10, 5'005)));
}

void TestLogView::marksWhereMatchesAre()
{
    m_pages->addNumbered(1'000);
    show();
    const QImage before = picture(*m_view);
    const quint64 total = m_pages->answer({}).bytesTotal;
    m_view->setMarks({total / 2});
    const QImage after = picture(*m_view);
    const QRect strip(after.width() - 4, 0, 4, after.height());
    int changed = 0;
    int at = 0;
    for (int y = 0; y < strip.height(); ++y) {
        if (after.pixel(strip.left(), y) != before.pixel(strip.left(), y)) {
            ++changed;
            at = y;
        }
    }
    QVERIFY(changed > 0 && changed < 5);
    QVERIFY(std::abs(at - strip.height() / 2) < 5);
}

void TestLogView::opensLinks()
{
    m_pages->add(u"see main.c:12 and docs"_s).links = {{4, 9, u"main.c:12"_s},
                                                       {18, 4, u"https://example.org/"_s}};
    show();
    QSignalSpy opened(m_view.get(), &LogView::linkActivated);
    const QPoint point = m_view->rectOf(0, 6).center();
    const QColor base = m_view->palette().color(QPalette::Base);
    const auto under = [&](int column) {
        const QRect rect = m_view->rectOf(0, column);
        return inkIn(picture(*m_view), QRect(rect.left(), rect.bottom() - 2, rect.width(), 3), base);
    };
    const int plain = under(6);
    QVERIFY(under(19) > 0); // its target is not to be seen: always marked
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, point);
    QVERIFY(opened.isEmpty());
    QMouseEvent move(QEvent::MouseMove, point, m_view->viewport()->mapToGlobal(point), Qt::NoButton,
                     Qt::NoButton, Qt::ControlModifier);
    QApplication::sendEvent(m_view->viewport(), &move);
    QCOMPARE(m_view->viewport()->cursor().shape(), Qt::PointingHandCursor);
    QVERIFY(under(6) > plain);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ControlModifier, point);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened.constFirst().constLast().toString(), u"main.c:12"_s);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ControlModifier, m_view->rectOf(0, 1).center());
    QCOMPARE(opened.size(), 1);
    QMouseEvent away(QEvent::MouseMove, point, m_view->viewport()->mapToGlobal(point), Qt::NoButton,
                     Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(m_view->viewport(), &away);
    QCOMPARE(m_view->viewport()->cursor().shape(), Qt::IBeamCursor);
}

void TestLogView::paintsEveryKindOfText_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << u"plain text"_s;
    QTest::newRow("tabs") << u"\ta\tb"_s;
    QTest::newRow("accents") << u"\u00e9te\u0301 na\u00efve"_s;
    QTest::newRow("combining only") << u"\u0301\u0301\u0301"_s;
    QTest::newRow("wide") << u"\u4e16\u754c ok"_s;
    QTest::newRow("emoji") << u"\U0001F600\U0001F469\u200D\U0001F4BB!"_s;
    QTest::newRow("hebrew") << u"\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"_s;
    QTest::newRow("arabic") << u"x \u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645 y"_s;
    QTest::newRow("directions") << u"a\u202eb\u2066c"_s;
    QTest::newRow("half a pair") << u"a\xd83d b\xdc00"_s;
    QTest::newRow("not a character") << u"\ufffd\uffff"_s;
    QTest::newRow("zalgo") << u"a"_s + QString(300, QChar(0x0334)) + u"b"_s;
}

void TestLogView::paintsEveryKindOfText()
{
    QFETCH(QString, text);
    m_pages->add(text);
    const int size = static_cast<int>(text.size());
    m_pages->lines.last().matches = {{std::min(1, size - 1), 1}};
    m_pages->lines.last().spans = {{0, 1, {{}, {}, true}}};
    m_pages->add(text);
    show();
    const QColor base = m_view->palette().color(QPalette::Base);
    const QRect first = m_view->rectOf(1, 0);
    const QRect row(first.left(), first.top(), m_view->viewport()->width() - first.left(), first.height());
    if (!text.at(0).isMark()) { // which is drawn over what is before it
        QVERIFY(inkIn(picture(*m_view), row, base) > 5);
    }
    int last = 0;
    for (int column = 0; column < size; ++column) {
        const QRect rect = m_view->rectOf(1, column);
        QVERIFY(rect.left() >= last);
        last = rect.left();
    }
    for (const bool wrap : {true, false}) {
        m_view->setWrap(wrap);
        for (int width = 60; width < 400; width += 13) {
            m_view->resize(width, 200);
            picture(*m_view);
        }
    }
    m_view->selectAll();
    picture(*m_view);
    for (int i = 0; i <= size; ++i) {
        QTest::keyClick(m_view.get(), Qt::Key_Left, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_Left, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_Right, Qt::ShiftModifier);
    }
}

void TestLogView::paintsColours()
{
    ShownLine &line = m_pages->add(u"mmmm MMMM ####"_s);
    CharStyle red;
    red.foreground = {CharColour::Kind::Indexed, 1};
    CharStyle onBlue;
    onBlue.background = {CharColour::Kind::Rgb, 0x0000ff};
    line.spans = {{0, 4, red}, {10, 4, onBlue}};
    show();
    const auto reddest = [&] {
        const QImage image = picture(*m_view);
        int most = 0;
        const QRect area = m_view->rectOf(0, 0) | m_view->rectOf(0, 3);
        for (int x = area.left(); x <= area.right(); ++x) {
            for (int y = area.top(); y <= area.bottom(); ++y) {
                const QColor pixel = image.pixelColor(x, y);
                most = std::max(most, pixel.red() - pixel.green());
            }
        }
        return most;
    };
    QVERIFY(reddest() > 80);
    QVERIFY(pixelsLike(picture(*m_view), m_view->rectOf(0, 11), QColor(0, 0, 255)) > 10);
    QPalette dark;
    dark.setColor(QPalette::Window, QColor(0x20, 0x20, 0x24));
    dark.setColor(QPalette::Base, QColor(0x18, 0x18, 0x1c));
    dark.setColor(QPalette::Text, QColor(0xf0, 0xf0, 0xf0));
    m_view->setPalette(dark);
    const QImage image = picture(*m_view);
    QCOMPARE(image.pixelColor(image.width() / 2, image.height() - 3), QColor(0x18, 0x18, 0x1c));
    QVERIFY(reddest() > 80);
    const QRect plain = m_view->rectOf(0, 5) | m_view->rectOf(0, 8);
    QVERIFY(pixelsLike(image, plain, QColor(0xf0, 0xf0, 0xf0)) > 0);
}

void TestLogView::mirrorsTheChromeOnly()
{
    m_pages->add(u"text"_s, 2);
    m_view->setNumbersShown(true);
    show();
    const int left = m_view->rectOf(0, 0).left();
    QVERIFY(left > 10);
    m_view->setLayoutDirection(Qt::RightToLeft);
    QCOMPARE(m_view->rectOf(0, 0).left(), 0);
    QVERIFY(m_view->rectOf(0, 1).left() > 0);
    const QImage image = picture(*m_view);
    const QColor base = m_view->palette().color(QPalette::Base);
    QVERIFY(inkIn(image, QRect(image.width() - left, 0, left, lineHeight(*m_view)), base) > 10);
    QVERIFY(inkIn(image, m_view->rectOf(0, 0), base) > 0);
}

void TestLogView::scrollsWithTheBarsButtons()
{
    m_pages->addNumbered(10'000);
    show();
    QScrollBar *bar = m_view->verticalScrollBar();
    bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(lastWholeText(*m_view), u"row 9998"_s);
    bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    QCOMPARE(lastWholeText(*m_view), u"row %1"_s.arg(9998 - fullLines(*m_view) + 1));
    bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    QCOMPARE(lastWholeText(*m_view), u"row %1"_s.arg(9998 - fullLines(*m_view) + 2));
    bar->triggerAction(QAbstractSlider::SliderToMinimum);
    QCOMPARE(firstText(*m_view), u"row 0"_s);
    QCOMPARE(bar->value(), 0);
    bar->triggerAction(QAbstractSlider::SliderToMaximum);
    QVERIFY(m_view->isFollowing());
}

void TestLogView::showsARowOfManyCharacters()
{
    for (int i = 0; i < 30; ++i) {
        ShownLine &line = m_pages->add(QString(64 * 1024, i % 2 == 0 ? u'x' : QChar(0x4e16)));
        line.place.ending = RowPlace::Ending::Broken;
        line.place.continues = i > 0;
    }
    show();
    QScrollBar *across = m_view->horizontalScrollBar();
    across->setValue(across->maximum());
    const QColor base = m_view->palette().color(QPalette::Base);
    QVERIFY(inkIn(picture(*m_view), m_view->viewport()->rect(), base) > 100);
    m_view->setWrap(true);
    QVERIFY(m_view->isFollowing());
    QCOMPARE(m_view->visibleLines().size(), 1);
    const qint64 number = m_view->visibleLines().constFirst().place.number;
    QCOMPARE(number, 30);
    const int before = m_view->verticalScrollBar()->value();
    QTest::keyClick(m_view.get(), Qt::Key_PageUp);
    QCOMPARE(m_view->visibleLines().constFirst().place.number, 30);
    QVERIFY(m_view->verticalScrollBar()->value() < before);
    QVERIFY(inkIn(picture(*m_view), m_view->viewport()->rect(), base) > 100);
}

void TestLogView::tellsMoreInTooltips()
{
    m_pages->add(u"see <b>x</b>"_s, 2).links = {{4, 8, u"<b>x</b>"_s}};
    m_view->setTimesShown(true);
    show();
    const auto tip = [&](const QPoint &point) {
        QHelpEvent event(QEvent::ToolTip, point, m_view->viewport()->mapToGlobal(point));
        QApplication::sendEvent(m_view->viewport(), &event);
        return QToolTip::text();
    };
    const QRect row = m_view->rectOf(0, 0);
    const QString time = tip(QPoint(5, row.center().y()));
    QVERIFY2(time.contains(u"2023"_s) || time.contains(u"23"_s), qPrintable(time));
    QVERIFY(time.contains(u"standard error"_s));
    QVERIFY(tip(m_view->rectOf(0, 5).center()).contains(u"Ctrl+click to open &lt;b&gt;x"_s)); // no markup
    tip(QPoint(200, row.bottom() + 50));
    QTRY_VERIFY(!QToolTip::isVisible());
}

void TestLogView::saysWhatTheRowIs()
{
    m_pages->add(u"fine"_s, 1);
    m_pages->add(u"broken"_s, 2);
    show();
    QCOMPARE(m_view->accessibleName(), u"Output"_s);
    QCOMPARE(m_view->accessibleDescription(), QString());
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(0, 1).center());
    QCOMPARE(m_view->accessibleDescription(), u"fine"_s);
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, m_view->rectOf(1, 1).center());
    QCOMPARE(m_view->accessibleDescription(), u"Standard error: broken"_s);
    m_view->reset();
    QCOMPARE(m_view->accessibleDescription(), QString());
}

void TestLogView::offersAMenu()
{
    m_pages->add(u"see https://example.org/"_s).links = {{4, 20, u"https://example.org/"_s}};
    show();
    const auto actions = [&](const QPoint &point) {
        QContextMenuEvent event(QContextMenuEvent::Mouse, point, m_view->viewport()->mapToGlobal(point));
        QApplication::sendEvent(m_view->viewport(), &event);
        QStringList texts;
        auto *menu = m_view->findChild<QMenu *>(u"outputContextMenu"_s);
        if (!menu) {
            return texts;
        }
        const QList<QAction *> all = menu->actions();
        for (const QAction *action : all) {
            texts.append((action->isEnabled() ? QString() : u"-"_s) + action->text().remove(u'&'));
        }
        delete menu;
        return texts;
    };
    QCOMPARE(actions(m_view->rectOf(0, 1).center()),
             (QStringList{u"-Copy"_s, u"-Copy Raw Bytes"_s, u"Select All"_s}));
    m_view->selectAll();
    QCOMPARE(actions(m_view->rectOf(0, 6).center()),
             (QStringList{u"Copy"_s, u"Copy Raw Bytes"_s, u"Select All"_s, u""_s, u"Open Link"_s,
                          u"Copy Link"_s}));
}

QTEST_MAIN(TestLogView)

#include "tst_logview.moc"
