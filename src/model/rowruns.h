// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace procession::rowruns {

/// Up to this many separate runs of rows are inserted or removed one by one; beyond it they are first brought
/// together by one change of layout, because each signal costs every view and proxy time that grows with the
/// table.
inline constexpr int most = 8;

/// Beyond this share of changed rows one range around all of them costs the receivers less than many exact
/// ones (measured; the crossover is near 3 %).
inline constexpr double hullShare = 0.03;

/// Index of the first element after the run of consecutive numbers that begins at `begin`.
inline std::size_t end(const std::vector<int> &ascending, const std::size_t begin)
{
    std::size_t end = begin + 1;
    while (end < ascending.size() && ascending[end] == ascending[end - 1] + 1)
        ++end;
    return end;
}

inline bool areMany(const std::vector<int> &ascending)
{
    int runs = 0;
    for (std::size_t begin = 0; begin < ascending.size() && runs <= most; begin = end(ascending, begin))
        ++runs;
    return runs > most;
}

/// Calls `call(first, last)` for each run, the last run first: what it removes does not move the others.
template <typename Call>
void backwards(const std::vector<int> &ascending, Call call)
{
    for (std::size_t end = ascending.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && ascending[begin - 1] == ascending[begin] - 1)
            --begin;
        call(ascending[begin], ascending[end - 1]);
        end = begin;
    }
}

/// Calls `call(first, last)` for the ranges in which a change of these of `total` rows is to be told.
template <typename Call>
void tell(const std::vector<int> &ascending, const int total, Call call)
{
    if (ascending.empty())
        return;
    if (static_cast<double>(ascending.size()) > hullShare * total) {
        call(ascending.front(), ascending.back());
        return;
    }
    for (std::size_t begin = 0; begin < ascending.size();) {
        const std::size_t after = end(ascending, begin);
        call(ascending[begin], ascending[after - 1]);
        begin = after;
    }
}

} // namespace procession::rowruns
