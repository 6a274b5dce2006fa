// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logview.h"

#include "gui/logviewprivate.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QFontDatabase>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QStyle>
#include <QTextDocument>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>

namespace procession {
namespace {

constexpr int leastZoom = -6;
constexpr int greatestZoom = 24;
constexpr double leastPoints = 4;

} // namespace

LogView::Private::Private(LogView *view)
    : q(view)
    , pill(new QPushButton(view))
{
}

LogView::LogView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , d(std::make_unique<Private>(this))
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Output"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    d->baseSize = fixed.pointSizeF() > 0 ? fixed.pointSizeF() : d->baseSize;
    d->pill->setObjectName(u"outputNewLinesButton"_qs);
    d->pill->setFont(QApplication::font("QPushButton"));
    d->pill->setCursor(Qt::ArrowCursor);
    d->pill->setFocusPolicy(Qt::NoFocus);
    d->pill->hide();
    connect(d->pill, &QPushButton::clicked, this, [this] { setFollowing(true); });
    QScrollBar *bar = verticalScrollBar();
    bar->installEventFilter(d.get());
    connect(bar, &QScrollBar::actionTriggered, this, [this](int action) { d->barAction(action); });
    connect(bar, &QScrollBar::sliderReleased, this, [this] { d->syncBars(); });
    setFont(fixed);
    d->grid.setPalette(palette());
    d->measure();
}

LogView::~LogView()
{
    verticalScrollBar()->removeEventFilter(d.get());
}

void LogView::setWrap(bool wrap)
{
    if (d->wrap != wrap) {
        d->wrap = wrap;
        d->top.line = 0;
        d->measure();
    }
}

void LogView::setTimesShown(bool shown)
{
    d->gutter.setTimesShown(shown);
    d->measure();
}

void LogView::setNumbersShown(bool shown)
{
    d->gutter.setNumbersShown(shown);
    d->measure();
}

void LogView::setNames(const QStringList &names)
{
    d->gutter.setNames(names);
    d->measure();
}

void LogView::setZoom(int steps)
{
    steps = std::clamp(steps, leastZoom, greatestZoom);
    if (d->zoom == steps) {
        return;
    }
    d->zoom = steps;
    QFont zoomed = font();
    zoomed.setPointSizeF(std::max(leastPoints, d->baseSize + steps));
    setFont(zoomed);
    Q_EMIT zoomChanged(steps);
}

int LogView::zoom() const
{
    return d->zoom;
}

void LogView::setMarks(const QList<quint64> &bytes)
{
    d->marks = bytes;
    viewport()->update();
}

void LogView::reset()
{
    const bool hadSelection = hasSelection();
    const bool wasFollowing = d->following;
    const bool hadMatch = d->match >= 0;
    d->rows.clear();
    d->selection.clear();
    d->current.reset();
    d->match = -1;
    d->matchesBefore = -1;
    d->marks.clear();
    d->hoveredRow.reset();
    d->hoveredLink = -1;
    d->pressed = d->dragging = false;
    d->autoScroll.stop();
    d->stepWhenThere = 0;
    d->top = {};
    d->widest = 0;
    d->following = true;
    d->letGoAt.clear();
    d->gutter.makeRoomFor(0);
    d->measure();
    d->describe();
    if (hadSelection) {
        Q_EMIT copyAvailable(false);
    }
    if (!wasFollowing) {
        Q_EMIT followingChanged(true);
    }
    if (hadMatch) {
        Q_EMIT currentMatchChanged();
    }
    d->askEnd();
}

void LogView::setPage(const OutputPage &page)
{
    if (page.stamp == d->stamp && d->stamp != 0) {
        d->take(page);
    }
}

void LogView::askAgain(quint64 stamp)
{
    if (!d->waiting || stamp != d->stamp) {
        return;
    }
    if (const std::optional<quint64> bytes = d->draggedTo) {
        d->waiting = false;
        d->showBytes(*bytes);
    } else {
        d->ask(d->wish, d->show);
    }
}

