// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/icons.h"

#include <QApplication>
#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QImageReader>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>

#include <algorithm>
#include <optional>

// The library is a static one, which nothing but this call keeps the linker from leaving its resources out
// of; Qt's macro wants to stand outside any namespace.
static void initResources()
{
    Q_INIT_RESOURCE(icons);
}

namespace procession {

namespace {

QByteArray source(const QString &file)
{
    static QHash<QString, QByteArray> read;
    auto it = read.find(file);
    if (it == read.end()) {
        initResources();
        QFile in(file);
        it = read.insert(file, in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray());
    }
    return *it;
}

/// `side` in device pixels.
QPixmap render(const QString &file, const QColor &colour, int side)
{
    const QString key =
        u"procession/" + file + u'/' + QString::number(colour.rgba(), 16) + u'/' + QString::number(side);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QByteArray svg = source(file);
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QBuffer buffer(&svg);
    QImageReader reader(&buffer, "svg");
    // The SVG handler draws at this size instead of scaling a drawing up, so the icon is sharp at any ratio.
    reader.setScaledSize(QSize(side, side));
    pixmap = QPixmap::fromImageReader(&reader);
    if (pixmap.isNull())
        qWarning("The icon %s cannot be drawn: %s", qUtf8Printable(file),
                 qUtf8Printable(reader.errorString()));
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

/// Draws one SVG file in one colour per mode. Without colours of its own it takes the application's palette
/// as it is while painting, which is what makes the icons follow a change of it.
class Engine final : public QIconEngine
{
public:
    struct Colours
    {
        QColor normal;
        QColor disabled;
        QColor selected;
    };

    explicit Engine(QString file, std::optional<Colours> colours = {})
        : m_file(std::move(file))
        , m_colours(std::move(colours))
    {
    }

    QIconEngine *clone() const override { return new Engine(m_file, m_colours); }
    QString key() const override { return QStringLiteral("ProcessionIconEngine"); }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        const int side = std::min(rect.width(), rect.height());
        QPixmap pixmap = render(m_file, colour(mode), qRound(side * ratio));
        pixmap.setDevicePixelRatio(ratio);
        QRect target(0, 0, side, side);
        target.moveCenter(rect.center());
        painter->drawPixmap(target, pixmap);
    }

    QSize actualSize(const QSize &size, QIcon::Mode, QIcon::State) override
    {
        const int side = std::min(size.width(), size.height());
        return {side, side};
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    // `size` comes multiplied by the ratio already.
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal) override
    {
        return render(m_file, colour(mode), std::min(size.width(), size.height()));
    }

private:
    QColor colour(QIcon::Mode mode) const
    {
        const Colours colours = m_colours ? *m_colours : of(QGuiApplication::palette());
        switch (mode) {
        case QIcon::Disabled:
            return colours.disabled;
        case QIcon::Selected:
            return colours.selected;
        case QIcon::Normal:
        case QIcon::Active:
            break;
        }
        return colours.normal;
    }

    static Colours of(const QPalette &palette)
    {
        return {palette.color(QPalette::Active, QPalette::ButtonText),
                palette.color(QPalette::Disabled, QPalette::ButtonText),
                palette.color(QPalette::Active, QPalette::HighlightedText)};
    }

    QString m_file;
    std::optional<Colours> m_colours;
};

/// What a state looks like: the shape's file and its family's two colours.
struct Look
{
    QStringView shape;
    QRgb light;
    QRgb dark;
};

// Tuned for colour blindness, and each readable (4.5:1) on the usual light and dark grounds.
constexpr QRgb neutral[] = {0xff57596e, 0xff93939a};
constexpr QRgb amber[] = {0xffa25803, 0xfff59c2b};
constexpr QRgb blue[] = {0xff0552c1, 0xff5a94fa};
constexpr QRgb violet[] = {0xff722f85, 0xffd8aeee};
constexpr QRgb green[] = {0xff177855, 0xff5debb1};
constexpr QRgb red[] = {0xff921623, 0xfff76b61};

constexpr Look look(QStringView shape, const QRgb (&family)[2])
{
    return {shape, family[0], family[1]};
}

Look lookOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded:
        return look(u"succeeded", green);
    case Outcome::Failed:
        return look(u"failed", red);
    case Outcome::Crashed:
        return look(u"crashed", red);
    case Outcome::FailedToStart:
        return look(u"failed-to-start", red);
    case Outcome::TimedOut:
        return look(u"timed-out", red);
    case Outcome::Stopped:
        return look(u"stopped", neutral);
    case Outcome::Killed:
        return look(u"killed", neutral);
    case Outcome::Interrupted:
        return look(u"interrupted", violet);
    case Outcome::Lost:
    case Outcome::None:
        break;
    }
    return look(u"lost", violet);
}

Look lookOf(State state, Outcome outcome)
{
    switch (state) {
    case State::Queued:
        return look(u"queued", amber);
    case State::Starting:
        return look(u"starting", blue);
    case State::Running:
        return look(u"running", blue);
    case State::Paused:
        return look(u"paused", violet);
    case State::Stopping:
        return look(u"stopping", amber);
    case State::Skipped:
        return look(u"skipped", neutral);
    case State::Ended:
        return lookOf(outcome);
    case State::NotStarted:
        break;
    }
    return look(u"not-started", neutral);
}

bool isPure(const QColor &colour)
{
    return colour == QColor(Qt::black) || colour == QColor(Qt::white);
}

} // namespace

void installIcons()
{
    QApplication::setWindowIcon(actionIcon(QStringLiteral("procession")));
}

QIcon actionIcon(const QString &name)
{
    QString file = QStringLiteral(":/icons/procession.svg");
    if (name != u"procession")
        file = QStringLiteral(":/icons/actions/%1.svg").arg(name);
    if (source(file).isEmpty()) {
        qWarning("There is no icon named %s", qUtf8Printable(name));
        return {};
    }
    return QIcon(new Engine(file));
}

QStringList actionIconNames()
{
    initResources();
    QStringList names{QStringLiteral("procession")};
    const QStringList files = QDir(QStringLiteral(":/icons/actions")).entryList(QDir::Files, QDir::Name);
    for (const QString &file : files)
        names.append(file.chopped(4));
    return names;
}

QIcon stateIcon(State state, Outcome outcome, const QPalette &palette, bool coloured)
{
    const Engine::Colours colours{
        coloured ? stateColor(state, outcome, palette) : palette.color(QPalette::Text),
        palette.color(QPalette::Disabled, QPalette::Text),
        palette.color(QPalette::HighlightedText),
    };
    const QStringView shape = lookOf(state, outcome).shape;
    return QIcon(new Engine(QStringLiteral(":/icons/states/%1.svg").arg(shape), colours));
}

QColor stateColor(State state, Outcome outcome, const QPalette &palette)
{
    const Look looks = lookOf(state, outcome);
    return QColor::fromRgb(isDark(palette) ? looks.dark : looks.light);
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

bool isHighContrast(const QPalette &palette)
{
    const QPalette::ColorRole roles[] = {QPalette::Window, QPalette::Base, QPalette::Button,
                                         QPalette::WindowText, QPalette::Text};
    return std::all_of(std::begin(roles), std::end(roles),
                       [&palette](QPalette::ColorRole role) { return isPure(palette.color(role)); });
}

} // namespace procession
