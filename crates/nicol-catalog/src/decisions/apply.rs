//! A rename carried out on a catalog, as the server would.

use nicol_db::Dialect;

use super::{ObjectName, Rename, RenameStep, Resolved};
use crate::catalog::{Catalog, Column, ColumnType, Default, Literal, MysqlType, Table};
use crate::expression;

/// Carries it out and gives the step that does the same on the server.
pub(super) fn apply(catalog: &mut Catalog, said: &Resolved) -> RenameStep {
    match &said.rename {
        Rename::Table { from, to } => table(catalog, from, to),
        Rename::Column { table, from, to } => column(catalog, table, from, to),
        Rename::Enum { from, to } => enumeration(catalog, from, to),
        Rename::EnumValue { enumeration, from, to } => value(catalog, enumeration, from, to, &said.columns),
    }
}

fn find<'a>(catalog: &'a mut Catalog, name: &ObjectName) -> Option<&'a mut Table> {
    catalog.tables.iter_mut().find(|table| name.is(table.namespace.as_deref(), &table.name))
}

/// Sequences that SERIAL made are called after table and column; they follow, so that they can still be found by name.
fn sequence(table: &mut Table, column: usize, dialect: Dialect, old: &str, new: &str) -> Option<(String, String)> {
    let column = &mut table.columns[column];
    if dialect != Dialect::Postgres || !column.auto_increment {
        return None;
    }
    let is_named_after = column.sequence.as_deref().is_none_or(|name| name == old);
    // Longer names are cut by the server, in ways of its own.
    if !is_named_after || old.len() > 63 || new.len() > 63 {
        return None;
    }
    if column.sequence.is_some() {
        column.sequence = Some(new.to_owned());
    }
    Some((old.to_owned(), new.to_owned()))
}

fn table(catalog: &mut Catalog, from: &ObjectName, to: &ObjectName) -> RenameStep {
    let dialect = catalog.dialect;
    let mut sequences = Vec::new();
    if let Some(table) = find(catalog, from) {
        for place in 0..table.columns.len() {
            let column = table.columns[place].name.clone();
            let (old, new) = (format!("{}_{column}_seq", from.name), format!("{}_{column}_seq", to.name));
            sequences.extend(sequence(table, place, dialect, &old, &new).filter(|(old, new)| old != new));
        }
        table.namespace.clone_from(&to.namespace);
        table.name.clone_from(&to.name);
    }
    for key in catalog.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if from.is(key.referenced_namespace.as_deref(), &key.referenced_table) {
            key.referenced_namespace.clone_from(&to.namespace);
            key.referenced_table.clone_from(&to.name);
        }
    }
    RenameStep::Table { from: from.clone(), to: to.clone(), sequences }
}

fn column(catalog: &mut Catalog, of: &ObjectName, from: &str, to: &str) -> RenameStep {
    let dialect = catalog.dialect;
    let mut followed = None;
    if let Some(table) = find(catalog, of) {
        if let Some(place) = table.column_index(from) {
            let (old, new) = (format!("{}_{from}_seq", table.name), format!("{}_{to}_seq", table.name));
            followed = sequence(table, place, dialect, &old, &new);
        }
        let names = table.columns.iter_mut().map(|column| &mut column.name);
        let in_key = table.primary_key.iter_mut().flat_map(|key| &mut key.columns).map(|column| &mut column.name);
        let in_indexes = table.indexes.iter_mut().flat_map(|index| &mut index.columns).map(|column| &mut column.name);
        let in_keys = table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns);
        for name in names.chain(in_key).chain(in_indexes).chain(in_keys).filter(|name| *name == from) {
            to.clone_into(name);
        }
        for predicate in table.indexes.iter_mut().filter_map(|index| index.predicate.as_mut()) {
            *predicate = expression::with_name(predicate, from, to);
        }
    }
    for key in catalog.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if of.is(key.referenced_namespace.as_deref(), &key.referenced_table) {
            for name in key.referenced_columns.iter_mut().filter(|name| *name == from) {
                to.clone_into(name);
            }
        }
    }
    RenameStep::Column { table: of.clone(), from: from.to_owned(), to: to.to_owned(), sequence: followed }
}