void LogView::refresh()
{
    if (d->following || d->rows.count() == 0) {
        d->askEnd();
    } else if (d->waiting && d->show != Private::Show::SameTop) {
        if (!verticalScrollBar()->isSliderDown()) {
            d->ask(d->wish, d->show); // where it is about to go
        }
    } else {
        d->askAround(d->rows.cutBefore(d->top.row));
    }
}

void LogView::goTo(const PageWish &wish)
{
    if (wish.place == PageWish::Place::End) {
        d->follow();
        return;
    }
    d->letGo();
    d->ask(wish, Private::Show::AnchorInside);
}

void LogView::goToMatch(bool forward)
{
    const LogRows &rows = d->rows;
    if (rows.page().cut.isEmpty()) {
        d->stepWhenThere = forward ? 1 : -1;
        return;
    }
    d->letGo();
    const int row = d->current && d->match >= 0 ? rows.rowOf(d->current->place) : -1;
    if (row >= 0) {
        const int next = d->match + (forward ? 1 : -1);
        if (next >= 0 && next < rows.line(row).matches.size()) {
            d->match = next;
            d->matchPlace = rows.line(row).matches.at(next);
            d->showRow(row, d->matchPlace.start);
            Q_EMIT currentMatchChanged();
            return;
        }
    }
    PageWish wish;
    wish.place = forward ? PageWish::Place::Next : PageWish::Place::Previous;
    const int bottom = d->moved(d->top, d->fullLines() - 1).row;
    const int at = d->current ? rows.rowOf(d->current->place) : -1;
    if (d->current && d->match >= 0) {
        wish.cut = forward ? cutAfter(d->current->cut, d->current->place) : d->current->cut;
    } else if (at >= d->top.row && at <= bottom) {
        wish.cut = rows.cutBefore(forward ? at : at + 1); // in this row, to begin with
    } else {
        wish.cut = rows.cutBefore(forward ? d->top.row : bottom + 1);
    }
    d->ask(wish, Private::Show::AnchorInside);
}

qint64 LogView::currentMatch() const
{
    return d->match < 0 || d->matchesBefore < 0 ? 0 : d->matchesBefore + d->match + 1;
}

bool LogView::isFollowing() const
{
    return d->following;
}

void LogView::setFollowing(bool following)
{
    if (following) {
        d->follow();
    } else {
        d->letGo();
    }
}

bool LogView::hasSelection() const
{
    return !d->selection.isEmpty();
}

void LogView::selectAll()
{
    const OutputPage &page = d->rows.page();
    if (d->rows.count() == 0) {
        return;
    }
    const bool wasEmpty = d->selection.isEmpty();
    OutputCut end = d->rows.cutBefore(d->rows.count()); // behind rows under way, too
    for (qsizetype i = 0; i < std::min(end.size(), page.ends.size()); ++i) {
        end[i] = std::max(end.at(i), page.ends.at(i));
    }
    d->selection.select(page.atBegin ? page.cut : OutputCut(page.cut.size(), 0), end);
    d->selectionChanged(wasEmpty);
}

QString LogView::selectedWord() const
{
    return d->selection.textInRow(d->rows);
}

void LogView::copy(bool raw)
{
    if (hasSelection()) {
        Q_EMIT copyWanted(d->selection.part(), raw);
    }
}

QString LogView::visibleText() const
{
    QStringList texts;
    const QList<ShownLine> lines = visibleLines();
    for (const ShownLine &line : lines) {
        texts.append(line.text);
    }
    return texts.join(u'\n');
}

QList<ShownLine> LogView::visibleLines() const
{
    const int first = d->top.row;
    const int lineHeight = d->grid.lineHeight();
    const int shown = (viewport()->height() + lineHeight - 1) / lineHeight;
    const int last = d->moved(d->top, shown - 1).row;
    return d->rows.page().lines.mid(first, last - first + 1);
}

QRect LogView::rectOf(int visibleLine, int column) const
{
    const int row = d->top.row + visibleLine;
    return row < d->rows.count() ? d->rectOf(row, column) : QRect();
}

