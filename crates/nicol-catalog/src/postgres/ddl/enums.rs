//! Enum types with other values than before.

use super::{D, create_enum, default, table_name};
use crate::catalog::{Arity, Catalog, Column, ColumnType, Enum, Table, same_namespace};
use crate::diff::{Diff, EnumDiff};
use crate::script::StepText;
use crate::sql::{qualified, string};

const SEVERAL_VALUES: &str = "\
-- Several values are added to one enum type.
-- PostgreSQL 11 and older refuse ALTER TYPE ... ADD VALUE inside a
-- transaction that does more than that: there, spread the values
-- over several migrations, one value in each.
-- PostgreSQL 12 and newer take the script as it is.


";

/// A column of an enum type: place of its table in [`Catalog::tables`], place in the table.
pub(crate) fn enum_usages(catalog: &Catalog, wanted: &Enum) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (table, one) in catalog.tables.iter().enumerate() {
        found.extend((0..one.columns.len()).filter(|place| uses(&one.columns[*place], wanted)).map(|c| (table, c)));
    }
    found
}

fn uses(column: &Column, wanted: &Enum) -> bool {
    match &column.ty {
        ColumnType::Enum { namespace, name } => {
            *name == wanted.name && same_namespace(namespace.as_deref(), wanted.namespace.as_deref())
        }
        ColumnType::Postgres(_)
        | ColumnType::Cockroach(_)
        | ColumnType::Mysql(_)
        | ColumnType::Sqlite(_)
        | ColumnType::Unsupported(_) => false,
    }
}

/// New values are added in place; when any goes, the type is made anew and every column moved over.
pub(super) fn alter(diff: &Diff<'_>, change: &EnumDiff) -> StepText {
    let old = &diff.from.enums[change.from];
    if !change.removed.is_empty() {
        return StepText::many(replace(diff, old, &diff.to.enums[change.to]));
    }
    let name = qualified(D, old.namespace.as_deref(), &old.name);
    let add = |value: &String| format!("ALTER TYPE {name} ADD VALUE {}", string(D, value));
    StepText {
        lead: if change.added.len() > 1 { SEVERAL_VALUES } else { "" },
        statements: change.added.iter().map(add).collect(),
    }
}

fn replace(diff: &Diff<'_>, old: &Enum, new: &Enum) -> Vec<String> {
    let namespace = old.namespace.as_deref();
    let temporary = format!("{}_new", new.name);
    let retired = format!("{}_old", old.name);
    let in_namespace = |name: &str| qualified(D, namespace, name);
    let usages = enum_usages(diff.from, old);
    let with_default: Vec<&(usize, usize)> =
        usages.iter().filter(|(table, column)| diff.from.tables[*table].columns[*column].default.is_some()).collect();

    let mut out = vec!["BEGIN".to_owned(), create_enum(new, &temporary)];
    let alter = |table: &Table, column: &Column, rest: String| {
        format!("ALTER TABLE {} ALTER COLUMN {} {rest}", table_name(table), D.quote(&column.name))
    };
    for (table, column) in &with_default {
        let table = &diff.from.tables[*table];
        out.push(alter(table, &table.columns[*column], "DROP DEFAULT".to_owned()));
    }
    for (table, column) in &usages {
        let table = &diff.from.tables[*table];
        let column = &table.columns[*column];
        let list = if column.arity == Arity::List { "[]" } else { "" };
        let ty = format!("{}{list}", in_namespace(&temporary));
        let rest = format!("TYPE {ty} USING ({}::text::{ty})", D.quote(&column.name));
        out.push(alter(table, column, rest));
    }
    out.push(format!("ALTER TYPE {} RENAME TO {}", in_namespace(&old.name), D.quote(&retired)));
    out.push(format!("ALTER TYPE {} RENAME TO {}", in_namespace(&temporary), D.quote(&new.name)));
    out.push(format!("DROP TYPE {}", in_namespace(&retired)));
    for (table, column) in &with_default {
        out.extend(
            restored_default(diff, *table, *column, new)
                .map(|(table, column, text)| alter(table, column, format!("SET DEFAULT {text}"))),
        );
    }
    out.push("COMMIT".to_owned());
    out
}

/// The default a column has in the new catalog, where it still is of the enum type.
fn restored_default<'a>(
    diff: &'a Diff<'a>,
    table: usize,
    column: usize,
    new: &Enum,
) -> Option<(&'a Table, &'a Column, String)> {
    let pair = diff.tables.iter().find(|pair| pair.from == table)?;
    let old_table = &diff.from.tables[table];
    let old_column = &old_table.columns[column];
    let new_column = diff.to.tables[pair.to].column(&old_column.name)?;
    if !uses(new_column, new) {
        return None;
    }
    let text = default(new_column, new_column.default.as_ref()?)?;
    Some((old_table, old_column, text))
}
