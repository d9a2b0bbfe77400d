//! Scripts on real servers: they run, and reading the database afterwards gives the schema's catalog.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{script_between, shared};
use nicol_catalog::{Catalog, diff, from_schema, introspect, plan, summary};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};
use nicol_schema::Source;

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

/// Valid schemas that no server takes, or not as they are written.
const IMPOSSIBLE: &[&str] = &[
    "blocks/duplicate_model_case_differs-sl",
    "maps/case_only_difference-sl",
    "uniques/reserved_map_sqlite_prefix",
    // PostgreSQL cuts the names.
    "maps/very_long_table-pg",
    "evolution/postgresql/long_names_multibyte/to",
    // MySQL's information schema knows no characters outside the basic plane.
    "defaults/string_escapes-my",
    // MariaDB keeps SET DEFAULT as NO ACTION, and cuts an index on JSON.
    "actions/all_required-my",
    "actions/set_default_without_default-my",
    "indexes/json-my",
];

/// Every schema of the conformance data that a provider speaks.
fn schemas(shared: &Path, provider: &str) -> Vec<(String, Catalog)> {
    let mut paths: Vec<PathBuf> = folders(&shared.join("real")).iter().map(|case| case.join("schema")).collect();
    for case in folders(&shared.join("evolution")).iter().flat_map(|provider| folders(provider)) {
        paths.extend([case.join("from.prisma"), case.join("to.prisma")]);
    }
    for group in folders(&shared.join("synthetic")) {
        let files = fs::read_dir(&group).unwrap().map(|entry| entry.unwrap().path());
        paths.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "prisma")));
    }
    let mut found = Vec::new();
    for path in paths {
        // Written for the validator to refuse.
        if fs::read_to_string(path.with_extension("expected.json")).is_ok_and(|text| !text.contains("\"valid\": true"))
        {
            continue;
        }
        if IMPOSSIBLE.iter().any(|name| path.with_extension("").ends_with(name)) {
            continue;
        }
        let is_case = path.to_string_lossy().contains(".formatted.");
        let sources = if is_case { continue } else { common::sources(&path) };
        let Ok(schema) = common::schema(&sources) else { continue };
        let Some(of) = schema.provider() else { continue };
        if of.as_str() == provider && !schema.models.is_empty() {
            let dialect = nicol_catalog::dialect_of(of).unwrap();
            found.push((path.display().to_string(), nicol_catalog::from_schema(&schema, dialect)));
        }
    }
    found
}

/// Runs a script and compares what the server then holds.
async fn apply_and_compare(connection: &mut Connection, from: &Catalog, to: &Catalog) -> Result<(), String> {
    let script = script_between(from, to);
    connection.run_script(&script).await.map_err(|error| format!("refused: {error}\n{script}"))?;
    let live = introspect(connection, &[]).await.map_err(|error| format!("introspection: {error}"))?;
    let rest = diff(&live, to);
    if plan(&rest).is_empty() { Ok(()) } else { Err(format!("{}\n{script}", summary(&rest))) }
}

fn report(set: &str, all: usize, failures: &[String]) {
    println!("{set}: {}/{all}", all - failures.len());
    if let Ok(path) = std::env::var("NICOL_CONFORMANCE_REPORT") {
        fs::write(format!("{path}/{set}.txt"), failures.join("\n\n")).unwrap();
    }
}

#[tokio::test]
async fn sqlite_schemas_come_back_as_they_went() {
    let Some(shared) = shared() else { return };
    let cases = schemas(&shared, "sqlite");
    let mut failures = Vec::new();
    for (name, to) in &cases {
        let mut connection = Connection::open_in_memory().await.unwrap();
        if let Err(message) = apply_and_compare(&mut connection, &Catalog::empty(to.dialect), to).await {
            failures.push(format!("{name}: {message}"));
        }
    }
    report("live-sqlite", cases.len(), &failures);
    assert!(failures.is_empty(), "{} schemas differ", failures.len());
}

