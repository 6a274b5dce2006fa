// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "figure.h"

#include <algorithm>
#include <cmath>

namespace procession::bench {

bool Result::isMet() const
{
    if (!problem.isEmpty())
        return false;
    return !goal || (higherIsBetter ? ratio() >= *goal : ratio() <= *goal);
}

double median(std::vector<double> values)
{
    return percentile(std::move(values), 0.5);
}

double percentile(std::vector<double> values, const double share)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

double spreadOf(const std::vector<double> &values)
{
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double middle = median(values);
    return values.empty() || middle == 0 ? 0 : (*most - *least) / middle;
}

} // namespace procession::bench
