// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/editor.h"

#include "core/settings.h"
#include "testhome.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>

#include <memory>

#include <sys/stat.h>

using namespace procession;
using namespace Qt::Literals::StringLiterals;

Q_DECLARE_METATYPE(procession::FilePlace)

class TestEditor final : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void takeUrl(const QUrl &url) { m_urls.append(url); }

private Q_SLOTS:
    void init()
    {
        failOnEveryWarning();
        m_home = std::make_unique<TestHome>();
        m_path = qgetenv("PATH");
        QVERIFY(QDir().mkpath(m_home->filePath(u"proj"_s)));
        makeFile(u"proj/foo bar.py"_s, "1\n2\n3\n");
        m_settings = std::make_unique<Settings>(m_home->filePath(u"p.conf"_s));
        m_editor = std::make_unique<Editor>(m_settings.get());
        m_failed = std::make_unique<QSignalSpy>(m_editor.get(), &Editor::failed);
        m_urls.clear();
        for (const QString &scheme : {u"https"_s, u"file"_s, u"mailto"_s})
            QDesktopServices::setUrlHandler(scheme, this, "takeUrl");
    }
    void cleanup()
    {
        m_failed.reset();
        m_editor.reset();
        qputenv("PATH", m_path);
        for (const QString &scheme : {u"https"_s, u"file"_s, u"mailto"_s})
            QDesktopServices::unsetUrlHandler(scheme);
    }

    void readsPlaces_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<FilePlace>("place");
        const auto row = [](const char *text, const FilePlace &place) {
            QTest::newRow(text) << QString::fromUtf8(text) << place;
        };
        row("a.py", {u"a.py"_s});
        row("a.py:12", {u"a.py"_s, 12});
        row("a.py:12:", {u"a.py"_s, 12});
        row("src/a b.cpp:12:3", {u"src/a b.cpp"_s, 12, 3});
        row("/x/ä.rs:1:2:3", {u"/x/ä.rs:1"_s, 2, 3});
        row("a.py:12345678901", {u"a.py:12345678901"_s});
        row(":12", {u":12"_s});
        row("a:b", {u"a:b"_s});
        row("", {});
    }
    void readsPlaces()
    {
        QFETCH(QString, text);
        QFETCH(FilePlace, place);
        QCOMPARE(parsePlace(text), place);
    }

    void fillsInTheCommand_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<FilePlace>("place");
        QTest::addColumn<QStringList>("words");
        const FilePlace place{u"/x/a {line}.py"_s, 7, 3};
        QTest::newRow("one word") << QStringList{u"code"_s, u"-g"_s, u"{file}:{line}:{column}"_s} << place
                                  << QStringList{u"code"_s, u"-g"_s, u"/x/a {line}.py:7:3"_s};
        QTest::newRow("apart") << QStringList{u"kate"_s, u"-l"_s, u"{line}"_s, u"{file}"_s} << place
                               << QStringList{u"kate"_s, u"-l"_s, u"7"_s, u"/x/a {line}.py"_s};
        QTest::newRow("no place") << QStringList{u"ed"_s} << place
                                  << QStringList{u"ed"_s, u"/x/a {line}.py"_s};
        QTest::newRow("no line known") << QStringList{u"gvim"_s, u"+{line}"_s, u"{file}"_s}
                                       << FilePlace{u"/a"_s} << QStringList{u"gvim"_s, u"+1"_s, u"/a"_s};
        QTest::newRow("others stay") << QStringList{u"x"_s, u"{}{file}{lines}{{line}"_s}
                                     << FilePlace{u"/a"_s, 2} << QStringList{u"x"_s, u"{}/a{lines}{2"_s};
    }
    void fillsInTheCommand()
    {
        QFETCH(QStringList, command);
        QFETCH(FilePlace, place);
        QFETCH(QStringList, words);
        QCOMPARE(editorWords(command, place), words);
    }

    void opensPlacesInTheEditorOfTheSettings()
    {
        const QString ed = makeEditor(u"my ed"_s);
        m_settings->setEditorCommand(u"'%1' --at '{line} and {column}' {file}"_s.arg(ed));
        const QString file = m_home->filePath(u"proj/foo bar.py"_s);
        m_editor->open(u"foo bar.py:2:1"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(words(ed), QStringList({u"--at"_s, u"2 and 1"_s, file}));
        m_editor->open(u"../proj/foo bar.py:3"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(words(ed), QStringList({u"--at"_s, u"3 and 1"_s, file}));
        m_editor->open(file, u"/nowhere"_s);
        QTRY_COMPARE(words(ed), QStringList({u"--at"_s, u"1 and 1"_s, file}));
        m_editor->open(QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded), {});
        QTRY_COMPARE(words(ed), QStringList({u"--at"_s, u"1 and 1"_s, file}));
        QVERIFY(m_urls.isEmpty());
        QCOMPARE(m_failed->count(), 0);
    }

    void findsAnEditor()
    {
        qputenv("PATH", QFile::encodeName(m_home->filePath(u"bin"_s)) + ":/usr/bin:/bin");
        const QString gvim = makeEditor(u"bin/gvim"_s);
        m_editor->open(u"foo bar.py:2:5"_s, m_home->filePath(u"proj"_s));
        const QString file = m_home->filePath(u"proj/foo bar.py"_s);
        QTRY_COMPARE(words(gvim), QStringList({u"+2"_s, file}));
        const QString code = makeEditor(u"bin/code"_s); // goes before it
        m_editor->open(u"foo bar.py:2:5"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(words(code), QStringList({u"-g"_s, file + u":2:5"}));
    }

    void leavesItToTheDesktopWhereThereIsNone()
    {
        QVERIFY(QDir().mkpath(m_home->filePath(u"bin"_s)));
        qputenv("PATH", QFile::encodeName(m_home->filePath(u"bin"_s)));
        m_editor->open(u"foo bar.py:2"_s, m_home->filePath(u"proj"_s));
        const QUrl file = QUrl::fromLocalFile(m_home->filePath(u"proj/foo bar.py"_s));
        QTRY_COMPARE(m_urls, QList<QUrl>{file});
        // But not what it would run.
        QVERIFY(QFile::setPermissions(file.toLocalFile(), QFile::ReadOwner | QFile::ExeOwner));
        m_editor->open(u"foo bar.py:2"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY(failure().contains(u"Preferences"));
        makeFile(u"proj/x.desktop"_s, "[Desktop Entry]\nExec=true\n");
        m_editor->open(u"x.desktop:1"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(m_failed->count(), 2);
        QCOMPARE(m_urls.size(), 1);
    }

    void opensAddressesByTheDesktop()
    {
        m_settings->setEditorCommand(makeEditor(u"ed"_s));
        m_editor->open(u"https://example.org/a?b=c#d"_s, {});
        m_editor->open(u"mailto:a@example.org"_s, {});
        QTRY_COMPARE(m_urls.size(), 2);
        QCOMPARE(m_urls.at(0), QUrl(u"https://example.org/a?b=c#d"_s));
        m_editor->open(m_home->filePath(u"proj"_s), {}); // and folders
        QTRY_COMPARE(m_urls.size(), 3);
        QCOMPARE(m_urls.at(2), QUrl::fromLocalFile(m_home->filePath(u"proj"_s)));
    }

    void saysWhyNothingOpens()
    {
        m_editor->open(u"sub/gone.py:3"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY2(failure().startsWith(u"gone.py was not found in "_s + m_home->filePath(u"proj/sub. "_s)),
                 qPrintable(failure()));
        m_settings->setEditorCommand(u"no-such-editor-here {file}"_s);
        m_editor->open(u"foo bar.py:3"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(m_failed->count(), 2);
        QVERIFY2(failure().contains(u"no-such-editor-here") && failure().contains(u"Preferences"),
                 qPrintable(failure()));
        m_settings->setEditorCommand(u"ed 'x"_s);
        m_editor->open(u"foo bar.py:3"_s, m_home->filePath(u"proj"_s));
        QTRY_COMPARE(m_failed->count(), 3);
        QVERIFY2(failure().contains(u"ed 'x") && failure().contains(u"Preferences"), qPrintable(failure()));
    }

    void opensACopyOfAWholeOutput()
    {
        const QString ed = makeEditor(u"ed"_s);
        m_settings->setEditorCommand(ed);
        const QString run = makeRun(u"run"_s, "line 1\n\x1b[31mline 2\n");
        m_editor->openOutput(run, u"../train/1"_s);
        QTRY_COMPARE(words(ed).size(), 1);
        const QFileInfo copy(words(ed).constFirst());
        QCOMPARE(copy.fileName(), u"_.._train_1.log"_s);
        QCOMPARE(contents(copy.filePath()), QByteArray("line 1\n\x1b[31mline 2\n"));
        struct stat info
        {
        };
        QCOMPARE(::stat(QFile::encodeName(copy.path()).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777u, 0700u);
        QCOMPARE(::stat(QFile::encodeName(copy.filePath()).constData(), &info), 0);
        QCOMPARE(info.st_mode & 07777u, 0400u);

        // Another run of the same name stands beside it; the same again takes its place.
        QVERIFY(QFile::remove(ed + u".words"));
        m_editor->openOutput(makeRun(u"other"_s, "other\n"), u"../train/1"_s);
        QTRY_COMPARE(words(ed).size(), 1);
        QVERIFY(words(ed).constFirst() != copy.filePath());
        QFile more(run + u"/out.00000000000000000000"_s);
        QVERIFY(more.open(QIODevice::Append));
        more.write("line 3\n");
        more.close();
        m_editor->openOutput(run, u"../train/1"_s);
        QTRY_COMPARE(contents(copy.filePath()), QByteArray("line 1\n\x1b[31mline 2\nline 3\n"));
        QTRY_COMPARE(words(ed), QStringList{copy.filePath()});
        QCOMPARE(QDir(copy.path()).entryList(QDir::Files).size(), 2);
        QCOMPARE(m_failed->count(), 0);
        m_failed.reset();
        m_editor.reset();
        QVERIFY(!QFileInfo::exists(copy.path()));
    }

    void saysWhyThereIsNoCopy()
    {
        const QByteArray before = qgetenv("TMPDIR");
        makeFile(u"nowhere"_s, "no folder");
        qputenv("TMPDIR", QFile::encodeName(m_home->filePath(u"nowhere"_s)));
        m_editor->openOutput(makeRun(u"run"_s, "x\n"), u"w"_s);
        QTRY_COMPARE(m_failed->count(), 1);
        QVERIFY2(failure().contains(u"nowhere"), qPrintable(failure()));
        before.isEmpty() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before);
    }

private:
    void makeFile(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_home->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    /// A program that writes the words it is given to a file beside it, whole or not at all.
    QString makeEditor(const QString &name)
    {
        const QString path = m_home->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        makeFile(name, "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done > \"$0.new\" && "
                       "mv \"$0.new\" \"$0.words\"\n");
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    static QStringList words(const QString &editor)
    {
        QStringList all = QString::fromUtf8(contents(editor + u".words")).split(u'\n');
        all.removeLast();
        return all;
    }
    static QByteArray contents(const QString &name)
    {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QString makeRun(const QString &name, const QByteArray &output)
    {
        QDir().mkpath(m_home->filePath(name));
        makeFile(name + u"/out.00000000000000000000"_s, output);
        return m_home->filePath(name);
    }
    QString failure() const { return m_failed->last().constFirst().toString(); }

    std::unique_ptr<TestHome> m_home;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Editor> m_editor;
    std::unique_ptr<QSignalSpy> m_failed;
    QList<QUrl> m_urls;
    QByteArray m_path;
};

QTEST_MAIN(TestEditor)
#include "tst_editor.moc"
