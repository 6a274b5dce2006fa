// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/launcher.h"

#include "core/rundirectory.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QProcessEnvironment>

#include <deque>

namespace procession {

namespace {

// One launcher program starts many keepers: its own start is the larger part of the price.
constexpr int maximumBatch = 32;
constexpr int maximumInFlight = 2;
constexpr int farewellMs = 10'000;

bool hasSecrets(const WorkerSpec &spec)
{
    for (const auto &variable : spec.environment) {
        if (isSecretName(variable.first))
            return true;
    }
    return false;
}

} // namespace

/// The part of the Launcher that lives in the launch thread.
class Launcher::Hand final : public QObject
{
    Q_DISABLE_COPY_MOVE(Hand)

public:
    Hand(Launcher *launcher, const QString &keeperProgram)
        : m_launcher(launcher)
        , m_keeperProgram(keeperProgram)
    {
    }

    void launch(const QString &runsDirectory, const RunOrder &order)
    {
        m_waiting.push_back({runsDirectory + u'/' + order.runId, order});
        // What else was posted in the same turn goes along in one batch.
        if (m_waiting.size() == 1)
            QMetaObject::invokeMethod(this, &Hand::pump, Qt::QueuedConnection);
    }

    /// Starts what is still waiting and sees every launcher to its end.
    void finish()
    {
        m_finishing = true;
        while (!m_waiting.empty())
            startBatch();
        for (QProcess *process : findChildren<QProcess *>())
            process->waitForFinished(farewellMs);
    }

private:
    struct Waiting
    {
        QString directory;
        RunOrder order;
    };

    void pump()
    {
        while (!m_waiting.empty() && (m_inFlight < maximumInFlight || m_finishing))
            startBatch();
    }

    void startBatch()
    {
        QStringList runIds;
        QStringList arguments{QStringLiteral("--launch")};
        const bool alone = hasSecrets(*m_waiting.front().order.spec);
        const auto spec = m_waiting.front().order.spec;
        while (!m_waiting.empty() && runIds.size() < maximumBatch) {
            const Waiting &next = m_waiting.front();
            if (!runIds.isEmpty() && (alone || hasSecrets(*next.order.spec)))
                break;
            const QString problem = RunDirectory(next.directory).create(specBytes(next.order));
            if (problem.isEmpty()) {
                runIds.append(next.order.runId);
                arguments.append(next.directory);
            } else {
                Q_EMIT m_launcher->launchFailed(next.order.runId, problem);
            }
            const bool stop = alone;
            m_waiting.pop_front();
            if (stop)
                break;
        }
        if (runIds.isEmpty())
            return;

        auto *process = new QProcess(this);
        process->setProgram(m_keeperProgram);
        process->setArguments(arguments);
        process->setStandardInputFile(QProcess::nullDevice());
        process->setStandardOutputFile(QProcess::nullDevice());
        if (alone) {
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            for (const auto &[key, value] : spec->environment) {
                if (isSecretName(key))
                    environment.insert(key, value);
            }
            process->setProcessEnvironment(environment);
        }
        connect(process, &QProcess::finished, this,
                [this, process, runIds, arguments](int code, QProcess::ExitStatus status) {
                    done(process);
                    // Where a keeper could write its state, that says more than the launcher does, and
                    // counts.
                    Q_EMIT m_launcher->launched(runIds);
                    if (status != QProcess::NormalExit || code != rundir::AllStarted)
                        explain(runIds, arguments.mid(1), process->readAllStandardError());
                });
        connect(process, &QProcess::errorOccurred, this,
                [this, process, runIds](QProcess::ProcessError error) {
                    if (error != QProcess::FailedToStart)
                        return;
                    done(process);
                    fail(runIds, tr("The keeper %1 could not be started: %2.")
                                     .arg(m_keeperProgram, process->errorString()));
                });
        ++m_inFlight;
        process->start(QIODevice::ReadOnly);
    }

    /// Tells each run that did not start what the launcher said of it: a line "procession-keeper: DIRECTORY:
    /// why".
    void explain(const QStringList &runIds, const QStringList &directories, const QByteArray &said)
    {
        const QStringList lines = QString::fromLocal8Bit(said).split(u'\n', Qt::SkipEmptyParts);
        bool told = false;
        for (qsizetype i = 0; i < runIds.size(); ++i) {
            const QString prefix = u"procession-keeper: " + directories.at(i) + u": ";
            for (const QString &line : lines) {
                if (line.startsWith(prefix)) {
                    fail({runIds.at(i)}, tr("It could not be kept: %1.").arg(line.mid(prefix.size())));
                    told = true;
                }
            }
        }
        if (!told) {
            fail(runIds, lines.isEmpty() ? tr("Its keeper ended before it could start the program.")
                                         : lines.join(u' '));
        }
    }

    void fail(const QStringList &runIds, const QString &reason)
    {
        for (const QString &runId : runIds)
            Q_EMIT m_launcher->launchFailed(runId, reason);
    }

    void done(QProcess *process)
    {
        --m_inFlight;
        process->deleteLater();
        QMetaObject::invokeMethod(this, &Hand::pump, Qt::QueuedConnection);
    }

    Launcher *m_launcher;
    QString m_keeperProgram;
    std::deque<Waiting> m_waiting;
    int m_inFlight = 0;
    bool m_finishing = false;
};

Launcher::Launcher(const QString &keeperProgram, QObject *parent)
    : QObject(parent)
    , m_hand(new Hand(this, keeperProgram))
{
    m_thread.setObjectName(QStringLiteral("launch"));
    m_hand->moveToThread(&m_thread);
    m_thread.start();
}

Launcher::~Launcher()
{
    QMetaObject::invokeMethod(m_hand, &Hand::finish, Qt::BlockingQueuedConnection);
    m_hand->deleteLater();
    m_thread.quit();
    m_thread.wait();
}

void Launcher::launch(const QString &runsDirectory, const RunOrder &order)
{
    QMetaObject::invokeMethod(
        m_hand, [hand = m_hand, runsDirectory, order] { hand->launch(runsDirectory, order); },
        Qt::QueuedConnection);
}

void Launcher::send(const QString &runDirectory, rundir::Verb verb, int argument)
{
    QMetaObject::invokeMethod(
        m_hand,
        [this, runDirectory, verb, argument] {
            if (!RunDirectory(runDirectory).send(verb, argument))
                Q_EMIT unreachable(runDirectory);
        },
        Qt::QueuedConnection);
}

void Launcher::prune(const QString &runsDirectory, const QStringList &inUse, int kept)
{
    QMetaObject::invokeMethod(
        m_hand, [runsDirectory, inUse, kept] { RunDirectory::prune(runsDirectory, inUse, kept); },
        Qt::QueuedConnection);
}

} // namespace procession
