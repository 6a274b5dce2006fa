// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "cli/signalpipe.h"

#include <QSocketNotifier>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace procession {

namespace {

constexpr std::array signalNumbers{SIGINT, SIGTERM, SIGHUP};

// A signal handler can reach nothing but globals.
std::array<int, 2> pipeEnds{-1, -1};

void writeSignal(int signalNumber)
{
    const int before = errno;
    const auto byte = static_cast<unsigned char>(signalNumber);
    [[maybe_unused]] const ssize_t written = ::write(pipeEnds[1], &byte, 1);
    errno = before;
}

void handle(int signalNumber, void (*handler)(int))
{
    struct sigaction current = {};
    ::sigaction(signalNumber, nullptr, &current);
    if (current.sa_handler == SIG_IGN)
        return;
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(signalNumber, &action, nullptr);
}

} // namespace

SignalPipe::SignalPipe(QObject *parent)
    : QObject(parent)
{
    // Left at -1 there are no descriptors for it; then the signals act as they always do.
    if (::pipe2(pipeEnds.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    auto *notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        unsigned char byte = 0;
        while (::read(pipeEnds[0], &byte, 1) == 1)
            Q_EMIT caught(byte);
    });
    for (const int signalNumber : signalNumbers)
        handle(signalNumber, writeSignal);
    handle(SIGPIPE, SIG_IGN);
}

SignalPipe::~SignalPipe()
{
    if (pipeEnds[0] < 0)
        return;
    for (const int signalNumber : signalNumbers)
        handle(signalNumber, SIG_DFL);
    ::close(pipeEnds[0]);
    ::close(pipeEnds[1]);
    pipeEnds = {-1, -1};
}

} // namespace procession
