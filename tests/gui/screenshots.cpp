// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// Pictures of the window with real workers in every state that can be reached: `procession-screenshots
// FOLDER`. Made by resources/screenshots.sh; not a test, but it fails if a worker does not come to its state.

#include "core/join.h"
#include "core/monitor.h"
#include "core/paths.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/englishplurals.h"
#include "gui/icons.h"
#include "gui/joinbar.h"
#include "gui/mainwindow.h"
#include "gui/outputview.h"
#include "gui/projectsession.h"
#include "model/workerfilterproxy.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QListWidget>
#include <QSortFilterProxyModel>
#include <QStyleFactory>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <csignal>

using namespace procession;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int patience = 60'000;

/// What a worker runs, as a script of the pretended project, and where it is brought to.
struct Sample
{
    const char *name;
    const char *arguments;
    const char *group;
    const char *script; ///< null: there is no such program
    State state;
    Outcome outcome;
};

// Each does a little real work, so that CPU and memory have something to say.
constexpr const char *fetchScript = R"(#!/bin/sh
exec awk -v region="${2:-eu}" 'BEGIN {
    rows = region == "eu" ? 400000 : 900000
    srand(7); for (i = 0; i < rows; i++) cache[i] = i
    print "connecting to https://api.example.net/" region
    for (page = 1; ; page++) {
        for (k = 0; k < rows; k++) sum += cache[k]
        printf "page %4d: 200 OK, %3d rows, %5.1f kB\n", page, 80 + rand() * 40, 18 + rand() * 9
        if (page % 9 == 0) print "page " page ": slow answer, 1 retry" > "/dev/stderr"
        fflush(); system("sleep 0.25")
    }
}'
)";
constexpr const char *indexScript = R"(#!/bin/sh
echo 'index: reading data/2024-11.jsonl'
for part in 1 2 3 4 5 6 7 8; do
    printf 'index: part %d of 12 \033[32mok\033[0m, 48,210 rows\n' $part
    sleep 0.05
done
echo 'index: part 9 of 12'
sleep 0.2
cat >&2 <<'END'
Traceback (most recent call last):
  File "tools/index.py", line 212, in <module>
    main()
  File "tools/index.py", line 187, in main
    table.add(parse(row))
  File "tools/index.py", line 54, in parse
    raise ValueError(f"bad row {number}")
ValueError: bad row 17
END
exit 3
)";
constexpr const char *crunchScript = "#!/bin/sh\necho 'crunch: 64 blocks'\nsleep 0.6\nkill -SEGV $$\n";
constexpr const char *warmupScript = "#!/bin/sh\nsleep 0.4\necho 'cache is warm: 1,204 entries'\n";
constexpr const char *stubbornScript =
    "#!/bin/sh\ntrap '' TERM\necho 'uploading'\nwhile :; do sleep 0.2; done\n";
constexpr const char *sleepyScript = "#!/bin/sh\necho 'ready'\nwhile :; do sleep 0.2; done\n";

constexpr std::array samples{
    Sample{"fetch-eu", "./fetch --region eu", "ingest", fetchScript, State::Running, Outcome::None},
    Sample{"fetch-us", "./fetch --region us", "ingest", fetchScript, State::Running, Outcome::None},
    Sample{"upload", "./upload --to s3://nightly", "ingest", stubbornScript, State::Stopping, Outcome::None},
    Sample{"index", "./index --verbose data", "ingest", indexScript, State::Ended, Outcome::Failed},
    Sample{"crunch", "./crunch --blocks 64", "compute", crunchScript, State::Ended, Outcome::Crashed},
    Sample{"train", "./train --epochs 40", "compute", sleepyScript, State::Paused, Outcome::None},
    Sample{"warmup", "./warmup", "compute", warmupScript, State::Ended, Outcome::Succeeded},
    Sample{"thumbnails", "pyhton3 thumbnails.py", "site", nullptr, State::Ended, Outcome::FailedToStart},
    Sample{"preview", "./preview --port 8080", "site", sleepyScript, State::Ended, Outcome::Stopped},
    Sample{"mirror", "./mirror --all", "site", stubbornScript, State::Ended, Outcome::Killed},
    Sample{"archive", "./archive", "site", sleepyScript, State::Ended, Outcome::Lost},
    Sample{"report", "make report", "", nullptr, State::NotStarted, Outcome::None},
};

QPalette lightPalette()
{
    return QStyleFactory::create(u"Fusion"_s)->standardPalette();
}

