// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputview.h"

#include "core/bootclock.h"
#include "core/settings.h"
#include "gui/icons.h"
#include "gui/outputfindbar.h"
#include "gui/outputtext.h"
#include "model/outputreader.h"
#include "model/workertext.h"

#include <QApplication>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFontDatabase>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QThread>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <atomic>
#include <optional>

namespace procession {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds liveDelay{50};
constexpr milliseconds idleDelay{250};

/// With "~" for the home directory, as people write it.
QString shortPath(const QString &path)
{
    const QString home = QDir::homePath();
    const bool isBelow = path == home || path.startsWith(home + u'/');
    return isBelow && home.size() > 1 ? u'~' + path.mid(home.size()) : path;
}

/// How the run ended, or where it stands: the line under its output.
QString footerText(const WorkerStatus &status)
{
    const auto line = [](const QString &text) { return u"── %1 ──"_qs.arg(text); };
    switch (status.state) {
    case State::Starting:
    case State::Running:
        return line(OutputView::tr("still running"));
    case State::Paused:
        return line(OutputView::tr("paused"));
    case State::Stopping:
        return line(OutputView::tr("stopping"));
    case State::Ended:
        break;
    default:
        return {};
    }
    const QString word = stateWord(status.state, status.outcome);
    if (!status.exitCode) {
        return line(status.problem.isEmpty() ? word : OutputView::tr("%1: %2").arg(word, status.problem));
    }
    const auto elapsed = status.elapsed(bootNow());
    const QString duration = durationText(elapsed.value_or(std::chrono::nanoseconds(0)), true);
    const QString ending = *status.exitCode >= 0 ? OutputView::tr("exited with code %1 after %2")
                                                 : OutputView::tr("ended by %1 after %2", "%1 is a signal");
    const QString end = ending.arg(exitCodeText(*status.exitCode, status.coreDumped), duration);
    const bool asked = status.outcome == Outcome::Stopped || status.outcome == Outcome::Killed;
    return line(asked ? OutputView::tr("%1: %2").arg(word, end) : end);
}

} // namespace

class OutputView::Private final
{
    Q_DISABLE_COPY_MOVE(Private)

public:
    Private(OutputView *view, Settings *settings);
    ~Private();

    void buildToolBar();
    void buildPages();

    bool isAlive() const { return status && procession::isAlive(status->state); }
    QString directory() const;
    void restart();
    void showParts();
    void showNotice();
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

    QToolBar *toolBar = nullptr;
    QComboBox *streamCombo = nullptr;
    QAction *followAction = nullptr;
    QAction *saveAction = nullptr;
    QAction *clearAction = nullptr;
    QAction *folderAction = nullptr;
    QAction *findAction = nullptr;
    QLabel *saveLabel = nullptr;
    OutputFindBar *findBar = nullptr;
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
    buildToolBar();
    findBar = new OutputFindBar(lines, q);
    auto *layout = new QVBoxLayout(q);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(toolBar);
    layout->addWidget(pages, 1);
    layout->addWidget(findBar);

