// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// The window on a real X display: what the offscreen platform cannot show is whether the pixels arrive. Icons
// are drawn by a plugin nothing pulls in, text by fonts a bare system lacks; both fail without a word.

#include "core/monitor.h"
#include "core/paths.h"
#include "core/rundirectory.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/icons.h"
#include "gui/mainwindow.h"
#include "model/workercolumns.h"

#include <QApplication>
#include <QDir>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QScreen>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>
#include <chrono>
#include <utility>

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
using namespace procession;

namespace {

using namespace std::chrono_literals;

// Nothing here waits for so long unless the machine is under water.
constexpr std::chrono::milliseconds patience = 60s;

/// An X server of our own, without a screen. It finds itself a free display number and tells it through a
/// pipe, so any number of tests may run at once.
class VirtualDisplay final
{
    Q_DISABLE_COPY_MOVE(VirtualDisplay)

public:
    VirtualDisplay()
    {
        int ends[2];
        if (pipe(ends) != 0)
            return;
        const QByteArray writeEnd = QByteArray::number(ends[1]);
        m_server = fork();
        if (m_server == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM); // a test that is killed leaves no server behind
            close(ends[0]);
            execlp("Xvfb", "Xvfb", "-displayfd", writeEnd.constData(), "-screen", "0", "1280x800x24",
                   "-nolisten", "tcp", nullptr);
            _exit(127);
        }
        close(ends[1]);
        char digit = 0;
        while (read(ends[0], &digit, 1) == 1 && digit != '\n')
            m_number += digit;
        close(ends[0]);
    }
    ~VirtualDisplay()
    {
        if (m_server > 0) {
            ::kill(m_server, SIGTERM);
            waitpid(m_server, nullptr, 0);
        }
    }

    /// As DISPLAY has it; empty if the server did not start.
    QByteArray name() const { return m_number.isEmpty() ? QByteArray() : ':' + m_number; }

private:
    pid_t m_server = -1;
    QByteArray m_number;
};

QImage screenshot()
{
    return QGuiApplication::primaryScreen()->grabWindow(0).toImage().convertToFormat(QImage::Format_RGB32);
}

struct Paint
{
    int colours = 0; ///< different ones
    int ink = 0;     ///< pixels well away from the most frequent colour
};

Paint paintIn(const QImage &image, const QRect &area)
{
    QHash<QRgb, int> counts;
    const QRect inside = area & image.rect();
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        for (int x = inside.left(); x <= inside.right(); ++x)
            ++counts[image.pixel(x, y)];
    }
    QRgb ground = 0;
    for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
        if (it.value() > counts.value(ground))
            ground = it.key();
    }
    Paint paint{int(counts.size()), 0};
    for (auto it = counts.cbegin(); it != counts.cend(); ++it) {
        const int distance = qAbs(qRed(it.key()) - qRed(ground)) + qAbs(qGreen(it.key()) - qGreen(ground)) +
                             qAbs(qBlue(it.key()) - qBlue(ground));
        if (distance > 60)
            paint.ink += it.value();
    }
    return paint;
}

/// True if the screen shows a drawing or text in this part of a widget: more ink than a frame or a line would
/// leave, its edges smoothed.
bool isPainted(const QWidget *widget, const QRect &area, int ink)
{
    const Paint paint = paintIn(screenshot(), {widget->mapToGlobal(area.topLeft()), area.size()});
    return paint.ink >= ink && paint.colours >= 3;
}

/// The square at the left end of a button or cell, and the rest of it; frame and margins left out.
std::pair<QRect, QRect> iconAndWord(const QRect &area, int iconWidth)
{
    const QRect inner = area.adjusted(3, 3, -3, -3);
    const QRect icon(inner.left(), inner.top(), iconWidth, inner.height());
    return {icon, inner.adjusted(iconWidth + 2, 0, 0, 0)};
}

#define TRY_PAINTED(widget, area, ink)                                                                       \
    QTRY_VERIFY_WITH_TIMEOUT(isPainted(widget, area, ink), patience.count())

QStringList runsIn(const QString &runsDirectory)
{
    return QDir(runsDirectory).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
}

/// True if a keeper still holds a run below `runsDirectory`.
bool anyRunIsKept(const QString &runsDirectory)
{
    const QStringList names = runsIn(runsDirectory);
    return std::any_of(names.begin(), names.end(), [&runsDirectory](const QString &name) {
        return RunDirectory(runsDirectory + u'/' + name).inspect().keeper == RunFacts::Keeper::Alive;
    });
}

} // namespace

class TstSmoke : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void windowIsPainted();
    void programOpensTheDemo();
};

void TstSmoke::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
}

