// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "model/runsmodel.h"

#include <QString>

class QSortFilterProxyModel;
class QTreeView;

namespace procession {

// What the two tables of runs have in common.

/// Makes `view` a table of `model`'s runs, in their own order until the person sorts it. Returns the proxy
/// between the two.
QSortFilterProxyModel *setUpRunsTable(QTreeView *view, RunsModel *model);
/// The selected runs, in the order of their rows.
QList<RunRecord> selectedRuns(const QTreeView *view);
/// The selected rows as they stand there, tab-separated, to the clipboard.
void copyRunRows(const QTreeView *view);
void copyRunIds(const QList<RunRecord> &runs);
void openRunFolder(const RunRecord &run);
/// "index · 12:03:09 · exit 3": a run in a line, for a list of them.
QString runLine(const RunRecord &run);

} // namespace procession
