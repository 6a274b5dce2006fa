// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "formats/envsubst.h"

#include <QList>
#include <QPair>
#include <QString>

#include <optional>

namespace procession {

/// Why a text is no list of variables, and in which line (from 1).
struct DotEnvError
{
    int line = 0;
    QString message;
};

/// Reads a `.env` file: `NAME=value` lines, `export` before them, `#` comments, values in single or double
/// quotes (which may go on over several lines). `\n`, `\"` and the like count in double quotes. `$NAME` and
/// `${NAME}` in values without single quotes are replaced: from the lines before, then by `lookup`.
std::optional<QList<QPair<QString, QString>>> parseDotEnv(const QString &text, const VariableLookup &lookup,
                                                          DotEnvError *error);

} // namespace procession
