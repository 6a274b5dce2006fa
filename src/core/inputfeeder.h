// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QHash>
#include <QMutex>
#include <QObject>
#include <QString>

#include <memory>

namespace procession {

/// Carries what is sent to workers to their inputs, at the workers' pace: the keeper hands out a descriptor,
/// which is held only while something waits to be written. Lives in the launch thread; its calls may be made
/// from any, return at once and are carried out in order.
class InputFeeder final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InputFeeder)

public:
    static constexpr qint64 bound = 1 << 20; ///< bytes that may wait for one run

    InputFeeder();
    ~InputFeeder() override;

    /// False if more would wait than the bound allows; then nothing of `bytes` is taken.
    bool write(const QString &runId, const QString &runDirectory, const QByteArray &bytes);
    /// End of input, once everything before it is written.
    void end(const QString &runId, const QString &runDirectory);
    /// Forgets what waits for a run that has ended.
    void drop(const QString &runId);

Q_SIGNALS:
    /// Bytes that wait for this run; 0: none any more.
    void waiting(const QString &runId, qint64 bytes);
    /// The worker closed its input or never had one: `lost` bytes go nowhere.
    void refused(const QString &runId, qint64 lost);

private:
    struct Feed;

    Feed &feedOf(const QString &runId, const QString &runDirectory);
    void pump(const QString &runId);
    void ask(const QString &runId, Feed &feed);
    void answered(const QString &runId);
    void fail(const QString &runId);
    void settle(const QString &runId, qint64 bytes);

    QHash<QString, std::shared_ptr<Feed>> m_feeds;
    QMutex m_lock; // guards m_promised, which write() counts in its caller's thread
    QHash<QString, qint64> m_promised;
};

} // namespace procession
