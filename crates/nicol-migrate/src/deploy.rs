//! `migrate deploy`: applies what is pending, or says precisely why not.
//!
//! One session does everything: it takes the lock, creates the history under it, compares, applies and records.

use jiff::Timestamp;
use nicol_db::{Connection, ConnectionUrl, Dialect};

use crate::apply::{self, Place};
use crate::baseline::{self, Baseline};
use crate::checksum;
use crate::directory::{Directory, Migration};
use crate::error::{Error, Result, code};
use crate::event::{Event, Watch};
use crate::history::{self, HistoryRow};
use crate::lock::{self, Held, LockOptions};
use crate::naming;
use crate::reset::open_or_create;
use crate::scope::Scope;
use crate::standing::{Renamed, Standing, standing};
use crate::statement;

/// How to deploy.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeployOptions<'a> {
    /// Apply migrations that sort before one that is applied already.
    pub allow_out_of_order: bool,
    /// Take a database that has tables and no history for what the migrations have made, as far as it is.
    pub baseline: Option<Baseline<'a>>,
    /// What of the database they are about; none is all of it.
    pub scope: Option<&'a Scope>,
    /// Create the database when it is missing and there are migrations to apply.
    pub create_database: bool,
    /// Waiting for other runners.
    pub lock: LockOptions,
}

/// What a deployment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Whether the database was missing and has been created.
    pub database_created: bool,
    /// Names of the migrations recorded now because the database held what they make, in order.
    pub baseline: Vec<String>,
    /// Names of the migrations applied now, in order.
    pub applied: Vec<String>,
    /// Number of migrations in the folder.
    pub found: usize,
}

