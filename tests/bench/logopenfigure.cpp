// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "biglog.h"
#include "gui/logview.h"
#include "keeper/rundir.h"
#include "model/outputpager.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QFile>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>

#include <functional>

#include <malloc.h>

namespace procession::bench {
namespace {

constexpr qint64 logBytes = 1'000'000'000;
constexpr int lineBytes = 80;
constexpr double screenGoalMs = 100;
constexpr double paintGoalMs = 8;
constexpr double memoryGoalMb = 100;
constexpr QSize cells(200, 60);
constexpr int repaints = 20;
constexpr int patienceMs = 60'000;

/// A log view over a run, with a pager in a thread of its own, as the window has it.
class OpenLog final
{
    Q_DISABLE_COPY_MOVE(OpenLog)

public:
    explicit OpenLog(const QString &directory)
    {
        m_pager = new OutputPager;
        m_pager->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_pager, &QObject::deleteLater);
        QObject::connect(
            &view, &LogView::pageWanted, m_pager,
            [this](const PageWish &wish) {
                m_pager->setNewest(wish.stamp);
                QMetaObject::invokeMethod(m_pager, [pager = m_pager, wish] { pager->fetch(wish); });
            },
            Qt::DirectConnection);
        QObject::connect(m_pager, &OutputPager::page, &view, [this](const OutputPage &page) {
            isBusy = page.busy;
            total = page.bytesTotal;
            view.setPage(page);
        });
        OutputQuery query;
        query.sources.append({directory, QString(), 0, false});
        QMetaObject::invokeMethod(m_pager, [pager = m_pager, query] { pager->show(query); });
        m_thread.start();
        view.viewport()->installEventFilter(&m_watch);
        view.resize(1600, 1000);
        view.reset();
        view.show();
    }
    ~OpenLog()
    {
        m_thread.quit();
        m_thread.wait();
    }

    /// Runs until the viewport was painted with this text as its last line, or its first. False: it never
    /// was.
    bool waitForPainted(const std::function<bool()> &isRight)
    {
        m_watch.isRight = [&] { return view.visibleLines().size() > 10 && isRight(); };
        m_watch.painted = false;
        QElapsedTimer timer;
        timer.start();
        QTimer end; // so that the loop below wakes up in the end
        end.start(patienceMs);
        while (!m_watch.painted && timer.elapsed() < patienceMs)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_watch.isRight = nullptr;
        return m_watch.painted;
    }
    bool waitForIndex()
    {
        QElapsedTimer timer;
        timer.start();
        QTimer again;
        QObject::connect(&again, &QTimer::timeout, &view, &LogView::refresh);
        again.start(50);
        isBusy = true;
        while (isBusy && timer.elapsed() < patienceMs)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return !isBusy;
    }

    LogView view;
    bool isBusy = true;
    quint64 total = 0;

private:
    /// Notices a painting of what is waited for.
    class PaintWatch final : public QObject
    {
    public:
        std::function<bool()> isRight;
        bool painted = false;

        bool eventFilter(QObject *, QEvent *event) override
        {
            painted = painted || (event->type() == QEvent::Paint && isRight && isRight());
            return false;
        }
    };

    PaintWatch m_watch;
    QThread m_thread;
    OutputPager *m_pager;
};

/// Anonymous memory of this process, in MB.
double anonymousMb()
{
    ::malloc_trim(0);
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly))
        for (const QByteArray &line : status.readAll().split('\n'))
            if (line.startsWith("RssAnon:"))
                return line.simplified().split(' ').at(1).toDouble() * 1024 / 1e6;
    return 0;
}

/// The n-th line of the log, from the files.
QString lineAt(const BigLog &log, qint64 number)
{
    qint64 offset = number * lineBytes;
    QByteArray line;
    for (const QString &path : log.segments()) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            break;
        if (offset < file.size() && file.seek(offset)) {
            line += file.read(lineBytes - line.size());
            offset = file.size();
        }
        offset -= file.size();
        if (line.size() == lineBytes)
            break;
    }
    return QString::fromLatin1(line).trimmed();
}

