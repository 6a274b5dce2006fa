// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/outputsearch.h"

#include <QObject>
#include <QThread>
#include <QTimer>

#include <QStringList>

#include <functional>

namespace procession {

class OutputPane;
class SearchBar;

/// Searches what the panes show, and on demand the output of all workers, in threads of its own, and tells
/// the panes and the bar what was found. GUI thread.
class OutputFinder final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputFinder)

public:
    explicit OutputFinder(SearchBar *bar, QObject *parent = nullptr);
    ~OutputFinder() override;

    /// The panes that are shown; `active`: the one next and previous go through. To be called as well when
    /// the runs or the stream they show are others: all of it is searched again.
    void setPanes(const QList<OutputPane *> &panes, int stream);
    void setActive(OutputPane *active);
    /// Where all workers are had from.
    void setAllWorkers(std::function<QList<WorkerStatus>()> workers);
    /// More output may be there.
    void goOn();

    void open(const QString &text);
    void find(bool forward);
    /// Shows in the bar how far the search is and which match is the current one.
    void showProgress();

Q_SIGNALS:
    /// The person wants to see this worker's output.
    void workerChosen(procession::WorkerId worker);
    void closed();

private:
    void start();
    void startAll();
    void take(const SearchProgress &progress);
    void takeAll(const SearchProgress &progress);
    OutputPane *active() const;
    QList<SearchTarget> targets() const;

    SearchBar *const m_bar;
    QThread m_thread;
    QThread m_allThread;
    OutputSearch *const m_search = new OutputSearch;
    OutputSearch *const m_allSearch = new OutputSearch;
    QTimer m_goOnTimer; ///< output that floods is searched in bursts

    QList<OutputPane *> m_panes;
    OutputPane *m_active = nullptr;
    int m_stream = 0;
    std::function<QList<WorkerStatus>()> m_allWorkers;
    SearchQuery m_query;
    SearchProgress m_progress;
    QList<WorkerId> m_all; ///< whose output is searched
    QStringList m_allNames;
    quint64 m_generation = 0;
    quint64 m_allGeneration = 0;
    bool m_allWanted = false;
    bool m_goes = false; ///< to the first match, once there is one
};

} // namespace procession
