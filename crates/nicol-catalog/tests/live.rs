//! Scripts on real servers: they run, and reading the database afterwards gives the schema's catalog.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{catalog, script_between, shared};
use nicol_catalog::{Catalog, diff, introspect, plan, summary};
use nicol_db::{Connection, ConnectionUrl, admin};

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

/// Valid schemas that no server takes.
const IMPOSSIBLE: &[&str] = &[
    "blocks/duplicate_model_case_differs-sl",
    "maps/case_only_difference-sl",
    "uniques/reserved_map_sqlite_prefix",
];

/// Every schema of the conformance data that a provider speaks.
fn schemas(shared: &Path, provider: &str) -> Vec<(String, Catalog)> {
    let mut paths: Vec<PathBuf> = folders(&shared.join("real"))
        .iter()
        .map(|case| case.join("schema"))
        .collect();
    for case in folders(&shared.join("evolution"))
        .iter()
        .flat_map(|provider| folders(provider))
    {
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
    connection
        .run_script(&script)
        .await
        .map_err(|error| format!("refused: {error}\n{script}"))?;
    let live = introspect(connection, &[])
        .await
        .map_err(|error| format!("introspection: {error}"))?;
    let rest = diff(&live, to);
    if plan(&rest).is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{script}", summary(&rest)))
    }
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

#[tokio::test]
async fn sqlite_evolution_ends_at_the_new_schema() {
    let Some(shared) = shared() else { return };
    let cases = folders(&shared.join("evolution/sqlite"));
    let mut failures = Vec::new();
    for case in &cases {
        let (from, to) = (
            catalog(&case.join("from.prisma")).unwrap(),
            catalog(&case.join("to.prisma")).unwrap(),
        );
        let mut connection = Connection::open_in_memory().await.unwrap();
        connection
            .run_script(&script_between(&Catalog::empty(from.dialect), &from))
            .await
            .unwrap();
        let live = introspect(&mut connection, &[]).await.unwrap();
        if let Err(message) = apply_and_compare(&mut connection, &live, &to).await {
            failures.push(format!("{}: {message}", case.display()));
        }
    }
    report("evolution-sqlite", cases.len(), &failures);
    assert!(failures.is_empty(), "{} pairs differ", failures.len());
}

/// A database of its own on a server; none, with a printed line, when no server is named.
async fn own_database(variable: &str, name: &str) -> Option<(ConnectionUrl, Connection)> {
    let Ok(url) = std::env::var(variable) else {
        println!("skipped: {variable} is not set");
        return None;
    };
    let url = ConnectionUrl::parse(&url)
        .unwrap()
        .with_database(&format!("nicol_catalog_{name}_{}", std::process::id()));
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
    let cases = schemas(&shared, "postgresql");
    let mut failures = Vec::new();
    let mut refused = 0;
    for (case, to) in &cases {
        connection.run_script(CLEAR_POSTGRES).await.unwrap();
        let script = script_between(&Catalog::empty(to.dialect), to);
        // What the case leaves out (extensions, functions) or no server takes.
        if let Err(error) = connection.run_script(&script).await {
            refused += 1;
            println!("refused: {case}: {}", error.message());
            continue;
        }
        let live = introspect(&mut connection, &namespaces(&[to])).await.unwrap();
        let rest = diff(&live, to);
        if !plan(&rest).is_empty() {
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

#[tokio::test]
async fn postgres18_schemas_come_back_as_they_went() {
    postgres_round_trips("NICOL_TEST_POSTGRES18_URL", "postgres18").await;
}
