// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT

// syscallkiller ROLE entry|exit N PROGRAM ARGUMENT...: runs the program and sends SIGKILL to one of the
// processes it makes, at the entry or at the exit of that process's N-th system call. Roles go by the order
// of creation: `launcher` is the program itself, `guardian` its first child, `active` the guardian's first
// child. Whatever else comes into being runs free.
//
// Prints "PID reached NUMBER" or "PID passed COUNT": the program's PID, the number of the system call at
// which it killed, or how many the process made until its end because it made fewer. Then it ends and lets
// everybody go, so the program falls to the nearest subreaper above.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <initializer_list>
#include <map>
#include <string_view>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

enum Role { Launcher, Guardian, Active, Other };

struct Process
{
    Role role = Other;
    int children = 0;
};

constexpr long traceOptions =
    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
constexpr int eventStop = 128; // PTRACE_EVENT_STOP, which not every header has

std::map<pid_t, Process> processes;
std::map<pid_t, bool> waitingForRole; // stopped already, while their parent's event is still to come
Role victim = Other;
bool atEntry = true;
int injected = 0;     // the errno, 0 = SIGKILL
bool failing = false; // the call under way is the one to fail
long wanted = 0;
long passed = 0;

long trace(const int request, const pid_t pid, const long data)
{
    return ptrace(static_cast<__ptrace_request>(request), pid, nullptr, data);
}

void go(const pid_t pid, const int signal)
{
    const Role role = processes[pid].role;
    if (role == Other)
        trace(PTRACE_DETACH, pid, signal);
    else
        trace(role == victim ? PTRACE_SYSCALL : PTRACE_CONT, pid, signal);
}

[[noreturn]] void finish(const pid_t program, const char *const what, const long number)
{
    std::printf("%d %s %ld\n", program, what, number);
    std::fflush(stdout);
    _exit(0);
}

pid_t startTraced(char **const arguments)
{
    int gate[2];
    if (pipe(gate) != 0)
        std::exit(2);
    const pid_t program = fork();
    if (program == 0) {
        char byte = 0;
        close(gate[1]);
        [[maybe_unused]] const ssize_t count = read(gate[0], &byte, 1);
        close(gate[0]);
        execv(arguments[0], arguments);
        _exit(126);
    }
    close(gate[0]);
    // Seized, not attached: then nobody is left stopped when the tracer ends.
    if (trace(PTRACE_SEIZE, program, traceOptions) != 0) {
        std::perror("syscallkiller: ptrace");
        std::exit(2);
    }
    ptrace(PTRACE_INTERRUPT, program, nullptr, nullptr);
    int status = 0;
    waitpid(program, &status, __WALL);
    processes[program] = {Launcher, 0};
    trace(victim == Launcher ? PTRACE_SYSCALL : PTRACE_CONT, program, 0);
    close(gate[1]);
    return program;
}

void adopt(const pid_t parent)
{
    unsigned long child = 0;
    ptrace(PTRACE_GETEVENTMSG, parent, nullptr, &child);
    Process &above = processes[parent];
    const bool first = above.children++ == 0;
    Role role = Other;
    if (first && above.role == Launcher)
        role = Guardian;
    else if (first && above.role == Guardian)
        role = Active;
    const auto pid = static_cast<pid_t>(child);
    processes[pid] = {role, 0};
    if (waitingForRole.erase(pid) > 0)
        go(pid, 0);
}

/// Which calls fail with this error in real life. (Those of them that the C libraries in question use.)
bool mayFail(const unsigned long long number, const int error)
{
    const auto isOneOf = [number](const std::initializer_list<long> numbers) {
        for (const long one : numbers) {
            if (number == static_cast<unsigned long long>(one))
                return true;
        }
        return false;
    };
    switch (error) {
    case ENOSPC:
        return isOneOf(
            {SYS_openat, SYS_pwrite64, SYS_write, SYS_splice, SYS_bind, SYS_ftruncate, SYS_fallocate});
    case EINTR:
        // A wait that does not block is not interrupted, and the active half has no other.
        return isOneOf({SYS_read, SYS_write, SYS_splice, SYS_ppoll
#ifdef SYS_poll
                        ,
                        SYS_poll
#endif
               }) ||
               (victim != Active && isOneOf({SYS_wait4, SYS_waitid}));
    case EAGAIN:
        return isOneOf({SYS_clone, SYS_splice, SYS_read, SYS_accept4, SYS_recvfrom, SYS_sendto
#ifdef SYS_fork
                        ,
                        SYS_fork
#endif
#ifdef SYS_vfork
                        ,
                        SYS_vfork
#endif
        });
    default: // EMFILE
        return isOneOf({SYS_openat, SYS_socket, SYS_pipe2, SYS_signalfd4, SYS_accept4, SYS_dup3,
                        SYS_memfd_create
#ifdef SYS_open
                        ,
                        SYS_open
#endif
        });
    }
}

