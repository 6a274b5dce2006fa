// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "keeper/rundir.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <optional>
#include <random>

#include <sys/types.h>

namespace procession::faults {

/// Reached only when something is wrong; no fault is about speed.
inline constexpr int patienceMs = 60'000;

/// True in the long form (`ctest -L long`).
bool isLong();
/// `small` in the short form, `large` in the long one.
int amount(int small, int large);

/// Prints one line that says what was injected and what was proved. printf's rules.
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Polls every millisecond. False if the condition did not come true within the patience.
bool waitUntil(const std::function<bool()> &condition, int ms = patienceMs);
/// Microseconds of waiting between two steps of an injection: a moment to inject at, never one to rely on.
void passTime(int microseconds);

/// A generator whose seed is printed, and given again by PROCESSION_FAULT_SEED.
std::mt19937 &chance();
int chanceBelow(int bound);

struct Run
{
    QString id;
    QString path;
};

struct SpawnOptions
{
    QString standardOutput;           ///< file; empty: /dev/null
    QString standardError;            ///< file; empty: /dev/null
    QString workingDirectory;         ///< empty: the test's
    QStringList environment;          ///< KEY=VALUE, over the test's own
    std::function<bool()> beforeExec; ///< in the child; false: it exits with 125
};

/// The test process becomes the subreaper of all it starts, so nobody below it escapes: when the kernel says
/// that it has no child left (ECHILD), nothing is left. One per test function.
class Harness final
{
    Q_DISABLE_COPY_MOVE(Harness)

public:
    Harness();
    /// Kills whatever is left, so that a test that fails leaves nothing behind either.
    ~Harness();

    static QString keeper(); ///< PROCESSION_TEST_KEEPER, or the one that was built
    static QString worker();
    QString filePath(const QString &name) const { return m_directory.filePath(name); }
    QString path() const { return m_directory.path(); }

    /// Run directories, below `runs` of the temporary directory unless `useRunsDirectory` says otherwise.
    void useRunsDirectory(const QString &path) { m_runsDirectory = path; }
    QString runsDirectory() const { return m_runsDirectory; }
    Run makeRun(const QStringList &arguments, const QStringList &records = {});
    /// A worker of the test's own: `behaviours` as procession-testworker takes them. It is proved by
    /// startsOf().
    Run makeWorker(const QStringList &behaviours, const QStringList &records = {});
    /// A run directory with these bytes as its spec; @RUN@ in them becomes the run's id.
    Run makeRunOf(const QByteArray &spec);
    /// How often the workers of makeWorker() were started.
    int startsOf(const Run &run) const;

    pid_t spawn(const QStringList &commandLine, const SpawnOptions &options = {});
    /// Exit status of a spawned process, as waitpid gives it; nullopt if it does not end.
    std::optional<int> wait(pid_t pid);
    bool hasEnded(pid_t pid);
    void kill(pid_t pid, int number);
    /// Starts the runs and waits for the launcher; -1 if it died.
    int launch(const QList<Run> &runs, const SpawnOptions &options = {});
    int launch(const Run &run, const SpawnOptions &options = {}) { return launch(QList<Run>{run}, options); }

    /// Proves that nothing is left: no process, no zombie, no lock, no file descriptor of this test's own
    /// more than at the beginning, no keeper that crashed. Returns what is wrong; empty: nothing.
    QString leftOver();

    /// All processes below this one, deepest first.
    static QList<pid_t> descendants(pid_t of);

private:
    void reap();
    int countDescriptors() const;

    QTemporaryDir m_directory;
    QString m_runsDirectory;
    QString m_marker;
    QList<Run> m_runs;
    QHash<pid_t, int> m_ended;
    QSet<pid_t> m_killed;
    QStringList m_crashes;
    int m_descriptors = 0;
    int m_count = 0;
};

/// The newest valid slot, or one of phase None.
rundir::StateSlot stateOf(const Run &run);
bool isOver(const Run &run);
bool isHeld(const Run &run);
bool waitForPhase(const Run &run, rundir::Phase phase);
QByteArray contents(const QString &file);
/// All bytes that are on the disk, in order.
QByteArray outputOf(const Run &run);
/// What of `stream` the index knows (1 standard output, 2 standard error).
QByteArray streamOf(const Run &run, uint32_t stream);
bool command(const Run &run, rundir::Verb verb, int argument = -1);
/// A connection to the control socket, -1 if there is none. The caller closes it.
int connectTo(const Run &run);
/// The descriptor that feeds the worker, -1 if none is given. The caller closes it.
int inputOf(const Run &run);
/// Waits for the run's end and says what is not as it should be; empty: all is.
QString endOf(const Run &run, int waitStatus, const std::optional<QByteArray> &output = std::nullopt);
/// State letter in /proc/PID/stat; '-': gone.
char processState(pid_t pid);
pid_t parentOf(pid_t pid);
/// Sum of voluntary and other context switches; -1: gone.
long long contextSwitches(pid_t pid);
inline constexpr int exited(int code)
{
    return code << 8;
}

} // namespace procession::faults
