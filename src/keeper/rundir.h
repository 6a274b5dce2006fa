// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

// The run directory's format, shared by the keeper (no C++ runtime) and core (Qt). C headers only.
//
// runs/<id>/            0700, opened by dirfd
//   spec                written by the window before the keeper is launched; never changed
//   state               two StateSlots, written in place alternately; the valid one with the higher sequence
//   counts;
//                       flock'd by the keeper for as long as it keeps the run
//   out.<offset>        output segment; <offset> is the global offset of its first byte, 20 decimal digits
//   idx.<offset>        IndexRecords of that segment: which bytes came when and on which stream
//   ctl                 SOCK_SEQPACKET; one Command per packet; idempotent; no reply but to Verb::Input
// rosters/<id>/bell     SOCK_DGRAM of the window or `procession run`; the keeper sends the run's id; may be
// lost.
//                       Another window sends raiseRequest to ask this one to come to the front.

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

namespace procession::rundir {

inline constexpr const char *specFile = "spec";
inline constexpr const char *stateFile = "state";
inline constexpr const char *controlSocket = "ctl";
inline constexpr const char *outputPrefix = "out.";
inline constexpr const char *indexPrefix = "idx.";
inline constexpr int offsetDigits = 20;

// spec: NUL-terminated "key=value" records. The first is "procession-run=1", the last is "end=" (so a file
// cut short is noticed). Unknown keys are ignored. Keys that may repeat keep their order.
//   run=ID            the run's id, also the directory's name
//   roster=ID         roster the run belongs to
//   worker=N          worker id within the roster
//   name=TEXT         the worker's name, for people
//   bell=PATH         absolute path of the doorbell socket; may be absent
//   arg=TEXT          repeated: the argument vector, as passed to exec
//   cwd=PATH          working directory; absent: the launcher's
//   env=KEY=VALUE     repeated: set in the worker's environment, over the launcher's own
//   unset=KEY         repeated: removed from it
//   stop-signal=N     default 15
//   grace-ms=N        default 10000
//   out-limit=BYTES   output kept at most; default 268435456
//   project=PATH      the project file its worker came from, for people; absent: none
//   merge=0|1         1: standard error goes into standard output's pipe
//   input=KIND        what the worker reads: "none" (/dev/null, the default), "pipe" (fed by Verb::Input), or
//                     "terminal": a pseudo-terminal for all three streams
//   columns=N rows=N  size of that terminal; default 80 x 24
//   strays=end|keep   what becomes of processes the main process leaves behind; default end
//   nofile=SOFT       soft RLIMIT_NOFILE to give the worker (the window raises its own); absent: inherited
//   end=
inline constexpr const char *specHeader = "procession-run=1";
inline constexpr const char *specFooter = "end=";
inline constexpr uint64_t defaultOutputLimit = 256ull << 20;
inline constexpr size_t maximumSpecBytes = 4u << 20;

// Name of the environment variable that marks every process of a run.
inline constexpr const char *cookieVariable = "PROCESSION_RUN_ID";

enum class Phase : uint32_t {
    None = 0,          // no keeper has written yet
    Starting = 1,      // keeper alive, worker not exec'd yet
    Running = 2,       // worker exec'd
    Stopping = 3,      // stop or kill asked for, main process still alive
    Exited = 4,        // main process gone and its status recorded; the rest of its tree is being ended
    Finished = 5,      // nothing left of the tree (ECHILD), all output written
    FailedToStart = 6, // exec did not happen; error and stage say why; nothing left
};

enum class Stage : uint32_t { // where a start failed
    None = 0,
    Spec = 1,   // spec unreadable, cut short or without arguments
    Output = 2, // output files or pipes
    Fork = 3,
    WorkingDirectory = 4, // chdir
    Exec = 5,
};

enum StateFlag : uint32_t {
    StopAsked = 1u << 0,     // Command::Stop arrived
    KillAsked = 1u << 1,     // Command::Kill arrived
    GraceExpired = 1u << 2,  // KILL was sent because the grace ran out
    Paused = 1u << 3,        // Command::Pause in force
    StatusKnown = 1u << 4,   // waitStatus is valid
    OutputGap = 1u << 5,     // output was dropped to stay within out-limit
    OutputBlocked = 1u << 6, // the disk is full; bytes wait in the pipe
    StreamsMerged = 1u << 7, // both streams share one pipe, asked for or because the user has too many pipes
    InputOpen = 1u << 8,     // Verb::Input gives a descriptor to write to
    Terminal = 1u << 9,      // the worker has a terminal
    StraysKept = 1u << 10,   // Exited: what the main process left behind goes on, as the spec wants it
};

// A process that could not be ended, and why.
enum class Unendable : uint32_t {
    Unknown = 0,         // it was sent SIGKILL and is still there
    NotPermitted = 1,    // it runs as somebody else (setuid)
    Uninterruptible = 2, // it waits in the kernel (state D)
};
struct Survivor
{
    int32_t pid;
    Unendable reason;
};
inline constexpr size_t namedSurvivors = 8;

// Times: boottime = CLOCK_BOOTTIME nanoseconds (differences are durations, suspend included), realtime =
// CLOCK_REALTIME nanoseconds (for display only). 0 = not yet.
struct StateSlot
{
    uint32_t magic;    // stateMagic
    uint32_t version;  // stateVersion
    uint64_t sequence; // 1, 2, 3 ...; slot = sequence % 2
    Phase phase;
    uint32_t flags;    // StateFlag
    Stage stage;       // of a failed start
    int32_t error;     // errno of a failed start
    int32_t keeperPid; // the half that is active: the worker's tree hangs below it
    int32_t mainPid;
    int32_t waitStatus;      // as waitpid gives it
    int32_t stopSignal;      // last signal sent to stop, 0 = none
    uint64_t mainStartTicks; // field 22 of /proc/PID/stat: tells a reused PID
    int64_t startedBoottime; // worker exec'd
    int64_t startedRealtime;
    int64_t endedBoottime; // main process ended (or start failed)
    int64_t endedRealtime;
    int64_t stopDeadline; // CLOCK_BOOTTIME ns when KILL follows; 0 = none
    uint64_t peakRssKib;  // of the main process, from wait4
    uint64_t userMicros;
    uint64_t systemMicros;
    uint64_t outputBytes; // global end offset of the output
    uint64_t droppedBytes;
    uint32_t strays;                       // processes of the tree alive after the main process ended
    uint32_t survivors;                    // processes that could not be ended
    char bootId[40];                       // /proc/sys/kernel/random/boot_id, NUL-terminated
    Survivor survivorList[namedSurvivors]; // the first of the survivors
    int32_t guardianPid;                   // the half that stands by; 0 = it is gone, or took over
    uint32_t takeovers;                    // times one half went on for the other
    uint8_t reserved[248];
    uint64_t checksum; // checksum() over everything before it
};
inline constexpr uint32_t stateMagic = 0x50524f43; // "PROC"
inline constexpr uint32_t stateVersion = 1;
inline constexpr size_t slotBytes = 512;
static_assert(sizeof(StateSlot) == slotBytes);
static_assert(offsetof(StateSlot, checksum) == slotBytes - sizeof(uint64_t));

struct IndexRecord
{
    uint64_t offset;  // global offset of the first byte
    int64_t realtime; // CLOCK_REALTIME ns at which it was read
    uint32_t length;  // bytes
    uint32_t stream;  // 1 = standard output, 2 = standard error
};
static_assert(sizeof(IndexRecord) == 24);

enum class Verb : uint32_t {
    Stop = 1, // argument: grace in ms, or -1 for the spec's
    Kill = 2,
    Pause = 3,
    Resume = 4,
    Signal = 5, // argument: signal number, sent to the worker's process group
    Input =
        6, // the one verb with a reply: a byte, and by SCM_RIGHTS a descriptor to write the worker's input
           // to, if InputOpen (non-blocking; the worker sees end of input once every copy of it is closed)
    EndInput = 7, // closes the keeper's copy; a terminal gets its end-of-file character
    Resize = 8,   // argument: columns << 16 | rows, both below 32768
};
struct Command
{
    uint32_t magic; // commandMagic
    Verb verb;
    int32_t argument;
    uint32_t reserved;
};
inline constexpr uint32_t commandMagic = 0x50434d44; // "PCMD"

inline constexpr const char *raiseRequest = "!raise";

// What became of one start, as `procession-keeper --serve` writes it to its standard output: one report per
// request, twice at most; for a keeper that was killed early, one more that says so. A request, on its
// standard input, is a sequence of NUL-terminated strings: the run directory's absolute path, then KEY=VALUE
// for each variable that must not be stored (at most maximumRequestBytes altogether), then an empty string.
// At the end of its standard input it ends; the keepers it started go on.
enum class Start : uint32_t {
    Started = 0,
    Failed = 1,       // recorded in the run's state
    NoDirectory = 2,  // the run directory cannot be opened
    Foreign = 3,      // it belongs to another user
    Held = 4,         // another keeper keeps the run
    AlreadyRan = 5,   // its state has a phase already
    NotRecorded = 6,  // its lock or its state cannot be written
    KeeperFailed = 7, // no keeper could be forked, or it had no room to begin (error), or it died (error 0);
                      // nothing of the run has begun
};
struct StartReport
{
    Start start;
    Stage stage;   // of Failed
    int32_t error; // errno, 0 = none
    uint32_t reserved;
    char run[112]; // the run directory's name
};
static_assert(sizeof(StartReport) == 128);
inline constexpr size_t maximumRequestBytes = 4u << 20;

/// True for an errno that passes by itself, so that a start it stands in the way of is tried again: too many
/// files or processes, too little memory.
inline bool isShortage(int error)
{
    return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

// Exit status of `procession-keeper --launch RUNDIR...`: what became of the starts.
enum LauncherExit : int {
    AllStarted = 0,
    SomeFailed = 1, // see each run's state
    BadUsage = 2,
};

/// FNV-1a over a slot's bytes before its checksum field.
inline uint64_t checksum(const StateSlot &slot)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(&slot);
    uint64_t hash = 14695981039346656037ull;
    for (size_t i = 0; i < offsetof(StateSlot, checksum); ++i) {
        hash ^= bytes[i];
        hash *= 1099511628211ull;
    }
    return hash;
}

/// True if the slot was written whole by a keeper whose format we read.
inline bool isValid(const StateSlot &slot)
{
    return slot.magic == stateMagic && slot.version == stateVersion && slot.checksum == checksum(slot);
}

} // namespace procession::rundir
