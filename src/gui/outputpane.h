// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"
#include "model/outputpage.h"

#include <QWidget>

#include <memory>

namespace procession {

class LogView;
class Settings;

/// The output of one worker's run, or of several merged by time: live while a run is alive and this is
/// visible. Says what is known where there is no output. Files are read in a thread of its own. GUI thread.
class OutputPane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(OutputPane)

public:
    explicit OutputPane(Settings *settings, QWidget *parent = nullptr);
    ~OutputPane() override;

    using QWidget::show;
    /// Shows the runs of these workers. To be called whenever a status changed: cheap if nothing is new.
    void show(const QList<WorkerStatus> &workers);
    const QList<WorkerStatus> &workers() const;
    LogView *view() const;

    void setStream(int stream);
    void setMode(LineMode mode);
    /// What is marked, and what is known of where it is: one SearchHits per worker, or none.
    void setSearch(const SearchQuery &query, const QList<SearchHits> &hits);
    void setFilter(bool onlyMatches, int context);
    /// Hides all output there is up to now.
    void clear();
    /// Asks for a part of the output as text; extracted() answers.
    void extract(const OutputPart &part, bool raw);
    void extractAll();

    /// What a search would have to go through: one per worker.
    QList<SearchTarget> targets() const;
    bool hasRun() const;
    /// The run has written something, as far as it is known yet.
    bool hasOutput() const;
    /// Where the output ends, the page told last.
    const OutputPage &facts() const;
    /// As many characters have room here: what a terminal of this size shows.
    QSize gridSize() const;

Q_SIGNALS:
    void startRequested();
    /// What hasOutput() or facts() say is new.
    void changed();
    void extracted(const procession::OutputExtract &extract);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace procession
