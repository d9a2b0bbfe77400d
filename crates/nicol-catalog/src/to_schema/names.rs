//! What tables, columns, enums and their values are called in the schema.
//!
//! A name known before stays. A new one is the database's own where the language takes it: leading signs that are no
//! letters are cut, other signs it does not take become `_`, reserved words and names of built-in types get `Renamed` in
//! front, and of things in several PostgreSQL schemas with one name each gets its schema's. What still clashes is numbered,
//! and so is what has no letter left: a column or value that is missing from the schema would be dropped by the next change.

use std::collections::{HashMap, HashSet};

use nicol_schema::is_reserved_name;
use nicol_schema::schema::{Enum as OldEnum, EnumId, ScalarType};

use super::previous::{Previous, field_of};
use crate::catalog::{Catalog, Column, ColumnType, MysqlType, PUBLIC, SqliteType, same_namespace};

/// Where a name is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The previous schema.
    Kept,
    /// The database.
    Plain,
    /// The database, with signs changed.
    Sanitized,
    /// The database, where the word is reserved.
    Reserved,
    /// The database, where several things have it.
    Duplicate,
    /// Nothing of the database's name is left: called by its place.
    Numbered,
}

/// A name in the schema.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// The name.
    pub(super) text: String,
    /// `map`, the name in the database when it differs.
    pub(super) map: Option<String>,
    pub(super) origin: Origin,
}

impl Name {
    fn kept(name: &str, map: Option<&String>) -> Name {
        Name { text: name.to_owned(), map: map.cloned(), origin: Origin::Kept }
    }

    /// A new name for something called `name` in the database.
    fn new(name: &str, text: String, origin: Origin) -> Name {
        let map = (text != name).then(|| name.to_owned());
        Name { text, map, origin }
    }

    /// The name of something called `name` in the database; of its kind and place where nothing else is left.
    fn plain(name: &str, kind: &str, place: usize) -> Name {
        let text = sanitized(name);
        let origin = match text.as_str() {
            "" => return Name::new(name, format!("{kind}_{}", place + 1), Origin::Numbered),
            text if text == name => Origin::Plain,
            _ => Origin::Sanitized,
        };
        Name::new(name, text, origin)
    }

    /// Adds a number until the name is free.
    fn make_unique(&mut self, name: &str, taken: &HashSet<String>) {
        if self.origin == Origin::Kept {
            return;
        }
        let base = self.text.clone();
        let mut number = 1;
        while taken.contains(&self.text) {
            number += 1;
            *self = Name::new(name, format!("{base}_{number}"), Origin::Duplicate);
        }
    }
}

/// A table or view with its columns.
#[derive(Debug, Clone)]
pub(super) struct TableName {
    pub(super) name: Name,
    /// One a column.
    pub(super) columns: Vec<Name>,
}

/// An enum, as a type of the database or as that of a MySQL column.
#[derive(Debug, Clone)]
pub(super) struct EnumName {
    pub(super) name: Name,
    pub(super) namespace: Option<String>,
    /// The type in the database; for MySQL a name made of table and column.
    pub(super) database_name: String,
    /// Name, and value in the database.
    pub(super) values: Vec<(Name, String)>,
    /// False for one whose like is written already.
    pub(super) is_written: bool,
    /// The enum of the previous schema.
    pub(super) previous: Option<EnumId>,
}

/// Every name.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) tables: Vec<TableName>,
    pub(super) views: Vec<TableName>,
    pub(super) enums: Vec<EnumName>,
    /// MySQL and SQLite: the enum of a column, by places of table and column.
    of_columns: HashMap<(usize, usize), usize>,
}

