//! The order of steps: a list of phases, each of which picks its steps out of the choices, in the order of the old
//! catalog for what goes and of the new one for what comes.

use super::choices::Choices;
use super::{AlterTable, Cast, Step, TableChange};
use crate::catalog::{Arity, Extension, IndexKind};
use crate::diff::{Diff, KeyDiff};
use crate::guards;

type Phase = fn(&Diff<'_>, &Choices, &mut Vec<Step>);

/// The phases in order. Foreign keys go before the indexes and columns they lean on and come after them; tables go
/// before others come, since index names may clash; types come before the columns that use them.
const PHASES: [Phase; 22] = [
    create_namespaces,
    drop_guards,
    drop_checks,
    renames,
    extensions,
    alter_sequences,
    create_enums,
    alter_enums,
    drop_foreign_keys,
    drop_indexes,
    alter_tables,
    alter_primary_keys,
    drop_tables,
    drop_enums,
    create_tables,
    redefine_tables,
    create_indexes,
    rename_foreign_keys,
    add_foreign_keys,
    rename_indexes,
    add_checks,
    create_guards,
];

/// All steps in order.
pub(super) fn steps(diff: &Diff<'_>, choices: &Choices) -> Vec<Step> {
    let mut steps = Vec::new();
    for phase in PHASES {
        phase(diff, choices, &mut steps);
    }
    keep_a_unique_index_until_its_key_is_there(diff, &mut steps);
    steps
}

fn create_namespaces(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(diff.created_namespaces.iter().cloned().map(Step::CreateNamespace));
}

/// Triggers that refuse changes are away while the migration itself changes rows, and while the names they speak of do.
fn drop_guards(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(guards::moves(diff).dropped.into_iter().map(Step::DropGuard));
}

fn create_guards(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(guards::moves(diff).created.into_iter().map(Step::CreateGuard));
}

fn drop_checks(diff: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    for (table, choice) in diff.tables.iter().zip(&choices.tables) {
        if !choice.is_rebuilt {
            steps.extend(table.dropped_checks.iter().map(|check| Step::DropCheck(table.from, *check)));
        }
    }
}

fn add_checks(diff: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    // SQLite writes them with their table.
    if !choices.rules.has_separate_foreign_keys {
        return;
    }
    for table in &diff.created_tables {
        steps.extend((0..diff.to.tables[*table].checks.len()).map(|check| Step::AddCheck(*table, check)));
    }
    for table in &diff.tables {
        steps.extend(table.created_checks.iter().map(|check| Step::AddCheck(table.to, *check)));
    }
}

/// What a person said comes before everything that speaks of the new names.
fn renames(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend((0..diff.renames.len()).map(Step::Rename));
}

/// An extension that cannot be moved is dropped and installed anew.
fn extensions(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    let old: &[Extension] = diff.from.extensions.as_deref().unwrap_or_default();
    let new: &[Extension] = diff.to.extensions.as_deref().unwrap_or_default();
    // A new version alone never needs a fresh installation.
    let is_moved = |(from, to): &(usize, usize)| old[*from].namespace != new[*to].namespace;
    let (replaced, altered): (Vec<_>, Vec<_>) =
        diff.changed_extensions.iter().partition(|pair| !old[pair.0].is_relocatable && is_moved(pair));
    steps.extend(replaced.iter().map(|(from, _)| Step::DropExtension(*from)));
    let mut created: Vec<usize> =
        replaced.iter().map(|(_, to)| *to).chain(diff.created_extensions.iter().copied()).collect();
    created.sort_unstable();
    steps.extend(created.into_iter().map(Step::CreateExtension));
    steps.extend(altered.iter().map(|(from, to)| Step::AlterExtension(*from, *to)));
}

fn alter_sequences(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    for (place, table) in diff.tables.iter().enumerate() {
        let changed = table.columns.iter().filter(|column| column.identity);
        steps.extend(changed.map(|column| Step::AlterSequence { table: place, column: *column }));
    }
}

fn create_enums(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(diff.created_enums.iter().copied().map(Step::CreateEnum));
}

fn alter_enums(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend((0..diff.changed_enums.len()).map(Step::AlterEnum));
}

fn drop_foreign_keys(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    steps.extend(choices.dropped_keys.iter().map(|(table, key)| Step::DropForeignKey(*table, *key)));
}

fn drop_indexes(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    steps.extend(choices.dropped_indexes.iter().map(|(table, index)| Step::DropIndex(*table, *index)));
}

fn alter_tables(diff: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    for (place, (table, choice)) in diff.tables.iter().zip(&choices.tables).enumerate() {
        if choice.is_rebuilt {
            continue;
        }
        let fills = fill_columns(diff, place, steps);
        let mut changes = Vec::new();
        if choice.drops_primary_key {
            changes.push(TableChange::DropPrimaryKey);
        }
        if table.primary_key == KeyDiff::Renamed && !choice.drops_primary_key {
            changes.push(TableChange::RenamePrimaryKey);
        }
        changes.extend(table.dropped_columns.iter().copied().map(TableChange::DropColumn));
        for column in &table.added_columns {
            match fills.iter().find(|fill| fill.column == *column) {
                None => changes.push(TableChange::AddColumn(*column)),
                Some(fill) if fill.must_be_required => changes.push(TableChange::RequireColumn(*column)),
                Some(_) => {}
            }
        }
        for (column, cast) in table.columns.iter().zip(&choice.casts) {
            match cast {
                Some(Cast::Impossible) => changes.push(TableChange::RecreateColumn(*column)),
                Some(Cast::Safe | Cast::Risky) => changes.push(TableChange::AlterColumn(*column)),
                None if column.arity || column.default || column.auto_increment => {
                    changes.push(TableChange::AlterColumn(*column));
                }
                None => {}
            }
        }
        if choice.adds_primary_key {
            changes.push(TableChange::AddPrimaryKey);
        }
        if !changes.is_empty() {
            steps.push(Step::AlterTable(AlterTable { table: place, changes }));
        }
    }
}

/// A column whose values are told.
struct Fill {
    column: usize,
    must_be_required: bool,
}

/// Columns whose values are told come first, while everything that the values may be taken from is still there. A
/// column that is there already is filled before it changes.
fn fill_columns(diff: &Diff<'_>, place: usize, steps: &mut Vec<Step>) -> Vec<Fill> {
    let table = &diff.tables[place];
    let new = &diff.to.tables[table.to];
    let is_told =
        |column: usize| diff.backfill(new.namespace.as_deref(), &new.name, &new.columns[column].name).is_some();
    let added: Vec<usize> = table.added_columns.iter().copied().filter(|column| is_told(*column)).collect();
    if !added.is_empty() {
        let changes = added.iter().copied().map(TableChange::AddUnfilledColumn).collect();
        steps.push(Step::AlterTable(AlterTable { table: place, changes }));
    }
    let present = table.columns.iter().map(|column| column.to).filter(|column| is_told(*column));
    steps.extend(added.iter().copied().chain(present).map(|column| Step::Backfill(place, column)));
    let is_required = |column: usize| new.columns[column].arity == Arity::Required;
    added.into_iter().map(|column| Fill { column, must_be_required: is_required(column) }).collect()
}

fn alter_primary_keys(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    for (place, choice) in choices.tables.iter().enumerate() {
        if choice.moves_primary_key && !choice.is_rebuilt {
            steps.push(Step::AlterPrimaryKey(place));
        }
    }
}

fn drop_tables(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(diff.dropped_tables.iter().copied().map(Step::DropTable));
}

fn drop_enums(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(diff.dropped_enums.iter().copied().map(Step::DropEnum));
}

fn create_tables(diff: &Diff<'_>, _: &Choices, steps: &mut Vec<Step>) {
    steps.extend(diff.created_tables.iter().copied().map(Step::CreateTable));
}

/// All rebuilds are one step.
fn redefine_tables(diff: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    let places: Vec<usize> = (0..diff.tables.len()).filter(|place| choices.tables[*place].is_rebuilt).collect();
    if !places.is_empty() {
        steps.push(Step::RedefineTables(places));
    }
}

fn create_indexes(diff: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    if choices.rules.has_separate_indexes {
        for table in &diff.created_tables {
            let count = diff.to.tables[*table].indexes.len();
            steps.extend((0..count).map(|index| Step::CreateIndex(*table, index)));
        }
    }
    steps.extend(choices.created_indexes.iter().map(|(_, table, index)| Step::CreateIndex(*table, *index)));
}

fn rename_foreign_keys(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    steps.extend(choices.renamed_keys.iter().map(|(from, to)| Step::RenameForeignKey(*from, *to)));
}

fn add_foreign_keys(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    steps.extend(choices.added_keys.iter().map(|(table, key)| Step::AddForeignKey(*table, *key)));
}

fn rename_indexes(_: &Diff<'_>, choices: &Choices, steps: &mut Vec<Step>) {
    let mut pairs = choices.renamed_indexes.clone();
    pairs.sort_unstable();
    let renames = choices.rules.renames_indexes;
    steps.extend(
        pairs.into_iter().map(
            |(from, to)| {
                if renames { Step::RenameIndex(from, to) } else { Step::RedefineIndex(from, to) }
            },
        ),
    );
}

/// A table without primary key keeps its rows apart by a unique index; when a primary key on the same columns takes its
/// place, the index goes only after the key has come.
fn keep_a_unique_index_until_its_key_is_there(diff: &Diff<'_>, steps: &mut Vec<Step>) {
    let mut place = 0;
    while place < steps.len() {
        let target = match &steps[place] {
            Step::DropIndex(table, index) => key_taking_over(diff, &steps[place..], *table, *index),
            _ => None,
        };
        match target {
            Some(offset) => {
                let step = steps.remove(place);
                steps.insert(place + offset, step);
            }
            None => place += 1,
        }
    }
}

fn key_taking_over(diff: &Diff<'_>, steps: &[Step], table: usize, index: usize) -> Option<usize> {
    let old = &diff.from.tables[table];
    let dropped = &old.indexes[index];
    if dropped.kind != IndexKind::Unique || old.primary_key.is_some() {
        return None;
    }
    let in_index = |name: &str| dropped.columns.iter().any(|column| column.name == name);
    steps.iter().position(|step| {
        let Step::AlterTable(alter) = step else { return false };
        let pair = &diff.tables[alter.table];
        if pair.from != table {
            return false;
        }
        let Some(key) = &diff.to.tables[pair.to].primary_key else {
            return false;
        };
        let loses_column = alter.changes.iter().any(|change| match change {
            TableChange::DropColumn(column) => in_index(&old.columns[*column].name),
            TableChange::RecreateColumn(column) => in_index(&old.columns[column.from].name),
            TableChange::DropPrimaryKey
            | TableChange::RenamePrimaryKey
            | TableChange::AddColumn(_)
            | TableChange::AddUnfilledColumn(_)
            | TableChange::RequireColumn(_)
            | TableChange::AlterColumn(_)
            | TableChange::AddPrimaryKey => false,
        });
        alter.changes.contains(&TableChange::AddPrimaryKey)
            && !loses_column
            && key.columns.iter().map(|column| &column.name).eq(dropped.columns.iter().map(|column| &column.name))
    })
}
