// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputview.h"

#include "core/settings.h"
#include "gui/editor.h"
#include "gui/inputbar.h"
#include "gui/logview.h"
#include "gui/outputfinder.h"
#include "gui/outputpane.h"
#include "gui/outputsaver.h"
#include "gui/outputtoolbar.h"
#include "gui/searchbar.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QGridLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <optional>

namespace procession {
namespace {

constexpr std::chrono::milliseconds settleDelay{150};
// Programs draw nonsense in a terminal that is smaller, and nobody has one that is larger.
constexpr QSize smallestTerminal{20, 4};
constexpr QSize largestTerminal{1000, 500};

} // namespace

class OutputView::Private final
{
    Q_DISABLE_COPY_MOVE(Private)

public:
    Private(OutputView *view, Settings *settings);

    OutputPane *addPane();
    void connectPane(OutputPane *pane);
    void connectToolBar();
    void arrange();
    void setActive(OutputPane *pane);
    OutputPane *active() const { return activePane; }
    const WorkerStatus *single() const { return workers.size() == 1 ? &workers.first() : nullptr; }
    bool isSideBySide() const;
    void showParts();
    void showInput();
    void showStreams();
    void tellSize();
    void goToMoment(OutputPane *from, const RowPlace &place);
    void openAlone(OutputPane *from, const RowPlace &place);
    void openLink(OutputPane *from, const RowPlace &place, const QString &target);
    void take(const OutputExtract &extract);

    OutputView *const q;
    Settings *const settings;
    QList<WorkerStatus> workers;
    qsizetype selected = 0;    ///< may be more than are shown
    QList<OutputPane *> panes; ///< the first is always there
    int shown = 1;             ///< how many of them are
    OutputPane *activePane = nullptr;
    std::optional<std::pair<WorkerId, qint64>> moment; ///< where a worker is to be opened

    QTimer sizeTimer; ///< a window that is dragged larger tells its last size only
    QSize terminalSize;

