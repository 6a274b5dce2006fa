// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/shownrows.h"

#include <algorithm>

namespace procession {
namespace {

constexpr int mostRows = 512; ///< that are read at once to look for matches
constexpr qint64 mostBytes = 256 * 1024;
constexpr int firstRows = 8; ///< behind what was stepped over a match is likely
constexpr quint64 worthRemembering = 4096;

} // namespace

ShownRows::ShownRows(std::shared_ptr<PageSource> source, Way way, quint64 cut, const RowChoice &choice,
                     int rows, qint64 bytes)
    : m_source(std::move(source))
    , m_way(way)
    , m_choice(choice)
    , m_reached(cut)
    , m_reachedNs(way == Way::Forward ? 0 : std::numeric_limits<qint64>::max())
    , m_chunk(choice.onlyMatches ? firstRows : std::max(rows, 1))
    , m_bytes(bytes)
    , m_noMatchSince(cut)
{
    if (m_choice.onlyMatches) {
        lookBehind();
    }
}

const PlacedRow *ShownRows::head(const QDeadlineTimer &deadline)
{
    while (m_ready.isEmpty() && !m_exhausted && (!m_choice.onlyMatches || !deadline.hasExpired())) {
        m_choice.onlyMatches ? readMatches() : readAll();
    }
    if (m_ready.isEmpty()) {
        return nullptr;
    }
    if (m_way == Way::Forward && m_ready.first().after > m_last) {
        m_ready.clear();
        m_exhausted = true;
        return nullptr;
    }
    return &m_ready.first();
}

PlacedRow ShownRows::take()
{
    return m_ready.takeFirst();
}

void ShownRows::readAll()
{
    PageSource::Stretch stretch = m_source->rowsFrom(m_way, m_reached, m_chunk, m_bytes);
    m_chunk = std::min(m_chunk * 2, std::max(m_chunk, mostRows));
    m_ready = std::move(stretch.rows);
    for (PlacedRow &placed : m_ready) {
        // A run's rows stay in their order, whatever is known of their times.
        m_reachedNs = m_way == Way::Forward ? std::max(m_reachedNs, placed.timeNs)
                                            : std::min(m_reachedNs, placed.timeNs);
        placed.timeNs = m_reachedNs;
    }
    m_reached = stretch.reached;
    m_exhausted = stretch.exhausted;
}

/// Rows beside the cut may be shown because of a match on its other side.
void ShownRows::lookBehind()
{
    if (m_choice.context <= 0) {
        return;
    }
    const Way back = m_way == Way::Forward ? Way::Backward : Way::Forward;
    const PageSource::Stretch behind = m_source->rowsFrom(back, m_reached, m_choice.context, mostBytes);
    const int count = std::min(m_choice.context, static_cast<int>(behind.rows.size()));
    for (int distance = 0; distance < count; ++distance) {
        if (m_source->matches(behind.rows.at(distance).row)) {
            m_stillNear = m_choice.context - distance;
            return;
        }
    }
}

void ShownRows::readMatches()
{
    if (m_stillNear == 0) {
        skip();
    }
    if (m_reached >= m_last && (m_nearby.isEmpty() || m_nearby.first().after > m_last)) {
        m_exhausted = true;
        return;
    }
    const PageSource::Stretch stretch = m_source->rowsFrom(m_way, m_reached, m_chunk, mostBytes);
    m_chunk = std::min(m_chunk * 2, mostRows);
    const qsizetype readyBefore = m_ready.size();
    for (const PlacedRow &placed : stretch.rows) {
        look(placed);
        // Rows between the same two cuts are looked at together.
        const bool lastOfItsCut = &placed == &stretch.rows.last() || (&placed + 1)->after != placed.after;
        if (m_ready.size() > readyBefore && lastOfItsCut && m_stillNear == 0 &&
            m_source->withoutMatch(m_way, m_reached) != m_reached) {
            m_chunk = firstRows;
            return; // what follows need not be looked at
        }
    }
    m_reached = stretch.reached;
    m_exhausted = stretch.exhausted;
    if (m_way == Way::Forward) {
        m_source->rememberNoMatch(m_noMatchSince, m_reached);
    } else {
        m_source->rememberNoMatch(m_reached, m_noMatchSince);
    }
}

void ShownRows::look(const PlacedRow &placed)
{
    m_reachedNs =
        m_way == Way::Forward ? std::max(m_reachedNs, placed.timeNs) : std::min(m_reachedNs, placed.timeNs);
    const bool forward = m_way == Way::Forward;
    const quint64 untilHere = forward ? placed.before : placed.after;
    m_reached = forward ? placed.after : placed.before;
    PlacedRow shown = placed;
    shown.timeNs = m_reachedNs;
    if (m_source->matches(placed.row)) {
        const quint64 from = forward ? m_noMatchSince : untilHere;
        const quint64 to = forward ? untilHere : m_noMatchSince;
        if (to >= from + worthRemembering) {
            m_source->rememberNoMatch(from, to);
        }
        m_noMatchSince = m_reached;
        m_ready += std::exchange(m_nearby, {});
        m_ready.append(shown);
        m_stillNear = m_choice.context;
    } else {
        shown.context = true;
        if (m_stillNear > 0) {
            --m_stillNear;
            m_ready.append(shown);
        } else {
            keepNearby(shown);
        }
    }
}

void ShownRows::keepNearby(const PlacedRow &placed)
{
    if (m_choice.context > 0) {
        m_nearby.append(placed);
        if (m_nearby.size() > m_choice.context) {
            m_nearby.removeFirst();
        }
    }
}

/// Steps over rows of which it is known that none has a match.
void ShownRows::skip()
{
    const quint64 target = m_source->withoutMatch(m_way, m_reached);
    if (target == m_reached) {
        return;
    }
    m_chunk = firstRows;
    if (m_choice.context > 0) {
        const Way back = m_way == Way::Forward ? Way::Backward : Way::Forward;
        PageSource::Stretch nearby = m_source->rowsFrom(back, target, m_choice.context, mostBytes);
        std::reverse(nearby.rows.begin(), nearby.rows.end());
        for (PlacedRow &placed : nearby.rows) {
            const bool isNew = m_way == Way::Forward ? placed.after > m_reached : placed.after <= m_reached;
            if (isNew) {
                placed.context = true;
                keepNearby(placed);
            }
        }
    }
    m_reached = target;
}

} // namespace procession
