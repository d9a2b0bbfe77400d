//! Statements of typed SQL files: what generated functions give, and how it runs.

use nicol_db::{Rows, Value};

use super::{Bind, FromRow, RawQuery, RawRow, RawSql};
use crate::Marks;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::scalar::{Given, Scalar};

/// A statement of a typed SQL file with its values, made by the function that is generated for the file; see [`Client::query`].
/// `R` is the struct of its rows, `()` for a statement that gives none.
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until it is given to a database"]
pub struct Query<R> {
    text: &'static str,
    params: Vec<Value>,
    row: Marks<R>,
}

impl<R> Query<R> {
    #[doc(hidden)]
    pub fn new(text: &'static str, params: Vec<Value>) -> Self {
        Query { text, params, row: Marks::default() }
    }
}

/// The struct of a typed SQL file's rows.
#[diagnostic::on_unimplemented(
    message = "this statement gives no rows",
    note = "run it by `.execute()`, which counts the rows that it writes"
)]
pub trait QueryRow: FromRow + Send + 'static {
    /// The file.
    const FILE: &'static str;
    /// The columns, as they were described.
    const COLUMNS: &'static [&'static str];
}

/// A statement of a typed SQL file at a database; see [`Client::query`].
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until one of its methods runs it"]
pub struct TypedSql<R> {
    sql: RawSql,
    row: Marks<R>,
}

impl<R> TypedSql<R> {
    pub(crate) fn new(client: Client, query: Query<R>) -> Self {
        let sql = RawSql { client, text: query.text.to_owned(), params: query.params };
        TypedSql { sql, row: query.row }
    }

    /// The number of rows that the statement wrote (on MySQL: found). Errors are those of [`RawSql::all`].
    pub fn execute(self) -> RawQuery<u64> {
        self.sql.execute()
    }
}

impl<R: QueryRow> TypedSql<R> {
    /// All rows.
    ///
    /// When awaited: P2010 with the database's own code for what the database refuses; P2022 when the statement gives other
    /// columns than it gave when it was described; P2023 when a value is not of the type that was described.
    pub fn all(self) -> RawQuery<Vec<R>> {
        self.sql.read(|rows| {
            check::<R>(rows)?;
            rows.iter().map(|row| R::from_row(&RawRow { row })).collect()
        })
    }

    /// The first row, if there is one. Errors are those of [`all`](TypedSql::all).
    pub fn first(self) -> RawQuery<Option<R>> {
        self.sql.read(|rows| {
            check::<R>(rows)?;
            rows.first().map(|row| R::from_row(&RawRow { row })).transpose()
        })
    }

    /// The only row. Errors are those of [`all`](TypedSql::all); P2025 unless there is exactly one row.
    pub fn one(self) -> RawQuery<R> {
        self.sql.read(|rows| {
            check::<R>(rows)?;
            match (rows.first(), rows.len()) {
                (Some(row), 1) => R::from_row(&RawRow { row }),
                (_, count) => Err(Error::new("P2025", format!("{}: one row is wanted, there are {count}", R::FILE))),
            }
        })
    }
}

/// Rows are read by place: they must have the columns that were described. Without a row nothing is read.
fn check<R: QueryRow>(rows: &Rows) -> Result<()> {
    let names = || rows.columns().iter().map(nicol_db::Column::name);
    if rows.is_empty() || names().eq(R::COLUMNS.iter().copied()) {
        return Ok(());
    }
    let (file, names, known) = (R::FILE, names().collect::<Vec<_>>().join(", "), R::COLUMNS.join(", "));
    let message = format!("{file} gives the columns {names}; described were {known}: run `nicol generate --sql`");
    Err(Error::new("P2022", message))
}

/// A parameter whose type nobody knows: it takes every value that can be bound.
#[derive(Debug, Clone, Copy)]
pub enum Any {}

/// What may be given for a parameter of type `T` of a typed SQL file: a `T`, or what stands for one (`"text"` for a `String`).
#[diagnostic::on_unimplemented(
    message = "a parameter of type `{T}` cannot be given `{Self}`",
    note = "only parameters marked with `?` in the SQL file (`Option`) can be given `None`"
)]
pub trait Argument<T> {
    /// The parameter.
    fn into_parameter(self) -> Value;
}

impl<T: Scalar, G: Given<T>> Argument<T> for G {
    fn into_parameter(self) -> Value {
        self.given().into_value()
    }
}

impl<B: Bind> Argument<Any> for B {
    fn into_parameter(self) -> Value {
        Bind::into_parameter(self)
    }
}
