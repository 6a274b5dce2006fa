// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/launcher.h"

#include "keeper/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The launcher forks keepers. It is a program of its own, so that no window is a parent that a worker depends
// on, and small, so that its forks are cheap.

extern char **environ;

namespace procession::keeper {
namespace {

using rundir::Start;
using rundir::StartReport;

constexpr int signalCount = 64;
constexpr size_t mostSecrets = 1024;
constexpr size_t roomForRun = sizeof(StartReport::run) + 32;

void say(const char *const text)
{
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, strlen(text));
}

const char *explain(const StartReport &report)
{
    switch (report.start) {
    case Start::NoDirectory:
        return "the run directory cannot be opened";
    case Start::Foreign:
        return "the run directory belongs to another user";
    case Start::Held:
        return "another keeper keeps this run already";
    case Start::AlreadyRan:
        return "this run has been started before";
    case Start::NotRecorded:
        return "the run directory cannot be written";
    case Start::KeeperFailed:
        return "no keeper process could be started";
    case Start::Started:
    case Start::Failed:
        break;
    }
    switch (report.stage) {
    case rundir::Stage::Spec:
        return "the run's spec is unreadable or incomplete";
    case rundir::Stage::Output:
        return "the worker's output cannot be captured";
    case rundir::Stage::Fork:
        return "no process could be started for the worker";
    case rundir::Stage::WorkingDirectory:
        return "the working directory cannot be entered";
    case rundir::Stage::Exec:
    case rundir::Stage::None:
        break;
    }
    return "the program cannot be run";
}

void sayFailure(const char *const directory, const StartReport &report)
{
    say("procession-keeper: ");
    say(directory);
    say(": ");
    say(explain(report));
    if (report.error != 0) {
        say(": ");
        say(strerror(report.error));
    }
    say("\n");
}

void readBootId(Launch &launch)
{
    const int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    const ssize_t count = read(file, launch.bootId, sizeof(launch.bootId) - 1);
    close(file);
    launch.bootId[count > 0 ? count : 0] = '\0';
    launch.bootId[strcspn(launch.bootId, "\n")] = '\0';
}

size_t commandLineBytes(const int argc, char **const argv)
{
    return static_cast<size_t>(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);
}

/// All that the keepers have in common is done once. Returns false if there is not even a null device.
bool begin(Launch &launch, const int argc, char **const argv)
{
    launch.commandLine = argv[0];
    launch.commandLineBytes = commandLineBytes(argc, argv);
    launch.environment = environ;
    prctl(PR_SET_NAME, "procession-keeper"); // started by another name, below
    // A missing standard stream would let a pipe take its number, and the worker's output go astray.
    int null = open("/dev/null", O_RDWR);
    while (null >= 0 && null < nullDevice)
        null = open("/dev/null", O_RDWR);
    // Nothing the caller left open may reach a keeper, which would hold it for as long as the run lasts.
    if (null < 0 || dup2(null, nullDevice) < 0 ||
        syscall(SYS_close_range, static_cast<unsigned>(nullDevice) + 1, ~0u, 0u) != 0 ||
        fcntl(nullDevice, F_SETFD, FD_CLOEXEC) != 0)
        return false;

    // Ignored signals and the mask survive exec, and the launcher's parent may have set either.
    struct sigaction action
    {
    };
    action.sa_handler = SIG_DFL;
    for (int number = 1; number <= signalCount; ++number)
        sigaction(number, &action,
                  nullptr); // KILL, STOP and the C library's own refuse, and are right already
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);

    setsid();                      // no terminal's signal reaches a keeper
    launch.fileMask = umask(0177); // no directory is made here, and a socket needs no x
    // A limit that is meant for the worker must not cut what is kept of its output.
    getrlimit(RLIMIT_FSIZE, &launch.fileSize);
    const rlimit most{launch.fileSize.rlim_max, launch.fileSize.rlim_max};
    setrlimit(RLIMIT_FSIZE, &most);
    readBootId(launch);
    return true;
}

/// Forks the keeper of one run. Returns its PID, or -1 with errno.
pid_t startKeeper(const char *const directory, const Launch &launch, char *const *const secrets)
{
    const pid_t keeper = fork();
    if (keeper == 0)
        _exit(keepRun(directory, launch, secrets));
    return keeper;
}

/// The requests that have come so far.
class Requests final
{
public:
    bool begin();
    /// Reads what is there. False at the end, or if what comes makes no sense.
    bool readMore(int file);
    /// The next whole request: its directory, and its secrets, null at the end. Valid until the next
    /// readMore().
    bool next(const char *&directory, char **&secrets);

private:
    static constexpr size_t capacity = rundir::maximumRequestBytes + (64u << 10);

    char *m_bytes = nullptr;
    size_t m_begin = 0;
    size_t m_end = 0;
    char *m_secrets[mostSecrets + 1] = {};
};

bool Requests::begin()
{
    void *const memory = mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    m_bytes = static_cast<char *>(memory);
    return memory != MAP_FAILED;
}

bool Requests::readMore(const int file)
{
    memmove(m_bytes, m_bytes + m_begin, m_end - m_begin);
    m_end -= m_begin;
    m_begin = 0;
    if (m_end == capacity)
        return false;
    const ssize_t count = read(file, m_bytes + m_end, capacity - m_end);
    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    m_end += static_cast<size_t>(count);
    return count > 0;
}

