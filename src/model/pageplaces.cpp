// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/pageplaces.h"

#include <algorithm>

namespace procession::pageplaces {
namespace {

/// When bytes came is looked up at so many places of all runs together.
constexpr quint64 samplesOfAll = 256;
constexpr quint64 fewestSamples = 4;
constexpr int corrections = 4;

/// So many bytes of a run had come at this time.
struct Sample
{
    qint64 timeNs = 0;
    quint64 bytes = 0;
};

/// How many bytes of a run had come when, in the order of both, from its first byte to its last.
using Growth = QList<Sample>;

Growth growthOf(const PageSource &source, quint64 samples)
{
    Growth growth;
    const quint64 total = source.bytesTotal();
    qint64 timeNs = 0;
    for (quint64 i = 0; total > 0 && i < samples; ++i) {
        const quint64 bytes = total / samples * i;
        timeNs = std::max(timeNs, source.rows().timeAt(source.offsetOf(bytes)));
        growth.append({timeNs, bytes});
    }
    const quint64 end = source.rows().end();
    growth.append({std::max(timeNs, end > 0 ? source.rows().timeAt(end - 1) : 0), total});
    return growth;
}

/// Between two samples the output grew evenly, as far as is known.
quint64 bytesAt(const Growth &growth, qint64 timeNs)
{
    const auto next =
        std::lower_bound(growth.cbegin(), growth.cend(), timeNs,
                         [](const Sample &sample, qint64 time) { return sample.timeNs < time; });
    if (next == growth.cend()) {
        return growth.constLast().bytes;
    }
    if (next == growth.cbegin()) {
        return next->bytes;
    }
    const Sample &before = *std::prev(next);
    const double share =
        static_cast<double>(timeNs - before.timeNs) / static_cast<double>(next->timeNs - before.timeNs);
    return before.bytes + static_cast<quint64>(share * static_cast<double>(next->bytes - before.bytes));
}

/// The first time at which at least so many bytes of all had come.
qint64 timeOf(const QList<Growth> &growths, quint64 bytes)
{
    qint64 low = std::numeric_limits<qint64>::max();
    qint64 high = 0;
    for (const Growth &growth : growths) {
        low = std::min(low, growth.constFirst().timeNs);
        high = std::max(high, growth.constLast().timeNs);
    }
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        quint64 sum = 0;
        for (const Growth &growth : growths) {
            sum += bytesAt(growth, middle);
        }
        if (sum < bytes) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return high;
}

void learn(Growth &growth, const Sample &sample)
{
    const auto next =
        std::upper_bound(growth.begin(), growth.end(), sample, [](const Sample &one, const Sample &other) {
            return std::pair(one.timeNs, one.bytes) < std::pair(other.timeNs, other.bytes);
        });
    const bool fits = (next == growth.begin() || std::prev(next)->bytes <= sample.bytes) &&
                      (next == growth.end() || next->bytes >= sample.bytes);
    if (fits) {
        growth.insert(next, sample);
    }
}

bool isClose(quint64 bytes, quint64 wanted, quint64 total)
{
    return std::max(bytes, wanted) - std::min(bytes, wanted) <= total / 256;
}

} // namespace

OutputCut end(const PageSources &sources)
{
    OutputCut cut;
    for (const auto &source : sources) {
        cut.append(source->last());
    }
    return cut;
}

OutputCut begin(const PageSources &sources)
{
    OutputCut cut;
    for (const auto &source : sources) {
        cut.append(source->floor());
    }
    return cut;
}

OutputCut atTime(const PageSources &sources, qint64 timeNs)
{
    OutputCut cut;
    for (const auto &source : sources) {
        cut.append(source->cutAt(timeNs));
    }
    return cut;
}

OutputCut atBytes(const PageSources &sources, quint64 bytes)
{
    OutputCut cut = begin(sources);
    quint64 total = 0;
    QList<Growth> growths;
    QList<qsizetype> timed; ///< the runs these are of
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const PageSource &source = *sources[i];
        const Growth growth = sources.size() == 1
                                  ? Growth()
                                  : growthOf(source, std::max(samplesOfAll / sources.size(), fewestSamples));
        if (growth.isEmpty() || growth.constLast().timeNs == 0) {
            // Rows of which no time is known come before all others.
            const quint64 share = std::min(bytes, source.bytesTotal());
            cut[static_cast<qsizetype>(i)] = source.offsetOf(share);
            bytes -= share;
        } else {
            growths.append(growth);
            timed.append(static_cast<qsizetype>(i));
            total += source.bytesTotal();
        }
    }
    for (int i = 0; i <= corrections && !timed.isEmpty() && bytes > 0; ++i) {
        const qint64 timeNs = timeOf(growths, bytes);
        quint64 sum = 0;
        for (qsizetype j = 0; j < timed.size(); ++j) {
            const PageSource &source = *sources[static_cast<std::size_t>(timed.at(j))];
            cut[timed.at(j)] = source.cutAt(timeNs);
            const quint64 before = source.bytesBefore(cut.at(timed.at(j)));
            sum += before;
            learn(growths[j], {timeNs, before});
        }
        if (isClose(sum, bytes, total)) {
            break;
        }
    }
    return cut;
}

OutputCut beforeRow(const PageSources &sources, const PlacedRow &row)
{
    OutputCut cut;
    for (int i = 0; i < static_cast<int>(sources.size()); ++i) {
        const int source = row.row.place.source;
        // Of rows that ended at the same time those of the run that is named first come first.
        cut.append(i == source
                       ? row.before
                       : sources[static_cast<std::size_t>(i)]->cutAt(row.timeNs + (i < source ? 1 : 0)));
    }
    return cut;
}

quint64 bytesBefore(const PageSources &sources, const OutputCut &cut)
{
    quint64 bytes = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        bytes += sources[i]->bytesBefore(cut.at(static_cast<qsizetype>(i)));
    }
    return bytes;
}

} // namespace procession::pageplaces
