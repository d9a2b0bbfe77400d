//! PostgreSQL and CockroachDB through tokio-postgres.
//!
//! Statements are prepared and cached; the types the server gives its parameters decide how a value is sent (see
//! [`encode`]). Rows stay as received and are read in binary form (see [`decode`]). Behind a pooler in transaction mode
//! (`pgbouncer=true`) nothing is prepared by name.

mod decode;
mod describe;
mod encode;
mod greeting;

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::Arc;

use futures_util::TryStreamExt;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{DbError, ErrorPosition};
use tokio_postgres::types::Type;
use tokio_postgres::{CancelToken, Client, Config, RowStream, SimpleQueryMessage, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use decode::cell;
pub use decode::{Array, Record};
use encode::Param;

use super::{tls, unreachable};
use crate::codes;
use crate::connection::Step;
use crate::dialect::Dialect;
use crate::error::{Constraint, Error, Result};
use crate::rows::{Column, ColumnType, Data, Rows};
use crate::url::{ConnectionUrl, TlsMode};
use crate::value::Value;

/// How long a pooler may take to find a session for a transaction.
const ANSWER_LIMIT: std::time::Duration = std::time::Duration::from_secs(5);
/// Prepared statements kept by a connection.
const CACHED_STATEMENTS: usize = 256;

/// One open session.
pub(crate) struct Postgres {
    client: Client,
    wire: Wire,
    statements: HashMap<Box<str>, Cached>,
    clock: u64,
    unnamed_only: bool,
    url: ConnectionUrl,
    /// The server process at work for us when the connection was opened, as it says itself.
    process: Option<i32>,
    pub(crate) dialect: Dialect,
    pub(crate) version: String,
}

/// The task that moves bytes between the client and its socket.
struct Wire {
    task: JoinHandle<()>,
    cancel: CancelToken,
    tls: MakeRustlsConnect,
    /// A call is under way; still set on drop when its future was given up.
    is_busy: bool,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if !self.is_busy {
            return;
        }
        // Closing the socket does not stop a running statement: the server is asked to. Best effort, for the session ends
        // anyway when the server next looks at its socket.
        self.task.abort();
        let (cancel, tls) = (self.cancel.clone(), self.tls.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { drop(cancel.cancel_query(tls).await) });
        }
    }
}

struct Cached {
    statement: Statement,
    columns: Arc<[Column]>,
    used: u64,
}

impl Postgres {
    pub(crate) async fn open(url: &ConnectionUrl) -> Result<Postgres> {
        let settings = url.tls()?;
        let tls = MakeRustlsConnect::new(tls::client_config(&settings)?);
        let mut connected = config(url, settings.mode).connect(tls.clone()).await;
        if settings.mode == TlsMode::Allow && connected.as_ref().is_err_and(|error| error.as_db_error().is_some()) {
            // It may be the want of TLS that the server says no to.
            connected = config(url, TlsMode::Prefer).connect(tls.clone()).await;
        }
        let (client, connection) = connected.map_err(|error| while_connecting(url, error))?;
        // When the connection ends, every waiting call gets the error; the task itself has nobody to tell.
        let task = tokio::spawn(async move { drop(connection.await) });
        let wire = Wire { task, cancel: client.cancel_token(), tls, is_busy: false };
        let mut opened = Postgres {
            client,
            wire,
            statements: HashMap::new(),
            clock: 0,
            unnamed_only: url.flag("pgbouncer"),
            url: url.clone(),
            process: None,
            dialect: Dialect::Postgres,
            version: String::new(),
        };
        opened.set_up(url).await?;
        Ok(opened)
    }

