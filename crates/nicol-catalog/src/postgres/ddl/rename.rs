//! Things that get other names. Whatever refers to them follows by itself.

use nicol_db::Dialect;

use super::D;
use crate::decisions::{ObjectName, RenameStep};
use crate::script::StepText;
use crate::sql::{qualified, string};

/// The statements of a rename.
pub(super) fn step(dialect: Dialect, step: &RenameStep) -> StepText {
    StepText::many(match step {
        RenameStep::Table { from, to, sequences } => {
            let mut statements = object("TABLE", from, to);
            statements.extend(sequences.iter().map(|pair| sequence(to, pair)));
            statements
        }
        RenameStep::Column { table, from, to, sequence: followed } => {
            let (from, to) = (D.quote(from), D.quote(to));
            let mut statements = vec![format!("ALTER TABLE {} RENAME COLUMN {from} TO {to}", name(table))];
            statements.extend(followed.iter().map(|pair| sequence(table, pair)));
            statements
        }
        RenameStep::Enum { from, to } => object("TYPE", from, to),
        RenameStep::EnumValue { enumeration, from, to, .. } => {
            let (from, to) = (string(dialect, from), string(dialect, to));
            vec![format!("ALTER TYPE {} RENAME VALUE {from} TO {to}", name(enumeration))]
        }
    })
}

fn name(object: &ObjectName) -> String {
    qualified(D, object.namespace.as_deref(), &object.name)
}

/// Another schema first, then another name in it.
fn object(word: &str, from: &ObjectName, to: &ObjectName) -> Vec<String> {
    let mut statements = Vec::new();
    let is_moved = !from.is(to.namespace.as_deref(), &from.name);
    let moved = if is_moved { ObjectName { namespace: to.namespace.clone(), ..from.clone() } } else { from.clone() };
    if is_moved {
        let namespace = to.namespace.as_deref().unwrap_or(crate::catalog::PUBLIC);
        statements.push(format!("ALTER {word} {} SET SCHEMA {}", name(from), D.quote(namespace)));
    }
    if from.name != to.name {
        statements.push(format!("ALTER {word} {} RENAME TO {}", name(&moved), D.quote(&to.name)));
    }
    statements
}

/// The sequence is only there where SERIAL has made the column.
fn sequence(table: &ObjectName, (from, to): &(String, String)) -> String {
    let from = qualified(D, table.namespace.as_deref(), from);
    format!("ALTER SEQUENCE IF EXISTS {from} RENAME TO {}", D.quote(to))
}