fn enumeration(catalog: &mut Catalog, from: &ObjectName, to: &ObjectName) -> RenameStep {
    for one in catalog.enums.iter_mut().filter(|one| from.is(one.namespace.as_deref(), &one.name)) {
        one.namespace.clone_from(&to.namespace);
        one.name.clone_from(&to.name);
    }
    for column in catalog.tables.iter_mut().flat_map(|table| &mut table.columns) {
        if let ColumnType::Enum { namespace, name } = &mut column.ty
            && from.is(namespace.as_deref(), name)
        {
            namespace.clone_from(&to.namespace);
            name.clone_from(&to.name);
        }
    }
    RenameStep::Enum { from: from.clone(), to: to.clone() }
}

fn value(
    catalog: &mut Catalog,
    enumeration: &ObjectName,
    from: &str,
    to: &str,
    columns: &[(ObjectName, String)],
) -> RenameStep {
    let mut held = Vec::new();
    match catalog.dialect {
        Dialect::Postgres | Dialect::Cockroachdb => {
            let ours = catalog.enums.iter_mut().filter(|one| enumeration.is(one.namespace.as_deref(), &one.name));
            for value in ours.flat_map(|one| &mut one.values).filter(|value| *value == from) {
                to.clone_into(value);
            }
            for column in catalog.tables.iter_mut().flat_map(|table| &mut table.columns) {
                if matches!(&column.ty, ColumnType::Enum { namespace, name } if enumeration.is(namespace.as_deref(), name))
                {
                    rename_in_default(column, from, to);
                }
            }
        }
        Dialect::Mysql | Dialect::Mariadb => {
            for (table, column) in each(catalog, columns) {
                let before = column.clone();
                let ColumnType::Mysql(MysqlType::Enum(values)) = &mut column.ty else {
                    continue;
                };
                let Some(value) = values.iter_mut().find(|value| *value == from) else {
                    continue;
                };
                to.clone_into(value);
                rename_in_default(column, from, to);
                held.push((table, before));
            }
        }
        // Text: the rows change, the table does not.
        Dialect::Sqlite => held.extend(each(catalog, columns).map(|(table, column)| (table, column.clone()))),
    }
    RenameStep::EnumValue { enumeration: enumeration.clone(), from: from.to_owned(), to: to.to_owned(), columns: held }
}

/// The columns that are there.
fn each<'a>(
    catalog: &'a mut Catalog,
    columns: &'a [(ObjectName, String)],
) -> impl Iterator<Item = (ObjectName, &'a mut Column)> {
    catalog.tables.iter_mut().flat_map(move |table| {
        let name = ObjectName::new(table.namespace.as_deref(), &table.name);
        let ours: Vec<&str> = columns.iter().filter(|(of, _)| *of == name).map(|(_, column)| column.as_str()).collect();
        let found = table.columns.iter_mut().filter(move |column| ours.contains(&column.name.as_str()));
        found.map(move |column| (name.clone(), column))
    })
}

fn rename_in_default(column: &mut Column, from: &str, to: &str) {
    fn rename(literal: &mut Literal, from: &str, to: &str) {
        match literal {
            Literal::Enum(value) if value == from => to.clone_into(value),
            Literal::List(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
            Literal::Enum(_)
            | Literal::Text(_)
            | Literal::Number(_)
            | Literal::Boolean(_)
            | Literal::Bytes(_)
            | Literal::DateTime(_)
            | Literal::Json(_) => {}
        }
    }
    if let Some(Default::Literal(literal)) = &mut column.default {
        rename(literal, from, to);
    }
}
