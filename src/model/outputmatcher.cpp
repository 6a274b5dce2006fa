// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputmatcher.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace procession {
namespace {

using Match = OutputMatcher::Match;

/// How far one line may be tried before it counts as too complex: some milliseconds.
constexpr uint32_t matchLimit = 250'000;
constexpr uint32_t heapLimitKib = 4 * 1024;
constexpr size_t largestJitStack = 1024 * 1024;
/// Lines are given to PCRE2 together, so that what a call costs is paid once for many of them.
constexpr qsizetype stretchBytes = 16 * 1024;

const char *newlineIn(const char *from, const char *end)
{
    return static_cast<const char *>(std::memchr(from, '\n', size_t(end - from)));
}

const char *lineStart(const char *from, const char *at)
{
    const auto *newline = static_cast<const char *>(::memrchr(from, '\n', size_t(at - from)));
    return newline ? newline + 1 : from;
}

/// Searches for bytes by the one of them that is rarest in what is searched: no search is faster than
/// memchr().
class ByteFinder final
{
public:
    explicit ByteFinder(const QByteArray &bytes)
        : m_bytes(bytes)
    {
    }

    const char *find(const char *from, const char *end)
    {
        const qsizetype size = m_bytes.size();
        if (end - from < size) {
            return nullptr;
        }
        if (!m_sampled && end - from >= sampleBytes) {
            sample(from);
        }
        const char *last = end - (size - 1 - m_rarest);
        const char *at = from + m_rarest;
        qsizetype missed = 0;
        while ((at = static_cast<const char *>(std::memchr(at, m_bytes.at(m_rarest), size_t(last - at))))) {
            const char *begin = at - m_rarest;
            if (std::memcmp(begin, m_bytes.constData(), size_t(size)) == 0) {
                return begin;
            }
            ++at;
            if (++missed > 8 && missed * 16 > at - from) { // it is not so rare here
                begin = at - m_rarest;
                return static_cast<const char *>(
                    ::memmem(begin, size_t(end - begin), m_bytes.constData(), size_t(size)));
            }
        }
        return nullptr;
    }
    qsizetype size() const { return m_bytes.size(); }

private:
    static constexpr qsizetype sampleBytes = 4096;

    void sample(const char *bytes)
    {
        std::array<int, 256> counts{};
        for (const char byte : QByteArrayView(bytes, sampleBytes)) {
            ++counts[uchar(byte)];
        }
        for (qsizetype i = 0; i < m_bytes.size(); ++i) {
            if (counts[uchar(m_bytes.at(i))] < counts[uchar(m_bytes.at(m_rarest))]) {
                m_rarest = i;
            }
        }
        m_sampled = true;
    }

    QByteArray m_bytes;
    qsizetype m_rarest = 0;
    bool m_sampled = false;
};

/// What went wrong when a pattern was compiled.
struct Fault
{
    int error = 0;
    qsizetype offset = 0; ///< bytes
};

/// A compiled pattern.
class Code final
{
    Q_DISABLE_COPY_MOVE(Code)

public:
    Code(const QByteArray &pattern, uint32_t options, Fault *fault = nullptr)
    {
        Fault found;
        size_t offset = 0;
        pcre2_compile_context *context = pcre2_compile_context_create(nullptr);
        Q_CHECK_PTR(context);
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        m_code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.constData()), size_t(pattern.size()),
                               options, &found.error, &offset, context);
        pcre2_compile_context_free(context);
        if (!m_code) {
            found.offset = qsizetype(offset);
            if (fault) {
                *fault = found;
            }
            return;
        }
        // Without it, where memory must not be made executable, matching is slower: no reason to fail.
        pcre2_jit_compile(m_code, PCRE2_JIT_COMPLETE);
        m_data = pcre2_match_data_create(1, nullptr);
        m_context = pcre2_match_context_create(nullptr);
        m_stack = pcre2_jit_stack_create(32 * 1024, largestJitStack, nullptr);
        Q_CHECK_PTR(m_data);
        Q_CHECK_PTR(m_context);
        pcre2_set_match_limit(m_context, matchLimit);
        pcre2_set_heap_limit(m_context, heapLimitKib);
        pcre2_jit_stack_assign(m_context, nullptr, m_stack);
    }
    ~Code()
    {
        pcre2_jit_stack_free(m_stack);
        pcre2_match_context_free(m_context);
        pcre2_match_data_free(m_data);
        pcre2_code_free(m_code);
    }

    bool isValid() const { return m_code != nullptr; }

    /// False: there is none, or `failed` was set.
    bool find(const char *begin, const char *end, const char *from, Match *match, bool *failed)
    {
        const int result = pcre2_match(m_code, reinterpret_cast<PCRE2_SPTR>(begin), size_t(end - begin),
                                       size_t(from - begin), PCRE2_NOTEMPTY, m_data, m_context);
        if (result < 0) {
            *failed = result != PCRE2_ERROR_NOMATCH;
            return false;
        }
        const size_t *vector = pcre2_get_ovector_pointer(m_data);
        *match = {qsizetype(vector[0]), qsizetype(vector[1]) - qsizetype(vector[0])};
        return match->length > 0;
    }

