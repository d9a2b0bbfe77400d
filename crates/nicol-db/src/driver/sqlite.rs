//! SQLite through rusqlite.
//!
//! Calls run inline: a point read takes microseconds, a thread hop many times that. A database locked by somebody else is
//! waited for by sleeping on the runtime, not inside SQLite, so a task that holds the lock on the same thread can go on.

mod describe;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bigdecimal::{BigDecimal, ToPrimitive};
use foldhash::fast::RandomState;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{OpenFlags, Statement, StatementStatus};

use crate::cell::{Cell, NOT_UTF8, write_timestamp};
use crate::cells::Cells;
use crate::codes;
use crate::dialect::Dialect;
use crate::error::{Constraint, Error, Result};
use crate::rows::{Column, ColumnType, Data, Each, Rows};
use crate::script;
use crate::url::ConnectionUrl;
use crate::value::{Value, json_list};

/// Prepared statements kept by a connection.
const CACHED_STATEMENTS: usize = 128;

/// What every session begins with.
const SET_UP: &str = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

/// How commits wait for the disk: `?synchronous=normal` spares them the wait in WAL mode, where a power cut may then take
/// the last of them (never part of one). Without it SQLite's own default holds.
fn synchronous(url: &ConnectionUrl) -> Result<&'static str> {
    let Some(word) = url.param("synchronous") else { return Ok("") };
    match word.to_ascii_lowercase().as_str() {
        "off" => Ok(" PRAGMA synchronous = OFF;"),
        "normal" => Ok(" PRAGMA synchronous = NORMAL;"),
        "full" => Ok(" PRAGMA synchronous = FULL;"),
        "extra" => Ok(" PRAGMA synchronous = EXTRA;"),
        _ => Err(Error::new("P1013", "`synchronous` in a SQLite URL is one of off, normal, full and extra")),
    }
}

/// One open SQLite database.
pub(crate) struct Sqlite {
    connection: rusqlite::Connection,
    busy_limit: Duration,
    /// The statements every session begins with.
    set_up: String,
    /// What the statements in the cache gave when they last ran.
    described: Described,
}

/// The columns of a statement's result, by its text.
type Described = HashMap<Box<str>, Arc<[Column]>, RandomState>;

impl Sqlite {
    /// Opens an existing file.
    pub(crate) fn open(url: &ConnectionUrl) -> Result<Sqlite> {
        if url.is_in_memory() {
            return Sqlite::open_in_memory();
        }
        let path = url.database();
        if !std::path::Path::new(path).exists() {
            return Err(Error::new("P1003", format!("the SQLite database file `{path}` does not exist")));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(|error| from_driver(&error))?;
        let busy_limit = url.seconds("busy_timeout", 5).unwrap_or(Duration::MAX);
        Sqlite::prepare(connection, busy_limit.max(Duration::from_secs(5)), synchronous(url)?)
    }

    /// Opens an empty database in memory.
    pub(crate) fn open_in_memory() -> Result<Sqlite> {
        let connection = rusqlite::Connection::open_in_memory().map_err(|error| from_driver(&error))?;
        Sqlite::prepare(connection, Duration::from_secs(5), "")
    }

    fn prepare(connection: rusqlite::Connection, busy_limit: Duration, synchronous: &str) -> Result<Sqlite> {
        let set_up_script = format!("{SET_UP}{synchronous}");
        let set_up = || {
            connection.busy_timeout(Duration::ZERO)?;
            connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
            connection.execute_batch(&set_up_script)
        };
        set_up().map_err(|error| from_driver(&error))?;
        Ok(Sqlite { connection, busy_limit, set_up: set_up_script, described: Described::default() })
    }

    pub(crate) fn version() -> String {
        rusqlite::version().to_string()
    }

    /// True when a transaction is open, by whatever statement it was opened.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Whether the database is a file, not in memory.
    pub(crate) fn is_file(&self) -> bool {
        self.connection.path().is_some_and(|path| !path.is_empty())
    }

    /// Rolls an open transaction back and sets the session up as at its opening.
    pub(crate) fn reset_now(&self) -> Result<()> {
        let rollback = if self.in_transaction() { "ROLLBACK; " } else { "" };
        let set_up = format!("{rollback}{}", self.set_up);
        self.connection.execute_batch(&set_up).map_err(|error| from_driver(&error))
    }

    pub(crate) fn close(self) -> Result<()> {
        self.connection.close().map_err(|(_, error)| from_driver(&error))
    }

    /// Runs a statement and hands its rows out, at most so many at a time; at the end what is left, if only its columns.
    pub(crate) async fn query(&mut self, sql: &str, params: &[Value], most: usize, each: Each<'_>) -> Result<()> {
        let described = self.described.get(sql).cloned();
        let mut known = described.as_ref();
        let mut is_handed_out = false;
        let columns = self.when_free(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            // What is known is of another statement, which has had to leave the cache.
            known = known.filter(|_| statement.get_status(StatementStatus::Run) > 0);
            let mut columns = None;
            let outcome = run(connection, &mut statement, params, known, most, &mut |rows| {
                is_handed_out = true;
                columns.get_or_insert_with(|| rows.columns.clone());
                each(rows);
            });
            match outcome {
                // Rows are not taken back.
                Err(error) if is_handed_out => Ok(Err(error)),
                outcome => outcome.map(|()| Ok(columns)),
            }
        });
        let columns = columns.await.and_then(|outcome| outcome.map_err(|error| from_driver(&error)));
        match (&columns, described) {
            (Ok(Some(columns)), Some(described)) if Arc::ptr_eq(&described, columns) => {}
            (Ok(Some(columns)), _) => {
                if self.described.len() >= CACHED_STATEMENTS {
                    self.described.clear();
                }
                self.described.insert(sql.into(), columns.clone());
            }
            (Ok(None) | Err(_), _) => self.forget(sql),
        }
        columns.map(drop)
    }

