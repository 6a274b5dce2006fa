// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/bootclock.h"

#include <QCoreApplication>
#include <QFile>
#include <QLocale>
#include <QMutex>

#include <algorithm>

#include <time.h>

namespace procession {
namespace {

QString twoDigits(const qint64 number)
{
    return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
}

} // namespace

std::chrono::nanoseconds bootNow()
{
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

QString bootId()
{
    static QMutex mutex;
    static QString id;
    const QMutexLocker locker(&mutex);
    // Not being able to open it may pass: too many files.
    if (QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
        id.isEmpty() && file.open(QIODevice::ReadOnly))
        id = QString::fromLatin1(file.readAll().trimmed());
    return id;
}

bool isThisBoot(const QString &id)
{
    const QString current = bootId();
    return id.isEmpty() || current.isEmpty() || id == current;
}

QString durationText(const std::chrono::nanoseconds duration, const bool finished)
{
    using namespace std::chrono;
    const nanoseconds positive = std::max(duration, nanoseconds(0));
    if (finished && positive < seconds(1)) {
        // Cut, not rounded: 0.96 s must not read "1.0 s" beside another row's "0:01".
        const auto tenths = duration_cast<milliseconds>(positive).count() / 100;
        return QCoreApplication::translate("Duration", "%1 s", "seconds with one decimal")
            .arg(QLocale().toString(static_cast<double>(tenths) / 10, 'f', 1));
    }
    const qint64 total = duration_cast<seconds>(positive).count();
    const qint64 hours = total / 3600;
    const QString minutesAndSeconds = twoDigits(total / 60 % 60) + u':' + twoDigits(total % 60);
    if (hours >= 24)
        return QCoreApplication::translate("Duration", "%1d %2", "days, then hours:minutes:seconds")
            .arg(QString::number(hours / 24), QString(twoDigits(hours % 24) + u':' + minutesAndSeconds));
    if (hours > 0)
        return QString::number(hours) + u':' + minutesAndSeconds;
    return QString::number(total / 60) + u':' + twoDigits(total % 60);
}

QString tookText(std::chrono::nanoseconds duration)
{
    if (duration >= std::chrono::minutes(1))
        return durationText(duration, true);
    return QStringLiteral("%1 s").arg(std::chrono::duration<double>(duration).count(), 0, 'f', 1);
}

} // namespace procession
