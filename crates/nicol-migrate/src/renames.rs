//! What scripts rename, as something said about the way they go.
//!
//! **In**: scripts in the order in which they run. **Out**: renames from the names before the first to the names after the last,
//! of which [`fitting`] leaves those that two catalogs bear out. A script may rename for other ends, too: SQLite's tables are
//! rebuilt under a name of the moment.

use nicol_catalog::{Catalog, Decisions, ObjectName, Rename};
use nicol_db::Dialect;

use crate::sql::{Action, Change, Name, parse, tokens};

/// The renames of the scripts, each thing from its first name to its last.
pub(crate) fn of_scripts<'a>(scripts: impl IntoIterator<Item = &'a str>, dialect: Dialect) -> Vec<Rename> {
    let mut all = Vec::new();
    for script in scripts {
        for part in nicol_db::script::split(script, dialect) {
            for rename in of_action(parse(part.text, &tokens(part.text, dialect), dialect)) {
                add(&mut all, rename);
            }
        }
    }
    all
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
pub(crate) fn fitting(renames: Vec<Rename>, from: &Catalog, to: &Catalog) -> Decisions {
    let (tables, parts): (Vec<Rename>, Vec<Rename>) =
        renames.into_iter().partition(|rename| matches!(rename, Rename::Table { .. }));
    let mut fitting = Decisions::default();
    for rename in tables.into_iter().chain(parts) {
        fitting.renames.push(rename);
        if nicol_catalog::decide(from, to, &fitting).is_err() {
            fitting.renames.pop();
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_followed_from_the_first_name_to_the_last() {
        let said = |scripts: &[&str], dialect| -> Vec<String> {
            of_scripts(scripts.iter().copied(), dialect).iter().map(ToString::to_string).collect()
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
}
