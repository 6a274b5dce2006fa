// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/workerdialog.h"

#include "core/settings.h"
#include "core/shellwords.h"
#include "gui/icons.h"
#include "ui_workerdialog.h"

#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace procession {

using namespace std::chrono_literals;

namespace {

// So much of a preview is read at most; the rest is in its tooltip.
constexpr qsizetype previewLength = 400;
constexpr qsizetype previewLines = 4;
// The disk is asked in the GUI thread, so not for any number of pasted lines.
constexpr qsizetype maximumLookUps = 50;

/// What is said under a field, and to a screen reader that stands in it. The words carry it; the colour only
/// helps.
void say(QLabel *label, QWidget *field, const QString &text, bool onlyWarns)
{
    QPalette palette = label->parentWidget()->palette();
    if (!isHighContrast(palette))
        palette.setColor(QPalette::WindowText, onlyWarns
                                                   ? stateColor(State::Queued, Outcome::None, palette)
                                                   : stateColor(State::Ended, Outcome::Failed, palette));
    label->setPalette(palette);
    label->setText(text);
    label->setVisible(!text.isEmpty());
    field->setAccessibleDescription(text);
}

QString elided(const QString &text, qsizetype length)
{
    return text.size() <= length ? text : text.left(length) + u'…';
}

QString quotedWords(const QStringList &argv)
{
    QStringList words;
    for (const QString &word : argv)
        words.append(quoteWord(word));
    return words.join(u' ');
}

void connectSection(QToolButton *toggle, QWidget *section)
{
    const auto show = [toggle, section](bool open) {
        section->setVisible(open);
        toggle->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    };
    QObject::connect(toggle, &QToolButton::toggled, section, show);
    show(toggle->isChecked());
}

/// Why a worker with this directory and PATH would not find `program`, or an empty string.
QString programProblem(const QString &program, const QString &directory, const QString &path)
{
    if (!program.contains(u'/')) {
        if (QStandardPaths::findExecutable(program, path.split(u':', Qt::SkipEmptyParts)).isEmpty())
            return WorkerDialog::tr("“%1” was not found in PATH. Check the spelling or give its full path.")
                .arg(program);
        return {};
    }
    const QFileInfo file(QDir(directory), program);
    if (!file.exists())
        return WorkerDialog::tr("There is no file “%1” yet.").arg(file.absoluteFilePath());
    if (file.isDir())
        return WorkerDialog::tr("“%1” is a directory, not a program.").arg(program);
    if (!file.isExecutable())
        return WorkerDialog::tr("“%1” is not executable. Make it so with chmod +x.").arg(program);
    return {};
}

} // namespace

/// Everything that is wrong with what was typed. The first non-empty one is what keeps Add disabled.
struct WorkerDialog::Judgement
{
    QString command;
    QString name;
    QString directory;
    QString environment;
    QString suggestion; ///< a name that is free, if the typed one is not

    QString first() const
    {
        for (const QString &text : {command, name, directory, environment}) {
            if (!text.isEmpty())
                return text;
        }
        return {};
    }
};

WorkerDialog::WorkerDialog(const Settings &settings, const QStringList &takenNames, QWidget *parent)
    : WorkerDialog(settings, takenNames, false, parent)
{
    WorkerSpec fresh;
    fresh.stopSignal = settings.stopSignal();
    fresh.grace = settings.grace();
    fill(fresh);
}

WorkerDialog::WorkerDialog(const WorkerSpec &spec, const Settings &settings, const QStringList &takenNames,
                           QWidget *parent)
    : WorkerDialog(settings, takenNames, true, parent)
{
    fill(spec);
}

