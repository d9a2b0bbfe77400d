//! Statements of MySQL and MariaDB for each step.

use nicol_db::Dialect;

use crate::catalog::{
    Arity, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Literal, SortOrder, Table,
};
use crate::diff::{ColumnDiff, Diff};
use crate::guards;
use crate::literal::utc_date_time;
use crate::plan::{AlterTable, Plan, Step, TableChange};
use crate::script::StepText;
use crate::sql::{action, fill, names, string};

mod rename;

const D: Dialect = Dialect::Mysql;

/// The statements of a step.
pub(crate) fn step(plan: &Plan<'_>, step: &Step) -> StepText {
    let (from, to) = (plan.diff.from, plan.diff.to);
    StepText::one(match step {
        Step::CreateTable(place) => create_table(&to.tables[*place]),
        Step::DropTable(place) => format!("DROP TABLE {}", D.quote(&from.tables[*place].name)),
        Step::AlterTable(alter) => return alter_table(plan.diff, alter),
        Step::DropGuard(table) => return StepText::many(guards::drop(plan.dialect, plan.diff, *table)),
        Step::CreateGuard(table) => return StepText::many(guards::create(plan.dialect, &to.tables[*table])),
        Step::DropCheck(table, check) => guards::drop_check(plan.dialect, plan.diff, *table, *check),
        Step::AddCheck(table, check) => guards::add_check(plan.dialect, &to.tables[*table], *check),
        Step::Rename(place) => return rename::step(&plan.diff.renames[*place]),
        Step::Backfill(table, column) => fill(D, plan.diff, *table, *column),
        Step::CreateIndex(table, index) => create_index(&to.tables[*table], &to.tables[*table].indexes[*index]),
        Step::DropIndex(table, index) => drop_index(&from.tables[*table], &from.tables[*table].indexes[*index]),
        Step::RenameIndex((table, index), (new_table, new_index)) => {
            let table = &from.tables[*table];
            let new = &to.tables[*new_table].indexes[*new_index].name;
            let old = D.quote(&table.indexes[*index].name);
            format!("ALTER TABLE {} RENAME INDEX {old} TO {}", D.quote(&table.name), D.quote(new))
        }
        // A foreign key may lean on the old index, so the new one comes first.
        Step::RedefineIndex((table, index), (new_table, new_index)) => {
            let (table, new_table) = (&from.tables[*table], &to.tables[*new_table]);
            return StepText::many(vec![
                create_index(new_table, &new_table.indexes[*new_index]),
                drop_index(table, &table.indexes[*index]),
            ]);
        }
        Step::AddForeignKey(table, key) => {
            let table = &to.tables[*table];
            format!("ALTER TABLE {} ADD {}", D.quote(&table.name), foreign_key(&table.foreign_keys[*key]))
        }
        Step::DropForeignKey(table, key) => {
            let table = &from.tables[*table];
            let name = table.foreign_keys[*key].name.as_deref().unwrap_or_default();
            format!("ALTER TABLE {} DROP FOREIGN KEY {}", D.quote(&table.name), D.quote(name))
        }
        // MySQL has none of these things, or does them otherwise.
        Step::CreateNamespace(_)
        | Step::DropExtension(_)
        | Step::CreateExtension(_)
        | Step::AlterExtension(..)
        | Step::AlterSequence { .. }
        | Step::CreateEnum(_)
        | Step::AlterEnum(_)
        | Step::AlterPrimaryKey(_)
        | Step::DropEnum(_)
        | Step::RedefineTables(_)
        | Step::RenameForeignKey(..) => return StepText::nothing(),
    })
}

fn create_table(table: &Table) -> String {
    let columns: Vec<String> = table.columns.iter().map(|one| format!("    {}", column(one))).collect();
    let mut parts: Vec<String> = table.indexes.iter().filter(|index| !index.is_implied).map(index_clause).collect();
    if let Some(key) = &table.primary_key {
        parts.push(format!("    PRIMARY KEY ({})", index_columns(&key.columns)));
    }
    let mut out = format!("CREATE TABLE {} (\n{}", D.quote(&table.name), columns.join(",\n"));
    if !parts.is_empty() {
        out.push_str(",\n\n");
        out.push_str(&parts.join(",\n"));
    }
    out.push_str("\n) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
    out
}

fn kind(kind: IndexKind) -> &'static str {
    match kind {
        IndexKind::Unique => "UNIQUE ",
        IndexKind::Fulltext => "FULLTEXT ",
        IndexKind::Normal => "",
    }
}

fn index_clause(index: &Index) -> String {
    format!("    {}INDEX {}({})", kind(index.kind), D.quote(&index.name), index_columns(&index.columns))
}

