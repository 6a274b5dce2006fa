// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/helpdialogs.h"

#include "gui/icons.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace procession {

namespace {

class Help
{
    Q_DECLARE_TR_FUNCTIONS(Help)
};

QString plainText(const QString &text)
{
    QString plain = text;
    return plain.remove(u'&').remove(u'…');
}

/// The actions of `menu` that have a shortcut, under its title.
void addMenu(QTreeWidget *list, const QMenu *menu)
{
    auto *group = new QTreeWidgetItem(list, {plainText(menu->title())});
    for (const QAction *action : menu->actions()) {
        if (!action->shortcut().isEmpty())
            new QTreeWidgetItem(
                group, {plainText(action->text()), action->shortcut().toString(QKeySequence::NativeText)});
    }
    if (group->childCount() == 0)
        delete group;
}

} // namespace

void showShortcuts(QWidget *window)
{
    auto *dialog = new QDialog(window);
    dialog->setObjectName(QStringLiteral("shortcutsDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Help::tr("Keyboard Shortcuts"));

    auto *list = new QTreeWidget(dialog);
    list->setObjectName(QStringLiteral("shortcutsList"));
    list->setAccessibleName(Help::tr("Keyboard shortcuts"));
    list->setHeaderLabels({Help::tr("Action"), Help::tr("Keys")});
    list->setRootIsDecorated(false);
    const auto menus = window->findChild<QMenuBar *>()->actions();
    for (const QAction *menu : menus)
        addMenu(list, menu->menu());
    auto *other = new QTreeWidgetItem(list, {Help::tr("Elsewhere")});
    new QTreeWidgetItem(other, {Help::tr("Filter workers"), QStringLiteral("/")});
    new QTreeWidgetItem(other, {Help::tr("Clear the filter"), Help::tr("Esc")});
    new QTreeWidgetItem(other, {Help::tr("Go to the output of the worker"), Help::tr("Return")});
    new QTreeWidgetItem(other, {Help::tr("Output, Details, Activity"), QStringLiteral("Alt+1 … Alt+3")});
    list->expandAll();
    list->setItemsExpandable(false);
    list->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    buttons->setObjectName(QStringLiteral("buttonBox"));
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(list);
    layout->addWidget(buttons);
    const int character = dialog->fontMetrics().averageCharWidth();
    dialog->resize(character * 64, dialog->fontMetrics().height() * 28);
    dialog->open();
}

void showAbout(QWidget *window)
{
    auto *box = new QMessageBox(window);
    box->setObjectName(QStringLiteral("aboutDialog"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(Help::tr("About Procession"));
    box->setIconPixmap(actionIcon(QStringLiteral("procession")).pixmap(64));
    box->setTextFormat(Qt::RichText);
    box->setText(Help::tr("<h3>Procession %1</h3><p>Starts commands as workers, watches them, and keeps what "
                          "they wrote and how they ended.</p>")
                     .arg(QCoreApplication::applicationVersion()));
    box->setInformativeText(Help::tr("MIT licence. Runs with Qt %1, built with Qt %2.")
                                .arg(QLatin1String(qVersion()), QLatin1String(QT_VERSION_STR)));
    box->setStandardButtons(QMessageBox::Close);
    box->open();
}

} // namespace procession
