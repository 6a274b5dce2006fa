// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/editor.h"

#include "core/outputlog.h"
#include "core/settings.h"
#include "core/shellwords.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace procession {

namespace {

constexpr int mostPending = 8; // a file server that is gone holds them all up
constexpr qsizetype longestName = 80;

/// Those with a window of their own that take a line, the ones made for programs first.
constexpr const char *knownEditors[] = {
    "code -g {file}:{line}:{column}",
    "codium -g {file}:{line}:{column}",
    "subl {file}:{line}:{column}",
    "kate -l {line} -c {column} {file}",
    "geany -l {line} --column {column} {file}",
    "kwrite -l {line} -c {column} {file}",
    "gedit +{line}:{column} {file}",
    "pluma +{line} {file}",
    "xed +{line} {file}",
    "mousepad -l {line} -c {column} {file}",
    "gvim +{line} {file}",
    "emacs +{line}:{column} {file}",
};

QString whereToSet()
{
    return Editor::tr("Name another one under Edit ▸ Preferences ▸ Output.");
}

/// A file's name that the worker's name is still seen in.
QString fileNameOf(const QString &workerName)
{
    QString name = workerName.left(longestName);
    for (QChar &c : name) {
        if (c == u'/' || !c.isPrint())
            c = u'_';
    }
    if (name.startsWith(u'.') || name.isEmpty())
        name.prepend(u'_');
    return name;
}

} // namespace

FilePlace parsePlace(const QString &text)
{
    static const QRegularExpression pattern(QStringLiteral("^(.+?)(?::(\\d{1,9}))(?::(\\d{1,9}))?:?$"),
                                            QRegularExpression::DotMatchesEverythingOption);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return {text};
    return {match.captured(1), match.captured(2).toInt(), match.captured(3).toInt()};
}

QStringList editorWords(const QStringList &command, const FilePlace &place)
{
    // In one pass: a file's name may hold what looks like another of them.
    static const QRegularExpression pattern(QStringLiteral("\\{(file|line|column)\\}"));
    QStringList words;
    bool isNamed = false;
    for (const QString &word : command) {
        QString filled;
        qsizetype from = 0;
        for (auto matches = pattern.globalMatch(word); matches.hasNext();) {
            const QRegularExpressionMatch match = matches.next();
            const bool isFile = match.capturedView(1) == u"file";
            const int number = match.capturedView(1) == u"line" ? place.line : place.column;
            isNamed = isNamed || isFile;
            filled += QStringView(word).mid(from, match.capturedStart() - from);
            filled += isFile ? place.path : QString::number(std::max(number, 1));
            from = match.capturedEnd();
        }
        words.append(filled + QStringView(word).mid(from));
    }
    if (!isNamed)
        words.append(place.path);
    return words;
}

Editor::Editor(const Settings *settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_hand(new QObject)
{
    m_thread.setObjectName(QStringLiteral("editor"));
    m_hand->moveToThread(&m_thread);
    m_thread.start();
}

Editor::~Editor()
{
    m_cancelled = true;
    m_thread.quit();
    m_thread.wait();
    delete m_hand;
    if (m_copies) {
        // A directory of files that cannot be written is removed all the same, but not on every file system.
        for (const QString &file : std::as_const(m_copyOf))
            QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner);
    }
}

void Editor::open(const QString &target, const QString &workingDirectory)
{
    static const QRegularExpression address(QStringLiteral("^[A-Za-z][A-Za-z0-9+.-]*://|^mailto:"));
    if (!address.match(target).hasMatch()) {
        openPlace(parsePlace(target), workingDirectory);
        return;
    }
    const QUrl url(target);
    if (url.isLocalFile()) // of this machine, whatever name it gives itself
        openPlace({url.path()}, {});
    else
        openByDesktop(url);
}

void Editor::openOutput(const QString &runDirectory, const QString &workerName)
{
    post([this, runDirectory, workerName, command = m_settings->editorCommand()] {
        QString file;
        const QString problem = copy(runDirectory, workerName, &file);
        return problem.isEmpty() && !m_cancelled ? start({file}, command) : problem;
    });
}

