// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/pageextract.h"

#include "model/outputpager.h"
#include "model/pageplaces.h"

namespace procession {
namespace {

constexpr int rowsAtOnce = 512;
constexpr qint64 bytesAtOnce = 1024 * 1024;

/// A piece of a line, and the piece of it that comes next.
bool isOneLine(const PlacedRow &row, const PlacedRow &next)
{
    const RowPlace &place = row.row.place;
    const RowPlace &after = next.row.place;
    return place.ending == RowPlace::Ending::Broken && after.continues && after.source == place.source &&
           after.stream == place.stream;
}

} // namespace

PageExtract::PageExtract(const PageSources &sources, const OutputPart &part, const RowChoice &choice,
                         LineMode mode, bool raw)
    : m_sources(sources)
    , m_part(part)
    , m_choice(choice)
    , m_mode(mode)
{
    m_result.raw = raw;
    const quint64 from = pageplaces::bytesBefore(sources, part.from);
    const quint64 to = pageplaces::bytesBefore(sources, part.to);
    m_counting = to > from && to - from > quint64(OutputPager::maximumExtract);
    begin();
}

void PageExtract::begin()
{
    m_merge.emplace(m_sources, Way::Forward, m_part.from, m_choice, rowsAtOnce, bytesAtOnce);
    m_merge->endAt(m_part.to);
    m_row.reset();
    m_first = true;
    m_size = 0;
}

bool PageExtract::goOn(const QDeadlineTimer &deadline)
{
    while (!deadline.hasExpired()) {
        const bool more = m_merge->head(deadline) != nullptr;
        if (!more && m_merge->isStalled()) {
            return false;
        }
        std::optional<PlacedRow> next;
        if (more) {
            next = m_merge->take();
        }
        if (m_row) {
            append(*m_row, next ? &*next : nullptr);
        }
        m_row = std::move(next);
        if (m_size > OutputPager::maximumExtract) {
            m_result.bytes.clear();
            m_result.tooLong = true;
            return true;
        }
        if (!more && !m_counting) {
            return true;
        }
        if (!more) {
            m_counting = false;
            m_result.bytes.reserve(m_size);
            begin();
        }
    }
    return false;
}

void PageExtract::append(const PlacedRow &row, const PlacedRow *next)
{
    const int from = std::exchange(m_first, false) ? m_part.fromColumn : 0;
    QByteArray bytes = text(row, from, next ? -1 : m_part.toColumn);
    const bool newline =
        next ? !isOneLine(row, *next)
             : m_part.toColumn < 0 && (row.row.place.ending == RowPlace::Ending::Newline || row.row.gap > 0);
    if (newline) {
        bytes += '\n';
    }
    m_size += bytes.size();
    if (!m_counting) {
        m_result.bytes += bytes;
    }
}

QByteArray PageExtract::text(const PlacedRow &row, int from, int to) const
{
    const bool whole = from <= 0 && to < 0;
    // Where escapes are among the bytes, columns do not tell which of them to take.
    if (m_result.raw && row.row.gap == 0 && (whole || !isPlain(row.row.bytes))) {
        return row.row.bytes;
    }
    const QString shown = shownLine(row.row, m_mode).text;
    return whole ? shown.toUtf8() : QStringView(shown).mid(from, to < 0 ? -1 : to - from).toUtf8();
}

} // namespace procession
