//! Two versions of one table.

use crate::catalog::{
    Arity, Catalog, Check, Column, Default, ForeignKey, Index, IndexColumn, PrimaryKey, SortOrder, Table,
    same_namespace,
};
use crate::expression;
use crate::guards;
use crate::literal::is_same_default;
use crate::postgres::normalize::is_other_kind;

/// A table on both sides. Numbers are places in the two tables' lists.
#[derive(Debug, Clone)]
pub struct TableDiff {
    /// Place in `from`.
    pub from: usize,
    /// Place in `to`.
    pub to: usize,
    /// Columns that go, by name.
    pub dropped_columns: Vec<usize>,
    /// New columns, by name.
    pub added_columns: Vec<usize>,
    /// Columns on both sides, changed or not, in the order of `from`.
    pub columns: Vec<ColumnDiff>,
    /// The primary key.
    pub primary_key: KeyDiff,
    /// Indexes that go.
    pub dropped_indexes: Vec<usize>,
    /// New indexes.
    pub created_indexes: Vec<usize>,
    /// Indexes equal but for their names.
    pub renamed_indexes: Vec<(usize, usize)>,
    /// Indexes equal in all.
    pub kept_indexes: Vec<(usize, usize)>,
    /// Foreign keys that go.
    pub dropped_foreign_keys: Vec<usize>,
    /// New foreign keys.
    pub created_foreign_keys: Vec<usize>,
    /// Foreign keys equal but for their names.
    pub renamed_foreign_keys: Vec<(usize, usize)>,
    /// Foreign keys equal in all.
    pub kept_foreign_keys: Vec<(usize, usize)>,
    /// Checks that go.
    pub dropped_checks: Vec<usize>,
    /// New checks.
    pub created_checks: Vec<usize>,
    /// Rows begin or cease to be only added.
    pub append_only: bool,
}

impl TableDiff {
    /// True when the table is the same on both sides.
    pub fn is_empty(&self) -> bool {
        self.dropped_columns.is_empty()
            && self.added_columns.is_empty()
            && self.columns.iter().all(|column| !column.is_changed())
            && self.primary_key == KeyDiff::Same
            && self.dropped_indexes.is_empty()
            && self.created_indexes.is_empty()
            && self.renamed_indexes.is_empty()
            && self.dropped_foreign_keys.is_empty()
            && self.created_foreign_keys.is_empty()
            && self.renamed_foreign_keys.is_empty()
            && self.dropped_checks.is_empty()
            && self.created_checks.is_empty()
            && !self.append_only
    }
}

/// A column on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDiff {
    /// Place in the old table.
    pub from: usize,
    /// Place in the new table.
    pub to: usize,
    /// Type changes; so does that of a column that becomes a list or stops being one.
    pub ty: bool,
    /// Arity changes.
    pub arity: bool,
    /// Default changes.
    pub default: bool,
    /// Counting itself up begins or ends.
    pub auto_increment: bool,
    /// CockroachDB: options of the identity change.
    pub identity: bool,
}

impl ColumnDiff {
    /// True when anything differs.
    pub fn is_changed(&self) -> bool {
        self.ty || self.arity || self.default || self.auto_increment || self.identity
    }
}

/// The primary key on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDiff {
    /// Equal, or absent on both sides.
    Same,
    /// Only the name differs.
    Renamed,
    /// Other columns, another order or length.
    Changed,
    /// Only in the new table.
    Created,
    /// Only in the old table.
    Dropped,
}

pub(super) fn compare(from: &Catalog, to: &Catalog, from_table: usize, to_table: usize) -> TableDiff {
    let (before, after) = (&from.tables[from_table], &to.tables[to_table]);
    let indexes = compare_indexes(before, after, to.speaks_of_predicates);
    let keys = compare_foreign_keys(before, after);
    TableDiff {
        from: from_table,
        to: to_table,
        dropped_columns: only_in(&before.columns, after),
        added_columns: only_in(&after.columns, before),
        columns: column_pairs(before, after),
        primary_key: compare_primary_keys(before.primary_key.as_ref(), after.primary_key.as_ref()),
        dropped_indexes: indexes.gone,
        created_indexes: indexes.new,
        renamed_indexes: indexes.renamed,
        kept_indexes: indexes.kept,
        dropped_foreign_keys: keys.gone,
        created_foreign_keys: keys.new,
        renamed_foreign_keys: keys.renamed,
        kept_foreign_keys: keys.kept,
        dropped_checks: unmatched(&before.checks, &after.checks),
        created_checks: unmatched(&after.checks, &before.checks),
        append_only: before.is_append_only != after.is_append_only,
    }
}