void Editor::openPlace(const FilePlace &place, const QString &workingDirectory)
{
    FilePlace whole = place;
    whole.path = QDir::cleanPath(
        QDir(workingDirectory.isEmpty() ? QDir::currentPath() : workingDirectory).filePath(place.path));
    post([this, whole, given = place.path, command = m_settings->editorCommand()] {
        const QFileInfo file(whole.path);
        if (!file.exists())
            return tr("%1 was not found in %2. The program may have named it relative to another folder, or "
                      "it "
                      "was removed since.")
                .arg(QFileInfo(given).fileName(), file.path());
        if (!file.isReadable())
            return tr("%1 cannot be read. Check its rights.").arg(whole.path);
        if (file.isDir()) {
            QMetaObject::invokeMethod(this,
                                      [this, whole] { openByDesktop(QUrl::fromLocalFile(whole.path)); });
            return QString();
        }
        return start(whole, command);
    });
}

void Editor::openByDesktop(const QUrl &url)
{
    if (!url.isValid() || !QDesktopServices::openUrl(url))
        Q_EMIT failed(
            tr("No program was found that opens %1.").arg(url.toDisplayString(QUrl::PreferLocalFile)));
}

/// Does `errand` in the thread and tells what it says went wrong.
template <typename Errand>
void Editor::post(const Errand &errand)
{
    if (m_pending >= mostPending) {
        Q_EMIT failed(
            tr("Files asked for before are still being looked for. The disk or server they are on may not "
               "answer: try again later."));
        return;
    }
    ++m_pending;
    QMetaObject::invokeMethod(
        m_hand,
        [this, errand] {
            const QString problem = m_cancelled ? QString() : errand();
            QMetaObject::invokeMethod(
                this,
                [this, problem] {
                    --m_pending;
                    if (!problem.isEmpty())
                        Q_EMIT failed(problem);
                },
                Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

/// Returns why no editor was started, or an empty string.
QString Editor::start(const FilePlace &place, const QString &command)
{
    if (!command.trimmed().isEmpty()) {
        WordsError error;
        const std::optional<QStringList> words = splitWords(command, &error);
        if (!words || words->isEmpty())
            return tr("The command of the editor, %1, cannot be used: %2 Change it under Edit ▸ Preferences "
                      "▸ "
                      "Output.")
                .arg(command, words ? tr("it is empty.") : error.message);
        QStringList filled = editorWords(*words, place);
        const QString program = filled.takeFirst();
        if (QProcess::startDetached(program, filled, QFileInfo(place.path).path()))
            return {};
        return tr("The editor %1 was not found, or cannot be started. %2").arg(program, whereToSet());
    }
    for (const char *known : knownEditors) {
        QStringList filled = editorWords(*splitWords(QString::fromLatin1(known)), place);
        const QString program = QStandardPaths::findExecutable(filled.takeFirst());
        if (!program.isEmpty() && QProcess::startDetached(program, filled, QFileInfo(place.path).path()))
            return {};
    }
    // Desktops run what can be run: a name in some program's output must not do that.
    const QFileInfo file(place.path);
    if (file.isExecutable() || file.suffix() == u"desktop")
        return tr("No editor was found for %1. %2").arg(place.path, whereToSet());
    QMetaObject::invokeMethod(
        this, [this, url = QUrl::fromLocalFile(place.path)] { openByDesktop(url); }, Qt::QueuedConnection);
    return {};
}

/// Returns why there is no copy, or an empty string and its name in `*file`.
QString Editor::copy(const QString &runDirectory, const QString &workerName, QString *file)
{
    if (!m_copies)
        m_copies = std::make_unique<QTemporaryDir>(QDir::tempPath() + u"/procession-XXXXXX"); // 0700
    if (!m_copies->isValid())
        return tr("A folder for the copy cannot be made in %1: %2.")
            .arg(QDir::tempPath(), m_copies->errorString());
    QString &name = m_copyOf[runDirectory]; // asked for again, it is brought up to date
    if (name.isEmpty()) {
        const QString stem = m_copies->filePath(fileNameOf(workerName));
        name = stem + u".log";
        for (int number = 2; QFileInfo::exists(name); ++number)
            name = QStringLiteral("%1 (%2).log").arg(stem).arg(number);
    }
    const QString problem = OutputLog(runDirectory).save(name, m_cancelled);
    if (!problem.isEmpty())
        return tr("The output of %1 could not be copied to %2: %3. Check the free space and the rights "
                  "there.")
            .arg(workerName, m_copies->path(), problem);
    QFile::setPermissions(name, QFile::ReadOwner); // what is changed in it would be lost
    *file = name;
    return {};
}

} // namespace procession
