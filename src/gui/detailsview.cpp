// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/detailsview.h"

#include "core/bootclock.h"
#include "core/shellwords.h"
#include "model/treetext.h"
#include "model/workertext.h"

#include <QDateTime>
#include <QDir>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <array>
#include <utility>

namespace procession {
namespace {

// Of the clock of a stop, which tells tenths of a second; every so many of them its processes are looked at.
constexpr std::chrono::milliseconds clockInterval{250};
constexpr int ticksPerLook = 4;

/// What a row is computed from.
struct Context
{
    const WorkerStatus &status;
    const WorkerSample *sample;
    const ProcessTree *tree; ///< null: not looked at yet
    std::chrono::nanoseconds now;
    const QString &lastError;

    const WorkerSpec &spec() const { return *status.spec; }
};

/// One row: everything the view knows of it. An empty value hides the row.
struct RowInfo
{
    const char *name;
    const char *title;
    QString (*value)(const Context &context);
};

QString timeText(qint64 msSinceEpoch)
{
    return msSinceEpoch == 0
               ? QString()
               : QDateTime::fromMSecsSinceEpoch(msSinceEpoch).toString(u"yyyy-MM-dd HH:mm:ss.zzz");
}

QString numberedWords(const QStringList &words)
{
    QStringList lines;
    for (qsizetype i = 0; i < words.size(); ++i) {
        lines += u"%1: %2"_qs.arg(i).arg(quoteWord(words.at(i)));
    }
    return lines.join(u'\n');
}

QString environmentText(const WorkerSpec &spec)
{
    QStringList lines;
    for (const auto &[name, value] : spec.environment) {
        lines += name + u'=' + (isSecretName(name) ? DetailsView::tr("•••• (hidden)") : value);
    }
    return lines.isEmpty() ? DetailsView::tr("as the window's own") : lines.join(u'\n');
}

QString durationOf(const Context &context)
{
    const auto elapsed = context.status.elapsed(context.now);
    return elapsed ? durationText(*elapsed, context.status.state == State::Ended) : QString();
}

QString cpuText(const Context &context)
{
    if (isAlive(context.status.state)) {
        return context.sample && context.sample->cpuPercent
                   ? DetailsView::tr("%1 % now").arg(QLocale().toString(*context.sample->cpuPercent, 'f', 1))
                   : QString();
    }
    if (context.status.cpuTime.count() == 0) {
        return {};
    }
    const double seconds = std::chrono::duration<double>(context.status.cpuTime).count();
    return DetailsView::tr("%1 s of CPU time").arg(QLocale().toString(seconds, 'f', seconds < 10 ? 3 : 1));
}

QString memoryText(const Context &context)
{
    if (isAlive(context.status.state)) {
        return context.sample && context.sample->memoryBytes
                   ? DetailsView::tr("%1 now, the whole process tree")
                         .arg(bytesText(*context.sample->memoryBytes))
                   : QString();
    }
    return context.status.peakMemoryKib > 0
               ? DetailsView::tr("main process at most %1; its children are not counted")
                     .arg(bytesText(context.status.peakMemoryKib * 1024))
               : QString();
}

int processCount(const Context &context)
{
    return context.tree ? context.tree->total : context.sample ? context.sample->processes : -1;
}

QString processesText(const Context &context)
{
    const int count = processCount(context);
    if (!isAlive(context.status.state) || count <= 0)
        return {};
    QString text = processCountText(count);
    if (context.status.straysKept)
        text = DetailsView::tr("%1, left behind by the main process").arg(text);
    return context.tree ? text + u'\n' + treeText(*context.tree) : text;
}

QString stoppingRowText(const Context &context)
{
    return stoppingText(context.status, processCount(context), context.now);
}

QString stopText(const Context &context)
{
    const auto grace = context.spec().grace;
    const QString seconds = QLocale().toString(std::chrono::duration<double>(grace).count(), 'g', 4);
    const QString ladder =
        DetailsView::tr("%1, then SIGKILL after %2 s").arg(signalName(context.spec().stopSignal), seconds);
    return context.spec().keepStrays
               ? DetailsView::tr("%1; what it leaves behind when it ends by itself goes on").arg(ladder)
               : ladder;
}

QString inputText(const Context &context)
{
    const Input input = context.spec().input;
    const bool runs = isAlive(context.status.state) && context.status.state != State::Starting;
    if (context.status.inputOpen && context.status.terminal)
        return DetailsView::tr("a terminal; type to it in the Output tab");
    if (context.status.inputOpen)
        return DetailsView::tr("what is typed in the Output tab");
    if (runs && input == Input::None)
        return DetailsView::tr(
            "nothing (/dev/null); to type to it, choose its input in Edit… and restart it");
    if (runs)
        return DetailsView::tr("has ended");
    return input == Input::None   ? DetailsView::tr("nothing (/dev/null)")
           : input == Input::Pipe ? DetailsView::tr("what is typed in the Output tab")
                                  : DetailsView::tr("a terminal");
}

QString exitRowText(const Context &context)
{
    const bool known = context.status.state == State::Ended || context.status.exitCode;
    return known ? exitText(context.status) : QString();
}

QString pidText(const Context &context)
{
    if (context.status.pid > 0) {
        return QString::number(context.status.pid);
    }
    return context.status.lastPid > 0 ? DetailsView::tr("none; it was %1").arg(context.status.lastPid)
                                      : QString();
}

QString outputText(const Context &context)
{
    if (context.status.runDirectory.isEmpty()) {
        return {};
    }
    QString text = bytesText(static_cast<qint64>(context.status.outputBytes));
    if (context.status.droppedBytes > 0)
        text = DetailsView::tr("%1, of which %2 were not kept")
                   .arg(text, bytesText(static_cast<qint64>(context.status.droppedBytes)));
    if (context.status.streamsMerged && !context.status.terminal)
        text = DetailsView::tr("%1; its two streams are merged").arg(text);
    return text;
}

constexpr std::array rows{
    RowInfo{"name", QT_TRANSLATE_NOOP("procession::DetailsView", "Name"),
            [](const Context &context) { return context.spec().name; }},
    RowInfo{"description", QT_TRANSLATE_NOOP("procession::DetailsView", "Description"),
            [](const Context &context) { return context.spec().description; }},
    RowInfo{"state", QT_TRANSLATE_NOOP("procession::DetailsView", "State"),
            [](const Context &context) { return stateText(context.status, context.now); }},
    RowInfo{"why", QT_TRANSLATE_NOOP("procession::DetailsView", "Why"),
            [](const Context &context) { return stateExplanation(context.status, context.now); }},
    RowInfo{"stopping", QT_TRANSLATE_NOOP("procession::DetailsView", "Stopping"), stoppingRowText},
    RowInfo{"left", QT_TRANSLATE_NOOP("procession::DetailsView", "Left behind"),
            [](const Context &context) { return leftText(context.status); }},
    RowInfo{"exit", QT_TRANSLATE_NOOP("procession::DetailsView", "Exit code"), exitRowText},
    RowInfo{"lasterror", QT_TRANSLATE_NOOP("procession::DetailsView", "Last error"),
            [](const Context &context) { return context.lastError; }},
    RowInfo{"pid", QT_TRANSLATE_NOOP("procession::DetailsView", "PID"), pidText},
    RowInfo{"processes", QT_TRANSLATE_NOOP("procession::DetailsView", "Processes"), processesText},
    RowInfo{"started", QT_TRANSLATE_NOOP("procession::DetailsView", "Started"),
            [](const Context &context) { return timeText(context.status.startedMs); }},
    RowInfo{"ended", QT_TRANSLATE_NOOP("procession::DetailsView", "Ended"),
            [](const Context &context) { return timeText(context.status.endedMs); }},
    RowInfo{"elapsed", QT_TRANSLATE_NOOP("procession::DetailsView", "Elapsed"), durationOf},
    RowInfo{"cpu", QT_TRANSLATE_NOOP("procession::DetailsView", "CPU"), cpuText},
    RowInfo{"memory", QT_TRANSLATE_NOOP("procession::DetailsView", "Memory"), memoryText},
    RowInfo{"output", QT_TRANSLATE_NOOP("procession::DetailsView", "Output"), outputText},
    RowInfo{"input", QT_TRANSLATE_NOOP("procession::DetailsView", "Input"), inputText},
    RowInfo{"command", QT_TRANSLATE_NOOP("procession::DetailsView", "Command"),
            [](const Context &context) { return context.spec().command.text(); }},
    RowInfo{"how", QT_TRANSLATE_NOOP("procession::DetailsView", "Executed"),
            [](const Context &context) {
                return context.spec().command.kind() == Command::Kind::Shell
                           ? DetailsView::tr("through a shell")
                           : DetailsView::tr("directly, without a shell");
            }},
    RowInfo{"argv", QT_TRANSLATE_NOOP("procession::DetailsView", "Arguments"),
            [](const Context &context) { return numberedWords(context.spec().command.argv()); }},
    RowInfo{"directory", QT_TRANSLATE_NOOP("procession::DetailsView", "Directory"),
            [](const Context &context) {
                return context.spec().workingDirectory.isEmpty()
                           ? DetailsView::tr("the window's own: %1").arg(QDir::currentPath())
                           : context.spec().workingDirectory;
            }},
    RowInfo{"environment", QT_TRANSLATE_NOOP("procession::DetailsView", "Environment"),
            [](const Context &context) { return environmentText(context.spec()); }},
    RowInfo{"stop", QT_TRANSLATE_NOOP("procession::DetailsView", "Terminate sends"), stopText},
    RowInfo{"group", QT_TRANSLATE_NOOP("procession::DetailsView", "Group"),
            [](const Context &context) { return context.spec().group; }},
    RowInfo{"run", QT_TRANSLATE_NOOP("procession::DetailsView", "Run"),
            [](const Context &context) { return context.status.runId; }},
    RowInfo{"rundirectory", QT_TRANSLATE_NOOP("procession::DetailsView", "Kept in"),
            [](const Context &context) { return context.status.runDirectory; }},
};

} // namespace

DetailsView::DetailsView(QWidget *parent)
    : QScrollArea(parent)
    , m_none(new QLabel(tr("Select a worker to see its details.")))
    , m_page(new QWidget)
{
    setObjectName(u"detailsView"_qs);
    setAccessibleName(tr("Details"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    m_none->setObjectName(u"detailsNone"_qs);
    m_none->setAlignment(Qt::AlignCenter);
    // Not a QFormLayout: in Qt 6.4.2 one whose rows were hidden writes past its arrays when it is shown
    // again.
    auto *grid = new QGridLayout(m_page);
    grid->setColumnStretch(1, 1);
    grid->setVerticalSpacing(fontMetrics().height() / 4);
    grid->setHorizontalSpacing(fontMetrics().averageCharWidth() * 2);
    for (const RowInfo &info : rows) {
        auto *title = new QLabel(tr(info.title), m_page);
        title->setForegroundRole(QPalette::PlaceholderText);
        title->setAlignment(Qt::AlignRight | Qt::AlignTop);
        auto *value = new QLabel(m_page);
        value->setObjectName(u"details."_qs + QLatin1StringView(info.name));
        value->setAccessibleName(tr(info.title));
        value->setTextFormat(Qt::PlainText);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        value->setWordWrap(true);
        value->setAlignment(Qt::AlignLeft | Qt::AlignTop);
        QSizePolicy policy = value->sizePolicy();
        policy.setHorizontalPolicy(QSizePolicy::Ignored); // a long word must not widen the window
        value->setSizePolicy(policy);
        title->setBuddy(value);
        const int row = int(m_rows.size());
        grid->addWidget(title, row, 0);
        grid->addWidget(value, row, 1);
        m_rows.push_back({title, value});
    }
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_none, 1);
    layout->addWidget(m_page, 0);
    layout->addStretch(0);
    setWidget(content);
    m_page->hide();
    m_clock.setInterval(clockInterval);
    m_clock.callOnTimeout(this, &DetailsView::tick);
}

void DetailsView::show(const WorkerStatus *status, const WorkerSample *sample, std::chrono::nanoseconds now,
                       const QString &lastError)
{
    const bool another =
        !status || !m_status || status->id != m_status->id || status->runId != m_status->runId;
    m_status = status ? std::optional(*status) : std::nullopt;
    m_sample = sample ? std::optional(*sample) : std::nullopt;
    m_lastError = lastError;
    if (another || !isAlive(status->state))
        m_tree.reset();
    m_none->setVisible(!status);
    m_page->setVisible(status);
    followTree();
    fillRows(now);
}

void DetailsView::setTree(const ProcessTree &tree)
{
    if (!m_status || tree.worker != m_status->id || !isAlive(m_status->state))
        return;
    m_tree = tree;
    fillRows(bootNow());
}

void DetailsView::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    followTree();
}

void DetailsView::hideEvent(QHideEvent *event)
{
    QScrollArea::hideEvent(event);
    followTree();
}

/// Has the processes looked at while somebody can see them; at once when the state changed, for then they are
/// others.
void DetailsView::followTree()
{
    const bool wanted = isVisible() && m_status && isAlive(m_status->state);
    const WorkerId worker = wanted ? m_status->id : WorkerId{};
    const State state = wanted ? m_status->state : State::NotStarted;
    if (wanted && state == State::Stopping) {
        if (!m_clock.isActive())
            m_clock.start();
    } else {
        m_clock.stop();
    }
    if (worker == m_followed && state == m_followedState)
        return;
    m_followed = worker;
    m_followedState = state;
    Q_EMIT treeWanted(worker, wanted ? m_status->pid : 0);
}

void DetailsView::tick()
{
    fillRows(bootNow());
    if (++m_ticks % ticksPerLook == 0)
        Q_EMIT treeWanted(m_followed, m_status->pid);
}

void DetailsView::fillRows(std::chrono::nanoseconds now)
{
    if (!m_status)
        return;
    const Context context{*m_status, m_sample ? &*m_sample : nullptr, m_tree ? &*m_tree : nullptr, now,
                          m_lastError};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const QString value = rows[i].value(context);
        const Row &row = m_rows[i];
        if (row.value->text() != value)
            row.value->setText(value);
        if (row.value->isHidden() != value.isEmpty()) {
            row.title->setHidden(value.isEmpty());
            row.value->setHidden(value.isEmpty());
        }
    }
}

} // namespace procession
