//! Checks and append-only tables, back as the directives that ask for them: `/// @nicol.check("...")`,
//! `/// @nicol.appendOnly`. What the documentation of before says stays where it stands as long as the database holds it.

use nicol_schema::directive::{Directive, Found, scan};
use nicol_schema::schema::Model;

use super::text::documentation;
use crate::catalog::{Check, Remark, Table};
use crate::guards;

/// Documentation without the directives that the database does not hold.
pub(super) fn kept(table: &Table, docs: &str) -> String {
    let stays = |line: &&str| match scan(line).into_iter().next() {
        Some(Found { directive: Ok(directive), .. }) => holds(table, &directive),
        // A line that means to be one and is none is the user's to mend.
        Some(Found { directive: Err(_), .. }) | None => true,
    };
    documentation(&docs.lines().filter(stays).collect::<Vec<_>>().join("\n"))
}

/// The directives that the documentation of the model before does not have, as lines of it.
pub(super) fn missing(table: &Table, old: Option<&Model>) -> String {
    let docs = old.into_iter().flat_map(|model| {
        [model.docs.as_deref()].into_iter().chain(model.fields.iter().map(|field| field.docs.as_deref()))
    });
    let told: Vec<Directive> = docs.flat_map(nicol_schema::directive::directives).collect();
    let mut lines = String::new();
    if table.is_append_only && !told.contains(&Directive::AppendOnly) {
        lines.push_str("/// @nicol.appendOnly\n");
    }
    for check in &table.checks {
        let is_told = told.iter().any(|directive| match directive {
            Directive::Check(expression) => is_same(table, check, expression),
            Directive::AppendOnly | Directive::Type(_) => false,
        });
        if !is_told && let Some(line) = line(check) {
            lines.push_str(&line);
        }
    }
    lines
}

/// Whether a remark says something that directives do not.
pub(super) fn is_beyond(table: &Table, remark: &Remark) -> bool {
    match remark {
        Remark::Check { name } => !table.checks.iter().any(|check| check.name == *name && line(check).is_some()),
        Remark::Trigger { name } => !guards::is_own_trigger(table, name),
        Remark::Comment { .. }
        | Remark::Exclusion { .. }
        | Remark::ExpressionIndex { .. }
        | Remark::SpatialIndex { .. }
        | Remark::IndexDetail { .. }
        | Remark::ColumnDetail { .. }
        | Remark::NullOrder { .. }
        | Remark::Deferrable { .. }
        | Remark::Partitioned
        | Remark::Inherited
        | Remark::RowSecurity
        | Remark::RowTimeToLive
        | Remark::GeneratedColumn { .. } => true,
    }
}

fn holds(table: &Table, directive: &Directive) -> bool {
    match directive {
        Directive::AppendOnly => table.is_append_only,
        Directive::Check(expression) => table.checks.iter().any(|check| is_same(table, check, expression)),
        // What the client makes of a column is nothing that a database holds.
        Directive::Type(_) => true,
    }
}

fn is_same(table: &Table, check: &Check, expression: &str) -> bool {
    let name = guards::check_name(&table.name, expression, usize::MAX);
    guards::is_same(check, &Check { name, expression: expression.to_owned() })
}

/// The line that asks for a check; none where a directive cannot say the condition.
fn line(check: &Check) -> Option<String> {
    let on_one_line = check.expression.split(['\n', '\r']).map(str::trim).collect::<Vec<_>>().join(" ");
    let text = on_one_line.replace('\\', "\\\\").replace('"', "\\\"");
    let line = format!("@nicol.check(\"{text}\")");
    let is_read = nicol_schema::directive::directives(Some(&line)) == [Directive::Check(on_one_line)];
    is_read.then(|| format!("/// {line}\n"))
}
