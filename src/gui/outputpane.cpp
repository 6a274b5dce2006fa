// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputpane.h"

#include "core/bootclock.h"
#include "core/settings.h"
#include "gui/icons.h"
#include "gui/logview.h"
#include "model/outputpager.h"
#include "model/treetext.h"
#include "model/workertext.h"

#include <QDateTime>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QThread>
#include <QTimer>
#include <QVBoxLayout>

#include <limits>
#include <tuple>

namespace procession {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds liveDelay{50};
constexpr milliseconds idleDelay{250};
// Nobody can read what is another page each time: painting it as often as a line is would only cost.
constexpr milliseconds floodDelay{100};
// Programs that write to a pipe keep some thousand bytes back; shorter pauses are nothing to speak of.
constexpr seconds silence{10};

/// With "~" for the home directory, as people write it.
QString shortPath(const QString &path)
{
    const QString home = QDir::homePath();
    const bool isBelow = path == home || path.startsWith(home + u'/');
    return isBelow && home.size() > 1 ? u'~' + path.mid(home.size()) : path;
}

/// All of a worker that is shown here but its output, which comes by itself.
auto shownParts(const WorkerStatus &status)
{
    return std::tie(status.id, status.spec, status.state, status.outcome, status.exitCode,
                    status.runDirectory, status.problem, status.strays, status.straysKept, status.survivors,
                    status.keeperGone, status.inputOpen, status.terminal, status.streamsMerged);
}

bool looksTheSame(const QList<WorkerStatus> &left, const QList<WorkerStatus> &right)
{
    return std::equal(
        left.cbegin(), left.cend(), right.cbegin(), right.cend(),
        [](const WorkerStatus &a, const WorkerStatus &b) { return shownParts(a) == shownParts(b); });
}

QString directoryOf(const WorkerStatus &status)
{
    return status.state != State::NotStarted ? status.runDirectory : QString();
}

bool showsTheSameRuns(const QList<WorkerStatus> &left, const QList<WorkerStatus> &right)
{
    return std::equal(left.cbegin(), left.cend(), right.cbegin(), right.cend(),
                      [](const WorkerStatus &a, const WorkerStatus &b) {
                          return a.id == b.id && directoryOf(a) == directoryOf(b);
                      });
}

/// Of a run that has ended and has no output: a keeper that was killed leaves open whether there was any.
QString nothingWrittenText(const WorkerStatus &status)
{
    if (status.outcome == Outcome::Interrupted)
        return OutputPane::tr("Nothing was kept before the machine went down.");
    if (status.keeperGone || status.outcome == Outcome::Lost)
        return OutputPane::tr("Nothing was kept before its keeper was killed; what came later is not known.");
    return OutputPane::tr("The worker wrote nothing.");
}

} // namespace

class OutputPane::Private final
{
    Q_DISABLE_COPY_MOVE(Private)

public:
    Private(OutputPane *pane, Settings *settings);
    ~Private();

    QWidget *buildEmptyPage();
    QWidget *buildPaper();

    const WorkerStatus *single() const { return workers.size() == 1 ? &workers.first() : nullptr; }
    bool isAlive() const;
    QList<OutputSource> sources() const;
    void restart();
    void tellQuery();
    void sendQuery();
    void fetch(const PageWish &wish);
    void take(const OutputPage &page);
    void schedule(milliseconds delay);
    void showParts();
    void showPaper(const WorkerStatus &status);
    void showEmpty(const WorkerStatus &status);
    void showNotice();
    void showFooter();
    QString silenceText(const WorkerStatus &status) const;
    void watchSilence();

    OutputPane *const q;
    Settings *const settings;
    QThread thread;
    OutputPager *const pager = new OutputPager;
    QTimer timer;
    QTimer footerTimer; ///< how long there was no output is known to the second

    QList<WorkerStatus> workers;
    QList<quint64> floors; ///< where Clear was pressed; one per worker
    OutputQuery query;
    OutputPage facts; ///< the last page, without its lines
    milliseconds idle = liveDelay;
    bool asked = false;  ///< an answer is on its way
    bool opened = false; ///< the first answer has come

