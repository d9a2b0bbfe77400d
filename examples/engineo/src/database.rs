//! One product, three databases.

use nicol::migrate::Embedded;

use crate::{Db, Result};

// ANCHOR: embedded
const POSTGRESQL: Embedded = nicol::migrate!("prisma/migrations");
const SQLITE: Embedded = nicol::migrate!("sqlite/migrations");
const MARIADB: Embedded = nicol::migrate!("mariadb/migrations");

/// The migrations for the database behind a URL, compiled in.
pub fn migrations(url: &str) -> Embedded {
    match url.split(':').next() {
        Some("postgresql" | "postgres") => POSTGRESQL,
        Some("mysql" | "mariadb") => MARIADB,
        _ => SQLITE,
    }
}

/// Brings a database up to date and connects to it.
///
/// # Errors
/// When it cannot be reached, or a migration cannot be applied.
pub async fn open(url: &str) -> Result<Db> {
    migrations(url).deploy(url).await?;
    Ok(Db::connect(url).await?)
}
// ANCHOR_END: embedded
