// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

#include <memory>
#include <optional>

namespace procession {

/// What a person looks for.
struct SearchQuery
{
    QString text;
    bool expression = false; ///< a regular expression, as Perl and grep -P know them
    bool caseSensitive = false;
    bool wholeWord = false;

    bool isEmpty() const { return text.isEmpty(); }
    friend bool operator==(const SearchQuery &, const SearchQuery &) = default;
};

/// Finds what a query asks for in bytes. Matches lie within one line and have at least one byte; they are
/// found from left to right and do not overlap. Text is searched for as bytes where case matters, else by
/// PCRE2's compiled code. A line whose search takes too long counts as without a match, and is counted in
/// tooComplex(). One thread at a time; movable.
class OutputMatcher final
{
public:
    struct Match
    {
        qsizetype start = 0;
        qsizetype length = 0;

        friend bool operator==(const Match &, const Match &) = default;
    };

    explicit OutputMatcher(const SearchQuery &query = {});
    OutputMatcher(OutputMatcher &&) noexcept;
    OutputMatcher &operator=(OutputMatcher &&) noexcept;
    ~OutputMatcher();

    /// False: problem() says why, with the place, for a person. An empty query is valid and matches nothing.
    bool isValid() const;
    QString problem() const;

    /// The first match in `line`, which holds no newline, that begins at or after `from`.
    std::optional<Match> find(QByteArrayView line, qsizetype from = 0);
    /// How many matches there are in `lines`, lines each ended by a newline but perhaps for the last;
    /// `linesWith`: how many of them have one. Much faster than line by line.
    qint64 count(QByteArrayView lines, qint64 *linesWith = nullptr);
    /// The first line in `lines` with a match: its start, or -1. Fast.
    qsizetype firstLine(QByteArrayView lines);

    qint64 tooComplex() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
