//! What differs between two catalogs: facts, not steps.
//!
//! **In**: two catalogs. **Out**: a [`Diff`] that borrows both and names things by their places in them. Pairing is by
//! name (tables, columns, enums) or by definition (indexes, foreign keys). Whether a difference means an alteration, a
//! rebuild or a refusal is for the plan to say; no dialect is asked here.

mod tables;

pub use tables::{ColumnDiff, KeyDiff, TableDiff};

use std::collections::HashMap;

use crate::catalog::{Catalog, Enum, Extension, PUBLIC, Table};
use crate::decisions::{ColumnBackfill, RenameStep};

/// The differences from one catalog to another. Numbers are places in [`Catalog::tables`] and so on: of `from` for what
/// goes, of `to` for what comes.
#[derive(Debug, Clone)]
pub struct Diff<'a> {
    /// What is.
    pub from: &'a Catalog,
    /// What shall be.
    pub to: &'a Catalog,
    /// PostgreSQL schemas to be made.
    pub created_namespaces: Vec<String>,
    /// Extensions to be installed.
    pub created_extensions: Vec<usize>,
    /// Extensions whose version or schema changes: places in `from` and `to`.
    pub changed_extensions: Vec<(usize, usize)>,
    /// New enum types.
    pub created_enums: Vec<usize>,
    /// Enum types that go.
    pub dropped_enums: Vec<usize>,
    /// Enum types whose set of values changes.
    pub changed_enums: Vec<EnumDiff>,
    /// New tables.
    pub created_tables: Vec<usize>,
    /// Tables that go.
    pub dropped_tables: Vec<usize>,
    /// Tables on both sides, changed or not, in the order of `from`.
    pub tables: Vec<TableDiff>,
    /// What a person has said: renames, in order. `from` is what is there after them.
    pub renames: Vec<RenameStep>,
    /// What a person has said: values for rows that are there.
    pub backfills: Vec<ColumnBackfill>,
}

/// An enum type with other values than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumDiff {
    /// Place in `from`.
    pub from: usize,
    /// Place in `to`.
    pub to: usize,
    /// New values in their order.
    pub added: Vec<String>,
    /// Values that go, in their order.
    pub removed: Vec<String>,
}

impl Diff<'_> {
    /// True when nothing differs.
    pub fn is_empty(&self) -> bool {
        self.renames.is_empty()
            && self.created_namespaces.is_empty()
            && self.created_extensions.is_empty()
            && self.changed_extensions.is_empty()
            && self.created_enums.is_empty()
            && self.dropped_enums.is_empty()
            && self.changed_enums.is_empty()
            && self.created_tables.is_empty()
            && self.dropped_tables.is_empty()
            && self.tables.iter().all(TableDiff::is_empty)
    }
}

/// Compares two catalogs of the same dialect family.
pub fn diff<'a>(from: &'a Catalog, to: &'a Catalog) -> Diff<'a> {
    let (created_extensions, changed_extensions) = extensions(from, to);
    let tables = |catalog: &'a Catalog| {
        places(catalog.tables.iter().map(|table| (table.namespace.as_deref(), table.name.as_str())))
    };
    let enums =
        |catalog: &'a Catalog| places(catalog.enums.iter().map(|one| (one.namespace.as_deref(), one.name.as_str())));
    let (old_tables, new_tables, old_enums, new_enums) = (tables(from), tables(to), enums(from), enums(to));
    let table_in =
        |places: &Places<'_>, table: &Table| places.get(&qualified(table.namespace.as_deref(), &table.name)).copied();
    let enum_in =
        |places: &Places<'_>, one: &Enum| places.get(&qualified(one.namespace.as_deref(), &one.name)).copied();
    let created_tables = (0..to.tables.len()).filter(|place| table_in(&old_tables, &to.tables[*place]).is_none());
    let dropped_tables = (0..from.tables.len()).filter(|place| table_in(&new_tables, &from.tables[*place]).is_none());
    let pairs = from.tables.iter().enumerate().filter_map(|(place, table)| {
        let other = table_in(&new_tables, table)?;
        Some(tables::compare(from, to, place, other))
    });
    let changed_enums = from.enums.iter().enumerate().filter_map(|(place, before)| {
        let other = enum_in(&new_enums, before)?;
        compare_enums(place, before, other, &to.enums[other])
    });
    Diff {
        created_namespaces: to.used_namespaces().into_iter().filter(|name| !from.namespaces.contains(name)).collect(),
        created_extensions,
        changed_extensions,
        created_enums: (0..to.enums.len()).filter(|at| enum_in(&old_enums, &to.enums[*at]).is_none()).collect(),
        dropped_enums: (0..from.enums.len()).filter(|at| enum_in(&new_enums, &from.enums[*at]).is_none()).collect(),
        changed_enums: changed_enums.collect(),
        created_tables: created_tables.collect(),
        dropped_tables: dropped_tables.collect(),
        tables: pairs.collect(),
        renames: Vec::new(),
        backfills: Vec::new(),
        from,
        to,
    }
}

/// Where things stand in their list, by namespace and name.
type Places<'a> = HashMap<(&'a str, &'a str), usize>;

fn places<'a>(names: impl Iterator<Item = (Option<&'a str>, &'a str)>) -> Places<'a> {
    let mut places = HashMap::new();
    for (place, (namespace, name)) in names.enumerate() {
        places.entry(qualified(namespace, name)).or_insert(place);
    }
    places
}

/// What [`same_namespace`](crate::catalog::same_namespace) takes for equal is equal here.
fn qualified<'a>(namespace: Option<&'a str>, name: &'a str) -> (&'a str, &'a str) {
    (namespace.unwrap_or(PUBLIC), name)
}

/// Values are compared as a set: their order is not worth a rewrite.
fn compare_enums(from: usize, before: &Enum, to: usize, after: &Enum) -> Option<EnumDiff> {
    let missing = |all: &[String], from: &[String]| -> Vec<String> {
        all.iter().filter(|value| !from.contains(value)).cloned().collect()
    };
    let added = missing(&after.values, &before.values);
    let removed = missing(&before.values, &after.values);
    (!added.is_empty() || !removed.is_empty()).then_some(EnumDiff { from, to, added, removed })
}

/// Extensions wanted but absent, and pairs whose version or schema is named on both sides and differs. Extensions that
/// nobody asks for any more stay.
fn extensions(from: &Catalog, to: &Catalog) -> (Vec<usize>, Vec<(usize, usize)>) {
    let Some(wanted) = &to.extensions else {
        return (Vec::new(), Vec::new());
    };
    let present: &[Extension] = from.extensions.as_deref().unwrap_or_default();
    let differs = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
    let (mut created, mut changed) = (Vec::new(), Vec::new());
    for (place, extension) in wanted.iter().enumerate() {
        match present.iter().position(|other| other.name == extension.name) {
            None => created.push(place),
            Some(old) => {
                let other = &present[old];
                if differs(&other.version, &extension.version) || differs(&other.namespace, &extension.namespace) {
                    changed.push((old, place));
                }
            }
        }
    }
    (created, changed)
}
