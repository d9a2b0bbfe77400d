//! Requests: staff ask, an admin decides.

use changelog::commits::{self, Commit};
use changelog::db::{
    ChangelogEntry, ChangelogRequest, Db, JobStatus, Project, Role, ScheduledJobType, SubscriptionType, User,
    audit_log, changelog_entry, changelog_request, changelog_tag, custom_domain, email_config, email_log,
    git_hub_integration, project, project_sync_metadata, scheduled_job, slack_integration, widget,
};
use changelog::requests::{self, Wish};
use changelog::views::{self, Look};
use changelog::{Error, Result, entries, jobs, keys, open, projects, subscribers};
use jiff::ToSpan;

use crate::{a_project, assert_refused, at, code, noon, somebody};

struct Scene {
    admin: User,
    staff: User,
    project: Project,
    entry: ChangelogEntry,
}

/// A project that requires approval, with an entry, an admin, and somebody of the staff.
async fn scene(db: &Db) -> Result<Scene> {
    let (admin, staff) = (somebody(db, "admin", Role::Admin).await?, somebody(db, "staff", Role::Staff).await?);
    let (project, changelog) = a_project(db, "Lighthouse").await?;
    assert!(project.require_approval);
    let (entry, _) = entries::write(db, &changelog.id, "News", "something", &["fix"]).await?;
    Ok(Scene { admin, staff, project, entry })
}

impl Scene {
    async fn ask(&self, db: &Db, wish: Wish<'_>) -> Result<ChangelogRequest> {
        requests::ask(db, &self.staff, &self.project, wish).await
    }

    async fn approved(&self, db: &Db, wish: Wish<'_>) -> Result<ChangelogRequest> {
        let request = self.ask(db, wish).await?;
        requests::approve(db, &self.admin, &request.id, noon()).await?;
        Ok(request)
    }

    async fn entry(&self, db: &Db) -> Result<ChangelogEntry> {
        Ok(db.changelog_entry().get(changelog_entry::by_id(self.entry.id.as_str())).await?)
    }
}

