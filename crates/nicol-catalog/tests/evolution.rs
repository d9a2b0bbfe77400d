//! Every recorded pair of schemas, and every one of the repository's own, on its real servers with rows in the tables: there
//! from the old schema, there from what the server tells, and back again. `NICOL_LONG=1` takes both ways on every server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::rows::Taste;
use common::server::Server;
use common::trial::{self, Outcome};
use common::{fixtures, shared};
use nicol_catalog::{Catalog, Decisions, decide, from_schema};
use nicol_db::Dialect;
use nicol_schema::Source;

/// Pairs that need something the test servers lack, or are written for no server to take.
const IMPOSSIBLE: &[(&str, &str)] = &[
    ("extension_version", "no such version"),
    ("index_trigram", "the extension is not in the schema"),
    ("native_to_citext", "the extension is not in the schema"),
    ("long_names_multibyte", "PostgreSQL cuts the names"),
    ("default_constant_to_dbgenerated", "a default the server does not take"),
];

struct Case {
    name: String,
    from: Catalog,
    to: Catalog,
    decisions: Decisions,
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

/// The pairs of a provider. PostgreSQL's do for MySQL too, where they are valid there.
fn cases(provider: &str, dialect: Dialect) -> Vec<Case> {
    let recorded = if provider == "mysql" { "postgresql" } else { provider };
    let mut paths = folders(&fixtures().join(provider));
    if let Some(shared) = shared() {
        paths.extend(folders(&shared.join("evolution").join(recorded)));
    }
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if IMPOSSIBLE.iter().any(|(one, _)| *one == name) || !path.join("from.prisma").exists() {
            continue;
        }
        let side = |file: &str| {
            let text = fs::read_to_string(path.join(file)).unwrap();
            let text = text.replace("provider = \"postgresql\"", &format!("provider = \"{provider}\""));
            common::schema(&[Source::new(file, text)]).map(|schema| from_schema(&schema, dialect))
        };
        match (side("from.prisma"), side("to.prisma")) {
            (Ok(from), Ok(to)) => found.push(Case { name, from, to, decisions: common::decisions(&path) }),
            // Of another provider.
            (Err(_), _) | (_, Err(_)) => assert_ne!(provider, recorded, "{}", path.display()),
        }
    }
    found
}

#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    not_built: Vec<String>,
    ran: usize,
    stopped: usize,
    back: usize,
    back_stopped: usize,
    failures: Vec<String>,
}

/// There with rows, and back with them; where rows stop it, there and back without.
async fn round_trip(server: &mut Server, case: &Case, tally: &mut Tally) -> Result<(), String> {
    let mut has_run = false;
    let takes_both = server.name() == "sqlite" || std::env::var_os("NICOL_LONG").is_some();
    for (taste, is_live) in [(Some(Taste::Plain), false), (Some(Taste::Odd), true), (None, false)] {
        if taste == Some(Taste::Odd) && !takes_both && has_run {
            break;
        }
        let live = match trial::build(server, &case.from, &[&case.to]).await {
            Ok(live) => live,
            Err(error) => {
                tally.not_built.push(format!("{}: {}", case.name, error.lines().next().unwrap_or_default()));
                return Ok(());
            }
        };
        if let Some(taste) = taste {
            trial::fill(server, &live, taste).await?;
        }
        let mut start = if is_live { live } else { case.from.clone() };
        start.forget_unused_namespaces();
        let decided = match decide(&start, &case.to, &case.decisions) {
            Ok(decided) => decided,
            // A live SQLite database does not tell which values an enum has had.
            Err(_) if is_live && server.dialect() == Dialect::Sqlite => continue,
            Err(error) => return Err(error.to_string()),
        };
        let what = format!("rows {taste:?}, from {}", if is_live { "the database" } else { "the schema" });
        let outcome = trial::advance(server, &decided, &case.to).await.map_err(|error| format!("{what}: {error}"))?;
        match outcome {
            Outcome::Stopped if taste.is_none() => return Err(format!("{what}: stopped without rows")),
            Outcome::Stopped => tally.stopped += 1,
            Outcome::Ran => {
                tally.ran += 1;
                has_run = true;
                let mut target = start.clone();
                target.namespaces.clone_from(&case.from.namespaces);
                let back = decided.reversed(&case.to);
                match trial::advance(server, &back, &target).await.map_err(|error| format!("{what}, back: {error}"))? {
                    Outcome::Ran => tally.back += 1,
                    Outcome::Stopped if taste.is_none() => return Err("back: stopped without rows".to_owned()),
                    Outcome::Stopped => tally.back_stopped += 1,
                }
                if taste == Some(Taste::Odd) {
                    break;
                }
            }
        }
    }
    Ok(())
}

async fn evolve(server: Option<Server>, provider: &str) {
    let Some(mut server) = server else { return };
    let only = std::env::var("NICOL_CASE").ok();
    let mut tally = Tally::default();
    for case in cases(provider, server.dialect()) {
        if only.as_ref().is_some_and(|only| *only != case.name) {
            continue;
        }
        tally.cases += 1;
        if let Err(error) = round_trip(&mut server, &case, &mut tally).await {
            tally.failures.push(format!("=== {}: {error}", case.name));
        }
    }
    println!(
        "evolution {}: {} cases, {} not taken by the server; {} changes ran, {} stopped as said; back: {} ran, {} stopped as \
         said; {} failures",
        server.name(),
        tally.cases,
        tally.not_built.len(),
        tally.ran,
        tally.stopped,
        tally.back,
        tally.back_stopped,
        tally.failures.len()
    );
    tally.not_built.iter().for_each(|line| println!("  not taken: {line}"));
    server.close().await;
    assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n"));
}

#[tokio::test]
async fn sqlite() {
    evolve(Some(Server::sqlite().await), "sqlite").await;
}

#[tokio::test]
async fn postgres() {
    evolve(Server::open("NICOL_TEST_POSTGRES_URL", "evolution_pg").await, "postgresql").await;
}

#[tokio::test]
async fn postgres18() {
    evolve(Server::open("NICOL_TEST_POSTGRES18_URL", "evolution_pg18").await, "postgresql").await;
}

#[tokio::test]
async fn mysql() {
    evolve(Server::open("NICOL_TEST_MYSQL_URL", "evolution_my").await, "mysql").await;
}

#[tokio::test]
async fn mariadb() {
    evolve(Server::open("NICOL_TEST_MARIADB_URL", "evolution_maria").await, "mysql").await;
}
