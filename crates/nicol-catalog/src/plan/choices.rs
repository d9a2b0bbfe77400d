//! Choices over the differences: which tables are rebuilt, how each column changes, and which keys and indexes have to
//! go and come back because of it.

use std::collections::BTreeSet;

use super::{Cast, KeyRenaming, Rules};
use crate::catalog::{Arity, ForeignKey, IndexColumn, IndexKind, same_namespace};
use crate::diff::{Diff, KeyDiff, TableDiff};
use crate::mysql::normalize::{covers, is_covered};

/// What is chosen. Pairs are (table, part of it).
pub(super) struct Choices {
    pub(super) rules: &'static Rules,
    /// For each of [`Diff::tables`].
    pub(super) tables: Vec<TableChoice>,
    pub(super) dropped_keys: BTreeSet<(usize, usize)>,
    pub(super) added_keys: BTreeSet<(usize, usize)>,
    pub(super) renamed_keys: Vec<((usize, usize), (usize, usize))>,
    pub(super) dropped_indexes: BTreeSet<(usize, usize)>,
    /// Indexes of tables on both sides: (old table, new table, index).
    pub(super) created_indexes: BTreeSet<(usize, usize, usize)>,
    pub(super) renamed_indexes: Vec<((usize, usize), (usize, usize))>,
}

/// What is chosen for a table on both sides.
pub(super) struct TableChoice {
    pub(super) is_rebuilt: bool,
    /// For each of [`TableDiff::columns`]: the cast when the type changes.
    pub(super) casts: Vec<Option<Cast>>,
    pub(super) drops_primary_key: bool,
    pub(super) adds_primary_key: bool,
    pub(super) moves_primary_key: bool,
}

pub(super) fn choose(diff: &Diff<'_>, rules: &'static Rules) -> Choices {
    let mut choices = Choices {
        rules,
        tables: diff.tables.iter().map(|table| choose_for_table(diff, table, rules)).collect(),
        dropped_keys: BTreeSet::new(),
        added_keys: BTreeSet::new(),
        renamed_keys: Vec::new(),
        dropped_indexes: BTreeSet::new(),
        created_indexes: BTreeSet::new(),
        renamed_indexes: Vec::new(),
    };
    for place in 0..diff.tables.len() {
        if !choices.tables[place].is_rebuilt {
            choose_indexes(diff, &mut choices, place);
        }
    }
    if rules.drops_indexes_before_rebuild && choices.tables.iter().any(|table| table.is_rebuilt) {
        for table in &diff.dropped_tables {
            let count = diff.from.tables[*table].indexes.len();
            choices.dropped_indexes.extend((0..count).map(|index| (*table, index)));
        }
    }
    if rules.has_separate_foreign_keys {
        choose_keys(diff, &mut choices);
    }
    choices
}

fn choose_for_table(diff: &Diff<'_>, table: &TableDiff, rules: &Rules) -> TableChoice {
    let casts: Vec<Option<Cast>> =
        table.columns.iter().map(|column| column.ty.then(|| (rules.cast)(&diff.column_pair(table, column)))).collect();
    let (old, new) = (&diff.from.tables[table.from], &diff.to.tables[table.to]);
    let key_type_changes = old.primary_key.is_some()
        && new.primary_key.is_some()
        && table.columns.iter().any(|column| column.ty && old.is_in_primary_key(&old.columns[column.from].name));
    let is_changed = table.primary_key == KeyDiff::Changed || key_type_changes;
    TableChoice {
        is_rebuilt: (rules.must_redefine)(diff, table),
        casts,
        drops_primary_key: table.primary_key == KeyDiff::Dropped || (is_changed && !rules.alters_primary_key),
        adds_primary_key: table.primary_key == KeyDiff::Created || (is_changed && !rules.alters_primary_key),
        moves_primary_key: rules.alters_primary_key && table.primary_key == KeyDiff::Changed,
    }
}

impl Choices {
    /// Whether a column of a table on both sides is dropped and made anew; `column` is its place in the old table.
    pub(super) fn is_recreated(&self, diff: &Diff<'_>, table: usize, name: &str) -> bool {
        let old = &diff.from.tables[diff.tables[table].from];
        diff.tables[table]
            .columns
            .iter()
            .zip(&self.tables[table].casts)
            .any(|(column, cast)| *cast == Some(Cast::Impossible) && old.columns[column.from].name == name)
    }
}

