// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/diskwatch.h"

#include "core/bootclock.h"

#include <QFile>

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace procession {

namespace {

using namespace std::chrono_literals;

constexpr auto busyPause = 2s;
constexpr auto idlePause = 10s;
constexpr auto farewell = 200ms;

constexpr auto rateSpan = 30s;
constexpr auto shortestSpan = 8s; // a rate over less is that of a moment
constexpr auto soon = 10min;
constexpr auto notSoon = 20min;
constexpr auto calmTime = 60s;

constexpr qint64 mebibyte = qint64(1) << 20;
constexpr qint64 mostReserve = 1024 * mebibyte;
constexpr qint64 leastReserve = 16 * mebibyte;
constexpr qint64 fullBelow = mebibyte; // what a file system needs for itself, or one segment's first bytes

/// With less than this left a disk is nearly full: a twentieth of it, but neither so much that a large disk
/// is always full nor so little that a small one never is.
qint64 reserveOf(qint64 totalBytes)
{
    return std::min(std::clamp(totalBytes / 20, leastReserve, mostReserve), totalBytes / 4);
}

qint64 fullBelowOf(qint64 totalBytes)
{
    return std::min(fullBelow, totalBytes / 100);
}

/// Bytes per second that went, from the oldest sample that counts to the last; 0 if it is not known.
double rateOf(const QList<DiskSample> &samples)
{
    const DiskSample &last = samples.last();
    const auto first = std::find_if(samples.cbegin(), samples.cend(), [&last](const DiskSample &sample) {
        // Another size is another file system, or one that was resized.
        return last.time - sample.time <= rateSpan && sample.totalBytes == last.totalBytes;
    });
    const std::chrono::duration<double> span = last.time - first->time;
    const double gone = double(first->freeBytes - last.freeBytes);
    return span < shortestSpan || gone <= 0 ? 0 : gone / span.count();
}

} // namespace

DiskState judgeDisk(const QList<DiskSample> &samples, const DiskState &before)
{
    using Level = DiskState::Level;
    const DiskSample &last = samples.last();
    DiskState state;
    state.freeBytes = last.freeBytes;
    state.totalBytes = last.totalBytes;
    state.bytesPerSecond = rateOf(samples);
    if (state.bytesPerSecond > 0) {
        // A rate of next to nothing takes longer than any clock counts.
        constexpr double longest = 1e9;
        state.untilFull =
            std::chrono::seconds(qint64(std::min(double(last.freeBytes) / state.bytesPerSecond, longest)));
    }

    const qint64 reserve = reserveOf(last.totalBytes);
    const qint64 full = fullBelowOf(last.totalBytes);
    const bool wasFull = before.level == Level::Full;
    if (last.freeBytes < (wasFull ? 2 * full : full)) {
        state.level = Level::Full;
    } else if (last.freeBytes < reserve || state.untilFull.value_or(notSoon) <= soon) {
        state.level = Level::Low;
    } else if (before.level != Level::Fine) {
        const bool isCalm =
            last.freeBytes >= reserve + reserve / 2 && state.untilFull.value_or(notSoon) >= notSoon;
        if (isCalm)
            state.calmSince = before.calmSince.value_or(last.time);
        state.level = isCalm && last.time - *state.calmSince >= calmTime ? Level::Fine : Level::Low;
        if (state.level == Level::Fine)
            state.calmSince.reset();
    }
    return state;
}

struct DiskWatch::Shared
{
    std::mutex lock;
    std::condition_variable wake;
    std::condition_variable gone;
    DiskWatch *watch = nullptr; // null once it is gone
    bool isWanted = false;
    bool hasEnded = false;
};

DiskWatch::Measure DiskWatch::measureOf(const QString &directory)
{
    return [path = QFile::encodeName(directory)]() -> std::optional<DiskSample> {
        struct statvfs room
        {
        };
        int result = 0;
        do {
            result = ::statvfs(path.constData(), &room);
        } while (result != 0 && errno == EINTR);
        const quint64 unit = room.f_frsize != 0 ? room.f_frsize : room.f_bsize;
        if (result != 0 || room.f_blocks == 0) // some file systems have no size
            return std::nullopt;
        const quint64 used = room.f_blocks - std::min(room.f_bfree, room.f_blocks);
        return DiskSample{bootNow(), qint64(room.f_bavail * unit), qint64((used + room.f_bavail) * unit)};
    };
}

DiskWatch::DiskWatch(Measure measure, QObject *parent)
    : QObject(parent)
    , m_shared(std::make_shared<Shared>())
{
    m_shared->watch = this;
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &DiskWatch::look);
    std::thread([shared = m_shared, measure = std::move(measure)] {
        std::unique_lock lock(shared->lock);
        while (shared->watch != nullptr) {
            if (!std::exchange(shared->isWanted, false)) {
                shared->wake.wait(lock);
                continue;
            }
            lock.unlock();
            const std::optional<DiskSample> sample = measure();
            lock.lock();
            if (DiskWatch *const watch = shared->watch)
                QMetaObject::invokeMethod(
                    watch, [watch, sample] { watch->take(sample); }, Qt::QueuedConnection);
        }
        shared->hasEnded = true;
        shared->gone.notify_all();
    }).detach();
    look();
}

DiskWatch::~DiskWatch()
{
    std::unique_lock lock(m_shared->lock);
    m_shared->watch = nullptr;
    m_shared->wake.notify_all();
    m_shared->gone.wait_for(lock, farewell, [this] { return m_shared->hasEnded; });
}

void DiskWatch::setBusy(bool busy)
{
    if (busy == m_busy)
        return;
    m_busy = busy;
    if (m_busy)
        look();
}

void DiskWatch::look()
{
    if (std::exchange(m_looking, true))
        return;
    m_timer.stop();
    const std::lock_guard lock(m_shared->lock);
    m_shared->isWanted = true;
    m_shared->wake.notify_all();
}

void DiskWatch::take(const std::optional<DiskSample> &sample)
{
    m_looking = false;
    m_timer.start(m_busy ? busyPause : idlePause);
    DiskState state;
    if (sample) {
        m_samples.append(*sample);
        m_samples.removeIf([&sample](const DiskSample &old) { return sample->time - old.time > rateSpan; });
        state = judgeDisk(m_samples, m_state);
    } else {
        m_samples.clear();
    }
    if (state == m_state)
        return;
    m_state = state;
    Q_EMIT changed(m_state);
}

} // namespace procession
