// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/dotenv.h"

#include <QCoreApplication>
#include <QHash>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::DotEnv", text);
}

bool isNameCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_' ||
           c == u'.' || c == u'-';
}

class Reader final
{
public:
    Reader(const QString &text, const VariableLookup &lookup)
        : m_text(text)
        , m_lookup(lookup)
    {
    }

    bool read()
    {
        while (m_at < m_text.size()) {
            skipBlanks();
            if (atLineEnd() || m_text.at(m_at) == u'#')
                skipLine();
            else if (!entry())
                return false;
        }
        return true;
    }

    QList<QPair<QString, QString>> variables;
    DotEnvError error;

private:
    bool atLineEnd() const { return m_at >= m_text.size() || m_text.at(m_at) == u'\n'; }

    void skipBlanks()
    {
        while (!atLineEnd() && m_text.at(m_at).isSpace())
            ++m_at;
    }

    void skipLine()
    {
        while (!atLineEnd())
            ++m_at;
        ++m_at;
        ++m_line;
    }

    bool fail(int line, const QString &message)
    {
        error = {line, message};
        return false;
    }

    bool entry()
    {
        if (QStringView(m_text).mid(m_at).startsWith(u"export ")) {
            m_at += 7;
            skipBlanks();
        }
        const qsizetype start = m_at;
        while (!atLineEnd() && isNameCharacter(m_text.at(m_at)))
            ++m_at;
        const QString name = m_text.mid(start, m_at - start);
        skipBlanks();
        if (name.isEmpty() || atLineEnd() || (m_text.at(m_at) != u'=' && m_text.at(m_at) != u':'))
            return fail(m_line, tr("Expected NAME=VALUE."));
        ++m_at;
        skipBlanks();
        const QChar quote = atLineEnd() ? QChar() : m_text.at(m_at);
        QString value;
        if (quote == u'"' || quote == u'\'') {
            if (!quoted(quote, value))
                return false;
        } else {
            value = expanded(unquoted());
        }
        variables.append({name, value});
        m_known.insert(name, value);
        skipLine();
        return true;
    }

    QString unquoted()
    {
        const qsizetype start = m_at;
        while (!atLineEnd() && !(m_text.at(m_at) == u'#' && m_text.at(m_at - 1).isSpace()))
            ++m_at;
        return m_text.mid(start, m_at - start).trimmed();
    }

    bool quoted(QChar quote, QString &value)
    {
        const int firstLine = m_line;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            QChar c = m_text.at(m_at);
            if (c == quote) {
                ++m_at;
                if (quote == u'"')
                    value = expanded(value);
                return true;
            }
            if (c == u'\n')
                ++m_line;
            if (c == u'\\' && quote == u'"' && m_at + 1 < m_text.size()) {
                c = m_text.at(++m_at);
                if (c == u'n')
                    c = u'\n';
                else if (c == u'r')
                    c = u'\r';
                else if (c == u't')
                    c = u'\t';
                else if (c == u'$')
                    value += u'$'; // doubled: stays a dollar sign below
            }
            value += c;
        }
        return fail(firstLine, tr("The quote %1 is not closed.").arg(quote));
    }

    // `$NAME` as `${NAME}` first, so that one expander does both. What it cannot expand stays as it is: a
    // password may well hold a `${`.
    QString expanded(const QString &value) const
    {
        QString braced;
        for (qsizetype at = 0; at < value.size(); ++at) {
            braced += value.at(at);
            if (value.at(at) != u'$' || at + 1 >= value.size())
                continue;
            if (value.at(at + 1) == u'$') {
                braced += value.at(++at);
                continue;
            }
            qsizetype end = at + 1;
            while (end < value.size() && isNameCharacter(value.at(end)) && value.at(end) != u'.' &&
                   value.at(end) != u'-')
                ++end;
            if (end > at + 1 && !value.at(at + 1).isDigit()) {
                braced += u'{' + value.mid(at + 1, end - at - 1) + u'}';
                at = end - 1;
            }
        }
        const auto lookup = [this](const QString &name) {
            const auto known = m_known.constFind(name);
            return known == m_known.constEnd() ? m_lookup(name) : std::optional(*known);
        };
        return expandVariables(braced, lookup, nullptr).value_or(value);
    }

    const QString &m_text;
    const VariableLookup &m_lookup;
    QHash<QString, QString> m_known;
    qsizetype m_at = 0;
    int m_line = 1;
};

} // namespace

std::optional<QList<QPair<QString, QString>>> parseDotEnv(const QString &text, const VariableLookup &lookup,
                                                          DotEnvError *error)
{
    Reader reader(text, lookup);
    if (reader.read())
        return reader.variables;
    if (error)
        *error = reader.error;
    return std::nullopt;
}

} // namespace procession
