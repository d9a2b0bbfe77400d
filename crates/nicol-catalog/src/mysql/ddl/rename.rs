//! Things that get other names. Foreign keys elsewhere follow by themselves; a value of an enum lives in every column that
//! may hold it.

use super::{D, column};
use crate::catalog::{Column, ColumnType, Default, Literal, MysqlType};
use crate::decisions::{ObjectName, RenameStep};
use crate::script::StepText;
use crate::sql::string;

/// The statements of a rename.
pub(super) fn step(step: &RenameStep) -> StepText {
    match step {
        RenameStep::Table { from, to, .. } => {
            StepText::one(format!("ALTER TABLE {} RENAME TO {}", D.quote(&from.name), D.quote(&to.name)))
        }
        RenameStep::Column { table, from, to, .. } => StepText::one(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            D.quote(&table.name),
            D.quote(from),
            D.quote(to)
        )),
        RenameStep::EnumValue { from, to, columns, .. } => {
            StepText::many(columns.iter().flat_map(|(table, column)| value(table, column, from, to)).collect())
        }
        // Enums have no names here.
        RenameStep::Enum { .. } => StepText::nothing(),
    }
}

/// Both values side by side, the rows moved over, then the new value in the place of the old one. Values that differ in
/// case only are one to the server, which then keeps the rows by itself.
fn value(table: &ObjectName, before: &Column, from: &str, to: &str) -> Vec<String> {
    let ColumnType::Mysql(MysqlType::Enum(values)) = &before.ty else {
        return Vec::new();
    };
    let name = D.quote(&table.name);
    let modify = |changed: &Column| format!("ALTER TABLE {name} MODIFY {}", column(changed));
    let with = |values: Vec<String>| Column { ty: ColumnType::Mysql(MysqlType::Enum(values)), ..before.clone() };
    let replaced = values.iter().map(|value| if value == from { to.to_owned() } else { value.clone() }).collect();
    let mut after = with(replaced);
    if after.default == Some(Default::Literal(Literal::Enum(from.to_owned()))) {
        after.default = Some(Default::Literal(Literal::Enum(to.to_owned())));
    }
    let mut statements = Vec::new();
    if from.to_lowercase() != to.to_lowercase() {
        let both = values.iter().cloned().chain([to.to_owned()]).collect();
        statements.push(modify(&with(both)));
        let column = D.quote(&before.name);
        let (from, to) = (string(D, from), string(D, to));
        statements.push(format!("UPDATE {name} SET {column} = {to} WHERE {column} = {from}"));
    }
    statements.push(modify(&after));
    statements
}