    async fn set_up(&mut self, url: &ConnectionUrl) -> Result<()> {
        let mut message = String::from("SET TIME ZONE 'UTC'; ");
        if let Some(schema) = url.schema() {
            message.push_str("SET search_path = ");
            Dialect::Postgres.quote_into(&mut message, schema);
            message.push_str("; ");
        }
        message.push_str("SELECT pg_catalog.version(), pg_catalog.pg_backend_pid()");
        let answers = self.client.simple_query(&message).await.map_err(|error| from_driver(error, &message))?;
        let version = answers.iter().find_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        self.version = version.unwrap_or_default().to_string();
        self.process = process_in(&answers);
        if self.version.contains("CockroachDB") {
            self.dialect = Dialect::Cockroachdb;
        }
        Ok(())
    }

    pub(crate) async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        if self.unnamed_only {
            return self.query_unnamed(sql, params).await;
        }
        let (statement, columns) = self.prepare(sql).await?;
        let wanted = statement.params().len();
        if wanted != params.len() {
            return Err(parameter_count(wanted, params.len()));
        }
        let (rows, affected) = run(&self.client, &statement, params).await.map_err(|error| from_driver(error, sql))?;
        Ok(Rows { columns, data: Data::Postgres(rows), affected })
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        // Without parameters one round trip does; such a statement is most often DDL, not worth a place in the cache.
        let rows =
            if params.is_empty() { self.query_unnamed(sql, params).await? } else { self.query(sql, params).await? };
        Ok(rows.affected)
    }

    /// The types of a statement's parameters, quoted and with their schemas.
    pub(crate) async fn parameter_types(&mut self, sql: &str) -> Result<Vec<String>> {
        let (statement, _) = self.prepare(sql).await?;
        let name = |ty: &Type| {
            let mut name = String::new();
            self.dialect.quote_into(&mut name, ty.schema());
            name.push('.');
            self.dialect.quote_into(&mut name, ty.name());
            name
        };
        Ok(statement.params().iter().map(name).collect())
    }

    /// Runs several statements without waiting for each other's answers. The first error is given; what follows it inside
    /// a transaction fails on the server too.
    pub(crate) async fn query_all(&mut self, statements: &[(&str, &[Value])]) -> Result<Vec<Rows>> {
        let mut prepared = Vec::with_capacity(statements.len());
        for (sql, params) in statements {
            let (statement, columns) = self.prepare(sql).await?;
            let wanted = statement.params().len();
            if wanted != params.len() {
                return Err(parameter_count(wanted, params.len()));
            }
            prepared.push((*sql, *params, statement, columns));
        }
        let client = &self.client;
        let calls = prepared.into_iter().map(|(sql, params, statement, columns)| async move {
            let (rows, affected) = run(client, &statement, params).await.map_err(|error| from_driver(error, sql))?;
            Ok(Rows { columns, data: Data::Postgres(rows), affected })
        });
        // Every answer is waited for, so that the connection is at rest when the first error is given.
        futures_util::future::join_all(calls).await.into_iter().collect()
    }

    /// Runs steps, with the words that begin a transaction before them and COMMIT behind them as asked, without waiting for one
    /// another's answers. Inside a transaction what follows an error fails on the server too, and COMMIT rolls back.
    pub(crate) async fn run_steps(
        &mut self,
        begin: Option<&str>,
        steps: &[Step<'_>],
        commit: bool,
    ) -> std::result::Result<Vec<Option<Rows>>, (usize, Error)> {
        let mut prepared = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            prepared.push(match step {
                Step::Script(_) => None,
                Step::Statement(sql, params) => {
                    let (statement, columns) = self.prepare(sql).await.map_err(|error| (at, error))?;
                    let wanted = statement.params().len();
                    if wanted != params.len() {
                        return Err((at, parameter_count(wanted, params.len())));
                    }
                    Some((statement, columns))
                }
            });
        }
        let client = &self.client;
        let opening = async move {
            match begin {
                Some(words) => client.batch_execute(words).await.map_err(|error| from_driver(error, "")),
                None => Ok(()),
            }
        };
        let closing = async move {
            match commit {
                true => client.batch_execute("COMMIT").await.map_err(|error| from_driver(error, "")),
                false => Ok(()),
            }
        };
        let calls = steps.iter().zip(prepared).map(|(step, prepared)| async move {
            match (step, prepared) {
                (Step::Statement(sql, params), Some((statement, columns))) => {
                    let ran = run(client, &statement, params).await;
                    let (rows, affected) = ran.map_err(|error| from_driver(error, sql))?;
                    Ok(Some(Rows { columns, data: Data::Postgres(rows), affected }))
                }
                (Step::Script(sql) | Step::Statement(sql, _), _) => {
                    client.batch_execute(sql).await.map_err(|error| from_driver(error, sql))?;
                    Ok(None)
                }
            }
        });
        // Every answer is waited for, so that the connection is at rest when the first error is given.
        let calls = futures_util::future::join_all(calls);
        let (opened, outcomes, closed) = futures_util::future::join3(opening, calls, closing).await;
        // What was behind a BEGIN that was refused ran by itself: nobody is to go on with such a session.
        opened.map_err(|error| (0, error.lost()))?;
        let numbered = outcomes.into_iter().enumerate();
        let rows: std::result::Result<Vec<_>, _> =
            numbered.map(|(at, outcome)| outcome.map_err(|error| (at, error))).collect();
        let rows = rows?;
        closed.map_err(|error| (steps.len(), error))?;
        Ok(rows)
    }

    /// Parses, binds and runs in one message, leaving nothing on the server. Values go as text; the server finds the types.
    async fn query_unnamed(&mut self, sql: &str, params: &[Value]) -> Result<Rows> {
        let params = params.iter().map(|value| (Param(value), Type::UNKNOWN));
        let stream = self.client.query_typed_raw(sql, params).await.map_err(|error| from_driver(error, sql))?;
        let (rows, affected) = collect(stream).await.map_err(|error| from_driver(error, sql))?;
        let columns = rows.first().map(|row| columns_of(row.columns())).unwrap_or_default();
        Ok(Rows { columns, data: Data::Postgres(rows), affected })
    }

    /// Sends a script as one message. Every result of it is read.
    pub(crate) async fn run_script(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| from_driver(error, sql))
    }

    /// The prepared statement of a text: from the cache, or prepared and put there in place of the least recently used.
    async fn prepare(&mut self, sql: &str) -> Result<(Statement, Arc<[Column]>)> {
        self.clock += 1;
        if let Some(cached) = self.statements.get_mut(sql) {
            cached.used = self.clock;
            return Ok((cached.statement.clone(), cached.columns.clone()));
        }
        let statement = self.client.prepare(sql).await.map_err(|error| from_driver(error, sql))?;
        let columns = columns_of(statement.columns());
        if self.statements.len() >= CACHED_STATEMENTS {
            let oldest = self.statements.iter().min_by_key(|(_, cached)| cached.used).map(|(sql, _)| sql.clone());
            if let Some(sql) = oldest {
                self.statements.remove(&sql);
            }
        }
        let cached = Cached { statement: statement.clone(), columns: columns.clone(), used: self.clock };
        self.statements.insert(sql.into(), cached);
        Ok((statement, columns))
    }

    pub(crate) fn is_prepared(&self, sql: &str) -> bool {
        self.statements.contains_key(sql)
    }

    /// After an error: forgets the statement if its plan, its name or its types on the server are out of date. `true` when
    /// it was so.
    pub(crate) async fn renew_statement(&mut self, sql: &str, error: &Error, in_transaction: bool) -> bool {
        if is_stale(error) {
            self.statements.remove(sql);
            self.client.clear_type_cache();
            return true;
        }
        if !may_be_of_old_types(error) {
            return false;
        }
        // A column may have another type since the statement was prepared; parameters keep the types of that time.
        let Some(old) = self.statements.remove(sql) else {
            return false;
        };
        if in_transaction {
            return false;
        }
        match self.prepare(sql).await {
            Ok((new, _)) => new.params() != old.statement.params(),
            Err(_) => false,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn set_busy(&mut self, is_busy: bool) {
        self.wire.is_busy = is_busy;
    }

    pub(crate) fn unnamed_only(&self) -> bool {
        self.unnamed_only
    }

    /// Whether several connections may be served by one session of the server, so that nothing a session holds can be relied
    /// on. Without a pooler in between this asks nobody; with one it is tried out with a second connection.
    pub(crate) async fn shares_sessions(&self) -> Result<bool> {
        let greeted = greeting::process(&self.wire.cancel).await;
        if greeted.is_none() || self.process.is_none() || greeted == self.process {
            return Ok(false);
        }
        let mine = self.current_process().await?;
        let other = Box::pin(Postgres::open(&self.url)).await?;
        other.run_plain("BEGIN").await?;
        // While the other one is inside a transaction its session is its own: ours must be another one, and the one it was. Where
        // it is ours, asking again would wait for the end of that transaction.
        let theirs = other.current_process().await?;
        let is_shared = theirs == mine || {
            let now = tokio::time::timeout(ANSWER_LIMIT, self.current_process()).await;
            !matches!(now, Ok(Ok(now)) if now == mine)
        };
        other.run_plain("ROLLBACK").await?;
        other.close().await;
        Ok(is_shared)
    }

    async fn current_process(&self) -> Result<Option<i32>> {
        let sql = "SELECT pg_catalog.version(), pg_catalog.pg_backend_pid()";
        let answers = self.client.simple_query(sql).await.map_err(|error| from_driver(error, sql))?;
        Ok(process_in(&answers))
    }

    async fn run_plain(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| from_driver(error, sql))
    }

    /// Tells the server goodbye and waits until the socket is closed.
    pub(crate) async fn close(self) {
        let Postgres { client, mut wire, statements, .. } = self;
        drop(statements);
        drop(client);
        // However the task ended, the socket is closed.
        drop((&mut wire.task).await);
    }
}

