//! One open session with a database.
//!
//! **In**: SQL with the dialect's own placeholders, and values. **Out**: [`Rows`]. The session knows whether a transaction is
//! open and whether it is at rest. A call whose future is dropped half-way leaves it *broken*: every later call is refused, and
//! a pool throws it away.

mod describe;
mod savepoint;
mod steps;
mod trace;
mod words;

use std::convert::Infallible;
use std::fmt;

pub use steps::{Around, Step};

use crate::dialect::Dialect;
use crate::driver;
#[cfg(feature = "mysql")]
use crate::driver::mysql::Mysql;
#[cfg(feature = "postgres")]
use crate::driver::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::driver::sqlite::Sqlite;
use crate::error::{Error, Result};
use crate::rows::{Each, Rows};
use crate::url::ConnectionUrl;
use crate::value::Value;
use words::{changes_session, only_reads};

/// How far a transaction is kept apart from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// READ UNCOMMITTED
    ReadUncommitted,
    /// READ COMMITTED
    ReadCommitted,
    /// REPEATABLE READ
    RepeatableRead,
    /// SERIALIZABLE
    Serializable,
}

impl Isolation {
    fn sql(self) -> &'static str {
        match self {
            Isolation::ReadUncommitted => "READ UNCOMMITTED",
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::RepeatableRead => "REPEATABLE READ",
            Isolation::Serializable => "SERIALIZABLE",
        }
    }
}

/// What is known of the session's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    /// A statement failed in a way that leaves nothing to commit; only a rollback is possible.
    Failed,
}

/// A transaction of which the server has not been told yet.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    isolation: Option<Isolation>,
}

/// One open session.
pub struct Connection {
    driver: Driver,
    dialect: Dialect,
    version: String,
    default_schema: String,
    transaction: Transaction,
    /// A transaction that begins with the next statement; see [`Connection::begin_with_next`].
    wanted: Option<Wanted>,
    /// A call is under way; still set when the next one begins, if its future was dropped.
    is_busy: bool,
    is_lost: bool,
    /// Statements ran that may have changed the session in ways not followed here (a script, `SET`, `LOCK`).
    is_altered: bool,
    /// What `tracing` is told of statements holds their values.
    shows_values: bool,
}

enum Driver {
    /// Without a value: lets a build without drivers match on the enum.
    #[allow(dead_code, reason = "never made")]
    Absent(Infallible),
    #[cfg(feature = "sqlite")]
    Sqlite(Box<Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(Box<Postgres>),
    #[cfg(feature = "mysql")]
    Mysql(Box<Mysql>),
}

impl Connection {
    /// Opens a session. A SQLite file must exist (see [`crate::admin::create_database`]). On PostgreSQL `search_path` is set to the
    /// URL's `schema`; everywhere times are UTC.
    ///
    /// # Errors
    /// `P1000` wrong credentials, `P1001` not reachable, `P1003` no such database, `P1010` not allowed, `P1011` TLS, `P1013` the
    /// URL cannot be used.
    pub async fn open(url: &ConnectionUrl) -> Result<Connection> {
        match url.connect_timeout().filter(|_| url.dialect() != Dialect::Sqlite) {
            None => Connection::open_without_limit(url).await,
            Some(limit) => match tokio::time::timeout(limit, Connection::open_without_limit(url)).await {
                Ok(outcome) => outcome,
                Err(_) => {
                    let reason = format!("no answer within {} s (connect_timeout)", limit.as_secs());
                    Err(driver::unreachable(url, &reason))
                }
            },
        }
    }

