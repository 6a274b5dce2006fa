// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace procession::bench {

/// A figure's outcome: what was measured, against what, and what it is meant to be.
struct Result
{
    QString name;
    double value = 0;
    QString unit;
    double reference = 0;
    double spread = 0;          ///< of the value: (largest - smallest round) / median
    std::optional<double> goal; ///< of the ratio value / reference; none: for comparison only
    bool higherIsBetter = false;
    QString problem; ///< what was claimed done but is not; else empty

    double ratio() const { return value / reference; }
    bool isMet() const;
};

/// One figure: its name for --only, and what measures it. At least seven interleaved rounds.
struct Figure
{
    const char *name;
    const char *what;
    std::vector<Result> (*measure)();
};

inline constexpr int rounds = 7;

std::vector<Result> measureSpawn();
std::vector<Result> measureTick();
std::vector<Result> measureTakeOver();
std::vector<Result> measureCapture();
std::vector<Result> measureStall();
std::vector<Result> measureLogOpen();
std::vector<Result> measureLogIndex();
std::vector<Result> measureLogCount();

double median(std::vector<double> values);
/// The smallest value that `share` of all values do not exceed.
double percentile(std::vector<double> values, double share);
double spreadOf(const std::vector<double> &values);

} // namespace procession::bench
