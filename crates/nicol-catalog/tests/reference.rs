//! The reference beside nicol on the real databases: the scripts that differ on purpose, and what `db pull` writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::server::Server;
use common::{script_between, shared};
use nicol_catalog::to_schema::{Options, to_schema};
use nicol_catalog::{Catalog, diff, from_schema, introspect_whole, plan, summary};
use nicol_db::{ConnectionUrl, Dialect};
use nicol_schema::{Source, ValidSchema};
use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The cases that `docs/compatibility.md` lists for an aspect.
fn listed(aspect: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/compatibility.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(&format!("` | {aspect} |")));
    rows.map(|(case, _)| case.to_owned()).collect()
}

/// The two sides of a case, and the reference's script between them.
fn case(shared: &Path, name: &str, dialect: Dialect) -> (Catalog, Catalog, String) {
    let path = shared.join(name);
    let side = |path: &Path| from_schema(&common::schema(&common::sources(path)).unwrap(), dialect);
    if name.starts_with("evolution/") {
        let script = fs::read_to_string(path.join("expected.sql")).unwrap();
        return (side(&path.join("from.prisma")), side(&path.join("to.prisma")), script);
    }
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
    (Catalog::empty(dialect), side(&beside("prisma")), fs::read_to_string(beside("sql")).unwrap())
}

/// Cases whose schema no server takes.
const REFUSED_ANYWAY: &[(&str, &str)] = &[
    ("synthetic/uniques/reserved_map_sqlite_prefix", "the name is SQLite's own, and there is no other way to it"),
    ("synthetic/manytomany/join_table_name_taken", "two tables of one name: the reference leaves one out in silence"),
];

/// Whether a case of one schema is for this provider, and nicol takes the schema at all.
fn of_provider(shared: &Path, name: &str, provider: &str, ending: &str) -> bool {
    let file = shared.join(format!("{name}.prisma"));
    let sources = common::sources(&if file.exists() { file } else { shared.join(name) });
    let names_it = sources.iter().any(|source| source.text.contains(&format!("\"{provider}\"")));
    (name.ends_with(ending) || names_it) && common::schema(&sources).is_ok()
}

/// Where a script differs from the reference's: nicol's leads to the schema, and the reference's is refused by the
/// server or ends elsewhere. A case in which both end at the same has no place in the list.
async fn scripts(provider: &str, server: Option<Server>) {
    let (Some(shared), Some(mut server)) = (shared(), server) else { return };
    let dialect = server.dialect();
    let ending = if dialect == Dialect::Sqlite { "-sl" } else { "-pg" };
    let (mut refused, mut elsewhere, mut failures) = (0, 0, Vec::new());
    for name in listed("sql") {
        let is_ours = match name.strip_prefix("evolution/") {
            Some(rest) => rest.starts_with(&format!("{provider}/")),
            None => of_provider(&shared, &name, provider, ending),
        };
        if !is_ours || REFUSED_ANYWAY.iter().any(|(one, _)| *one == name) {
            continue;
        }
        let (from, to, theirs) = case(&shared, &name, dialect);
        let ours = script_between(&from, &to);
        let mut ends = Vec::new();
        for script in [&ours, &theirs] {
            server.clear(&[&from, &to]).await;
            server.run(&script_between(&Catalog::empty(dialect), &from)).await.unwrap();
            let outcome = server.run(script).await;
            if outcome.is_err() {
                server.run("ROLLBACK").await.ok();
            }
            let live = server.introspect(&[&from, &to]).await;
            let rest = diff(&live, &to);
            ends.push(match outcome {
                Err(error) => Err(error),
                Ok(()) if plan(&rest).is_empty() => Ok(String::new()),
                Ok(()) => Ok(summary(&rest)),
            });
        }
        match (&ends[0], &ends[1]) {
            (Ok(rest), Err(error)) if rest.is_empty() => {
                println!("{name}: {}", error.lines().next().unwrap_or_default());
                refused += 1;
            }
            (Ok(rest), Ok(other)) if rest.is_empty() && !other.is_empty() => {
                println!("{name}: the reference's script ends elsewhere: {}", other.trim().replace('\n', "; "));
                elsewhere += 1;
            }
            (ours, theirs) => failures.push(format!("{name}: nicol {ours:?}, reference {theirs:?}")),
        }
    }
    println!(
        "scripts that differ, {provider}: {refused} refused by the server, {elsewhere} end elsewhere; nicol's all run"
    );
    server.close().await;
    assert!(refused > 0, "the list is read");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn sqlite_scripts() {
    scripts("sqlite", Some(Server::sqlite().await)).await;
}

#[tokio::test]
async fn postgres_scripts() {
    scripts("postgresql", Server::open("NICOL_TEST_POSTGRES_URL", "reference_scripts").await).await;
}

/// The schema's configuration as both tools take it: no models, no connection, and no comments, which only nicol keeps.
fn configuration(schema: &ValidSchema) -> String {
    let slice = |span: nicol_schema::Span| {
        let text = &schema.sources[span.file as usize].text[span.start as usize..span.end as usize];
        let is_url = |line: &&str| {
            ["url", "directUrl", "shadowDatabaseUrl"].contains(&line.split_whitespace().next().unwrap_or_default())
        };
        let is_comment = |line: &&str| line.trim_start().starts_with("//");
        let kept = text.lines().filter(|line| !is_url(line) && !is_comment(line));
        kept.map(|line| format!("{}\n", line.split(" // ").next().unwrap_or_default())).collect::<String>() + "\n"
    };
    let generators = schema.generators.iter().map(|generator| slice(generator.span));
    generators.chain(schema.datasource.iter().map(|datasource| slice(datasource.span))).collect()
}

/// Sentences in documentation are each tool's own: all but them.
fn without_sentences(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.trim_start().starts_with("///"));
    kept.map(|line| format!("{line}\n")).collect::<String>().trim_end().to_owned()
}

fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What the reference pulls from a database, asked of it; none where it refuses the configuration.
fn asked(oracle: &str, configuration: &str, url: &str) -> Option<String> {
    let path = std::env::temp_dir().join(format!("nicol_reference_{}.prisma", std::process::id()));
    fs::write(&path, configuration).unwrap();
    let output = Command::new("node").args([oracle, "pull"]).arg(&path).arg(url).output().unwrap();
    fs::remove_file(path).unwrap();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The recorded digests of what the reference pulled, by case.
fn recorded(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(case, digest)| (case.to_owned(), digest.to_owned())).collect()
}

/// Every real schema as a database, pulled into an empty schema: the text is the reference's, which is kept as a digest in
/// `fixtures/pull/reference`. `NICOL_ORACLE`, the reference's script, records them anew and shows both texts where they
/// differ.
async fn pulls(provider: &str, server: Option<Server>, url: Option<String>) {
    let (Some(shared), Some(mut server)) = (shared(), server) else { return };
    let dialect = server.dialect();
    let path = root().join(format!("fixtures/pull/reference/{provider}.tsv"));
    let oracle = std::env::var("NICOL_ORACLE").ok();
    let mut digests = recorded(&path);
    let known = listed("pull");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(shared.join("real")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let (mut equal, mut all, mut unlisted) = (0_usize, 0_usize, Vec::new());
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let name = format!("real/{}", folder.file_name().unwrap().to_string_lossy());
        let Ok(schema) = common::schema(&common::sources(&folder.join("schema"))) else { continue };
        if schema.provider().is_none_or(|of| of.as_str() != provider) || schema.models.is_empty() {
            continue;
        }
        let target = from_schema(&schema, dialect);
        server.clear(&[&target]).await;
        // What needs an extension that the server lacks.
        if let Err(error) = server.run(&script_between(&Catalog::empty(dialect), &target)).await {
            println!("not taken by the server: {name}: {}", error.lines().next().unwrap_or_default());
            continue;
        }
        let configuration = configuration(&schema);
        let before = common::schema(&[Source::new("schema.prisma", configuration.clone())]).unwrap();
        let asked_for = schema.datasource.as_ref().map(|datasource| datasource.schemas.clone()).unwrap_or_default();
        let live = introspect_whole(&mut server.connection, &asked_for).await.unwrap();
        let pulled = to_schema(&live, &before, &Options::default());
        let ours = without_sentences(&pulled.files[0].text);
        if let (Some(oracle), Some(url)) = (&oracle, &url) {
            let Some(theirs) = asked(oracle, &configuration, url).map(|text| without_sentences(&text)) else {
                println!("refused by the reference: {name}");
                continue;
            };
            if theirs != ours {
                let (a, b) = (ours.lines(), theirs.lines());
                let at = a.clone().zip(b.clone()).position(|(a, b)| a != b).unwrap_or(0);
                println!("{name}: line {at}: nicol {:?}, reference {:?}", a.clone().nth(at), b.clone().nth(at));
            }
            digests.insert(name.clone(), digest(&theirs));
        }
        // Removed preview features, which the reference refuses.
        if !digests.contains_key(&name) && schema.has_preview_feature("metrics") {
            continue;
        }
        all += 1;
        match digests.get(&name) {
            Some(theirs) if *theirs == digest(&ours) => equal += 1,
            Some(_) if known.contains(&name) => {}
            Some(_) => unlisted.push(format!("{name} differs")),
            None => unlisted.push(format!("{name}: nothing is recorded")),
        }
    }
    if oracle.is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text: String = digests.iter().map(|(case, digest)| format!("{case}\t{digest}\n")).collect();
        fs::write(&path, text).unwrap();
    }
    println!("pulls of {provider}: {equal} of {all} equal the reference's, {:.1}%", equal as f64 * 100.0 / all as f64);
    server.close().await;
    assert!(equal > 0);
    assert!(unlisted.is_empty(), "not in docs/compatibility.md:\n{}", unlisted.join("\n"));
}

#[tokio::test]
async fn sqlite_pulls() {
    // The reference needs a file, which the recording alone writes.
    let file = std::env::temp_dir().join(format!("nicol_reference_{}.db", std::process::id()));
    if std::env::var_os("NICOL_ORACLE").is_none() {
        return pulls("sqlite", Some(Server::sqlite().await), None).await;
    }
    let url = format!("file:{}", file.display());
    let server = Server::at(ConnectionUrl::parse(&url).unwrap(), "reference_pulls").await;
    pulls("sqlite", Some(server), Some(url)).await;
}

#[tokio::test]
async fn postgres_pulls() {
    let server = Server::open("NICOL_TEST_POSTGRES_URL", "reference_pulls").await;
    let url = server.as_ref().and_then(Server::url).map(ConnectionUrl::as_connection_string);
    pulls("postgresql", server, url).await;
}
