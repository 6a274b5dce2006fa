// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/searchbar.h"

#include "gui/icons.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QShortcut>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace procession {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds typingPause = 150ms;
constexpr int mostContext = 50;
constexpr int listedRows = 6;
constexpr int workerRole = Qt::UserRole;

QString number(qint64 value)
{
    return QLocale().toString(qlonglong(value));
}

QString matchesText(qint64 matches)
{
    return matches == 1 ? SearchBar::tr("1 match") : SearchBar::tr("%1 matches").arg(number(matches));
}

} // namespace

SearchBar::SearchBar(QWidget *parent)
    : QWidget(parent)
    , m_edit(new QLineEdit(this))
    , m_case(addToggle(tr("Aa"), u"outputFindCaseButton"_qs, tr("Match case"),
                       tr("Tell capital letters from small ones")))
    , m_word(addToggle(tr("W"), u"outputFindWordButton"_qs, tr("Whole words"), tr("Find whole words only")))
    , m_expression(addToggle(tr(".*"), u"outputFindExpressionButton"_qs, tr("Regular expression"),
                             tr("Take the text as a regular expression")))
    , m_label(new QLabel(this))
    , m_previous(addButton(tr("Previous"), u"outputFindPreviousButton"_qs,
                           tr("Go to the match before (Shift+Return)")))
    , m_next(addButton(tr("Next"), u"outputFindNextButton"_qs, tr("Go to the next match (Return)")))
    , m_close(addButton(QString(), u"outputFindCloseButton"_qs, tr("Close (Esc)")))
    , m_scope(new QComboBox(this))
    , m_filter(addToggle(tr("Only Matches"), u"outputFilterButton"_qs, tr("Only matches"),
                         tr("Show only the lines with a match")))
    , m_context(new QSpinBox(this))
    , m_list(new QListWidget(this))
    , m_problemMark(m_edit->addAction(actionIcon(u"error"_qs), QLineEdit::LeadingPosition))
{
    setObjectName(u"outputFindBar"_qs);
    m_edit->setObjectName(u"outputFindEdit"_qs);
    m_edit->setAccessibleName(tr("Find in output"));
    m_edit->setPlaceholderText(tr("Find in output"));
    m_edit->setClearButtonEnabled(true);
    m_problemMark->setVisible(false);
    m_label->setObjectName(u"outputFindLabel"_qs);
    m_label->setAccessibleName(tr("Search result"));
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_close->setIcon(actionIcon(u"close"_qs));
    m_close->setAccessibleName(tr("Close"));
    m_scope->setObjectName(u"outputFindScopeCombo"_qs);
    m_scope->setAccessibleName(tr("Where to find"));
    m_scope->setToolTip(tr("Whose output is searched"));
    m_scope->setSizeAdjustPolicy(QComboBox::AdjustToContents); // its names change
    m_scope->addItems({tr("This output"), tr("All workers")});
    m_context->setObjectName(u"outputContextSpinBox"_qs);
    m_context->setAccessibleName(tr("Lines around each match"));
    m_context->setToolTip(tr("So many lines before and after each match are shown, too"));
    m_context->setRange(0, mostContext);
    m_context->setSuffix(tr(" lines around"));
    m_context->setEnabled(false);
    m_list->setObjectName(u"outputFindList"_qs);
    m_list->setAccessibleName(tr("Workers with matches"));
    m_list->setUniformItemSizes(true);
    m_list->setMaximumHeight(listedRows * (fontMetrics().height() + 4));
    m_list->hide();
    m_typed.setSingleShot(true);
    m_typed.setInterval(typingPause);
    layOut();
    connectAll();
    showState();
    hide();
}

QToolButton *SearchBar::addToggle(const QString &text, const QString &name, const QString &accessibleName,
                                  const QString &toolTip)
{
    QToolButton *button = addButton(text, name, toolTip);
    button->setCheckable(true);
    button->setAccessibleName(accessibleName);
    return button;
}

QToolButton *SearchBar::addButton(const QString &text, const QString &name, const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setToolTip(toolTip);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus); // a click leaves the keyboard where it is
    return button;
}

void SearchBar::layOut()
{
    auto *asked = new QHBoxLayout;
    asked->addWidget(m_edit, 2);
    for (QToolButton *button : {m_case, m_word, m_expression, m_previous, m_next}) {
        asked->addWidget(button);
    }
    asked->addStretch(1);
    asked->addWidget(m_close);
    auto *shown = new QHBoxLayout;
    shown->addWidget(m_scope);
    shown->addWidget(m_filter);
    shown->addWidget(m_context);
    shown->addWidget(m_label, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(4);
    layout->addLayout(asked);
    layout->addLayout(shown);
    layout->addWidget(m_list);

    const QList<QWidget *> order{m_edit,  m_case,   m_word,    m_expression, m_previous, m_next,
                                 m_scope, m_filter, m_context, m_list,       m_close};
    for (qsizetype i = 1; i < order.size(); ++i) {
        setTabOrder(order.at(i - 1), order.at(i));
    }
}

void SearchBar::connectAll()
{
    connect(m_edit, &QLineEdit::textChanged, &m_typed, qOverload<>(&QTimer::start));
    connect(&m_typed, &QTimer::timeout, this, &SearchBar::tell);
    for (QToolButton *button : {m_case, m_word, m_expression, m_filter}) {
        connect(button, &QToolButton::toggled, this, &SearchBar::tell);
    }
    connect(m_filter, &QToolButton::toggled, m_context, &QWidget::setEnabled);
    connect(m_context, &QSpinBox::valueChanged, this, &SearchBar::tell);
    connect(m_scope, &QComboBox::currentIndexChanged, this, [this] {
        showWorkers();
        Q_EMIT scopeChanged(allWorkers());
    });
    const auto next = [this] {
        tell();
        Q_EMIT nextRequested();
    };
    const auto previous = [this] {
        tell();
        Q_EMIT previousRequested();
    };
    connect(m_edit, &QLineEdit::returnPressed, this, next);
    connect(m_next, &QToolButton::clicked, this, next);
    connect(m_previous, &QToolButton::clicked, this, previous);
    connect(m_close, &QToolButton::clicked, this, &SearchBar::leave);
    connect(m_list, &QListWidget::itemActivated, this,
            [this](const QListWidgetItem *item) { Q_EMIT workerChosen(item->data(workerRole).toInt()); });
    connect(m_list, &QListWidget::itemClicked, m_list, &QListWidget::itemActivated);

    const auto shortcut = [this](const QKeySequence &keys, auto slot) {
        auto *made = new QShortcut(keys, this);
        made->setContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QShortcut::activated, this, slot);
    };
    shortcut(Qt::Key_Escape, &SearchBar::leave);
    shortcut(Qt::SHIFT | Qt::Key_Return, previous);
    shortcut(Qt::SHIFT | Qt::Key_Enter, previous);
}

