//! One product, three databases.

use nicol::migrate::Embedded;

use crate::{Db, Result};

// ANCHOR: open
/// The migrations for each database, compiled in.
pub const MIGRATIONS: [Embedded; 3] =
    [nicol::migrate!("prisma/migrations"), nicol::migrate!("sqlite/migrations"), nicol::migrate!("mariadb/migrations")];

/// Brings the database behind a URL up to date and connects to it.
///
/// # Errors
/// When it cannot be reached, or a migration cannot be applied.
pub async fn open(url: &str) -> Result<Db> {
    Embedded::for_url(&MIGRATIONS, url)?.deploy(url).await?;
    Ok(Db::connect(url).await?)
}
// ANCHOR_END: open
