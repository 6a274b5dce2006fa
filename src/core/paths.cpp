// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace procession {

namespace {

/// Without HOME, Qt takes the root directory for the person's.
QString home()
{
    if (const QString home = qEnvironmentVariable("HOME"); home.startsWith(u'/'))
        return home;
    const passwd *entry = ::getpwuid(::geteuid());
    return entry != nullptr ? QFile::decodeName(entry->pw_dir) : QDir::homePath();
}

QString baseDirectory(const char *variable, const QString &fallback)
{
    // The base directory specification: a relative path in the variable is to be ignored.
    const QString value = qEnvironmentVariable(variable);
    return value.startsWith(u'/') ? value : home() + fallback;
}

QString makePrivate(const QString &path)
{
    if (!QDir().mkpath(path)) {
        return QCoreApplication::translate(
                   "Paths", "The folder %1 cannot be created. Check its rights and the free space.")
            .arg(path);
    }
    ::chmod(QFile::encodeName(path).constData(), 0700);
    if (!QFileInfo(path).isWritable()) {
        return QCoreApplication::translate("Paths", "The folder %1 cannot be written. Check its rights.")
            .arg(path);
    }
    return {};
}

} // namespace

Paths Paths::standard()
{
    Paths paths;
    paths.stateDirectory = baseDirectory("XDG_STATE_HOME", QStringLiteral("/.local/state")) + u"/procession";
    paths.configFile =
        baseDirectory("XDG_CONFIG_HOME", QStringLiteral("/.config")) + u"/procession/procession.conf";
    // Not the application's directory: that is known only while an application object exists.
    const QFileInfo program(QFile::symLinkTarget(QStringLiteral("/proc/self/exe")));
    paths.keeperProgram = program.dir().filePath(QStringLiteral("procession-keeper"));
    return paths;
}

QString Paths::runsDirectory() const
{
    return stateDirectory + u"/runs";
}

QString Paths::rosterDirectory(const QString &rosterId) const
{
    return stateDirectory + u"/rosters/" + rosterId;
}

QString Paths::create() const
{
    for (const QString &path : {stateDirectory, runsDirectory(), QString(stateDirectory + u"/rosters")}) {
        if (const QString problem = makePrivate(path); !problem.isEmpty())
            return problem;
    }
    return {};
}

} // namespace procession
