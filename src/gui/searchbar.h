// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/outputsearch.h"

#include <QList>
#include <QString>
#include <QTimer>
#include <QWidget>

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
    bool onlyMatches() const;
    int context() const;
    bool allWorkers() const;
    /// What the two scopes are called: the output that is shown, and that of all workers.
    void setScopeNames(const QString &shown, const QString &all);

    /// How far the search has come. currentMatch: the one the view is at, from 1; 0: none, or not known.
    void setProgress(const SearchProgress &progress, qint64 currentMatch);
    /// The workers searched; those with matches are listed where all workers are the scope.
    void setWorkers(const QList<WorkerMatches> &workers);

Q_SIGNALS:
    /// Other things are looked for now; nothing if it is empty.
    void queryChanged(const procession::SearchQuery &query);
    /// Only rows with matches are wanted, with so many rows before and after each; or all.
    void filterChanged(bool onlyMatches, int context);
    void scopeChanged(bool all);
    void nextRequested();
    void previousRequested();
    /// The person has closed the bar; queryChanged and filterChanged have told already that nothing is
    /// wanted.
    void closed();
    /// Index into what setWorkers() was given.
    void workerChosen(int index);

protected:
    void changeEvent(QEvent *event) override;

private:
    QToolButton *addToggle(const QString &text, const char *name, const QString &accessibleName,
                           const QString &toolTip);
    QToolButton *addButton(const QString &icon, const char *name, const QString &text);
    void layOut(const QList<QWidget *> &asked, const QList<QWidget *> &shown);
    /// Tells of the query if it is not the one told of last.
    void tellQuery();
    void tellFilter();
    void close();
    void showState();
    void showWorkers();

    QLineEdit *m_edit;
    QToolButton *m_case;
    QToolButton *m_word;
    QToolButton *m_expression;
    QComboBox *m_scope;
    QToolButton *m_previous;
    QToolButton *m_next;
    QLabel *m_label;
    QToolButton *m_filter;
    QSpinBox *m_context;
    QToolButton *m_close;
    QListWidget *m_list;
    QTimer m_typed;
    SearchQuery m_told;
    SearchProgress m_progress;
    qint64 m_current = 0;
    QList<WorkerMatches> m_workers;
};

} // namespace procession
