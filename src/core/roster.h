// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QFile>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <utility>

namespace procession {

/// The workers of one open project, in order, and the journal that keeps them: every edit is appended before
/// the call returns, and the file is compacted new-then-rename when it has grown. GUI thread.
class Roster final
{
    Q_DISABLE_COPY_MOVE(Roster)

public:
    /// What the roster keeps of one worker.
    struct Entry
    {
        WorkerId id{};
        std::shared_ptr<const WorkerSpec> spec;
        QString lastRun;       ///< run id, empty: never ran
        bool fromFile = false; ///< came from the project file and was not edited since
    };

    Roster() = default;
    ~Roster();

    /// Opens (or makes) the roster in `directory` and locks it. Returns why it could not, for a person to
    /// read (another window has it, the directory cannot be written), or an empty string.
    QString open(const QString &directory);
    /// True after an open() that failed because another window has the roster.
    bool isHeldElsewhere() const { return m_heldElsewhere; }
    /// Closes the journal and gives up the lock.
    void close();
    bool isOpen() const { return m_lock >= 0; }
    QString directory() const { return m_directory; }
    /// Set after open() if lines of the journal had to be left out, for a person to read.
    QString notice() const { return m_notice; }

    const QList<Entry> &entries() const { return m_entries; }
    const Entry *find(WorkerId id) const;
    int position(WorkerId id) const; ///< -1 if unknown
    QStringList names() const;
    bool hasName(const QString &name) const { return m_names.contains(name); }

    WorkerId insert(int position, const std::shared_ptr<const WorkerSpec> &spec, bool fromFile);
    /// An entry and the row it stands in (or is to stand in).
    using Placed = std::pair<int, Entry>;
    /// Puts back what remove() returned, under the old ids; `entries` in the order of their rows, each row
    /// counted with all entries back. Those whose id is taken stay away.
    void restore(const QList<Placed> &entries);
    void edit(WorkerId id, const std::shared_ptr<const WorkerSpec> &spec, bool fromFile);
    /// Removes those that are known; returns them, with the rows they had, in roster order.
    QList<Placed> remove(const QList<WorkerId> &ids);
    void setLastRun(WorkerId id, const QString &runId);

    /// The project file this roster was opened from, and what it held then (a hash); empty: an unsaved
    /// roster.
    QString projectFile() const { return m_projectFile; }
    QByteArray projectHash() const { return m_projectHash; }
    void setProject(const QString &file, const QByteArray &hash);

    /// Why the journal could not be written the last time, or an empty string.
    QString writeProblem() const { return m_writeProblem; }

private:
    void replay(const QJsonObject &record);
    void append(const QJsonObject &record);
    void compactIfGrown();
    QByteArray wholeJournal() const;
    void reindex(int from);
    void countName(const QString &name, int by);

    QString m_directory;
    int m_lock = -1;
    bool m_heldElsewhere = false;
    QFile m_journal;
    QList<Entry> m_entries;
    QHash<WorkerId, int> m_positions;
    QHash<QString, int> m_names; // how many carry it
    quint64 m_nextId = 1;
    QString m_projectFile;
    QByteArray m_projectHash;
    QString m_notice;
    QString m_writeProblem;
    qint64 m_compactedSize = 0;
};

} // namespace procession