    QStackedWidget *pages = nullptr;
    QLabel *title = nullptr;
    QLabel *text = nullptr;
    QPushButton *startButton = nullptr;
    QLineEdit *header = nullptr;
    QLabel *notice = nullptr;
    LogView *lines = nullptr;
    QLabel *footer = nullptr;
};

OutputPane::Private::Private(OutputPane *pane, Settings *theSettings)
    : q(pane)
    , settings(theSettings)
{
    pages = new QStackedWidget(q);
    pages->addWidget(buildEmptyPage());
    pages->addWidget(buildPaper());
    auto *layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages);

    timer.setSingleShot(true);
    timer.callOnTimeout(q, [this] { lines->refresh(); });
    footerTimer.setInterval(seconds(1));
    footerTimer.callOnTimeout(q, [this] { showParts(); });
    pager->moveToThread(&thread);
    connect(&thread, &QThread::finished, pager, &QObject::deleteLater);
    connect(pager, &OutputPager::page, q, [this](const OutputPage &page) { take(page); });
    connect(pager, &OutputPager::extracted, q, &OutputPane::extracted);
    connect(lines, &LogView::pageWanted, q, [this](const PageWish &wish) { fetch(wish); });
    connect(lines, &LogView::followingChanged, q, [this] {
        idle = liveDelay;
        schedule(liveDelay);
    });

    const auto apply = [this] {
        lines->setWrap(settings->outputWrap());
        lines->setTimesShown(settings->outputTimes());
        lines->setNumbersShown(settings->outputNumbers());
        lines->setZoom(settings->outputZoom());
        header->setFont(lines->font());
        footer->setFont(lines->font());
    };
    connect(settings, &Settings::changed, q, apply);
    connect(lines, &LogView::zoomChanged, settings, &Settings::setOutputZoom);
    apply();
    showParts();
}

OutputPane::Private::~Private()
{
    lines->disconnect(q); // widgets outlive this, and some speak while they go
    const bool started = thread.isRunning();
    pager->setNewest(OutputPager::nothingMore);
    thread.quit();
    thread.wait(); // a page is a bounded piece of work
    if (!started)
        delete pager;
}

QWidget *OutputPane::Private::buildEmptyPage()
{
    auto *empty = new QWidget(pages);
    empty->setObjectName(u"outputEmptyPage"_qs);
    title = new QLabel(empty);
    title->setObjectName(u"outputEmptyTitle"_qs);
    title->setAlignment(Qt::AlignCenter);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    title->setFont(large);
    text = new QLabel(empty);
    text->setObjectName(u"outputEmptyText"_qs);
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    text->setTextFormat(Qt::PlainText);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    startButton = new QPushButton(actionIcon(u"start"_qs), tr("Start"), empty);
    startButton->setObjectName(u"outputStartButton"_qs);
    connect(startButton, &QPushButton::clicked, q, &OutputPane::startRequested);
    auto *layout = new QVBoxLayout(empty);
    layout->addStretch();
    layout->addWidget(title);
    layout->addWidget(text);
    layout->addWidget(startButton, 0, Qt::AlignHCenter);
    layout->addStretch();
    return empty;
}

QWidget *OutputPane::Private::buildPaper()
{
    auto *paper = new QFrame(pages); // header, lines and footer look like one text
    paper->setFrameStyle(QFrame::StyledPanel | QFrame::Sunken);
    paper->setBackgroundRole(QPalette::Base);
    paper->setAutoFillBackground(true);
    lines = new LogView(paper);
    lines->setObjectName(u"outputView"_qs);
    header = new QLineEdit(paper); // a long command can be scrolled and copied, and asks for no width
    header->setObjectName(u"outputHeader"_qs);
    header->setAccessibleName(tr("Command"));
    header->setReadOnly(true);
    header->setFrame(false);
    header->setFocusPolicy(Qt::ClickFocus);
    notice = new QLabel(paper);
    notice->setObjectName(u"outputNotice"_qs);
    notice->setWordWrap(true);
    notice->setForegroundRole(QPalette::PlaceholderText);
    notice->hide();
    footer = new QLabel(paper);
    footer->setObjectName(u"outputFooter"_qs);
    footer->setTextFormat(Qt::PlainText);
    footer->setForegroundRole(QPalette::PlaceholderText);
    footer->setWordWrap(true);
    footer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *layout = new QVBoxLayout(paper);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addWidget(header);
    layout->addWidget(notice);
    layout->addWidget(lines, 1);
    layout->addWidget(footer);
    return paper;
}

