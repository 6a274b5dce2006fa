// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logviewprivate.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTimerEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace procession {
namespace {

constexpr std::chrono::milliseconds autoScrollInterval{40};
constexpr double notch = 120; // eighths of a degree

} // namespace

/// A wheel over the scroll bar scrolls by rows as well.
bool LogView::Private::eventFilter(QObject *, QEvent *event)
{
    if (event->type() != QEvent::Wheel) {
        return false;
    }
    wheel(static_cast<QWheelEvent *>(event));
    return true;
}

void LogView::Private::wheel(QWheelEvent *event)
{
    event->accept();
    QPointF turned = event->angleDelta();
    if (event->modifiers() & Qt::ControlModifier) {
        zoomRest += turned.y() / notch;
        const int steps = static_cast<int>(zoomRest);
        zoomRest -= steps;
        if (steps != 0) {
            q->setZoom(zoom + steps);
        }
        return;
    }
    QPointF lines = turned / notch * QApplication::wheelScrollLines();
    // What X11 tells in pixels is not to be relied on; a touch pad elsewhere tells what its finger moved.
    if (!event->pixelDelta().isNull() && event->phase() != Qt::NoScrollPhase) {
        lines = QPointF(event->pixelDelta()) / grid.lineHeight();
    }
    if (event->modifiers() & Qt::ShiftModifier) {
        lines = lines.transposed();
    }
    if (wheelRest.y() * lines.y() < 0) {
        wheelRest.setY(0); // turned back: at once
    }
    wheelRest += lines;
    const int down = static_cast<int>(wheelRest.y());
    const int across = static_cast<int>(wheelRest.x());
    wheelRest -= QPointF(across, down);
    scrollLines(-down);
    if (across != 0) {
        QScrollBar *bar = q->horizontalScrollBar();
        bar->setValue(bar->value() - across * bar->singleStep());
    }
}

void LogView::Private::press(QMouseEvent *event)
{
    const QPoint point = event->position().toPoint();
    const std::optional<Line> line = lineAt(point);
    if (event->button() != Qt::LeftButton || !line) {
        return;
    }
    const bool wasEmpty = selection.isEmpty();
    const int column = columnAt(*line, point.x(), true);
    const bool isThird = sinceDoubleClick.isValid() &&
                         sinceDoubleClick.elapsed() < QApplication::doubleClickInterval() &&
                         (point - pressedAt).manhattanLength() < QApplication::startDragDistance();
    sinceDoubleClick.invalidate();
    pressed = true;
    dragging = false;
    deselects = !wasEmpty;
    pressedAt = mouseAt = point;
    if (event->modifiers() & Qt::ShiftModifier) {
        if (!selection.isBegun()) {
            const int from = current ? rows.rowOf(current->place) : -1;
            selection.begin(rows, from < 0 ? line->row : from, from < 0 ? column : 0);
        }
        selection.extend(rows, line->row, column);
        dragging = true;
    } else if (isThird) {
        selection.begin(rows, line->row, 0, LogSelection::Unit::Row);
        dragging = true;
    } else {
        selection.begin(rows, line->row, column);
    }
    selectionChanged(wasEmpty);
}

void LogView::Private::drag(const QPoint &point)
{
    mouseAt = point;
    if (!dragging && (point - pressedAt).manhattanLength() < QApplication::startDragDistance()) {
        return;
    }
    dragging = true;
    const QRect area = textArea();
    const bool isOutside = point.y() < 0 || point.y() >= q->viewport()->height() ||
                           (!wrap && (point.x() < area.left() || point.x() > area.right()));
    if (isOutside && !autoScroll.isActive()) {
        autoScroll.start(static_cast<int>(autoScrollInterval.count()), this);
    } else if (!isOutside) {
        autoScroll.stop();
    }
    if (const std::optional<Line> line = lineAt(point)) {
        const bool wasEmpty = selection.isEmpty();
        selection.extend(rows, line->row, columnAt(*line, point.x(), true));
        selectionChanged(wasEmpty);
    }
}

void LogView::Private::release(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !pressed) {
        return;
    }
    const bool isClick = !dragging;
    pressed = dragging = false;
    autoScroll.stop();
    const QPoint point = event->position().toPoint();
    int row = -1;
    const int link = isClick && event->modifiers() & Qt::ControlModifier ? linkAt(point, &row) : -1;
    if (link >= 0) {
        const RowPlace place = rows.line(row).place;
        const QString target = rows.line(row).links.at(link).target;
        Q_EMIT q->linkActivated(place, target);
        return;
    }
    const std::optional<Line> line = lineAt(point, Nearest::No);
    if (!isClick || !line) {
        return;
    }
    const RowPlace place = rows.line(line->row).place;
    makeCurrent(line->row);
    if (deselects && isAtEnd() && !following) {
        follow(); // the selection was what held it
    }
    Q_EMIT q->lineClicked(place);
}

