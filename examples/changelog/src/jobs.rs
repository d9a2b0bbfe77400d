//! Things to do later, and who does them.

use jiff::ToSpan;
use nicol::types::DateTime;
use nicol::{Filter, inc};

use crate::db::{Db, JobStatus, ScheduledJob, ScheduledJobType, changelog_entry, scheduled_job};
use crate::{Error, Result};

/// After a failure the next attempt is so much later.
pub const PAUSE_MINUTES: i64 = 5;

/// A runner has so long for a job; after that it counts as gone.
pub const LEASE_MINUTES: i64 = 15;

/// An entry will be published at a time: it says so, and there is a job.
///
/// # Errors
/// P2025 when there is no such entry.
pub async fn schedule_publication(db: &Db, entry_id: &str, when: DateTime) -> Result<ScheduledJob> {
    db.changelog_entry().update(changelog_entry::by_id(entry_id)).set(|s| s.scheduled_at(when)).await?;
    let form = scheduled_job::New {
        r#type: ScheduledJobType::PublishChangelogEntry,
        entity_id: entry_id.into(),
        scheduled_at: when,
    };
    Ok(db.scheduled_job().create(form.changelog_entry_id(entry_id)).await?)
}

// ANCHOR: due
/// What is to be done now, oldest first.
///
/// # Errors
/// The database's.
pub async fn due(db: &Db, now: DateTime) -> Result<Vec<ScheduledJob>> {
    let due = scheduled_job::status.eq(JobStatus::Pending) & scheduled_job::scheduled_at.lte(now);
    let order = [scheduled_job::scheduled_at.asc(), scheduled_job::id.asc()];
    Ok(db.scheduled_job().find_many().filter(due).order_by(order).await?)
}
// ANCHOR_END: due

// ANCHOR: claim
/// Takes a job, unless another runner was faster. The row's `updatedAt` tells since when it is taken.
///
/// # Errors
/// The database's.
pub async fn claim(db: &Db, id: &str, now: DateTime) -> Result<bool> {
    let free = scheduled_job::id.eq(id) & scheduled_job::status.eq(JobStatus::Pending);
    let claimed = db.scheduled_job().update_many(free).set(|s| s.status(JobStatus::Running).updated_at(now));
    Ok(claimed.await? == 1)
}
// ANCHOR_END: claim

// ANCHOR: run
/// Does what is due and can be claimed; says how many jobs that were. A job that fails comes again later, until it has failed
/// more often than it may.
///
/// # Errors
/// The database's; not those of the work itself.
pub async fn run_due(db: &Db, now: DateTime, work: impl AsyncFn(&Db, &ScheduledJob) -> Result<()>) -> Result<usize> {
    take_back(db, now).await?;
    let mut count = 0;
    for mut job in due(db, now).await? {
        if claim(db, &job.id, now).await? {
            count += 1;
            job.updated_at = now;
            match work(db, &job).await {
                Ok(()) => complete(db, &job, now).await?,
                Err(error) => fail(db, &job, &error.to_string(), now).await?,
            }
        }
    }
    Ok(count)
}

async fn complete(db: &Db, job: &ScheduledJob, now: DateTime) -> Result<()> {
    let done = db.scheduled_job().update_many(held(job));
    done.set(|s| s.status(JobStatus::Completed).executed_at(now)).await?;
    Ok(())
}

async fn fail(db: &Db, job: &ScheduledJob, message: &str, now: DateTime) -> Result<()> {
    let failed = db.scheduled_job().update_many(held(job)).set(|s| {
        let s = s.retry_count(inc(1)).error_message(message);
        if job.retry_count < job.max_retries {
            s.status(JobStatus::Pending).scheduled_at(now + PAUSE_MINUTES.minutes())
        } else {
            s.status(JobStatus::Failed).executed_at(now)
        }
    });
    failed.await?;
    Ok(())
}
// ANCHOR_END: run

// ANCHOR: lease
/// Takes jobs back from runners that are gone: for each of them that was an attempt which failed. [`run_due`] does so first.
///
/// # Errors
/// The database's.
pub async fn take_back(db: &Db, now: DateTime) -> Result<()> {
    let gone = scheduled_job::updated_at.lt(now - LEASE_MINUTES.minutes());
    let gone = scheduled_job::status.eq(JobStatus::Running) & gone;
    for job in db.scheduled_job().find_many().filter(gone).await? {
        fail(db, &job, "its runner is gone", now).await?;
    }
    Ok(())
}

/// The row while it is taken as this runner has taken it. One that comes back after its time finds no such row, and changes
/// nothing.
fn held(job: &ScheduledJob) -> Filter<scheduled_job::Model> {
    scheduled_job::id.eq(job.id.as_str())
        & scheduled_job::status.eq(JobStatus::Running)
        & scheduled_job::updated_at.eq(job.updated_at)
}
// ANCHOR_END: lease

/// The work on entries, for [`run_due`]. What is scheduled has been approved.
///
/// # Errors
/// [`Error::Refused`] for letters and telemetry, which are work for others; P2025 when the entry has gone.
pub async fn publish(db: &Db, job: &ScheduledJob) -> Result<()> {
    let entry = changelog_entry::by_id(job.entity_id.as_str());
    match job.r#type {
        ScheduledJobType::PublishChangelogEntry => {
            db.changelog_entry().update(entry).set(|s| s.published_at(job.scheduled_at)).await?;
        }
        ScheduledJobType::UnpublishChangelogEntry => {
            db.changelog_entry().update(entry).set(|s| s.published_at(None)).await?;
        }
        ScheduledJobType::DeleteChangelogEntry => {
            db.changelog_entry().delete(entry).await?;
        }
        ScheduledJobType::SendEmailNotification | ScheduledJobType::TelemetrySend => {
            return Err(Error::Refused("this runner sends nothing: the job is for another"));
        }
    }
    Ok(())
}

/// Calls a job off. False when it is too late for that.
///
/// # Errors
/// The database's.
pub async fn cancel(db: &Db, id: &str) -> Result<bool> {
    let waiting = scheduled_job::id.eq(id) & scheduled_job::status.eq(JobStatus::Pending);
    Ok(db.scheduled_job().update_many(waiting).set(|s| s.status(JobStatus::Cancelled)).await? == 1)
}

/// Deletes what has ended more than 30 days ago; says how many.
///
/// # Errors
/// The database's.
pub async fn clean_up(db: &Db, now: DateTime) -> Result<u64> {
    let ended = scheduled_job::status.in_([JobStatus::Completed, JobStatus::Failed]);
    let old = scheduled_job::created_at.lt(now - (30 * 24).hours());
    Ok(db.scheduled_job().delete_many(ended & old).await?)
}