    /// Forgets the columns of a statement that may have been prepared anew unseen.
    fn forget(&mut self, sql: &str) {
        if !self.described.is_empty() {
            self.described.remove(sql);
        }
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.forget(sql);
        // A statement without parameters is most often DDL, which is not worth a place in the cache.
        let mut affected = 0;
        let outcome = self.when_free(|connection| {
            let mut each = |rows: Rows| affected = rows.affected;
            match params {
                [] => run(connection, &mut connection.prepare(sql)?, params, None, usize::MAX, &mut each),
                _ => run(connection, &mut *connection.prepare_cached(sql)?, params, None, usize::MAX, &mut each),
            }
        });
        outcome.await?;
        Ok(affected)
    }

    /// Runs a statement that governs transactions; there are few, and they stay prepared.
    pub(crate) async fn control(&mut self, sql: &str) -> Result<()> {
        self.when_free(|connection| connection.prepare_cached(sql)?.raw_execute().map(drop)).await
    }

    /// Runs a script statement by statement, as SQLite itself splits it. Every row is read. A lock is waited for inside
    /// SQLite here: a script cannot be taken up again in its middle.
    pub(crate) fn run_script(&mut self, sql: &str) -> Result<()> {
        self.connection.busy_timeout(self.busy_limit).map_err(|error| from_driver(&error))?;
        let outcome = run_batch(&self.connection, sql);
        self.connection.busy_timeout(Duration::ZERO).map_err(|error| from_driver(&error))?;
        outcome
    }

