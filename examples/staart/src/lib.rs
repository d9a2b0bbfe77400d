//! The accounts of a software service: people, their addresses and logins, and the organizations they form.
//!
//! `prisma/schema.prisma` says what there is; `build.rs` makes the module [`db`] of it. [`open`] brings a database up to date
//! and connects to it, be it MySQL, PostgreSQL or SQLite.

pub mod accounts;
pub mod addresses;
pub mod codes;
pub mod domain_names;
mod error;
pub mod hooks;
pub mod keys;
pub mod logins;
mod random;
pub mod story;
pub mod teams;
pub mod tokens;

/// The client, generated from the schema.
// ANCHOR: db
pub mod db {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
// ANCHOR_END: db

pub use db::Db;
pub use error::{Error, Refusal, Result};

// ANCHOR: open
use nicol::migrate::Embedded;

/// The migrations, compiled in: a folder for each product.
const MIGRATIONS: [Embedded; 3] = [
    nicol::migrate!("prisma/migrations"),
    nicol::migrate!("sqlite/migrations"),
    nicol::migrate!("postgresql/migrations"),
];

/// Applies what is pending and connects. The file of a SQLite database is made when it is missing.
///
/// # Errors
/// When the migrations do not fit the database, or it cannot be reached.
pub async fn open(url: &str) -> Result<Db> {
    Embedded::for_url(&MIGRATIONS, url)?.deploy(url).await?;
    Ok(Db::connect(url).await?)
}
// ANCHOR_END: open