/// Gives the project a row in every table that belongs to projects.
async fn fill(db: &Db, scene: &Scene) -> Result<()> {
    let project_id = scene.project.id.as_str();
    let id = || project_id.to_owned();
    db.widget().create(widget::Raw { name: "w".into(), variant: "floating".into(), project_id: id() }).await?;
    let domain = custom_domain::Raw { domain: "news.example".into(), verification_token: "v".into(), project_id: id() };
    db.custom_domain().create(domain).await?;
    let email = email_config::Raw { smtp_host: "h".into(), smtp_port: 25, from_email: "f".into(), project_id: id() };
    db.email_config().create(email).await?;
    db.email_log().create(email_log::Raw { subject: "s".into(), r#type: "t".into(), project_id: id() }).await?;
    subscribers::subscribe(db, "cleo@example.com", project_id, SubscriptionType::AllUpdates).await?;
    let [access_token, team_id, bot_user_id, channel_id] = ["a", "t", "b", "c"].map(str::to_owned);
    let slack = slack_integration::Raw { access_token, team_id, bot_user_id, channel_id, project_id: id() };
    db.slack_integration().create(slack).await?;
    let github = git_hub_integration::Raw { repository_url: "r".into(), access_token: "a".into(), project_id: id() };
    db.git_hub_integration().create(github).await?;
    db.project_sync_metadata().create(project_sync_metadata::Raw { project_id: id() }).await?;
    let commit = Commit {
        hash: "h".into(),
        message: "m".into(),
        author: "a".into(),
        email: "e".into(),
        date: noon(),
        files: vec![],
    };
    commits::sync(db, project_id, &[commit]).await?;
    keys::create(db, &scene.admin, "key", Some(project_id), &["read"]).await?;
    views::note(db, project_id, Look { session_hash: "s", ip_hash: "i", ..Look::default() }, noon()).await?;
    Ok(())
}

/// The rows of projects and of what belongs to them, table by table.
async fn under_projects(db: &Db) -> Result<[i64; 15]> {
    Ok([
        db.project().count().await?,
        db.changelog().count().await?,
        db.changelog_entry().count().await?,
        db.changelog_request().count().await?,
        db.widget().count().await?,
        db.custom_domain().count().await?,
        db.email_config().count().await?,
        db.email_log().count().await?,
        db.project_subscription().count().await?,
        db.slack_integration().count().await?,
        db.git_hub_integration().count().await?,
        db.project_sync_metadata().count().await?,
        db.synced_commit().count().await?,
        db.api_key().count().await?,
        db.public_changelog_analytics().count().await?,
    ])
}

async fn again(db: &Db, request: &ChangelogRequest) -> Result<ChangelogRequest> {
    Ok(db.changelog_request().get(changelog_request::by_id(request.id.as_str())).await?)
}

fresh_database::tests! {
    open = open;

    async fn b04_staff_ask(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let request = scene.ask(&db, Wish::Publish(&scene.entry.id, None)).await?;
        assert_eq!((request.r#type.as_str(), request.status.as_str()), ("ALLOW_PUBLISH", "PENDING"));
        assert_eq!((request.staff_id.as_ref(), request.changelog_entry_id.as_ref()), (Some(&scene.staff.id), Some(&scene.entry.id)));
        assert_eq!(scene.entry(&db).await?.published_at, None);
        assert_eq!(requests::open(&db).await?, [(request, Some(scene.staff.clone()))]);
        let viewer = somebody(&db, "viewer", Role::Viewer).await?;
        assert_refused(requests::ask(&db, &viewer, &scene.project, Wish::DeleteProject).await);
        Ok(())
    }

    /// Without asking: where the project does not require it, or by an admin.
    async fn b04_who_publishes_without_asking(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let viewer = somebody(&db, "viewer", Role::Viewer).await?;
        let publish = async |who: &User, id: &str| entries::publish(&db, who, id, noon()).await;
        for who in [&scene.staff, &viewer] {
            assert_refused(publish(who, &scene.entry.id).await);
        }
        assert_eq!(scene.entry(&db).await?.published_at, None);
        assert_eq!(publish(&scene.admin, &scene.entry.id).await?.published_at, Some(noon()));
        let (free, changelog) = a_project(&db, "Free").await?;
        db.project().update(project::by_id(free.id)).set(|s| s.require_approval(false)).await?;
        let (entry, _) = entries::write(&db, &changelog.id, "More", "of it", &[]).await?;
        assert_refused(publish(&viewer, &entry.id).await);
        assert_eq!(publish(&scene.staff, &entry.id).await?.published_at, Some(noon()));
        assert_refused(publish(&scene.admin, "no entry").await);
        Ok(())
    }

    async fn b05_an_admin_decides(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let request = scene.approved(&db, Wish::Publish(&scene.entry.id, None)).await?;
        let decided = again(&db, &request).await?;
        assert_eq!((decided.status.as_str(), decided.admin_id.as_ref(), decided.reviewed_at), ("APPROVED", Some(&scene.admin.id), Some(noon())));
        assert_eq!(scene.entry(&db).await?.published_at, Some(noon()));
        let log = db.audit_log().find_many().await?;
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].action.as_str(), log[0].user_id.as_ref(), log[0].target_user_id.as_ref()), ("request_approved", Some(&scene.admin.id), Some(&scene.staff.id)));
        // The other answer.
        db.changelog_entry().update(changelog_entry::by_id(scene.entry.id.as_str())).set(|s| s.published_at(None)).await?;
        let request = scene.ask(&db, Wish::Publish(&scene.entry.id, None)).await?;
        requests::reject(&db, &scene.admin, &request.id, noon()).await?;
        let decided = again(&db, &request).await?;
        assert_eq!((decided.status.as_str(), decided.admin_id.as_ref(), decided.reviewed_at), ("REJECTED", Some(&scene.admin.id), Some(noon())));
        assert_eq!(scene.entry(&db).await?.published_at, None);
        assert_eq!(db.audit_log().count().filter(audit_log::action.eq("request_rejected")).await?, 1);
        Ok(())
    }

    async fn b06_a_decision_is_final(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let request = scene.ask(&db, Wish::Publish(&scene.entry.id, None)).await?;
        assert_refused(requests::approve(&db, &scene.staff, &request.id, noon()).await);
        assert_refused(requests::reject(&db, &scene.staff, &request.id, noon()).await);
        assert_eq!((again(&db, &request).await?, db.audit_log().count().await?), (request.clone(), 0));
        requests::reject(&db, &scene.admin, &request.id, noon()).await?;
        let decided = again(&db, &request).await?;
        let later = noon() + 1.hour();
        assert_refused(requests::approve(&db, &scene.admin, &request.id, later).await);
        assert_refused(requests::reject(&db, &scene.admin, &request.id, later).await);
        assert_eq!(again(&db, &request).await?, decided);
        assert_eq!((scene.entry(&db).await?.published_at, db.audit_log().count().await?), (None, 1));
        Ok(())
    }

    async fn b07_published_at_a_time_of_the_metadata(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let when = at("2026-02-03T04:05:06.789Z");
        let request = scene.approved(&db, Wish::Publish(&scene.entry.id, Some(when))).await?;
        assert_eq!(scene.entry(&db).await?.published_at, Some(when));
        let found = requests::publishing_at(&db, when).await?;
        assert_eq!(found.iter().map(|found| &found.id).collect::<Vec<_>>(), [&request.id]);
        assert_eq!(requests::publishing_at(&db, when + 1.millisecond()).await?, []);
        Ok(())
    }

    /// The log is where it fails: after the decision and the entry.
    async fn b08_all_or_nothing(db: Db, database: &Database) -> Result<()> {
        let scene = scene(&db).await?;
        let request = scene.ask(&db, Wish::Publish(&scene.entry.id, None)).await?;
        database.script(&format!("DROP TABLE {};", db.dialect().quote("AuditLog")));
        assert_eq!(code(requests::approve(&db, &scene.admin, &request.id, noon()).await), "P2021");
        assert_eq!(again(&db, &request).await?, request);
        assert_eq!(scene.entry(&db).await?, scene.entry);
        Ok(())
    }

    async fn b09_a_tag_goes_everywhere(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let (_, tags) = entries::write(&db, &scene.entry.changelog_id, "More", "of it", &["fix", "ui"]).await?;
        projects::create(&db, "Other", ["ui", "fix", "fixture"]).await?;
        let request = scene.approved(&db, Wish::DeleteTag(&tags[0].id)).await?;
        let left = db.changelog_tag().find_many().select((changelog_tag::name, changelog_tag::entries.count())).await?;
        assert_eq!(left, [("ui".to_owned(), 1)]);
        let count = db.changelog_entry().count().filter(changelog_entry::tags.is_empty());
        assert_eq!((db.changelog_entry().count().await?, count.await?), (2, 1));
        let lists = db.project().find_many().order_by(project::name.asc()).select(project::default_tags).await?;
        assert_eq!(lists, [Vec::<String>::new(), vec!["ui".into(), "fixture".into()]]);
        let request = again(&db, &request).await?;
        assert_eq!((request.status.as_str(), request.changelog_tag_id), ("APPROVED", None));
        Ok(())
    }

    async fn b10_an_entry_goes_and_what_told_of_it_stays(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let look = Look { entry_id: Some(&scene.entry.id), session_hash: "s", ip_hash: "i", ..Look::default() };
        views::note(&db, &scene.project.id, look, noon()).await?;
        jobs::schedule_publication(&db, &scene.entry.id, noon()).await?;
        let request = scene.approved(&db, Wish::DeleteEntry(&scene.entry.id)).await?;
        assert_eq!(db.changelog_entry().count().await?, 0);
        let views = db.public_changelog_analytics().find_many().await?;
        let jobs = db.scheduled_job().find_many().await?;
        assert_eq!((views.len(), &views[0].changelog_entry_id), (1, &None));
        assert_eq!((jobs.len(), &jobs[0].changelog_entry_id), (1, &None));
        assert_eq!(again(&db, &request).await?.changelog_entry_id, None);
        Ok(())
    }

    async fn b11_a_project_goes_and_the_log_stays(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        scene.approved(&db, Wish::Publish(&scene.entry.id, None)).await?;
        fill(&db, &scene).await?;
        assert_eq!(under_projects(&db).await?, [1; 15]);
        scene.approved(&db, Wish::DeleteProject).await?;
        assert_eq!(under_projects(&db).await?, [0; 15]);
        assert_eq!((db.audit_log().count().await?, db.changelog_tag().count().await?), (2, 1));
        Ok(())
    }

    async fn b12_only_the_future_can_be_scheduled(db: Db) -> Result<()> {
        let scene = scene(&db).await?;
        let late = scene.ask(&db, Wish::Schedule(&scene.entry.id, noon() - 1.second())).await?;
        assert_refused(requests::approve(&db, &scene.admin, &late.id, noon()).await);
        assert_eq!(again(&db, &late).await?, late, "it is still open");
        assert_eq!((scene.entry(&db).await?.scheduled_at, db.scheduled_job().count().await?), (None, 0));
        let tomorrow = noon() + 24.hours();
        scene.approved(&db, Wish::Schedule(&scene.entry.id, tomorrow)).await?;
        assert_eq!(scene.entry(&db).await?.scheduled_at, Some(tomorrow));
        let jobs = db.scheduled_job().find_many().select((scheduled_job::r#type, scheduled_job::status, scheduled_job::scheduled_at, scheduled_job::changelog_entry_id)).await?;
        assert_eq!(jobs, [(ScheduledJobType::PublishChangelogEntry, JobStatus::Pending, tomorrow, Some(scene.entry.id.clone()))]);
        assert!(matches!(requests::approve(&db, &scene.admin, "nobody's", noon()).await, Err(Error::Refused(_))));
        Ok(())
    }
}
