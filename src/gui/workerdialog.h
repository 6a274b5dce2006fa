// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QDialog>
#include <QTimer>

#include <memory>

class QAbstractButton;
class QLabel;
class QPushButton;

namespace procession {

class Settings;

namespace Ui {
class WorkerDialog;
}

/// Adds a worker or edits one. Judges what is typed while it is typed: what is wrong stands under its field,
/// and Add is disabled with the reason as its tooltip. What may be put right later (a missing program or
/// directory) is only a warning. Open it with open().
class WorkerDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WorkerDialog)

public:
    /// For a new worker, with the stop signal and grace of `settings`.
    WorkerDialog(const Settings &settings, const QStringList &takenNames, QWidget *parent = nullptr);
    /// For editing `spec`; `takenNames` are those of the other workers. What the dialog does not show is
    /// kept.
    WorkerDialog(const WorkerSpec &spec, const Settings &settings, const QStringList &takenNames,
                 QWidget *parent = nullptr);
    ~WorkerDialog() override;

    /// The workers as typed so far: one, or one per line if the person chose so. Names are unique.
    QList<WorkerSpec> specs() const;
    bool startNow() const;

    void accept() override;

Q_SIGNALS:
    /// By Add (or Save, when editing) and by Add Another, which leaves the dialog open with an empty command.
    void added(const QList<procession::WorkerSpec> &specs, bool startNow);

protected:
    void changeEvent(QEvent *event) override;

private:
    struct Judgement;

    WorkerDialog(const Settings &settings, const QStringList &takenNames, bool editing, QWidget *parent);
    void setUp();
    void fill(const WorkerSpec &spec);
    QStringList commandLines() const;
    bool isOnePerLine() const;
    Judgement judge() const;
    void update();
    void updatePreview();
    void showMessage(QLabel *label, const QString &text, bool blocking);
    void useSuggestedName();
    void chooseDirectory();
    void addAnother();

    std::unique_ptr<Ui::WorkerDialog> m_ui;
    const Settings &m_settings;
    WorkerSpec m_original;
    QStringList m_taken;
    bool m_editing;
    bool m_touched = false; ///< an untouched dialog does not complain that it is empty
    QString m_suggestion;
    QTimer m_lookUp;
    QPushButton *m_addButton = nullptr;
    QPushButton *m_anotherButton = nullptr;
};

} // namespace procession