/// The process number in the second column of an answer.
fn process_in(answers: &[SimpleQueryMessage]) -> Option<i32> {
    answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(1)?.parse().ok(),
        _ => None,
    })
}

/// Errors that a value of the right type meets when the server takes its parameter for another one: data exceptions (wrong
/// form, out of range), types that do not fit, no such operator.
fn may_be_of_old_types(error: &Error) -> bool {
    error.native_code().is_some_and(|code| code.starts_with("22") || code == "42804" || code == "42883")
}

/// True when a statement failed because its plan or its name on the server is out of date.
fn is_stale(error: &Error) -> bool {
    match error.native_code() {
        // "prepared statement does not exist"
        Some("26000") => true,
        // "cached plan must not change result type": 0A000 is "not supported" otherwise, and texts are translated.
        Some("0A000") => error.message().contains("cached plan"),
        // "cache lookup failed for type": a type was dropped and made again.
        Some("XX000") => error.message().contains("cache lookup failed"),
        _ => false,
    }
}

type Collected = std::result::Result<(Vec<tokio_postgres::Row>, u64), tokio_postgres::Error>;

async fn run(client: &Client, statement: &Statement, params: &[Value]) -> Collected {
    collect(client.query_raw(statement, params.iter().map(Param)).await?).await
}