bool OutputPane::Private::isAlive() const
{
    return std::any_of(workers.cbegin(), workers.cend(),
                       [](const WorkerStatus &status) { return procession::isAlive(status.state); });
}

QList<OutputSource> OutputPane::Private::sources() const
{
    QList<OutputSource> all;
    for (qsizetype i = 0; i < workers.size(); ++i) {
        const WorkerStatus &status = workers.at(i);
        all.append(
            {directoryOf(status), status.spec->name, floors.value(i), procession::isAlive(status.state)});
    }
    return all;
}

/// From nothing: another run, another stream, or cleared.
void OutputPane::Private::restart()
{
    opened = false;
    facts = {};
    idle = liveDelay;
    tellQuery();
    lines->reset();
    showParts();
}

void OutputPane::Private::tellQuery()
{
    ++query.generation;
    query.sources = sources();
    sendQuery();
}

void OutputPane::Private::sendQuery()
{
    if (!q->hasRun())
        return;
    if (!thread.isRunning())
        thread.start(QThread::LowPriority);
    QMetaObject::invokeMethod(
        pager, [pager = pager, query = query] { pager->show(query); }, Qt::QueuedConnection);
}

void OutputPane::Private::fetch(const PageWish &wish)
{
    if (!q->hasRun() || !q->isVisible())
        return;
    asked = true;
    pager->setNewest(wish.stamp);
    QMetaObject::invokeMethod(
        pager, [pager = pager, wish] { pager->fetch(wish); }, Qt::QueuedConnection);
}

void OutputPane::Private::take(const OutputPage &page)
{
    asked = false;
    if (page.generation != query.generation) {
        lines->askAgain(page.stamp);
        schedule(liveDelay);
        return;
    }
    lines->setPage(page);
    const bool more = page.bytesTotal != facts.bytesTotal || page.busy || !opened;
    const bool isFlood = opened && page.bytesBefore >= facts.bytesTotal && more;
    const bool fresh = !opened || page.anything != facts.anything;
    opened = true;
    facts = page;
    facts.lines.clear();
    idle = isFlood ? floodDelay : more ? liveDelay : std::min(idle * 2, idleDelay);
    if (fresh)
        showParts();
    else
        showNotice();
    Q_EMIT q->changed();
    schedule(idle);
}

void OutputPane::Private::schedule(milliseconds delay)
{
    const bool done = opened && !isAlive() && !facts.busy;
    if (!q->isVisible() || done || !q->hasRun())
        return;
    if (!timer.isActive() || timer.remainingTime() > delay.count())
        timer.start(delay);
}

void OutputPane::Private::showParts()
{
    if (workers.isEmpty()) {
        title->setText(tr("No worker selected"));
        text->setText(tr("Select a worker to see its output."));
        startButton->hide();
        pages->setCurrentIndex(0);
        return;
    }
    if (const WorkerStatus *status = single()) {
        showPaper(*status);
        showEmpty(*status);
    } else {
        header->setText(tr("%n worker(s), merged by time", nullptr, static_cast<int>(workers.size())));
        header->setToolTip({});
        footer->clear();
        startButton->hide();
        title->setText(tr("No output"));
        text->setText(tr("None of the selected workers has written anything."));
    }
    footer->setVisible(single());
    showNotice();
    // Until the first answer it is not known whether there is any; a page that flashes by would tell nothing.
    const bool failedToStart = single() && single()->outcome == Outcome::FailedToStart;
    pages->setCurrentIndex(
        q->hasRun() && (facts.anything || !opened) && !(failedToStart && !facts.anything) ? 1 : 0);
}

