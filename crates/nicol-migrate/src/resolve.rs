//! `migrate resolve`: says what has become of a migration, without running anything.

use nicol_db::{Connection, ConnectionUrl};

use crate::checksum::{self, checksum};
use crate::deploy::{close, create_schema, open};
use crate::dev::{Drift, drift_between};
use crate::directory::{Directory, Migration};
use crate::error::{Error, Result, code};
use crate::event::Watch;
use crate::history::{self, HistoryRow, RowState};
use crate::lock::{self, LockOptions};
use crate::resume::THERE_ALREADY;
use crate::scope::Scope;
use crate::shadow::{self, Shadow};
use crate::standing::standing;

/// What has become of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// All of it is in the database: it was completed by hand, or the database is older than its history.
    Applied,
    /// Nothing of it is in the database; the next deploy runs it again.
    RolledBack,
    /// What stood in the way of the statement that failed is gone; the next deploy goes on with that statement.
    Retry,
}

/// Records what has become of a migration. The script is not run and the schema not touched. Gives false when there was
/// nothing to record: a migration to be rolled back that has left no mark is pending, which is what was asked for. So it is on
/// PostgreSQL and SQLite, where a failed migration is undone together with its record.
///
/// # Errors
/// P3017 when there is no such folder and P3008 when it is recorded as applied already; P3011 when neither folder nor
/// history knows what to roll back and P3012 when the migration has not failed; `retry-not-possible` when how far it came is not known, or its
/// script has changed since; P1002 when another runner is at work.
pub async fn resolve(
    url: &ConnectionUrl,
    directory: &Directory,
    name: &str,
    resolution: Resolution,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let migration = directory.get(name);
    // These need the checksum of the script, so they need the folder.
    if migration.is_none() && resolution != Resolution::RolledBack {
        return Err(unknown(directory, name));
    }
    let mut conn = open(url).await?;
    let result = on_connection(&mut conn, directory, name, (migration, resolution), lock, watch).await;
    close(conn).await;
    result
}

async fn on_connection(
    conn: &mut Connection,
    directory: &Directory,
    name: &str,
    (migration, resolution): (Option<&Migration>, Resolution),
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    directory.check_provider(conn.dialect())?;
    let held = lock::take(conn, lock, watch).await?;
    create_schema(conn).await?;
    lock::begin_exclusive(conn, lock, watch).await?;
    let recorded = match (resolution, migration) {
        (Resolution::Applied, Some(migration)) => mark_applied(conn, migration).await.map(|()| true),
        (Resolution::Retry, Some(migration)) => mark_running(conn, migration).await.map(|()| true),
        (_, _) => mark_rolled_back(conn, migration, name).await,
    };
    match &recorded {
        Ok(_) => conn.commit().await?,
        // The first error is the one to report.
        Err(_) => drop(conn.rollback().await),
    }
    lock::release(conn, held).await?;
    recorded
}

async fn mark_applied(conn: &mut Connection, migration: &Migration) -> Result<()> {
    let name = &migration.name;
    if !history::exists(conn).await? {
        history::create(conn).await?;
    }
    let rows = history::read(conn).await?;
    if rows.iter().any(|row| row.migration_name == *name && row.state() == RowState::Applied) {
        return Err(Error::new("P3008", format!("Migration {name} is recorded as applied already."))
            .with_migration(name)
            .with_help("There is nothing to resolve: `nicol migrate status` shows how things stand."));
    }
    history::roll_back(conn, name).await?;
    history::insert_resolved(conn, name, &checksum(&migration.script)).await?;
    Ok(())
}

/// False when no row says that it was started: it is pending.
async fn mark_rolled_back(conn: &mut Connection, migration: Option<&Migration>, name: &str) -> Result<bool> {
    let rows = history::read_if_exists(conn).await?.unwrap_or_default();
    let is_marked = rows.iter().any(|row| row.migration_name == name && row.state() != RowState::RolledBack);
    if migration.is_some() && !is_marked {
        return Ok(false);
    }
    failed_row(conn, name).await?;
    history::roll_back(conn, name).await?;
    Ok(true)
}

/// Makes the row of a failed migration that of one that was cut off before the statement that failed.
async fn mark_running(conn: &mut Connection, migration: &Migration) -> Result<()> {
    let name = &migration.name;
    let row = failed_row(conn, name).await?;
    let otherwise = format!(
        "Put the database right by hand, then say which way: `nicol migrate resolve --applied {name}` when all of it is in, or \
         `nicol migrate resolve --rolled-back {name}` when none of it is."
    );
    if !row.has_failed_at_a_statement() {
        let message = format!("How far migration {name} came is not recorded, so it cannot be gone on with.");
        return Err(Error::new(code::RETRY, message).with_migration(name).with_help(otherwise));
    }
    if !checksum::matches(&migration.script, &row.checksum) {
        let message =
            format!("The script of migration {name} has changed since it failed, so it cannot be gone on with.");
        let help = format!("Restore the script as it was (version control has it). {otherwise}");
        return Err(Error::new(code::RETRY, message).with_migration(name).with_help(help));
    }
    history::set_look_before(conn, &row.id, THERE_ALREADY).await?;
    Ok(())
}

