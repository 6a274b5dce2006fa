// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputtoolbar.h"

#include "core/settings.h"
#include "gui/icons.h"

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QStyle>
#include <QToolButton>

namespace procession {

OutputToolBar::OutputToolBar(Settings *settings, QWidget *parent)
    : QToolBar(parent)
    , m_settings(settings)
    , m_stream(new QComboBox(this))
    , m_remark(new QLabel(this))
{
    setObjectName(u"outputToolBar"_qs);
    const int size = style()->pixelMetric(QStyle::PM_SmallIconSize);
    setIconSize({size, size});
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);

    m_find = add(new QAction(actionIcon(u"find"_qs), tr("Find"), this), "outputFindButton");
    m_find->setToolTip(tr("Find text in the output (Ctrl+F)"));

    m_stream->setObjectName(u"outputStreamCombo"_qs);
    m_stream->setAccessibleName(tr("Stream"));
    m_stream->addItems({tr("Both streams"), tr("Standard output"), tr("Standard error")});
    connect(m_stream, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_chosen = index;
        Q_EMIT streamChosen();
    });
    addWidget(m_stream);
    setOneStream({});

    m_wrap = add(checkable(actionIcon(u"wrap"_qs), tr("Wrap"), tr("Wrap long lines")), "outputWrapButton");
    m_wrap->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Z));
    connect(m_wrap, &QAction::toggled, settings, &Settings::setOutputWrap);
    m_times = add(checkable({}, tr("Times"), tr("Show when each line came")), "outputTimesButton");
    connect(m_times, &QAction::toggled, settings, &Settings::setOutputTimes);
    m_sideBySide =
        add(checkable({}, tr("Side by Side"),
                      tr("Show the selected workers beside each other instead of merged by time. A "
                         "click on a line takes the others to that moment.")),
            "outputSideBySideButton");
    m_follow = add(checkable(actionIcon(u"follow"_qs), tr("Follow"), tr("Stay at the end as output comes")),
                   "outputFollowButton");
    m_follow->setChecked(true);
    m_clear = add(new QAction(actionIcon(u"clear"_qs), tr("Clear"), this), "outputClearButton");
    m_clear->setToolTip(tr("Hide what is shown; nothing is deleted from the disk"));
    m_save = add(new QAction(tr("Save…"), this), "outputSaveButton");
    m_save->setToolTip(tr("Save the whole output to a file"));
    addMore();
    m_remark->setObjectName(u"outputSaveLabel"_qs);
    m_remark->setTextFormat(Qt::PlainText);
    addWidget(m_remark);

    const auto show = [this] {
        m_wrap->setChecked(m_settings->outputWrap());
        m_times->setChecked(m_settings->outputTimes());
        m_numbers->setChecked(m_settings->outputNumbers());
    };
    connect(settings, &Settings::changed, this, show);
    show();
}

/// What is wanted seldom: the bar must have room beside the rest of a small window.
void OutputToolBar::addMore()
{
    m_numbers = checkable({}, tr("Line &Numbers"), tr("Show the number of each line"));
    m_numbers->setObjectName(u"actionOutputNumbers"_qs);
    connect(m_numbers, &QAction::toggled, m_settings, &Settings::setOutputNumbers);
    m_raw = checkable({}, tr("&Raw Bytes"),
                      tr("Show every byte: escape sequences, carriage returns, and "
                         "bytes that are not UTF-8"));
    m_raw->setObjectName(u"actionOutputRaw"_qs);
    m_copyAll = new QAction(tr("&Copy All"), this);
    m_copyAll->setObjectName(u"actionOutputCopyAll"_qs);
    m_editor = new QAction(tr("Open in &Editor"), this);
    m_editor->setObjectName(u"actionOutputEditor"_qs);
    m_editor->setToolTip(tr("Open a copy of the whole output in the editor of the Preferences"));
    m_folder = new QAction(actionIcon(u"folder"_qs), tr("Open &Folder"), this);
    m_folder->setObjectName(u"actionOutputFolder"_qs);
    m_folder->setToolTip(tr("Open the folder the output is kept in"));
    m_zooms = {zoom(tr("Zoom &In"), QKeySequence::ZoomIn, 1),
               zoom(tr("Zoom &Out"), QKeySequence::ZoomOut, -1),
               zoom(tr("Normal &Size"), QKeySequence(Qt::CTRL | Qt::Key_0), 0)};

    auto *menu = new QMenu(this);
    menu->setObjectName(u"outputMoreMenu"_qs);
    menu->setToolTipsVisible(true);
    menu->addActions({m_numbers, m_raw});
    menu->addSeparator();
    menu->addActions(m_zooms);
    menu->addSeparator();
    menu->addActions({m_copyAll, m_editor, m_folder});
    auto *button = new QToolButton(this);
    button->setObjectName(u"outputMoreButton"_qs);
    button->setText(tr("More"));
    button->setToolTip(tr("Line numbers, raw bytes, zoom, copy, open"));
    button->setPopupMode(QToolButton::InstantPopup);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setMenu(menu);
    addWidget(button);
}

QList<QAction *> OutputToolBar::viewActions() const
{
    return QList<QAction *>{m_follow, m_wrap, m_times, m_numbers, m_raw} + m_zooms;
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

QAction *OutputToolBar::checkable(const QIcon &icon, const QString &label, const QString &tip)
{
    auto *action = new QAction(icon, label, this);
    action->setCheckable(true);
    action->setToolTip(tip);
    return action;
}

/// step: by how much; 0: back to the normal size.
QAction *OutputToolBar::zoom(const QString &label, const QKeySequence &keys, int step)
{
    auto *action = new QAction(label, this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, m_settings, [settings = m_settings, step] {
        settings->setOutputZoom(step == 0 ? 0 : settings->outputZoom() + step);
    });
    return action;
}

} // namespace procession
