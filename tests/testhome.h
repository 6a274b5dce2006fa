// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/paths.h"
#include "keeper/rundir.h"
#include "patience.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

namespace procession {

/// A state directory of the test's own, and the proof that nothing of it is left running.
class TestHome final
{
    Q_DISABLE_COPY_MOVE(TestHome)

public:
    TestHome()
    {
        m_paths.stateDirectory = m_directory.filePath(QStringLiteral("state/procession"));
        m_paths.configFile = m_directory.filePath(QStringLiteral("config/procession.conf"));
        m_paths.keeperProgram = qEnvironmentVariable("PROCESSION_TEST_KEEPER",
                                                     QStringLiteral(PROCESSION_BIN_DIR "/procession-keeper"));
    }
    ~TestHome()
    {
        for (const qint64 pid : processes())
            ::kill(pid_t(pid), SIGKILL);
    }

    const Paths &paths() const { return m_paths; }
    QString filePath(const QString &name) const { return m_directory.filePath(name); }

    /// Processes that carry the cookie of a run of this home: workers, their trees and their keepers' children.
    QList<qint64> processes() const
    {
        const QStringList ids = QDir(m_paths.runsDirectory()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        const QSet<QString> runs(ids.cbegin(), ids.cend());
        QList<qint64> found;
        const QStringList pids = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs);
        for (const QString &pid : pids) {
            bool isNumber = false;
            const qint64 number = pid.toLongLong(&isNumber);
            QFile environment(u"/proc/" + pid + u"/environ");
            if (!isNumber || !environment.open(QIODevice::ReadOnly))
                continue;
            for (const QByteArray &variable : environment.readAll().split('\0')) {
                const QByteArray prefix = QByteArray(rundir::cookieVariable) + '=';
                if (variable.startsWith(prefix) && runs.contains(QString::fromLatin1(variable.mid(prefix.size()))))
                    found.append(number);
            }
        }
        return found;
    }

private:
    QTemporaryDir m_directory;
    Paths m_paths;
};

/// Every warning of Qt's fails the test, but for what the offscreen platform says of itself. To be called in init().
inline void failOnEveryWarning()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

} // namespace procession
