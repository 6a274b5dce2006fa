// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerspec.h"

#include <QDialog>
#include <QTimer>

#include <memory>

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

    /// Offered as groups; any other may be typed.
    void setKnownGroups(const QStringList &groups);

    /// Where a worker runs whose directory is left empty, and what a relative one is relative to. Without:
    /// the current directory.
    void setStandardDirectory(const QString &directory);

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
    void fill(const WorkerSpec &spec);
    QStringList lines() const;
    bool isOnePerLine() const;
    Command command(const QString &typed, QString *error = nullptr) const;
    QString directory() const;
    WorkerSpec spec(const QString &line) const;
    Judgement judge() const;
    void refresh();
    void refreshPreview();
    void refreshInput();
    void sayAll();
    void growToFit();
    void lookUp();
    void useSuggestedName();
    void chooseDirectory();
    void addAnother();

    std::unique_ptr<Ui::WorkerDialog> m_ui;
    WorkerSpec m_original;
    QStringList m_taken;
    QString m_standardDirectory;
    bool m_editing;
    bool m_touched = false;  ///< an untouched dialog does not complain that it is empty
    double m_shownGrace = 0; ///< as the spin box rounded it
    QString m_suggestion;
    QString m_commandWarning; ///< as the disk was when it was last asked
    QString m_directoryWarning;
    QTimer m_lookUp; ///< the disk is asked when typing pauses
    QPushButton *m_addButton = nullptr;
    QPushButton *m_anotherButton = nullptr;
};

} // namespace procession
