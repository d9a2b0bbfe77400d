//! SQLite's statements for each step.

use nicol_db::Dialect;

use crate::catalog::{
    Arity, Column, ColumnType, Default, ForeignKey, Index, IndexColumn, IndexKind, Literal, SortOrder, Table,
};
use crate::diff::{Diff, TableDiff};
use crate::guards;
use crate::literal::spaced_date_time;
use crate::plan::{AlterTable, Plan, Step, TableChange};
use crate::script::StepText;
use crate::sql::{action, fill, hex, names, string};

mod rename;

const D: Dialect = Dialect::Sqlite;

/// The statements of a step.
pub(crate) fn step(plan: &Plan<'_>, step: &Step) -> StepText {
    let (from, to) = (plan.diff.from, plan.diff.to);
    match step {
        Step::CreateTable(place) => StepText::one(create_table(&to.tables[*place], &to.tables[*place].name)),
        Step::DropTable(place) => StepText::many(vec![
            "PRAGMA foreign_keys=off".to_owned(),
            format!("DROP TABLE {}", D.quote(&from.tables[*place].name)),
            "PRAGMA foreign_keys=on".to_owned(),
        ]),
        Step::AlterTable(alter) => alter_table(plan.diff, alter),
        Step::Rename(place) => rename::step(&plan.diff.renames[*place]),
        Step::Backfill(table, column) => StepText::one(fill(D, plan.diff, *table, *column)),
        Step::RedefineTables(places) => redefine(plan.diff, places),
        Step::DropGuard(table) => StepText::many(guards::drop(D, plan.diff, *table)),
        Step::CreateGuard(table) => StepText::many(guards::create(D, &to.tables[*table])),
        Step::CreateIndex(table, index) => {
            let table = &to.tables[*table];
            StepText::one(create_index(table, &table.indexes[*index]))
        }
        Step::DropIndex(table, index) => StepText::one(drop_index(&from.tables[*table].indexes[*index])),
        Step::RedefineIndex((table, index), (new_table, new_index))
        | Step::RenameIndex((table, index), (new_table, new_index)) => {
            let new_table = &to.tables[*new_table];
            StepText::many(vec![
                drop_index(&from.tables[*table].indexes[*index]),
                create_index(new_table, &new_table.indexes[*new_index]),
            ])
        }
        // SQLite has none of these things, or writes them with their table.
        Step::CreateNamespace(_)
        | Step::DropExtension(_)
        | Step::CreateExtension(_)
        | Step::AlterExtension(..)
        | Step::AlterSequence { .. }
        | Step::CreateEnum(_)
        | Step::AlterEnum(_)
        | Step::DropForeignKey(..)
        | Step::AlterPrimaryKey(_)
        | Step::DropEnum(_)
        | Step::RenameForeignKey(..)
        | Step::DropCheck(..)
        | Step::AddCheck(..)
        | Step::AddForeignKey(..) => StepText::nothing(),
    }
}

/// A table under a name, its own or another, with its foreign keys.
fn create_table(table: &Table, name: &str) -> String {
    let is_key = |column: &Column| table.is_whole_primary_key(&column.name);
    let columns: Vec<String> = table.columns.iter().map(|one| format!("    {}", column(one, is_key(one)))).collect();
    let mut out = format!("CREATE TABLE {} (\n{}", D.quote(name), columns.join(",\n"));
    if let Some(key) = table.primary_key.as_ref().filter(|key| key.columns.len() != 1) {
        let columns = names(D, key.columns.iter().map(|column| column.name.as_str()), ", ");
        out.push_str(&format!(",\n\n    PRIMARY KEY ({columns})"));
    }
    for key in &table.foreign_keys {
        out.push_str(",\n    ");
        out.push_str(&foreign_key(key));
    }
    for check in &table.checks {
        out.push_str(&format!(",\n    CONSTRAINT {} CHECK ({})", D.quote(&check.name), check.expression));
    }
    out.push_str("\n)");
    out
}

fn foreign_key(key: &ForeignKey) -> String {
    let name = key.name.as_ref().map(|name| format!("CONSTRAINT {} ", D.quote(name))).unwrap_or_default();
    format!(
        "{name}FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {} ON UPDATE {}",
        names(D, key.columns.iter().map(String::as_str), ", "),
        D.quote(&key.referenced_table),
        names(D, key.referenced_columns.iter().map(String::as_str), ", "),
        action(key.on_delete),
        action(key.on_update),
    )
}

fn column(column: &Column, is_key: bool) -> String {
    let ty = match &column.ty {
        ColumnType::Sqlite(ty) => ty.sql(),
        ColumnType::Unsupported(text) => text,
        // Not among SQLite's columns.
        ColumnType::Postgres(_) | ColumnType::Cockroach(_) | ColumnType::Mysql(_) | ColumnType::Enum { .. } => "TEXT",
    };
    let mut out = format!("{} {ty}", D.quote(&column.name));
    if column.arity == Arity::Required {
        out.push_str(" NOT NULL");
    }
    if is_key {
        out.push_str(" PRIMARY KEY");
    }
    if is_key && column.auto_increment {
        out.push_str(" AUTOINCREMENT");
    }
    if let Some(default) = column.default.as_ref().and_then(default) {
        out.push_str(" DEFAULT ");
        out.push_str(&default);
    }
    out
}

/// A default as written after DEFAULT; none when only the database knows it.
fn default(default: &Default) -> Option<String> {
    Some(match default {
        Default::Literal(literal) => constant(literal),
        Default::Now => "CURRENT_TIMESTAMP".to_owned(),
        Default::Expression(text) => expression(text),
        Default::Unknown | Default::UniqueRowid => return None,
    })
}