impl Names {
    pub(super) fn of(catalog: &Catalog, previous: &Previous<'_>) -> Names {
        let counts = counts(catalog);
        let is_several = |name: &str| counts.get(name).is_some_and(|count| *count > 1);
        let mut names = Names { tables: Vec::new(), views: Vec::new(), enums: Vec::new(), of_columns: HashMap::new() };
        for table in &catalog.tables {
            let old = previous.model(table.namespace.as_deref(), &table.name).map(|(_, model)| model);
            let name = match old {
                Some(model) => Name::kept(&model.name, model.map.as_ref()),
                None => top_level(&table.name, table.namespace.as_deref(), is_several(&table.name)),
            };
            names.tables.push(TableName { name, columns: columns(&table.columns, old) });
        }
        for view in &catalog.views {
            let old = previous.view(view.namespace.as_deref(), &view.name).map(|(_, model)| model);
            let name = match old {
                Some(model) => Name::kept(&model.name, model.map.as_ref()),
                None => top_level(&view.name, view.namespace.as_deref(), is_several(&view.name)),
            };
            names.views.push(TableName { name, columns: columns(&view.columns, old) });
        }
        for one in &catalog.enums {
            let old = previous.enumeration(one.namespace.as_deref(), &one.name);
            let name = match old {
                Some(old) => Name::kept(&old.name, old.map.as_ref()),
                None => top_level(&one.name, one.namespace.as_deref(), is_several(&one.name)),
            };
            names.enums.push(EnumName {
                name,
                namespace: one.namespace.clone(),
                database_name: one.name.clone(),
                values: values(&one.values, old),
                is_written: true,
                previous: old.and_then(|old| place_of(previous, old)),
            });
        }
        names.enums_of_columns(catalog, previous);
        names.resolve_clashes(catalog);
        names
    }

    /// MySQL's enums have no names: each column has its own. One that the previous schema knew keeps its name; columns
    /// that shared one still do as long as their values are the same.
    fn enums_of_columns(&mut self, catalog: &Catalog, previous: &Previous<'_>) {
        for (table_place, table) in catalog.tables.iter().enumerate() {
            let model = previous.model(None, &table.name).map(|(_, model)| model);
            for (column_place, column) in table.columns.iter().enumerate() {
                let field = model.and_then(|model| field_of(model, &column.name));
                let old = field.and_then(|field| previous.enum_of_field(field));
                let all: Vec<String> = match (&column.ty, old) {
                    (ColumnType::Mysql(MysqlType::Enum(all)), _) => all.clone(),
                    // SQLite knows no enums: a text stays what the schema made of it.
                    (ColumnType::Sqlite(SqliteType::Text), Some((_, old))) => {
                        old.values.iter().map(|value| value.database_name().to_owned()).collect()
                    }
                    (_, _) => continue,
                };
                let shared = self.enums.iter().position(|one| {
                    old.is_some_and(|(id, _)| one.previous == Some(id))
                        && one.values.iter().map(|(_, value)| value).eq(&all)
                });
                let place = shared.unwrap_or(self.enums.len());
                if shared.is_none() {
                    let database_name = format!("{}_{}", table.name, column.name);
                    let is_taken = |id: EnumId| self.enums.iter().any(|one| one.previous == Some(id));
                    let old = old.filter(|(id, _)| !is_taken(*id));
                    let name = match old {
                        Some((_, old)) => Name::kept(&old.name, old.map.as_ref()),
                        None => Name { map: None, ..top_level(&database_name, None, false) },
                    };
                    self.enums.push(EnumName {
                        name,
                        namespace: None,
                        database_name,
                        values: values(&all, old.map(|(_, old)| old)),
                        is_written: true,
                        previous: old.map(|(id, _)| id),
                    });
                }
                self.of_columns.insert((table_place, column_place), place);
            }
        }
    }

    /// Models, views and enums share one space of names.
    fn resolve_clashes(&mut self, catalog: &Catalog) {
        let tables =
            self.tables.iter_mut().zip(&catalog.tables).map(|(name, table)| (&mut name.name, table.name.clone()));
        let views = self.views.iter_mut().zip(&catalog.views).map(|(name, view)| (&mut name.name, view.name.clone()));
        let enums = self.enums.iter_mut().map(|one| {
            let database_name = one.database_name.clone();
            (&mut one.name, database_name)
        });
        unique(tables.chain(views).chain(enums).collect());
    }

    /// The enum that a column is of.
    pub(super) fn enum_of(&self, ty: &ColumnType, place: Option<(usize, usize)>) -> Option<&EnumName> {
        match ty {
            ColumnType::Enum { namespace, name } => self.enums.iter().find(|one| {
                one.database_name == *name && same_namespace(one.namespace.as_deref(), namespace.as_deref())
            }),
            ColumnType::Mysql(MysqlType::Enum(_)) | ColumnType::Sqlite(SqliteType::Text) => {
                self.of_columns.get(&place?).and_then(|at| self.enums.get(*at))
            }
            ColumnType::Mysql(_)
            | ColumnType::Sqlite(_)
            | ColumnType::Postgres(_)
            | ColumnType::Cockroach(_)
            | ColumnType::Unsupported(_) => None,
        }
    }
}

