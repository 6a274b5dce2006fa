// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputlines.h"

#include <QPlainTextEdit>

class QPushButton;

namespace procession {

/// The lines of the Output tab: a read-only text of at most so many lines with a gutter that marks standard
/// error and, if wanted, shows when each line came. It stays at the bottom only while it is there: scrolling
/// up, or selecting text, lets go of it. GUI thread.
class OutputText final : public QPlainTextEdit
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputText)

public:
    explicit OutputText(QWidget *parent = nullptr);

    void setMaximumLines(int lines);
    void setTimesShown(bool shown);

    /// Shows these lines instead of all before. While not following, the line at the top stays where it is.
    void setLines(const QList<OutputLine> &ended, const QList<OutputLine> &open);
    /// Adds lines; those under way replace those of the call before.
    void appendLines(const QList<OutputLine> &ended, const QList<OutputLine> &open);
    /// Leaves nothing, and follows.
    void clearLines();

    /// Lines shown; an empty text has none.
    int lineCount() const;
    /// Offset of the first byte of the first line; 0 if there is none.
    quint64 firstOffset() const;
    /// How many characters have room in a widget of this size, its scroll bar shown or not.
    QSize gridSize(const QSize &widget) const;
    /// 1, 2, or 0 for a note of ours.
    int streamOf(const QTextBlock &block) const;

    bool isFollowing() const { return m_following; }
    /// Going to the bottom gives up the selection, which would otherwise be carried away.
    void setFollowing(bool following);
    /// How many lines wait below what is shown; `atLeast`: there are more.
    void setWaitingLines(qint64 count, bool atLeast);

Q_SIGNALS:
    void followingChanged(bool following);
    /// gridSize() may be another, by another size or font or gutter.
    void gridChanged();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    class Gutter;
    friend class Gutter;

    void apply(const QList<OutputLine> &ended, const QList<OutputLine> &open);
    void setData(QTextBlock &block, const OutputLine &line);
    void colour(const QTextBlock &block);
    void trim();
    void scrolled();
    void selectionChanged(bool any);
    void describeLine();
    void placeParts();
    int gutterWidth() const;
    void paintGutter(const QRect &area);
    void goToEnd();

    Gutter *m_gutter;
    QPushButton *m_pill;
    int m_maximumLines = 10'000;
    int m_openLines = 0; ///< blocks at the end that the next lines replace
    bool m_empty = true;
    bool m_following = true;
    bool m_updating = false;
    bool m_timesShown = false;
};

} // namespace procession
