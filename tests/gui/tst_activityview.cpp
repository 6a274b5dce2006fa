// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/activityview.h"
#include "model/activitymodel.h"
#include "patience.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

class TestActivityView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support).*"_s));
        m_model = std::make_unique<ActivityModel>();
        m_view = std::make_unique<ActivityView>(m_model.get());
        m_count = 0;
        m_view->resize(500, 200);
        m_view->show();
        m_tree = m_view->findChild<QTreeView *>(u"activityView"_s);
        QVERIFY(m_tree);
    }

    void cleanup()
    {
        m_view.reset();
        m_model.reset();
    }

    void followsOnlyAtTheBottom()
    {
        append(100);
        QTRY_COMPARE(rows(), 100);
        QTRY_VERIFY(isAtBottom());
        append(50);
        QTRY_COMPARE(rows(), 150);
        QTRY_VERIFY(isAtBottom());
        m_tree->verticalScrollBar()->setValue(10);
        append(50);
        QTRY_COMPARE(rows(), 200);
        QCoreApplication::processEvents();
        QCOMPARE(m_tree->verticalScrollBar()->value(), 10);
        m_tree->verticalScrollBar()->setValue(m_tree->verticalScrollBar()->maximum());
        append(1);
        QTRY_COMPARE(rows(), 201);
        QTRY_VERIFY(isAtBottom());
    }

    void oneWorkerOnly()
    {
        append(10); // of workers 0, 1, 2, 0 ...
        QTRY_COMPARE(rows(), 10);
        auto *only = m_view->findChild<QCheckBox *>(u"activityOnlyWorkerCheck"_s);
        QVERIFY(!only->isEnabled());
        m_view->setWorker(WorkerId{1});
        QVERIFY(only->isEnabled());
        QCOMPARE(rows(), 10);
        only->setChecked(true);
        QCOMPARE(rows(), 3);
        append(3);
        QTRY_COMPARE(rows(), 4);
        m_view->setWorker(WorkerId{2});
        QCOMPARE(rows(), 4);
        m_view->setWorker(WorkerId{});
        QCOMPARE(rows(), 13);
        only->setChecked(false);
    }

    void activates()
    {
        append(3);
        QTRY_COMPARE(rows(), 3);
        QSignalSpy spy(m_view.get(), &ActivityView::workerActivated);
        const auto press = [this](int row) {
            const QPoint place = m_tree->visualRect(m_tree->model()->index(row, 1)).center();
            QTest::mouseClick(m_tree->viewport(), Qt::LeftButton, {}, place);
            QTest::mouseDClick(m_tree->viewport(), Qt::LeftButton, {}, place);
        };
        press(0); // about the roster: no worker
        QCOMPARE(spy.size(), 0);
        press(2);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.takeFirst().first().value<WorkerId>(), WorkerId{2});
        QTest::mouseClick(m_tree->viewport(), Qt::LeftButton, {},
                          m_tree->visualRect(m_tree->model()->index(1, 1)).center());
        QCOMPARE(spy.size(), 0); // a single click does nothing
        QTest::keyClick(m_tree, Qt::Key_Return);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.takeFirst().first().value<WorkerId>(), WorkerId{1});
    }

    void copiesRows()
    {
        append(3);
        QTRY_COMPARE(rows(), 3);
        m_tree->setFocus();
        m_tree->selectAll();
        m_view->copy();
        const QStringList lines = QApplication::clipboard()->text().split(u'\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY2(lines.at(1).endsWith(u"\tevent 1"), qPrintable(lines.at(1)));
        m_tree->clearSelection();
        QApplication::clipboard()->clear();
        m_tree->setCurrentIndex(m_tree->model()->index(2, 1));
        QTest::keyClick(m_tree, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().endsWith(u"\tevent 2\n"));
    }

private:
    void append(int count)
    {
        for (int i = 0; i < count; ++i) {
            const int number = m_count++;
            m_model->append({1'700'000'000'000 + number, ActivityEntry::Kind::Info,
                             WorkerId{static_cast<quint64>(number % 3)}, u"event %1"_s.arg(number)});
        }
    }
    int rows() const { return m_tree->model()->rowCount(); }
    bool isAtBottom() const
    {
        return m_tree->verticalScrollBar()->value() == m_tree->verticalScrollBar()->maximum();
    }

    std::unique_ptr<ActivityModel> m_model;
    std::unique_ptr<ActivityView> m_view;
    QTreeView *m_tree = nullptr;
    int m_count = 0;
};

QTEST_MAIN(TestActivityView)
#include "tst_activityview.moc"