/// A database of its own on a server; none, with a printed line, when no server is named.
async fn own_database(variable: &str, name: &str) -> Option<(ConnectionUrl, Connection)> {
    let Ok(url) = std::env::var(variable) else {
        println!("skipped: {variable} is not set");
        return None;
    };
    let url =
        ConnectionUrl::parse(&url).unwrap().with_database(&format!("nicol_catalog_{name}_{}", std::process::id()));
    admin::drop_database(&url).await.ok();
    admin::create_database(&url).await.unwrap();
    let connection = Connection::open(&url).await.unwrap();
    Some((url, connection))
}

const CLEAR_POSTGRES: &str = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; \
DROP SCHEMA IF EXISTS one CASCADE; DROP SCHEMA IF EXISTS two CASCADE; DROP SCHEMA IF EXISTS extra CASCADE;";

/// Every schema of a catalog that is not the connection's own.
fn namespaces(catalogs: &[&Catalog]) -> Vec<String> {
    let mut all: Vec<String> = catalogs.iter().flat_map(|catalog| catalog.namespaces.clone()).collect();
    all.sort();
    all.dedup();
    if all == ["public"] { Vec::new() } else { all }
}

async fn postgres_round_trips(variable: &str, name: &str) {
    let Some(shared) = shared() else { return };
    let Some((url, mut connection)) = own_database(variable, name).await else {
        return;
    };
    // Durability is not what is tested.
    connection.run_script("SET synchronous_commit = off; SET client_min_messages = error").await.unwrap();
    let cases = schemas(&shared, "postgresql");
    let mut failures = Vec::new();
    let mut refused = 0;
    let mut seen = std::collections::HashSet::new();
    for (case, to) in &cases {
        connection.run_script(CLEAR_POSTGRES).await.unwrap();
        let script = script_between(&Catalog::empty(to.dialect), to);
        if script.contains('\0') || !seen.insert(script.clone()) {
            continue;
        }
        // What the case leaves out (extensions, functions) or no server takes.
        if let Err(error) = connection.run_script(&script).await {
            refused += 1;
            println!("refused: {case}: {}", error.message());
            continue;
        }
        let live = introspect(&mut connection, &namespaces(&[to])).await.unwrap();
        let rest = diff(&live, to);
        if !rest.is_empty() || !plan(&rest).is_empty() {
            failures.push(format!("{case}: {}\n{script}", summary(&rest)));
        }
    }
    println!("{refused} refused");
    report(&format!("live-{name}"), cases.len(), &failures);
    connection.close().await.unwrap();
    admin::drop_database(&url).await.unwrap();
    assert!(failures.is_empty(), "{} schemas differ", failures.len());
}

#[tokio::test]
async fn postgres_schemas_come_back_as_they_went() {
    postgres_round_trips("NICOL_TEST_POSTGRES_URL", "postgres").await;
}

async fn run(connection: &mut Connection, script: &str) -> Result<(), String> {
    if script.is_empty() {
        return Ok(());
    }
    connection.run_script(script).await.map_err(|error| format!("refused: {error}\n{script}"))
}

async fn mysql_round_trips(variable: &str, name: &str) {
    let Some(shared) = shared() else { return };
    let Some((url, mut connection)) = own_database(variable, name).await else {
        return;
    };
    let cases = schemas(&shared, "mysql");
    let mut failures = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (case, to) in &cases {
        let script = script_between(&Catalog::empty(to.dialect), to);
        if !seen.insert(script.clone()) {
            continue;
        }
        admin::drop_database(&url).await.unwrap();
        admin::create_database(&url).await.unwrap();
        connection = Connection::open(&url).await.unwrap();
        if let Err(error) = connection.run_script(&script).await {
            println!("refused: {case}: {}", error.message());
            continue;
        }
        let live = introspect(&mut connection, &[]).await.unwrap();
        let rest = diff(&live, to);
        if !rest.is_empty() || !plan(&rest).is_empty() {
            failures.push(format!("{case}: {}\n{script}", summary(&rest)));
        }
    }
    report(&format!("live-{name}"), cases.len(), &failures);
    connection.close().await.unwrap();
    admin::drop_database(&url).await.unwrap();
    assert!(failures.is_empty(), "{} schemas differ", failures.len());
}

