// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/projectschema.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::array availabilityKeys{
    SchemaKey{"restart", Shape::Text, false},         SchemaKey{"backoff_seconds", Shape::Number, false},
    SchemaKey{"max_restarts", Shape::Number, false},  SchemaKey{"exit_on_end", Shape::Flag, false},
    SchemaKey{"exit_on_skipped", Shape::Flag, false},
};
constexpr SchemaTable availabilityTable{availabilityKeys.data(), availabilityKeys.size()};

constexpr std::array shutdownKeys{
    SchemaKey{"signal", Shape::Number, true},   SchemaKey{"timeout_seconds", Shape::Number, true},
    SchemaKey{"command", Shape::Text, false},   SchemaKey{"parent_only", Shape::Flag, false},
    SchemaKey{"send_keys", Shape::Text, false},
};
constexpr SchemaTable shutdownTable{shutdownKeys.data(), shutdownKeys.size()};

constexpr std::array shellKeys{
    SchemaKey{"shell_command", Shape::Text, true},
    SchemaKey{"shell_argument", Shape::Text, true},
    SchemaKey{"elevated_shell_command", Shape::Text, false},
    SchemaKey{"elevated_shell_argument", Shape::Text, false},
};
constexpr SchemaTable shellTable{shellKeys.data(), shellKeys.size()};

// What Procession adds to a process, under x-procession.
constexpr std::array extensionKeys{
    SchemaKey{"input", Shape::Text, true},
    SchemaKey{"merge_streams", Shape::Flag, true},
    SchemaKey{"strays", Shape::Text, true},
};
constexpr SchemaTable extensionTable{extensionKeys.data(), extensionKeys.size()};

constexpr std::array processKeys{
    SchemaKey{"command", Shape::Text, true},
    SchemaKey{"entrypoint", Shape::Texts, true},
    SchemaKey{"executable", Shape::Text, true},
    SchemaKey{"args", Shape::Texts, true},
    SchemaKey{"description", Shape::Text, true},
    SchemaKey{"working_dir", Shape::Text, true},
    SchemaKey{"environment", Shape::TextsOrMap, true},
    SchemaKey{"env_file", Shape::TextOrTexts, true},
    SchemaKey{"is_dotenv_disabled", Shape::Flag, true},
    SchemaKey{"disabled", Shape::Flag, true},
    SchemaKey{"namespace", Shape::TextOrTexts, true},
    SchemaKey{"shutdown", Shape::Map, true, &shutdownTable},
    SchemaKey{"availability", Shape::Map, true, &availabilityTable},
    SchemaKey{"x-procession", Shape::Map, true, &extensionTable},
    SchemaKey{"depends_on", Shape::Map, false},
    SchemaKey{"readiness_probe", Shape::Map, false},
    SchemaKey{"liveness_probe", Shape::Map, false},
    SchemaKey{"log_configuration", Shape::Map, false},
    SchemaKey{"schedule", Shape::Map, false},
    SchemaKey{"watch", Shape::Map, false},
    SchemaKey{"mcp", Shape::Map, false},
    SchemaKey{"vars", Shape::Map, false},
    SchemaKey{"success_exit_codes", Shape::Texts, false},
    SchemaKey{"replicas", Shape::Number, false},
    SchemaKey{"launch_timeout_seconds", Shape::Number, false},
    SchemaKey{"replica_num", Shape::Number, false},
    SchemaKey{"monitor_silence_threshold", Shape::Number, false},
    SchemaKey{"is_daemon", Shape::Flag, false},
    SchemaKey{"is_foreground", Shape::Flag, false},
    SchemaKey{"is_tty", Shape::Flag, true},
    SchemaKey{"is_elevated", Shape::Flag, false},
    SchemaKey{"is_interactive", Shape::Flag, true},
    SchemaKey{"is_template_disabled", Shape::Flag, false},
    SchemaKey{"disable_ansi_colors", Shape::Flag, false},
    SchemaKey{"truncate_log", Shape::Flag, false},
    SchemaKey{"name", Shape::Text, false},
    SchemaKey{"extends", Shape::Text, false},
    SchemaKey{"log_location", Shape::Text, false},
    SchemaKey{"ready_log_line", Shape::Text, false},
    SchemaKey{"is_disabled", Shape::Text, false},
    SchemaKey{"original_config", Shape::Text, false},
    SchemaKey{"replica_name", Shape::Text, false},
    SchemaKey{"monitor_for", Shape::Text, false},
};

