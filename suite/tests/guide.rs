//! The examples of the documentation, compiled and run in the order in which they stand there.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]
#![allow(clippy::type_complexity, unused, reason = "examples show types, and values that nobody uses")]

#[path = "client/database.rs"]
mod database;

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

/// Every test that the page of features names is there.
#[test]
fn features_have_their_tests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: std::path::PathBuf| std::fs::read_to_string(&path).expect("a file");
    let mut sources = read(root.join("suite/tests/client.rs"));
    for entry in std::fs::read_dir(root.join("suite/tests/client")).expect("a folder") {
        sources.push_str(&read(entry.expect("a file").path()));
    }
    let page = read(root.join("docs/client-features.md"));
    let rows: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| feature")).collect();
    assert!(rows.len() > 40, "the table is read");
    for row in rows {
        let tests = row.split(" | ").nth(1).expect("three columns");
        for name in tests.split('`').skip(1).step_by(2) {
            let is_there =
                if name.contains('/') { root.join(name).exists() } else { sources.contains(&format!("fn {name}(")) };
            assert!(is_there, "{name}, of the row {row}");
        }
    }
}
