// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"
#include "gui/icons.h"
#include "gui/logview.h"
#include "gui/outputpane.h"
#include "gui/outputsaver.h"
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
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
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
        m_lines = m_view->findChild<LogView *>(u"outputView"_s);
        QVERIFY(m_lines);
    }

    void cleanup() { m_view.reset(); }

    void emptyStates()
    {
        QVERIFY(label(u"outputEmptyText"_s)->isVisible());
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Select a worker to see its output."_s);
        QVERIFY(!button(u"outputStartButton"_s)->isVisible());

        WorkerStatus status = statusOf(1, {}, State::NotStarted);
        m_view->show({status});
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"Not started"_s);
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Output appears here when it runs."_s);
        QSignalSpy starts(m_view.get(), &OutputView::startRequested);
        QTest::mouseClick(button(u"outputStartButton"_s), Qt::LeftButton);
        QCOMPARE(starts.size(), 1);

        const Run run;
        status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_COMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output yet"_s);
        QTRY_VERIFY(label(u"outputEmptyTitle"_s)->isVisible());
        QVERIFY(!button(u"outputStartButton"_s)->isVisible());

        status.keeperGone = true; // nobody takes what it writes
        m_view->show({status});
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output"_s);
        QVERIFY(label(u"outputEmptyText"_s)->text().contains(u"what it writes now is lost"));
        status = statusOf(1, run.path(), State::Ended, Outcome::Lost);
        m_view->show({status});
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"Nothing was kept before its keeper"));
        status.outcome = Outcome::Interrupted;
        m_view->show({status});
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"Nothing was kept before the machine"));

        status = statusOf(1, run.path(), State::Ended, Outcome::Succeeded);
        status.exitCode = 0;
        m_view->show({status});
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output"_s);
        QVERIFY(label(u"outputEmptyText"_s)->text().startsWith(u"The worker wrote nothing."));

        status.outcome = Outcome::FailedToStart;
        status.exitCode.reset();
        status.problem = u"“pyhton3” was not found in PATH."_s;
        m_view->show({status});
        QCOMPARE(label(u"outputEmptyTitle"_s)->text(), u"Failed to start"_s);
        QCOMPARE(label(u"outputEmptyText"_s)->text(), status.problem);
        QVERIFY(button(u"outputStartButton"_s)->isVisible());

        m_view->show(QList<WorkerStatus>());
        QCOMPARE(label(u"outputEmptyText"_s)->text(), u"Select a worker to see its output."_s);
    }

    /// What is not proven is not said, and what a person may miss is.
    void footersOfOddEnds()
    {
        const Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Ended, Outcome::Succeeded);
        status.exitCode = 0;
        const auto footer = [this, &status] {
            m_view->show({status});
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
        m_view->show({status});
        QVERIFY(!bar->isVisible());
        QVERIFY(label(u"outputFooter"_s)->toolTip().contains(u"choose its input"));
        status.inputOpen = true;
        m_view->show({status});
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
        m_view->show({status});
        QVERIFY(!bar->isVisible());
        m_view->show(QList<WorkerStatus>());
        QVERIFY(!bar->isVisible());
    }

    void mergedStreamsCannotBeChosen()
    {
        Run run;
        run.write("out\n", 1);
        run.write("err\n", 2);
        auto *combo = m_view->findChild<QComboBox *>(u"outputStreamCombo"_s);
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        combo->setCurrentIndex(2);
        QTRY_COMPARE(m_lines->visibleText(), u"err"_s);
        status.streamsMerged = true;
        m_view->show({status});
        QVERIFY(!combo->isEnabled());
        QVERIFY(combo->toolTip().contains(u"merged"));
        QTRY_COMPARE(m_lines->visibleText(), u"out\nerr"_s);
        status.streamsMerged = false;
        m_view->show({status});
        QVERIFY(combo->isEnabled());
        QCOMPARE(combo->currentIndex(), 2); // what was chosen comes back
        QTRY_COMPARE(m_lines->visibleText(), u"err"_s);
    }

    /// A terminal is as large as what is seen of it, before its first line too.
    void theSizeOfATerminal()
    {
        QSignalSpy sizes(m_view.get(), &OutputView::terminalSizeChanged);
        QTRY_COMPARE(sizes.size(), 1);
        const QSize before(sizes.last().at(0).toInt(), sizes.last().at(1).toInt());
        QVERIFY2(before.width() > 40 && before.height() > 5,
                 qPrintable(u"%1 x %2"_s.arg(before.width()).arg(before.height())));
        Run run;
        run.write(QByteArray(before.width(), 'x') + '\n');
        m_settings->setOutputWrap(false);
        const WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(!shown().isEmpty());
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
        m_view->show({status});
        QTRY_COMPARE(shown(), u"text"_s);
        QCOMPARE(label(u"outputFooter"_s)->text(), expected);
        QCOMPARE(m_view->findChild<QLineEdit *>(u"outputHeader"_s)->text(), u"$ cat 'a file'  (/tmp)"_s);
    }

    void growsWhileItRuns()
    {
        Run run;
        run.write("one\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_COMPARE(shown(), u"one"_s);
        run.write("two\nthr");
        QTRY_COMPARE(shown(), u"one\ntwo\nthr"_s);
        run.write("ee\n");
        QTRY_COMPARE(shown(), u"one\ntwo\nthree"_s);
        run.write("last words");
        status.state = State::Ended;
        status.outcome = Outcome::Succeeded;
        m_view->show({status});
        QTRY_COMPARE(shown(), u"one\ntwo\nthree\nlast words"_s);
    }

    void nothingIsReadWhileHidden()
    {
        Run run;
        run.write("one\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
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
        m_view->show({status});
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
        m_view->show({status});
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
        m_view->show({status});
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
        m_view->show({status});
        QTRY_COMPARE(shown(), u"out\nerr"_s);
        QCOMPARE(m_lines->visibleLines().at(0).place.stream, 1);
        QCOMPARE(m_lines->visibleLines().at(1).place.stream, 2);

        // Painted: there is a bar beside the second line and none beside the first.
        const QImage image = m_lines->viewport()->grab().toImage();
        const auto inkLeftOf = [&](int line) {
            const QRect text = m_lines->rectOf(line, 0);
            const QColor base = m_lines->palette().color(QPalette::Base);
            int ink = 0;
            for (int x = 0; x < text.x(); ++x)
                ink += image.pixelColor(x, text.center().y()) != base ? 1 : 0;
            return ink;
        };
        QCOMPARE(inkLeftOf(0), 0);
        QVERIFY(inkLeftOf(1) >= 2);
    }

    void oneStreamOnly()
    {
        Run run;
        run.write("out 1\n");
        run.write("err 1\n", 2);
        run.write("out 2\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
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
        m_view->show({status});
        QTRY_COMPARE(shown(), u"a red word"_s);
        const QList<ShownLine::Span> spans = m_lines->visibleLines().first().spans;
        QCOMPARE(spans.size(), 1);
        QCOMPARE(spans.first().start, 2);
        QCOMPARE(spans.first().length, 3);
        const auto colours = [this](int column) {
            QSet<QRgb> found;
            const QImage image = m_lines->viewport()->grab().toImage();
            const QRect cell = m_lines->rectOf(0, column);
            for (int y = cell.top(); y <= cell.bottom(); ++y)
                for (int x = cell.left(); x <= cell.right(); ++x)
                    found.insert(image.pixel(x, y));
            return found;
        };
        QVERIFY(colours(2) != colours(6));

        m_lines->selectAll();
        m_view->copy();
        QTRY_COMPARE(QApplication::clipboard()->text(), u"a red word\n"_s);
    }

    void followsOnlyAtTheBottom()
    {
        Run run;
        run.write(numberedLines(0, 200));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"line 199"));
        auto *follow = m_view->findChild<QToolButton *>(u"outputFollowButton"_s);
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QVERIFY(follow->isChecked());
        run.write(numberedLines(200, 300));
        QTRY_VERIFY(shown().endsWith(u"line 299"));
        QVERIFY(!pill->isVisible());

        QTest::keyClick(m_lines, Qt::Key_PageUp);
        QTRY_VERIFY(!follow->isChecked());
        QTRY_VERIFY(!shown().endsWith(u"line 299"));
        const QString before = shown();
        run.write(numberedLines(300, 307));
        QTRY_COMPARE(pill->text(), u"⤓ 7 new lines"_s);
        QVERIFY(pill->isVisible());
        QCOMPARE(shown(), before);
        run.write(numberedLines(307, 310));
        QTRY_COMPARE(pill->text(), u"⤓ 10 new lines"_s);
        QCOMPARE(shown(), before);

        QTest::mouseClick(pill, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"line 309"));
        QVERIFY(!pill->isVisible());
        QVERIFY(follow->isChecked());

        QTest::keyClick(m_lines, Qt::Key_Home);
        QTRY_VERIFY(shown().startsWith(u"line 0\n"));
        run.write(numberedLines(310, 320));
        QTRY_VERIFY(pill->isVisible());
        QTest::keyClick(m_lines, Qt::Key_End);
        QTRY_VERIFY(shown().endsWith(u"line 319"));

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
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"line 99"));
        QSignalSpy available(m_view.get(), &OutputView::copyAvailable);
        const QRect first = m_lines->rectOf(0, 0);
        const QRect second = m_lines->rectOf(1, 6);
        QTest::mousePress(m_lines->viewport(), Qt::LeftButton, {}, first.topLeft() + QPoint(0, 2));
        QTest::mouseMove(m_lines->viewport(), second.topLeft() + QPoint(0, 2));
        QTest::mouseRelease(m_lines->viewport(), Qt::LeftButton, {}, second.topLeft() + QPoint(0, 2));
        QTRY_VERIFY(m_view->hasSelection());
        QVERIFY(!available.isEmpty());
        const QStringList before = shown().split(u'\n');
        run.write(numberedLines(100, 150));
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QTRY_COMPARE(pill->text(), u"⤓ 50 new lines"_s);
        m_view->copy();
        QTRY_COMPARE(QApplication::clipboard()->text(), before.at(0) + u'\n' + before.at(1).left(6));
        m_lines->setFollowing(true);
        QTRY_VERIFY(shown().endsWith(u"line 149"));
    }

    /// While it is flooded it shows what comes, and it ends at the very end.
    void flood()
    {
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        int number = 0;
        for (int part = 0; part < 50; ++part) { // 1 MB each
            QByteArray bytes;
            bytes.reserve(1 << 20);
            while (bytes.size() < (1 << 20)) {
                bytes += "flood line " + QByteArray::number(number++) + '\n';
            }
            run.write(bytes);
            QTest::qWait(1);
        }
        QTRY_VERIFY(shown().endsWith(u"flood line %1"_s.arg(number - 1)));
        status.state = State::Ended;
        status.outcome = Outcome::Succeeded;
        m_view->show({status});
        run.write("last words");
        QTRY_VERIFY(shown().endsWith(u"last words"));
    }

    void aFloodWhileReadingFurtherUp()
    {
        Run run;
        run.write(numberedLines(0, 500));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"line 499"));
        QTest::keyClick(m_lines, Qt::Key_Home);
        QTRY_VERIFY(shown().startsWith(u"line 0\n"));
        const QString before = shown();
        for (int i = 0; i < 10; ++i) {
            run.write(QByteArray("y\n").repeated(500'000));
            QTest::qWait(1);
        }
        auto *pill = m_view->findChild<QPushButton *>(u"outputNewLinesButton"_s);
        QTRY_COMPARE(pill->text(), u"⤓ 5,000,000 new lines"_s);
        QCOMPARE(shown(), before);
        QTest::mouseClick(pill, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"y\ny"));
    }

    void anEndlessLine()
    {
        Run run;
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        run.write(QByteArray(3'000'000, 'x'));
        QTRY_VERIFY(shown().endsWith(u"xxx"));
        run.write("\nnext\n");
        QTRY_VERIFY(shown().endsWith(u"\nnext"));
        m_lines->selectAll();
        m_view->copy();
        QTRY_COMPARE(QApplication::clipboard()->text().size(), 3'000'006);
    }

    void switchingWorkers()
    {
        Run one;
        one.write("of one\n");
        Run two;
        two.write("of two\n");
        WorkerStatus first = statusOf(1, one.path(), State::Running);
        WorkerStatus second = statusOf(2, two.path(), State::Running);
        m_view->show({first});
        QTRY_COMPARE(shown(), u"of one"_s);
        m_view->show({second});
        QVERIFY(!shown().contains(u"of one")); // at no time the text of another
        QTRY_COMPARE(shown(), u"of two"_s);
        for (int i = 0; i < 20; ++i) {
            m_view->show({i % 2 ? first : second});
        }
        QTRY_COMPARE(shown(), u"of one"_s);
        one.write("and more\n");
        QTRY_COMPARE(shown(), u"of one\nand more"_s);

        const Run again; // the same worker, started again
        first.runDirectory = again.path();
        m_view->show({first});
        QVERIFY(shown().isEmpty());
        QTRY_COMPARE(label(u"outputEmptyTitle"_s)->text(), u"No output yet"_s);
    }

    void clearHidesWhatWasShown()
    {
        Run run;
        run.write("old\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_COMPARE(shown(), u"old"_s);
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputClearButton"_s), Qt::LeftButton);
        QTRY_COMPARE(shown(), QString());
        run.write("new\n");
        QTRY_COMPARE(shown(), u"new"_s);
    }

    void savesTheWhole()
    {
        Run run;
        run.write(numberedLines(0, 1000));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"line 999"));
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

    void copiesAll()
    {
        Run run;
        run.write(numberedLines(0, 1000));
        run.write("\033[1mbold\033[m\xff\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"bold\ufffd"));
        action(u"actionOutputCopyAll"_s)->trigger();
        QTRY_COMPARE(QApplication::clipboard()->text(),
                     QString::fromLatin1(numberedLines(0, 1000)) + u"bold\ufffd\n"_s);
        m_lines->selectAll();
        m_lines->copy(true);
        QTRY_COMPARE(QApplication::clipboard()->mimeData()->data(u"application/octet-stream"_s), run.all());

        action(u"actionOutputRaw"_s)->trigger();
        QTRY_VERIFY(shown().endsWith(u"␛[1mbold␛[m\\xff"));
    }

    void find()
    {
        Run run;
        run.write(numberedLines(0, 3000));
        run.write("apple\n" + numberedLines(0, 2000) + "banana\nApple pie\n");
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"Apple pie"));
        m_view->openFind();
        auto *edit = m_view->findChild<QLineEdit *>(u"outputFindEdit"_s);
        QVERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"apple"_s);
        auto *told = label(u"outputFindLabel"_s);
        QTRY_COMPARE(told->text(), u"2 of 2"_s); // the nearest from the end, where the view was
        const auto withMatch = [this] {
            const QList<ShownLine> lines = m_lines->visibleLines();
            return std::count_if(lines.cbegin(), lines.cend(),
                                 [](const ShownLine &line) { return !line.matches.isEmpty(); });
        };
        QTRY_COMPARE(withMatch(), 1);
        QTest::keyClick(edit, Qt::Key_Return); // round
        QTRY_COMPARE(told->text(), u"1 of 2"_s);
        QTRY_VERIFY(shown().contains(u"\napple\n"));
        m_view->findNext();
        QTRY_COMPARE(told->text(), u"2 of 2"_s);
        QTRY_VERIFY(shown().contains(u"Apple pie"));
        m_view->findPrevious();
        QTRY_COMPARE(told->text(), u"1 of 2"_s);

        run.write("another apple\n"); // what comes is searched, too
        QTRY_COMPARE(told->text(), u"1 of 3"_s);

        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputFilterButton"_s), Qt::LeftButton);
        QTRY_COMPARE(shown(), u"apple\nApple pie\nanother apple"_s);
        auto *context = m_view->findChild<QSpinBox *>(u"outputContextSpinBox"_s);
        context->setValue(1);
        QTRY_COMPARE(shown(), u"line 2999\napple\nline 0\nbanana\nApple pie\nanother apple"_s);

        QTest::keyClicks(edit, u" tree"_s);
        QTRY_COMPARE(told->text(), u"Not found"_s);
        QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(!edit->isVisible());
        QTRY_VERIFY(shown().count(u'\n') > 6); // all lines again
        QTRY_COMPARE(withMatch(), 0);
    }

    void findsInAllWorkers()
    {
        Run one;
        one.write("needle\nhay\n");
        Run two;
        two.write("hay\n");
        Run three;
        three.write("needle needle\n");
        QList<WorkerStatus> all{statusOf(1, one.path(), State::Running),
                                statusOf(2, two.path(), State::Running),
                                statusOf(3, three.path(), State::Running)};
        for (WorkerStatus &status : all) {
            auto spec = std::make_shared<WorkerSpec>(*status.spec);
            spec->name = u"worker %1"_s.arg(qulonglong(status.id));
            status.spec = spec;
        }
        m_view->setAllWorkers([all] { return all; });
        m_view->show({all.first()});
        QTRY_COMPARE(shown(), u"needle\nhay"_s);
        m_view->openFind();
        QTest::keyClicks(m_view->findChild<QLineEdit *>(u"outputFindEdit"_s), u"needle"_s);
        m_view->findChild<QComboBox *>(u"outputFindScopeCombo"_s)->setCurrentIndex(1);
        auto *list = m_view->findChild<QListWidget *>(u"outputFindList"_s);
        QTRY_COMPARE(list->count(), 2);
        QTRY_VERIFY2(list->item(0)->text().contains(u"worker 3"), qPrintable(list->item(0)->text()));
        QSignalSpy wanted(m_view.get(), &OutputView::workerRequested);
        Q_EMIT list->itemActivated(list->item(0));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().value<WorkerId>(), WorkerId{3});
    }

    void wrapTimesNumbersAndZoom()
    {
        Run run;
        run.write(QByteArray(300, 'w') + '\n', 1, 1'700'000'000'123'000'000);
        run.write("last\n", 1, 1'700'000'001'123'000'000);
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"last"));
        const int oneRow = m_lines->rectOf(1, 0).y() - m_lines->rectOf(0, 0).y();
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputWrapButton"_s), Qt::LeftButton);
        QVERIFY(m_settings->outputWrap());
        QVERIFY(m_lines->rectOf(1, 0).y() - m_lines->rectOf(0, 0).y() >= 3 * oneRow);

        const int narrow = m_lines->rectOf(1, 0).x();
        QTest::mouseClick(m_view->findChild<QToolButton *>(u"outputTimesButton"_s), Qt::LeftButton);
        const int withTimes = m_lines->rectOf(1, 0).x();
        QVERIFY(withTimes > narrow + m_lines->fontMetrics().horizontalAdvance(u"00:00:00.000"_s));
        action(u"actionOutputNumbers"_s)->trigger();
        QVERIFY(m_lines->rectOf(1, 0).x() > withTimes);
        QTRY_COMPARE(m_lines->visibleLines().last().place.number, 2);

        const int small = m_lines->rectOf(1, 0).height();
        m_settings->setOutputZoom(4);
        QVERIFY(m_lines->rectOf(1, 0).height() > small);
    }

    void severalWorkersAreMergedByTime()
    {
        Run one;
        one.write("one at 1\n", 1, 1'000'000'000);
        one.write("one at 3\n", 1, 3'000'000'000);
        Run two;
        two.write("two at 2\n", 1, 2'000'000'000);
        WorkerStatus first = statusOf(1, one.path(), State::Running);
        WorkerStatus second = statusOf(2, two.path(), State::Running);
        m_view->show({first, second});
        QTRY_COMPARE(shown(), u"one at 1\ntwo at 2\none at 3"_s);
        two.write("two at 4\n", 2, 4'000'000'000);
        QTRY_COMPARE(shown(), u"one at 1\ntwo at 2\none at 3\ntwo at 4"_s);
        QVERIFY(m_lines->rectOf(0, 0).x() > m_lines->fontMetrics().horizontalAdvance(u"worker"_s));

        // Return on a line goes to its worker, at that moment.
        QSignalSpy wanted(m_view.get(), &OutputView::workerRequested);
        m_lines->setFocus();
        QTest::mouseClick(m_lines->viewport(), Qt::LeftButton, {}, m_lines->rectOf(1, 2).center());
        QTest::keyClick(m_lines, Qt::Key_Return);
        QTRY_COMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().value<WorkerId>(), WorkerId{2});
        m_view->show({second});
        QTRY_COMPARE(shown(), u"two at 2\ntwo at 4"_s);
    }

    /// A click on a line takes the other outputs to that moment.
    void sideBySide()
    {
        constexpr qint64 second = 1'000'000'000;
        Run one;
        Run two;
        for (int i = 1; i <= 500; ++i) {
            one.write("one at " + QByteArray::number(i) + '\n', 1, i * second);
            two.write("two at " + QByteArray::number(i) + '\n', 1, i * second + second / 2);
        }
        m_view->show({statusOf(1, one.path(), State::Running), statusOf(2, two.path(), State::Running)});
        QTRY_VERIFY(shown().endsWith(u"two at 500"));
        auto *button = m_view->findChild<QToolButton *>(u"outputSideBySideButton"_s);
        QVERIFY(button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(shown().endsWith(u"one at 500"));
        auto *other = m_view->findChild<LogView *>(u"outputView2"_s);
        QVERIFY(other);
        QTRY_VERIFY(other->visibleText().endsWith(u"two at 500"));
        QTest::keyClick(m_lines, Qt::Key_Home);
        QTRY_VERIFY(shown().startsWith(u"one at 1\n"));
        QTest::mouseClick(m_lines->viewport(), Qt::LeftButton, {}, m_lines->rectOf(4, 2).center());
        QTRY_VERIFY(other->visibleText().contains(u"two at 5\n"));
        QVERIFY(shown().startsWith(u"one at 1\n"));
        m_view->show({statusOf(1, one.path(), State::Running)});
        QTRY_VERIFY(!other->isVisible());
        QTRY_VERIFY(!button->isVisible());
    }

    /// A pane that is added shows what the others show, and one that was hidden marks nothing old.
    void panesAreAlike()
    {
        Run one;
        one.write("one\n");
        Run two;
        two.write("two \x1b[31mred\x1b[0m\n");
        two.write("two needle\n", 2);
        const QList<WorkerStatus> both{statusOf(1, one.path(), State::Running),
                                       statusOf(2, two.path(), State::Running)};
        m_view->show(both);
        QTRY_VERIFY(shown().contains(u"two needle"));
        action(u"actionOutputRaw"_s)->trigger();
        auto *sideBySide = m_view->findChild<QToolButton *>(u"outputSideBySideButton"_s);
        QTest::mouseClick(sideBySide, Qt::LeftButton);
        auto *other = m_view->findChild<LogView *>(u"outputView2"_s);
        QVERIFY(other);
        QTRY_VERIFY2(other->visibleText().contains(u"[31m"), qPrintable(other->visibleText()));

        m_view->openFind();
        auto *edit = m_view->findChild<QLineEdit *>(u"outputFindEdit"_s);
        QTest::keyClicks(edit, u"needle"_s);
        const auto withMatch = [other] {
            const QList<ShownLine> lines = other->visibleLines();
            return std::count_if(lines.cbegin(), lines.cend(),
                                 [](const ShownLine &line) { return !line.matches.isEmpty(); });
        };
        QTRY_COMPARE(withMatch(), 1);
        QTest::mouseClick(sideBySide, Qt::LeftButton); // together
        QTRY_VERIFY(!other->isVisible());
        QTest::keyClick(edit, Qt::Key_Escape);
        QTest::mouseClick(sideBySide, Qt::LeftButton);
        QTRY_COMPARE(other->visibleLines().size(), 2);
        QCOMPARE(withMatch(), 0);
    }

    /// From the middle of a line to the middle of another, pages apart, of both streams and of lines that
    /// are in pieces, while more comes.
    void copiesAcrossPagesWhileMoreComes()
    {
        constexpr int longLine = 150'000; // longer than a row
        Run run;
        QByteArray all;
        const auto write = [&](int from, int to) {
            for (int i = from; i < to; ++i) {
                QByteArray line =
                    "line " + QByteArray::number(i) + " \xc3\xa4\xe6\xbc\xa2\xf0\x9f\x98\x80 end";
                if (i == 1500) {
                    line += QByteArray(longLine, 'x');
                }
                run.write("\x1b[1m" + line + "\x1b[0m\n", i % 3 ? 1 : 2);
                all += line + '\n';
            }
        };
        write(0, 3000);
        m_settings->setOutputWrap(true);
        m_view->show({statusOf(1, run.path(), State::Running)});
        QTRY_VERIFY(shown().contains(u"line 2999 "));
        QTest::keyClick(m_lines, Qt::Key_Home);
        QTRY_VERIFY(shown().startsWith(u"line 0 "));
        QTest::mouseClick(m_lines->viewport(), Qt::LeftButton, {},
                          m_lines->rectOf(2, 5).topLeft() + QPoint(1, 3));
        write(3000, 4000);
        QTest::qWait(0);
        QTest::keyClick(m_lines, Qt::Key_End);
        QTRY_VERIFY(shown().contains(u"line 3999 "));
        const QList<ShownLine> lines = m_lines->visibleLines();
        const auto number = [](const ShownLine &line) { return line.text.section(u' ', 1, 1); };
        const QString last = number(lines.at(1));
        QTest::mouseClick(m_lines->viewport(), Qt::LeftButton, Qt::ShiftModifier,
                          m_lines->rectOf(1, 6).topLeft() + QPoint(1, 3));
        write(4000, 5000);
        QApplication::clipboard()->clear();
        m_lines->copy();
        const qsizetype from = all.indexOf("\nline 2 ") + 6;
        const qsizetype to = all.indexOf(u"\nline %1 "_s.arg(last).toUtf8()) + 7;
        const QString wanted = QString::fromUtf8(all.mid(from, to - from));
        QTRY_VERIFY(!QApplication::clipboard()->text().isEmpty());
        const QString copied = QApplication::clipboard()->text();
        qsizetype differs = 0;
        while (differs < std::min(copied.size(), wanted.size()) && copied.at(differs) == wanted.at(differs)) {
            ++differs;
        }
        QVERIFY2(copied == wanted, qPrintable(u"%1 of %2 copied, of %3; from there: %4 / %5"_s.arg(differs)
                                                  .arg(copied.size())
                                                  .arg(wanted.size())
                                                  .arg(copied.mid(differs, 40), wanted.mid(differs, 40))));
    }

    void moreWorkersThanAreShown()
    {
        Run run;
        run.write("a line\n");
        QList<WorkerStatus> many;
        for (int i = 0; i <= OutputView::mostMerged; ++i) {
            many += statusOf(static_cast<quint64>(i + 1), run.path(), State::Running);
        }
        m_view->show(many);
        auto *remark = label(u"outputSaveLabel"_s);
        QCOMPARE(remark->text(), u"The first 100 of 101 selected workers"_s);
        Q_EMIT m_view->findChild<OutputSaver *>()->said(u"Saving…"_s, {});
        m_view->show(many); // nothing is new: what was said stays
        QCOMPARE(remark->text(), u"Saving…"_s);
    }

    /// A selection in what is no longer shown, as when the worker is started again while it is copied.
    void whatIsGoneIsNotCopied()
    {
        Run run;
        run.write("a line\n");
        m_view->show({statusOf(1, run.path(), State::Running)});
        QTRY_COMPARE(shown(), u"a line"_s);
        QApplication::clipboard()->setText(u"mine"_s);
        OutputPart stale;
        stale.from = {0, 0};
        stale.to = {7, 7};
        auto *pane = m_view->findChild<OutputPane *>();
        const QSignalSpy extracts(pane, &OutputPane::extracted);
        Q_EMIT m_lines->copyWanted(stale, false);
        QTRY_COMPARE(extracts.size(), 1);
        QCOMPARE(QApplication::clipboard()->text(), u"mine"_s);
    }

    /// What is searched is told more often than a page of it may take: the view is shown all the same.
    void aSearchOfAFloodKeepsNothingBack()
    {
        Run run;
        run.write(numberedLines(0, 1000));
        m_view->show({statusOf(1, run.path(), State::Running)});
        QTRY_VERIFY(shown().endsWith(u"line 999"));
        auto *pane = m_view->findChild<OutputPane *>();
        SearchQuery query;
        query.text = u"line"_s;
        pane->setSearch(query, {});
        const auto withMatch = [this] {
            const QList<ShownLine> lines = m_lines->visibleLines();
            return std::count_if(lines.cbegin(), lines.cend(),
                                 [](const ShownLine &line) { return !line.matches.isEmpty(); });
        };
        SearchHits hits;
        hits.setSearched(10, false);
        const QSignalSpy answers(pane, &OutputPane::changed);
        // Whenever a page is about to come.
        QObject told;
        QObject::connect(m_lines, &LogView::pageWanted, &told, [&] {
            QMetaObject::invokeMethod(
                &told, [&] { pane->setSearch(query, {hits}); }, Qt::QueuedConnection);
        });
        pane->setSearch(query, {hits});
        run.write("line last\n");
        QTRY_VERIFY(shown().endsWith(u"line last"));
        QVERIFY(withMatch() > 0);
    }

    /// What may be held back by the program is said, once it is a while.
    void silenceIsTold()
    {
        Run run;
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        run.write("a line\n", 1, (now - 42'000) * 1'000'000);
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY2(
            label(u"outputFooter"_s)
                ->text()
                .contains(QRegularExpression(
                    u"no output for 4\\d s; the program may be buffering \\(run it on a terminal\\)"_s)),
            qPrintable(label(u"outputFooter"_s)->text()));
        run.write("another\n", 1, QDateTime::currentMSecsSinceEpoch() * 1'000'000);
        QTRY_VERIFY(!label(u"outputFooter"_s)->text().contains(u"no output"));

        const Run silent;
        status = statusOf(2, silent.path(), State::Running);
        status.startedMs = now - 20'000;
        m_view->show({status});
        QTRY_VERIFY2(label(u"outputEmptyText"_s)->text().startsWith(u"No output for 2"),
                     qPrintable(label(u"outputEmptyText"_s)->text()));
    }

    /// What was shown is not the file any more: what is there now is shown, whatever it is.
    void theFileIsCutAndReplaced()
    {
        Run run;
        run.write(numberedLines(0, 5000));
        WorkerStatus status = statusOf(1, run.path(), State::Running);
        m_view->show({status});
        QTRY_VERIFY(shown().endsWith(u"line 4999"));
        const QString file = run.path() + u"/out.00000000000000000000"_s;
        QVERIFY(QFile::resize(file, 14));
        QTRY_COMPARE(shown(), u"line 0\nline 1"_s);
        QVERIFY(QFile::remove(file));
        QFile other(file);
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write("another file\n");
        other.close();
        QTRY_COMPARE(shown(), u"another file"_s);
    }

    /// A directory that goes away while it is shown.
    void theRunDirectoryVanishes()
    {
        auto run = std::make_unique<Run>();
        run->write("text\n");
        WorkerStatus status = statusOf(1, run->path(), State::Running);
        m_view->show({status});
        QTRY_COMPARE(shown(), u"text"_s);
        QVERIFY(QDir(run->path()).removeRecursively());
        status.state = State::Ended;
        status.outcome = Outcome::Lost;
        m_view->show({status});
        QTRY_COMPARE(label(u"outputFooter"_s)->text(), u"── Lost ──"_s);
    }

private:
    QString shown() const { return m_lines->visibleText(); }
    QLabel *label(const QString &name) const { return m_view->findChild<QLabel *>(name); }
    QAction *action(const QString &name) const { return m_view->findChild<QAction *>(name); }
    QPushButton *button(const QString &name) const { return m_view->findChild<QPushButton *>(name); }

    QTemporaryDir m_directory;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<OutputView> m_view;
    LogView *m_lines = nullptr;
};

QTEST_MAIN(TestOutputView)
#include "tst_outputview.moc"
