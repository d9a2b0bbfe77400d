//! `lint`: what it claims of locks, rewrites and algorithms holds on real servers, and what it reads from them is true.

use std::path::Path;

use nicol_db::{Connection, Dialect};
use nicol_migrate::Directory;
use nicol_migrate::lint::effect::claim;
use nicol_migrate::lint::{LintOptions, Linted, Selection, lint_directory};

use crate::common::{Scratch, all, everywhere, fixture};

/// A file of claims: the tables, and statements with what is claimed of them.
fn claims(name: &str) -> (String, Vec<(String, String)>) {
    let text = fixture(&format!("lint/effects/{name}.sql"));
    let (tables, statements) = text.split_once("-- statements\n").unwrap();
    let pair = |line: &str| line.split_once(" --> ").map(|(sql, claim)| (sql.to_string(), claim.trim().to_string()));
    (tables.to_string(), statements.lines().map(|line| pair(line).unwrap_or_else(|| panic!("{line}"))).collect())
}

async fn text(conn: &mut Connection, sql: &str) -> String {
    let rows = conn.query(sql, &[]).await.unwrap();
    let lines = rows.iter().map(|row| row.get::<Option<String>>(0).unwrap().unwrap_or_default());
    lines.collect::<Vec<_>>().join(", ")
}