QPalette darkPalette()
{
    QPalette palette;
    const QColor window(0x2a2e32);
    const QColor base(0x1b1e20);
    const QColor text(0xfcfcfc);
    const QColor faint(0xa1a9b1);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText,
                            QPalette::BrightText}) {
        palette.setColor(role, text);
        palette.setColor(QPalette::Disabled, role, QColor(0x6e7479));
    }
    palette.setColor(QPalette::PlaceholderText, faint);
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, QColor(0x232629));
    palette.setColor(QPalette::ToolTipBase, QColor(0x31363b));
    palette.setColor(QPalette::Button, QColor(0x31363b));
    palette.setColor(QPalette::Light, QColor(0x40464c));
    palette.setColor(QPalette::Midlight, QColor(0x363b40));
    palette.setColor(QPalette::Mid, QColor(0x24282b));
    palette.setColor(QPalette::Dark, QColor(0x1a1d1f));
    palette.setColor(QPalette::Shadow, QColor(0x0f1112));
    palette.setColor(QPalette::Highlight, QColor(0x3daee9));
    palette.setColor(QPalette::HighlightedText, QColor(0x101416));
    palette.setColor(QPalette::Link, QColor(0x3daee9));
    return palette;
}

class Studio final
{
    Q_DISABLE_COPY_MOVE(Studio)

public:
    Studio(const QString &home, const QString &folder)
        : m_project(home + u"/nightly"_s)
        , m_folder(folder)
        , m_paths(pathsOf())
        , m_settings(m_paths.configFile)
        , m_supervisor(m_paths)
        , m_monitor([this] { return m_supervisor.sampleTargets(); })
        , m_catalog(m_paths)
        , m_window(&m_supervisor, &m_monitor, &m_catalog, &m_settings)
    {
    }

    bool shoot();
    void end();

private:
    static Paths pathsOf()
    {
        Paths paths = Paths::standard();
        paths.keeperProgram = QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper");
        paths.create();
        return paths;
    }

    void write(const Sample &sample) const;
    void start(const Sample &sample, WorkerId id);
    bool bring(const Sample &sample, WorkerId id);
    bool reaches(WorkerId id, State state, Outcome outcome) const;
    bool has(WorkerId id, const std::function<bool(const WorkerStatus &)> &what) const;
    void loseKeeperOf(WorkerId id);
    void select(const QString &name);
    void selectToo(const QString &name);
    void saveOutput(const QString &suffix);
    void showTab(int tab);
    void runAgain(WorkerId id, int times);
    void leaveOthersRunning();
    void showEarlierRun();
    void saveOtherRuns(const QString &name);
    void saveSecondWindow(const QString &name);
    void settle(std::chrono::milliseconds time = 1200ms) const { QTest::qWait(int(time.count())); }
    void save(const QString &name, QWidget *widget = nullptr);
    void saveDialog(const char *action, const QString &name, const std::function<void(QWidget *)> &fill = {});
    WorkerId idOf(const QString &name) const;

    QString m_project;
    QString m_folder;
    Paths m_paths;
    Settings m_settings;
    Supervisor m_supervisor;
    Monitor m_monitor;
    RunCatalog m_catalog;
    MainWindow m_window;
    QString m_othersRoster;
    bool m_failed = false;
};

