// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include "core/monitor.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/mainwindow.h"
#include "gui/workersview.h"
#include "model/workercolumns.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace procession::bench {
namespace {

constexpr int workers = 1'000;
constexpr double firstScreenGoalMs = 300;
constexpr double stopGoalMs = 2'000;
constexpr int patienceMs = 120'000;

/// Tells when the table has painted.
class PaintWatch final : public QObject
{
public:
    using QObject::QObject;
    bool painted = false;

    bool eventFilter(QObject *, QEvent *event) override
    {
        painted = painted || event->type() == QEvent::Paint;
        return false;
    }
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
    }

    Settings settings;
    Supervisor supervisor;
    Monitor monitor;
    RunCatalog catalog;
    MainWindow window;
};

/// What the first row that is painted says of its worker's state.
QString firstState(const MainWindow &window)
{
    const auto *const view = window.findChild<WorkersView *>();
    return view->model()->index(0, int(Column::State)).data().toString();
}

} // namespace

std::vector<Result> measureTakeOver()
{
    const QTemporaryDir home;
    Paths paths;
    paths.stateDirectory = home.filePath(QStringLiteral("state"));
    paths.configFile = home.filePath(QStringLiteral("procession.conf"));
    paths.keeperProgram = QCoreApplication::applicationDirPath() + QStringLiteral("/procession-keeper");

    std::vector<double> firstScreens;
    std::vector<double> stops;
    QString problem;
    for (int round = 0; round < rounds && problem.isEmpty(); ++round) {
        {
            Window first(paths);
            first.window.openUnsaved();
            for (int i = 0; round == 0 && i < workers; ++i) {
                WorkerSpec spec;
                spec.name = QStringLiteral("sleep-%1").arg(i);
                spec.command = Command::direct({QStringLiteral("sleep"), QStringLiteral("1000")});
                first.supervisor.add(spec);
            }
            QList<WorkerId> ids;
            for (const WorkerStatus &status : first.supervisor.statuses())
                ids << status.id;
            first.supervisor.start(ids);
            const auto allRun = [&first] {
                const QList<WorkerStatus> all = first.supervisor.statuses();
                return std::all_of(all.cbegin(), all.cend(),
                                   [](const WorkerStatus &status) { return status.state == State::Running; });
            };
            if (!QTest::qWaitFor(allRun, patienceMs))
                problem = QStringLiteral("not all workers were started");
        }

        QElapsedTimer timer;
        timer.start();
        Window second(paths);
        PaintWatch watch;
        second.window.findChild<WorkersView *>()->viewport()->installEventFilter(&watch);
        second.window.show();
        second.window.openUnsaved();
        watch.painted = false; // empty so far
        while (!watch.painted)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        firstScreens.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        if (second.supervisor.aliveCount() != workers ||
            firstState(second.window) != QStringLiteral("Running"))
            problem = QStringLiteral("the first screen is not right");

        timer.restart();
        second.supervisor.stop(second.supervisor.alive());
        if (!QTest::qWaitFor([&second] { return second.supervisor.aliveCount() == 0; }, patienceMs))
            problem = QStringLiteral("not all workers were ended");
        stops.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return {{QStringLiteral("take-over"), median(firstScreens), QStringLiteral("ms"), firstScreenGoalMs,
             spreadOf(firstScreens), 1.0, false, problem},
            {QStringLiteral("stop-all"), median(stops), QStringLiteral("ms"), stopGoalMs, spreadOf(stops),
             1.0, false, problem}};
}

} // namespace procession::bench