WorkerDialog::WorkerDialog(const Settings &, const QStringList &takenNames, bool editing, QWidget *parent)
    : QDialog(parent)
    , m_ui(std::make_unique<Ui::WorkerDialog>())
    , m_taken(takenNames)
    , m_editing(editing)
{
    m_ui->setupUi(this);
    setWindowTitle(editing ? tr("Edit Worker") : tr("Add Worker"));
    m_ui->commandEdit->setMinimumWidth(fontMetrics().averageCharWidth() * 64);
    m_ui->commandEdit->setPlaceholderText(tr("As in a terminal: python3 fetch.py --all | tee log"));
    setStandardDirectory(QDir::currentPath());
    m_ui->groupCombo->lineEdit()->setPlaceholderText(tr("None"));
    m_ui->previewLabel->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_ui->graceSpinBox->setSpecialValueText(tr("Kill at once"));
    m_ui->editNote->setVisible(editing);
    m_ui->startNowCheck->setVisible(!editing);

    m_addButton = m_ui->buttonBox->button(QDialogButtonBox::Ok);
    m_addButton->setObjectName(QStringLiteral("addButton"));
    m_ui->buttonBox->button(QDialogButtonBox::Cancel)->setObjectName(QStringLiteral("cancelButton"));
    if (!editing) {
        m_anotherButton = m_ui->buttonBox->addButton(tr("Add An&other"), QDialogButtonBox::ActionRole);
        m_anotherButton->setObjectName(QStringLiteral("addAnotherButton"));
        m_anotherButton->setAutoDefault(false);
        connect(m_anotherButton, &QPushButton::clicked, this, &WorkerDialog::addAnother);
    }

    connectSection(m_ui->environmentToggle, m_ui->environmentBox);
    connectSection(m_ui->inputToggle, m_ui->inputBox);
    connectSection(m_ui->stopToggle, m_ui->stopBox);
    m_ui->inputCombo->addItem(tr("None (as from /dev/null)"), int(Input::None));
    m_ui->inputCombo->addItem(tr("Typed in the Output tab"), int(Input::Pipe));
    m_ui->inputCombo->addItem(tr("Terminal"), int(Input::Terminal));
    m_ui->keepStraysNote->setText(tr("Otherwise they are ended as soon as the main process has ended. "
                                     "Terminate ends all of them either way."));
    for (QLabel *note : {m_ui->inputNote, m_ui->mergeStreamsNote, m_ui->keepStraysNote})
        note->setForegroundRole(QPalette::PlaceholderText);
    connect(m_ui->inputCombo, &QComboBox::currentIndexChanged, this, &WorkerDialog::refreshInput);
    for (QToolButton *toggle : {m_ui->environmentToggle, m_ui->inputToggle, m_ui->stopToggle})
        connect(toggle, &QToolButton::toggled, this, &WorkerDialog::growToFit);
    connect(m_ui->commandEdit, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_touched = m_touched || !text.isEmpty();
        refresh();
    });
    connect(m_ui->nameEdit, &QLineEdit::textChanged, this, &WorkerDialog::refresh);
    connect(m_ui->directoryEdit, &QLineEdit::textChanged, this, &WorkerDialog::refresh);
    connect(m_ui->onePerLineCheck, &QCheckBox::toggled, this, &WorkerDialog::refresh);
    connect(m_ui->environmentTable, &EnvironmentTable::edited, this, &WorkerDialog::refresh);
    connect(m_ui->useNameButton, &QPushButton::clicked, this, &WorkerDialog::useSuggestedName);
    connect(m_ui->browseButton, &QPushButton::clicked, this, &WorkerDialog::chooseDirectory);
    connect(m_ui->addVariableButton, &QPushButton::clicked, m_ui->environmentTable,
            &EnvironmentTable::addVariable);
    connect(m_ui->removeVariableButton, &QPushButton::clicked, m_ui->environmentTable,
            &EnvironmentTable::removeSelected);
    connect(m_ui->pasteVariablesButton, &QPushButton::clicked, m_ui->environmentTable,
            &EnvironmentTable::paste);
    m_lookUp.setSingleShot(true);
    m_lookUp.setInterval(150ms);
    connect(&m_lookUp, &QTimer::timeout, this, &WorkerDialog::lookUp);
}

WorkerDialog::~WorkerDialog() = default;

void WorkerDialog::setKnownGroups(const QStringList &groups)
{
    const QString typed = m_ui->groupCombo->currentText();
    m_ui->groupCombo->clear();
    m_ui->groupCombo->addItems(groups);
    m_ui->groupCombo->setCurrentText(typed);
}

void WorkerDialog::setStandardDirectory(const QString &directory)
{
    m_standardDirectory = directory;
    m_ui->directoryEdit->setPlaceholderText(directory);
}

