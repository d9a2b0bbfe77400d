//! Renames that a difference looks like: something goes and something of the same kind comes.
//!
//! A schema that calls a thing as before while its `@map` changes leaves no doubt. Everything else is a guess, to be asked
//! about: the same type, and either nothing else that it could be or a similar name.

use super::{ObjectName, Rename, RenameStep};
use crate::catalog::{Arity, Catalog, Column, ColumnType, MysqlType, Names, Table};
use crate::diff::{Diff, TableDiff};

/// How sure a rename is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Looks like one.
    Likely,
    /// The schema calls it as before.
    Certain,
}

/// A rename that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelyRename {
    /// The rename, in the names of the database (enums and their values on SQLite and MySQL: of the schema). Printed, it
    /// is what a command line takes.
    pub rename: Rename,
    /// How sure it is.
    pub certainty: Certainty,
    /// How much speaks for it, from 0 to 100.
    pub score: u32,
}

/// The renames that a difference looks like: tables first, then enums, columns, values; within a kind the surest first.
/// Nothing stands in more than one of them.
///
/// Columns of a renamed table are compared only once the table's rename is decided: ask again with the difference of
/// [`Decided`](super::Decided).
pub fn likely_renames(diff: &Diff<'_>) -> Vec<LikelyRename> {
    let mut found = matched(tables(diff));
    found.extend(matched(enums(diff)));
    for table in &diff.tables {
        found.extend(matched(columns(diff, table)));
    }
    found.extend(matched(values(diff)));
    found
}

/// A pair of things, by their places, that may be one.
struct Candidate {
    pair: (usize, usize),
    /// Nothing else comes or goes that either could be.
    is_only: bool,
    likely: LikelyRename,
}

/// The surest pairs, each thing in one of them at most. What speaks for less than half is left out, unless there is
/// nothing else that it could be.
fn matched(mut candidates: Vec<Candidate>) -> Vec<LikelyRename> {
    candidates.sort_by_key(|one| std::cmp::Reverse((one.likely.certainty, one.likely.score)));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let mut found = Vec::new();
    for candidate in candidates {
        let (from, to) = candidate.pair;
        let is_free = taken.iter().all(|(a, b)| *a != from && *b != to);
        if is_free && (candidate.is_only || candidate.likely.score >= 50) {
            taken.push(candidate.pair);
            found.push(candidate.likely);
        }
    }
    found
}

fn name_of(table: &Table) -> ObjectName {
    ObjectName::new(table.namespace.as_deref(), &table.name)
}

fn certainty(is_certain: bool, score: u32) -> (Certainty, u32) {
    if is_certain { (Certainty::Certain, 100) } else { (Certainty::Likely, score.min(99)) }
}

fn tables(diff: &Diff<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for from in &diff.dropped_tables {
        for to in &diff.created_tables {
            let (old, new) = (&diff.from.tables[*from], &diff.to.tables[*to]);
            let is_certain = is_same_model(diff, old, new) || is_same_join(old, new);
            if old.is_join_table() && new.is_join_table() && !is_certain {
                // Follows from the renames of its models.
                continue;
            }
            let is_moved = old.name == new.name;
            let (certainty, score) = certainty(is_certain, likeness(diff, old, new).max(if is_moved { 60 } else { 0 }));
            let rename = Rename::Table { from: name_of(old), to: name_of(new) };
            let likely = LikelyRename { rename, certainty, score };
            found.push(Candidate { pair: (*from, *to), is_only: false, likely });
        }
    }
    found
}

fn names<'a>(diff: &'a Diff<'_>) -> Option<(&'a Names, &'a Names)> {
    Some((diff.from.names.as_ref()?, diff.to.names.as_ref()?))
}

fn is_same_model(diff: &Diff<'_>, old: &Table, new: &Table) -> bool {
    let original = diff.original_table(old.namespace.as_deref(), &old.name);
    names(diff).is_some_and(|(before, after)| {
        let old = before.model_of(original.namespace.as_deref(), &original.name);
        let new = after.model_of(new.namespace.as_deref(), &new.name);
        matches!((old, new), (Some(old), Some(new)) if old.name == new.name)
    })
}

/// Join tables between the same two tables.
fn is_same_join(old: &Table, new: &Table) -> bool {
    let targets = |table: &Table| {
        let mut all: Vec<(Option<String>, String)> = table
            .foreign_keys
            .iter()
            .map(|key| (key.referenced_namespace.clone(), key.referenced_table.clone()))
            .collect();
        all.sort();
        all
    };
    old.is_join_table() && new.is_join_table() && old.foreign_keys.len() == 2 && targets(old) == targets(new)
}

/// The share of columns that two tables have in common, in hundredths.
fn likeness(diff: &Diff<'_>, old: &Table, new: &Table) -> u32 {
    let shared = old.columns.iter().filter(|column| {
        new.column(&column.name)
            .is_some_and(|other| is_alike(diff, &column.ty, &other.ty) && other.arity == column.arity)
    });
    let all = old.columns.len().max(new.columns.len()).max(1);
    let share = u32::try_from(shared.count() * 90 / all).unwrap_or(0);
    share + similarity(&old.name, &new.name) / 10
}

