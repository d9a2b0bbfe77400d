//! What one database product does that is easily overlooked.

use nicol_db::Dialect;

use super::{in_order, stepwise};
use crate::event::Stepwise;
use crate::lint::effect::postgres::{Lock, references};
use crate::lint::effect::{Blocks, Work};
use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, Change, Clause, Column, Constraint, ConstraintKind, CreateTable, Name};
use crate::statement::{Kind, names_text};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    match &statement.action {
        Action::CreateTable(create) => {
            parents(scene, &create.name, &create.columns, &create.constraints, found);
            case_collision(scene, &create.name, found);
            columns_collide(create, found);
            if scene.server.is_galera && !has_primary_key(create) {
                found.push(Draft::new("NL115", format!("`{}` has no primary key", create.name.name)));
            }
            table_moved(scene, create, found);
        }
        Action::AlterTable { table, clauses } => {
            for clause in clauses {
                alter(scene, table, clause, found);
            }
            column_moved(scene, table, clauses, found);
        }
        Action::DropTable { tables, .. } => {
            for table in tables {
                dropped(scene, table, found);
            }
            if scene.dialect().is_mysql_family() && tables.len() > 1 {
                let names: Vec<String> = tables.iter().map(|table| format!("DROP TABLE {}", table.written)).collect();
                let message = "if one of them cannot be dropped, those before it are gone all the same";
                found.push(Draft::new("NL108", message).rewrite(in_order(&names)));
            }
        }
        Action::CreateIndex(index) if index.if_not_exists => {
            let name = index.name.as_deref().unwrap_or_default();
            if scene.known.indexes.get(name).is_some_and(|known| !known.is_valid) {
                let message =
                    format!("\"{name}\" is there, but invalid since its building failed: IF NOT EXISTS keeps it so");
                let drop = format!("DROP INDEX CONCURRENTLY {}", scene.quote(name));
                let create = statement.text.replacen("IF NOT EXISTS ", "", 1);
                found.push(Draft::new("NL110", message).rewrite(stepwise(&[drop, create])));
            }
        }
        _ => {}
    }
    enum_value_used(scene, found);
    if scene.server.is_dsql && statement.kind == Kind::Structure {
        let before = scene.before_in_transaction().any(|it| matches!(it.kind, Kind::Structure | Kind::Data));
        if before {
            found.push(Draft::new("NL116", "Aurora DSQL takes one change of structure a transaction"));
        }
    }
}

fn has_primary_key(create: &CreateTable) -> bool {
    let is_primary = |constraint: &Constraint| matches!(constraint.kind, ConstraintKind::Primary(_));
    create.is_like || create.columns.iter().any(|column| column.is_primary) || create.constraints.iter().any(is_primary)
}

/// A new foreign key on a new table costs nothing there, but stops writes on the table it refers to.
fn parents(scene: &Scene<'_>, own: &Name, columns: &[Column], constraints: &[Constraint], found: &mut Vec<Draft>) {
    if scene.dialect() != Dialect::Postgres {
        return;
    }
    let own = scene.key(own);
    for parent in references(columns, constraints).filter(|parent| *parent != own) {
        if scene.known.tables.get(&parent).is_some_and(|table| table.is_fresh) {
            continue;
        }
        let lock = Lock::ShareRowExclusive;
        let message = format!("a foreign key to \"{parent}\" stops writes on it until the migration is committed");
        found.push(Draft::new("NL101", message).cost(lock.words(), vec![parent], lock.blocks(), Work::Instant));
    }
}