private:
    pcre2_code *m_code = nullptr;
    pcre2_match_data *m_data = nullptr;
    pcre2_match_context *m_context = nullptr;
    pcre2_jit_stack *m_stack = nullptr;
};

/// False: what the pattern matches in a line may depend on the lines around it, or it may find less in many
/// lines than in each alone. Doubts make it false.
bool canSpanLines(const QByteArray &pattern)
{
    for (const char *part : {"(*", "\\A", "\\z", "\\Z", "\\G", "\\K", "\\R", "\\X", "++", "*+", "?+", "}+"}) {
        if (pattern.contains(part)) {
            return false;
        }
    }
    for (qsizetype at = pattern.indexOf("(?"); at >= 0; at = pattern.indexOf("(?", at + 2)) {
        if (pattern.sliced(at + 2).left(1) != ":") {
            return false; // looks around, is atomic, sets options ...
        }
    }
    return true;
}

QString translated(const char *text)
{
    return QCoreApplication::translate("OutputMatcher", text);
}

QString faultText(const QString &pattern, const Fault &fault)
{
    const QByteArray before = pattern.toUtf8().left(fault.offset);
    const qsizetype place = QString::fromUtf8(before).size();
    const QString where = place >= pattern.size()
                              ? translated("at its end")
                              : translated("at character %1").arg(QLocale().toString(qlonglong(place + 1)));
    QString what;
    switch (fault.error) {
    case PCRE2_ERROR_END_BACKSLASH:
        return translated("The expression is not complete: nothing follows the \\ %1.").arg(where);
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
        return translated("The expression is not complete: missing ) %1.").arg(where);
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET:
        return translated("The expression is not complete: missing ] %1.").arg(where);
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
        return translated("The expression cannot be used: the ) %1 has no ( before it.").arg(where);
    case PCRE2_ERROR_QUANTIFIER_INVALID:
        return translated("The expression cannot be used: there is nothing to repeat %1.").arg(where);
    default:
        break;
    }
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(fault.error, message.data(), message.size());
    return translated("The expression cannot be used: %1, %2.")
        .arg(QString::fromUtf8(reinterpret_cast<const char *>(message.data())), where);
}

} // namespace

class OutputMatcher::Private
{
public:
    explicit Private(const SearchQuery &query)
    {
        if (query.isEmpty() || (!query.expression && query.text.contains(u'\n'))) {
            return; // matches nothing
        }
        const QString quoted = QRegularExpression::escape(query.text);
        if (query.caseSensitive && !query.wholeWord && (!query.expression || quoted == query.text)) {
            m_bytes.emplace(query.text.toUtf8());
            return;
        }
        QByteArray pattern = (query.expression ? query.text : quoted).toUtf8();
        uint32_t options =
            PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
        options |= query.caseSensitive ? 0U : PCRE2_CASELESS;
        m_lineByLine = query.expression && !canSpanLines(pattern);
        Fault fault;
        m_code = std::make_unique<Code>(pattern, options, &fault);
        if (m_code->isValid() && query.wholeWord) { // only now: it must not be valid by these parentheses
            pattern = "(?<!\\w)(?:" + pattern + ")(?!\\w)";
            m_code = std::make_unique<Code>(pattern, options, &fault);
        }
        if (!m_code->isValid()) {
            m_problem = faultText(query.text, fault);
            m_code.reset();
        }
    }

    /// Tells of each match in `lines`, until it is told false.
    template <typename Found>
    void scan(QByteArrayView lines, Found found);
    /// The same for one line, from `from` on.
    template <typename Found>
    void scanOne(QByteArrayView line, qsizetype from, Found found);

    std::optional<ByteFinder> m_bytes;
    std::unique_ptr<Code> m_code;
    bool m_lineByLine = false;
    QString m_problem;
    qint64 m_tooComplex = 0;

private:
    template <typename Found>
    bool scanStretch(const char *begin, const char *end, Found &found);
    template <typename Found>
    bool scanLine(const char *begin, const char *end, const char *from, Found &found);
};

