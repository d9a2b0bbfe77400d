//! The examples of the documentation, compiled and run in the order in which they stand there.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, unused, reason = "examples show types, and values that nobody uses")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "client/database.rs"]
mod database;

/// The type of a JSON field in the guide.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, nicol::Document)]
pub(crate) struct Settings {
    theme: String,
}

mod db {
    include!(concat!(env!("OUT_DIR"), "/client-schema.rs"));
}

mod client {
    include!(concat!(env!("OUT_DIR"), "/client-examples.rs"));
}

mod from_prisma_client {
    include!(concat!(env!("OUT_DIR"), "/from-prisma-client-examples.rs"));
}

const SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/client-schema.prisma"));

fn run(examples: impl AsyncFnOnce(&db::Db) -> nicol::Result<()>) {
    let database = database::Database::make("sqlite", SCHEMA).expect("SQLite is part of the program");
    database.run(|runtime, url| {
        let db = runtime.block_on(db::Db::connect(url)).expect("connect");
        runtime.block_on(examples(&db)).map_err(|error| error.to_string())
    });
}

#[test]
fn client_guide() {
    run(async |db| client::run(db, usize::MAX).await);
}

#[test]
fn from_prisma() {
    run(async |db| {
        // The rows that the guide creates.
        client::run(db, 2).await?;
        from_prisma_client::run(db, usize::MAX).await
    });
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a file")
}

/// The texts of the files in a folder.
fn sources(folder: &str) -> String {
    let files = std::fs::read_dir(root().join(folder)).expect("a folder");
    files.map(|entry| std::fs::read_to_string(entry.expect("a file").path()).expect("a text")).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of the table with this head on the page of features, as columns.
fn table<'a>(page: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    let lines =
        page.lines().skip_while(|line| !line.starts_with(head)).skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches(['|', ' ']).split(" | ").collect()).collect()
}

/// Holds that a test is there: a case of the client's, one of the compile errors, or a file.
fn assert_is_there(name: &str, tests: &str) {
    let case = root().join(format!("crates/nicol/tests/compile_errors/cases/{name}.rs"));
    let is_there =
        tests.contains(&format!("fn {name}(")) || case.exists() || (name.contains('/') && root().join(name).exists());
    assert!(is_there, "there is no test {name}");
}

/// Every test that the page of features names is there.
#[test]
fn features_have_their_tests() {
    let (page, tests) =
        (read("docs/client-features.md"), read("suite/tests/client.rs") + &sources("suite/tests/client"));
    let rows = table(&page, "| feature |");
    assert!(rows.len() > 40, "the table is read");
    for row in rows {
        assert!(quoted(row[1]).count() > 0, "no test: {row:?}");
        quoted(row[1]).for_each(|name| assert_is_there(name, &tests));
    }
}

/// Every question of the recorded answers is asked, or the page says what there is instead; and nothing else is.
#[test]
fn recorded_questions_are_asked() {
    let (page, tests) = (read("docs/client-features.md"), sources("suite/tests/client"));
    let rows = table(&page, "| question |");
    rows.iter().for_each(|row| quoted(row[1]).for_each(|name| assert_is_there(name, &tests)));
    let instead: Vec<&str> = rows.iter().flat_map(|row| quoted(row[0])).collect();
    let asked = sources("suite/tests/answers").replace("book.compare(\n", "book.compare(");
    let asked: Vec<&str> =
        asked.split("book.compare(").skip(1).filter_map(|call| call.trim_start().split('"').nth(1)).collect();
    let list = read("fixtures/client/questions.txt");
    let names: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(names.len(), 238);
    // A question with several answers has a label for each: `tx batch fail, undone`.
    let is_of = |label: &str, name: &str| {
        label.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
    };
    for name in &names {
        let is_asked = asked.iter().any(|label| is_of(label, name));
        assert_ne!(is_asked, instead.contains(name), "{name}: asked, or something instead");
    }
    for label in asked {
        assert!(names.iter().any(|name| is_of(label, name)), "{label} is none of the recorded questions");
    }
}

/// The texts of all files below a folder.
fn sources_below(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| match path.is_dir() {
        true => sources_below(&path),
        false => std::fs::read_to_string(path).unwrap_or_default(),
    };
    entries.map(text).collect()
}

/// Prisma's codes of the client, `"P2002"`, in a text.
fn codes(text: &str) -> BTreeSet<&str> {
    let is_code =
        |word: &&str| word.len() == 5 && word.starts_with("P2") && word[2..].bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_code).collect()
}

/// Every code that the client can give is on its page, and every code of the page is given to a test.
#[test]
fn error_codes_are_told_and_tested() {
    let page = read("docs/client.md");
    let rows = table(&page, "| code |");
    let told: BTreeSet<&str> = rows.iter().flat_map(|row| codes(row[0])).collect();
    let source = sources_below(&root().join("crates/nicol/src")) + &sources_below(&root().join("crates/nicol-db/src"));
    let given = codes(&source);
    assert_eq!(told, given);
    let tests = sources_below(&root().join("suite/tests")) + &sources_below(&root().join("crates/nicol-db/tests"));
    let tested = codes(&tests);
    assert_eq!(told.difference(&tested).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(told.len() > 20, "{told:?}");
}