void OutputPane::Private::showPaper(const WorkerStatus &status)
{
    const QString command = u"$ "_qs + status.spec->command.text();
    const QString place = shortPath(status.spec->workingDirectory);
    const QString head = place.isEmpty() ? command : u"%1  (%2)"_qs.arg(command, place);
    if (header->text() != head) {
        header->setText(head);
        header->setCursorPosition(0);
        header->setToolTip(head);
    }
    showFooter();
    const bool readsNothing =
        procession::isAlive(status.state) && !status.inputOpen && status.spec->input == Input::None;
    footer->setToolTip(readsNothing ? tr("It reads nothing (/dev/null). To type to it, choose its input in "
                                         "Worker ▸ Edit… and restart it.")
                                    : QString());
}

void OutputPane::Private::showFooter()
{
    const WorkerStatus &status = *single();
    QStringList parts{outputFooter(status, bootNow()), silenceText(status)};
    parts.removeAll(QString());
    const QString all = parts.isEmpty() ? QString() : u"── %1 ──"_qs.arg(parts.join(u" · "));
    if (footer->text() != all)
        footer->setText(all);
}

/// What was not written yet is not shown as if there were none: a program may hold it back.
QString OutputPane::Private::silenceText(const WorkerStatus &status) const
{
    if (status.state != State::Running || status.keeperGone || !opened || status.straysKept)
        return {};
    const qint64 sinceMs = facts.lastTimeNs > 0 ? facts.lastTimeNs / 1'000'000 : status.startedMs;
    const seconds quiet((QDateTime::currentMSecsSinceEpoch() - sinceMs) / 1000);
    if (sinceMs <= 0 || quiet < silence || (facts.anything && facts.lastTimeNs == 0))
        return {};
    const QString time =
        quiet < std::chrono::minutes(1) ? tr("%1 s").arg(quiet.count()) : durationText(quiet, false);
    return status.terminal
               ? tr("no output for %1").arg(time)
               : tr("no output for %1; the program may be buffering (run it on a terminal)").arg(time);
}

void OutputPane::Private::watchSilence()
{
    if (single() && isAlive() && q->isVisible())
        footerTimer.start();
    else
        footerTimer.stop();
}

void OutputPane::Private::showEmpty(const WorkerStatus &status)
{
    const bool failedToStart = status.outcome == Outcome::FailedToStart;
    startButton->setVisible(!q->hasRun() || failedToStart);
    if (failedToStart) {
        title->setText(stateWord(status.state, status.outcome));
        text->setText(status.problem);
    } else if (!q->hasRun()) {
        title->setText(stateWord(status.state, status.outcome));
        text->setText(tr("Output appears here when it runs."));
        startButton->setVisible(status.state == State::NotStarted || status.state == State::Ended);
    } else if (procession::isAlive(status.state) && status.keeperGone) {
        title->setText(tr("No output"));
        text->setText(
            tr("Its keeper was killed before the worker had written any; what it writes now is lost."));
    } else if (procession::isAlive(status.state) && !status.problem.isEmpty()) {
        title->setText(tr("No output")); // why, and whether more comes, is in what is wrong
        text->setText(status.problem);
    } else if (procession::isAlive(status.state)) {
        const QString quiet = silenceText(status);
        title->setText(tr("No output yet"));
        text->setText(quiet.isEmpty() ? tr("It is shown here as soon as the worker writes some.")
                                      : quiet.at(0).toUpper() + quiet.mid(1) + u'.');
    } else {
        title->setText(tr("No output"));
        text->setText(nothingWrittenText(status) + u"\n"_qs + footer->text());
    }
}

void OutputPane::Private::showNotice()
{
    QStringList sentences;
    if (std::any_of(floors.cbegin(), floors.cend(), [](quint64 floor) { return floor > 0; }))
        sentences += tr("Cleared: earlier output is on the disk, but not shown here.");
    if (facts.dropped > 0)
        sentences += tr("%1 were not kept, so as not to fill the disk.")
                         .arg(bytesText(static_cast<qint64>(facts.dropped)));
    const QString all = sentences.join(u' ');
    if (notice->text() != all)
        notice->setText(all);
    notice->setVisible(!all.isEmpty());
}

