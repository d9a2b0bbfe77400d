//! Running one script: in one transaction with its record where the database can, statement by statement elsewhere.

use std::time::Instant;

use jiff::Timestamp;
use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect};

use crate::checksum::checksum;
use crate::directory::Migration;
use crate::error::{Error, Result, code};
use crate::event::{Event, Stepwise, Watch};
use crate::history::{self, HistoryRow};
use crate::lock::{self, LockOptions};
use crate::resume;
use crate::statement::{self, Kind};

/// First line of a script that is to run without a transaction around it.
const NO_TRANSACTION: &str = "-- nicol:no-transaction";

/// How a script is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In one transaction. The text is the script, without transaction statements of its own.
    Whole { script: String, foreign_keys_off: bool },
    /// One statement after the other.
    Stepwise(Stepwise),
}

/// Decides how a script is run on a database.
pub(crate) fn mode(script: &str, dialect: Dialect) -> Mode {
    if !has_transactional_structure(dialect) {
        return Mode::Stepwise(Stepwise::Database);
    }
    if script
        .lines()
        .next()
        .is_some_and(|line| line.trim().eq_ignore_ascii_case(NO_TRANSACTION))
    {
        return Mode::Stepwise(Stepwise::Asked);
    }
    let statements = nicol_db::script::split(script, dialect);
    let kinds: Vec<Kind> = statements.iter().map(|s| statement::kind(s.text, dialect)).collect();
    if kinds.contains(&Kind::Alone) {
        return Mode::Stepwise(Stepwise::Statement);
    }
    let own_control = |kind: &Kind| matches!(kind, Kind::Begin | Kind::Commit | Kind::Rollback);
    let mut text = script.to_string();
    if kinds.iter().any(own_control) {
        // A value added to an enum can be used only after a commit: such scripts mean their commits.
        let adds_value = statements.iter().any(|s| statement::adds_enum_value(s.text, dialect));
        if adds_value || !are_plain_pairs(&kinds) {
            return Mode::Stepwise(Stepwise::OwnTransactions);
        }
        for (statement, kind) in statements.iter().zip(&kinds) {
            if own_control(kind) {
                blank_out(&mut text, statement);
            }
        }
    }
    let foreign_keys_off =
        dialect == Dialect::Sqlite && statements.iter().any(|s| statement::switches_foreign_keys_off(s.text));
    Mode::Whole {
        script: text,
        foreign_keys_off,
    }
}

fn has_transactional_structure(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => true,
        Dialect::Mysql | Dialect::Mariadb | Dialect::Cockroachdb => false,
    }
}

/// Transactions that open, close and never roll back: one around all of them means the same or more.
fn are_plain_pairs(kinds: &[Kind]) -> bool {
    let mut open = false;
    for kind in kinds {
        match kind {
            Kind::Begin if open => return false,
            Kind::Begin => open = true,
            Kind::Commit if !open => return false,
            Kind::Commit => open = false,
            Kind::Rollback => return false,
            Kind::Session | Kind::Data | Kind::Alone | Kind::TableLock | Kind::Structure => {}
        }
    }
    !open
}

/// Replaces a statement by spaces, so that every other one stays at its line and column.
fn blank_out(text: &mut String, statement: &ScriptStatement<'_>) {
    let code = statement::without_leading_comments(statement.text);
    let start = statement.start + (statement.text.len() - code.len());
    let end = start + code.len();
    let blank: String = code
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(start..end, &blank);
}

/// Where one migration stands in a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) total: usize,
}

