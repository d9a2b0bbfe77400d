//! Operations carried out on a connection.

mod change;
mod create;
mod insert;
mod level;
mod link;
mod pending;
mod read;
pub(crate) mod single;

use std::pin::Pin;

use jiff::Timestamp;
use nicol_db::{Connection, Dialect, Isolation, Rows, Value};

pub use level::Reader;

pub(crate) use change::{delete, delete_many, update, update_many, update_many_returning, upsert};
pub(crate) use create::{create, create_many, create_many_returning};
pub(crate) use level::Level;
pub(crate) use read::{Flat, count, counted, read, read_all, single_read, single_summary, statement, summary};

use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, Kind, Link, RelationMeta, TableMeta};
use crate::sql::Statement;

/// A boxed future: operations are recursive.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where one request runs.
#[doc(hidden)]
pub struct Session<'a> {
    pub(crate) connection: &'a mut Connection,
    /// True inside a transaction of the user's, or of a batch.
    pub(crate) in_transaction: bool,
    /// The batch around the request undoes everything when something fails: no savepoints are needed.
    is_in_batch: bool,
    /// The moment of the request: every `now()` in it is the same.
    pub(crate) now: Timestamp,
    /// What goes with the next statement.
    pending: pending::Pending,
}

/// What statements depend on beside the request.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub(crate) dialect: Dialect,
    pub(crate) now: Timestamp,
}

impl Moment {
    pub(crate) fn of(session: &Session<'_>) -> Moment {
        Moment { dialect: session.connection.dialect(), now: session.now }
    }
}

/// The savepoint around an operation of several statements inside a transaction.
const SAVEPOINT: &str = "nicol_operation";

impl<'a> Session<'a> {
    pub(crate) fn new(connection: &'a mut Connection, in_transaction: bool) -> Self {
        // Milliseconds, as the databases' default precision keeps them.
        let now = Timestamp::now();
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Session { connection, in_transaction, is_in_batch: false, now, pending: pending::Pending::default() }
    }

    async fn query(&mut self, table: &'static TableMeta, statement: &Statement) -> Result<Rows> {
        if !self.pending.is_empty() {
            return self.send_one(table, statement).await;
        }
        let rows = self.connection.query(&statement.text, &statement.params).await;
        rows.map_err(|error| Error::from(error).on(table))
    }

    /// The same, with the rows handed out as they come, at most so many at a time.
    async fn query_each(
        &mut self,
        table: &TableMeta,
        statement: &Statement,
        most: usize,
        each: &mut (dyn FnMut(Rows) + Send),
    ) -> Result<()> {
        let outcome = self.connection.query_each(&statement.text, &statement.params, most, each).await;
        outcome.map_err(|error| Error::from(error).on(table))
    }

    /// The same for a statement on several tables: an error is told of the one that the database names.
    async fn query_several(
        &mut self,
        table: &'static TableMeta,
        others: impl Iterator<Item = &'static TableMeta>,
        statement: &Statement,
    ) -> Result<Rows> {
        if !self.pending.is_empty() {
            let others: Vec<&'static TableMeta> = others.collect();
            let rows = self.send(&[(table, statement)], &others).await?.pop();
            return rows.ok_or_else(|| Error::inconsistent("a statement without an answer"));
        }
        let rows = self.connection.query(&statement.text, &statement.params).await;
        rows.map_err(|error| {
            let named = error.table().map(str::to_owned);
            let other = others.into_iter().find(|other| named.as_deref() == Some(other.table));
            Error::from(error).on(other.unwrap_or(table))
        })
    }

    async fn execute(&mut self, table: &'static TableMeta, statement: &Statement) -> Result<u64> {
        if !self.pending.is_empty() {
            return Ok(self.send_one(table, statement).await?.affected());
        }
        let affected = self.connection.execute(&statement.text, &statement.params).await;
        affected.map_err(|error| Error::from(error).on(table))
    }

    /// Opens the transaction, or inside one the savepoint, of an operation that takes several statements.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        if self.is_in_batch {
        } else if self.in_transaction {
            self.connection.savepoint(SAVEPOINT).await?;
        } else if self.goes_together() {
            self.pending.begin = true;
        } else {
            self.connection.begin(None).await?;
        }
        Ok(())
    }

    /// Runs statements together inside the open transaction, all of them or none; [`finish`](Session::finish) is still to be called
    /// after an error, and without `releases`.
    pub(crate) async fn query_together(
        &mut self,
        statements: &[(&str, &[nicol_db::Value])],
        releases: bool,
    ) -> std::result::Result<Vec<Rows>, nicol_db::Error> {
        self.connection.query_behind_savepoint(SAVEPOINT, statements, releases).await
    }

    /// Ends what [`begin`](Session::begin) opened: kept when the operation went well, undone otherwise.
    pub(crate) async fn finish<T>(&mut self, result: Result<T>) -> Result<T> {
        let result = match result {
            Ok(value) => self.send_rest().await.map(|()| value),
            Err(error) => Err(error),
        };
        self.pending = pending::Pending::default();
        match (result, self.in_transaction) {
            (result, _) if self.is_in_batch => result,
            (Ok(value), true) => self.connection.release(SAVEPOINT).await.map(|()| value).map_err(Error::from),
            // What was sent last has ended it, or nothing was sent at all.
            (result, false) if !self.connection.in_transaction() => result,
            (Ok(value), false) => self.connection.commit().await.map(|()| value).map_err(Error::from),
            (Err(error), in_transaction) => {
                // The first error is the one to tell; a connection that cannot roll back is broken and not used again.
                let undone = if in_transaction {
                    match self.connection.rollback_to(SAVEPOINT).await {
                        Ok(()) => self.connection.release(SAVEPOINT).await,
                        refused => refused,
                    }
                } else {
                    self.connection.rollback().await
                };
                drop(undone);
                Err(error)
            }
        }
    }

    /// Opens the transaction of a batch; gives what [`finish_batch`](Session::finish_batch) wants to know.
    pub(crate) async fn begin_batch(&mut self, isolation: Option<Isolation>) -> Result<bool> {
        match isolation {
            Some(_) if self.in_transaction => {
                return Err(Error::transaction("a batch has the isolation of the transaction around it"));
            }
            None if self.in_transaction => self.begin().await?,
            // SQL of one's own in the batch knows only of what the connection knows.
            Some(_) | None => self.connection.begin_with_next(isolation).await?,
        }
        self.is_in_batch = true;
        Ok(std::mem::replace(&mut self.in_transaction, true))
    }

    pub(crate) async fn finish_batch<T>(&mut self, was_in_transaction: bool, result: Result<T>) -> Result<T> {
        self.is_in_batch = false;
        self.in_transaction = was_in_transaction;
        self.finish(result).await
    }
}

