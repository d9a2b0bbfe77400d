//! Matters of taste, and of what generated scripts have to write: looked for with `--pedantic` only.

use nicol_db::Dialect;

use crate::lint::finding::Draft;
use crate::lint::scene::Scene;
use crate::sql::{Action, Change, Column, Constraint, ConstraintKind, Name};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    let statement = scene.statement();
    match &statement.action {
        Action::CreateTable(create) => {
            for column in &create.columns {
                column_type(scene, column, &create.constraints, found);
            }
            qualified(&create.name, found);
            if !create.if_not_exists {
                found.push(repeatable("CREATE TABLE"));
            }
        }
        Action::AlterTable { table, clauses } => {
            for clause in clauses {
                if let Change::AddColumn(column) = &clause.change {
                    column_type(scene, column, &[], found);
                }
            }
            qualified(table, found);
            timeouts(scene, table, found);
        }
        Action::CreateIndex(index) => {
            if index.columns.len() > 3 && !index.is_unique {
                found.push(Draft::new("NL610", format!("the index has {} columns", index.columns.len())));
            }
            qualified(&index.table, found);
            if !index.if_not_exists {
                found.push(repeatable("CREATE INDEX"));
            }
            timeouts(scene, &index.table, found);
        }
        Action::DropTable { tables, .. } => {
            tables.iter().for_each(|table| qualified(table, found));
            if !statement.has_words("IF EXISTS") {
                found.push(repeatable("DROP TABLE"));
            }
        }
        Action::AddEnumValue { value, has_position: false, .. } => {
            found.push(Draft::new("NL611", format!("'{value}' sorts after every other value")));
        }
        _ => {}
    }
}

fn repeatable(what: &str) -> Draft {
    Draft::new("NL607", format!("this {what} fails when it is run a second time"))
}

fn qualified(name: &Name, found: &mut Vec<Draft>) {
    if name.schema.is_none() {
        found.push(Draft::new("NL606", format!("\"{}\" is looked for in search_path", name.name)));
    }
}

fn timeouts(scene: &Scene<'_>, table: &Name, found: &mut Vec<Draft>) {
    if !scene.is_old(table) {
        return;
    }
    for (setting, code) in [("lock_timeout", "NL608"), ("statement_timeout", "NL609")] {
        if scene.setting(setting).is_none() {
            found.push(Draft::new(code, format!("no {setting} is set before a change of \"{}\"", table.name)));
        }
    }
}

fn column_type(scene: &Scene<'_>, column: &Column, constraints: &[Constraint], found: &mut Vec<Draft>) {
    let (name, ty) = (&column.name, column.ty.as_str());
    let base = ty.split(['(', ' ', '[']).next().unwrap_or_default();
    let in_key =
        |constraint: &Constraint| matches!(&constraint.kind, ConstraintKind::Primary(key) if key.contains(name));
    let is_key = column.is_primary || constraints.iter().any(in_key);
    let mut say = |code: &'static str| found.push(Draft::new(code, format!("\"{name}\" is {ty}")));
    match base {
        "char" | "character" | "bpchar" if !ty.contains("varying") => say("NL601"),
        "varchar" if ty.contains('(') => say("NL602"),
        "character" if ty.contains('(') => say("NL602"),
        "serial" | "bigserial" | "smallserial" => say("NL604"),
        "timestamp" if !ty.contains("with time zone") => say("NL605"),
        "json" => say("NL612"),
        _ => {}
    }
    let is_small =
        matches!(base, "int" | "integer" | "int4" | "serial" | "smallint" | "smallserial" | "int2" | "mediumint");
    // SQLite's INTEGER has 64 bits.
    if is_key && is_small && scene.dialect() != Dialect::Sqlite {
        found.push(Draft::new("NL603", format!("the key \"{name}\" is {ty}")));
    }
}
