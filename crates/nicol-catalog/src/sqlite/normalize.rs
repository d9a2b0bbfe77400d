//! The normal form of SQLite catalogs.

use crate::catalog::{Catalog, ColumnType, SqliteType};

/// A single `INTEGER` key counts itself up whether it says so or not.
pub(crate) fn from_schema(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        let key = table.primary_key.as_ref().and_then(|key| match key.columns.as_slice() {
            [only] => Some(only.name.clone()),
            _ => None,
        });
        for column in &mut table.columns {
            column.auto_increment =
                column.ty == ColumnType::Sqlite(SqliteType::Integer) && Some(&column.name) == key.as_ref();
        }
    }
}
