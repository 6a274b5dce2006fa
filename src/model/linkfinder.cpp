// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/terminalline.h"

#include <QSet>
#include <QUrl>

#include <algorithm>
#include <array>
#include <optional>

namespace procession {
namespace {

using Link = ShownLine::Link;

constexpr qsizetype longestLook = 4096; // beyond it nobody reads, and what a line costs stays bounded
constexpr int mostDigits = 7;

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

/// Letters of any language and what is a letter beyond the first plane, but neither punctuation nor frames.
bool isForeignLetter(QChar c)
{
    return c.unicode() >= 0x80 && (c.isLetterOrNumber() || c.isMark() || c.isSurrogate());
}

bool isAsciiWord(QChar c)
{
    return (c.unicode() < 0x80 && c.isLetterOrNumber()) || c == u'_';
}

bool isWordCharacter(QChar c)
{
    return isAsciiWord(c) || isForeignLetter(c);
}

/// What file names are made of where nothing quotes them. Brackets are told apart by whether they close.
bool isPathCharacter(QChar c)
{
    return isWordCharacter(c) || (c.unicode() < 0x80 && QStringView(u"/.-+~@#%$&!^").contains(c));
}

bool isUrlCharacter(QChar c)
{
    return c.unicode() > 0x20 && c.unicode() < 0x7f ? !QStringView(u"<>\"\\^`{|}").contains(c)
                                                    : isForeignLetter(c);
}

/// The digits at `from`: their end, or nothing if there are none, or if they are no number of a line.
std::optional<qsizetype> endOfNumber(QStringView text, qsizetype from)
{
    qsizetype end = from;
    while (end < text.size() && isDigit(text[end])) {
        ++end;
    }
    const bool isNumber = end > from && end - from <= mostDigits && text[from] != u'0';
    return isNumber ? std::optional(end) : std::nullopt;
}

/// Names without a slash have to end like the files tools speak of: else every host:port would be one.
bool isKnownFile(QStringView name)
{
    static const QSet<QString> endings = [] {
        const QString all =
            u"ada adb ads asm awk bash bat bats bazel bzl c c++ cc cfg cjs cl clj cljs cmake conf cpp cs csh "
            "css csv cts cu cuh cxx d dart diff dts el erl ex exs f f03 f08 f90 f95 fish for frag fs fsx "
            "glsl "
            "go gradle graphql groovy h h++ haml hcl hh hpp hrl hs htm html hxx ini inl ipp ipynb java jl js "
            "json json5 jsonc jsonl jsx kt kts l less lhs lisp ll log lua m m4 mak md mjs mk ml mli mm mts "
            "nim ninja nix pas patch php pl pm po properties proto ps1 pug py pyi pyw pyx qml qrc r rake rb "
            "rego rkt rs rst s sass scala scm scss sh sol sql sv svelte svg swift tcl tex tf thrift toml ts "
            "tsv tsx txt ui v vb vert vhd vhdl vim vue wat xml xsd xsl y yaml yml zig zsh"_qs;
        const QStringList list = all.split(u' ');
        return QSet<QString>(list.cbegin(), list.cend());
    }();
    static const QSet<QString> names{u"Makefile"_qs,   u"makefile"_qs,   u"GNUmakefile"_qs, u"Dockerfile"_qs,
                                     u"Rakefile"_qs,   u"Gemfile"_qs,    u"Justfile"_qs,    u"justfile"_qs,
                                     u"SConstruct"_qs, u"Jenkinsfile"_qs};
    const qsizetype dot = name.lastIndexOf(u'.');
    return dot > 0 ? endings.contains(name.sliced(dot + 1).toString().toLower())
                   : names.contains(name.toString());
}

/// True if a place in this file is likely meant. `isFollowed`: a colon comes after the number, as compilers
/// and grep write it.
bool isFile(QStringView path, bool isFollowed)
{
    const qsizetype slash = path.lastIndexOf(u'/');
    const QStringView name = path.sliced(slash + 1);
    if (std::none_of(name.begin(), name.end(), [](QChar c) { return c.isLetter(); }) ||
        path.startsWith(u"//")) { // a date, or the rest of an address
        return false;
    }
    if (slash < 0) {
        return isKnownFile(name);
    }
    const qsizetype dot = name.lastIndexOf(u'.');
    const bool hasEnding = dot >= 0 && name.size() - dot <= 11 &&
                           std::any_of(name.begin() + dot, name.end(), [](QChar c) { return c.isLetter(); });
    return hasEnding || isFollowed || path.startsWith(u'/') || path.startsWith(u"./") ||
           path.startsWith(u"../") || path.startsWith(u"~/") || isKnownFile(name);
}

/// Where the path that ends at `end` begins, not before `from`.
qsizetype startOfPath(QStringView text, qsizetype from, qsizetype end)
{
    qsizetype start = end;
    qsizetype afterBracket = end; // the first one, from behind, that no other has opened
    int depth = 0;
    while (start > from) {
        const QChar c = text[start - 1];
        if (c == u')' || c == u']') {
            afterBracket = depth++ == 0 ? start : afterBracket;
        } else if (c == u'(' || c == u'[') {
            if (depth-- == 0) {
                return start;
            }
        } else if (!isPathCharacter(c)) {
            break;
        }
        --start;
    }
    return depth > 0 ? afterBracket : start;
}

/// FILE:LINE[:COLUMN] or FILE: line LINE around the colon, whose file begins not before `from`.
std::optional<Link> placeAt(QStringView text, qsizetype colon, qsizetype from)
{
    constexpr QStringView spoken(u": line "); // of shells
    const bool isSpoken = text.sliced(colon).startsWith(spoken);
    const qsizetype number = colon + (isSpoken ? spoken.size() : 1);
    const std::optional<qsizetype> lineEnd = endOfNumber(text, number);
    if (!lineEnd) {
        return {};
    }
    qsizetype end = *lineEnd;
    const bool isFollowed = end < text.size() && text[end] == u':';
    QString target = u':' + text.sliced(number, end - number).toString();
    if (isFollowed && !isSpoken) {
        const std::optional<qsizetype> columnEnd = endOfNumber(text, end + 1);
        if (columnEnd && (*columnEnd == text.size() || !isWordCharacter(text[*columnEnd]))) {
            target += text.sliced(end, *columnEnd - end);
            end = *columnEnd;
        }
    }
    if (end < text.size() && isWordCharacter(text[end])) {
        return {};
    }
    const qsizetype start = startOfPath(text, from, colon);
    const QStringView path = text.sliced(start, colon - start);
    if (path.isEmpty() || !isFile(path, isFollowed)) {
        return {};
    }
    return Link{static_cast<int>(start), static_cast<int>(end - start), path + target};
}

/// A link to a file may end like a place in it, as those of some traces do.
QString fileTarget(const QString &url)
{
    qsizetype end = url.size();
    for (int numbers = 0; numbers < 2; ++numbers) {
        qsizetype digits = end;
        while (digits > 0 && isDigit(url[digits - 1])) {
            --digits;
        }
        if (digits == end || digits == 0 || url[digits - 1] != u':') {
            break;
        }
        end = digits - 1;
    }
    return end == url.size() ? url : QUrl(url.first(end)).toLocalFile() + url.sliced(end);
}

/// The URL around the colon, whose scheme begins not before `from`.
std::optional<Link> urlAt(QStringView text, qsizetype colon, qsizetype from)
{
    if (!text.sliced(colon).startsWith(u"://")) {
        return {};
    }
    static constexpr std::array<QStringView, 4> schemes{u"https", u"http", u"file", u"ftp"};
    const QStringView before = text.sliced(from, colon - from);
    const auto *scheme = std::find_if(schemes.begin(), schemes.end(), [before](QStringView name) {
        return before.endsWith(name, Qt::CaseInsensitive);
    });
    if (scheme == schemes.end()) {
        return {};
    }
    const qsizetype start = colon - scheme->size();
    const qsizetype host = colon + 3;
    const bool isFileUrl = *scheme == u"file";
    const bool isWithinWord = start > 0 && isAsciiWord(text[start - 1]);
    if (isWithinWord || host == text.size() ||
        (!isWordCharacter(text[host]) && text[host] != u'[' && !(isFileUrl && text[host] == u'/'))) {
        return {};
    }
    qsizetype end = host;
    int round = 0; // brackets that were opened and not closed
    int square = 0;
    while (end < text.size() && isUrlCharacter(text[end])) {
        round += text[end] == u'(' ? 1 : text[end] == u')' ? -1 : 0;
        square += text[end] == u'[' ? 1 : text[end] == u']' ? -1 : 0;
        ++end;
    }
    while (end > host) { // what belongs to the sentence around it
        const QChar last = text[end - 1];
        if ((last == u')' && round < 0) || (last == u']' && square < 0)) {
            (last == u')' ? round : square) += 1;
        } else if (!QStringView(u".,;:!?'").contains(last)) {
            break;
        }
        --end;
    }
    if (end == host) {
        return {};
    }
    const QString url = text.sliced(start, end - start).toString();
    return Link{static_cast<int>(start), static_cast<int>(end - start), isFileUrl ? fileTarget(url) : url};
}

constexpr QStringView pythonFile = u"File \"";

/// What Python's traces say: File "PATH", line LINE.
std::optional<Link> pythonPlace(QStringView text, qsizetype at)
{
    constexpr QStringView between = u"\", line ";
    const qsizetype start = at + pythonFile.size();
    const qsizetype quote = text.indexOf(u'"', start);
    if (quote <= start || text[start] == u'<' || !text.sliced(quote).startsWith(between)) {
        return {};
    }
    const qsizetype number = quote + between.size();
    const std::optional<qsizetype> end = endOfNumber(text, number);
    if (!end) {
        return {};
    }
    return Link{static_cast<int>(start), static_cast<int>(*end - start),
                text.sliced(start, quote - start) + u':' + text.sliced(number, *end - number)};
}

} // namespace

void findLinks(ShownLine &line)
{
    const QStringView text = QStringView(line.text).left(longestLook);
    qsizetype colon = text.indexOf(u':');
    qsizetype python = text.indexOf(pythonFile);
    QList<Link> found;
    qsizetype from = 0; // what is before belongs to a link, or to another place
    while (colon >= 0 || python >= 0) {
        const bool isPython = colon < 0 || (python >= 0 && python < colon);
        std::optional<Link> link;
        if (isPython) {
            link = pythonPlace(text, python);
            from = python + pythonFile.size();
        } else {
            link = urlAt(text, colon, from);
            link = link ? link : placeAt(text, colon, from);
            from = colon + 1;
        }
        if (link) {
            from = link->start + link->length;
            if (from < text.size() || text.size() == line.text.size()) { // else it may have been cut
                found.append(*link);
            }
        }
        colon = colon >= 0 && colon < from ? text.indexOf(u':', from) : colon;
        python = python >= 0 && python < from ? text.indexOf(pythonFile, from) : python;
    }
    const auto given = static_cast<std::ptrdiff_t>(line.links.size());
    for (const Link &link : std::as_const(found)) {
        const auto end = line.links.cbegin() + given;
        const auto next = std::partition_point(line.links.cbegin(), end, [&link](const Link &other) {
            return other.start + other.length <= link.start;
        });
        if (next == end || next->start >= link.start + link.length) {
            line.links.append(link);
        }
    }
    std::sort(line.links.begin(), line.links.end(),
              [](const Link &a, const Link &b) { return a.start < b.start; });
}

} // namespace procession
