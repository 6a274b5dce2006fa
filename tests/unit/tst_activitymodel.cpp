// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/activitymodel.h"
#include "patience.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace procession;

class TestActivityModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void showsTimeAndText();
    void manyInOneSignal();
    void bounded();
    void clears();
};

namespace {

ActivityEntry entryOf(const int number)
{
    return {QDateTime(QDate(2026, 3, 4), QTime(12, 0, 3, 104)).toMSecsSinceEpoch(),
            ActivityEntry::Kind::Ended, static_cast<WorkerId>(number),
            QStringLiteral("entry %1").arg(number)};
}

QString textAt(const ActivityModel &model, const int row)
{
    return model.index(row, ActivityModel::TextColumn).data().toString();
}

} // namespace

void TestActivityModel::showsTimeAndText()
{
    ActivityModel model;
    const QAbstractItemModelTester tester(&model);
    ActivityEntry entry = entryOf(7);
    entry.text = QStringLiteral("sort <in ended, exit code 0, 3.0 s");
    model.append(entry);
    QTRY_COMPARE(model.rowCount(), 1);
    const QModelIndex time = model.index(0, ActivityModel::TimeColumn);
    QCOMPARE(time.data().toString(), QStringLiteral("12:00:03.104"));
    QVERIFY(time.data(Qt::ToolTipRole).toString().startsWith(QStringLiteral("2026-03-04T12:00:03.104")));
    QCOMPARE(textAt(model, 0), entry.text);
    QCOMPARE(model.index(0, 1).data(Qt::ToolTipRole).toString(),
             QStringLiteral("<p>sort &lt;in ended, exit code 0, 3.0 s</p>"));
    QCOMPARE(time.data(ActivityModel::IdRole).toULongLong(), 7ull);
    QCOMPARE(time.data(ActivityModel::KindRole).toInt(), int(ActivityEntry::Kind::Ended));
    QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), QStringLiteral("Time"));
    QVERIFY(!model.data({}).isValid());
}

void TestActivityModel::manyInOneSignal()
{
    ActivityModel model;
    const QAbstractItemModelTester tester(&model);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    for (int i = 0; i < 500; ++i)
        model.append(entryOf(i));
    QCOMPARE(model.rowCount(), 0); // nothing within the caller's turn
    QTRY_COMPARE(model.rowCount(), 500);
    QCOMPARE(inserted.size(), 1);
    QCOMPARE(textAt(model, 0), QStringLiteral("entry 0"));
    QCOMPARE(textAt(model, 499), QStringLiteral("entry 499"));
}

void TestActivityModel::bounded()
{
    ActivityModel model;
    constexpr int maximum = ActivityModel::maximumEntries;
    for (int i = 0; i < maximum - 1; ++i)
        model.append(entryOf(i));
    QTRY_COMPARE(model.rowCount(), maximum - 1);
    for (int i = maximum - 1; i < maximum + 10; ++i)
        model.append(entryOf(i));
    QTRY_COMPARE(model.rowCount(), maximum);
    QCOMPARE(textAt(model, 0), QStringLiteral("entry 10"));
    QCOMPARE(textAt(model, maximum - 1), QStringLiteral("entry %1").arg(maximum + 9));

    // More within one turn than there is room for: only the newest are left, and no row in between.
    for (int i = 0; i < 3 * maximum; ++i)
        model.append(entryOf(i));
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QTRY_COMPARE(inserted.size(), 1);
    QCOMPARE(model.rowCount(), maximum);
    QCOMPARE(textAt(model, 0), QStringLiteral("entry %1").arg(2 * maximum));
}

void TestActivityModel::clears()
{
    ActivityModel model;
    const QAbstractItemModelTester tester(&model);
    model.append(entryOf(1));
    QTRY_COMPARE(model.rowCount(), 1);
    model.append(entryOf(2));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    model.append(entryOf(3));
    QTRY_COMPARE(model.rowCount(), 1);
    QCOMPARE(textAt(model, 0), QStringLiteral("entry 3"));
}

QTEST_GUILESS_MAIN(TestActivityModel)
#include "tst_activitymodel.moc"
