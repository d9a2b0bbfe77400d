//! What a plan may lose and what may stop it, with the queries that tell how many rows are concerned.

use std::collections::BTreeSet;

use nicol_db::Dialect;

use super::choices::{Choices, TableChoice};
use super::{AlterTable, Cast, Step, TableChange};
use crate::catalog::{Arity, Column, ColumnType, Index, IndexColumn, IndexKind, Table};
use crate::diff::{ColumnDiff, Diff, EnumDiff, TableDiff};
use crate::postgres::ddl::enum_usages;
use crate::sql::{qualified, string};

/// How grave a risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskKind {
    /// The step runs, but stored values may be lost or it may stop at some of them.
    Warning,
    /// The step cannot run while there are rows concerned.
    Unexecutable,
}

/// A risk of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// How grave.
    pub kind: RiskKind,
    /// One sentence or more without row counts.
    pub text: String,
    /// Table concerned.
    pub table: String,
    /// Column concerned.
    pub column: Option<String>,
    /// A query of one number: the rows concerned. The risk is void when it gives zero. None where no query can tell.
    pub count_query: Option<String>,
}

/// All risks: warnings first, then steps that cannot run, both in the order of the steps.
pub(super) fn of(diff: &Diff<'_>, dialect: Dialect, steps: &[Step], choices: &Choices) -> Vec<Risk> {
    let mut risks = Finder { diff, dialect, choices, found: Vec::new() };
    for step in steps {
        risks.step(step);
    }
    let mut found = risks.found;
    found.sort_by_key(|risk| match risk.kind {
        RiskKind::Warning => 0,
        RiskKind::Unexecutable => 1,
    });
    found
}

struct Finder<'a> {
    diff: &'a Diff<'a>,
    dialect: Dialect,
    choices: &'a Choices,
    found: Vec<Risk>,
}

