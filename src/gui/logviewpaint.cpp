// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/icons.h"
#include "gui/logviewprivate.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace procession {
namespace {

constexpr int markWidth = 5;
constexpr int markHeight = 2;

} // namespace

void LogView::Private::paint(const QRect &area)
{
    QPainter painter(q->viewport());
    const QPalette &palette = q->palette();
    painter.fillRect(area, palette.base());
    painter.setLayoutDirection(Qt::LeftToRight); // a log's lines begin at the left, whatever is in them
    const QRect text = textArea();
    const QRect beside = gutterArea();
    const int lineHeight = grid.lineHeight();
    const auto [firstSelected, lastSelected] = selection.rowRange(rows);
    const int currentRow = current ? rows.rowOf(current->place) : -1;
    const int hovered = hoveredRow ? rows.rowOf(*hoveredRow) : -1;
    LogPainter::Part part;
    part.wrapCells = rows.wrapCells();
    part.cells = wrap ? part.wrapCells : static_cast<int>(std::ceil(text.width() / grid.cellWidth()));
    part.left = text.left();
    part.focused = q->hasFocus();
    Line at = top;
    for (int y = 0; y < q->viewport()->height() && at.row < rows.count(); y += lineHeight) {
        const ShownLine &line = rows.line(at.row);
        if (y + lineHeight > area.top() && y <= area.bottom()) {
            if (at.row == currentRow) {
                QColor tint = palette.color(QPalette::Highlight);
                tint.setAlpha(q->hasFocus() ? 48 : 28);
                painter.fillRect(0, y, q->viewport()->width(), lineHeight, tint);
            }
            painter.setFont(grid.font());
            painter.setClipping(false);
            gutter.paint(painter, QRect(beside.left(), y, beside.width(), lineHeight), line.place,
                         at.line == 0, palette, q->layoutDirection());
            painter.setClipRect(text);
            part.line = &line;
            part.layout = &rows.layout(at.row);
            part.firstCell = wrap ? at.line * part.wrapCells : firstCell();
            part.top = y;
            part.selectedFrom = part.selectedTo = 0;
            if (at.row >= firstSelected && at.row <= lastSelected) {
                std::tie(part.selectedFrom, part.selectedTo) = selection.columns(rows, at.row);
            }
            part.currentMatch = at.row == currentRow ? match : -1;
            part.hoveredLink = at.row == hovered ? hoveredLink : -1;
            grid.paint(painter, part);
        }
        if (++at.line >= rows.linesOf(at.row)) {
            at = {at.row + 1, 0};
        }
    }
    painter.setClipping(false);
    paintMarks(painter);
}

/// Where in all of the output the matches are: beside the scroll bar.
void LogView::Private::paintMarks(QPainter &painter)
{
    const quint64 total = rows.page().bytesTotal;
    if (marks.isEmpty() || total == 0) {
        return;
    }
    const int height = q->viewport()->height() - markHeight;
    const bool isRightToLeft = q->layoutDirection() == Qt::RightToLeft;
    const int left = isRightToLeft ? 0 : q->viewport()->width() - markWidth;
    const QPalette &palette = q->palette();
    const QColor colour = isHighContrast(palette) ? palette.color(QPalette::Text)
                          : isDark(palette)       ? QColor(0xff, 0xc0, 0x40)
                                                  : QColor(0xd0, 0x7a, 0x00);
    int painted = -1;
    for (const quint64 bytes : std::as_const(marks)) {
        const double part = static_cast<double>(std::min(bytes, total)) / static_cast<double>(total);
        const int y = static_cast<int>(part * height);
        if (y != painted) {
            painter.fillRect(left, y, markWidth, markHeight, colour);
            painted = y;
        }
    }
}

} // namespace procession