void TstSmoke::windowIsPainted()
{
    Paths paths = Paths::standard();
    paths.keeperProgram = QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper");
    QCOMPARE(paths.create(), QString());
    installIcons();
    Settings settings(paths.configFile);
    Supervisor supervisor(paths);
    Monitor monitor([&supervisor] { return supervisor.sampleTargets(); });
    RunCatalog catalog(paths);
    MainWindow window(&supervisor, &monitor, &catalog, &settings);
    window.openUnsaved();
    WorkerSpec spec;
    spec.name = u"sleeper"_s;
    spec.command = Command::direct({u"sleep"_s, u"1000"_s});
    const WorkerId id = supervisor.add(spec);
    supervisor.start({id});
    monitor.start();
    // A test that fails leaves no sleeper behind either.
    const auto cleanUp = qScopeGuard([&] {
        supervisor.kill(supervisor.alive());
        QVERIFY(QTest::qWaitFor([&] { return supervisor.aliveCount() == 0; }, int(patience.count())));
        QVERIFY(QTest::qWaitFor([&] { return !anyRunIsKept(paths.runsDirectory()); }, int(patience.count())));
    });
    window.setGeometry(0, 0, 1200, 760);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window, int(patience.count())));
    QTRY_COMPARE_WITH_TIMEOUT(supervisor.status(id)->state, State::Running, patience.count());

    const auto *view = window.findChild<QTreeView *>(u"workersView"_s);
    QVERIFY(view);
    QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 1, patience.count());
    const QModelIndex state = view->model()->index(0, int(Column::State));
    QTRY_COMPARE_WITH_TIMEOUT(state.data().toString(), u"Running"_s, patience.count());

    // Every button of the tool bar shows its icon and, right of it, its word; disabled ones do too.
    const auto *toolBar = window.findChild<QToolBar *>(u"mainToolBar"_s);
    QVERIFY(toolBar);
    int buttons = 0;
    for (QAction *action : toolBar->actions()) {
        const auto *button = qobject_cast<QToolButton *>(toolBar->widgetForAction(action));
        if (!button || !button->isVisible() || action->objectName().isEmpty())
            continue;
        ++buttons;
        const auto [icon, word] = iconAndWord(button->rect(), button->iconSize().width());
        TRY_PAINTED(button, icon, 15);
        TRY_PAINTED(button, word, 30);
    }
    QVERIFY(buttons >= 6);

    const int iconWidth = view->style()->pixelMetric(QStyle::PM_SmallIconSize);
    const auto [icon, word] = iconAndWord(view->visualRect(state), iconWidth);
    TRY_PAINTED(view->viewport(), icon, 15);
    TRY_PAINTED(view->viewport(), word, 30);
    TRY_PAINTED(view->viewport(), view->visualRect(state.siblingAtColumn(int(Column::Name))), 30);
    TRY_PAINTED(view->viewport(), view->visualRect(state.siblingAtColumn(int(Column::Pid))), 20);
    TRY_PAINTED(window.menuBar(), window.menuBar()->actionGeometry(window.menuBar()->actions().constFirst()),
                20);
}

/// The very command of the README, without the building: the demo, started, in the program people get.
void TstSmoke::programOpensTheDemo()
{
    const QRect everywhere(0, 0, 1280, 800);
    QTRY_COMPARE_WITH_TIMEOUT(paintIn(screenshot(), everywhere).colours, 1,
                              patience.count()); // the bare root
    const QString runs = Paths::standard().runsDirectory();
    const qsizetype before = runsIn(runs).size();
    QProcess program;
    program.start(
        QStringLiteral(PROCESSION_BIN_DIR "/procession"),
        {u"--start"_s, QStringLiteral(PROCESSION_SOURCE_DIR "/resources/examples/two-processes.yaml")});
    // No window manager, no other client: whatever is painted now is the program's.
    QTRY_VERIFY_WITH_TIMEOUT(paintIn(screenshot(), everywhere).colours > 50, patience.count());
    QTRY_COMPARE_WITH_TIMEOUT(runsIn(runs).size(), before + 2, patience.count());
    QCOMPARE(program.state(), QProcess::Running);

    program.terminate();
    QVERIFY(program.waitForFinished(int(patience.count())));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QCOMPARE(program.readAllStandardError(), QByteArray());
    // The window left, its workers went on; they end by themselves within six seconds.
    QTRY_VERIFY_WITH_TIMEOUT(!anyRunIsKept(runs), patience.count());
}

int main(int argc, char *argv[])
{
    const VirtualDisplay display;
    if (display.name().isEmpty()) {
        fputs("Xvfb did not start; resources/setup.sh installs it.\n", stderr);
        return 1;
    }
    const QTemporaryDir home;
    qputenv("HOME", QFile::encodeName(home.path()));
    for (const char *const variable :
         {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
        qputenv(variable, QFile::encodeName(home.path()));
    qputenv("DISPLAY", display.name());
    qputenv("QT_QPA_PLATFORM", "xcb");
    // No session bus: the desktop's settings of whoever runs this are none of the test's business (and
    // without one, libdbus would leak what it says about that).
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QApplication application(argc, argv);
    TstSmoke test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_smoke.moc"