impl Finder<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::DropTable(place) => self.drop_table(&self.diff.from.tables[*place]),
            Step::AlterTable(alter) => self.alter_table(alter),
            Step::RedefineTables(places) => places.iter().for_each(|place| self.redefine(*place)),
            Step::AlterPrimaryKey(place) => {
                self.primary_key(&self.diff.from.tables[self.diff.tables[*place].from]);
            }
            Step::AlterEnum(place) => self.alter_enum(&self.diff.changed_enums[*place]),
            Step::CreateIndex(table, index) => self.create_index(*table, *index),
            Step::CreateNamespace(_)
            | Step::Rename(_)
            | Step::Backfill(..)
            | Step::DropExtension(_)
            | Step::CreateExtension(_)
            | Step::AlterExtension(..)
            | Step::AlterSequence { .. }
            | Step::CreateEnum(_)
            | Step::DropForeignKey(..)
            | Step::DropIndex(..)
            | Step::DropEnum(_)
            | Step::CreateTable(_)
            | Step::RenameForeignKey(..)
            | Step::AddForeignKey(..)
            | Step::RenameIndex(..)
            | Step::RedefineIndex(..) => {}
        }
    }

    /// A table as queries before the change call it.
    fn table_name(&self, table: &Table) -> String {
        let name = self.diff.original_table(table.namespace.as_deref(), &table.name);
        qualified(self.dialect, name.namespace.as_deref(), &name.name)
    }

    /// A column as queries before the change call it.
    fn column_name(&self, table: &Table, column: &str) -> String {
        self.dialect.quote(&self.diff.original_column(table.namespace.as_deref(), &table.name, column))
    }

    fn count_rows(&self, table: &Table) -> String {
        format!("SELECT COUNT(*) FROM {}", self.table_name(table))
    }

    fn count_where(&self, table: &Table, column: &Column, condition: &str) -> String {
        format!("{} WHERE {} {condition}", self.count_rows(table), self.column_name(table, &column.name))
    }

    fn push(&mut self, kind: RiskKind, table: &Table, column: Option<&Column>, count: Option<String>, text: String) {
        let column = column.map(|column| column.name.clone());
        self.found.push(Risk { kind, text, table: table.name.clone(), column, count_query: count });
    }

    fn drop_table(&mut self, table: &Table) {
        let text = format!("The table `{}` will be dropped. All rows in it are lost.", table.name);
        self.push(RiskKind::Warning, table, None, Some(self.count_rows(table)), text);
    }

    fn primary_key(&mut self, table: &Table) {
        let text = format!(
            "The primary key of the table `{}` will change. This fails if rows of it are not told apart by the new key.",
            table.name
        );
        self.push(RiskKind::Warning, table, None, Some(self.count_rows(table)), text);
    }

    fn alter_table(&mut self, alter: &AlterTable) {
        let pair = &self.diff.tables[alter.table];
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        for change in &alter.changes {
            match change {
                TableChange::DropPrimaryKey if keeps_rows_apart(old, new) => {}
                TableChange::DropPrimaryKey => self.primary_key(old),
                TableChange::DropColumn(place) => self.drop_column(old, *place),
                TableChange::AddColumn(place) => self.add_column(old, &new.columns[*place]),
                TableChange::AlterColumn(column) => self.alter_column(pair, alter.table, column),
                TableChange::RecreateColumn(column) => {
                    self.recreate_column(old, &old.columns[column.from], &new.columns[column.to]);
                }
                TableChange::RenamePrimaryKey
                | TableChange::AddUnfilledColumn(_)
                | TableChange::RequireColumn(_)
                | TableChange::AddPrimaryKey => {}
            }
        }
    }

    fn redefine(&mut self, place: usize) {
        let pair = &self.diff.tables[place];
        let choice: &TableChoice = &self.choices.tables[place];
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        if (choice.drops_primary_key || choice.moves_primary_key) && !keeps_rows_apart(old, new) {
            self.primary_key(old);
        }
        pair.dropped_columns.iter().for_each(|column| self.drop_column(old, *column));
        for column in pair.added_columns.iter().map(|place| &new.columns[*place]) {
            if self.diff.backfill(new.namespace.as_deref(), &new.name, &column.name).is_none() {
                self.add_column(old, column);
            }
        }
        pair.columns.iter().filter(|column| column.is_changed()).for_each(|column| {
            self.alter_column(pair, place, column);
        });
        for index in pair.created_indexes.iter().map(|index| &new.indexes[*index]) {
            if index.kind == IndexKind::Unique {
                self.unique_index(old, new, index);
            }
        }
    }

    fn drop_column(&mut self, table: &Table, place: usize) {
        let column = &table.columns[place];
        let count = self.count_where(table, column, "IS NOT NULL");
        let text = format!(
            "The column `{}` of the table `{}` will be dropped. All values in it are lost.",
            column.name, table.name
        );
        self.push(RiskKind::Warning, table, Some(column), Some(count), text);
    }

    /// A new column that is required and has no default has nothing to give to rows that are there.
    fn add_column(&mut self, table: &Table, column: &Column) {
        if column.arity != Arity::Required
            || column.default.is_some()
            || column.auto_increment
            || column.identity.is_some()
        {
            return;
        }
        let mut text = format!(
            "The required column `{}` will be added to the table `{}` without a default value. This is not possible if the table is not empty.",
            column.name, table.name
        );
        if column.has_client_default {
            text.push_str(
                " Its default exists in the client only: add the column as optional, fill it for the rows that are there, then make it required.",
            );
        }
        self.push(RiskKind::Unexecutable, table, Some(column), Some(self.count_rows(table)), text);
    }

    fn alter_column(&mut self, pair: &TableDiff, place: usize, change: &ColumnDiff) {
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        let (before, after) = (&old.columns[change.from], &new.columns[change.to]);
        let casts = pair.columns.iter().zip(&self.choices.tables[place].casts);
        let cast = casts.filter(|(column, _)| *column == change).find_map(|(_, cast)| *cast);
        if matches!(cast, Some(Cast::Risky | Cast::Impossible)) {
            let text = format!(
                "The column `{}` of the table `{}` will be cast from `{}` to `{}`. Values that do not fit are lost, or stop the migration.",
                before.name,
                old.name,
                type_name(before),
                type_name(after)
            );
            let count = self.count_where(old, before, "IS NOT NULL");
            self.push(RiskKind::Warning, old, Some(before), Some(count), text);
        }
        let is_told = self.diff.backfill(new.namespace.as_deref(), &new.name, &after.name).is_some();
        let fills_gaps = is_told || (self.dialect == Dialect::Sqlite && after.default.is_some());
        if before.arity == Arity::Nullable && after.arity == Arity::Required && !fills_gaps {
            let text = format!(
                "The column `{}` of the table `{}` will become required, but may hold NULL. This is not possible if it does.",
                before.name, old.name
            );
            let count = self.count_where(old, before, "IS NULL");
            self.push(RiskKind::Unexecutable, old, Some(before), Some(count), text);
        }
    }

    fn recreate_column(&mut self, table: &Table, before: &Column, after: &Column) {
        let (kind, consequence, count) = if after.arity != Arity::Required || after.default.is_some() {
            ("dropped and made anew", "All values in it are lost.", self.count_where(table, before, "IS NOT NULL"))
        } else {
            (
                "dropped and made anew as required, without a default value",
                "This is not possible if the table is not empty.",
                self.count_rows(table),
            )
        };
        let text = format!("The column `{}` of the table `{}` will be {kind}. {consequence}", before.name, table.name);
        let grade = if after.arity != Arity::Required || after.default.is_some() {
            RiskKind::Warning
        } else {
            RiskKind::Unexecutable
        };
        self.push(grade, table, Some(before), Some(count), text);
    }

    fn create_index(&mut self, table: usize, index: usize) {
        let Some(pair) = self.diff.tables.iter().find(|pair| pair.to == table) else {
            return;
        };
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[table]);
        let index = &new.indexes[index];
        // An index made anew after its column was is told of there.
        if index.kind == IndexKind::Unique && pair.created_indexes.iter().any(|place| new.indexes[*place] == *index) {
            self.unique_index(old, new, index);
        }
    }

    fn unique_index(&mut self, old: &Table, new: &Table, index: &Index) {
        if is_unique_already(old, &index.columns) {
            return;
        }
        let columns: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
        let text = format!(
            "A unique index will be added on the columns `[{}]` of the table `{}`. This fails if there are equal values.",
            columns.join(","),
            new.name
        );
        let all_exist = columns.iter().all(|column| old.column(column).is_some());
        let count = all_exist.then(|| {
            let columns: Vec<String> = columns.iter().map(|column| self.column_name(old, column)).collect();
            let list = columns.join(", ");
            let present: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            format!(
                "SELECT COUNT(*) FROM (SELECT 1 AS one FROM {} WHERE {} GROUP BY {list} HAVING COUNT(*) > 1) AS repeated",
                self.table_name(old),
                present.join(" AND ")
            )
        });
        let column = if columns.len() == 1 { old.column(columns[0]) } else { None };
        self.push(RiskKind::Warning, old, column, count, text);
    }

    fn alter_enum(&mut self, change: &EnumDiff) {
        if change.removed.is_empty() {
            return;
        }
        let old = &self.diff.from.enums[change.from];
        let text = format!(
            "The values [{}] of the enum `{}` will be removed. This fails if they are still stored.",
            change.removed.join(","),
            old.name
        );
        let values: Vec<String> = change.removed.iter().map(|value| string(self.dialect, value)).collect();
        let values = values.join(", ");
        let counts: Vec<String> = enum_usages(self.diff.from, old)
            .into_iter()
            .map(|(table, column)| {
                let table = &self.diff.from.tables[table];
                let column = &table.columns[column];
                let name = self.column_name(table, &column.name);
                let condition = match column.arity {
                    Arity::List => format!("{name}::text[] && ARRAY[{values}]"),
                    Arity::Required | Arity::Nullable => format!("{name}::text IN ({values})"),
                };
                format!("({} WHERE {condition})", self.count_rows(table))
            })
            .collect();
        let count = (!counts.is_empty()).then(|| format!("SELECT {}", counts.join(" + ")));
        self.found.push(Risk {
            kind: RiskKind::Warning,
            text,
            table: old.name.clone(),
            column: None,
            count_query: count,
        });
    }
}

