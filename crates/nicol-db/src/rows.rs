//! Rows as the driver gave them.
//!
//! **In**: a driver's result. **Out**: borrowed [`Cell`]s and decoded values. Nothing is copied or converted until asked for.

use std::convert::Infallible;
use std::sync::Arc;

use crate::cell::{Cell, Decode};
#[cfg(any(feature = "sqlite", feature = "mysql"))]
use crate::cells::Cells;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::driver;
use crate::error::{Error, Result};

/// A column of a result.
#[derive(Debug, Clone)]
pub struct Column {
    pub(crate) name: String,
    pub(crate) native: ColumnType,
}

/// The driver's own word for a column's type.
#[derive(Debug, Clone)]
pub(crate) enum ColumnType {
    /// Without a value: lets a build without drivers match on the enum.
    #[allow(dead_code, reason = "never made")]
    Absent(Infallible),
    /// SQLite: what the table's definition says; nothing for expressions.
    #[cfg(feature = "sqlite")]
    Sqlite(Option<String>),
    #[cfg(feature = "postgres")]
    Postgres(postgres_types::Type),
    #[cfg(feature = "mysql")]
    Mysql(driver::mysql::MysqlType),
}

impl Column {
    /// The column's name or alias.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database's name of the column's type; empty when it tells none (SQLite expressions).
    pub fn type_name(&self) -> String {
        match &self.native {
            ColumnType::Absent(never) => match *never {},
            #[cfg(feature = "sqlite")]
            ColumnType::Sqlite(declared) => declared.clone().unwrap_or_default(),
            #[cfg(feature = "postgres")]
            ColumnType::Postgres(native) => native.name().to_string(),
            #[cfg(feature = "mysql")]
            ColumnType::Mysql(native) => native.name(),
        }
    }
}

/// The rows a statement gave.
#[derive(Debug)]
pub struct Rows {
    pub(crate) columns: Arc<[Column]>,
    pub(crate) data: Data,
    pub(crate) affected: u64,
}

#[derive(Debug)]
pub(crate) enum Data {
    /// Without rows.
    None,
    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    Cells(Cells),
    #[cfg(feature = "postgres")]
    Postgres(driver::postgres::Cells),
}

/// What rows are handed to, part by part.
pub(crate) type Each<'a> = &'a mut (dyn FnMut(Rows) + Send);

impl Rows {
    /// No rows, and a number of rows written.
    pub fn of_affected(affected: u64) -> Rows {
        Rows { columns: Arc::new([]), data: Data::None, affected }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::None => 0,
            #[cfg(any(feature = "sqlite", feature = "mysql"))]
            Data::Cells(cells) => cells.rows(),
            #[cfg(feature = "postgres")]
            Data::Postgres(cells) => cells.rows(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in the server's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|index| Row { rows: self, index })
    }

    /// The row at an index.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        (index < self.len()).then_some(Row { rows: self, index })
    }

    /// The first row.
    pub fn first(&self) -> Option<Row<'_>> {
        self.row(0)
    }

    /// Number of rows written, or given, as the server counts.
    pub fn affected(&self) -> u64 {
        self.affected
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = Row<'a>;
    type IntoIter = Box<dyn Iterator<Item = Row<'a>> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    index: usize,
}

impl<'a> Row<'a> {
    /// The value of a column.
    ///
    /// # Errors
    /// `P2022` when there is no such column, `P2023` when the value is of another type.
    pub fn get<T: Decode>(&self, index: usize) -> Result<T> {
        let Some(column) = self.rows.columns.get(index) else {
            return Err(Error::new("P2022", format!("the result has no column number {index}")));
        };
        T::decode(self.cell(index)).map_err(|error| in_column(error, &column.name))
    }

    /// The value of the column with this name.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn get_by_name<T: Decode>(&self, name: &str) -> Result<T> {
        let columns = &self.rows.columns;
        // MySQL's information_schema gives its column names in capitals, whatever was asked for.
        let index = columns
            .iter()
            .position(|column| column.name == name)
            .or_else(|| columns.iter().position(|column| column.name.eq_ignore_ascii_case(name)));
        match index {
            Some(index) => self.get(index),
            None => Err(Error::new("P2022", format!("the result has no column `{name}`"))),
        }
    }

    /// The value of a column as it is; NULL for a column that does not exist.
    #[inline]
    pub fn cell(&self, index: usize) -> Cell<'a> {
        if index >= self.rows.columns.len() {
            return Cell::Null;
        }
        match &self.rows.data {
            Data::None => Cell::Null,
            #[cfg(any(feature = "sqlite", feature = "mysql"))]
            Data::Cells(cells) => cells.cell(self.index, index),
            #[cfg(feature = "postgres")]
            Data::Postgres(cells) => match (&self.rows.columns[index].native, cells.value(self.index, index)) {
                (ColumnType::Postgres(native), Some(bytes)) => driver::postgres::read(native, bytes),
                (_, Some(_)) => Cell::Invalid("a column of another driver"),
                (_, None) => Cell::Null,
            },
        }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.rows.columns.len()
    }

    /// True for a row without columns.
    pub fn is_empty(&self) -> bool {
        self.rows.columns.is_empty()
    }

    /// The columns.
    pub fn columns(&self) -> &'a [Column] {
        &self.rows.columns
    }
}

fn in_column(error: Error, column: &str) -> Error {
    Error::new(error.code(), format!("{} (column `{column}`)", error.message())).with_column(Some(column.to_string()))
}
