//! Tables altered in place.

use super::{D, column, column_type, default, table_name};
use crate::catalog::{Arity, Table};
use crate::diff::{ColumnDiff, Diff};
use crate::plan::{AlterTable, TableChange};
use crate::script::StepText;
use crate::sql::{names, qualified};

/// The clauses of an ALTER TABLE, with what has to stand before and after it.
pub(crate) struct Clauses {
    pub(crate) before: Vec<String>,
    pub(crate) clauses: Vec<String>,
    pub(crate) after: Vec<String>,
}

/// One ALTER TABLE with all clauses.
pub(super) fn table(diff: &Diff<'_>, alter: &AlterTable) -> StepText {
    let table = &diff.from.tables[diff.tables[alter.table].from];
    let Clauses { before, clauses, after } = clauses(diff, alter);
    let mut statements = before;
    if !clauses.is_empty() {
        statements.push(format!("ALTER TABLE {} {}", table_name(table), clauses.join(",\n")));
    }
    statements.extend(after);
    StepText::many(statements)
}

/// What an altered table needs, clause by clause.
pub(crate) fn clauses(diff: &Diff<'_>, alter: &AlterTable) -> Clauses {
    let pair = &diff.tables[alter.table];
    let (old, new) = (&diff.from.tables[pair.from], &diff.to.tables[pair.to]);
    let mut out = Clauses { before: Vec::new(), clauses: Vec::new(), after: Vec::new() };
    let key_name = |table: &Table| table.primary_key.as_ref().and_then(|key| key.name.clone()).unwrap_or_default();
    for change in &alter.changes {
        match change {
            TableChange::DropPrimaryKey => out.clauses.push(format!("DROP CONSTRAINT {}", D.quote(&key_name(old)))),
            // Cannot share a statement with other clauses.
            TableChange::RenamePrimaryKey => out.before.push(format!(
                "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                table_name(old),
                D.quote(&key_name(old)),
                D.quote(&key_name(new))
            )),
            TableChange::DropColumn(place) => {
                out.clauses.push(format!("DROP COLUMN {}", D.quote(&old.columns[*place].name)));
            }
            TableChange::AddColumn(place) => {
                out.clauses.push(format!("ADD COLUMN     {}", column(&new.columns[*place])));
            }
            TableChange::AddUnfilledColumn(place) => {
                let mut unfilled = new.columns[*place].clone();
                if unfilled.arity == Arity::Required {
                    unfilled.arity = Arity::Nullable;
                }
                out.clauses.push(format!("ADD COLUMN     {}", column(&unfilled)));
            }
            TableChange::RequireColumn(place) => {
                out.clauses.push(format!("ALTER COLUMN {} SET NOT NULL", D.quote(&new.columns[*place].name)));
            }
            TableChange::AlterColumn(change) => alter_column(old, new, change, &mut out),
            TableChange::RecreateColumn(change) => {
                out.clauses.push(format!("DROP COLUMN {}", D.quote(&old.columns[change.from].name)));
                out.clauses.push(format!("ADD COLUMN     {}", column(&new.columns[change.to])));
            }
            TableChange::AddPrimaryKey => out.clauses.extend(add_primary_key(new)),
        }
    }
    out
}

fn add_primary_key(table: &Table) -> Option<String> {
    let key = table.primary_key.as_ref()?;
    let columns = names(D, key.columns.iter().map(|column| column.name.as_str()), ", ");
    let name = key.name.as_ref().map(|name| format!("CONSTRAINT {} ", D.quote(name))).unwrap_or_default();
    Some(format!("ADD {name}PRIMARY KEY ({columns})"))
}

/// Nullability, default, type, in this order: the new default is there before the type changes.
fn alter_column(old_table: &Table, new_table: &Table, change: &ColumnDiff, out: &mut Clauses) {
    let (old, new) = (&old_table.columns[change.from], &new_table.columns[change.to]);
    let prefix = format!("ALTER COLUMN {}", D.quote(&old.name));
    if change.arity {
        match (old.arity, new.arity) {
            (_, Arity::Required) => out.clauses.push(format!("{prefix} SET NOT NULL")),
            (Arity::Required | Arity::List, Arity::Nullable) | (Arity::Required, Arity::List) => {
                out.clauses.push(format!("{prefix} DROP NOT NULL"));
            }
            (Arity::Nullable, Arity::Nullable | Arity::List) | (Arity::List, Arity::List) => {}
        }
    }
    let new_default = new.default.as_ref().and_then(|value| default(new, value));
    let begins_counting = change.auto_increment && new.auto_increment;
    if change.default && !begins_counting {
        match &new_default {
            Some(text) => out.clauses.push(format!("{prefix} SET DEFAULT {text}")),
            None => out.clauses.push(format!("{prefix} DROP DEFAULT")),
        }
    }
    if begins_counting {
        // Unquoted, as the reference writes it: the server folds it to lower case.
        let sequence = format!("{}_{}_seq", old_table.name, new.name).to_lowercase();
        let sequence = if is_plain(&sequence) { sequence } else { D.quote(&sequence) };
        let sequence = match &old_table.namespace {
            Some(namespace) => format!("{}.{sequence}", D.quote(namespace)),
            None => sequence,
        };
        out.before.push(format!("CREATE SEQUENCE {sequence}"));
        out.clauses.push(format!("{prefix} SET DEFAULT nextval({})", crate::sql::string(D, &sequence)));
        let column = format!("{}.{}", table_name(old_table), D.quote(&new.name));
        out.after.push(format!("ALTER SEQUENCE {sequence} OWNED BY {column}"));
    } else if change.auto_increment {
        if !change.default {
            out.clauses.push(format!("{prefix} DROP DEFAULT"));
        }
        out.after.push(drop_sequence(old_table, change.from));
    }
    if change.ty {
        out.clauses.push(format!("{prefix} SET DATA TYPE {}", column_type(new)));
    }
}

/// A sequence read from a database goes by its name; of a schema's only the name that SERIAL gives is known.
fn drop_sequence(table: &Table, place: usize) -> String {
    let column = &table.columns[place];
    let namespace = table.namespace.as_deref();
    match &column.sequence {
        Some(name) => format!("DROP SEQUENCE {}", qualified(D, namespace, name)),
        None => {
            let name = format!("{}_{}_seq", table.name, column.name);
            format!("DROP SEQUENCE IF EXISTS {}", qualified(D, namespace, &name))
        }
    }
}

/// True for names that need no quotes.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
