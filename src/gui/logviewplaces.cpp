// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logviewprivate.h"

#include <QPushButton>
#include <QScrollBar>
#include <QStyle>

#include <algorithm>
#include <cmath>

namespace procession {
namespace {

constexpr int greatestDescription = 500; // characters that are read out

} // namespace

QRect LogView::Private::gutterArea() const
{
    const QRect all = q->viewport()->rect();
    return QStyle::visualRect(q->layoutDirection(), all, QRect(0, 0, gutter.width(), all.height()));
}

QRect LogView::Private::textArea() const
{
    const QRect all = q->viewport()->rect();
    return QStyle::visualRect(q->layoutDirection(), all, all.adjusted(gutter.width(), 0, 0, 0));
}

int LogView::Private::columns() const
{
    return std::max(1, static_cast<int>(textArea().width() / grid.cellWidth()));
}

int LogView::Private::fullLines() const
{
    return std::max(1, q->viewport()->height() / grid.lineHeight());
}

/// After the font, the gutter or the size became another: the row at the top stays there.
void LogView::Private::measure()
{
    grid.setFont(q->font());
    gutter.setFont(q->font());
    const bool wasFollowing = following;
    rows.setWrapCells(wrap ? columns() : 0);
    setTop(wasFollowing ? lastTop() : top);
    placePill();
    scrolled();
    Q_EMIT q->gridChanged();
}

void LogView::Private::placePill()
{
    pill->resize(pill->sizeHint());
    const QRect view = q->viewport()->geometry();
    pill->move(view.center().x() - pill->width() / 2, view.bottom() - pill->height() - grid.lineHeight() / 2);
    pill->raise();
}

/// The cell at the left edge of the text.
int LogView::Private::firstCell() const
{
    return wrap ? 0 : q->horizontalScrollBar()->value();
}

std::optional<LogView::Private::Line> LogView::Private::lineAt(const QPoint &point, Nearest nearest) const
{
    if (rows.count() == 0) {
        return std::nullopt;
    }
    const int lines = static_cast<int>(std::floor(static_cast<double>(point.y()) / grid.lineHeight()));
    if (nearest == Nearest::No && (lines < 0 || (lines > 0 && moved(top, lines) == moved(top, lines - 1)))) {
        return std::nullopt;
    }
    return moved(top, std::clamp(lines, 0, fullLines()));
}

int LogView::Private::columnAt(const Line &line, int x, bool between) const
{
    const QString &text = rows.line(line.row).text;
    const LogLayout &layout = rows.layout(line.row);
    const int first = wrap ? line.line * rows.wrapCells() : firstCell();
    double cell = std::max(0.0, (x - textArea().left()) / grid.cellWidth() + first);
    if (wrap) {
        cell = std::min(cell, static_cast<double>(first + rows.wrapCells()));
    }
    const int unit = layout.unitAt(text, static_cast<int>(cell));
    if (!between || unit >= text.size()) {
        return unit;
    }
    LogCells cells = layout.from(text, unit);
    while (cells.next() && cells.unit() < unit) {
    }
    if (cell - cells.cell() < cells.cells() / 2.0) {
        return unit;
    }
    int boundary = cells.nextUnit(); // with what is combined with it
    while (cells.next() && cells.cells() == 0) {
        boundary = cells.nextUnit();
    }
    return boundary;
}

QRect LogView::Private::rectOf(int row, int column) const
{
    const QString &text = rows.line(row).text;
    const LogLayout &layout = rows.layout(row);
    const int cell = layout.cellOf(text, column);
    const int next = std::max(cell + 1, layout.cellOf(text, column + 1));
    int line = wrap ? cell / rows.wrapCells() : 0;
    const int left = cell - (wrap ? line * rows.wrapCells() : firstCell());
    for (int before = top.row; before < row; ++before) {
        line += rows.linesOf(before);
    }
    const double x = textArea().left() + left * grid.cellWidth();
    return QRectF(x, (line - top.line) * grid.lineHeight(), (next - cell) * grid.cellWidth(),
                  grid.lineHeight())
        .toRect();
}

/// A screen reader cannot see the gutter's bar: it hears which stream the row is of.
void LogView::Private::describe()
{
    const int row = current ? rows.rowOf(current->place) : -1;
    QString description;
    if (row >= 0) {
        const ShownLine &line = rows.line(row);
        const QString text = line.text.left(greatestDescription);
        description = line.place.stream == 2 ? LogView::tr("Standard error: %1").arg(text) : text;
    }
    if (q->accessibleDescription() != description) {
        q->setAccessibleDescription(description);
    }
}

} // namespace procession
