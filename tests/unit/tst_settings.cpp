// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"

#include "core/paths.h"
#include "testhome.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace procession;
using namespace std::chrono_literals;

class TestSettings final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_file = m_home->filePath(QStringLiteral("p.conf"));
    }

    void keepsAndAnnounces()
    {
        {
            Settings settings(m_file);
            QCOMPARE(settings.interval(), 1000ms);
            QSignalSpy changed(&settings, &Settings::changed);
            settings.setInterval(200ms);
            settings.setInterval(200ms);
            settings.setStopSignal(2);
            settings.setRecentFiles({u"/a"_qs, u"/b"_qs});
            settings.setLayout(u"window"_qs, "geometry");
            QCOMPARE(changed.count(), 3);
        }
        Settings settings(m_file);
        QCOMPARE(settings.interval(), 200ms);
        QCOMPARE(settings.stopSignal(), 2);
        QCOMPARE(settings.recentFiles(), QStringList({u"/a"_qs, u"/b"_qs}));
        QCOMPARE(settings.layout(u"window"_qs), QByteArray("geometry"));
        settings.setRecentFiles({u"/c"_qs});
        QCOMPARE(Settings(m_file).recentFiles(), QStringList{u"/c"_qs});
        settings.restoreDefaults();
        QCOMPARE(settings.interval(), 1000ms);
    }

    void bringsValuesIntoTheirRange()
    {
        {
            QFile file(m_file);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("[monitor]\nintervalMs=1\n[workers]\ngraceMs=soon\nstopSignal=4711\n[output]"
                       "\nzoom=-50\n");
        }
        Settings settings(m_file);
        QCOMPARE(settings.interval(), 50ms);
        QCOMPARE(settings.grace(), 10'000ms);
        QCOMPARE(settings.stopSignal(), 64);
        QCOMPARE(settings.outputZoom(), -6);
        settings.setInterval(1h);
        QCOMPARE(settings.interval(), 10'000ms);
    }

    void keepsHowOutputIsShown()
    {
        {
            Settings settings(m_file);
            QCOMPARE(settings.outputTimes(), false);
            QCOMPARE(settings.outputNumbers(), false);
            QCOMPARE(settings.outputZoom(), 0);
            QCOMPARE(settings.editorCommand(), QString());
            QSignalSpy changed(&settings, &Settings::changed);
            settings.setOutputTimes(true);
            settings.setOutputNumbers(true);
            settings.setOutputZoom(-100);
            settings.setEditorCommand(u"gvim +{line} '{file}', \"a, b\" \\ ; é"_qs);
            QCOMPARE(changed.count(), 4);
        }
        Settings settings(m_file);
        QCOMPARE(settings.outputTimes(), true);
        QCOMPARE(settings.outputNumbers(), true);
        QCOMPARE(settings.outputZoom(), -6);
        QCOMPARE(settings.editorCommand(), u"gvim +{line} '{file}', \"a, b\" \\ ; é"_qs);
        settings.setOutputZoom(100);
        QCOMPARE(settings.outputZoom(), 24);
        settings.restoreDefaults();
        QCOMPARE(settings.outputTimes(), false);
        QCOMPARE(settings.outputNumbers(), false);
        QCOMPARE(settings.outputZoom(), 0);
        QCOMPARE(settings.editorCommand(), QString());
    }

    void keepsTheLimitsOfRuns()
    {
        {
            Settings settings(m_file);
            QCOMPARE(settings.keptRuns(), 10'000);
            QCOMPARE(settings.keptRunDays(), 0);
            QCOMPARE(settings.keptRunBytes(), 10ll << 30);
            QSignalSpy changed(&settings, &Settings::changed);
            settings.setKeptRuns(-1);
            settings.setKeptRunDays(5000);
            settings.setKeptRunBytes(3ll << 40);
            QCOMPARE(changed.count(), 3);
        }
        Settings settings(m_file);
        QCOMPARE(settings.keptRuns(), 0);
        QCOMPARE(settings.keptRunDays(), 3650);
        QCOMPARE(settings.keptRunBytes(), 3ll << 40);
        settings.setKeptRunBytes(0);
        QCOMPARE(settings.keptRunBytes(), 1ll << 20);
        settings.setKeptRuns(1'000'000);
        QCOMPARE(settings.keptRuns(), 100'000);
        settings.restoreDefaults();
        QCOMPARE(settings.keptRuns(), 10'000);
        QCOMPARE(settings.keptRunDays(), 0);
        QCOMPARE(settings.keptRunBytes(), 10ll << 30);
    }

    void followsTheBaseDirectories()
    {
        qputenv("XDG_STATE_HOME", "/x/state");
        qputenv("XDG_CONFIG_HOME", "relative/is/ignored");
        const Paths paths = Paths::standard();
        QCOMPARE(paths.stateDirectory, u"/x/state/procession"_qs);
        QCOMPARE(paths.configFile, QString(QDir::homePath() + u"/.config/procession/procession.conf"));
        QCOMPARE(paths.runsDirectory(), u"/x/state/procession/runs"_qs);
    }

    void makesItsFoldersPrivate()
    {
        const Paths paths = m_home->paths();
        QCOMPARE(paths.create(), QString());
        QCOMPARE(QFile::permissions(paths.runsDirectory()) &
                     (QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::ExeOther),
                 QFileDevice::Permissions());
        Paths blocked = paths;
        blocked.stateDirectory = m_home->filePath(u"file"_qs);
        QFile file(blocked.stateDirectory);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(blocked.create().contains(blocked.stateDirectory));
    }

private:
    std::unique_ptr<TestHome> m_home;
    QString m_file;
};

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
