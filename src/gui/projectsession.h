// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "formats/projectfile.h"

#include <QObject>

namespace procession {

class Settings;
class Supervisor;

/// Which roster is open: that of a project file, or the unsaved one. Files are read in a thread of their own.
/// GUI thread.
class ProjectSession final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ProjectSession)

public:
    ProjectSession(Supervisor *supervisor, Settings *settings, QObject *parent = nullptr);

    /// The roster a project file's workers are kept in.
    static QString rosterIdOf(const QString &file);
    static QString unsavedRosterId();

    /// Reads `file`; loaded() or failed() follows. A later call makes an earlier one void.
    void read(const QString &file, bool startAll);
    /// True if opening `project` closes another roster.
    bool closesAnother(const Project &project) const;
    /// Opens the roster of a project that was read. What fails leaves the roster that is open.
    void open(const Project &project, bool startAll);
    void openUnsaved();
    /// Empty: the unsaved roster.
    QString file() const;

Q_SIGNALS:
    void loaded(const procession::Project &project, bool startAll);
    /// Another roster is open now, or the same project was read again.
    void opened(bool startAll);
    void failed(const QString &text);
    /// Another window has this roster open: that of `file`, or the unsaved one where it is empty.
    void openElsewhere(const QString &rosterId, const QString &file);
    /// What the person should read once; one sentence per line.
    void notice(const QString &text);

private:
    bool openRoster(const QString &id, const QString &file);
    void remember(const QString &file);

    Supervisor *m_supervisor;
    Settings *m_settings;
    int m_reading = 0;
};

} // namespace procession
