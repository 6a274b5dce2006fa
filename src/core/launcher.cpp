// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/launcher.h"

#include "core/bootclock.h"
#include "core/runcontrol.h"
#include "core/rundirectory.h"
#include "core/starttext.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace procession {

namespace {

using namespace std::chrono_literals;
using rundir::StartReport;

// Starts the keeper program is given at once. What waits here can still be taken back, and meets a shortage
// one by one.
constexpr int maximumInFlight = 64;
// A keeper may hang over a working directory on a dead server: after this long it holds up no others.
constexpr auto answerPatience = 5s;
constexpr auto lookPause = 1s; // between looks for such, while others wait
constexpr auto firstPause = 100ms;
constexpr auto longestPause = 5s;
// A window that closes waits for it; what was not taken until then is offered again.
constexpr auto farewell = 900ms;
constexpr auto burial = 100ms;
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
    , m_look(this)
    , m_pause(firstPause)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Launcher::pump);
    m_look.setSingleShot(true);
    connect(&m_look, &QTimer::timeout, this, &Launcher::pump);
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

void Launcher::cancel(const QString &runDirectory)
{
    QMetaObject::invokeMethod(
        this,
        [this, runDirectory] {
            const auto waiting =
                std::find_if(m_waiting.begin(), m_waiting.end(),
                             [&runDirectory](const Start &start) { return start.directory == runDirectory; });
            bool isCancelled = false;
            if (waiting != m_waiting.end()) {
                // No keeper has been asked for it, or one that gave it back.
                isCancelled = !waiting->isClaimed ||
                              RunDirectory(runDirectory).revoke() != RunDirectory::Revocation::Refused;
                m_waiting.erase(waiting);
            } else {
                // Its keeper comes too late, if it comes at all.
                isCancelled = RunDirectory(runDirectory).revoke() == RunDirectory::Revocation::Revoked;
            }
            if (isCancelled)
                Q_EMIT launchCancelled(QFileInfo(runDirectory).fileName());
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
    const std::chrono::nanoseconds now = bootNow();
    auto awaited = std::count_if(m_inFlight.cbegin(), m_inFlight.cend(),
                                 [now](const Start &start) { return now - start.begunAt < answerPatience; });
    for (; !m_waiting.empty() && !m_retry.isActive(); ++awaited) {
        if (awaited >= maximumInFlight && !m_finishing) {
            m_look.start(lookPause);
            return;
        }
        Start start = m_waiting.front();
        m_waiting.pop_front();
        if (!start.isClaimed) {
            int error = 0;
            const QString problem = RunDirectory(start.directory).create(specBytes(start.order), &error);
            if (rundir::isShortage(error)) {
                delay(start, error);
                continue;
            }
            if (!problem.isEmpty()) {
                Q_EMIT launchFailed(start.order.runId, problem, true);
                continue;
            }
            start.isClaimed = true;
        }
        start.begunAt = now;
        if (!begin(start)) {
            Q_EMIT launchFailed(
                start.order.runId,
                tr("The values of its secret variables are too long together to be passed on."), true);
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
            0, false);
    });
    connect(m_program, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            const QString reason = m_program->errorString();
            programEnded(tr("The keeper %1 could not be started: %2. Is Procession installed whole?")
                             .arg(m_keeperProgram, reason),
                         shortageIn(reason), true);
        }
    });
    m_isSound = true;
    m_program->start();
}

void Launcher::programEnded(const QString &reason, int shortage, bool isCertain)
{
    m_program->disconnect(this);
    m_program->deleteLater();
    m_program = nullptr;
    m_reports.clear();
    const QHash<QString, Start> inFlight = std::exchange(m_inFlight, {});
    for (const Start &start : inFlight) {
        if (shortage != 0)
            delay(start, shortage);
        else
            Q_EMIT launchFailed(start.order.runId, reason, isCertain);
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
    if (!m_launched.isEmpty())
        Q_EMIT launched(std::exchange(m_launched, {}));
}

/// False if this is no report at all.
bool Launcher::takeReport(const StartReport &report)
{
    using rundir::Start;
    if (report.start > Start::KeeperFailed || report.run[sizeof report.run - 1] != '\0')
        return false;
    const QString runId = QString::fromLatin1(report.run);
    const auto found = m_inFlight.constFind(runId);
    // Two halves of a keeper may report, where one was killed right after it had.
    if (found == m_inFlight.constEnd())
        return true;
    const bool wasKilled = report.start == Start::KeeperFailed && report.error == 0;
    if (wasKilled) {
        // One half may go on for the other, and report as well.
        const RunFacts facts = RunDirectory(found->directory).inspect();
        if (facts.keeper == RunFacts::Keeper::Alive)
            return true;
    }
    const Launcher::Start start = *found;
    m_inFlight.erase(found);
    const bool nothingBegan =
        !wasKilled && (report.start == Start::KeeperFailed || report.start == Start::NoDirectory ||
                       report.start == Start::Foreign || report.start == Start::NotRecorded);
    if (nothingBegan && rundir::isShortage(report.error)) {
        delay(start, report.error);
    } else {
        m_pause = firstPause;
        if (report.start == Start::Started)
            m_launched.append(runId);
        else
            Q_EMIT launchFailed(runId, startProblem(report), nothingBegan);
    }
    return true;
}

void Launcher::endGracefully()
{
    m_finishing = true;
    m_retry.stop();
    m_look.stop();
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
    if (program->processId() > 0)
        ::kill(pid_t(program->processId()), SIGCONT); // somebody may have stopped it
    if (!program->waitForFinished(int(farewell.count()))) {
        program->kill();
        program->waitForFinished(int(burial.count()));
    }
}

} // namespace procession
