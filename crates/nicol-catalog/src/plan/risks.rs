//! What a plan may lose and what may stop it, with the queries that tell how many rows are concerned.

use nicol_db::Dialect;

use super::choices::{Choices, TableChoice};
use super::{AlterTable, Cast, Step, TableChange};
use crate::catalog::{
    Arity, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, PostgresType, Table, same_namespace,
};
use crate::diff::{ColumnDiff, Diff, EnumDiff, TableDiff};
use crate::expression;
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
    /// True when it is worth a word only where rows are counted: most changes of its kind concern none.
    pub needs_count: bool,
    /// True when rows that are counted stop the change for certain, so that it is not worth beginning.
    pub stops_at_rows: bool,
}

impl Risk {
    /// How grave it is when so many rows are concerned, none where they could not be counted. A risk that concerns nothing
    /// is none.
    pub fn kind_at(&self, rows: Option<u64>) -> Option<RiskKind> {
        match rows {
            Some(0) => None,
            None if self.needs_count => None,
            Some(_) if self.stops_at_rows => Some(RiskKind::Unexecutable),
            Some(_) | None => Some(self.kind),
        }
    }
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

/// Whether rows may have equal values.
enum Repeats {
    Never,
    /// As many as a query says.
    Counted(String),
    /// No query can tell.
    Unknown,
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
                let pair = &self.diff.tables[*place];
                self.primary_key(&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
            }
            Step::AlterEnum(place) => self.alter_enum(&self.diff.changed_enums[*place]),
            Step::CreateIndex(table, index) => self.create_index(*table, *index),
            Step::CreateNamespace(_)
            | Step::Rename(_)
            | Step::DropGuard(_)
            | Step::DropCheck(..)
            | Step::CreateGuard(_)
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
            | Step::RenameIndex(..)
            | Step::RedefineIndex(..) => {}
            Step::AddForeignKey(table, key) => self.add_foreign_key(*table, *key),
            Step::AddCheck(table, check) => {
                if let Some(pair) = self.diff.tables.iter().find(|pair| pair.to == *table) {
                    self.check(pair, *check);
                }
            }
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

    /// A column of which values are compared. PostgreSQL knows no equality of `json` and `xml`, but of the text they are cast by.
    fn comparable(&self, table: &Table, column: &str) -> String {
        let name = self.column_name(table, column);
        match table.column(column).map(|column| &column.ty) {
            Some(ColumnType::Postgres(PostgresType::Json | PostgresType::Xml)) => format!("{name}::text"),
            _ => name,
        }
    }

    fn count_rows(&self, table: &Table) -> String {
        format!("SELECT COUNT(*) FROM {}", self.table_name(table))
    }

    fn count_where(&self, table: &Table, column: &Column, condition: &str) -> String {
        format!("{} WHERE {} {condition}", self.count_rows(table), self.column_name(table, &column.name))
    }

    fn push(&mut self, kind: RiskKind, table: &Table, column: Option<&Column>, count: Option<String>, text: String) {
        let column = column.map(|column| column.name.clone());
        let table = table.name.clone();
        let stops_at_rows = kind == RiskKind::Unexecutable;
        self.found.push(Risk { kind, text, table, column, count_query: count, needs_count: false, stops_at_rows });
    }

    fn drop_table(&mut self, table: &Table) {
        let text = format!("The table `{}` will be dropped. All rows in it are lost.", table.name);
        self.push(RiskKind::Warning, table, None, Some(self.count_rows(table)), text);
    }

    /// Another primary key: rows must be told apart by it, and have values in it.
    fn primary_key(&mut self, old: &Table, new: &Table) {
        let Some(key) = &new.primary_key else { return };
        let columns: Vec<&str> = key.columns.iter().map(|part| part.name.as_str()).collect();
        let kept = columns.iter().filter(|name| !self.is_fresh(old, name));
        let present: Vec<&Column> = kept.filter_map(|name| old.column(name)).collect();
        let may_be_null: Vec<&Column> =
            present.iter().copied().filter(|column| column.arity != Arity::Required).collect();
        if may_be_null.is_empty() && is_unique_already(old, &key.columns) {
            return;
        }
        let repeats = self.repeats(old, new, &columns);
        let gaps: Vec<String> =
            may_be_null.iter().map(|column| format!("{} IS NULL", self.column_name(old, &column.name))).collect();
        let gaps = (!gaps.is_empty()).then(|| format!("({} WHERE {})", self.count_rows(old), gaps.join(" OR ")));
        let count_query = match (repeats, gaps) {
            (Repeats::Counted(count), Some(gaps)) => Some(format!("SELECT {gaps} + ({count})")),
            (Repeats::Counted(count), None) => Some(count),
            (Repeats::Never, Some(gaps)) => Some(format!("SELECT {gaps}")),
            (Repeats::Never, None) => return,
            (Repeats::Unknown, _) => None,
        };
        let text = format!(
            "The primary key of the table `{}` will change. This fails if rows of it are not told apart by the new key.",
            old.name
        );
        let (kind, table) = (RiskKind::Warning, old.name.clone());
        self.found.push(Risk { kind, text, table, column: None, count_query, needs_count: false, stops_at_rows: true });
    }