/// An error of several statements sent together, with the model it is about where that is beyond doubt.
pub(crate) fn named(error: nicol_db::Error, tables: impl Iterator<Item = &'static TableMeta>) -> Error {
    let tables: Vec<&TableMeta> = tables.collect();
    let told = error.table().and_then(|name| tables.iter().find(|table| table.table == name).copied());
    let only = tables.first().filter(|first| tables.iter().all(|table| table.model == first.model)).copied();
    match told.or(only) {
        Some(table) => Error::from(error).on(table),
        None => Error::from(error),
    }
}

/// A row's values by column.
type Cells = Vec<(u16, Value)>;

fn set(cells: &mut Cells, column: u16, value: Value) {
    cells.retain(|(present, _)| *present != column);
    cells.push((column, value));
}

fn value_of(table: &TableMeta, cells: &Cells, column: u16) -> Result<Value> {
    let found = cells.iter().find(|(present, _)| *present == column);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let field = table.column(column).field;
        let message =
            format!("the database chose {}.{field} and cannot tell its value; give it when creating", table.model);
        Error::new("P2036", message)
    })
}

/// Relations through which rows get their foreign keys, beside keys that are given as columns.
#[derive(Default)]
struct Trust {
    /// Relations that were written: the other end was created, found or taken on trust.
    written: Vec<&'static RelationMeta>,
    /// Those whose other end nobody has looked at.
    blind: Vec<&'static RelationMeta>,
}

impl Trust {
    /// When a foreign key is refused although nothing but rows to connect can be behind it: P2025, the row is not there.
    fn explain(&self, error: Error, table: &TableMeta, operation: &str, given: impl Fn(u16) -> bool) -> Error {
        let is_written = |meta: &RelationMeta| self.written.iter().any(|written| written.field == meta.field);
        let by_column = table.relations.iter().any(|meta| match &meta.link {
            Link::Owner { columns, .. } => !is_written(meta) && columns.iter().any(|&column| given(column)),
            Link::Owned { .. } | Link::Join { .. } => false,
        });
        match (error.code(), self.blind.as_slice()) {
            ("P2003", [first, ..]) if !by_column => {
                let message =
                    format!("{operation}: the row to connect to {}.{} does not exist", table.model, first.field);
                error.recode("P2025", message)
            }
            _ => error,
        }
    }
}

/// A cell of a key column as a parameter of that column's type; none for NULL.
pub(crate) fn cell_value(kind: Kind, cell: nicol_db::Cell<'_>) -> Result<Option<Value>> {
    use crate::scalar::Scalar;
    fn as_value<T: Scalar>(cell: nicol_db::Cell<'_>) -> Result<Option<Value>> {
        T::from_cell(cell).map(|value| Some(value.into_value()))
    }
    if cell.is_null() {
        return Ok(None);
    }
    match kind {
        Kind::Int => as_value::<i32>(cell),
        Kind::BigInt => as_value::<i64>(cell),
        Kind::Float => as_value::<f64>(cell),
        Kind::Decimal => as_value::<bigdecimal::BigDecimal>(cell),
        Kind::Boolean => as_value::<bool>(cell),
        Kind::String | Kind::Enum => as_value::<String>(cell),
        Kind::DateTime => as_value::<Timestamp>(cell),
        Kind::Bytes => as_value::<Vec<u8>>(cell),
        Kind::Json => as_value::<serde_json::Value>(cell),
    }
}

/// A cell of any column as a value of that column's type.
fn column_value(column: &ColumnMeta, cell: nicol_db::Cell<'_>) -> Result<Value> {
    use crate::scalar::Scalar;
    if !column.is_list {
        return Ok(cell_value(column.kind, cell)?.unwrap_or(Value::Null));
    }
    Ok(match column.kind {
        Kind::Int => Vec::<i32>::from_cell(cell)?.into_value(),
        Kind::BigInt => Vec::<i64>::from_cell(cell)?.into_value(),
        Kind::Float => Vec::<f64>::from_cell(cell)?.into_value(),
        Kind::Decimal => Vec::<bigdecimal::BigDecimal>::from_cell(cell)?.into_value(),
        Kind::Boolean => Vec::<bool>::from_cell(cell)?.into_value(),
        Kind::String | Kind::Enum => Vec::<String>::from_cell(cell)?.into_value(),
        Kind::DateTime => Vec::<Timestamp>::from_cell(cell)?.into_value(),
        Kind::Bytes => Vec::<Vec<u8>>::from_cell(cell)?.into_value(),
        Kind::Json => Vec::<serde_json::Value>::from_cell(cell)?.into_value(),
    })
}