async fn collect(stream: RowStream) -> Collected {
    let mut stream = std::pin::pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        rows.push(row);
    }
    Ok((rows, stream.rows_affected().unwrap_or(0)))
}

fn config(url: &ConnectionUrl, mode: TlsMode) -> Config {
    let mut config = Config::new();
    match (url.socket(), url.param("host")) {
        (Some(socket), _) => {
            config.host_path(socket);
            config.port(url.hosts().first().and_then(|host| host.port).unwrap_or(url.default_port()));
        }
        (None, Some(host)) if !host.is_empty() => {
            config.host(host);
            config.port(url.hosts().first().and_then(|host| host.port).unwrap_or(url.default_port()));
        }
        (None, _) => {
            for host in url.hosts() {
                config.host(&host.name);
                config.port(host.port.unwrap_or(url.default_port()));
            }
        }
    }
    config.user(url.user().unwrap_or("postgres")).dbname(url.database());
    if let Some(password) = url.password() {
        config.password(password);
    }
    if let Some(limit) = url.connect_timeout() {
        config.connect_timeout(limit);
    }
    if let Some(options) = url.param("options") {
        config.options(options);
    }
    config.application_name(url.param("application_name").unwrap_or("nicol"));
    config.ssl_mode(match mode {
        TlsMode::Disable | TlsMode::Allow => SslMode::Disable,
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
    });
    config
}