    /// Whether rows may have equal values in columns of the new table.
    fn repeats(&self, old: &Table, new: &Table, columns: &[&str]) -> Repeats {
        let is_told = |column: &Column| self.diff.backfill(new.namespace.as_deref(), &new.name, &column.name).is_some();
        let added: Vec<&Column> =
            columns.iter().filter(|name| self.is_fresh(old, name)).filter_map(|name| new.column(name)).collect();
        // Numbers counted up, gaps, and columns that cannot be added at all while there are rows.
        let is_apart = |column: &&Column| {
            column.auto_increment || column.identity.is_some() || (column.default.is_none() && !is_told(column))
        };
        if added.iter().any(is_apart) {
            return Repeats::Never;
        }
        let is_constant = |column: &Column| matches!(column.default, Some(Default::Literal(_) | Default::Now));
        if added.iter().any(|column| is_told(column) || !is_constant(column)) {
            return Repeats::Unknown;
        }
        let kept = columns.iter().filter(|name| !self.is_fresh(old, name));
        let names: Vec<String> = kept.map(|column| self.comparable(old, column)).collect();
        Repeats::Counted(if names.is_empty() {
            format!("SELECT CASE WHEN COUNT(*) > 1 THEN COUNT(*) ELSE 0 END FROM {}", self.table_name(old))
        } else {
            self.count_repeated(old, &names)
        })
    }

    /// Whether a column holds no value of before: it is new, or made anew.
    fn is_fresh(&self, old: &Table, name: &str) -> bool {
        let place = self.diff.tables.iter().position(|pair| std::ptr::eq(&self.diff.from.tables[pair.from], old));
        old.column(name).is_none()
            || place.is_some_and(|place| {
                !self.choices.tables[place].is_rebuilt && self.choices.is_recreated(self.diff, place, name)
            })
    }

    fn is_on_fresh_column(&self, old: &Table, index: &Index) -> bool {
        index.columns.iter().any(|column| self.is_fresh(old, &column.name))
    }