template <typename Found>
void OutputMatcher::Private::scan(QByteArrayView lines, Found found)
{
    const char *at = lines.begin();
    const char *const end = lines.end();
    if (m_bytes) {
        while ((at = m_bytes->find(at, end)) && found(at, at + m_bytes->size())) {
            at += m_bytes->size();
        }
        return;
    }
    while (m_code && at && at < end) {
        const char *stop = at;
        if (!m_lineByLine && end - at > stretchBytes) {
            const auto *last = static_cast<const char *>(::memrchr(at, '\n', size_t(stretchBytes)));
            stop = last ? last : newlineIn(at + stretchBytes, end);
        } else {
            stop = m_lineByLine ? newlineIn(at, end) : end;
        }
        if (!scanStretch(at, stop ? stop : end, found)) {
            return;
        }
        at = stop && stop < end ? stop + 1 : nullptr;
    }
}

template <typename Found>
void OutputMatcher::Private::scanOne(QByteArrayView line, qsizetype from, Found found)
{
    if (m_bytes) {
        if (const char *at = m_bytes->find(line.begin() + from, line.end())) {
            found(at, at + m_bytes->size());
        }
    } else if (m_code) {
        scanLine(line.begin(), line.end(), line.begin() + from, found);
    }
}

/// Lines without the last one's newline. False: no more is wanted.
template <typename Found>
bool OutputMatcher::Private::scanStretch(const char *begin, const char *end, Found &found)
{
    const char *at = begin;
    while (at <= end) {
        Match match;
        bool failed = false;
        if (m_lineByLine) {
            return scanLine(begin, end, at, found);
        }
        if (!m_code->find(begin, end, at, &match, &failed)) {
            if (!failed) {
                return true;
            }
            // Only the line that is too complex shall do without.
            const char *line = lineStart(begin, at);
            while (line && line <= end) {
                const char *newline = newlineIn(line, end);
                if (!scanLine(line, newline ? newline : end, std::max(line, at), found)) {
                    return false;
                }
                line = newline ? newline + 1 : nullptr;
            }
            return true;
        }
        const char *from = begin + match.start;
        const char *to = from + match.length;
        if (!newlineIn(from, to)) {
            if (!found(from, to)) {
                return false;
            }
            at = to;
            continue;
        }
        const char *newline = newlineIn(from, end); // alone, this line may still have a shorter one
        if (!scanLine(lineStart(begin, from), newline, from, found)) {
            return false;
        }
        at = newline + 1;
    }
    return true;
}

/// One line, its matches from `from` on. False: no more is wanted.
template <typename Found>
bool OutputMatcher::Private::scanLine(const char *begin, const char *end, const char *from, Found &found)
{
    Match match;
    bool failed = false;
    while (m_code->find(begin, end, from, &match, &failed)) {
        from = begin + match.start + match.length;
        if (!found(begin + match.start, from)) {
            return false;
        }
    }
    m_tooComplex += failed ? 1 : 0;
    return true;
}

OutputMatcher::OutputMatcher(const SearchQuery &query)
    : d(std::make_unique<Private>(query))
{
}

OutputMatcher::OutputMatcher(OutputMatcher &&) noexcept = default;
OutputMatcher &OutputMatcher::operator=(OutputMatcher &&) noexcept = default;
OutputMatcher::~OutputMatcher() = default;

bool OutputMatcher::isValid() const
{
    return d->m_problem.isEmpty();
}

QString OutputMatcher::problem() const
{
    return d->m_problem;
}

std::optional<Match> OutputMatcher::find(QByteArrayView line, qsizetype from)
{
    std::optional<Match> first;
    if (from < line.size()) {
        d->scanOne(line, from, [&](const char *begin, const char *end) {
            first = {begin - line.begin(), end - begin};
            return false;
        });
    }
    return first;
}

qint64 OutputMatcher::count(QByteArrayView lines, qint64 *linesWith)
{
    qint64 matches = 0;
    qint64 with = 0;
    const char *lineEnd = nullptr; // of the last line with a match
    d->scan(lines, [&](const char *begin, const char *end) {
        ++matches;
        if (linesWith && (with == 0 || begin > lineEnd)) {
            ++with;
            const char *newline = newlineIn(end, lines.end());
            lineEnd = newline ? newline : lines.end();
        }
        return true;
    });
    if (linesWith) {
        *linesWith = with;
    }
    return matches;
}

qsizetype OutputMatcher::firstLine(QByteArrayView lines)
{
    qsizetype start = -1;
    d->scan(lines, [&](const char *begin, const char *) {
        start = lineStart(lines.begin(), begin) - lines.begin();
        return false;
    });
    return start;
}

qint64 OutputMatcher::tooComplex() const
{
    return d->m_tooComplex;
}

} // namespace procession
