// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "keeper/spec.h"

#include "keeper/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace procession::keeper {
namespace {

char terminalType[] =
    "TERM=xterm-256color"; // unless the spec names another: the launcher's says nothing of ours

struct Tables
{
    char **environment;
    size_t environmentCount = 0;
    char **removed;
    size_t removedCount = 0;
    size_t argumentCount = 0;
};

int readWhole(const int file, char *const buffer, const size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        const ssize_t count = read(file, buffer + done, bytes - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        if (count == 0)
            return EBADMSG; // shorter than fstat said: somebody is cutting it
        done += static_cast<size_t>(count);
    }
    return 0;
}

/// The text after "key=", or null if the record has another key.
char *valueOf(char *const record, const char *const key)
{
    const size_t length = strlen(key);
    return strncmp(record, key, length) == 0 && record[length] == '=' ? record + length + 1 : nullptr;
}

bool toNumber(const char *text, const int64_t lowest, const int64_t highest, int64_t &number)
{
    if (*text == '\0')
        return false;
    int64_t value = 0;
    for (; *text != '\0'; ++text) {
        if (*text < '0' || *text > '9' || value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (*text - '0');
    }
    number = value;
    return value >= lowest && value <= highest;
}

bool copyText(char *const target, const size_t capacity, const char *const text)
{
    const size_t length = strlen(text);
    if (length == 0 || length >= capacity)
        return false;
    memcpy(target, text, length + 1);
    return true;
}

bool sameVariable(const char *const a, const char *const b)
{
    const size_t length = strcspn(a, "=");
    return length == strcspn(b, "=") && memcmp(a, b, length) == 0;
}

char **findVariable(char **const list, const size_t count, const char *const variable)
{
    for (size_t i = 0; i < count; ++i) {
        if (sameVariable(list[i], variable))
            return list + i;
    }
    return nullptr;
}

bool addVariable(Tables &tables, char *const variable)
{
    if (variable[0] == '=' || strchr(variable, '=') == nullptr)
        return false;
    if (sameVariable(variable, rundir::cookieVariable))
        return true; // the keeper's own; a spec cannot give a run another name
    if (char **const earlier = findVariable(tables.environment, tables.environmentCount, variable))
        *earlier = variable;
    else
        tables.environment[tables.environmentCount++] = variable;
    return true;
}

bool takeInput(Spec &spec, const char *const kind)
{
    spec.pipeInput = strcmp(kind, "pipe") == 0;
    spec.terminal = strcmp(kind, "terminal") == 0;
    return spec.pipeInput || spec.terminal || strcmp(kind, "none") == 0;
}

bool toSize(const char *const text, int &size)
{
    int64_t number = 0;
    if (!toNumber(text, 1, INT16_MAX, number))
        return false;
    size = static_cast<int>(number);
    return true;
}

bool takeRecord(Spec &spec, Tables &tables, char *const record)
{
    int64_t number = 0;
    if (char *const argument = valueOf(record, "arg")) {
        spec.arguments[tables.argumentCount++] = argument;
        return true;
    }
    if (char *const variable = valueOf(record, "env"))
        return addVariable(tables, variable);
    if (char *const variable = valueOf(record, "unset")) {
        tables.removed[tables.removedCount++] = variable;
        return true;
    }
    if (char *const directory = valueOf(record, "cwd")) {
        spec.workingDirectory = directory;
        return true;
    }
    if (const char *const run = valueOf(record, "run"))
        return copyText(spec.run, sizeof(spec.run), run);
    if (const char *const bell = valueOf(record, "bell"))
        return copyText(spec.bell, sizeof(spec.bell), bell);
    if (const char *const text = valueOf(record, "stop-signal")) {
        const bool good = toNumber(text, 1, 64, number);
        spec.stopSignal = static_cast<int>(number);
        return good;
    }
    if (const char *const text = valueOf(record, "grace-ms"))
        return toNumber(text, 0, INT32_MAX, spec.graceMs);
    if (const char *const text = valueOf(record, "out-limit")) {
        const bool good = toNumber(text, 0, INT64_MAX, number);
        spec.outputLimit = static_cast<uint64_t>(number);
        return good;
    }
    if (const char *const text = valueOf(record, "merge")) {
        const bool good = toNumber(text, 0, 1, number);
        spec.merge = number == 1;
        return good;
    }
    if (const char *const text = valueOf(record, "nofile"))
        return toNumber(text, 0, INT64_MAX, spec.openFiles);
    if (const char *const kind = valueOf(record, "input"))
        return takeInput(spec, kind);
    if (const char *const text = valueOf(record, "columns"))
        return toSize(text, spec.columns);
    if (const char *const text = valueOf(record, "rows"))
        return toSize(text, spec.rows);
    if (const char *const choice = valueOf(record, "strays")) {
        spec.keepStrays = strcmp(choice, "keep") == 0;
        return spec.keepStrays || strcmp(choice, "end") == 0;
    }
    return true; // a key of a newer window
}

int parse(Spec &spec, Tables &tables, char *const text, const size_t bytes)
{
    if (bytes == 0 || text[bytes - 1] != '\0' || strcmp(text, rundir::specHeader) != 0)
        return EBADMSG;
    bool ended = false;
    for (char *record = text; record < text + bytes; record += strlen(record) + 1) {
        ended = strcmp(record, rundir::specFooter) == 0;
        if (!ended && !takeRecord(spec, tables, record))
            return EINVAL;
    }
    if (!ended)
        return EBADMSG;
    return spec.run[0] != '\0' && tables.argumentCount > 0 ? 0 : EINVAL;
}

/// The spec's variables, then what is left of the launcher's, then the cookie.
void completeEnvironment(const Spec &spec, Tables &tables, char *const *base, char *const cookie)
{
    strcpy(cookie, rundir::cookieVariable);
    strcat(cookie, "=");
    strcat(cookie, spec.run);
    const size_t own = tables.environmentCount;
    size_t count = own;
    for (; *base != nullptr; ++base) {
        if (findVariable(tables.environment, own, *base) == nullptr &&
            findVariable(tables.removed, tables.removedCount, *base) == nullptr &&
            !sameVariable(*base, rundir::cookieVariable))
            tables.environment[count++] = *base;
    }
    tables.environment[count++] = cookie;
    tables.environment[count] = nullptr;
}

} // namespace

int readSpec(const int directory, char *const *const base, char *const *const secrets, Spec &spec)
{
    spec.outputLimit = rundir::defaultOutputLimit;
    // O_NONBLOCK: a FIFO in its place must not hang the keeper.
    const int file = openat(directory, rundir::specFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return errno;
    struct stat about
    {
    };
    int error = fstat(file, &about) != 0 ? errno : 0;
    if (error == 0 && !S_ISREG(about.st_mode))
        error = EBADMSG;
    if (error == 0 && about.st_size > static_cast<off_t>(rundir::maximumSpecBytes))
        error = EFBIG;
    if (error != 0) {
        close(file);
        return error;
    }

    const size_t bytes = static_cast<size_t>(about.st_size);
    size_t inherited = 0;
    while (base[inherited] != nullptr)
        ++inherited;
    for (char *const *secret = secrets; *secret != nullptr; ++secret)
        ++inherited;
    // A record has five bytes at least ("arg=" and its NUL). Pages that stay untouched cost nothing.
    const size_t records = bytes / 5 + 2;
    const size_t tableBytes = (3 * records + inherited + 3) * sizeof(char *);
    const size_t cookieBytes = strlen(rundir::cookieVariable) + 1 + sizeof(spec.run);
    spec.memoryBytes = tableBytes + bytes + cookieBytes;
    void *const memory =
        mmap(nullptr, spec.memoryBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        error = errno;
        close(file);
        return error;
    }
    spec.memory = memory;
    Tables tables{};
    spec.arguments = static_cast<char **>(memory);
    tables.removed = spec.arguments + records;
    tables.environment = tables.removed + records;
    spec.environment = tables.environment;
    char *const text = static_cast<char *>(memory) + tableBytes;

    error = readWhole(file, text, bytes);
    close(file);
    if (error == 0)
        error = parse(spec, tables, text, bytes);
    for (char *const *secret = secrets; error == 0 && *secret != nullptr; ++secret)
        error = addVariable(tables, *secret) ? 0 : EINVAL;
    if (error == 0 && spec.terminal &&
        findVariable(tables.environment, tables.environmentCount, terminalType) == nullptr)
        tables.environment[tables.environmentCount++] = terminalType;
    if (error == 0)
        completeEnvironment(spec, tables, base, text + bytes);
    return error;
}

void forgetCommand(Spec &spec)
{
    if (spec.memory != nullptr)
        munmap(spec.memory, spec.memoryBytes);
    spec.memory = nullptr;
    spec.arguments = spec.environment = nullptr;
    spec.workingDirectory = nullptr;
}

} // namespace procession::keeper