/// Places of the checks that the other table lacks.
fn unmatched(checks: &[Check], others: &[Check]) -> Vec<usize> {
    let is_there = |check: &Check| others.iter().any(|other| guards::is_same(check, other));
    (0..checks.len()).filter(|place| !is_there(&checks[*place])).collect()
}

/// Places of the columns that the other table lacks, in name order.
fn only_in(columns: &[Column], other: &Table) -> Vec<usize> {
    let mut places: Vec<usize> =
        (0..columns.len()).filter(|place| other.column(&columns[*place].name).is_none()).collect();
    places.sort_by(|a, b| columns[*a].name.cmp(&columns[*b].name));
    places
}

fn column_pairs(before: &Table, after: &Table) -> Vec<ColumnDiff> {
    let pair = |(from, old): (usize, &Column)| {
        let to = after.column_index(&old.name)?;
        let new = &after.columns[to];
        let list_changed = (old.arity == Arity::List) != (new.arity == Arity::List);
        Some(ColumnDiff {
            from,
            to,
            ty: list_changed || !old.ty.is_same(&new.ty),
            // MySQL makes a counter NOT NULL, whatever is declared.
            arity: old.arity != new.arity && !(old.auto_increment && new.auto_increment),
            default: is_default_changed(old, new),
            auto_increment: old.auto_increment != new.auto_increment,
            identity: matches!((&old.identity, &new.identity), (Some(a), Some(b)) if a != b),
        })
    };
    before.columns.iter().enumerate().filter_map(pair).collect()
}

fn is_default_changed(old: &Column, new: &Column) -> bool {
    let is_constant = |column: &Column| matches!(column.default, Some(Default::Literal(_)));
    // What a column is computed from is no default that could be taken away.
    old.generated.is_none()
        && (!is_same_default(old.default.as_ref(), new.default.as_ref())
            || is_constant(old) && is_constant(new) && is_other_kind(&old.ty, &new.ty))
}

fn compare_primary_keys(before: Option<&PrimaryKey>, after: Option<&PrimaryKey>) -> KeyDiff {
    match (before, after) {
        (None, None) => KeyDiff::Same,
        (None, Some(_)) => KeyDiff::Created,
        (Some(_), None) => KeyDiff::Dropped,
        (Some(a), Some(b)) if !is_same_columns(&a.columns, &b.columns) => KeyDiff::Changed,
        (Some(a), Some(b)) => match (&a.name, &b.name) {
            (Some(a), Some(b)) if a != b => KeyDiff::Renamed,
            (_, _) => KeyDiff::Same,
        },
    }
}

fn is_same_columns(a: &[IndexColumn], b: &[IndexColumn]) -> bool {
    let order = |column: &IndexColumn| column.sort.unwrap_or(SortOrder::Asc);
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.name == b.name && a.length == b.length && order(a) == order(b) && is_same_operator_class(a, b)
        })
}

fn is_same_operator_class(a: &IndexColumn, b: &IndexColumn) -> bool {
    // An empty raw class is none.
    let class = |column: &'_ IndexColumn| column.operator_class.clone().filter(|class| !class.name.is_empty());
    match (class(a), class(b)) {
        (Some(a), Some(b)) => a.name == b.name,
        (Some(only), None) | (None, Some(only)) => only.is_default,
        (None, None) => true,
    }
}

/// What became of a list of things.
#[derive(Default)]
struct Pairing {
    gone: Vec<usize>,
    new: Vec<usize>,
    renamed: Vec<(usize, usize)>,
    kept: Vec<(usize, usize)>,
}

/// Whether two indexes do the same. Predicates count only where the new catalog speaks of them.
fn is_same_index(a: &Index, b: &Index, with_predicates: bool) -> bool {
    let condition = |index: &Index| index.predicate.as_deref().map(expression::key);
    a.kind == b.kind
        && a.algorithm == b.algorithm
        && is_same_columns(&a.columns, &b.columns)
        && (!with_predicates || condition(a) == condition(b))
}

