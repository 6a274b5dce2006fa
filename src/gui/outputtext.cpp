// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputtext.h"

#include "gui/icons.h"

#include <QDateTime>
#include <QFontDatabase>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QStyle>
#include <QTextBlock>
#include <QTextLayout>

#include <array>

namespace procession {
namespace {

constexpr int maximumCharacters = 8 * 1024 * 1024; // however long the lines are

/// The sixteen colours, readable on the palette's base.
QColor terminalColour(quint8 number, bool dark)
{
    static constexpr std::array<QRgb, 16> onLight{0x1b1e20, 0x921623, 0x177855, 0x8a4b02, 0x0552c1, 0x722f85,
                                                  0x0b6b74, 0x6b6d7a, 0x57596e, 0xc0212f, 0x12805a, 0x9a6200,
                                                  0x1a66d8, 0x9040a8, 0x0b7680, 0x70727e};
    static constexpr std::array<QRgb, 16> onDark{0x8d8f98, 0xf76b61, 0x5debb1, 0xf59c2b, 0x5a94fa, 0xd8aeee,
                                                 0x5fd3e0, 0xd6d6da, 0xa8aab3, 0xff8f87, 0x8af5cb, 0xffbe6b,
                                                 0x8db6ff, 0xe9cff7, 0x95e6ef, 0xffffff};
    return QColor::fromRgb((dark ? onDark : onLight)[(number - 1u) % 16]);
}

QTextCharFormat formatOf(const TextStyle &style, const QPalette &palette)
{
    const bool dark = isDark(palette);
    const bool plain = isHighContrast(palette);
    quint8 foreground = style.foreground;
    quint8 background = style.background;
    if (style.reverse) {
        std::swap(foreground, background);
    }
    QTextCharFormat format;
    if (background != 0 || style.reverse) {
        const QColor colour =
            background != 0 && !plain ? terminalColour(background, dark) : palette.color(QPalette::Text);
        format.setBackground(colour);
        format.setForeground(colour.lightness() < 140 ? Qt::white
                                                      : Qt::black); // the pair asked for may be unreadable
    } else if (foreground != 0 && !plain) {
        format.setForeground(terminalColour(foreground, dark));
    } else if (style.dim) {
        format.setForeground(palette.color(QPalette::PlaceholderText));
    }
    if (style.bold) {
        format.setFontWeight(QFont::Bold);
    }
    format.setFontItalic(style.italic);
    format.setFontUnderline(style.underline);
    return format;
}

/// What is known of a line beside its text.
class LineData final : public QTextBlockUserData
{
public:
    explicit LineData(const OutputLine &line)
        : stream(line.stream)
        , offset(line.offset)
        , timeNs(line.timeNs)
        , spans(line.spans)
    {
    }

    int stream;
    quint64 offset;
    qint64 timeNs;
    QList<OutputLine::Span> spans;
};

const LineData *dataOf(const QTextBlock &block)
{
    return static_cast<const LineData *>(block.userData());
}

QString timeText(qint64 timeNs)
{
    return timeNs == 0 ? QString()
                       : QDateTime::fromMSecsSinceEpoch(timeNs / 1'000'000).toString(u"HH:mm:ss.zzz");
}

} // namespace

class OutputText::Gutter final : public QWidget
{
    Q_DISABLE_COPY_MOVE(Gutter)

public:
    explicit Gutter(OutputText *text)
        : QWidget(text)
        , m_text(text)
    {
        setToolTip(OutputText::tr("A bar marks lines of standard error."));
    }

protected:
    void paintEvent(QPaintEvent *event) override { m_text->paintGutter(event->rect()); }

private:
    OutputText *m_text;
};

OutputText::OutputText(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_gutter(new Gutter(this))
    , m_pill(new QPushButton(this))
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(1);
    setAccessibleName(tr("Output"));
    m_pill->setObjectName(u"outputNewLinesButton"_qs);
    m_pill->setCursor(Qt::ArrowCursor);
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] { setFollowing(true); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &OutputText::scrolled);
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        if (m_following && !m_updating) {
            goToEnd();
        }
    });
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect &rect, int dy) {
        if (dy != 0) {
            m_gutter->scroll(0, dy);
        } else {
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
        }
    });
    connect(this, &QPlainTextEdit::copyAvailable, this, &OutputText::selectionChanged);
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &OutputText::describeLine);
    placeParts();
}

