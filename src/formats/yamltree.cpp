// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "formats/yamltree.h"

#include "formats/envsubst.h"

#include <QCoreApplication>
#include <QHash>

#include <yaml.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace procession {

using namespace Qt::Literals::StringLiterals;

namespace {

// No file a person writes comes near; without them a few hundred bytes fill the stack or the memory.
constexpr int deepestNesting = 100;
constexpr int mostMergedEntries = 1'000'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("procession::Yaml", text);
}

// `[A=${B}]` and `${C:-x: y}` are fine to process-compose, which replaces variables before it reads the YAML.
// So that they are here too, and lines and columns stay those of the file, the characters YAML would take for
// its own are disguised within `${...}` while libyaml reads, one for one, as characters that do not occur in
// the text.
class Disguise final
{
public:
    explicit Disguise(const QString &text)
    {
        char32_t next = 0x100000; // private use, plane 16
        for (QString &mask : m_masks) {
            do
                mask = QString::fromUcs4(&next, 1);
            while (++next && text.contains(mask));
        }
    }

    QString put(const QString &text) const
    {
        QString result;
        result.reserve(text.size());
        for (qsizetype at = 0; at < text.size();) {
            if (text.at(at) != u'$' || at + 1 >= text.size()) {
                result += text.at(at++);
            } else if (text.at(at + 1) == u'{') {
                qsizetype lineEnd = text.indexOf(u'\n', at);
                lineEnd = lineEnd < 0 ? text.size() : lineEnd;
                const qsizetype close = expansionEnd(QStringView(text).first(lineEnd), at);
                const qsizetype end = close < 0 ? lineEnd : close;
                const QStringView piece = QStringView(text).mid(at, end - at);
                if (close < 0)
                    result += piece;
                else
                    append(result, piece);
                at = end;
            } else {
                // `$$` too: what follows the second is no variable.
                result += text.at(at++);
                if (text.at(at) == u'$')
                    result += text.at(at++);
            }
        }
        return result;
    }

    QString remove(QString text) const
    {
        for (size_t i = 0; i < m_masks.size(); ++i)
            text.replace(m_masks.at(i), QString(m_special.at(i)));
        return text;
    }

private:
    void append(QString &result, QStringView piece) const
    {
        for (const QChar c : piece) {
            const auto found = std::find(m_special.cbegin(), m_special.cend(), c);
            if (found == m_special.cend())
                result += c;
            else
                result += m_masks.at(static_cast<size_t>(found - m_special.cbegin()));
        }
    }

    static constexpr std::array<QChar, 8> m_special{u'{', u'}', u'[', u']', u',', u':', u'#', u'?'};
    std::array<QString, 8> m_masks;
};

class TreeBuilder final
{
public:
    explicit TreeBuilder(const QString &text)
        : m_disguise(text)
        , m_text(text)
        , m_bytes(m_disguise.put(text).toUtf8())
    {
        yaml_parser_initialize(&m_parser);
        yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char *>(m_bytes.constData()),
                                     static_cast<size_t>(m_bytes.size()));
    }
    ~TreeBuilder() { yaml_parser_delete(&m_parser); }
    Q_DISABLE_COPY_MOVE(TreeBuilder)

    YamlNodePtr build(YamlError *error)
    {
        for (bool more = true; more && !m_failed;) {
            yaml_event_t event;
            if (!yaml_parser_parse(&m_parser, &event)) {
                parserFailed();
                break;
            }
            more = event.type != YAML_STREAM_END_EVENT;
            take(event);
            yaml_event_delete(&event);
        }
        if (m_failed) {
            if (error)
                *error = m_error;
            return nullptr;
        }
        return m_root ? m_root : std::make_shared<YamlNode>();
    }