/// Pairs indexes by definition, those of one name first. Of several equal ones none is renamed.
fn compare_indexes(before: &Table, after: &Table, with_predicates: bool) -> Pairing {
    let (old, new) = (&before.indexes, &after.indexes);
    let mut pairing = Pairing::default();
    let mut partner_of_old: Vec<Option<usize>> = vec![None; old.len()];
    let mut partner_of_new: Vec<Option<usize>> = vec![None; new.len()];
    let is_pair = |a: &Index, b: &Index| is_same_index(a, b, with_predicates);
    // A made index stands in for a declared one only under the same name; the server drops it when the other comes.
    let may_take_over = |a: &Index, b: &Index| !a.is_implied || b.is_implied || a.name == b.name;
    for by_name in [true, false] {
        for (i, a) in old.iter().enumerate() {
            if partner_of_old[i].is_some() {
                continue;
            }
            let fits = |b: &Index| is_pair(a, b) && may_take_over(a, b) && (!by_name || a.name == b.name);
            let found = (0..new.len()).find(|j| partner_of_new[*j].is_none() && fits(&new[*j]));
            if let Some(j) = found {
                partner_of_old[i] = Some(j);
                partner_of_new[j] = Some(i);
            }
        }
    }
    for (i, partner) in partner_of_old.iter().enumerate() {
        let a = &old[i];
        match partner {
            Some(j) => {
                let b = &new[*j];
                let twins = old.iter().filter(|other| is_same_index(a, other, false)).count();
                if a.name == b.name || b.is_implied || is_unnamed(a) || twins > 1 {
                    pairing.kept.push((i, *j));
                } else {
                    pairing.renamed.push((i, *j));
                }
            }
            None if is_superseded(a, new) => {}
            None if a.predicate.is_some() && !with_predicates => {}
            None => pairing.gone.push(i),
        }
    }
    for (j, partner) in partner_of_new.iter().enumerate() {
        // The server makes its own indexes when the foreign key comes.
        if partner.is_none() && !new[j].is_implied {
            pairing.new.push(j);
        }
    }
    pairing
}

/// The index behind a UNIQUE constraint of SQLite has no name that could be changed.
fn is_unnamed(index: &Index) -> bool {
    index.name.starts_with("sqlite_autoindex_")
}

/// An index the server made goes by itself as soon as a declared one does its work.
fn is_superseded(index: &Index, new: &[Index]) -> bool {
    let names: Vec<String> = index.columns.iter().map(|column| column.name.clone()).collect();
    index.is_implied
        && new.iter().any(|other| !other.is_implied && crate::mysql::normalize::covers(&other.columns, &names))
}

fn compare_foreign_keys(before: &Table, after: &Table) -> Pairing {
    let (old, new) = (&before.foreign_keys, &after.foreign_keys);
    let mut pairing = Pairing::default();
    let mut taken = vec![false; new.len()];
    let mut matched_old = vec![false; old.len()];
    for by_name in [true, false] {
        for (i, a) in old.iter().enumerate() {
            if matched_old[i] {
                continue;
            }
            let fits = |b: &ForeignKey| is_same_key(a, b) && (!by_name || a.name == b.name);
            let Some(j) = (0..new.len()).find(|j| !taken[*j] && fits(&new[*j])) else {
                continue;
            };
            taken[j] = true;
            matched_old[i] = true;
            // SQLite's keys have no names; those of join tables had others in old releases and stay as they are.
            let is_named = a.name.is_some() && new[j].name.is_some();
            let is_joining = before.is_join_table() && after.is_join_table();
            if is_named && a.name != new[j].name && !is_joining {
                pairing.renamed.push((i, j));
            } else {
                pairing.kept.push((i, j));
            }
        }
    }
    let is_copy =
        |key: &ForeignKey| old.iter().zip(&matched_old).any(|(other, matched)| *matched && is_same_key(key, other));
    pairing.gone = (0..old.len()).filter(|i| !matched_old[*i] && !is_copy(&old[*i])).collect();
    pairing.new = (0..new.len()).filter(|j| !taken[*j]).collect();
    pairing.renamed.sort_unstable();
    pairing
}

fn is_same_key(a: &ForeignKey, b: &ForeignKey) -> bool {
    a.columns == b.columns
        && a.referenced_table == b.referenced_table
        && same_namespace(a.referenced_namespace.as_deref(), b.referenced_namespace.as_deref())
        && a.referenced_columns == b.referenced_columns
        && a.on_delete == b.on_delete
        && a.on_update == b.on_update
}
