//! What PostgreSQL can do in place: everything but converting values it knows no cast for.

use crate::catalog::{Arity, ColumnType, PostgresType};
use crate::diff::{Diff, TableDiff};
use crate::plan::{Cast, ColumnPair, KeyRenaming, Rules};

use super::casts;

pub(crate) const RULES: Rules = Rules {
    cast,
    must_redefine: never,
    has_separate_indexes: true,
    has_separate_foreign_keys: true,
    drops_indexes_before_rebuild: false,
    rebuild_loses_inbound_keys: false,
    alters_primary_key: false,
    renames_indexes: true,
    key_renaming: KeyRenaming::InPlace,
    keys_need_indexes: false,
    indexes_outlive_columns: false,
};

fn never(_: &Diff<'_>, _: &TableDiff) -> bool {
    false
}

fn cast(pair: &ColumnPair<'_>) -> Cast {
    let (was_list, is_list) = (pair.old.arity == Arity::List, pair.new.arity == Arity::List);
    match (&pair.old.ty, &pair.new.ty) {
        (ColumnType::Enum { .. }, _) | (_, ColumnType::Enum { .. }) => Cast::Impossible,
        (_, ColumnType::Postgres(to)) if was_list && !is_list => match to {
            PostgresType::Text | PostgresType::VarChar(None) => Cast::Safe,
            PostgresType::VarChar(_) | PostgresType::Char(_) => Cast::Risky,
            _ => Cast::Impossible,
        },
        (_, _) if was_list != is_list => Cast::Impossible,
        (ColumnType::Postgres(from), ColumnType::Postgres(to)) => casts::cast(*from, *to),
        (_, _) => Cast::Risky,
    }
}