fn alter(scene: &Scene<'_>, table: &Name, clause: &Clause, found: &mut Vec<Draft>) {
    match &clause.change {
        Change::AddConstraint(constraint) if !scene.is_old(table) => {
            let mut drafts = Vec::new();
            parents(scene, table, &[], std::slice::from_ref(constraint), &mut drafts);
            found.extend(drafts.into_iter().map(|draft| draft.at(clause.start, clause.end)));
        }
        Change::AddColumn(column) => {
            let mut drafts = Vec::new();
            parents(scene, table, std::slice::from_ref(column), &[], &mut drafts);
            found.extend(drafts.into_iter().map(|draft| draft.at(clause.start, clause.end)));
        }
        Change::DropConstraint { name, .. } if scene.is_old(table) && scene.dialect() == Dialect::Postgres => {
            let foreign = scene.table(table).into_iter().flat_map(|table| &table.foreign_keys);
            for foreign in foreign.filter(|foreign| foreign.name.as_ref() == Some(name)) {
                found.extend(locks_parent(scene, table, &foreign.to).map(|draft| draft.at(clause.start, clause.end)));
            }
        }
        Change::RenameTable(to) => case_collision(scene, to, found),
        _ => {}
    }
}

fn dropped(scene: &Scene<'_>, table: &Name, found: &mut Vec<Draft>) {
    let key = scene.key(table);
    match scene.dialect() {
        Dialect::Postgres if scene.is_old(table) => {
            let foreign = scene.table(table).into_iter().flat_map(|table| &table.foreign_keys);
            let mut parents: Vec<&String> = foreign.map(|foreign| &foreign.to).collect();
            parents.dedup();
            found.extend(parents.into_iter().filter_map(|parent| locks_parent(scene, table, parent)));
        }
        Dialect::Sqlite => {
            let children: Vec<String> = scene.known.children_of(&key).collect();
            let is_off =
                scene.setting("foreign_keys").is_some_and(|value| matches!(value.as_str(), "off" | "0" | "false"));
            if !children.is_empty() && !is_off && scene.is_old(table) {
                let deletes = children
                    .iter()
                    .filter_map(|child| scene.known.tables.get(child))
                    .any(|child| child.foreign_keys.iter().any(|foreign| foreign.to == key && foreign.deletes));
                let list = children.join(", ");
                let message = if deletes {
                    format!(
                        "dropping \"{}\" deletes the rows of {list} that refer to it (ON DELETE CASCADE)",
                        table.name
                    )
                } else {
                    format!("dropping \"{}\" fails, or leaves rows of {list} pointing at nothing", table.name)
                };
                let mut whole = vec!["PRAGMA foreign_keys=OFF".to_string()];
                whole.extend(scene.whole_script());
                whole.push("PRAGMA foreign_keys=ON".to_string());
                let rewrite = in_order(&whole);
                found.push(Draft::new("NL105", message).rewrite(rewrite));
            }
        }
        Dialect::Postgres | Dialect::Mysql | Dialect::Mariadb | Dialect::Cockroachdb => {}
    }
}

/// Dropping what refers to a table locks that table too.
fn locks_parent(scene: &Scene<'_>, table: &Name, parent: &str) -> Option<Draft> {
    let is_new = scene.known.tables.get(parent).is_some_and(|table| table.is_fresh);
    if is_new || parent == scene.key(table) {
        return None;
    }
    let message = format!("this stops reads and writes of \"{parent}\" as well, which \"{}\" refers to", table.name);
    let lock = Lock::AccessExclusive.words();
    Some(Draft::new("NL102", message).cost(lock, vec![parent.to_string()], Blocks::ReadsAndWrites, Work::Instant))
}

/// PostgreSQL refuses a value in the transaction that adds it. Where the transaction is the script's own it fails; a script
/// without one is run statement by statement, and loses the transaction around all of it.
fn enum_value_used(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    if scene.dialect() != Dialect::Postgres || matches!(statement.action, Action::AddEnumValue { .. }) {
        return;
    }
    for before in scene.before() {
        let Action::AddEnumValue { value, name, .. } = &before.action else { continue };
        if !names_text(&statement.tokens, value, scene.dialect()) {
            continue;
        }
        let rewrite = stepwise(&[before.text.to_string(), statement.text.to_string()]);
        let name = &name.name;
        if before.group == statement.group {
            let message =
                format!("'{value}' was added to \"{name}\" in this transaction: it cannot be used before the commit");
            found.push(Draft::new("NL104", message).rewrite(rewrite));
        } else if scene.stepwise == Some(Stepwise::EnumValue) {
            let message = format!(
                "'{value}' was added to \"{name}\" in this script and can be used only after a commit, so the whole script \
                 runs statement by statement: a failure leaves the ones before it in place"
            );
            found.push(Draft::new("NL109", message).rewrite(rewrite));
        }
    }
}