    /// Calls until the database is not locked by somebody else, or the time is up.
    async fn when_free<T>(&mut self, mut call: impl FnMut(&rusqlite::Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut since = None;
        let mut pause = Duration::from_millis(1);
        loop {
            match call(&self.connection) {
                Ok(value) => return Ok(value),
                Err(error) if is_busy(&error) && since.get_or_insert_with(Instant::now).elapsed() < self.busy_limit => {
                }
                Err(error) => return Err(from_driver(&error)),
            }
            // Apart, as it is seldom: every request has the future that it is a part of.
            Box::pin(tokio::time::sleep(pause)).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

/// Locked by another connection in a way that waiting can cure. A snapshot too old to be written from never is.
fn is_busy(error: &rusqlite::Error) -> bool {
    match error.sqlite_error() {
        Some(error) => matches!(error.extended_code & 0xff, 5 | 6) && error.extended_code != 517,
        None => false,
    }
}

fn run_batch(connection: &rusqlite::Connection, sql: &str) -> Result<()> {
    let mut batch = rusqlite::Batch::new(connection, sql);
    let mut done = 0;
    loop {
        let outcome = match batch.next() {
            Ok(Some(mut statement)) => run(connection, &mut statement, &[], None, usize::MAX, &mut drop),
            Ok(None) => return Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            return Err(from_driver(&error).with_position(position_in_script(&error, sql, done)));
        }
        done += 1;
    }
}

/// SQLite names the wrong token only when a statement does not compile; else the start of the statement is told.
fn position_in_script(error: &rusqlite::Error, script: &str, done: usize) -> Option<usize> {
    if let rusqlite::Error::SqlInputError { sql, offset, .. } = error
        && let Ok(offset) = usize::try_from(*offset)
    {
        return Some(script.len().saturating_sub(sql.len()) + offset);
    }
    script::split(script, Dialect::Sqlite).get(done).map(|statement| statement.start)
}

/// Runs a statement to its end and hands out its rows; `known` are the columns it gave when it last ran.
fn run(
    connection: &rusqlite::Connection,
    statement: &mut Statement<'_>,
    params: &[Value],
    known: Option<&Arc<[Column]>>,
    most: usize,
    each: Each<'_>,
) -> rusqlite::Result<()> {
    let expected = statement.parameter_count();
    if expected != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), expected));
    }
    for (at, value) in params.iter().enumerate() {
        bind(statement, at + 1, value)?;
    }
    let before = connection.total_changes();
    let mut cells = Cells::default();
    let mut columns = None;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        // Asked for after the first step, at which SQLite may have prepared a statement from the cache anew.
        let columns = columns.get_or_insert_with(|| {
            let columns = columns_of(row.as_ref(), known);
            cells = Cells::of_width(columns.len());
            columns
        });
        if cells.rows() >= most {
            let full = std::mem::replace(&mut cells, Cells::of_width(columns.len()));
            each(Rows { columns: columns.clone(), data: Data::Cells(full), affected: 0 });
        }
        for column in 0..columns.len() {
            cells.push(cell(row.get_ref(column)?));
        }
    }
    drop(rows);
    let columns = columns.unwrap_or_else(|| columns_of(statement, known));
    // `changes` keeps the count of an earlier statement when this one wrote nothing.
    let wrote = connection.total_changes() != before;
    let affected = if wrote { connection.changes() } else { 0 };
    each(Rows { columns, data: Data::Cells(cells), affected });
    Ok(())
}

#[inline]
fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Real(value) => Cell::Float(value),
        // SQLite does not check that text is UTF-8.
        ValueRef::Text(text) => std::str::from_utf8(text).map_or(Cell::Invalid(NOT_UTF8), Cell::Text),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    }
}

/// The columns of a result: those known of it, unless SQLite has prepared the statement anew, as it does when a table has
/// changed.
fn columns_of(statement: &Statement<'_>, known: Option<&Arc<[Column]>>) -> Arc<[Column]> {
    let is_same = statement.reset_status(StatementStatus::RePrepare) == 0;
    if let Some(known) = known.filter(|_| is_same) {
        return known.clone();
    }
    // A list in some versions of rusqlite, an iterator in others.
    let mut columns = Vec::with_capacity(statement.column_count());
    for described in statement.columns() {
        columns.push(Column {
            name: described.name().to_string(),
            native: ColumnType::Sqlite(described.decl_type().map(str::to_string)),
        });
    }
    columns.into()
}

