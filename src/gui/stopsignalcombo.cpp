// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/stopsignalcombo.h"

#include "core/workerspec.h"

#include <csignal>

namespace procession {

StopSignalCombo::StopSignalCombo(QWidget *parent)
    : QComboBox(parent)
{
    addItem(tr("SIGTERM (please end)"), SIGTERM);
    addItem(tr("SIGINT (as Ctrl+C)"), SIGINT);
    addItem(tr("SIGHUP (the terminal is gone)"), SIGHUP);
    addItem(tr("SIGQUIT (end, and dump core)"), SIGQUIT);
    addItem(tr("SIGUSR1 (the program's own meaning)"), SIGUSR1);
    addItem(tr("SIGUSR2 (the program's own meaning)"), SIGUSR2);
}

int StopSignalCombo::signalNumber() const
{
    return currentData().toInt();
}

void StopSignalCombo::setSignalNumber(int signalNumber)
{
    if (findData(signalNumber) < 0)
        addItem(signalName(signalNumber), signalNumber);
    setCurrentIndex(findData(signalNumber));
}

} // namespace procession
