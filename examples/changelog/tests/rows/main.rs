//! The rows of the README's tables, each in a test named after it.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "test helpers are not test functions")]

mod access;
mod catalogue;
mod commands;
mod content;
mod decisions;
mod folder;
mod later;
mod readers;
mod variants;

use changelog::db::{Changelog, Db, Project, Role, User};
use changelog::{Error, Result, accounts, projects};
use nicol::types::DateTime;

/// A moment.
fn at(text: &str) -> DateTime {
    text.parse().expect("a moment")
}

/// The moment at which tests happen, to the millisecond, as columns keep it.
fn noon() -> DateTime {
    at("2026-06-20T12:00:00.250Z")
}

/// Somebody.
async fn somebody(db: &Db, name: &str, role: Role) -> Result<User> {
    accounts::add(db, &format!("{name}@example.com"), name, role).await
}

/// A project and its changelog.
async fn a_project(db: &Db, name: &str) -> Result<(Project, Changelog)> {
    let (project, changelog) = projects::create(db, name, ["fix"]).await?;
    Ok((project, changelog.expect("made with the project")))
}

/// Fails unless the product itself has refused.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
}

/// The code of the database's no.
#[track_caller]
fn code<T: std::fmt::Debug>(result: Result<T>) -> &'static str {
    result.expect_err("a no").code().expect("a no of the database")
}
