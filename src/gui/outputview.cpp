// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputview.h"

#include "core/bootclock.h"
#include "core/settings.h"
#include "gui/icons.h"
#include "gui/inputbar.h"
#include "gui/outputfindbar.h"
#include "gui/outputtext.h"
#include "gui/outputtoolbar.h"
#include "model/outputreader.h"
#include "model/treetext.h"
#include "model/workertext.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QThread>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <atomic>
#include <optional>
#include <tuple>

namespace procession {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds liveDelay{50};
constexpr milliseconds idleDelay{250};
constexpr milliseconds settleDelay{150};
// Programs draw nonsense in a terminal that is smaller, and nobody has one that is larger.
constexpr QSize smallestTerminal{20, 4};
constexpr QSize largestTerminal{1000, 500};

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

/// Of a run that has ended and has no output: a keeper that was killed leaves open whether there was any.
QString nothingWrittenText(const WorkerStatus &status)
{
    if (status.outcome == Outcome::Interrupted)
        return OutputView::tr("Nothing was kept before the machine went down.");
    if (status.keeperGone || status.outcome == Outcome::Lost)
        return OutputView::tr("Nothing was kept before its keeper was killed; what came later is not known.");
    return OutputView::tr("The worker wrote nothing.");
}

} // namespace

class OutputView::Private final
{
    Q_DISABLE_COPY_MOVE(Private)

public:
    Private(OutputView *view, Settings *settings);
    ~Private();

    void buildPages();
    QWidget *buildEmptyPage();
    QWidget *buildPaper();
    void connectToolBar();

    bool isAlive() const { return status && procession::isAlive(status->state); }
    QString directory() const;
    void restart();
    void showParts();
    void showInput();
    void showNotice();
    void tellSize();
    void ask();
    void take(const OutputBatch &batch);
    void schedule(milliseconds delay);
    void save();
    void saved(const QString &file, const QString &problem);

    OutputView *const q;
    Settings *const settings;
    QThread thread;
    OutputReader *const reader = new OutputReader;
    QTimer timer;
    std::unique_ptr<QThread> saver;
    std::atomic_bool saveCancelled = false;

    std::optional<WorkerStatus> status; ///< of the worker shown
    quint64 generation = 0;
    quint64 floor = 0; ///< where Clear was pressed
    quint64 next = 0;  ///< read up to here
    quint64 dropped = 0;
    milliseconds idle = liveDelay;
    bool asked = false;  ///< an answer is on its way
    bool opened = false; ///< the first answer has come
    bool anything = false;
    bool complete = false;
    bool caughtUp = false;
    bool calm = false; ///< the last read found no more than a screen can follow

    QTimer sizeTimer; ///< a window that is dragged larger tells its last size only
    QSize terminalSize;

    OutputToolBar *toolBar = nullptr;
    OutputFindBar *findBar = nullptr;
    InputBar *inputBar = nullptr;
    QStackedWidget *pages = nullptr;
    QLabel *title = nullptr;
    QLabel *text = nullptr;
    QPushButton *startButton = nullptr;
    QLineEdit *header = nullptr;
    QLabel *notice = nullptr;
    OutputText *lines = nullptr;
    QLabel *footer = nullptr;
};

OutputView::Private::Private(OutputView *view, Settings *theSettings)
    : q(view)
    , settings(theSettings)
{
    buildPages();
    toolBar = new OutputToolBar(lines, settings, q);
    connectToolBar();
    findBar = new OutputFindBar(lines, q);
    inputBar = new InputBar(q);
    connect(inputBar, &InputBar::inputRequested, q,
            [this](const QByteArray &bytes) { Q_EMIT q->inputRequested(status->id, bytes); });
    connect(inputBar, &InputBar::endRequested, q, [this] { Q_EMIT q->inputEndRequested(status->id); });
    auto *layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(toolBar);
    layout->addWidget(pages, 1);
    layout->addWidget(inputBar);
    layout->addWidget(findBar);

    sizeTimer.setSingleShot(true);
    sizeTimer.setInterval(settleDelay);
    sizeTimer.callOnTimeout(q, [this] { tellSize(); });
    connect(lines, &OutputText::gridChanged, &sizeTimer, qOverload<>(&QTimer::start));
    timer.setSingleShot(true);
    timer.callOnTimeout(q, [this] { ask(); });
    reader->moveToThread(&thread);
    connect(&thread, &QThread::finished, reader, &QObject::deleteLater);
    connect(reader, &OutputReader::ready, q, [this](const OutputBatch &batch) { take(batch); });
    connect(lines, &OutputText::followingChanged, q, [this](bool following) {
        idle = liveDelay;
        calm = !following || calm;
        schedule(milliseconds(0));
    });
    connect(lines, &QPlainTextEdit::copyAvailable, q, &OutputView::copyAvailable);

    const auto apply = [this] {
        lines->setLineWrapMode(settings->outputWrap() ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
        lines->setMaximumLines(settings->outputViewLines());
    };
    connect(settings, &Settings::changed, q, apply);
    apply();
    showParts();
}

OutputView::Private::~Private()
{
    lines->disconnect(q); // widgets outlive this, and some speak while they go
    saveCancelled = true;
    if (saver) {
        saver->wait();
    }
    const bool started = thread.isRunning();
    thread.quit();
    thread.wait(); // a read is a bounded piece of work
    if (!started) {
        delete reader;
    }
}

void OutputView::Private::connectToolBar()
{
    connect(toolBar->findAction(), &QAction::triggered, q, &OutputView::openFind);
    connect(toolBar, &OutputToolBar::streamChosen, q, [this] { restart(); });
    connect(toolBar->clearAction(), &QAction::triggered, q, [this] {
        floor = next;
        restart();
    });
    connect(toolBar->saveAction(), &QAction::triggered, q, [this] { save(); });
    connect(toolBar->folderAction(), &QAction::triggered, q,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(directory())); });
}

