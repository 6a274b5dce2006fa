// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/launcher.h"

#include "core/runcontrol.h"
#include "core/rundirectory.h"
#include "core/starttext.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace procession {

namespace {

using namespace std::chrono_literals;
using rundir::StartReport;

// Starts the keeper program is given at once. What waits here can still be taken back, and meets a shortage
// one by one.
constexpr int maximumInFlight = 64;
constexpr auto firstPause = 100ms;
constexpr auto longestPause = 5s;
constexpr int farewellMs = 10'000;
constexpr qsizetype lastWords = 500;

/// The errno in a text of QProcess's, which tells it no other way; 0 if it is none that passes.
int shortageIn(const QString &text)
{
    for (const int error : {EMFILE, ENFILE, EAGAIN, ENOMEM}) {
        if (text.endsWith(qt_error_string(error)))
            return error;
    }
    return 0;
}

} // namespace

Launcher::Launcher(const QString &keeperProgram)
    : m_keeperProgram(keeperProgram)
    , m_retry(this)
    , m_pause(firstPause)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Launcher::pump);
}

Launcher::~Launcher() = default;

void Launcher::launch(const QString &runsDirectory, const RunOrder &order)
{
    QMetaObject::invokeMethod(
        this,
        [this, runsDirectory, order] {
            m_waiting.push_back({++m_launches, runsDirectory + u'/' + order.runId, order});
            if (m_retry.isActive())
                tellDelay(m_waiting.back());
            else
                pump();
        },
        Qt::QueuedConnection);
}

void Launcher::cancel(const QString &runId)
{
    QMetaObject::invokeMethod(
        this,
        [this, runId] {
            const auto waiting =
                std::find_if(m_waiting.begin(), m_waiting.end(),
                             [&runId](const Start &start) { return start.order.runId == runId; });
            const auto inFlight = m_inFlight.constFind(runId);
            bool isCancelled = false;
            if (waiting != m_waiting.end()) {
                isCancelled = !waiting->isClaimed || RunDirectory(waiting->directory).revoke();
                m_waiting.erase(waiting);
            } else if (inFlight != m_inFlight.constEnd()) {
                // Its keeper comes too late, if it comes at all.
                isCancelled = RunDirectory(inFlight->directory).revoke();
            }
            if (isCancelled)
                Q_EMIT launchCancelled(runId);
        },
        Qt::QueuedConnection);
}

void Launcher::send(const QString &runDirectory, rundir::Verb verb, int argument)
{
    QMetaObject::invokeMethod(
        this,
        [this, runDirectory, verb, argument] {
            if (RunControl(runDirectory).send(verb, argument) == RunControl::Result::Unreachable)
                Q_EMIT unreachable(QFileInfo(runDirectory).fileName());
        },
        Qt::QueuedConnection);
}

void Launcher::finish()
{
    QMetaObject::invokeMethod(this, &Launcher::endGracefully, Qt::BlockingQueuedConnection);
}

void Launcher::pump()
{
    while (!m_waiting.empty() && !m_retry.isActive() &&
           (m_inFlight.size() < maximumInFlight || m_finishing)) {
        Start start = m_waiting.front();
        m_waiting.pop_front();
        if (!start.isClaimed) {
            int error = 0;
            const QString problem = RunDirectory(start.directory).create(specBytes(start.order), &error);
            if (isShortage(error)) {
                delay(start, error);
                continue;
            }
            if (!problem.isEmpty()) {
                Q_EMIT launchFailed(start.order.runId, problem);
                continue;
            }
            start.isClaimed = true;
        }
        if (!begin(start)) {
            Q_EMIT launchFailed(
                start.order.runId,
                tr("The values of its secret variables are too long together to be passed on."));
        }
    }
}

bool Launcher::begin(const Start &start)
{
    const QByteArray request = requestBytes(start.directory, *start.order.spec);
    if (request.size() > qsizetype(rundir::maximumRequestBytes))
        return false;
    m_inFlight.insert(start.order.runId, start);
    if (m_program == nullptr)
        startProgram();
    if (m_program != nullptr) // it may have failed at once
        m_program->write(request);
    return true;
}

/// Keeps a start for later, in its place.
void Launcher::delay(Start start, int error)
{
    m_shortage = error;
    if (!m_retry.isActive()) {
        m_retry.start(m_pause);
        m_pause = std::min<std::chrono::milliseconds>(m_pause * 2, longestPause);
        for (Start &waiting : m_waiting)
            tellDelay(waiting);
    }
    tellDelay(start);
    const auto place = std::find_if(m_waiting.begin(), m_waiting.end(),
                                    [&start](const Start &other) { return other.number > start.number; });
    m_waiting.insert(place, std::move(start));
}

void Launcher::tellDelay(Start &start)
{
    if (!std::exchange(start.isTold, true))
        Q_EMIT launchDelayed(start.order.runId, shortageText(m_shortage));
}

