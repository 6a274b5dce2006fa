// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace procession {

/// How much room a file system had at one time. Bytes that only root may use count for nobody.
struct DiskSample
{
    std::chrono::nanoseconds time{0}; ///< CLOCK_BOOTTIME
    qint64 freeBytes = 0;
    qint64 totalBytes = 0;
};

/// What is known of a file system's room, and how worrying that is.
struct DiskState
{
    enum class Level {
        Fine,
        Low,  ///< little is left, or it fills soon
        Full, ///< nothing more can be written
    };

    Level level = Level::Fine;
    qint64 freeBytes = 0;
    qint64 totalBytes = 0;     ///< 0: nothing is known
    double bytesPerSecond = 0; ///< at which it fills, over the last half minute; 0: it does not
    std::optional<std::chrono::seconds> untilFull{}; ///< at that rate
    std::optional<std::chrono::nanoseconds>
        calmSince{}; ///< since when a Low one would be Fine, but not for long

    friend bool operator==(const DiskState &, const DiskState &) = default;
};

/// The state after the last of `samples` (oldest first, not empty; those too old to count are passed by),
/// where it was `before`. What is Low stays so until it has been clearly better for a while. Pure.
DiskState judgeDisk(const QList<DiskSample> &samples, const DiskState &before);

/// Watches the file system that a directory is on. The measuring may take any time, as that of a server that
/// is gone does: it has a thread of its own, which is left behind then. GUI thread.
class DiskWatch final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiskWatch)

public:
    /// nullopt: it cannot be told. Called in a thread of the watch's.
    using Measure = std::function<std::optional<DiskSample>()>;
    /// By statvfs().
    static Measure measureOf(const QString &directory);

    explicit DiskWatch(Measure measure, QObject *parent = nullptr);
    ~DiskWatch() override;

    /// True while workers run, and the disk may fill: it looks more often.
    void setBusy(bool busy);
    /// Measures now, unless it does already.
    void look();

    DiskState state() const { return m_state; }

Q_SIGNALS:
    void changed(const procession::DiskState &state);

private:
    struct Shared;

    void take(const std::optional<DiskSample> &sample);

    std::shared_ptr<Shared> m_shared; // with the thread
    QList<DiskSample> m_samples;
    DiskState m_state;
    QTimer m_timer;
    bool m_busy = false;
    bool m_looking = false;
};

} // namespace procession