    async fn open_without_limit(url: &ConnectionUrl) -> Result<Connection> {
        match url.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Sqlite::open(url).map(Connection::of_sqlite),
            #[cfg(feature = "postgres")]
            Dialect::Postgres | Dialect::Cockroachdb => {
                let driver = Postgres::open(url).await?;
                let (dialect, version) = (driver.dialect, driver.version.clone());
                url.set_answered(dialect);
                let schema = url.schema().unwrap_or("public").to_string();
                Ok(Connection::new(Driver::Postgres(Box::new(driver)), dialect, version, schema))
            }
            #[cfg(feature = "mysql")]
            Dialect::Mysql | Dialect::Mariadb => {
                let driver = Mysql::open(url).await?;
                let (dialect, version) = (driver.dialect, driver.version.clone());
                url.set_answered(dialect);
                let schema = url.database().to_string();
                Ok(Connection::new(Driver::Mysql(Box::new(driver)), dialect, version, schema))
            }
            #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            dialect => {
                let product = dialect.product_name();
                Err(Error::new("P1013", format!("support for {product} is not part of this build (crate feature)")))
            }
        }
    }

    /// Opens an empty SQLite database in memory, which ends with the connection.
    ///
    /// # Errors
    /// When SQLite is not part of the build or refuses.
    pub async fn open_in_memory() -> Result<Connection> {
        #[cfg(feature = "sqlite")]
        return Sqlite::open_in_memory().map(Connection::of_sqlite);
        #[cfg(not(feature = "sqlite"))]
        Err(Error::new("P1013", "support for SQLite is not part of this build (crate feature `sqlite`)"))
    }

    #[cfg(feature = "sqlite")]
    fn of_sqlite(driver: Sqlite) -> Connection {
        Connection::new(Driver::Sqlite(Box::new(driver)), Dialect::Sqlite, Sqlite::version(), "main".to_string())
    }

    fn new(driver: Driver, dialect: Dialect, version: String, default_schema: String) -> Connection {
        Connection {
            driver,
            dialect,
            version,
            default_schema,
            transaction: Transaction::None,
            wanted: None,
            is_busy: false,
            is_lost: false,
            is_altered: false,
            shows_values: false,
        }
    }

    /// The dialect, as the server itself tells it (MariaDB and CockroachDB are recognised).
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The server's version in its own words.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where unqualified names live: the URL's schema or `public` (PostgreSQL), the database (MySQL), `main` (SQLite).
    pub fn default_schema(&self) -> &str {
        &self.default_schema
    }

    /// Runs a statement and reads its rows. Values are sent in the types the server asks for. A statement whose plan on the
    /// server is out of date is prepared again and run once more, outside a transaction only.
    ///
    /// # Errors
    /// What the database says (see [`Error`]); `P1016` when the number of parameters is wrong.
    pub async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        let mut whole = None;
        self.query_each(sql, params, usize::MAX, &mut |rows| whole = Some(rows)).await?;
        Ok(whole.unwrap_or_else(|| Rows::of_affected(0)))
    }

    /// The same, with the rows handed out as they come, at most so many at a time where the driver can: whoever makes something
    /// else of each need not have room for all of them twice. After an error some may have been handed out.
    ///
    /// # Errors
    /// As [`Connection::query`].
    pub async fn query_each(&mut self, sql: &str, params: &[Value], most: usize, each: Each<'_>) -> Result<()> {
        if self.goes_with_begin(sql) {
            each(Box::pin(self.query_with_begin(sql, params)).await?);
            return Ok(());
        }
        self.begin_wanted().await?;
        self.check(sql)?;
        self.check_parameters(params)?;
        let began = trace::begin();
        self.set_busy(true);
        let mut outcome = self.query_once(sql, params, most, each).await;
        // What is out of date is refused before the first row.
        if let Err(error) = &outcome
            && Box::pin(self.renew_statement(sql, error)).await
        {
            outcome = self.query_once(sql, params, most, each).await;
        }
        self.note(began, sql, params, outcome.as_ref().copied());
        let outcome = outcome.map(drop).map_err(|error| self.or_unknown(sql, error));
        self.settle(outcome)
    }

    /// Runs a statement and gives the number of rows it wrote (on MySQL: found, whether they changed or not).
    ///
    /// # Errors
    /// As [`Connection::query`].
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        if self.goes_with_begin(sql) {
            return Box::pin(self.query_with_begin(sql, params)).await.map(|rows| rows.affected());
        }
        self.begin_wanted().await?;
        self.check(sql)?;
        self.check_parameters(params)?;
        // Without values MySQL takes several statements in one text.
        self.is_altered |= params.is_empty() && changes_session(sql, self.dialect, true);
        let began = trace::begin();
        self.set_busy(true);
        let mut outcome = self.execute_once(sql, params).await;
        if let Err(error) = &outcome
            && Box::pin(self.renew_statement(sql, error)).await
        {
            outcome = self.execute_once(sql, params).await;
        }
        self.note(began, sql, params, outcome.as_ref().copied());
        let outcome = outcome.map_err(|error| self.or_unknown(sql, error));
        self.settle(outcome)
    }

    /// Whether statements are prepared by name and kept: not behind a pooler in transaction mode (`pgbouncer=true`).
    pub fn keeps_statements(&self) -> bool {
        match &self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => true,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => !driver.unnamed_only(),
            #[cfg(feature = "mysql")]
            Driver::Mysql(_) => true,
        }
    }

    /// Whether a statement is prepared on PostgreSQL.
    fn is_prepared(&self, sql: &str) -> bool {
        match &self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.is_prepared(sql),
            #[cfg(feature = "mysql")]
            Driver::Mysql(_) => false,
        }
    }

    /// The server's types of a statement's parameters, as names to cast to: what PostgreSQL finds when it prepares the
    /// statement, which stays prepared. Other databases tell none.
    ///
    /// # Errors
    /// What the database says of the statement.
    pub async fn parameter_types(&mut self, sql: &str) -> Result<Vec<String>> {
        self.begin_wanted().await?;
        self.check(sql)?;
        #[cfg(feature = "postgres")]
        if let Driver::Postgres(driver) = &mut self.driver {
            self.is_busy = true;
            driver.set_busy(true);
            let outcome = driver.parameter_types(sql).await;
            return self.settle(outcome);
        }
        Ok(Vec::new())
    }

    /// Runs a script: one message without parameters (SQLite: statement by statement), and every result of it is read.
    ///
    /// # Errors
    /// What the database says, with the byte offset in the script where it is known. What ran before the error stays, unless
    /// the server takes the message as one transaction (PostgreSQL).
    pub async fn run_script(&mut self, sql: &str) -> Result<()> {
        self.begin_wanted().await?;
        self.check("")?;
        let began = trace::begin();
        self.set_busy(true);
        self.is_altered = true;
        let outcome: Result<()> = match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.run_script(sql),
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.run_script(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.run_script(sql).await,
        };
        self.note(began, sql, &[], outcome.as_ref().map(|()| 0));
        self.settle(outcome)
    }

    /// Begins a transaction. On SQLite it takes the write lock at once and waits for it.
    ///
    /// # Errors
    /// `P2028` when one is open; `P2023` for an isolation level the database does not have.
    pub async fn begin(&mut self, isolation: Option<Isolation>) -> Result<()> {
        self.check("")?;
        self.check_without_transaction()?;
        let (before, statement) = self.begin_statements(isolation)?;
        self.begin_by(before, &statement).await
    }

    /// The same, but on PostgreSQL the server is told with the next statement; without a round trip of its own if that one is
    /// prepared already. One Sync ends both: if BEGIN were refused, the statement behind it would not run.
    ///
    /// # Errors
    /// As [`begin`](Connection::begin); those of BEGIN come with the next statement, and the session is then of no more use.
    pub async fn begin_with_next(&mut self, isolation: Option<Isolation>) -> Result<()> {
        if !self.dialect.is_postgres_family() || !self.keeps_statements() {
            return self.begin(isolation).await;
        }
        self.check("")?;
        self.check_without_transaction()?;
        self.wanted = Some(Wanted { isolation });
        Ok(())
    }

    /// True when a transaction waits for its first statement, and BEGIN can be sent together with this one.
    fn goes_with_begin(&self, sql: &str) -> bool {
        self.wanted.is_some() && self.is_prepared(sql)
    }

    async fn query_with_begin(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        let rows = self.query_in(Around::default(), &[(sql, params)]).await?.pop();
        Ok(rows.unwrap_or_else(|| Rows::of_affected(0)))
    }

    /// Begins the transaction that waits for its first statement.
    async fn begin_wanted(&mut self) -> Result<()> {
        let Some(Wanted { isolation }) = self.wanted.take() else { return Ok(()) };
        let begun = Box::pin(self.begin(isolation)).await;
        // Whoever goes on after the error must not write outside a transaction.
        self.is_lost |= begun.is_err();
        begun
    }

    fn check_without_transaction(&self) -> Result<()> {
        if self.in_transaction() {
            return Err(Error::new("P2028", "a transaction is open already on this connection"));
        }
        Ok(())
    }

    async fn begin_by(&mut self, before: Option<String>, statement: &str) -> Result<()> {
        self.set_busy(true);
        // Counted as open before the first word is sent: a dropped future must not hide it.
        self.transaction = Transaction::Open;
        let mut outcome = match before {
            Some(before) => self.control(&before).await,
            None => Ok(()),
        };
        if outcome.is_ok() {
            outcome = self.control(statement).await;
        }
        if outcome.is_err() {
            self.transaction = Transaction::None;
        }
        self.settle(outcome)
    }

    /// How a transaction begins: what is said before, and the word itself.
    fn begin_statements(&self, isolation: Option<Isolation>) -> Result<(Option<String>, String)> {
        Ok(match (self.dialect, isolation) {
            (Dialect::Sqlite, None | Some(Isolation::Serializable)) => (None, "BEGIN IMMEDIATE".to_string()),
            (Dialect::Sqlite, Some(level)) => {
                let level = level.sql();
                return Err(Error::new("P2023", format!("SQLite has no isolation level {level}, only SERIALIZABLE")));
            }
            (Dialect::Postgres | Dialect::Cockroachdb, None) => (None, "BEGIN".to_string()),
            (Dialect::Postgres | Dialect::Cockroachdb, Some(level)) => {
                (None, format!("BEGIN ISOLATION LEVEL {}", level.sql()))
            }
            (Dialect::Mysql | Dialect::Mariadb, None) => (None, "START TRANSACTION".to_string()),
            (Dialect::Mysql | Dialect::Mariadb, Some(level)) => {
                let before = format!("SET TRANSACTION ISOLATION LEVEL {}", level.sql());
                (Some(before), "START TRANSACTION".to_string())
            }
        })
    }

    /// Commits the open transaction.
    ///
    /// # Errors
    /// `P2028` when none is open, or when a statement in it failed so that nothing can be committed (it is then rolled back).
    /// When the connection breaks while committing, [`Error::outcome_unknown`] is true.
    pub async fn commit(&mut self) -> Result<()> {
        if self.wanted.take().is_some() {
            return self.check("");
        }
        match self.transaction {
            Transaction::None => return Err(no_transaction()),
            Transaction::Failed => {
                self.rollback().await?;
                return Err(Error::new("P2028", "a statement in the transaction failed, so it was rolled back"));
            }
            Transaction::Open => self.check("")?,
        }
        self.set_busy(true);
        let outcome = self.control("COMMIT").await;
        let outcome = match outcome {
            Err(error) if error.is_connection_lost() => Err(error.with_unknown_outcome()),
            // A busy SQLite keeps the transaction open, so that COMMIT can be tried again. Elsewhere it is over.
            Err(error) if self.dialect == Dialect::Sqlite => Err(error),
            outcome => {
                self.transaction = Transaction::None;
                outcome
            }
        };
        self.settle(outcome)
    }

    /// Rolls the open transaction back.
    ///
    /// # Errors
    /// `P2028` when none is open.
    pub async fn rollback(&mut self) -> Result<()> {
        if self.wanted.take().is_some() {
            return self.check("");
        }
        if self.transaction == Transaction::None {
            return Err(no_transaction());
        }
        self.check_usable()?;
        self.set_busy(true);
        let outcome = if self.is_over_on_server() { Ok(()) } else { self.control("ROLLBACK").await };
        if outcome.is_ok() {
            self.transaction = Transaction::None;
        }
        self.settle(outcome)
    }

    /// Whether several connections may be served by one session of the server, as behind a pooler in transaction mode: what a
    /// session holds, such as a lock, means nothing then. Told of PostgreSQL only; the call costs nothing without a pooler.
    ///
    /// # Errors
    /// Those of [`Connection::open`]: behind a pooler it is tried out with a second connection.
    pub async fn shares_sessions(&mut self) -> Result<bool> {
        self.check("")?;
        self.set_busy(true);
        let outcome = match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Ok(false),
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.shares_sessions().await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(_) => Ok(false),
        };
        self.settle(outcome)
    }

    /// Whether what `tracing` is told of statements holds the values bound to them. It does not unless asked to.
    pub fn show_values(&mut self, shows: bool) {
        self.shows_values = shows;
    }

    /// True while a transaction begun by [`Connection::begin`] is open.
    pub fn in_transaction(&self) -> bool {
        self.wanted.is_some() || self.transaction != Transaction::None
    }

    /// True when the session is at rest: no call under way or given up, no transaction, not lost, and nothing ran that may
    /// have changed it behind our back. Only such a session may be used by somebody else.
    pub fn is_at_rest(&self) -> bool {
        let is_open = match &self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => !driver.in_transaction(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => !driver.is_closed(),
            #[cfg(feature = "mysql")]
            Driver::Mysql(_) => true,
        };
        let is_untouched = !self.is_altered || self.dialect == Dialect::Sqlite;
        is_open && is_untouched && !self.is_busy && !self.is_lost && !self.in_transaction()
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the server cannot be told.
    pub async fn close(self) -> Result<()> {
        match self.driver {
            Driver::Absent(never) => match never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.close(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => {
                driver.close().await;
                Ok(())
            }
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.close().await,
        }
    }

    /// Whether the server still answers, where the driver has not been told by itself that it went away.
    pub(crate) async fn is_alive(&mut self) -> bool {
        match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => true,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => !driver.is_closed(),
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => {
                self.is_busy = true;
                driver.set_busy(true);
                let is_alive = driver.is_alive().await;
                // One that does not answer needs no second session to stop what it does.
                driver.set_busy(false);
                self.is_busy = false;
                self.is_lost |= !is_alive;
                is_alive
            }
        }
    }

    /// Makes the session fit for the next user without waiting. `false` when it must be thrown away.
    pub(crate) fn reset_now(&mut self) -> bool {
        // Nobody was told of it.
        self.wanted = None;
        #[cfg(feature = "postgres")]
        if let Driver::Postgres(driver) = &mut self.driver
            && !driver.look()
        {
            return false;
        }
        #[cfg(feature = "sqlite")]
        if let Driver::Sqlite(driver) = &mut self.driver {
            // A file is soon opened again; what is in memory would be lost with its session.
            if self.is_altered && driver.is_file() {
                return false;
            }
            let is_touched = self.is_altered || self.is_busy || self.transaction != Transaction::None;
            if (is_touched || driver.in_transaction()) && driver.reset_now().is_err() {
                return false;
            }
            self.transaction = Transaction::None;
            self.is_busy = false;
            self.is_altered = false;
        }
        self.is_at_rest()
    }

    /// Refuses a session that cannot run statements now; notes a statement that changes the session itself.
    fn check(&mut self, sql: &str) -> Result<()> {
        self.check_usable()?;
        if self.transaction == Transaction::Failed && !self.dialect.is_postgres_family() {
            return Err(Error::new(
                "P2028",
                "the database has rolled the transaction back; only a rollback is possible",
            ));
        }
        self.is_altered |= changes_session(sql, self.dialect, false);
        Ok(())
    }

    /// The protocols count parameters in 16 bits; more must not reach them, nor what is no value.
    fn check_parameters(&self, params: &[Value]) -> Result<()> {
        let (most, given) = (self.dialect.max_parameters(), params.len());
        if given > most {
            let product = self.dialect.product_name();
            let message = format!("{given} values are bound in one statement, but {product} takes at most {most}");
            return Err(Error::new("P2029", message));
        }
        match params.iter().find_map(|value| value.misfit(self.dialect)) {
            Some((code, why)) => Err(Error::new(code, format!("a value cannot be written: {why}"))),
            None => Ok(()),
        }
    }

    fn check_usable(&self) -> Result<()> {
        if self.is_lost {
            return Err(Error::new("P1017", "the connection is closed").lost());
        }
        // SQLite works inside one poll: a dropped future leaves nothing half-done.
        if self.is_busy && self.dialect != Dialect::Sqlite {
            return Err(Error::new("P1017", "an earlier call on this connection was given up in its middle").lost());
        }
        Ok(())
    }

    fn set_busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
        match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => {}
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.set_busy(is_busy),
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.set_busy(is_busy),
        }
    }

    /// Gives the number of rows.
    async fn query_once(&mut self, sql: &str, params: &[Value], most: usize, each: Each<'_>) -> Result<u64> {
        let mut rows = 0;
        let each: Each<'_> = &mut |part: Rows| {
            rows += part.len() as u64;
            each(part);
        };
        let done: Result<()> = match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.query(sql, params, most, each).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.query(sql, params).await.map(each),
            // Apart: every request has the future that it is a part of, and this one is large.
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => Box::pin(driver.query(sql, params, most, each)).await,
        };
        done.map(|()| rows)
    }

    async fn execute_once(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.execute(sql, params).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.execute(sql, params).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.execute(sql, params).await,
        }
    }

    /// Runs a statement that governs transactions.
    async fn control(&mut self, sql: &str) -> Result<()> {
        let began = trace::begin();
        let outcome: Result<()> = match &mut self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => driver.control(sql).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.run_script(sql).await,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => driver.execute(sql, &[]).await.map(|_| ()),
        };
        self.note(began, sql, &[], outcome.as_ref().map(|()| 0));
        outcome
    }

    /// After an error: if what is known of a prepared statement is out of date, forgets it. `true` when it is worth running
    /// once more, which it never is inside a transaction.
    async fn renew_statement(&mut self, sql: &str, error: &Error) -> bool {
        let in_transaction = self.transaction != Transaction::None;
        match &mut self.driver {
            Driver::Absent(never) => match *never {},
            // SQLite prepares again by itself.
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Driver::Postgres(driver) => driver.renew_statement(sql, error, in_transaction).await && !in_transaction,
            #[cfg(feature = "mysql")]
            Driver::Mysql(driver) => {
                // What it does not find out counts as the worse.
                drop(driver.look_at(error).await);
                driver.renew_statement(sql, error).await && !in_transaction
            }
        }
    }

    /// True when the database has ended the transaction by itself.
    fn is_over_on_server(&self) -> bool {
        match &self.driver {
            Driver::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(driver) => !driver.in_transaction(),
            #[cfg(feature = "postgres")]
            Driver::Postgres(_) => false,
            #[cfg(feature = "mysql")]
            Driver::Mysql(_) => false,
        }
    }

    /// Outside a transaction a statement that writes commits by itself: when the connection breaks before the answer, nobody
    /// knows whether it did.
    fn or_unknown(&self, sql: &str, error: Error) -> Error {
        let is_unanswered = error.is_connection_lost() && error.native_code().is_none();
        if is_unanswered && self.transaction == Transaction::None && !only_reads(sql) {
            return error.with_unanswered_statement();
        }
        error
    }

    /// The call is over: notes what its outcome means for the session.
    fn settle<T>(&mut self, outcome: Result<T>) -> Result<T> {
        self.set_busy(false);
        let Err(error) = &outcome else { return outcome };
        if error.is_connection_lost() {
            self.is_lost = true;
        }
        if self.transaction == Transaction::Open {
            let is_over = match &self.driver {
                Driver::Absent(never) => match *never {},
                #[cfg(feature = "sqlite")]
                Driver::Sqlite(driver) => !driver.in_transaction(),
                // Any error of the server (not of the client) dooms the transaction.
                #[cfg(feature = "postgres")]
                Driver::Postgres(_) => error.native_code().is_some(),
                #[cfg(feature = "mysql")]
                Driver::Mysql(driver) => driver.ends_with(error),
            };
            if is_over {
                self.transaction = Transaction::Failed;
            }
        }
        outcome
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("dialect", &self.dialect)
            .field("version", &self.version)
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

fn no_transaction() -> Error {
    Error::new("P2028", "no transaction is open on this connection")
}