void OutputText::setMaximumLines(int lines)
{
    m_maximumLines = lines;
    if (m_following) {
        trim();
    }
}

void OutputText::setTimesShown(bool shown)
{
    m_timesShown = shown;
    placeParts();
    m_gutter->update();
}

void OutputText::setLines(const QList<OutputLine> &ended, const QList<OutputLine> &open)
{
    const LineData *top = m_empty ? nullptr : dataOf(firstVisibleBlock());
    const quint64 topOffset = top ? top->offset : 0;
    {
        const QScopedValueRollback guard(m_updating, true);
        clear();
        m_empty = true;
        m_openLines = 0;
        apply(ended, open);
        if (!m_following && top) {
            QTextBlock block = document()->firstBlock();
            while (block.next().isValid() && dataOf(block) && dataOf(block)->offset < topOffset) {
                block = block.next();
            }
            verticalScrollBar()->setValue(block.firstLineNumber());
        }
    }
    if (m_following) {
        goToEnd();
    }
}

void OutputText::appendLines(const QList<OutputLine> &ended, const QList<OutputLine> &open)
{
    if (ended.isEmpty() && open.isEmpty() && m_openLines == 0) {
        return;
    }
    {
        const QScopedValueRollback guard(m_updating, true);
        const int value = verticalScrollBar()->value();
        apply(ended, open);
        if (!m_following) {
            verticalScrollBar()->setValue(value);
        }
    }
    if (m_following) {
        trim();
        goToEnd();
    }
}

void OutputText::clearLines()
{
    const QScopedValueRollback guard(m_updating, true);
    clear();
    m_empty = true;
    m_openLines = 0;
    m_pill->hide();
    if (!m_following) {
        m_following = true;
        Q_EMIT followingChanged(true);
    }
}

int OutputText::lineCount() const
{
    return m_empty ? 0 : document()->blockCount();
}

quint64 OutputText::firstOffset() const
{
    const LineData *about = m_empty ? nullptr : dataOf(document()->firstBlock());
    return about ? about->offset : 0;
}

QSize OutputText::gridSize(const QSize &widget) const
{
    const QFontMetricsF metrics(font());
    const double margin = document()->documentMargin();
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar());
    const double width = widget.width() - gutterWidth() - bar - 2 * margin;
    const double height = widget.height() - 2 * margin;
    return {int(width / metrics.horizontalAdvance(u'0')), int(height / metrics.lineSpacing())};
}

int OutputText::streamOf(const QTextBlock &block) const
{
    const LineData *about = dataOf(block);
    return about ? about->stream : 1;
}

void OutputText::setFollowing(bool following)
{
    if (following) {
        QTextCursor cursor = textCursor();
        if (cursor.hasSelection()) {
            const QScopedValueRollback guard(m_updating, true);
            cursor.clearSelection();
            setTextCursor(cursor);
        }
        m_pill->hide();
    }
    if (m_following != following) {
        m_following = following;
        Q_EMIT followingChanged(following);
    }
    if (following) {
        goToEnd();
    }
}

void OutputText::setWaitingLines(qint64 count, bool atLeast)
{
    m_pill->setVisible(count > 0 && !m_following);
    if (count > 0) {
        const QString number = QLocale().toString(count);
        m_pill->setText(atLeast     ? tr("⤓ More than %1 new lines").arg(number)
                        : count > 1 ? tr("⤓ %1 new lines").arg(number)
                                    : tr("⤓ 1 new line"));
        placeParts();
    }
}

