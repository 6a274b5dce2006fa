// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/shellwords.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::ShellWords", text);
}

// A shell's blanks are ASCII, whatever the language: a no-break space belongs to its word.
bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t' || c == u'\n';
}

bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}

bool isNameCharacter(QChar c)
{
    return isNameStart(c) || (c >= u'0' && c <= u'9');
}

// Words that mean something to a shell at the start of a command, and nothing (or something else) to exec.
bool isShellWord(const QString &word)
{
    static const QSet<QString> words{
        u"!"_s,       u"{"_s,     u"}"_s,     u"case"_s,  u"do"_s,     u"done"_s,     u"elif"_s,
        u"else"_s,    u"esac"_s,  u"fi"_s,    u"for"_s,   u"if"_s,     u"then"_s,     u"until"_s,
        u"while"_s,   u"."_s,     u":"_s,     u"alias"_s, u"bg"_s,     u"break"_s,    u"cd"_s,
        u"command"_s, u"eval"_s,  u"exec"_s,  u"exit"_s,  u"export"_s, u"fg"_s,       u"getopts"_s,
        u"hash"_s,    u"jobs"_s,  u"local"_s, u"read"_s,  u"return"_s, u"readonly"_s, u"set"_s,
        u"shift"_s,   u"times"_s, u"trap"_s,  u"type"_s,  u"ulimit"_s, u"umask"_s,    u"unalias"_s,
        u"unset"_s,   u"wait"_s};
    return words.contains(word);
}

bool isAssignment(QStringView word)
{
    const qsizetype equals = word.indexOf(u'=');
    if (equals <= 0 || !isNameStart(word.front()))
        return false;
    for (qsizetype i = 1; i < equals; ++i) {
        if (!isNameCharacter(word.at(i)))
            return false;
    }
    return true;
}

// The expansion that starts with the `$` at `at`, as far as a person needs to see it; empty for a `$` that a
// shell leaves alone.
QString expansionAt(const QString &text, qsizetype at)
{
    if (at + 1 >= text.size())
        return {};
    const QChar next = text.at(at + 1);
    if (isNameStart(next)) {
        qsizetype end = at + 2;
        while (end < text.size() && isNameCharacter(text.at(end)))
            ++end;
        return text.mid(at, end - at);
    }
    if (next == u'{' || next == u'(' || next.isDigit() || u"@*#?-$!"_s.contains(next))
        return text.mid(at, 2);
    return {};
}

// Walks over `text` once; both questions this file answers (which words, which syntax) are asked of one walk
// so that they cannot disagree.
class Scanner final
{
public:
    explicit Scanner(const QString &text)
        : m_text(text)
    {
    }

    bool scan()
    {
        while (m_at < m_text.size()) {
            const QChar c = m_text.at(m_at);
            if (c == u'\n')
                newline();
            else if (isBlank(c))
                endWord();
            else if (c == u'#' && !m_inWord)
                skipComment();
            else if (!wordCharacter(c))
                return false;
            ++m_at;
        }
        endWord();
        return true;
    }

    QStringList words;
    QString syntax;
    WordsError error;

private:
    // A newline between two commands needs a shell; one before or after the only command does not.
    void newline()
    {
        endWord();
        m_newlinePending = !words.isEmpty();
    }

    void skipComment()
    {
        const qsizetype end = m_text.indexOf(u'\n', m_at);
        m_at = (end < 0 ? m_text.size() : end) - 1;
    }

    void beginWord()
    {
        if (m_newlinePending)
            note(u"\n"_s);
        m_newlinePending = false;
        m_inWord = true;
    }

