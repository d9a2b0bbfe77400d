//! What MySQL can do in place: any column change by MODIFY, with the foreign keys on it out of the way.

use crate::catalog::ColumnType;
use crate::diff::{Diff, TableDiff};
use crate::plan::{Cast, ColumnPair, KeyRenaming, Rules};

use super::types;

pub(crate) const RULES: Rules = Rules {
    cast,
    must_redefine: never,
    has_separate_indexes: false,
    has_separate_foreign_keys: true,
    drops_indexes_before_rebuild: false,
    rebuild_loses_inbound_keys: false,
    alters_primary_key: false,
    renames_indexes: true,
    key_renaming: KeyRenaming::Recreate,
    keys_need_indexes: true,
    indexes_outlive_columns: true,
};

pub(crate) fn never(_: &Diff<'_>, _: &TableDiff) -> bool {
    false
}

pub(crate) fn cast(pair: &ColumnPair<'_>) -> Cast {
    match (&pair.old.ty, &pair.new.ty) {
        (ColumnType::Mysql(from), ColumnType::Mysql(to)) => types::cast(from, to),
        (_, _) => Cast::Risky,
    }
}
