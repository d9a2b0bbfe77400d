//! Data that a script destroys.

use crate::lint::effect::types::{mysql, postgres, postgres_narrows};
use crate::lint::finding::Draft;
use crate::lint::known::Table;
use crate::lint::scene::{Scene, Statement};
use crate::sql::{Action, Change, Clause, Name, RowsKind};

pub(super) fn check(scene: &Scene<'_>, found: &mut Vec<Draft>) {
    match &scene.statement().action {
        Action::DropTable { tables, cascade } => {
            dropped_tables(scene, tables, found);
            if *cascade {
                found.push(cascades("whatever refers to the table"));
            }
        }
        Action::DropOther { cascade: true, .. } => found.push(cascades("whatever depends on it")),
        Action::DropSchema { name } => {
            found.push(Draft::new("NL303", format!("\"{}\" and everything in it is dropped", name.name)));
        }
        Action::Truncate { tables, cascade } if tables.iter().any(|table| scene.is_old(table)) => {
            let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let also = if *cascade { " and of every table that refers to it" } else { "" };
            found.push(Draft::new("NL304", format!("all rows of {}{also} are removed", names.join(", "))));
        }
        Action::Rows(rows) if !rows.is_limited && scene.is_old(&rows.table) => {
            let table = &rows.table.name;
            match rows.kind {
                RowsKind::Delete => found.push(Draft::new("NL305", format!("all rows of \"{table}\" are deleted"))),
                RowsKind::Update => {
                    found.push(Draft::new("NL306", format!("all rows of \"{table}\" are changed in one statement")));
                }
                RowsKind::Insert => {}
            }
        }
        Action::AlterTable { table, clauses } if scene.is_old(table) => {
            for clause in clauses {
                alter(scene, table, clause, found);
            }
        }
        _ => {}
    }
}

fn cascades(what: &str) -> Draft {
    Draft::new("NL307", format!("CASCADE drops {what} as well"))
}

fn dropped_tables(scene: &Scene<'_>, tables: &[Name], found: &mut Vec<Draft>) {
    for table in tables.iter().filter(|table| scene.is_old(table)) {
        let key = scene.key(table);
        if let Some(new) = scene.is_rebuilt(&key) {
            // Another table takes its place: only the columns that it lacks are gone.
            let (old, new) = (scene.known.tables.get(&key), scene.known.tables.get(&new));
            if let (Some(old), Some(new)) = (old, new) {
                let lost = old.columns.iter().filter(|column| new.column(&column.name).is_none());
                found.extend(lost.map(|column| column_dropped(&table.name, &column.name)));
                found.extend(narrowed_by_rebuild(old, new));
            }
            continue;
        }
        // `prefix_new` tables of an interrupted rebuild, made by this script in another shape before.
        if scene.known.is_complete && !scene.known.tables.contains_key(&key) {
            continue;
        }
        found.push(Draft::new("NL301", format!("\"{}\" is dropped with all its rows", table.name)));
    }
}

fn column_dropped(table: &str, column: &str) -> Draft {
    Draft::new("NL302", format!("\"{column}\" of \"{table}\" is dropped with all its values"))
}

/// SQLite: types say little, but one that is told apart by its class can lose.
fn narrowed_by_rebuild(old: &Table, new: &Table) -> Vec<Draft> {
    let is_text = |ty: &str| ty.contains("text") || ty.contains("char") || ty.contains("clob");
    let changed = old.columns.iter().filter_map(|column| {
        let after = new.column(&column.name)?;
        (is_text(&column.ty) && !is_text(&after.ty))
            .then(|| Draft::new("NL308", format!("\"{}\" was {} and becomes {}", column.name, column.ty, after.ty)))
    });
    changed.collect()
}