/// A name that differs from another one in case alone is another table here, and the same one elsewhere.
fn case_collision(scene: &Scene<'_>, name: &Name, found: &mut Vec<Draft>) {
    let key = scene.key(name);
    let other = scene.known.tables.keys().find(|other| **other != key && other.eq_ignore_ascii_case(&key));
    // SQLite folds names, so there the second table is refused; a rebuilt one was dropped before.
    if let Some(other) = other {
        let message = format!("\"{}\" and \"{other}\" differ in upper and lower case only", name.name);
        found.push(Draft::new("NL113", message));
    }
}

fn columns_collide(create: &CreateTable, found: &mut Vec<Draft>) {
    for (at, column) in create.columns.iter().enumerate() {
        let other = create.columns[..at].iter().find(|other| other.name.eq_ignore_ascii_case(&column.name));
        if let Some(other) = other {
            let message =
                format!("columns \"{}\" and \"{}\" differ in upper and lower case only", other.name, column.name);
            found.push(Draft::new("NL113", message));
        }
    }
}

/// A column goes and another one of its type comes.
fn column_moved(scene: &Scene<'_>, table: &Name, clauses: &[Clause], found: &mut Vec<Draft>) {
    let Some(known) = scene.table(table).filter(|_| scene.is_old(table)) else { return };
    let added: Vec<&Column> = clauses
        .iter()
        .filter_map(|clause| match &clause.change {
            Change::AddColumn(column) => Some(column),
            _ => None,
        })
        .collect();
    for clause in clauses {
        let Change::DropColumn { column, .. } = &clause.change else { continue };
        let Some(old) = known.column(column) else { continue };
        let is_alike = |new: &&&Column| alike(scene.dialect(), &old.ty, &new.ty) && new.name != *column;
        if let Some(new) = added.iter().find(is_alike) {
            let message =
                format!("\"{column}\" is dropped and \"{}\" of the same type is added: is it renamed?", new.name);
            found.push(Draft::new("NL114", message).at(clause.start, clause.end));
        }
    }
}

fn alike(dialect: Dialect, one: &str, other: &str) -> bool {
    use crate::lint::effect::types::{mysql, postgres};
    match dialect {
        Dialect::Postgres | Dialect::Cockroachdb => postgres(one) == postgres(other),
        Dialect::Mysql | Dialect::Mariadb => mysql(one) == mysql(other),
        Dialect::Sqlite => one == other,
    }
}

/// A table goes and another one with its columns comes.
fn table_moved(scene: &Scene<'_>, create: &CreateTable, found: &mut Vec<Draft>) {
    let columns = |columns: &[Column]| {
        let mut names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        names.sort();
        names
    };
    if create.columns.len() < 2 || scene.becomes(&scene.key(&create.name)).is_some() {
        return;
    }
    let others = scene.before().iter().chain(scene.after());
    for statement in others {
        let Action::DropTable { tables, .. } = &statement.action else { continue };
        for table in tables {
            let Some(old) = scene.at_start.tables.get(&scene.key(table)) else { continue };
            if columns(&old.columns) == columns(&create.columns) && scene.key(table) != scene.key(&create.name) {
                let message = format!(
                    "\"{}\" is dropped and \"{}\" with the same columns is created: is it renamed?",
                    table.name, create.name.name
                );
                found.push(Draft::new("NL114", message));
            }
        }
    }
}
