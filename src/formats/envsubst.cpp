// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/envsubst.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

// Far more than any file needs; they keep a hostile one from the stack and the memory.
constexpr int deepestNesting = 32;
constexpr qsizetype longestResult = 16 << 20;
constexpr qsizetype mostUnset = 100;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::EnvSubst", text);
}

bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}

bool isNameCharacter(QChar c)
{
    return isNameStart(c) || (c >= u'0' && c <= u'9');
}

// The bracket expression at `at` as a regular expression; advances `at` to its end. A bracket that is not
// closed stands for itself, as in a shell.
QString bracketToRegex(const QString &pattern, qsizetype &at)
{
    qsizetype first = at + 1;
    const bool negated = first < pattern.size() && (pattern.at(first) == u'!' || pattern.at(first) == u'^');
    if (negated)
        ++first;
    const qsizetype end = pattern.indexOf(u']', first + 1);
    if (end < 0)
        return u"\\["_s;
    QString members = pattern.mid(first, end - first);
    members.replace(u'\\', u"\\\\"_s).replace(u'[', u"\\["_s).replace(u']', u"\\]"_s);
    at = end;
    return (negated ? u"[^"_s : u"["_s) + members + u']';
}

QString globToRegex(const QString &pattern, bool greedy)
{
    QString regex;
    for (qsizetype at = 0; at < pattern.size(); ++at) {
        const QChar c = pattern.at(at);
        if (c == u'*')
            regex += greedy ? u".*"_s : u".*?"_s;
        else if (c == u'?')
            regex += u'.';
        else if (c == u'[')
            regex += bracketToRegex(pattern, at);
        else if (c == u'\\' && at + 1 < pattern.size())
            regex += QRegularExpression::escape(QString(pattern.at(++at)));
        else
            regex += QRegularExpression::escape(QString(c));
    }
    return regex;
}

QRegularExpression compiled(const QString &regex)
{
    return QRegularExpression(regex, QRegularExpression::DotMatchesEverythingOption);
}

QString withoutStart(const QString &value, const QString &pattern, bool longest)
{
    const auto match = compiled(u"\\A(?:%1)"_s.arg(globToRegex(pattern, longest))).match(value);
    return match.hasMatch() ? value.mid(match.capturedEnd()) : value;
}

QString withoutEnd(const QString &value, const QString &pattern, bool longest)
{
    // What stays is matched first: as much of it as possible leaves the shortest end.
    const QString regex = u"\\A(%1)(?:%2)\\z"_s.arg(longest ? u".*?"_s : u".*"_s, globToRegex(pattern, true));
    const auto match = compiled(regex).match(value);
    return match.hasMatch() ? match.captured(1) : value;
}

class Expander final
{
public:
    Expander(const QString &text, const VariableLookup &lookup, QStringList *unset)
        : m_text(text)
        , m_lookup(lookup)
        , m_unset(unset)
    {
    }

    // The expansion of m_text from `at` to `end`; meaningless after a failure.
    QString expand(qsizetype at, qsizetype end, int depth = 0)
    {
        QString result;
        while (at < end && !m_error) {
            const QChar c = m_text.at(at);
            const QChar next = at + 1 < end ? m_text.at(at + 1) : QChar();
            if (c == u'$' && next == u'$') {
                result += u'$';
                at += 2;
            } else if (c == u'$' && next == u'{') {
                const qsizetype close = expansionEnd(m_text, at);
                if (close < 0 || close > end || depth >= deepestNesting) {
                    fail(at,
                         close < 0 || close > end
                             ? tr("\"${\" is not closed by \"}\". Write \"$${\" to leave it to the shell.")
                             : tr("\"${\" is nested too deeply."));
                    break;
                }
                result += evaluate(at, close, depth + 1);
                at = close;
            } else {
                result += c;
                ++at;
            }
            if (result.size() > longestResult)
                fail(at, tr("The text becomes too long."));
        }
        return result;
    }

    const std::optional<ExpansionError> &error() const { return m_error; }

private:
    void fail(qsizetype position, const QString &message)
    {
        if (!m_error)
            m_error = ExpansionError{position, message};
    }

    QString bad(qsizetype open, qsizetype close)
    {
        fail(open, tr("\"%1\" is no variable that can be replaced. Write \"$%1\" to leave it to the shell.")
                       .arg(m_text.mid(open, std::min<qsizetype>(close - open, 60))));
        return {};
    }

    // True if an operator `op` stands at `at`; then steps over it.
    bool take(qsizetype &at, qsizetype end, QStringView op) const
    {
        if (QStringView(m_text).mid(at, end - at).startsWith(op)) {
            at += op.size();
            return true;
        }
        return false;
    }

