// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputrow.h"

#include <QList>
#include <QString>

namespace procession {

/// Of the last rows of a run that failed, the one that most likely says why: as clean text of at most
/// `maximumErrorLine` UTF-16 units. That is the last of standard error that looks like an error, or else its
/// last one, or else the last of standard output that looks like an error; empty if there is none of these.
/// A guess by words, shown as what the worker said and never as what happened. Any thread.
QString errorLine(const QList<OutputRow> &tail);

constexpr int maximumErrorLine = 300;

} // namespace procession