fn index_columns(columns: &[IndexColumn]) -> String {
    let one = |column: &IndexColumn| {
        let mut out = D.quote(&column.name);
        if let Some(length) = column.length {
            out.push_str(&format!("({length})"));
        }
        match column.sort {
            Some(SortOrder::Asc) => out.push_str(" ASC"),
            Some(SortOrder::Desc) => out.push_str(" DESC"),
            None => {}
        }
        out
    };
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn create_index(table: &Table, index: &Index) -> String {
    let (name, table) = (D.quote(&index.name), D.quote(&table.name));
    format!("CREATE {}INDEX {name} ON {table}({})", kind(index.kind), index_columns(&index.columns))
}

fn drop_index(table: &Table, index: &Index) -> String {
    format!("DROP INDEX {} ON {}", D.quote(&index.name), D.quote(&table.name))
}

fn foreign_key(key: &ForeignKey) -> String {
    let name = key.name.as_ref().map(|name| format!("CONSTRAINT {} ", D.quote(name))).unwrap_or_default();
    format!(
        "{name}FOREIGN KEY ({}) REFERENCES {}({}) ON DELETE {} ON UPDATE {}",
        names(D, key.columns.iter().map(String::as_str), ", "),
        D.quote(&key.referenced_table),
        names(D, key.referenced_columns.iter().map(String::as_str), ", "),
        action(key.on_delete),
        action(key.on_update),
    )
}

/// A column's whole definition; that it may be NULL is always said.
fn column(column: &Column) -> String {
    let ty = match &column.ty {
        ColumnType::Mysql(ty) => ty.sql(),
        ColumnType::Unsupported(text) => text.clone(),
        // Not among MySQL's columns.
        ColumnType::Sqlite(_) | ColumnType::Postgres(_) | ColumnType::Cockroach(_) | ColumnType::Enum { .. } => {
            String::new()
        }
    };
    let mut out = format!("{} {ty}", D.quote(&column.name));
    out.push_str(if column.arity == Arity::Required { " NOT NULL" } else { " NULL" });
    if column.auto_increment {
        out.push_str(" AUTO_INCREMENT");
    }
    if let Some(default) = column.default.as_ref().and_then(|value| default(column, value)) {
        out.push_str(" DEFAULT ");
        out.push_str(&default);
    }
    out
}

fn default(column: &Column, default: &Default) -> Option<String> {
    Some(match default {
        Default::Literal(literal) => constant(literal)?,
        Default::Now => match &column.ty {
            ColumnType::Mysql(ty) => match ty.time_precision() {
                Some(precision) => format!("CURRENT_TIMESTAMP({precision})"),
                None => "CURRENT_TIMESTAMP".to_owned(),
            },
            _ => "CURRENT_TIMESTAMP".to_owned(),
        },
        Default::Expression(text) => text.clone(),
        Default::Unknown | Default::UniqueRowid => return None,
    })
}

/// None for constants the server gives no column.
fn constant(literal: &Literal) -> Option<String> {
    Some(match literal {
        Literal::Text(text) | Literal::Enum(text) => string(D, text),
        Literal::Number(text) => text.clone(),
        Literal::Boolean(flag) => flag.to_string(),
        Literal::DateTime(text) => string(D, &utc_date_time(text)),
        Literal::Json(_) | Literal::Bytes(_) | Literal::List(_) => return None,
    })
}

fn alter_table(diff: &Diff<'_>, alter: &AlterTable) -> StepText {
    let pair = &diff.tables[alter.table];
    let (old, new) = (&diff.from.tables[pair.from], &diff.to.tables[pair.to]);
    let mut clauses = Vec::new();
    for change in &alter.changes {
        match change {
            TableChange::DropPrimaryKey => clauses.push("DROP PRIMARY KEY".to_owned()),
            TableChange::DropColumn(place) => {
                clauses.push(format!("DROP COLUMN {}", D.quote(&old.columns[*place].name)));
            }
            TableChange::AddColumn(place) => clauses.push(format!("ADD COLUMN {}", column(&new.columns[*place]))),
            TableChange::AddUnfilledColumn(place) => {
                let unfilled = Column { arity: Arity::Nullable, ..new.columns[*place].clone() };
                clauses.push(format!("ADD COLUMN {}", column(&unfilled)));
            }
            TableChange::RequireColumn(place) => clauses.push(format!("MODIFY {}", column(&new.columns[*place]))),
            TableChange::AlterColumn(change) => clauses.push(alter_column(old, new, change)),
            TableChange::RecreateColumn(change) => {
                clauses.push(format!("DROP COLUMN {}", D.quote(&old.columns[change.from].name)));
                clauses.push(format!("ADD COLUMN {}", column(&new.columns[change.to])));
            }
            TableChange::AddPrimaryKey => {
                let key = new.primary_key.as_ref();
                clauses.extend(key.map(|key| format!("ADD PRIMARY KEY ({})", index_columns(&key.columns))));
            }
            // Keys have no names here.
            TableChange::RenamePrimaryKey => {}
        }
    }
    if clauses.is_empty() {
        return StepText::nothing();
    }
    StepText::one(format!("ALTER TABLE {} {}", D.quote(&old.name), clauses.join(",\n    ")))
}

/// MODIFY wants the complete definition; only a default that goes has a clause of its own.
fn alter_column(old: &Table, new: &Table, change: &ColumnDiff) -> String {
    let new = new.columns[change.to].with_known_default(&old.columns[change.from]);
    let only_default = change.default && !change.ty && !change.arity && !change.auto_increment;
    if only_default && new.default.is_none() {
        return format!("ALTER COLUMN {} DROP DEFAULT", D.quote(&new.name));
    }
    format!("MODIFY {}", column(&new))
}
