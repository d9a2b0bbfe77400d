//! What scripts rename, as something said about the way they go.
//!
//! **In**: scripts in the order in which they run. **Out**: renames from the names before the first to the names after the last,
//! of which [`fitting`] leaves those that two catalogs bear out. A script may rename for other ends, too: SQLite's tables are
//! rebuilt under a name of the moment. MySQL has no statement that renames a value of an enum: its rows are updated, column by
//! column.

use nicol_catalog::catalog::Names;
use nicol_catalog::{Catalog, Decisions, ObjectName, Rename};
use nicol_db::Dialect;

use crate::sql::{Action, Change, Cursor, Name, TokenKind, parse, tokens};

/// What scripts say of names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    /// Each thing from its first name to its last.
    renames: Vec<Rename>,
    /// MySQL: each value of a column from its first name to its last.
    values: Vec<ColumnValue>,
}

/// All rows of a column that have one value get another one.
#[derive(Debug, Clone, PartialEq)]
struct ColumnValue {
    table: String,
    column: String,
    from: String,
    to: String,
}

/// The renames of the scripts.
pub(crate) fn of_scripts<'a>(scripts: impl IntoIterator<Item = &'a str>, dialect: Dialect) -> Said {
    let mut said = Said::default();
    for script in scripts {
        for part in nicol_db::script::split(script, dialect) {
            let tokens = tokens(part.text, dialect);
            for rename in of_action(parse(part.text, &tokens, dialect)) {
                add(&mut said.renames, rename);
            }
            if dialect.is_mysql_family()
                && let Some(value) = of_update(Cursor::new(part.text, &tokens, dialect))
            {
                add_value(&mut said.values, value);
            }
        }
    }
    said
}

/// `UPDATE t SET c = 'new' WHERE c = 'old'`, and nothing more.
fn of_update(mut cursor: Cursor<'_>) -> Option<ColumnValue> {
    let taken = cursor.take("UPDATE");
    let table = cursor.name().filter(|_| taken)?;
    let set = equals(&mut cursor, "SET")?;
    let was = equals(&mut cursor, "WHERE")?;
    let is_all = cursor.peek().is_none() && set.0 == was.0;
    is_all.then_some(ColumnValue { table: table.name, column: set.0, from: was.1, to: set.1 })
}

/// A column and the text it is equal to, behind a word.
fn equals(cursor: &mut Cursor<'_>, word: &str) -> Option<(String, String)> {
    let taken = cursor.take(word);
    let column = cursor.identifier().filter(|_| taken)?;
    let is_equal = cursor.take_mark('=');
    let text = cursor.peek().filter(|token| is_equal && token.kind == TokenKind::Text)?.content();
    cursor.at += 1;
    Some((column, text))
}

/// Adds what becomes of a value after `all`.
fn add_value(all: &mut Vec<ColumnValue>, new: ColumnValue) {
    let before = |old: &&mut ColumnValue| (&old.table, &old.column, &old.to) == (&new.table, &new.column, &new.from);
    match all.iter_mut().find(before) {
        Some(old) => old.to = new.to,
        None => all.push(new),
    }
}

fn of_action(action: Action) -> Vec<Rename> {
    match action {
        Action::AlterTable { table, clauses } => {
            let table = object(table);
            let of_clause = |change| match change {
                Change::RenameColumn { from, to } => Some(Rename::Column { table: table.clone(), from, to }),
                Change::RenameTable(to) => Some(table_rename(table.clone(), object(to))),
                _ => None,
            };
            clauses.into_iter().filter_map(|clause| of_clause(clause.change)).collect()
        }
        Action::RenameTables(pairs) => {
            pairs.into_iter().map(|(from, to)| table_rename(object(from), object(to))).collect()
        }
        Action::RenameEnumValue { name, from, to } => vec![Rename::EnumValue { enumeration: object(name), from, to }],
        _ => Vec::new(),
    }
}

fn object(name: Name) -> ObjectName {
    ObjectName { namespace: name.schema, name: name.name }
}

/// A new name without a schema is one in the schema of the old name.
fn table_rename(from: ObjectName, to: ObjectName) -> Rename {
    let namespace = to.namespace.or_else(|| from.namespace.clone());
    Rename::Table { from, to: ObjectName { namespace, name: to.name } }
}

/// Adds a rename that comes after `all`: what had got its old name before goes on to the new one.
fn add(all: &mut Vec<Rename>, new: Rename) {
    if let Rename::Table { from, to } = &new {
        for rename in all.iter_mut() {
            if let Rename::Column { table, .. } = rename
                && table == from
            {
                table.clone_from(to);
            }
        }
    }
    let goes_on = all.iter_mut().any(|old| match (old, &new) {
        (Rename::Table { to, .. }, Rename::Table { from, to: last }) if to == from => {
            to.clone_from(last);
            true
        }
        (Rename::Column { table, to, .. }, Rename::Column { table: same, from, to: last })
            if table == same && to == from =>
        {
            to.clone_from(last);
            true
        }
        (Rename::EnumValue { enumeration, to, .. }, Rename::EnumValue { enumeration: same, from, to: last })
            if enumeration == same && to == from =>
        {
            to.clone_from(last);
            true
        }
        _ => false,
    });
    if !goes_on {
        all.push(new);
    }
}

