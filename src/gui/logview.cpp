// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/logview.h"

namespace procession {

class LogView::Private
{
};

LogView::LogView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
}
LogView::~LogView() = default;
bool LogView::viewportEvent(QEvent *event)
{
    return QAbstractScrollArea::viewportEvent(event);
}
void LogView::paintEvent(QPaintEvent *) {}
void LogView::resizeEvent(QResizeEvent *) {}
void LogView::changeEvent(QEvent *) {}
void LogView::keyPressEvent(QKeyEvent *) {}
void LogView::wheelEvent(QWheelEvent *) {}
void LogView::mousePressEvent(QMouseEvent *) {}
void LogView::mouseMoveEvent(QMouseEvent *) {}
void LogView::mouseReleaseEvent(QMouseEvent *) {}
void LogView::mouseDoubleClickEvent(QMouseEvent *) {}
void LogView::contextMenuEvent(QContextMenuEvent *) {}
void LogView::scrollContentsBy(int, int) {}

} // namespace procession
