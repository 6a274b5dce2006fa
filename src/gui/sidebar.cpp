// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/sidebar.h"

#include "gui/icons.h"

#include <QEvent>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace procession {

namespace {

enum ItemRole { CountRole = Qt::UserRole, NameRole };

constexpr int margin = 8; // right of the count
constexpr int gap = 12;   // between title and count

/// Paints the count at the right end of a filter.
class CountDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CountDelegate)

public:
    explicit CountDelegate(QObject *parent)
        : QStyledItemDelegate(parent)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem styled = option;
        initStyleOption(&styled, index);
        const QString count = index.data(CountRole).toString();
        const QStyle *style = option.widget->style();
        const int room = style->subElementRect(QStyle::SE_ItemViewItemText, &styled, option.widget).width() -
                         styled.fontMetrics.horizontalAdvance(count) - margin - gap;
        styled.text = styled.fontMetrics.elidedText(styled.text, Qt::ElideRight, room);
        style->drawControl(QStyle::CE_ItemViewItem, &styled, painter, option.widget);
        const auto group = !(option.state & QStyle::State_Active) ? QPalette::Inactive : QPalette::Normal;
        const auto role = option.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text;
        painter->save();
        painter->setFont(styled.font);
        painter->setPen(option.palette.color(group, role));
        painter->drawText(option.rect.adjusted(0, 0, -margin, 0), Qt::AlignRight | Qt::AlignVCenter, count);
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const int countWidth = option.fontMetrics.horizontalAdvance(QStringLiteral("000,000")) + margin + gap;
        return QStyledItemDelegate::sizeHint(option, index) + QSize(countWidth, 4);
    }
};

QListWidgetItem *addItem(QListWidget *list, const QString &title, const QVariant &name)
{
    auto *item = new QListWidgetItem(title, list);
    item->setData(NameRole, name);
    return item;
}

void setCount(QListWidgetItem *item, int count)
{
    const QString text = QLocale().toString(count);
    if (item->data(CountRole).toString() == text && !item->data(Qt::AccessibleTextRole).isNull())
        return;
    item->setData(CountRole, text);
    item->setData(Qt::AccessibleTextRole,
                  SideBar::tr("%1: %n worker(s)", "a filter of the side bar", count).arg(item->text()));
}

QListWidget *makeList(const QString &name, QWidget *parent)
{
    auto *list = new QListWidget(parent);
    list->setObjectName(name);
    list->setFrameShape(QFrame::NoFrame);
    list->viewport()->setAutoFillBackground(false); // the pane is one surface, however long the list
    list->setSelectionMode(QAbstractItemView::SingleSelection);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setTabKeyNavigation(false);
    list->setUniformItemSizes(true);
    list->setItemDelegate(new CountDelegate(list));
    return list;
}

QLabel *makeTitle(const QString &text, const QString &name, QWidget *buddy, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setObjectName(name);
    label->setContentsMargins(6, 6, 6, 2);
    label->setBuddy(buddy);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

} // namespace

SideBar::SideBar(QWidget *parent)
    : QWidget(parent)
    , m_states(makeList(QStringLiteral("stateFilterList"), this))
    , m_groups(makeList(QStringLiteral("groupFilterList"), this))
{
    m_states->setAccessibleName(tr("Filter by state"));
    m_groups->setAccessibleName(tr("Filter by group"));
    auto *statesTitle = makeTitle(tr("State"), QStringLiteral("stateFilterLabel"), m_states, this);
    m_groupsTitle = makeTitle(tr("Groups"), QStringLiteral("groupFilterLabel"), m_groups, this);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(statesTitle);
    layout->addWidget(m_states);
    layout->addWidget(m_groupsTitle);
    layout->addWidget(m_groups, 1);
    layout->addStretch();

    for (int group = 0; group < stateGroupCount; ++group)
        addItem(m_states, stateGroupTitle(StateGroup(group)), group);
    addItem(m_groups, tr("All groups"), QString());
    m_states->setCurrentRow(0);
    m_groups->setCurrentRow(0);
    m_states->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    m_states->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setIcons(); // they take their share of the width
    m_states->setMinimumWidth(m_states->sizeHintForColumn(0));

    connect(m_states, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        if (item)
            Q_EMIT stateGroupChosen(StateGroup(item->data(NameRole).toInt()));
    });
    connect(m_groups, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        if (item)
            Q_EMIT workerGroupChosen(item->data(NameRole).toString());
    });
}

void SideBar::setCounts(const StateCounts &counts)
{
    for (int group = 0; group < stateGroupCount; ++group)
        setCount(m_states->item(group), counts.count(StateGroup(group)));
    // The rare states stand there when there is something to say.
    const int other = int(StateGroup::Other);
    m_states->item(other)->setHidden(counts.count(StateGroup::Other) == 0 && m_states->currentRow() != other);
    setGroups(counts.groups(), counts.count(StateGroup::All));
}

void SideBar::choose(StateGroup group)
{
    m_states->setCurrentRow(int(group));
}

void SideBar::chooseWorkerGroup(const QString &group)
{
    for (int row = 0; row < m_groups->count(); ++row) {
        if (m_groups->item(row)->data(NameRole).toString() == group)
            m_groups->setCurrentRow(row);
    }
}

void SideBar::setColoured(bool coloured)
{
    m_coloured = coloured;
    setIcons();
}

void SideBar::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        setIcons();
}

void SideBar::setIcons()
{
    const auto set = [this](StateGroup group, State state, Outcome outcome) {
        m_states->item(int(group))->setIcon(stateIcon(state, outcome, palette(), m_coloured));
    };
    set(StateGroup::Active, State::Running, Outcome::None);
    set(StateGroup::Failed, State::Ended, Outcome::Failed);
    set(StateGroup::Succeeded, State::Ended, Outcome::Succeeded);
    set(StateGroup::Stopped, State::Ended, Outcome::Stopped);
    set(StateGroup::NotStarted, State::NotStarted, Outcome::None);
    set(StateGroup::Other, State::Ended, Outcome::Lost);
    m_states->item(int(StateGroup::All))->setIcon(actionIcon(QStringLiteral("filter")));
}

void SideBar::setGroups(const QMap<QString, int> &groups, int all)
{
    // Rows are kept while their group exists, so that focus and choice stay; a chosen group stays even when
    // empty.
    const QString chosen = m_groups->currentItem()->data(NameRole).toString();
    const QSignalBlocker blocker(m_groups);
    for (int row = m_groups->count() - 1; row > 0; --row) {
        const QString name = m_groups->item(row)->data(NameRole).toString();
        if (!groups.contains(name) && name != chosen)
            delete m_groups->takeItem(row);
    }
    int row = 1;
    for (auto group = groups.begin(); group != groups.end(); ++group) {
        if (group.key().isEmpty())
            continue;
        while (row < m_groups->count() && m_groups->item(row)->data(NameRole).toString() < group.key())
            setCount(m_groups->item(row++), 0);
        if (row == m_groups->count() || m_groups->item(row)->data(NameRole).toString() != group.key()) {
            auto *item = new QListWidgetItem(group.key());
            item->setData(NameRole, group.key());
            m_groups->insertItem(row, item);
        }
        setCount(m_groups->item(row++), group.value());
    }
    while (row < m_groups->count())
        setCount(m_groups->item(row++), 0);
    setCount(m_groups->item(0), all);
    m_groups->setVisible(m_groups->count() > 1);
    m_groupsTitle->setVisible(m_groups->count() > 1);
}

} // namespace procession

#include "sidebar.moc"
