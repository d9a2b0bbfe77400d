//! `migrate snapshot`: puts the snapshot beside the newest migration that has none, so that the next one can be worked out
//! without a replay.
//!
//! The schema of the project is that snapshot exactly when the database, with every migration applied, is what it says. So
//! neither a scratch database nor the right to make one is needed. Those of older migrations come of a replay.

use std::path::PathBuf;

use nicol_catalog::to_schema::{Options, to_schema};
use nicol_db::{Connection, ConnectionUrl};
use nicol_schema::ValidSchema;

use crate::deploy::{close, open};
use crate::dev;
use crate::directory::{self, Directory, SNAPSHOT_FILE};
use crate::error::{Error, Result, code};
use crate::history;
use crate::origin::IMPORTED_MARK;
use crate::scope::Scope;
use crate::shadow::{self, Shadow};
use crate::snapshot;
use crate::standing::standing;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It has been written.
    Written {
        /// Name of the migration.
        migration: String,
        /// The file.
        file: PathBuf,
    },
    /// The newest migration had one.
    There {
        /// Name of the migration.
        migration: String,
    },
    /// There are no migrations.
    NoMigrations,
}

/// Writes the snapshot of the newest migration, if it has none.
///
/// # Errors
/// `snapshot-not-possible` when not every migration is applied as it is in the folder, or the database is not what the schema
/// says; P3019; errors of connecting and writing.
pub async fn take(url: &ConnectionUrl, directory: &Directory, schema: &ValidSchema, scope: &Scope) -> Result<Taken> {
    let (Some(folder), Some(newest)) = (directory.path(), directory.migrations().last()) else {
        return Ok(Taken::NoMigrations);
    };
    if newest.snapshot()?.is_some() && !newest.script.starts_with(IMPORTED_MARK) {
        return Ok(Taken::There { migration: newest.name.clone() });
    }
    let mut conn = open(url).await?;
    let checked = check(&mut conn, directory, schema, scope).await;
    close(conn).await;
    checked?;
    if newest.script.starts_with(IMPORTED_MARK) {
        return Err(not_possible(
            "The newest migration was imported, and its snapshot of that time stays beside it.",
            "The next migration that `nicol migrate dev` writes has a snapshot.",
        ));
    }
    let path = folder.join(&newest.name);
    directory::write_file(&path, SNAPSHOT_FILE, &snapshot::snapshot(&schema.sources))?;
    Ok(Taken::Written { migration: newest.name.clone(), file: path.join(SNAPSHOT_FILE) })
}

/// The snapshots of migrations before the newest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Older {
    /// The files that were written.
    pub written: Vec<PathBuf>,
    /// Migrations after which the database held what no schema says in full: theirs are not written.
    pub left_out: Vec<String>,
}

/// Writes the snapshot of every migration before the newest that has none, as a replay makes it. Names, comments and
/// documentation of today's schema are in it, as far as they fit.
///
/// # Errors
/// Those of a replay ([`shadow::replay`]), of the connection, and of writing.
pub async fn take_older(
    url: &ConnectionUrl,
    directory: &Directory,
    schema: &ValidSchema,
    scope: &Scope,
    given: Option<&ConnectionUrl>,
) -> Result<Older> {
    let (Some(folder), Some((_, older))) = (directory.path(), directory.migrations().split_last()) else {
        return Ok(Older::default());
    };
    let mut lacking = Vec::new();
    for (place, migration) in older.iter().enumerate() {
        if migration.snapshot()?.is_none() {
            lacking.push(place);
        }
    }
    let Some(last) = lacking.last() else { return Ok(Older::default()) };
    let conn = open(url).await?;
    let dialect = conn.dialect();
    close(conn).await;
    let shadow = Shadow { main: Some(url), given };
    let catalogs = shadow::replay_each(&older[..=*last], dialect, shadow, scope).await?;
    let today = scope.catalog_of(schema, dialect);
    let mut done = Older::default();
    for place in lacking {
        let migration = &older[place];
        let catalog = catalogs[place].spelled_as(&today);
        let pulled = to_schema(&catalog, schema, &Options { new_file: SNAPSHOT_FILE.to_owned(), ..Options::default() });
        let says_all = nicol_schema::validate(&pulled.files)
            .schema
            .is_some_and(|said| dev::drift_between(&scope.catalog_of(&said, dialect), &catalog).is_none());
        if says_all {
            let path = folder.join(&migration.name);
            directory::write_file(&path, SNAPSHOT_FILE, &snapshot::snapshot(&pulled.files))?;
            done.written.push(path.join(SNAPSHOT_FILE));
        } else {
            done.left_out.push(migration.name.clone());
        }
    }
    Ok(done)
}

fn not_possible(message: impl Into<String>, help: &str) -> Error {
    Error::new(code::SNAPSHOT, message).with_help(help)
}

/// Folder, history, database and schema have to agree.
async fn check(conn: &mut Connection, directory: &Directory, schema: &ValidSchema, scope: &Scope) -> Result<()> {
    directory.check_provider(conn.dialect())?;
    let rows = history::read_if_exists(conn).await?.unwrap_or_default();
    if !standing(directory.migrations(), &rows).is_clean() {
        return Err(not_possible(
            "The migrations of the folder are not all applied to this database as they are.",
            "`nicol migrate status` shows how things stand; `nicol migrate deploy` applies what is pending.",
        ));
    }
    let live = scope.introspect(conn).await?;
    let wanted = scope.catalog_of(schema, conn.dialect());
    match dev::drift_between(&wanted, &live) {
        None => Ok(()),
        Some(drift) => Err(not_possible(
            format!("The database is not what the schema says:\n{}", drift.summary.trim_end()),
            "Go back to the schema that the migrations were made from, or make the missing one with `nicol migrate dev`.",
        )),
    }
}
