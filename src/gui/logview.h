// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputpage.h"

#include <QAbstractScrollArea>

#include <memory>

namespace procession {

/// Rows of output, of which it holds a page around what is visible and asks for others as it is scrolled:
/// however much there is, only visible rows are laid out. The scroll bar stands for bytes, not for rows. It
/// stays at the end only while it is there: scrolling up, or selecting, lets go of it. GUI thread.
class LogView final : public QAbstractScrollArea
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LogView)

public:
    explicit LogView(QWidget *parent = nullptr);
    ~LogView() override;

    void setWrap(bool wrap);
    void setTimesShown(bool shown);
    void setNumbersShown(bool shown);
    /// Names before the lines, one per source; empty: none, there is one source.
    void setNames(const QStringList &names);
    /// Steps from the system's fixed font: -6 .. 24.
    void setZoom(int steps);
    int zoom() const;
    /// Places of matches, in bytes of all sources, to be marked beside the scroll bar.
    void setMarks(const QList<quint64> &bytes);

    /// Other output: forgets what is shown, follows, and asks for the end.
    void reset();
    /// An answer to pageWanted(). Others are dropped by their stamp.
    void setPage(const OutputPage &page);
    /// The answer to the wish of this stamp was of no use: asks once more, if it is still waited for.
    void askAgain(quint64 stamp);
    /// More may have come, or what is known of it changed: asks for what is visible again.
    void refresh();
    /// Asks for this place, and shows it once it is there.
    void goTo(const PageWish &wish);
    /// The next or previous match from the current one, or from what is visible.
    void goToMatch(bool forward);
    /// Which match of the page is the current one: among all, from 1; 0: none, or not known.
    qint64 currentMatch() const;

    bool isFollowing() const;
    void setFollowing(bool following);

    bool hasSelection() const;
    void selectAll();
    /// The selected text, if it is within one line; else empty.
    QString selectedWord() const;
    void copy(bool raw = false);

    /// The text of the rows that are visible now, a newline after each but the last.
    QString visibleText() const;
    /// The rows that are visible now, whole or in part.
    QList<ShownLine> visibleLines() const;
    /// Where the n-th visible row (a wrapped one counts once) and this UTF-16 unit of it are, in the
    /// viewport.
    QRect rectOf(int visibleLine, int column) const;
    /// How many characters have room in a widget of this size, its scroll bar shown or not.
    QSize gridSize(const QSize &widget) const;

Q_SIGNALS:
    /// A page is wanted; setPage() answers, now or later.
    void pageWanted(const procession::PageWish &wish);
    void copyWanted(const procession::OutputPart &part, bool raw);
    void copyAvailable(bool available);
    void followingChanged(bool following);
    /// gridSize() may be another, by another size or font or gutter.
    void gridChanged();
    void zoomChanged(int steps);
    /// A row was clicked without selecting anything.
    void lineClicked(const procession::RowPlace &place);
    /// A row was double-clicked on its name, or Return was pressed on it.
    void sourceActivated(const procession::RowPlace &place);
    void linkActivated(const procession::RowPlace &place, const QString &target);
    void currentMatchChanged();

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
