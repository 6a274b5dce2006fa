// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/monitor.h"
#include "core/paths.h"
#include "core/runcatalog.h"
#include "core/settings.h"
#include "core/supervisor.h"
#include "gui/mainwindow.h"
#include "gui/workersview.h"
#include "model/workercolumns.h"
#include "model/workerfilterproxy.h"
#include "model/workertablemodel.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QSize>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace procession {

/// A window with a real supervisor and real keepers over a directory of its own, driven as a person would:
/// what is disabled or hidden cannot be used. Verbs return false and say why; wrap them in QVERIFY.
class WindowDriver final
{
    Q_DISABLE_COPY_MOVE(WindowDriver)

public:
    WindowDriver()
    {
        m_paths.stateDirectory = m_directory.filePath(QStringLiteral("state"));
        m_paths.configFile = m_directory.filePath(QStringLiteral("config/procession.conf"));
        m_paths.keeperProgram = QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper");
    }
    ~WindowDriver() { close(); }

    QString directory() const { return m_directory.path(); }
    const Paths &paths() const { return m_paths; }

    /// Opens the window; without a project file unless it is told to wait.
    void open(bool openRoster = true)
    {
        settings = std::make_unique<Settings>(m_paths.configFile);
        supervisor = std::make_unique<Supervisor>(m_paths);
        monitor = std::make_unique<Monitor>([this] { return supervisor->sampleTargets(); });
        catalog = std::make_unique<RunCatalog>(m_paths);
        window =
            std::make_unique<MainWindow>(supervisor.get(), monitor.get(), catalog.get(), settings.get());
        // The offscreen screen is a narrow one.
        if (settings->layout(QStringLiteral("geometry")).isEmpty())
            window->resize(firstSize);
        window->show();
        if (openRoster)
            window->openUnsaved();
        monitor->start();
        QApplication::setActiveWindow(window.get());
        QCoreApplication::processEvents();
    }

    /// Takes the window down as the end of the program does.
    void close()
    {
        window.reset();
        catalog.reset();
        monitor.reset();
        supervisor.reset();
        settings.reset();
    }

    /// Ends every worker; true if nothing of any run is left on the machine.
    bool endAll()
    {
        if (!supervisor)
            open();
        const bool ended = QTest::qWaitFor(
            [this] {
                supervisor->kill(supervisor->alive());
                return supervisor->aliveCount() == 0;
            },
            patience);
        return ended && QTest::qWaitFor([this] { return leftOver().isEmpty(); }, patience);
    }

    template <typename Widget>
    Widget *find(const char *name) const
    {
        return window->findChild<Widget *>(QLatin1String(name));
    }
    template <typename Dialog = QDialog>
    Dialog *dialog(const char *name) const
    {
        for (auto *found : window->findChildren<Dialog *>(QLatin1String(name))) {
            if (found->isVisible())
                return found;
        }
        return nullptr;
    }

    QAction *action(const char *name) const { return find<QAction>(name); }
    bool trigger(const char *name) const
    {
        QAction *found = action(name);
        if (!found || !found->isEnabled())
            return refuse(name, !found ? QStringLiteral("is not there") : found->toolTip());
        found->trigger();
        return true;
    }
    bool click(const char *name, const QWidget *within = nullptr) const
    {
        const QWidget *from = within ? within : window.get();
        for (auto *button : from->findChildren<QAbstractButton *>(QLatin1String(name))) {
            if (!button->isVisible())
                continue;
            if (!button->isEnabled())
                return refuse(name, QStringLiteral("is disabled: ") + button->toolTip());
            QTest::mouseClick(button, Qt::LeftButton);
            return true;
        }
        return refuse(name, QStringLiteral("is not visible"));
    }
    bool type(const char *name, const QString &text, const QWidget *within = nullptr) const
    {
        const QWidget *from = within ? within : window.get();
        auto *widget = from->findChild<QWidget *>(QLatin1String(name));
        if (!widget || !widget->isVisible() || !widget->isEnabled())
            return refuse(name, QStringLiteral("cannot be typed into"));
        widget->setFocus();
        QTest::keyClicks(widget, text);
        return true;
    }

