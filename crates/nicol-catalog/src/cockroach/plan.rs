//! What CockroachDB can do in place: little with types, more with primary keys.

use crate::catalog::{Arity, Catalog, CockroachType, ColumnType};
use crate::diff::{Diff, TableDiff};
use crate::plan::{Cast, ColumnPair, KeyRenaming, Rules};

use super::types;

pub(crate) const RULES: Rules = Rules {
    cast,
    must_redefine,
    has_separate_indexes: true,
    has_separate_foreign_keys: true,
    drops_indexes_before_rebuild: false,
    rebuild_loses_inbound_keys: true,
    alters_primary_key: true,
    renames_indexes: true,
    key_renaming: KeyRenaming::InPlace,
    keys_need_indexes: false,
    indexes_outlive_columns: false,
};

/// Counting by row id and by sequence is told by defaults here; the flag of other dialects stays off.
pub(crate) fn from_schema(catalog: &mut Catalog) {
    for column in catalog.tables.iter_mut().flat_map(|table| &mut table.columns) {
        column.auto_increment = false;
    }
}

/// A key that is a single column can be neither dropped nor made anew in place.
fn must_redefine(diff: &Diff<'_>, table: &TableDiff) -> bool {
    let old = &diff.from.tables[table.from];
    let drops_key = table.dropped_columns.iter().any(|place| old.is_whole_primary_key(&old.columns[*place].name));
    drops_key
        || table.columns.iter().any(|column| {
            let pair = diff.column_pair(table, column);
            column.ty && old.is_whole_primary_key(&pair.old.name) && cast(&pair) == Cast::Impossible
        })
}

fn cast(pair: &ColumnPair<'_>) -> Cast {
    let (was_list, is_list) = (pair.old.arity == Arity::List, pair.new.arity == Arity::List);
    let is_indexed = |table: &crate::catalog::Table, name: &str| {
        table.is_in_primary_key(name)
            || table.indexes.iter().any(|index| index.columns.iter().any(|column| column.name == name))
    };
    match (&pair.old.ty, &pair.new.ty) {
        (ColumnType::Enum { .. }, _) | (_, ColumnType::Enum { .. }) => Cast::Impossible,
        (_, ColumnType::Cockroach(to)) if was_list && !is_list => match to {
            CockroachType::String(None) => Cast::Safe,
            CockroachType::String(_) | CockroachType::Char(_) => Cast::Risky,
            _ => Cast::Impossible,
        },
        (_, _) if was_list != is_list => Cast::Impossible,
        (ColumnType::Cockroach(from), ColumnType::Cockroach(to)) => {
            let covered = is_indexed(pair.old_table, &pair.old.name) && is_indexed(pair.new_table, &pair.new.name);
            types::cast(*from, *to, covered)
        }
        (_, _) => Cast::Risky,
    }
}