    /// How many combinations of values stand in several rows.
    fn count_repeated(&self, table: &Table, names: &[String]) -> String {
        let present: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        format!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM {} WHERE {} GROUP BY {} HAVING COUNT(*) > 1) AS repeated",
            self.table_name(table),
            present.join(" AND "),
            names.join(", ")
        )
    }

    fn alter_table(&mut self, alter: &AlterTable) {
        let pair = &self.diff.tables[alter.table];
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        for change in &alter.changes {
            match change {
                TableChange::AddPrimaryKey => self.primary_key(old, new),
                TableChange::DropColumn(place) => self.drop_column(old, *place),
                TableChange::AddColumn(place) => self.add_column(old, &new.columns[*place]),
                TableChange::AlterColumn(column) => self.alter_column(pair, alter.table, column),
                TableChange::RecreateColumn(column) => {
                    self.recreate_column(old, &old.columns[column.from], &new.columns[column.to]);
                }
                TableChange::RenamePrimaryKey
                | TableChange::AddUnfilledColumn(_)
                | TableChange::RequireColumn(_)
                | TableChange::DropPrimaryKey => {}
            }
        }
    }

    fn redefine(&mut self, place: usize) {
        let pair = &self.diff.tables[place];
        let choice: &TableChoice = &self.choices.tables[place];
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        if pair.columns.is_empty() {
            let text = format!(
                "The table `{}` will be made anew, as none of its columns stays. All rows in it are lost.",
                old.name
            );
            self.push(RiskKind::Warning, old, None, Some(self.count_rows(old)), text);
            return;
        }
        if choice.adds_primary_key || choice.moves_primary_key {
            self.primary_key(old, new);
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
        for key in &pair.created_foreign_keys {
            self.foreign_key(pair, *key);
        }
        for check in &pair.created_checks {
            self.check(pair, *check);
        }
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
        if self.dialect.is_mysql_family() {
            text.push_str(" The server would put empty values into the rows without a word.");
        }
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
        // Lists never are NOT NULL in what nicol makes, and hold NULL all the same where somebody wrote it.
        if before.arity == Arity::List && after.arity == Arity::Required {
            let text = format!(
                "The column `{}` of the table `{}` will become required, but holds NULL. This is not possible.",
                before.name, old.name
            );
            let count = self.count_where(old, before, "IS NULL");
            self.push(RiskKind::Unexecutable, old, Some(before), Some(count), text);
            if let Some(risk) = self.found.last_mut() {
                risk.needs_count = true;
            }
        }
        let fills_gaps = is_told || (self.dialect == Dialect::Sqlite && after.default.is_some());
        if before.arity == Arity::Nullable && after.arity == Arity::Required && fills_gaps && is_apart(new, &after.name)
        {
            let text = format!(
                "The column `{}` of the table `{}` will become required, and rows without a value get one. This fails if it makes \
                 them equal where they have to differ.",
                before.name, old.name
            );
            let count = self.count_where(old, before, "IS NULL");
            self.push(RiskKind::Warning, old, Some(before), Some(count), text);
            if let Some(risk) = self.found.last_mut() {
                risk.needs_count = true;
            }
        }
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
        let has_value = after.arity != Arity::Required
            || after.default.is_some()
            || after.auto_increment
            || after.identity.is_some();
        let (kind, consequence, count) = if has_value {
            ("dropped and made anew", "All values in it are lost.", self.count_where(table, before, "IS NOT NULL"))
        } else {
            (
                "dropped and made anew as required, without a default value",
                "This is not possible if the table is not empty.",
                self.count_rows(table),
            )
        };
        let text = format!("The column `{}` of the table `{}` will be {kind}. {consequence}", before.name, table.name);
        let grade = if has_value { RiskKind::Warning } else { RiskKind::Unexecutable };
        self.push(grade, table, Some(before), Some(count), text);
    }

    fn create_index(&mut self, table: usize, index: usize) {
        let Some(pair) = self.diff.tables.iter().find(|pair| pair.to == table) else {
            return;
        };
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[table]);
        let index = &new.indexes[index];
        let is_new = pair.created_indexes.iter().any(|place| new.indexes[*place] == *index);
        if index.kind == IndexKind::Unique && (is_new || self.is_on_fresh_column(old, index)) {
            self.unique_index(old, new, index);
        }
    }

    /// A new check is refused while rows break it. Columns that are new cannot be asked about.
    fn check(&mut self, pair: &TableDiff, check: usize) {
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        let expression = new.checks[check].expression.as_str();
        let text = format!(
            "The check `{expression}` will be added to the table `{}`. This is not possible while rows break it.",
            old.name
        );
        let (kind, table) = (RiskKind::Unexecutable, old.name.clone());
        let count_query = self
            .before(old, new, expression)
            .map(|expression| format!("{} WHERE NOT ({expression})", self.count_rows(old)));
        self.found.push(Risk { kind, text, table, column: None, count_query, needs_count: true, stops_at_rows: true });
    }

    /// An expression of the new table as the columns are called before the change; none when it speaks of one that holds no
    /// value of before.
    fn before(&self, old: &Table, new: &Table, expression: &str) -> Option<String> {
        let mut text = expression.to_owned();
        for column in &new.columns {
            let name = &column.name;
            let original = self.diff.original_column(old.namespace.as_deref(), &old.name, name);
            let speaks_of_it = || expression::with_name(expression, name, &format!("{name}_")) != expression;
            if self.is_fresh(old, name) && speaks_of_it() {
                return None;
            }
            if original != *name {
                text = expression::with_name(&text, name, &original);
            }
        }
        Some(text)
    }

    fn add_foreign_key(&mut self, table: usize, key: usize) {
        let diff = self.diff;
        let pair = diff.tables.iter().find(|pair| pair.to == table);
        // One that was there before and comes back has been kept all the while.
        if let Some(pair) = pair.filter(|pair| pair.created_foreign_keys.contains(&key)) {
            self.foreign_key(pair, key);
        }
    }

    /// A new foreign key is refused while rows point at nothing.
    fn foreign_key(&mut self, pair: &TableDiff, key: usize) {
        let (old, new) = (&self.diff.from.tables[pair.from], &self.diff.to.tables[pair.to]);
        let key = &new.foreign_keys[key];
        let leads_there = |other: &ForeignKey| {
            other.columns == key.columns
                && other.referenced_table == key.referenced_table
                && same_namespace(other.referenced_namespace.as_deref(), key.referenced_namespace.as_deref())
                && other.referenced_columns == key.referenced_columns
        };
        // Another action or name: no row points at nothing so far.
        if old.foreign_keys.iter().any(leads_there) {
            return;
        }
        let Some(count) = self.count_orphans(old, key) else { return };
        let text = format!(
            "A foreign key on the columns `[{}]` of the table `{}` will be added. This is not possible while rows point at \
             rows of `{}` that are not there.",
            key.columns.join(","),
            old.name,
            key.referenced_table
        );
        let column = if let [only] = key.columns.as_slice() { Some(only.clone()) } else { None };
        self.found.push(Risk {
            kind: RiskKind::Unexecutable,
            text,
            table: old.name.clone(),
            column,
            count_query: Some(count),
            needs_count: true,
            stops_at_rows: true,
        });
    }

    /// The rows whose foreign key would point at nothing; none where a column is new or compares with another type.
    fn count_orphans(&self, old: &Table, key: &ForeignKey) -> Option<String> {
        let columns: Vec<&Column> = key.columns.iter().map(|name| old.column(name)).collect::<Option<_>>()?;
        let own: Vec<String> = columns.iter().map(|column| self.column_name(old, &column.name)).collect();
        let present: Vec<String> = own.iter().map(|name| format!("c.{name} IS NOT NULL")).collect();
        let rows = format!("SELECT COUNT(*) FROM {} AS c WHERE {}", self.table_name(old), present.join(" AND "));
        let target = self.diff.from.table(key.referenced_namespace.as_deref(), &key.referenced_table);
        // A new table has no rows to point at.
        let Some(target) = target else { return Some(rows) };
        let theirs: Vec<&Column> =
            key.referenced_columns.iter().map(|name| target.column(name)).collect::<Option<_>>()?;
        if columns.iter().zip(&theirs).any(|(own, other)| !own.ty.is_same(&other.ty)) {
            return None;
        }
        let pairs = own.iter().zip(&theirs);
        let equal: Vec<String> =
            pairs.map(|(own, other)| format!("p.{} = c.{own}", self.column_name(target, &other.name))).collect();
        let target = self.table_name(target);
        Some(format!("{rows} AND NOT EXISTS (SELECT 1 FROM {target} AS p WHERE {})", equal.join(" AND ")))
    }

    fn unique_index(&mut self, old: &Table, new: &Table, index: &Index) {
        if is_unique_already(old, &index.columns) && !self.is_on_fresh_column(old, index) {
            return;
        }
        let columns: Vec<&str> = index.columns.iter().map(|column| column.name.as_str()).collect();
        let is_partial = index.predicate.is_some() || index.columns.iter().any(|column| column.length.is_some());
        let count = match self.repeats(old, new, &columns) {
            Repeats::Never => return,
            // Equal rows that are not in the index, or differ behind its prefix, are no hindrance.
            Repeats::Counted(_) if is_partial => None,
            Repeats::Counted(count) => Some(count),
            Repeats::Unknown => None,
        };
        let text = format!(
            "A unique index will be added on the columns `[{}]` of the table `{}`. This fails if there are equal values.",
            columns.join(","),
            new.name
        );
        let column =
            if let [only] = columns.as_slice() { old.column(only).map(|column| column.name.clone()) } else { None };
        let (kind, table) = (RiskKind::Warning, old.name.clone());
        let found = Risk { kind, text, table, column, count_query: count, needs_count: false, stops_at_rows: true };
        self.found.push(found);
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
            needs_count: false,
            stops_at_rows: true,
        });
    }
}

/// Whether rows have to differ in a column, perhaps together with others.
fn is_apart(table: &Table, column: &str) -> bool {
    let has = |columns: &[IndexColumn]| columns.iter().any(|part| part.name == column);
    table.primary_key.as_ref().is_some_and(|key| has(&key.columns))
        || table.indexes.iter().any(|index| index.kind == IndexKind::Unique && has(&index.columns))
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