/// A log each line of which has many colours.
void writeColoured(const QString &directory)
{
    QFile file(directory + u'/' + QLatin1String(rundir::outputPrefix) + QString(rundir::offsetDigits, u'0'));
    if (!file.open(QIODevice::WriteOnly))
        return;
    for (int i = 0; i < 2000; ++i) {
        QByteArray line;
        for (int word = 0; word < 20; ++word)
            line += "\x1b[" + QByteArray::number(31 + (i + word) % 6) + (word % 3 ? "m" : ";1m") + "word " +
                    QByteArray::number(10'000 + i % 1000) + "\x1b[0m";
        file.write(line + '\n');
    }
}

} // namespace

std::vector<Result> measureLogOpen()
{
    std::vector<double> first;
    std::vector<double> end;
    std::vector<double> middle;
    std::vector<double> memory;
    std::vector<double> paint;
    const BigLog log(logBytes, lineBytes);
    const QTemporaryDir coloured;
    writeColoured(coloured.path());
    QString problem = log.problem();
    const QString lastLine = lineAt(log, log.lines() - 1);
    const QString firstLine = lineAt(log, 0);

    for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
        const double memoryBefore = anonymousMb();
        QElapsedTimer timer;
        timer.start();
        OpenLog open(log.path());
        const auto endsRight = [&] { return open.view.visibleLines().constLast().text == lastLine; };
        const auto elapsedMs = [&timer] { return double(timer.nsecsElapsed()) / 1e6; };
        if (!open.waitForPainted(endsRight))
            problem = QStringLiteral("the first screen did not show the last lines");
        first.push_back(elapsedMs());

        const auto toBegin = [&] {
            PageWish begin;
            begin.place = PageWish::Place::Begin;
            open.view.goTo(begin);
            return open.waitForPainted(
                [&] { return open.view.visibleLines().constFirst().text == firstLine; });
        };
        if (!toBegin())
            problem = QStringLiteral("the first lines were not shown");
        timer.restart();
        open.view.setFollowing(true);
        if (!open.waitForPainted(endsRight))
            problem = QStringLiteral("the end was not shown");
        end.push_back(elapsedMs());

        if (!toBegin())
            problem = QStringLiteral("the first lines were not shown");
        PageWish half;
        half.place = PageWish::Place::Bytes;
        half.bytes = open.total / 2;
        const QString middleLine = lineAt(log, qint64(half.bytes) / lineBytes);
        const auto hasMiddle = [&] {
            const QList<ShownLine> lines = open.view.visibleLines();
            return std::any_of(lines.cbegin(), lines.cend(),
                               [&](const ShownLine &line) { return line.text == middleLine; });
        };
        timer.restart();
        open.view.goTo(half);
        if (!open.waitForPainted(hasMiddle))
            problem = QStringLiteral("the middle was not shown");
        middle.push_back(elapsedMs());

        open.view.setFollowing(true);
        if (!open.waitForIndex())
            problem = QStringLiteral("the index did not come to an end");
        if (open.view.visibleLines().value(0).place.number == 0)
            problem = QStringLiteral("lines have no numbers although the index is complete");
        memory.push_back(anonymousMb() - memoryBefore);

        OpenLog colours(coloured.path());
        while (colours.view.gridSize(colours.view.size()).width() < cells.width())
            colours.view.resize(colours.view.width() + 1, colours.view.height());
        while (colours.view.gridSize(colours.view.size()).height() < cells.height())
            colours.view.resize(colours.view.width(), colours.view.height() + 1);
        if (!colours.waitForPainted([&] { return colours.view.visibleLines().size() >= cells.height(); }))
            problem = QStringLiteral("the coloured lines were not shown");
        timer.restart();
        for (int i = 0; i < repaints; ++i)
            colours.view.viewport()->repaint();
        paint.push_back(elapsedMs() / repaints);
    }
    const auto result = [&problem](const char *name, const std::vector<double> &values, const char *unit,
                                   double reference) {
        return Result{QLatin1String(name),
                      median(values),
                      QLatin1String(unit),
                      reference,
                      spreadOf(values),
                      1.0,
                      false,
                      problem};
    };
    return {result("log-open: first screen", first, "ms", screenGoalMs),
            result("log-open: jump to the end", end, "ms", screenGoalMs),
            result("log-open: jump to the middle", middle, "ms", screenGoalMs),
            result("log-open: paint 200x60", paint, "ms", paintGoalMs),
            result("log-open: memory, indexed", memory, "MB", memoryGoalMb)};
}

} // namespace procession::bench
