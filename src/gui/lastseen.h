// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#pragma once

#include "core/workerstatus.h"

#include <QList>
#include <QSet>
#include <QString>

class QJsonObject;

namespace procession {

class Settings;

/// Which ends of runs a person was shown, roster by roster, so that the next window can say what happened
/// while none was open. Of so many rosters as fit; the one opened longest ago goes first. GUI thread.
class LastSeen final
{
public:
    /// What happened meanwhile.
    struct News
    {
        int failed = 0;
        bool alarming = false; ///< something is not known and never will be
        QString text;          ///< empty: nothing that is worth telling
    };

    /// What the person had seen of a roster at some time.
    struct Mark
    {
        bool known = false;    ///< it has been open before
        qint64 newestEnd = 0;  ///< ms since epoch
        QSet<QString> unknown; ///< runs whose end nobody knows
    };

    /// `settings` outlives this.
    explicit LastSeen(Settings *settings);

    Mark mark(const QString &rosterId) const;
    /// What is new in `statuses` since `before`. Nothing for a roster that was never open.
    static News news(const Mark &before, const QList<WorkerStatus> &statuses);
    /// The person has these before them.
    void note(const QString &rosterId, const QList<WorkerStatus> &statuses);

private:
    QJsonObject load() const;

    Settings *m_settings;
};

} // namespace procession