    timer.setSingleShot(true);
    timer.callOnTimeout(q, [this] { ask(); });
    reader->moveToThread(&thread);
    connect(&thread, &QThread::finished, reader, &QObject::deleteLater);
    connect(reader, &OutputReader::ready, q, [this](const OutputBatch &batch) { take(batch); });
    connect(lines, &OutputText::followingChanged, q, [this](bool following) {
        followAction->setChecked(following);
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

void OutputView::Private::buildToolBar()
{
    toolBar = new QToolBar(q);
    toolBar->setObjectName(u"outputToolBar"_qs);
    const int iconSize = q->style()->pixelMetric(QStyle::PM_SmallIconSize);
    toolBar->setIconSize({iconSize, iconSize});
    toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const auto button = [this](QAction *action, const QString &name) {
        toolBar->addAction(action);
        QWidget *widget = toolBar->widgetForAction(action);
        widget->setObjectName(name);
        if (auto *toolButton = qobject_cast<QToolButton *>(widget); toolButton && action->icon().isNull()) {
            toolButton->setToolButtonStyle(Qt::ToolButtonTextOnly);
        }
        widget->setFocusPolicy(Qt::TabFocus); // tool bars leave their buttons out of the tab order
        return action;
    };
    const auto checkable = [this, button](const QIcon &icon, const QString &label, const QString &tip,
                                          const QString &name) {
        auto *action = new QAction(icon, label, toolBar);
        action->setCheckable(true);
        action->setToolTip(tip);
        return button(action, name);
    };

    findAction = new QAction(actionIcon(u"find"_qs), tr("Find"), toolBar);
    findAction->setToolTip(tr("Find text in the lines shown here"));
    button(findAction, u"outputFindButton"_qs);
    connect(findAction, &QAction::triggered, q, &OutputView::openFind);

    streamCombo = new QComboBox(toolBar);
    streamCombo->setObjectName(u"outputStreamCombo"_qs);
    streamCombo->setAccessibleName(tr("Stream"));
    streamCombo->setToolTip(tr("Which of the two streams is shown"));
    streamCombo->addItems({tr("Both streams"), tr("Standard output"), tr("Standard error")});
    connect(streamCombo, &QComboBox::currentIndexChanged, q, [this] { restart(); });
    toolBar->addWidget(streamCombo);

    QAction *wrap =
        checkable(actionIcon(u"wrap"_qs), tr("Wrap"), tr("Wrap long lines"), u"outputWrapButton"_qs);
    wrap->setChecked(settings->outputWrap());
    connect(wrap, &QAction::toggled, settings, &Settings::setOutputWrap);
    connect(settings, &Settings::changed, wrap, [this, wrap] { wrap->setChecked(settings->outputWrap()); });

    QAction *times = checkable({}, tr("Times"), tr("Show when each line came"), u"outputTimesButton"_qs);
    connect(times, &QAction::toggled, lines, &OutputText::setTimesShown);

    followAction = checkable(actionIcon(u"follow"_qs), tr("Follow"), tr("Stay at the end as output comes"),
                             u"outputFollowButton"_qs);
    followAction->setChecked(true);
    connect(followAction, &QAction::triggered, lines, &OutputText::setFollowing);

    clearAction = new QAction(actionIcon(u"clear"_qs), tr("Clear"), toolBar);
    clearAction->setToolTip(tr("Hide what is shown; nothing is deleted from the disk"));
    button(clearAction, u"outputClearButton"_qs);
    connect(clearAction, &QAction::triggered, q, [this] {
        floor = next;
        restart();
    });
    saveAction = new QAction(tr("Save…"), toolBar);
    saveAction->setToolTip(tr("Save the whole output to a file"));
    button(saveAction, u"outputSaveButton"_qs);
    connect(saveAction, &QAction::triggered, q, [this] { save(); });
    folderAction = new QAction(actionIcon(u"folder"_qs), tr("Open Folder"), toolBar);
    folderAction->setToolTip(tr("Open the folder the output is kept in"));
    button(folderAction, u"outputFolderButton"_qs);
    connect(folderAction, &QAction::triggered, q,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(directory())); });
    saveLabel = new QLabel(toolBar);
    saveLabel->setObjectName(u"outputSaveLabel"_qs);
    toolBar->addWidget(saveLabel);
}

void OutputView::Private::buildPages()
{
    pages = new QStackedWidget(q);

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
    pages->addWidget(empty);

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
    pages->addWidget(paper);
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
    saveAction->setEnabled(hasRun && anything && !saver);
    clearAction->setEnabled(hasRun && anything);
    findAction->setEnabled(hasRun && anything);
    folderAction->setEnabled(hasRun);
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
    footer->setText(footerText(*status));
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
    } else if (isAlive()) {
        title->setText(tr("No output yet"));
        text->setText(tr("It is shown here as soon as the worker writes some."));
    } else {
        title->setText(tr("No output"));
        text->setText(tr("The worker wrote nothing.") + u"\n"_qs + footerText(*status));
    }
    // Until the first answer it is not known whether there is any; a page that flashes by would tell nothing.
    pages->setCurrentIndex(hasRun && (anything || !opened) && !(failedToStart && !anything) ? 1 : 0);
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
    request.stream = streamCombo->currentIndex();
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
        saveLabel->setText(tr("Saving…"));
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
    saveLabel->setText(problem.isEmpty() ? tr("Saved to %1").arg(name)
                                         : tr("%1 was not saved: %2").arg(name, problem));
    saveLabel->setToolTip(file);
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
    if (status && d->status && status->id == idBefore && status->spec == d->status->spec &&
        status->state == d->status->state && status->outcome == d->status->outcome &&
        status->exitCode == d->status->exitCode && status->runDirectory == d->status->runDirectory &&
        status->problem == d->status->problem) {
        return; // output comes by itself
    }
    d->status = status ? std::optional(*status) : std::nullopt;
    if (d->directory() != before || (status && status->id != idBefore)) {
        d->floor = 0;
        d->saveLabel->clear();
        d->restart();
        return;
    }
    if (wasAlive && !d->isAlive()) {
        d->caughtUp = false; // the last bytes came with the end
        d->idle = liveDelay;
        d->schedule(milliseconds(0));
    }
    d->showParts();
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
}

void OutputView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    d->timer.stop();
}

} // namespace procession
