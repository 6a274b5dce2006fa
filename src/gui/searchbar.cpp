// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/searchbar.h"

namespace procession {

SearchBar::SearchBar(QWidget *parent)
    : QWidget(parent)
{
}
void SearchBar::open(const QString &) {}
SearchQuery SearchBar::query() const
{
    return m_told;
}
bool SearchBar::onlyMatches() const
{
    return false;
}
int SearchBar::context() const
{
    return 0;
}
bool SearchBar::allWorkers() const
{
    return false;
}
void SearchBar::setScopeNames(const QString &, const QString &) {}
void SearchBar::setProgress(const SearchProgress &, qint64) {}
void SearchBar::setWorkers(const QList<WorkerMatches> &) {}
void SearchBar::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
}

} // namespace procession
