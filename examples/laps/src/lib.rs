//! Counts the laps of a sponsored run: who runs, who records, who is ahead.
//!
//! `prisma/schema.prisma` says what there is; `build.rs` makes the module [`db`] of it. [`open`] brings a database up to date
//! and connects to it, be it PostgreSQL, SQLite or MySQL.

mod error;
pub mod ranking;
pub mod rounds;
pub mod serve;
pub mod sessions;
pub mod story;
pub mod students;
pub mod users;

/// The client, generated from the schema.
// ANCHOR: db
pub mod db {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
// ANCHOR_END: db

pub use db::Db;
pub use error::{Error, Result};

// ANCHOR: open
use nicol::migrate::Embedded;

/// The migrations, compiled in: a folder for each product.
const MIGRATIONS: [Embedded; 3] =
    [nicol::migrate!("prisma/migrations"), nicol::migrate!("sqlite/migrations"), nicol::migrate!("mysql/migrations")];

/// Applies what is pending and connects. The file of a SQLite database is made when it is missing.
///
/// # Errors
/// When the migrations do not fit the database, or it cannot be reached.
pub async fn open(url: &str) -> Result<Db> {
    Embedded::for_url(&MIGRATIONS, url)?.deploy(url).await?;
    Ok(Db::connect(url).await?)
}
// ANCHOR_END: open

/// What rustc must refuse, and what makes it agree.
#[cfg(doctest)]
#[allow(dead_code, non_camel_case_types, reason = "the names are those of the README's rows")]
mod rustc_says {
    /// A session needs its id: the schema gives it no default.
    ///
    /// ```
    /// use laps::db::{user, user_session};
    /// let valid_until = nicol::types::DateTime::UNIX_EPOCH;
    /// let _ = user_session::New { id: "a".into(), valid_until, user: user::by_id("u").into() };
    /// ```
    ///
    /// ```compile_fail,E0063
    /// use laps::db::{user, user_session};
    /// let valid_until = nicol::types::DateTime::UNIX_EPOCH;
    /// let _ = user_session::New { valid_until, user: user::by_id("u").into() };
    /// ```
    struct b04_a_session_names_its_id;

    /// A role can be changed, but never to nothing.
    ///
    /// ```
    /// use laps::db::{Db, UserRole, user};
    /// fn change(db: &Db) {
    ///     let _ = db.user().update(user::by_name("ann")).set(|s| s.role(UserRole::Viewer));
    /// }
    /// ```
    ///
    /// ```compile_fail,E0277
    /// use laps::db::{Db, UserRole, user};
    /// fn change(db: &Db) {
    ///     let _ = db.user().update(user::by_name("ann")).set(|s| s.role(None));
    /// }
    /// ```
    struct b24_a_role_cannot_be_null;
}