/// At the entry: the call is not done. At the exit: what the process sees of it.
void setRegisters(const pid_t pid, const bool entry)
{
    user_regs_struct registers{};
    iovec whole{&registers, sizeof(registers)};
    ptrace(PTRACE_GETREGSET, pid, reinterpret_cast<void *>(NT_PRSTATUS), &whole);
#if defined(__x86_64__)
    if (entry)
        registers.orig_rax = static_cast<unsigned long long>(-1);
    else
        registers.rax = static_cast<unsigned long long>(-injected);
#elif defined(__aarch64__)
    if (entry) {
        int none = -1;
        iovec number{&none, sizeof(none)};
        ptrace(PTRACE_SETREGSET, pid, reinterpret_cast<void *>(NT_ARM_SYSTEM_CALL), &number);
    } else {
        registers.regs[0] = static_cast<unsigned long long>(-injected);
    }
#else
#error "How does a system call fail on this machine?"
#endif
    ptrace(PTRACE_SETREGSET, pid, reinterpret_cast<void *>(NT_PRSTATUS), &whole);
}

void injectError(const pid_t program, const pid_t pid, const __ptrace_syscall_info &info)
{
    static unsigned long long number = 0;
    if (failing) {
        setRegisters(pid, false);
        ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
        finish(program, "reached", static_cast<long>(number));
    }
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !mayFail(info.entry.nr, injected) || ++passed != wanted)
        return;
    number = info.entry.nr;
    failing = true;
    setRegisters(pid, true);
}

void atSystemCall(const pid_t program, const pid_t pid)
{
    __ptrace_syscall_info info{};
    if (ptrace(static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), pid, sizeof(info), &info) <= 0)
        return;
    if (injected != 0)
        return injectError(program, pid, info);
    static unsigned long long last = 0;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        last = info.entry.nr;
    const bool counts = info.op == (atEntry ? PTRACE_SYSCALL_INFO_ENTRY : PTRACE_SYSCALL_INFO_EXIT);
    if (!counts || ++passed != wanted)
        return;
    kill(pid, SIGKILL);
    finish(program, "reached", static_cast<long>(last));
}

} // namespace

int main(const int argc, char **const argv)
{
    if (argc < 5)
        return 2;
    const std::string_view role(argv[1]);
    victim = role == "launcher" ? Launcher : role == "guardian" ? Guardian : Active;
    const std::string_view when(argv[2]);
    atEntry = when == "entry";
    injected = when == "ENOSPC"   ? ENOSPC
               : when == "EINTR"  ? EINTR
               : when == "EAGAIN" ? EAGAIN
               : when == "EMFILE" ? EMFILE
                                  : 0;
    wanted = std::atol(argv[3]);
    const pid_t program = startTraced(argv + 4);

    for (;;) {
        int status = 0;
        const pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            finish(program, "passed", passed);
        if (!WIFSTOPPED(status)) {
            if (processes[pid].role == victim)
                finish(program, "passed", passed);
            continue;
        }
        const int signal = WSTOPSIG(status);
        const int event = status >> 16;
        if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
            adopt(pid);
            go(pid, 0);
        } else if (event == eventStop && processes.count(pid) == 0) {
            waitingForRole[pid] = true;
        } else if (event != 0) {
            go(pid, 0);
        } else if (signal == (SIGTRAP | 0x80)) {
            atSystemCall(program, pid);
            go(pid, 0);
        } else {
            go(pid, signal);
        }
    }
}
