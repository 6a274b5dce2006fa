// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// A worker whose behaviours are named. The arguments are done in order: `testworker stdout hello exit 3`.
// No Qt and no shell, so that what a test sees is the keeper's doing only.

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int longTime = 100; // seconds; nobody waits for it to pass

void put(const int file, const std::string_view text)
{
    std::string_view left = text;
    while (!left.empty()) {
        const ssize_t written = write(file, left.data(), left.size());
        if (written < 0)
            _exit(99);
        left.remove_prefix(static_cast<size_t>(written));
    }
}

void sleepFor(const double seconds)
{
    timespec left{};
    left.tv_sec = static_cast<time_t>(seconds);
    left.tv_nsec = static_cast<long>((seconds - static_cast<double>(left.tv_sec)) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

[[noreturn]] void dieBySignal(const int number)
{
    std::signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    kill(getpid(), number);
    sleepFor(longTime);
    _exit(98);
}

/// bytes of lines that count up, so that a test can see which part it got.
void flood(const long long bytes)
{
    std::string block;
    long long done = 0;
    for (long long line = 0; done < bytes; ++line) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%015lld\n", line);
        block += text.data();
        done += 16;
        if (block.size() >= 65536 || done >= bytes) {
            put(STDOUT_FILENO, block);
            block.clear();
        }
    }
}

/// A daemon in the textbook's way: two forks and a session of its own.
void startDaemon()
{
    const pid_t middle = fork();
    if (middle == 0) {
        setsid();
        if (fork() == 0)
            sleepFor(longTime);
        _exit(0);
    }
    waitpid(middle, nullptr, 0);
}

/// depth generations below this process, two children each; the deepest ignore TERM.
void growTree(const int depth)
{
    for (int i = 0; i < 2; ++i) {
        if (fork() != 0)
            continue;
        if (i == 1)
            setsid();
        if (depth > 1)
            growTree(depth - 1);
        else
            std::signal(SIGTERM, SIG_IGN);
        sleepFor(longTime);
        _exit(0);
    }
}

void startStoppedChild()
{
    const pid_t child = fork();
    if (child == 0) {
        setsid();
        raise(SIGSTOP);
        sleepFor(longTime);
        _exit(0);
    }
    waitpid(child, nullptr, WUNTRACED);
}

void printEnvironment(const char *const name)
{
    const char *const value = std::getenv(name);
    put(STDOUT_FILENO,
        std::string(name) + (value != nullptr ? std::string("=") + value : " is not set") + "\n");
}

void printSignals()
{
    std::FILE *const status = std::fopen("/proc/self/status", "re");
    std::array<char, 256> line{};
    while (status != nullptr && std::fgets(line.data(), line.size(), status) != nullptr) {
        const std::string_view text(line.data());
        if (text.starts_with("SigBlk:") || text.starts_with("SigIgn:"))
            put(STDOUT_FILENO, text);
    }
    if (status != nullptr)
        std::fclose(status);
}

void printDescriptors()
{
    DIR *const directory = opendir("/proc/self/fd");
    std::string text = "fds:";
    while (const dirent *const entry = readdir(directory)) {
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != dirfd(directory))
            text += std::string(" ") + entry->d_name;
    }
    closedir(directory);
    put(STDOUT_FILENO, text + "\n");
}

void printMask()
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "umask: %04o\n", umask(0));
    put(STDOUT_FILENO, text.data());
}

void printOpenFilesLimit()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    put(STDOUT_FILENO, "nofile: " + std::to_string(limit.rlim_cur) + "\n");
}

/// What a careless parent leaves to its children.
void makeDirty()
{
    std::signal(SIGCHLD, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    umask(0);
    for (int i = 0; i < 20; ++i)
        [[maybe_unused]] const int leaked = open("/dev/null", O_RDONLY); // without O_CLOEXEC on purpose
}

void limitFileSize(const long long bytes)
{
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(bytes);
    setrlimit(RLIMIT_FSIZE, &limit);
}

void alternate(const long long rounds)
{
    for (long long i = 0; i < rounds; ++i) {
        put(STDOUT_FILENO, "o");
        put(STDERR_FILENO, "e");
    }
}

} // namespace

int main(const int argc, char **const argv)
{
    // A test that dies must not leave workers behind for long.
    alarm(120);
    int at = 1;
    const auto next = [&]() -> const char * { return at < argc ? argv[at++] : "0"; };
    while (at < argc) {
        const std::string_view what = next();
        if (what == "exit")
            std::exit(std::atoi(next()));
        else if (what == "signal")
            dieBySignal(std::atoi(next()));
        else if (what == "sleep")
            sleepFor(std::atof(next()));
        else if (what == "ignore-term")
            std::signal(SIGTERM, SIG_IGN);
        else if (what == "stdout")
            put(STDOUT_FILENO, std::string(next()) + "\n");
        else if (what == "stderr")
            put(STDERR_FILENO, std::string(next()) + "\n");
        else if (what == "both") {
            put(STDOUT_FILENO, "to standard output\n");
            put(STDERR_FILENO, "to standard error\n");
        } else if (what == "flood")
            flood(std::atoll(next()));
        else if (what == "alternate")
            alternate(std::atoll(next()));
        else if (what == "setsid-daemon")
            startDaemon();
        else if (what == "tree")
            growTree(std::atoi(next()));
        else if (what == "stopped-child")
            startStoppedChild();
        else if (what == "env")
            printEnvironment(next());
        else if (what == "cwd")
            put(STDOUT_FILENO, std::filesystem::current_path().string() + "\n");
        else if (what == "signals")
            printSignals();
        else if (what == "fds")
            printDescriptors();
        else if (what == "umask")
            printMask();
        else if (what == "nofile")
            printOpenFilesLimit();
        else if (what == "dirty")
            makeDirty();
        else if (what == "limit-file-size")
            limitFileSize(std::atoll(next()));
        else if (what == "exec") {
            execvp(argv[at], argv + at);
            _exit(97);
        } else {
            std::fprintf(stderr, "testworker: unknown behaviour %s\n", argv[at - 1]);
            return 96;
        }
    }
    return 0;
}