void Launcher::startProgram()
{
    m_program = new QProcess(this);
    m_program->setProgram(m_keeperProgram);
    m_program->setArguments({QStringLiteral("--serve")});
    connect(m_program, &QProcess::readyReadStandardOutput, this, [this] {
        takeReports();
        pump();
    });
    connect(m_program, &QProcess::finished, this, [this] {
        takeReports();
        const QString said = QString::fromLocal8Bit(m_program->readAllStandardError().right(lastWords));
        programEnded(
            m_isSound ? tr("The program that starts the keepers, %1, was ended. Start the worker again. %2")
                            .arg(m_keeperProgram, said)
                            .trimmed()
                      : tr("The keeper %1 does not answer as this version of Procession expects. "
                           "Install both from one package.")
                            .arg(m_keeperProgram),
            0);
    });
    connect(m_program, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            const QString reason = m_program->errorString();
            programEnded(tr("The keeper %1 could not be started: %2. Is Procession installed whole?")
                             .arg(m_keeperProgram, reason),
                         shortageIn(reason));
        }
    });
    m_isSound = true;
    m_program->start();
}

void Launcher::programEnded(const QString &reason, int shortage)
{
    m_program->disconnect(this);
    m_program->deleteLater();
    m_program = nullptr;
    m_reports.clear();
    m_suspects.clear();
    m_silent = 0;
    const QHash<QString, Start> inFlight = std::exchange(m_inFlight, {});
    for (const Start &start : inFlight) {
        if (shortage != 0)
            delay(start, shortage);
        else
            Q_EMIT launchFailed(start.order.runId, reason);
    }
    QMetaObject::invokeMethod(this, &Launcher::pump, Qt::QueuedConnection);
}

void Launcher::takeReports()
{
    m_reports += m_program->readAllStandardOutput();
    qsizetype taken = 0;
    for (; m_isSound && m_reports.size() - taken >= qsizetype(sizeof(StartReport));
         taken += sizeof(StartReport)) {
        StartReport report;
        std::memcpy(&report, m_reports.constData() + taken, sizeof report);
        m_isSound = takeReport(report);
        if (!m_isSound)
            m_program->kill(); // whatever it is, nothing it says can be relied upon
    }
    m_reports.remove(0, m_isSound ? taken : m_reports.size());
}

/// False if this is no report of a run in flight.
bool Launcher::takeReport(const StartReport &report)
{
    if (report.start > rundir::Start::KeeperFailed || report.run[sizeof report.run - 1] != '\0')
        return false;
    if (report.run[0] == '\0') {
        ++m_silent;
        for (auto start = m_inFlight.cbegin(); start != m_inFlight.cend(); ++start)
            m_suspects.insert(start.key());
        findSilent();
        return true;
    }
    const QString runId = QString::fromLatin1(report.run);
    const auto found = m_inFlight.constFind(runId);
    if (found == m_inFlight.constEnd())
        return false;
    const Start start = *found;
    m_inFlight.erase(found);
    const bool nothingBegan = report.start == rundir::Start::KeeperFailed ||
                              report.start == rundir::Start::NoDirectory ||
                              report.start == rundir::Start::NotRecorded;
    if (nothingBegan && isShortage(report.error)) {
        delay(start, report.error);
    } else {
        m_pause = firstPause;
        if (report.start != rundir::Start::Started)
            Q_EMIT launchFailed(runId, startProblem(report));
    }
    if (m_silent > 0)
        findSilent();
    return true;
}

/// Which of those in flight lost its keeper before it could say a word: the one of which nothing was heard
/// when all others had been.
void Launcher::findSilent()
{
    QStringList unheard;
    for (auto run = m_suspects.begin(); run != m_suspects.end();) {
        const auto start = m_inFlight.constFind(*run);
        const RunFacts facts =
            start != m_inFlight.constEnd() ? RunDirectory(start->directory).inspect() : RunFacts();
        if (start != m_inFlight.constEnd() && facts.record == RunFacts::Record::None) {
            unheard.append(*run);
            ++run;
            continue;
        }
        if (facts.keeper == RunFacts::Keeper::Gone && facts.slot.phase < rundir::Phase::Finished) {
            --m_silent; // it was this one, and its state says how far it came
            m_inFlight.remove(*run);
        }
        run = m_suspects.erase(run);
    }
    if (unheard.size() > m_silent)
        return;
    for (const QString &runId : unheard) {
        m_inFlight.remove(runId);
        StartReport report{};
        report.start = rundir::Start::KeeperFailed;
        Q_EMIT launchFailed(runId, startProblem(report));
    }
    m_suspects.clear();
    m_silent = 0;
}

void Launcher::endGracefully()
{
    m_finishing = true;
    m_retry.stop();
    m_waiting.erase(
        std::remove_if(m_waiting.begin(), m_waiting.end(), [](const Start &start) { return start.isTold; }),
        m_waiting.end());
    pump();
    m_waiting.clear();
    QProcess *program = std::exchange(m_program, nullptr);
    if (program == nullptr)
        return;
    program->disconnect(this);
    program->closeWriteChannel();
    if (!program->waitForFinished(farewellMs)) {
        program->kill();
        program->waitForFinished(farewellMs);
    }
}

} // namespace procession
