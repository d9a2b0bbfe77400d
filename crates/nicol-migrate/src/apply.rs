//! Running one script: in one transaction with its record where the database can, statement by statement elsewhere.

use std::time::Instant;

use jiff::Timestamp;
use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect, Step, Value};

use crate::checksum::checksum;
use crate::directory::Migration;
use crate::error::{Error, Result, code};
use crate::event::{Event, Watch};
use crate::history::{self, HistoryRow};
use crate::lock::{self, LockOptions};
use crate::mode::{Mode, mode};
use crate::sql;
use crate::stepwise;

/// Where one migration stands in a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) total: usize,
}

/// Applies a migration and records it. `interrupted` is the row of an earlier run that was killed in the middle,
/// `search_path` what the session is to have again afterwards (see [`search_path`]).
///
/// Returns false when another runner has done it in the meantime.
///
/// # Errors
/// P3018 when the script fails, `foreign-keys-violated`, `migration-interrupted`, and errors of the connection.
pub(crate) async fn apply(
    conn: &mut Connection,
    migration: &Migration,
    interrupted: Option<&HistoryRow>,
    place: Place,
    options: LockOptions,
    search_path: Option<&str>,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let mode = mode(migration.statements(), conn.dialect());
    let stepwise = match &mode {
        Mode::Whole { .. } => None,
        Mode::Stepwise(reason) => Some(*reason),
    };
    let name = &migration.name;
    let Place { number, total } = place;
    watch.event(Event::Applying { migration: name.clone(), number, total, stepwise });
    let began = Instant::now();
    let done = match &mode {
        Mode::Whole { script, foreign_keys_off } => {
            let run = Run { migration, script, options, search_path };
            whole(conn, run, *foreign_keys_off, watch).await?
        }
        Mode::Stepwise(_) => {
            let done = stepwise::run(conn, migration, interrupted, options, watch).await?;
            restore_search_path(conn, search_path).await?;
            done
        }
    };
    if done {
        watch.event(Event::Applied { migration: name.clone(), took: began.elapsed() });
    }
    Ok(done)
}

/// Runs a script in a scratch database: the same way, without a record.
///
/// # Errors
/// P3006 when it fails.
pub(crate) async fn replay(conn: &mut Connection, migration: &Migration) -> Result<()> {
    let search_path = search_path(conn).await?;
    let dialect = conn.dialect();
    let ran = match mode(migration.statements(), dialect) {
        Mode::Whole { script, foreign_keys_off } => {
            set_foreign_keys(conn, !foreign_keys_off).await?;
            conn.begin(None).await?;
            match conn.run_script(&script).await {
                Ok(()) => conn.commit().await,
                Err(error) => {
                    // The first error is the one to report.
                    let _ = conn.rollback().await;
                    Err(error)
                }
            }
        }
        Mode::Stepwise(_) => {
            let mut ran = Ok(());
            for statement in nicol_db::script::split(migration.statements(), dialect) {
                ran = conn.run_script(statement.text).await;
                if ran.is_err() {
                    break;
                }
            }
            ran
        }
    };
    ran.map_err(|error| failed("P3006", "does not run in the shadow database", migration, None, &error))?;
    restore_search_path(conn, search_path.as_deref()).await
}

/// The search path of a PostgreSQL session: a dump used as a migration may empty it.
pub(crate) async fn search_path(conn: &mut Connection) -> Result<Option<String>> {
    if !conn.dialect().is_postgres_family() {
        return Ok(None);
    }
    let rows = conn.query("SHOW search_path", &[]).await?;
    Ok(rows.first().map(|row| row.get::<String>(0)).transpose()?)
}

const RESTORE_SEARCH_PATH: &str = "SELECT pg_catalog.set_config('search_path', $1, false)";

async fn restore_search_path(conn: &mut Connection, search_path: Option<&str>) -> Result<()> {
    if let Some(path) = search_path {
        conn.query(RESTORE_SEARCH_PATH, &[Value::Text(path.to_string())]).await?;
    }
    Ok(())
}