fn columns_of(columns: &[tokio_postgres::Column]) -> Arc<[Column]> {
    let column = |column: &tokio_postgres::Column| Column {
        name: column.name().to_string(),
        native: ColumnType::Postgres(column.type_().clone()),
    };
    columns.iter().map(column).collect()
}

fn parameter_count(wanted: usize, given: usize) -> Error {
    Error::new("P1016", format!("the statement has {wanted} parameters, but {given} were given"))
}

fn while_connecting(url: &ConnectionUrl, error: tokio_postgres::Error) -> Error {
    if error.as_db_error().is_some() {
        return from_driver(error, "");
    }
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match error.to_string().as_str() {
        "error performing TLS handshake" => Error::new("P1011", format!("TLS: {cause}")).lost(),
        "authentication error" => Error::new("P1000", format!("authentication failed: {cause}")).lost(),
        "invalid configuration" => Error::new("P1000", format!("authentication failed: {cause}")).lost(),
        text if cause.is_empty() => unreachable(url, text),
        _ => unreachable(url, &cause),
    }
}

fn from_driver(error: tokio_postgres::Error, sql: &str) -> Error {
    if let Some(database) = error.as_db_error() {
        return from_database(database, sql);
    }
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let text = error.to_string();
    if text.starts_with("error serializing parameter") {
        return Error::new("P2007", format!("{text}{cause}"));
    }
    Error::new("P1017", format!("the connection was closed: {text}{cause}")).lost()
}

fn from_database(error: &DbError, sql: &str) -> Error {
    let code = codes::of_sqlstate(error.code().code());
    let named = |name: Option<&str>| name.map(str::to_string);
    let constraint = match code {
        "P2002" => error.constraint().map(|name| Constraint::Index(name.to_string())),
        "P2003" => Some(Constraint::ForeignKey(named(error.constraint()))),
        "P2011" => error.column().map(|column| Constraint::Fields(vec![column.to_string()])),
        _ => None,
    };
    let mut message = error.message().to_string();
    // The detail of a constraint holds row values, and the constraint is told already.
    if let Some(detail) = error.detail().filter(|_| constraint.is_none()) {
        message.push_str(". ");
        message.push_str(detail);
    }
    let quoted = || Some(error.message().split('"').nth(1)?.to_string());
    let table = named(error.table()).or_else(|| (code == "P2021").then(quoted).flatten());
    let column = named(error.column()).or_else(|| (code == "P2022").then(quoted).flatten());
    let position = match error.position() {
        Some(ErrorPosition::Original(character)) => byte_position(sql, *character),
        _ => None,
    };
    let result = Error::new(code, message)
        .with_native_code(error.code().code())
        .with_constraint(constraint)
        .with_table(table)
        .with_column(column)
        .with_position(position);
    if code == "P1017" { result.lost() } else { result }
}

/// PostgreSQL counts characters from 1; we count bytes from 0.
fn byte_position(sql: &str, character: u32) -> Option<usize> {
    let before = usize::try_from(character).ok()?.checked_sub(1)?;
    sql.char_indices().map(|(at, _)| at).chain([sql.len()]).nth(before)
}