/// Applies a migration and records it. `interrupted` is the row of an earlier run that was killed in the middle.
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
    watch: &mut dyn Watch,
) -> Result<bool> {
    let mode = mode(migration.statements(), conn.dialect());
    let stepwise = match &mode {
        Mode::Whole { .. } => None,
        Mode::Stepwise(reason) => Some(*reason),
    };
    let name = &migration.name;
    let Place { number, total } = place;
    watch.event(Event::Applying {
        migration: name.clone(),
        number,
        total,
        stepwise,
    });
    let began = Instant::now();
    let search_path = search_path(conn).await?;
    let done = match &mode {
        Mode::Whole {
            script,
            foreign_keys_off,
        } => whole(conn, migration, script, *foreign_keys_off, options, watch).await?,
        Mode::Stepwise(reason) => stepwise_recorded(conn, migration, interrupted, *reason, options, watch).await?,
    };
    restore_search_path(conn, search_path).await?;
    if done {
        watch.event(Event::Applied {
            migration: name.clone(),
            took: began.elapsed(),
        });
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
        Mode::Whole {
            script,
            foreign_keys_off,
        } => {
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
    restore_search_path(conn, search_path).await
}

/// The search path of a PostgreSQL session: a dump used as a migration may empty it.
async fn search_path(conn: &mut Connection) -> Result<Option<String>> {
    if !conn.dialect().is_postgres_family() {
        return Ok(None);
    }
    let rows = conn.query("SHOW search_path", &[]).await?;
    Ok(rows.first().map(|row| row.get::<String>(0)).transpose()?)
}

async fn restore_search_path(conn: &mut Connection, search_path: Option<String>) -> Result<()> {
    if let Some(path) = search_path {
        conn.query(
            "SELECT set_config('search_path', $1, false)",
            &[nicol_db::Value::Text(path)],
        )
        .await?;
    }
    Ok(())
}

/// SQLite ignores this inside a transaction, so it is set before one.
async fn set_foreign_keys(conn: &mut Connection, on: bool) -> Result<()> {
    if conn.dialect() == Dialect::Sqlite {
        conn.run_script(if on {
            "PRAGMA foreign_keys=ON"
        } else {
            "PRAGMA foreign_keys=OFF"
        })
        .await?;
    }
    Ok(())
}

async fn whole(
    conn: &mut Connection,
    migration: &Migration,
    script: &str,
    foreign_keys_off: bool,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    set_foreign_keys(conn, !foreign_keys_off).await?;
    let result = in_transaction(conn, migration, script, options, watch).await;
    if result.is_err() {
        // The first error is the one to report. A connection that is gone has rolled back by itself.
        let _ = conn.rollback().await;
    }
    set_foreign_keys(conn, true).await?;
    result
}

async fn in_transaction(
    conn: &mut Connection,
    migration: &Migration,
    script: &str,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let started = Timestamp::now();
    lock::begin_exclusive(conn, options, watch).await?;
    lock::check(conn, options).await?;
    if is_recorded(conn, migration).await? {
        conn.rollback().await?;
        return Ok(false);
    }
    let violations = foreign_key_violations(conn).await?;
    let failed = |error: &nicol_db::Error| failed("P3018", "failed", migration, None, error);
    conn.run_script(script).await.map_err(|error| {
        failed(&error).with_help("Nothing of it was applied. Correct the script and run the command again.")
    })?;
    check_foreign_keys(conn, migration, &violations).await?;
    history::insert_finished(conn, &migration.name, &checksum(&migration.script), started).await?;
    conn.commit().await.map_err(|error| {
        failed(&error).with_help(if error.outcome_unknown() {
            "Whether it was applied is not known. Run the command again: it looks, and goes on from what it finds."
        } else {
            "The commit was refused, so nothing of it was applied. Correct the script and run the command again."
        })
    })?;
    Ok(true)
}

/// Where no lock of the session keeps others out another runner may have been faster; here, inside the transaction, that
/// can be seen.
async fn is_recorded(conn: &mut Connection, migration: &Migration) -> Result<bool> {
    let rows = history::read(conn).await?;
    let live = |row: &&HistoryRow| row.state() != history::RowState::RolledBack;
    if let Some(row) = rows
        .iter()
        .filter(live)
        .find(|row| row.state() == history::RowState::Failed)
    {
        return Err(crate::deploy::failed_before(
            &row.migration_name,
            row.started_at,
            row.logs.as_deref(),
        ));
    }
    Ok(rows.iter().filter(live).any(|row| row.migration_name == migration.name))
}

/// Rows of SQLite that point at nothing: table, row and parent.
async fn foreign_key_violations(conn: &mut Connection) -> Result<Vec<(String, Option<i64>, String)>> {
    if conn.dialect() != Dialect::Sqlite {
        return Ok(Vec::new());
    }
    let rows = conn
        .query(
            "SELECT \"table\", \"rowid\", \"parent\" FROM pragma_foreign_key_check",
            &[],
        )
        .await?;
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
    Err(Error::new(code::FOREIGN_KEYS, message)
        .with_migration(&migration.name)
        .with_help(
            "Nothing of it was applied. Correct or delete those rows in the script, then run the command again.",
        ))
}

/// The part of a run that goes statement by statement.
struct Steps<'a> {
    migration: &'a Migration,
    row: String,
    reason: Stepwise,
    options: LockOptions,
    own_transaction: bool,
    tables_locked: bool,
}

async fn stepwise_recorded(
    conn: &mut Connection,
    migration: &Migration,
    interrupted: Option<&HistoryRow>,
    reason: Stepwise,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let statements = nicol_db::script::split(migration.statements(), conn.dialect());
    set_foreign_keys(conn, true).await?;
    let (row, first) = match interrupted {
        Some(row) => (
            row.id.clone(),
            resume::first_statement(conn, migration, &statements, row).await?,
        ),
        None => match insert_running(conn, migration, options, watch).await? {
            Some(row) => (row, 0),
            None => return Ok(false),
        },
    };
    let mut steps = Steps {
        migration,
        row,
        reason,
        options,
        own_transaction: false,
        tables_locked: false,
    };
    if let Some((at, error)) = steps.run_all(conn, &statements, first, watch).await? {
        if error.is_connection_lost() {
            // The record stays that of a run in progress: the next one goes on from there.
            return Err(
                failed(error.code(), "was cut off", migration, Some((&statements, at)), &error)
                    .with_help("Run the command again once the server can be reached: it goes on where it stopped."),
            );
        }
        let failure = failed("P3018", "failed", migration, Some((&statements, at)), &error);
        steps.record_failure(conn, &failure).await?;
        return Err(failure.with_help(format!(
            "The {at} statement(s) before it stay applied. Put the database right by hand, then say so with \
             `nicol migrate resolve --applied {0}` or `nicol migrate resolve --rolled-back {0}`.",
            migration.name
        )));
    }
    steps.finish(conn).await?;
    Ok(true)
}

/// The row is written in a transaction that has looked at the history before.
async fn insert_running(
    conn: &mut Connection,
    migration: &Migration,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Option<String>> {
    let sum = checksum(&migration.script);
    lock::begin_exclusive(conn, options, watch).await?;
    lock::check(conn, options).await?;
    let inserted = match is_recorded(conn, migration).await {
        Ok(true) => Ok(None),
        Ok(false) => history::insert_running(conn, &migration.name, &sum)
            .await
            .map(Some)
            .map_err(Error::from),
        Err(error) => Err(error),
    };
    if matches!(inserted, Ok(Some(_))) {
        conn.commit().await?;
    } else {
        conn.rollback().await?;
    }
    inserted
}

impl Steps<'_> {
    /// Runs the statements from `first` on. Returns the number of the one that failed and its error.
    async fn run_all(
        &mut self,
        conn: &mut Connection,
        statements: &[ScriptStatement<'_>],
        first: usize,
        watch: &mut dyn Watch,
    ) -> Result<Option<(usize, nicol_db::Error)>> {
        for (at, statement) in statements.iter().enumerate() {
            let kind = statement::kind(statement.text, conn.dialect());
            if at < first {
                // What an earlier run has set in its session is gone with it.
                if kind == Kind::Session
                    && let Err(error) = conn.run_script(statement.text).await
                {
                    return Ok(Some((at, error)));
                }
                continue;
            }
            if !self.own_transaction && !self.tables_locked {
                lock::check(conn, self.options).await?;
            }
            if let Err(error) = self.run_one(conn, statement.text, kind, at + 1).await {
                return Ok(Some((at, error)));
            }
            watch.event(Event::StatementDone {
                migration: self.migration.name.clone(),
                statement: at + 1,
                total: statements.len(),
            });
        }
        Ok(None)
    }

    /// Runs a statement and records that it is done, both in one transaction where it only touches rows.
    async fn run_one(&mut self, conn: &mut Connection, text: &str, kind: Kind, done: usize) -> nicol_db::Result<()> {
        let shares = self.shares_transaction(kind, conn.dialect()) && !self.own_transaction && !self.tables_locked;
        if shares {
            conn.begin(None).await?;
            let ran = self.run_with_record(conn, text, done).await;
            if ran.is_err() {
                // The first error is the one to report.
                let _ = conn.rollback().await;
                return ran;
            }
            return conn.commit().await;
        }
        conn.run_script(text).await?;
        match kind {
            Kind::Begin => self.own_transaction = true,
            Kind::Commit | Kind::Rollback => self.own_transaction = false,
            Kind::TableLock => self.tables_locked = !statement::without_leading_comments(text).starts_with(['u', 'U']),
            // MySQL commits at every change of structure.
            Kind::Structure if conn.dialect().is_mysql_family() => self.own_transaction = false,
            Kind::Session | Kind::Data | Kind::Alone | Kind::Structure => {}
        }
        // With tables locked no other table can be written; the record follows when they are free again.
        if self.tables_locked {
            Ok(())
        } else {
            history::set_steps(conn, &self.row, done).await
        }
    }

    async fn run_with_record(&self, conn: &mut Connection, text: &str, done: usize) -> nicol_db::Result<()> {
        conn.run_script(text).await?;
        history::set_steps(conn, &self.row, done).await
    }

    /// Whether a statement and the record of it can be one transaction. A script that asks for none gets none around its
    /// changes of structure.
    fn shares_transaction(&self, kind: Kind, dialect: Dialect) -> bool {
        match kind {
            Kind::Data => true,
            Kind::Structure => self.reason != Stepwise::Asked && has_transactional_structure(dialect),
            Kind::Begin | Kind::Commit | Kind::Rollback | Kind::Session | Kind::Alone | Kind::TableLock => false,
        }
    }

    /// Leaves the failure in the history, whatever state the session is in.
    async fn record_failure(&mut self, conn: &mut Connection, failure: &Error) -> Result<()> {
        self.leave_own_state(conn).await?;
        history::fail(conn, &self.row, failure.message()).await?;
        Ok(())
    }

    /// Ends what the script has left open. Without a transaction this is refused or ignored, both of which is fine.
    async fn leave_own_state(&mut self, conn: &mut Connection) -> Result<()> {
        let _ = conn.run_script("ROLLBACK").await;
        if self.tables_locked {
            conn.run_script("UNLOCK TABLES").await?;
            self.tables_locked = false;
        }
        Ok(())
    }

    async fn finish(&mut self, conn: &mut Connection) -> Result<()> {
        if self.own_transaction {
            let message = format!("Migration {} leaves its own transaction open.", self.migration.name);
            let error = Error::new("P3018", message)
                .with_migration(&self.migration.name)
                .with_help("What the transaction did was rolled back. End it in the script with COMMIT.");
            self.record_failure(conn, &error).await?;
            return Err(error);
        }
        if self.tables_locked {
            conn.run_script("UNLOCK TABLES").await?;
        }
        history::finish(conn, &self.row).await?;
        if conn.dialect().is_mysql_family() {
            // A script that says `SET autocommit = 0` has put the record into a transaction that nobody ended.
            conn.run_script("COMMIT").await?;
        }
        Ok(())
    }
}

/// The error of a script: which migration, which statement at which line, what the database said.
fn failed(
    code: &'static str,
    what: &str,
    migration: &Migration,
    at: Option<(&[ScriptStatement<'_>], usize)>,
    error: &nicol_db::Error,
) -> Error {
    let place = match at {
        Some((statements, at)) => {
            let statement = &statements[at];
            let comment = statement.text.len() - statement::without_leading_comments(statement.text).len();
            let line = line_of(migration.statements(), statement.start + comment);
            format!(" at statement {} of {} (line {line})", at + 1, statements.len())
        }
        None => error
            .position()
            .map(|at| format!(" (line {})", line_of(migration.statements(), at)))
            .unwrap_or_default(),
    };
    let database_code = error.native_code().map(|code| format!(" [{code}]")).unwrap_or_default();
    let message = format!(
        "Migration {} {what}{place}: {}{database_code}",
        migration.name,
        error.message()
    );
    Error::new(code, message)
        .with_migration(&migration.name)
        .with_database_code(error.native_code())
}

/// The line of a byte, from 1.
pub(crate) fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}
