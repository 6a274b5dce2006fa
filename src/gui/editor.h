// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThread>

#include <atomic>
#include <memory>

class QTemporaryDir;
class QUrl;

namespace procession {

class Settings;

/// A place that output names: a file, and perhaps where in it.
struct FilePlace
{
    QString path;
    int line = 0; ///< from 1; 0: not named
    int column = 0;

    friend bool operator==(const FilePlace &, const FilePlace &) = default;
};

/// Of "src/a.py:12:3", "a.py:12" or "a.py".
FilePlace parsePlace(const QString &text);

/// An editor's command with {file}, {line} and {column} filled in; the file comes last where it is not named.
QStringList editorWords(const QStringList &command, const FilePlace &place);

/// Opens what output names in the person's own programs: a place in a file, or the whole of an output, in an
/// editor, an address in what the desktop has for it. What looks at the disk is done in a thread of its own.
/// GUI thread.
class Editor final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Editor)

public:
    /// `settings` outlives this.
    explicit Editor(const Settings *settings, QObject *parent = nullptr);
    /// Waits for the look at the disk under way; removes the copies.
    ~Editor() override;

    /// `target` is an address, or a place as parsePlace() takes it, relative to `workingDirectory` (empty:
    /// the window's own).
    void open(const QString &target, const QString &workingDirectory);
    /// A read-only copy, only for this user and for as long as the program runs, of all output of this run.
    void openOutput(const QString &runDirectory, const QString &workerName);

Q_SIGNALS:
    /// What was asked for is not opened: why, and what to do, for the person.
    void failed(const QString &text);

private:
    void openPlace(const FilePlace &place, const QString &workingDirectory);
    void openByDesktop(const QUrl &url);
    template <typename Errand>
    void post(const Errand &errand);
    // In the thread:
    QString start(const FilePlace &place, const QString &command);
    QString copy(const QString &runDirectory, const QString &workerName, QString *file);

    const Settings *m_settings;
    int m_pending = 0;
    std::atomic_bool m_cancelled = false;
    std::unique_ptr<QTemporaryDir> m_copies; // used in m_thread only
    QHash<QString, QString> m_copyOf;        // by the run's directory; used in m_thread only
    QThread m_thread;
    QObject *m_hand; // lives in m_thread
};

} // namespace procession