const LOCKS: &str = "
    SELECT r.relname || ': ' || upper(trim(regexp_replace(replace(m.mode, 'Lock', ''), '([A-Z])', ' \\1', 'g')))
      FROM (SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation') m
      JOIN before r ON r.oid = m.relation
     WHERE m.mode <> 'AccessShareLock'
     ORDER BY 1";

/// The strongest of several locks on a table, as `table: MODE, ..`.
fn strongest(locks: &str) -> String {
    const ORDER: [&str; 7] = [
        "ROW SHARE",
        "ROW EXCLUSIVE",
        "SHARE UPDATE EXCLUSIVE",
        "SHARE",
        "SHARE ROW EXCLUSIVE",
        "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    ];
    let mut by_table = std::collections::BTreeMap::new();
    for lock in locks.split(", ").filter(|lock| !lock.is_empty()) {
        let (table, mode) = lock.split_once(": ").unwrap();
        let strength = ORDER.iter().position(|known| *known == mode).unwrap_or_else(|| panic!("{mode}"));
        let held = by_table.entry(table.to_string()).or_insert(strength);
        *held = strength.max(*held);
    }
    let words = by_table.into_iter().map(|(table, strength)| format!("{table}: {}", ORDER[strength]));
    words.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn postgres_takes_the_locks_that_are_claimed() {
    everywhere(
        |dialect| dialect == Dialect::Postgres,
        |scratch| async move {
            let (tables, statements) = claims("postgresql");
            scratch.run(&tables).await;
            let mut wrong = Vec::new();
            for (statement, expected) in &statements {
                let mut conn = scratch.open().await;
                conn.run_script("SET TIME ZONE 'UTC'").await.unwrap();
                // Which tables there were, and where they were kept.
                conn.run_script(
                    "CREATE TEMPORARY TABLE before AS SELECT oid, relname, relfilenode FROM pg_class \
                     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
                )
                .await
                .unwrap();
                conn.begin(None).await.unwrap();
                if let Err(error) = conn.run_script(statement).await {
                    panic!("{statement}: {error}");
                }
                let mut found = strongest(&text(&mut conn, LOCKS).await);
                let moved = "SELECT before.relname::text FROM before JOIN pg_class USING (oid) \
                             WHERE before.relfilenode <> pg_class.relfilenode";
                // TRUNCATE begins new files, but writes no rows.
                if !text(&mut conn, moved).await.is_empty() && !statement.starts_with("TRUNCATE") {
                    found.push_str("; rewrite");
                }
                conn.rollback().await.unwrap();
                conn.close().await.unwrap();
                if found != *expected {
                    wrong.push(format!("{statement}\n  claimed {expected}\n  found   {found}"));
                }
            }
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            println!("{} statements", statements.len());
        },
    )
    .await;
}

/// What the server could be asked for, cheapest first.
const ALGORITHMS: [&str; 4] = [
    "ALGORITHM=INSTANT",
    "ALGORITHM=INPLACE, LOCK=NONE",
    "ALGORITHM=INPLACE, LOCK=SHARED",
    "ALGORITHM=COPY, LOCK=SHARED",
];

#[tokio::test]
async fn mysql_accepts_no_cheaper_algorithm_than_is_claimed() {
    everywhere(Dialect::is_mysql_family, |scratch| async move {
        let name = if scratch.dialect == Dialect::Mariadb { "mariadb" } else { "mysql" };
        let (tables, statements) = claims(name);
        let mut wrong = Vec::new();
        for (statement, expected) in &statements {
            let mut found = "nothing is accepted";
            // The claimed one, and the one before it, which is to be refused.
            let claimed = ALGORITHMS.iter().position(|algorithm| algorithm == expected).unwrap();
            for algorithm in &ALGORITHMS[claimed.saturating_sub(1)..=claimed] {
                let mut conn = scratch.open().await;
                conn.run_script(
                    "DROP TABLE IF EXISTS ch; DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS t2; DROP TABLE IF EXISTS p",
                )
                .await
                .unwrap();
                conn.run_script(&tables).await.unwrap();
                let is_accepted = conn.run_script(&format!("{statement}, {algorithm}")).await.is_ok();
                conn.close().await.unwrap();
                if is_accepted {
                    found = algorithm;
                    break;
                }
            }
            if found != expected {
                wrong.push(format!("{statement}\n  claimed {expected}\n  found   {found}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        println!("{} statements", statements.len());
    })
    .await;
}

#[test]
fn the_claims_are_those_of_the_linter() {
    let mut wrong = Vec::new();
    for (name, dialect) in [("postgresql", Dialect::Postgres), ("mysql", Dialect::Mysql), ("mariadb", Dialect::Mariadb)]
    {
        let (tables, statements) = claims(name);
        for (statement, expected) in statements {
            let found = claim(&tables, &statement, dialect);
            if found != expected {
                wrong.push(format!("{name}: {statement}\n  in the file {expected}\n  claimed     {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn lint(scratch: &Scratch, selection: Selection) -> Linted {
    let directory = Directory::read(&scratch.folder).unwrap();
    lint_directory(&directory, scratch.dialect, Some(&scratch.url), &selection, LintOptions::default()).await.unwrap()
}

fn codes(linted: &Linted) -> Vec<&str> {
    linted.findings.iter().map(|finding| finding.rule.code).collect()
}

#[tokio::test]
async fn a_live_database_says_what_is_pending_and_how_large_it_is() {
    everywhere(all, |scratch| async move {
        let quote = |name: &str| scratch.dialect.quote(name);
        let user = quote("User");
        scratch
            .run(&format!(
                "CREATE TABLE {user} (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NULL); \
                 INSERT INTO {user} (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c');"
            ))
            .await;
        if scratch.dialect == Dialect::Postgres {
            scratch.run(&format!("ANALYZE {user}")).await;
        }
        scratch.write("1_drop", &format!("DROP TABLE {user};\n"));
        scratch
            .write("2_new", &format!("CREATE TABLE {0} (id INTEGER NOT NULL PRIMARY KEY, a INTEGER);\n", quote("New")));
        scratch.write("3_index", &format!("CREATE UNIQUE INDEX i ON {0} (a);\n", quote("New")));
        let linted = lint(&scratch, Selection::Pending).await;
        assert_eq!(linted.migrations, ["1_drop", "2_new", "3_index"]);
        // What a pending migration makes is empty when the next one meets it.
        assert_eq!(codes(&linted), ["NL301"], "{:?}", linted.findings);
        assert!(linted.server.is_some_and(|server| server.starts_with(scratch.dialect.product_name())));
        scratch.remove("1_drop");
        scratch.remove("2_new");
        scratch.remove("3_index");
        let statement = match scratch.dialect {
            Dialect::Mysql | Dialect::Mariadb => format!("ALTER TABLE {user} MODIFY name TEXT NULL;\n"),
            Dialect::Sqlite => format!("DELETE FROM {user};\n"),
            Dialect::Postgres | Dialect::Cockroachdb => format!(
                "ALTER TABLE {user} ALTER COLUMN name TYPE VARCHAR(50);\n\
                ALTER TABLE {user} ALTER COLUMN name TYPE INTEGER USING name::integer;\n"
            ),
        };
        scratch.write("4_change", &statement);
        let linted = lint(&scratch, Selection::Pending).await;
        let cost = linted.findings.iter().find_map(|finding| finding.cost.as_ref());
        match scratch.dialect {
            Dialect::Sqlite => assert_eq!(codes(&linted), ["NL305"]),
            Dialect::Mysql | Dialect::Mariadb => {
                assert_eq!(codes(&linted), ["NL216"]);
                assert!(cost.is_some_and(|cost| cost.bytes.is_some_and(|bytes| bytes > 0)), "{cost:?}");
            }
            Dialect::Postgres | Dialect::Cockroachdb => {
                // The type is known from the database: growing a VARCHAR costs nothing.
                assert_eq!(codes(&linted), ["NL211", "NL308"], "{:?}", linted.findings);
                assert_eq!(cost.and_then(|cost| cost.rows), Some(3));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_index_whose_building_failed_is_found() {
    everywhere(
        |dialect| dialect == Dialect::Postgres,
        |scratch| async move {
            scratch.run("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (1)").await;
            let mut conn = scratch.open().await;
            conn.run_script("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)").await.unwrap_err();
            conn.close().await.unwrap();
            scratch.write(
                "1_again",
                "-- nicol:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS broken ON t (a);\n",
            );
            let linted = lint(&scratch, Selection::Pending).await;
            let found = codes(&linted);
            assert_eq!(found.iter().filter(|code| **code == "NL110").count(), 2, "{:?}", linted.findings);
            // The advice works once the rows are right.
            let rewrite = linted.findings.iter().filter_map(|finding| finding.rewrite.as_deref()).next_back().unwrap();
            scratch.run("DELETE FROM t").await;
            let mut conn = scratch.open().await;
            for statement in nicol_db::script::split(rewrite, scratch.dialect) {
                conn.run_script(statement.text).await.unwrap();
            }
            conn.close().await.unwrap();
            scratch.remove("1_again");
            assert!(codes(&lint(&scratch, Selection::Pending).await).is_empty());
        },
    )
    .await;
}

/// Every example of the rules: its script and what is advised instead, on the tables it is about.
#[tokio::test]
async fn advised_statements_run_on_real_servers() {
    everywhere(all, |scratch| async move {
        let dialect = scratch.dialect;
        let database =
            if dialect.is_mysql_family() { "mysql".to_string() } else { dialect.product_name().to_lowercase() };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lint/codes");
        let mut ran = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if !text.contains(&format!("-- database: {database}\n")) {
                continue;
            }
            let before = section(&text, "before");
            let entries = [("1_before", before.clone()), ("2_script", section(&text, "script"))];
            let only = Selection::Names(vec!["2_script".to_string()]);
            let options = LintOptions { pedantic: true, ..LintOptions::default() };
            let folder = Directory::from_entries(entries);
            let linted = lint_directory(&folder, dialect, None, &only, options).await.unwrap();
            for rewrite in linted.findings.iter().filter_map(|finding| finding.rewrite.as_deref()) {
                clear(&scratch).await;
                scratch.run(&before).await;
                let mut conn = scratch.open().await;
                for statement in nicol_db::script::split(rewrite, dialect) {
                    if let Err(error) = conn.run_script(statement.text).await {
                        panic!("{}: {rewrite}\n{error}", path.display());
                    }
                }
                conn.close().await.unwrap();
                ran += 1;
            }
        }
        clear(&scratch).await;
        println!("{ran} rewrites ran on {}", dialect.product_name());
        assert!(ran > 0);
    })
    .await;
}

/// The text of a part of an example.
fn section(text: &str, name: &str) -> String {
    let start = text.split_once(&format!("-- {name}:\n")).map_or("", |(_, rest)| rest);
    let ends = ["-- before:\n", "-- script:\n", "-- instead:\n"].iter().filter_map(|mark| start.find(mark)).min();
    start[..ends.unwrap_or(start.len())].to_string()
}

/// Removes every table and type, so that the next example begins with nothing.
async fn clear(scratch: &Scratch) {
    match scratch.dialect {
        Dialect::Postgres | Dialect::Cockroachdb => {
            scratch.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let tables =
                scratch.rows("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()").await;
            let drops: String =
                tables.iter().map(|row| format!("DROP TABLE {};", scratch.dialect.quote(&row[0]))).collect();
            scratch.run(&format!("SET foreign_key_checks = 0; {drops} SET foreign_key_checks = 1")).await;
        }
        Dialect::Sqlite => {
            let tables =
                scratch.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").await;
            let drops: String =
                tables.iter().map(|row| format!("DROP TABLE {};", scratch.dialect.quote(&row[0]))).collect();
            scratch.run(&format!("PRAGMA foreign_keys=OFF; {drops}")).await;
        }
    }
}
