// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSettings>
#include <QStringList>

#include <chrono>

namespace procession {

/// The person's settings: one table {key, default, clamp} over one ini file, written new-then-rename.
/// A value outside its range in the file is brought into it. GUI thread.
class Settings final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Settings)

public:
    explicit Settings(const QString &file, QObject *parent = nullptr);

    std::chrono::milliseconds interval() const; ///< of the monitor, 50 ms .. 10 s, default 1 s
    void setInterval(std::chrono::milliseconds value);
    int stopSignal() const; ///< for new workers, default 15
    void setStopSignal(int value);
    std::chrono::milliseconds grace() const; ///< for new workers, 0 .. 1 h, default 10 s
    void setGrace(std::chrono::milliseconds value);
    bool confirmTerminateMany() const; ///< ask before terminating several, default true
    void setConfirmTerminateMany(bool value);
    bool stateColours() const; ///< colour on state icon and word, default true
    void setStateColours(bool value);
    qint64 outputLimit() const; ///< bytes kept per run, 1 MiB .. 1 TiB, default 256 MiB
    void setOutputLimit(qint64 value);
    bool outputWrap() const;
    void setOutputWrap(bool value);
    bool outputTimes() const; ///< the time of each line is shown beside it, default false
    void setOutputTimes(bool value);
    bool outputNumbers() const; ///< so is its number, default false
    void setOutputNumbers(bool value);
    int outputZoom() const; ///< steps from the system's fixed font, -6 .. 24, default 0
    void setOutputZoom(int value);
    QString editorCommand() const; ///< words as a shell's, with {file} {line} {column}; empty: one found here
    void setEditorCommand(const QString &value);
    int keptRuns() const; ///< ended runs kept on disk, 0 .. 100,000, default 10,000
    void setKeptRuns(int value);
    int keptRunDays() const; ///< age at which an ended run is removed, 0 (never) .. 3650, default 0
    void setKeptRunDays(int value);
    qint64 keptRunBytes() const; ///< bytes all ended runs may take, 1 MiB .. 1 PiB, default 10 GiB
    void setKeptRunBytes(qint64 value);
    QStringList recentFiles() const;
    void setRecentFiles(const QStringList &value);

    /// Window, splitter and column state, opaque to core, by name.
    QByteArray layout(const QString &name) const;
    void setLayout(const QString &name, const QByteArray &value);

    void restoreDefaults();

Q_SIGNALS:
    /// Any setting changed (not the layout).
    void changed();

private:
    void store(const QString &key, const QVariant &value);

    QSettings m_settings;
};

} // namespace procession
