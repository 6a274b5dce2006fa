// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QTableWidget>

namespace procession {

/// Edits environment variables, a row each. Values of secret names are masked, also while they are typed.
/// Takes KEY=VALUE lines, as .env files hold them, from the clipboard.
class EnvironmentTable final : public QTableWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EnvironmentTable)

public:
    explicit EnvironmentTable(QWidget *parent = nullptr);

    /// In the table's order; wholly empty rows are left out.
    QList<QPair<QString, QString>> variables() const;
    void setVariables(const QList<QPair<QString, QString>> &variables);

    /// Why these variables cannot be given to a program, for a person to read, or an empty string.
    QString problem() const;
    /// What is legal but probably not meant, or an empty string.
    QString warning() const;

    void addVariable();
    void removeSelected();
    void paste();

Q_SIGNALS:
    void edited();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void set(const QString &name, const QString &value);
    void append(const QString &name, const QString &value);

    int m_unreadLines = 0; ///< of the last paste
};

} // namespace procession
