// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputtoolbar.h"

#include "core/settings.h"
#include "gui/icons.h"
#include "gui/outputtext.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QStyle>
#include <QToolButton>

namespace procession {

OutputToolBar::OutputToolBar(OutputText *lines, Settings *settings, QWidget *parent)
    : QToolBar(parent)
    , m_stream(new QComboBox(this))
    , m_remark(new QLabel(this))
{
    setObjectName(u"outputToolBar"_qs);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize);
    setIconSize({size, size});
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);

    m_find = add(new QAction(actionIcon(u"find"_qs), tr("Find"), this), "outputFindButton");
    m_find->setToolTip(tr("Find text in the lines shown here"));

    m_stream->setObjectName(u"outputStreamCombo"_qs);
    m_stream->setAccessibleName(tr("Stream"));
    m_stream->addItems({tr("Both streams"), tr("Standard output"), tr("Standard error")});
    connect(m_stream, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_chosen = index;
        Q_EMIT streamChosen();
    });
    addWidget(m_stream);
    setOneStream({});

    QAction *wrap =
        addCheckable(actionIcon(u"wrap"_qs), tr("Wrap"), tr("Wrap long lines"), "outputWrapButton");
    wrap->setChecked(settings->outputWrap());
    connect(wrap, &QAction::toggled, settings, &Settings::setOutputWrap);
    connect(settings, &Settings::changed, wrap,
            [settings, wrap] { wrap->setChecked(settings->outputWrap()); });

    QAction *times = addCheckable({}, tr("Times"), tr("Show when each line came"), "outputTimesButton");
    connect(times, &QAction::toggled, lines, &OutputText::setTimesShown);

    m_follow = addCheckable(actionIcon(u"follow"_qs), tr("Follow"), tr("Stay at the end as output comes"),
                            "outputFollowButton");
    m_follow->setChecked(true);
    connect(m_follow, &QAction::triggered, lines, &OutputText::setFollowing);
    connect(lines, &OutputText::followingChanged, m_follow, &QAction::setChecked);

    m_clear = add(new QAction(actionIcon(u"clear"_qs), tr("Clear"), this), "outputClearButton");
    m_clear->setToolTip(tr("Hide what is shown; nothing is deleted from the disk"));
    m_save = add(new QAction(tr("Save…"), this), "outputSaveButton");
    m_save->setToolTip(tr("Save the whole output to a file"));
    m_folder = add(new QAction(actionIcon(u"folder"_qs), tr("Open Folder"), this), "outputFolderButton");
    m_folder->setToolTip(tr("Open the folder the output is kept in"));
    m_remark->setObjectName(u"outputSaveLabel"_qs);
    addWidget(m_remark);
}

int OutputToolBar::stream() const
{
    return m_stream->currentIndex();
}

void OutputToolBar::setOneStream(const QString &reason)
{
    const QSignalBlocker blocker(m_stream);
    const int chosen = m_chosen;
    m_stream->setEnabled(reason.isEmpty());
    m_stream->setCurrentIndex(reason.isEmpty() ? chosen : 0);
    m_stream->setToolTip(reason.isEmpty() ? tr("Which of the two streams is shown") : reason);
}

void OutputToolBar::setRemark(const QString &text, const QString &toolTip)
{
    m_remark->setText(text);
    m_remark->setToolTip(toolTip);
}

QAction *OutputToolBar::add(QAction *action, const char *name)
{
    addAction(action);
    QWidget *widget = widgetForAction(action);
    widget->setObjectName(QLatin1StringView(name));
    if (auto *button = qobject_cast<QToolButton *>(widget); button && action->icon().isNull())
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    widget->setFocusPolicy(Qt::TabFocus); // tool bars leave their buttons out of the tab order
    return action;
}

QAction *OutputToolBar::addCheckable(const QIcon &icon, const QString &label, const QString &tip,
                                     const char *name)
{
    auto *action = new QAction(icon, label, this);
    action->setCheckable(true);
    action->setToolTip(tip);
    return add(action, name);
}

} // namespace procession