void WorkerDialog::fill(const WorkerSpec &spec)
{
    m_original = spec;
    m_ui->commandEdit->setText(spec.command.text());
    m_ui->nameEdit->setText(spec.name);
    m_ui->directoryEdit->setText(spec.workingDirectory);
    m_ui->groupCombo->setCurrentText(spec.group);
    m_ui->descriptionEdit->setText(spec.description);
    m_ui->environmentTable->setVariables(spec.environment);
    m_ui->environmentToggle->setChecked(!spec.environment.isEmpty());
    m_ui->stopSignalCombo->setSignalNumber(spec.stopSignal);
    m_ui->graceSpinBox->setValue(double(spec.grace.count()) / 1000);
    m_shownGrace = m_ui->graceSpinBox->value();
    m_ui->inputCombo->setCurrentIndex(m_ui->inputCombo->findData(int(spec.input)));
    m_ui->mergeStreamsCheck->setChecked(spec.mergeStreams);
    m_ui->keepStraysCheck->setChecked(spec.keepStrays);
    m_ui->inputToggle->setChecked(spec.input != Input::None || spec.mergeStreams);
    m_ui->stopToggle->setChecked(spec.keepStrays);
    refreshInput();
    m_touched = m_editing;
    refresh();
}

QStringList WorkerDialog::lines() const
{
    QStringList commands;
    static const QRegularExpression lineEnd(QStringLiteral("[\\n\\r\\x{2028}\\x{2029}]+"));
    const QStringList all = m_ui->commandEdit->text().split(lineEnd, Qt::SkipEmptyParts);
    for (const QString &line : all) {
        const QString trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !trimmed.startsWith(u'#'))
            commands.append(trimmed);
    }
    return commands;
}

bool WorkerDialog::isOnePerLine() const
{
    return !m_editing && m_ui->onePerLineCheck->isChecked() && lines().size() > 1;
}

Command WorkerDialog::command(const QString &typed, QString *error) const
{
    // A command that was not touched stays as it is, however it came to be.
    if (m_editing && typed == m_original.command.text())
        return m_original.command;
    const Command parsed = Command::fromTyped(typed, error);
    const bool keepsShell = m_editing && m_original.command.kind() == Command::Kind::Shell &&
                            !m_original.command.isEmpty() && parsed.kind() == Command::Kind::Shell;
    return keepsShell ? Command::shell(parsed.text(), m_original.command.argv().first()) : parsed;
}

QString WorkerDialog::directory() const
{
    const QString typed = m_ui->directoryEdit->text().trimmed();
    if (typed.isEmpty() || typed == m_original.workingDirectory)
        return typed;
    if (typed == u"~" || typed.startsWith(u"~/"))
        return QDir::cleanPath(QDir::homePath() + typed.mid(1));
    // The window that starts the worker one day may stand elsewhere.
    return QDir::cleanPath(QDir(m_standardDirectory).absoluteFilePath(typed));
}

WorkerSpec WorkerDialog::spec(const QString &line) const
{
    WorkerSpec result = m_original;
    result.command = command(line);
    result.name = m_ui->nameEdit->text().trimmed();
    if (result.name.isEmpty())
        result.name = uniqueName(result.command.suggestedName(), m_taken);
    result.workingDirectory = directory();
    result.group = m_ui->groupCombo->currentText().trimmed();
    result.description = m_ui->descriptionEdit->text().trimmed();
    result.environment = m_ui->environmentTable->variables();
    result.stopSignal = m_ui->stopSignalCombo->signalNumber();
    if (m_ui->graceSpinBox->value() != m_shownGrace)
        result.grace = std::chrono::milliseconds(std::llround(m_ui->graceSpinBox->value() * 1000));
    result.input = Input(m_ui->inputCombo->currentData().toInt());
    result.mergeStreams = m_ui->mergeStreamsCheck->isChecked();
    result.keepStrays = m_ui->keepStraysCheck->isChecked();
    return result;
}

QList<WorkerSpec> WorkerDialog::specs() const
{
    if (!isOnePerLine())
        return {spec(m_ui->commandEdit->text())};
    QList<WorkerSpec> all;
    QStringList taken = m_taken;
    const QStringList commands = lines();
    for (const QString &line : commands) {
        WorkerSpec one = spec(line);
        const QString typed = m_ui->nameEdit->text().trimmed();
        one.name = uniqueName(typed.isEmpty() ? one.command.suggestedName() : typed, taken);
        taken.append(one.name);
        all.append(one);
    }
    return all;
}

bool WorkerDialog::startNow() const
{
    return !m_editing && m_ui->startNowCheck->isChecked();
}