void OutputText::keyPressEvent(QKeyEvent *event)
{
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (event->key() == Qt::Key_End && (modifiers == Qt::NoModifier || modifiers == Qt::ControlModifier)) {
        setFollowing(true);
        return;
    }
    if (event->key() == Qt::Key_Home && modifiers == Qt::NoModifier) {
        verticalScrollBar()->setValue(verticalScrollBar()->minimum());
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void OutputText::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    placeParts();
    if (m_following) {
        goToEnd();
    }
}

void OutputText::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        for (QTextBlock block = document()->firstBlock(); block.isValid(); block = block.next()) {
            colour(block);
        }
    } else if (event->type() == QEvent::FontChange && m_gutter) {
        placeParts();
    }
}

void OutputText::apply(const QList<OutputLine> &ended, const QList<OutputLine> &open)
{
    QList<OutputLine> lines = ended + open;
    if (lines.size() > m_maximumLines) {
        lines.remove(0, lines.size() - m_maximumLines);
    }
    const int first = m_empty ? 0 : document()->blockCount() - m_openLines;
    const int replaced = static_cast<int>(std::min<qsizetype>(m_openLines, lines.size()));
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    for (int i = 0; i < replaced; ++i) {
        const QTextBlock block = document()->findBlockByNumber(first + i);
        if (block.text() != lines.at(i).text) {
            cursor.setPosition(block.position());
            cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
            cursor.insertText(lines.at(i).text);
        }
    }
    QString added;
    for (qsizetype i = replaced; i < lines.size(); ++i) {
        if (i > replaced || !m_empty) {
            added += u'\n';
        }
        added += lines.at(i).text;
    }
    if (lines.size() > replaced) {
        cursor.movePosition(QTextCursor::End);
        cursor.insertText(added);
        m_empty = false;
    } else if (m_openLines > replaced) {
        const int kept = first + replaced;
        if (kept > 0) { // with the line break before them
            cursor.setPosition(document()->findBlockByNumber(kept - 1).position());
            cursor.movePosition(QTextCursor::EndOfBlock);
        }
        cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
        m_empty = kept == 0;
        cursor.removeSelectedText();
    }
    cursor.endEditBlock();
    QTextBlock block = document()->findBlockByNumber(first);
    for (qsizetype i = 0; i < lines.size() && block.isValid(); ++i, block = block.next()) {
        setData(block, lines.at(i));
    }
    m_openLines = static_cast<int>(std::min(open.size(), lines.size()));
    m_gutter->update();
}

void OutputText::setData(QTextBlock &block, const OutputLine &line)
{
    const bool wasColoured = !block.layout()->formats().isEmpty();
    block.setUserData(new LineData(line)); // the block owns it
    if (wasColoured || !line.spans.isEmpty() || line.stream == 0) {
        colour(block);
    }
}

/// Formats of the layout, not of the document: they change no text, so a change of palette costs only a
/// repaint.
void OutputText::colour(const QTextBlock &block)
{
    const LineData *about = dataOf(block);
    if (!about || (about->spans.isEmpty() && about->stream != 0 && block.layout()->formats().isEmpty())) {
        return;
    }
    QList<QTextLayout::FormatRange> ranges;
    if (about->stream == 0) {
        QTextCharFormat note;
        note.setForeground(palette().color(QPalette::PlaceholderText));
        ranges.append({0, block.length() - 1, note});
    }
    for (const OutputLine::Span &span : about->spans) {
        ranges.append({span.start, span.length, formatOf(span.style, palette())});
    }
    block.layout()->setFormats(ranges);
    document()->markContentsDirty(block.position(), block.length());
}

