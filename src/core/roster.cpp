// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/roster.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace procession {

namespace {

// A journal is rewritten when it is this many times what a compact one would be, and not smaller than that.
constexpr qint64 compactionFactor = 4;
constexpr qint64 compactionFloor = 256 << 10;
constexpr qint64 maximumJournalBytes = 512ll << 20;

QString tr(const char *text)
{
    return QCoreApplication::translate("Roster", text);
}

QJsonValue toJson(WorkerId id)
{
    return QJsonValue(qint64(id));
}

WorkerId idFrom(const QJsonValue &value)
{
    return WorkerId(quint64(value.toInteger()));
}

QJsonObject entryRecord(int position, const Roster::Entry &entry)
{
    QJsonObject record{{QStringLiteral("op"), QStringLiteral("add")},
                       {QStringLiteral("id"), toJson(entry.id)},
                       {QStringLiteral("at"), position},
                       {QStringLiteral("spec"), entry.spec->toJson()}};
    if (entry.fromFile)
        record.insert(QStringLiteral("fromFile"), true);
    if (!entry.lastRun.isEmpty())
        record.insert(QStringLiteral("run"), entry.lastRun);
    return record;
}

QByteArray line(const QJsonObject &record)
{
    return QJsonDocument(record).toJson(QJsonDocument::Compact) + '\n';
}

/// False if another window keeps it. Whoever only looks whether a roster is open holds its lock for less than
/// a millisecond, so one refusal says nothing.
bool takeLock(int fd)
{
    constexpr int tries = 3;
    constexpr useconds_t pauseMicros = 1000;
    for (int left = tries; left > 0; --left) {
        if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        ::usleep(pauseMicros);
    }
    return false;
}

} // namespace

Roster::~Roster()
{
    close();
}

void Roster::close()
{
    m_journal.close();
    if (m_lock >= 0)
        ::close(m_lock);
    m_lock = -1;
    m_heldElsewhere = false;
    m_entries.clear();
    m_positions.clear();
    m_names.clear();
    m_nextId = 1;
    m_projectFile.clear();
    m_projectHash.clear();
    m_notice.clear();
    m_writeProblem.clear();
    m_directory.clear();
}

QString Roster::open(const QString &directory)
{
    close();
    if (!QDir().mkpath(directory))
        return tr("The folder %1 cannot be created. Check its rights and the free space.").arg(directory);

    ::chmod(QFile::encodeName(directory).constData(), 0700);

    const QByteArray lockPath = QFile::encodeName(directory + u"/lock");
    const int lock = ::open(lockPath.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0)
        return tr("The file %1/lock cannot be opened. Check its rights.").arg(directory);
    if (!takeLock(lock)) {
        ::close(lock);
        m_heldElsewhere = true;
        return tr("These workers are already open in another window. Use that window, or close it first.");
    }
    m_lock = lock;
    m_directory = directory;

    m_journal.setFileName(directory + u"/journal");
    if (!m_journal.open(QIODevice::ReadWrite)) {
        const QString reason = m_journal.errorString();
        close();
        return tr("The journal %1/journal cannot be opened: %2.").arg(directory, reason);
    }
    m_journal.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (m_journal.size() > maximumJournalBytes) {
        close();
        return tr("The journal %1/journal is larger than any that Procession writes. Move it away to start "
                  "anew.")
            .arg(directory);
    }
    int damaged = 0;
    qint64 whole = 0; // end of the last complete line: what follows was cut by a crash and is overwritten
    while (!m_journal.atEnd()) {
        const QByteArray text = m_journal.readLine();
        if (!text.endsWith('\n'))
            break;
        whole += text.size();
        const QJsonDocument document = QJsonDocument::fromJson(text);
        if (document.isObject())
            replay(document.object());
        else
            ++damaged;
    }
    m_journal.resize(whole);
    m_journal.seek(whole);
    if (damaged > 0)
        m_notice = tr("Damaged lines of this roster's journal that were left out: %1.").arg(damaged);
    m_compactedSize = wholeJournal().size();
    compactIfGrown();
    for (const Entry &entry : std::as_const(m_entries))
        countName(entry.spec->name, 1);
    return {};
}