    WorkersView *view() const { return find<WorkersView>("workersView"); }
    const WorkerTableModel *model() const { return find<WorkerTableModel>("workersModel"); }
    const WorkerFilterProxy *proxy() const { return find<WorkerFilterProxy>("workersProxy"); }

    WorkerId add(const QString &name, const QString &command, bool start = false) const
    {
        WorkerSpec spec;
        spec.name = name;
        spec.command = Command::fromTyped(command);
        const WorkerId id = supervisor->add(spec);
        if (start)
            supervisor->start({id});
        return id;
    }
    WorkerId id(const QString &name) const
    {
        for (const WorkerStatus &status : supervisor->statuses()) {
            if (status.spec->name == name)
                return status.id;
        }
        return {};
    }
    /// As the table has it, whether its row is shown or not.
    QString cell(const QString &name, Column column) const
    {
        const int row = model()->rowOf(id(name));
        return row < 0 ? QStringLiteral("no such worker")
                       : model()->index(row, int(column)).data().toString();
    }
    QString state(const QString &name) const { return cell(name, Column::State).section(u' ', 0, 0); }
    /// True once the worker's current run has written something.
    bool hasWritten(const QString &name) const
    {
        const QDir run(supervisor->status(id(name))->runDirectory);
        for (const QFileInfo &segment : run.entryInfoList({QStringLiteral("out.*")}, QDir::Files)) {
            if (segment.size() > 0)
                return true;
        }
        return false;
    }
    /// Names of the rows shown, from the top.
    QStringList names() const
    {
        QStringList shown;
        for (int row = 0; row < view()->model()->rowCount(); ++row)
            shown.append(view()->model()->index(row, int(Column::Name)).data().toString());
        return shown;
    }
    QStringList selectedNames() const
    {
        QStringList selected;
        for (const WorkerId selectedId : view()->selectedIds())
            selected.append(model()->status(selectedId)->spec->name);
        return selected;
    }
    /// Clicks the first row's name and the others with Ctrl held.
    bool select(const QStringList &which) const
    {
        view()->clearSelection();
        for (const QString &name : which) {
            const QModelIndex index = proxy()->indexOf(id(name));
            if (!index.isValid())
                return refuse(qPrintable(name), QStringLiteral("is not shown"));
            view()->scrollTo(index);
            QTest::mouseClick(view()->viewport(), Qt::LeftButton,
                              name == which.first() ? Qt::NoModifier : Qt::ControlModifier,
                              view()->visualRect(index).center());
        }
        return selectedNames().size() == which.size();
    }
    QString message() const
    {
        const auto *label = find<QLabel>("messageBarLabel");
        return label->isVisible() ? label->text() : QString();
    }

    /// Of a window that has never been open.
    QSize firstSize{1180, 740};
    std::unique_ptr<Settings> settings;
    std::unique_ptr<Supervisor> supervisor;
    std::unique_ptr<Monitor> monitor;
    std::unique_ptr<RunCatalog> catalog;
    std::unique_ptr<MainWindow> window;

    /// So long a test waits for what must come; a slow machine needs it, a quick one never does.
    static constexpr int patience = 30'000;

private:
    static bool refuse(const char *name, const QString &reason)
    {
        const QWidget *focus = QApplication::focusWidget();
        QString path;
        for (const QWidget *widget = focus; widget; widget = widget->parentWidget())
            path.prepend(u'/' + widget->objectName());
        qInfo("%s %s (focus: %s)", name, qPrintable(reason), qPrintable(path));
        return false;
    }

    /// Run ids that stand on some process's command line: each keeper carries its own.
    QStringList leftOver() const
    {
        const QStringList runs = QDir(m_paths.runsDirectory()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QStringList found;
        for (const QString &pid : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
            QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
            if (!pid.at(0).isDigit() || !file.open(QIODevice::ReadOnly))
                continue;
            const QByteArray words = file.readAll();
            for (const QString &run : runs) {
                if (words.contains(run.toUtf8()))
                    found.append(run);
            }
        }
        return found;
    }

    QTemporaryDir m_directory;
    Paths m_paths;
};

} // namespace procession