fn choose_indexes(diff: &Diff<'_>, choices: &mut Choices, place: usize) {
    let table = &diff.tables[place];
    let (old, new) = (&diff.from.tables[table.from], &diff.to.tables[table.to]);
    choices.dropped_indexes.extend(table.dropped_indexes.iter().map(|index| (table.from, *index)));
    for index in &table.created_indexes {
        choices.created_indexes.insert((table.from, table.to, *index));
    }
    let renamed = table.renamed_indexes.iter().map(|pair| (*pair, true));
    for ((before, after), is_renamed) in table.kept_indexes.iter().map(|pair| (*pair, false)).chain(renamed) {
        let index = &old.indexes[before];
        if index.columns.iter().any(|column| choices.is_recreated(diff, place, &column.name)) {
            if choices.rules.indexes_outlive_columns {
                choices.dropped_indexes.insert((table.from, before));
            }
            if !new.indexes[after].is_implied {
                choices.created_indexes.insert((table.from, table.to, after));
            }
        } else if is_renamed && takes_a_name_in_use(diff, &new.indexes[after].name) {
            choices.dropped_indexes.insert((table.from, before));
            choices.created_indexes.insert((table.from, table.to, after));
        } else if is_renamed {
            choices.renamed_indexes.push(((table.from, before), (table.to, after)));
        }
    }
}

/// Whether another index that changes its name has this one so far: the names of two indexes are swapped.
fn takes_a_name_in_use(diff: &Diff<'_>, name: &str) -> bool {
    diff.tables.iter().any(|table| {
        let indexes = &diff.from.tables[table.from].indexes;
        table.renamed_indexes.iter().any(|(before, _)| indexes[*before].name == name)
    })
}

fn choose_keys(diff: &Diff<'_>, choices: &mut Choices) {
    for table in &diff.dropped_tables {
        let count = diff.from.tables[*table].foreign_keys.len();
        choices.dropped_keys.extend((0..count).map(|key| (*table, key)));
    }
    for table in &diff.created_tables {
        let count = diff.to.tables[*table].foreign_keys.len();
        choices.added_keys.extend((0..count).map(|key| (*table, key)));
    }
    for (place, table) in diff.tables.iter().enumerate() {
        if choices.tables[place].is_rebuilt {
            continue;
        }
        choices.dropped_keys.extend(table.dropped_foreign_keys.iter().map(|key| (table.from, *key)));
        choices.added_keys.extend(table.created_foreign_keys.iter().map(|key| (table.to, *key)));
        for key in &table.dropped_foreign_keys {
            drop_made_index(diff, choices, table, *key);
        }
        let renamed = table.renamed_foreign_keys.iter().map(|pair| (*pair, true));
        for ((before, after), is_renamed) in table.kept_foreign_keys.iter().map(|pair| (*pair, false)).chain(renamed) {
            let recreate_for_name = is_renamed && choices.rules.key_renaming == KeyRenaming::Recreate;
            if recreate_for_name || stands_in_the_way(diff, choices, place, before) {
                choices.dropped_keys.insert((table.from, before));
                choices.added_keys.insert((table.to, after));
                drop_made_index(diff, choices, table, before);
            } else if is_renamed && choices.rules.key_renaming == KeyRenaming::InPlace {
                choices.renamed_keys.push(((table.from, before), (table.to, after)));
            }
        }
    }
}