/// SQLite ignores this inside a transaction, so it is set before one.
pub(crate) async fn set_foreign_keys(conn: &mut Connection, on: bool) -> Result<()> {
    if conn.dialect() == Dialect::Sqlite {
        conn.run_script(if on { "PRAGMA foreign_keys=ON" } else { "PRAGMA foreign_keys=OFF" }).await?;
    }
    Ok(())
}

/// A script to be run in one transaction.
#[derive(Clone, Copy)]
struct Run<'a> {
    migration: &'a Migration,
    /// Its script, without transaction statements of its own.
    script: &'a str,
    options: LockOptions,
    search_path: Option<&'a str>,
}

async fn whole(conn: &mut Connection, run: Run<'_>, foreign_keys_off: bool, watch: &mut dyn Watch) -> Result<bool> {
    if foreign_keys_off {
        set_foreign_keys(conn, false).await?;
    }
    let result = in_transaction(conn, run, foreign_keys_off, watch).await;
    if result.is_err() {
        // The first error is the one to report. A connection that is gone has rolled back by itself.
        let _ = conn.rollback().await;
    }
    if foreign_keys_off {
        set_foreign_keys(conn, true).await?;
    }
    result
}

/// Script and record in one transaction. Where the session holds the lock everything before COMMIT goes in one go, and the
/// answers are read before COMMIT is sent; elsewhere another runner may have been faster, which is looked for first.
async fn in_transaction(
    conn: &mut Connection,
    run: Run<'_>,
    foreign_keys_off: bool,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let migration = run.migration;
    let record = history::finished(conn, &migration.name, &checksum(&migration.script), Timestamp::now());
    let check = lock::check_sql(conn, run.options);
    if check.is_none() {
        lock::begin_exclusive(conn, run.options, watch).await?;
        if is_recorded(conn, migration).await? {
            conn.rollback().await?;
            return Ok(false);
        }
    }
    // What breaks a foreign key is refused row by row while they are on.
    let violations = if foreign_keys_off { foreign_key_violations(conn).await? } else { Vec::new() };
    let search_path = run.search_path.map(|path| [Value::Text(path.to_string())]);
    let mut steps = Vec::with_capacity(4);
    steps.extend(check.as_deref().map(|sql| Step::Statement(sql, &[])));
    let script_at = steps.len();
    steps.push(Step::Script(run.script));
    steps.extend(search_path.as_ref().map(|path| Step::Statement(RESTORE_SEARCH_PATH, path)));
    steps.push(Step::Statement(&record.sql, &record.params));
    let answers = conn.run_steps(check.is_some(), &steps).await.map_err(|(at, error)| {
        if at != script_at {
            return Error::from(error).with_migration(&migration.name);
        }
        let failure = failed("P3018", "failed", migration, None, &error);
        if failure.help().is_some() { failure } else { failure.with_help(after_failure(migration, &error)) }
    })?;
    if let (true, Some(Some(rows))) = (check.is_some(), answers.first()) {
        lock::judge(conn.dialect(), rows)?;
    }
    if foreign_keys_off {
        check_foreign_keys(conn, migration, &violations).await?;
    }
    conn.commit().await.map_err(|error| {
        if error.outcome_unknown() {
            let message = format!(
                "The connection broke while migration {} was being committed, so whether it was applied is not known.",
                migration.name
            );
            return Error::new(code::COMMIT_UNKNOWN, message)
                .with_migration(&migration.name)
                .with_help("Run the command again: it looks, and goes on from what it finds.");
        }
        failed("P3018", "failed", migration, None, &error).with_help(
            "The commit was refused, so nothing of it was applied. Correct the script and run the command again.",
        )
    })?;
    Ok(true)
}