WorkerDialog::Judgement WorkerDialog::judge() const
{
    Judgement found;
    const QString text = m_ui->commandEdit->text();
    const QStringList commands = isOnePerLine() ? lines() : QStringList{text};
    for (qsizetype line = 0; line < commands.size() && found.command.isEmpty(); ++line) {
        QString error;
        const Command parsed = command(commands.at(line), &error);
        found.command = error.isEmpty() ? parsed.problem() : error;
        if (!found.command.isEmpty() && commands.size() > 1)
            found.command = tr("Line %1: %2").arg(line + 1).arg(found.command);
    }
    if (found.command.isEmpty() && text.contains(QChar::Null))
        found.command = tr("The command contains a NUL character, which programs cannot receive.");
    if (text.trimmed().isEmpty())
        found.command = tr("Type a command.");

    WorkerSpec probe;
    probe.command = Command::direct({QStringLiteral("true")});
    probe.name = m_ui->nameEdit->text().trimmed();
    if (m_taken.contains(probe.name) && !isOnePerLine()) {
        found.name = tr("Another worker is named “%1”.").arg(probe.name);
        found.suggestion = uniqueName(probe.name, m_taken);
    } else if (!probe.name.isEmpty()) {
        found.name = probe.problem();
    }
    probe.name = QStringLiteral("probe");
    probe.workingDirectory = directory();
    found.directory = probe.problem();
    found.environment = m_ui->environmentTable->problem();
    return found;
}

void WorkerDialog::refresh()
{
    const Judgement found = judge();
    const QString problem = found.first();

    m_suggestion = found.suggestion;
    m_ui->useNameButton->setVisible(!m_suggestion.isEmpty());
    m_ui->useNameButton->setText(
        tr("&Use “%1”").arg(QString(m_suggestion).replace(u'&', QStringLiteral("&&"))));
    const bool isEmpty = m_ui->commandEdit->text().trimmed().isEmpty();
    m_ui->nameEdit->setPlaceholderText(
        isEmpty || !found.command.isEmpty()
            ? tr("From the command")
            : uniqueName(command(m_ui->commandEdit->text()).suggestedName(), m_taken));

    const int variables = int(m_ui->environmentTable->variables().size());
    m_ui->environmentToggle->setText(variables == 0 ? tr("&Environment")
                                                    : tr("&Environment (%n)", nullptr, variables));

    const int commands = int(lines().size());
    m_ui->onePerLineCheck->setVisible(!m_editing && commands > 1);
    m_ui->onePerLineCheck->setText(tr("Add %n &workers, one per line", nullptr, commands));
    if (m_editing)
        m_addButton->setText(tr("S&ave"));
    else
        m_addButton->setText(isOnePerLine() ? tr("&Add %n", nullptr, commands) : tr("&Add"));
    for (QPushButton *button : {m_addButton, m_anotherButton}) {
        if (button == nullptr)
            continue;
        button->setEnabled(problem.isEmpty());
        button->setToolTip(problem);
    }
    refreshPreview();
    sayAll();
    m_lookUp.start();
}

void WorkerDialog::sayAll()
{
    const Judgement found = judge();
    const auto tell = [](QLabel *label, QWidget *field, const QString &problem, const QString &warning) {
        say(label, field, problem.isEmpty() ? warning : problem, problem.isEmpty());
    };
    // What the disk said stays until it is asked again, or the lines below would jump at every letter.
    if (m_ui->commandEdit->text().trimmed().isEmpty())
        say(m_ui->commandMessage, m_ui->commandEdit, m_touched ? found.command : QString(), false);
    else
        tell(m_ui->commandMessage, m_ui->commandEdit, found.command, m_commandWarning);
    tell(m_ui->nameMessage, m_ui->nameEdit, found.name, {});
    tell(m_ui->directoryMessage, m_ui->directoryEdit, found.directory, m_directoryWarning);
    tell(m_ui->environmentMessage, m_ui->environmentTable, found.environment,
         m_ui->environmentTable->warning());
    growToFit();
}

// A window grows by itself for a new widget but not for the lines that a wrapped text needs.
void WorkerDialog::growToFit()
{
    if (!isVisible())
        return;
    layout()->activate();
    const int needed = layout()->totalHeightForWidth(width());
    if (height() < needed)
        resize(width(), needed);
}

void WorkerDialog::refreshInput()
{
    const Input input = Input(m_ui->inputCombo->currentData().toInt());
    const bool terminal = input == Input::Terminal;
    m_ui->inputNote->setText(terminal ? tr("Programs write each line at once and in colour, as in a terminal "
                                           "window; you type to it in the "
                                           "Output tab.")
                             : input == Input::Pipe
                                 ? tr("A row below the output sends it lines, for as long as it reads them.")
                                 : tr("A program that asks a question finds the end of its input at once."));
    m_ui->mergeStreamsCheck->setEnabled(!terminal);
    const QString reason = terminal ? tr("A terminal has only one stream: both come through it.") : QString();
    m_ui->mergeStreamsCheck->setToolTip(reason);
    m_ui->mergeStreamsNote->setText(
        terminal ? reason : tr("Keeps the exact order of both, but errors are not told apart any more."));
    growToFit();
}

