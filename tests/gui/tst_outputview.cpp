// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"
#include "gui/icons.h"
#include "gui/outputtext.h"
#include "gui/outputview.h"
#include "keeper/rundir.h"
#include "patience.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QDir>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTextLayout>
#include <QToolButton>

#include <cmath>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

namespace {

/// A run directory that the test writes as a keeper would.
class Run final
{
    Q_DISABLE_COPY_MOVE(Run)

public:
    Run()
        : m_out(m_directory.filePath(u"out.00000000000000000000"_s))
        , m_index(m_directory.filePath(u"idx.00000000000000000000"_s))
    {
    }

    QString path() const { return m_directory.path(); }
    QByteArray all() const { return m_all; }

    void write(const QByteArray &bytes, quint32 stream = 1, qint64 timeNs = 0)
    {
        if (!m_out.isOpen()) {
            QVERIFY(m_out.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
            QVERIFY(m_index.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        }
        const rundir::IndexRecord record{m_written, timeNs, static_cast<quint32>(bytes.size()), stream};
        m_out.write(bytes);
        m_index.write(reinterpret_cast<const char *>(&record), sizeof(record));
        m_written += static_cast<quint64>(bytes.size());
        m_all += bytes;
    }

private:
    QTemporaryDir m_directory;
    QFile m_out;
    QFile m_index;
    QByteArray m_all;
    quint64 m_written = 0;
};

QByteArray numberedLines(int from, int to)
{
    QByteArray bytes;
    for (int i = from; i < to; ++i) {
        bytes += "line " + QByteArray::number(i) + '\n';
    }
    return bytes;
}

WorkerStatus statusOf(quint64 id, const QString &directory, State state, Outcome outcome = Outcome::None)
{
    auto spec = std::make_shared<WorkerSpec>();
    spec->name = u"worker"_s;
    spec->command = Command::direct({u"cat"_s, u"a file"_s});
    spec->workingDirectory = u"/tmp"_s;
    WorkerStatus status;
    status.id = WorkerId{id};
    status.spec = spec;
    status.state = state;
    status.outcome = outcome;
    status.runDirectory = directory;
    status.runId = directory.isEmpty() ? QString() : u"run"_s;
    status.startedAt = std::chrono::seconds(100);
    if (state == State::Ended) {
        status.endedAt = std::chrono::seconds(141);
    }
    return status;
}

} // namespace

class TestOutputView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { installIcons(); }

    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
        m_settings = std::make_unique<Settings>(m_directory.filePath(u"settings.conf"_s));
        m_settings->restoreDefaults();
        m_view = std::make_unique<OutputView>(m_settings.get());
        m_view->resize(800, 400);
        m_view->QWidget::show();
        m_lines = m_view->findChild<OutputText *>(u"outputView"_s);
        QVERIFY(m_lines);
    }

    void cleanup() { m_view.reset(); }

    void emptyStates()
    {
        QVERIFY(label(u"outputEmptyText"_s)->isVisible());
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Select a worker to see its output."_s);
        QVERIFY(!button(u"outputStartButton"_s)->isVisible());

        WorkerStatus status = statusOf(1, {}, State::NotStarted);
        m_view->show(&status);
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"Not started"_s);
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Output appears here when it runs."_s);
        QSignalSpy starts(m_view.get(), &OutputView::startRequested);
        QTest::mouseClick(button(u"outputStartButton"_s), Qt::LeftButton);
        QCOMPARE(starts.size(), 1);

        const Run run;
        status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output yet"_s);
        QTRY_VERIFY(label(u"outputEmptyTitle"_s)->isVisible());
        QVERIFY(!button(u"outputStartButton"_s)->isVisible());

