// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "core/monitor.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/logview.h"
#include "gui/mainwindow.h"
#include "gui/workersview.h"

#include <QApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <chrono>

namespace procession::bench {
namespace {

using namespace std::chrono_literals;

constexpr int workers = 200;
constexpr int bytesPerSecond = 500'000; // of each
constexpr int loadSeconds = 900;        // longer than all takes; they are ended before
constexpr qint64 keptBytes = qint64(16) << 20;
constexpr auto beat = 1ms;
constexpr auto settling = 3s;
constexpr auto watched = 10s;
constexpr int patienceMs = 60'000;
constexpr qint64 liveMs = 1'000;

/// How late a timer of the GUI thread fired, for each ms at which it was due: a stall of 50 ms makes fifty of
/// them late.
class Heartbeat final : public QObject
{
public:
    Heartbeat()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            const qint64 now = m_clock.nsecsElapsed();
            constexpr qint64 step = std::chrono::nanoseconds(beat).count();
            for (; m_due <= now; m_due += step)
                m_late.push_back(double(now - m_due) / 1e6);
        });
        m_clock.start();
        m_due = std::chrono::nanoseconds(beat).count();
        m_timer.start(beat);
    }

    /// In ms.
    double stall() const { return percentile(m_late, 0.999); }

private:
    QElapsedTimer m_clock;
    QTimer m_timer;
    qint64 m_due = 0;
    std::vector<double> m_late;
};

/// A window over the roster of no project file, as the program makes it.
struct Window
{
    explicit Window(const Paths &paths)
        : settings(paths.configFile)
        , supervisor(paths)
        , monitor([this] { return supervisor.sampleTargets(); })
        , catalog(paths)
        , window(&supervisor, &monitor, &catalog, &settings)
    {
        supervisor.setOutputLimit(keptBytes);
        window.resize(1180, 740);
        window.show();
        window.openUnsaved();
        monitor.start();
    }

    Settings settings;
    Supervisor supervisor;
    Monitor monitor;
    RunCatalog catalog;
    MainWindow window;
};

/// When the newest line that the Output tab shows was written, in ms since the epoch; 0: it shows none.
qint64 newestShown(const QWidget &window)
{
    const auto *const view = window.findChild<LogView *>(QStringLiteral("outputView"));
    // The last line may be there in part.
    const QString text = view->visibleText();
    const qsizetype end = text.lastIndexOf(u'\n', text.lastIndexOf(u'.'));
    const qsizetype start = text.lastIndexOf(u'\n', end - 1) + 1;
    return end < 0 ? 0 : text.mid(start, 13).toLongLong();
}

/// Starts what all rounds run under; it goes on without a window. Returns what went wrong.
QString startLoad(const Paths &paths)
{
    Window first(paths);
    QList<WorkerId> ids;
    for (int i = 0; i < workers; ++i) {
        WorkerSpec spec;
        spec.name = QStringLiteral("noisy-%1").arg(i);
        spec.command = Command::direct(
            {QCoreApplication::applicationDirPath() + QStringLiteral("/procession-testworker"),
             QStringLiteral("pace"), QString::number(bytesPerSecond), QString::number(loadSeconds)});
        ids << first.supervisor.add(spec);
    }
    first.supervisor.start(ids);
    const auto allRun = [&first] {
        const QList<WorkerStatus> all = first.supervisor.statuses();
        return std::all_of(all.cbegin(), all.cend(),
                           [](const WorkerStatus &status) { return status.state == State::Running; });
    };
    return QTest::qWaitFor(allRun, patienceMs) ? QString() : QStringLiteral("not all workers were started");
}

void wait(std::chrono::milliseconds duration)
{
    QEventLoop loop;
    QTimer::singleShot(duration, &loop, &QEventLoop::quit);
    loop.exec();
}

double emptyOnce()
{
    QMainWindow window;
    window.resize(1180, 740);
    window.show();
    wait(settling);
    const Heartbeat heartbeat;
    wait(watched);
    return heartbeat.stall();
}

/// `*oldestMs`: how old the newest line shown was at worst.
double windowOnce(const Paths &paths, qint64 *oldestMs, QString *problem)
{
    Window real(paths);
    if (!QTest::qWaitFor([&] { return real.supervisor.aliveCount() == workers; }, patienceMs)) {
        *problem = QStringLiteral("not all workers run");
        return 0;
    }
    real.window.findChild<WorkersView *>()->select({real.supervisor.alive().at(workers / 2)});
    real.window.findChild<QTabWidget *>(QStringLiteral("detailTabs"))->setCurrentIndex(0);
    if (!QTest::qWaitFor([&] { return newestShown(real.window) > 0; }, patienceMs))
        *problem = QStringLiteral("the output of the selected worker is not shown");
    wait(settling);
    const Heartbeat heartbeat;
    wait(watched);
    const double stall = heartbeat.stall(); // looking at the text takes its time
    *oldestMs = std::max(*oldestMs, QDateTime::currentMSecsSinceEpoch() - newestShown(real.window));
    if (*oldestMs > liveMs)
        *problem = QStringLiteral("the view is %1 ms behind its worker").arg(*oldestMs);
    return stall;
}

} // namespace

std::vector<Result> measureStall()
{
    const QTemporaryDir home;
    Paths paths;
    paths.stateDirectory = home.filePath(QStringLiteral("state"));
    paths.configFile = home.filePath(QStringLiteral("procession.conf"));
    paths.keeperProgram = QCoreApplication::applicationDirPath() + QStringLiteral("/procession-keeper");

    std::vector<double> ours;
    std::vector<double> empty;
    qint64 oldestMs = 0;
    QString problem = startLoad(paths);
    for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
        empty.push_back(emptyOnce());
        ours.push_back(windowOnce(paths, &oldestMs, &problem));
    }
    Window last(paths);
    last.supervisor.kill(last.supervisor.alive());
    if (!QTest::qWaitFor([&last] { return last.supervisor.aliveCount() == 0; }, patienceMs))
        problem = QStringLiteral("not all workers were ended");
    return {{QStringLiteral("stall (p99.9)"), median(ours), QStringLiteral("ms"), median(empty),
             spreadOf(ours), 1.2, false, problem},
            {QStringLiteral("stall: age of the last line"), double(oldestMs), QStringLiteral("ms"),
             double(liveMs), 0, 1.0, false, problem}};
}

} // namespace procession::bench