/// Whether the new primary key is the old one with its columns in another order.
fn keeps_rows_apart(old: &Table, new: &Table) -> bool {
    let names = |table: &Table| {
        let columns = table.primary_key.as_ref().map(|key| key.columns.iter().map(|column| column.name.clone()));
        columns.map(|columns| columns.collect::<BTreeSet<String>>())
    };
    names(old) == names(new)
}

/// Whether rows are told apart by these columns, or some of them, so far.
fn is_unique_already(old: &Table, columns: &[IndexColumn]) -> bool {
    let is_within = |key: &[IndexColumn]| {
        key.iter().all(|part| part.length.is_none() && columns.iter().any(|column| column.name == part.name))
    };
    old.primary_key.as_ref().is_some_and(|key| is_within(&key.columns))
        || old
            .indexes
            .iter()
            .any(|index| index.kind == IndexKind::Unique && index.predicate.is_none() && is_within(&index.columns))
}

/// A type as messages name it.
fn type_name(column: &Column) -> String {
    let name = match &column.ty {
        ColumnType::Sqlite(ty) => ty.scalar_name().to_owned(),
        ColumnType::Postgres(ty) => ty.native_name(),
        ColumnType::Cockroach(ty) => ty.sql(),
        ColumnType::Mysql(ty) => ty.sql(),
        ColumnType::Enum { name, .. } => name.clone(),
        ColumnType::Unsupported(text) => text.clone(),
    };
    if column.arity == Arity::List { format!("{name}[]") } else { name }
}