constexpr std::array projectKeys{
    SchemaKey{"version", Shape::Text, true},
    SchemaKey{"processes", Shape::Map, true},
    SchemaKey{"environment", Shape::TextsOrMap, true},
    SchemaKey{"env_file", Shape::TextOrTexts, true},
    SchemaKey{"shell", Shape::Map, true, &shellTable},
    SchemaKey{"disable_env_expansion", Shape::Flag, true},
    SchemaKey{"name", Shape::Text, false},
    SchemaKey{"extends", Shape::Text, false},
    SchemaKey{"log_location", Shape::Text, false},
    SchemaKey{"log_level", Shape::Text, false},
    SchemaKey{"log_format", Shape::Text, false},
    SchemaKey{"log_length", Shape::Number, false},
    SchemaKey{"log_configuration", Shape::Map, false},
    SchemaKey{"vars", Shape::Map, false},
    SchemaKey{"env_cmds", Shape::Map, false},
    SchemaKey{"dot_env_vars", Shape::Map, false},
    SchemaKey{"mcp_server", Shape::Map, false},
    SchemaKey{"is_strict", Shape::Flag, false},
    SchemaKey{"is_tui_disabled", Shape::Flag, false},
    SchemaKey{"ordered_shutdown", Shape::Flag, false},
    SchemaKey{"file_names", Shape::Texts, false},
    SchemaKey{"env_file_names", Shape::Texts, false},
};

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::ProjectSchema", text);
}

bool isTexts(const YamlNode &node)
{
    return node.kind == YamlNode::Kind::Sequence &&
           std::all_of(node.items.cbegin(), node.items.cend(),
                       [](const YamlNodePtr &item) { return item->kind == YamlNode::Kind::Scalar; });
}

} // namespace

const SchemaKey *SchemaTable::find(QStringView name) const
{
    const SchemaKey *end = keys + size;
    const SchemaKey *found =
        std::find_if(keys, end, [name](const SchemaKey &key) { return name == QLatin1StringView(key.name); });
    return found == end ? nullptr : found;
}

const SchemaTable &projectSchema()
{
    static constexpr SchemaTable table{projectKeys.data(), projectKeys.size()};
    return table;
}

const SchemaTable &processSchema()
{
    static constexpr SchemaTable table{processKeys.data(), processKeys.size()};
    return table;
}

bool fits(const YamlNode &node, Shape shape)
{
    const bool isText = node.kind == YamlNode::Kind::Scalar;
    if (shape == Shape::Anything || node.isNull())
        return true;
    switch (shape) {
    case Shape::Text:
        return isText;
    case Shape::Number:
    case Shape::Flag:
        return isText; // what the text says is known only once its variables are replaced
    case Shape::Texts:
        return isTexts(node);
    case Shape::TextOrTexts:
        return isText || isTexts(node);
    case Shape::TextsOrMap:
        return node.kind == YamlNode::Kind::Mapping || isTexts(node);
    case Shape::Map:
        return node.kind == YamlNode::Kind::Mapping;
    case Shape::Anything:
        break;
    }
    return true;
}

QString shapeName(Shape shape)
{
    switch (shape) {
    case Shape::Text:
        return tr("text");
    case Shape::Number:
        return tr("a whole number");
    case Shape::Flag:
        return tr("true or false");
    case Shape::Texts:
        return tr("a list of texts");
    case Shape::TextOrTexts:
        return tr("text or a list of texts");
    case Shape::Map:
        return tr("a map");
    case Shape::TextsOrMap:
        return tr("a list of NAME=VALUE or a map");
    case Shape::Anything:
        break;
    }
    return tr("anything");
}

QString kindName(const YamlNode &node)
{
    if (node.isNull())
        return tr("nothing");
    if (node.kind == YamlNode::Kind::Mapping)
        return tr("a map");
    if (node.kind == YamlNode::Kind::Scalar)
        return tr("text");
    return isTexts(node) ? tr("a list") : tr("a list of lists or maps");
}

std::optional<bool> flagOf(QStringView text)
{
    for (const QStringView word : {u"true", u"yes", u"on", u"y"}) {
        if (text.compare(word, Qt::CaseInsensitive) == 0)
            return true;
    }
    for (const QStringView word : {u"false", u"no", u"off", u"n", u""}) {
        if (text.compare(word, Qt::CaseInsensitive) == 0)
            return false;
    }
    return std::nullopt;
}

} // namespace procession
