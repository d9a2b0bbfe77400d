//! The logs, and that nobody changes them.

use engineo::admin::{self, Search, Target};
use engineo::db::{AdminAuditLog, Db, InternalAdminRole, User, admin_audit_log, user, user_account_audit_log};
use engineo::{Error, Result, account, open};
use serde_json::json;

use crate::{customer, project, staff};

const REFUSED: &str = "is append-only: rows cannot be changed or deleted";

async fn ops(db: &Db, name: &str) -> Result<User> {
    staff(db, name, Some(InternalAdminRole::OpsAdmin)).await
}

/// What nobody may do to a table, as SQL.
fn forbidden(db: &Db, table: &str) -> Vec<String> {
    let [table, action] = [table, "actionType"].map(|name| db.dialect().quote(name));
    vec![format!("UPDATE {table} SET {action} = 'x'"), format!("DELETE FROM {table}")]
}

fresh_database::tests! {
    open = open;

    async fn b21_the_role_of_that_time(db: Db) -> Result<()> {
        let ops = ops(&db, "ops").await?;
        admin::record(&db, &ops, "project_viewed", Target::default(), json!({})).await?;
        db.user().update(user::by_id(&ops.id)).set(|s| s.admin_role(InternalAdminRole::SupportAgent)).await?;
        let roles = db.admin_audit_log().find_many().select(admin_audit_log::performed_by_admin_role).await?;
        assert_eq!(roles, [InternalAdminRole::OpsAdmin]);
        Ok(())
    }

    async fn b22_the_log_by_action_by_admin_by_target(db: Db) -> Result<()> {
        let admins = [ops(&db, "ops").await?, ops(&db, "boss").await?];
        let targets = [customer(&db, "ann").await?, customer(&db, "bob").await?];
        let mut rows: Vec<AdminAuditLog> = Vec::new();
        for (number, action) in ["quota_reset", "suspended", "impersonated", "quota_reset", "suspended"].into_iter().enumerate() {
            let (admin, target) = (&admins[number % 2], &targets[usize::from(number > 2)]);
            rows.push(admin::record(&db, admin, action, Target::user(&target.id), json!({})).await?);
        }
        let search = async |wanted: Search, page| {
            let (found, total) = admin::search(&db, wanted, page, 2).await?;
            Ok::<_, Error>((found.into_iter().map(|row| row.id).collect::<Vec<_>>(), total))
        };
        let newest_first = |keep: &dyn Fn(usize) -> bool| {
            let mut kept: Vec<&AdminAuditLog> = rows.iter().enumerate().filter(|(n, _)| keep(*n)).map(|(_, row)| row).collect();
            kept.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
            kept.into_iter().map(|row| row.id.clone()).collect::<Vec<_>>()
        };
        let all = newest_first(&|_| true);
        assert_eq!(search(Search::default(), 0).await?, (all[..2].to_vec(), 5));
        assert_eq!(search(Search::default(), 2).await?, (all[4..].to_vec(), 5));
        let resets = Search { action: Some("quota_reset".into()), ..Search::default() };
        assert_eq!(search(resets, 0).await?, (newest_first(&|n| n == 0 || n == 3), 2));
        let by_ops = Search { admin_id: Some(admins[0].id.clone()), ..Search::default() };
        assert_eq!(search(by_ops, 1).await?, (newest_first(&|n| n % 2 == 0)[2..].to_vec(), 3));
        let on_bob = Search { target_user_id: Some(targets[1].id.clone()), ..Search::default() };
        assert_eq!(search(on_bob, 0).await?, (newest_first(&|n| n > 2), 2));
        Ok(())
    }

    async fn b23_nobody_changes_the_logs(db: Db) -> Result<()> {
        let ops = ops(&db, "ops").await?;
        admin::record(&db, &ops, "quota_reset", Target::default(), json!({ "n": 1 })).await?;
        account::log(&db, &ops.id, "profile_updated", json!({})).await?;
        let before = (db.admin_audit_log().find_many().await?, db.user_account_audit_log().find_many().await?);
        for table in ["AdminAuditLog", "UserAccountAuditLog"] {
            for sql in forbidden(&db, table) {
                let error = db.sql(&sql).execute().await.unwrap_err();
                assert!(error.message().contains(&format!("{table} {REFUSED}")), "{sql}: {error}");
            }
        }
        let after = (db.admin_audit_log().find_many().await?, db.user_account_audit_log().find_many().await?);
        assert_eq!(after, before);
        Ok(())
    }

    async fn b24_a_deleted_target_leaves_its_row(db: Db) -> Result<()> {
        let (ops, ann) = (ops(&db, "ops").await?, customer(&db, "ann").await?);
        let row = admin::record(&db, &ops, "suspended", Target::user(&ann.id), json!({})).await?;
        db.user().delete(user::by_id(&ann.id)).await?;
        let after = db.admin_audit_log().get(admin_audit_log::by_id(&row.id)).await?;
        assert_eq!(after, AdminAuditLog { target_user_id: None, ..row });
        let refused = db.user().delete(user::by_id(&ops.id)).await.unwrap_err();
        assert_eq!(refused.code(), "P2003");
        Ok(())
    }

    async fn b27_an_action_of_a_new_kind(db: Db) -> Result<()> {
        let ops = ops(&db, "ops").await?;
        let row = admin::record(&db, &ops, "something_new", Target::default(), json!({})).await?;
        assert_eq!(row.action_type, "something_new");
        account::log(&db, &ops.id, "something_new", json!({})).await?;
        assert_eq!(db.user_account_audit_log().count().filter(user_account_audit_log::action_type.eq("something_new")).await?, 1);
        Ok(())
    }

    async fn b28_found_by_what_its_metadata_holds(db: Db) -> Result<()> {
        let ops = ops(&db, "ops").await?;
        for (action, plan) in [("first", "pro"), ("second", "free")] {
            let metadata = json!({ "change": { "plan": { "to": plan }, "steps": [1, 2] } });
            admin::record(&db, &ops, action, Target::default(), metadata).await?;
        }
        admin::record(&db, &ops, "third", Target::default(), json!({})).await?;
        let to_pro = admin_audit_log::metadata.path(["change", "plan", "to"]).eq("pro");
        let found = db.admin_audit_log().find_many().filter(to_pro).select(admin_audit_log::action_type).await?;
        assert_eq!(found, ["first"]);
        Ok(())
    }

    async fn r28_actions_of_foreign_keys_still_work(db: Db) -> Result<()> {
        let (ops, ann) = (ops(&db, "ops").await?, customer(&db, "ann").await?);
        admin::record(&db, &ops, "suspended", Target::user(&ann.id), json!({})).await?;
        account::log(&db, &ann.id, "profile_updated", json!({})).await?;
        account::log(&db, &ops.id, "profile_updated", json!({})).await?;
        db.user().delete(user::by_id(&ann.id)).await?;
        let targets = db.admin_audit_log().find_many().select(admin_audit_log::target_user_id).await?;
        assert_eq!(targets, [None]);
        let actors = db.user_account_audit_log().find_many().select(user_account_audit_log::actor_user_id).await?;
        assert_eq!(actors, [ops.id]);
        Ok(())
    }

    async fn r29_the_refusal_is_told_and_undoes_the_transaction(db: Db) -> Result<()> {
        let ops = ops(&db, "ops").await?;
        admin::record(&db, &ops, "quota_reset", Target::default(), json!({})).await?;
        let sql = forbidden(&db, "AdminAuditLog").remove(1);
        let outcome: Result<u64, nicol::Error> = db
            .tx()
            .run(async |tx| {
                tx.user().update(user::by_id(&ops.id)).set(|s| s.name("Changed")).await?;
                tx.sql(sql).execute().await
            })
            .await;
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), "P2010");
        assert!(error.message().contains(REFUSED), "{error}");
        assert_eq!(db.user().get(user::by_id(&ops.id)).await?.name.as_deref(), Some("ops"));
        Ok(())
    }
}

/// R27: both steps bring triggers. That the client has no function that changes a row is a documentation test in `src/lib.rs`.
#[test]
fn r27_both_steps_bring_triggers() {
    for server in ["sqlite", "postgres", "mariadb"] {
        for (step, table) in [(project::STEP_1, "AdminAuditLog"), (project::STEP_2, "UserAccountAuditLog")] {
            let script = project::script(server, step);
            assert!(
                script.contains(&format!("{table}_nicol_no_update")) && script.contains(REFUSED),
                "{server} {step}"
            );
        }
    }
}