fn after_failure(migration: &Migration, error: &nicol_db::Error) -> String {
    if error.is_connection_lost() {
        return "Nothing of it was applied. Run the command again once the server can be reached.".to_string();
    }
    if cannot_be_one_transaction(error) {
        return format!(
            "Nothing of it was applied. Not all of it can be one transaction: write `-- nicol:no-transaction` as the first line \
             of {} and run the command again.",
            migration.name
        );
    }
    "Nothing of it was applied. Correct the script and run the command again.".to_string()
}

/// "cannot run inside a transaction block", "invalid transaction termination" and "unsafe use of new value of enum type" of
/// PostgreSQL, where the words of the script did not show it.
pub(crate) fn cannot_be_one_transaction(error: &nicol_db::Error) -> bool {
    matches!(error.native_code(), Some("25001" | "2D000" | "55P04"))
}

/// Where no lock of the session keeps others out another runner may have been faster; here, inside the transaction, that
/// can be seen.
pub(crate) async fn is_recorded(conn: &mut Connection, migration: &Migration) -> Result<bool> {
    let rows = history::read_live(conn, &migration.name).await?;
    if let Some(row) = rows.iter().find(|row| row.state() == history::RowState::Failed) {
        return Err(crate::deploy::failed_before(&row.migration_name, row.started_at, row.logs.as_deref()));
    }
    Ok(rows.iter().any(|row| row.migration_name == migration.name))
}

/// Rows of SQLite that point at nothing: table, row and parent.
pub(crate) async fn foreign_key_violations(conn: &mut Connection) -> Result<Vec<(String, Option<i64>, String)>> {
    if conn.dialect() != Dialect::Sqlite {
        return Ok(Vec::new());
    }
    let rows = conn.query("SELECT \"table\", \"rowid\", \"parent\" FROM pragma_foreign_key_check", &[]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        found.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    Ok(found)
}

/// Refuses to commit when the migration has left rows that point at nothing. Those that were there before are not its
/// fault.
async fn check_foreign_keys(
    conn: &mut Connection,
    migration: &Migration,
    before: &[(String, Option<i64>, String)],
) -> Result<()> {
    let after = foreign_key_violations(conn).await?;
    let Some((table, row, parent)) = after.iter().find(|violation| !before.contains(violation)) else {
        return Ok(());
    };
    let row = row.map(|row| format!(" (row {row})")).unwrap_or_default();
    let message = format!(
        "Migration {} would leave {} row(s) that point at nothing, the first in table {table}{row}, pointing at {parent}.",
        migration.name,
        after.len().saturating_sub(before.len()).max(1)
    );
    Err(Error::new(code::FOREIGN_KEYS, message).with_migration(&migration.name).with_help(
        "Nothing of it was applied. Correct or delete those rows in the script, then run the command again.",
    ))
}

/// The error of a script: which migration, which statement at which line, what the database said.
pub(crate) fn failed(
    code: &'static str,
    what: &str,
    migration: &Migration,
    at: Option<(&[ScriptStatement<'_>], usize)>,
    error: &nicol_db::Error,
) -> Error {
    if let Some(refused) = Error::read_only(error) {
        return refused.with_migration(&migration.name);
    }
    let place = match at {
        Some((statements, at)) => {
            let statement = &statements[at];
            let comment = statement.text.len() - sql::without_leading_comments(statement.text).len();
            let line = line_of(migration.statements(), statement.start + comment);
            format!(" at statement {} of {} (line {line})", at + 1, statements.len())
        }
        None => {
            error.position().map(|at| format!(" (line {})", line_of(migration.statements(), at))).unwrap_or_default()
        }
    };
    let database_code = error.native_code().map(|code| format!(" [{code}]")).unwrap_or_default();
    let message = format!("Migration {} {what}{place}: {}{database_code}", migration.name, error.message());
    Error::new(code, message).with_migration(&migration.name).with_database_code(error.native_code())
}

/// The line of a byte, from 1.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}
