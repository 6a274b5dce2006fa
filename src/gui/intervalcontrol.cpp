// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/intervalcontrol.h"

#include "core/monitor.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSlider>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

using std::chrono::milliseconds;

namespace procession {

namespace {

constexpr std::array tickIntervals{50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0};
constexpr int stepsPerTick = 100;
constexpr int keyStep = 20;
constexpr int lastPosition = stepsPerTick * (int(tickIntervals.size()) - 1);

milliseconds inRange(milliseconds interval)
{
    return std::clamp(interval, Monitor::minimumInterval, Monitor::maximumInterval);
}

/// What a person typed: "0.2", "0,2 s", "200 ms", also out of range. nullopt: not a number.
std::optional<milliseconds> typedInterval(const QString &text)
{
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*(\\d+(?:[.,]\\d*)?|[.,]\\d+)\\s*(ms|s)?\\s*$"));
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const double number = match.captured(1).replace(u',', u'.').toDouble();
    const double ms = match.captured(2) == QLatin1String("ms") ? number : number * 1000;
    return milliseconds(qint64(std::min(std::round(ms), 1e12)));
}

} // namespace

/// Seconds, shown and read with their unit; a step is a step of the slider.
class IntervalSpinBox final : public QDoubleSpinBox
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IntervalSpinBox)

public:
    explicit IntervalSpinBox(QWidget *parent)
        : QDoubleSpinBox(parent)
    {
        setDecimals(3);
        setRange(double(Monitor::minimumInterval.count()) / 1000,
                 double(Monitor::maximumInterval.count()) / 1000);
        setKeyboardTracking(false);
        connect(lineEdit(), &QLineEdit::textEdited, this, [this](const QString &text) { m_typed = text; });
        connect(this, &QAbstractSpinBox::editingFinished, this, &IntervalSpinBox::reportClamped);
    }

    milliseconds interval() const { return milliseconds(std::llround(value() * 1000)); }

    // The ends of the range are not its longest texts.
    QSize sizeHint() const override
    {
        const QSize hint = QDoubleSpinBox::sizeHint();
        const auto width = [this](milliseconds interval) {
            return fontMetrics().horizontalAdvance(IntervalControl::intervalText(interval));
        };
        const int longest = std::max(width(milliseconds(888)), width(milliseconds(8888)));
        return hint + QSize(std::max(0, longest - width(Monitor::minimumInterval)), 0);
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

    void stepBy(int steps) override
    {
        const int position = IntervalControl::positionOf(interval()) / keyStep * keyStep;
        const milliseconds next = IntervalControl::intervalAt(position + steps * keyStep);
        setValue(double(next.count()) / 1000);
    }

Q_SIGNALS:
    void clamped(const QString &text);

protected:
    QString textFromValue(double value) const override
    {
        return IntervalControl::intervalText(milliseconds(std::llround(value * 1000)));
    }

    double valueFromText(const QString &text) const override
    {
        const milliseconds typed = typedInterval(text).value_or(interval());
        return double(inRange(typed).count()) / 1000;
    }

    // A number out of range may be typed: it is brought into the range with a word, not refused without one.
    QValidator::State validate(QString &text, int &) const override
    {
        static const QRegularExpression beginning(QStringLiteral("^\\s*\\d*[.,]?\\d*\\s*m?s?\\s*$"));
        if (typedInterval(text))
            return QValidator::Acceptable;
        return beginning.match(text).hasMatch() ? QValidator::Intermediate : QValidator::Invalid;
    }

private:
    void reportClamped()
    {
        const std::optional<milliseconds> typed = typedInterval(std::exchange(m_typed, QString()));
        if (!typed || *typed == inRange(*typed))
            return;
        Q_EMIT clamped(tr("%1 is outside the range: the interval can be %2 to %3. It is %4 now.")
                           .arg(IntervalControl::intervalText(*typed),
                                IntervalControl::intervalText(Monitor::minimumInterval),
                                IntervalControl::intervalText(Monitor::maximumInterval),
                                IntervalControl::intervalText(interval())));
    }

    QString m_typed;
};

