// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputsearch.h"

namespace procession {

class OutputSearch::Private
{
};

OutputSearch::OutputSearch() = default;
OutputSearch::~OutputSearch() = default;
void OutputSearch::start(quint64, const SearchQuery &, const QList<SearchTarget> &, int) {}
void OutputSearch::goOn(const QList<SearchTarget> &) {}

} // namespace procession
