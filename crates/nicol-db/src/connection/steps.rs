//! Several statements in one go.

use std::time::Instant;

use super::{Connection, Isolation, Transaction};
#[cfg(feature = "postgres")]
use super::{Driver, trace};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::value::Value;

/// One step of [`Connection::run_steps`].
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// A script, as [`Connection::run_script`] runs it.
    Script(&'a str),
    /// A statement with its values, as [`Connection::query`] runs it.
    Statement(&'a str, &'a [Value]),
}

/// The transaction around the statements of [`Connection::query_in`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Around {
    /// Begin one before the first statement.
    pub begin: bool,
    /// Its isolation; the database's default without.
    pub isolation: Option<Isolation>,
    /// Only reads are wanted of it.
    pub read_only: bool,
    /// Commit behind the last statement, if none of them failed.
    pub commit: bool,
}

impl Connection {
    /// Runs several statements and gives the rows of each. On PostgreSQL they are sent without waiting for one another;
    /// elsewhere one after the other. They are not a transaction unless one is open.
    ///
    /// # Errors
    /// The first error. Statements after it may have run.
    pub async fn query_all(&mut self, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        self.begin_wanted().await?;
        for (sql, params) in statements {
            self.check(sql)?;
            self.check_parameters(params)?;
        }
        #[cfg(feature = "postgres")]
        if let Driver::Postgres(driver) = &mut self.driver
            && !driver.unnamed_only()
        {
            let began = trace::begin();
            self.is_busy = true;
            driver.set_busy(true);
            let outcome = driver.query_all(statements).await;
            self.note_all(began, statements, outcome.as_ref().map(Vec::as_slice));
            if let Err(error) = &outcome {
                self.forget_stale(statements.iter().map(|(sql, _)| *sql), error).await;
            }
            return self.settle(outcome);
        }
        let mut all = Vec::with_capacity(statements.len());
        for (sql, params) in statements {
            all.push(self.query(sql, params).await?);
        }
        Ok(all)
    }

    /// Runs several statements as [`query_all`](Connection::query_all) does, with BEGIN before and COMMIT behind them as asked.
    /// On PostgreSQL all of it is one round trip, once the statements are prepared; elsewhere one step follows another.
    ///
    /// # Errors
    /// The first error, after which a transaction with `commit` is rolled back. As [`begin`](Connection::begin) and
    /// [`commit`](Connection::commit).
    pub async fn query_in(&mut self, around: Around, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        self.begin_wanted().await?;
        #[cfg(feature = "postgres")]
        if let Driver::Postgres(driver) = &self.driver
            && !driver.unnamed_only()
            && (around.begin || around.commit)
        {
            return self.query_in_at_once(around, statements).await;
        }
        if around.begin {
            self.begin_for(around).await?;
        }
        match (self.query_all(statements).await, around.commit) {
            (Ok(all), true) => self.commit().await.map(|()| all),
            (Err(error), true) => {
                // The first error is the one to tell; a session that cannot roll back is not used again.
                drop(self.rollback().await);
                Err(error)
            }
            (outcome, false) => outcome,
        }
    }

    /// Begins a transaction for reading only, where the database has such.
    async fn begin_for(&mut self, around: Around) -> Result<()> {
        if !around.read_only || self.transaction != Transaction::None {
            return self.begin(around.isolation).await;
        }
        // The isolation asked for is checked all the same.
        let (before, _) = self.begin_statements(around.isolation)?;
        let statement = match self.dialect {
            // Without the write lock.
            Dialect::Sqlite => "BEGIN DEFERRED",
            Dialect::Mysql | Dialect::Mariadb => "START TRANSACTION READ ONLY",
            Dialect::Postgres | Dialect::Cockroachdb => return self.begin(around.isolation).await,
        };
        self.begin_by(before, statement).await
    }

    /// On PostgreSQL: all of it in one message. When what is known of a statement is out of date, nothing of a transaction that
    /// begins here stands, nobody has seen any of it, and it runs once more.
    #[cfg(feature = "postgres")]
    async fn query_in_at_once(&mut self, around: Around, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        let outcome = self.send_in(around, statements).await;
        let Err(error) = &outcome else { return outcome };
        let was_stale = self.forget_stale(statements.iter().map(|(sql, _)| *sql), error).await;
        if !was_stale || !around.begin || (!around.commit && self.rollback().await.is_err()) {
            return outcome;
        }
        self.send_in(around, statements).await
    }

