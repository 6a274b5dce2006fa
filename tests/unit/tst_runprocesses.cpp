// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/runprocesses.h"

#include "keeper/rundir.h"
#include "patience.h"

#include <QProcess>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <memory>

using namespace procession;

class TestRunProcesses final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWhatCarriesTheCookie()
    {
        const auto one = start(QStringLiteral("one"), {QStringLiteral("sleep"), QStringLiteral("100")});
        const auto two = start(QStringLiteral("two"), {QStringLiteral("sleep"), QStringLiteral("100")});
        const auto found = findRunProcesses({{QStringLiteral("one")}, {QStringLiteral("three")}});
        QVERIFY(found);
        QCOMPARE(found->keys(), QStringList{QStringLiteral("one")});
        QCOMPARE(found->value(QStringLiteral("one")).size(), 1);
        const RunProcess process = onlyOf(*found);
        QCOMPARE(process.pid, one->processId());
        QCOMPARE(process.name, QStringLiteral("sleep"));
        QVERIFY(process.startTicks > 0);
        end(*one);
        end(*two);
    }

    /// What hides its environment is found below what does not, or as the main process.
    void findsWhatHasNoCookie()
    {
        const auto parent = start(QStringLiteral("one"), {QStringLiteral("sh"), QStringLiteral("-c"),
                                                          QStringLiteral("env -i sleep 100; true")});
        const QList<RunTrace> traces{{QStringLiteral("one")}};
        QTRY_VERIFY(hasSleep(*findRunProcesses(traces)));
        RunProcess child;
        for (const RunProcess &process : findRunProcesses(traces)->value(QStringLiteral("one"))) {
            if (process.name == u"sleep")
                child = process;
        }
        ::kill(pid_t(parent->processId()), SIGKILL);
        QVERIFY(parent->waitForFinished());
        QVERIFY(findRunProcesses(traces)->isEmpty());
        QCOMPARE(findRunProcesses({{QStringLiteral("one"), child.pid, child.startTicks}})->size(), 1);
        QVERIFY(findRunProcesses({{QStringLiteral("one"), child.pid, child.startTicks + 1}})->isEmpty());
        QVERIFY(signalProcess(child, SIGKILL));
    }

    void signalsNoOtherProcess()
    {
        const auto one = start(QStringLiteral("one"), {QStringLiteral("sleep"), QStringLiteral("100")});
        const QList<RunTrace> traces{{QStringLiteral("one")}};
        const RunProcess process = onlyOf(*findRunProcesses(traces));
        QVERIFY(!signalProcess({process.pid, process.startTicks - 1, process.name}, SIGKILL));
        QCOMPARE(findRunProcesses(traces)->size(), 1);
        QVERIFY(signalProcess(process, SIGKILL));
        QVERIFY(one->waitForFinished());
        QVERIFY(findRunProcesses(traces)->isEmpty());
        QVERIFY(!signalProcess(process, SIGKILL));
    }

private:
    /// The one process of the run "one"; without a PID, if it has another number of them.
    static RunProcess onlyOf(const QHash<QString, QList<RunProcess>> &found)
    {
        RunProcess only;
        const auto processes = found.constFind(QStringLiteral("one"));
        if (processes != found.cend() && processes->size() == 1)
            only = processes->at(0);
        return only;
    }

    static std::unique_ptr<QProcess> start(const QString &runId, const QStringList &command)
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(rundir::cookieVariable), runId);
        process->setProcessEnvironment(environment);
        process->start(command.first(), command.mid(1));
        return process->waitForStarted() ? std::move(process) : nullptr;
    }

    static void end(QProcess &process)
    {
        process.kill();
        process.waitForFinished();
    }

    static bool hasSleep(const QHash<QString, QList<RunProcess>> &found)
    {
        const QList<RunProcess> processes = found.value(QStringLiteral("one"));
        return std::any_of(processes.cbegin(), processes.cend(),
                           [](const RunProcess &process) { return process.name == u"sleep"; });
    }
};

QTEST_GUILESS_MAIN(TestRunProcesses)
#include "tst_runprocesses.moc"