OutputPane::OutputPane(Settings *settings, QWidget *parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(this, settings))
{
    setFocusProxy(d->lines);
}

OutputPane::~OutputPane() = default;

void OutputPane::show(const QList<WorkerStatus> &workers)
{
    if (looksTheSame(workers, d->workers)) {
        return; // output comes by itself
    }
    const bool same = showsTheSameRuns(workers, d->workers);
    d->workers = workers;
    QStringList names;
    if (workers.size() > 1)
        for (const WorkerStatus &status : workers)
            names += status.spec->name;
    d->lines->setNames(names);
    if (!same) {
        d->floors.clear();
        d->restart();
    } else if (d->query.sources != d->sources()) {
        d->tellQuery(); // the last bytes came with the end
        d->idle = liveDelay;
        d->lines->refresh();
        d->showParts();
    } else {
        d->showParts();
    }
    d->watchSilence();
}

const QList<WorkerStatus> &OutputPane::workers() const
{
    return d->workers;
}

LogView *OutputPane::view() const
{
    return d->lines;
}

void OutputPane::setStream(int stream)
{
    if (d->query.stream == stream)
        return;
    d->query.stream = stream;
    d->restart();
}

void OutputPane::setMode(LineMode mode)
{
    if (d->query.mode == mode)
        return;
    d->query.mode = mode;
    d->tellQuery();
    d->lines->refresh();
}

void OutputPane::setSearch(const SearchQuery &query, const QList<SearchHits> &hits)
{
    const bool sameSearch = d->query.search == query;
    if (sameSearch && hits.isEmpty() && d->query.hits.isEmpty())
        return;
    d->query.search = query;
    d->query.hits = hits;
    if (!sameSearch) {
        d->tellQuery();
        d->lines->refresh();
        return;
    }
    // The rows are the same: an answer on its way is good. Else a search that tells how far it is more often
    // than pages come would keep the view from ever getting one.
    d->sendQuery();
    if (!d->asked)
        d->lines->refresh();
}

void OutputPane::setFilter(bool onlyMatches, int context)
{
    if (d->query.onlyMatches == onlyMatches && d->query.context == context)
        return;
    d->query.onlyMatches = onlyMatches;
    d->query.context = context;
    d->tellQuery();
    d->lines->refresh();
}

void OutputPane::clear()
{
    d->floors = d->facts.ends;
    d->restart();
}

void OutputPane::extract(const OutputPart &part, bool raw)
{
    QMetaObject::invokeMethod(
        d->pager, [pager = d->pager, part, raw] { pager->extract(part, raw); }, Qt::QueuedConnection);
}

void OutputPane::extractAll()
{
    OutputPart all;
    all.from.fill(0, d->workers.size());
    all.to.fill(std::numeric_limits<quint64>::max(), d->workers.size());
    extract(all, false);
}

QList<SearchTarget> OutputPane::targets() const
{
    QList<SearchTarget> all;
    for (const OutputSource &source : d->sources())
        all.append({source.directory, source.floor, source.alive});
    return all;
}

bool OutputPane::hasRun() const
{
    return std::any_of(d->workers.cbegin(), d->workers.cend(),
                       [](const WorkerStatus &status) { return !directoryOf(status).isEmpty(); });
}

bool OutputPane::hasOutput() const
{
    return hasRun() && d->facts.anything;
}

const OutputPage &OutputPane::facts() const
{
    return d->facts;
}

QSize OutputPane::gridSize() const
{
    QSize room = d->lines->size();
    if (!d->lines->isVisible()) {
        // Beside the page that says there is no output yet: a terminal that is started now gets about the
        // size the lines will have.
        const QMargins margins = d->lines->parentWidget()->layout()->contentsMargins();
        room = d->pages->size().shrunkBy(margins) -
               QSize(0, d->header->sizeHint().height() + d->footer->sizeHint().height());
    }
    return d->lines->gridSize(room);
}

void OutputPane::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    d->idle = liveDelay;
    d->watchSilence();
    d->lines->refresh();
}

void OutputPane::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    d->timer.stop();
    d->footerTimer.stop();
}

} // namespace procession
