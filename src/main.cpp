// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/listcommand.h"
#include "cli/logscommand.h"
#include "cli/runcommand.h"
#include "cli/stopcommand.h"
#include "cli/textline.h"
#include "core/paths.h"
#ifdef PROCESSION_HAS_GUI
#include "gui/windowcommand.h"
#endif

#include <QCoreApplication>

#include <cstdio>
#include <cstring>

namespace {

/// What runs without a window. Each takes the arguments after its name and returns the exit status.
struct Subcommand
{
    const char *name;
    int (*run)(const QStringList &arguments, const procession::Paths &paths);
};

constexpr Subcommand subcommands[] = {
    {"run", procession::runCommand},
    {"list", procession::listCommand},
    {"stop", procession::stopCommand},
    {"logs", procession::logsCommand},
};

} // namespace

int main(int argc, char **argv)
{
    procession::reserveStandardStreams();
    for (const Subcommand &subcommand : subcommands) {
        if (argc < 2 || std::strcmp(argv[1], subcommand.name) != 0)
            continue;
        const QCoreApplication application(argc, argv);
        QCoreApplication::setApplicationName(QStringLiteral("procession"));
        QCoreApplication::setApplicationVersion(QStringLiteral(PROCESSION_VERSION));
        return subcommand.run(QCoreApplication::arguments().mid(2), procession::Paths::standard());
    }
#ifdef PROCESSION_HAS_GUI
    return procession::windowCommand(argc, argv, procession::Paths::standard());
#else
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts("procession " PROCESSION_VERSION);
        return 0;
    }
    const bool isHelp = argc == 2 && (std::strcmp(argv[1], "--help") == 0 || std::strcmp(argv[1], "-h") == 0);
    std::fputs(
        "procession: this build has no window. Use `procession run FILE` or `procession run -- COMMAND`;\n"
        "`procession list`, `procession stop` and `procession logs` show, end and read what was run.\n",
        isHelp ? stdout : stderr);
    return isHelp ? 0 : 1;
#endif
}