const Roster::Entry *Roster::find(WorkerId id) const
{
    const int at = position(id);
    return at < 0 ? nullptr : &m_entries.at(at);
}

int Roster::position(WorkerId id) const
{
    return m_positions.value(id, -1);
}

QStringList Roster::names() const
{
    QStringList names;
    names.reserve(m_entries.size());
    for (const Entry &entry : m_entries)
        names.append(entry.spec->name);
    return names;
}

WorkerId Roster::insert(int position, const std::shared_ptr<const WorkerSpec> &spec, bool fromFile)
{
    const Entry entry{WorkerId(m_nextId++), spec, {}, fromFile};
    const qsizetype size = m_entries.size();
    const int at = int(position < 0 ? size : std::min<qsizetype>(position, size));
    m_entries.insert(at, entry);
    countName(spec->name, 1);
    reindex(at);
    append(entryRecord(at, entry));
    return entry.id;
}

void Roster::restore(const QList<Placed> &entries)
{
    QList<Entry> merged;
    merged.reserve(m_entries.size() + entries.size());
    QList<Placed> placed;
    qsizetype next = 0; // of m_entries
    for (const auto &[row, entry] : entries) {
        if (m_positions.contains(entry.id))
            continue;
        while (merged.size() < row && next < m_entries.size())
            merged.append(m_entries.at(next++));
        placed.append({int(merged.size()), entry});
        m_nextId = std::max(m_nextId, quint64(entry.id) + 1);
        merged.append(entry);
        countName(entry.spec->name, 1);
    }
    merged.append(m_entries.mid(next));
    m_entries = merged;
    reindex(0);
    // Only now: the journal may be compacted in between, from the entries.
    for (const auto &[row, entry] : std::as_const(placed))
        append(entryRecord(row, entry));
}

void Roster::edit(WorkerId id, const std::shared_ptr<const WorkerSpec> &spec, bool fromFile)
{
    const int at = position(id);
    if (at < 0)
        return;
    countName(m_entries.at(at).spec->name, -1);
    countName(spec->name, 1);
    m_entries[at].spec = spec;
    m_entries[at].fromFile = fromFile;
    append({{QStringLiteral("op"), QStringLiteral("edit")},
            {QStringLiteral("id"), toJson(id)},
            {QStringLiteral("fromFile"), fromFile},
            {QStringLiteral("spec"), spec->toJson()}});
}

QList<Roster::Placed> Roster::remove(const QList<WorkerId> &ids)
{
    QList<int> positions;
    QJsonArray gone;
    for (const WorkerId id : ids) {
        if (const int at = position(id); at >= 0) {
            positions.append(at);
            gone.append(toJson(id));
        }
    }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    QList<Placed> removed;
    QList<Entry> kept;
    kept.reserve(m_entries.size() - positions.size());
    auto nextGone = positions.cbegin();
    for (int at = 0; at < m_entries.size(); ++at) {
        if (nextGone != positions.cend() && *nextGone == at) {
            removed.append({at, m_entries.at(at)});
            m_positions.remove(m_entries.at(at).id);
            countName(m_entries.at(at).spec->name, -1);
            ++nextGone;
        } else {
            kept.append(m_entries.at(at));
        }
    }
    if (removed.isEmpty())
        return removed;
    m_entries = kept;
    reindex(positions.constFirst());
    append({{QStringLiteral("op"), QStringLiteral("remove")}, {QStringLiteral("ids"), gone}});
    return removed;
}

void Roster::setLastRun(WorkerId id, const QString &runId)
{
    const int at = position(id);
    if (at < 0)
        return;
    m_entries[at].lastRun = runId;
    append({{QStringLiteral("op"), QStringLiteral("run")},
            {QStringLiteral("id"), toJson(id)},
            {QStringLiteral("run"), runId}});
}

void Roster::setProject(const QString &file, const QByteArray &hash)
{
    if (file == m_projectFile && hash == m_projectHash)
        return;
    m_projectFile = file;
    m_projectHash = hash;
    append({{QStringLiteral("op"), QStringLiteral("project")},
            {QStringLiteral("file"), file},
            {QStringLiteral("hash"), QString::fromLatin1(hash)}});
}