/// Those of the renames that are part of the way from one catalog to another.
pub(crate) fn fitting(said: Said, from: &Catalog, to: &Catalog) -> Decisions {
    let (tables, mut parts): (Vec<Rename>, Vec<Rename>) =
        said.renames.into_iter().partition(|rename| matches!(rename, Rename::Table { .. }));
    if let (Some(before), Some(after)) = (&from.names, &to.names) {
        parts.extend(of_values(&said.values, before, after));
    }
    let mut fitting = Decisions::default();
    for rename in tables.into_iter().chain(parts) {
        fitting.renames.push(rename);
        if nicol_catalog::decide(from, to, &fitting).is_err() {
            fitting.renames.pop();
        }
    }
    fitting
}

/// Values of enums that are renamed in every column of the enum.
fn of_values(values: &[ColumnValue], before: &Names, after: &Names) -> Vec<Rename> {
    let mut found = Vec::new();
    for one in &after.enums {
        let mut columns = after.models.iter().flat_map(|model| {
            let of_enum = model.fields.iter().filter(|field| field.enumeration.as_ref() == Some(&one.name));
            of_enum.map(|field| (&model.table, &field.column))
        });
        let Some(first) = columns.next() else { continue };
        let rest: Vec<(&String, &String)> = columns.collect();
        for value in values.iter().filter(|value| (&value.table, &value.column) == first) {
            let is_there = |(table, column): &(&String, &String)| {
                values.iter().any(|other| {
                    (&other.table, &other.column, &other.from, &other.to) == (*table, *column, &value.from, &value.to)
                })
            };
            if rest.iter().all(is_there) {
                let written = |names: &Names, value: &String| {
                    let known = names.enumeration(&one.name)?.values.iter().find(|(_, stored)| stored == value)?;
                    Some(known.0.clone())
                };
                if let (Some(from), Some(to)) = (written(before, &value.from), written(after, &value.to)) {
                    found.push(Rename::EnumValue {
                        enumeration: ObjectName { namespace: None, name: one.name.clone() },
                        from,
                        to,
                    });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_followed_from_the_first_name_to_the_last() {
        let said = |scripts: &[&str], dialect| -> Vec<String> {
            of_scripts(scripts.iter().copied(), dialect).renames.iter().map(ToString::to_string).collect()
        };
        let two =
            ["ALTER TABLE \"A\" RENAME COLUMN \"x\" TO \"y\";", "ALTER TABLE \"A\" RENAME COLUMN \"y\" TO \"z\";"];
        assert_eq!(said(&two, Dialect::Postgres), ["A.x=z"]);
        let moved = "ALTER TABLE `A` RENAME COLUMN `x` TO `y`; RENAME TABLE `A` TO `B`, `C` TO `D`;";
        assert_eq!(said(&[moved], Dialect::Mysql), ["B.x=y", "A=B", "C=D"]);
        let table = [
            "ALTER TABLE \"A\" RENAME TO \"B\";",
            "ALTER TABLE \"B\" RENAME TO \"C\"; ALTER TABLE \"C\" RENAME \"a\" TO \"b\";",
        ];
        assert_eq!(said(&table, Dialect::Sqlite), ["A=C", "C.a=b"]);
        let value = "ALTER TYPE \"s\".\"E\" RENAME VALUE 'it''s' TO 'OLD'";
        assert_eq!(said(&[value], Dialect::Postgres).len(), 1);
        assert_eq!(said(&["ALTER TABLE \"s\".\"A\" RENAME TO \"B\""], Dialect::Postgres), ["table s.A=s.B"]);
    }

    #[test]
    fn values_of_mysql_are_followed_by_column() {
        let values = |script: &str| -> Vec<(String, String)> {
            let said = of_scripts([script], Dialect::Mysql);
            said.values.iter().map(|value| (value.from.clone(), value.to.clone())).collect()
        };
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let one = "UPDATE `T` SET `r` = 'B' WHERE `r` = 'A';";
        assert_eq!(values(one), [pair("A", "B")]);
        assert_eq!(values(&format!("{one} UPDATE T SET r = 'C' WHERE r = 'B'")), [pair("A", "C")]);
        for other in [
            "UPDATE `T` SET `r` = 'B'",
            "UPDATE `T` SET `r` = 'B' WHERE `s` = 'A'",
            "UPDATE `T` SET `r` = 'B' WHERE `r` = 'A' AND `id` = 1",
            "UPDATE `T` SET `r` = 'B', `s` = 1 WHERE `r` = 'A'",
            "SELECT 1",
        ] {
            assert_eq!(values(other), [], "{other}");
        }
    }
}