bool Studio::shoot()
{
    QDir().mkpath(m_project + u"/data"_s);
    QDir().mkpath(m_folder);
    m_window.resize(1200, 760);
    m_window.openUnsaved();
    m_window.show();
    m_monitor.start();
    settle();
    save(u"empty-light"_s);
    QApplication::setPalette(darkPalette());
    settle();
    save(u"empty-dark"_s);
    QApplication::setPalette(lightPalette());

    leaveOthersRunning();
    QList<WorkerId> ids;
    for (const Sample &sample : samples) {
        write(sample);
        WorkerSpec spec;
        spec.name = QString::fromLatin1(sample.name);
        spec.command = Command::fromTyped(QString::fromLatin1(sample.arguments));
        spec.workingDirectory = m_project;
        spec.group = QString::fromLatin1(sample.group);
        spec.grace = sample.outcome == Outcome::Killed ? 200ms : 300'000ms;
        ids += m_supervisor.add(spec);
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
        start(samples[i], ids.at(qsizetype(i)));
    }
    settle(4s); // so that there are elapsed times worth showing
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (!bring(samples[i], ids.at(qsizetype(i)))) {
            qWarning("%s did not come to its state", samples[i].name);
            m_failed = true;
        }
        settle(300ms);
    }
    runAgain(idOf(u"index"_s), 3);
    settle(6s);

    auto *bar = m_window.findChild<JoinBar *>();
    JoinSpec join;
    join.workers = {idOf(u"fetch-eu"_s), idOf(u"fetch-us"_s), idOf(u"upload"_s), idOf(u"index"_s),
                    idOf(u"warmup"_s)};
    join.timeout = 30min;
    if (bar) {
        bar->watch(join);
    }
    for (const bool dark : {false, true}) {
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
        const QString suffix = dark ? u"-dark"_s : u"-light"_s;
        showTab(0);
        select(u"index"_s);
        settle();
        save(u"window"_s + suffix);
        select(u"fetch-eu"_s);
        settle();
        save(u"output"_s + suffix);
        saveOutput(suffix);
        select(u"thumbnails"_s);
        settle();
        save(u"failed-to-start"_s + suffix);
        select(u"report"_s);
        settle();
        save(u"not-started"_s + suffix);
        showTab(1);
        select(u"crunch"_s);
        settle();
        save(u"details"_s + suffix);
        showTab(2);
        settle();
        save(u"activity"_s + suffix);
        showTab(3);
        select(u"index"_s);
        settle();
        save(u"runs"_s + suffix);
        showEarlierRun();
        settle();
        save(u"earlier-run"_s + suffix);
        saveOtherRuns(u"other-runs"_s + suffix);
        saveSecondWindow(u"second-window"_s + suffix);
        showTab(0);
        saveDialog("actionAddWorker", u"add-worker"_s + suffix, [](QWidget *dialog) {
            if (auto *edit = dialog->findChild<QLineEdit *>(u"commandEdit"_s)) {
                edit->setText(u"./fetch --region ap 2>&1 | tee ap.log"_s);
            }
        });
        saveDialog("actionJoinAll", u"join"_s + suffix);
        saveDialog("actionTerminateAll", u"terminate-all"_s + suffix);
        saveDialog("actionQuit", u"quit"_s + suffix);
        saveDialog("actionPreferences", u"preferences"_s + suffix);
        saveDialog("actionPreferences", u"preferences-runs"_s + suffix, [](QWidget *dialog) {
            if (auto *list = dialog->findChild<QListWidget *>(u"preferencesList"_s)) {
                list->setCurrentRow(3);
            }
        });
        if (auto *filter = m_window.findChild<QLineEdit *>(u"filterEdit"_s)) {
            filter->setText(u"nothing like this"_s);
            settle();
            save(u"no-match"_s + suffix);
            filter->clear();
        }
    }
    QApplication::setPalette(lightPalette());
    m_window.resize(640, 420);
    select(u"index"_s);
    settle();
    save(u"small"_s);
    showTab(3);
    settle();
    save(u"small-runs"_s);
    showEarlierRun();
    settle();
    save(u"small-earlier-run"_s);
    return !m_failed;
}

/// No process stays behind, whatever went wrong.
void Studio::end()
{
    m_supervisor.resume(m_supervisor.alive());
    m_supervisor.kill(m_supervisor.alive());
    if (!QTest::qWaitFor([this] { return m_supervisor.aliveCount() == 0; }, patience)) {
        qWarning("some workers are still alive");
    }
    Supervisor other(m_paths);
    if (other.open(m_othersRoster).isEmpty()) {
        other.kill(other.alive());
        if (!QTest::qWaitFor([&other] { return other.aliveCount() == 0; }, patience)) {
            qWarning("some workers of the other project are still alive");
        }
    }
}

