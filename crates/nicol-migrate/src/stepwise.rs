//! A script statement by statement: each recorded as it is done, so that a run that was cut off can be gone on with.

use nicol_db::script::ScriptStatement;
use nicol_db::{Connection, Dialect};

use crate::apply::{failed, is_recorded, set_foreign_keys};
use crate::checksum::checksum;
use crate::directory::Migration;
use crate::error::{Error, Result};
use crate::event::{Event, Stepwise, Watch};
use crate::history::{self, HistoryRow};
use crate::lock::{self, LockOptions};
use crate::mode::has_transactional_structure;
use crate::resume;
use crate::statement::{self, Kind};

/// The part of a run that goes statement by statement.
struct Steps<'a> {
    migration: &'a Migration,
    row: String,
    reason: Stepwise,
    options: LockOptions,
    own_transaction: bool,
    tables_locked: bool,
}

/// Runs and records a migration; `interrupted` is the row of an earlier run to go on with.
pub(crate) async fn run(
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
        Some(row) => (row.id.clone(), resume::first_statement(conn, migration, &statements, row).await?),
        None => match insert_running(conn, migration, options, watch).await? {
            Some(row) => (row, 0),
            None => return Ok(false),
        },
    };
    let mut steps = Steps { migration, row, reason, options, own_transaction: false, tables_locked: false };
    if let Some((at, error)) = steps.run_all(conn, &statements, first, watch).await? {
        if error.is_connection_lost() {
            // The record stays that of a run in progress: the next one goes on from there.
            return Err(failed(error.code(), "was cut off", migration, Some((&statements, at)), &error)
                .with_help("Run the command again once the server can be reached: it goes on where it stopped."));
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
        if self.own_transaction && commits(kind, conn.dialect()) {
            // Recorded by the transaction itself, so that the record is there exactly when what it did is. A statement that
            // commits what was before it has itself still to run then.
            let recorded = if kind == Kind::Commit { done } else { done - 1 };
            history::set_steps(conn, &self.row, recorded).await?;
        }
        conn.run_script(text).await?;
        match kind {
            Kind::Begin => self.own_transaction = true,
            Kind::Commit | Kind::Rollback => self.own_transaction = false,
            Kind::TableLock => self.tables_locked = !statement::without_leading_comments(text).starts_with(['u', 'U']),
            Kind::Structure if commits(kind, conn.dialect()) => self.own_transaction = false,
            Kind::Session | Kind::Data | Kind::Alone | Kind::Structure => {}
        }
        // With tables locked no other table can be written, and in a transaction of the script's own (which may begin with
        // SET TRANSACTION) nothing of ours is to come between: the record follows.
        if self.tables_locked || self.own_transaction {
            return Ok(());
        }
        history::set_steps(conn, &self.row, done).await
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

/// Whether a statement commits the transaction it stands in: MySQL does so at every change of structure.
fn commits(kind: Kind, dialect: Dialect) -> bool {
    match kind {
        Kind::Commit => true,
        Kind::Structure | Kind::TableLock | Kind::Begin => dialect.is_mysql_family(),
        Kind::Rollback | Kind::Session | Kind::Data | Kind::Alone => false,
    }
}
