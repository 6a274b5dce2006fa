// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/activityview.h"

#include "model/activitymodel.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace procession {

/// Passes the lines of one worker, or all.
class ActivityView::Filter final : public QSortFilterProxyModel
{
    Q_DISABLE_COPY_MOVE(Filter)

public:
    explicit Filter(QObject *parent)
        : QSortFilterProxyModel(parent)
    {
    }

    void setOnly(WorkerId id, bool only)
    {
        if (m_only == only && (m_id == id || !only)) {
            m_id = id;
            return;
        }
        m_id = id;
        m_only = only;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        return !m_only || sourceModel()->index(row, 0, parent).data(ActivityModel::IdRole).toULongLong() ==
                              static_cast<quint64>(m_id);
    }

private:
    WorkerId m_id{};
    bool m_only = false;
};

ActivityView::ActivityView(ActivityModel *model, QWidget *parent)
    : QWidget(parent)
    , m_view(new QTreeView(this))
    , m_onlyWorker(new QCheckBox(tr("&This worker only"), this))
    , m_filter(new Filter(this))
{
    m_filter->setSourceModel(model);
    m_view->setObjectName(u"activityView"_qs);
    m_view->setAccessibleName(tr("Activity"));
    m_view->setModel(m_filter);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_view->setTabKeyNavigation(false);
    m_view->header()->setStretchLastSection(true);
    m_view->header()->setSectionResizeMode(ActivityModel::TimeColumn, QHeaderView::Interactive);
    m_view->header()->resizeSection(ActivityModel::TimeColumn,
                                    m_view->fontMetrics().horizontalAdvance(u"00:00:00.000000"_qs));
    m_onlyWorker->setObjectName(u"activityOnlyWorkerCheck"_qs);
    m_onlyWorker->setEnabled(false);
    m_onlyWorker->setToolTip(tr("Select a worker to see only its lines"));

    auto *copyAction = new QAction(tr("Copy"), m_view); // the keys are the window's Copy
    connect(copyAction, &QAction::triggered, this, &ActivityView::copy);
    m_view->addAction(copyAction);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_onlyWorker);
    layout->addWidget(m_view, 1);
    setFocusProxy(m_view);

    const auto activate = [this](const QModelIndex &index) {
        const WorkerId id{index.data(ActivityModel::IdRole).toULongLong()};
        if (id != WorkerId{}) {
            Q_EMIT workerActivated(id);
        }
    };
    connect(m_view, &QTreeView::doubleClicked, this, activate);
    m_view->installEventFilter(this); // `activated` comes with a single click on some desktops

    // Whether it was at the bottom is known only before the rows come: then the bottom is elsewhere.
    const auto isAtBottom = [this] {
        return m_view->verticalScrollBar()->value() == m_view->verticalScrollBar()->maximum();
    };
    connect(m_filter, &QAbstractItemModel::rowsAboutToBeInserted, this,
            [this, isAtBottom] { m_following = m_following || isAtBottom(); });
    connect(m_view->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        if (m_following) {
            m_view->scrollToBottom();
        }
    });
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this, isAtBottom] { m_following = isAtBottom(); });
    connect(m_onlyWorker, &QCheckBox::toggled, this,
            [this](bool only) { m_filter->setOnly(m_worker, only && m_worker != WorkerId{}); });
}

ActivityView::~ActivityView()
{
    delete m_view; // while what its scroll bar tells can still be heard
}

void ActivityView::setWorker(WorkerId id)
{
    if (id == m_worker) {
        return;
    }
    m_worker = id;
    m_onlyWorker->setEnabled(id != WorkerId{});
    m_filter->setOnly(id, m_onlyWorker->isChecked() && id != WorkerId{});
}

void ActivityView::copy()
{
    QModelIndexList rows = m_view->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex &row : rows) {
        lines += row.siblingAtColumn(ActivityModel::TimeColumn).data().toString() + u'\t' +
                 row.siblingAtColumn(ActivityModel::TextColumn).data().toString();
    }
    if (!lines.isEmpty()) {
        QApplication::clipboard()->setText(lines.join(u'\n') + u'\n');
    }
}

bool ActivityView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        const WorkerId id{m_view->currentIndex().data(ActivityModel::IdRole).toULongLong()};
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && id != WorkerId{}) {
            Q_EMIT workerActivated(id);
            return true;
        }
        if (key->matches(QKeySequence::Copy)) {
            copy(); // the view itself would copy the current cell only
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace procession