QSize LogView::gridSize(const QSize &widget) const
{
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar());
    const double width = widget.width() - d->gutter.width() - bar;
    return {static_cast<int>(width / d->grid.cellWidth()), widget.height() / d->grid.lineHeight()};
}

bool LogView::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::ShortcutOverride: {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Copy) || key->matches(QKeySequence::SelectAll)) {
            key->accept();
            return true;
        }
        break;
    }
    case QEvent::KeyPress:
    case QEvent::KeyRelease: {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Control && viewport()->underMouse()) {
            d->hover(d->mouseAt, event->type() == QEvent::KeyPress ? Qt::ControlModifier : Qt::NoModifier);
        }
        break;
    }
    case QEvent::FocusIn:
    case QEvent::FocusOut:
        viewport()->update();
        break;
    default:
        break;
    }
    return QAbstractScrollArea::event(event);
}

bool LogView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = d->toolTipAt(help->pos());
        // Names and links are what others wrote: shown as it is, not as markup.
        QToolTip::showText(help->globalPos(),
                           text.isEmpty() ? text : Qt::convertFromPlainText(text, Qt::WhiteSpaceNormal),
                           viewport());
        return true;
    }
    if (event->type() == QEvent::Leave) {
        d->hover(QPoint(-1, -1), Qt::NoModifier);
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void LogView::paintEvent(QPaintEvent *event)
{
    d->paint(event->rect());
}

void LogView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    d->measure();
}

void LogView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    switch (event->type()) {
    case QEvent::PaletteChange:
        d->grid.setPalette(palette());
        viewport()->update();
        break;
    case QEvent::FontChange:
    case QEvent::StyleChange:
    case QEvent::LayoutDirectionChange:
        d->measure();
        break;
    default:
        break;
    }
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    if (d->extendByKey(event)) {
        return;
    }
    QScrollBar *across = horizontalScrollBar();
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const bool isPlain = modifiers == Qt::NoModifier;
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->key() == Qt::Key_End && (isPlain || modifiers == Qt::ControlModifier)) {
        setFollowing(true);
    } else if (event->key() == Qt::Key_Home && (isPlain || modifiers == Qt::ControlModifier)) {
        d->goHome();
    } else if (event->key() == Qt::Key_Up && isPlain) {
        d->scrollLines(-1);
    } else if (event->key() == Qt::Key_Down && isPlain) {
        d->scrollLines(1);
    } else if (event->key() == Qt::Key_PageUp && isPlain) {
        d->scrollPages(-1);
    } else if (event->key() == Qt::Key_PageDown && isPlain) {
        d->scrollPages(1);
    } else if (event->key() == Qt::Key_Left && isPlain) {
        across->triggerAction(QAbstractSlider::SliderSingleStepSub);
    } else if (event->key() == Qt::Key_Right && isPlain) {
        across->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && isPlain && d->current) {
        const RowPlace place = d->current->place;
        Q_EMIT sourceActivated(place);
    } else {
        event->ignore(); // what opens a menu or leaves a bar is not ours
    }
}

void LogView::wheelEvent(QWheelEvent *event)
{
    d->wheel(event);
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    d->press(event);
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint point = event->position().toPoint();
    if (d->pressed) {
        d->drag(point);
    } else {
        d->hover(point, event->modifiers());
    }
}

void LogView::mouseReleaseEvent(QMouseEvent *event)
{
    d->release(event);
}

void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    d->doubleClick(event);
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    if (event->reason() == QContextMenuEvent::Mouse) {
        d->showMenu(event->pos(), event->globalPos());
        return;
    }
    const int row = d->current ? d->rows.rowOf(d->current->place) : -1;
    const QPoint point = row < d->top.row ? d->textArea().topLeft() : d->rectOf(row, 0).bottomLeft();
    d->showMenu(point, viewport()->mapToGlobal(point));
}

void LogView::scrollContentsBy(int, int dy)
{
    viewport()->update();
    if (dy != 0 && !d->updatingBars) {
        d->barMoved();
    }
}

} // namespace procession
