// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/joindialog.h"

#include "ui_joindialog.h"

#include <QPushButton>
#include <QRegularExpression>

#include <chrono>
#include <optional>

namespace procession {

using namespace std::chrono_literals;

namespace {

// A QTimer counts its milliseconds in an int, which ends after 24 days.
constexpr std::chrono::milliseconds longestTimeout = 480h;

std::optional<double> unitInSeconds(const QString &unit)
{
    if (unit == u"ms")
        return 0.001;
    if (unit.isEmpty() || QStringLiteral("seconds").startsWith(unit) || unit == u"sec" || unit == u"secs")
        return 1;
    if (unit == u"m" || unit == u"mins" || QStringLiteral("minutes").startsWith(unit))
        return 60;
    if (QStringLiteral("hours").startsWith(unit) || unit == u"hr" || unit == u"hrs")
        return 3600;
    if (QStringLiteral("days").startsWith(unit))
        return 86'400;
    return {};
}

/// "90", "90 s", "1.5 h", "1 h 30 min", "1:30" (minutes and seconds), "1:30:00".
std::optional<std::chrono::milliseconds> parsedDuration(const QString &text)
{
    const QString trimmed = text.trimmed().toLower();
    double seconds = 0;
    static const QRegularExpression clock(QStringLiteral("^(?:(\\d{1,3}):)?(\\d{1,3}):(\\d{2})$"));
    static const QRegularExpression parts(QStringLiteral("^(?:\\d+(?:[.,]\\d+)?\\s*[a-z]*\\s*)+$"));
    static const QRegularExpression part(QStringLiteral("(\\d+(?:[.,]\\d+)?)\\s*([a-z]*)"));
    if (const auto match = clock.match(trimmed); match.hasMatch()) {
        seconds =
            match.captured(1).toInt() * 3600 + match.captured(2).toInt() * 60 + match.captured(3).toInt();
    } else if (parts.match(trimmed).hasMatch()) {
        for (auto it = part.globalMatch(trimmed); it.hasNext();) {
            const auto piece = it.next();
            const std::optional<double> unit = unitInSeconds(piece.captured(2));
            if (!unit)
                return {};
            seconds += piece.captured(1).replace(u',', u'.').toDouble() * *unit;
        }
    }
    const double milliseconds = seconds * 1000;
    if (milliseconds < 1 || milliseconds > double(longestTimeout.count()))
        return {};
    return std::chrono::milliseconds(qint64(milliseconds));
}

} // namespace

JoinDialog::JoinDialog(const QList<WorkerId> &all, const QList<WorkerId> &selection, QWidget *parent)
    : QDialog(parent)
    , m_ui(std::make_unique<Ui::JoinDialog>())
    , m_all(all)
    , m_selection(selection)
{
    m_ui->setupUi(this);
    m_ui->joinScopeCombo->addItem(tr("All workers (%1)").arg(all.size()), false);
    if (!selection.isEmpty())
        m_ui->joinScopeCombo->addItem(tr("Selected workers (%1)").arg(selection.size()), true);
    if (selection.size() > 1)
        m_ui->joinScopeCombo->setCurrentIndex(1);

    const auto addCondition = [this](const QString &text, JoinSpec::Condition condition) {
        m_ui->joinConditionCombo->addItem(text, int(condition));
    };
    addCondition(tr("all of them have ended"), JoinSpec::Condition::All);
    addCondition(tr("one of them has ended"), JoinSpec::Condition::Any);
    addCondition(tr("a number of them have ended"), JoinSpec::Condition::Count);
    addCondition(tr("one of them has failed"), JoinSpec::Condition::FirstFailure);

    m_ui->joinThenCombo->addItem(tr("leave the others alone"), int(JoinSpec::Then::Nothing));
    m_ui->joinThenCombo->addItem(tr("terminate those still running"), int(JoinSpec::Then::TerminateRest));

    QPushButton *wait = m_ui->buttonBox->button(QDialogButtonBox::Ok);
    wait->setText(tr("&Wait"));
    wait->setObjectName(QStringLiteral("joinButton"));
    m_ui->buttonBox->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("cancelButton"));

