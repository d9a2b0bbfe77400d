//! Every numbered row of the README as a test named after it, and the story.
//!
//! `tests/legacy` is the migrations folder of April 2020. `nicol` is run as a person would run it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

mod commands;
mod history;
mod legacy_tables;
mod logins;
mod organizations;
mod people;
mod programs;
mod readme;
mod schema;
mod script;
mod story;

use nicol::types::DateTime;
use staart::accounts::{self, Applicant};
use staart::db::{Organizations, Users};
use staart::{Db, Error, Refusal, Result, teams};

/// A user with an address at example.com.
async fn person(db: &Db, username: &str) -> Result<Users> {
    let address = format!("{username}@example.com");
    accounts::register(db, &Applicant { name: username, nickname: username, username, address: &address }).await
}

/// An organization and its owner.
async fn organization(db: &Db) -> Result<(Users, Organizations)> {
    let owner = person(db, "owner").await?;
    let organization = teams::found(db, &owner, "Ann & Co", "ann-and-co").await?;
    Ok((owner, organization))
}

/// A moment.
fn at(text: &str) -> DateTime {
    text.parse().expect("a moment")
}

/// Why the service said no.
#[track_caller]
fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Prisma's code of the database's answer.
fn code<T>(result: Result<T>) -> Option<&'static str> {
    result.err().and_then(|error| error.code())
}

/// The file of a migration that is in the example, by the folder of its product.
fn of_migration(product: &str, file: &str) -> String {
    let migrations = format!("{}/{product}/migrations", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&migrations).expect("the migrations");
    let folders: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 1, "one migration");
    std::fs::read_to_string(folders[0].join(file)).expect("a file of the migration")
}

/// The example's schema for a product, by its folder.
fn example(product: &str) -> String {
    let path = format!("{}/{product}/schema.prisma", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the schema")
}

/// For tests that bring their tables themselves.
async fn untouched(url: &str) -> Result<String> {
    Ok(url.to_owned())
}
