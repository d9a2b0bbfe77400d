//! Things that get other names. Indexes and foreign keys elsewhere follow by themselves.

use super::D;
use crate::decisions::RenameStep;
use crate::script::StepText;
use crate::sql::string;

/// The statements of a rename.
pub(super) fn step(step: &RenameStep) -> StepText {
    match step {
        RenameStep::Table { from, to, .. } => {
            let rename = |from: &str, to: &str| format!("ALTER TABLE {} RENAME TO {}", D.quote(from), D.quote(to));
            // The server tells tables apart without regard to case, so a name that changes in case only is in use.
            if from.name.eq_ignore_ascii_case(&to.name) {
                let between = format!("new_{}", to.name);
                return StepText::many(vec![rename(&from.name, &between), rename(&between, &to.name)]);
            }
            StepText::one(rename(&from.name, &to.name))
        }
        RenameStep::Column { table, from, to, .. } => StepText::one(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            D.quote(&table.name),
            D.quote(from),
            D.quote(to)
        )),
        RenameStep::EnumValue { from, to, columns, .. } => {
            let (from, to) = (string(D, from), string(D, to));
            let update = columns.iter().map(|(table, column)| {
                let column = D.quote(&column.name);
                format!("UPDATE {} SET {column} = {to} WHERE {column} = {from}", D.quote(&table.name))
            });
            StepText::many(update.collect())
        }
        // Enums have no names here.
        RenameStep::Enum { .. } => StepText::nothing(),
    }
}
