// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QWidget>

#include <memory>

namespace procession {

class Settings;

/// The output of one worker's current or last run: bounded, live while the run is alive and the view is
/// visible, following only while at the bottom. While the worker's input is open, a row to type to it. Files
/// are read in a thread of its own. GUI thread.
class OutputView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputView)

public:
    explicit OutputView(Settings *settings, QWidget *parent = nullptr);
    ~OutputView() override;

    using QWidget::show;
    /// Shows this worker's output; null: no worker is selected. To be called when the selection changes and
    /// whenever the shown worker's status changed or time passed: cheap if nothing is new.
    void show(const WorkerStatus *status);
    /// What of the input sent to a worker it has not read yet; of any worker.
    void setInputWaiting(procession::WorkerId worker, qint64 bytes);

    /// True while the text has the keyboard focus (Edit ▸ Copy and Find then mean it).
    bool hasTextFocus() const;
    bool hasSelection() const;
    /// The selected text, without escapes or marks, to the clipboard.
    void copy();
    void openFind();
    void findNext();
    void findPrevious();

Q_SIGNALS:
    /// The person asked for the shown worker to be started.
    void startRequested();
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
    void hideEvent(QHideEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
