// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logviewprivate.h"

#include <QLocale>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>

namespace procession {
namespace {

constexpr quint64 maximumBarValue = quint64(1) << 30; // a scroll bar counts in int

} // namespace

void LogView::Private::ask(PageWish wanted, Show then)
{
    wanted.stamp = ++stamp;
    wanted.before = std::max(wanted.before, 3 * fullLines());
    wanted.after = std::max(wanted.after, 4 * fullLines());
    wanted.newSince = following ? OutputCut() : letGoAt;
    wish = wanted;
    show = then;
    if (then != Show::SameTop) {
        direction = 0;
    }
    waiting = true;
    draggedTo.reset();
    Q_EMIT q->pageWanted(wanted);
}

void LogView::Private::askAround(const OutputCut &cut)
{
    PageWish around;
    around.place = PageWish::Place::Cut;
    around.cut = cut;
    ask(around, Show::SameTop);
}

void LogView::Private::askEnd()
{
    PageWish end;
    end.place = PageWish::Place::End;
    ask(end, Show::AnchorInside);
}

void LogView::Private::take(const OutputPage &page)
{
    // A wish is answered again when more is known: then the view may have been scrolled on meanwhile.
    const bool isFirst = waiting;
    const Show then = show;
    waiting = false;
    show = Show::SameTop;
    const bool isSearch = page.place == PageWish::Place::Next || page.place == PageWish::Place::Previous;
    if (isSearch && !isFirst && !page.found) {
        return;
    }
    const bool isMatch = isSearch && isFirst;
    if (isMatch && !page.found) {
        match = -1;
        matchesBefore = -1;
        q->viewport()->update();
        Q_EMIT q->currentMatchChanged();
        return;
    }
    const bool hadRows = rows.count() > 0;
    LogPosition before;
    if (hadRows) {
        before = rows.position(std::min(top.row, rows.count() - 1));
    }
    const LogRows old = rows;
    const Line oldTop = top;
    rows.setPage(page);
    qint64 greatest = 0;
    for (const ShownLine &line : page.lines) {
        greatest = std::max(greatest, line.place.number);
    }
    const bool isWider = greatest > 0 && gutter.makeRoomFor(greatest);
    if (isWider && wrap) {
        rows.setWrapCells(columns());
    }
    selection.update(rows);
    if (current) {
        const int row = rows.rowOf(current->place);
        if (row >= 0) {
            *current = rows.position(row);
        }
        if (row >= 0 && match >= 0 && !isMatch && rows.line(row).matches.value(match) != matchPlace) {
            match = -1; // something else is searched now
            matchesBefore = -1;
            Q_EMIT q->currentMatchChanged();
        }
    }
    if (following || (isFirst && page.place == PageWish::Place::End)) {
        setTop(lastTop());
    } else if (then == Show::AnchorAtTop) {
        setTop({page.anchor, 0});
    } else if (!hadRows || !keepTop(before, oldTop.line)) {
        const bool isThere =
            !hadRows || then == Show::AnchorInside ||
            (isFirst && (wish.place != PageWish::Place::Cut || compareCuts(wish.cut, before.cut) == 0));
        if (!isThere) { // it was scrolled on meanwhile, to where this page does not reach
            rows = old;
            top = oldTop;
            askAround(before.cut);
            return;
        }
        setTop({rows.firstAfter(before.cut), 0});
    }
    if (isMatch) {
        takeMatch(page);
    } else if (then == Show::AnchorInside && page.place != PageWish::Place::End) {
        placeAnchor();
    }
    scrolled();
    describe();
    if (isWider) {
        Q_EMIT q->gridChanged();
    }
    if (stepWhenThere != 0) {
        const bool forward = stepWhenThere > 0;
        stepWhenThere = 0;
        q->goToMatch(forward);
    } else if (draggedTo) {
        showBytes(*draggedTo);
    }
}

/// False: the page does not reach to what was at the top.
bool LogView::Private::keepTop(const LogPosition &before, int line)
{
    const int row = rows.rowOf(before.place);
    if (row >= 0) {
        setTop({row, line});
        return true;
    }
    const OutputPage &page = rows.page();
    const int next = rows.firstAfter(before.cut);
    const bool isBefore = compareCuts(before.cut, page.cut) < 0;
    if ((isBefore && !page.atBegin) || (next == rows.count() && !page.atEnd)) {
        return false;
    }
    setTop({next, 0});
    return true;
}

void LogView::Private::takeMatch(const OutputPage &page)
{
    const int row = std::clamp(page.anchor, 0, std::max(0, rows.count() - 1));
    if (rows.count() == 0) {
        return;
    }
    const QList<ShownLine::Match> &matches = rows.line(row).matches;
    match = page.place == PageWish::Place::Next ? 0 : static_cast<int>(matches.size()) - 1;
    matchPlace = matches.value(match);
    matchesBefore = page.matchesBefore;
    current = rows.position(row);
    showRow(row, matchPlace.start);
    Q_EMIT q->currentMatchChanged();
}

void LogView::Private::placeAnchor()
{
    if (rows.count() == 0) {
        return;
    }
    const int row = std::clamp(rows.page().anchor, 0, rows.count() - 1);
    if (rows.page().place == PageWish::Place::Begin) {
        setTop({0, 0});
        return;
    }
    current = rows.position(row);
    setTop(moved({row, 0}, -fullLines() / 3));
}

/// Asks for more as long as it is not needed yet, so that it is there when it is.
void LogView::Private::askNearEdges()
{
    if (waiting || draggedTo || following || rows.count() == 0) {
        return; // of the end there is enough
    }
    const OutputPage &page = rows.page();
    const int near = std::max(20, fullLines());
    const bool nearBegin = direction <= 0 && !page.atBegin && top.row < near;
    const bool nearEnd =
        direction >= 0 && !page.atEnd && moved(top, fullLines() + near) >= Line{rows.count() - 1, 0};
    if (!nearBegin && !nearEnd) {
        return;
    }
    const OutputCut cut = rows.cutBefore(top.row);
    if (wish.place == PageWish::Place::Cut && wish.cut == cut) {
        return; // that is what there is around here
    }
    askAround(cut);
}

LogView::Private::Line LogView::Private::moved(Line from, int lines) const
{
    if (rows.count() == 0) {
        return {};
    }
    from.row = std::clamp(from.row, 0, rows.count() - 1);
    from.line = std::min(from.line, rows.linesOf(from.row) - 1) + lines;
    while (from.line < 0) {
        if (from.row == 0) {
            return {};
        }
        --from.row;
        from.line += rows.linesOf(from.row);
    }
    for (int high = rows.linesOf(from.row); from.line >= high; high = rows.linesOf(from.row)) {
        if (from.row == rows.count() - 1) {
            from.line = high - 1;
            break;
        }
        from.line -= high;
        ++from.row;
    }
    return from;
}

/// The top at which the page's last row is the last one seen.
LogView::Private::Line LogView::Private::lastTop() const
{
    const int last = rows.count() - 1;
    return last < 0 ? Line() : moved({last, rows.linesOf(last) - 1}, 1 - fullLines());
}

bool LogView::Private::isAtEnd() const
{
    return rows.page().atEnd && top >= lastTop();
}

void LogView::Private::setTop(Line line)
{
    // A page of few, long rows need not fill the view: then what is behind it can be got to all the same.
    const bool isShort = !rows.page().atEnd && rows.count() < 2 * fullLines();
    top = std::min(moved(line, 0), isShort ? Line{std::max(0, rows.count() - 1), 0} : lastTop());
}

void LogView::Private::scrollLines(int lines)
{
    if (rows.count() == 0 || lines == 0) {
        return;
    }
    setTop(moved(top, lines));
    direction = lines;
    // Of long rows a page may have few: there are more before it, although it is all seen.
    const bool isCut = lines < 0 && top == Line() && !rows.page().atBegin;
    if (isAtEnd() && !isCut) {
        if (lines > 0 && selection.isEmpty() && !following) {
            follow();
            return;
        }
    } else {
        letGo();
    }
    scrolled();
}

void LogView::Private::goHome()
{
    if (rows.page().atBegin) {
        setTop({});
        if (!isAtEnd()) {
            letGo();
        }
        scrolled();
        return;
    }
    letGo();
    PageWish begin;
    begin.place = PageWish::Place::Begin;
    ask(begin, Show::AnchorAtTop);
}

void LogView::Private::goEnd()
{
    if (selection.isEmpty()) {
        follow();
    } else {
        askEnd();
    }
}

/// After anything that changed what is seen.
void LogView::Private::scrolled()
{
    syncBars();
    updatePill();
    askNearEdges();
    q->viewport()->update();
}

/// Brings a row into view, and this column of it.
void LogView::Private::showRow(int row, int column)
{
    const LogLayout &layout = rows.layout(row);
    const int cell = layout.cellOf(rows.line(row).text, column);
    const int wrapCells = rows.wrapCells();
    const Line line{row, wrapCells > 0 ? cell / wrapCells : 0};
    if (line < top || line > moved(top, fullLines() - 1)) {
        setTop(moved(line, -fullLines() / 3));
    }
    if (wrapCells == 0) {
        syncBars();
        QScrollBar *bar = q->horizontalScrollBar();
        if (cell < bar->value() || cell >= bar->value() + columns() - 1) {
            const QScopedValueRollback guard(updatingBars, true);
            bar->setValue(cell < columns() ? 0 : cell - columns() / 2);
        }
    }
    scrolled();
}

/// The scroll bar's steps go by rows, not by bytes.
void LogView::Private::barAction(int action)
{
    QScrollBar *bar = q->verticalScrollBar();
    switch (action) {
    case QAbstractSlider::SliderSingleStepAdd:
        scrollLines(1);
        break;
    case QAbstractSlider::SliderSingleStepSub:
        scrollLines(-1);
        break;
    case QAbstractSlider::SliderPageStepAdd:
        scrollPages(1);
        break;
    case QAbstractSlider::SliderPageStepSub:
        scrollPages(-1);
        break;
    case QAbstractSlider::SliderToMinimum:
        goHome();
        break;
    case QAbstractSlider::SliderToMaximum:
        goEnd();
        break;
    default:
        return;
    }
    bar->setSliderPosition(bar->value());
}

/// The slider was put somewhere, not by us.
void LogView::Private::barMoved()
{
    const QScrollBar *bar = q->verticalScrollBar();
    const OutputPage &page = rows.page();
    if (bar->value() >= bar->maximum()) {
        if (page.atEnd) {
            setTop(lastTop());
        }
        if (!following) {
            goEnd();
        }
        return;
    }
    letGo();
    showBytes(static_cast<quint64>(bar->value()) << shift);
}

/// Shows the row that has about so many bytes before it at the top.
void LogView::Private::showBytes(quint64 bytes)
{
    const OutputPage &page = rows.page();
    const int row = rows.rowAtBytes(bytes);
    const bool isHere =
        rows.count() > 0 && bytes >= page.bytesBefore && bytes < rows.bytesBefore(rows.count());
    const bool isFilled = page.atEnd || moved({row, 0}, fullLines()) < Line{rows.count() - 1, 0};
    if (isHere && isFilled) {
        draggedTo.reset();
        const quint64 size = rows.bytesBefore(row + 1) - rows.bytesBefore(row);
        const quint64 within = bytes - rows.bytesBefore(row);
        const auto lines = static_cast<quint64>(rows.linesOf(row));
        setTop({row, size == 0 ? 0 : static_cast<int>(within * lines / size)});
        scrolled();
        return;
    }
    if (q->verticalScrollBar()->isSliderDown() && waiting && wish.place == PageWish::Place::Bytes) {
        draggedTo = bytes; // one page at a time; only the last place matters
        return;
    }
    PageWish there;
    there.place = bytes == 0 ? PageWish::Place::Begin : PageWish::Place::Bytes;
    there.bytes = bytes;
    ask(there, Show::AnchorAtTop);
}

void LogView::Private::syncBars()
{
    const QScopedValueRollback guard(updatingBars, true);
    const OutputPage &page = rows.page();
    const quint64 total = std::max(page.bytesTotal, rows.bytesBefore(rows.count()));
    shift = 0;
    while ((total >> shift) > maximumBarValue) {
        ++shift;
    }
    const quint64 at = bytesAt(top);
    quint64 last = bytesAt(lastTop());
    if (!page.atEnd && rows.count() > 0) {
        const quint64 inPage = rows.bytesBefore(rows.count()) - page.bytesBefore;
        const quint64 seen = inPage * static_cast<quint64>(fullLines()) / static_cast<quint64>(rows.count());
        last = std::max(at + 1, total - std::min(total, seen));
    }
    const int maximum = static_cast<int>(last >> shift);
    int value = static_cast<int>(at >> shift);
    if (isAtEnd()) {
        value = maximum;
    } else {
        value = std::min(value, maximum - 1);
    }
    QScrollBar *bar = q->verticalScrollBar();
    const bool isFirst = page.atBegin && top == Line();
    const bool isHeld = bar->isSliderDown(); // then it stays under the mouse
    bar->setPageStep(std::max(1, static_cast<int>((total >> shift)) - maximum));
    bar->setRange(0, rows.count() == 0 ? 0 : std::max(maximum, isFirst ? 0 : 1));
    if (!isHeld) {
        bar->setValue(isFirst ? 0 : std::max(value, 1));
    }

    QScrollBar *across = q->horizontalScrollBar();
    widest = wrap ? 0 : std::max(widest, rows.widestCells());
    across->setPageStep(columns());
    across->setSingleStep(4);
    across->setRange(0, std::max(0, widest - columns()));
}

void LogView::Private::letGo()
{
    if (!following) {
        return;
    }
    following = false;
    const OutputPage &page = rows.page();
    letGoAt = page.ends.isEmpty() ? rows.cutBefore(rows.count()) : page.ends;
    Q_EMIT q->followingChanged(false);
    if (waiting && wish.place == PageWish::Place::End && rows.count() > 0) {
        askAround(rows.cutBefore(top.row)); // the end is not where it will be
    }
}

void LogView::Private::follow()
{
    if (!selection.isEmpty()) {
        clearSelection(); // else it may be begun: by a click, to be extended to the end by another
    }
    const bool changed = !following;
    following = true;
    if (changed) {
        Q_EMIT q->followingChanged(true);
    }
    if (rows.page().atEnd) {
        setTop(lastTop());
    }
    askEnd();
    scrolled();
}

void LogView::Private::updatePill()
{
    const qint64 count = following ? 0 : rows.page().newLines;
    pill->setVisible(count > 0);
    if (count > 0) {
        pill->setText(count > 1 ? LogView::tr("⤓ %1 new lines").arg(QLocale().toString(count))
                                : LogView::tr("⤓ 1 new line"));
        placePill();
    }
}

quint64 LogView::Private::bytesAt(Line line) const
{
    const quint64 before = rows.bytesBefore(line.row);
    if (line.line == 0) {
        return before;
    }
    const quint64 size = rows.bytesBefore(line.row + 1) - before;
    return before + size * static_cast<quint64>(line.line) / static_cast<quint64>(rows.linesOf(line.row));
}

} // namespace procession