IntervalControl::IntervalControl(QWidget *parent)
    : QWidget(parent)
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_spinBox(new IntervalSpinBox(this))
    , m_autoRefreshButton(new QToolButton(this))
{
    auto *label = new QLabel(tr("Refresh"), this);
    label->setObjectName(QStringLiteral("pollIntervalLabel"));

    m_slider->setObjectName(QStringLiteral("pollIntervalSlider"));
    m_slider->setAccessibleName(tr("Refresh interval"));
    m_slider->setRange(0, lastPosition);
    m_slider->setSingleStep(keyStep);
    m_slider->setPageStep(stepsPerTick);
    m_slider->setTickInterval(stepsPerTick);
    m_slider->setTickPosition(QSlider::TicksBelow);
    m_slider->setMinimumWidth(fontMetrics().averageCharWidth() * 24);
    // The ticks below push the handle up, in some styles past the upper edge.
    const int tick = style()->pixelMetric(QStyle::PM_SliderTickmarkOffset, nullptr, m_slider);
    m_slider->setMinimumHeight(m_slider->sizeHint().height() + 2 * tick);
    m_slider->setFocusPolicy(Qt::StrongFocus);

    m_spinBox->setObjectName(QStringLiteral("pollIntervalSpinBox"));
    m_spinBox->setAccessibleName(tr("Refresh interval in seconds"));

    m_autoRefreshButton->setObjectName(QStringLiteral("autoRefreshButton"));
    m_autoRefreshButton->setAccessibleName(tr("Auto-refresh"));
    m_autoRefreshButton->setAutoRaise(true);
    m_autoRefreshButton->setFocusPolicy(Qt::StrongFocus);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(label);
    layout->addWidget(m_slider);
    layout->addWidget(m_spinBox);
    layout->addWidget(m_autoRefreshButton);

    connect(m_slider, &QSlider::valueChanged, this, [this](int position) {
        if (!m_showing)
            choose(intervalAt(position), !m_slider->isSliderDown());
    });
    connect(m_slider, &QSlider::sliderReleased, this, [this] { Q_EMIT intervalSettled(m_interval); });
    // A page is the way to the next tick, wherever the slider stands.
    connect(m_slider, &QSlider::actionTriggered, this, [this](int action) {
        const int position = m_slider->value();
        if (action == QAbstractSlider::SliderPageStepAdd)
            m_slider->setSliderPosition((position / stepsPerTick + 1) * stepsPerTick);
        else if (action == QAbstractSlider::SliderPageStepSub)
            m_slider->setSliderPosition((position + stepsPerTick - 1) / stepsPerTick * stepsPerTick -
                                        stepsPerTick);
    });
    connect(m_spinBox, &QDoubleSpinBox::valueChanged, this, [this] {
        if (!m_showing)
            choose(m_spinBox->interval(), true);
    });
    connect(m_spinBox, &IntervalSpinBox::clamped, this, &IntervalControl::clamped);
    display(m_interval);
}

void IntervalControl::setInterval(milliseconds interval)
{
    if (interval != m_interval)
        display(inRange(interval));
}

void IntervalControl::setAutoRefreshAction(QAction *action)
{
    m_autoRefreshButton->setDefaultAction(action);
    m_autoRefreshButton->setToolButtonStyle(Qt::ToolButtonIconOnly);
}

QString IntervalControl::intervalText(milliseconds interval)
{
    if (interval < milliseconds(1000))
        return tr("%1 ms").arg(interval.count());
    const int decimals = interval.count() % 100 == 0 ? 1 : interval.count() % 10 == 0 ? 2 : 3;
    return tr("%1 s").arg(double(interval.count()) / 1000, 0, 'f', decimals);
}

int IntervalControl::positionOf(milliseconds interval)
{
    const double ms = double(inRange(interval).count());
    const auto above = std::upper_bound(tickIntervals.begin() + 1, tickIntervals.end() - 1, ms);
    const double low = *(above - 1);
    const double share = std::log(ms / low) / std::log(*above / low);
    return int((above - 1 - tickIntervals.begin()) * stepsPerTick + std::lround(share * stepsPerTick));
}

milliseconds IntervalControl::intervalAt(int position)
{
    position = std::clamp(position, 0, lastPosition);
    const auto tick = std::min(size_t(position / stepsPerTick), tickIntervals.size() - 2);
    const double share = double(position - int(tick) * stepsPerTick) / stepsPerTick;
    const double ms = tickIntervals[tick] * std::pow(tickIntervals[tick + 1] / tickIntervals[tick], share);
    const double digit = ms < 100 ? 1 : ms < 1000 ? 10 : 100; // two digits are enough to tell steps apart
    return milliseconds(qint64(std::round(ms / digit) * digit));
}

void IntervalControl::choose(milliseconds interval, bool settled)
{
    display(interval);
    Q_EMIT intervalChosen(interval);
    if (settled)
        Q_EMIT intervalSettled(interval);
}

void IntervalControl::display(milliseconds interval)
{
    m_showing = true;
    m_interval = interval;
    if (intervalAt(m_slider->value()) != interval)
        m_slider->setValue(positionOf(interval));
    if (m_spinBox->interval() != interval)
        m_spinBox->setValue(double(interval.count()) / 1000);
    m_showing = false;
    const QString text = tr("Refresh every %1").arg(intervalText(interval));
    m_slider->setToolTip(text);
    m_spinBox->setToolTip(text);
    m_slider->setAccessibleDescription(text);
}

} // namespace procession

#include "intervalcontrol.moc"