/// The row of a migration that was started and did not end.
async fn failed_row(conn: &mut Connection, name: &str) -> Result<HistoryRow> {
    let mut rows = history::read_if_exists(conn).await?.unwrap_or_default();
    rows.retain(|row| row.migration_name == name);
    if rows.is_empty() {
        return Err(Error::new("P3011", format!("Migration {name} was never applied to this database."))
            .with_migration(name)
            .with_help("Is the name complete? It is the whole folder name, with its digits."));
    }
    rows.into_iter().find(|row| row.state() == RowState::Failed).ok_or_else(|| {
        Error::new("P3012", format!("Migration {name} has not failed."))
            .with_migration(name)
            .with_help("Only a migration that was started and did not end can be rolled back or tried again.")
    })
}

/// An applied migration whose script is another than the one that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Checksum of the script that was applied.
    pub recorded: String,
    /// Checksum of the script as it is now; the same where only line ends differ.
    pub now: String,
    /// What the database has beyond the migrations as they are now; none when they agree.
    pub drift: Option<Drift>,
    /// False where the migrations could not be replayed to see whether the database agrees with them.
    pub is_compared: bool,
}

impl Edit {
    /// True when the script is another one.
    pub fn is_edited(&self) -> bool {
        self.recorded != self.now
    }
}

/// Looks at the script of an applied migration: how it differs from what was recorded, and whether the database is what
/// the scripts make now. Changes nothing.
///
/// # Errors
/// P3017 when there is no such folder, P3011 when it is not applied, and errors of the connection.
pub async fn edit(
    url: &ConnectionUrl,
    directory: &Directory,
    name: &str,
    scope: &Scope,
    shadow: Option<&ConnectionUrl>,
) -> Result<Edit> {
    let migration = directory.get(name).ok_or_else(|| unknown(directory, name))?;
    let mut conn = open(url).await?;
    let result = async {
        directory.check_provider(conn.dialect())?;
        let rows = history::read_if_exists(&mut conn).await?.unwrap_or_default();
        let recorded = applied_checksum(&rows, name)?;
        let matches = checksum::matches(&migration.script, &recorded);
        let now = if matches { recorded.clone() } else { checksum(&migration.script) };
        let standing = standing(directory.migrations(), &rows);
        let applied: Vec<Migration> = directory
            .migrations()
            .iter()
            .filter(|migration| standing.applied.contains(&migration.name))
            .cloned()
            .collect();
        let shadow = Shadow { main: Some(url), given: shadow };
        let replayed = shadow::replay(&applied, conn.dialect(), shadow, scope).await;
        let live = scope.introspect(&mut conn).await?;
        let drift = replayed.as_ref().ok().and_then(|expected| drift_between(expected, &live));
        Ok(Edit { recorded, now, drift, is_compared: replayed.is_ok() })
    }
    .await;
    close(conn).await;
    result
}

/// Records the script of an applied migration as it is now: from here on it counts as what was applied.
///
/// # Errors
/// P3017, P3011, P1002 as [`resolve`].
pub async fn accept_edit(
    url: &ConnectionUrl,
    directory: &Directory,
    name: &str,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<()> {
    let migration = directory.get(name).ok_or_else(|| unknown(directory, name))?;
    let mut conn = open(url).await?;
    let result = async {
        directory.check_provider(conn.dialect())?;
        let held = lock::take(&mut conn, lock, watch).await?;
        let rows = history::read_if_exists(&mut conn).await?.unwrap_or_default();
        let recorded = match applied_checksum(&rows, name) {
            Ok(_) => history::set_checksum(&mut conn, name, &checksum(&migration.script)).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        lock::release(&mut conn, held).await?;
        recorded
    }
    .await;
    close(conn).await;
    result
}

/// The checksum that was recorded for an applied migration.
fn applied_checksum(rows: &[HistoryRow], name: &str) -> Result<String> {
    let row = rows.iter().rev().find(|row| row.migration_name == name && row.state() == RowState::Applied);
    row.map(|row| row.checksum.clone()).ok_or_else(|| {
        Error::new("P3011", format!("Migration {name} is not applied to this database."))
            .with_migration(name)
            .with_help("A migration that is not applied can be edited freely.")
    })
}

fn unknown(directory: &Directory, name: &str) -> Error {
    let place = directory.path().map(|path| format!(" in {}", path.display())).unwrap_or_default();
    Error::new("P3017", format!("There is no migration {name}{place}."))
        .with_migration(name)
        .with_help(directory.help_with_name(name))
}
