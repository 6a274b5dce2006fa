// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

namespace procession {

/// `text` with all that would act on a terminal, or pass for another line, made visible: \n, \x1b, \u202e.
QString visibleText(const QString &text);

/// Writes `line`, made visible, and a line end. Every line for people goes through here, as names and keys in
/// it come from files. Returns 0 or an errno.
int writeTextLine(int descriptor, const QString &line);

/// Writes `line` as it is, and a line end. Returns 0 or an errno.
int writeRawLine(int descriptor, const QByteArray &line);

/// Why a write failed, for the middle of a sentence.
QString writeErrorText(int error);

/// To be called before any file is opened: a standard stream that is closed stays so for whoever writes to
/// it, instead of becoming whatever is opened next.
void reserveStandardStreams();

} // namespace procession
