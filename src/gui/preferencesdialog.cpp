// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/preferencesdialog.h"

#include "core/settings.h"
#include "core/shellwords.h"
#include "gui/icons.h"
#include "ui_preferencesdialog.h"

#include <QPushButton>
#include <QSignalBlocker>

#include <chrono>
#include <cmath>

namespace procession {

using std::chrono::milliseconds;

namespace {

constexpr qint64 mebibyte = qint64(1) << 20;

double seconds(milliseconds duration)
{
    return double(duration.count()) / 1000;
}

milliseconds fromSeconds(double value)
{
    return milliseconds(std::llround(value * 1000));
}

/// Shows a value without taking it for the person's: no signal, and no disturbance while it is being typed.
template <typename SpinBox, typename Value>
void display(SpinBox *box, Value value)
{
    const QSignalBlocker blocker(box);
    if (box->value() != value)
        box->setValue(value);
}

void display(QCheckBox *box, bool checked)
{
    const QSignalBlocker blocker(box);
    box->setChecked(checked);
}

} // namespace

PreferencesDialog::PreferencesDialog(Settings *settings, QWidget *parent)
    : QDialog(parent)
    , m_ui(std::make_unique<Ui::PreferencesDialog>())
    , m_settings(settings)
{
    m_ui->setupUi(this);
    QListWidget *list = m_ui->preferencesList;
    int row = 0;
    for (const char *icon : {"workers", "monitoring", "output", "runs", "appearance"})
        list->item(row++)->setIcon(actionIcon(QString::fromLatin1(icon)));
    const int margin = 4 * style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, list);
    list->setFixedWidth(list->sizeHintForColumn(0) + 2 * list->frameWidth() + margin);
    list->setCurrentRow(0);
    m_ui->buttonBox->button(QDialogButtonBox::Close)->setObjectName(QStringLiteral("closeButton"));
    QPushButton *restore = m_ui->buttonBox->button(QDialogButtonBox::RestoreDefaults);
    restore->setObjectName(QStringLiteral("restoreDefaultsButton"));
    // Else Return in a spin box would restore them.
    restore->setAutoDefault(false);

    // On the way from 10 to 1,000 there is a 1, and what is removed does not come back.
    for (QSpinBox *box : {m_ui->keptRunsSpinBox, m_ui->keptRunDaysSpinBox, m_ui->keptRunBytesSpinBox})
        box->setKeyboardTracking(false);
    load();
    connect(m_settings, &Settings::changed, this, &PreferencesDialog::load);
    connect(restore, &QPushButton::clicked, m_settings, &Settings::restoreDefaults);
    connect(m_ui->stopSignalCombo, &QComboBox::currentIndexChanged, this,
            [this] { m_settings->setStopSignal(m_ui->stopSignalCombo->signalNumber()); });
    connect(m_ui->graceSpinBox, &QDoubleSpinBox::valueChanged, this,
            [this](double value) { m_settings->setGrace(fromSeconds(value)); });
    connect(m_ui->confirmTerminateCheck, &QCheckBox::toggled, m_settings, &Settings::setConfirmTerminateMany);
    connect(m_ui->intervalSpinBox, &QDoubleSpinBox::valueChanged, this,
            [this](double value) { m_settings->setInterval(fromSeconds(value)); });
    connect(m_ui->outputLimitSpinBox, &QSpinBox::valueChanged, this,
            [this](int value) { m_settings->setOutputLimit(value * mebibyte); });
    connect(m_ui->outputWrapCheck, &QCheckBox::toggled, m_settings, &Settings::setOutputWrap);
    connect(m_ui->outputTimesCheck, &QCheckBox::toggled, m_settings, &Settings::setOutputTimes);
    connect(m_ui->outputNumbersCheck, &QCheckBox::toggled, m_settings, &Settings::setOutputNumbers);
    connect(m_ui->outputZoomSpinBox, &QSpinBox::valueChanged, m_settings, &Settings::setOutputZoom);
    connect(m_ui->editorEdit, &QLineEdit::textEdited, m_settings, &Settings::setEditorCommand);
    connect(m_ui->keptRunsSpinBox, &QSpinBox::valueChanged, m_settings, &Settings::setKeptRuns);
    connect(m_ui->keptRunDaysSpinBox, &QSpinBox::valueChanged, m_settings, &Settings::setKeptRunDays);
    connect(m_ui->keptRunBytesSpinBox, &QSpinBox::valueChanged, this,
            [this](int value) { m_settings->setKeptRunBytes(value * mebibyte); });
    connect(m_ui->stateColoursCheck, &QCheckBox::toggled, m_settings, &Settings::setStateColours);
}

PreferencesDialog::~PreferencesDialog() = default;

void PreferencesDialog::showRunLimits()
{
    m_ui->preferencesList->setCurrentRow(m_ui->preferencesPages->indexOf(m_ui->runsPage));
    m_ui->keptRunBytesSpinBox->setFocus();
}

void PreferencesDialog::load()
{
    {
        const QSignalBlocker blocker(m_ui->stopSignalCombo);
        m_ui->stopSignalCombo->setSignalNumber(m_settings->stopSignal());
    }
    display(m_ui->graceSpinBox, seconds(m_settings->grace()));
    display(m_ui->confirmTerminateCheck, m_settings->confirmTerminateMany());
    display(m_ui->intervalSpinBox, seconds(m_settings->interval()));
    display(m_ui->outputLimitSpinBox, int(m_settings->outputLimit() / mebibyte));
    display(m_ui->outputWrapCheck, m_settings->outputWrap());
    display(m_ui->outputTimesCheck, m_settings->outputTimes());
    display(m_ui->outputNumbersCheck, m_settings->outputNumbers());
    display(m_ui->outputZoomSpinBox, m_settings->outputZoom());
    if (m_ui->editorEdit->text() != m_settings->editorCommand())
        m_ui->editorEdit->setText(m_settings->editorCommand());
    showEditorNote();
    display(m_ui->keptRunsSpinBox, m_settings->keptRuns());
    display(m_ui->keptRunDaysSpinBox, m_settings->keptRunDays());
    display(m_ui->keptRunBytesSpinBox, int(m_settings->keptRunBytes() / mebibyte));
    display(m_ui->stateColoursCheck, m_settings->stateColours());
}

void PreferencesDialog::showEditorNote()
{
    WordsError error;
    const bool isSound = splitWords(m_settings->editorCommand(), &error).has_value();
    m_ui->editorNote->setText(
        isSound ? tr("{file}, {line} and {column} stand for the place, as in: code -g {file}:{line}")
                : error.message);
}

} // namespace procession
