//! Jobs.

use changelog::db::{Db, JobStatus, ScheduledJob, ScheduledJobType, scheduled_job};
use changelog::{Error, Result, jobs, open};
use jiff::ToSpan;
use nicol::types::DateTime;

use crate::noon;

async fn job(db: &Db, name: &str, when: DateTime, status: JobStatus) -> Result<ScheduledJob> {
    let form = scheduled_job::New {
        r#type: ScheduledJobType::SendEmailNotification,
        entity_id: name.into(),
        scheduled_at: when,
    };
    Ok(db.scheduled_job().create(form.status(status)).await?)
}

async fn again(db: &Db, id: &str) -> Result<ScheduledJob> {
    Ok(db.scheduled_job().get(scheduled_job::by_id(id)).await?)
}

fresh_database::tests! {
    open = open;

    async fn b13_what_is_due(db: Db) -> Result<()> {
        for (name, minutes, status) in [
            ("now", 0, JobStatus::Pending),
            ("old", -60, JobStatus::Pending),
            ("soon", 1, JobStatus::Pending),
            ("cancelled", -5, JobStatus::Cancelled),
            ("running", -5, JobStatus::Running),
            ("older", -120, JobStatus::Pending),
        ] {
            job(&db, name, noon() + minutes.minutes(), status).await?;
        }
        let due: Vec<String> = jobs::due(&db, noon()).await?.into_iter().map(|job| job.entity_id).collect();
        assert_eq!(due, ["older", "old", "now"]);
        Ok(())
    }

    async fn b14_one_of_four_gets_it(db: Db) -> Result<()> {
        let one = job(&db, "one", noon(), JobStatus::Pending).await?;
        let runners: Vec<_> = (0..4)
            .map(|_| {
                let (db, id) = (db.clone(), one.id.clone());
                tokio::spawn(async move { jobs::claim(&db, &id).await })
            })
            .collect();
        let mut claims = 0;
        for runner in runners {
            claims += usize::from(runner.await.expect("no panic")?);
        }
        assert_eq!((claims, again(&db, &one.id).await?.status), (1, JobStatus::Running));
        // The whole way, again with four of them.
        let two = job(&db, "two", noon(), JobStatus::Pending).await?;
        let runners: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { jobs::run_due(&db, noon(), async |_: &Db, _: &ScheduledJob| Ok(())).await })
            })
            .collect();
        let mut done = 0;
        for runner in runners {
            done += runner.await.expect("no panic")?;
        }
        let two = again(&db, &two.id).await?;
        assert_eq!((done, two.status, two.executed_at), (1, JobStatus::Completed, Some(noon())));
        Ok(())
    }

    async fn b15_after_three_more_attempts_it_is_over(db: Db) -> Result<()> {
        let id = job(&db, "never", noon(), JobStatus::Pending).await?.id;
        let mut now = noon();
        let fail = async |_: &Db, _: &ScheduledJob| Err(Error::Refused("no such address"));
        for attempt in 1..=3 {
            assert_eq!(jobs::run_due(&db, now, fail).await?, 1);
            let job = again(&db, &id).await?;
            assert_eq!((job.status, job.retry_count, job.scheduled_at), (JobStatus::Pending, attempt, now + 5.minutes()));
            assert_eq!(jobs::run_due(&db, now, fail).await?, 0, "not before its time");
            now = job.scheduled_at;
        }
        assert_eq!(jobs::run_due(&db, now, fail).await?, 1);
        let job = again(&db, &id).await?;
        assert_eq!((job.status, job.retry_count, job.error_message.as_deref()), (JobStatus::Failed, 4, Some("refused: no such address")));
        assert_eq!(jobs::run_due(&db, now + 1.hour(), fail).await?, 0);
        Ok(())
    }

    async fn b16_calling_off(db: Db) -> Result<()> {
        let waiting = job(&db, "waiting", noon(), JobStatus::Pending).await?;
        let running = job(&db, "running", noon(), JobStatus::Running).await?;
        assert!(jobs::cancel(&db, &waiting.id).await?);
        assert!(!jobs::cancel(&db, &running.id).await?);
        assert!(!jobs::cancel(&db, &waiting.id).await?, "once");
        assert_eq!(again(&db, &waiting.id).await?.status, JobStatus::Cancelled);
        assert_eq!(again(&db, &running.id).await?, running);
        Ok(())
    }

    async fn b17_what_has_ended_long_ago_goes(db: Db) -> Result<()> {
        for (name, days, status) in [
            ("completed", 31, JobStatus::Completed),
            ("failed", 40, JobStatus::Failed),
            ("pending", 40, JobStatus::Pending),
            ("lately", 29, JobStatus::Completed),
        ] {
            let made = job(&db, name, noon(), status).await?;
            let created = noon() - (days * 24).hours();
            db.scheduled_job().update(scheduled_job::by_id(made.id)).set(|s| s.created_at(created)).await?;
        }
        assert_eq!(jobs::clean_up(&db, noon()).await?, 2);
        let left = db.scheduled_job().find_many().order_by(scheduled_job::entity_id.asc());
        assert_eq!(left.select(scheduled_job::entity_id).await?, ["lately", "pending"]);
        Ok(())
    }
}
