//! Quotas: the ledger and its resets.

use engineo::db::{
    AutomationPlaybookRunType, Db, InternalAdminRole, Project, User, admin_audit_log, ai_monthly_quota_reset,
    automation_playbook_run, project, user,
};
use engineo::{Result, open, quota};
use jiff::Timestamp;
use serde_json::json;

use crate::{assert_refused, at, customer, staff};

const NOW: &str = "2026-03-20T10:00:00Z";

async fn run(db: &Db, user: &User, project: &Project, ai_used: bool, moment: Timestamp) -> Result<()> {
    let run = automation_playbook_run::Raw {
        run_type: AutomationPlaybookRunType::PreviewGenerate,
        project_id: project.id.clone(),
        created_by_user_id: user.id.clone(),
    };
    db.automation_playbook_run().create(run.ai_used(ai_used).created_at(moment)).await?;
    Ok(())
}

/// A customer whose ledger has 5 runs with AI this month, 2 without, and 4 of last month.
async fn ledger(db: &Db) -> Result<(User, Project)> {
    let user = customer(db, "ann").await?;
    let form = project::New { name: "Shop".into(), user: user::by_id(&user.id).into() };
    let project = db.project().create(form).await?;
    for moment in ["2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z", "2026-03-10T08:00:00Z", "2026-03-19T08:00:00Z", NOW]
    {
        run(db, &user, &project, true, at(moment)).await?;
    }
    for moment in ["2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z"] {
        run(db, &user, &project, false, at(moment)).await?;
    }
    for moment in ["2026-02-01T00:00:00Z", "2026-02-10T08:00:00Z", "2026-02-20T08:00:00Z", "2026-02-28T23:59:59.999Z"] {
        run(db, &user, &project, true, at(moment)).await?;
    }
    Ok((user, project))
}

fresh_database::tests! {
    open = open;

    async fn b17_what_is_used_of_a_quota(db: Db) -> Result<()> {
        let (ann, _) = ledger(&db).await?;
        assert_eq!(quota::used(&db, &ann.id, at(NOW)).await?, 5);
        assert_eq!(quota::used(&db, &ann.id, at("2026-02-28T23:59:59.999Z")).await?, 4);
        assert_eq!(quota::used(&db, &ann.id, at("2026-04-01T00:00:00Z")).await?, 0);
        Ok(())
    }

    async fn b18_a_reset_leaves_the_ledger_alone(db: Db) -> Result<()> {
        let (ann, _) = ledger(&db).await?;
        let ops = staff(&db, "ops", Some(InternalAdminRole::OpsAdmin)).await?;
        quota::reset(&db, &ops, &ann.id, "an outage", at(NOW)).await?;
        let resets = db.ai_monthly_quota_reset().find_many();
        let resets = resets.select((ai_monthly_quota_reset::month_start, ai_monthly_quota_reset::ai_runs_offset)).await?;
        assert_eq!(resets, [(at("2026-03-01T00:00:00Z"), 5)]);
        let audit = db.admin_audit_log().find_many();
        let audit = audit.select((admin_audit_log::action_type, admin_audit_log::target_user_id, admin_audit_log::metadata)).await?;
        assert_eq!(audit, [("quota_reset".to_owned(), Some(ann.id.clone()), Some(json!({ "offset": 5, "reason": "an outage" })))]);
        assert_eq!(quota::used(&db, &ann.id, at(NOW)).await?, 0);
        assert_eq!(db.automation_playbook_run().count().await?, 11);
        Ok(())
    }

    async fn b19_the_latest_reset_counts(db: Db) -> Result<()> {
        let (ann, shop) = ledger(&db).await?;
        let ops = staff(&db, "ops", Some(InternalAdminRole::ManagementCeo)).await?;
        quota::reset(&db, &ops, &ann.id, "an outage", at(NOW)).await?;
        let later = at("2026-03-25T10:00:00Z");
        for _ in 0..3 {
            run(&db, &ann, &shop, true, later).await?;
        }
        assert_eq!(quota::used(&db, &ann.id, later).await?, 3);
        quota::reset(&db, &ops, &ann.id, "another", later).await?;
        assert_eq!(quota::used(&db, &ann.id, later).await?, 0);
        // Fewer runs than were forgiven are never less than none.
        db.automation_playbook_run().delete_many(automation_playbook_run::created_at.eq(later)).await?;
        assert_eq!(quota::used(&db, &ann.id, later).await?, 0);
        Ok(())
    }

    async fn b20_who_may_not_reset(db: Db) -> Result<()> {
        let (ann, _) = ledger(&db).await?;
        for (name, role) in [("agent", Some(InternalAdminRole::SupportAgent)), ("nobody", None)] {
            let person = staff(&db, name, role).await?;
            assert_refused(quota::reset(&db, &person, &ann.id, "a favour", at(NOW)).await);
        }
        assert_eq!((db.ai_monthly_quota_reset().count().await?, db.admin_audit_log().count().await?), (0, 0));
        assert_eq!(quota::used(&db, &ann.id, at(NOW)).await?, 5);
        Ok(())
    }
}
