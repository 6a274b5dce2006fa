// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

#include <chrono>

class QAction;
class QSlider;
class QToolButton;

namespace procession {

class IntervalSpinBox;

/// The interval of the monitor: a slider whose ticks stand at 50 ms, 0.1 s, 0.2 s ... 10 s, a box for an
/// exact number, and the button that pauses. Shows what it is told; says what the person wants.
class IntervalControl final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IntervalControl)

public:
    explicit IntervalControl(QWidget *parent = nullptr);

    std::chrono::milliseconds interval() const { return m_interval; }
    /// Shows `interval`; emits nothing.
    void setInterval(std::chrono::milliseconds interval);
    /// The action behind the pause button.
    void setAutoRefreshAction(QAction *action);

    /// "50 ms", "1.0 s", "2.25 s".
    static QString intervalText(std::chrono::milliseconds interval);
    /// Where on the slider an interval stands, and back. Equal steps are equal factors, tick by tick.
    static int positionOf(std::chrono::milliseconds interval);
    static std::chrono::milliseconds intervalAt(int position);

Q_SIGNALS:
    /// The person chose another interval; comes at every step of a drag.
    void intervalChosen(std::chrono::milliseconds interval);
    /// The choice is made (the slider was let go, a key pressed, a number entered): time to save it.
    void intervalSettled(std::chrono::milliseconds interval);
    /// A number outside the range was entered; `text` says what was made of it.
    void clamped(const QString &text);

private:
    void choose(std::chrono::milliseconds interval, bool settled);
    void display(std::chrono::milliseconds interval);

    QSlider *m_slider;
    IntervalSpinBox *m_spinBox;
    QToolButton *m_autoRefreshButton;
    std::chrono::milliseconds m_interval{1000};
    bool m_showing = false;
};

} // namespace procession