void WorkerDialog::refreshPreview()
{
    QStringList shown;
    if (isOnePerLine()) {
        const QList<WorkerSpec> all = specs();
        for (const WorkerSpec &one : all.mid(0, previewLines))
            shown.append(
                elided(one.name + u": " + quotedWords(one.command.argv()), previewLength / previewLines));
        if (all.size() > previewLines)
            shown.append(tr("… and %n more", nullptr, int(all.size() - previewLines)));
    } else if (const Command typed = command(m_ui->commandEdit->text()); !typed.isEmpty()) {
        const QString syntax = shellSyntaxIn(m_ui->commandEdit->text()).trimmed();
        if (typed.kind() == Command::Kind::Direct)
            shown.append(tr("Runs directly, without a shell:"));
        else if (lines().size() > 1)
            shown.append(tr("Runs through %1, since it has several lines:").arg(typed.argv().first()));
        else if (syntax.isEmpty())
            shown.append(tr("Runs through %1:").arg(typed.argv().first()));
        else
            shown.append(tr("Runs through %1 because of “%2”:").arg(typed.argv().first(), syntax));
        shown.append(elided(quotedWords(typed.argv()), previewLength));
        m_ui->previewLabel->setToolTip(quotedWords(typed.argv()).size() > previewLength
                                           ? quotedWords(typed.argv()).toHtmlEscaped()
                                           : QString());
    }
    m_ui->previewLabel->setText(shown.join(u'\n'));
    m_ui->previewLabel->setVisible(!shown.isEmpty());
}

void WorkerDialog::lookUp()
{
    m_directoryWarning.clear();
    const QString place = directory();
    if (const QFileInfo info(place); !place.isEmpty() && !info.exists())
        m_directoryWarning = tr("There is no directory “%1” yet.").arg(place);
    else if (!place.isEmpty() && !info.isDir())
        m_directoryWarning = tr("“%1” is not a directory.").arg(place);

    QString path = qEnvironmentVariable("PATH");
    const QList<QPair<QString, QString>> variables = m_ui->environmentTable->variables();
    for (const auto &[name, value] : variables) {
        if (name == u"PATH")
            path = value;
    }
    m_commandWarning.clear();
    const QList<WorkerSpec> all = specs();
    for (const WorkerSpec &one : all.mid(0, maximumLookUps)) {
        if (one.command.kind() == Command::Kind::Direct && !one.command.isEmpty() &&
            m_commandWarning.isEmpty())
            m_commandWarning = programProblem(one.command.argv().first(),
                                              place.isEmpty() ? m_standardDirectory : place, path);
    }
    sayAll();
}

void WorkerDialog::useSuggestedName()
{
    m_ui->nameEdit->setText(m_suggestion);
    m_ui->nameEdit->setFocus();
}

void WorkerDialog::chooseDirectory()
{
    const QString place = directory();
    auto *chooser =
        new QFileDialog(this, tr("Working Directory"), place.isEmpty() ? m_standardDirectory : place);
    chooser->setObjectName(QStringLiteral("directoryChooser"));
    chooser->setAttribute(Qt::WA_DeleteOnClose);
    chooser->setFileMode(QFileDialog::Directory);
    chooser->setOption(QFileDialog::ShowDirsOnly);
    connect(chooser, &QFileDialog::fileSelected, m_ui->directoryEdit, &QLineEdit::setText);
    chooser->open();
}

void WorkerDialog::addAnother()
{
    const QList<WorkerSpec> all = specs();
    for (const WorkerSpec &one : all)
        m_taken.append(one.name);
    Q_EMIT added(all, startNow());
    m_touched = false;
    m_ui->onePerLineCheck->setChecked(false);
    m_ui->nameEdit->clear();
    m_ui->commandEdit->clear();
    m_ui->commandEdit->setFocus();
}

void WorkerDialog::accept()
{
    const Judgement found = judge();
    if (!found.first().isEmpty()) {
        m_touched = true;
        refresh();
        return;
    }
    Q_EMIT added(specs(), startNow());
    QDialog::accept();
}

void WorkerDialog::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_addButton != nullptr)
        refresh();
}

} // namespace procession
