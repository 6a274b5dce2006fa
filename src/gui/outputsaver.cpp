// SPDX-FileCopyrightText: 2026 Procession contributors
// SPDX-License-Identifier: MIT
#include "gui/outputsaver.h"

#include "core/outputlog.h"

#include <QDir>
#include <QFileDialog>
#include <QSet>
#include <QThread>

namespace procession {
namespace {

/// A name for a file: a worker's may hold what a file name cannot.
QString fileNameFor(const QString &worker)
{
    QString name = worker;
    name.replace(u'/', u'_');
    return name + u".log"_qs;
}

} // namespace

OutputSaver::OutputSaver(QWidget *parent)
    : QObject(parent)
    , m_window(parent)
{
}

OutputSaver::~OutputSaver()
{
    m_cancelled = true;
    if (m_thread)
        m_thread->wait();
}

void OutputSaver::save(const QList<WorkerStatus> &workers)
{
    QList<WorkerStatus> ran;
    for (const WorkerStatus &status : workers)
        if (!status.runDirectory.isEmpty())
            ran += status;
    if (ran.isEmpty() || isBusy())
        return;
    auto *dialog =
        new QFileDialog(m_window, ran.size() == 1 ? tr("Save Output") : tr("Save Outputs to Folder"));
    dialog->setObjectName(u"outputSaveDialog"_qs);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (ran.size() == 1) {
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->selectFile(fileNameFor(ran.first().spec->name));
    } else {
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
    }
    connect(dialog, &QFileDialog::fileSelected, this, [this, ran](const QString &place) {
        QList<Job> jobs;
        QSet<QString> taken;
        for (const WorkerStatus &status : ran) {
            if (ran.size() == 1) {
                jobs.append({status.runDirectory, place});
                break;
            }
            // Nothing that is there already is written over: the person chose a folder, not these names.
            const QString base = fileNameFor(status.spec->name).chopped(4);
            QString file = QDir(place).filePath(base + u".log"_qs);
            for (int i = 2; taken.contains(file) || QFileInfo::exists(file); ++i)
                file = QDir(place).filePath(u"%1 (%2).log"_qs.arg(base).arg(i));
            taken.insert(file);
            jobs.append({status.runDirectory, file});
        }
        run(jobs, place);
    });
    dialog->open();
}

void OutputSaver::run(const QList<Job> &jobs, const QString &place)
{
    m_thread.reset(QThread::create([this, jobs, place] {
        QString problem;
        for (const Job &job : jobs) {
            problem = OutputLog(job.directory).save(job.file, m_cancelled);
            if (!problem.isEmpty())
                break;
        }
        QMetaObject::invokeMethod(
            this, [this, place, problem] { finish(place, problem); }, Qt::QueuedConnection);
    }));
    Q_EMIT said(tr("Saving…"), {});
    Q_EMIT busyChanged();
    m_thread->start(QThread::LowPriority);
}

void OutputSaver::finish(const QString &place, const QString &problem)
{
    m_thread->wait();
    m_thread.reset();
    const QString name = QFileInfo(place).fileName();
    Q_EMIT said(problem.isEmpty() ? tr("Saved to %1").arg(name)
                                  : tr("%1 was not saved: %2").arg(name, problem),
                place);
    Q_EMIT busyChanged();
}

} // namespace procession
