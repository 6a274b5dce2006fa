// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "core/inputfeeder.h"

#include "core/descriptor.h"
#include "core/runcontrol.h"

#include <QMutexLocker>
#include <QSocketNotifier>
#include <QTimer>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

namespace procession {

namespace {

using namespace std::chrono_literals;

constexpr auto busyPause = 200ms;
constexpr qsizetype atOnce = 64 * 1024; // so that one worker's input does not keep the others' waiting
constexpr int maximumTries = 5;

/// For a notifier that may be the one whose signal is being handled.
struct EndLater
{
    void operator()(QSocketNotifier *notifier) const
    {
        notifier->setEnabled(false);
        notifier->deleteLater();
    }
};

} // namespace

/// What waits for one run, and the way to it.
struct InputFeeder::Feed
{
    QString directory;
    QByteArray bytes;
    qsizetype written = 0; // of `bytes`
    bool endWanted = false;
    int tries = 0;
    Descriptor connection; // a reply is awaited on it
    Descriptor input;      // the worker's
    std::unique_ptr<QSocketNotifier, EndLater> notifier;
};

InputFeeder::InputFeeder()
{
    // A worker that closes its input must not take the window along.
    struct sigaction current
    {
    };
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL)
        ::signal(SIGPIPE, SIG_IGN);
}

InputFeeder::~InputFeeder() = default;

bool InputFeeder::write(const QString &runId, const QString &runDirectory, const QByteArray &bytes)
{
    {
        const QMutexLocker locker(&m_lock);
        qint64 &promised = m_promised[runId];
        if (promised + bytes.size() > bound)
            return false;
        promised += bytes.size();
    }
    QMetaObject::invokeMethod(
        this,
        [this, runId, runDirectory, bytes] {
            feedOf(runId, runDirectory).bytes += bytes;
            settle(runId, 0);
            pump(runId);
        },
        Qt::QueuedConnection);
    return true;
}

void InputFeeder::end(const QString &runId, const QString &runDirectory)
{
    QMetaObject::invokeMethod(
        this,
        [this, runId, runDirectory] {
            feedOf(runId, runDirectory).endWanted = true;
            pump(runId);
        },
        Qt::QueuedConnection);
}

void InputFeeder::drop(const QString &runId)
{
    QMetaObject::invokeMethod(
        this,
        [this, runId] {
            m_feeds.remove(runId);
            settle(runId, -1);
        },
        Qt::QueuedConnection);
}

InputFeeder::Feed &InputFeeder::feedOf(const QString &runId, const QString &runDirectory)
{
    std::shared_ptr<Feed> &feed = m_feeds[runId];
    if (!feed) {
        feed = std::make_shared<Feed>();
        feed->directory = runDirectory;
    }
    return *feed;
}

void InputFeeder::pump(const QString &runId)
{
    const std::shared_ptr<Feed> feed = m_feeds.value(runId);
    if (!feed)
        return;
    if (feed->written < feed->bytes.size() && feed->input < 0) {
        if (feed->connection < 0)
            ask(runId, *feed);
        return;
    }
    qsizetype taken = 0;
    while (feed->written < feed->bytes.size() && taken < atOnce) {
        const qsizetype size = std::min(feed->bytes.size() - feed->written, atOnce);
        const ssize_t count = ::write(feed->input, feed->bytes.constData() + feed->written, size_t(size));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return fail(runId);
        if (count <= 0)
            break;
        feed->written += count;
        taken += count;
    }
    if (taken > 0)
        settle(runId, taken);
    if (feed->written < feed->bytes.size()) {
        if (feed->notifier == nullptr) {
            feed->notifier.reset(new QSocketNotifier(int(feed->input), QSocketNotifier::Write));
            connect(feed->notifier.get(), &QSocketNotifier::activated, this, [this, runId] { pump(runId); });
        }
        // What is written makes room for more of it only here.
        if (feed->written >= atOnce) {
            feed->bytes.remove(0, feed->written);
            feed->written = 0;
        }
        return;
    }
    if (feed->endWanted &&
        RunControl(feed->directory).send(rundir::Verb::EndInput) == RunControl::Result::Busy) {
        feed->input.reset();
        QTimer::singleShot(busyPause, this, [this, runId] { pump(runId); });
        return;
    }
    m_feeds.remove(runId); // and closes our copy: the keeper's alone decides when the input ends
}

void InputFeeder::ask(const QString &runId, Feed &feed)
{
    RunControl::Result result = RunControl::Result::Sent;
    feed.connection = Descriptor(RunControl(feed.directory).ask(rundir::Verb::Input, &result));
    if (feed.connection >= 0) {
        feed.notifier.reset(new QSocketNotifier(int(feed.connection), QSocketNotifier::Read));
        connect(feed.notifier.get(), &QSocketNotifier::activated, this, [this, runId] { answered(runId); });
    } else if (result == RunControl::Result::Busy) {
        QTimer::singleShot(busyPause, this, [this, runId] { pump(runId); });
    } else {
        fail(runId);
    }
}

void InputFeeder::answered(const QString &runId)
{
    const std::shared_ptr<Feed> feed = m_feeds.value(runId);
    if (!feed || feed->connection < 0)
        return;
    bool isThere = false;
    Descriptor input(RunControl::takeDescriptor(feed->connection, &isThere));
    if (!isThere)
        return;
    feed->notifier.reset();
    feed->connection.reset();
    if (input < 0 && ++feed->tries >= maximumTries)
        return fail(runId);
    if (input >= 0) {
        ::fcntl(input, F_SETFL, ::fcntl(input, F_GETFL) | O_NONBLOCK);
        feed->input = std::move(input);
        feed->tries = 0;
        pump(runId);
    } else {
        // A half of the keeper was killed with the question in its hands, or the worker has no input.
        QTimer::singleShot(busyPause, this, [this, runId] { pump(runId); });
    }
}

void InputFeeder::fail(const QString &runId)
{
    const std::shared_ptr<Feed> feed = m_feeds.take(runId);
    const qint64 lost = feed->bytes.size() - feed->written;
    settle(runId, -1);
    if (lost > 0)
        Q_EMIT refused(runId, lost);
}

/// Counts bytes that wait no longer; -1: all.
void InputFeeder::settle(const QString &runId, qint64 bytes)
{
    qint64 left = 0;
    {
        const QMutexLocker locker(&m_lock);
        const auto promised = m_promised.find(runId);
        if (promised == m_promised.end())
            return;
        left = bytes < 0 ? 0 : *promised - bytes;
        if (left > 0)
            *promised = left;
        else
            m_promised.erase(promised);
    }
    Q_EMIT waiting(runId, left);
}

} // namespace procession
