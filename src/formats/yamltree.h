// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <memory>
#include <vector>

namespace procession {

struct YamlNode;
using YamlNodePtr = std::shared_ptr<const YamlNode>;

/// A value of a YAML document. Aliases share the node they point to; merge keys (`<<`) are already carried
/// out.
struct YamlNode
{
    enum class Kind { Scalar, Sequence, Mapping };
    struct Entry
    {
        QString key;
        int line = 0;
        int column = 0;
        YamlNodePtr value; ///< never null
    };

    Kind kind = Kind::Scalar;
    QString text;                   ///< of a scalar
    bool quoted = false;            ///< a scalar that is text whatever it looks like
    bool literal = false;           ///< a `|` scalar: its lines are the file's
    std::vector<YamlNodePtr> items; ///< of a sequence; none null
    std::vector<Entry> entries;     ///< of a mapping, in the order of the file, each key once
    int height = 1;                 ///< levels from here down, aliases followed
    int line = 0;                   ///< both count from 1
    int column = 0;

    /// An absent value: `key:`, `~` or `null`.
    bool isNull() const;
    /// The entry with this key, or null.
    const Entry *find(QStringView key) const;
};

/// Why a text is not YAML (or not YAML that is safe to read), and where; lines and columns count from 1.
struct YamlError
{
    int line = 0;
    int column = 0;
    QString message;
};

/// Parses the one document of `text`. `${...}` may hold what YAML would take for its own. Null and `*error`
/// on failure; an empty document is a null scalar. Nesting, aliases and merge keys are bounded.
YamlNodePtr parseYaml(const QString &text, YamlError *error);

} // namespace procession
