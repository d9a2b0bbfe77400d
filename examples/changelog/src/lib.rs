//! Publishes the changelogs of projects: who may write, who decides, who reads.
//!
//! The schema is a folder, `prisma/schema`: a file for each part of the system. `build.rs` makes the module [`db`] of it.
//! [`open`] brings a database up to date and connects to it, be it PostgreSQL, SQLite or MariaDB.

pub mod accounts;
pub mod codes;
pub mod commits;
pub mod entries;
mod error;
pub mod jobs;
pub mod keys;
pub mod projects;
pub mod requests;
pub mod serve;
pub mod settings;
pub mod story;
pub mod subscribers;
mod token;
pub mod views;

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
const MIGRATIONS: [Embedded; 3] = [
    nicol::migrate!("prisma/schema/migrations"),
    nicol::migrate!("sqlite/schema/migrations"),
    nicol::migrate!("mariadb/schema/migrations"),
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

/// The same schema without the preview feature `fullTextSearchPostgres`.
#[cfg(doctest)]
pub mod without_search {
    include!(concat!(env!("OUT_DIR"), "/without_search.rs"));
}

/// What rustc must refuse, and what makes it agree.
#[cfg(doctest)]
#[allow(dead_code, non_camel_case_types, reason = "the names are those of the README's rows")]
mod rustc_says {
    /// Full-text search is there with the preview feature.
    ///
    /// ```
    /// let _ = changelog::db::changelog_entry::content.search("login & !draft");
    /// ```
    ///
    /// Without it there is no such filter.
    ///
    /// ```compile_fail,E0277
    /// mod db {
    ///     include!(concat!(env!("OUT_DIR"), "/without_search.rs"));
    /// }
    /// fn main() {
    ///     let _ = db::changelog_entry::content.search("login & !draft");
    /// }
    /// ```
    struct b29_search_needs_its_preview_feature;
}
