// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/projectsession.h"

#include "core/settings.h"
#include "core/supervisor.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QThread>

#include <memory>

namespace procession {

namespace {

struct Reading
{
    std::optional<Project> project;
    ProjectError error;
};

} // namespace

ProjectSession::ProjectSession(Supervisor *supervisor, Settings *settings, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_settings(settings)
{
}

QString ProjectSession::rosterIdOf(const QString &file)
{
    const QByteArray path = QFile::encodeName(QFileInfo(file).canonicalFilePath());
    const QByteArray hash = QCryptographicHash::hash(path, QCryptographicHash::Sha1).toHex().first(16);
    return u"project-" + QString::fromLatin1(hash);
}

QString ProjectSession::unsavedRosterId()
{
    return QStringLiteral("untitled");
}

void ProjectSession::read(const QString &file, bool startAll)
{
    const int number = ++m_reading;
    auto result = std::make_shared<Reading>();
    // Nobody owns the thread: a file system that hangs must not keep the window from closing.
    QThread *thread = QThread::create([result, file] {
        result->project = readProjectFile(file, QProcessEnvironment::systemEnvironment(), &result->error);
    });
    connect(thread, &QThread::finished, thread, &QObject::deleteLater);
    connect(thread, &QThread::finished, this, [this, result, number, startAll] {
        if (number != m_reading)
            return;
        if (result->project) {
            Q_EMIT loaded(*result->project, startAll);
            return;
        }
        // Not a window in which nothing can be done: the message stands above the unsaved workers.
        if (m_supervisor->rosterId().isEmpty())
            openUnsaved();
        Q_EMIT failed(result->error.text());
    });
    thread->start();
}

bool ProjectSession::closesAnother(const Project &project) const
{
    return !m_supervisor->rosterId().isEmpty() && m_supervisor->rosterId() != rosterIdOf(project.file);
}

void ProjectSession::open(const Project &project, bool startAll)
{
    const QString id = rosterIdOf(project.file);
    if (m_supervisor->rosterId() != id && !openRoster(id, project.file))
        return;
    const QString kept = m_supervisor->applyProject(project.file, project.hash, project.workers);
    remember(project.file);
    Q_EMIT opened(startAll);
    // One message: of several, only the last would be seen.
    QStringList sentences = project.notices;
    if (!kept.isEmpty())
        sentences.append(kept);
    if (!project.unsupportedKeys.isEmpty()) {
        sentences.append(
            tr("%1: these keys stay in the file, but have no effect here: %2.")
                .arg(QFileInfo(project.file).fileName(), project.unsupportedKeys.join(QStringLiteral(", "))));
    }
    if (!sentences.isEmpty())
        Q_EMIT notice(sentences.join(u'\n'));
}

void ProjectSession::openUnsaved()
{
    ++m_reading;
    if (m_supervisor->rosterId() == unsavedRosterId() || openRoster(unsavedRosterId(), {}))
        Q_EMIT opened(false);
}

QString ProjectSession::file() const
{
    return m_supervisor->roster().projectFile();
}

bool ProjectSession::openRoster(const QString &id, const QString &file)
{
    const QString before = m_supervisor->rosterId();
    const QString problem = m_supervisor->open(id);
    if (problem.isEmpty())
        return true;
    const bool heldElsewhere = m_supervisor->roster().isHeldElsewhere();
    QStringList problems{heldElsewhere ? QString() : problem};
    if (!before.isEmpty())
        problems.append(m_supervisor->open(before));
    problems.removeAll(QString());
    // Last, so that who is told sees whether a roster is open.
    if (!problems.isEmpty())
        Q_EMIT failed(problems.join(u'\n'));
    if (heldElsewhere)
        Q_EMIT openElsewhere(id, file);
    return false;
}

void ProjectSession::remember(const QString &file)
{
    QStringList files = m_settings->recentFiles();
    files.removeAll(file);
    files.prepend(file);
    m_settings->setRecentFiles(files);
}

} // namespace procession