    /// Forgets prepared statements after an error that says that one of them is out of date; `true` when it says so.
    #[cfg(feature = "postgres")]
    async fn forget_stale(&mut self, statements: impl Iterator<Item = &str>, error: &Error) -> bool {
        let mut was_stale = false;
        if let Driver::Postgres(driver) = &mut self.driver {
            for sql in statements {
                was_stale |= driver.renew_statement(sql, error, true).await;
            }
        }
        was_stale
    }

    #[cfg(feature = "postgres")]
    async fn send_in(&mut self, around: Around, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        for (sql, params) in statements {
            self.check(sql)?;
            self.check_parameters(params)?;
        }
        match (around.begin, self.transaction) {
            (true, Transaction::None) | (false, Transaction::Open) => {}
            (true, Transaction::Open | Transaction::Failed) => {
                return Err(Error::new("P2028", "a transaction is open already on this connection"));
            }
            (false, Transaction::None) => return Err(super::no_transaction()),
            (false, Transaction::Failed) => {
                drop(self.rollback().await);
                return Err(Error::new("P2028", "a statement in the transaction failed, so it was rolled back"));
            }
        }
        // On PostgreSQL and CockroachDB, the only ones with this driver.
        let mut before = Vec::new();
        if around.begin {
            let (_, mut word) = self.begin_statements(around.isolation)?;
            if around.read_only {
                word.push_str(if around.isolation.is_some() { ", READ ONLY" } else { " READ ONLY" });
            }
            before.push(word);
        }
        let sent = self.send_between(&before, statements, around.commit.then_some("COMMIT")).await;
        let outcome = match sent {
            Err(error) if around.commit && error.is_connection_lost() => Err(error.with_unknown_outcome()),
            sent => sent,
        };
        let outcome = self.settle(outcome);
        match (&outcome, around.commit) {
            (Ok(_), true) => self.transaction = Transaction::None,
            // COMMIT was not reached: the server is told that it is over. The first error is the one to tell; a session that
            // cannot roll back is not used again.
            (Err(_), true) => drop(self.rollback().await),
            (_, false) => {}
        }
        outcome
    }

    /// Runs several statements behind a savepoint of the open transaction, and gives it up behind the last one if asked. On
    /// PostgreSQL all of it is one round trip, with BEGIN if that was not sent yet, once the statements are prepared.
    ///
    /// # Errors
    /// The first error; then the savepoint stands, to [go back to](Connection::rollback_to). `P2028` without a transaction.
    pub async fn query_behind_savepoint(
        &mut self,
        name: &str,
        statements: &[(&str, &[Value])],
        releases: bool,
    ) -> Result<Vec<Rows>> {
        #[cfg(feature = "postgres")]
        if matches!((&self.wanted, self.transaction), (Some(_), _) | (None, Transaction::Open))
            // What cannot even be prepared would leave a transaction without the savepoint to go back to.
            && statements.iter().all(|(sql, _)| self.is_prepared(sql))
        {
            for (sql, params) in statements {
                self.check(sql)?;
                self.check_parameters(params)?;
            }
            let mut before = Vec::new();
            let wanted = self.wanted.take();
            if let Some(wanted) = wanted {
                before.push(self.begin_statements(wanted.isolation)?.1);
            }
            let name = self.dialect.quote(name);
            before.push(format!("SAVEPOINT {name}"));
            let release = releases.then(|| format!("RELEASE SAVEPOINT {name}"));
            let outcome = self.send_between(&before, statements, release.as_deref()).await;
            // Only what the server refused is known to have come after BEGIN and the savepoint.
            self.is_lost |= outcome.as_ref().is_err_and(|error| error.native_code().is_none());
            return self.settle(outcome);
        }
        self.savepoint(name).await?;
        let rows = self.query_all(statements).await?;
        if releases {
            self.release(name).await?;
        }
        Ok(rows)
    }

