// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// A worker whose behaviours are named. The arguments are done in order: `testworker stdout hello exit 3`.
// No Qt and no shell, so that what a test sees is the keeper's doing only.

#include <algorithm>
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
#include <sys/ioctl.h>
#include <sys/prctl.h>
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

/// bytes of 80-byte lines in blocks of 64 KiB, as fast as they are taken: making them costs nothing. Each
/// block begins with its number.
void pour(const long long bytes)
{
    constexpr size_t blockBytes = 65536;
    std::string block;
    while (block.size() < blockBytes)
        block += std::string(79, static_cast<char>('a' + block.size() / 80 % 26)) + "\n";
    block.resize(blockBytes);
    for (long long done = 0; done < bytes; done += static_cast<long long>(blockBytes)) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%015lld ", done / static_cast<long long>(blockBytes));
        std::copy_n(text.data(), 16, block.begin());
        put(STDOUT_FILENO, std::string_view(block).substr(0, static_cast<size_t>(bytes - done)));
    }
}

/// Writes flat out until its standard output holds so much, or 4 GiB are written.
void pourUntilPipeHolds(const int bytes)
{
    for (int i = 0; i < 1024 && fcntl(STDOUT_FILENO, F_GETPIPE_SZ) != bytes; ++i)
        pour(4 << 20);
}

/// Waits until it holds so much, quietly.
void waitUntilPipeHolds(const int bytes)
{
    while (fcntl(STDOUT_FILENO, F_GETPIPE_SZ) != bytes)
        sleepFor(0.01);
}

/// 80-byte lines for so many seconds, bytesPerSecond of them in 20 writes a second. Each begins with the time
/// it was written at, in ms since the epoch.
void pace(const long long bytesPerSecond, const double seconds)
{
    constexpr int writesPerSecond = 20;
    const long long lines = bytesPerSecond / writesPerSecond / 80;
    alarm(static_cast<unsigned>(seconds) + 10);
    timespec next{};
    clock_gettime(CLOCK_MONOTONIC, &next);
    // Many are started at once, and programs do not write in step.
    next.tv_nsec = static_cast<long>(getpid()) * 7'919'003L % 1'000'000'000L;
    for (int i = 0; i < static_cast<int>(seconds * writesPerSecond); ++i) {
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr) == EINTR) {
        }
        next.tv_nsec += 1'000'000'000L / writesPerSecond;
        if (next.tv_nsec >= 1'000'000'000L) {
            next.tv_nsec -= 1'000'000'000L;
            ++next.tv_sec;
        }
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%013lld ",
                      static_cast<long long>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000);
        const std::string line = text.data() + std::string(65, '.') + "\n";
        std::string block;
        for (long long count = 0; count < lines; ++count)
            block += line;
        put(STDOUT_FILENO, block);
    }
}

/// A bar that is written over itself on standard error, as download and training programs do, and a last
/// line.
void showProgress(const int steps, const long long microseconds)
{
    for (int step = 0; step <= steps; ++step) {
        const int percent = steps > 0 ? step * 100 / steps : 100;
        std::array<char, 96> text{};
        std::snprintf(text.data(), text.size(), "\r%3d%%|%-20s| %d/%d [00:01<00:00]\x1b[K", percent,
                      std::string(static_cast<size_t>(percent / 5), '#').c_str(), step, steps);
        put(STDERR_FILENO, text.data());
        sleepFor(static_cast<double>(microseconds) / 1e6);
    }
    put(STDERR_FILENO, "\n");
}

/// A line for each way of colouring that is in use, and one without.
void showColours()
{
    put(STDOUT_FILENO, "plain\n"
                       "\x1b[31mred\x1b[0m and \x1b[1;92mbold bright green\x1b[m\n"
                       "\x1b[38;5;208morange of 256\x1b[39m \x1b[48;5;236mon grey\x1b[49m\n"
                       "\x1b[38;2;1;2;3mtrue colour\x1b[0m \x1b[38:2::4:5:6mwith colons\x1b[0m\n"
                       "\x1b[2mdim\x1b[22m \x1b[3mitalic\x1b[23m \x1b[4munderlined\x1b[24m "
                       "\x1b[7mreversed\x1b[27m\n"
                       "\x1b]8;;https://example.org/\x1b\\a link\x1b]8;;\x1b\\\n");
}