fn enums(diff: &Diff<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for from in &diff.dropped_enums {
        for to in &diff.created_enums {
            let (old, new) = (&diff.from.enums[*from], &diff.to.enums[*to]);
            let is_certain = names(diff).is_some_and(|(before, after)| {
                let old = before.enumeration_of(old.namespace.as_deref(), &old.name);
                let new = after.enumeration_of(new.namespace.as_deref(), &new.name);
                matches!((old, new), (Some(old), Some(new)) if old.name == new.name)
            });
            let shared = old.values.iter().filter(|value| new.values.contains(value)).count();
            let all = old.values.len().max(new.values.len()).max(1);
            let share = u32::try_from(shared * 90 / all).unwrap_or(0);
            let (certainty, score) = certainty(is_certain, share + similarity(&old.name, &new.name) / 10);
            let rename = Rename::Enum {
                from: ObjectName::new(old.namespace.as_deref(), &old.name),
                to: ObjectName::new(new.namespace.as_deref(), &new.name),
            };
            let likely = LikelyRename { rename, certainty, score };
            found.push(Candidate { pair: (*from, *to), is_only: false, likely });
        }
    }
    found
}

fn columns(diff: &Diff<'_>, table: &TableDiff) -> Vec<Candidate> {
    let (old_table, new_table) = (&diff.from.tables[table.from], &diff.to.tables[table.to]);
    let original = diff.original_table(old_table.namespace.as_deref(), &old_table.name);
    let before =
        diff.from.names.as_ref().and_then(|names| names.model_of(original.namespace.as_deref(), &original.name));
    let after =
        diff.to.names.as_ref().and_then(|names| names.model_of(new_table.namespace.as_deref(), &new_table.name));
    let is_one_type = |old: &Column, new: &Column| {
        (old.arity == Arity::List) == (new.arity == Arity::List) && is_alike(diff, &old.ty, &new.ty)
    };
    let mut found = Vec::new();
    for from in &table.dropped_columns {
        for to in &table.added_columns {
            let (old, new) = (&old_table.columns[*from], &new_table.columns[*to]);
            let new_field = after.and_then(|model| model.field_of(&new.name)).map(|field| field.name.as_str());
            let old_field = before.and_then(|model| model.field_of(&old.name)).map(|field| field.name.as_str());
            let is_certain = new_field.is_some() && new_field == old_field;
            if !is_certain && !is_one_type(old, new) {
                continue;
            }
            let rivals =
                table.dropped_columns.iter().filter(|other| is_one_type(&old_table.columns[**other], new)).count()
                    + table.added_columns.iter().filter(|other| is_one_type(old, &new_table.columns[**other])).count();
            let is_only = rivals == 2;
            // A field that is called as the column was has got an `@map`.
            let own = old_field.unwrap_or(&old.name);
            let likeness = similarity(own, new_field.unwrap_or(&new.name)).max(similarity(&old.name, &new.name));
            let score = likeness * 6 / 10
                + if is_only { 25 } else { 0 }
                + if old.arity == new.arity { 10 } else { 0 }
                + if old.default == new.default { 4 } else { 0 };
            let (certainty, score) = certainty(is_certain, score);
            let rename = Rename::Column { table: name_of(new_table), from: old.name.clone(), to: new.name.clone() };
            found.push(Candidate { pair: (*from, *to), is_only, likely: LikelyRename { rename, certainty, score } });
        }
    }
    found
}

/// The same type, or enums of which one may be the other under a new name.
fn is_alike(diff: &Diff<'_>, old: &ColumnType, new: &ColumnType) -> bool {
    match (old, new) {
        (ColumnType::Mysql(MysqlType::Enum(old)), ColumnType::Mysql(MysqlType::Enum(new))) => {
            old.iter().any(|value| new.contains(value))
        }
        (ColumnType::Enum { name: old, .. }, ColumnType::Enum { name: new, .. }) if old != new => {
            diff.dropped_enums.iter().any(|place| diff.from.enums[*place].name == *old)
                && diff.created_enums.iter().any(|place| diff.to.enums[*place].name == *new)
        }
        (_, _) => old.is_same(new),
    }
}

fn values(diff: &Diff<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (number, change) in changes_of_values(diff).into_iter().enumerate() {
        let gone: Vec<usize> = (0..change.before.len()).filter(|at| !has(&change.after, &change.before[*at])).collect();
        let come: Vec<usize> = (0..change.after.len()).filter(|at| !has(&change.before, &change.after[*at])).collect();
        for from in &gone {
            for to in &come {
                let (old, new) = (&change.before[*from], &change.after[*to]);
                let is_only = gone.len() == 1 && come.len() == 1;
                let is_certain = change.has_names && old.0 == new.0;
                let score = similarity(&old.0, &new.0).max(similarity(&old.1, &new.1)) * 6 / 10
                    + if from == to { 15 } else { 0 }
                    + if is_only { 24 } else { 0 };
                let (certainty, score) = certainty(is_certain, score);
                let rename = Rename::EnumValue {
                    enumeration: change.enumeration.clone(),
                    from: old.1.clone(),
                    to: new.1.clone(),
                };
                // Values of different enums are no rivals: their places are kept apart.
                let pair = (number * 100_000 + from, number * 100_000 + to);
                found.push(Candidate { pair, is_only, likely: LikelyRename { rename, certainty, score } });
            }
        }
    }
    found
}