bool Requests::next(const char *&directory, char **&secrets)
{
    size_t strings = 0;
    for (size_t at = m_begin; at < m_end;) {
        char *const text = m_bytes + at;
        const auto *const end = static_cast<const char *>(memchr(text, '\0', m_end - at));
        if (end == nullptr)
            return false;
        at = static_cast<size_t>(end - m_bytes) + 1;
        if (end == text) {
            m_begin = at;
            if (strings == 0)
                continue; // an empty request asks for nothing
            m_secrets[strings - 1] = nullptr;
            secrets = m_secrets;
            return true;
        }
        if (strings == 0)
            directory = text;
        else if (strings <= mostSecrets)
            m_secrets[strings - 1] = text;
        strings += strings <= mostSecrets ? 1 : 0;
    }
    return false;
}

/// The keepers started last. One that was killed among them may not have said a word of its run's start;
/// those before have.
class LastKeepers final
{
public:
    void add(pid_t keeper, const char *directory);
    /// Reaps keepers that ended, and reports the runs of those that were killed.
    void reap();

private:
    static constexpr size_t capacity = 1024; // more than a window asks for before it has heard of the first

    pid_t m_pids[capacity] = {};
    StartReport m_reports[capacity] = {};
    size_t m_next = 0;
};

void LastKeepers::add(const pid_t keeper, const char *const directory)
{
    m_pids[m_next] = keeper;
    m_reports[m_next] = reportOn(directory, Start::KeeperFailed, 0);
    m_next = (m_next + 1) % capacity;
}

void LastKeepers::reap()
{
    int status = 0;
    for (pid_t keeper = 0; (keeper = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (size_t i = 0; i < capacity; ++i) {
            if (m_pids[i] != keeper)
                continue;
            m_pids[i] = 0; // the number may come back
            if (WIFSIGNALED(status)) {
                [[maybe_unused]] const ssize_t written =
                    write(reportPipe, &m_reports[i], sizeof(StartReport));
            }
            break;
        }
    }
}

int readChildSignals()
{
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    return signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
}

} // namespace

int launchOnce(const int argc, char **const argv, char **const directories, const int count)
{
    Launch launch{};
    int pipes[2];
    if (!begin(launch, argc, argv) || pipe2(pipes, O_CLOEXEC) != 0 ||
        (pipes[0] = fcntl(pipes[0], F_DUPFD_CLOEXEC, firstOther)) < 0 ||
        dup3(pipes[1], reportPipe, O_CLOEXEC) < 0) {
        say("procession-keeper: no pipe could be made\n");
        return rundir::SomeFailed;
    }
    char *const noSecrets[] = {nullptr};
    // A directory is struck off when its outcome is known; what then remains had a keeper that died.
    int started = 0;
    int awaited = 0;
    for (int i = 0; i < count; ++i) {
        if (startKeeper(directories[i], launch, noSecrets) > 0) {
            ++awaited;
            continue;
        }
        sayFailure(directories[i], reportOn(directories[i], Start::KeeperFailed, errno));
        directories[i] = nullptr;
    }
    close(pipes[1]);
    close(reportPipe);
    StartReport report{};
    for (; awaited > 0; --awaited) {
        ssize_t bytes = 0;
        do {
            bytes = read(pipes[0], &report, sizeof(report));
        } while (bytes < 0 && errno == EINTR);
        if (bytes != ssize_t{sizeof(report)})
            break;
        for (int i = 0; i < count; ++i) {
            if (directories[i] == nullptr ||
                strcmp(reportOn(directories[i], report.start, 0).run, report.run) != 0)
                continue;
            if (report.start == Start::Started)
                ++started;
            else
                sayFailure(directories[i], report);
            directories[i] = nullptr;
            break;
        }
    }
    for (int i = 0; i < count; ++i) {
        if (directories[i] != nullptr)
            sayFailure(directories[i], reportOn(directories[i], Start::KeeperFailed, 0));
    }
    return started == count ? rundir::AllStarted : rundir::SomeFailed;
}

int serve(const int argc, char **const argv)
{
    Launch launch{};
    static Requests requests;
    static LastKeepers keepers;
    if (commandLineBytes(argc, argv) < roomForRun) {
        // A keeper shows its run in the place of the launcher's command line, which is too short as it came.
        char room[roomForRun + 1];
        memset(room, '.', roomForRun);
        room[roomForRun] = '\0';
        char *const longer[] = {argv[0], argv[1], room, nullptr};
        execv("/proc/self/exe", longer);
    }
    if (!begin(launch, argc, argv) || !requests.begin())
        return rundir::SomeFailed;
    showAs(launch, "--serve");
    if (dup3(STDOUT_FILENO, reportPipe, O_CLOEXEC) < 0)
        return rundir::SomeFailed;
    const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, firstOther);
    const int children = readChildSignals();
    if (input < 0 || children < 0)
        return rundir::SomeFailed;
    // A keeper holds the end of the pipe until it has reported, and nothing else of the window's.
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; ++file)
        dup2(nullDevice, file);

    for (;;) {
        pollfd polled[] = {{input, POLLIN, 0}, {children, POLLIN, 0}};
        if (poll(polled, 2, -1) < 0 && errno != EINTR)
            return rundir::SomeFailed;
        if (polled[1].revents != 0) {
            signalfd_siginfo news;
            [[maybe_unused]] const ssize_t count = read(children, &news, sizeof(news));
            keepers.reap();
        }
        if (polled[0].revents == 0)
            continue;
        if (!requests.readMore(input))
            return rundir::AllStarted;
        const char *directory = nullptr;
        char **secrets = nullptr;
        while (requests.next(directory, secrets)) {
            if (const pid_t keeper = startKeeper(directory, launch, secrets); keeper > 0) {
                keepers.add(keeper, directory);
                continue;
            }
            const StartReport report = reportOn(directory, Start::KeeperFailed, errno);
            [[maybe_unused]] const ssize_t written = write(reportPipe, &report, sizeof(report));
        }
    }
}

} // namespace procession::keeper