fn alter(scene: &Scene<'_>, table: &Name, clause: &Clause, found: &mut Vec<Draft>) {
    let known = scene.table(table);
    let at = |draft: Draft| draft.at(clause.start, clause.end);
    match &clause.change {
        Change::DropColumn { column, cascade } => {
            found.push(at(column_dropped(&table.name, column)));
            if *cascade {
                found.push(at(cascades("whatever uses the column")));
            }
        }
        Change::DropConstraint { cascade: true, .. } => found.push(at(cascades("whatever uses the constraint"))),
        Change::DropConstraint { name, is_foreign, .. } => {
            let foreign = known.into_iter().flat_map(|table| &table.foreign_keys);
            let is_foreign = *is_foreign || foreign.into_iter().any(|foreign| foreign.name.as_ref() == Some(name));
            if is_foreign && !scene.after().iter().any(|later| touches_again(scene, later, table)) {
                found
                    .push(at(Draft::new("NL309", format!("\"{name}\" no longer keeps rows from pointing at nothing"))));
            }
        }
        Change::Type { column, ty, .. } if scene.dialect().is_postgres_family() => {
            if let Some(old) = known.and_then(|table| table.column(column))
                && postgres_narrows(&postgres(&old.ty), &postgres(ty))
            {
                found.push(at(Draft::new("NL308", format!("\"{column}\" was {} and becomes {ty}", old.ty))));
            }
        }
        Change::Modify { column, definition } => {
            if let Some(old) = known.and_then(|table| table.column(column))
                && mysql_narrows(&old.ty, &definition.ty)
            {
                let message = format!("`{column}` was {} and becomes {}", old.ty, definition.ty);
                found.push(at(Draft::new("NL308", message)));
            }
        }
        _ => {}
    }
}

/// Whether a later statement drops the table or gives it a foreign key again.
fn touches_again(scene: &Scene<'_>, statement: &Statement<'_>, table: &Name) -> bool {
    let key = scene.key(table);
    match &statement.action {
        Action::DropTable { tables, .. } => tables.iter().any(|dropped| scene.key(dropped) == key),
        Action::AlterTable { table, clauses } if scene.key(table) == key => clauses.iter().any(|clause| {
            matches!(&clause.change, Change::AddConstraint(it) if matches!(it.kind, crate::sql::ConstraintKind::Foreign(..)))
        }),
        _ => false,
    }
}

/// Whether values can fail to fit, or lose digits, in the new type.
fn mysql_narrows(from: &str, to: &str) -> bool {
    let (from, to) = (mysql(from), mysql(to));
    let sizes = ["tinyint", "smallint", "mediumint", "int", "bigint"];
    let texts = ["tinytext", "text", "mediumtext", "longtext"];
    let place = |list: &[&str], base: &str| list.iter().position(|name| *name == base);
    if let (Some(before), Some(after)) = (place(&sizes, &from.base), place(&sizes, &to.base)) {
        return before > after || (!from.is_unsigned && to.is_unsigned);
    }
    if let (Some(before), Some(after)) = (place(&texts, &from.base), place(&texts, &to.base)) {
        return before > after;
    }
    let is_short = |base: &str| matches!(base, "varchar" | "char" | "varbinary" | "binary");
    if is_short(&to.base) && (is_short(&from.base) || place(&texts, &from.base).is_some()) {
        let length = |arguments: &[u32]| arguments.first().copied();
        return place(&texts, &from.base).is_some() || length(&from.arguments) > length(&to.arguments);
    }
    if from.base == to.base && matches!(from.base.as_str(), "decimal" | "datetime" | "timestamp" | "time") {
        return match (from.arguments.as_slice(), to.arguments.as_slice()) {
            ([p, s], [q, t]) => p.saturating_sub(*s) > q.saturating_sub(*t) || s > t,
            (before, after) => before.first().unwrap_or(&0) > after.first().unwrap_or(&0),
        };
    }
    // Text read as a number or a time may be neither.
    let is_text = |base: &str| is_short(base) || place(&texts, base).is_some();
    is_text(&from.base) && !is_text(&to.base) && !to.base.contains("blob") && to.base != "json"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_of_mysql() {
        for (from, to, expected) in [
            ("bigint", "int", true),
            ("int", "bigint", false),
            ("int", "int unsigned", true),
            ("varchar(191)", "varchar(100)", true),
            ("varchar(100)", "text", false),
            ("text", "varchar(100)", true),
            ("longtext", "text", true),
            ("decimal(10,2)", "decimal(12,2)", false),
            ("decimal(10,2)", "decimal(12,4)", false),
            ("decimal(10,2)", "decimal(10,4)", true),
            ("datetime(6)", "datetime(3)", true),
            ("varchar(20)", "int", true),
            ("enum('a')", "enum('a','b')", false),
        ] {
            assert_eq!(mysql_narrows(from, to), expected, "{from} to {to}");
        }
    }
}