/// True when the value is stored on the other side too.
fn has(values: &[(String, String)], value: &(String, String)) -> bool {
    values.iter().any(|(_, stored)| *stored == value.1)
}

struct ValueChange {
    enumeration: ObjectName,
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
    /// The names of the schema are known on both sides.
    has_names: bool,
}

/// Enums on both sides with their values.
fn changes_of_values(diff: &Diff<'_>) -> Vec<ValueChange> {
    let mut found = Vec::new();
    if diff.to.dialect.is_postgres_family() {
        for change in &diff.changed_enums {
            let (old, new) = (&diff.from.enums[change.from], &diff.to.enums[change.to]);
            let original = diff.renames.iter().find_map(|step| match step {
                RenameStep::Enum { from, to } if to.is(old.namespace.as_deref(), &old.name) => Some(from.clone()),
                RenameStep::Enum { .. }
                | RenameStep::Table { .. }
                | RenameStep::Column { .. }
                | RenameStep::EnumValue { .. } => None,
            });
            let name = ObjectName::new(new.namespace.as_deref(), &new.name);
            let (before, knows_before) = named(diff.from, original.as_ref().unwrap_or(&name), &old.values);
            let (after, knows_after) = named(diff.to, &name, &new.values);
            let has_names = knows_before && knows_after;
            found.push(ValueChange { enumeration: name, before, after, has_names });
        }
        return found;
    }
    for one in diff.to.names.iter().flat_map(|names| &names.enums) {
        let known = diff.from.names.as_ref().and_then(|names| names.enumeration(&one.name));
        let before = match known {
            Some(known) => Some(known.values.clone()),
            None => stored_values(diff, &one.name),
        };
        let renamed = diff.renames.iter().filter_map(|step| match step {
            RenameStep::EnumValue { enumeration, from, to, .. } if enumeration.name == one.name => Some((from, to)),
            RenameStep::EnumValue { .. }
            | RenameStep::Enum { .. }
            | RenameStep::Table { .. }
            | RenameStep::Column { .. } => None,
        });
        let Some(mut before) = before else { continue };
        for (from, to) in renamed {
            before.iter_mut().filter(|(_, stored)| stored == from).for_each(|(_, stored)| to.clone_into(stored));
        }
        let enumeration = ObjectName::bare(one.name.clone());
        found.push(ValueChange { enumeration, before, after: one.values.clone(), has_names: known.is_some() });
    }
    found
}

fn named(catalog: &Catalog, name: &ObjectName, values: &[String]) -> (Vec<(String, String)>, bool) {
    let known = catalog.names.as_ref().and_then(|names| names.enumeration_of(name.namespace.as_deref(), &name.name));
    let own = |stored: &String| {
        let pair = known.and_then(|known| known.values.iter().find(|(_, other)| other == stored));
        (pair.map_or_else(|| stored.clone(), |(own, _)| own.clone()), stored.clone())
    };
    (values.iter().map(own).collect(), known.is_some())
}

/// MySQL: the values that a column of the enum has so far.
fn stored_values(diff: &Diff<'_>, enumeration: &str) -> Option<Vec<(String, String)>> {
    let models = &diff.to.names.as_ref()?.models;
    let fields = models.iter().flat_map(|model| model.fields.iter().map(move |field| (model, field)));
    let mut ours = fields.filter(|(_, field)| field.enumeration.as_deref() == Some(enumeration));
    ours.find_map(|(model, field)| {
        match &diff.from.table(model.namespace.as_deref(), &model.table)?.column(&field.column)?.ty {
            ColumnType::Mysql(MysqlType::Enum(values)) => {
                Some(values.iter().map(|value| (value.clone(), value.clone())).collect())
            }
            _ => None,
        }
    })
}

/// How alike two names are, in hundredths: by the letters that have to change, in whatever case and with whatever
/// separators they are written, or by one being part of the other.
fn similarity(a: &str, b: &str) -> u32 {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (a, b) = (plain(a), plain(b));
    let longest = a.len().max(b.len());
    if longest == 0 || longest > 200 {
        return 0;
    }
    let shortest = a.len().min(b.len());
    let by_letters = 100 - 100 * distance(&a, &b) / longest;
    let (long, short) = if a.len() > b.len() { (&a, &b) } else { (&b, &a) };
    let is_part = shortest > 2 && long.windows(shortest).any(|part| part == short.as_slice());
    u32::try_from(by_letters.max(if is_part { 70 } else { 0 })).unwrap_or(0)
}

/// The number of letters to insert, remove or replace.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_letters() {
        assert_eq!(similarity("full_name", "fullName"), 100);
        assert_eq!(similarity("name", "fullName"), 70);
        assert!(similarity("email", "age") < 50);
        assert_eq!(similarity("", "x"), 0);
    }
}
