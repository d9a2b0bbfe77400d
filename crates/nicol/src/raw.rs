//! SQL of the user's own: text with values bound to it, rows read as tuples or structs.

mod typed;

use nicol_db::{Rows, Value};

use crate::builder::{Head, Request, Single, Step, execute};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::hook::{Gate, Operation};
use crate::run::{BoxFuture, Moment, Session};
use crate::scalar::Scalar;
use crate::sql::Statement;

pub use typed::{Any, Argument, Query, QueryRow, TypedSql};

/// A value that can be bound: everything a column can hold, and `&str`.
pub trait Bind {
    /// The parameter.
    fn into_parameter(self) -> Value;
}

impl<T: Scalar> Bind for T {
    fn into_parameter(self) -> Value {
        self.into_value()
    }
}

impl Bind for &str {
    fn into_parameter(self) -> Value {
        Value::Text(self.to_owned())
    }
}

/// A statement of the user's own; see [`Client::sql`].
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until one of its methods runs it"]
pub struct RawSql {
    client: Client,
    text: String,
    params: Vec<Value>,
}

impl RawSql {
    pub(crate) fn new(client: Client, text: String) -> Self {
        RawSql { client, text, params: Vec::new() }
    }

    /// The value of the next placeholder.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.params.push(value.into_parameter());
        self
    }

    /// All rows.
    ///
    /// When awaited: P2010 with the database's own code for what the database refuses; P2023 when a value is not of the type
    /// asked for.
    pub fn all<T: FromRow + Send + 'static>(self) -> RawQuery<Vec<T>> {
        self.read(|rows| rows.iter().map(|row| T::from_row(&RawRow { row })).collect())
    }

    /// The first row, if there is one. Errors are those of [`all`](RawSql::all).
    pub fn first<T: FromRow + Send + 'static>(self) -> RawQuery<Option<T>> {
        self.read(|rows| rows.first().map(|row| T::from_row(&RawRow { row })).transpose())
    }

    /// The only row. Errors are those of [`all`](RawSql::all); P2025 unless there is exactly one row.
    pub fn one<T: FromRow + Send + 'static>(self) -> RawQuery<T> {
        self.read(|rows| match (rows.first(), rows.len()) {
            (Some(row), 1) => T::from_row(&RawRow { row }),
            (_, count) => Err(Error::new("P2025", format!("sql: one row is wanted, the statement gave {count}"))),
        })
    }

    /// The number of rows that the statement wrote (on MySQL: found). Errors are those of [`all`](RawSql::all).
    pub fn execute(self) -> RawQuery<u64> {
        RawQuery { sql: self, wants_rows: false, read: |rows| Ok(rows.affected()) }
    }

    fn read<T>(self, read: fn(&Rows) -> Result<T>) -> RawQuery<T> {
        RawQuery { sql: self, wants_rows: true, read }
    }
}

/// A statement of the user's own that runs when awaited; see [`RawSql`].
#[must_use = "a statement does nothing until it is awaited"]
pub struct RawQuery<T> {
    sql: RawSql,
    wants_rows: bool,
    read: fn(&Rows) -> Result<T>,
}

impl<T: Send + 'static> Request for RawQuery<T> {
    type Output = T;

    fn head(&self) -> Head<'_> {
        Head { client: &self.sql.client, operation: Operation::Sql, table: None }
    }

    /// Hooks look at models, which SQL of one's own does not name.
    fn admit(&mut self, _gate: &Gate<'_>) -> Result<()> {
        Ok(())
    }

    async fn run(self, session: &mut Session<'_>) -> Result<T> {
        let RawSql { text, params, .. } = &self.sql;
        let rows = match self.wants_rows {
            true => session.connection.query(text, params).await,
            false => session.connection.execute(text, params).await.map(Rows::of_affected),
        };
        (self.read)(&rows.map_err(Error::of_raw)?)
    }

    fn single(self, _moment: &Moment) -> Result<Step<Self>> {
        let RawSql { text, params, .. } = self.sql;
        let (statement, read) = (Statement { text, params }, self.read);
        let finish = Box::new(move |rows: Rows| read(&rows));
        Ok(Step::Single(Single { statement, table: None, finish, may_fail_late: self.wants_rows }))
    }
}

impl<T: Send + 'static> IntoFuture for RawQuery<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(execute(self))
    }
}

/// A row of a statement of the user's own.
#[derive(Debug, Clone, Copy)]
pub struct RawRow<'a> {
    row: nicol_db::Row<'a>,
}

impl RawRow<'_> {
    /// The value of the column at a place, from 0.
    ///
    /// # Errors
    /// P2022 when there is no such column, P2023 when its value is of another type.
    pub fn at<T: Scalar>(&self, place: usize) -> Result<T> {
        let Some(column) = self.row.columns().get(place) else {
            let count = self.row.len();
            return Err(Error::new("P2022", format!("sql: column {place} is asked for, the rows have {count}")));
        };
        T::from_cell(self.row.cell(place)).map_err(|error| error.in_column(column.name()))
    }

    /// The value of the column with this name.
    ///
    /// # Errors
    /// As [`at`](RawRow::at).
    pub fn get<T: Scalar>(&self, name: &str) -> Result<T> {
        match self.row.columns().iter().position(|column| column.name() == name) {
            Some(place) => self.at(place),
            None => {
                let names: Vec<&str> = self.row.columns().iter().map(nicol_db::rows::Column::name).collect();
                let message = format!("sql: the rows have no column `{name}`, only {}", names.join(", "));
                Err(Error::new("P2022", message))
            }
        }
    }
}

/// What a row of the user's own SQL can be read as: a tuple of values by place, or a struct by column names
/// (`#[derive(nicol::FromRow)]`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row",
    note = "read a tuple of values, `(i64, String)` (of one: `(i64,)`), or a struct that derives `nicol::FromRow`"
)]
pub trait FromRow: Sized {
    /// Reads a row.
    ///
    /// # Errors
    /// P2022 when a column is missing, P2023 when a value is of another type.
    fn from_row(row: &RawRow<'_>) -> Result<Self>;
}

macro_rules! tuple {
    ($($name:ident $place:literal)*) => {
        impl<$($name: Scalar),*> FromRow for ($($name,)*) {
            fn from_row(row: &RawRow<'_>) -> Result<Self> {
                Ok(($(row.at::<$name>($place)?,)*))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