private:
    struct Open
    {
        std::shared_ptr<YamlNode> node;
        QString anchor;
        QHash<QString, int> lines; // of the keys so far
        std::vector<YamlNodePtr> merged;
        YamlNode::Entry pending;
        bool hasKey = false;
        bool mergeKey = false;
    };

    void fail(int line, int column, const QString &message)
    {
        if (!m_failed)
            m_error = {line, column, message};
        m_failed = true;
    }

    void fail(const yaml_mark_t &mark, const QString &message)
    {
        fail(static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1, message);
    }

    QString utf8(const unsigned char *bytes, qsizetype size = -1) const
    {
        return m_disguise.remove(QString::fromUtf8(reinterpret_cast<const char *>(bytes), size));
    }

    void take(const yaml_event_t &event)
    {
        switch (event.type) {
        case YAML_DOCUMENT_START_EVENT:
            if (m_root)
                fail(event.start_mark, tr("A second document (---) begins here; a project file holds one."));
            break;
        case YAML_SCALAR_EVENT:
            scalar(event);
            break;
        case YAML_SEQUENCE_START_EVENT:
            open(event, YamlNode::Kind::Sequence, event.data.sequence_start.anchor);
            break;
        case YAML_MAPPING_START_EVENT:
            open(event, YamlNode::Kind::Mapping, event.data.mapping_start.anchor);
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            close();
            break;
        case YAML_ALIAS_EVENT:
            alias(event);
            break;
        default:
            break;
        }
    }

    std::shared_ptr<YamlNode> makeNode(const yaml_event_t &event, YamlNode::Kind kind) const
    {
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->line = static_cast<int>(event.start_mark.line) + 1;
        node->column = static_cast<int>(event.start_mark.column) + 1;
        return node;
    }

    void scalar(const yaml_event_t &event)
    {
        const auto &data = event.data.scalar;
        const auto node = makeNode(event, YamlNode::Kind::Scalar);
        node->text = utf8(data.value, static_cast<qsizetype>(data.length));
        node->literal = data.style == YAML_LITERAL_SCALAR_STYLE;
        const char *tag = reinterpret_cast<const char *>(data.tag);
        node->quoted = data.style != YAML_PLAIN_SCALAR_STYLE || (tag && std::strcmp(tag, YAML_STR_TAG) == 0);
        if (data.anchor)
            m_anchors.insert(utf8(data.anchor), node);
        if (!m_open.empty() && m_open.back().node->kind == YamlNode::Kind::Mapping && !m_open.back().hasKey)
            key(event, *node);
        else
            add(node);
    }

    void key(const yaml_event_t &event, const YamlNode &node)
    {
        Open &open = m_open.back();
        open.hasKey = true;
        open.mergeKey = !node.quoted && node.text == "<<"_L1;
        if (open.mergeKey)
            return;
        open.pending = {node.text, node.line, node.column, nullptr};
        const auto first = open.lines.constFind(node.text);
        if (first != open.lines.constEnd()) {
            fail(
                event.start_mark,
                tr("The key \"%1\" stands here a second time; the first is in line %2. Rename or remove one.")
                    .arg(node.text)
                    .arg(*first));
        }
        open.lines.insert(node.text, node.line);
    }

    void open(const yaml_event_t &event, YamlNode::Kind kind, const unsigned char *anchor)
    {
        if (!m_open.empty() && m_open.back().node->kind == YamlNode::Kind::Mapping && !m_open.back().hasKey) {
            fail(event.start_mark, tr("A key must be text; a list or a map stands here."));
            return;
        }
        if (m_open.size() >= deepestNesting) {
            fail(event.start_mark, tr("This is nested more than %1 levels deep.").arg(deepestNesting));
            return;
        }
        m_open.emplace_back();
        m_open.back().node = makeNode(event, kind);
        if (anchor)
            m_open.back().anchor = utf8(anchor);
    }

    void close()
    {
        Open done = std::move(m_open.back());
        m_open.pop_back();
        merge(done);
        if (!done.anchor.isEmpty())
            m_anchors.insert(done.anchor, done.node);
        add(done.node);
    }

    void alias(const yaml_event_t &event)
    {
        const QString name = utf8(event.data.alias.anchor);
        const YamlNodePtr node = m_anchors.value(name);
        if (!node)
            fail(event.start_mark, tr("The alias *%1 has no anchor &%1 that ends before it.").arg(name));
        else if (!m_open.empty() && m_open.back().node->kind == YamlNode::Kind::Mapping &&
                 !m_open.back().hasKey)
            node->kind == YamlNode::Kind::Scalar ? key(event, *node)
                                                 : fail(event.start_mark, tr("A key must be text."));
        else
            add(node);
    }

    // `node` is whole: it becomes the root, an item or the value of the key before it.
    void add(const YamlNodePtr &node)
    {
        if (m_open.empty()) {
            m_root = node;
            return;
        }
        Open &open = m_open.back();
        open.node->height = std::max(open.node->height, node->height + 1);
        if (open.node->height > deepestNesting)
            fail(node->line, node->column,
                 tr("This is nested more than %1 levels deep.").arg(deepestNesting));
        if (open.node->kind == YamlNode::Kind::Sequence) {
            open.node->items.push_back(node);
        } else if (open.mergeKey) {
            addMerged(open, node);
        } else {
            open.pending.value = node;
            open.node->entries.push_back(std::move(open.pending));
        }
        open.hasKey = false;
        open.mergeKey = false;
    }

    void addMerged(Open &open, const YamlNodePtr &node)
    {
        const bool list = node->kind == YamlNode::Kind::Sequence;
        for (const YamlNodePtr &source : list ? node->items : std::vector{node}) {
            if (source->kind != YamlNode::Kind::Mapping)
                fail(node->line, node->column,
                     tr("<<: expected a map, or a list of maps, to take keys from."));
            open.merged.push_back(source);
        }
    }

    // Own keys win, then those of the earlier map.
    void merge(Open &open)
    {
        for (const YamlNodePtr &source : open.merged) {
            for (const YamlNode::Entry &entry : source->entries) {
                if (++m_mergedEntries > mostMergedEntries)
                    return fail(open.node->line, open.node->column,
                                tr("The merge keys (<<) unfold to too much."));
                if (open.lines.contains(entry.key))
                    continue;
                open.lines.insert(entry.key, entry.line);
                open.node->entries.push_back(entry);
            }
        }
    }

    void parserFailed()
    {
        if (m_parser.error == YAML_MEMORY_ERROR)
            return fail(0, 0, tr("There is not enough memory to read it."));
        if (m_parser.error == YAML_READER_ERROR) {
            const QByteArray before = m_bytes.left(static_cast<qsizetype>(m_parser.problem_offset));
            return fail(static_cast<int>(before.count('\n')) + 1,
                        static_cast<int>(QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size()) +
                            1,
                        tr("A control character stands here, which YAML does not allow."));
        }
        const QString line = m_text.section(u'\n', static_cast<qsizetype>(m_parser.problem_mark.line),
                                            static_cast<qsizetype>(m_parser.problem_mark.line));
        for (qsizetype at = 0; at < line.size() && (line.at(at) == u' ' || line.at(at) == u'\t'); ++at) {
            if (line.at(at) == u'\t') {
                return fail(static_cast<int>(m_parser.problem_mark.line) + 1, static_cast<int>(at) + 1,
                            tr("A tab indents this line; YAML accepts only spaces there."));
            }
        }
        const QString problem = QString::fromUtf8(m_parser.problem);
        if (!m_parser.context) {
            return fail(
                m_parser.problem_mark,
                tr("This is not YAML here: %1. Check the indentation, quotes and colons.").arg(problem));
        }
        fail(m_parser.problem_mark, tr("This is not YAML here: %1 (%2 that begins in line %3). Check the "
                                       "indentation, quotes and colons.")
                                        .arg(problem, QString::fromUtf8(m_parser.context))
                                        .arg(m_parser.context_mark.line + 1));
    }

    Disguise m_disguise;
    const QString &m_text;
    QByteArray m_bytes;
    yaml_parser_t m_parser{};
    std::vector<Open> m_open;
    QHash<QString, YamlNodePtr> m_anchors;
    YamlNodePtr m_root;
    int m_mergedEntries = 0;
    bool m_failed = false;
    YamlError m_error;
};

} // namespace

bool YamlNode::isNull() const
{
    return kind == Kind::Scalar && !quoted &&
           (text.isEmpty() || text == "~"_L1 || text.compare("null"_L1, Qt::CaseInsensitive) == 0);
}

const YamlNode::Entry *YamlNode::find(QStringView key) const
{
    for (const Entry &entry : entries) {
        if (entry.key == key)
            return &entry;
    }
    return nullptr;
}

YamlNodePtr parseYaml(const QString &text, YamlError *error)
{
    return TreeBuilder(text).build(error);
}

} // namespace procession