/// Lines on both streams in turn, a moment apart so that their order is known.
void takeTurns(const long long rounds, const long long microseconds)
{
    for (long long round = 0; round < rounds; ++round) {
        put(STDOUT_FILENO, "out " + std::to_string(round) + "\n");
        sleepFor(static_cast<double>(microseconds) / 1e6);
        put(STDERR_FILENO, "err " + std::to_string(round) + "\n");
        sleepFor(static_cast<double>(microseconds) / 1e6);
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

/// The run's id as one line, at the end of a file that all workers of a test share: who was started, and how
/// often.
void append(const char *const path)
{
    const char *const run = std::getenv("PROCESSION_RUN_ID");
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        _exit(95);
    put(file, std::string(run != nullptr ? run : "no run") + "\n");
    close(file);
}

/// A child of the same session that writes a line on standard output when this process is long gone.
void startLateChild(const double seconds)
{
    if (fork() == 0) {
        sleepFor(seconds);
        put(STDOUT_FILENO, "late\n");
        _exit(0);
    }
}

/// Children that fork in their turn, until no further process may be had.
void forkBomb(const long long most)
{
    long long done = 0;
    for (; done < most; ++done) {
        const pid_t child = fork();
        if (child < 0)
            break;
        if (child == 0) {
            setsid();
            std::signal(SIGTERM, SIG_IGN);
            forkBomb(most / 2);
            sleepFor(longTime);
            _exit(0);
        }
    }
}

/// A chain of subreapers, each in a session of its own, the last with a daemon below it.
void nestSubreapers(const int depth)
{
    if (depth == 0)
        return startDaemon();
    if (fork() == 0) {
        setsid();
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        nestSubreapers(depth - 1);
        sleepFor(longTime);
        _exit(0);
    }
}

/// Echoes what it reads until the end of input, then says how much it was.
void copyInput(const bool echo)
{
    std::array<char, 65536> block{};
    long long total = 0;
    unsigned long long hash = 14695981039346656037ull;
    for (ssize_t count = 0; (count = read(STDIN_FILENO, block.data(), block.size())) > 0;) {
        total += count;
        for (ssize_t i = 0; i < count; ++i)
            hash = (hash ^ static_cast<unsigned char>(block[static_cast<size_t>(i)])) * 1099511628211ull;
        if (echo)
            put(STDOUT_FILENO, {block.data(), static_cast<size_t>(count)});
    }
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "end of input after %lld bytes, hash %llx\n", total, hash);
    put(STDOUT_FILENO, text.data());
}

/// One line without an end: bytes of all values but the line feed.
void longLine(const long long bytes)
{
    std::string block;
    for (int i = 0; i < 65535; ++i)
        block += static_cast<char>(i % 255 < 10 ? i % 255 : i % 255 + 1);
    for (long long left = bytes; left > 0; left -= static_cast<long long>(block.size()))
        put(STDOUT_FILENO,
            std::string_view(block).substr(
                0, static_cast<size_t>(std::min<long long>(left, static_cast<long long>(block.size())))));
}

void onWindowChange(int)
{
    winsize size{};
    ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    put(STDOUT_FILENO, "size " + std::to_string(size.ws_col) + "x" + std::to_string(size.ws_row) + "\n");
}

/// Tells the size of its terminal now and whenever it changes.
void watchSize()
{
    std::signal(SIGWINCH, onWindowChange);
    onWindowChange(0);
}

/// Lines that count up, each written by itself and a moment apart: for kills in the middle.
void trickle(const long long lines, const long long microseconds)
{
    for (long long line = 0; line < lines; ++line) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%015lld\n", line);
        put(STDOUT_FILENO, text.data());
        if (microseconds > 0)
            sleepFor(static_cast<double>(microseconds) / 1e6);
    }
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
        else if (what == "pour")
            pour(std::atoll(next()));
        else if (what == "pour-until-pipe")
            pourUntilPipeHolds(std::atoi(next()));
        else if (what == "await-pipe")
            waitUntilPipeHolds(std::atoi(next()));
        else if (what == "pace") {
            const long long bytesPerSecond = std::atoll(next());
            pace(bytesPerSecond, std::atof(next()));
        } else if (what == "progress") {
            const int steps = std::atoi(next());
            showProgress(steps, std::atoll(next()));
        } else if (what == "colours")
            showColours();
        else if (what == "turns") {
            const long long rounds = std::atoll(next());
            takeTurns(rounds, std::atoll(next()));
        } else if (what == "alternate")
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
        else if (what == "append")
            append(next());
        else if (what == "late-child")
            startLateChild(std::atof(next()));
        else if (what == "fork-bomb")
            forkBomb(std::atoll(next()));
        else if (what == "subreapers")
            nestSubreapers(std::atoi(next()));
        else if (what == "copy-input")
            copyInput(true);
        else if (what == "count-input")
            copyInput(false);
        else if (what == "long-line")
            longLine(std::atoll(next()));
        else if (what == "watch-size")
            watchSize();
        else if (what == "kill-group")
            kill(0, std::atoi(next()));
        else if (what == "trickle") {
            const long long lines = std::atoll(next());
            trickle(lines, std::atoll(next()));
        } else if (what == "exec") {
            execvp(argv[at], argv + at);
            _exit(97);
        } else {
            std::fprintf(stderr, "testworker: unknown behaviour %s\n", argv[at - 1]);
            return 96;
        }
    }
    return 0;
}
