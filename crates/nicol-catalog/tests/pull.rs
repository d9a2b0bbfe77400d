//! From a schema to a database and back: what is pulled is valid, means the same, and makes the same database again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{script_between, shared};
use nicol_catalog::to_schema::{Options, Pulled, to_schema};
use nicol_catalog::{Catalog, diff, from_schema, introspect_whole, plan, summary};
use nicol_db::{Connection, ConnectionUrl, Dialect, admin};
use nicol_schema::{Source, ValidSchema};

/// The real schemas of a provider, with their folders' names.
fn real(shared: &Path, provider: &str) -> Vec<(String, ValidSchema)> {
    let mut folders: Vec<PathBuf> = fs::read_dir(shared.join("real"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let read = |folder: &PathBuf| {
        let schema = common::schema(&common::sources(&folder.join("schema"))).ok()?;
        let is_of = schema.provider().is_some_and(|of| of.as_str() == provider) && !schema.models.is_empty();
        is_of.then(|| (folder.file_name().unwrap().to_string_lossy().into_owned(), schema))
    };
    folders.iter().filter_map(read).collect()
}

/// The schema's configuration without its models.
fn configuration(schema: &ValidSchema) -> ValidSchema {
    let slice = |span: nicol_schema::Span| {
        let source = &schema.sources[span.file as usize].text;
        format!("{}\n\n", &source[span.start as usize..span.end as usize])
    };
    let generators = schema.generators.iter().map(|generator| slice(generator.span));
    let text: String = generators.chain(schema.datasource.iter().map(|datasource| slice(datasource.span))).collect();
    common::schema(&[Source::new("schema.prisma", text)]).unwrap()
}

fn options() -> Options {
    Options { new_file: "introspected.prisma".to_owned(), ..Options::default() }
}

fn text(pulled: &Pulled) -> String {
    pulled.files.iter().map(|file| format!("// {}\n{}", file.path, file.text)).collect()
}

/// What the pulled files mean.
fn read(pulled: &Pulled) -> Result<ValidSchema, String> {
    common::schema(&pulled.files).map_err(|error| format!("{error}\n{}", text(pulled)))
}

/// PostgreSQL's schemas that a schema speaks of.
fn namespaces(schema: &ValidSchema) -> Vec<String> {
    schema.datasource.as_ref().map(|datasource| datasource.schemas.clone()).unwrap_or_default()
}

/// A database that can be emptied.
struct Place {
    url: Option<ConnectionUrl>,
    connection: Connection,
}

impl Place {
    async fn memory() -> Place {
        Place { url: None, connection: Connection::open_in_memory().await.unwrap() }
    }

    /// A database of its own on a server; none, with a printed line, when no server is named.
    async fn server(variable: &str, name: &str) -> Option<Place> {
        let Ok(url) = std::env::var(variable) else {
            println!("skipped: {variable} is not set");
            return None;
        };
        let url =
            ConnectionUrl::parse(&url).unwrap().with_database(&format!("nicol_pull_{name}_{}", std::process::id()));
        admin::drop_database(&url).await.ok();
        admin::create_database(&url).await.unwrap();
        let mut connection = Connection::open(&url).await.unwrap();
        if connection.dialect() == Dialect::Postgres {
            connection.run_script("SET client_min_messages = error").await.unwrap();
        }
        Some(Place { url: Some(url), connection })
    }

    async fn empty(&mut self) {
        match (&self.url, self.connection.dialect()) {
            (None, _) => self.connection = Connection::open_in_memory().await.unwrap(),
            // Everything happens in a transaction that is given up.
            (Some(_), Dialect::Postgres) => {
                if self.connection.in_transaction() {
                    self.connection.rollback().await.unwrap();
                }
                self.connection.begin(None).await.unwrap();
            }
            (Some(url), _) => {
                admin::drop_database(url).await.unwrap();
                admin::create_database(url).await.unwrap();
                self.connection = Connection::open(url).await.unwrap();
            }
        }
    }

    async fn close(mut self) {
        if self.connection.in_transaction() {
            self.connection.rollback().await.unwrap();
        }
        self.connection.close().await.unwrap();
        if let Some(url) = self.url {
            admin::drop_database(&url).await.unwrap();
        }
    }
}

fn require_equal(what: &str, from: &Catalog, to: &Catalog, text: &str) -> Result<(), String> {
    let difference = diff(from, to);
    if difference.is_empty() && plan(&difference).is_empty() {
        return Ok(());
    }
    Err(format!("{what}:\n{}\n{text}", summary(&difference)))
}

/// Makes the schema's database, pulls it with and without the schema beside it, and makes it again of what was pulled.
/// None when the server refuses the schema itself.
async fn round_trip(place: &mut Place, schema: &ValidSchema) -> Option<Result<(), String>> {
    let dialect = place.connection.dialect();
    let asked = namespaces(schema);
    place.empty().await;
    let script = script_between(&Catalog::empty(dialect), &from_schema(schema, dialect));
    if let Err(error) = place.connection.run_script(&script).await {
        println!("refused: {}", error.message());
        return None;
    }
    let live = introspect_whole(&mut place.connection, &asked).await.unwrap();
    let outcome = async {
        let fresh = to_schema(&live, &configuration(schema), &options());
        let pulled = read(&fresh)?;
        let catalog = from_schema(&pulled, dialect);
        require_equal("pulled", &live, &catalog, &text(&fresh))?;
        let kept = to_schema(&live, schema, &options());
        let merged = read(&kept)?;
        require_equal("pulled again", &live, &from_schema(&merged, dialect), &text(&kept))?;
        require_equal(
            "and against the schema",
            &from_schema(schema, dialect),
            &from_schema(&merged, dialect),
            &text(&kept),
        )?;
        let third = to_schema(&live, &merged, &options());
        if text(&third) != text(&kept) {
            return Err(format!("not stable:\n{}\n---\n{}", text(&kept), text(&third)));
        }
        place.empty().await;
        let script = script_between(&Catalog::empty(dialect), &catalog);
        place.connection.run_script(&script).await.map_err(|error| format!("refused: {error}\n{script}"))?;
        let second = introspect_whole(&mut place.connection, &asked).await.unwrap();
        require_equal("made again", &live, &second, &text(&fresh))
    };
    Some(outcome.await)
}

async fn real_schemas(provider: &str, mut place: Place) {
    let Some(shared) = shared() else { return };
    let cases = real(&shared, provider);
    let (mut failures, mut refused) = (Vec::new(), 0);
    for (name, schema) in &cases {
        match round_trip(&mut place, schema).await {
            None => {
                println!("refused: {name}");
                refused += 1;
            }
            Some(Ok(())) => {}
            Some(Err(message)) => failures.push(format!("{name}: {message}")),
        }
    }
    println!("{provider}: {} of {} come back, {refused} refused", cases.len() - failures.len() - refused, cases.len());
    place.close().await;
    assert!(!cases.is_empty());
    assert!(failures.is_empty(), "{} schemas differ\n{}", failures.len(), failures.join("\n\n"));
}

#[tokio::test]
async fn sqlite_schemas_are_pulled_as_they_were() {
    real_schemas("sqlite", Place::memory().await).await;
}

#[tokio::test]
async fn postgres_schemas_are_pulled_as_they_were() {
    let Some(place) = Place::server("NICOL_TEST_POSTGRES_URL", "postgres").await else { return };
    real_schemas("postgresql", place).await;
}

#[tokio::test]
async fn postgres18_schemas_are_pulled_as_they_were() {
    let Some(place) = Place::server("NICOL_TEST_POSTGRES18_URL", "postgres18").await else { return };
    real_schemas("postgresql", place).await;
}

#[tokio::test]
async fn mysql_schemas_are_pulled_as_they_were() {
    let Some(place) = Place::server("NICOL_TEST_MYSQL_URL", "mysql").await else { return };
    real_schemas("mysql", place).await;
}

#[tokio::test]
async fn mariadb_schemas_are_pulled_as_they_were() {
    let Some(place) = Place::server("NICOL_TEST_MARIADB_URL", "mariadb").await else { return };
    real_schemas("mysql", place).await;
}

/// The repository's own cases: a database as SQL, perhaps the schema before, and the schema and warnings that come of it.
/// `NICOL_BLESS=1` writes the expected files anew. What is pulled must be valid, and no change must follow from it, but
/// where `differs.txt` says why.
async fn own_cases(dialect: &str, mut place: Place) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pull").join(dialect);
    let mut cases: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut failures = Vec::new();
    for case in &cases {
        if let Err(message) = own_case(dialect, case, &mut place).await {
            failures.push(format!("{}: {message}", case.display()));
        }
    }
    place.close().await;
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

async fn own_case(dialect: &str, case: &Path, place: &mut Place) -> Result<(), String> {
    place.empty().await;
    let sql = fs::read_to_string(case.join("database.sql")).unwrap();
    place.connection.run_script(&sql).await.map_err(|error| error.to_string())?;
    let provider = if dialect == "mariadb" { "mysql" } else { dialect };
    let before = fs::read_to_string(case.join("before.prisma"))
        .unwrap_or_else(|_| format!("datasource db {{\n  provider = \"{provider}\"\n}}\n"));
    let before = common::schema(&[Source::new("schema.prisma", before)])?;
    let live =
        introspect_whole(&mut place.connection, &namespaces(&before)).await.map_err(|error| error.to_string())?;
    let pulled = to_schema(&live, &before, &options());
    let warnings: String =
        pulled.warnings.iter().map(|warning| format!("{}: {}\n", warning.code(), warning.item())).collect();
    for (name, actual) in [("expected.prisma", &pulled.files[0].text), ("warnings.txt", &warnings)] {
        let path = case.join(name);
        if std::env::var_os("NICOL_BLESS").is_some() {
            if actual.is_empty() {
                fs::remove_file(&path).ok()
            } else {
                fs::write(&path, actual).ok()
            };
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != *actual {
            return Err(format!("{name}\n--- expected\n{expected}--- actual\n{actual}"));
        }
    }
    let catalog = from_schema(&read(&pulled)?, live.dialect);
    if case.join("differs.txt").exists() {
        return Ok(());
    }
    require_equal("pulled", &live, &catalog, "")
}

#[tokio::test]
async fn sqlite_cases() {
    own_cases("sqlite", Place::memory().await).await;
}

#[tokio::test]
async fn postgres_cases() {
    let Some(place) = Place::server("NICOL_TEST_POSTGRES_URL", "pg_cases").await else { return };
    own_cases("postgresql", place).await;
}

#[tokio::test]
async fn mysql_cases() {
    let Some(place) = Place::server("NICOL_TEST_MYSQL_URL", "my_cases").await else { return };
    own_cases("mysql", place).await;
}

#[tokio::test]
async fn mariadb_cases() {
    let Some(place) = Place::server("NICOL_TEST_MARIADB_URL", "maria_cases").await else { return };
    own_cases("mariadb", place).await;
}