fn bind(statement: &mut Statement<'_>, at: usize, value: &Value) -> rusqlite::Result<()> {
    match value {
        Value::Null => statement.raw_bind_parameter(at, rusqlite::types::Null),
        Value::Bool(value) => statement.raw_bind_parameter(at, value),
        Value::Int(value) => statement.raw_bind_parameter(at, value),
        Value::BigInt(value) => statement.raw_bind_parameter(at, value),
        Value::Float(value) => statement.raw_bind_parameter(at, value),
        Value::Decimal(value) => bind_decimal(statement, at, value),
        Value::Text(value) => statement.raw_bind_parameter(at, value),
        Value::Bytes(value) => statement.raw_bind_parameter(at, value),
        Value::Json(value) => statement.raw_bind_parameter(at, value.to_string()),
        Value::DateTime(value) => statement.raw_bind_parameter(at, write_timestamp(*value)),
        Value::List(values) => statement.raw_bind_parameter(at, json_list(values, false)),
        Value::Unfit(why) => Err(rusqlite::Error::ToSqlConversionFailure(why.as_str().into())),
    }
}

/// SQLite has no decimals. A number that a float holds exactly enough is sent as a number, so that it compares as one; a
/// longer one as text, for the column's affinity to decide.
fn bind_decimal(statement: &mut Statement<'_>, at: usize, value: &BigDecimal) -> rusqlite::Result<()> {
    if value.is_integer()
        && let Some(integer) = value.to_i64()
    {
        return statement.raw_bind_parameter(at, integer);
    }
    match value.to_f64() {
        Some(float) if value.digits() <= 15 && float.is_finite() => statement.raw_bind_parameter(at, float),
        _ => statement.raw_bind_parameter(at, value.to_string()),
    }
}

fn from_driver(error: &rusqlite::Error) -> Error {
    let (code, message, position) = match error {
        rusqlite::Error::SqliteFailure(inner, message) => {
            (Some(inner.extended_code), message.clone().unwrap_or_else(|| inner.to_string()), None)
        }
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            (Some(error.extended_code), msg.clone(), usize::try_from(*offset).ok())
        }
        rusqlite::Error::InvalidParameterCount(given, wanted) => {
            return Error::new("P1016", format!("the statement has {wanted} parameters, but {given} were given"));
        }
        rusqlite::Error::MultipleStatement => {
            return Error::new(codes::OTHER, "several statements were given where one is expected");
        }
        other => (None, other.to_string(), None),
    };
    let code_of_message = by_message(&message);
    let p_code = match (code, &code_of_message) {
        (_, Some((p_code, _))) => p_code,
        (Some(code), None) => codes::of_sqlite(code),
        (None, None) => codes::OTHER,
    };
    let named = code_of_message.map(|(_, name)| name);
    let (table, column) = match p_code {
        "P2021" => (named, None),
        "P2022" => (None, named),
        _ => (None, None),
    };
    let constraint = violated(p_code, &message);
    let mut result = Error::new(p_code, message)
        .with_constraint(constraint)
        .with_table(table)
        .with_column(column)
        .with_position(position);
    if let Some(code) = code {
        result = result.with_native_code(code.to_string());
    }
    result
}

/// SQLite has one code for every mistake in a statement; what is missing stands in the message only.
fn by_message(message: &str) -> Option<(&'static str, String)> {
    let first_word = |text: &str| text.split([' ', ',']).next().unwrap_or_default().to_string();
    if let Some(rest) = message.strip_prefix("no such table: ") {
        return Some(("P2021", first_word(rest)));
    }
    if let Some(rest) = message.strip_prefix("no such column: ") {
        return Some(("P2022", first_word(rest)));
    }
    let (_, column) = message.strip_prefix("table ")?.split_once(" has no column named ")?;
    Some(("P2022", first_word(column)))
}

fn violated(p_code: &str, message: &str) -> Option<Constraint> {
    match p_code {
        "P2003" => Some(Constraint::ForeignKey(None)),
        "P2002" | "P2011" => {
            let names = message.split_once("constraint failed: ")?.1;
            if let Some(index) = names.strip_prefix("index '") {
                return Some(Constraint::Index(index.trim_end_matches('\'').to_string()));
            }
            let field = |name: &str| name.rsplit_once('.').map_or(name, |(_, column)| column).to_string();
            Some(Constraint::Fields(names.split(", ").map(field).collect()))
        }
        _ => None,
    }
}