    OutputToolBar *toolBar;
    QWidget *ground;
    QGridLayout *grid;
    InputBar *inputBar;
    SearchBar *searchBar;
    OutputFinder *finder;
    OutputSaver *saver;
    Editor *editor;
};

OutputView::Private::Private(OutputView *view, Settings *theSettings)
    : q(view)
    , settings(theSettings)
    , toolBar(new OutputToolBar(settings, q))
    , ground(new QWidget(q))
    , grid(new QGridLayout(ground))
    , inputBar(new InputBar(q))
    , searchBar(new SearchBar(q))
    , finder(new OutputFinder(searchBar, q))
    , saver(new OutputSaver(q))
    , editor(new Editor(settings, q))
{
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(2);
    auto *layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(toolBar);
    layout->addWidget(ground, 1);
    layout->addWidget(inputBar);
    layout->addWidget(searchBar);

    sizeTimer.setSingleShot(true);
    sizeTimer.setInterval(settleDelay);
    sizeTimer.callOnTimeout(q, [this] { tellSize(); });
    connect(inputBar, &InputBar::inputRequested, q,
            [this](const QByteArray &bytes) { Q_EMIT q->inputRequested(workers.first().id, bytes); });
    connect(inputBar, &InputBar::endRequested, q,
            [this] { Q_EMIT q->inputEndRequested(workers.first().id); });
    connect(finder, &OutputFinder::workerChosen, q, &OutputView::workerRequested);
    connect(finder, &OutputFinder::closed, q, [this] { active()->view()->setFocus(); });
    connect(saver, &OutputSaver::said, toolBar, &OutputToolBar::setRemark);
    connect(saver, &OutputSaver::busyChanged, q, [this] { showParts(); });
    connect(editor, &Editor::failed, q, [this](const QString &text) { toolBar->setRemark(text, text); });
    setActive(addPane());
    connectToolBar();
    arrange();
}

OutputPane *OutputView::Private::addPane()
{
    auto *pane = new OutputPane(settings, ground);
    pane->setStream(toolBar->stream());
    pane->setMode(toolBar->rawAction()->isChecked() ? LineMode::Raw : LineMode::Drawn);
    panes += pane;
    connectPane(pane);
    if (panes.size() > 1)
        pane->view()->setObjectName(u"outputView%1"_qs.arg(panes.size()));
    return pane;
}

void OutputView::Private::connectPane(OutputPane *pane)
{
    LogView *lines = pane->view();
    connect(pane, &OutputPane::startRequested, q, &OutputView::startRequested);
    connect(pane, &OutputPane::changed, q, [this] {
        finder->goOn();
        showParts();
    });
    connect(pane, &OutputPane::extracted, q, [this](const OutputExtract &extract) { take(extract); });
    connect(lines, &LogView::copyWanted, pane, &OutputPane::extract);
    connect(lines, &LogView::gridChanged, &sizeTimer, qOverload<>(&QTimer::start));
    connect(lines, &LogView::copyAvailable, q, [this, pane](bool available) {
        setActive(pane);
        Q_EMIT q->copyAvailable(available);
    });
    connect(lines, &LogView::followingChanged, q, [this, pane](bool following) {
        if (pane == active())
            toolBar->followAction()->setChecked(following);
    });
    connect(lines, &LogView::lineClicked, q, [this, pane](const RowPlace &place) {
        setActive(pane);
        goToMoment(pane, place);
    });
    connect(lines, &LogView::sourceActivated, q,
            [this, pane](const RowPlace &place) { openAlone(pane, place); });
    connect(lines, &LogView::linkActivated, q,
            [this, pane](const RowPlace &place, const QString &target) { openLink(pane, place, target); });
    connect(lines, &LogView::currentMatchChanged, q, [this, pane] {
        if (pane == active())
            finder->showProgress();
    });
}

void OutputView::Private::connectToolBar()
{
    connect(toolBar->findAction(), &QAction::triggered, q, &OutputView::openFind);
    connect(toolBar, &OutputToolBar::streamChosen, q, [this] { showStreams(); });
    connect(toolBar->rawAction(), &QAction::toggled, q, [this](bool raw) {
        for (OutputPane *pane : panes)
            pane->setMode(raw ? LineMode::Raw : LineMode::Drawn);
    });
    connect(toolBar->followAction(), &QAction::triggered, q, [this](bool follow) {
        for (OutputPane *pane : panes)
            pane->view()->setFollowing(follow);
    });
    connect(toolBar->sideBySideAction(), &QAction::toggled, q, [this] { arrange(); });
    connect(toolBar->clearAction(), &QAction::triggered, q, [this] {
        for (OutputPane *pane : panes.first(shown))
            pane->clear();
        finder->setPanes(panes.first(shown), toolBar->stream());
    });
    connect(toolBar->saveAction(), &QAction::triggered, q, [this] { saver->save(workers); });
    connect(toolBar->copyAllAction(), &QAction::triggered, q, [this] { active()->extractAll(); });
    connect(toolBar->editorAction(), &QAction::triggered, q, [this] {
        if (const WorkerStatus *status = single())
            editor->openOutput(status->runDirectory, status->spec->name);
    });
    connect(toolBar->folderAction(), &QAction::triggered, q, [this] {
        if (const WorkerStatus *status = single())
            QDesktopServices::openUrl(QUrl::fromLocalFile(status->runDirectory));
    });
}

bool OutputView::Private::isSideBySide() const
{
    return toolBar->sideBySideAction()->isChecked() && workers.size() > 1 && workers.size() <= mostSideBySide;
}

/// Gives the workers to the panes: one for all of them, or one for each.
void OutputView::Private::arrange()
{
    const qsizetype wanted = isSideBySide() ? workers.size() : 1;
    while (panes.size() < wanted)
        addPane();
    const int columns = wanted < 2 ? 1 : wanted <= 4 ? 2 : 3;
    for (qsizetype i = 0; i < panes.size(); ++i)
        grid->removeWidget(panes.at(i));
    for (qsizetype i = 0; i < panes.size(); ++i) {
        OutputPane *pane = panes.at(i);
        if (i < wanted)
            grid->addWidget(pane, static_cast<int>(i) / columns, static_cast<int>(i) % columns);
        pane->setVisible(i < wanted);
        pane->show(i >= wanted  ? QList<WorkerStatus>()
                   : wanted > 1 ? QList<WorkerStatus>{workers.at(i)}
                                : workers);
    }
    shown = static_cast<int>(wanted);
    if (panes.indexOf(active()) >= wanted)
        setActive(panes.first());
    finder->setPanes(panes.first(shown), toolBar->stream());
    showParts();
}

void OutputView::Private::setActive(OutputPane *pane)
{
    activePane = pane;
    finder->setActive(pane);
    q->setFocusProxy(pane);
    toolBar->followAction()->setChecked(pane->view()->isFollowing());
}

void OutputView::Private::showParts()
{
    const auto any = [this](auto test) {
        return std::any_of(panes.cbegin(), panes.cbegin() + shown,
                           [test](const OutputPane *pane) { return (pane->*test)(); });
    };
    const bool hasRun = any(&OutputPane::hasRun);
    const bool anything = any(&OutputPane::hasOutput);
    toolBar->saveAction()->setEnabled(anything && !saver->isBusy());
    toolBar->copyAllAction()->setEnabled(anything);
    toolBar->clearAction()->setEnabled(anything);
    toolBar->findAction()->setEnabled(anything);
    toolBar->editorAction()->setEnabled(anything && single());
    toolBar->folderAction()->setEnabled(hasRun && single());
    toolBar->sideBySideAction()->setVisible(workers.size() > 1);
    toolBar->sideBySideAction()->setEnabled(workers.size() <= mostSideBySide);
    showInput();
}

/// The row to type in is there exactly while somebody reads what is typed.
void OutputView::Private::showInput()
{
    const WorkerStatus *status = single();
    toolBar->setOneStream(!status                 ? QString()
                          : status->terminal      ? tr("A terminal has one stream: both come through it.")
                          : status->streamsMerged ? tr("The two streams of this run are merged.")
                                                  : QString());
    const bool open = status && status->inputOpen;
    if (open)
        inputBar->setWorker(status->id, status->terminal);
    if (!open && inputBar->isAncestorOf(QApplication::focusWidget()))
        active()->setFocus();
    inputBar->setVisible(open);
}

void OutputView::Private::showStreams()
{
    for (OutputPane *pane : panes)
        pane->setStream(toolBar->stream());
    finder->setPanes(panes.first(shown), toolBar->stream());
}

void OutputView::Private::tellSize()
{
    if (!q->isVisible())
        return;
    const QSize size = active()->gridSize().expandedTo(smallestTerminal).boundedTo(largestTerminal);
    if (size == terminalSize)
        return;
    terminalSize = size;
    Q_EMIT q->terminalSizeChanged(size.width(), size.height());
}

/// Takes the other panes to the moment this row came.
void OutputView::Private::goToMoment(OutputPane *from, const RowPlace &place)
{
    if (place.endTimeNs == 0)
        return; // nobody knows when
    PageWish wish;
    wish.place = PageWish::Place::Time;
    wish.timeNs = place.endTimeNs;
    for (OutputPane *pane : panes.first(shown))
        if (pane != from)
            pane->view()->goTo(wish);
}

void OutputView::Private::openAlone(OutputPane *from, const RowPlace &place)
{
    if (workers.size() < 2 || place.source >= from->workers().size())
        return;
    const WorkerId id = from->workers().at(place.source).id;
    if (place.endTimeNs != 0)
        moment = {id, place.endTimeNs};
    Q_EMIT q->workerRequested(id);
}

void OutputView::Private::openLink(OutputPane *from, const RowPlace &place, const QString &target)
{
    if (place.source < from->workers().size())
        editor->open(target, from->workers().at(place.source).spec->workingDirectory);
}

void OutputView::Private::take(const OutputExtract &extract)
{
    if (extract.tooLong) {
        const QString text = tr("This is too much for the clipboard. Save it to a file instead.");
        toolBar->setRemark(text, text);
        return;
    }
    if (extract.bytes.isEmpty())
        return; // what was to be copied is no longer shown: what the clipboard holds stays
    auto *data = new QMimeData;
    if (extract.raw)
        data->setData(u"application/octet-stream"_qs, extract.bytes);
    data->setText(QString::fromUtf8(extract.bytes));
    QApplication::clipboard()->setMimeData(data);
    toolBar->setRemark({});
}

OutputView::OutputView(Settings *settings, QWidget *parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(this, settings))
{
}

OutputView::~OutputView()
{
    for (OutputPane *pane : d->panes)
        pane->disconnect(this); // widgets outlive what they are connected to, and some speak while they go
}

void OutputView::show(const QList<WorkerStatus> &workers)
{
    const auto sameWorkers = [](const WorkerStatus &a, const WorkerStatus &b) {
        return a.id == b.id && a.runDirectory == b.runDirectory;
    };
    const QList<WorkerStatus> first = workers.first(std::min<qsizetype>(workers.size(), mostMerged));
    const bool same =
        workers.size() == d->selected &&
        std::equal(first.cbegin(), first.cend(), d->workers.cbegin(), d->workers.cend(), sameWorkers);
    d->selected = workers.size();
    d->workers = first;
    if (!same) {
        d->toolBar->setRemark({});
        d->arrange();
        if (d->moment && d->single() && d->single()->id == d->moment->first) {
            PageWish wish;
            wish.place = PageWish::Place::Time;
            wish.timeNs = d->moment->second;
            d->active()->view()->goTo(wish);
        }
        d->moment.reset();
        if (workers.size() > mostMerged)
            d->toolBar->setRemark(
                tr("The first %1 of %2 selected workers").arg(mostMerged).arg(workers.size()));
        return;
    }
    const int stream = d->toolBar->stream();
    if (d->shown == 1)
        d->panes.first()->show(d->workers);
    else
        for (int i = 0; i < d->shown; ++i)
            d->panes.at(i)->show({d->workers.at(i)});
    d->showParts();
    if (d->toolBar->stream() != stream)
        d->showStreams(); // that its streams are one was not known before
}

void OutputView::setInputWaiting(WorkerId worker, qint64 bytes)
{
    d->inputBar->setWaiting(worker, bytes);
}

void OutputView::setAllWorkers(std::function<QList<WorkerStatus>()> workers)
{
    d->finder->setAllWorkers(std::move(workers));
}

QList<QAction *> OutputView::viewActions() const
{
    return d->toolBar->viewActions();
}

bool OutputView::hasTextFocus() const
{
    const QWidget *focus = QApplication::focusWidget();
    return focus && isAncestorOf(focus);
}

bool OutputView::hasSelection() const
{
    return d->active()->view()->hasSelection();
}

void OutputView::copy()
{
    // Whatever has the focus here: the input row has text of its own.
    if (auto *edit = qobject_cast<QLineEdit *>(QApplication::focusWidget()); edit && isAncestorOf(edit))
        edit->copy();
    else
        d->active()->view()->copy();
}

void OutputView::selectAll()
{
    d->active()->view()->selectAll();
}

void OutputView::openFind()
{
    if (d->active()->hasOutput())
        d->finder->open(d->active()->view()->selectedWord());
}

void OutputView::findNext()
{
    d->finder->find(true);
}

void OutputView::findPrevious()
{
    d->finder->find(false);
}

void OutputView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    d->sizeTimer.start();
}

void OutputView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    d->sizeTimer.start();
}

} // namespace procession