        status.keeperGone = true; // nobody takes what it writes
        m_view->show(&status);
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output"_s);
        QVERIFY(label(u"outputEmptyText"_s)->text().contains(u"what it writes now is lost"));
        status = statusOf(1, run.path(), State::Ended, Outcome::Lost);
        m_view->show(&status);
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"Nothing was kept before its keeper"));
        status.outcome = Outcome::Interrupted;
        m_view->show(&status);
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"Nothing was kept before the machine"));

        status = statusOf(1, run.path(), State::Ended, Outcome::Succeeded);
        status.exitCode = 0;
        m_view->show(&status);
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output"_s);
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"The worker wrote nothing."));

        status.outcome = Outcome::FailedToStart;
        status.exitCode.reset();
        status.problem = u"“pyhton3” was not found in PATH."_s;
        m_view->show(&status);
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"Failed to start"_s);
        QCOMPARE(label(u"outputEmptyText"_s)->text(), status.problem);
        QVERIFY(button(u"outputStartButton"_s)->isVisible());

        m_view->show(nullptr);
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Select a worker to see its output."_s);
    }

    /// What is not proven is not said, and what a person may miss is.
    void footersOfOddEnds()
    {
        const Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Ended, Outcome::Succeeded);
        status.exitCode = 0;
        const auto footer = [this, &status] {
            m_view->show(&status);
            return label(u"outputFooter"_s)->text();
        };
        status.problem = u"Its keeper was killed while it ended what the worker had left behind."_s;
        QCOMPARE(
            footer(),
            u"── exited with code 0 after 0:41 — its keeper was killed: not known whether all output is here ──"_s);
        status.problem.clear();
        status.survivors = 2;
        QCOMPARE(footer(), u"── exited with code 0 after 0:41 — 2 processes could not be ended ──"_s);
        status.survivors = 0;
        status.streamsMerged = true;
        QCOMPARE(footer(), u"── exited with code 0 after 0:41 — nothing left · streams merged ──"_s);
        status.terminal = true; // of a terminal nobody expects two
        QCOMPARE(footer(), u"── exited with code 0 after 0:41 — nothing left ──"_s);
        status.streamsMerged = status.terminal = false;
        status.state = State::Running;
        status.outcome = Outcome::None;
        status.straysKept = true;
        status.strays = 3;
        QCOMPARE(footer(), u"── exited with code 0 after 0:41 — 3 processes left behind, still running ──"_s);
        status.straysKept = false;
        status.state = State::Stopping;
        QCOMPARE(footer(), u"── exited with code 0 after 0:41 — ending what it left behind ──"_s);
        status.exitCode.reset();
        status.state = State::Running;
        status.keeperGone = true;
        QCOMPARE(footer(), u"── still running, but its keeper was killed: what it writes now is lost ──"_s);
    }

    /// The row to type in is there exactly while the worker's input is open.
    void theInputRow()
    {
        const auto *bar = m_view->findChild<QWidget *>(u"inputBar"_s);
        auto *edit = m_view->findChild<QLineEdit *>(u"inputEdit"_s);
        QVERIFY(!bar->isVisible());
        const Run run;
        WorkerStatus status = statusOf(7, run.path(), State::Running);
        m_view->show(&status);
        QVERIFY(!bar->isVisible());
        QVERIFY(label(u"outputFooter"_s)->toolTip().contains(u"choose its input"));
        status.inputOpen = true;
        m_view->show(&status);
        QVERIFY(bar->isVisible());
        QCOMPARE(label(u"outputFooter"_s)->toolTip(), QString());
        QSignalSpy sent(m_view.get(), &OutputView::inputRequested);
        QSignalSpy ended(m_view.get(), &OutputView::inputEndRequested);
        edit->setFocus();
        QTest::keyClicks(edit, u"hello"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(sent.size(), 1);
        QCOMPARE(sent.first().at(0).value<WorkerId>(), WorkerId{7});
        QCOMPARE(sent.first().at(1).toByteArray(), QByteArray("hello\n"));
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"inputEndButton"_s), Qt::LeftButton);
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended.first().at(0).value<WorkerId>(), WorkerId{7});
        m_view->setInputWaiting(WorkerId{7}, 2048);
        QVERIFY(label(u"inputWaitingLabel"_s)->isVisible());

        edit->setText(u"text"_s); // Edit ▸ Copy means the row while it has the focus
        edit->selectAll();
        QApplication::setActiveWindow(m_view.get());
        edit->setFocus();
        QTRY_COMPARE(QApplication::focusWidget(), edit);
        m_view->copy();
        QCOMPARE(QApplication::clipboard()->text(), u"text"_s);
        status.inputOpen = false;
        m_view->show(&status);
        QVERIFY(!bar->isVisible());
        m_view->show(nullptr);
        QVERIFY(!bar->isVisible());
    }

    void mergedStreamsCannotBeChosen()
    {
        Run run;
        run.write("out\n", 1);
        run.write("err\n", 2);
        auto *combo = m_view->findChild<QComboBox *>(u"outputStreamCombo"_s);
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        combo->setCurrentIndex(2);
        QTRY_COMPARE(m_lines->toPlainText(), u"err"_s);
        status.streamsMerged = true;
        m_view->show(&status);
        QVERIFY(!combo->isEnabled());
        QVERIFY(combo->toolTip().contains(u"merged"));
        QTRY_COMPARE(m_lines->toPlainText(), u"out\nerr"_s);
        status.streamsMerged = false;
        m_view->show(&status);
        QVERIFY(combo->isEnabled());
        QCOMPARE(combo->currentIndex(), 2); // what was chosen comes back
        QTRY_COMPARE(m_lines->toPlainText(), u"err"_s);
    }

    /// A terminal is as large as what is seen of it, before its first line too.
    void theSizeOfATerminal()
    {
        QSignalSpy sizes(m_view.get(), &OutputView::terminalSizeChanged);
        QTRY_COMPARE(sizes.size(), 1);
        const QSize before(sizes.last().at(0).toInt(), sizes.last().at(1).toInt());
        QVERIFY(before.width() > 40 && before.height() > 5);
        Run run;
        run.write(QByteArray(before.width(), 'x') + '\n');
        m_settings->setOutputWrap(false);
        const WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 1);
        QTRY_VERIFY(m_lines->isVisible());
        QVERIFY(m_lines->horizontalScrollBar()->maximum() == 0); // so many characters do fit
        run.write(QByteArray("y\n").repeated(3 * before.height()));
        QTRY_VERIFY(m_lines->verticalScrollBar()->isVisible());
        QVERIFY2(m_lines->horizontalScrollBar()->maximum() == 0, "the scroll bar took the last columns");

        sizes.clear();
        for (int width = 800; width <= 1200; width += 50) // a window that is dragged
            m_view->resize(width, 500);
        QTRY_VERIFY(!sizes.isEmpty());
        QCOMPARE(sizes.size(), 1);
        QVERIFY(sizes.last().at(0).toInt() > before.width() + 20);
        QVERIFY(sizes.last().at(1).toInt() > before.height() + 3);
        m_view->resize(60, 60);
        QTRY_COMPARE(sizes.size(), 2);
        QCOMPARE(sizes.last().at(0).toInt() >= 20 && sizes.last().at(1).toInt() == 4, true);
    }

    void headerAndFooter_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("outcome");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("expected");
        const auto row = [](State state, Outcome outcome, int exitCode, const QString &expected) {
            QTest::newRow(qPrintable(expected)) << int(state) << int(outcome) << exitCode << expected;
        };
        row(State::Running, Outcome::None, 999, u"── still running ──"_s);
        row(State::Paused, Outcome::None, 999, u"── paused ──"_s);
        row(State::Stopping, Outcome::None, 999, u"── stopping ──"_s);
        row(State::Ended, Outcome::Succeeded, 0, u"── exited with code 0 after 0:41 — nothing left ──"_s);
        row(State::Ended, Outcome::Failed, 3, u"── exited with code 3 after 0:41 — nothing left ──"_s);
        row(State::Ended, Outcome::Crashed, -11, u"── ended by SIGSEGV (11) after 0:41 — nothing left ──"_s);
        row(State::Ended, Outcome::Stopped, -15,
            u"── Stopped: ended by SIGTERM (15) after 0:41 — nothing left ──"_s);
        row(State::Ended, Outcome::Lost, 999, u"── Lost. nobody knows ──"_s);
    }

    void headerAndFooter()
    {
        QFETCH(const int, state);
        QFETCH(const int, outcome);
        QFETCH(const int, exitCode);
        QFETCH(const QString, expected);
        Run run;
        run.write("text\n");
        WorkerStatus status = statusOf(1, run.path(), State(state), Outcome(outcome));
        if (exitCode != 999) {
            status.exitCode = exitCode;
        }
        if (status.outcome == Outcome::Lost) {
            status.problem = u"nobody knows"_s;
        }
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"text"_s);
        QCOMPARE(label(u"outputFooter"_s)->text(), expected);
        QCOMPARE(m_view->findChild<QLineEdit *>(u"outputHeader"_s)->text(), u"$ cat 'a file'  (/tmp)"_s);
    }

    void growsWhileItRuns()
    {
        Run run;
        run.write("one\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"one"_s);
        run.write("two\nthr");
        QTRY_COMPARE(shown(), u"one\ntwo\nthr"_s);
        run.write("ee\n");
        QTRY_COMPARE(shown(), u"one\ntwo\nthree"_s);
        run.write("last words");
        status.state = State::Ended;
        status.outcome = Outcome::Succeeded;
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"one\ntwo\nthree\nlast words"_s);
    }

    void nothingIsReadWhileHidden()
    {
        Run run;
        run.write("one\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"one"_s);
        m_view->hide();
        run.write("two\n");
        m_view->QWidget::show();
        QTRY_COMPARE(shown(), u"one\ntwo"_s);
    }

    void aProgressBarIsOneLine()
    {
        Run run;
        run.write("start\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"start"_s);
        for (int percent = 0; percent <= 100; percent += 10) {
            run.write("\r" + QByteArray::number(percent).rightJustified(3) + "%", 2);
            QTRY_COMPARE(shown(), u"start\n"_s + QString::number(percent).rightJustified(3) + u'%');
        }
        run.write("\n", 2);
        run.write("done\n");
        QTRY_COMPARE(shown(), u"start\n100%\ndone"_s);
    }

    /// A line of one stream that ends while one of the other is under way stands before it.
    void linesUnderWayStayAtTheEnd()
    {
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        run.write("10%", 2);
        QTRY_COMPARE(shown(), u"10%"_s);
        run.write("out");
        QTRY_COMPARE(shown(), u"out\n10%"_s);
        run.write("put\nmore\n");
        QTRY_COMPARE(shown(), u"output\nmore\n10%"_s);
        run.write("\r90%\n", 2);
        run.write("end\n");
        QTRY_COMPARE(shown(), u"output\nmore\n90%\nend"_s);
    }

    void charactersSplitOverChunks()
    {
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        const QByteArray bytes = u"äöü€\U0001F600ß"_s.toUtf8();
        for (const char byte : bytes) {
            run.write(QByteArray(1, byte));
            QTest::qWait(0);
        }
        run.write("\xff|");
        QTRY_COMPARE(shown(), u"äöü€\U0001F600ß\ufffd|"_s);
    }

    void standardErrorIsMarked()
    {
        Run run;
        run.write("out\n");
        run.write("err\n", 2);
        WorkerStatus status = statusOf(1, run.path(), State::Ended, Outcome::Failed);
        status.exitCode = 1;
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"out\nerr"_s);
        QCOMPARE(m_lines->streamOf(m_lines->document()->firstBlock()), 1);
        QCOMPARE(m_lines->streamOf(m_lines->document()->lastBlock()), 2);

        // Painted: the gutter beside the second line has a bar, beside the first it has not.
        const QImage image = m_lines->grab().toImage();
        const auto barsIn = [&](const QTextBlock &block) {
            const QRect line = m_lines->cursorRect(QTextCursor(block));
            int bars = 0;
            const QColor base = m_lines->palette().color(QPalette::Base);
            for (int x = 0; x < m_lines->viewport()->x(); ++x) {
                bars += image.pixelColor(x, line.center().y() + m_lines->viewport()->y()) != base ? 1 : 0;
            }
            return bars;
        };
        QCOMPARE(barsIn(m_lines->document()->firstBlock()), 0);
        QVERIFY(barsIn(m_lines->document()->lastBlock()) >= 3);

        // Told: a screen reader hears which stream the cursor is on.
        m_lines->setFocus();
        m_lines->moveCursor(QTextCursor::Start);
        QTest::keyClick(m_lines, Qt::Key_Down);
        QCOMPARE(m_lines->accessibleDescription(), u"Standard error"_s);
        QTest::keyClick(m_lines, Qt::Key_Up);
        QCOMPARE(m_lines->accessibleDescription(), u"Standard output"_s);
    }

    void oneStreamOnly()
    {
        Run run;
        run.write("out 1\n");
        run.write("err 1\n", 2);
        run.write("out 2\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"out 1\nerr 1\nout 2"_s);
        auto *combo = m_view->findChild<QComboBox *>(u"outputStreamCombo"_s);
        combo->setCurrentIndex(2);
        QTRY_COMPARE(shown(), u"err 1"_s);
        run.write("out 3\n");
        run.write("err 2\n", 2);
        QTRY_COMPARE(shown(), u"err 1\nerr 2"_s);
        combo->setCurrentIndex(1);
        QTRY_COMPARE(shown(), u"out 1\nout 2\nout 3"_s);
    }

    void coloursAreShownAndNotCopied()
    {
        Run run;
        run.write("a \033[31mred\033[0m word\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"a red word"_s);
        const auto formats = m_lines->document()->firstBlock().layout()->formats();
        QCOMPARE(formats.size(), 1);
        QCOMPARE(formats.first().start, 2);
        QCOMPARE(formats.first().length, 3);
        const QColor before = formats.first().format.foreground().color();

        QPalette dark;
        dark.setColor(QPalette::Window, Qt::black);
        dark.setColor(QPalette::Base, Qt::black);
        dark.setColor(QPalette::WindowText, Qt::lightGray);
        dark.setColor(QPalette::Text, Qt::lightGray);
        m_lines->setPalette(dark);
        QTRY_VERIFY(
            m_lines->document()->firstBlock().layout()->formats().first().format.foreground().color() !=
            before);

        m_lines->selectAll();
        m_view->copy();
        QCOMPARE(QApplication::clipboard()->text(), u"a red word"_s);
    }

    void bounded()
    {
        m_settings->setOutputViewLines(200);
        Run run;
        run.write(numberedLines(0, 5000));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 200);
        QVERIFY(shown().startsWith(u"line 4800\n"));
        QVERIFY(shown().endsWith(u"line 4999"));
        auto *notice = label(u"outputNotice"_s);
        QTRY_VERIFY(notice->isVisible());
        QVERIFY2(notice->text().contains(u"of earlier output are on the disk, but not shown here"),
                 qPrintable(notice->text()));

        for (int i = 5000; i < 6000; i += 100) {
            run.write(numberedLines(i, i + 100));
            QTRY_VERIFY(shown().endsWith(u"line %1"_s.arg(i + 99)));
            QVERIFY(m_lines->lineCount() <= 200);
        }
        QVERIFY(shown().startsWith(u"line 5800\n"));
        const quint64 offset = m_lines->firstOffset();
        QCOMPARE(run.all().mid(static_cast<qsizetype>(offset), 10), "line 5800\n");
    }

    /// First only the last lines come, then what is above them; nothing of it is told apart in the end.
    void manyLinesAreFilledIn()
    {
        Run run;
        run.write(numberedLines(0, 9000));
        WorkerStatus status = statusOf(1, run.path(), State::Ended, Outcome::Succeeded);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 9000);
        QVERIFY(shown().startsWith(u"line 0\nline 1\n"));
        QVERIFY(isAtBottom());
        QVERIFY(!label(u"outputNotice"_s)->isVisible());
    }

    void followsOnlyAtTheBottom()
    {
        Run run;
        run.write(numberedLines(0, 200));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 200);
        QVERIFY(isAtBottom());
        auto *follow = m_view->findChild<QToolButton *>(u"outputFollowButton"_s);
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QVERIFY(follow->isChecked());
        run.write(numberedLines(200, 300));
        QTRY_COMPARE(m_lines->lineCount(), 300);
        QVERIFY(isAtBottom());
        QVERIFY(!pill->isVisible());

        m_lines->verticalScrollBar()->setValue(50);
        QVERIFY(!follow->isChecked());
        run.write(numberedLines(300, 307));
        QTRY_COMPARE(pill->text(), u"⤓ 7 new lines"_s);
        QVERIFY(pill->isVisible());
        QCOMPARE(m_lines->verticalScrollBar()->value(), 50);
        run.write(numberedLines(307, 310));
        QTRY_COMPARE(pill->text(), u"⤓ 10 new lines"_s);
        QCOMPARE(m_lines->verticalScrollBar()->value(), 50);

        QTest::mouseClick(pill, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"line 309"));
        QVERIFY(isAtBottom());
        QVERIFY(!pill->isVisible());
        QVERIFY(follow->isChecked());

        m_lines->verticalScrollBar()->setValue(0);
        run.write(numberedLines(310, 320));
        QTRY_VERIFY(pill->isVisible());
        QTest::keyClick(m_lines, Qt::Key_End);
        QTRY_VERIFY(shown().endsWith(u"line 319"));
        QVERIFY(isAtBottom());

        QTest::mouseClick(follow, Qt::LeftButton); // off, while at the bottom
        QVERIFY(!follow->isChecked());
        run.write(numberedLines(320, 321));
        QTRY_COMPARE(pill->text(), u"⤓ 1 new line"_s);
        QTest::mouseClick(follow, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"line 320"));
    }

    void aSelectionStays()
    {
        Run run;
        run.write(numberedLines(0, 100));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 100);
        QSignalSpy available(m_view.get(), &OutputView::copyAvailable);
        m_lines->selectAll();
        QCOMPARE(available.size(), 1);
        QVERIFY(m_view->hasSelection());
        const QString selected = m_lines->textCursor().selectedText();
        run.write(numberedLines(100, 150));
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QTRY_COMPARE(pill->text(), u"⤓ 50 new lines"_s);
        QCOMPARE(m_lines->textCursor().selectedText(), selected);

        QTextCursor cursor = m_lines->textCursor();
        cursor.clearSelection();
        m_lines->setTextCursor(cursor);
        m_lines->setFollowing(true);
        QTRY_COMPARE(m_lines->lineCount(), 150);
    }

    /// While it is flooded, the view never holds more than its lines, and it ends at the very end.
    void flood()
    {
        m_settings->setOutputViewLines(2000);
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        int number = 0;
        for (int part = 0; part < 50; ++part) { // 1 MB each
            QByteArray bytes;
            bytes.reserve(1 << 20);
            while (bytes.size() < (1 << 20)) {
                bytes += "flood line " + QByteArray::number(number++) + '\n';
            }
            run.write(bytes);
            QTest::qWait(1);
            QVERIFY(m_lines->document()->blockCount() <= 2000);
        }
        status.state = State::Ended;
        status.outcome = Outcome::Succeeded;
        m_view->show(&status);
        const QString last = u"flood line %1"_s.arg(number - 1);
        QTRY_VERIFY(shown().endsWith(last));
        QTRY_COMPARE(m_lines->lineCount(), 2000);
        QVERIFY(shown().startsWith(u"flood line %1\n"_s.arg(number - 2000)));
        QVERIFY(isAtBottom());
    }

    void aFloodWhileReadingFurtherUp()
    {
        Run run;
        run.write(numberedLines(0, 500));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 500);
        m_lines->verticalScrollBar()->setValue(100);
        const QString before = shown();
        for (int i = 0; i < 10; ++i) {
            run.write(QByteArray("y\n").repeated(500'000));
            QTest::qWait(1);
        }
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QTRY_VERIFY(pill->text().contains(u"More than"));
        QCOMPARE(shown(), before);
        QCOMPARE(m_lines->verticalScrollBar()->value(), 100);
        QTest::mouseClick(pill, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"y\ny"));
        QVERIFY(isAtBottom());
        QTRY_COMPARE(m_lines->lineCount(), m_settings->outputViewLines());
    }

    void anEndlessLine()
    {
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        run.write(QByteArray(30'000, 'x'));
        QTRY_VERIFY(shown().endsWith(u"more characters)"));
        QVERIFY(shown().size() < 10'100);
        run.write("\nnext\n");
        QTRY_VERIFY(shown().endsWith(u"\nnext"));
    }

    void switchingWorkers()
    {
        Run one;
        one.write("of one\n");
        Run two;
        two.write("of two\n");
        WorkerStatus first = statusOf(1, one.path(), State::Running);
        WorkerStatus second = statusOf(2, two.path(), State::Running);
        m_view->show(&first);
        QTRY_COMPARE(shown(), u"of one"_s);
        m_view->show(&second);
        QVERIFY(!shown().contains(u"of one")); // at no time the text of another
        QTRY_COMPARE(shown(), u"of two"_s);
        for (int i = 0; i < 20; ++i) {
            m_view->show(i % 2 ? &first : &second);
        }
        QTRY_COMPARE(shown(), u"of one"_s);
        one.write("and more\n");
        QTRY_COMPARE(shown(), u"of one\nand more"_s);

        const Run again; // the same worker, started again
        first.runDirectory = again.path();
        m_view->show(&first);
        QVERIFY(shown().isEmpty());
        QTRY_COMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output yet"_s);
    }

    void clearHidesWhatWasShown()
    {
        Run run;
        run.write("old\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"old"_s);
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputClearButton"_s), Qt::LeftButton);
        QTRY_COMPARE(shown(), QString());
        run.write("new\n");
        QTRY_COMPARE(shown(), u"new"_s);
    }

    void savesTheWhole()
    {
        m_settings->setOutputViewLines(100);
        Run run;
        run.write(numberedLines(0, 1000));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 100);
        const QTemporaryDir target;
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputSaveButton"_s), Qt::LeftButton);
        auto *dialog = m_view->findChild<QFileDialog *>(u"outputSaveDialog"_s);
        QVERIFY(dialog);
        dialog->setDirectory(target.path());
        dialog->selectFile(u"saved.log"_s);
        static_cast<QDialog *>(dialog)->accept();
        QTRY_COMPARE(label(u"outputSaveLabel"_s)->text(), u"Saved to saved.log"_s);
        QFile file(target.filePath(u"saved.log"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), run.all());
    }

    void find()
    {
        Run run;
        run.write("apple\nbanana\nApple pie\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 3);
        m_view->openFind();
        auto *edit = m_view->findChild<QLineEdit *>(u"outputFindEdit"_s);
        QVERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"apple"_s);
        QCOMPARE(label(u"outputFindLabel"_s)->text(), u"2 matches"_s);
        QCOMPARE(m_lines->textCursor().selectedText().toLower(), u"apple"_s);
        const int first = m_lines->textCursor().blockNumber();
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(m_lines->textCursor().blockNumber() != first);
        m_view->findNext(); // once around
        QCOMPARE(m_lines->textCursor().blockNumber(), first);
        m_view->findPrevious();
        QVERIFY(m_lines->textCursor().blockNumber() != first);
        QTest::keyClicks(edit, u" tree"_s);
        QCOMPARE(label(u"outputFindLabel"_s)->text(), u"Not found"_s);
        QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(!edit->isVisible());
    }

    void wrapAndTimes()
    {
        Run run;
        run.write("at a time\n", 1, 1'700'000'000'123'000'000);
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(m_lines->lineCount(), 1);
        auto *wrap = m_view->findChild<QToolButton *>(u"outputWrapButton"_s);
        QTest::mouseClick(wrap, Qt::LeftButton);
        QVERIFY(m_settings->outputWrap());
        QCOMPARE(m_lines->lineWrapMode(), QPlainTextEdit::WidgetWidth);
        const int narrow = m_lines->viewport()->x();
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputTimesButton"_s), Qt::LeftButton);
        QVERIFY(m_lines->viewport()->x() >
                narrow + m_lines->fontMetrics().horizontalAdvance(u"00:00:00.000"_s));
    }

    /// A directory that goes away while it is shown.
    void theRunDirectoryVanishes()
    {
        auto run = std::make_unique<Run>();
        run->write("text\n");
        WorkerStatus status = statusOf(1, run->path(), State::Running);
        m_view->show(&status);
        QTRY_COMPARE(shown(), u"text"_s);
        QVERIFY(QDir(run->path()).removeRecursively());
        status.state = State::Ended;
        status.outcome = Outcome::Lost;
        m_view->show(&status);
        QTRY_COMPARE(label(u"outputFooter"_s)->text(), u"── Lost ──"_s);
    }

private:
    QString shown() const { return m_lines->toPlainText(); }
    bool isAtBottom() const
    {
        return m_lines->verticalScrollBar()->value() == m_lines->verticalScrollBar()->maximum();
    }
    QLabel *label(const QString &name) const { return m_view->findChild<QLabel *>(name); }
    QPushButton *button(const QString &name) const { return m_view->findChild<QPushButton *>(name); }

    QTemporaryDir m_directory;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<OutputView> m_view;
    OutputText *m_lines = nullptr;
};

QTEST_MAIN(TestOutputView)
#include "tst_outputview.moc"