void SearchBar::open(const QString &text)
{
    m_open = true;
    show();
    if (!text.isEmpty()) {
        m_edit->setText(text);
    }
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
    tell();
}

SearchQuery SearchBar::query() const
{
    if (!m_open || m_edit->text().isEmpty()) {
        return {};
    }
    return {.text = m_edit->text(),
            .expression = m_expression->isChecked(),
            .caseSensitive = m_case->isChecked(),
            .wholeWord = m_word->isChecked()};
}

bool SearchBar::onlyMatches() const
{
    return m_filter->isChecked() && !query().isEmpty();
}

int SearchBar::context() const
{
    return m_context->value();
}

bool SearchBar::allWorkers() const
{
    return m_scope->currentIndex() == 1;
}

void SearchBar::setScopeNames(const QString &shown, const QString &all)
{
    m_scope->setItemText(0, shown);
    m_scope->setItemText(1, all);
}

void SearchBar::setProgress(const SearchProgress &progress, qint64 currentMatch)
{
    m_progress = progress;
    m_current = currentMatch;
    showState();
}

void SearchBar::setWorkers(const QList<WorkerMatches> &workers)
{
    if (workers != m_workers) {
        m_workers = workers;
        showWorkers();
    }
}

void SearchBar::tell()
{
    m_typed.stop();
    const SearchQuery wanted = query();
    if (wanted != m_toldQuery) {
        m_toldQuery = wanted;
        m_progress = {};
        m_current = 0;
        showState();
        setWorkers({});
        Q_EMIT queryChanged(wanted);
    }
    const bool only = onlyMatches();
    const int around = only ? context() : 0;
    if (only != m_toldOnlyMatches || around != m_toldContext) {
        m_toldOnlyMatches = only;
        m_toldContext = around;
        Q_EMIT filterChanged(only, around);
    }
}

void SearchBar::leave()
{
    m_open = false;
    hide();
    tell();
    Q_EMIT closed();
}

void SearchBar::showState()
{
    m_label->setText(stateText());
    const bool isWrong = !m_progress.problem.isEmpty();
    m_problemMark->setVisible(isWrong);
    m_problemMark->setToolTip(m_progress.problem);
    m_edit->setAccessibleDescription(m_progress.problem);
    const bool canGo = !m_toldQuery.isEmpty() && !isWrong && !(m_progress.complete && m_progress.total == 0);
    m_next->setEnabled(canGo);
    m_previous->setEnabled(canGo);
}

QString SearchBar::stateText() const
{
    if (m_toldQuery.isEmpty()) {
        return {};
    }
    if (!m_progress.problem.isEmpty()) {
        return m_progress.problem;
    }
    const qint64 total = m_progress.total;
    QString text = !m_progress.complete
                       ? total == 0 ? tr("Searching…") : tr("Searching… %1 so far").arg(number(total))
                   : total == 0    ? tr("Not found")
                   : m_current > 0 ? tr("%1 of %2").arg(number(m_current), number(total))
                                   : matchesText(total);
    if (m_progress.tooComplex == 1) {
        text += tr("; 1 line was left out: the expression takes too long there");
    } else if (m_progress.tooComplex > 1) {
        text += tr("; %1 lines were left out: the expression takes too long there")
                    .arg(number(m_progress.tooComplex));
    }
    return text;
}

void SearchBar::showWorkers()
{
    QList<int> order;
    for (int i = 0; i < int(m_workers.size()); ++i) {
        if (m_workers.at(i).matches > 0) {
            order.append(i);
        }
    }
    std::stable_sort(order.begin(), order.end(),
                     [this](int a, int b) { return m_workers.at(a).matches > m_workers.at(b).matches; });
    const QListWidgetItem *const current = m_list->currentItem();
    const int currentWorker = current ? current->data(workerRole).toInt() : -1;
    m_list->clear();
    for (const int i : order.first(std::min<qsizetype>(order.size(), maximumListed))) {
        const WorkerMatches &worker = m_workers.at(i);
        auto *item = new QListWidgetItem(
            tr("%1 — %2", "worker, so many matches").arg(worker.name, matchesText(worker.matches)), m_list);
        item->setData(workerRole, i);
        if (i == currentWorker) {
            m_list->setCurrentItem(item);
        }
    }
    if (order.size() > maximumListed) {
        auto *item = new QListWidgetItem(
            tr("%1 more workers have matches").arg(number(order.size() - maximumListed)), m_list);
        item->setFlags(Qt::NoItemFlags);
    }
    m_list->setVisible(allWorkers() && !order.isEmpty());
}

} // namespace procession
