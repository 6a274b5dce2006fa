// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputsearch.h"

#include <QList>
#include <QString>
#include <QTimer>
#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QSpinBox;
class QToolButton;

namespace procession {

/// Asks what is looked for in the output, and tells how much of it was found and in which workers. It
/// searches nothing itself. Hidden until it is opened. GUI thread.
class SearchBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SearchBar)

public:
    /// How often it was found in the output of one worker.
    struct WorkerMatches
    {
        QString name;
        qint64 matches = 0;

        friend bool operator==(const WorkerMatches &, const WorkerMatches &) = default;
    };

    /// More workers are not listed; how many there are beyond is said.
    static constexpr int maximumListed = 1000;

    explicit SearchBar(QWidget *parent = nullptr);

    /// Shows the bar with this to look for; empty: with what was looked for last.
    void open(const QString &text);
    /// What is looked for: empty while the bar is closed.
    SearchQuery query() const;
    /// False as long as nothing is looked for.
    bool onlyMatches() const;
    int context() const;
    bool allWorkers() const;
    /// What the two scopes are called: the output that is shown, and that of all workers.
    void setScopeNames(const QString &shown, const QString &all);

    /// How far the search for the query told last has come. currentMatch: the one the view is at, from 1; 0:
    /// none, or not known.
    void setProgress(const SearchProgress &progress, qint64 currentMatch);
    /// The workers searched; those with matches are listed where all workers are the scope.
    void setWorkers(const QList<WorkerMatches> &workers);

Q_SIGNALS:
    /// Other things are looked for now; nothing if it is empty.
    void queryChanged(const procession::SearchQuery &query);
    /// Only rows with matches are wanted, with so many rows before and after each; or all.
    void filterChanged(bool onlyMatches, int context);
    void scopeChanged(bool all);
    /// What is looked for has been told before.
    void nextRequested();
    void previousRequested();
    /// The person has closed the bar: queryChanged() and filterChanged() have told that nothing is wanted.
    void closed();
    /// Index into what setWorkers() was given.
    void workerChosen(int index);

private:
    QToolButton *addToggle(const QString &text, const QString &name, const QString &accessibleName,
                           const QString &toolTip);
    QToolButton *addButton(const QString &text, const QString &name, const QString &toolTip);
    void layOut();
    void connectAll();
    /// Tells of the query and the filter if they are not what was told of last.
    void tell();
    void leave();
    void showState();
    void showWorkers();
    QString stateText() const;

    QLineEdit *m_edit;
    QToolButton *m_case;
    QToolButton *m_word;
    QToolButton *m_expression;
    QLabel *m_label;
    QToolButton *m_previous;
    QToolButton *m_next;
    QToolButton *m_close;
    QComboBox *m_scope;
    QToolButton *m_filter;
    QSpinBox *m_context;
    QListWidget *m_list;
    QAction *m_problemMark; ///< in the edit
    QTimer m_typed;
    bool m_open = false;
    SearchQuery m_toldQuery;
    bool m_toldOnlyMatches = false;
    int m_toldContext = 0;
    SearchProgress m_progress;
    qint64 m_current = 0;
    QList<WorkerMatches> m_workers;
};

} // namespace procession
