//! `migrate adopt`: takes what is in the database and not in the migrations into a migration of its own, which counts as
//! applied. Nothing is changed in the database but the history.
//!
//! A database without a history is taken in whole: that is its baseline.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use nicol_db::{Connection, ConnectionUrl};

use crate::checksum::checksum;
use crate::compare::Ways;
use crate::deploy::{close, failed_before, open};
use crate::dev;
use crate::directory::{self, Directory};
use crate::error::{Error, Result, code};
use crate::event::Watch;
use crate::history;
use crate::lock::{self, LockOptions};
use crate::naming;
use crate::origin;
use crate::scope::Scope;
use crate::shadow::Shadow;
use crate::standing::{Standing, standing};

/// How to adopt.
#[derive(Debug, Clone, Copy)]
pub struct AdoptOptions<'a> {
    /// Title of the migration.
    pub title: &'a str,
    /// The time that goes into its name.
    pub now: Timestamp,
    /// What of the database the migrations are about.
    pub scope: &'a Scope,
    /// A shadow database to replay in.
    pub shadow: Option<&'a ConnectionUrl>,
    /// Waiting for other runners.
    pub lock: LockOptions,
}

/// A migration made of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What it holds, in words.
    pub summary: String,
}

/// Writes a migration of what the database has beyond the applied migrations, and records it as applied. Nothing when
/// there is no difference.
///
/// # Errors
/// P3009, `migration-edited`, `migration-missing`, `migrations-pending` when folder and history do not agree; P3006 and P3014
/// of a replay; errors of writing, then nothing is recorded.
pub async fn adopt(
    url: &ConnectionUrl,
    directory: &Directory,
    options: AdoptOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Option<Adopted>> {
    let folder = directory
        .path()
        .ok_or_else(|| Error::new(code::FILE, "New migrations cannot be written into an embedded folder."))?;
    let mut conn = open(url).await?;
    let result = async {
        directory.check_provider(conn.dialect())?;
        let held = lock::take(&mut conn, options.lock, watch).await?;
        let adopted = under_lock(&mut conn, url, directory, folder, options, watch).await;
        lock::release(&mut conn, held).await?;
        adopted
    }
    .await;
    close(conn).await;
    result
}

async fn under_lock(
    conn: &mut Connection,
    url: &ConnectionUrl,
    directory: &Directory,
    folder: &Path,
    options: AdoptOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Option<Adopted>> {
    let rows = history::read_if_exists(conn).await?;
    let standing = standing(directory.migrations(), rows.as_deref().unwrap_or_default());
    refuse(&standing)?;
    let live = options.scope.introspect(conn).await?;
    let shadow = Shadow { main: Some(url), given: options.shadow };
    let migrations = directory.migrations();
    let (expected, drift) =
        origin::against_live(migrations, &live, conn.dialect(), shadow, false, options.scope).await?;
    let Some(drift) = drift.filter(|drift| !drift.script.is_empty()) else {
        return Ok(None);
    };
    let back = Ways::toward_found(&expected.catalog, &live).back;
    let (name, _) = naming::new_name(options.now, options.title, migrations)?;
    let previous = migrations.last().map_or("", |migration| migration.name.as_str());
    let down = origin::down_mark(&name, previous) + &dev::down_script(&back);
    let files = [(directory::SCRIPT_FILE, drift.script.as_str()), (directory::DOWN_FILE, down.as_str())];
    let path = directory::write_migration(folder, &name, &files, conn.dialect())?;
    if let Err(error) = record(conn, &name, &drift.script, options.lock, watch).await {
        // A folder without its row would be run by the next deploy, on a database that has it all.
        return Err(match std::fs::remove_dir_all(&path) {
            Ok(()) => error,
            Err(_) => error.with_help(format!("Remove the folder {}: it is not recorded.", path.display())),
        });
    }
    Ok(Some(Adopted { name, folder: path, summary: drift.summary }))
}

async fn record(
    conn: &mut Connection,
    name: &str,
    script: &str,
    lock: LockOptions,
    watch: &mut dyn Watch,
) -> Result<()> {
    lock::begin_exclusive(conn, lock, watch).await?;
    let recorded = async {
        if !history::exists(conn).await? {
            history::create(conn).await?;
        }
        history::insert_resolved(conn, name, &checksum(script)).await
    }
    .await;
    match recorded {
        Ok(()) => conn.commit().await?,
        Err(error) => {
            // The first error is the one to report.
            let _ = conn.rollback().await;
            return Err(error.into());
        }
    }
    Ok(())
}

/// What a new migration would be put on top of has to be known.
fn refuse(standing: &Standing) -> Result<()> {
    if let Some(failed) = standing.failed.first() {
        return Err(failed_before(&failed.name, failed.started_at, failed.logs.as_deref()));
    }
    let refusal = |code: &'static str, what: &str, names: &[String], help: &str| {
        let error = Error::new(code, format!("{what}: {}.", names.join(", "))).with_help(help);
        names.first().map_or(Ok(()), |name| Err(error.with_migration(name)))
    };
    refusal(
        code::EDITED,
        "Changed after being applied",
        &standing.edited,
        "Restore the script, or accept it as it is with `nicol migrate resolve --accept-edit NAME`.",
    )?;
    refusal(
        code::MISSING,
        "Applied to the database, but not in the folder",
        &standing.missing,
        "Bring the folders back from version control first.",
    )?;
    refusal(
        code::PENDING,
        "Not applied yet",
        &standing.pending,
        "Apply them first with `nicol migrate deploy`, or record those that are in the database with `nicol migrate resolve \
         --applied NAME`.",
    )
}
