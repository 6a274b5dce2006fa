// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/settings.h"

#include <algorithm>
#include <csignal>

namespace procession {

namespace {

struct Key
{
    const char *name;
    qint64 fallback;
    qint64 minimum;
    qint64 maximum;
};

// No group may be called "general": QSettings keeps that name for itself, and would not find it again.
constexpr Key intervalKey{"monitor/intervalMs", 1000, 50, 10'000};
constexpr Key stopSignalKey{"workers/stopSignal", SIGTERM, 1, 64};
constexpr Key graceKey{"workers/graceMs", 10'000, 0, 3'600'000};
constexpr Key confirmKey{"workers/confirmTerminateMany", 1, 0, 1};
constexpr Key coloursKey{"appearance/stateColours", 1, 0, 1};
constexpr Key outputLimitKey{"output/limitBytes", 256ll << 20, 1ll << 20, 1ll << 40};
constexpr Key outputWrapKey{"output/wrap", 0, 0, 1};
constexpr Key outputTimesKey{"output/times", 0, 0, 1};
constexpr Key outputNumbersKey{"output/numbers", 0, 0, 1};
constexpr Key outputZoomKey{"output/zoom", 0, -6, 24};
constexpr Key keptRunsKey{"runs/keptCount", 10'000, 0, 100'000};
constexpr Key keptRunDaysKey{"runs/keptDays", 0, 0, 3650};
constexpr Key keptRunBytesKey{"runs/keptBytes", 10ll << 30, 1ll << 20, 1ll << 50};
constexpr const Key *keys[] = {&intervalKey,    &stopSignalKey,    &graceKey,       &confirmKey,
                               &coloursKey,     &outputLimitKey,   &outputWrapKey,
                               &outputTimesKey, &outputNumbersKey, &outputZoomKey,  &keptRunsKey,
                               &keptRunDaysKey, &keptRunBytesKey};

constexpr const char *editorKey = "output/editor";

constexpr const char *versionKey = "application/version";
constexpr int currentVersion = 1;
constexpr const char *recentFilesKey = "application/recentFiles";
constexpr int maximumRecentFiles = 10;

QString name(const Key &key)
{
    return QLatin1String(key.name);
}

qint64 read(const QSettings &settings, const Key &key)
{
    bool isNumber = false;
    const qint64 value = settings.value(name(key), key.fallback).toLongLong(&isNumber);
    return isNumber ? std::clamp(value, key.minimum, key.maximum) : key.fallback;
}

qint64 clamped(qint64 value, const Key &key)
{
    return std::clamp(value, key.minimum, key.maximum);
}

} // namespace

Settings::Settings(const QString &file, QObject *parent)
    : QObject(parent)
    , m_settings(file, QSettings::IniFormat)
{
}

std::chrono::milliseconds Settings::interval() const
{
    return std::chrono::milliseconds(read(m_settings, intervalKey));
}

void Settings::setInterval(std::chrono::milliseconds value)
{
    store(name(intervalKey), clamped(value.count(), intervalKey));
}

int Settings::stopSignal() const
{
    return int(read(m_settings, stopSignalKey));
}

void Settings::setStopSignal(int value)
{
    store(name(stopSignalKey), clamped(value, stopSignalKey));
}

std::chrono::milliseconds Settings::grace() const
{
    return std::chrono::milliseconds(read(m_settings, graceKey));
}

void Settings::setGrace(std::chrono::milliseconds value)
{
    store(name(graceKey), clamped(value.count(), graceKey));
}

bool Settings::confirmTerminateMany() const
{
    return read(m_settings, confirmKey) != 0;
}

void Settings::setConfirmTerminateMany(bool value)
{
    store(name(confirmKey), int(value));
}

bool Settings::stateColours() const
{
    return read(m_settings, coloursKey) != 0;
}

void Settings::setStateColours(bool value)
{
    store(name(coloursKey), int(value));
}

qint64 Settings::outputLimit() const
{
    return read(m_settings, outputLimitKey);
}

void Settings::setOutputLimit(qint64 value)
{
    store(name(outputLimitKey), clamped(value, outputLimitKey));
}

bool Settings::outputWrap() const
{
    return read(m_settings, outputWrapKey) != 0;
}

void Settings::setOutputWrap(bool value)
{
    store(name(outputWrapKey), int(value));
}

bool Settings::outputTimes() const
{
    return read(m_settings, outputTimesKey) != 0;
}

void Settings::setOutputTimes(bool value)
{
    store(name(outputTimesKey), int(value));
}

bool Settings::outputNumbers() const
{
    return read(m_settings, outputNumbersKey) != 0;
}

void Settings::setOutputNumbers(bool value)
{
    store(name(outputNumbersKey), int(value));
}

int Settings::outputZoom() const
{
    return int(read(m_settings, outputZoomKey));
}

void Settings::setOutputZoom(int value)
{
    store(name(outputZoomKey), clamped(value, outputZoomKey));
}

QString Settings::editorCommand() const
{
    return m_settings.value(QLatin1String(editorKey)).toString();
}

void Settings::setEditorCommand(const QString &value)
{
    store(QLatin1String(editorKey), value);
}

int Settings::keptRuns() const
{
    return int(read(m_settings, keptRunsKey));
}

void Settings::setKeptRuns(int value)
{
    store(name(keptRunsKey), clamped(value, keptRunsKey));
}

int Settings::keptRunDays() const
{
    return int(read(m_settings, keptRunDaysKey));
}

void Settings::setKeptRunDays(int value)
{
    store(name(keptRunDaysKey), clamped(value, keptRunDaysKey));
}

qint64 Settings::keptRunBytes() const
{
    return read(m_settings, keptRunBytesKey);
}

void Settings::setKeptRunBytes(qint64 value)
{
    store(name(keptRunBytesKey), clamped(value, keptRunBytesKey));
}

QStringList Settings::recentFiles() const
{
    return m_settings.value(QLatin1String(recentFilesKey)).toStringList().mid(0, maximumRecentFiles);
}

void Settings::setRecentFiles(const QStringList &value)
{
    store(QLatin1String(recentFilesKey), value.mid(0, maximumRecentFiles));
}

QByteArray Settings::layout(const QString &key) const
{
    return m_settings.value(u"layout/" + key).toByteArray();
}

void Settings::setLayout(const QString &key, const QByteArray &value)
{
    m_settings.setValue(u"layout/" + key, value);
}

void Settings::restoreDefaults()
{
    for (const Key *key : keys)
        m_settings.remove(name(*key));
    m_settings.remove(QLatin1String(editorKey));
    Q_EMIT changed();
}

void Settings::store(const QString &key, const QVariant &value)
{
    if (m_settings.value(key) == value)
        return;
    m_settings.setValue(QLatin1String(versionKey), currentVersion);
    m_settings.setValue(key, value);
    Q_EMIT changed();
}

} // namespace procession
