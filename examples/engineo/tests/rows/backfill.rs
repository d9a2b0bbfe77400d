//! Rows from before the migrations.

use engineo::db::{AccountStatus, CustomerAccountRole, InternalAdminRole, User, user, user_preferences};
use engineo::{account, backfill};
use fresh_database::Database;

use crate::project::{ALL, BACKFILL, INIT, Project, STEP_1, STEP_2, script};
use crate::script::{connect, old_user, recorded, unopened};

/// The statement of the document, as the example's follow-up migration has it.
fn add_backfill(database: &Database, project: &Project) {
    let both = script(database.server(), STEP_1) + "\n" + &script(database.server(), BACKFILL);
    project.write(&format!("prisma/migrations/{STEP_1}/migration.sql"), &both);
}

/// Roles and states by id. Reads what the first step knows.
async fn roles(db: &engineo::Db) -> nicol::Result<Vec<(String, Option<InternalAdminRole>, AccountStatus)>> {
    let rows = db.user().find_many().order_by(user::id.asc());
    rows.select((user::id, user::admin_role, user::account_status)).await
}

fn backfilled() -> Vec<(String, Option<InternalAdminRole>, AccountStatus)> {
    let row = |id: &str, role| (id.to_owned(), role, AccountStatus::Active);
    vec![row("a", Some(InternalAdminRole::OpsAdmin)), row("b", Some(InternalAdminRole::SupportAgent)), row("c", None)]
}

fresh_database::tests! {
    open = unopened;

    async fn b01_r12_admins_get_a_role(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &[INIT]);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        for (id, role) in [("a", "ADMIN"), ("b", "ADMIN"), ("c", "USER")] {
            old_user(&db, id, role).await?;
        }
        project.add(database, STEP_1);
        project.run(&["migrate", "deploy"]);
        db.user().update_many(user::id.eq("b")).set(|s| s.admin_role(InternalAdminRole::SupportAgent)).await?;
        project.write("backfill.sql", &script(database.server(), BACKFILL));
        project.run(&["db", "execute", "--file", "backfill.sql"]);
        assert_eq!(roles(&db).await?, backfilled());
        assert_eq!(backfill::admin_roles(&db).await?, 0, "again");
        assert_eq!(roles(&db).await?, backfilled());
        Ok(())
    }

    async fn b02_the_backfill_inside_the_migration(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &[INIT]);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        for (id, role) in [("a", "ADMIN"), ("c", "USER")] {
            old_user(&db, id, role).await?;
        }
        project.add(database, STEP_1);
        add_backfill(database, &project);
        project.run(&["migrate", "deploy"]);
        let expected: Vec<_> = backfilled().into_iter().filter(|(id, ..)| id != "b").collect();
        assert_eq!(roles(&db).await?, expected);
        assert_eq!(recorded(&db).await?, 2);
        Ok(())
    }

    async fn b03_r16_step_2_needs_no_backfill(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL[..3]);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        for id in ["a", "b", "c"] {
            old_user(&db, id, "USER").await?;
        }
        project.add(database, STEP_2);
        project.run(&["migrate", "deploy"]);
        let users = db.user().find_many().await?;
        assert_eq!(users.len(), 3);
        for User { account_role, avatar_url, timezone, locale, organization_name, last_login_at, last_login_ip, token_invalid_before, .. } in users {
            assert_eq!(account_role, CustomerAccountRole::Owner);
            assert_eq!((avatar_url, timezone, locale, organization_name, last_login_ip), (None, None, None, None, None));
            assert_eq!((last_login_at, token_invalid_before), (None, None));
        }
        assert_eq!(db.user_preferences().count().await?, 0);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r17_b06_lazily_or_by_the_script(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        for id in ["a", "b", "c"] {
            old_user(&db, id, "USER").await?;
        }
        old_user(&db, "d", "USER").await?;
        let lazily = account::preferences(&db, "a").await?;
        let other = account::preferences(&db, "b").await?;
        project.write("preferences.sql", &crate::project::read("postgres", "scripts/preferences.sql"));
        let execute = || project.run(&["db", "execute", "--file", "preferences.sql"]);
        execute();
        let rows = db.user_preferences().find_many().order_by(user_preferences::user_id.asc()).await?;
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[..2], [lazily.clone(), other], "the old rows have stayed");
        for row in &rows[2..] {
            assert_eq!(row.id.len(), 36, "a UUID");
            let mut same = row.clone();
            (same.id, same.user_id) = (lazily.id.clone(), lazily.user_id.clone());
            (same.created_at, same.updated_at) = (lazily.created_at, lazily.updated_at);
            assert_eq!(same, lazily);
        }
        execute();
        assert_eq!(db.user_preferences().find_many().order_by(user_preferences::user_id.asc()).await?, rows, "again");
        Ok(())
    }

    /// On PostgreSQL the database could make the ids; elsewhere the program does, as it always can.
    async fn r25_ids_come_from_the_program(_nothing: (), database: &Database) -> engineo::Result<()> {
        let db = engineo::open(database.url()).await?;
        for id in ["a", "b"] {
            old_user(&db, id, "USER").await?;
        }
        assert_eq!(backfill::preferences(&db).await?, 2);
        let ids = db.user_preferences().find_many().select(user_preferences::id).await?;
        assert!(ids.iter().all(|id| id.len() == 25 && id.starts_with('c')) && ids[0] != ids[1], "{ids:?}");
        for migration in ALL {
            assert!(!script(database.server(), migration).contains("gen_random_uuid"));
        }
        Ok(())
    }
}