    bool wordCharacter(QChar c)
    {
        const bool first = !m_inWord;
        if (c == u'\\' && m_at + 1 < m_text.size() && m_text.at(m_at + 1) == u'\n') {
            ++m_at; // a continued line; begins no word
            return true;
        }
        beginWord();
        switch (c.unicode()) {
        case u'\'':
            return singleQuoted();
        case u'"':
            return doubleQuoted();
        case u'\\':
            if (m_at + 1 >= m_text.size())
                return fail(m_at, tr("The backslash at the end has nothing to stand before."));
            beginQuote();
            m_word += m_text.at(++m_at);
            return true;
        case u'$':
            note(expansionAt(m_text, m_at));
            break;
        case u'~':
            if (first)
                note(u"~"_s);
            break;
        case u'|':
        case u'&':
        case u';':
        case u'<':
        case u'>': {
            const bool doubled = m_at + 1 < m_text.size() && m_text.at(m_at + 1) == c;
            note(doubled ? QString(2, c) : QString(c));
            break;
        }
        case u'(':
        case u')':
        case u'`':
        case u'*':
        case u'?':
        case u'[':
            note(c);
            break;
        default:
            break;
        }
        m_word += c;
        return true;
    }

    bool singleQuoted()
    {
        const qsizetype end = m_text.indexOf(u'\'', m_at + 1);
        if (end < 0)
            return fail(m_at, tr("The single quote (') is not closed."));
        beginQuote();
        m_word += QStringView(m_text).mid(m_at + 1, end - m_at - 1);
        m_at = end;
        return true;
    }

    bool doubleQuoted()
    {
        const qsizetype start = m_at;
        beginQuote();
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const QChar c = m_text.at(m_at);
            if (c == u'"')
                return true;
            if (c == u'\\' && m_at + 1 < m_text.size()) {
                const QChar next = m_text.at(m_at + 1);
                if (u"$`\"\\\n"_s.contains(next)) {
                    ++m_at;
                    if (next != u'\n')
                        m_word += next;
                    continue;
                }
            } else if (c == u'$') {
                note(expansionAt(m_text, m_at));
            } else if (c == u'`') {
                note(c);
            }
            m_word += c;
        }
        return fail(start, tr("The double quote (\") is not closed."));
    }

    void endWord()
    {
        if (!m_inWord)
            return;
        // A quoted name is none to a shell: 'if' and A\=b are plain words; in A="b c" only the value is
        // quoted.
        const QString unquoted = m_quotedFrom < 0 ? m_word : m_word.left(m_quotedFrom);
        if (words.isEmpty() && ((m_quotedFrom < 0 && isShellWord(m_word)) || isAssignment(unquoted)))
            note(m_word);
        words += m_word;
        m_word.clear();
        m_inWord = false;
        m_quotedFrom = -1;
    }

    void beginQuote()
    {
        if (m_quotedFrom < 0)
            m_quotedFrom = m_word.size();
    }

    void note(const QString &piece)
    {
        if (syntax.isEmpty())
            syntax = piece;
    }

    bool fail(qsizetype position, const QString &message)
    {
        error = {position, message};
        return false;
    }

    const QString &m_text;
    qsizetype m_at = 0;
    QString m_word;
    bool m_inWord = false;
    qsizetype m_quotedFrom = -1;
    bool m_newlinePending = false;
};

} // namespace

QString shellSyntaxIn(const QString &text)
{
    Scanner scanner(text);
    // What is not balanced is no command for anybody; the caller hears of that from splitWords().
    scanner.scan();
    return scanner.syntax;
}

std::optional<QStringList> splitWords(const QString &text, WordsError *error)
{
    Scanner scanner(text);
    if (scanner.scan())
        return scanner.words;
    if (error)
        *error = scanner.error;
    return std::nullopt;
}

QString quoteWord(const QString &word)
{
    const auto isPlain = [](QChar c) {
        return isNameCharacter(c) || u"@%+=:,./-"_s.contains(c) ||
               (c.unicode() > 127 && c.isLetterOrNumber());
    };
    if (!word.isEmpty() && std::all_of(word.cbegin(), word.cend(), isPlain) && !isAssignment(word))
        return word;
    QString quoted = word;
    quoted.replace(u'\'', u"'\\''"_s);
    return u'\'' + quoted + u'\'';
}

} // namespace procession