void Roster::replay(const QJsonObject &record)
{
    const QString op = record.value(u"op").toString();
    const WorkerId id = idFrom(record.value(u"id"));
    if (op == u"add") {
        if (m_positions.contains(id) || id == WorkerId{})
            return;
        const qsizetype at = std::clamp<qsizetype>(record.value(u"at").toInteger(), 0, m_entries.size());
        m_entries.insert(
            at,
            {id, std::make_shared<const WorkerSpec>(WorkerSpec::fromJson(record.value(u"spec").toObject())),
             record.value(u"run").toString(), record.value(u"fromFile").toBool()});
        m_nextId = std::max(m_nextId, quint64(id) + 1);
        reindex(int(at));
    } else if (op == u"edit") {
        if (const int at = position(id); at >= 0) {
            m_entries[at].spec =
                std::make_shared<const WorkerSpec>(WorkerSpec::fromJson(record.value(u"spec").toObject()));
            m_entries[at].fromFile = record.value(u"fromFile").toBool();
        }
    } else if (op == u"remove") {
        QSet<WorkerId> gone;
        const QJsonArray ids = record.value(u"ids").toArray();
        for (const QJsonValue &value : ids)
            gone.insert(idFrom(value));
        m_entries.removeIf([&gone](const Entry &entry) { return gone.contains(entry.id); });
        m_positions.clear();
        reindex(0);
    } else if (op == u"run") {
        if (const int at = position(id); at >= 0)
            m_entries[at].lastRun = record.value(u"run").toString();
    } else if (op == u"project") {
        m_projectFile = record.value(u"file").toString();
        m_projectHash = record.value(u"hash").toString().toLatin1();
    } else if (op == u"next") {
        m_nextId = std::max(m_nextId, quint64(record.value(u"id").toInteger()));
    }
    // Other records come from a newer version; what they say is not ours to judge.
}

void Roster::append(const QJsonObject &record)
{
    if (!isOpen())
        return;
    const QByteArray text = line(record);
    const qint64 before = m_journal.pos();
    if (m_journal.write(text) != text.size() || !m_journal.flush()) {
        m_writeProblem =
            tr("The journal %1 cannot be written: %2. What you change now is lost when the window closes.")
                .arg(m_journal.fileName(), m_journal.errorString());
        m_journal.unsetError();
        // Half a line would swallow the next one.
        m_journal.resize(before);
        m_journal.seek(before);
        return;
    }
    m_writeProblem.clear();
    compactIfGrown();
}

void Roster::compactIfGrown()
{
    if (m_journal.size() < compactionFloor || m_journal.size() < m_compactedSize * compactionFactor)
        return;
    const QByteArray text = wholeJournal();
    QSaveFile file(m_journal.fileName());
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    if (file.write(text) != text.size() || !file.commit())
        return; // the long journal is as good as the short one
    m_compactedSize = text.size();
    m_journal.close();
    if (m_journal.open(QIODevice::ReadWrite))
        m_journal.seek(m_journal.size());
}

QByteArray Roster::wholeJournal() const
{
    QByteArray text;
    if (!m_projectFile.isEmpty()) {
        text += line({{QStringLiteral("op"), QStringLiteral("project")},
                      {QStringLiteral("file"), m_projectFile},
                      {QStringLiteral("hash"), QString::fromLatin1(m_projectHash)}});
    }
    for (int at = 0; at < m_entries.size(); ++at)
        text += line(entryRecord(at, m_entries.at(at)));
    text += line({{QStringLiteral("op"), QStringLiteral("next")}, {QStringLiteral("id"), qint64(m_nextId)}});
    return text;
}

void Roster::countName(const QString &name, int by)
{
    if (int &count = m_names[name]; (count += by) <= 0)
        m_names.remove(name);
}

void Roster::reindex(int from)
{
    for (int at = from; at < m_entries.size(); ++at)
        m_positions.insert(m_entries.at(at).id, at);
}

} // namespace procession
