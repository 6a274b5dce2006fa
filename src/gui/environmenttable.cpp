// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/environmenttable.h"

#include "core/shellwords.h"
#include "core/workerspec.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSet>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

#include <algorithm>
#include <functional>
#include <optional>

namespace procession {

namespace {

constexpr int nameColumn = 0;
constexpr int valueColumn = 1;
constexpr int visibleRows = 4;

bool isSecret(const QModelIndex &index)
{
    return index.column() == valueColumn && isSecretName(index.siblingAtColumn(nameColumn).data().toString());
}

class ValueDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &,
                          const QModelIndex &index) const override
    {
        auto *editor = new QLineEdit(parent);
        editor->setFrame(false);
        editor->setAutoFillBackground(true);
        editor->setLayoutDirection(Qt::LeftToRight);
        if (isSecret(index))
            editor->setEchoMode(QLineEdit::Password);
        return editor;
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        // Of one length, since the length of a secret is part of it.
        if (isSecret(index) && !option->text.isEmpty())
            option->text = QString(8, u'•');
    }
};

struct Line
{
    QString name;
    QString value;
};

/// One line of a .env file: KEY=VALUE, perhaps exported, perhaps quoted, perhaps followed by a comment.
std::optional<Line> parsedLine(const QString &text)
{
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*(.*?)\\s*$"));
    const auto match = pattern.match(text);
    if (!match.hasMatch())
        return {};
    QString value = match.captured(2);
    if (value.startsWith(u'"') || value.startsWith(u'\'')) {
        const std::optional<QStringList> words = splitWords(value);
        if (!words || words->isEmpty())
            return {};
        value = words->first();
    } else if (const qsizetype comment = value.indexOf(QStringLiteral(" #")); comment >= 0) {
        value = value.left(comment).trimmed();
    }
    return Line{match.captured(1), value};
}

} // namespace

EnvironmentTable::EnvironmentTable(QWidget *parent)
    : QTableWidget(parent)
{
    setItemDelegate(new ValueDelegate(this));
    const int row = verticalHeader()->defaultSectionSize();
    setMinimumHeight(row * (visibleRows + 1) + 2 * frameWidth());
    connect(this, &QTableWidget::itemChanged, this, [this](const QTableWidgetItem *item) {
        // Whether the value is masked follows from the name.
        if (item->column() == nameColumn)
            viewport()->update();
        Q_EMIT edited();
    });
}

QList<QPair<QString, QString>> EnvironmentTable::variables() const
{
    QList<QPair<QString, QString>> all;
    for (int row = 0; row < rowCount(); ++row) {
        const QString name = item(row, nameColumn)->text();
        const QString value = item(row, valueColumn)->text();
        if (!name.isEmpty() || !value.isEmpty())
            all.append({name, value});
    }
    return all;
}

void EnvironmentTable::setVariables(const QList<QPair<QString, QString>> &variables)
{
    setRowCount(0);
    for (const auto &[name, value] : variables)
        append(name, value);
    Q_EMIT edited();
}

QString EnvironmentTable::problem() const
{
    // The rules are those of the worker itself; only the table can say that it is the name that is missing.
    for (const auto &[name, value] : variables()) {
        if (name.isEmpty())
            return tr("A value has no variable name.");
        WorkerSpec probe;
        probe.name = QStringLiteral("probe");
        probe.command = Command::direct({QStringLiteral("true")});
        probe.environment = {{name, value}};
        if (const QString problem = probe.problem(); !problem.isEmpty())
            return problem;
    }
    return {};
}

QString EnvironmentTable::warning() const
{
    if (m_unreadLines > 0)
        return m_unreadLines == 1
                   ? tr("A pasted line does not read KEY=VALUE and was left out.")
                   : tr("%n pasted lines do not read KEY=VALUE and were left out.", nullptr, m_unreadLines);
    static const QRegularExpression usual(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
    QSet<QString> seen;
    for (const auto &[name, value] : variables()) {
        if (seen.contains(name))
            return tr("“%1” is there twice; the last value counts.").arg(name);
        if (!usual.match(name).hasMatch())
            return tr("“%1” is an unusual name: shells cannot use such a variable.").arg(name);
        seen.insert(name);
    }
    return {};
}

void EnvironmentTable::addVariable()
{
    append({}, {});
    setCurrentCell(rowCount() - 1, nameColumn);
    editItem(currentItem());
}

void EnvironmentTable::removeSelected()
{
    QList<int> rows;
    const QModelIndexList selected = selectionModel()->selectedRows();
    for (const QModelIndex &index : selected)
        rows.append(index.row());
    if (rows.isEmpty() && currentRow() >= 0)
        rows.append(currentRow());
    std::sort(rows.begin(), rows.end(), std::greater<>());
    for (const int row : std::as_const(rows))
        removeRow(row);
    m_unreadLines = 0;
    Q_EMIT edited();
}

void EnvironmentTable::paste()
{
    static const QRegularExpression lineEnd(QStringLiteral("\\r\\n?|\\n"));
    m_unreadLines = 0;
    const QStringList lines = QGuiApplication::clipboard()->text().split(lineEnd);
    for (const QString &line : lines) {
        if (line.trimmed().isEmpty() || line.trimmed().startsWith(u'#'))
            continue;
        if (const std::optional<Line> parsed = parsedLine(line))
            set(parsed->name, parsed->value);
        else
            ++m_unreadLines;
    }
    Q_EMIT edited();
}

void EnvironmentTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Paste)) {
        paste();
    } else if (event->key() == Qt::Key_Delete && event->modifiers() == Qt::NoModifier) {
        removeSelected();
    } else {
        QTableWidget::keyPressEvent(event);
    }
}

void EnvironmentTable::set(const QString &name, const QString &value)
{
    for (int row = 0; row < rowCount(); ++row) {
        if (item(row, nameColumn)->text() == name) {
            item(row, valueColumn)->setText(value);
            return;
        }
    }
    append(name, value);
}

void EnvironmentTable::append(const QString &name, const QString &value)
{
    const QSignalBlocker blocker(this);
    const int row = rowCount();
    insertRow(row);
    setItem(row, nameColumn, new QTableWidgetItem(name));
    setItem(row, valueColumn, new QTableWidgetItem(value));
}

} // namespace procession