/// The server takes expressions in brackets only; single words and constants stand as they are.
fn expression(text: &str) -> String {
    let trimmed = text.trim();
    let is_bracketed = trimmed.starts_with('(') && trimmed.ends_with(')');
    let is_text = trimmed.len() > 1
        && trimmed.starts_with('\'')
        && trimmed.ends_with('\'')
        && !trimmed[1..trimmed.len() - 1].replace("''", "").contains('\'');
    let is_word = trimmed.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let is_number = trimmed.parse::<f64>().is_ok();
    if is_bracketed || is_text || is_word || is_number { text.to_owned() } else { format!("({text})") }
}

fn constant(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Enum(text) | Literal::Json(text) => string(D, text),
        Literal::Number(text) => text.clone(),
        Literal::Boolean(flag) => flag.to_string(),
        Literal::Bytes(bytes) => format!("'{}'", hex(bytes)),
        Literal::DateTime(text) => format!("'{}'", spaced_date_time(text)),
        // Lists are not among SQLite's columns.
        Literal::List(_) => "NULL".to_owned(),
    }
}

fn drop_index(index: &Index) -> String {
    format!("DROP INDEX {}", D.quote(&index.name))
}

fn create_index(table: &Table, index: &Index) -> String {
    let unique = if index.kind == IndexKind::Unique { "UNIQUE " } else { "" };
    let columns: Vec<String> = index.columns.iter().map(index_column).collect();
    let name = D.quote(&index.name);
    let mut out = format!("CREATE {unique}INDEX {name} ON {}({})", D.quote(&table.name), columns.join(", "));
    if let Some(predicate) = &index.predicate {
        out.push_str(" WHERE ");
        out.push_str(predicate);
    }
    out
}

fn index_column(column: &IndexColumn) -> String {
    let order = match column.sort {
        Some(SortOrder::Asc) => " ASC",
        Some(SortOrder::Desc) => " DESC",
        None => "",
    };
    format!("{}{order}", D.quote(&column.name))
}

/// New columns; whatever else changes rebuilds the table.
fn alter_table(diff: &Diff<'_>, alter: &AlterTable) -> StepText {
    let table = &diff.to.tables[diff.tables[alter.table].to];
    let added = alter.changes.iter().filter_map(|change| match change {
        TableChange::AddColumn(place) | TableChange::AddUnfilledColumn(place) => Some(*place),
        TableChange::DropPrimaryKey
        | TableChange::RenamePrimaryKey
        | TableChange::DropColumn(_)
        | TableChange::AlterColumn(_)
        | TableChange::RequireColumn(_)
        | TableChange::RecreateColumn(_)
        | TableChange::AddPrimaryKey => None,
    });
    let statement = |place: usize| {
        format!("ALTER TABLE {} ADD COLUMN {}", D.quote(&table.name), column(&table.columns[place], false))
    };
    StepText::many(added.map(statement).collect())
}

/// Rebuilt tables, with foreign keys out of force meanwhile: dropping the old table must not delete rows elsewhere.
fn redefine(diff: &Diff<'_>, places: &[usize]) -> StepText {
    let mut statements = vec!["PRAGMA defer_foreign_keys=ON".to_owned(), "PRAGMA foreign_keys=OFF".to_owned()];
    for place in places {
        statements.extend(redefine_table(diff, &diff.tables[*place]));
    }
    statements.push("PRAGMA foreign_keys=ON".to_owned());
    statements.push("PRAGMA defer_foreign_keys=OFF".to_owned());
    StepText::many(statements)
}

fn redefine_table(diff: &Diff<'_>, pair: &TableDiff) -> Vec<String> {
    let (old, mut new) = (&diff.from.tables[pair.from], diff.to.tables[pair.to].clone());
    for column in &pair.columns {
        new.columns[column.to] = new.columns[column.to].with_known_default(&old.columns[column.from]);
    }
    let new = &new;
    let temporary = format!("new_{}", new.name);
    let mut out = vec![create_table(new, &temporary)];
    let told = |column: &Column| diff.backfill(None, &new.name, &column.name);
    let kept = pair.columns.iter().map(|column| {
        let (old, new) = (&old.columns[column.from], &new.columns[column.to]);
        (&new.name, taken_over(old, new, told(new)))
    });
    let added = pair.added_columns.iter().filter_map(|place| {
        let column = &new.columns[*place];
        Some((&column.name, format!("({}) AS {}", told(column)?, D.quote(&column.name))))
    });
    let mut shared: Vec<(&String, String)> = kept.chain(added).collect();
    shared.sort();
    if !shared.is_empty() {
        let columns = names(D, shared.iter().map(|(name, _)| name.as_str()), ", ");
        let values: Vec<&str> = shared.iter().map(|(_, value)| value.as_str()).collect();
        out.push(format!(
            "INSERT INTO {} ({columns}) SELECT {} FROM {}",
            D.quote(&temporary),
            values.join(", "),
            D.quote(&old.name)
        ));
    }
    out.push(format!("DROP TABLE {}", D.quote(&old.name)));
    out.push(format!("ALTER TABLE {} RENAME TO {}", D.quote(&temporary), D.quote(&new.name)));
    out.extend(new.indexes.iter().map(|index| create_index(new, index)));
    out
}

/// A column's values; what was told, or else a default, fills the gaps where it becomes required.
fn taken_over(old: &Column, new: &Column, told: Option<&str>) -> String {
    let name = D.quote(&new.name);
    let becomes_required = old.arity != Arity::Required && new.arity == Arity::Required;
    let value = told.map(|told| format!("({told})")).or_else(|| new.default.as_ref().and_then(default));
    match value {
        Some(value) if becomes_required => format!("coalesce({name}, {value}) AS {name}"),
        Some(_) | None => name,
    }
}
