//! Deployments on live databases.

use crate::common::{Scratch, all, everywhere};
use nicol_db::Dialect;
use nicol_migrate::checksum::checksum;
use nicol_migrate::error::code;
use nicol_migrate::event::Stepwise;
use nicol_migrate::status::Verdict;
use nicol_migrate::{DeployOptions, Deployed, Directory, Error, Event, Silent, deploy, status};
use nicol_migrate::{LockOptions, Resolution, resolve};

const A: &str = "-- CreateTable\nCREATE TABLE a (\n    id INTEGER NOT NULL PRIMARY KEY,\n    x INTEGER\n);\n";
const B: &str =
    "-- CreateTable\nCREATE TABLE b (\n    id INTEGER NOT NULL PRIMARY KEY\n);\n\nINSERT INTO a (id) VALUES (1);\n";

async fn run(scratch: &Scratch) -> Result<Deployed, Error> {
    let directory = Directory::read(&scratch.folder)?;
    deploy(&scratch.url, &directory, DeployOptions::default(), &mut Silent).await
}

async fn code_of(scratch: &Scratch) -> &'static str {
    let error = run(scratch).await.unwrap_err();
    assert!(error.help().is_some(), "{error}");
    error.code()
}

fn is_transactional(scratch: &Scratch) -> bool {
    matches!(scratch.dialect, Dialect::Sqlite | Dialect::Postgres)
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_is_once_and_rows_look_like_prismas() {
    everywhere(all, |db| async move {
        db.write("20240101000000_a", A);
        db.write("20240102000000_b", B);
        let first = run(&db).await.unwrap();
        assert_eq!(first.applied, ["20240101000000_a", "20240102000000_b"]);
        let second = run(&db).await.unwrap();
        assert_eq!((second.applied.len(), second.found), (0, 2));
        assert_eq!(db.row("SELECT count(*) FROM a").await, ["1"]);
        let rows = db
            .rows(
                "SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, id, finished_at \
                   FROM _prisma_migrations ORDER BY started_at, migration_name",
            )
            .await;
        for (row, (name, script)) in rows.iter().zip([("20240101000000_a", A), ("20240102000000_b", B)]) {
            assert_eq!(row[..5], [name, &checksum(script), "-", "-", "1"].map(String::from));
            assert_eq!(row[5].len(), 36);
            assert_ne!(row[6], "-");
        }
        assert_eq!(rows.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_apply_everything_once() {
    everywhere(all, |db| async move {
        for n in 0..6 {
            db.write(
                &format!("2024010100000{n}_t"),
                &format!("CREATE TABLE t{n} (id INTEGER);\nINSERT INTO t{n} VALUES ({n});\n"),
            );
        }
        let directory = Directory::read(&db.folder).unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (url, directory) = (db.url.clone(), directory.clone());
                tokio::spawn(async move { deploy(&url, &directory, DeployOptions::default(), &mut Silent).await })
            })
            .collect();
        let mut applied = 0;
        for task in tasks {
            applied += task.await.unwrap().unwrap().applied.len();
        }
        assert_eq!(applied, 6);
        for n in 0..6 {
            assert_eq!(db.row(&format!("SELECT count(*) FROM t{n}")).await, ["1"]);
        }
        assert_eq!(db.row("SELECT count(*), count(finished_at) FROM _prisma_migrations").await, ["6", "6"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_statement_leaves_nothing_where_the_database_can() {
    everywhere(all, |db| async move {
        db.write("1_a", A);
        db.write("2_b", "CREATE TABLE b (id INTEGER);\n\n-- broken\nINSERT INTO nowhere VALUES (1);\n");
        let error = run(&db).await.unwrap_err();
        assert_eq!((error.code(), error.migration()), ("P3018", Some("2_b")), "{error}");
        assert!(error.database_code().is_some(), "{error:?}");
        assert!(db.has_table("a").await);
        if is_transactional(&db) {
            assert!(!db.has_table("b").await);
            assert_eq!(db.row("SELECT count(*) FROM _prisma_migrations").await, ["1"]);
        } else {
            assert!(db.has_table("b").await);
            assert!(error.message().contains("statement 2 of 2 (line 4)"), "{error}");
            let row = db.row("SELECT finished_at, logs FROM _prisma_migrations WHERE migration_name = '2_b'").await;
            assert_eq!(row[0], "-");
            assert!(row[1].contains("nowhere"), "{row:?}");
            assert_eq!(code_of(&db).await, "P3009");
            db.run(
                "DROP TABLE b; UPDATE _prisma_migrations SET rolled_back_at = started_at WHERE migration_name = '2_b'",
            )
            .await;
        }
        db.write("2_b", B);
        assert_eq!(run(&db).await.unwrap().applied, ["2_b"]);
        let verdict = status(&db.url, &Directory::read(&db.folder).unwrap(), None).await.unwrap().verdict();
        assert_eq!(verdict, Verdict::UpToDate);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused() {
    everywhere(all, |db| async move {
        db.write("1_a", A);
        db.write("3_c", "CREATE TABLE c (id INTEGER);");
        run(&db).await.unwrap();

        db.write("1_a", &format!("{A}-- changed\n"));
        assert_eq!(code_of(&db).await, code::EDITED);
        db.write("1_a", &A.replace('\n', "\r\n"));
        assert!(run(&db).await.unwrap().applied.is_empty());

        db.write("2_b", "CREATE TABLE b (id INTEGER);");
        assert_eq!(code_of(&db).await, code::OUT_OF_ORDER);
        let directory = Directory::read(&db.folder).unwrap();
        let allowed = DeployOptions { allow_out_of_order: true, ..DeployOptions::default() };
        assert_eq!(deploy(&db.url, &directory, allowed, &mut Silent).await.unwrap().applied, ["2_b"]);

        db.remove("3_c");
        assert_eq!(code_of(&db).await, code::MISSING);
        db.remove("2_b");
        db.remove("1_a");
        assert_eq!(code_of(&db).await, code::FOLDER_EMPTY);
        std::fs::remove_dir(&db.folder).unwrap();
        assert_eq!(code_of(&db).await, code::FOLDER_ABSENT);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_with_tables_need_a_baseline() {
    everywhere(all, |db| async move {
        assert_eq!(run(&db).await.unwrap().found, 0);
        db.run("CREATE TABLE mine (id INTEGER)").await;
        db.write("1_a", A);
        assert_eq!(code_of(&db).await, "P3005");
        assert!(!db.has_table("_prisma_migrations").await);
        let found = status(&db.url, &Directory::read(&db.folder).unwrap(), None).await.unwrap();
        assert_eq!(found.verdict(), Verdict::Unmanaged);
        db.run("DROP TABLE mine").await;
        std::fs::write(db.folder.join("migration_lock.toml"), "provider = \"sqlserver\"\n").unwrap();
        assert_eq!(code_of(&db).await, "P3019");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_database_is_created_when_that_is_asked_for() {
    everywhere(all, |db| async move {
        db.write("1_a", A);
        let name = if db.dialect == Dialect::Sqlite {
            format!("{}.none", db.url.database())
        } else {
            format!("{}_none", db.url.database())
        };
        let url = db.url.with_database(&name);
        let create = DeployOptions { create_database: true, ..DeployOptions::default() };
        // There would be nothing in it.
        let error =
            deploy(&url, &Directory::from_entries::<String, String>([]), create, &mut Silent).await.unwrap_err();
        assert_eq!(error.code(), "P1003", "{error}");
        let directory = Directory::read(&db.folder).unwrap();
        let error = deploy(&url, &directory, DeployOptions::default(), &mut Silent).await.unwrap_err();
        assert_eq!(error.code(), "P1003", "{error}");
        assert!(error.to_string().ends_with(&format!("\nhelp: {}", error.help().unwrap())), "{error}");
        for is_first in [true, false] {
            let deployed = deploy(&url, &directory, create, &mut Silent).await.unwrap();
            assert_eq!((deployed.database_created, deployed.applied.len()), (is_first, usize::from(is_first)));
        }
        nicol_db::admin::drop_database(&url).await.unwrap();
    })
    .await;
}

fn sqlite(dialect: Dialect) -> bool {
    dialect == Dialect::Sqlite
}

fn postgres(dialect: Dialect) -> bool {
    dialect == Dialect::Postgres
}

fn mysql(dialect: Dialect) -> bool {
    dialect.is_mysql_family()
}

const FAMILY: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY, x TEXT);\n\
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);\n\
    INSERT INTO parent VALUES (1, 'a');\nINSERT INTO child VALUES (1, 1);\n";

const REDEFINE: &str = "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\n\
    CREATE TABLE \"new_parent\" (id INTEGER PRIMARY KEY);\n\
    INSERT INTO \"new_parent\" (id) SELECT id FROM parent;\n\
    DROP TABLE parent;\nALTER TABLE \"new_parent\" RENAME TO \"parent\";\n\
    PRAGMA foreign_key_check;\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n";

#[tokio::test]
async fn redefining_a_parent_keeps_its_children() {
    everywhere(sqlite, |db| async move {
        db.write("1_a", FAMILY);
        db.write("2_b", REDEFINE);
        run(&db).await.unwrap();
        assert_eq!(db.row("SELECT count(*) FROM child").await, ["1"]);

        // Without the switch rows cascade as they always do.
        db.write("3_c", "DELETE FROM parent;\nINSERT INTO parent VALUES (2);\nINSERT INTO child VALUES (2, 2);\n");
        run(&db).await.unwrap();
        assert_eq!(db.row("SELECT group_concat(id) FROM child").await, ["2"]);

        db.write("4_d", "PRAGMA foreign_keys=OFF;\nDELETE FROM parent;\nPRAGMA foreign_keys=ON;\n");
        assert_eq!(code_of(&db).await, code::FOREIGN_KEYS);
        assert_eq!(db.row("SELECT count(*) FROM parent").await, ["1"]);
        db.write(
            "4_d",
            "BEGIN;\nCREATE TABLE e (id INTEGER);\nCOMMIT;\nBEGIN;\nINSERT INTO nowhere VALUES (1);\nCOMMIT;\n",
        );
        assert_eq!(code_of(&db).await, "P3018");
        assert!(!db.has_table("e").await);
        db.write("4_d", "VACUUM;\nCREATE TABLE e (id INTEGER);\n");
        assert_eq!(run(&db).await.unwrap().applied, ["4_d"]);
    })
    .await;
}

/// How each migration was run.
async fn modes(db: &Scratch) -> Vec<Option<Stepwise>> {
    let mut modes = Vec::new();
    let directory = Directory::read(&db.folder).unwrap();
    let mut watch = |event: Event| {
        if let Event::Applying { stepwise, .. } = event {
            modes.push(stepwise);
        }
    };
    deploy(&db.url, &directory, DeployOptions::default(), &mut watch).await.unwrap();
    modes
}

#[tokio::test]
async fn scripts_with_transactions_of_their_own() {
    everywhere(postgres, |db| async move {
        db.write("1_a", "CREATE TYPE \"E\" AS ENUM ('A', 'B');\nCREATE TABLE t (id INTEGER, e \"E\");\n");
        db.write(
            "2_b",
            "-- AlterEnum\nBEGIN;\nCREATE TYPE \"E_new\" AS ENUM ('A');\n\
             ALTER TABLE t ALTER COLUMN e TYPE \"E_new\" USING (e::text::\"E_new\");\n\
             ALTER TYPE \"E\" RENAME TO \"E_old\";\nALTER TYPE \"E_new\" RENAME TO \"E\";\nDROP TYPE \"E_old\";\nCOMMIT;\n\n\
             -- CreateTable\nCREATE TABLE u (id INTEGER);\n",
        );
        db.write("3_c", "BEGIN;\nALTER TYPE \"E\" ADD VALUE 'C';\nCOMMIT;\nINSERT INTO t VALUES (1, 'C');\n");
        db.write(
            "3_d",
            "BEGIN;\nSET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nCREATE TABLE s (id INTEGER);\nCOMMIT;\n",
        );
        db.write("4_d", "CREATE INDEX CONCURRENTLY i ON t(id);\nCREATE TABLE v (id INTEGER);\n");
        db.write("5_e", "-- nicol:no-transaction\nALTER TYPE \"E\" ADD VALUE 'D';\nINSERT INTO t VALUES (2, 'D');\n");
        // As dumps begin.
        db.write("6_f", "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.w (id INTEGER);\n");
        db.write("7_g", "CREATE TABLE x (id INTEGER);\nDO $$ BEGIN PERFORM 1; END $$;\n");
        db.write("7_h", "ALTER TYPE \"E\" ADD VALUE 'F';\nALTER TABLE t ALTER COLUMN e SET DEFAULT 'F';\n");
        let own = Some(Stepwise::OwnTransactions);
        let (alone, value) = (Some(Stepwise::Statement), Some(Stepwise::EnumValue));
        let expected = [None, None, own, own, alone, Some(Stepwise::Asked), None, None, value];
        assert_eq!(modes(&db).await, expected);
        assert_eq!(db.row("SELECT count(*) FROM t").await, ["2"]);
        let rows = "SELECT count(*) FROM _prisma_migrations WHERE applied_steps_count = 1 AND logs IS NULL AND finished_at IS NOT NULL";
        assert_eq!(db.row(rows).await, ["9"]);

        // The text of a row becomes the new value: only the server sees it.
        db.run("CREATE TABLE texts (v TEXT); INSERT INTO texts VALUES ('G')").await;
        let hidden = "ALTER TYPE \"E\" ADD VALUE 'G';\nALTER TABLE texts ALTER COLUMN v TYPE \"E\" USING v::\"E\";\n";
        db.write("7_i", hidden);
        let error = run(&db).await.unwrap_err();
        assert!(error.help().unwrap().contains("-- nicol:no-transaction"), "{error}");
        db.write("7_i", &format!("-- nicol:no-transaction\n{hidden}"));
        run(&db).await.unwrap();

        db.write("8_h", "CREATE TABLE y (id INTEGER);\nBEGIN;\nCREATE TABLE nowhere.z (id INTEGER);\nCOMMIT;\n");
        assert_eq!(code_of(&db).await, "P3018");
        assert!(!db.has_table("y").await);
    })
    .await;
}

/// Leaves the history as a killed run would: `steps` statements recorded, no end.
async fn interrupt(db: &Scratch, name: &str, script: &str, steps: usize) {
    db.run(&format!(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, applied_steps_count) \
         VALUES ('{name}', '{}', '{name}', 'nicol: running statement by statement', {steps})",
        checksum(script)
    ))
    .await;
}

#[tokio::test]
async fn a_killed_run_is_gone_on_with() {
    everywhere(mysql, |db| async move {
        db.write("1_a", A);
        run(&db).await.unwrap();
        let script = "CREATE TABLE b (id INTEGER);\nCREATE INDEX i ON a(x);\nINSERT INTO a (id) VALUES (7);\n\
                      ALTER TABLE b ADD COLUMN y INTEGER;\n";
        // How far the run came, what of the statement in flight had happened, and what was left.
        let cases = [
            (0, ""),
            (0, "CREATE TABLE b (id INTEGER);"),
            (1, "CREATE TABLE b (id INTEGER);"),
            (1, "CREATE TABLE b (id INTEGER); CREATE INDEX i ON a(x);"),
            (2, "CREATE TABLE b (id INTEGER); CREATE INDEX i ON a(x);"),
            (3, "CREATE TABLE b (id INTEGER); CREATE INDEX i ON a(x); INSERT INTO a (id) VALUES (7);"),
            (3, "CREATE TABLE b (id INTEGER, y INTEGER); CREATE INDEX i ON a(x); INSERT INTO a (id) VALUES (7);"),
        ];
        for (n, (steps, before)) in cases.into_iter().enumerate() {
            let name = format!("2_{n}");
            db.write(&name, script);
            if !before.is_empty() {
                db.run(before).await;
            }
            interrupt(&db, &name, script, steps).await;
            assert_eq!(run(&db).await.unwrap().applied, [name.as_str()], "case {n}");
            assert_eq!(db.row("SELECT count(*) FROM a").await, ["1"], "case {n}");
            db.run("DELETE FROM a; DROP TABLE b; DROP INDEX i ON a;").await;
            let row = format!("SELECT applied_steps_count, logs FROM _prisma_migrations WHERE id = '{name}'");
            assert_eq!(db.row(&row).await, ["1", "-"]);
        }
        // A transaction of the script's own counts as one step: all of it, or none.
        let script = "START TRANSACTION;\nINSERT INTO a (id) VALUES (1);\nINSERT INTO a (id) VALUES (2);\nCOMMIT;\n\
                      CREATE TABLE d (id INTEGER);\n";
        for (name, steps, before) in [("3_a", 0, ""), ("3_b", 4, "INSERT INTO a (id) VALUES (1), (2);")] {
            db.write(name, script);
            if !before.is_empty() {
                db.run(before).await;
            }
            interrupt(&db, name, script, steps).await;
            assert_eq!(run(&db).await.unwrap().applied, [name]);
            assert_eq!(db.row("SELECT count(*) FROM a").await, ["2"]);
            db.run("DELETE FROM a; DROP TABLE d;").await;
        }
        db.write("3_x", &format!("{script}INSERT INTO nowhere VALUES (1);\n"));
        assert_eq!(code_of(&db).await, "P3018");
        assert_eq!(
            db.row("SELECT applied_steps_count FROM _prisma_migrations WHERE migration_name = '3_x'").await,
            ["5"]
        );
        db.run("UPDATE _prisma_migrations SET rolled_back_at = started_at WHERE migration_name = '3_x'").await;
        db.remove("3_x");

        // What nobody can see is asked about.
        let script = "CREATE PROCEDURE fill() INSERT INTO a (id) VALUES (9);\nCALL fill();\n";
        db.write("3_y", script);
        db.run("CREATE PROCEDURE fill() INSERT INTO a (id) VALUES (9);").await;
        interrupt(&db, "3_y", script, 1).await;
        let error = run(&db).await.unwrap_err();
        assert_eq!(error.code(), code::INTERRUPTED);
        assert!(
            error.message().contains("statement 2 of 2 (line 2)") && error.message().contains("CALL fill()"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_of_the_lock_is_named() {
    everywhere(all, |db| async move {
        if db.dialect == Dialect::Cockroachdb {
            return;
        }
        db.write("1_a", A);
        let mut holder = db.open().await;
        match db.dialect {
            Dialect::Sqlite => holder.run_script("BEGIN IMMEDIATE").await.unwrap(),
            Dialect::Postgres | Dialect::Cockroachdb => {
                drop(holder.query("SELECT pg_advisory_lock(72707369)", &[]).await.unwrap());
            }
            Dialect::Mysql | Dialect::Mariadb => {
                drop(holder.query("SELECT GET_LOCK('prisma_migrate', 600)", &[]).await.unwrap());
            }
        }
        let directory = Directory::read(&db.folder).unwrap();
        let mut options = DeployOptions::default();
        options.lock.wait = std::time::Duration::from_millis(300);
        let mut waits = Vec::new();
        let mut watch = |event: Event| waits.push(event);
        let error = deploy(&db.url, &directory, options, &mut watch).await.unwrap_err();
        assert_eq!(error.code(), "P1002", "{error}");
        let Some(Event::WaitingForLock { holder: named, .. }) = waits.first() else { panic!("{waits:?}") };
        assert_eq!(named.is_some(), db.dialect != Dialect::Sqlite, "{waits:?}");
        holder.close().await.unwrap();
        assert_eq!(run(&db).await.unwrap().applied, ["1_a"]);
    })
    .await;
}

/// A script whose second statement fails for the rows there are, one whose statement leaves no trace of its own, and what
/// puts the rows right.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_failed_is_tried_again() {
    everywhere(all, |db| async move {
        let mark = if mysql(db.dialect) { "" } else { "-- nicol:no-transaction\n" };
        db.write("1_a", A);
        run(&db).await.unwrap();
        db.run("INSERT INTO a (id, x) VALUES (1, 5), (2, 5)").await;
        let script =
            format!("{mark}CREATE TABLE b (id INTEGER);\nCREATE UNIQUE INDEX u ON a(x);\nINSERT INTO b VALUES (1);\n");
        db.write("2_b", &script);
        let error = run(&db).await.unwrap_err();
        assert_eq!(error.code(), "P3018", "{error}");
        assert!(error.help().unwrap().contains("--retry 2_b"), "{error}");
        assert!(run(&db).await.unwrap_err().help().unwrap().contains("--retry"));

        // Not with another script, and not while the rows are as they were.
        db.write("2_b", &script.replace("VALUES (1)", "VALUES (2)"));
        assert_eq!(say(&db, "2_b", Resolution::Retry).await.unwrap_err().code(), code::RETRY);
        db.write("2_b", &script);
        say(&db, "2_b", Resolution::Retry).await.unwrap();
        assert_eq!(code_of(&db).await, "P3018");

        db.run("UPDATE a SET x = id").await;
        say(&db, "2_b", Resolution::Retry).await.unwrap();
        assert_eq!(run(&db).await.unwrap().applied, ["2_b"]);
        assert_eq!(db.row("SELECT count(*) FROM b").await, ["1"]);
        let row = "SELECT applied_steps_count, logs FROM _prisma_migrations WHERE migration_name = '2_b'";
        assert_eq!(db.row(row).await, ["1", "-"]);
        assert_eq!(say(&db, "2_b", Resolution::Retry).await.unwrap_err().code(), "P3012");
        assert_eq!(say(&db, "9_z", Resolution::Retry).await.unwrap_err().code(), "P3017");

        // What the statement would make is in its way: the failure is not taken for its success.
        db.run("CREATE TABLE c (other INTEGER)").await;
        db.write("3_c", &format!("{mark}CREATE TABLE c (id INTEGER);\nCREATE TABLE d (id INTEGER);\n"));
        assert_eq!(code_of(&db).await, "P3018");
        say(&db, "3_c", Resolution::Retry).await.unwrap();
        assert_eq!(code_of(&db).await, "P3018");
        db.run("DROP TABLE c").await;
        say(&db, "3_c", Resolution::Retry).await.unwrap();
        assert_eq!(run(&db).await.unwrap().applied, ["3_c"]);
        db.run("INSERT INTO c (id) VALUES (1)").await;

        // A failure of another tool: nobody knows how far it came.
        db.write("4_d", A);
        db.run(&format!(
            "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, applied_steps_count) \
             VALUES ('x', '{}', '4_d', 'Database error', 0)",
            checksum(A)
        ))
        .await;
        assert_eq!(say(&db, "4_d", Resolution::Retry).await.unwrap_err().code(), code::RETRY);
    })
    .await;
}

async fn say(db: &Scratch, name: &str, resolution: Resolution) -> Result<bool, Error> {
    let directory = Directory::read(&db.folder)?;
    resolve(&db.url, &directory, name, resolution, LockOptions::default(), &mut Silent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn resolving() {
    everywhere(all, |db| async move {
        // A database older than its history.
        db.run("CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, x INTEGER)").await;
        db.write("1_a", A);
        db.write("2_b", B);
        assert_eq!(code_of(&db).await, "P3005");
        assert_eq!(say(&db, "9_z", Resolution::Applied).await.unwrap_err().code(), "P3017");
        assert_eq!(say(&db, "9_z", Resolution::RolledBack).await.unwrap_err().code(), "P3011");
        assert!(!say(&db, "1_a", Resolution::RolledBack).await.unwrap(), "nothing of it is recorded");
        assert!(say(&db, "1_a", Resolution::Applied).await.unwrap());
        let row = db.row("SELECT applied_steps_count, logs, rolled_back_at, checksum FROM _prisma_migrations").await;
        assert_eq!(row, ["0", "", "-", &checksum(A)].map(String::from));
        assert_eq!(say(&db, "1_a", Resolution::Applied).await.unwrap_err().code(), "P3008");
        assert_eq!(say(&db, "1_a", Resolution::RolledBack).await.unwrap_err().code(), "P3012");
        assert_eq!(run(&db).await.unwrap().applied, ["2_b"]);

        // A failed migration of any tool.
        db.write("3_c", "CREATE TABLE c (id INTEGER);\n");
        db.run(
            "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('x', 'y', '3_c', 'broken')",
        )
        .await;
        assert_eq!(code_of(&db).await, "P3009");
        assert!(say(&db, "3_c", Resolution::RolledBack).await.unwrap());
        assert!(!say(&db, "3_c", Resolution::RolledBack).await.unwrap(), "once more says nothing new");
        assert_eq!(run(&db).await.unwrap().applied, ["3_c"]);
        let rows = "SELECT count(*), count(finished_at), count(rolled_back_at) FROM _prisma_migrations";
        assert_eq!(db.row(rows).await, ["4", "3", "1"]);
    })
    .await;
}
