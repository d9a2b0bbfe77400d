//! What the documents of 2020 ask of the tool: the README of a migration, the schema, its SQL, and the way from then to now.
//!
//! `tests/legacy` is a migrations folder of that time. `nicol` is run as a person would run it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

mod commands;
mod history;
mod readme;
mod schema;

/// The folders of 2020.
const LEGACY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/legacy");
const INIT: &str = "20200711010303-init";
const SESSION: &str = "20200714160832";

/// The document: the README of the migration that added sessions.
const DOCUMENT: &str = include_str!("../legacy/20200714160832/README.md");
/// The schema before that migration, and after: as they were kept, without a URL.
const BEFORE: &str = include_str!("../legacy/20200711010303-init/schema.prisma");
const AFTER: &str = include_str!("../legacy/20200714160832/schema.prisma");

/// A schema as its author had it.
fn live(snapshot: &str) -> String {
    snapshot.replace("  url = \"***\"", "  url      = env(\"DATABASE_URL\")")
}

/// The same for another product.
fn of_provider(schema: &str, provider: &str) -> String {
    schema.replace("provider = \"postgresql\"", &format!("provider = \"{provider}\""))
}

/// The example's own schema.
fn example(folder: &str) -> String {
    let path = format!("{}/{folder}/schema.prisma", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the schema")
}

/// For tests that bring their tables themselves.
async fn untouched(url: &str) -> Result<String, String> {
    Ok(url.to_owned())
}
