// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/runcatalog.h"
#include "core/rundirectory.h"
#include "keeper/rundir.h"
#include "testhome.h"

#include <QProcess>

#include <array>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace procession {

/// Makes runs in a TestHome with real keepers, without a supervisor.
class RunMaker final
{
public:
    explicit RunMaker(const TestHome &home)
        : m_paths(home.paths())
    {
        if (const QString problem = m_paths.create(); !problem.isEmpty())
            qFatal("no state directory");
    }

    QString pathOf(const QString &id) const { return m_paths.runsDirectory() + u'/' + id; }

    /// A run id of an hour of the year 2020, so that order and age are the test's.
    static QString id(int hour)
    {
        return QStringLiteral("202001%1-%2-000-0000%3")
            .arg(1 + hour / 24, 2, 10, QLatin1Char('0'))
            .arg(hour % 24 * 10'000, 6, 10, QLatin1Char('0'))
            .arg(hour, 4, 10, QLatin1Char('0'));
    }

    /// Claims the directory and writes its spec.
    void prepare(const QString &id, const QStringList &argv, const QString &name = QStringLiteral("w"),
                 const QString &roster = QStringLiteral("r"), int worker = 1) const
    {
        WorkerSpec spec;
        spec.name = name;
        spec.command = Command::direct(argv);
        spec.grace = std::chrono::seconds(60);
        RunOrder order;
        order.runId = id;
        order.rosterId = roster;
        order.worker = WorkerId(quint64(worker));
        order.spec = std::make_shared<const WorkerSpec>(spec);
        if (const QString problem = RunDirectory(pathOf(id)).create(specBytes(order)); !problem.isEmpty())
            qFatal("%s", qPrintable(problem));
    }

    /// Starts its keeper, which has exec'd the worker (or recorded why not) when this returns.
    void launch(const QString &id) const
    {
        QProcess::execute(m_paths.keeperProgram, {QStringLiteral("--launch"), pathOf(id)});
    }

    /// Both halves of its keeper are killed.
    void killKeeper(const QString &id) const
    {
        const auto slot = RunDirectory(pathOf(id)).readState();
        for (const int pid : {slot->guardianPid, slot->keeperPid}) {
            if (pid > 1)
                ::kill(pid, SIGKILL);
        }
    }

    /// A finished run that no keeper was needed for, with an output of so many bytes.
    void fake(const QString &id, int exitCode, qint64 outputBytes = 0,
              const QString &name = QStringLiteral("w")) const
    {
        prepare(id, {QStringLiteral("true")}, name);
        rundir::StateSlot slot{};
        slot.magic = rundir::stateMagic;
        slot.version = rundir::stateVersion;
        slot.sequence = 3;
        slot.phase = rundir::Phase::Finished;
        slot.flags = rundir::StatusKnown;
        slot.waitStatus = exitCode << 8;
        slot.mainPid = 4'000'000;
        slot.startedRealtime = startedMs * 1'000'000;
        slot.endedRealtime = slot.startedRealtime + 1;
        slot.checksum = rundir::checksum(slot);
        const std::array<rundir::StateSlot, 2> slots{rundir::StateSlot{}, slot};
        write(id, rundir::stateFile, QByteArray(reinterpret_cast<const char *>(slots.data()), sizeof slots));
        if (outputBytes > 0)
            write(id, "out.00000000000000000000", QByteArray(outputBytes, 'x'));
    }

    void write(const QString &id, const char *name, const QByteArray &bytes) const
    {
        QFile file(pathOf(id) + u'/' + QLatin1String(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", name);
    }

    QByteArray bytesOf(const QString &id, const char *name) const
    {
        QFile file(pathOf(id) + u'/' + QLatin1String(name));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("cannot read %s", name);
        return file.readAll();
    }

    State state(const QString &id) const
    {
        const auto record = RunCatalog::read(pathOf(id));
        return record ? record->status.state : State::Skipped;
    }

    /// The keeper still holds the run, though it may have recorded the end already.
    bool isHeld(const QString &id) const
    {
        const QString state = pathOf(id) + u'/' + QLatin1String(rundir::stateFile);
        const int file = ::open(QFile::encodeName(state).constData(), O_RDONLY | O_CLOEXEC);
        const bool held = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) != 0;
        if (file >= 0)
            ::close(file);
        return held;
    }

    static constexpr qint64 startedMs = 1'600'000'000'000;

private:
    Paths m_paths;
};

} // namespace procession
