// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/diskmeter.h"

#include "core/settings.h"
#include "gui/messagebar.h"
#include "gui/preferencesdialog.h"
#include "testhome.h"
#include "windowdriver.h"

#include <QAbstractButton>
#include <QLabel>
#include <QListWidget>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include <atomic>
#include <memory>

using namespace procession;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mib = qint64(1) << 20;
constexpr qint64 gib = qint64(1) << 30;

} // namespace

class TestDiskMeter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_disk = std::make_shared<Disk>();
        m_messages = std::make_unique<MessageBar>();
        m_watch = std::make_unique<DiskWatch>([disk = m_disk]() -> std::optional<DiskSample> {
            if (disk->free < 0)
                return std::nullopt;
            return DiskSample{std::chrono::seconds(disk->seconds), disk->free, 60 * gib};
        });
        m_meter = std::make_unique<DiskMeter>(m_watch.get(), u"/data/a <b>/runs"_s, m_messages.get());
    }
    void cleanup()
    {
        m_meter.reset();
        m_watch.reset();
        m_messages.reset();
    }

    void tellsHowMuchIsFree()
    {
        QCOMPARE(m_meter->objectName(), u"statusDiskLabel"_s);
        QTRY_COMPARE(m_meter->text(), u"Disk 30.0 GiB free"_s);
        QVERIFY(m_meter->accessibleDescription().contains(u"/data/a <b>/runs"));
        QVERIFY(m_meter->accessibleDescription().contains(u"30.0 GiB of 60.0 GiB are free"));
        QVERIFY(!m_meter->accessibleDescription().contains(u"fills"));
        QVERIFY(m_meter->toolTip().contains(u"/data/a &lt;b&gt;/runs"));
        m_meter->setKeptBytes(3 * gib);
        QVERIFY(m_meter->accessibleDescription().contains(u"The runs kept took 3.0 GiB"));
        QVERIFY(showAt(20, 30 * gib - 200 * mib));
        QVERIFY2(m_meter->accessibleDescription().contains(
                     u"It fills at 10.0 MiB per second: full in about 51 minute(s)."),
                 qPrintable(m_meter->accessibleDescription()));
        QVERIFY(m_messages->isHidden());
    }

    void saysWhatCannotBeTold()
    {
        QTRY_COMPARE(m_meter->text(), u"Disk 30.0 GiB free"_s);
        QVERIFY(showAt(10, -1));
        QCOMPARE(m_meter->text(), u"Disk unknown"_s);
        QVERIFY(m_messages->isHidden());
        QVERIFY(showAt(20, gib));
        QCOMPARE(m_meter->text(), u"Disk 1.0 GiB free"_s);
    }

    void warnsOnceAnEpisode()
    {
        QTRY_COMPARE(m_meter->text(), u"Disk 30.0 GiB free"_s);
        QVERIFY(showAt(40, 812 * mib));
        QCOMPARE(m_meter->text(), u"Disk low: 812.0 MiB free"_s);
        QCOMPARE(
            m_messages->text(),
            u"The disk that keeps the output is nearly full: 812.0 MiB left of 60.0 GiB. When it is full, "
            "workers that write are held up. Free some space, or remove old runs."_s);
        QTest::mouseClick(button("messageBarClose"), Qt::LeftButton);
        QVERIFY(showAt(50, 700 * mib));
        QVERIFY(m_messages->text().isEmpty()); // it was read
        QVERIFY(showAt(60, 0));
        QCOMPARE(m_meter->text(), u"Disk full"_s);
        QVERIFY(m_messages->text().contains(u"is full"));
        QVERIFY(showAt(70, 500 * mib)); // what it says now is not so any more
        QVERIFY2(m_messages->text().contains(u"nearly full: 500.0 MiB left"), qPrintable(m_messages->text()));
        QVERIFY(showAt(200, 30 * gib));
        QVERIFY(showAt(300, 30 * gib + 1));
        QVERIFY(m_messages->text().isEmpty());
        QVERIFY(showAt(400, 812 * mib)); // another one
        QVERIFY(m_messages->text().contains(u"812"));
    }

    void saysWhenItWillBeFull()
    {
        QTRY_COMPARE(m_meter->text(), u"Disk 30.0 GiB free"_s);
        QVERIFY(showAt(20, 24 * gib));
        QVERIFY2(m_messages->text().contains(u"24.0 GiB left of 60.0 GiB (full in about 80 second(s))"),
                 qPrintable(m_messages->text()));
    }

    void offersWhatHelps()
    {
        const QSignalSpy requested(m_meter.get(), &DiskMeter::limitsRequested);
        QVERIFY(showAt(40, 0));
        m_messages->show();
        QTest::mouseClick(button("messageBarAction"), Qt::LeftButton);
        QCOMPARE(requested.count(), 1);
    }

    void standsInTheStatusBar()
    {
        WindowDriver d;
        d.open();
        auto *meter = d.find<DiskMeter>("statusDiskLabel");
        QVERIFY(meter != nullptr && meter->isVisible());
        QTRY_VERIFY(meter->text().endsWith(u" free"));
        QVERIFY(meter->accessibleDescription().contains(d.paths().runsDirectory()));
        QTRY_VERIFY(meter->accessibleDescription().contains(u"The runs kept took"));
        Q_EMIT meter->limitsRequested();
        auto *dialog = d.dialog<PreferencesDialog>("preferencesDialog");
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->findChild<QListWidget *>(u"preferencesList"_s)->currentItem()->text(), u"Runs"_s);
        QTRY_VERIFY(dialog->findChild<QSpinBox *>(u"keptRunBytesSpinBox"_s)->hasFocus());
    }

private:
    struct Disk
    {
        std::atomic<qint64> free = 30 * gib;
        std::atomic_int seconds = 0;
    };

    /// True once the meter has been told of this.
    bool showAt(int seconds, qint64 free)
    {
        // A look under way may still see what was before.
        const auto hasCome = [&] {
            const DiskState state = m_watch->state();
            return (state.totalBytes != 0) == (free >= 0) && state.freeBytes == std::max<qint64>(free, 0);
        };
        m_disk->free = free;
        m_disk->seconds = seconds;
        return QTest::qWaitFor(
            [&] {
                m_watch->look();
                return hasCome();
            },
            WindowDriver::patience);
    }
    QAbstractButton *button(const char *name) const
    {
        m_messages->show();
        return m_messages->findChild<QAbstractButton *>(QLatin1String(name));
    }

    std::shared_ptr<Disk> m_disk;
    std::unique_ptr<MessageBar> m_messages;
    std::unique_ptr<DiskWatch> m_watch;
    std::unique_ptr<DiskMeter> m_meter;
};

QTEST_MAIN(TestDiskMeter)
#include "tst_diskmeter.moc"
