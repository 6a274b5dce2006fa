// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "formats/yamltree.h"

#include <QString>
#include <QStringView>

#include <optional>

namespace procession {

/// What a key of the schema takes.
enum class Shape { Anything, Text, Number, Flag, Texts, TextOrTexts, Map, TextsOrMap };

/// One key of process-compose's schema, and whether it has an effect here.
struct SchemaKey
{
    const char *name;
    Shape shape;
    bool supported;
    /// Keys below it that are told apart, or null.
    const struct SchemaTable *table = nullptr;
};

/// The keys that may stand in one kind of map.
struct SchemaTable
{
    const SchemaKey *keys;
    size_t size;

    /// The key of this name, or null for one the schema does not know.
    const SchemaKey *find(QStringView name) const;
};

/// The keys at the top of a file, and those of one process.
const SchemaTable &projectSchema();
const SchemaTable &processSchema();

/// True if `node` is of this shape; an absent value is of any.
bool fits(const YamlNode &node, Shape shape);
/// "text", "a whole number", "true or false" ... : what is accepted, for a person to read.
QString shapeName(Shape shape);
/// "text", "a list", "a map", "nothing": what stands there, for a person to read.
QString kindName(const YamlNode &node);
/// The value of a flag as YAML writes it (true, yes, on, false, no, off ...); nullopt for any other text.
std::optional<bool> flagOf(QStringView text);

} // namespace procession
