//! A script statement by statement: each recorded as it is done, so that a run that was cut off can be gone on with.

use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect};

use crate::apply::{failed, is_recorded, set_foreign_keys};
use crate::checksum::checksum;
use crate::directory::Migration;
use crate::error::{Error, Result};
use crate::event::{Event, Watch};
use crate::history::{self, HistoryRow};
use crate::lock::{self, LockOptions};
use crate::mode::has_transactional_structure;
use crate::resume;
use crate::sql;
use crate::statement::{self, Kind};

/// The part of a run that goes statement by statement.
struct Steps<'a> {
    migration: &'a Migration,
    row: String,
    total: usize,
    options: LockOptions,
    /// Condition under which progress may be recorded: that the lock is still ours. Where it cannot be part of the record
    /// it is asked for before each statement.
    held: Option<String>,
    own_transaction: bool,
    tables_locked: bool,
    finished: bool,
}

/// Why a statement is not done.
enum Problem {
    Database(nicol_db::Error),
    LockLost,
}

type Step<T> = std::result::Result<T, Problem>;

impl From<nicol_db::Error> for Problem {
    fn from(error: nicol_db::Error) -> Problem {
        Problem::Database(error)
    }
}

/// Runs and records a migration; `interrupted` is the row of an earlier run to go on with.
pub(crate) async fn run(
    conn: &mut Connection,
    migration: &Migration,
    interrupted: Option<&HistoryRow>,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<bool> {
    let statements = nicol_db::script::split(migration.statements(), conn.dialect());
    let (row, first) = match interrupted {
        Some(row) => {
            let first = resume::first_statement(conn, migration, &statements, row).await?;
            if first > row.applied_steps_count as usize {
                // Written down before anything else happens: the next run may be cut off, too.
                history::set_steps(conn, &row.id, first, None).await?;
            }
            (row.id.clone(), first)
        }
        None => match insert_running(conn, migration, options, watch).await? {
            Some(row) => (row, 0),
            None => return Ok(false),
        },
    };
    let mut steps = Steps {
        migration,
        row,
        total: statements.len(),
        options,
        held: lock::held_condition(conn, options).filter(|_| conn.dialect().is_mysql_family()),
        own_transaction: false,
        tables_locked: false,
        finished: false,
    };
    let ran = steps.run_all(conn, &statements, first, watch).await?;
    let Some((at, problem)) = ran else {
        let has_settings = statements.iter().any(|s| statement::kind(s.text, conn.dialect()) == Kind::Session);
        steps.finish(conn, has_settings).await?;
        return Ok(true);
    };
    let Problem::Database(error) = problem else {
        return Err(lock::lost(conn.dialect()).with_migration(&migration.name));
    };
    let place = Some((&statements[..], at));
    if error.is_connection_lost() {
        // The record stays that of a run in progress: the next one goes on from there.
        return Err(failed(error.code(), "was cut off", migration, place, &error)
            .with_help("Run the command again once the server can be reached: it goes on where it stopped."));
    }
    let failure = failed("P3018", "failed", migration, place, &error);
    steps.record_failure(conn, &failure).await?;
    if failure.help().is_some() {
        return Err(failure);
    }
    let name = &migration.name;
    Err(failure.with_help(match at {
        0 => format!(
            "No statement of it was applied. Correct the script, say so with `nicol migrate resolve --rolled-back {name}`, \
             and deploy again."
        ),
        _ => format!(
            "{} If it was the rows that stood in the way, correct them, say `nicol migrate resolve --retry {name}`, and \
             deploy again: it goes on with this statement. Otherwise put the database right by hand, then say so: `--applied \
             {name}` when all of it is in, or `--rolled-back {name}` when none of it is.",
            if at == 1 {
                "The statement before it stays applied.".to_owned()
            } else {
                format!("The {at} statements before it stay applied.")
            }
        ),
    }))
}

/// The row of a run that begins. Where no session lock keeps others out it is written in a transaction that has looked at
/// the history before.
async fn insert_running(
    conn: &mut Connection,
    migration: &Migration,
    options: LockOptions,
    watch: &mut dyn Watch,
) -> Result<Option<String>> {
    let sum = checksum(&migration.script);
    if lock::held_condition(conn, options).is_some() {
        lock::check(conn, options).await?;
        return Ok(Some(history::insert_running(conn, &migration.name, &sum).await?));
    }
    lock::begin_exclusive(conn, options, watch).await?;
    let inserted = match is_recorded(conn, migration).await {
        Ok(true) => Ok(None),
        Ok(false) => history::insert_running(conn, &migration.name, &sum).await.map(Some).map_err(Error::from),
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
    /// Runs the statements from `first` on. Returns the number of the one that failed and why.
    async fn run_all(
        &mut self,
        conn: &mut Connection,
        statements: &[ScriptStatement<'_>],
        first: usize,
        watch: &mut dyn Watch,
    ) -> Result<Option<(usize, Problem)>> {
        for (at, statement) in statements.iter().enumerate() {
            let kind = statement::kind(statement.text, conn.dialect());
            if at < first {
                // What an earlier run has set in its session is gone with it.
                if kind == Kind::Session
                    && let Err(error) = conn.run_script(statement.text).await
                {
                    return Ok(Some((at, error.into())));
                }
                continue;
            }
            if self.held.is_none() && !self.own_transaction && !self.tables_locked {
                lock::check(conn, self.options).await?;
            }
            if let Err(problem) = self.run_one(conn, statement.text, kind, at + 1).await {
                return Ok(Some((at, problem)));
            }
            watch.event(Event::StatementDone {
                migration: self.migration.name.clone(),
                statement: at + 1,
                total: statements.len(),
            });
        }
        Ok(None)
    }

    /// Runs a statement and records that it is done, both in one transaction where the database can.
    async fn run_one(&mut self, conn: &mut Connection, text: &str, kind: Kind, done: usize) -> Step<()> {
        let is_free = !self.own_transaction && !self.tables_locked;
        if is_free && self.shares_transaction(kind, conn.dialect()) {
            conn.begin(None).await?;
            let problem = match self.run_with_record(conn, text, done).await {
                Ok(()) => return Ok(conn.commit().await?),
                Err(problem) => problem,
            };
            // The first error is the one to report.
            let _ = conn.rollback().await;
            match problem {
                // Nothing of it has happened, and now it is known that it has to run by itself.
                Problem::Database(error) if refuses_transactions(&error) => {}
                problem => return Err(problem),
            }
        }
        if is_free && let Some(note) = resume::note_before(conn, text, kind).await? {
            history::set_look_before(conn, &self.row, &note).await?;
        }
        if self.own_transaction && commits(kind, conn.dialect()) {
            // Recorded by the transaction itself, so that the record is there exactly when what it did is. A statement that
            // commits what was before it has itself still to run then.
            let recorded = if kind == Kind::Commit { done } else { done - 1 };
            if !history::set_steps(conn, &self.row, recorded, self.held.as_deref()).await? {
                return Err(Problem::LockLost);
            }
        }
        conn.run_script(text).await?;
        match kind {
            Kind::Begin => self.own_transaction = true,
            Kind::Commit | Kind::Rollback => self.own_transaction = false,
            Kind::TableLock => self.tables_locked = !sql::without_leading_comments(text).starts_with(['u', 'U']),
            Kind::Structure if commits(kind, conn.dialect()) => self.own_transaction = false,
            Kind::Session | Kind::Data | Kind::Alone | Kind::Structure => {}
        }
        // With tables locked no other table can be written, and in a transaction of the script's own (which may begin with
        // SET TRANSACTION) nothing of ours is to come between: the record follows.
        if self.tables_locked || self.own_transaction {
            return Ok(());
        }
        self.record(conn, done).await
    }

    async fn run_with_record(&mut self, conn: &mut Connection, text: &str, done: usize) -> Step<()> {
        conn.run_script(text).await?;
        self.record(conn, done).await
    }

    /// Records that so many statements are done; with the last of them the migration is.
    async fn record(&mut self, conn: &mut Connection, done: usize) -> Step<()> {
        let held = self.held.as_deref();
        self.finished = done == self.total;
        let recorded = match self.finished {
            true => history::finish(conn, &self.row, held).await?,
            false => history::set_steps(conn, &self.row, done, held).await?,
        };
        if recorded { Ok(()) } else { Err(Problem::LockLost) }
    }

    /// Whether a statement and the record of it can be one transaction. A script that asks for no transaction means one
    /// around all of it; what has to stand alone says so itself.
    fn shares_transaction(&self, kind: Kind, dialect: Dialect) -> bool {
        match kind {
            Kind::Data => true,
            Kind::Structure => has_transactional_structure(dialect),
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

    async fn finish(&mut self, conn: &mut Connection, has_settings: bool) -> Result<()> {
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
        if !self.finished && !history::finish(conn, &self.row, self.held.as_deref()).await? {
            return Err(lock::lost(conn.dialect()).with_migration(&self.migration.name));
        }
        if has_settings {
            // A script that says `SET autocommit = 0` has put the record into a transaction that nobody ended; and foreign
            // keys that a script has switched off are on again for the next one.
            if conn.dialect().is_mysql_family() {
                conn.run_script("COMMIT").await?;
            }
            set_foreign_keys(conn, true).await?;
        }
        Ok(())
    }
}

/// "Cannot run inside a transaction block" and "invalid transaction termination" of PostgreSQL. The statement was rolled back.
fn refuses_transactions(error: &nicol_db::Error) -> bool {
    matches!(error.native_code(), Some("25001" | "2D000"))
}

/// Whether a statement commits the transaction it stands in: MySQL does so at every change of structure.
fn commits(kind: Kind, dialect: Dialect) -> bool {
    match kind {
        Kind::Commit => true,
        Kind::Structure | Kind::TableLock | Kind::Begin => dialect.is_mysql_family(),
        Kind::Rollback | Kind::Session | Kind::Data | Kind::Alone => false,
    }
}