void LogView::Private::doubleClick(QMouseEvent *event)
{
    const QPoint point = event->position().toPoint();
    const std::optional<Line> line = lineAt(point, Nearest::No);
    if (event->button() != Qt::LeftButton || !line) {
        return;
    }
    pressedAt = mouseAt = point;
    if (gutter.nameColumn(gutterArea(), q->layoutDirection()).contains(point)) {
        const RowPlace place = rows.line(line->row).place;
        makeCurrent(line->row);
        Q_EMIT q->sourceActivated(place);
        return;
    }
    const bool wasEmpty = selection.isEmpty();
    selection.begin(rows, line->row, columnAt(*line, point.x(), false), LogSelection::Unit::Word);
    pressed = dragging = true;
    sinceDoubleClick.start();
    selectionChanged(wasEmpty);
}

void LogView::Private::makeCurrent(int row)
{
    const bool hadMatch = match >= 0;
    current = rows.position(row);
    match = -1;
    matchesBefore = -1;
    describe();
    q->viewport()->update();
    if (hadMatch) {
        Q_EMIT q->currentMatchChanged();
    }
}

void LogView::Private::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != autoScroll.timerId()) {
        return;
    }
    // The further out the mouse is, the faster.
    const int height = q->viewport()->height();
    const int lineHeight = grid.lineHeight();
    if (mouseAt.y() < 0) {
        scrollLines(mouseAt.y() / lineHeight - 1);
    } else if (mouseAt.y() >= height) {
        scrollLines((mouseAt.y() - height) / lineHeight + 1);
    }
    if (!wrap) {
        const QRect area = textArea();
        QScrollBar *bar = q->horizontalScrollBar();
        if (mouseAt.x() < area.left()) {
            bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
        } else if (mouseAt.x() > area.right()) {
            bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
        }
    }
    drag(mouseAt);
}

void LogView::Private::hover(const QPoint &point, Qt::KeyboardModifiers modifiers)
{
    mouseAt = point;
    int row = -1;
    const int link = modifiers & Qt::ControlModifier ? linkAt(point, &row) : -1;
    const bool isOverText = textArea().contains(point);
    q->viewport()->setCursor(link >= 0    ? Qt::PointingHandCursor
                             : isOverText ? Qt::IBeamCursor
                                          : Qt::ArrowCursor);
    const std::optional<RowPlace> place = link < 0 ? std::nullopt : std::optional(rows.line(row).place);
    if (link != hoveredLink || place != hoveredRow) {
        hoveredLink = link;
        hoveredRow = place;
        q->viewport()->update();
    }
}

/// Which of its row's links is at this point; -1: none.
int LogView::Private::linkAt(const QPoint &point, int *row) const
{
    const std::optional<Line> line = textArea().contains(point) ? lineAt(point, Nearest::No) : std::nullopt;
    if (!line) {
        return -1;
    }
    const ShownLine &shown = rows.line(line->row);
    const int column = columnAt(*line, point.x(), false);
    for (int i = 0; i < shown.links.size(); ++i) {
        const ShownLine::Link &link = shown.links.at(i);
        if (column >= link.start && column < link.start + link.length) {
            *row = line->row;
            return i;
        }
    }
    return -1;
}

QString LogView::Private::toolTipAt(const QPoint &point) const
{
    const std::optional<Line> line = lineAt(point, Nearest::No);
    if (!line) {
        return {};
    }
    int row = -1;
    if (const int link = linkAt(point, &row); link >= 0) {
        return LogView::tr("Ctrl+click to open %1").arg(rows.line(row).links.at(link).target);
    }
    if (!gutterArea().contains(point)) {
        return {};
    }
    const RowPlace &place = rows.line(line->row).place;
    QStringList parts{gutter.nameOf(place), LogGutter::dateText(place.timeNs)};
    if (place.stream == 2) {
        parts.append(LogView::tr("The bar marks standard error."));
    }
    parts.removeAll(QString());
    return parts.join(u'\n');
}

