// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QList>
#include <QMetaType>
#include <QPair>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>

class QJsonObject;

namespace procession {

/// Names one worker of a roster for as long as the roster exists; never reused. 0 is no worker.
enum class WorkerId : quint64 {};

/// Mixed, unlike the hash an enumeration gets by itself: ids count up, and would fill a hash table in one run
/// in which every removal moves all that follows.
inline size_t qHash(WorkerId id, size_t seed = 0) noexcept
{
    return ::qHash(quint64(id), seed);
}

/// What a worker executes: either an argument vector, passed to exec as it is, or a text for a shell.
/// Which of the two is always visible to the person.
class Command final
{
public:
    enum class Kind { Direct, Shell };

    Command() = default;
    /// Executes `argv[0]` (looked up in the worker's PATH) with the rest as arguments.
    static Command direct(const QStringList &argv);
    /// Executes `shell -c text`.
    static Command shell(const QString &text, const QString &shell = QStringLiteral("/bin/sh"));
    /// What a terminal would make of `typed`: words, or a shell where shell syntax asks for one
    /// (see shellwords.h). An unbalanced quote yields an empty command and, if given, the reason in `*error`.
    static Command fromTyped(const QString &typed, QString *error = nullptr);

    Kind kind() const { return m_kind; }
    bool isEmpty() const { return m_argv.isEmpty(); }
    /// The exact argument vector handed to exec.
    const QStringList &argv() const { return m_argv; }
    /// As the person would type it: the shell text, or the words quoted where needed.
    QString text() const;
    /// The name a worker with this command gets if nobody gives it one: its program's, "sh" where the shell
    /// text begins with the shell's own words, "worker" if it is empty.
    QString suggestedName() const;
    /// Why this command cannot be executed by anyone (empty, a NUL in it), or an empty string.
    QString problem() const;

    friend bool operator==(const Command &, const Command &) = default;

private:
    Kind m_kind = Kind::Direct;
    QStringList m_argv;
};

/// What a worker reads from.
enum class Input {
    None,     ///< nothing: /dev/null
    Pipe,     ///< what is sent to it (Supervisor::sendInput)
    Terminal, ///< a pseudo-terminal, which is its output too: line-buffered, coloured, both streams in one
};

/// What to run and how: the part of a worker that a person writes. A plain value.
struct WorkerSpec
{
    QString name;
    Command command;
    QString workingDirectory; ///< empty: the window's own
    QString description;
    QString group;
    QList<QPair<QString, QString>> environment; ///< additions, in order; a later one wins
    int stopSignal = 15;                        ///< what Terminate sends first
    std::chrono::milliseconds grace{10'000};    ///< how long Terminate waits before SIGKILL
    bool disabled = false;                      ///< Start All passes it by
    Input input = Input::None;
    bool mergeStreams = false; ///< standard error into standard output: exact order, but not told apart
    bool keepStrays = false;   ///< what the main process leaves behind goes on, instead of being ended

    /// Why this worker cannot be started, for a person to read, or an empty string. Looks at the text
    /// only, never at the disk: a missing program is a failed start, not a bad worker.
    QString problem() const;
    QJsonObject toJson() const;
    static WorkerSpec fromJson(const QJsonObject &object);

    friend bool operator==(const WorkerSpec &, const WorkerSpec &) = default;
};

/// True if the value of this environment variable is to be masked wherever it is shown.
bool isSecretName(const QString &variable);

/// `name`, or `name (2)`, `name (3)` ... : the first that is not taken.
QString uniqueName(const QString &name, const std::function<bool(const QString &)> &isTaken);
QString uniqueName(const QString &name, const QStringList &taken);

/// "SIGTERM" for 15; "signal 77" for a number that has no name.
QString signalName(int signalNumber);

} // namespace procession

Q_DECLARE_METATYPE(procession::WorkerId)