/// Applies every pending migration of a folder to a database.
///
/// # Errors
/// - P1003 when the database does not exist and is not to be created.
/// - P3019 when the migrations are for another product, P3005 when the database has tables but no history (with a baseline: and
///   they are not what a migration leads to), `baseline-ambiguous`.
/// - `migrations-folder-absent`, `migrations-folder-empty`, `migration-edited`, `migration-truncated`, `migration-renamed`,
///   `migration-missing`, `migration-duplicated`, `migration-out-of-order`, P3009 (a failed migration) when folder and history
///   do not fit.
/// - P1002 when another runner holds the lock for too long.
/// - P3018 when a script fails, with the database's code; `migration-interrupted`, `foreign-keys-violated`,
///   `commit-unknown`.
pub async fn deploy(
    url: &ConnectionUrl,
    directory: &Directory,
    options: DeployOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Deployed> {
    if !directory.exists() {
        let path = directory.path().map(|path| path.display().to_string()).unwrap_or_default();
        let message = format!("There is no migrations folder at {path}.");
        return Err(Error::new(code::FOLDER_ABSENT, message)
            .with_help("Was it left out of the image or archive that is being deployed?"));
    }
    let (mut conn, database_created) = if options.create_database && !directory.migrations().is_empty() {
        open_or_create(url).await?
    } else {
        (open(url).await?, false)
    };
    if database_created {
        watch.event(Event::DatabaseCreated);
    }
    let deployed = deploy_on(&mut conn, directory, options, watch).await;
    close(conn).await;
    Ok(Deployed { database_created, ..deployed? })
}

/// Ends a session. Whatever matters has been answered by then: how the server takes the goodbye changes nothing.
pub(crate) async fn close(conn: Connection) {
    let _ = conn.close().await;
}

/// Opens the database, with a hint when it is not there.
pub(crate) async fn open(url: &ConnectionUrl) -> Result<Connection> {
    Connection::open(url).await.map_err(|error| {
        let missing = error.code() == "P1003";
        let error = Error::from(error);
        if missing {
            return error.with_help("Create it first: `nicol migrate deploy` does so where there are migrations to apply, `nicol migrate dev` always.");
        }
        error
    })
}

/// The same on an open connection.
pub(crate) async fn deploy_on(
    conn: &mut Connection,
    directory: &Directory,
    options: DeployOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Deployed> {
    directory.check_provider(conn.dialect())?;
    // Those that were read from a disk are checked already; others come from a program.
    for migration in directory.migrations() {
        naming::check_recorded_name(&migration.name)?;
    }
    watch_for_a_dead_client(conn).await;
    let held = lock::take(conn, options.lock, watch).await?;
    let result = under_lock(conn, directory, options, &held, watch).await;
    let released = lock::release(conn, held).await;
    let deployed = result?;
    released?;
    Ok(deployed)
}

/// Lets PostgreSQL 14 and later end a statement whose client has died, so that the lock does not outlive the runner.
async fn watch_for_a_dead_client(conn: &mut Connection) {
    if conn.dialect() == Dialect::Postgres {
        // Only a precaution: servers that do not know the setting, or cannot use it, do without.
        let sql = "SELECT set_config('client_connection_check_interval', '500', false) \
                   WHERE current_setting('client_connection_check_interval', true) IS NOT NULL";
        let _ = conn.query(sql, &[]).await;
    }
}

/// The same on a connection that has the lock.
pub(crate) async fn under_lock(
    conn: &mut Connection,
    directory: &Directory,
    options: DeployOptions<'_>,
    held: &Held,
    watch: &mut dyn Watch,
) -> Result<Deployed> {
    let (rows, baseline) = match first_look(conn, options, watch).await? {
        Some(rows) => (rows, Vec::new()),
        None if directory.migrations().is_empty() => {
            return Ok(Deployed { database_created: false, baseline: Vec::new(), applied: Vec::new(), found: 0 });
        }
        None => create_history(conn, directory, options, watch).await?,
    };
    let standing = standing(directory.migrations(), &rows);
    let interrupted = interrupted(directory, &rows).filter(|_| held.keeps_others_out());
    refuse(directory, &standing, &rows, interrupted, options, conn.dialect())?;
    if !standing.line_ends.is_empty() {
        watch.event(Event::LineEnds { migrations: standing.line_ends.clone() });
    }

    // What was begun is ended first.
    let begun = interrupted.and_then(|row| Some((directory.get(&row.migration_name)?, Some(row))));
    let pending = directory.migrations().iter().filter(|migration| standing.pending.contains(&migration.name));
    let work: Vec<(&Migration, Option<&HistoryRow>)> = begun.into_iter().chain(pending.map(|m| (m, None))).collect();
    let mut applied = Vec::new();
    let search_path = if work.is_empty() { None } else { apply::search_path(conn).await? };
    for (i, (migration, row)) in work.iter().enumerate() {
        let place = Place { number: i + 1, total: work.len() };
        if apply::apply(conn, migration, *row, place, options.lock, search_path.as_deref(), watch).await? {
            applied.push(migration.name.clone());
        }
    }
    Ok(Deployed { database_created: false, baseline, applied, found: directory.migrations().len() })
}

/// The history as it is now, nothing when there is none. SQLite may be busy with another runner.
async fn first_look(
    conn: &mut Connection,
    options: DeployOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<Option<Vec<HistoryRow>>> {
    if conn.dialect() != Dialect::Sqlite {
        return Ok(history::read_if_exists(conn).await?);
    }
    lock::begin_exclusive(conn, options.lock, watch).await?;
    let rows = history::read_if_exists(conn).await;
    conn.rollback().await?;
    Ok(rows?)
}

/// Creates the history in a database without tables, or with a baseline. On SQLite another runner may be doing the same.
async fn create_history(
    conn: &mut Connection,
    directory: &Directory,
    options: DeployOptions<'_>,
    watch: &mut dyn Watch,
) -> Result<(Vec<HistoryRow>, Vec<String>)> {
    create_schema(conn).await?;
    lock::begin_exclusive(conn, options.lock, watch).await?;
    let created = create_history_unless_there(conn, directory, options).await;
    match &created {
        Ok(_) => conn.commit().await?,
        // The first error is the one to report.
        Err(_) => drop(conn.rollback().await),
    }
    let (rows, baseline) = created?;
    if !baseline.is_empty() {
        watch.event(Event::Baselined { migrations: baseline.clone() });
    }
    Ok((rows, baseline))
}

/// Refuses a database whose tables no migration has made: a first one could never be applied to it.
///
/// # Errors
/// P3005 when there are tables but no history.
pub(crate) async fn refuse_unmanaged(conn: &mut Connection, scope: &Scope) -> Result<()> {
    if history::exists(conn).await? {
        return Ok(());
    }
    match unmanaged_table(conn, Some(scope)).await? {
        None => Ok(()),
        Some(table) => Err(unmanaged(&table).with_help(
            "Take what is there into a first migration: `nicol migrate adopt --name init` writes it and records it as applied.",
        )),
    }
}

/// A table that no migration has made, those left out that are somebody else's.
pub(crate) async fn unmanaged_table(conn: &mut Connection, scope: Option<&Scope>) -> Result<Option<String>> {
    let tables = history::foreign_tables(conn).await?;
    let namespace = conn.dialect().is_postgres_family().then(|| conn.default_schema().to_owned());
    let is_external = |name: &str| scope.is_some_and(|scope| scope.is_external_table(namespace.as_deref(), name));
    Ok(tables.into_iter().find(|name| !is_external(name)))
}

fn unmanaged(table: &str) -> Error {
    Error::new("P3005", format!("The database has tables ({table}, for one) but no migration history."))
}

/// The history, and the migrations recorded in it now because the database holds what they make.
async fn create_history_unless_there(
    conn: &mut Connection,
    directory: &Directory,
    options: DeployOptions<'_>,
) -> Result<(Vec<HistoryRow>, Vec<String>)> {
    if let Some(rows) = history::read_if_exists(conn).await? {
        return Ok((rows, Vec::new()));
    }
    let unmanaged_table = unmanaged_table(conn, options.scope).await?;
    let made = match (unmanaged_table, options.baseline) {
        (None, _) => &[],
        (Some(_), Some(baseline)) => {
            let whole = Scope::default();
            baseline::find(conn, directory.migrations(), baseline, options.scope.unwrap_or(&whole)).await?
        }
        (Some(table), None) => {
            return Err(unmanaged(&table).with_help(
                "If its tables are what the migrations make, or the first of them, `nicol migrate deploy --baseline` finds out \
                 which and records them as applied; `nicol migrate resolve --applied NAME` records one unseen. Otherwise \
                 give an empty database.",
            ));
        }
    };
    history::create(conn).await?;
    for migration in made {
        history::insert_resolved(conn, &migration.name, &checksum::checksum(&migration.script)).await?;
    }
    let names = made.iter().map(|migration| migration.name.clone()).collect();
    Ok((history::read(conn).await?, names))
}

/// A PostgreSQL schema named in the URL is created when it is missing.
pub(crate) async fn create_schema(conn: &mut Connection) -> Result<()> {
    if conn.dialect().is_postgres_family() && conn.default_schema() != "public" {
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {}", conn.dialect().quote(conn.default_schema()));
        conn.run_script(&sql).await?;
    }
    Ok(())
}

/// The row of a migration that a killed run of ours has left, when its script is still the same. It can be gone on with
/// when no other runner can be at work.
fn interrupted<'a>(directory: &Directory, rows: &'a [HistoryRow]) -> Option<&'a HistoryRow> {
    let row = rows.iter().find(|row| row.was_interrupted())?;
    let migration = directory.get(&row.migration_name)?;
    checksum::matches(&migration.script, &row.checksum).then_some(row)
}

/// Everything that stands in the way, most telling first.
fn refuse(
    directory: &Directory,
    standing: &Standing,
    rows: &[HistoryRow],
    interrupted: Option<&HistoryRow>,
    options: DeployOptions<'_>,
    dialect: Dialect,
) -> Result<()> {
    let is_interrupted = |name: &str| interrupted.is_some_and(|row| row.migration_name == name);
    if let Some(failed) = standing.failed.iter().find(|failed| !is_interrupted(&failed.name)) {
        return Err(failed_before(&failed.name, failed.started_at, failed.logs.as_deref()));
    }
    if directory.migrations().is_empty() && !standing.missing.is_empty() {
        let message = format!(
            "The migrations folder is empty, but the database has {} applied migration(s), up to {}.",
            standing.missing.len(),
            last(&standing.missing)
        );
        return Err(Error::new(code::FOLDER_EMPTY, message).with_help(
            "Were the migrations left out of what is being deployed? Or is this another project's database?",
        ));
    }
    if let Some(first) = standing.edited.first() {
        return Err(edited(directory, standing, first, rows, dialect));
    }
    if let Some(Renamed { from, to }) = standing.renamed.first() {
        let message = format!("Migration {from} was applied, and the folder has its script under the name {to} now.");
        return Err(Error::new(code::RENAMED, message)
            .with_migration(from)
            .with_help(format!("Rename the folder {to} back to {from}: the history knows it by that name.")));
    }
    if !standing.missing.is_empty() {
        let message = format!("Applied to the database, but not in the folder: {}.", standing.missing.join(", "));
        return Err(Error::new(code::MISSING, message).with_migration(&standing.missing[0]).with_help(
            "Restore the folders: this may be an older state of the project than the one deployed last, or another \
             project's database.",
        ));
    }
    if let Some(Renamed { from, to }) = standing.duplicated.first() {
        let message = format!("Migration {to} is a copy of {from}, which is applied already.");
        return Err(Error::new(code::DUPLICATED, message).with_migration(to).with_help(format!(
            "Delete the folder {to}. If the same statements are to run once more, give it a time of its own in its name."
        )));
    }
    for migration in directory.migrations().iter().filter(|migration| standing.pending.contains(&migration.name)) {
        if let Some(at) = statement::unfinished(migration.statements(), dialect) {
            return Err(truncated(migration, at).with_help(
                "Nothing of it was run. Complete the file (version control may have all of it) and run the command again.",
            ));
        }
    }
    if !standing.out_of_order.is_empty() && !options.allow_out_of_order {
        let message = format!(
            "Not applied, although a later migration is: {}. The newest applied one is {}.",
            standing.out_of_order.join(", "),
            last(&standing.applied)
        );
        return Err(Error::new(code::OUT_OF_ORDER, message).with_migration(&standing.out_of_order[0]).with_help(
            "Two branches may have been merged. If the migrations do not depend on each other's order, run again with \
             `--allow-out-of-order`; otherwise rename the folder so that it sorts last.",
        ));
    }
    Ok(())
}

/// A script that is no longer the one that was applied: what has become of it, as far as that can be told.
fn edited(directory: &Directory, standing: &Standing, first: &str, rows: &[HistoryRow], dialect: Dialect) -> Error {
    let restore = "Restore the script as it was applied (version control has it)";
    let migration = directory.get(first);
    if let Some(migration) = migration
        && (migration.script.trim().is_empty() || statement::unfinished(migration.statements(), dialect).is_some())
    {
        let at = statement::unfinished(migration.statements(), dialect).unwrap_or(0);
        return truncated(migration, at).with_help(format!("It was applied when it was whole. {restore}."));
    }
    let message = format!("Changed after being applied: {}.", standing.edited.join(", "));
    let recorded = rows.iter().rev().find(|row| row.migration_name == first).map(|row| row.checksum.as_str());
    let how = migration.zip(recorded).and_then(|(migration, recorded)| small_change(&migration.script, recorded));
    let how = how.map(|how| format!("Of {first} {how}. ")).unwrap_or_default();
    Error::new(code::EDITED, message).with_migration(first).with_help(format!(
        "{how}{restore} and put the change into a new migration. If it does the same as before, `nicol migrate resolve \
             --accept-edit {first}` records it as it is."
    ))
}

/// Changes that nobody means: what an editor or a checkout does to a file.
fn small_change(script: &str, recorded: &str) -> Option<&'static str> {
    let is = |text: &str| checksum::matches(text, recorded);
    let ends = [script.trim_end().to_string(), format!("{}\n", script.trim_end()), format!("{script}\n")];
    if script.strip_prefix('\u{feff}').is_some_and(is) {
        return Some("only a byte order mark was put before the first line");
    }
    if is(&format!("\u{feff}{script}")) {
        return Some("only the byte order mark before the first line was taken away");
    }
    ends.iter().any(|text| is(text)).then_some("only white space at the end changed")
}

