// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace procession {

/// A duration as typed: "500ms", "4s", "1m30s", "1.5h", "2d"; a bare number is seconds. nullopt for anything
/// else, a negative one, and more than 24 days.
std::optional<std::chrono::milliseconds> parseDuration(const QString &text);

} // namespace procession
