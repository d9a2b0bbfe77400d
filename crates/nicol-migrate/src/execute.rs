//! `db execute`: runs a script. Nothing records it.

use nicol_db::ConnectionUrl;

use crate::deploy::{close, open};
use crate::error::Result;
use crate::unrecorded;

pub use crate::unrecorded::Ran;

/// Runs a script on a database: in one transaction on PostgreSQL and SQLite unless a statement or the script itself forbids
/// it, else statement by statement. What its statements return is read and dropped.
///
/// # Errors
/// P1003 when the database does not exist, `script-failed`, `foreign-keys-violated` (SQLite).
pub async fn execute(url: &ConnectionUrl, script: &str) -> Result<Ran> {
    let script = script.strip_prefix('\u{feff}').unwrap_or(script);
    let mut conn = open(url).await?;
    let ran = unrecorded::run(&mut conn, script).await;
    close(conn).await;
    ran
}