/// Names kept come first: a new one makes way.
fn unique(mut names: Vec<(&mut Name, String)>) {
    let mut taken: HashSet<String> = HashSet::new();
    for (name, _) in names.iter().filter(|(name, _)| name.origin == Origin::Kept) {
        taken.insert(name.text.clone());
    }
    for (name, database_name) in names.iter_mut().filter(|(name, _)| name.origin != Origin::Kept) {
        name.make_unique(database_name, &taken);
        taken.insert(name.text.clone());
    }
}

fn columns(columns: &[Column], old: Option<&nicol_schema::schema::Model>) -> Vec<Name> {
    let name = |(place, column): (usize, &Column)| match old.and_then(|model| field_of(model, &column.name)) {
        Some(field) => Name::kept(&field.name, field.map.as_ref()),
        None => Name::plain(&column.name, "field", place),
    };
    let mut names: Vec<Name> = columns.iter().enumerate().map(name).collect();
    unique(names.iter_mut().zip(columns).map(|(name, column)| (name, column.name.clone())).collect());
    names
}

fn values(all: &[String], old: Option<&OldEnum>) -> Vec<(Name, String)> {
    let known = |value: &String| old.and_then(|old| old.values.iter().find(|one| one.database_name() == *value));
    let name = |(place, value): (usize, &String)| match known(value) {
        Some(old) => Name::kept(&old.name, old.map.as_ref()),
        None if value.is_empty() => Name::new(value, "EMPTY_ENUM_VALUE".to_owned(), Origin::Sanitized),
        None => Name::plain(value, "value", place),
    };
    let mut names: Vec<(Name, String)> =
        all.iter().enumerate().map(|(place, value)| (name((place, value)), value.clone())).collect();
    unique(names.iter_mut().map(|(name, value)| (name, value.clone())).collect());
    names
}

fn place_of(previous: &Previous<'_>, old: &OldEnum) -> Option<EnumId> {
    previous.enums().iter().position(|one| one.name == old.name).map(|place| EnumId(place as u32))
}

/// How many tables, views and enums have each name.
fn counts(catalog: &Catalog) -> HashMap<&str, usize> {
    let tables = catalog.tables.iter().map(|table| table.name.as_str());
    let views = catalog.views.iter().map(|view| view.name.as_str());
    let enums = catalog.enums.iter().map(|one| one.name.as_str());
    let mut counts = HashMap::new();
    for name in tables.chain(views).chain(enums) {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

/// The name of a new table, view or enum.
fn top_level(name: &str, namespace: Option<&str>, is_several: bool) -> Name {
    if is_reserved(name) {
        return Name::new(name, format!("Renamed{name}"), Origin::Reserved);
    }
    let plain = Name::plain(name, "Unnamed", 0);
    if plain.origin != Origin::Plain || !is_several {
        return plain;
    }
    Name::new(name, sanitized(&format!("{}_{name}", namespace.unwrap_or(PUBLIC))), Origin::Duplicate)
}

/// What relation fields are called after a table.
pub(super) fn field_name_of(table: &str) -> String {
    top_level(table, None, false).text
}

fn is_reserved(name: &str) -> bool {
    is_reserved_name(name) || SCALARS.iter().any(|scalar| scalar.as_str() == name) || name == "Unsupported"
}

const SCALARS: [ScalarType; 9] = [
    ScalarType::Int,
    ScalarType::BigInt,
    ScalarType::Float,
    ScalarType::Decimal,
    ScalarType::Boolean,
    ScalarType::String,
    ScalarType::DateTime,
    ScalarType::Bytes,
    ScalarType::Json,
];

/// The name as the language takes it; empty when nothing is left.
pub(super) fn sanitized(name: &str) -> String {
    let start = name.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(name.len());
    name[start..].chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit() {
        for (name, text) in
            [("e-mail", "e_mail"), ("1st", "st"), ("_id", "id"), ("ok_1", "ok_1"), ("$§", ""), ("é", "")]
        {
            assert_eq!(sanitized(name), text);
        }
        assert_eq!(top_level("async", None, false).text, "Renamedasync");
        assert_eq!(top_level("String", None, false).map.as_deref(), Some("String"));
        assert_eq!(top_level("users", Some("one"), true).text, "one_users");
    }
}
