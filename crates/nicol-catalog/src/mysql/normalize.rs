//! The normal form of MySQL and MariaDB catalogs: which indexes the server makes by itself, and which defaults it
//! keeps.

use crate::catalog::{Catalog, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Table};

/// Adds the indexes the server will make for foreign keys, and takes away defaults it does not take.
pub(crate) fn from_schema(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        drop_impossible_defaults(table);
        let implied: Vec<Index> = table
            .foreign_keys
            .iter()
            .filter(|key| !is_covered(table, key))
            .map(implied_index)
            .collect();
        for index in implied {
            if !table
                .indexes
                .iter()
                .any(|existing| covers(&existing.columns, &column_names(&index)))
            {
                table.indexes.push(index);
            }
        }
    }
}

/// Marks the indexes that the server made: those named after a foreign key, or after its first column when the key had
/// no name, that no other index does the work of.
pub(crate) fn introspected(table: &mut Table) {
    drop_impossible_defaults(table);
    let mut implied = Vec::new();
    for key in &table.foreign_keys {
        let is_candidate = |index: &Index| {
            index.kind == IndexKind::Normal
                && column_names(index) == key.columns
                && (Some(&index.name) == key.name.as_ref() || Some(&index.name) == key.columns.first())
        };
        let Some(place) = table.indexes.iter().position(is_candidate) else {
            continue;
        };
        let has_other = table.indexes.iter().enumerate().any(|(other, index)| {
            other != place && index.kind != IndexKind::Fulltext && covers(&index.columns, &key.columns)
        });
        if !has_other {
            implied.push(place);
        }
    }
    for place in implied {
        table.indexes[place].is_implied = true;
    }
}

fn implied_index(key: &ForeignKey) -> Index {
    Index {
        name: key
            .name
            .clone()
            .unwrap_or_else(|| key.columns.first().cloned().unwrap_or_default()),
        kind: IndexKind::Normal,
        columns: key.columns.iter().map(IndexColumn::plain).collect(),
        algorithm: None,
        predicate: None,
        is_implied: true,
        is_of_constraint: false,
    }
}

fn column_names(index: &Index) -> Vec<String> {
    index.columns.iter().map(|column| column.name.clone()).collect()
}

/// Whether an index or the primary key starts with the columns of a foreign key.
pub(crate) fn is_covered(table: &Table, key: &ForeignKey) -> bool {
    let by_key = table
        .primary_key
        .as_ref()
        .is_some_and(|primary| covers(&primary.columns, &key.columns));
    by_key
        || table
            .indexes
            .iter()
            .any(|index| index.kind != IndexKind::Fulltext && covers(&index.columns, &key.columns))
}

/// Whether the first columns of an index are these, whole and in this order.
pub(crate) fn covers(index: &[IndexColumn], columns: &[String]) -> bool {
    index.len() >= columns.len()
        && index
            .iter()
            .zip(columns)
            .all(|(part, name)| part.name == *name && part.length.is_none())
}

fn drop_impossible_defaults(table: &mut Table) {
    for column in &mut table.columns {
        let ColumnType::Mysql(ty) = &column.ty else { continue };
        let is_constant = matches!(column.default, Some(Default::Literal(_)));
        if is_constant && ty.takes_no_constant_default() {
            column.default = None;
        }
    }
}