void Studio::write(const Sample &sample) const
{
    const QString program = QString::fromLatin1(sample.arguments).section(u' ', 0, 0);
    if (!sample.script || !program.startsWith(u"./")) {
        return;
    }
    QFile file(m_project + program.mid(1));
    if (file.open(QIODevice::WriteOnly)) {
        file.write(sample.script);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
}

void Studio::start(const Sample &sample, WorkerId id)
{
    if (sample.state == State::NotStarted) {
        return;
    }
    m_supervisor.start({id});
    const QString out = u"/out.00000000000000000000"_s;
    if ((sample.script == sleepyScript || sample.script == stubbornScript) &&
        !has(id, [&out](const WorkerStatus &status) {
            return QFileInfo(status.runDirectory + out).size() > 0;
        })) {
        qWarning("%s did not start",
                 sample.name); // it is ready, and ignores what it ignores, when it says so
        m_failed = true;
    }
}

bool Studio::bring(const Sample &sample, WorkerId id)
{
    if (sample.state == State::Paused) {
        m_supervisor.pause({id});
    } else if (sample.state == State::Stopping || sample.outcome == Outcome::Stopped ||
               sample.outcome == Outcome::Killed) {
        m_supervisor.stop({id});
    } else if (sample.outcome == Outcome::Lost) {
        loseKeeperOf(id);
    }
    return reaches(id, sample.state, sample.outcome);
}

bool Studio::reaches(WorkerId id, State state, Outcome outcome) const
{
    return has(
        id, [=](const WorkerStatus &status) { return status.state == state && status.outcome == outcome; });
}

bool Studio::has(WorkerId id, const std::function<bool(const WorkerStatus &)> &what) const
{
    return QTest::qWaitFor(
        [&] {
            const WorkerStatus *status = m_supervisor.status(id);
            return status && what(*status);
        },
        patience);
}

/// The one state that takes violence: both halves of the keeper are killed, and its worker with them.
void Studio::loseKeeperOf(WorkerId id)
{
    const WorkerStatus *status = m_supervisor.status(id);
    for (const QString &pid : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        QFile file(u"/proc/%1/cmdline"_s.arg(pid));
        if (pid.at(0).isDigit() && file.open(QIODevice::ReadOnly) &&
            file.readAll().contains(status->runId.toUtf8())) {
            ::kill(pid_t(pid.toInt()), SIGKILL);
        }
    }
    ::kill(pid_t(-status->pid), SIGKILL);
}

void Studio::select(const QString &name)
{
    auto *view = m_window.findChild<QTreeView *>(u"workersView"_s);
    const QModelIndexList found = view->model()->match(view->model()->index(0, 0), Qt::DisplayRole, name, 1,
                                                       Qt::MatchExactly | Qt::MatchCaseSensitive);
    if (found.isEmpty()) {
        qWarning("no row is called %s", qPrintable(name));
        m_failed = true;
        return;
    }
    view->setCurrentIndex(found.first());
    view->setFocus();
}

void Studio::selectToo(const QString &name)
{
    auto *view = m_window.findChild<QTreeView *>(u"workersView"_s);
    const QModelIndexList found = view->model()->match(view->model()->index(0, 0), Qt::DisplayRole, name, 1,
                                                       Qt::MatchExactly | Qt::MatchCaseSensitive);
    view->selectionModel()->select(found.value(0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
}

/// What the Output tab can do beside showing the end of one output.
void Studio::saveOutput(const QString &suffix)
{
    const auto press = [this](const QString &name) {
        if (auto *button = m_window.findChild<QAbstractButton *>(name))
            button->click();
    };
    m_settings.setOutputTimes(true);
    m_settings.setOutputNumbers(true);
    if (auto *output = m_window.findChild<OutputView *>())
        output->openFind();
    if (auto *edit = m_window.findChild<QLineEdit *>(u"outputFindEdit"_s))
        edit->setText(u"slow"_s);
    settle();
    save(u"output-find"_s + suffix);
    press(u"outputFilterButton"_s);
    if (auto *scope = m_window.findChild<QComboBox *>(u"outputFindScopeCombo"_s))
        scope->setCurrentIndex(1);
    settle();
    save(u"output-filter"_s + suffix);
    if (auto *scope = m_window.findChild<QComboBox *>(u"outputFindScopeCombo"_s))
        scope->setCurrentIndex(0);
    press(u"outputFilterButton"_s);
    press(u"outputFindCloseButton"_s);

    selectToo(u"fetch-us"_s);
    selectToo(u"index"_s);
    settle();
    save(u"output-merged"_s + suffix);
    press(u"outputSideBySideButton"_s);
    settle();
    save(u"output-side-by-side"_s + suffix);
    press(u"outputSideBySideButton"_s);
    m_settings.setOutputTimes(false);
    m_settings.setOutputNumbers(false);
}

void Studio::showTab(int tab)
{
    if (auto *tabs = m_window.findChild<QTabWidget *>(u"detailTabs"_s)) {
        tabs->setCurrentIndex(tab);
    }
}

/// Earlier runs to be seen.
void Studio::runAgain(WorkerId id, int times)
{
    for (int i = 0; i < times; ++i) {
        const QString before = m_supervisor.status(id)->runId;
        m_supervisor.start({id});
        has(id, [&before](const WorkerStatus &status) {
            return status.runId != before && status.state == State::Ended;
        });
    }
}

/// Workers of a project that no window has open.
void Studio::leaveOthersRunning()
{
    const QString file = m_project + u"/weekly.yaml"_s;
    Supervisor other(m_paths);
    if (!other.open(ProjectSession::rosterIdOf(file)).isEmpty()) {
        m_failed = true;
        return;
    }
    QList<WorkerSpec> specs;
    for (const char *name : {"backup", "report"}) {
        WorkerSpec spec;
        spec.name = QString::fromLatin1(name);
        spec.command = Command::fromTyped(u"sh -c 'echo %1: began; sleep %2'"_s.arg(
            spec.name, spec.name == u"backup" ? u"600"_s : u"0.3"_s));
        specs += spec;
    }
    other.applyProject(file, "hash", specs);
    QList<WorkerId> all;
    for (const WorkerStatus &status : other.statuses()) {
        all += status.id;
    }
    other.start(all);
    const bool good = QTest::qWaitFor(
        [&] {
            return other.statuses().at(0).state == State::Running &&
                   other.statuses().at(1).state == State::Ended;
        },
        patience);
    m_failed = m_failed || !good;
    m_othersRoster = other.rosterId();
}

void Studio::showEarlierRun()
{
    auto *view = m_window.findChild<QTreeView *>(u"runsView"_s);
    if (!view || !QTest::qWaitFor([view] { return view->model()->rowCount() > 1; }, patience)) {
        qWarning("there is no earlier run");
        m_failed = true;
        return;
    }
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {},
                      view->visualRect(view->model()->index(1, 0)).center());
}

void Studio::saveOtherRuns(const QString &name)
{
    m_window.findChild<QAction *>(u"actionOtherRuns"_s)->trigger();
    auto *dialog = m_window.findChild<QDialog *>(u"otherRunsDialog"_s);
    settle();
    save(name, dialog);
    dialog->findChild<QAbstractButton *>(u"showRunOutputButton"_s)->setChecked(true);
    settle();
    save(name + u"-output"_s, dialog);
    dialog->findChild<QAbstractButton *>(u"showRunOutputButton"_s)->setChecked(false);
    dialog->close();
}

void Studio::saveSecondWindow(const QString &name)
{
    Supervisor supervisor(m_paths);
    Monitor monitor([&supervisor] { return supervisor.sampleTargets(); });
    RunCatalog catalog(m_paths);
    MainWindow window(&supervisor, &monitor, &catalog, &m_settings);
    window.resize(1000, 600);
    window.show();
    window.openUnsaved();
    settle();
    save(name, &window);
}

void Studio::save(const QString &name, QWidget *widget)
{
    const QImage image =
        (widget ? widget : &m_window)->grab().toImage().convertToFormat(QImage::Format_RGB888);
    if (!image.save(m_folder + u'/' + name + u".png"_s, "PNG", 0)) { // 0: the smallest file
        qWarning("%s could not be written", qPrintable(name));
        m_failed = true;
    }
}

void Studio::saveDialog(const char *action, const QString &name, const std::function<void(QWidget *)> &fill)
{
    auto *found = m_window.findChild<QAction *>(QString::fromLatin1(action));
    if (!found) {
        qWarning("no action is called %s", action);
        m_failed = true;
        return;
    }
    found->trigger();
    settle();
    auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget());
    if (!dialog) {
        qWarning("%s opened no dialog", action);
        m_failed = true;
        return;
    }
    if (fill) {
        fill(dialog);
        settle();
    }
    save(name, dialog);
    dialog->reject();
    settle();
}

WorkerId Studio::idOf(const QString &name) const
{
    for (const WorkerStatus &status : m_supervisor.statuses()) {
        if (status.spec->name == name) {
            return status.id;
        }
    }
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("Usage: procession-screenshots FOLDER\n", stderr);
        return 2;
    }
    const QTemporaryDir home;
    qputenv("HOME", QFile::encodeName(home.path()));
    for (const char *variable : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"}) {
        qputenv(variable, QFile::encodeName(home.path()));
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"procession"_s);
    QApplication::setStyle(u"Fusion"_s);
    QApplication::setPalette(lightPalette());
    QApplication::setFont(QFont(u"DejaVu Sans"_s, 9));
    installIcons();
    QCoreApplication::installTranslator(new EnglishPlurals(&application));
    Studio studio(home.path(), QString::fromLocal8Bit(argv[1]));
    const bool good = studio.shoot();
    studio.end();
    return good ? 0 : 1;
}