    for (QComboBox *combo : {m_ui->joinScopeCombo, m_ui->joinConditionCombo, m_ui->joinThenCombo})
        connect(combo, &QComboBox::currentIndexChanged, this, &JoinDialog::refresh);
    connect(m_ui->joinCountSpinBox, &QSpinBox::valueChanged, this, &JoinDialog::refresh);
    connect(m_ui->joinTimeoutEdit, &QLineEdit::textChanged, this, &JoinDialog::refresh);
    connect(m_ui->joinTimeoutCheck, &QCheckBox::toggled, this, [this](bool on) {
        refresh();
        if (on) {
            m_ui->joinTimeoutEdit->setFocus();
            m_ui->joinTimeoutEdit->selectAll();
        }
    });
    refresh();
}

JoinDialog::~JoinDialog() = default;

QList<WorkerId> JoinDialog::workers() const
{
    return m_ui->joinScopeCombo->currentData().toBool() ? m_selection : m_all;
}

JoinSpec JoinDialog::spec() const
{
    JoinSpec spec;
    spec.workers = workers();
    spec.condition = JoinSpec::Condition(m_ui->joinConditionCombo->currentData().toInt());
    spec.count = m_ui->joinCountSpinBox->value();
    if (m_ui->joinTimeoutCheck->isChecked())
        spec.timeout = parsedDuration(m_ui->joinTimeoutEdit->text());
    spec.then = JoinSpec::Then(m_ui->joinThenCombo->currentData().toInt());
    return spec;
}

void JoinDialog::refresh()
{
    const int total = int(workers().size());
    m_ui->joinCountSpinBox->setMaximum(std::max(1, total));
    const JoinSpec wanted = spec();
    m_ui->joinCountSpinBox->setVisible(wanted.condition == JoinSpec::Condition::Count);
    m_ui->joinCountSpinBox->setSuffix(tr(" of %1").arg(total));

    const bool badTimeout = m_ui->joinTimeoutCheck->isChecked() && !wanted.timeout;
    m_ui->timeoutMessage->setText(
        badTimeout ? tr("Type a time such as 90 s, 30 min or 1:30:00, at most 20 days.") : QString());
    m_ui->timeoutMessage->setVisible(badTimeout);
    QPushButton *wait = m_ui->buttonBox->button(QDialogButtonBox::Ok);
    wait->setEnabled(!badTimeout && total > 0);
    wait->setToolTip(total == 0 ? tr("There is no worker to wait for.") : m_ui->timeoutMessage->text());

    QStringList sentences;
    switch (wanted.condition) {
    case JoinSpec::Condition::All:
        sentences.append(total == 1 ? tr("Waits until the worker has ended.")
                                    : tr("Waits until all %n workers have ended.", nullptr, total));
        break;
    case JoinSpec::Condition::Any:
        sentences.append(total == 1 ? tr("Waits until the worker has ended.")
                                    : tr("Waits until the first of %n workers has ended.", nullptr, total));
        break;
    case JoinSpec::Condition::Count:
        sentences.append(tr("Waits until %1 of %2 have ended.").arg(wanted.count).arg(total));
        break;
    case JoinSpec::Condition::FirstFailure:
        sentences.append(total == 1 ? tr("Waits until the worker has ended, however it ends.")
                                    : tr("Waits until the first of %n workers has failed, or all have ended.",
                                         nullptr, total));
        break;
    }
    if (wanted.timeout)
        sentences.append(tr("Gives up after %1.").arg(m_ui->joinTimeoutEdit->text().simplified()));
    sentences.append(wanted.then == JoinSpec::Then::TerminateRest
                         ? tr("Then it terminates those still running.")
                         : tr("Waiting changes no worker."));
    m_ui->summaryLabel->setText(badTimeout ? QString() : sentences.join(u' '));
}

} // namespace procession
