//! What deployments do when two run at once, fail, or meet rows.

use engineo::account;
use engineo::db::{Db, user, user_session};

use crate::project::{ALL, INIT, Project, STEP_1, read, script};
use crate::script::{connect, number, old_user, recorded, unopened};

/// The client of the day on which sessions of another kind are there, made by `build.rs` from the changed schema.
#[allow(dead_code, reason = "a part of it is used")]
mod later {
    include!(concat!(env!("OUT_DIR"), "/later.rs"));
}

const ADDED: (&str, &str) = ("  USER_LOGIN\n", "  USER_LOGIN\n  API_TOKEN\n");

fresh_database::tests! {
    open = unopened;

    async fn b29_two_deployments_at_once(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        let outputs = std::thread::scope(|scope| {
            let runs = [0, 1].map(|_| scope.spawn(|| project.nicol(&["migrate", "deploy"])));
            runs.map(|run| run.join().expect("the deployment ends"))
        });
        for output in &outputs {
            assert!(output.code == 0, "{output:?}");
        }
        assert_eq!(recorded(&connect(database).await?).await?, 4);
        Ok(())
    }

    async fn b26_sessions_of_another_kind(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let old = connect(database).await?;
        let ann = crate::customer(&old, "ann").await?;
        engineo::session::sign_in(&old, &ann.id, Default::default(), jiff::Timestamp::now()).await?;
        project.edit_schema(ADDED.0, ADDED.1);
        project.run(&["migrate", "dev", "--name", "api_tokens"]);

        let new = later::Db::connect(database.url()).await?;
        let form = later::user_session::Raw { user_id: ann.id.clone() };
        new.user_session().create(form.session_type(later::SessionType::ApiToken)).await?;
        let kinds = new.user_session().find_many().order_by(later::user_session::session_type.asc());
        let mut kinds = kinds.select(later::user_session::session_type).await?;
        kinds.sort_by_key(|kind| *kind == later::SessionType::ApiToken);
        assert_eq!(kinds, [later::SessionType::UserLogin, later::SessionType::ApiToken]);

        let error = connect(database).await?.user_session().find_many().await.unwrap_err();
        assert_eq!(error.code(), "P2023");
        assert!(error.message().contains("\"API_TOKEN\" is not a value of the enum SessionType"), "{error}");
        let login = connect(database).await?.user_session().count().filter(user_session::user_id.eq(&ann.id)).await?;
        assert_eq!(login, 2, "what does not read the column still works");
        Ok(())
    }

    /// A deployment that fails, a correction, `migrate resolve --rolled-back`, a deployment. With one transaction a migration
    /// nothing of step 1 stays, and `resolve` has nothing to do; elsewhere a person has to say.
    async fn b30_step_1_fails_in_its_middle(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &[INIT, STEP_1]);
        let path = format!("prisma/migrations/{STEP_1}/migration.sql");
        let good = script(database.server(), STEP_1);
        let place = good.find("-- CreateTable").expect("a table");
        let broken = format!("{}SELECT nonsense;\n\n{}", &good[..place], &good[place..]);
        project.write(&path, &broken);
        let failed = project.fail(&["migrate", "deploy"]);
        assert!(failed.contains("P3018") && failed.contains(STEP_1) && failed.contains("nonsense"), "{failed}");
        let again = project.fail(&["migrate", "deploy"]);
        let status = project.fail(&["migrate", "status"]);
        assert!(again.contains(STEP_1) && status.contains(STEP_1), "{again}\n{status}");
        let resolve = ["migrate", "resolve", "--rolled-back", STEP_1];
        if database.provider() == "mysql" {
            assert!(again.contains("P3009"), "{again}");
            // What was done before the failure has stayed: the corrected script begins after it.
            project.write(&path, &good[place..]);
            assert!(project.run(&resolve).contains("is recorded as rolled back"));
        } else {
            assert!(again.contains("P3018"), "nothing has stayed, so it is tried again: {again}");
            project.write(&path, &good);
            assert!(project.run(&resolve).contains("nothing to resolve"));
        }
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        let unfinished = "SELECT COUNT(*) FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL";
        assert_eq!((recorded(&db).await?, number(&db, unfinished).await?), (2, 0));
        project.run(&["migrate", "status"]);
        assert!(project.fail(&resolve).contains("P3012"), "it is applied now");
        Ok(())
    }

    /// Where the script asks for no transaction, all of the document's words: P3018, P3009, resolved, clean.
    #[on(sqlite, postgres, postgres18)]
    async fn b30_without_a_transaction(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &[INIT, STEP_1]);
        let path = format!("prisma/migrations/{STEP_1}/migration.sql");
        let good = script(database.server(), STEP_1);
        let place = good.find("-- CreateTable").expect("a table");
        let (header, done, rest) = ("-- nicol:no-transaction\n", &good[..place], &good[place..]);
        project.write(&path, &format!("{header}{done}SELECT nonsense;\n{rest}"));
        let failed = project.fail(&["migrate", "deploy"]);
        assert!(failed.contains("P3018") && failed.contains(STEP_1), "{failed}");
        let again = project.fail(&["migrate", "deploy"]);
        assert!(again.contains("P3009") && again.contains(STEP_1), "{again}");
        assert!(project.fail(&["migrate", "status"]).contains(STEP_1));
        project.write(&path, &format!("{header}{rest}"));
        assert!(project.run(&["migrate", "resolve", "--rolled-back", STEP_1]).contains("is recorded as rolled back"));
        project.run(&["migrate", "deploy"]);
        project.run(&["migrate", "status"]);
        Ok(())
    }

    #[on(sqlite)]
    async fn r24_a_table_made_anew_keeps_every_row(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        let ann = crate::customer(&db, "ann").await?;
        account::preferences(&db, &ann.id).await?;
        engineo::session::sign_in(&db, &ann.id, Default::default(), jiff::Timestamp::now()).await?;
        account::log(&db, &ann.id, "profile_updated", serde_json::json!({})).await?;
        let step_2 = script("sqlite", ALL[3]);
        assert!(step_2.contains("-- RedefineTables") && step_2.contains("\"accountRole\" TEXT NOT NULL DEFAULT 'OWNER'"));
        project.edit_schema("  tokenInvalidBefore DateTime?\n", "  tokenInvalidBefore DateTime?\n  seats Int @default(1)\n");
        project.run(&["migrate", "dev", "--name", "seats"]);
        assert!(project.newest_script().contains("DROP TABLE \"User\""));
        let db = connect(database).await?;
        let rows = (db.user_preferences().count().await?, db.user_session().count().await?, db.user_account_audit_log().count().await?);
        assert_eq!(rows, (1, 1, 1));
        let descending = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%\"createdAt\" DESC)'";
        assert_eq!(number(&db, descending).await?, 10);
        // The log is still append-only.
        assert!(db.sql("DELETE FROM UserAccountAuditLog").execute().await.is_err());
        db.user().delete(user::by_id(&ann.id)).await?;
        assert_eq!(db.user_account_audit_log().count().await?, 0);
        Ok(())
    }

    /// Functions, triggers and rows are no drift; neither is a script that was edited before it was applied.
    async fn r07_edited_before_it_is_applied(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        old_user(&db, "a", "ADMIN").await?;
        project.edit_schema("model Project {", "model Note {\n  id   String @id\n  text String\n}\n\nmodel Project {");
        project.run(&["migrate", "dev", "--name", "notes", "--create-only"]);
        let name = project.migrations().pop().expect("the migration");
        let path = format!("prisma/migrations/{name}/migration.sql");
        let note = db.dialect().quote("Note");
        let insert = format!("INSERT INTO {note} VALUES ('n', 'made by the migration');\n");
        let trigger = match database.provider() {
            "postgresql" => "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept; for good'; END $$;\n\
                           CREATE TRIGGER keep BEFORE DELETE ON \"Note\" FOR EACH ROW EXECUTE FUNCTION keep();\n",
            "mysql" => "CREATE TRIGGER keep BEFORE DELETE ON Note FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'kept; for good';\n",
            _ => "CREATE TRIGGER keep BEFORE DELETE ON \"Note\" BEGIN SELECT RAISE(ABORT, 'kept; for good'); END;\n",
        };
        project.write(&path, &(project.read(&path) + &insert + trigger));
        project.run(&["migrate", "dev"]);
        assert_eq!(number(&db, &format!("SELECT COUNT(*) FROM {note}")).await?, 1);
        let refused = db.sql(format!("DELETE FROM {note}")).execute().await.unwrap_err();
        assert!(refused.message().contains("kept; for good"), "{refused}");
        let count = project.migrations().len();
        let said = project.run(&["migrate", "dev", "--name", "nothing"]);
        assert!(!said.to_lowercase().contains("drift"), "{said}");
        assert_eq!(project.migrations().len(), count, "{said}");
        project.run(&["migrate", "status"]);
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r26_values_come_and_go(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        project.edit_schema(ADDED.0, ADDED.1);
        project.run(&["migrate", "dev", "--name", "one"]);
        assert_eq!(project.newest_script(), "-- AlterEnum\nALTER TYPE \"SessionType\" ADD VALUE 'API_TOKEN';\n");
        project.edit_schema("  API_TOKEN\n", "  API_TOKEN\n  IMPERSONATION\n  DEVICE\n");
        project.run(&["migrate", "dev", "--name", "two"]);
        let two = project.newest_script();
        assert!(two.contains("PostgreSQL 11") && two.lines().filter(|line| line.starts_with("--")).count() == 6, "{two}");
        project.edit_schema("  DEVICE\n", "");
        project.run(&["migrate", "dev", "--name", "fewer", "--accept-data-loss"]);
        let fewer = project.newest_script();
        assert!(fewer.contains("BEGIN;\nCREATE TYPE \"SessionType_new\"") && fewer.contains("COMMIT;"), "{fewer}");
        Ok(())
    }

    #[on(postgres, postgres18)]
    async fn r26_a_new_value_in_its_own_transaction(_nothing: (), database: &Database) -> engineo::Result<()> {
        let project = Project::new(database, &ALL);
        project.run(&["migrate", "deploy"]);
        let db = connect(database).await?;
        old_user(&db, "a", "USER").await?;
        let sql = "ALTER TYPE \"SessionType\" ADD VALUE 'API_TOKEN';\n\
                   INSERT INTO \"UserSession\" (\"id\", \"userId\", \"sessionType\") VALUES ('s', 'a', 'API_TOKEN');\n";
        let name = "20300101000000_tokens";
        // In a transaction of the script's own the server refuses it.
        project.write(&format!("prisma/migrations/{name}/migration.sql"), &format!("BEGIN;\n{sql}COMMIT;\n"));
        let failed = project.fail(&["migrate", "deploy"]);
        assert!(failed.contains("P3018") && failed.contains(name) && failed.contains("API_TOKEN"), "{failed}");
        let marked = project.fail(&["migrate", "deploy"]);
        assert!(marked.contains("P3009") && marked.contains(name), "{marked}");
        project.run(&["migrate", "resolve", "--rolled-back", name]);
        // Where the script leaves that to nicol, it sees what the script needs and goes statement by statement.
        project.write(&format!("prisma/migrations/{name}/migration.sql"), sql);
        project.run(&["migrate", "deploy"]);
        assert_eq!(number(&db, "SELECT COUNT(*) FROM \"UserSession\" WHERE \"sessionType\" = 'API_TOKEN'").await?, 1);
        Ok(())
    }
}

/// The schema has a value more, and says so in one place only.
#[test]
fn the_later_client_is_that_of_the_changed_schema() {
    assert_eq!(read("postgres", "schema.prisma").matches(ADDED.0).count(), 1);
    let _: fn(&Db) -> _ = Db::user_session;
}