void OutputView::Private::buildPages()
{
    pages = new QStackedWidget(q);
    pages->addWidget(buildEmptyPage());
    pages->addWidget(buildPaper());
}

QWidget *OutputView::Private::buildEmptyPage()
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
    connect(startButton, &QPushButton::clicked, q, &OutputView::startRequested);
    auto *emptyLayout = new QVBoxLayout(empty);
    emptyLayout->addStretch();
    emptyLayout->addWidget(title);
    emptyLayout->addWidget(text);
    emptyLayout->addWidget(startButton, 0, Qt::AlignHCenter);
    emptyLayout->addStretch();
    return empty;
}

QWidget *OutputView::Private::buildPaper()
{
    auto *paper = new QFrame(pages); // header, lines and footer look like one text
    paper->setFrameStyle(QFrame::StyledPanel | QFrame::Sunken);
    paper->setBackgroundRole(QPalette::Base);
    paper->setAutoFillBackground(true);
    lines = new OutputText(paper);
    lines->setObjectName(u"outputView"_qs);
    header = new QLineEdit(paper); // a long command can be scrolled and copied, and asks for no width
    header->setObjectName(u"outputHeader"_qs);
    header->setAccessibleName(tr("Command"));
    header->setReadOnly(true);
    header->setFrame(false);
    header->setFocusPolicy(Qt::ClickFocus);
    header->setFont(lines->font());
    notice = new QLabel(paper);
    notice->setObjectName(u"outputNotice"_qs);
    notice->setWordWrap(true);
    notice->setForegroundRole(QPalette::PlaceholderText);
    notice->hide();
    footer = new QLabel(paper);
    footer->setObjectName(u"outputFooter"_qs);
    footer->setTextFormat(Qt::PlainText);
    footer->setFont(lines->font());
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

QString OutputView::Private::directory() const
{
    return status && status->state != State::NotStarted ? status->runDirectory : QString();
}

/// From nothing: another run, another stream, or cleared.
void OutputView::Private::restart()
{
    ++generation;
    opened = false;
    anything = false;
    complete = false;
    caughtUp = false;
    calm = false;
    dropped = 0;
    idle = liveDelay;
    lines->clearLines();
    schedule(milliseconds(0));
    showParts();
}

void OutputView::Private::showParts()
{
    const bool hasRun = !directory().isEmpty();
    toolBar->saveAction()->setEnabled(hasRun && anything && !saver);
    toolBar->clearAction()->setEnabled(hasRun && anything);
    toolBar->findAction()->setEnabled(hasRun && anything);
    toolBar->folderAction()->setEnabled(hasRun);
    showInput();
    if (!status) {
        title->setText(tr("No worker selected"));
        text->setText(tr("Select a worker to see its output."));
        startButton->hide();
        pages->setCurrentIndex(0);
        return;
    }
    const QString command = u"$ "_qs + status->spec->command.text();
    const QString place = shortPath(status->spec->workingDirectory);
    const QString head = place.isEmpty() ? command : u"%1  (%2)"_qs.arg(command, place);
    if (header->text() != head) {
        header->setText(head);
        header->setCursorPosition(0);
        header->setToolTip(head);
    }
    const QString foot = outputFooter(*status, bootNow());
    footer->setText(foot.isEmpty() ? QString() : u"── %1 ──"_qs.arg(foot));
    showNotice();

    const bool failedToStart = status->outcome == Outcome::FailedToStart;
    startButton->setVisible(!hasRun || failedToStart);
    if (failedToStart) {
        title->setText(stateWord(status->state, status->outcome));
        text->setText(status->problem);
    } else if (!hasRun) {
        title->setText(stateWord(status->state, status->outcome));
        text->setText(tr("Output appears here when it runs."));
        startButton->setVisible(status->state == State::NotStarted || status->state == State::Ended);
    } else if (isAlive() && status->keeperGone) {
        title->setText(tr("No output"));
        text->setText(
            tr("Its keeper was killed before the worker had written any; what it writes now is lost."));
    } else if (isAlive()) {
        title->setText(tr("No output yet"));
        text->setText(tr("It is shown here as soon as the worker writes some."));
    } else {
        title->setText(tr("No output"));
        text->setText(nothingWrittenText(*status) + u"\n"_qs + footer->text());
    }
    // Until the first answer it is not known whether there is any; a page that flashes by would tell nothing.
    pages->setCurrentIndex(hasRun && (anything || !opened) && !(failedToStart && !anything) ? 1 : 0);
}

/// The row to type in is there exactly while somebody reads what is typed.
void OutputView::Private::showInput()
{
    toolBar->setOneStream(!status                 ? QString()
                          : status->terminal      ? tr("A terminal has one stream: both come through it.")
                          : status->streamsMerged ? tr("The two streams of this run are merged.")
                                                  : QString());
    const bool open = status && status->inputOpen;
    if (open)
        inputBar->setWorker(status->id, status->terminal);
    if (!open && inputBar->isAncestorOf(QApplication::focusWidget()))
        lines->setFocus();
    inputBar->setVisible(open);
    const bool readsNothing = status && isAlive() && !open && status->spec->input == Input::None;
    footer->setToolTip(readsNothing ? tr("It reads nothing (/dev/null). To type to it, choose its input in "
                                         "Worker ▸ Edit… and restart it.")
                                    : QString());
}

void OutputView::Private::tellSize()
{
    if (!q->isVisible())
        return;
    QSize room = lines->size();
    if (!lines->isVisible()) {
        // Beside the page that says there is no output yet: a terminal that is started now gets about the
        // size the lines will have.
        const QMargins margins = lines->parentWidget()->layout()->contentsMargins();
        room = pages->size().shrunkBy(margins) -
               QSize(0, header->sizeHint().height() + footer->sizeHint().height());
    }
    const QSize size = lines->gridSize(room).expandedTo(smallestTerminal).boundedTo(largestTerminal);
    if (size == terminalSize)
        return;
    terminalSize = size;
    Q_EMIT q->terminalSizeChanged(size.width(), size.height());
}

void OutputView::Private::showNotice()
{
    QStringList sentences;
    const quint64 first = lines->firstOffset();
    if (first > dropped) {
        sentences += tr("%1 of earlier output are on the disk, but not shown here.")
                         .arg(bytesText(static_cast<qint64>(first - dropped)));
    }
    if (dropped > 0) {
        sentences +=
            tr("%1 were not kept, so as not to fill the disk.").arg(bytesText(static_cast<qint64>(dropped)));
    }
    const QString all = sentences.join(u' ');
    if (notice->text() != all) {
        notice->setText(all);
    }
    notice->setVisible(!all.isEmpty() && (complete || first > dropped));
}

void OutputView::Private::schedule(milliseconds delay)
{
    const bool done = opened && !isAlive() && caughtUp && (complete || lines->textCursor().hasSelection());
    if (!q->isVisible() || asked || done || directory().isEmpty()) {
        return;
    }
    if (!timer.isActive() || timer.remainingTime() > delay.count()) {
        timer.start(delay);
    }
}

void OutputView::Private::ask()
{
    if (asked || directory().isEmpty() || !q->isVisible()) {
        return;
    }
    OutputRequest request;
    const bool fill = !complete && calm && !lines->textCursor().hasSelection();
    request.kind = !opened                ? OutputRequest::Kind::Open
                   : fill                 ? OutputRequest::Kind::Fill
                   : lines->isFollowing() ? OutputRequest::Kind::Next
                                          : OutputRequest::Kind::Count;
    request.generation = generation;
    request.directory = directory();
    request.stream = toolBar->stream();
    request.maximumLines = settings->outputViewLines();
    request.floor = floor;
    request.alive = isAlive();
    asked = true;
    if (!thread.isRunning()) {
        thread.start();
    }
    QMetaObject::invokeMethod(
        reader, [this, request] { reader->handle(request); }, Qt::QueuedConnection);
}

void OutputView::Private::take(const OutputBatch &batch)
{
    asked = false;
    if (batch.generation != generation) {
        schedule(milliseconds(0));
        return;
    }
    const bool first = !opened;
    opened = true;
    const bool fresh = batch.anything != anything;
    anything = batch.anything;
    next = batch.next;
    caughtUp = batch.caughtUp && (batch.kind != OutputRequest::Kind::Fill || caughtUp);
    if (batch.kind == OutputRequest::Kind::Count) {
        lines->setWaitingLines(batch.newLines, batch.newLines >= OutputReader::countLimit);
        idle = std::min(idle * 2, idleDelay);
    } else if (batch.replaces) {
        lines->setLines(batch.ended, batch.open);
        complete = batch.complete;
        dropped = batch.dropped;
        // A run that has ended writes no more: what is above its last lines can be had at once.
        calm = batch.kind == OutputRequest::Kind::Fill || !isAlive();
        idle = liveDelay;
    } else {
        lines->appendLines(batch.ended, batch.open);
        calm = true;
        idle = batch.ended.isEmpty() && caughtUp ? std::min(idle * 2, idleDelay) : liveDelay;
    }
    if (first || fresh) {
        showParts();
    } else {
        showNotice();
    }
    if (findBar->isVisible() && batch.kind != OutputRequest::Kind::Count) {
        findBar->recount();
    }
    schedule(first || (calm && !complete) ? milliseconds(0) : idle);
}

void OutputView::Private::save()
{
    auto *dialog = new QFileDialog(q, tr("Save Output"));
    dialog->setObjectName(u"outputSaveDialog"_qs);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(status->spec->name + u".log"_qs);
    connect(dialog, &QFileDialog::fileSelected, q, [this, log = OutputLog(directory())](const QString &file) {
        saver.reset(QThread::create([this, log, file] {
            const QString problem = log.save(file, saveCancelled);
            QMetaObject::invokeMethod(
                q, [this, file, problem] { saved(file, problem); }, Qt::QueuedConnection);
        }));
        toolBar->setRemark(tr("Saving…"));
        saver->start(QThread::LowPriority);
        showParts();
    });
    dialog->open();
}

void OutputView::Private::saved(const QString &file, const QString &problem)
{
    saver->wait();
    saver.reset();
    const QString name = QFileInfo(file).fileName();
    toolBar->setRemark(problem.isEmpty() ? tr("Saved to %1").arg(name)
                                         : tr("%1 was not saved: %2").arg(name, problem),
                       file);
    showParts();
}

OutputView::OutputView(Settings *settings, QWidget *parent)
    : QWidget(parent)
    , d(std::make_unique<Private>(this, settings))
{
    setFocusProxy(d->lines);
}

OutputView::~OutputView() = default;

void OutputView::show(const WorkerStatus *status)
{
    const QString before = d->directory();
    const WorkerId idBefore = d->status ? d->status->id : WorkerId{};
    const bool wasAlive = d->isAlive();
    if (!status && !d->status) {
        return;
    }
    if (status && d->status && shownParts(*status) == shownParts(*d->status)) {
        return; // output comes by itself
    }
    const int streamBefore = d->toolBar->stream();
    d->status = status ? std::optional(*status) : std::nullopt;
    if (d->directory() != before || (status && status->id != idBefore)) {
        d->floor = 0;
        d->toolBar->setRemark({});
        d->restart();
        return;
    }
    if (wasAlive && !d->isAlive()) {
        d->caughtUp = false; // the last bytes came with the end
        d->idle = liveDelay;
        d->schedule(milliseconds(0));
    }
    d->showParts();
    if (d->toolBar->stream() != streamBefore)
        d->restart(); // that its streams are one was not known before
}

void OutputView::setInputWaiting(WorkerId worker, qint64 bytes)
{
    d->inputBar->setWaiting(worker, bytes);
}

bool OutputView::hasTextFocus() const
{
    const QWidget *focus = QApplication::focusWidget();
    return focus && isAncestorOf(focus);
}

bool OutputView::hasSelection() const
{
    return d->lines->textCursor().hasSelection();
}

void OutputView::copy()
{
    // Whatever has the focus here: the input row has text of its own.
    if (auto *edit = qobject_cast<QLineEdit *>(QApplication::focusWidget()); edit && isAncestorOf(edit))
        edit->copy();
    else
        d->lines->copy();
}

void OutputView::openFind()
{
    if (d->pages->currentIndex() != 1) {
        return;
    }
    d->findBar->open();
}

void OutputView::findNext()
{
    d->findBar->findNext();
}

void OutputView::findPrevious()
{
    d->findBar->findPrevious();
}

void OutputView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    d->idle = liveDelay;
    d->schedule(milliseconds(0));
    d->sizeTimer.start();
}

void OutputView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    d->sizeTimer.start();
}

void OutputView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    d->timer.stop();
}

} // namespace procession
