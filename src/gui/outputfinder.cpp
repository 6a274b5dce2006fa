// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputfinder.h"

#include "gui/logview.h"
#include "gui/outputpane.h"
#include "gui/searchbar.h"

namespace procession {
namespace {

constexpr std::chrono::milliseconds burst{200};
constexpr int mostMarks = 2000; // more than a scroll bar has pixels

} // namespace

OutputFinder::OutputFinder(SearchBar *bar, QObject *parent)
    : QObject(parent)
    , m_bar(bar)
{
    m_search->moveToThread(&m_thread);
    m_allSearch->moveToThread(&m_allThread);
    connect(m_search, &OutputSearch::progress, this, &OutputFinder::take);
    connect(m_allSearch, &OutputSearch::progress, this, &OutputFinder::takeAll);
    m_goOnTimer.setSingleShot(true);
    m_goOnTimer.setInterval(burst);
    m_goOnTimer.callOnTimeout(this, [this] {
        QMetaObject::invokeMethod(
            m_search, [search = m_search, all = targets()] { search->goOn(all); }, Qt::QueuedConnection);
    });

    connect(bar, &SearchBar::queryChanged, this, [this](const SearchQuery &query) {
        m_query = query;
        m_goes = !query.isEmpty();
        start();
        startAll();
    });
    connect(bar, &SearchBar::filterChanged, this, [this](bool onlyMatches, int context) {
        for (OutputPane *pane : m_panes)
            pane->setFilter(onlyMatches, context);
    });
    connect(bar, &SearchBar::scopeChanged, this, [this](bool all) {
        m_allWanted = all;
        startAll();
    });
    connect(bar, &SearchBar::nextRequested, this, [this] { find(true); });
    connect(bar, &SearchBar::previousRequested, this, [this] { find(false); });
    connect(bar, &SearchBar::workerChosen, this, [this](int index) {
        if (index >= 0 && index < m_all.size())
            Q_EMIT workerChosen(m_all.at(index));
    });
    connect(bar, &SearchBar::closed, this, &OutputFinder::closed);
}

OutputFinder::~OutputFinder()
{
    ++m_generation;
    m_search->setWanted(m_generation);
    m_allSearch->setWanted(m_generation);
    for (const auto &[thread, search] :
         {std::pair(&m_thread, m_search), std::pair(&m_allThread, m_allSearch)}) {
        thread->quit();
        thread->wait(); // a search ends at its next window
        delete search;
    }
}

void OutputFinder::setPanes(const QList<OutputPane *> &panes, int stream)
{
    m_panes = panes;
    m_stream = stream;
    if (!m_panes.contains(m_active))
        m_active = nullptr;
    qsizetype shown = 0;
    for (OutputPane *pane : m_panes) {
        pane->setFilter(m_bar->onlyMatches(), m_bar->context());
        shown += pane->workers().size();
    }
    m_bar->setScopeNames(shown > 1 ? tr("Selected workers (%1)").arg(shown) : tr("This output"),
                         tr("All workers"));
    start(); // one that was hidden may still mark what was searched then
}

void OutputFinder::setActive(OutputPane *active)
{
    if (m_panes.contains(active))
        m_active = active;
}

void OutputFinder::setAllWorkers(std::function<QList<WorkerStatus>()> workers)
{
    m_allWorkers = std::move(workers);
}

void OutputFinder::goOn()
{
    if (!m_query.isEmpty() && !m_goOnTimer.isActive())
        m_goOnTimer.start();
}

void OutputFinder::open(const QString &text)
{
    m_bar->open(text);
}

void OutputFinder::find(bool forward)
{
    if (m_query.isEmpty()) {
        m_bar->open({});
        return;
    }
    m_goes = false;
    if (OutputPane *pane = active())
        pane->view()->goToMatch(forward);
}

void OutputFinder::start()
{
    m_progress = {};
    m_progress.generation = ++m_generation;
    m_search->setWanted(m_generation);
    for (OutputPane *pane : m_panes) {
        pane->setSearch(m_query, {});
        pane->view()->setMarks({});
    }
    m_bar->setProgress(m_progress, 0);
    if (m_query.isEmpty())
        return;
    m_thread.start(QThread::LowPriority);
    QMetaObject::invokeMethod(
        m_search,
        [search = m_search, generation = m_generation, query = m_query, all = targets(), stream = m_stream] {
            search->start(generation, query, all, stream);
        },
        Qt::QueuedConnection);
}

void OutputFinder::startAll()
{
    m_allGeneration = ++m_generation;
    m_allSearch->setWanted(m_generation);
    m_all.clear();
    m_allNames.clear();
    m_bar->setWorkers({});
    if (m_query.isEmpty() || !m_allWanted || !m_allWorkers)
        return;
    QList<SearchTarget> all;
    for (const WorkerStatus &status : m_allWorkers()) {
        if (status.runDirectory.isEmpty())
            continue;
        m_all += status.id;
        m_allNames += status.spec->name;
        all.append({status.runDirectory, 0, isAlive(status.state)});
    }
    m_allThread.start(QThread::LowestPriority);
    QMetaObject::invokeMethod(
        m_allSearch,
        [search = m_allSearch, generation = m_generation, query = m_query, all, stream = m_stream] {
            search->start(generation, query, all, stream);
        },
        Qt::QueuedConnection);
}

void OutputFinder::take(const SearchProgress &progress)
{
    if (progress.generation != m_progress.generation)
        return;
    m_progress = progress;
    qsizetype first = 0;
    for (OutputPane *pane : m_panes) {
        const QList<SearchHits> hits = progress.hits.mid(first, pane->workers().size());
        first += pane->workers().size();
        pane->setSearch(m_query, hits);
        // Of several runs merged by time no single offset is a place.
        pane->view()->setMarks(hits.size() == 1 ? hits.first().marks(mostMarks) : QList<quint64>());
    }
    OutputPane *pane = active();
    if (m_goes && pane && (progress.total > 0 || progress.complete)) {
        m_goes = false;
        // From the end, where the newest is, backwards; else on from what is visible.
        pane->view()->goToMatch(!pane->view()->isFollowing());
    }
    showProgress();
}

void OutputFinder::takeAll(const SearchProgress &progress)
{
    if (progress.generation != m_allGeneration || progress.hits.size() != m_all.size())
        return;
    QList<SearchBar::WorkerMatches> workers;
    for (qsizetype i = 0; i < progress.hits.size(); ++i)
        workers.append({m_allNames.at(i), progress.hits.at(i).total()});
    m_bar->setWorkers(workers);
}

void OutputFinder::showProgress()
{
    OutputPane *pane = active();
    m_bar->setProgress(m_progress, pane ? pane->view()->currentMatch() : 0);
}

OutputPane *OutputFinder::active() const
{
    return m_active ? m_active : m_panes.isEmpty() ? nullptr : m_panes.first();
}

QList<SearchTarget> OutputFinder::targets() const
{
    QList<SearchTarget> all;
    for (const OutputPane *pane : m_panes)
        all += pane->targets();
    return all;
}

} // namespace procession