/// A script that ends too early.
fn truncated(migration: &Migration, at: usize) -> Error {
    let name = &migration.name;
    let message = if migration.script.trim().is_empty() {
        format!("The script of migration {name} is empty.")
    } else {
        let line = apply::line_of(migration.statements(), at);
        format!(
            "The script of migration {name} ends in the middle of a statement (the one that begins at line {line})."
        )
    };
    Error::new(code::TRUNCATED, message).with_migration(name)
}

fn last(names: &[String]) -> &str {
    names.last().map_or("", String::as_str)
}

/// P3009: a migration that was started and did not end.
pub(crate) fn failed_before(name: &str, started_at: Timestamp, full_logs: Option<&str>) -> Error {
    let logs =
        full_logs.and_then(|logs| logs.lines().next()).map(|line| format!(" It said: {line}")).unwrap_or_default();
    let message = format!("Migration {name}, started at {started_at}, has failed or is still running.{logs}");
    let is_retriable = full_logs.is_some_and(|logs| history::says_statement(name, logs));
    let retry = if is_retriable { ", or `--retry` when the statement that failed can run now" } else { "" };
    Error::new("P3009", message).with_migration(name).with_help(format!(
        "Put the database right, then say which way: `nicol migrate resolve --applied {name}` when all of it is in, or \
         `nicol migrate resolve --rolled-back {name}` when none of it is{retry}."
    ))
}
