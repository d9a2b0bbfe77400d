//! Every numbered row of the README as a test named after it.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests end by panicking")]

mod account;
mod audit;
mod backfill;
mod commands;
mod deploy;
mod project;
mod quota;
mod schema;
mod script;
mod session;
mod variants;

use engineo::db::{Db, InternalAdminRole, User, UserRole, user};
use engineo::{Error, Result};
use jiff::Timestamp;

/// A moment.
fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// A customer.
async fn customer(db: &Db, name: &str) -> Result<User> {
    Ok(db.user().create(user::New { email: format!("{name}@example.com"), password: "hash".into() }).await?)
}

/// A member of the staff.
async fn staff(db: &Db, name: &str, role: Option<InternalAdminRole>) -> Result<User> {
    let form = user::New { email: format!("{name}@example.com"), password: "hash".into() };
    Ok(db.user().create(form.name(name).role(UserRole::Admin).admin_role(role)).await?)
}

/// Fails unless the product itself has refused.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
}