/// The index the server made for a foreign key goes with it, to come back with it: when columns of the key change, and
/// when it bears the key's old name. Not when another key that stays leans on it too.
fn drop_made_index(diff: &Diff<'_>, choices: &mut Choices, table: &TableDiff, key: usize) {
    let (old, new) = (&diff.from.tables[table.from], &diff.to.tables[table.to]);
    let key_name = old.foreign_keys[key].name.as_ref();
    let columns = &old.foreign_keys[key].columns;
    let columns_change = its_columns_change(diff, choices, table, &old.foreign_keys[key]);
    for (before, after) in &table.kept_indexes {
        let (index, next) = (&old.indexes[*before], &new.indexes[*after]);
        let is_made_for_it = index.is_implied && next.is_implied && index.columns.len() == columns.len();
        let is_misnamed = Some(&index.name) == key_name && index.name != next.name;
        let is_shared = old.foreign_keys.iter().enumerate().any(|(other, foreign_key)| {
            other != key
                && covers(&index.columns, &foreign_key.columns)
                && !choices.dropped_keys.contains(&(table.from, other))
        });
        if is_made_for_it && covers(&index.columns, columns) && (columns_change || is_misnamed) && !is_shared {
            choices.dropped_indexes.insert((table.from, *before));
        }
    }
}

/// Whether a foreign key that itself stays has to go while its table, or the one it points at, changes.
fn stands_in_the_way(diff: &Diff<'_>, choices: &Choices, place: usize, key: usize) -> bool {
    let table = &diff.tables[place];
    let foreign_key = &diff.from.tables[table.from].foreign_keys[key];
    its_columns_change(diff, choices, table, foreign_key)
        || (choices.rules.keys_need_indexes && loses_its_index(diff, choices, table, foreign_key))
        || its_target_changes(diff, choices, foreign_key)
}

fn its_columns_change(diff: &Diff<'_>, choices: &Choices, table: &TableDiff, key: &ForeignKey) -> bool {
    table.columns.iter().any(|column| {
        let pair = diff.column_pair(table, column);
        let becomes_required = pair.old.arity != Arity::Required && pair.new.arity == Arity::Required;
        key.columns.contains(&pair.old.name) && (column.ty || (choices.rules.keys_need_indexes && becomes_required))
    })
}

/// MySQL: the index a foreign key leans on is dropped and nothing else that stays can hold it meanwhile.
fn loses_its_index(diff: &Diff<'_>, choices: &Choices, table: &TableDiff, key: &ForeignKey) -> bool {
    let mut rest = diff.from.tables[table.from].clone();
    let had = is_covered(&rest, key);
    let mut place = 0;
    rest.indexes.retain(|_| {
        place += 1;
        !choices.dropped_indexes.contains(&(table.from, place - 1))
    });
    let changes_key =
        diff.tables.iter().zip(&choices.tables).any(|(t, choice)| t.from == table.from && choice.drops_primary_key);
    if changes_key {
        rest.primary_key = None;
    }
    had && !is_covered(&rest, key)
}

/// The table pointed at is rebuilt, or loses the primary key pointed at.
fn its_target_changes(diff: &Diff<'_>, choices: &Choices, key: &ForeignKey) -> bool {
    let target = diff.tables.iter().position(|table| {
        let old = &diff.from.tables[table.from];
        old.name == key.referenced_table
            && same_namespace(old.namespace.as_deref(), key.referenced_namespace.as_deref())
    });
    let Some(target) = target else { return false };
    let old = &diff.from.tables[diff.tables[target].from];
    let is_primary = old.primary_key.as_ref().is_some_and(|primary| {
        primary.columns.len() == key.referenced_columns.len()
            && primary.columns.iter().all(|column| key.referenced_columns.contains(&column.name))
    });
    let names = |columns: &[IndexColumn]| columns.iter().map(|part| part.name.clone()).collect::<BTreeSet<String>>();
    let wanted: BTreeSet<String> = key.referenced_columns.iter().cloned().collect();
    // A unique index that is leaned on: it can go only while the key is away.
    let loses_index = !is_primary
        && old.indexes.iter().enumerate().any(|(place, index)| {
            index.kind == IndexKind::Unique
                && names(&index.columns) == wanted
                && choices.dropped_indexes.contains(&(diff.tables[target].from, place))
        });
    // MySQL refuses to take the counter from a column that is pointed at.
    let stops_counting = choices.rules.keys_need_indexes
        && diff.tables[target]
            .columns
            .iter()
            .any(|column| column.auto_increment && key.referenced_columns.contains(&old.columns[column.from].name));
    let choice = &choices.tables[target];
    stops_counting
        || loses_index
        || (choice.is_rebuilt && choices.rules.rebuild_loses_inbound_keys)
        || (is_primary && choice.drops_primary_key)
}
