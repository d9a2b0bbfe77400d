//! `migrate reset`: empties a database and applies every migration again.

use nicol_db::{Connection, ConnectionUrl, admin};

use crate::deploy::{self, DeployOptions, close};
use crate::directory::Directory;
use crate::empty::empty;
use crate::error::Result;
use crate::event::Watch;
use crate::lock::{self, LockOptions};
use crate::scope::Scope;

/// What a reset did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reset {
    /// The database was missing and has been created.
    pub database_created: bool,
    /// Names of the migrations applied, in order.
    pub applied: Vec<String>,
}

/// Drops everything in the database (on PostgreSQL: in the schema of the URL and in those listed), then applies all
/// migrations. The database itself stays, and so does what is left alone. One that is missing is created.
///
/// Whoever calls has asked for leave.
///
/// # Errors
/// P3019 before anything is dropped, P3016 when something cannot be dropped, and those of [`deploy::deploy`].
pub async fn reset(
    url: &ConnectionUrl,
    directory: &Directory,
    scope: &Scope,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Reset> {
    let (mut conn, database_created) = open_or_create(url).await?;
    let result = on_connection(&mut conn, directory, scope, lock, watch).await;
    close(conn).await;
    Ok(Reset { database_created, applied: result? })
}

/// Opens the database, and creates it first when it is missing.
pub(crate) async fn open_or_create(url: &ConnectionUrl) -> Result<(Connection, bool)> {
    match Connection::open(url).await {
        Ok(conn) => Ok((conn, false)),
        Err(error) if error.code() == "P1003" => {
            let created = admin::create_database(url).await?;
            Ok((Connection::open(url).await?, created))
        }
        Err(error) => Err(error.into()),
    }
}

async fn on_connection(
    conn: &mut Connection,
    directory: &Directory,
    scope: &Scope,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Vec<String>> {
    directory.check_provider(conn.dialect())?;
    let held = lock::take(conn, lock, watch).await?;
    let options = DeployOptions { lock, scope: Some(scope), ..DeployOptions::default() };
    let result = match empty(conn, scope).await {
        Ok(()) => deploy::under_lock(conn, directory, options, &held, watch).await,
        Err(error) => Err(error),
    };
    let released = lock::release(conn, held).await;
    let applied = result?.applied;
    released?;
    Ok(applied)
}
