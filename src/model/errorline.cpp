// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/errorline.h"

#include "model/terminalline.h"

#include <QRegularExpression>

namespace procession {
namespace {

/// "0 errors", "failures: 0", "no errors": the words without what they mean.
QString withoutDenials(QString text)
{
    static const QRegularExpression denials(
        u"\\b(0|no|zero|without)\\s+(any\\s+)?(error|fail|exception|warning)\\w*"
        "|\\b(error|fail|exception)\\w*\\s*[:=]\\s*(0|none|null|false)\\b"_qs,
        QRegularExpression::CaseInsensitiveOption);
    return text.remove(denials);
}

bool looksLikeError(const QString &text)
{
    static const QRegularExpression words(
        u"error|fatal|fail|exception|panic|not found|no such|denied|refused|cannot|can't|can’t"
        "|could not|couldn't|unable to|undefined|unexpected|invalid|abort|segmentation fault"
        "|out of memory|timed out|critical|not permitted"_qs,
        QRegularExpression::CaseInsensitiveOption);
    return words.match(text).hasMatch() && words.match(withoutDenials(text)).hasMatch();
}

/// The last line of one stream, and the last that looks like an error.
struct Found
{
    QString last;
    QString error;  ///< at the line's start
    QString detail; ///< further in: of a trace, where names of functions and files have such words too
    bool inTrace = false;

    void take(const QString &text)
    {
        const QString line = text.trimmed();
        if (line.isEmpty()) {
            return;
        }
        last = line;
        if (line.startsWith(u"Traceback (most recent call last)")) {
            inTrace = true;
            return;
        }
        const bool isIndented = text.front().isSpace();
        if (inTrace && !isIndented) { // the exception, whatever its name
            inTrace = false;
            error = line;
            detail.clear();
        } else if (!inTrace && looksLikeError(line)) {
            (isIndented ? detail : error) = line;
        }
    }

    const QString &best() const { return error.isEmpty() ? detail : error; }
};

QString cut(QString text)
{
    text.replace(u'\t', u' ');
    if (text.size() <= maximumErrorLine) {
        return text;
    }
    qsizetype end = maximumErrorLine - 1;
    end -= text.at(end - 1).isHighSurrogate() ? 1 : 0;
    return text.first(end) + u'…';
}

} // namespace

QString errorLine(const QList<OutputRow> &tail)
{
    Found output;
    Found errors;
    for (const OutputRow &row : tail) {
        if (row.place.stream != 0) {
            (row.place.stream == 2 ? errors : output).take(shownLine(row).text);
        }
    }
    if (!errors.best().isEmpty()) {
        return cut(errors.best());
    }
    return cut(errors.last.isEmpty() ? output.best() : errors.last);
}

} // namespace procession
