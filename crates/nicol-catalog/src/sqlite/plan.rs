//! What SQLite can do in place: add a column that may be null. Everything else rebuilds the table.

use crate::catalog::{Arity, ColumnType, Default};
use crate::diff::{Diff, KeyDiff, TableDiff};
use crate::plan::{Cast, ColumnPair, KeyRenaming, Rules};

use super::types;

pub(crate) const RULES: Rules = Rules {
    cast,
    must_redefine,
    has_separate_indexes: true,
    has_separate_foreign_keys: false,
    drops_indexes_before_rebuild: true,
    rebuild_loses_inbound_keys: false,
    alters_primary_key: false,
    renames_indexes: false,
    key_renaming: KeyRenaming::Never,
    keys_need_indexes: false,
    indexes_outlive_columns: false,
};

fn must_redefine(diff: &Diff<'_>, table: &TableDiff) -> bool {
    let new = &diff.to.tables[table.to];
    let needs_rebuild = |place: &usize| {
        let column = &new.columns[*place];
        // The server refuses a default that is no constant while there are rows.
        let has_open_default = matches!(column.default, Some(Default::Now | Default::Expression(_)));
        column.arity == Arity::Required || has_open_default
    };
    let old = &diff.from.tables[table.from];
    !table.dropped_columns.is_empty()
        || table.dropped_indexes.iter().any(|place| old.indexes[*place].is_of_constraint)
        || table.columns.iter().any(|column| column.is_changed())
        || table.added_columns.iter().any(needs_rebuild)
        || !matches!(table.primary_key, KeyDiff::Same | KeyDiff::Renamed)
        || !table.dropped_foreign_keys.is_empty()
        || !table.created_foreign_keys.is_empty()
        || !table.dropped_checks.is_empty()
        || !table.created_checks.is_empty()
}

fn cast(pair: &ColumnPair<'_>) -> Cast {
    match (&pair.old.ty, &pair.new.ty) {
        (ColumnType::Sqlite(from), ColumnType::Sqlite(to)) => types::cast(*from, *to),
        (_, _) => Cast::Risky,
    }
}
