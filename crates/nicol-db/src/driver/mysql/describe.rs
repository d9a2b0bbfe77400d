//! What a statement asks for and gives, on MySQL and MariaDB.

use mysql_async::Column;
use mysql_async::consts::{ColumnFlags, ColumnType as Native};
use mysql_async::prelude::Queryable;

use super::{BINARY, Mysql, from_driver};
use crate::describe::{Description, Kind, Origin, Parameter, ResultColumn};
use crate::error::Result;
use crate::script;

impl Mysql {
    pub(crate) async fn describe(&mut self, sql: &str) -> Result<Description> {
        let statement = self.connection.prep(sql).await.map_err(from_driver)?;
        let parameters = statement.params().iter().map(|column| Parameter { name: None, kind: parameter(column) });
        // MariaDB says of the columns that rows of sums leave empty that they never are NULL.
        let has_sums = script::tokens(sql, self.dialect).iter().any(|token| token.eq_ignore_ascii_case("ROLLUP"));
        let columns = statement.columns();
        let columns = columns.iter().map(|column| ResultColumn {
            name: column.name_str().into_owned(),
            kind: Some(kind(column)),
            is_nullable: has_sums || !column.flags().contains(ColumnFlags::NOT_NULL_FLAG),
            origin: origin(column),
        });
        let description = Description { parameters: parameters.collect(), columns: columns.collect() };
        self.connection.close(statement).await.map_err(from_driver)?;
        Ok(description)
    }
}

/// The type that the server expects; text fits anything, so that such a parameter is one of any type.
fn parameter(column: &Column) -> Option<Kind> {
    match column.column_type() {
        Native::MYSQL_TYPE_NULL => None,
        _ => match kind(column) {
            Kind::Text | Kind::Bytes | Kind::Other(_) => None,
            known => Some(known),
        },
    }
}

fn kind(column: &Column) -> Kind {
    let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    let is_one_wide = column.column_length() == 1;
    match column.column_type() {
        Native::MYSQL_TYPE_TINY if is_one_wide => Kind::Bool,
        Native::MYSQL_TYPE_TINY | Native::MYSQL_TYPE_SHORT | Native::MYSQL_TYPE_INT24 | Native::MYSQL_TYPE_YEAR => {
            Kind::Int
        }
        Native::MYSQL_TYPE_LONG if !is_unsigned => Kind::Int,
        Native::MYSQL_TYPE_LONG | Native::MYSQL_TYPE_LONGLONG => Kind::BigInt,
        Native::MYSQL_TYPE_DECIMAL | Native::MYSQL_TYPE_NEWDECIMAL => Kind::Decimal,
        Native::MYSQL_TYPE_FLOAT | Native::MYSQL_TYPE_DOUBLE => Kind::Float,
        Native::MYSQL_TYPE_TIMESTAMP
        | Native::MYSQL_TYPE_TIMESTAMP2
        | Native::MYSQL_TYPE_DATE
        | Native::MYSQL_TYPE_NEWDATE
        | Native::MYSQL_TYPE_DATETIME
        | Native::MYSQL_TYPE_DATETIME2
        | Native::MYSQL_TYPE_TIME
        | Native::MYSQL_TYPE_TIME2 => Kind::DateTime,
        Native::MYSQL_TYPE_JSON => Kind::Json,
        Native::MYSQL_TYPE_BIT if is_one_wide => Kind::Bool,
        Native::MYSQL_TYPE_BIT => Kind::Bytes,
        Native::MYSQL_TYPE_GEOMETRY => Kind::Other("geometry".to_owned()),
        // ENUM and SET are text, too.
        _ if column.character_set() == BINARY => Kind::Bytes,
        _ => Kind::Text,
    }
}

/// The database is that of the connection or another one: a schema knows tables by their names only.
fn origin(column: &Column) -> Option<Origin> {
    let (table, name) = (column.org_table_str().into_owned(), column.org_name_str().into_owned());
    (!table.is_empty() && !name.is_empty()).then_some(Origin { schema: None, table, column: name })
}
