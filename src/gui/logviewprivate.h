// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "gui/loggutter.h"
#include "gui/logpainter.h"
#include "gui/logrows.h"
#include "gui/logselection.h"
#include "gui/logview.h"

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QPointF>

class QPushButton;

namespace procession {

/// A log view's inside: what it shows of its page, and which page it waits for.
class LogView::Private final : public QObject
{
    Q_DISABLE_COPY_MOVE(Private)

public:
    /// A line of the view: of a wrapped row there are several.
    struct Line
    {
        int row = 0;
        int line = 0;

        friend auto operator<=>(const Line &, const Line &) = default;
    };
    /// What is done with a page when it comes.
    enum class Show {
        SameTop,     ///< the row at the top stays there
        AnchorAtTop, ///< the row asked for is at the top
        AnchorInside ///< it is the current row, and a third below the top
    };

    enum class Nearest { No, Yes };

    explicit Private(LogView *view);

    // Places: logviewplaces.cpp
    QRect textArea() const;
    QRect gutterArea() const;
    int columns() const; ///< whole cells side by side
    int fullLines() const;
    void measure();
    void placePill();
    int firstCell() const;
    /// Nothing: there are no rows, or none at this point and not the nearest is asked for.
    std::optional<Line> lineAt(const QPoint &point, Nearest nearest = Nearest::Yes) const;
    /// The UTF-16 unit at this place, or the boundary between characters that is nearest to it.
    int columnAt(const Line &line, int x, bool between) const;
    QRect rectOf(int row, int column) const;
    void describe();

    // Pages and scrolling: logviewscroll.cpp
    void ask(PageWish wish, Show show);
    void askAround(const OutputCut &cut);
    void askEnd();
    void take(const OutputPage &page);
    void takeMatch(const OutputPage &page);
    bool keepTop(const LogPosition &top, int topLine);
    void placeAnchor();
    void askNearEdges();
    Line moved(Line from, int lines) const;
    Line lastTop() const;
    bool isAtEnd() const;
    void scrollLines(int lines);
    void scrollPages(int pages) { scrollLines(pages * std::max(1, fullLines() - 1)); }
    void goHome();
    void goEnd();
    void scrolled();
    void setTop(Line line);
    void showRow(int row, int column);
    void barAction(int action);
    void barMoved();
    void showBytes(quint64 bytes);
    void syncBars();
    void letGo();
    void follow();
    void updatePill();
    quint64 bytesAt(Line line) const;

    // Painting: logviewpaint.cpp
    void paint(const QRect &area);
    void paintMarks(QPainter &painter);

    // Mouse, keys and what they select: logviewinput.cpp
    bool eventFilter(QObject *watched, QEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void wheel(QWheelEvent *event);
    void press(QMouseEvent *event);
    void drag(const QPoint &point);
    void release(QMouseEvent *event);
    void doubleClick(QMouseEvent *event);
    void makeCurrent(int row);
    void hover(const QPoint &point, Qt::KeyboardModifiers modifiers);
    int linkAt(const QPoint &point, int *row) const;
    QString toolTipAt(const QPoint &point) const;
    bool extendByKey(QKeyEvent *event);
    void selectionChanged(bool wasEmpty);
    void clearSelection();
    void showMenu(const QPoint &point, const QPoint &global);

    LogView *const q;
    LogRows rows;
    LogSelection selection;
    LogGutter gutter;
    LogPainter grid;
    QPushButton *pill;

    Line top;
    int direction = 0; ///< it was scrolled to last: up (less than 0), down, or elsewhere
    bool wrap = false;
    int zoom = 0;
    double baseSize = 10; ///< points of the font at no zoom
    bool following = true;
    OutputCut letGoAt; ///< what is behind is new
    bool updatingBars = false;
    int shift = 0; ///< bytes per step of the scroll bar, as a power of two
    int widest = 0;
    QList<quint64> marks;

    quint64 stamp = 0; ///< of the newest wish
    PageWish wish;
    Show show = Show::SameTop;
    bool waiting = false;
    std::optional<quint64> draggedTo; ///< asked for once the page under way is there
    int stepWhenThere = 0;            ///< a match is to be gone to once there is a page: 1 or -1

    std::optional<LogPosition> current; ///< the row that was clicked, found or gone to
    int match = -1;                     ///< which of its matches is the current one
    ShownLine::Match matchPlace;
    qint64 matchesBefore = -1;

    bool pressed = false;
    bool dragging = false;  ///< what is under the mouse is selected
    bool deselects = false; ///< there was a selection before the mouse was pressed
    QPoint pressedAt;
    QPoint mouseAt;
    QElapsedTimer sinceDoubleClick;
    QBasicTimer autoScroll;
    QPointF wheelRest; ///< of the wheel's turns: what was not worth a line yet
    double zoomRest = 0;
    std::optional<RowPlace> hoveredRow;
    int hoveredLink = -1;
};

} // namespace procession