/// The keys that extend a selection. False: it is none of them.
bool LogView::Private::extendByKey(QKeyEvent *event)
{
    if (rows.count() == 0 || !(event->modifiers() & Qt::ShiftModifier)) {
        return false;
    }
    const bool all = event->modifiers() & Qt::ControlModifier;
    const int known = selection.isBegun() ? rows.indexOf(selection.cursor())
                      : current           ? rows.indexOf(*current)
                      : following         ? rows.count() - 1
                                          : top.row;
    int row = std::clamp(known, 0, rows.count() - 1);
    const int size = static_cast<int>(rows.line(row).text.size());
    int column = selection.isBegun() ? std::min(selection.cursor().column, size) : 0;
    const LogPosition from = rows.position(row, column);
    const LogLayout &layout = rows.layout(row);
    const int cell = layout.cellOf(rows.line(row).text, column);
    const int lines =
        event->key() == Qt::Key_Up || event->key() == Qt::Key_Down ? 1 : std::max(1, fullLines() - 1);
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_PageUp:
        row = std::max(0, row - lines);
        column = rows.layout(row).unitAt(rows.line(row).text, cell);
        break;
    case Qt::Key_Down:
    case Qt::Key_PageDown:
        row = std::min(rows.count() - 1, row + lines);
        column = rows.layout(row).unitAt(rows.line(row).text, cell);
        break;
    case Qt::Key_Left:
        column = column > 0 ? layout.unitAt(rows.line(row).text, cell - 1) : 0;
        break;
    case Qt::Key_Right: {
        LogCells next = layout.from(rows.line(row).text, column);
        while (next.next() && next.nextUnit() <= column) {
        }
        column = std::min(size, std::max(column, next.nextUnit()));
        break;
    }
    case Qt::Key_Home:
        row = all ? 0 : row;
        column = 0;
        break;
    case Qt::Key_End:
        row = all ? rows.count() - 1 : row;
        column = static_cast<int>(rows.line(row).text.size());
        break;
    default:
        return false;
    }
    const bool wasEmpty = selection.isEmpty();
    if (!selection.isBegun()) {
        selection.begin(rows, rows.rowOf(from.place), from.column);
    }
    const OutputPage &page = rows.page();
    if (all && event->key() == Qt::Key_Home && !page.atBegin) {
        LogPosition begin;
        begin.cut = OutputCut(page.cut.size(), 0);
        begin.place.source = -1;
        selection.extend(begin);
        selectionChanged(wasEmpty);
        goHome();
        return true;
    }
    if (all && event->key() == Qt::Key_End && !page.atEnd) {
        LogPosition end;
        end.cut = page.ends;
        end.place.source = -1;
        selection.extend(end);
        selectionChanged(wasEmpty);
        askEnd();
        return true;
    }
    selection.extend(rows, row, column);
    current = rows.position(row);
    selectionChanged(wasEmpty);
    showRow(row, column);
    describe();
    return true;
}

void LogView::Private::selectionChanged(bool wasEmpty)
{
    if (!selection.isEmpty()) {
        letGo();
    }
    if (selection.isEmpty() != wasEmpty) {
        Q_EMIT q->copyAvailable(wasEmpty);
    }
    q->viewport()->update();
}

void LogView::Private::clearSelection()
{
    const bool wasEmpty = selection.isEmpty();
    selection.clear();
    selectionChanged(wasEmpty);
}

void LogView::Private::showMenu(const QPoint &point, const QPoint &global)
{
    auto *menu = new QMenu(q);
    menu->setObjectName(u"outputContextMenu"_qs);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *copy = menu->addAction(LogView::tr("&Copy"), q, [this] { q->copy(); });
    copy->setShortcut(QKeySequence::Copy);
    QAction *raw = menu->addAction(LogView::tr("Copy &Raw Bytes"), q, [this] { q->copy(true); });
    raw->setToolTip(LogView::tr("With escape sequences, and with bytes that are not text"));
    copy->setEnabled(!selection.isEmpty());
    raw->setEnabled(!selection.isEmpty());
    QAction *all = menu->addAction(LogView::tr("Select &All"), q, [this] { q->selectAll(); });
    all->setShortcut(QKeySequence::SelectAll);
    all->setEnabled(rows.count() > 0);
    int row = -1;
    if (const int link = linkAt(point, &row); link >= 0) {
        const QString target = rows.line(row).links.at(link).target;
        const RowPlace place = rows.line(row).place;
        menu->addSeparator();
        menu->addAction(LogView::tr("&Open Link"), q,
                        [this, place, target] { Q_EMIT q->linkActivated(place, target); });
        menu->addAction(LogView::tr("Copy &Link"), q,
                        [target] { QGuiApplication::clipboard()->setText(target); });
    }
    menu->popup(global);
}

} // namespace procession