    /// Sends statements with words before and behind them, all of which are of one transaction.
    #[cfg(feature = "postgres")]
    async fn send_between(
        &mut self,
        before: &[String],
        statements: &[(&str, &[Value])],
        behind: Option<&str>,
    ) -> Result<Vec<Rows>> {
        let steps: Vec<Step<'_>> = statements.iter().map(|(sql, params)| Step::Statement(sql, params)).collect();
        let before: Vec<&str> = before.iter().map(String::as_str).collect();
        let began = trace::begin();
        self.set_busy(true);
        // Counted as open before the first word is sent: a dropped future must not hide it.
        self.transaction = Transaction::Open;
        let mut outcome = Ok(Vec::new());
        if let Driver::Postgres(driver) = &mut self.driver {
            outcome = driver.run_steps(&before, &steps, behind).await;
        }
        let outcome = match outcome {
            Ok(rows) => Ok(rows.into_iter().flatten().collect::<Vec<Rows>>()),
            Err((_, error)) => Err(error),
        };
        for words in before {
            self.note(began, words, &[], outcome.as_ref().map(|_| 0));
        }
        self.note_all(began, statements, outcome.as_ref().map(Vec::as_slice));
        if let Some(words) = behind {
            self.note(began, words, &[], outcome.as_ref().map(|_| 0));
        }
        outcome
    }

    /// Tells of statements that ran together, each with the time of all.
    fn note_all(
        &self,
        began: Option<Instant>,
        statements: &[(&str, &[Value])],
        outcome: std::result::Result<&[Rows], &Error>,
    ) {
        if began.is_none() {
            return;
        }
        for (at, (sql, params)) in statements.iter().enumerate() {
            let rows = outcome.map(|all| all.get(at).map_or(0, |rows| rows.len() as u64));
            self.note(began, sql, params, rows);
        }
    }

    /// Begins a transaction if asked, and runs steps one after the other. On PostgreSQL all of it is sent without waiting for
    /// the answers in between, and every answer is read; the transaction stays open. Without a transaction around them, steps
    /// after one that failed may have run there.
    ///
    /// # Errors
    /// The first error, with the number of the step it came from; 0 also when the transaction could not be begun. A script has
    /// no rows.
    pub async fn run_steps(
        &mut self,
        begin: bool,
        steps: &[Step<'_>],
    ) -> std::result::Result<Vec<Option<Rows>>, (usize, Error)> {
        self.begin_wanted().await.map_err(|error| (0, error))?;
        #[cfg(feature = "postgres")]
        if let Driver::Postgres(driver) = &self.driver
            && !driver.unnamed_only()
        {
            return self.run_steps_at_once(begin, steps).await;
        }
        if begin {
            self.begin(None).await.map_err(|error| (0, error))?;
        }
        let mut all = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            let rows = match step {
                Step::Script(text) => self.run_script(text).await.map(|()| None),
                Step::Statement(sql, params) => self.query(sql, params).await.map(Some),
            };
            all.push(rows.map_err(|error| (at, error))?);
        }
        Ok(all)
    }

    #[cfg(feature = "postgres")]
    async fn run_steps_at_once(
        &mut self,
        begin: bool,
        steps: &[Step<'_>],
    ) -> std::result::Result<Vec<Option<Rows>>, (usize, Error)> {
        for (at, step) in steps.iter().enumerate() {
            let checked = match step {
                Step::Script(_) => {
                    self.is_altered = true;
                    self.check("")
                }
                Step::Statement(sql, params) => self.check(sql).and_then(|()| self.check_parameters(params)),
            };
            checked.map_err(|error| (at, error))?;
        }
        if begin && self.transaction != Transaction::None {
            return Err((0, Error::new("P2028", "a transaction is open already on this connection")));
        }
        let began = trace::begin();
        self.set_busy(true);
        if begin {
            self.transaction = Transaction::Open;
        }
        let mut outcome = Ok(Vec::new());
        if let Driver::Postgres(driver) = &mut self.driver {
            outcome = driver.run_steps(if begin { &["BEGIN"] } else { &[] }, steps, None).await;
        }
        for step in steps {
            let (text, params): (&str, &[Value]) = match step {
                Step::Script(text) => (text, &[]),
                Step::Statement(text, params) => (text, params),
            };
            self.note(began, text, params, outcome.as_ref().map(|_| 0).map_err(|(_, error)| error));
        }
        if let Err((_, error)) = &outcome {
            let texts = steps.iter().filter_map(|step| match step {
                Step::Script(_) => None,
                Step::Statement(sql, _) => Some(*sql),
            });
            self.forget_stale(texts, error).await;
        }
        match outcome {
            Ok(rows) => self.settle(Ok(rows)).map_err(|error| (0, error)),
            Err((at, error)) => match self.settle::<()>(Err(error)) {
                Ok(()) => Ok(Vec::new()),
                Err(error) => Err((at, error)),
            },
        }
    }
}