    // The `${...}` that reaches from `open` to before `close`.
    QString evaluate(qsizetype open, qsizetype close, int depth)
    {
        const qsizetype end = close - 1;
        qsizetype at = open + 2;
        const bool length = take(at, end, u"#");
        const qsizetype nameStart = at;
        while (at < end && isNameCharacter(m_text.at(at)))
            ++at;
        const QString name = m_text.mid(nameStart, at - nameStart);
        if (name.isEmpty() || !isNameStart(name.front()) || (length && at != end))
            return bad(open, close);
        const std::optional<QString> set = m_lookup(name);
        const QString value = set.value_or(QString());
        if (length)
            return QString::number(value.size());
        if (at == end) {
            if (!set && m_unset && m_unset->size() < mostUnset && !m_unset->contains(name))
                m_unset->append(name);
            return value;
        }

        const bool colon = m_text.at(at) == u':';
        const bool usable = set && !(colon && value.isEmpty());
        qsizetype word = at + (colon ? 1 : 0);
        if (take(word, end, u"-") || take(word, end, u"="))
            return usable ? value : expand(word, end, depth);
        if (take(word, end, u"+"))
            return usable ? expand(word, end, depth) : QString();
        if (take(word, end, u"?")) {
            if (!usable) {
                const QString reason = expand(word, end, depth);
                fail(open, reason.isEmpty() ? tr("The variable %1 is not set.").arg(name)
                                            : tr("The variable %1 is not set: %2").arg(name, reason));
            }
            return value;
        }
        if (colon)
            return part(value, open, close, word);
        if (const std::optional<QString> cased = withCase(value, m_text.mid(at, end - at)))
            return *cased;
        if (take(at, end, u"##"))
            return withoutStart(value, expand(at, end, depth), true);
        if (take(at, end, u"#"))
            return withoutStart(value, expand(at, end, depth), false);
        if (take(at, end, u"%%"))
            return withoutEnd(value, expand(at, end, depth), true);
        if (take(at, end, u"%"))
            return withoutEnd(value, expand(at, end, depth), false);
        if (take(at, end, u"/"))
            return replaced(value, at, end, depth);
        return bad(open, close);
    }

    static std::optional<QString> withCase(const QString &value, const QString &operation)
    {
        if (operation == "^^"_L1)
            return value.toUpper();
        if (operation == ",,"_L1)
            return value.toLower();
        if (operation == "^"_L1)
            return value.left(1).toUpper() + value.mid(1);
        if (operation == ","_L1)
            return value.left(1).toLower() + value.mid(1);
        return std::nullopt;
    }

    QString part(const QString &value, qsizetype open, qsizetype close, qsizetype at)
    {
        const QStringList numbers = m_text.mid(at, close - 1 - at).split(u':');
        bool good = false;
        qsizetype from = numbers.first().trimmed().toInt(&good);
        if (!good || numbers.size() > 2)
            return bad(open, close);
        if (from < 0)
            from = std::max<qsizetype>(0, from + value.size());
        if (numbers.size() == 1)
            return value.mid(from);
        const qsizetype count = numbers.last().trimmed().toInt(&good);
        if (!good)
            return bad(open, close);
        // A negative length counts from the end, as in bash.
        return value.mid(from, count >= 0 ? count : std::max<qsizetype>(0, value.size() + count - from));
    }

    // `at` stands after the first slash.
    QString replaced(const QString &value, qsizetype at, qsizetype end, int depth)
    {
        const bool all = take(at, end, u"/");
        const bool atStart = !all && take(at, end, u"#");
        const bool atEnd = !all && !atStart && take(at, end, u"%");
        const qsizetype slash = patternEnd(at, end);
        const QString pattern = expand(at, slash, depth);
        const QString with = slash < end ? expand(slash + 1, end, depth) : QString();
        if (pattern.isEmpty())
            return value;
        QString regex = globToRegex(pattern, true);
        if (atStart || atEnd)
            regex = (atStart ? u"\\A(?:%1)"_s : u"(?:%1)\\z"_s).arg(regex);
        QString result;
        qsizetype from = 0;
        auto matches = compiled(regex).globalMatch(value);
        while (matches.hasNext() && !m_error) {
            const QRegularExpressionMatch match = matches.next();
            if (match.capturedLength() == 0)
                continue;
            result += QStringView(value).mid(from, match.capturedStart() - from);
            result += with;
            from = match.capturedEnd();
            if (result.size() > longestResult)
                fail(at, tr("The text becomes too long."));
            if (!all)
                break;
        }
        return result + value.mid(from);
    }

    // The slash that ends a pattern: not one behind a backslash or within another `${...}`.
    qsizetype patternEnd(qsizetype at, qsizetype end) const
    {
        for (; at < end; ++at) {
            const QChar c = m_text.at(at);
            if (c == u'/')
                return at;
            if (c == u'\\')
                ++at;
            else if (c == u'$' && at + 1 < end && m_text.at(at + 1) == u'{')
                at = expansionEnd(m_text, at) - 1;
        }
        return end;
    }

    const QString &m_text;
    const VariableLookup &m_lookup;
    QStringList *m_unset;
    std::optional<ExpansionError> m_error;
};

} // namespace

std::optional<QString> expandVariables(const QString &text, const VariableLookup &lookup,
                                       ExpansionError *error, QStringList *unset)
{
    if (!text.contains(u'$'))
        return text;
    Expander expander(text, lookup, unset);
    const QString result = expander.expand(0, text.size());
    if (!expander.error())
        return result;
    if (error)
        *error = *expander.error();
    return std::nullopt;
}

qsizetype expansionEnd(QStringView text, qsizetype at)
{
    int depth = 0;
    for (; at < text.size(); ++at) {
        const QChar c = text.at(at);
        const QChar next = at + 1 < text.size() ? text.at(at + 1) : QChar();
        if (c == u'$' && next == u'$') {
            ++at;
        } else if (c == u'$' && next == u'{') {
            ++depth;
            ++at;
        } else if (c == u'}' && --depth == 0) {
            return at + 1;
        }
    }
    return -1;
}

} // namespace procession
