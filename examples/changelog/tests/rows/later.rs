//! Jobs.

use changelog::db::{Db, JobStatus, ScheduledJob, ScheduledJobType, changelog_entry, scheduled_job};
use changelog::{Error, Result, entries, jobs, open};
use jiff::ToSpan;
use nicol::types::DateTime;

use crate::{a_project, noon};

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
                tokio::spawn(async move { jobs::claim(&db, &id, noon()).await })
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

    /// Fifteen minutes later somebody else may have it; what the first runner says then is not heard.
    async fn b14_a_runner_that_dies(db: Db) -> Result<()> {
        let id = job(&db, "one", noon(), JobStatus::Pending).await?.id;
        let well = async |_: &Db, _: &ScheduledJob| Ok(());
        assert!(jobs::claim(&db, &id, noon()).await?);
        assert_eq!(jobs::run_due(&db, noon() + 15.minutes(), well).await?, 0, "it has its time");
        assert_eq!(again(&db, &id).await?.status, JobStatus::Running);
        let late = noon() + 16.minutes();
        assert_eq!(jobs::run_due(&db, late, well).await?, 0);
        let waiting = again(&db, &id).await?;
        assert_eq!((waiting.status, waiting.retry_count, waiting.scheduled_at), (JobStatus::Pending, 1, late + 5.minutes()));
        assert_eq!(waiting.error_message.as_deref(), Some("its runner is gone"));

        let asleep = async |db: &Db, job: &ScheduledJob| {
            assert_eq!(job.id, id);
            jobs::take_back(db, late + 25.minutes()).await
        };
        assert_eq!(jobs::run_due(&db, late + 5.minutes(), asleep).await?, 1);
        let waiting = again(&db, &id).await?;
        assert_eq!((waiting.status, waiting.retry_count, waiting.executed_at), (JobStatus::Pending, 2, None));
        assert_eq!(jobs::run_due(&db, waiting.scheduled_at, well).await?, 1);
        assert_eq!(again(&db, &id).await?.status, JobStatus::Completed);

        // It is an attempt like any other: after the last one nobody tries again.
        let last = job(&db, "last", noon(), JobStatus::Pending).await?.id;
        db.scheduled_job().update(scheduled_job::by_id(last.as_str())).set(|s| s.retry_count(3)).await?;
        assert!(jobs::claim(&db, &last, noon()).await?);
        jobs::take_back(&db, late).await?;
        let job = again(&db, &last).await?;
        assert_eq!((job.status, job.retry_count, job.executed_at), (JobStatus::Failed, 4, Some(late)));
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

    /// What is due on entries is done; letters wait for a runner that sends them.
    async fn b14_the_work_on_entries(db: Db) -> Result<()> {
        let (_, changelog) = a_project(&db, "Lighthouse").await?;
        let mut ids = Vec::new();
        for kind in [
            ScheduledJobType::PublishChangelogEntry,
            ScheduledJobType::UnpublishChangelogEntry,
            ScheduledJobType::DeleteChangelogEntry,
            ScheduledJobType::SendEmailNotification,
            ScheduledJobType::TelemetrySend,
        ] {
            let (entry, _) = entries::write(&db, &changelog.id, "News", "something", &[]).await?;
            let is_out = kind != ScheduledJobType::PublishChangelogEntry;
            let before = is_out.then(|| noon() - 1.hour());
            db.changelog_entry().update(changelog_entry::by_id(entry.id.as_str())).set(|s| s.published_at(before)).await?;
            let form = scheduled_job::New { r#type: kind, entity_id: entry.id.clone(), scheduled_at: noon() };
            ids.push((entry.id, db.scheduled_job().create(form).await?.id));
        }
        assert_eq!(jobs::run_due(&db, noon() + 1.minute(), jobs::publish).await?, 5);
        let mut ended = Vec::new();
        for (entry, job) in &ids {
            let entry = db.changelog_entry().find(changelog_entry::by_id(entry.as_str())).await?;
            ended.push((entry.map(|entry| entry.published_at), again(&db, job).await?.status));
        }
        let before = Some(Some(noon() - 1.hour()));
        let expected = [
            (Some(Some(noon())), JobStatus::Completed),
            (Some(None), JobStatus::Completed),
            (None, JobStatus::Completed),
            (before, JobStatus::Pending),
            (before, JobStatus::Pending),
        ];
        assert_eq!(ended, expected);
        let letter = again(&db, &ids[3].1).await?;
        assert_eq!((letter.retry_count, letter.error_message.as_deref()), (1, Some("refused: this runner sends nothing: the job is for another")));
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
