// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/processtree.h"

#include "testhome.h"

#include <QProcess>
#include <QTest>

#include <unistd.h>

#include <algorithm>

using namespace procession;

namespace {

ProcessStat process(const char *name, qint64 parent, quint64 start = 0, char state = 'S')
{
    ProcessStat stat;
    stat.parent = parent;
    stat.startTicks = start;
    stat.state = state;
    qstrncpy(stat.name.data(), name, uint(stat.name.size()));
    return stat;
}

/// "  sh 11 S", a line for each, indented by depth.
QStringList linesOf(const ProcessTree &tree)
{
    QStringList lines;
    for (const TreeProcess &one : tree.processes)
        lines.append(QString(one.depth * 2, u' ') + one.name + u' ' + QString::number(one.pid) + u' ' +
                     QLatin1Char(one.state));
    return lines;
}

} // namespace

class TestProcessTree final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnEveryWarning(); }

    void parentsComeBeforeTheirChildrenAndElderFirst()
    {
        const ProcessTable table{{10, process("keeper", 1)},       {11, process("sh", 10, 5)},
                                 {30, process("cat", 11, 7, 'T')}, {12, process("python3", 11, 9, 'R')},
                                 {20, process("sleep", 12, 9)},    {13, process("daemon", 10, 20, 'D')},
                                 {99, process("other", 1)}};
        const ProcessTree tree = treeOf(table, 10, 11);
        QCOMPARE(linesOf(tree),
                 QStringList({QStringLiteral("sh 11 S"), QStringLiteral("  cat 30 T"),
                              QStringLiteral("  python3 12 R"), QStringLiteral("    sleep 20 S"),
                              QStringLiteral("daemon 13 D")}));
        QCOMPARE(tree.total, 5);
    }

    /// Both halves of a keeper are gone: what is left is found by the main process.
    void withoutAKeeperItBeginsWithTheMainProcess()
    {
        const ProcessTable table{{11, process("sh", 1)}, {12, process("cat", 11)}, {13, process("other", 1)}};
        QCOMPARE(linesOf(treeOf(table, 10, 11)),
                 QStringList({QStringLiteral("sh 11 S"), QStringLiteral("  cat 12 S")}));
        QCOMPARE(treeOf(table, 10, 14).total, 0);
        QCOMPARE(treeOf(table, 0, 0).total, 0);
    }

    void aLargeTreeIsCountedNotNamed()
    {
        ProcessTable table{{1, process("keeper", 0)}};
        for (qint64 pid = 2; pid < 2002; ++pid)
            table.emplace(pid, process("fork", pid - 1, quint64(pid)));
        const ProcessTree tree = treeOf(table, 1, 2);
        QCOMPARE(tree.total, 2000);
        QCOMPARE(tree.processes.size(), ProcessTree::mostProcesses);
    }

    /// PIDs are reused while /proc is read: then a process may seem to be its own grandparent.
    void aLoopEnds()
    {
        const ProcessTable table{{10, process("keeper", 12)}, {11, process("a", 10)}, {12, process("b", 11)}};
        QCOMPARE(treeOf(table, 10, 11).processes.size(), 3);
    }

    void readsThisMachine()
    {
        QProcess child;
        child.start(QStringLiteral("/bin/cat"), QStringList());
        QVERIFY(child.waitForStarted());
        ProcessTable table;
        QTRY_VERIFY(readProcesses(table) && QByteArray(table.at(child.processId()).name.data()) == "cat");
        const ProcessStat &stat = table.at(child.processId());
        QCOMPARE(stat.parent, qint64(::getpid()));
        QVERIFY(QByteArrayLiteral("RSD").contains(stat.state));
        QVERIFY(stat.startTicks > 0);
        const ProcessTree tree = treeOf(table, ::getpid(), 0);
        const auto found =
            std::find_if(tree.processes.cbegin(), tree.processes.cend(),
                         [&child](const TreeProcess &one) { return one.pid == child.processId(); });
        QVERIFY(found != tree.processes.cend());
        QCOMPARE(found->owner, QString());
        child.closeWriteChannel();
        QVERIFY(child.waitForFinished());
        QVERIFY(readProcesses(table));
        QVERIFY(!table.contains(child.processId()));
    }

    /// Whoever runs as another user cannot be signalled: that is told before it is tried.
    void namesAForeignOwner()
    {
        if (::geteuid() != 0) {
            ProcessTable table;
            QVERIFY(readProcesses(table));
            QCOMPARE(treeOf(table, 0, 1).processes.value(0).owner, QStringLiteral("root"));
            return;
        }
        QProcess child;
        child.start(
            QStringLiteral("setpriv"),
            {QStringLiteral("--reuid=65534"), QStringLiteral("--clear-groups"), QStringLiteral("/bin/cat")});
        QVERIFY(child.waitForStarted());
        ProcessTable table;
        QTRY_VERIFY(readProcesses(table) &&
                    treeOf(table, 0, child.processId()).processes.value(0).owner == u"nobody");
        child.closeWriteChannel();
        QVERIFY(child.waitForFinished());
    }
};

QTEST_GUILESS_MAIN(TestProcessTree)
#include "tst_processtree.moc"