void OutputText::trim()
{
    const int surplus = document()->blockCount() - m_maximumLines;
    const int surplusCharacters = document()->characterCount() - maximumCharacters;
    if (surplus <= 0 && surplusCharacters <= 0) {
        return;
    }
    const QScopedValueRollback guard(m_updating, true);
    QTextBlock firstKept = document()->findBlockByNumber(std::max(surplus, 0));
    while (firstKept.position() < surplusCharacters && firstKept.next().isValid()) {
        firstKept = firstKept.next();
    }
    const LineData *about = dataOf(firstKept);
    OutputLine kept;
    if (about) {
        kept = {QString(), about->stream, about->offset, about->timeNs, about->spans};
    }
    QTextCursor cursor(document());
    cursor.setPosition(firstKept.position(), QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    QTextBlock first =
        document()->firstBlock(); // of the two blocks that became one, the wrong about may be left
    setData(first, kept);
}

void OutputText::scrolled()
{
    m_gutter->update();
    if (m_updating) {
        return;
    }
    const bool atBottom = verticalScrollBar()->value() == verticalScrollBar()->maximum();
    if (atBottom && !textCursor().hasSelection()) {
        setFollowing(true);
    } else if (!atBottom) {
        setFollowing(false);
    }
}

void OutputText::selectionChanged(bool any)
{
    if (m_updating) {
        return;
    }
    if (any) {
        setFollowing(false);
    } else if (verticalScrollBar()->value() == verticalScrollBar()->maximum()) {
        setFollowing(true);
    }
}

/// A screen reader cannot see the gutter's bar: it hears which stream the cursor's line is of.
void OutputText::describeLine()
{
    const int stream = m_empty ? 0 : streamOf(textCursor().block());
    const QString description = stream == 2   ? tr("Standard error")
                                : stream == 1 ? tr("Standard output")
                                              : QString();
    if (accessibleDescription() != description) {
        setAccessibleDescription(description);
    }
}

int OutputText::gutterWidth() const
{
    const int space = fontMetrics().horizontalAdvance(u' ');
    return 2 * space + (m_timesShown ? fontMetrics().horizontalAdvance(u"00:00:00.000"_qs) + space : 0);
}

void OutputText::placeParts()
{
    setViewportMargins(gutterWidth(), 0, 0, 0);
    const QRect inside = contentsRect();
    m_gutter->setGeometry(inside.left(), inside.top(), gutterWidth(), viewport()->height());
    m_pill->resize(m_pill->sizeHint());
    const QRect view = viewport()->geometry();
    m_pill->move(view.center().x() - m_pill->width() / 2,
                 view.bottom() - m_pill->height() - fontMetrics().height() / 2);
    m_pill->raise();
    Q_EMIT gridChanged();
}

void OutputText::paintGutter(const QRect &area)
{
    QPainter painter(m_gutter);
    painter.fillRect(area, palette().base());
    if (m_empty) {
        return;
    }
    painter.setFont(font());
    const int bar = std::max(3, fontMetrics().horizontalAdvance(u' ') / 2);
    const QColor barColour =
        isHighContrast(palette()) ? palette().color(QPalette::Text) : terminalColour(2, isDark(palette()));
    QTextBlock block = firstVisibleBlock();
    QRectF place = blockBoundingGeometry(block).translated(contentOffset());
    while (block.isValid() && place.top() <= area.bottom()) {
        const LineData *about = dataOf(block);
        if (about && place.bottom() >= area.top()) {
            if (m_timesShown) {
                painter.setPen(palette().color(QPalette::PlaceholderText));
                painter.drawText(QRectF(fontMetrics().horizontalAdvance(u' ') / 2.0, place.top(),
                                        m_gutter->width(), fontMetrics().height()),
                                 Qt::AlignLeft | Qt::AlignVCenter, timeText(about->timeNs));
            }
            if (about->stream == 2) {
                painter.fillRect(QRectF(m_gutter->width() - 1.5 * bar, place.top(), bar, place.height()),
                                 barColour);
            }
        }
        place.translate(0, place.height());
        block = block.next();
        place.setHeight(block.isValid() ? blockBoundingRect(block).height() : 0);
    }
}

void OutputText::goToEnd()
{
    const QScopedValueRollback guard(m_updating, true);
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

} // namespace procession
