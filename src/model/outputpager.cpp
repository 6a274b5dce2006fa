// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "model/outputpager.h"

namespace procession {

class OutputPager::Private
{
};

OutputPager::OutputPager() = default;
OutputPager::~OutputPager() = default;
void OutputPager::show(const OutputQuery &) {}
void OutputPager::fetch(const PageWish &) {}
void OutputPager::extract(const OutputPart &, bool) {}

} // namespace procession