#[tokio::test]
async fn mysql_schemas_come_back_as_they_went() {
    mysql_round_trips("NICOL_TEST_MYSQL_URL", "mysql").await;
}

#[tokio::test]
async fn mariadb_schemas_come_back_as_they_went() {
    mysql_round_trips("NICOL_TEST_MARIADB_URL", "mariadb").await;
}

#[tokio::test]
async fn postgres18_schemas_come_back_as_they_went() {
    postgres_round_trips("NICOL_TEST_POSTGRES18_URL", "postgres18").await;
}

/// Rebuilding a parent table must not take the rows of its children along.
#[tokio::test]
async fn sqlite_rebuilds_keep_every_row() {
    let text = |parent: &str| {
        format!(
            "datasource db {{\n  provider = \"sqlite\"\n}}\nmodel P {{\n  id Int @id\n  n {parent}\n  cs C[]\n}}\n\
             model C {{\n  id Int @id\n  pId Int\n  p P @relation(fields: [pId], references: [id], onDelete: Cascade)\n}}\n"
        )
    };
    let side = |parent| {
        let schema = common::schema(&[Source::new("schema.prisma", text(parent))]).unwrap();
        from_schema(&schema, Dialect::Sqlite)
    };
    let (from, to) = (side("Int?"), side("String @default(\"x\")"));
    let mut connection = Connection::open_in_memory().await.unwrap();
    run(&mut connection, &script_between(&Catalog::empty(from.dialect), &from)).await.unwrap();
    run(&mut connection, "PRAGMA foreign_keys = ON").await.unwrap();
    let rows = "INSERT INTO P (id, n) VALUES (1, 7), (2, NULL); INSERT INTO C (id, pId) VALUES (10, 1), (11, 2)";
    run(&mut connection, rows).await.unwrap();
    run(&mut connection, &script_between(&from, &to)).await.unwrap();
    let count = connection.query("SELECT COUNT(*) FROM C", &[]).await.unwrap();
    assert_eq!(count.row(0).unwrap().get::<i64>(0).unwrap(), 2);
    let filled = connection.query("SELECT n FROM P ORDER BY id", &[]).await.unwrap();
    let filled: Vec<String> = filled.iter().map(|row| row.get(0).unwrap()).collect();
    assert_eq!(filled, ["7", "x"]);
}

/// A schema of April 2020 on MySQL: the server makes two indexes of its own, and none of them is a difference.
async fn legacy_schema_has_no_rest(variable: &str, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/systems/staart/schema.prisma");
    let text = fs::read_to_string(path).unwrap();
    let schema = common::schema(&[Source::new("schema.prisma", text)]).unwrap();
    let to = from_schema(&schema, Dialect::Mysql);
    assert_eq!(to.tables.len(), 12);
    assert_eq!(to.tables.iter().map(|table| table.columns.len()).sum::<usize>(), 108);
    let all = to.tables.iter().flat_map(|table| &table.indexes);
    let (implied, named): (Vec<_>, Vec<_>) = all.partition(|index| index.is_implied);
    assert_eq!((named.len(), implied.len()), (11, 2));
    assert_eq!(to.tables.iter().map(|table| table.foreign_keys.len()).sum::<usize>(), 11);
    let Some((url, mut connection)) = own_database(variable, name).await else {
        return;
    };
    let outcome = apply_and_compare(&mut connection, &Catalog::empty(to.dialect), &to).await;
    connection.close().await.unwrap();
    admin::drop_database(&url).await.unwrap();
    outcome.unwrap();
}

#[tokio::test]
async fn mysql_legacy_schema_has_no_rest() {
    legacy_schema_has_no_rest("NICOL_TEST_MYSQL_URL", "my_legacy").await;
}

#[tokio::test]
async fn mariadb_legacy_schema_has_no_rest() {
    legacy_schema_has_no_rest("NICOL_TEST_MARIADB_URL", "maria_legacy").await;
}
