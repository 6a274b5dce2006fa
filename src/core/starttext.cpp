// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/starttext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <cerrno>

namespace procession {

namespace {

using namespace rundir;

QString tr(const char *text)
{
    return QCoreApplication::translate("StartText", text);
}

} // namespace

QString startProblem(const StateSlot &slot, const WorkerSpec &spec)
{
    const QString program = spec.command.isEmpty() ? QString() : spec.command.argv().constFirst();
    const QString reason = qt_error_string(slot.error);
    switch (slot.stage) {
    case Stage::WorkingDirectory:
        switch (slot.error) {
        case ENOENT:
            return tr("The working directory %1 does not exist. Create it or set another one.")
                .arg(spec.workingDirectory);
        case ENOTDIR:
            return tr("The working directory %1 is not a folder. Set another one.")
                .arg(spec.workingDirectory);
        case EACCES:
            return tr("The working directory %1 may not be entered. Check its rights.")
                .arg(spec.workingDirectory);
        default:
            return tr("The working directory %1 cannot be entered: %2.").arg(spec.workingDirectory, reason);
        }
    case Stage::Exec:
        switch (slot.error) {
        case ENOENT:
            if (!program.contains(u'/'))
                return tr("“%1” was not found in PATH. Check the spelling or set a full path.").arg(program);
            // exec says ENOENT for a missing interpreter too.
            if (QFileInfo::exists(QDir(spec.workingDirectory).filePath(program)))
                return tr("“%1” exists, but the interpreter in its first line does not. Correct the “#!” "
                          "line.")
                    .arg(program);
            return tr("“%1” does not exist. Check the path.").arg(program);
        case EACCES:
            if (QFileInfo(QDir(spec.workingDirectory).filePath(program)).isDir() && program.contains(u'/'))
                return tr("“%1” is a folder, not a program. Set the program's path.").arg(program);
            return tr("“%1” is not executable. Make it so with “chmod +x”, or name its interpreter.")
                .arg(program);
        case ENOEXEC:
            return tr("“%1” is not a program this machine can run. A script needs a “#!” line.").arg(program);
        case E2BIG:
            return tr(
                "The command or its environment is too long for the system. Put long arguments into a file.");
        default:
            return tr("“%1” could not be executed: %2.").arg(program, reason);
        }
    case Stage::Fork:
        return tr("The system has no room for another process (%1). End some, or raise the limit.")
            .arg(reason);
    case Stage::Output:
        return tr("The output files could not be made: %1. Check the free space and rights.").arg(reason);
    case Stage::Spec:
    case Stage::None:
        break;
    }
    return tr("The run's description could not be read: %1.").arg(reason);
}

QString startProblem(const StartReport &report)
{
    const QString reason = qt_error_string(report.error);
    switch (report.start) {
    case Start::NoDirectory:
        return tr("Its run's folder cannot be opened: %1. Check that it is there, and its rights.")
            .arg(reason);
    case Start::Foreign:
        return tr("Its run's folder belongs to another user, so it was left alone.");
    case Start::Held:
        return tr("This run is kept by another keeper already.");
    case Start::AlreadyRan:
        return tr("This run has been started before; a run is started only once.");
    case Start::NotRecorded:
        return tr("It could not be kept, for its run's folder cannot be written: %1. Check the free space "
                  "and "
                  "rights.")
            .arg(reason);
    case Start::KeeperFailed:
        if (report.error != 0)
            return tr("No process could be started to keep it: %1.").arg(reason);
        return tr("Its keeper was killed before it could start the program. Start it again.");
    case Start::Started:
    case Start::Failed:
        break;
    }
    return tr("The program could not be started.");
}

QString shortageText(int error)
{
    if (error == EMFILE || error == ENFILE)
        return tr(
            "Too many files are open for it to be started now. It is tried again; ending other programs "
            "or a higher limit of open files makes room.");
    if (error == ENOMEM)
        return tr("The memory is too full for it to be started now. It is tried again; ending other programs "
                  "makes room.");
    return tr("Too many processes run for it to be started now. It is tried again; ending others or a higher "
              "limit of processes makes room.");
}

} // namespace procession
