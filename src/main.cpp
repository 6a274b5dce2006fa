// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/runcommand.h"
#include "core/paths.h"
#ifdef PROCESSION_HAS_GUI
#include "gui/windowcommand.h"
#endif

#include <QCoreApplication>

#include <cstdio>
#include <cstring>

int main(int argc, char **argv)
{
    if (argc > 1 && std::strcmp(argv[1], "run") == 0) {
        const QCoreApplication application(argc, argv);
        QCoreApplication::setApplicationName(QStringLiteral("procession"));
        QCoreApplication::setApplicationVersion(QStringLiteral(PROCESSION_VERSION));
        return procession::runCommand(QCoreApplication::arguments().mid(2), procession::Paths::standard());
    }
#ifdef PROCESSION_HAS_GUI
    return procession::windowCommand(argc, argv, procession::Paths::standard());
#else
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts("procession " PROCESSION_VERSION);
        return 0;
    }
    std::fputs(
        "procession: this build has no window. Use `procession run FILE` or `procession run -- COMMAND`.\n",
        stderr);
    return 1;
#endif
}
