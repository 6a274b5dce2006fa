// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QWidget>

#include <functional>
#include <memory>

namespace procession {

class Settings;

/// The output of the selected workers' current or last runs: of one, of several merged by time, or of a few
/// side by side; with what can be done to it, a search, and while a worker's input is open, a row to type to
/// it. GUI thread.
class OutputView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputView)

public:
    /// More workers than this are not shown together; so many fit side by side.
    static constexpr int mostMerged = 100;
    static constexpr int mostSideBySide = 6;

    explicit OutputView(Settings *settings, QWidget *parent = nullptr);
    ~OutputView() override;

    using QWidget::show;
    /// Shows these workers' output; of none if there are none. To be called when the selection changes and
    /// whenever a shown worker's status changed or time passed: cheap if nothing is new.
    void show(const QList<WorkerStatus> &workers);
    /// What of the input sent to a worker it has not read yet; of any worker.
    void setInputWaiting(procession::WorkerId worker, qint64 bytes);
    /// Where a search of all workers has them from.
    void setAllWorkers(std::function<QList<WorkerStatus>()> workers);
    /// What changes how output is shown, for a menu.
    QList<QAction *> viewActions() const;

    /// True while the text has the keyboard focus (Edit ▸ Copy, Select All and Find then mean it).
    bool hasTextFocus() const;
    bool hasSelection() const;
    /// The selected text, without escapes or marks, to the clipboard.
    void copy();
    void selectAll();
    void openFind();
    void findNext();
    void findPrevious();

Q_SIGNALS:
    /// The person asked for the shown worker to be started.
    void startRequested();
    /// The person wants to see this worker alone.
    void workerRequested(procession::WorkerId worker);
    /// The selection of text came or went.
    void copyAvailable(bool available);
    /// The person typed this to the worker; ends its input.
    void inputRequested(procession::WorkerId worker, const QByteArray &bytes);
    void inputEndRequested(procession::WorkerId worker);
    /// As many characters have room here: what a terminal of this size shows. Once things have settled.
    void terminalSizeChanged(int columns, int rows);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
